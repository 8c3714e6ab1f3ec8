/* SPDX-License-Identifier: MIT
 *
 * The carvers' own way to put a fragmented file together, with what only the catalogue knows: where
 * it begins, how long it is, and which clusters nobody can have. */
#include <stdlib.h>

#include "base/checked.h"
#include "recover/chain_state.h"

/* How far a next piece is looked for, and bytes walked for one file: its size so often. */
#define REACH_BYTES ((uint64_t)64 << 20)
#define WORK_FACTOR 32u
#define WORK_BYTES ((uint64_t)16 << 20)

/* The extents as clusters; false when a cut does not lie between two of them. */
static bool
list_from_extents(struct rmn_chain_solver *s, const struct rmn_extent *extents, size_t count)
{
	uint64_t bytes = s->grid->cluster_bytes;
	uint32_t cluster;

	rmn_chain_list_clear(&s->list);
	for (size_t i = 0; i < count; i++) {
		uint64_t clusters = rmn_chain_clusters(s->grid, extents[i].length_bytes);

		if (!rmn_chain_cluster_at(s->grid, extents[i].image_offset, &cluster) ||
		    (i + 1 < count && extents[i].length_bytes % bytes) ||
		    clusters > s->grid->cluster_end - cluster)
			return false;
		rmn_chain_list_add(&s->list, cluster, (uint32_t)clusters);
	}
	return !s->list.failed;
}

/* Finds the carver by the first bytes and lets it mend. */
static bool
view_mend(struct rmn_chain_solver *s, const struct rmn_chain_file *file, struct rmn_view *view)
{
	const struct rmn_mender mender = {
		.disk = s->r->disk, .tools = &s->tools, .taken = &s->hard,
		.block_bytes = s->grid->cluster_bytes,
		.phase = rmn_chain_place(s->grid, file->first) % s->grid->cluster_bytes,
		.reach_bytes = REACH_BYTES,
	};
	unsigned char head[RMN_SECTOR_BYTES];
	size_t found = rmn_carver_find(head, rmn_view_read(view, 0, head, sizeof(head)));
	bool is_mended;

	if (found == SIZE_MAX || !rmn_carvers[found].mend)
		return false;
	s->tools.work = 0;
	s->tools.work_limit = WORK_BYTES + rmn_min_u64(file->size_bytes, WORK_BYTES) * WORK_FACTOR;
	s->proven = (struct rmn_proven){0};
	is_mended = rmn_carvers[found].mend(&mender, view, &s->proven);
	s->work += s->tools.work;
	s->tools.work_limit = 0;
	return is_mended && s->proven.proof >= RMN_PROOF_STRUCTURE &&
	    s->proven.length_bytes <= file->size_bytes &&
	    rmn_chain_clusters(s->grid, s->proven.length_bytes) ==
	    rmn_chain_clusters(s->grid, file->size_bytes);
}

bool
rmn_chain_mend(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	struct rmn_extent *extents = NULL;
	struct rmn_view view;
	bool is_mended = false;
	size_t count;

	if (s->work > s->work_limit ||
	    !rmn_view_open(&view, s->r->disk, rmn_chain_place(s->grid, file->first)))
		return false;
	if (view_mend(s, file, &view) &&
	    rmn_view_extents(&view, file->size_bytes, &extents, &count))
		is_mended = list_from_extents(s, extents, count) &&
		    s->list.clusters == rmn_chain_clusters(s->grid, file->size_bytes) &&
		    rmn_chain_try(s, file, &s->list) == RMN_CHAIN_WHOLE;
	if (is_mended)
		rmn_chain_settle(s, file, &s->list, RMN_CHAIN_PROVEN);
	free(extents);
	rmn_view_release(&view);
	return is_mended;
}
