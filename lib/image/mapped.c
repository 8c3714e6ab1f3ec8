/* SPDX-License-Identifier: MIT */
#include "image/mapped.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "image/container.h"

struct mapped {
	struct rmn_image *under;		/* borrowed */
	const struct rmn_extent *extents;	/* borrowed */
	size_t count;
	uint64_t *starts;			/* owned: where each extent begins, and the end */
};

static void
mapped_close(void *state)
{
	struct mapped *m = state;

	free(m->starts);
	free(m);
}

/* The extent that holds the byte at offset, which is inside. */
static size_t
mapped_find(const struct mapped *m, uint64_t offset)
{
	size_t low = 0, high = m->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (m->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static enum rmn_status
mapped_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct mapped *m = state;
	unsigned char *to = buffer;

	*got = 0;
	for (size_t i = mapped_find(m, offset); *got < size && i < m->count; i++) {
		uint64_t inside = offset + *got - m->starts[i];
		size_t part = (size_t)rmn_min_u64(size - *got, m->extents[i].length_bytes - inside);
		size_t read = part;
		enum rmn_status status = RMN_OK;

		if (m->extents[i].image_offset == RMN_EXTENT_SPARSE)
			memset(to + *got, 0, part);
		else
			status = rmn_image_read(m->under, m->extents[i].image_offset + inside,
			    to + *got, part, &read, error);
		*got += read;
		if (status != RMN_OK || read < part)
			return status;
	}
	return RMN_OK;
}

static uint64_t
mapped_hole(const void *state, uint64_t offset)
{
	const struct mapped *m = state;
	size_t i = mapped_find(m, offset);

	if (m->extents[i].image_offset != RMN_EXTENT_SPARSE)
		return 0;
	return m->extents[i].length_bytes - (offset - m->starts[i]);
}

static const struct rmn_image_container mapped_container = {
	.name = "mapped",
	.title = "disk in files",
	.extensions = "",
	.close = mapped_close,
	.read = mapped_read,
	.hole = mapped_hole,
};

enum rmn_status
rmn_image_open_mapped(struct rmn_image *under, const struct rmn_extent *extents, size_t count,
    struct rmn_image **image, struct rmn_error *error)
{
	struct mapped *m = calloc(1, sizeof(*m));
	uint64_t end = 0;

	if (m)
		m->starts = calloc(count + 1, sizeof(*m->starts));
	if (!m || !m->starts) {
		free(m);
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	}
	m->under = under;
	m->extents = extents;
	m->count = count;
	for (size_t i = 0; i < count; i++) {
		m->starts[i] = end;
		if (!rmn_add_u64(end, extents[i].length_bytes, &end)) {
			mapped_close(m);
			return rmn_fail(error, RMN_CORRUPT, "an image longer than 2^64 bytes");
		}
	}
	m->starts[count] = end;
	if (end == 0) {
		mapped_close(m);
		return rmn_fail(error, RMN_CORRUPT, "an empty image");
	}
	return rmn_image_wrap(&mapped_container, m, end, image, error);
}

enum rmn_status
rmn_image_mapped_each(const struct rmn_image *image, uint64_t offset, uint64_t length_bytes,
    enum rmn_status (*add)(void *context, struct rmn_extent extent), void *context)
{
	const struct mapped *m = rmn_image_state(image);
	uint64_t size = rmn_image_size(image);
	enum rmn_status status = RMN_OK;

	for (size_t i = offset < size ? mapped_find(m, offset) : m->count;
	    i < m->count && length_bytes > 0 && status == RMN_OK; i++) {
		uint64_t inside = offset - m->starts[i];
		struct rmn_extent e = {m->extents[i].image_offset,
		    rmn_min_u64(length_bytes, m->extents[i].length_bytes - inside)};

		if (e.image_offset != RMN_EXTENT_SPARSE)
			e.image_offset += inside;
		offset += e.length_bytes;
		length_bytes -= e.length_bytes;
		if (e.length_bytes > 0)
			status = add(context, e);
	}
	if (status == RMN_OK && length_bytes > 0)
		status = add(context, (struct rmn_extent){RMN_EXTENT_SPARSE, length_bytes});
	return status;
}
