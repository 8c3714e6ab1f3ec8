/* SPDX-License-Identifier: MIT
 *
 * HFS+ and HFSX: lost volumes, and what was deleted from living ones (Apple TN1150). */
#include "recover/hfs.h"

#include <stdlib.h>

#define LEAF_STAGE "recovery"

/* Reads the nodes that the pass has sighted. */
static void
leaves_read(struct hfs *h, unsigned char *p)
{
	const struct rmn_sightings *s = h->r->sightings;
	size_t count = rmn_sightings_count(s, RMN_SIGHT_HFS_NODE);

	for (size_t i = 0; i < count && !h->failed && !h->is_cut; i++) {
		struct hfs_leaf leaf = {.place = rmn_sighting_offset(s, RMN_SIGHT_HFS_NODE, i),
		    .bits = (uint8_t)rmn_sighting_aux(s, RMN_SIGHT_HFS_NODE, i),
		    .volume = HFS_NO_VOLUME};

		if (leaf.bits < 9 || (1u << leaf.bits) > HFS_NODE_MAX)
			continue;
		rmn_disk_read(h->r->disk, leaf.place, p, (size_t)1 << leaf.bits);
		if (!rmn_hfs_grow(h, (void **)&h->leaves, &h->leaf_capacity, h->leaf_count,
		    sizeof(*h->leaves)))
			break;
		if (rmn_hfs_node_read(h, &leaf, p) > 0)
			h->leaves[h->leaf_count++] = leaf;
	}
	if (h->is_cut)
		h->r->unexamined(h->r->context, UINT32_MAX, LEAF_STAGE, "more records of HFS+ "
		    "catalogues than can be kept: those behind were left out");
}

static void
hfs_release(struct hfs *h)
{
	rmn_buf_release(&h->names);
	free(h->extents);
	free(h->records);
	free(h->overflows);
	free(h->compressed);
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
	if (h.leaf_count > 0) {
		rmn_hfs_journals_find(&h);
		rmn_hfs_volumes_from_headers(&h);
		rmn_hfs_leaves_group(&h);
		rmn_hfs_tables_sort(&h);
	}
	if (h.failed)
		status = rmn_fail(r->error, RMN_NOMEM, "out of memory for lost catalogues");
	for (size_t i = 0; i < h.volume_count && status == RMN_OK; i++)
		status = rmn_hfs_volume_emit(&h, (uint32_t)i);
	hfs_release(&h);
	return status;
}
