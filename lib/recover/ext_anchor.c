/* SPDX-License-Identifier: MIT
 *
 * Inode tables that no descriptor tells of: the volume was made again with other numbers, or was
 * too small to have copies of its superblock.  Inodes with extents are recognised as such; a
 * folder's inode points to a block that says the folder's number, which ties the block of the
 * table to it.  Where records have checksums, one such pair gives the value from which all
 * checksums of the volume start, and that gives every other record its number. */
#include "recover/ext_anchor.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"

#define ANCHORS_MAX 65536u
#define TRIES_MAX 8192u		/* sectors looked at to try a start and a block size */
#define REACH_BLOCKS 4096u	/* from an anchor to blocks without checksums */
#define NUMBERS_MAX (1u << 28)	/* a default volume of 4 TB has fewer */
#define INODE_SPACE 1024u	/* bytes of a volume for each inode, at the very least */
#define NUMBER_ROOM 65536u	/* for names of inodes behind the last one that was seen */

struct anchor {
	uint64_t place;		/* of the block of the table, on the image */
	uint32_t number;	/* of its first inode */
};

struct anchors {
	struct rmn_recovery *r;
	const struct rmn_ext_crc *crc;
	struct rmn_ext_shadow *shadow;
	uint64_t start_byte;
	uint32_t block_bytes, inode_bytes;
	struct anchor *list;	/* owned */
	size_t count;
	uint32_t seed;		/* of the volume's checksums */
	bool has_seed;
	uint64_t too_high;	/* blocks of inodes and folders whose numbers are above NUMBERS_MAX */
	unsigned char *block;	/* owned */
};

/* Whether a record is no living volume's: in its tables, those that are free. */
static bool
is_ours(const struct anchors *a, uint64_t place)
{
	enum rmn_ext_slot slot = RMN_EXT_ELSEWHERE;

	if (a->shadow)
		slot = rmn_ext_shadow_slot(a->shadow, place);
	return place >= a->start_byte && (slot == RMN_EXT_FREE ||
	    (slot == RMN_EXT_ELSEWHERE && !rmn_recovery_in_use(a->r, place)));
}

static bool
sector_is_ours(const struct anchors *a, uint64_t place)
{
	for (size_t at = 0; at < RMN_SECTOR_BYTES; at += a->inode_bytes)
		if (is_ours(a, place + at))
			return true;
	return false;
}

/* The folder whose first block a record points to, or 0. */
static uint32_t
folder_of(struct anchors *a, const unsigned char *record)
{
	uint64_t block = (uint64_t)rmn_le16(record + 0x28 + 18) << 32 |
	    rmn_le32(record + 0x28 + 20);
	uint32_t self, parent;

	if (rmn_le16(record) >> 12 != EXT_MODE_FOLDER >> 12 || rmn_le16(record + 0x2e) != 0 ||
	    rmn_le16(record + 0x2a) == 0 || rmn_le16(record + 0x28) != 0xf30a ||
	    rmn_le32(record + 0x28 + 12) != 0 || block >> 36 != 0 ||
	    !rmn_disk_read(a->r->disk, a->start_byte + block * a->block_bytes, a->block,
	    a->block_bytes) || !rmn_ext_folder_head(a->block, a->block_bytes, &self, &parent))
		return 0;
	return self;
}

/* The start value of the volume's checksums, if the record has one; as ext_inode.c checks it. */
static uint32_t
record_start(const struct anchors *a, const unsigned char *record)
{
	unsigned char *copy = a->block;
	uint32_t end = rmn_le16(record + 0x7c) | (uint32_t)rmn_le16(record + 0x82) << 16;

	memcpy(copy, record, a->inode_bytes);
	memset(copy + 0x7c, 0, 2);
	memset(copy + 0x82, 0, 2);
	end = rmn_ext_crc_start(a->crc, end, copy, a->inode_bytes);
	return rmn_ext_crc_start(a->crc, end, record + 0x64, 4);
}

static uint32_t
record_seed(const struct anchors *a, const unsigned char *record, uint32_t number)
{
	unsigned char id[4] = {(unsigned char)number, (unsigned char)(number >> 8),
	    (unsigned char)(number >> 16), (unsigned char)(number >> 24)};

	return rmn_ext_crc_start(a->crc, record_start(a, record), id, sizeof(id));
}

/* Four bytes run backwards from a known start value are those bytes. */
static uint32_t
record_number(const struct anchors *a, const unsigned char *record)
{
	return rmn_ext_crc_start(a->crc, record_start(a, record), "\0\0\0\0", 4) ^ a->seed;
}

/* No inode of the volume can have a higher number. */
static uint64_t
number_limit(const struct anchors *a)
{
	return (rmn_disk_size(a->r->disk) - a->start_byte) / INODE_SPACE;
}

/* Whether it is kept; what is not is counted. */
static bool
number_is_kept(struct anchors *a, uint32_t number)
{
	a->too_high += number > NUMBERS_MAX;
	return number <= NUMBERS_MAX;
}

static void
too_high_tell(const struct anchors *a)
{
	char reason[160];

	if (a->too_high < EXT_ANCHORS_MIN || !a->r->unexamined)
		return;
	snprintf(reason, sizeof(reason), "%llu folders or blocks of inodes of an ext volume have "
	    "numbers above %u: their files were not rebuilt", (unsigned long long)a->too_high,
	    NUMBERS_MAX);
	a->r->unexamined(a->r->context, UINT32_MAX, "recovery", reason);
}

static void
anchor_add(struct anchors *a, uint64_t place, uint32_t number)
{
	uint64_t from_start = place - a->start_byte;
	uint32_t index = (uint32_t)(from_start % a->block_bytes / a->inode_bytes);

	if (number > index && number <= number_limit(a) && (number - index - 1) % (a->block_bytes / a->inode_bytes) == 0 &&
	    a->count < ANCHORS_MAX && number_is_kept(a, number))
		a->list[a->count++] = (struct anchor){place - from_start % a->block_bytes,
		    number - index};
}

/* Folders' inodes in the sighted sectors; most of them at least. */
static void
anchors_find(struct anchors *a, size_t most)
{
	const struct rmn_sightings *s = a->r->sightings;
	size_t count = rmn_sightings_count(s, RMN_SIGHT_EXT_INODES);
	unsigned char sector[RMN_SECTOR_BYTES];

	a->count = 0;
	for (size_t i = rmn_sightings_from(s, RMN_SIGHT_EXT_INODES, a->start_byte);
	    i < count && most > 0; i++) {
		uint64_t place = rmn_sighting_offset(s, RMN_SIGHT_EXT_INODES, i);

		if (!sector_is_ours(a, place) ||
		    !rmn_disk_read(a->r->disk, place, sector, sizeof(sector)))
			continue;
		most--;
		for (size_t at = 0; at < sizeof(sector); at += a->inode_bytes) {
			uint32_t number = folder_of(a, sector + at);

			if (number != 0 && is_ours(a, place + at))
				anchor_add(a, place + at, number);
		}
	}
}

/* The seed on which most pairs of anchors agree. */
static void
seed_find(struct anchors *a)
{
	unsigned char *record = malloc(a->inode_bytes);
	uint32_t votes = 0, cast = 0;

	for (size_t i = 0; record && a->inode_bytes > 128 && i < a->count; i++) {
		uint32_t step = a->block_bytes / a->inode_bytes;

		for (uint32_t k = 0; k < step; k++) {
			uint32_t seed;

			if (!rmn_disk_read(a->r->disk, a->list[i].place + k * a->inode_bytes,
			    record, a->inode_bytes) || folder_of(a, record) !=
			    a->list[i].number + k)
				continue;
			seed = record_seed(a, record, a->list[i].number + k);
			cast++;
			if (votes == 0) {	/* Boyer and Moore: the majority stays */
				a->seed = seed;
				votes = 1;
			} else {
				votes += seed == a->seed ? 1 : UINT32_MAX;
			}
		}
	}
	a->has_seed = votes > 1 && votes * 2 > cast;
	free(record);
}

static int
anchor_compare(const void *x, const void *y)
{
	const struct anchor *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* The first inode of a block of a table, by the nearest anchor: numbers go on from block to
 * block. */
static uint32_t
number_by_anchor(const struct anchors *a, uint64_t place)
{
	uint32_t step = a->block_bytes / a->inode_bytes;
	const struct anchor *best = NULL;
	size_t low = 0, high = a->count;
	uint64_t apart;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->list[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < a->count)
		best = &a->list[low];
	if (low > 0 && (!best || place - a->list[low - 1].place < best->place - place))
		best = &a->list[low - 1];
	if (!best)
		return 0;
	apart = (best->place > place ? best->place - place : place - best->place) / a->block_bytes;
	if (apart > REACH_BLOCKS)
		return 0;
	if (best->place > place)
		return best->number > apart * step ? best->number - (uint32_t)apart * step : 0;
	return best->number + (uint32_t)apart * step;
}

/* The same, as most of its records say by their checksums; 0: none.  One
 * record alone needs an anchor to bear it out. */
static uint32_t
number_by_checksum(const struct anchors *a, const unsigned char *block, uint64_t place)
{
	uint32_t step = a->block_bytes / a->inode_bytes, best = 0, most = 0;

	for (uint32_t k = 0; k < step; k++) {
		const unsigned char *record = block + k * a->inode_bytes;
		uint32_t number, agree = 0;

		if (rmn_le16(record + 0x28) != 0xf30a)
			continue;
		number = record_number(a, record);
		if (number <= k || (number - k - 1) % step != 0 || number > number_limit(a))
			continue;
		for (uint32_t other = 0; other < step; other++)
			agree += rmn_le16(block + other * a->inode_bytes + 0x28) == 0xf30a &&
			    record_number(a, block + other * a->inode_bytes) ==
			    number - k + other;
		if (agree > most) {
			most = agree;
			best = number - k;
		}
	}
	return most > 1 || best == number_by_anchor(a, place) ? best : 0;
}

/* All blocks of tables that were seen, with the number of their first inode. */
static struct anchor *
blocks_find(struct anchors *a, size_t *found, uint32_t *last_number)
{
	const struct rmn_sightings *s = a->r->sightings;
	size_t count = rmn_sightings_count(s, RMN_SIGHT_EXT_INODES);
	struct anchor *blocks = calloc(count + 1, sizeof(*blocks));
	unsigned char *block = malloc(a->block_bytes);

	*found = 0;
	for (size_t i = rmn_sightings_from(s, RMN_SIGHT_EXT_INODES, a->start_byte);
	    blocks && block && i < count; i++) {
		uint64_t place = rmn_sighting_offset(s, RMN_SIGHT_EXT_INODES, i);
		uint32_t number;

		if (!sector_is_ours(a, place))
			continue;
		place -= (place - a->start_byte) % a->block_bytes;
		if ((*found > 0 && blocks[*found - 1].place == place) ||
		    !rmn_disk_read(a->r->disk, place, block, a->block_bytes))
			continue;
		number = a->has_seed ? number_by_checksum(a, block, place) :
		    number_by_anchor(a, place);
		if (number == 0 || number > number_limit(a) || !number_is_kept(a, number))
			continue;
		blocks[(*found)++] = (struct anchor){place, number};
		*last_number = number > *last_number ? number : *last_number;
	}
	free(block);
	return blocks;
}

static bool
layout_fill(const struct anchors *a, const struct rmn_ext_layout *model, struct anchor *blocks,
    size_t count, uint32_t last_number, struct rmn_ext_layout *layout)
{
	struct rmn_ext_layout l = {.start_byte = a->start_byte, .block_bytes = a->block_bytes,
	    .first_block = a->block_bytes == 1024, .inode_bytes = a->inode_bytes,
	    .group_inodes = a->block_bytes / a->inode_bytes, .first_inode = 11,
	    .incompat = EXT_INCOMPAT_FILETYPE | EXT_INCOMPAT_EXTENTS, .groups_per_flex = 1,
	    .block_count = model ? model->block_count :
	    (rmn_disk_size(a->r->disk) - a->start_byte) / a->block_bytes,
	    .ro_compat = a->has_seed ? EXT_RO_METADATA_SUM : 0, .checksum_seed = a->seed};

	l.group_count = (last_number + NUMBER_ROOM) / l.group_inodes;
	l.inode_count = l.group_count * l.group_inodes;
	if (!rmn_ext_layout_make(&l))
		return false;
	for (size_t i = 0; i < count; i++) {
		uint32_t group = (blocks[i].number - 1) / l.group_inodes;

		if (group < l.group_count && l.tables[group] == 0)
			l.tables[group] = (blocks[i].place - l.start_byte) / l.block_bytes;
	}
	rmn_ext_layout_order(&l);
	*layout = l;
	return true;
}

static bool
anchors_begin(struct anchors *a)
{
	a->list = calloc(ANCHORS_MAX, sizeof(*a->list));
	a->block = malloc(EXT_BLOCK_BYTES_MAX);
	return a->list && a->block;
}

/* The size of blocks and inodes that gives the most anchors. */
static size_t
sizes_choose(struct anchors *a)
{
	static const uint32_t block_sizes[] = {4096, 1024, 2048}, inode_sizes[] = {256, 128, 512};
	uint32_t block_bytes = 0, inode_bytes = 0;
	size_t most = 0;

	for (size_t i = 0; i < 9; i++) {
		a->block_bytes = block_sizes[i / 3];
		a->inode_bytes = inode_sizes[i % 3];
		anchors_find(a, TRIES_MAX);
		if (a->count > most) {
			most = a->count;
			block_bytes = a->block_bytes;
			inode_bytes = a->inode_bytes;
		}
	}
	a->block_bytes = block_bytes;
	a->inode_bytes = inode_bytes;
	return most;
}

size_t
rmn_ext_anchor_layout(struct rmn_recovery *r, const struct rmn_ext_crc *crc, uint64_t start_byte,
    struct rmn_ext_shadow *shadow, struct rmn_ext_layout *layout, bool *failed)
{
	struct anchors a = {.r = r, .crc = crc, .shadow = shadow, .start_byte = start_byte};
	struct anchor *blocks = NULL;
	uint32_t last_number = 0;
	size_t count = 0;

	*failed = !anchors_begin(&a);
	if (*failed || sizes_choose(&a) < EXT_ANCHORS_MIN) {
		a.count = 0;
		a.too_high = 0;
		goto out;
	}
	a.too_high = 0;		/* wrong sizes were tried too */
	anchors_find(&a, SIZE_MAX);
	qsort(a.list, a.count, sizeof(*a.list), anchor_compare);
	seed_find(&a);
	blocks = blocks_find(&a, &count, &last_number);
	*failed = !blocks || !layout_fill(&a, shadow ? &shadow->layout : NULL, blocks, count,
	    last_number, layout);
	if (*failed)
		a.count = 0;
out:
	too_high_tell(&a);
	count = a.count;
	free(blocks);
	free(a.list);
	free(a.block);
	return count;
}
