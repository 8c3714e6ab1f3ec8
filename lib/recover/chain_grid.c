/* SPDX-License-Identifier: MIT */
#include "base/checked.h"
#include "recover/chain.h"

bool
rmn_chain_grid_init(struct rmn_chain_grid *grid, int64_t base_byte, uint32_t cluster_bytes,
    uint64_t disk_bytes, uint64_t volume_end)
{
	uint64_t end = volume_end ? rmn_min_u64(volume_end, disk_bytes) : disk_bytes, count;
	int64_t first;

	if (cluster_bytes < RMN_SECTOR_BYTES || cluster_bytes % RMN_SECTOR_BYTES ||
	    base_byte % (int64_t)RMN_SECTOR_BYTES || base_byte > INT64_MAX / 2 ||
	    base_byte < -(int64_t)2 * cluster_bytes)
		return false;
	first = base_byte + (int64_t)RMN_CHAIN_FIRST_CLUSTER * cluster_bytes;
	if (end > INT64_MAX / 2 || (uint64_t)first >= end)
		return false;
	count = (end - (uint64_t)first) / cluster_bytes + RMN_CHAIN_FIRST_CLUSTER;
	*grid = (struct rmn_chain_grid){base_byte, cluster_bytes,
	    count > UINT32_MAX - 16 ? UINT32_MAX - 16 : (uint32_t)count};
	return count > RMN_CHAIN_FIRST_CLUSTER;
}

bool
rmn_chain_cluster_at(const struct rmn_chain_grid *grid, uint64_t image_offset, uint32_t *cluster)
{
	int64_t inside;

	if (image_offset > INT64_MAX / 2)
		return false;
	inside = (int64_t)image_offset - grid->base_byte;
	if (inside < 0 || inside % grid->cluster_bytes ||
	    !rmn_chain_grid_has(grid, (uint64_t)inside / grid->cluster_bytes))
		return false;
	*cluster = (uint32_t)(inside / grid->cluster_bytes);
	return true;
}

struct rmn_extent *
rmn_chain_extents(const struct rmn_chain_grid *grid, const struct rmn_chain_file *file,
    struct rmn_arena *arena, size_t *count)
{
	struct rmn_extent *extents = rmn_arena_alloc(arena, file->run_count + 1, sizeof(*extents));
	uint64_t left = file->size_bytes;

	*count = 0;
	for (size_t i = 0; extents && i < file->run_count && left > 0; i++) {
		uint64_t bytes = (uint64_t)file->runs[i].count * grid->cluster_bytes;

		bytes = rmn_min_u64(bytes, left);
		extents[(*count)++] = (struct rmn_extent){
		    rmn_chain_place(grid, file->runs[i].first), bytes};
		left -= bytes;
	}
	return extents;
}
