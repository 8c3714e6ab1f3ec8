/* SPDX-License-Identifier: MIT
 *
 * UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef RMN_BASE_UTF8_H
#define RMN_BASE_UTF8_H

#include "base/bytes.h"

struct rmn_buf;

#define RMN_REPLACEMENT 0xFFFDu

/* Writes 1-4 bytes and returns how many; what is no scalar value becomes U+FFFD. */
size_t rmn_utf8_encode(uint32_t code_point, unsigned char encoded[4]);

/* Writes units of UTF-16 up to the first surrogate or half unit: text has room for three bytes a unit, and
 * *used is what it took.  Returns how many bytes of units those were. */
size_t rmn_utf8_from_units(struct rmn_bytes units, bool is_big, unsigned char *text, size_t *used);

/* Reads one code point at bytes.data[*at] and moves *at past it.  Ill-formed input gives
 * U+FFFD, *valid = false, and moves one byte.  Needs *at < bytes.size.  valid may be NULL. */
uint32_t rmn_utf8_next(struct rmn_bytes bytes, size_t *at, bool *valid);

/* How many bytes from the start are well-formed. */
size_t rmn_utf8_valid_size(struct rmn_bytes bytes);
bool rmn_utf8_is_valid(struct rmn_bytes bytes);

/* Appends bytes as text that is safe on a terminal, in a log and in TSV: well-formed UTF-8,
 * with control characters (C0, DEL, C1), bidirectional overrides, the backslash and
 * ill-formed bytes as C escapes (\n \t \\ \xHH \u202E). */
void rmn_utf8_append_escaped(struct rmn_buf *buf, struct rmn_bytes bytes);

/* The same, but line ends and tabs stay. */
void rmn_utf8_append_lines(struct rmn_buf *buf, struct rmn_bytes bytes);

/* How many bytes from the start it would append as they are. */
size_t rmn_utf8_lines_size(struct rmn_bytes bytes);

/* The longest prefix of at most size bytes that does not cut a sequence. */
struct rmn_bytes rmn_utf8_head(struct rmn_bytes bytes, size_t size);

#endif
