/* SPDX-License-Identifier: MIT
 *
 * Shared by the tests of the walk: walks an image and checks everything that holds for every
 * image. */
#ifndef TESTS_UNIT_FS_WALK_H
#define TESTS_UNIT_FS_WALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "fs/read.h"
#include "fs/walk.h"

enum mark { MARK_NONE, MARK_SPACE = 1, MARK_CONTENT = 2, MARK_METADATA = 4 };

struct seen {
	struct rmn_image *image;
	unsigned char *map;		/* a mark for each byte of the image */
	uint64_t size;
	uint64_t space, content, metadata, slack, unallocated, gap;
	uint64_t overwritten;
	size_t items, deleted, streams, orphans, volumes, unexamined, linked;
	char *paths;			/* "volume:state:path[:stream]=content\n" */
	size_t paths_size;
	char filesystem[16];
	uint64_t volume_start;
	struct rmn_fs *fs;
	uint64_t last_window, last_end;
	uint32_t last_volume;
	bool has_map;
};

static char folder[64];

static inline bool
run(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length = snprintf(line, sizeof(line), "cd %s && { ", folder);

	va_start(arguments, format);
	length += vsnprintf(line + length, sizeof(line) - (size_t)length, format, arguments);
	va_end(arguments);
	snprintf(line + length, sizeof(line) - (size_t)length, "; } >/dev/null 2>&1");
	return system(line) == 0;
}

static inline enum rmn_status
on_volume(void *context, const struct rmn_volume *v)
{
	struct seen *s = context;

	s->volumes++;
	assert_int_equal(v->number, s->volumes);
	assert_true(v->start_byte + v->length_bytes <= s->size);
	snprintf(s->filesystem, sizeof(s->filesystem), "%s", v->filesystem);
	s->volume_start = v->start_byte;
	rmn_fs_close(s->fs);
	s->fs = NULL;
	if (v->filesystem[0])
		rmn_fs_open(s->image, v->start_byte, v->filesystem, &s->fs, NULL);
	return RMN_OK;
}

/* The item's bytes by its extents, at most limit. */
static inline size_t
extents_read(struct seen *s, const struct rmn_walk_item *item, unsigned char *bytes, size_t limit)
{
	size_t at = 0, got;

	for (size_t i = 0; i < item->extent_count; i++) {
		size_t size = item->extents[i].length_bytes > limit - at ? limit - at :
		    (size_t)item->extents[i].length_bytes;

		if (item->extents[i].image_offset == RMN_EXTENT_SPARSE)
			memset(bytes + at, 0, size);
		else if (rmn_image_read(s->image, item->extents[i].image_offset, bytes + at, size,
		    &got, NULL) != RMN_OK || got < size)
			return at;
		at += size;
	}
	return at;
}

static inline size_t
fs_read(struct seen *s, const struct rmn_walk_item *item, unsigned char *bytes, size_t limit)
{
	struct rmn_blob blob;
	size_t got = 0;

	if (!s->fs || rmn_fs_blob_open(s->fs, item->inode, item->attribute_type,
	    item->attribute_id, &blob, NULL) != RMN_OK)
		return SIZE_MAX;
	assert_int_equal(blob.size_bytes, item->size_bytes);
	if (rmn_blob_read(&blob, 0, bytes, limit, &got, NULL) != RMN_OK)
		got = SIZE_MAX;
	rmn_fs_blob_close(&blob);
	return got;
}

static inline void
content_check(struct seen *s, const struct rmn_walk_item *item, char head[24])
{
	size_t limit = item->size_bytes > 300000 ? 300000 : (size_t)item->size_bytes;
	unsigned char *direct = calloc(1, limit + 1), *through = calloc(1, limit + 1);
	size_t from_extents, from_fs = fs_read(s, item, through, limit);

	if (item->how == RMN_CONTENT_EXTENTS) {
		from_extents = extents_read(s, item, direct, limit);
		if (from_fs != SIZE_MAX && from_extents == limit && from_fs == limit &&
		    memcmp(direct, through, limit) != 0)
			fail_msg("%.*s reads differently", (int)item->path.size, item->path.data);
	} else if (from_fs != SIZE_MAX) {
		memcpy(direct, through, limit);
	}
	for (size_t i = 0; i < 23 && i < limit && direct[i] > ' ' && direct[i] < 127; i++)
		head[i] = (char)direct[i];
	free(direct);
	free(through);
}

static inline void
extents_mark(struct seen *s, const struct rmn_walk_item *item)
{
	unsigned char mark = item->kind == RMN_ITEM_METADATA ? MARK_METADATA : MARK_CONTENT;

	for (size_t i = 0; i < item->extent_count && s->has_map; i++) {
		uint64_t start = item->extents[i].image_offset;
		uint64_t end = start + item->extents[i].length_bytes;

		if (start == RMN_EXTENT_SPARSE)
			continue;
		for (uint64_t at = start; at < end && at < s->size; at++)
			s->map[at] |= mark;
	}
}

static inline enum rmn_status
on_item(void *context, const struct rmn_walk_item *item)
{
	struct seen *s = context;
	char line[700], head[24] = "";
	uint64_t sum = 0;
	int length;

	s->items++;
	s->deleted += item->state == RMN_DELETED;
	s->streams += item->stream.size != 0;
	s->orphans += item->is_orphan;
	s->overwritten += item->overwritten_bytes;
	s->linked += item->how == RMN_CONTENT_NONE && item->extent_count &&
	    item->kind == RMN_ITEM_FILE;
	assert_true(item->path.size > 0);
	for (size_t i = 0; i < item->extent_count; i++)
		sum += item->extents[i].length_bytes;
	assert_true(sum <= item->size_bytes);
	assert_true(item->overwritten_bytes <= item->size_bytes);
	if (item->how == RMN_CONTENT_EXTENTS)
		extents_mark(s, item);
	if (item->how != RMN_CONTENT_NONE)
		content_check(s, item, head);
	length = snprintf(line, sizeof(line), "%u:%s:%s:%.*s%s%.*s=%s\n", item->volume,
	    rmn_item_kind_name(item->kind), rmn_item_state_name(item->state),
	    (int)item->path.size, item->path.data, item->stream.size ? ":" : "",
	    (int)item->stream.size, item->stream.data, head);
	if (s->paths_size + (size_t)length < (1u << 20)) {
		memcpy(s->paths + s->paths_size, line, (size_t)length + 1);
		s->paths_size += (size_t)length;
	}
	return RMN_OK;
}

static inline enum rmn_status
on_space(void *context, uint32_t volume, uint64_t window, const struct rmn_space_run *runs,
    size_t count)
{
	struct seen *s = context;

	assert_true(count > 0);
	assert_int_equal(window % RMN_SPACE_WINDOW_BYTES, 0);
	assert_true(volume != s->last_volume || window > s->last_window || s->last_end == 0);
	s->last_volume = volume;
	s->last_window = window;
	s->last_end = window;
	for (size_t i = 0; i < count; i++) {
		uint64_t end = runs[i].image_offset + runs[i].length_bytes;

		assert_true(runs[i].length_bytes > 0);
		assert_true(runs[i].image_offset >= s->last_end);
		assert_true(end <= window + RMN_SPACE_WINDOW_BYTES && end <= s->size);
		s->last_end = end;
		s->space += runs[i].length_bytes;
		s->slack += runs[i].kind == RMN_SPACE_SLACK ? runs[i].length_bytes : 0;
		s->gap += runs[i].kind == RMN_SPACE_GAP ? runs[i].length_bytes : 0;
		s->unallocated += runs[i].kind == RMN_SPACE_UNALLOCATED ? runs[i].length_bytes : 0;
		for (uint64_t at = runs[i].image_offset; at < end && s->has_map; at++) {
			assert_int_equal(s->map[at] & MARK_SPACE, 0);
			s->map[at] |= MARK_SPACE;
		}
	}
	return RMN_OK;
}

static inline enum rmn_status
on_ledger(void *context, uint32_t volume, uint64_t content, uint64_t metadata)
{
	struct seen *s = context;

	(void)volume;
	s->content += content;
	s->metadata += metadata;
	return RMN_OK;
}

static inline enum rmn_status
on_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	(void)volume;
	assert_true(stage[0] && reason[0]);
	((struct seen *)context)->unexamined++;
	return RMN_OK;
}

static inline void
seen_release(struct seen *s)
{
	rmn_fs_close(s->fs);
	free(s->map);
	free(s->paths);
}

/* Walks an image and checks everything that holds for every image. */
static inline void
walk_image(struct rmn_image *image, struct seen *s)
{
	const struct rmn_walk_sink sink = {.context = s, .volume = on_volume, .item = on_item,
		.space = on_space, .ledger = on_ledger, .unexamined = on_unexamined};
	struct rmn_error error = {0};
	enum rmn_status status;
	uint64_t marked = 0;

	*s = (struct seen){.image = image, .size = rmn_image_size(image)};
	s->has_map = s->size <= 128 * RMN_MIB;
	s->map = calloc(1, s->has_map ? (size_t)s->size : 1);
	s->paths = calloc(1, 1u << 20);
	status = rmn_walk_image(image, NULL, &sink, &error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		fail_msg("walk: %s", error.text);
	assert_int_equal(status == RMN_PARTIAL, s->unexamined != 0);
	assert_int_equal(s->content + s->metadata + s->space, s->size);
	for (uint64_t at = 0; at < s->size && s->has_map; at++) {
		marked += s->map[at] != 0 && s->map[at] != MARK_SPACE;
		assert_true(!(s->map[at] & MARK_SPACE) || s->map[at] == MARK_SPACE);
	}
	if (s->has_map)
		assert_true(s->content + s->metadata >= marked);
	rmn_fs_close(s->fs);
	s->fs = NULL;
}

static inline bool
walk_path(const char *path, struct seen *s)
{
	struct rmn_image_files files;
	struct rmn_image *image;
	struct rmn_error error = {0};

	if (rmn_image_files_open(path, &files, &error) != RMN_OK)
		return false;
	if (rmn_image_open(&files, &image, &error) != RMN_OK) {
		rmn_image_files_release(&files);
		return false;
	}
	walk_image(image, s);
	rmn_image_close(image);
	rmn_image_files_release(&files);
	return true;
}

static inline void
walk_made(const char *name, struct seen *s)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(walk_path(path, s));
}

static inline void
expect_path(const struct seen *s, const char *line)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "%s\n", line);
	if (!strstr(s->paths, whole))
		fail_msg("no \"%s\" in:\n%.4000s", line, s->paths);
}

/* Files for the made images: a text of 700 bytes, a long one, an empty one, a Japanese name. */
static inline int
set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/rmn-walk-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	return run("mkdir -p t/sub/deep && for i in $(seq 100); do echo note$i; done > t/note.txt &&"
	    "seq 100000 > t/sub/long.txt && : > t/empty && echo kaigi > t/sub/会議.txt &&"
	    "echo gone > t/gone.txt && seq 5000 > t/sub/deep/gone2.txt") ? 0 : -1;
}

static inline int
tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

#endif
