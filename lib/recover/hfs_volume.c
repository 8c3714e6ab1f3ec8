/* SPDX-License-Identifier: MIT
 *
 * Volumes that still have a header: the one at 1,024 bytes from their start, or the alternate one
 * 1,024 bytes before their end.  Which of the two a sighted header is shows in what stands at the
 * places that it names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/hfs.h"
#include "recover/sight.h"

#define HEADER_AT 1024u			/* from the start, and the alternate from the end */
#define FORK_BYTES 80u
#define EXTENTS_FORK 192u
#define CATALOGUE_FORK 272u
#define ATTRIBUTES_FORK 352u
#define JOURNALED 0x2000u
/* A true header shows at once; so many candidates are chance or a hostile disk. */
#define HEADERS_MAX 4096u
#define VOLUMES_MAX 64u
#define OVERFLOW_TURNS 64u
#define RANGES_MAX 2048u

struct header {
	unsigned char p[RMN_SECTOR_BYTES];
	uint64_t place;
	uint32_t block_bytes, total_blocks;
};

static const struct {
	unsigned at;
	uint32_t cnid;
	uint8_t tree;
} trees[] = {
	{CATALOGUE_FORK, HFS_CATALOGUE_FILE, HFS_TREE_CATALOGUE},
	{EXTENTS_FORK, HFS_EXTENTS_FILE, HFS_TREE_EXTENTS},
	{ATTRIBUTES_FORK, HFS_ATTRIBUTES_FILE, HFS_TREE_ATTRIBUTES},
};
#define TREE_COUNT (sizeof(trees) / sizeof(trees[0]))

struct hfs_volume *
rmn_hfs_volume_new(struct hfs *h)
{
	struct hfs_volume *volumes, *v;

	if (h->volume_count >= VOLUMES_MAX)
		return NULL;
	volumes = reallocarray(h->volumes, h->volume_count + 1, sizeof(*volumes));
	if (!volumes) {
		h->failed = true;
		return NULL;
	}
	h->volumes = volumes;
	v = &volumes[h->volume_count++];
	*v = (struct hfs_volume){.end = UINT64_MAX, .number = HFS_NO_VOLUME};
	snprintf(v->found.filesystem, sizeof(v->found.filesystem), "hfsplus");
	return v;
}

bool
rmn_hfs_volume_holds(const struct hfs *h, const struct hfs_volume *v, struct hfs_extent e)
{
	uint64_t last = (uint64_t)e.start + e.count, size;

	if (!v->has_base)
		return false;
	if (v->total_blocks)
		return last <= v->total_blocks;
	size = rmn_disk_size(h->r->disk);
	return v->base < size && (uint64_t)e.start < (size - v->base) / v->block_bytes;
}

static uint64_t
header_length(const struct header *header)
{
	return (uint64_t)header->total_blocks * header->block_bytes;
}

/* Whether a tree's header node stands at a place. */
static bool
tree_begins(const struct hfs *h, uint64_t place, uint32_t *node_bytes)
{
	unsigned char p[RMN_SECTOR_BYTES];

	if (!rmn_disk_read(h->r->disk, place, p, sizeof(p)) || p[8] != 1 || p[9] != 0 ||
	    rmn_be16(p + 10) != 3)
		return false;
	*node_bytes = rmn_be16(p + 32);
	return *node_bytes >= 512 && *node_bytes <= HFS_NODE_MAX &&
	    (*node_bytes & (*node_bytes - 1)) == 0;
}

/* How much of what the header names stands there when the volume begins at base. */
static unsigned
base_score(const struct hfs *h, const struct header *header, uint64_t base, uint32_t *node_bytes)
{
	const struct rmn_sightings *s = h->r->sightings;
	unsigned score = 0;
	uint32_t found;

	for (size_t i = 0; i < TREE_COUNT; i++) {
		const unsigned char *extent = header->p + trees[i].at + 16;
		uint64_t start = base + (uint64_t)rmn_be32(extent) * header->block_bytes;
		uint64_t end = start + (uint64_t)rmn_be32(extent + 4) * header->block_bytes;
		size_t leaf;

		if (rmn_be32(extent + 4) == 0 || rmn_be32(extent) >= header->total_blocks)
			continue;
		if (tree_begins(h, start, &found)) {
			score += 8;
			if (i == 0)
				*node_bytes = found;
		}
		leaf = rmn_sightings_from(s, RMN_SIGHT_HFS_NODE, start);
		for (unsigned n = 0; n < 16 && leaf < rmn_sightings_count(s, RMN_SIGHT_HFS_NODE) &&
		    rmn_sighting_offset(s, RMN_SIGHT_HFS_NODE, leaf) < end; n++, leaf++)
			score += (rmn_sighting_offset(s, RMN_SIGHT_HFS_NODE, leaf) - start) %
			    header->block_bytes == 0 ||
			    (rmn_sighting_offset(s, RMN_SIGHT_HFS_NODE, leaf) - start) % 4096 == 0;
	}
	return score;
}

/* Where the volume begins; false when nothing that the header names is there. */
static bool
base_find(const struct hfs *h, const struct header *header, uint64_t *base, uint32_t *node_bytes,
    bool *is_alternate)
{
	uint64_t length = header_length(header), start;
	unsigned best = 0, score;
	uint32_t nodes = 0;

	*is_alternate = false;
	if (header->place >= HEADER_AT) {
		best = base_score(h, header, header->place - HEADER_AT, &nodes);
		*base = header->place - HEADER_AT;
		*node_bytes = nodes;
	}
	/* A volume need not end with a block: up to one of them is left over. */
	for (uint64_t more = 0; more < header->block_bytes; more += RMN_SECTOR_BYTES) {
		if (header->place + HEADER_AT < length + more)
			break;
		start = header->place + HEADER_AT - length - more;
		nodes = 0;
		score = base_score(h, header, start, &nodes);
		if (score > best) {
			best = score;
			*base = start;
			*node_bytes = nodes;
			*is_alternate = true;
		}
	}
	return best > 0;
}

static void
range_add(struct hfs *h, struct hfs_volume *v, struct hfs_range range)
{
	struct hfs_range *ranges;

	if (range.start >= range.end || v->range_count >= RANGES_MAX)
		return;
	for (size_t i = 0; i < v->range_count; i++)
		if (v->ranges[i].start == range.start && v->ranges[i].end == range.end)
			return;		/* the other header says the same */
	ranges = reallocarray(v->ranges, v->range_count + 1, sizeof(*ranges));
	if (!ranges) {
		h->failed = true;
		return;
	}
	v->ranges = ranges;
	ranges[v->range_count++] = range;
}

static void
extent_range_add(struct hfs *h, struct hfs_volume *v, struct hfs_extent e, uint64_t block,
    uint8_t tree)
{
	struct hfs_range range = {.tree = tree};

	if (!rmn_hfs_volume_holds(h, v, e))
		return;
	range.start = v->base + (uint64_t)e.start * v->block_bytes;
	range.end = range.start + (uint64_t)e.count * v->block_bytes;
	range.node = block * v->block_bytes;
	range_add(h, v, range);
}

/* The rest of a tree that has more than eight extents (bounded: 520 are more than any has). */
static void
tree_overflow(struct hfs *h, struct hfs_volume *v, uint32_t cnid, uint32_t block, uint8_t tree)
{
	for (unsigned turn = 0; turn < OVERFLOW_TURNS; turn++) {
		const struct hfs_overflow *o = rmn_hfs_overflow_find(h, v->base, v->end, cnid, 0,
		    block);

		if (!o || o->extent_count == 0)
			return;
		for (unsigned k = 0; k < o->extent_count; k++) {
			struct hfs_extent e = h->extents[o->extent_at + k];

			if (e.count > UINT32_MAX - block)
				return;
			extent_range_add(h, v, e, block, tree);
			block += e.count;
		}
	}
}

static void
journal_range(struct hfs *h, struct hfs_volume *v, const struct header *header)
{
	unsigned char p[RMN_SECTOR_BYTES];
	uint64_t block = rmn_be32(header->p + 12), offset, size;

	if (!(rmn_be32(header->p + 4) & JOURNALED) || block == 0 ||
	    block >= header->total_blocks ||
	    !rmn_disk_read(h->r->disk, v->base + block * v->block_bytes, p, sizeof(p)))
		return;
	offset = (uint64_t)rmn_be32(p + 36) << 32 | rmn_be32(p + 40);
	size = (uint64_t)rmn_be32(p + 44) << 32 | rmn_be32(p + 48);
	if (offset < header_length(header) && size <= header_length(header) - offset)
		range_add(h, v, (struct hfs_range){v->base + offset, v->base + offset + size, 0,
		    HFS_TREE_UNKNOWN});
}

static void
trees_place(struct hfs *h, struct hfs_volume *v, const struct header *header)
{
	for (size_t i = 0; i < TREE_COUNT; i++) {
		const unsigned char *fork = header->p + trees[i].at;
		uint32_t block = 0;

		for (unsigned k = 0; k < HFS_FORK_EXTENTS; k++) {
			struct hfs_extent e = {rmn_be32(fork + 16 + 8 * k),
			    rmn_be32(fork + 20 + 8 * k)};

			if (e.count == 0 || e.count > UINT32_MAX - block)
				break;
			extent_range_add(h, v, e, block, trees[i].tree);
			block += e.count;
		}
		if (block < rmn_be32(fork + 12))
			tree_overflow(h, v, trees[i].cnid, block, trees[i].tree);
	}
	journal_range(h, v, header);
}

/* The volume of the same place and day, if another of its headers gave it already. */
static struct hfs_volume *
volume_same(struct hfs *h, uint64_t base, const struct header *header)
{
	for (size_t i = 0; i < h->volume_count; i++) {
		struct hfs_volume *v = &h->volumes[i];

		if (v->base == base && v->block_bytes == header->block_bytes &&
		    v->total_blocks == header->total_blocks &&
		    v->created == rmn_be32(header->p + 16))
			return v;
	}
	return NULL;
}

static void
header_take(struct hfs *h, const struct header *header)
{
	uint32_t node_bytes = 0;
	struct hfs_volume *v;
	bool is_alternate;
	uint64_t base;

	if (!base_find(h, header, &base, &node_bytes, &is_alternate))
		return;
	v = volume_same(h, base, header);
	if (v) {
		trees_place(h, v, header);
		return;
	}
	v = rmn_hfs_volume_new(h);
	if (!v)
		return;
	v->has_base = v->has_header = true;
	v->base = base;
	v->block_bytes = header->block_bytes;
	v->total_blocks = header->total_blocks;
	v->end = base + header_length(header);
	v->created = rmn_be32(header->p + 16);
	v->node_bytes = node_bytes;
	snprintf(v->found.evidence, sizeof(v->found.evidence), "%s",
	    is_alternate ? "alternate volume header" : "volume header");
	for (size_t i = 0; i < h->r->living_count; i++)
		if (strcmp(h->r->living[i].volume.filesystem, "hfsplus") == 0 &&
		    h->r->living[i].volume.start_byte == base && !is_alternate)
			v->found.living = h->r->living[i].volume.number;
	trees_place(h, v, header);
}

void
rmn_hfs_volumes_from_headers(struct hfs *h)
{
	const struct rmn_sightings *s = h->r->sightings;
	struct header header;

	for (size_t i = 0; i < rmn_sightings_count(s, RMN_SIGHT_HFS_VOLUME) && i < HEADERS_MAX; i++) {
		header.place = rmn_sighting_offset(s, RMN_SIGHT_HFS_VOLUME, i);
		if (!rmn_disk_read(h->r->disk, header.place, header.p, sizeof(header.p)) ||
		    header.p[0] != 'H')
			continue;
		header.block_bytes = rmn_be32(header.p + 40);
		header.total_blocks = rmn_be32(header.p + 44);
		if (header.block_bytes >= RMN_SECTOR_BYTES && header.block_bytes <= 1u << 20 &&
		    (header.block_bytes & (header.block_bytes - 1)) == 0 && header.total_blocks)
			header_take(h, &header);
	}
}
