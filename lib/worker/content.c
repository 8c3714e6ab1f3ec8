/* SPDX-License-Identifier: MIT */
#include "worker/content.h"

#include <string.h>

#include "base/checked.h"

/* The volumes of one APFS container start at the same byte: their names tell them apart. */
static struct rmn_fs *
filesystem_get(struct rmn_content *c, const struct rmn_content_place *place,
    struct rmn_error *error)
{
	char name[RMN_CONTENT_NAME_BYTES] = "";
	size_t last = RMN_CONTENT_VOLUMES - 1;
	struct rmn_fs *fs = NULL;

	if (place->filesystem.size < sizeof(name))
		memcpy(name, place->filesystem.data, place->filesystem.size);
	for (size_t i = 0; i < RMN_CONTENT_VOLUMES; i++)
		if (c->volume[i].fs && c->volume[i].start == place->volume_start &&
		    strcmp(c->volume[i].name, name) == 0)
			return c->volume[i].fs;
	if (rmn_fs_open(c->image, place->volume_start, name, &fs, error) != RMN_OK)
		return NULL;
	rmn_fs_close(c->volume[last].fs);
	memmove(&c->volume[1], &c->volume[0], last * sizeof(c->volume[0]));
	c->volume[0].start = place->volume_start;
	memcpy(c->volume[0].name, name, sizeof(name));
	c->volume[0].fs = fs;
	return fs;
}

/* How much of a compression unit is stored before its hole. */
static uint32_t
unit_allocated(void *context, uint64_t unit)
{
	const struct rmn_content *c = context;
	uint64_t start = unit * c->unit_bytes, end = start + c->unit_bytes, stored = 0;

	for (size_t i = 0; i < c->gathered.count && c->gathered.starts[i] < end; i++) {
		const struct rmn_extent *extent = &c->gathered.extents[i];
		uint64_t from = c->gathered.starts[i], to = from + extent->length_bytes;

		if (to <= start || extent->image_offset == RMN_EXTENT_SPARSE)
			continue;
		stored += rmn_min_u64(to, end) - (from > start ? from : start);
	}
	return (uint32_t)stored;
}

/* What lies under the compression: all extents, whatever the file's own size. */
static enum rmn_status
stored_open(struct rmn_content *c, const struct rmn_content_place *place, struct rmn_error *error)
{
	uint64_t stored = 0;

	for (size_t i = 0; i < place->extent_count; i++)
		if (!rmn_add_u64(stored, place->extents[i].length_bytes, &stored))
			return rmn_fail(error, RMN_CORRUPT, "extents beyond any size");
	return rmn_extent_blob_init(&c->gathered, c->image, place->extents, place->extent_count,
	    stored, &c->stored, error);
}

static enum rmn_status
lznt1_open(struct rmn_content *c, const struct rmn_content_place *place, struct rmn_blob *blob,
    struct rmn_error *error)
{
	enum rmn_status status = stored_open(c, place, error);

	if (status != RMN_OK)
		return status;
	c->unit_bytes = place->attribute_id;
	status = rmn_lznt1_blob_init(&c->lznt1, &c->stored, c->unit_bytes, unit_allocated, c,
	    place->size_bytes, blob, error);
	if (status != RMN_OK)
		rmn_extent_blob_release(&c->gathered);
	return status;
}

static enum rmn_status
decmpfs_open(struct rmn_content *c, const struct rmn_content_place *place, struct rmn_blob *blob,
    struct rmn_error *error)
{
	enum rmn_status status = stored_open(c, place, error);

	if (status != RMN_OK)
		return status;
	status = rmn_decmpfs_blob_init(&c->decmpfs, &c->stored, place->attribute_id,
	    place->size_bytes, blob, error);
	if (status != RMN_OK)
		rmn_extent_blob_release(&c->gathered);
	return status;
}

enum rmn_status
rmn_content_open(struct rmn_content *c, const struct rmn_content_place *place,
    struct rmn_blob *blob, struct rmn_error *error)
{
	struct rmn_fs *fs;

	c->how = place->how;
	switch (place->how) {
	case RMN_CONTENT_FS:
		fs = filesystem_get(c, place, error);
		if (!fs)
			return RMN_CORRUPT;
		return rmn_fs_blob_open(fs, place->inode, place->attribute_type,
		    place->attribute_id, blob, error);
	case RMN_CONTENT_LZNT1:
		return lznt1_open(c, place, blob, error);
	case RMN_CONTENT_DECMPFS:
		return decmpfs_open(c, place, blob, error);
	case RMN_CONTENT_EXTENTS:
		return rmn_extent_blob_init(&c->gathered, c->image, place->extents,
		    place->extent_count, place->size_bytes, blob, error);
	default:
		return rmn_fail(error, RMN_UNSUPPORTED, "its bytes are stored in a way that is not read");
	}
}

void
rmn_content_close(struct rmn_content *c, struct rmn_blob *blob)
{
	if (c->how == RMN_CONTENT_FS)
		rmn_fs_blob_close(blob);
	if (c->how == RMN_CONTENT_LZNT1)
		rmn_lznt1_blob_release(&c->lznt1);
	if (c->how == RMN_CONTENT_DECMPFS)
		rmn_decmpfs_blob_release(&c->decmpfs);
	rmn_extent_blob_release(&c->gathered);
	c->gathered.bad_bytes = 0;
	c->how = RMN_CONTENT_NONE;
}

uint64_t
rmn_content_bad_bytes(const struct rmn_content *c)
{
	uint64_t damaged = 0;

	if (c->how == RMN_CONTENT_LZNT1)
		damaged = c->lznt1.damaged_units * c->unit_bytes;
	else if (c->how == RMN_CONTENT_DECMPFS)
		damaged = c->decmpfs.damaged_pieces * c->decmpfs.piece_bytes;

	return c->gathered.bad_bytes + damaged;
}

void
rmn_content_release(struct rmn_content *c)
{
	for (size_t i = 0; i < RMN_CONTENT_VOLUMES; i++) {
		rmn_fs_close(c->volume[i].fs);
		c->volume[i].fs = NULL;
	}
}
