/* SPDX-License-Identifier: MIT
 *
 * Runs of zeros as lost sectors leave them, for content in which they mean nothing else. */
#ifndef RMN_BASE_HOLES_H
#define RMN_BASE_HOLES_H

#include "base/arena.h"
#include "base/blob.h"

#define RMN_HOLE_BYTES ((size_t)512)	/* the smallest sector: shorter runs are not looked at */

/* In text, of which a sector holds many pieces: padding of names is shorter. */
#define RMN_TEXT_HOLE_BYTES ((size_t)64)

struct rmn_holes {
	uint64_t count;
	uint64_t zero_bytes;	/* of all of them */
	uint64_t first;		/* offset of the first */
};

/* The next run of at least RMN_HOLE_BYTES zeros that starts at `at` or behind; false when there is none. */
bool rmn_hole_next(struct rmn_bytes bytes, size_t at, size_t *start, size_t *end);

/* Whether there are RMN_TEXT_HOLE_BYTES zeros in a row, in 8-bit or wide text. */
bool rmn_text_hole_is_there(struct rmn_bytes text);

/* All of them in the first limit_bytes.  What cannot be read, or not without memory, has none. */
struct rmn_holes rmn_blob_holes(struct rmn_blob *blob, uint64_t limit_bytes,
    struct rmn_arena *arena);

#endif
