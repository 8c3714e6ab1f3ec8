/* SPDX-License-Identifier: MIT */
#include "recover/ext_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define DESCRIPTORS_MIN 32u
#define GROUP_BLOCKS_MIN 256u
#define GUESSES_MAX 4096u

static void
features_read(struct rmn_ext_layout *l, const unsigned char *p)
{
	l->compat = rmn_le32(p + 0x5c);
	l->incompat = rmn_le32(p + 0x60);
	l->ro_compat = rmn_le32(p + 0x64);
	if (rmn_le32(p + 0x4c) == 0) {	/* revision 0 */
		l->compat = l->incompat = l->ro_compat = 0;
		l->first_inode = 11;
		l->inode_bytes = 128;
	} else {
		l->first_inode = rmn_le32(p + 0x54);
		l->inode_bytes = rmn_le16(p + 0x58);
	}
	l->descriptor_bytes = l->incompat & EXT_INCOMPAT_64BIT ? rmn_le16(p + 0xfe) :
	    DESCRIPTORS_MIN;
	if (l->incompat & EXT_INCOMPAT_64BIT)
		l->block_count |= (uint64_t)rmn_le32(p + 0x150) << 32;
	l->first_meta_group = l->incompat & EXT_INCOMPAT_META_BG ? rmn_le32(p + 0x104) :
	    UINT32_MAX;
	l->groups_per_flex = l->incompat & EXT_INCOMPAT_FLEX_BG && p[0x174] < 32 ?
	    1u << p[0x174] : 1;
	if (l->compat & EXT_COMPAT_SPARSE_SUPER2) {
		l->backup_groups[0] = rmn_le32(p + 0x24c);
		l->backup_groups[1] = rmn_le32(p + 0x250);
	}
}

static bool
numbers_are_sane(const struct rmn_ext_layout *l)
{
	uint64_t groups;

	if (l->inode_bytes < 128 || l->inode_bytes > l->block_bytes ||
	    (l->inode_bytes & (l->inode_bytes - 1)) != 0 || l->first_inode < 3 ||
	    l->descriptor_bytes < DESCRIPTORS_MIN || l->descriptor_bytes > 1024 ||
	    (l->descriptor_bytes & (l->descriptor_bytes - 1)) != 0)
		return false;
	if (l->group_blocks < GROUP_BLOCKS_MIN ||
	    l->group_inodes < l->block_bytes / l->inode_bytes ||
	    l->group_inodes > l->block_bytes * 8 || l->block_count <= l->first_block ||
	    l->block_count >> 48 != 0 || l->first_block != (l->block_bytes == 1024 ? 1u : 0u))
		return false;
	groups = (l->block_count - l->first_block + l->group_blocks - 1) / l->group_blocks;
	return groups <= UINT32_MAX / l->group_inodes &&
	    groups * l->group_inodes == l->inode_count;
}

bool
rmn_ext_layout_read(struct rmn_ext_layout *layout, const struct rmn_ext_crc *crc,
    const unsigned char *p, uint64_t image_offset)
{
	struct rmn_ext_layout l = {0};
	uint32_t group = rmn_le16(p + 0x5a);
	uint64_t before;

	if (rmn_le16(p + 0x38) != 0xef53 || rmn_le32(p + 0x18) > 6)
		return false;
	l.block_bytes = 1024u << rmn_le32(p + 0x18);
	l.inode_count = rmn_le32(p);
	l.block_count = rmn_le32(p + 4);
	l.first_block = rmn_le32(p + 0x14);
	l.group_blocks = rmn_le32(p + 0x20);
	l.group_inodes = rmn_le32(p + 0x28);
	features_read(&l, p);
	if (!numbers_are_sane(&l))
		return false;
	l.group_count = l.inode_count / l.group_inodes;
	memcpy(l.uuid, p + 0x68, sizeof(l.uuid));
	memcpy(l.label, p + 0x78, sizeof(l.label) - 1);
	l.made = rmn_le32(p + 0x108);
	l.checksum_seed = l.incompat & EXT_INCOMPAT_SEED ? rmn_le32(p + 0x270) :
	    rmn_ext_crc_of(crc, UINT32_MAX, l.uuid, sizeof(l.uuid));
	if (p[0xfd] == 1) {	/* s_jnl_backup_type: i_block, then i_size_high and i_size */
		memcpy(l.journal, p + 0x10c, sizeof(l.journal));
		l.journal_bytes = (uint64_t)rmn_le32(p + 0x148) << 32 | rmn_le32(p + 0x14c);
	}
	/* The first copy stands behind the boot block, the others at the start of their group. */
	before = group == 0 ? 1024 :
	    (l.first_block + (uint64_t)group * l.group_blocks) * l.block_bytes;
	if (before > image_offset || group >= l.group_count)
		return false;
	l.start_byte = image_offset - before;
	l.copies[0] = group;
	l.copy_count = 1;
	*layout = l;
	return true;
}

bool
rmn_ext_layout_fits(const struct rmn_ext_layout *a, const struct rmn_ext_layout *b)
{
	return a->start_byte == b->start_byte && a->block_bytes == b->block_bytes &&
	    a->group_blocks == b->group_blocks && a->group_inodes == b->group_inodes &&
	    a->inode_bytes == b->inode_bytes;
}

bool
rmn_ext_layout_is_same(const struct rmn_ext_layout *a, const struct rmn_ext_layout *b)
{
	return rmn_ext_layout_fits(a, b) && a->made == b->made &&
	    memcmp(a->uuid, b->uuid, sizeof(a->uuid)) == 0;
}

bool
rmn_ext_layout_place(const struct rmn_ext_layout *l, uint64_t disk_bytes, uint64_t block,
    uint64_t *image_offset)
{
	uint64_t from_start;

	return block < l->block_count && rmn_mul_u64(block, l->block_bytes, &from_start) &&
	    rmn_add_u64(l->start_byte, from_start, image_offset) &&
	    *image_offset < disk_bytes && disk_bytes - *image_offset >= l->block_bytes;
}

static bool
is_power(uint32_t n, uint32_t base)
{
	while (n > 1 && n % base == 0)
		n /= base;
	return n == 1;
}

static bool
group_has_copy(const struct rmn_ext_layout *l, uint32_t group)
{
	if (group == 0)
		return true;
	if (l->compat & EXT_COMPAT_SPARSE_SUPER2)
		return group == l->backup_groups[0] || group == l->backup_groups[1];
	if (!(l->ro_compat & EXT_RO_SPARSE_SUPER))
		return true;
	return group == 1 || is_power(group, 3) || is_power(group, 5) || is_power(group, 7);
}

static uint64_t
group_block(const struct rmn_ext_layout *l, uint32_t group)
{
	return l->first_block + (uint64_t)group * l->group_blocks;
}

static uint64_t
table_blocks(const struct rmn_ext_layout *l)
{
	return ((uint64_t)l->group_inodes * l->inode_bytes + l->block_bytes - 1) / l->block_bytes;
}

static bool
checksum_is_right(const struct rmn_ext_layout *l, const struct rmn_ext_crc *crc, uint32_t group,
    const unsigned char *p)
{
	unsigned char number[4] = {(unsigned char)group, (unsigned char)(group >> 8),
	    (unsigned char)(group >> 16), (unsigned char)(group >> 24)};
	uint32_t sum = rmn_ext_crc_of(crc, l->checksum_seed, number, sizeof(number));

	sum = rmn_ext_crc_of(crc, sum, p, 0x1e);
	sum = rmn_ext_crc_of(crc, sum, "\0\0", 2);
	sum = rmn_ext_crc_of(crc, sum, p + 0x20, l->descriptor_bytes - 0x20);
	return (sum & 0xffff) == rmn_le16(p + 0x1e);
}

/* Takes one descriptor if it can be one.  True when it is sure: no other copy is needed. */
static bool
descriptor_take(struct rmn_ext_layout *l, const struct rmn_ext_crc *crc, uint32_t group,
    const unsigned char *p)
{
	bool is_wide = l->descriptor_bytes >= 64, is_summed = l->ro_compat & EXT_RO_METADATA_SUM;
	uint64_t table = rmn_le32(p + 8), bitmap = rmn_le32(p + 4);
	bool is_sure;

	if (is_wide) {
		table |= (uint64_t)rmn_le32(p + 0x28) << 32;
		bitmap |= (uint64_t)rmn_le32(p + 0x24) << 32;
	}
	if (table <= l->first_block || table >= l->block_count ||
	    l->block_count - table < table_blocks(l) || bitmap <= l->first_block ||
	    bitmap >= l->block_count)
		return false;
	is_sure = is_summed && checksum_is_right(l, crc, group, p);
	if (l->tables[group] == 0 || is_sure) {
		l->tables[group] = table;
		l->bitmaps[group] = bitmap;
		l->flags[group] = l->ro_compat & (EXT_RO_METADATA_SUM | EXT_RO_GROUP_SUM) ?
		    p[0x12] : 0;
	}
	return is_sure || !is_summed;
}

/* One block of descriptors, from one place.  True when all of them are sure. */
static bool
descriptors_take(struct rmn_ext_layout *l, struct rmn_disk *disk, const struct rmn_ext_crc *crc,
    uint32_t first, uint64_t block, unsigned char *buffer)
{
	uint32_t count = l->block_bytes / l->descriptor_bytes;
	uint64_t place;
	bool are_sure = true;

	if (!rmn_ext_layout_place(l, rmn_disk_size(disk), block, &place))
		return false;
	rmn_disk_read(disk, place, buffer, l->block_bytes);
	for (uint32_t i = 0; i < count && first + i < l->group_count; i++)
		if (!descriptor_take(l, crc, first + i, buffer + i * l->descriptor_bytes))
			are_sure = false;
	return are_sure;
}

/* Block number index of the descriptors, from whichever copies there are. */
static void
descriptors_find(struct rmn_ext_layout *l, struct rmn_disk *disk, const struct rmn_ext_crc *crc,
    uint32_t index, unsigned char *buffer)
{
	uint32_t per_block = l->block_bytes / l->descriptor_bytes, first = index * per_block;
	uint32_t tried = 0;

	if (index >= l->first_meta_group) {
		uint32_t homes[3] = {first, first + 1, first + per_block - 1};

		for (int i = 0; i < 3; i++)
			if (homes[i] < l->group_count && descriptors_take(l, disk, crc, first,
			    group_block(l, homes[i]) + (group_has_copy(l, homes[i]) ? 1 : 0),
			    buffer))
				return;
		return;
	}
	for (size_t i = 0; i < l->copy_count; i++)
		if (descriptors_take(l, disk, crc, first, group_block(l, l->copies[i]) + 1 + index,
		    buffer))
			return;
	for (uint32_t group = 0; group < l->group_count && tried < EXT_COPIES_MAX; group++) {
		if (!group_has_copy(l, group))
			continue;
		tried++;
		if (descriptors_take(l, disk, crc, first, group_block(l, group) + 1 + index,
		    buffer))
			return;
	}
}

/* A group without a readable descriptor: mke2fs puts the tables of a flex group side by side, else
 * each at the same place of its group. */
static void
table_guess(struct rmn_ext_layout *l, uint32_t group)
{
	uint32_t flex = group - group % l->groups_per_flex;

	for (uint32_t i = flex; i < l->group_count && i < flex + l->groups_per_flex; i++) {
		uint64_t apart = (i > group ? i - group : group - i) * table_blocks(l);

		if (l->tables[i] == 0 || l->groups_per_flex == 1)
			continue;
		if (group > i)
			l->tables[group] = l->tables[i] + apart;
		else if (l->tables[i] > apart)
			l->tables[group] = l->tables[i] - apart;
		return;
	}
	for (uint32_t i = 0; i < l->group_count && l->groups_per_flex == 1; i++)
		if (l->tables[i] > group_block(l, i) &&
		    group_has_copy(l, i) == group_has_copy(l, group)) {
			l->tables[group] = l->tables[i] - group_block(l, i) +
			    group_block(l, group);
			return;
		}
}

static int
table_compare(const void *a, const void *b, void *context)
{
	const uint64_t *tables = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (tables[x] != tables[y])
		return tables[x] < tables[y] ? -1 : 1;
	return x < y ? -1 : x > y;
}

bool
rmn_ext_layout_make(struct rmn_ext_layout *l)
{
	l->tables = calloc(l->group_count, sizeof(*l->tables));
	l->bitmaps = calloc(l->group_count, sizeof(*l->bitmaps));
	l->flags = calloc(l->group_count, sizeof(*l->flags));
	l->order = calloc(l->group_count, sizeof(*l->order));
	return l->tables && l->bitmaps && l->flags && l->order;
}

void
rmn_ext_layout_order(struct rmn_ext_layout *l)
{
	for (uint32_t group = 0; group < l->group_count; group++)
		l->order[group] = group;
	qsort_r(l->order, l->group_count, sizeof(*l->order), table_compare, l->tables);
}

/* Groups whose tables cannot be on the disk need no memory. */
static void
groups_clip(struct rmn_ext_layout *l, uint64_t disk_bytes)
{
	uint64_t most = disk_bytes / ((uint64_t)l->group_blocks * l->block_bytes) + 1;

	most += rmn_min_u64(l->groups_per_flex, GUESSES_MAX);
	if (l->group_count > most)
		l->group_count = (uint32_t)most;
}

bool
rmn_ext_layout_groups(struct rmn_ext_layout *l, struct rmn_disk *disk,
    const struct rmn_ext_crc *crc)
{
	uint32_t per_block = l->block_bytes / l->descriptor_bytes, guesses = 0;
	unsigned char *buffer = malloc(l->block_bytes);

	groups_clip(l, rmn_disk_size(disk));
	if (!rmn_ext_layout_make(l) || !buffer) {
		free(buffer);
		return false;
	}
	for (uint32_t i = 0; (uint64_t)i * per_block < l->group_count; i++)
		descriptors_find(l, disk, crc, i, buffer);
	for (uint32_t group = 0; group < l->group_count && guesses < GUESSES_MAX; group++)
		if (l->tables[group] == 0) {
			table_guess(l, group);
			guesses++;
		}
	rmn_ext_layout_order(l);
	free(buffer);
	return true;
}

uint32_t
rmn_ext_layout_table(const struct rmn_ext_layout *l, uint64_t image_offset, uint64_t *table_offset)
{
	uint64_t from_start, start;
	uint32_t low = 0, high = l->group_count;

	if (image_offset < l->start_byte)
		return UINT32_MAX;
	from_start = image_offset - l->start_byte;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->tables[l->order[middle]] <= from_start / l->block_bytes)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || l->tables[l->order[low - 1]] == 0)
		return UINT32_MAX;
	start = l->tables[l->order[low - 1]] * l->block_bytes;
	if (from_start - start >= (uint64_t)l->group_inodes * l->inode_bytes)
		return UINT32_MAX;
	*table_offset = from_start - start;
	return l->order[low - 1];
}

void
rmn_ext_layout_release(struct rmn_ext_layout *l)
{
	free(l->tables);
	free(l->bitmaps);
	free(l->flags);
	free(l->order);
	l->order = NULL;
	l->tables = l->bitmaps = NULL;
	l->flags = NULL;
}
