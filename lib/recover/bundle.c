/* SPDX-License-Identifier: MIT */
#include "recover/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/checked.h"
#include "base/limits.h"

/* What hdiutil and Time Machine take when nobody asks for something else. */
#define USUAL_BAND_BYTES (8 * RMN_MIB)
/* No network drive of that time was longer. */
#define DISK_BYTES_MAX (16 * 1024 * RMN_GIB)
#define BANDS_MAX ((size_t)2 << 20)	/* of one bundle; extents are counted over all */
#define EXTENTS_MAX ((size_t)4 << 20)
#define PATHS_BYTES ((size_t)1 << 20)
#define INFO_BYTES_MAX 16384u

bool
rmn_bundles_init(struct rmn_bundles *b)
{
	*b = (struct rmn_bundles){.arena = rmn_arena_new(PATHS_BYTES)};
	return b->arena != NULL;
}

void
rmn_bundles_release(struct rmn_bundles *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->bundles[i].bands);
	free(b->extents);
	rmn_arena_free(b->arena);
	*b = (struct rmn_bundles){0};
}

/* --- what belongs to a bundle */

/* Takes the last name off a path. */
static struct rmn_bytes
path_cut(struct rmn_bytes *path)
{
	const unsigned char *slash = path->size ? memrchr(path->data, '/', path->size) : NULL;
	struct rmn_bytes name = slash ? rmn_bytes_after(*path, (size_t)(slash - path->data) + 1) : *path;

	*path = rmn_bytes_head(*path, slash ? (size_t)(slash - path->data) : 0);
	return name;
}

static bool
name_ends(struct rmn_bytes path, const char *end)
{
	size_t size = strlen(end);

	return path.size > size &&
	    strncasecmp((const char *)path.data + path.size - size, end, size) == 0;
}

static bool
path_is_bundle(struct rmn_bytes path)
{
	return name_ends(path, ".sparsebundle") || name_ends(path, ".backupbundle");
}

static bool
band_number(struct rmn_bytes name, uint32_t *number)
{
	static const char digits[] = "0123456789abcdef";

	*number = 0;
	for (size_t i = 0; i < name.size; i++) {
		const char *at = memchr(digits, name.data[i] | (name.data[i] >= 'A' ? 0x20 : 0), 16);

		if (!at)
			return false;
		*number = *number << 4 | (uint32_t)(at - digits);
	}
	return name.size > 0 && name.size <= 8;
}

static struct rmn_bundle *
bundle_get(struct rmn_bundles *b, uint32_t volume, struct rmn_bytes path)
{
	struct rmn_bundle *bundle;

	for (size_t i = 0; i < b->count; i++)
		if (b->bundles[i].volume == volume && rmn_bytes_equal(b->bundles[i].path, path))
			return &b->bundles[i];
	if (b->count == RMN_BUNDLES_MAX)
		return NULL;
	bundle = &b->bundles[b->count];
	*bundle = (struct rmn_bundle){.volume = volume, .path = rmn_arena_copy(b->arena, path)};
	if (!bundle->path.data)
		return NULL;
	b->count++;
	return bundle;
}

static bool
extents_keep(struct rmn_bundles *b, const struct rmn_walk_item *item, struct rmn_bundle_file *file)
{
	if (item->extent_count > EXTENTS_MAX - b->extent_count)
		return false;
	if (item->extent_count > b->extent_capacity - b->extent_count) {
		size_t capacity = 2 * b->extent_capacity + item->extent_count + 64;
		struct rmn_extent *extents = reallocarray(b->extents, capacity, sizeof(*extents));

		if (!extents) {
			b->failed = true;
			return false;
		}
		b->extents = extents;
		b->extent_capacity = capacity;
	}
	file->first = b->extent_count;
	file->count = item->extent_count;
	memcpy(b->extents + b->extent_count, item->extents,
	    item->extent_count * sizeof(*item->extents));
	b->extent_count += item->extent_count;
	return true;
}

static bool
band_add(struct rmn_bundles *b, struct rmn_bundle *bundle, const struct rmn_bundle_file *band)
{
	if (bundle->band_count == bundle->band_capacity) {
		size_t capacity = bundle->band_capacity ? bundle->band_capacity * 2 : 64;
		struct rmn_bundle_file *bands = NULL;

		if (capacity <= BANDS_MAX)
			bands = reallocarray(bundle->bands, capacity, sizeof(*bands));
		if (!bands) {
			b->failed |= capacity <= BANDS_MAX;
			return false;
		}
		bundle->bands = bands;
		bundle->band_capacity = capacity;
	}
	bundle->bands[bundle->band_count++] = *band;
	return true;
}

enum part { PART_NONE, PART_BAND, PART_INFO, PART_TOKEN };

/* Which part of a bundle has that path; it is cut down to that of the bundle. */
static enum part
path_part(struct rmn_bytes *path, uint32_t *number)
{
	struct rmn_bytes name = path_cut(path);
	enum part part = PART_NONE;

	if (rmn_bytes_equal(name, rmn_bytes_from_string("Info.plist")))
		part = PART_INFO;
	else if (rmn_bytes_equal(name, rmn_bytes_from_string("token")))
		part = PART_TOKEN;
	else if (band_number(name, number) &&
	    rmn_bytes_equal(path_cut(path), rmn_bytes_from_string("bands")))
		part = PART_BAND;
	return path_is_bundle(*path) ? part : PART_NONE;
}

void
rmn_bundles_watch(struct rmn_bundles *b, const struct rmn_walk_item *item)
{
	struct rmn_bundle_file file = {.size_bytes = item->size_bytes,
	    .rank = item->state == RMN_ALLOCATED ? 0 : item->grade ? (uint8_t)item->grade : UINT8_MAX};
	struct rmn_bytes path = item->path;
	struct rmn_bundle_file *slot;
	struct rmn_bundle *bundle;
	enum part part;

	if (item->kind != RMN_ITEM_FILE || item->extent_count == 0 ||
	    (item->how != RMN_CONTENT_EXTENTS && item->how != RMN_CONTENT_NONE))
		return;
	part = path_part(&path, &file.number);
	if (part == PART_NONE)
		return;
	bundle = bundle_get(b, item->volume, path);
	if (!bundle || !extents_keep(b, item, &file)) {
		b->left_out++;
		return;
	}
	if (part == PART_BAND) {
		b->left_out += !band_add(b, bundle, &file);
		return;
	}
	slot = part == PART_INFO ? &bundle->info : &bundle->token;
	if (slot->size_bytes == 0 || file.rank < slot->rank)
		*slot = file;
}

/* --- putting together */

static size_t
file_read(const struct rmn_bundles *b, const struct rmn_bundle_file *file, struct rmn_disk *disk,
    unsigned char *buffer, size_t size)
{
	size_t at = 0;

	size = (size_t)rmn_min_u64(size, file->size_bytes);
	memset(buffer, 0, size);
	for (size_t i = file->first; i < file->first + file->count && at < size; i++) {
		size_t part = (size_t)rmn_min_u64(b->extents[i].length_bytes, size - at);

		if (b->extents[i].image_offset != RMN_EXTENT_SPARSE)
			rmn_disk_read(disk, b->extents[i].image_offset, buffer + at, part);
		at += part;
	}
	return size;
}

/* The number behind a key of the property list, as hdiutil writes it; 0: there is none. */
static uint64_t
info_number(struct rmn_bytes text, const char *key)
{
	static const char open[] = "<integer>";
	size_t at = rmn_bytes_find(text, rmn_bytes_from_string(key)), skip;
	uint64_t value = 0;

	if (at == SIZE_MAX)
		return 0;
	text = rmn_bytes_after(text, at + strlen(key));
	skip = rmn_bytes_find(text, rmn_bytes_from_string(open));
	if (skip == SIZE_MAX || skip > 16)	/* that is another key's */
		return 0;
	text = rmn_bytes_after(text, skip + strlen(open));
	for (size_t i = 0; i < text.size && text.data[i] >= '0' && text.data[i] <= '9'; i++)
		if (!rmn_mul_u64(value, 10, &value) ||
		    !rmn_add_u64(value, (uint64_t)(text.data[i] - '0'), &value))
			return 0;
	return value;
}

static bool
file_is_encrypted(const struct rmn_bundles *b, const struct rmn_bundle_file *file,
    struct rmn_disk *disk)
{
	unsigned char magic[8] = {0};

	return file_read(b, file, disk, magic, sizeof(magic)) == sizeof(magic) &&
	    (memcmp(magic, "encrcdsa", 8) == 0 || memcmp(magic, "cdsaencr", 8) == 0);
}

static int
band_compare(const void *left, const void *right)
{
	const struct rmn_bundle_file *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* One of each number, the surest. */
static void
bands_sort(struct rmn_bundle *bundle)
{
	size_t kept = 0;

	if (bundle->band_count > 0)
		qsort(bundle->bands, bundle->band_count, sizeof(*bundle->bands), band_compare);
	for (size_t i = 0; i < bundle->band_count; i++)
		if (kept == 0 || bundle->bands[kept - 1].number != bundle->bands[i].number)
			bundle->bands[kept++] = bundle->bands[i];
	bundle->band_count = kept;
}

/* Without Info.plist: bands are filled but for a few, so the longest has the size of all. */
static uint64_t
bands_guess_size(const struct rmn_bundle *bundle)
{
	uint64_t longest = 0;
	size_t count = 0;

	for (size_t i = 0; i < bundle->band_count; i++) {
		if (bundle->bands[i].size_bytes > longest) {
			longest = bundle->bands[i].size_bytes;
			count = 0;
		}
		count += bundle->bands[i].size_bytes == longest;
	}
	return count > 1 || longest > USUAL_BAND_BYTES ? longest : USUAL_BAND_BYTES;
}

/* Appends; neighbouring holes are one. */
static void
map_add(struct rmn_bundle_map *map, uint64_t offset, uint64_t length)
{
	struct rmn_extent *last = map->count ? &map->extents[map->count - 1] : NULL;

	if (length == 0)
		return;
	map->size_bytes += length;
	if (last && last->image_offset == RMN_EXTENT_SPARSE && offset == RMN_EXTENT_SPARSE)
		last->length_bytes += length;
	else
		map->extents[map->count++] = (struct rmn_extent){offset, length};
}

/* Adds the bytes of one band that the disk has; how many. */
static uint64_t
map_add_band(const struct rmn_bundles *b, const struct rmn_bundle_file *band, uint64_t band_bytes,
    struct rmn_bundle_map *map)
{
	uint64_t left = rmn_min_u64(band_bytes, band->size_bytes), stored = 0;

	for (size_t i = band->first; i < band->first + band->count && left > 0; i++) {
		uint64_t part = rmn_min_u64(b->extents[i].length_bytes, left);

		map_add(map, b->extents[i].image_offset, part);
		stored += b->extents[i].image_offset == RMN_EXTENT_SPARSE ? 0 : part;
		left -= part;
	}
	return stored;
}

static enum rmn_status
map_fail(struct rmn_bundle_map *map, enum rmn_status status, const char *problem)
{
	snprintf(map->problem, sizeof(map->problem), "%s", problem);
	return status;
}

static enum rmn_status
map_fill(const struct rmn_bundles *b, const struct rmn_bundle *bundle, uint64_t band_bytes,
    uint64_t disk_bytes, struct rmn_bundle_map *map)
{
	size_t room = 2;
	uint64_t stored = 0;

	for (size_t i = 0; i < bundle->band_count; i++)
		room += bundle->bands[i].count + 1;
	map->extents = calloc(room, sizeof(*map->extents));
	if (!map->extents)
		return RMN_NOMEM;
	for (size_t i = 0; i < bundle->band_count; i++) {
		map_add(map, RMN_EXTENT_SPARSE, bundle->bands[i].number * band_bytes - map->size_bytes);
		stored += map_add_band(b, &bundle->bands[i], band_bytes, map);
		if (stored > disk_bytes)
			return map_fail(map, RMN_CORRUPT, "its bands lie upon each other");
	}
	map->band_count = bundle->band_count;
	return RMN_OK;
}

enum rmn_status
rmn_bundle_put_together(const struct rmn_bundles *b, struct rmn_bundle *bundle,
    struct rmn_disk *disk, struct rmn_bundle_map *map)
{
	unsigned char text[INFO_BYTES_MAX];
	struct rmn_bytes info = {text, file_read(b, &bundle->info, disk, text, sizeof(text))};
	uint64_t band_bytes = info_number(info, "<key>band-size</key>");
	uint64_t size = info_number(info, "<key>size</key>"), last;
	enum rmn_status status;

	*map = (struct rmn_bundle_map){0};
	bands_sort(bundle);
	if (bundle->band_count == 0)
		return map_fail(map, RMN_CORRUPT, "it has no band left");
	if (file_is_encrypted(b, &bundle->token, disk) ||
	    file_is_encrypted(b, &bundle->bands[0], disk))
		return map_fail(map, RMN_ENCRYPTED, "it is encrypted");
	if (band_bytes == 0 || band_bytes % 512 != 0)
		band_bytes = bands_guess_size(bundle);
	last = bundle->bands[bundle->band_count - 1].number;
	if (band_bytes > DISK_BYTES_MAX / (last + 1))
		return map_fail(map, RMN_CORRUPT, "its bands would make a disk longer than any was");
	status = map_fill(b, bundle, band_bytes, rmn_disk_size(disk), map);
	if (status != RMN_OK)
		return status;
	if (size <= DISK_BYTES_MAX && size > map->size_bytes)
		map_add(map, RMN_EXTENT_SPARSE, size - map->size_bytes);
	return RMN_OK;
}

void
rmn_bundle_map_release(struct rmn_bundle_map *map)
{
	free(map->extents);
	*map = (struct rmn_bundle_map){0};
}
