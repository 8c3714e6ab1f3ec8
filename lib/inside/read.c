/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "fs/read.h"
#include "fs/walk.h"
#include "inside/bytes.h"
#include "inside/inside.h"

/* What free space is counted in. */
#define BLOCK_BYTES ((size_t)4096)

struct inside {
	struct rmn_image *image;
	const struct rmn_sink *sink;
	struct rmn_volume volume;	/* the one being walked */
	struct rmn_fs *fs;		/* opened when a file of it needs it */
	struct rmn_buf name;
	uint64_t searched_bytes;	/* of unclaimed space that is no zeros */
	bool is_partial;
	struct rmn_error *error;
};

static enum rmn_status
on_volume(void *context, const struct rmn_volume *volume)
{
	struct inside *s = context;

	rmn_fs_close(s->fs);
	s->fs = NULL;
	s->volume = *volume;
	return RMN_OK;
}

/* "p1@20480(hfsplus)/": where in the image. */
static void
name_start(struct inside *s, bool is_deleted)
{
	rmn_buf_clear(&s->name);
	if (s->volume.number == 0)
		return;
	rmn_buf_printf(&s->name, "%s@%llu", s->volume.slot[0] ? s->volume.slot : "p1",
	    (unsigned long long)s->volume.start_byte);
	if (s->volume.filesystem[0])
		rmn_buf_printf(&s->name, "(%s%s)", s->volume.filesystem,
		    is_deleted ? ",deleted" : "");
	rmn_buf_append_char(&s->name, '/');
}

static enum rmn_status
member_pass(struct inside *s, const struct rmn_walk_item *item, struct inside_bytes *bytes)
{
	struct rmn_member_reader reader = {inside_bytes_read, bytes};
	struct rmn_member member = {
		.size_bytes = bytes->size_bytes,
		.modified = item->modified,
		.created = item->created,
		.is_encrypted = item->is_encrypted,
		.is_residue = item->kind == RMN_ITEM_SPACE,
	};

	name_start(s, item->state == RMN_DELETED);
	rmn_buf_append(&s->name, item->path);
	if (item->stream.size > 0) {
		rmn_buf_append_char(&s->name, ':');
		rmn_buf_append(&s->name, item->stream);
	}
	if (s->name.failed)
		return rmn_fail(s->error, RMN_NOMEM, "out of memory for a name");
	member.name = rmn_buf_bytes(&s->name);
	return rmn_sink_member(s->sink, &member, &reader);
}

/* A file that only its file system can give: resident or compressed. */
static enum rmn_status
fs_pass(struct inside *s, const struct rmn_walk_item *item)
{
	struct inside_bytes bytes = {.image = s->image, .size_bytes = item->size_bytes};
	struct rmn_blob blob = {0};
	enum rmn_status status = RMN_OK;

	if (!s->fs)
		status = rmn_fs_open(s->image, s->volume.start_byte, s->volume.filesystem, &s->fs,
		    NULL);
	if (status == RMN_OK)
		status = rmn_fs_blob_open(s->fs, item->inode, item->attribute_type,
		    item->attribute_id, &blob, NULL);
	if (status == RMN_OK)
		bytes.blob = &blob;	/* else its name, and that its bytes are missing */
	status = member_pass(s, item, &bytes);
	if (bytes.blob)
		rmn_fs_blob_close(&blob);
	return status;
}

static enum rmn_status
on_item(void *context, const struct rmn_walk_item *item)
{
	struct inside *s = context;
	struct inside_bytes bytes = {.image = s->image, .extents = item->extents,
	    .extent_count = item->extent_count, .size_bytes = item->size_bytes};

	switch (item->kind) {
	case RMN_ITEM_FILE:
	case RMN_ITEM_STREAM:
	case RMN_ITEM_METADATA:
		break;
	default:
		return RMN_OK;
	}
	if (item->how == RMN_CONTENT_FS)
		return fs_pass(s, item);
	if (item->how == RMN_CONTENT_EXTENTS)
		return member_pass(s, item, &bytes);
	/* Another name of a file that was given, or nothing but a name. */
	if (item->extent_count > 0 || item->kind == RMN_ITEM_METADATA)
		return RMN_OK;
	bytes.size_bytes = item->how == RMN_CONTENT_NONE ? 0 : item->size_bytes;
	return member_pass(s, item, &bytes);
}

static void
count_bad(void *context, uint64_t offset, uint64_t size_bytes)
{
	uint64_t *bad_bytes = context;

	(void)offset;
	*bad_bytes += size_bytes;
}

/* Of the blocks that hold anything. */
static uint64_t
nonzero_bytes(const unsigned char *memory, size_t size)
{
	uint64_t sum = 0;

	for (size_t at = 0; at < size; at += BLOCK_BYTES) {
		struct rmn_bytes block = {memory + at, rmn_min_size(BLOCK_BYTES, size - at)};

		sum += rmn_bytes_are_zero(block) ? 0 : block.size;
	}
	return sum;
}

/* A window's unclaimed runs as one member; nothing when they are zeros. */
static enum rmn_status
on_space(void *context, uint32_t volume, uint64_t window_offset, const struct rmn_space_run *runs,
    size_t count)
{
	struct inside *s = context;
	struct rmn_walk_item item = {.kind = RMN_ITEM_SPACE, .created = RMN_TIME_UNKNOWN,
	    .modified = RMN_TIME_UNKNOWN};
	struct inside_bytes bytes = {.image = s->image};
	unsigned char *memory;
	struct rmn_blob blob;
	uint64_t size = 0;
	size_t got = 0;
	char name[40];
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < count; i++)
		size += runs[i].length_bytes;
	memory = size <= 2 * RMN_SPACE_WINDOW_BYTES ? malloc((size_t)size + 1) : NULL;
	if (!memory)
		return rmn_fail(s->error, RMN_NOMEM, "out of memory for free space");
	for (size_t i = 0, at = 0; i < count; at += (size_t)runs[i++].length_bytes) {
		rmn_image_read_around(s->image, runs[i].image_offset, memory + at,
		    (size_t)runs[i].length_bytes, &got, count_bad, &bytes.bad_bytes, NULL);
		bytes.bad_bytes += runs[i].length_bytes - got;
		memset(memory + at + got, 0, (size_t)runs[i].length_bytes - got);
	}
	if (bytes.bad_bytes > 0 || !rmn_bytes_are_zero((struct rmn_bytes){memory, (size_t)size})) {
		blob = rmn_blob_from_bytes((struct rmn_bytes){memory, (size_t)size});
		bytes.blob = &blob;
		bytes.size_bytes = size;
		s->searched_bytes += nonzero_bytes(memory, (size_t)size);
		snprintf(name, sizeof(name), "unclaimed@%llu", (unsigned long long)window_offset);
		item.path = rmn_bytes_from_string(name);
		if (volume == 0)
			s->volume = (struct rmn_volume){0};
		status = member_pass(s, &item, &bytes);
	}
	free(memory);
	return status;
}

static enum rmn_status
on_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct inside *s = context;

	(void)stage;
	s->is_partial = true;
	if (volume == 0)
		return rmn_sink_missing(s->sink, RMN_CORRUPT, "%s", reason);
	return rmn_sink_missing(s->sink, RMN_CORRUPT, "volume %u of the image: %s",
	    (unsigned)volume, reason);
}

/* Whether there is a volume that is known: a first look, so that what is no image is left to others. */
static enum rmn_status
look_volume(void *context, const struct rmn_volume *volume)
{
	bool *is_found = context;

	if (!volume->filesystem[0])
		return RMN_OK;
	*is_found = true;
	return RMN_END;
}

/* A volume that is known, but not read: BitLocker, old HFS. */
static enum rmn_status
look_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	bool *is_found = context;

	(void)stage;
	(void)reason;
	*is_found |= volume > 0;
	return RMN_OK;
}

static bool
has_volume(struct rmn_image *image)
{
	bool is_found = false;
	struct rmn_walk_sink sink = {.context = &is_found, .volume = look_volume,
	    .unexamined = look_unexamined};

	rmn_walk_image(image, NULL, &sink, NULL);
	return is_found;
}

static enum rmn_status
walk(struct inside *s)
{
	struct rmn_walk_sink sink = {.context = s, .volume = on_volume, .item = on_item,
	    .space = on_space, .unexamined = on_unexamined};
	enum rmn_status status = rmn_walk_image(s->image, NULL, &sink, s->error);

	rmn_fs_close(s->fs);
	if (status == RMN_OK && s->is_partial)
		status = RMN_PARTIAL;
	if ((status == RMN_OK || status == RMN_PARTIAL) && s->searched_bytes > 0)
		status = rmn_fail(s->error, RMN_PARTIAL, "an image inside an item: %llu KiB of no "
		    "file were searched as they are; lost files were not looked for",
		    (unsigned long long)(s->searched_bytes / RMN_KIB));
	if (status == RMN_PARTIAL)
		rmn_fail(s->error, RMN_PARTIAL, "a part of the image could not be walked");
	return status;
}

enum rmn_status
rmn_inside_read(struct rmn_blob *content, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct inside s = {.sink = sink, .error = error};
	enum rmn_status status = rmn_image_open_blob(content, &s.image, error);

	if (status != RMN_OK)
		return status;
	rmn_buf_init(&s.name, 0);
	if (has_volume(s.image))
		status = walk(&s);
	else
		status = rmn_fail(error, RMN_UNSUPPORTED, "no volume that is known");
	rmn_buf_release(&s.name);
	rmn_image_close(s.image);
	return status;
}
