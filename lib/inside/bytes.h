/* SPDX-License-Identifier: MIT
 *
 * Private to inside/: the bytes of one file or of unclaimed runs, from first to last. */
#ifndef RMN_INSIDE_BYTES_H
#define RMN_INSIDE_BYTES_H

#include "base/sink.h"
#include "image/extent.h"
#include "image/image.h"

struct inside_bytes {
	struct rmn_image *image;		/* borrowed */
	/* One of the two: extents (borrowed), or what the file system gives. */
	const struct rmn_extent *extents;
	size_t extent_count;
	struct rmn_blob *blob;
	uint64_t size_bytes;
	/* Where the next read stands. */
	uint64_t at, in_extent;
	size_t extent;
	uint64_t bad_bytes;			/* given as zeros */
};

/* Of struct rmn_member_reader; state is a struct inside_bytes.  RMN_CORRUPT at the end when bytes are
 * missing or could not be read. */
enum rmn_status inside_bytes_read(void *state, void *buffer, size_t size, size_t *got,
    struct rmn_error *error);

#endif
