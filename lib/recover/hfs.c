/* SPDX-License-Identifier: MIT
 *
 * HFS+ and HFSX: lost volumes, and what was deleted from living ones (Apple TN1150). */
#include "recover/hfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND_HEADER 1u
#define KIND_MAP 2u
#define LEAF_HEIGHT 1u
#define HEIGHT_MAX 16u
#define FIRST_RECORD 14u
/* Nodes so close together were most likely of one tree. */
#define SALVAGE_GAP ((uint64_t)64 << 10)

static bool
leaf_read(struct hfs *h, struct hfs_leaf leaf, const unsigned char *p)
{
	if (!rmn_hfs_grow(h, (void **)&h->leaves, &h->leaf_capacity, h->leaf_count,
	    sizeof(*h->leaves)))
		return false;
	if (rmn_hfs_node_read(h, &leaf, p) > 0)
		h->leaves[h->leaf_count++] = leaf;
	return true;
}

/* A node between two leaves that was not sighted: an index node or an empty one, or a damaged leaf
 * whose records may still be good. */
static bool
is_worth_salvaging(const unsigned char *p, size_t size)
{
	bool is_index = p[8] == 0 && p[9] > LEAF_HEIGHT && p[9] <= HEIGHT_MAX;
	bool is_other = p[8] == KIND_HEADER || p[8] == KIND_MAP;
	bool has_table = p[size - 2] == 0 && p[size - 1] == FIRST_RECORD;

	if (rmn_bytes_are_zero((struct rmn_bytes){p, size}))
		return false;
	return !(has_table && (is_index || is_other));
}

static void
gap_read(struct hfs *h, uint64_t from, uint64_t to, uint8_t bits, unsigned char *p)
{
	size_t size = (size_t)1 << bits;

	if (to <= from || to - from > SALVAGE_GAP || (to - from) % size != 0)
		return;
	for (uint64_t place = from; place < to && !h->failed && !h->is_cut; place += size) {
		struct hfs_leaf leaf = {.place = place, .bits = bits, .volume = HFS_NO_VOLUME,
		    .is_damaged = true};

		rmn_disk_read(h->r->disk, place, p, size);
		if (is_worth_salvaging(p, size))
			leaf_read(h, leaf, p);
	}
}

/* Reads the nodes that the pass has sighted, and those between them. */
static void
leaves_read(struct hfs *h, unsigned char *p)
{
	const struct rmn_sightings *s = h->r->sightings;
	size_t count = rmn_sightings_count(s, RMN_SIGHT_HFS_NODE);
	uint64_t behind = 0;		/* where the last one ended */
	uint8_t bits = 0;

	for (size_t i = 0; i < count && !h->failed && !h->is_cut; i++) {
		struct hfs_leaf leaf = {.place = rmn_sighting_offset(s, RMN_SIGHT_HFS_NODE, i),
		    .bits = (uint8_t)rmn_sighting_aux(s, RMN_SIGHT_HFS_NODE, i),
		    .volume = HFS_NO_VOLUME};
		size_t before;

		if (leaf.bits < 9 || (1u << leaf.bits) > HFS_NODE_MAX)
			continue;
		if (leaf.bits == bits)
			gap_read(h, behind, leaf.place, bits, p);
		before = h->leaf_count;
		rmn_disk_read(h->r->disk, leaf.place, p, (size_t)1 << leaf.bits);
		if (!leaf_read(h, leaf, p))
			break;
		if (h->leaf_count > before) {
			behind = leaf.place + ((uint64_t)1 << leaf.bits);
			bits = leaf.bits;
		}
	}
	if (h->is_cut)
		h->r->unexamined(h->r->context, UINT32_MAX, "recovery", "more records of HFS+ "
		    "catalogues than can be kept: those behind were left out");
}

size_t
rmn_hfs_leaves_from(const struct hfs *h, uint64_t place)
{
	size_t low = 0, high = h->leaf_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (h->leaves[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* CoreStorage has its header at both ends of the physical volume.  Whether the volume inside is
 * encrypted is said in metadata that are encrypted themselves. */
static void
core_storage_tell(const struct rmn_recovery *r)
{
	const struct rmn_sightings *s = r->sightings;
	char text[200];

	if (rmn_sightings_count(s, RMN_SIGHT_HFS_CORE_STORAGE) == 0)
		return;
	snprintf(text, sizeof(text), "CoreStorage header at byte %llu: of the volume inside only "
	    "what is not encrypted (FileVault) and lies in one piece can be found",
	    (unsigned long long)rmn_sighting_offset(s, RMN_SIGHT_HFS_CORE_STORAGE, 0));
	r->unexamined(r->context, UINT32_MAX, "recovery", text);
}

static void
hfs_release(struct hfs *h)
{
	rmn_buf_release(&h->names);
	free(h->extents);
	free(h->records);
	free(h->overflows);
	free(h->attributes);
	free(h->leaves);
	for (size_t i = 0; i < h->volume_count; i++)
		free(h->volumes[i].ranges);
	free(h->volumes);
	free(h->journals);
}

enum rmn_status
rmn_recover_hfs(struct rmn_recovery *r)
{
	struct hfs h = {.r = r};
	unsigned char *node = malloc(HFS_NODE_MAX);
	enum rmn_status status = RMN_OK;

	if (!node)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory");
	rmn_buf_init(&h.names, UINT32_MAX);
	leaves_read(&h, node);
	free(node);
	core_storage_tell(r);
	rmn_hfs_tables_sort(&h);
	rmn_hfs_journals_find(&h);
	rmn_hfs_volumes_from_headers(&h);
	if (h.leaf_count > 0) {
		rmn_hfs_leaves_group(&h);
		rmn_hfs_freed_find(&h);
	}
	if (h.failed)
		status = rmn_fail(r->error, RMN_NOMEM, "out of memory for lost catalogues");
	for (size_t i = 0; i < h.volume_count && status == RMN_OK; i++)
		status = rmn_hfs_volume_emit(&h, (uint32_t)i);
	hfs_release(&h);
	return status;
}
