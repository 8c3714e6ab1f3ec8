/* SPDX-License-Identifier: MIT
 *
 * The working copy that patterns run on (one line or window of text at a time), and the way back
 * to the bytes it came from: decoded, NFKC, U+3000 and U+00A0 as space, runs of spaces as one,
 * every dash and minus between digits as '-' (U+30FC stays a letter elsewhere). */
#ifndef RMN_CHARSET_NORMAL_H
#define RMN_CHARSET_NORMAL_H

#include "charset/charset.h"

struct rmn_normal {
	struct rmn_buf text;	/* UTF-8 */
	uint32_t *source;	/* source[i]: offset in the original bytes of the character that
				 * text byte i belongs to; source[text.size] = end */
	size_t source_capacity;
};

void rmn_normal_init(struct rmn_normal *n);
void rmn_normal_release(struct rmn_normal *n);

/* Replaces n's content by the working copy of bytes (at most 1 MiB).  ISO-2022-JP starts in
 * ASCII.  Undecodable bytes become U+FFFD; the function never fails but for memory. */
enum rmn_status rmn_normal_fill(struct rmn_normal *n, struct rmn_bytes bytes,
    enum rmn_encoding encoding);

/* Appends the NFC form of UTF-8 text (for names and paths: HFS+ decomposes). */
void rmn_normal_nfc(struct rmn_bytes utf8, struct rmn_buf *nfc);

/* Appends the key form of UTF-8 text: NFKC, case folded, without spaces, hiragana as katakana,
 * variant kanji folded (DOMAIN: 髙 -> 高, 﨑 -> 崎 ...). */
void rmn_normal_key(struct rmn_bytes utf8, struct rmn_buf *key);

#endif
