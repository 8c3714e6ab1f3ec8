/* SPDX-License-Identifier: MIT
 *
 * Leaves that a tree has given back keep what was in them (Linux) until they are used again.  The
 * map of the tree's nodes (TN1150, "Map Nodes") knows them; but the map may be damaged, so a node
 * that its neighbours still point to counts as in use. */
#include <stdlib.h>

#include "recover/hfs.h"
#include "recover/sight.h"

#define HEADER_MAP_AT 6u		/* from the node's end: where the map record begins */
#define KIND_HEADER 1u
#define KIND_MAP 2u
#define MAP_NODES_MAX 4096u
#define FIRST_RECORD 14u

struct map {
	struct hfs *h;
	const struct hfs_volume *v;
	uint32_t volume;
	struct rmn_buf bits;
};

/* Where a node of the catalogue is; false when that is not known. */
static bool
node_place(const struct map *m, uint64_t number, uint64_t *place)
{
	uint64_t at = number * m->v->node_bytes;

	for (size_t i = 0; i < m->v->range_count; i++) {
		const struct hfs_range *range = &m->v->ranges[i];

		if (range->tree == HFS_TREE_CATALOGUE && at >= range->node &&
		    at - range->node < range->end - range->start) {
			*place = range->start + (at - range->node);
			return true;
		}
	}
	return false;
}

/* Which node of the catalogue lies at a place. */
static bool
node_number(const struct map *m, uint64_t place, uint64_t *number)
{
	for (size_t i = 0; i < m->v->range_count; i++) {
		const struct hfs_range *range = &m->v->ranges[i];

		if (range->tree == HFS_TREE_CATALOGUE && place >= range->start &&
		    place < range->end) {
			*number = (range->node + (place - range->start)) / m->v->node_bytes;
			return true;
		}
	}
	return false;
}

/* Reads the map from the header node and the map nodes behind it; false when a part is missing. */
static bool
map_read(struct map *m, unsigned char *p)
{
	size_t size = m->v->node_bytes, at, end;
	uint64_t place, next = 0;

	for (unsigned turn = 0; turn < MAP_NODES_MAX; turn++) {
		if (!node_place(m, next, &place) || !rmn_disk_read(m->h->r->disk, place, p, size) ||
		    p[8] != (turn ? KIND_MAP : KIND_HEADER))
			return false;
		at = turn ? FIRST_RECORD : rmn_be16(p + size - HEADER_MAP_AT);
		end = rmn_be16(p + size - (turn ? 4 : 8));
		if (at >= end || end > size)
			return false;
		rmn_buf_append_data(&m->bits, p + at, end - at);
		next = rmn_be32(p);
		if (next == 0)
			return !m->bits.failed;
	}
	return false;
}

/* Whether the leaf of that number points to another one. */
static bool
leaf_points(const struct map *m, uint32_t from, bool is_next, uint64_t to)
{
	const struct hfs *h = m->h;
	uint64_t place;
	size_t i;

	if (from == 0 || !node_place(m, from, &place))
		return false;
	i = rmn_hfs_leaves_from(h, place);
	return i < h->leaf_count && h->leaves[i].place == place &&
	    (is_next ? h->leaves[i].next : h->leaves[i].previous) == to;
}

static bool
leaf_is_freed(const struct map *m, const struct hfs_leaf *leaf)
{
	uint64_t number;

	if (leaf->volume != m->volume || leaf->version > 0 || leaf->is_damaged ||
	    !node_number(m, leaf->place, &number) || number / 8 >= m->bits.size)
		return false;
	if (m->bits.data[number / 8] >> (7 - number % 8) & 1)
		return false;
	return !leaf_points(m, leaf->previous, true, number) &&
	    !leaf_points(m, leaf->next, false, number);
}

static void
volume_mark(struct map *m)
{
	struct hfs *h = m->h;

	for (size_t i = 0; i < h->leaf_count; i++) {
		const struct hfs_leaf *leaf = &h->leaves[i];

		if (!leaf_is_freed(m, leaf))
			continue;
		for (size_t k = 0; k < leaf->record_count; k++)
			if (h->records[leaf->first_record + k].rank < HFS_RANK_FREED)
				h->records[leaf->first_record + k].rank = HFS_RANK_FREED;
	}
}

void
rmn_hfs_freed_find(struct hfs *h)
{
	unsigned char *p = malloc(HFS_NODE_MAX);

	for (size_t i = 0; p && i < h->volume_count; i++) {
		struct map m = {.h = h, .v = &h->volumes[i], .volume = (uint32_t)i};

		if (m.v->node_bytes < 512 || m.v->leaf_count == 0)
			continue;
		rmn_buf_init(&m.bits, 0);
		if (map_read(&m, p))
			volume_mark(&m);
		rmn_buf_release(&m.bits);
	}
	h->failed |= !p;
	free(p);
}
