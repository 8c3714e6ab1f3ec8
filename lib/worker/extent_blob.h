/* SPDX-License-Identifier: MIT
 *
 * A file's bytes, gathered from its extents on the source. */
#ifndef RMN_WORKER_EXTENT_BLOB_H
#define RMN_WORKER_EXTENT_BLOB_H

#include "base/blob.h"
#include "fs/walk.h"
#include "image/image.h"

struct rmn_extent_blob {
	struct rmn_image *image;		/* borrowed */
	const struct rmn_extent *extents;	/* borrowed, in file order */
	size_t count;
	uint64_t *starts;			/* owned: item offset at which extent i begins */
	size_t last;				/* the extent of the last read; most reads go on there */
	uint64_t bad_bytes;			/* unreadable, given as zeros */
};

/* Prepares a blob of size_bytes; what the extents do not cover reads as zeros. */
enum rmn_status rmn_extent_blob_init(struct rmn_extent_blob *gathered, struct rmn_image *image,
    const struct rmn_extent *extents, size_t count, uint64_t size_bytes, struct rmn_blob *blob,
    struct rmn_error *error);
void rmn_extent_blob_release(struct rmn_extent_blob *gathered);

#endif
