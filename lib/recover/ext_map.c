/* SPDX-License-Identifier: MIT
 *
 * From an inode to its extents: trees of extents (ext4), lists of blocks with one to three levels
 * of indirection (ext2, ext3), and bytes in the inode itself. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/ext_inode.h"
#include "recover/sight.h"

#define MAGIC 0xf30au
#define HEADER 12u		/* of an extent block; its entries have the same size */
#define DEPTH_MAX 5u
#define UNINITIALISED 32768u	/* longer extents are these many shorter, and read as zeros */
#define DIRECT 12u
#define ATTRIBUTE_MAGIC 0xea020000u
#define ATTRIBUTE_SYSTEM 7u	/* name index of "system." */
#define EXTENTS_MAX ((size_t)4 << 20)

void
rmn_ext_map_init(struct rmn_ext_map *map, struct rmn_disk *disk,
    const struct rmn_ext_layout *layout)
{
	/* A block is honestly a pointer block once at most; journal copies may want it again. */
	*map = (struct rmn_ext_map){.disk = disk, .layout = layout,
	    .steps_left = 2 * (rmn_disk_size(disk) / layout->block_bytes) + 64};
}

void
rmn_ext_map_release(struct rmn_ext_map *map)
{
	free(map->extents);
	map->extents = NULL;
}

/* Appends bytes, clipped to the size; joins what lies side by side.  False when the map is full. */
static bool
extent_add(struct rmn_ext_map *map, uint64_t image_offset, uint64_t length)
{
	struct rmn_extent *last = map->count ? &map->extents[map->count - 1] : NULL;

	length = rmn_min_u64(length, map->size_bytes - map->bytes);
	if (length == 0)
		return map->bytes < map->size_bytes;
	map->bytes += length;
	if (last && (image_offset == RMN_EXTENT_SPARSE ? last->image_offset == RMN_EXTENT_SPARSE :
	    last->image_offset != RMN_EXTENT_SPARSE &&
	    last->image_offset + last->length_bytes == image_offset)) {
		last->length_bytes += length;
		return map->bytes < map->size_bytes;
	}
	if (map->count == map->capacity) {
		size_t capacity = map->capacity ? map->capacity * 2 : 64;
		struct rmn_extent *extents = capacity > EXTENTS_MAX ? NULL :
		    reallocarray(map->extents, capacity, sizeof(*extents));

		if (!extents) {
			map->failed = capacity <= EXTENTS_MAX;
			map->is_short = true;
			map->bytes -= length;
			return false;
		}
		map->extents = extents;
		map->capacity = capacity;
	}
	map->extents[map->count++] = (struct rmn_extent){image_offset, length};
	return map->bytes < map->size_bytes;
}

/* A hole up to a block of the file. */
static bool
hole_to(struct rmn_ext_map *map, uint64_t block)
{
	uint64_t at = block * map->layout->block_bytes;

	return at <= map->bytes || extent_add(map, RMN_EXTENT_SPARSE, at - map->bytes);
}

/* Blocks of the volume; what lies behind the disk ends the file. */
static bool
blocks_add(struct rmn_ext_map *map, uint64_t block, uint64_t count)
{
	const struct rmn_ext_layout *l = map->layout;
	uint64_t place;

	if (block == 0 || block >= l->block_count || l->block_count - block < count ||
	    !rmn_ext_layout_place(l, rmn_disk_size(map->disk), block, &place)) {
		map->is_short = true;
		return false;
	}
	return extent_add(map, place, count * l->block_bytes);
}

static bool
pointers_read(struct rmn_ext_map *map, uint64_t block, unsigned char *buffer)
{
	uint64_t place;

	if (map->steps_left == 0) {
		map->was_cut = map->is_short = true;
		return false;
	}
	map->steps_left--;
	if (!rmn_ext_layout_place(map->layout, rmn_disk_size(map->disk), block, &place) ||
	    !rmn_disk_read(map->disk, place, buffer, map->layout->block_bytes)) {
		map->is_short = true;
		return false;
	}
	return true;
}

static bool
leaf_add(struct rmn_ext_map *map, const unsigned char *entry)
{
	uint64_t first = rmn_le32(entry), length = rmn_le16(entry + 4);
	uint64_t block = (uint64_t)rmn_le16(entry + 6) << 32 | rmn_le32(entry + 8);

	if (first * map->layout->block_bytes < map->bytes) {
		map->is_short = true;	/* not rising: no extent block of this file */
		return false;
	}
	if (!hole_to(map, first))
		return false;
	if (length > UNINITIALISED)
		return extent_add(map, RMN_EXTENT_SPARSE,
		    (length - UNINITIALISED) * map->layout->block_bytes);
	return blocks_add(map, block, length);
}

/* A node of the tree.  False ends the walk: the file is complete or something is missing. */
static bool
tree_walk(struct rmn_ext_map *map, const unsigned char *node, size_t size, unsigned depth)
{
	unsigned count = rmn_le16(node + 2);
	unsigned char *below = NULL;
	bool goes_on = true;

	if (rmn_le16(node) != MAGIC || count > rmn_le16(node + 4) ||
	    (size_t)count * HEADER + HEADER > size || rmn_le16(node + 6) != depth) {
		map->is_short = true;
		return false;
	}
	if (depth > 0 && !(below = malloc(map->layout->block_bytes))) {
		map->failed = map->is_short = true;
		return false;
	}
	for (unsigned i = 0; i < count && goes_on; i++) {
		const unsigned char *entry = node + HEADER + i * HEADER;

		if (depth == 0)
			goes_on = leaf_add(map, entry);
		else
			goes_on = pointers_read(map, (uint64_t)rmn_le16(entry + 8) << 32 |
			    rmn_le32(entry + 4), below) &&
			    tree_walk(map, below, map->layout->block_bytes, depth - 1);
	}
	free(below);
	return goes_on;
}

/* One pointer of a list: a block, or a block of pointers. */
static bool
pointer_walk(struct rmn_ext_map *map, uint32_t pointer, unsigned level)
{
	uint64_t per_block = map->layout->block_bytes / 4, span = map->layout->block_bytes;
	unsigned char *below;
	bool goes_on = true;

	for (unsigned i = 0; i < level; i++)
		span *= per_block;
	if (pointer == 0)
		return extent_add(map, RMN_EXTENT_SPARSE, span);
	if (level == 0)
		return blocks_add(map, pointer, 1);
	below = malloc(map->layout->block_bytes);
	if (!below) {
		map->failed = map->is_short = true;
		return false;
	}
	goes_on = pointers_read(map, pointer, below);
	for (uint64_t i = 0; i < per_block && goes_on; i++)
		goes_on = pointer_walk(map, rmn_le32(below + 4 * i), level - 1);
	free(below);
	return goes_on;
}

static void
list_walk(struct rmn_ext_map *map, const unsigned char *pointers)
{
	for (unsigned i = 0; i < DIRECT + 3; i++)
		if (!pointer_walk(map, rmn_le32(pointers + 4 * i), i < DIRECT ? 0 :
		    i - DIRECT + 1))
			return;
}

/* Inline data goes on in the attribute system.data behind the inode's fields. */
static void
inline_rest(struct rmn_ext_map *map, const struct rmn_ext_inode *inode)
{
	size_t size = map->layout->inode_bytes, first = (size_t)inode->extra_offset + 4;
	unsigned char *record = malloc(size);

	if (!record)
		map->failed = true;
	if (record && inode->extra_offset != 0 &&
	    rmn_disk_read(map->disk, inode->place, record, size) &&
	    rmn_le32(record + inode->extra_offset) == ATTRIBUTE_MAGIC)
		for (size_t at = first; at + 16 <= size;) {
			size_t name = record[at], value = rmn_le16(record + at + 2);
			uint32_t length = rmn_le32(record + at + 8);

			if (rmn_le32(record + at) == 0)
				break;
			if (name == 4 && record[at + 1] == ATTRIBUTE_SYSTEM && at + 20 <= size &&
			    memcmp(record + at + 16, "data", 4) == 0 && value < size - first &&
			    length <= size - first - value) {
				extent_add(map, inode->place + first + value, length);
				break;
			}
			at += 16 + ((name + 3) & ~(size_t)3);
		}
	free(record);
	map->is_short = map->bytes < map->size_bytes;
}

void
rmn_ext_map_inode(struct rmn_ext_map *map, const struct rmn_ext_inode *inode)
{
	bool is_link = (inode->mode & EXT_MODE_FORMAT) == EXT_MODE_LINK;

	map->count = 0;
	map->bytes = 0;
	map->size_bytes = inode->size_bytes;
	map->is_short = false;
	if (map->size_bytes == 0)
		return;
	if (inode->flags & EXT_FLAG_INLINE) {
		extent_add(map, inode->place + 0x28, EXT_BLOCK_ARRAY);
		if (map->bytes < map->size_bytes)
			inline_rest(map, inode);
		return;
	}
	if (is_link && !(inode->flags & EXT_FLAG_EXTENTS) && map->size_bytes < EXT_BLOCK_ARRAY) {
		extent_add(map, inode->place + 0x28, map->size_bytes);
		return;
	}
	if (inode->flags & EXT_FLAG_EXTENTS)
		tree_walk(map, inode->block, EXT_BLOCK_ARRAY,
		    rmn_le16(inode->block + 6) <= DEPTH_MAX ? rmn_le16(inode->block + 6) : 0);
	else
		list_walk(map, inode->block);
	if (map->bytes < map->size_bytes && !map->is_short)
		extent_add(map, RMN_EXTENT_SPARSE, map->size_bytes - map->bytes);
}
