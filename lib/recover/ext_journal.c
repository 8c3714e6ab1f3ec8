/* SPDX-License-Identifier: MIT
 *
 * The journal of ext3 and ext4 (jbd2, big-endian): whole copies of blocks as they were at a
 * transaction.  Descriptor blocks say which block each of the blocks behind them is a copy of.
 * The whole ring is read, not only what would be replayed: older copies of inode-table blocks
 * still have the extents of files that were deleted since. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/ext_volume.h"
#include "recover/sight.h"

#define MAGIC 0xc03b3998u
#define KIND_DESCRIPTOR 1u
#define KIND_SUPER_1 3u
#define KIND_SUPER_2 4u
#define FEATURE_64BIT 0x2u
#define FEATURE_SUM_2 0x8u
#define FEATURE_SUM_3 0x10u
#define FLAG_ESCAPED 1u		/* the copy's first word was the magic and is zero */
#define FLAG_SAME_UUID 2u
#define FLAG_LAST 8u
#define HEAD_BYTES 12u
#define BLOCKS_MAX 10240000u	/* mke2fs makes none larger */
#define COPIES_MAX ((size_t)1 << 22)
#define COPIES_COMPACT ((size_t)1 << 18)

struct ring {
	struct rmn_ext_volume *v;
	struct rmn_extent *extents;	/* owned: of the journal */
	uint64_t *starts;		/* owned: where each begins in the journal */
	size_t extent_count;
	uint64_t block_count;
	uint32_t features;
	unsigned char *block, *copy;	/* owned: one block each */
	/* Called for each copy; place is where it stands, target what it is a copy of. */
	void (*visit)(struct ring *ring, uint64_t target, uint64_t place, uint64_t version);
};

/* The image offset of a block of the journal. */
static bool
ring_place(const struct ring *ring, uint64_t index, uint64_t *place)
{
	uint64_t at = index * ring->v->layout->block_bytes;
	size_t low = 0, high = ring->extent_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (ring->starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	if (high == 0 || ring->extents[low].image_offset == RMN_EXTENT_SPARSE)
		return false;
	*place = ring->extents[low].image_offset + (at - ring->starts[low]);
	return true;
}

static bool
ring_read(const struct ring *ring, uint64_t index, unsigned char *block, uint64_t *place)
{
	if (!ring_place(ring, index, place) || !rmn_ext_volume_may_read(ring->v, *place))
		return false;
	rmn_disk_read(ring->v->r->disk, *place, block, ring->v->layout->block_bytes);
	return true;
}

/* Bytes of one tag of a descriptor, without the uuid that may follow it. */
static size_t
tag_bytes(uint32_t features)
{
	if (features & FEATURE_SUM_3)
		return 16;
	return 8 + (features & FEATURE_64BIT ? 4u : 0u) + (features & FEATURE_SUM_2 ? 2u : 0u);
}

/* The copies behind the descriptor in ring->block.  Returns how many blocks they take. */
static uint64_t
descriptor_walk(struct ring *ring, uint64_t index)
{
	size_t size = ring->v->layout->block_bytes, step = tag_bytes(ring->features);
	uint64_t version = rmn_be32(ring->block + 8), count = 0, place;

	for (size_t at = HEAD_BYTES; at + step <= size;) {
		const unsigned char *tag = ring->block + at;
		uint32_t flags = ring->features & FEATURE_SUM_3 ? rmn_be32(tag + 4) :
		    rmn_be16(tag + 6);
		uint64_t target = rmn_be32(tag);

		if (ring->features & FEATURE_64BIT)
			target |= (uint64_t)rmn_be32(tag + 8) << 32;
		count++;
		if (index + count >= ring->block_count)
			break;
		if (ring_read(ring, index + count, ring->copy, &place)) {
			if (rmn_be32(ring->copy) == MAGIC)
				return count - 1;	/* a younger transaction begins here */
			if (flags & FLAG_ESCAPED)
				memcpy(ring->copy, "\xc0\x3b\x39\x98", 4);
			ring->visit(ring, target, place, version);
		}
		at += step + (flags & FLAG_SAME_UUID ? 0 : 16);
		if (flags & FLAG_LAST)
			break;
	}
	return count;
}

static void
ring_walk(struct ring *ring)
{
	uint64_t place;

	for (uint64_t i = 1; i < ring->block_count; i++)
		if (ring_read(ring, i, ring->block, &place) &&
		    rmn_be32(ring->block) == MAGIC &&
		    rmn_be32(ring->block + 4) == KIND_DESCRIPTOR)
			i += descriptor_walk(ring, i);
}

static int
copy_compare(const void *a, const void *b)
{
	const struct rmn_ext_inode *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	if (x->version != y->version)
		return x->version > y->version ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Of each file only the youngest copy counts. */
static void
copies_compact(struct rmn_ext_volume *v)
{
	size_t kept = 0;

	if (v->copy_count > 0)
		qsort(v->copies, v->copy_count, sizeof(*v->copies), copy_compare);
	for (size_t i = 0; i < v->copy_count; i++)
		if (kept == 0 || v->copies[kept - 1].number != v->copies[i].number ||
		    v->copies[kept - 1].generation != v->copies[i].generation)
			v->copies[kept++] = v->copies[i];
	v->copy_count = kept;
}

static bool
copies_room(struct rmn_ext_volume *v)
{
	size_t capacity = v->copy_capacity ? v->copy_capacity * 2 : 1024;
	struct rmn_ext_inode *copies;

	if (v->copy_count < v->copy_capacity)
		return true;
	if (v->copy_count >= COPIES_COMPACT)
		copies_compact(v);
	if (v->copy_count < v->copy_capacity / 2)
		return true;
	if (capacity > COPIES_MAX) {
		v->was_cut = true;
		return v->copy_count < v->copy_capacity;
	}
	copies = reallocarray(v->copies, capacity, sizeof(*copies));
	if (!copies) {
		v->failed = true;
		return false;
	}
	v->copies = copies;
	v->copy_capacity = capacity;
	return true;
}

/* Copies of blocks of inode tables. */
static void
inodes_visit(struct ring *ring, uint64_t target, uint64_t place, uint64_t version)
{
	struct rmn_ext_volume *v = ring->v;
	const struct rmn_ext_layout *l = v->layout;
	struct rmn_ext_inode inode;
	uint64_t home, offset = 0, number;
	uint32_t group;

	if (version >= v->version)
		v->version = version + 1;
	if (!rmn_ext_layout_place(l, rmn_disk_size(v->r->disk), target, &home))
		return;
	group = rmn_ext_layout_table(l, home, &offset);
	if (group == UINT32_MAX)
		return;
	number = (uint64_t)group * l->group_inodes + offset / l->inode_bytes + 1;
	for (size_t at = 0; at + l->inode_bytes <= l->block_bytes; at += l->inode_bytes, number++)
		if (rmn_ext_inode_read(&inode, l, v->crc, ring->copy + at, (uint32_t)number) &&
		    rmn_ext_inode_is_live(&inode)) {
			inode.place = place + at;
			inode.version = version;
			if (copies_room(v))
				v->copies[v->copy_count++] = inode;
		}
}

/* Copies of folder blocks: those that say whose they are, and those of known folders. */
static void
folders_visit(struct ring *ring, uint64_t target, uint64_t place, uint64_t version)
{
	struct rmn_ext_volume *v = ring->v;
	uint32_t self, parent;
	uint64_t home, offset;

	(void)place;
	if (!rmn_ext_layout_place(v->layout, rmn_disk_size(v->r->disk), target, &home) ||
	    rmn_ext_layout_table(v->layout, home, &offset) != UINT32_MAX)
		return;
	if (!rmn_ext_folder_head(ring->copy, v->layout->block_bytes, &self, &parent))
		self = rmn_ext_volume_folder_at(v, home);
	if (self != 0)
		rmn_ext_names_block(&v->names, v->layout, ring->copy, v->layout->block_bytes, self,
		    RMN_EXT_COPY, version);
}

/* The journal's own superblock tells the form of tags; without it the file system's features do. */
static void
features_find(struct ring *ring)
{
	const struct rmn_ext_layout *l = ring->v->layout;
	uint64_t place;

	ring->features = (l->incompat & EXT_INCOMPAT_64BIT ? FEATURE_64BIT : 0) |
	    (l->ro_compat & EXT_RO_METADATA_SUM ? FEATURE_SUM_3 : 0);
	if (ring_read(ring, 0, ring->block, &place) && rmn_be32(ring->block) == MAGIC &&
	    rmn_be32(ring->block + 4) >= KIND_SUPER_1 &&
	    rmn_be32(ring->block + 4) <= KIND_SUPER_2)
		ring->features = rmn_be32(ring->block + 4) == KIND_SUPER_2 ?
		    rmn_be32(ring->block + 0x28) : 0;
}

static bool
ring_open(struct ring *ring, struct rmn_ext_volume *v)
{
	struct rmn_ext_inode inode;

	*ring = (struct ring){.v = v};
	if (!(v->layout->compat & EXT_COMPAT_JOURNAL))
		return false;
	if (!rmn_ext_volume_inode(v, EXT_INODE_JOURNAL, &inode) ||
	    !rmn_ext_inode_has_blocks(&inode)) {
		inode = (struct rmn_ext_inode){.number = EXT_INODE_JOURNAL, .mode = EXT_MODE_FILE,
		    .size_bytes = v->layout->journal_bytes};
		memcpy(inode.block, v->layout->journal, sizeof(inode.block));
		if (v->layout->incompat & EXT_INCOMPAT_EXTENTS &&
		    rmn_le16(inode.block) == 0xf30a)
			inode.flags = EXT_FLAG_EXTENTS;
	}
	rmn_ext_map_inode(&v->map, &inode);
	ring->extents = calloc(v->map.count + 1, sizeof(*ring->extents));
	ring->starts = calloc(v->map.count + 1, sizeof(*ring->starts));
	ring->block = malloc(v->layout->block_bytes);
	ring->copy = malloc(v->layout->block_bytes);
	if (!ring->extents || !ring->starts || !ring->block || !ring->copy) {
		v->failed = true;
		return false;
	}
	for (size_t i = 0; i < v->map.count; i++) {
		ring->extents[i] = v->map.extents[i];
		ring->starts[i + 1] = ring->starts[i] + v->map.extents[i].length_bytes;
	}
	ring->extent_count = v->map.count;
	ring->block_count = rmn_min_u64(v->map.bytes / v->layout->block_bytes, BLOCKS_MAX);
	features_find(ring);
	return ring->block_count > 1;
}

static int
block_compare(const void *a, const void *b)
{
	const struct rmn_ext_folder_block *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->folder < y->folder ? -1 : x->folder > y->folder;
}

void
rmn_ext_journal_read(struct rmn_ext_volume *v)
{
	struct ring ring = {0};
	struct rmn_ext_inode *copy;

	if (v->block_count > 0)
		qsort(v->blocks, v->block_count, sizeof(*v->blocks), block_compare);
	/* The journal of an assumed volume is the living one's. */
	if (!v->is_assumed && ring_open(&ring, v)) {
		ring.visit = inodes_visit;
		ring_walk(&ring);
		copies_compact(v);
		/* Folders that the tables no longer have. */
		for (size_t i = 0; i < v->copy_count; i++) {
			copy = &v->copies[i];
			if ((copy->mode & EXT_MODE_FORMAT) == EXT_MODE_FOLDER &&
			    !rmn_ext_volume_has_seen(v, copy->number))
				rmn_ext_volume_folder(v, copy, RMN_EXT_COPY);
		}
		if (v->block_count > 0)
			qsort(v->blocks, v->block_count, sizeof(*v->blocks), block_compare);
		ring.visit = folders_visit;
		ring_walk(&ring);
	}
	free(ring.extents);
	free(ring.starts);
	free(ring.block);
	free(ring.copy);
}
