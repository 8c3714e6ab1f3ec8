/* SPDX-License-Identifier: MIT
 *
 * Inside charset/ only: bytes of any of our encodings, one code point at a time. */
#ifndef RMN_CHARSET_DECODE_H
#define RMN_CHARSET_DECODE_H

#include "base/bytes.h"
#include "base/encoding.h"

struct rmn_decoder {
	struct rmn_bytes bytes;
	size_t at;
	enum rmn_encoding encoding;
	unsigned set;		/* ISO-2022-JP: what the last escape designated */
	size_t bad;		/* code points that are U+FFFD because the bytes were wrong */
};

void rmn_decoder_init(struct rmn_decoder *d, struct rmn_bytes bytes, enum rmn_encoding encoding);

/* Decodes up to max code points; 0 at the end.  sources (NULL is fine) gets the offset of the
 * first byte of each.  There are never more code points than bytes. */
size_t rmn_decoder_points(struct rmn_decoder *d, uint32_t *points, uint32_t *sources, size_t max);

/* How many bytes at the start are below 80. */
size_t rmn_ascii_run(struct rmn_bytes bytes);

/* How many bytes at the start are well-formed UTF-8; stops in front of a cut character. */
size_t rmn_utf8_run(struct rmn_bytes bytes);

#endif
