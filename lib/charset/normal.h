/* SPDX-License-Identifier: MIT
 *
 * The working copy that patterns run on (one line or window of text at a time), and the way back
 * to the bytes it came from: decoded, NFKC, U+3000 and U+00A0 as space, runs of spaces as one,
 * every dash and minus between digits as '-' (U+30FC stays a letter elsewhere; a bracket as in
 * "(03)ー1234" does for a digit).
 *
 * Three things differ from NFKC.  Digits in circles, raised or lowered digits and fractions stay
 * as they are, so that they never fuse with digits beside them.  The characters that Microsoft's
 * and the JIS tables map differently are one: U+301C is '~', U+2212 '-', U+2014 U+2015, U+2016
 * U+2225.  More than 64 combining marks on one character are not put in order. */
#ifndef RMN_CHARSET_NORMAL_H
#define RMN_CHARSET_NORMAL_H

#include "charset/charset.h"

struct rmn_normal {
	struct rmn_buf text;	/* UTF-8 */
	uint32_t *source;	/* source[i]: offset in the original bytes of the character that
				 * text byte i belongs to; source[text.size] = end */
	size_t source_capacity;
	uint32_t *scratch;	/* of rmn_normal_fill */
	size_t scratch_capacity;
};

#define RMN_NORMAL_BYTES (1u << 20)


void rmn_normal_init(struct rmn_normal *n);
void rmn_normal_release(struct rmn_normal *n);

/* Replaces n's content by the working copy of bytes.  ISO-2022-JP starts in ASCII.  Undecodable
 * bytes become U+FFFD.  RMN_LIMIT when there are more than RMN_NORMAL_BYTES: then n holds the
 * copy of so many; RMN_NOMEM: n is empty. */
enum rmn_status rmn_normal_fill(struct rmn_normal *n, struct rmn_bytes bytes,
    enum rmn_encoding encoding);

/* Appends the NFC form of UTF-8 text (for names and paths: HFS+ decomposes). */
void rmn_normal_nfc(struct rmn_bytes utf8, struct rmn_buf *nfc);

/* Appends UTF-8 text without its case: what a file system that ignores case compares. */
void rmn_normal_caseless(struct rmn_bytes utf8, struct rmn_buf *folded);

/* Appends the key form of UTF-8 text (at most RMN_NORMAL_BYTES of it): normalised as above, case
 * folded, without spaces and variation selectors, hiragana as katakana, variant kanji of names
 * folded (髙 -> 高, 﨑 -> 崎 ...).  Two keys are equal when people would say it is the same name
 * written differently; a key is for comparing, never for showing. */
void rmn_normal_key(struct rmn_bytes utf8, struct rmn_buf *key);

#endif
