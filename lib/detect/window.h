/* SPDX-License-Identifier: MIT
 *
 * Which bytes are looked at together, and in which encoding they are. */
#ifndef RMN_DETECT_WINDOW_H
#define RMN_DETECT_WINDOW_H

#include "base/encoding.h"
#include "detect/literals.h"

/* Long lines are cut on a grid of the item's offsets, so that the cuts do not depend on how the
 * item was handed over. */
#define RMN_BUCKET_BYTES 2048u
#define RMN_BUCKET_BEFORE 512u
#define RMN_BUCKET_AFTER 1024u

struct rmn_window {
	size_t from, to;	/* the line, or as much of it as is looked at */
	size_t first, last;	/* anchors in [first, last) belong to this window */
	bool is_whole;		/* from and to are ends of the line */
	bool starts_line;
};

/* The window of the place `at`.  offset: of bytes.data[0] in the item.  is_text: the encoding is
 * known, so that control characters are no ends of runs. */
struct rmn_window rmn_window_around(struct rmn_bytes bytes, uint64_t offset, size_t at,
    enum rmn_encoding encoding, enum rmn_family family, bool is_text);

/* The encoding of a run of bytes by the order of DOMAIN 7.1. */
enum rmn_encoding rmn_window_encoding(struct rmn_bytes run);

/* The byte order of UTF-16 text around the place, by which order gives more characters of
 * text. */
enum rmn_encoding rmn_window_byte_order(struct rmn_bytes bytes, size_t at, size_t *unit);

#endif
