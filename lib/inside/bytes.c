/* SPDX-License-Identifier: MIT */
#include "inside/bytes.h"

#include <string.h>

#include "base/checked.h"

static void
bad_count(void *context, uint64_t offset, uint64_t size_bytes)
{
	struct inside_bytes *b = context;

	(void)offset;
	b->bad_bytes += size_bytes;
}

static enum rmn_status
extents_read(struct inside_bytes *b, unsigned char *out, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct rmn_extent *e;
	enum rmn_status status = RMN_OK;

	while (b->extent < b->extent_count &&
	    b->in_extent == b->extents[b->extent].length_bytes) {
		b->extent++;
		b->in_extent = 0;
	}
	if (b->extent == b->extent_count)
		return RMN_OK;
	e = &b->extents[b->extent];
	size = (size_t)rmn_min_u64(size, e->length_bytes - b->in_extent);
	if (e->image_offset == RMN_EXTENT_SPARSE) {
		memset(out, 0, size);
		*got = size;
	} else {
		status = rmn_image_read_around(b->image, e->image_offset + b->in_extent, out, size,
		    got, bad_count, b, error);
	}
	b->in_extent += *got;
	return status == RMN_PARTIAL ? RMN_OK : status;
}

enum rmn_status
inside_bytes_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct inside_bytes *b = state;
	enum rmn_status status;

	*got = 0;
	size = (size_t)rmn_min_u64(size, b->size_bytes - b->at);
	if (size == 0 && b->bad_bytes > 0)
		return rmn_fail(error, RMN_CORRUPT,
		    "%llu bytes could not be read and were taken as zeros",
		    (unsigned long long)b->bad_bytes);
	if (size == 0)
		return RMN_END;
	status = b->blob ? rmn_blob_read(b->blob, b->at, buffer, size, got, error) :
	    extents_read(b, buffer, size, got, error);
	b->at += *got;
	if (*got > 0)
		return RMN_OK;
	return status != RMN_OK ? status : rmn_fail(error, RMN_CORRUPT,
	    "where the rest of it lies is not known");
}
