/* SPDX-License-Identifier: MIT
 *
 * Text in bytes whose structure is not followed: runs of characters that are long and likely enough,
 * UTF-16LE at any offset and 8-bit (ASCII, CP932, UTF-8).  What every text-only reader falls back to.
 *
 * A wide run needs four characters, three with kanji of CP932, and two of those (three letters)
 * between a small number and a zero; an 8-bit one six.  Bytes that could be read both ways come out both ways.  Blocks of 4 KiB in which no
 * value is frequent (compressed, encrypted) are stepped over: they would give noise only. */
#ifndef RMN_FORMAT_TEXT_RUNS_H
#define RMN_FORMAT_TEXT_RUNS_H

#include "base/arena.h"
#include "format/text.h"

struct rmn_text_runs {
	struct rmn_text *text;
	unsigned char *kanji;	/* bit set of U+4E00..9FFF: in CP932 */
	bool wide_only;		/* no 8-bit text is to be looked for */
};

/* Without memory the text's status says so, and nothing will be given. */
void rmn_text_runs_init(struct rmn_text_runs *runs, struct rmn_text *text,
    struct rmn_arena *arena);

/* Puts every run of bytes on a line of its own. */
void rmn_text_runs_put(struct rmn_text_runs *runs, struct rmn_bytes bytes);

/* Whether bytes are UTF-16LE text, but for a zero at the end: three quarters of it likely characters. */
bool rmn_text_runs_are_wide(const struct rmn_text_runs *runs, struct rmn_bytes bytes);

/* Puts UTF-16LE (or big-endian) text up to its end or first NUL, without control characters but
 * line ends and tabs. */
void rmn_text_utf16_put(struct rmn_text *text, struct rmn_bytes bytes, bool is_big_endian);

/* Whether bytes are well-formed UTF-8 without control characters but line ends and tabs. */
bool rmn_text_is_clean(struct rmn_bytes bytes);

#endif
