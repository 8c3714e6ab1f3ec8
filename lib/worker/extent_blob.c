/* SPDX-License-Identifier: MIT */
#include "worker/extent_blob.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* The extent that holds offset, or count behind the last one. */
static size_t
extent_find(const struct rmn_extent_blob *g, uint64_t offset)
{
	size_t low = 0, high = g->count;

	if (g->last < g->count && offset >= g->starts[g->last] &&
	    offset - g->starts[g->last] < g->extents[g->last].length_bytes)
		return g->last;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (offset - g->starts[middle] < g->extents[middle].length_bytes &&
		    offset >= g->starts[middle])
			return middle;
		if (offset < g->starts[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return g->count;
}

static void
extent_bad(void *context, uint64_t offset, uint64_t size_bytes)
{
	struct rmn_extent_blob *g = context;

	(void)offset;
	g->bad_bytes += size_bytes;
}

static enum rmn_status
extent_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct rmn_extent_blob *g = blob->state;
	unsigned char *to = buffer;

	for (*got = 0; *got < size;) {
		size_t index = extent_find(g, offset + *got);
		size_t part = size - *got, part_got = 0;
		uint64_t inside, where;
		enum rmn_status status;

		if (index == g->count) {	/* nothing is known of the rest */
			memset(to + *got, 0, part);
			g->bad_bytes += part;
			*got = size;
			break;
		}
		g->last = index;
		inside = offset + *got - g->starts[index];
		part = (size_t)rmn_min_u64(part, g->extents[index].length_bytes - inside);
		where = g->extents[index].image_offset;
		if (where == RMN_EXTENT_SPARSE) {
			memset(to + *got, 0, part);
			*got += part;
			continue;
		}
		status = rmn_image_read_around(g->image, where + inside, to + *got, part, &part_got,
		    extent_bad, g, error);
		if (status != RMN_OK && status != RMN_PARTIAL)
			return status;
		if (part_got < part) {		/* the source is cut short */
			memset(to + *got + part_got, 0, part - part_got);
			g->bad_bytes += part - part_got;
		}
		*got += part;
	}
	return RMN_OK;
}

static const struct rmn_blob_ops extent_ops = {.read = extent_read};

enum rmn_status
rmn_extent_blob_init(struct rmn_extent_blob *gathered, struct rmn_image *image,
    const struct rmn_extent *extents, size_t count, uint64_t size_bytes, struct rmn_blob *blob,
    struct rmn_error *error)
{
	uint64_t start = 0;

	*gathered = (struct rmn_extent_blob){.image = image, .extents = extents, .count = count};
	gathered->starts = calloc(count + 1, sizeof(*gathered->starts));
	if (!gathered->starts)
		return rmn_fail(error, RMN_NOMEM, "out of memory for %zu extents", count);
	for (size_t i = 0; i < count; i++) {
		gathered->starts[i] = start;
		if (!rmn_add_u64(start, extents[i].length_bytes, &start)) {
			rmn_extent_blob_release(gathered);
			return rmn_fail(error, RMN_CORRUPT, "extents beyond any size");
		}
	}
	*blob = (struct rmn_blob){&extent_ops, size_bytes, gathered, {NULL, 0}};
	return RMN_OK;
}

void
rmn_extent_blob_release(struct rmn_extent_blob *gathered)
{
	free(gathered->starts);
	gathered->starts = NULL;
}
