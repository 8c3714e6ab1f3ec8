/* SPDX-License-Identifier: MIT
 *
 * FAT32 File System Specification 1.03, "FAT Data Structure". */
#include "recover/fat_table.h"

#include "recover/sight.h"

/* Runs of one chain that are kept; a file with more is left to the search. */
#define RUNS_MAX 4096u

static uint32_t
entry_read(struct rmn_disk *disk, const struct rmn_fat_volume *v, uint64_t table, uint32_t cluster)
{
	unsigned char p[4] = {0};
	uint64_t at = (uint64_t)cluster * v->fat_bits / 8;

	if (at + 4 > v->fat_bytes && at + 2 > v->fat_bytes)
		return 0;
	rmn_disk_read(disk, table + at, p, v->fat_bits == 32 ? 4 : 2);
	if (v->fat_bits == 32)
		return rmn_le32(p) & 0x0fffffff;
	if (v->fat_bits == 16)
		return rmn_le16(p);
	return cluster & 1 ? rmn_le16(p) >> 4 : rmn_le16(p) & 0xfff;
}

uint32_t
rmn_fat_table_next(struct rmn_disk *disk, const struct rmn_fat_volume *v, uint32_t cluster,
    bool *is_end)
{
	uint32_t end = v->fat_bits == 32 ? 0x0ffffff8 : v->fat_bits == 16 ? 0xfff8 : 0xff8;

	*is_end = false;
	if (!v->has_boot)
		return 0;
	for (unsigned i = 0; i < v->fat_count && i < 2; i++) {
		uint32_t next = entry_read(disk, v, v->fat_offset + i * v->fat_bytes, cluster);

		*is_end = next >= end;
		if (*is_end || (next != cluster && rmn_chain_grid_has(&v->grid, next)))
			return next;
	}
	return 0;
}

bool
rmn_fat_table_chain(struct rmn_disk *disk, const struct rmn_fat_volume *v,
    struct rmn_chain_file *file, struct rmn_arena *arena)
{
	uint64_t left = rmn_chain_clusters(&v->grid, file->size_bytes);
	struct rmn_chain_run *runs = NULL;
	uint32_t cluster = file->first, next;
	size_t count = 0, capacity = 0;
	bool is_end = false;

	if (v->living || left == 0 || left > v->grid.cluster_end || !rmn_chain_grid_has(&v->grid, cluster))
		return false;
	for (;; cluster = next) {
		next = rmn_fat_table_next(disk, v, cluster, &is_end);
		if (next == 0)
			return false;
		if (count > 0 && runs[count - 1].first + runs[count - 1].count == cluster) {
			runs[count - 1].count++;
		} else {
			if (count == capacity) {
				struct rmn_chain_run *more = rmn_arena_alloc(arena,
				    capacity ? 2 * capacity : 1, sizeof(*more));

				if (!more || count >= RUNS_MAX)
					return false;
				for (size_t i = 0; i < count; i++)
					more[i] = runs[i];
				runs = more;
				capacity = capacity ? 2 * capacity : 1;
			}
			runs[count++] = (struct rmn_chain_run){cluster, 1};
		}
		if (--left == 0 || is_end)
			break;
	}
	if (left > 0 || !is_end)
		return false;
	file->runs = runs;
	file->run_count = count;
	file->state = RMN_CHAIN_EXACT;
	return true;
}
