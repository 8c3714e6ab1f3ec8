/* SPDX-License-Identifier: MIT */
#include "recover/ext_volume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define PIECE_BYTES ((size_t)256 << 10)
#define FOLDER_BYTES_MAX ((uint64_t)1 << 31)

static uint64_t
table_bytes(const struct rmn_ext_layout *l)
{
	return (uint64_t)l->group_inodes * l->inode_bytes;
}

bool
rmn_ext_shadow_init(struct rmn_ext_shadow *shadow, struct rmn_disk *disk)
{
	shadow->disk = disk;
	shadow->bitmap = malloc(shadow->layout.block_bytes);
	shadow->bitmap_group = UINT32_MAX;
	return shadow->bitmap != NULL;
}

void
rmn_ext_shadow_release(struct rmn_ext_shadow *shadow)
{
	rmn_ext_layout_release(&shadow->layout);
	free(shadow->bitmap);
	*shadow = (struct rmn_ext_shadow){0};
}

enum rmn_ext_slot
rmn_ext_shadow_slot(struct rmn_ext_shadow *s, uint64_t place)
{
	const struct rmn_ext_layout *l = &s->layout;
	uint64_t offset = 0, bitmap;
	uint32_t group = rmn_ext_layout_table(l, place, &offset), index;

	if (group == UINT32_MAX)
		return RMN_EXT_ELSEWHERE;
	if (l->flags[group] & EXT_GROUP_UNINIT)
		return RMN_EXT_FREE;
	if (s->bitmap_group != group) {
		if (!rmn_ext_layout_place(l, rmn_disk_size(s->disk), l->bitmaps[group], &bitmap))
			return RMN_EXT_USED;
		rmn_disk_read(s->disk, bitmap, s->bitmap, l->block_bytes);
		s->bitmap_group = group;
	}
	index = (uint32_t)(offset / l->inode_bytes);
	return s->bitmap[index / 8] >> index % 8 & 1 ? RMN_EXT_USED : RMN_EXT_FREE;
}

bool
rmn_ext_volume_is_free(const struct rmn_ext_volume *v, uint64_t place)
{
	if (!rmn_recovery_in_use(v->r, place))
		return true;
	/* A living volume's tables are in use as a whole; where no inode is, old blocks live on. */
	for (uint32_t at = 0; at < v->layout->block_bytes; at += 128)
		if (!v->shadow || rmn_ext_shadow_slot(v->shadow, place + at) != RMN_EXT_FREE)
			return false;
	return true;
}

bool
rmn_ext_volume_may_read(const struct rmn_ext_volume *v, uint64_t place)
{
	return v->is_living || rmn_ext_volume_is_free(v, place);
}

/* Whose a record is.  Deleting a file sets its time of deletion: a free record without one was not
 * freed by the living volume, but written before that was made. */
static bool
record_is_ours(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode, bool with_used)
{
	enum rmn_ext_slot slot = RMN_EXT_ELSEWHERE;
	bool was_deleted;

	if (v->shadow)
		slot = rmn_ext_shadow_slot(v->shadow, inode->place);
	if (slot == RMN_EXT_USED)
		return with_used && v->is_living;
	if (slot == RMN_EXT_ELSEWHERE)
		return !v->is_living && !rmn_recovery_in_use(v->r, inode->place);
	was_deleted = inode->deleted != 0 && inode->deleted >= v->shadow->layout.made;
	return was_deleted == v->is_living;
}

static bool
piece_walk(struct rmn_ext_volume *v, bool with_used, const unsigned char *piece, size_t size,
    uint64_t place, uint32_t number,
    bool (*visit)(void *context, const struct rmn_ext_inode *inode), void *context)
{
	size_t step = v->layout->inode_bytes;
	struct rmn_ext_inode inode;

	for (size_t at = 0; at + step <= size; at += step, number++) {
		if (rmn_bytes_are_zero((struct rmn_bytes){piece + at, 128}) ||
		    !rmn_ext_inode_read(&inode, v->layout, v->crc, piece + at, number))
			continue;
		inode.place = place + at;
		inode.version = v->version;
		if (record_is_ours(v, &inode, with_used) && !visit(context, &inode))
			return false;
	}
	return true;
}

/* A table that the living volume has zeroed and never used since. */
static bool
table_is_blank(const struct rmn_ext_volume *v, uint32_t group)
{
	return (v->is_living || v->is_assumed) &&
	    (v->layout->flags[group] & EXT_GROUP_BLANK) == EXT_GROUP_BLANK;
}

void
rmn_ext_volume_walk(struct rmn_ext_volume *v, bool with_used,
    bool (*visit)(void *context, const struct rmn_ext_inode *inode), void *context)
{
	const struct rmn_ext_layout *l = v->layout;
	unsigned char *piece = malloc(PIECE_BYTES);
	uint64_t disk_bytes = rmn_disk_size(v->r->disk);

	if (!piece)
		v->failed = true;
	for (uint32_t group = 0; piece && group < l->group_count; group++) {
		uint64_t place = l->start_byte + l->tables[group] * l->block_bytes;
		uint64_t left = table_bytes(l);
		uint32_t number = group * l->group_inodes + 1;

		if (l->tables[group] == 0 || place >= disk_bytes || table_is_blank(v, group))
			continue;
		left = rmn_min_u64(left, disk_bytes - place);
		while (left >= l->inode_bytes) {
			size_t size = (size_t)rmn_min_u64(left, PIECE_BYTES);

			if (*v->bytes_left < size) {
				v->was_cut = true;
				goto out;
			}
			*v->bytes_left -= size;
			rmn_disk_read(v->r->disk, place, piece, size);
			if (!rmn_bytes_are_zero((struct rmn_bytes){piece, size}) &&
			    !piece_walk(v, with_used, piece, size, place, number, visit,
			    context))
				goto out;
			number += (uint32_t)(size / l->inode_bytes);
			place += size;
			left -= size;
		}
	}
out:
	free(piece);
}

bool
rmn_ext_volume_inode(struct rmn_ext_volume *v, uint32_t number, struct rmn_ext_inode *inode)
{
	const struct rmn_ext_layout *l = v->layout;
	unsigned char *record;
	uint32_t group;
	bool is_read = false;

	if (number == 0 || (number - 1) / l->group_inodes >= l->group_count)
		return false;
	group = (number - 1) / l->group_inodes;
	record = malloc(l->inode_bytes);
	if (record && l->tables[group] != 0) {
		uint64_t place = l->start_byte + l->tables[group] * l->block_bytes +
		    (uint64_t)((number - 1) % l->group_inodes) * l->inode_bytes;

		is_read = rmn_disk_read(v->r->disk, place, record, l->inode_bytes) &&
		    rmn_ext_inode_read(inode, l, v->crc, record, number);
		inode->place = place;
		inode->version = v->version;
	}
	free(record);
	return is_read;
}

static bool
folder_block_add(struct rmn_ext_volume *v, uint64_t place, uint32_t folder)
{
	if (v->block_count == v->block_capacity) {
		size_t capacity = v->block_capacity ? v->block_capacity * 2 : 1024;
		struct rmn_ext_folder_block *blocks = reallocarray(v->blocks, capacity,
		    sizeof(*blocks));

		if (!blocks) {
			v->failed = true;
			return false;
		}
		v->blocks = blocks;
		v->block_capacity = capacity;
	}
	v->blocks[v->block_count++] = (struct rmn_ext_folder_block){place, folder};
	return true;
}

uint32_t
rmn_ext_volume_folder_at(const struct rmn_ext_volume *v, uint64_t place)
{
	size_t low = 0, high = v->block_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->blocks[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->block_count && v->blocks[low].place == place ? v->blocks[low].folder : 0;
}

void
rmn_ext_volume_place(struct rmn_ext_volume *v, uint32_t self, uint32_t parent)
{
	char name[24];

	snprintf(name, sizeof(name), "orphan-%lu", (unsigned long)self);
	if (self != EXT_INODE_ROOT && self != parent &&
	    !rmn_folders_add(v->folders, self, parent, rmn_bytes_from_string(name), 1))
		v->failed = true;
}

/* Folders in the inode itself: the parent's number, then entries; more of them in an attribute. */
static void
inline_folder(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode,
    enum rmn_ext_source source)
{
	unsigned char rest[EXT_INODE_BYTES_MAX / 4];

	rmn_ext_volume_place(v, inode->number, rmn_le32(inode->block));
	rmn_ext_names_block(&v->names, v->layout, inode->block + 4, EXT_BLOCK_ARRAY - 4,
	    inode->number, source, inode->version);
	for (size_t i = 1; i < v->map.count; i++) {
		uint64_t length = v->map.extents[i].length_bytes & ~(uint64_t)3;

		if (length <= sizeof(rest) &&
		    rmn_disk_read(v->r->disk, v->map.extents[i].image_offset, rest, (size_t)length))
			rmn_ext_names_block(&v->names, v->layout, rest, (size_t)length,
			    inode->number, source, inode->version);
	}
}

/* Whether the folder's first block is still its own.  One that names nobody is damaged: an inode in
 * use is believed then. */
static bool
head_is_own(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode, const unsigned char *block,
    enum rmn_ext_source source)
{
	uint32_t self, parent;

	if (!rmn_ext_folder_head(block, v->layout->block_bytes, &self, &parent))
		return source == RMN_EXT_LISTED;
	if (self != inode->number)
		return false;
	rmn_ext_volume_place(v, self, parent);
	if (inode->version == v->version)
		v->proofs++;
	return true;
}

/* Behind a lost first block, checksums say whose a block is; without them the inode's word
 * counts. */
static bool
block_is_own(const struct rmn_ext_volume *v, const struct rmn_ext_inode *inode,
    const unsigned char *block)
{
	unsigned char id[8];
	uint32_t seed;

	for (unsigned i = 0; i < 4; i++) {
		id[i] = (unsigned char)(inode->number >> 8 * i);
		id[i + 4] = (unsigned char)(inode->generation >> 8 * i);
	}
	return rmn_ext_folder_seed(v->crc, block, v->layout->block_bytes, &seed) &&
	    seed == rmn_ext_crc_of(v->crc, v->layout->checksum_seed, id, sizeof(id));
}

void
rmn_ext_volume_folder(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode,
    enum rmn_ext_source source)
{
	uint32_t block_bytes = v->layout->block_bytes;
	unsigned char *block = malloc(block_bytes);
	bool is_own = !(v->layout->ro_compat & EXT_RO_METADATA_SUM);
	uint64_t position = 0;

	rmn_ext_map_inode(&v->map, inode);
	if (inode->flags & EXT_FLAG_INLINE)
		inline_folder(v, inode, source);
	if (!block)
		v->failed = true;
	if (!block || inode->flags & EXT_FLAG_INLINE || inode->size_bytes > FOLDER_BYTES_MAX) {
		free(block);
		return;
	}
	for (size_t i = 0; i < v->map.count; i++) {
		const struct rmn_extent *extent = &v->map.extents[i];

		for (uint64_t at = 0; at < extent->length_bytes; at += block_bytes, position++) {
			uint64_t place = extent->image_offset + at;

			if (extent->image_offset == RMN_EXTENT_SPARSE)
				break;
			if (!rmn_ext_volume_may_read(v, place))
				continue;
			rmn_disk_read(v->r->disk, place, block, block_bytes);
			if (position == 0)
				is_own = head_is_own(v, inode, block, source);
			if (!is_own && !block_is_own(v, inode, block))
				continue;
			rmn_ext_names_block(&v->names, v->layout, block, block_bytes,
			    inode->number, source, source == RMN_EXT_COPY ? inode->version : 0);
			if (!folder_block_add(v, place, inode->number))
				break;
		}
	}
	free(block);
}

static bool
folder_visit(void *context, const struct rmn_ext_inode *inode)
{
	struct rmn_ext_volume *v = context;

	v->seen[inode->number / 8] |= (unsigned char)(1u << inode->number % 8);
	if (inode->is_proven)
		v->proofs++;
	if ((inode->mode & EXT_MODE_FORMAT) == EXT_MODE_FOLDER &&
	    rmn_ext_inode_has_blocks(inode))
		rmn_ext_volume_folder(v, inode, rmn_ext_inode_is_live(inode) ? RMN_EXT_LISTED :
		    RMN_EXT_DROPPED);
	return true;
}

/* The surest and youngest name of a folder decides where it is. */
static void
tree_build(struct rmn_ext_volume *v)
{
	static const uint64_t ranks[] = {
		[RMN_EXT_LISTED] = (uint64_t)2 << 62, [RMN_EXT_COPY] = (uint64_t)1 << 62,
		[RMN_EXT_DROPPED] = 2,
	};

	rmn_ext_names_sort(&v->names);
	for (size_t i = 0; i < v->names.count; i++) {
		const struct rmn_ext_name *name = &v->names.entries[i];

		if (name->child > EXT_INODE_ROOT && (name->type == 2 || name->type == 0) &&
		    !rmn_folders_add(v->folders, name->child, name->parent,
		    rmn_ext_names_text(&v->names, name), ranks[name->source] + name->version))
			v->failed = true;
	}
}

/* Groups whose inodes are nowhere to be read. */
static void
tables_tell(const struct rmn_ext_volume *v)
{
	uint32_t lost = 0;
	char reason[120];

	for (uint32_t group = 0; group < v->layout->group_count; group++)
		lost += v->layout->tables[group] == 0;
	if (lost == 0 || !v->is_added || v->is_assumed || !v->r->unexamined)
		return;
	snprintf(reason, sizeof(reason), "no copy of a descriptor says where the inodes of %lu of "
	    "%lu block groups are", (unsigned long)lost, (unsigned long)v->layout->group_count);
	v->r->unexamined(v->r->context, v->found, "recovery", reason);
}

static void
volume_release(struct rmn_ext_volume *v)
{
	rmn_ext_map_release(&v->map);
	rmn_ext_names_release(&v->names);
	rmn_folders_free(v->folders);
	free(v->blocks);
	free(v->copies);
	free(v->seen);
	rmn_buf_release(&v->path);
}

enum rmn_status
rmn_ext_volume_recover(struct rmn_ext_volume *v)
{
	enum rmn_status status = RMN_OK;

	v->version = 1;
	rmn_ext_map_init(&v->map, v->r->disk, v->layout);
	rmn_ext_names_init(&v->names);
	rmn_buf_init(&v->path, 0);
	v->folders = rmn_folders_new(EXT_INODE_ROOT);
	v->seen = calloc(v->layout->inode_count / 8 + 1, 1);
	if (v->folders && v->seen) {
		rmn_ext_volume_walk(v, true, folder_visit, v);
		rmn_ext_journal_read(v);
		rmn_ext_volume_lost_folders(v);
		tree_build(v);
	}
	if (!v->folders || !v->seen || v->failed || v->names.failed || v->map.failed)
		status = rmn_fail(v->r->error, RMN_NOMEM, "out of memory for an ext volume");
	else if (v->proofs > 0)
		status = rmn_ext_emit(v);
	tables_tell(v);
	if (v->r->unexamined && (v->was_cut || v->names.is_cut || v->map.was_cut))
		v->r->unexamined(v->r->context, v->is_added ? v->found : UINT32_MAX, "recovery",
		    "too much metadata of an ext volume: a part of it was not read");
	volume_release(v);
	return status;
}
