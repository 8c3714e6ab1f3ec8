/* SPDX-License-Identifier: MIT
 *
 * Lost FAT12, FAT16 and FAT32 volumes.  A quick format zeroes the tables and the root; sub-folders
 * stay, with names, sizes, dates and first clusters.  Their own first clusters are known by "." and
 * ".."; later clusters of long folders are recognised by what they hold and attached by continuity. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "recover/fat_entries.h"
#include "recover/fat_table.h"
#include "recover/fat_volume.h"
#include "recover/sight.h"

/* How many loose clusters are looked at for the next one of a folder. */
#define NEXT_REACH 64u

struct loose {
	uint32_t cluster;
	bool is_taken;
};

struct engine {
	struct rmn_recovery *r;
	struct rmn_fat_dots *dots;
	size_t dot_count;
	const struct rmn_fat_volume *volume;
	struct rmn_fat_catalogue catalogue;
	struct rmn_fat_reader reader;
	struct loose *loose;		/* clusters of entries without ".", rising */
	size_t loose_count;
	unsigned char *cluster;		/* bytes of one */
};

/* Whether the entries of a sector point into this volume: numbers in text may look like entries. */
static bool
sector_points_here(struct engine *e, uint64_t image_offset)
{
	unsigned char p[RMN_SECTOR_BYTES];

	rmn_disk_read(e->r->disk, image_offset, p, sizeof(p));
	for (size_t at = 0; at < sizeof(p) && p[at] != 0; at += 32) {
		uint32_t cluster = rmn_le16(p + at + 26) |
		    (uint32_t)rmn_le16(p + at + 20) << 16;

		if (p[at + 11] != 0x0f && !(p[at + 11] & 0x08) && cluster != 0 &&
		    !rmn_chain_grid_has(&e->catalogue.grid, cluster))
			return false;
	}
	return true;
}

/* Clusters of the volume that begin with entries and are nobody's first cluster. */
static enum rmn_status
loose_load(struct engine *e)
{
	const struct rmn_sightings *seen = e->r->sightings;
	size_t count = rmn_sightings_count(seen, RMN_SIGHT_FAT_ENTRIES);
	uint32_t cluster;

	e->loose = calloc(count + 1, sizeof(*e->loose));
	if (!e->loose)
		return rmn_fail(e->r->error, RMN_NOMEM, "out of memory for folders");
	for (size_t i = 0; i < count; i++) {
		uint64_t at = rmn_sighting_offset(seen, RMN_SIGHT_FAT_ENTRIES, i);

		if (rmn_chain_cluster_at(&e->catalogue.grid, at, &cluster) &&
		    cluster != e->catalogue.root && !rmn_recovery_in_use(e->r, at) &&
		    sector_points_here(e, at))
			e->loose[e->loose_count++].cluster = cluster;
	}
	return RMN_OK;
}

/* The first loose cluster at or behind a cluster; loose_count when there is none. */
static size_t
loose_from(const struct engine *e, uint32_t cluster)
{
	size_t low = 0, high = e->loose_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->loose[middle].cluster < cluster)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The loose cluster with which the folder goes on that was read up to the end of a cluster: directly
 * behind it, else the nearest that fits; one that goes on with a name cut in two before all others. */
static struct loose *
loose_next(struct engine *e, uint32_t cluster)
{
	size_t from = loose_from(e, cluster + 1);
	struct loose *possible = NULL;

	for (size_t i = from; i < e->loose_count && i - from < NEXT_REACH; i++) {
		struct loose *next = &e->loose[i];
		unsigned char p[32];
		unsigned fit;

		if (next->is_taken)
			continue;
		rmn_disk_read(e->r->disk, rmn_chain_place(&e->catalogue.grid, next->cluster), p,
		    sizeof(p));
		fit = rmn_fat_reader_fits(&e->reader, p);
		if (fit == 2)
			return next;
		if (fit == 1 && !possible)
			possible = next;
	}
	return e->reader.part_count > 0 && !e->reader.is_deleted ? NULL : possible;
}

static uint32_t
folder_next(struct engine *e, uint32_t cluster)
{
	bool is_end = false;
	uint32_t next = e->volume->living ? 0 :
	    rmn_fat_table_next(e->r->disk, e->volume, cluster, &is_end);
	struct loose *loose;

	if (is_end)
		return 0;
	if (next == 0) {
		loose = loose_next(e, cluster);
		next = loose ? loose->cluster : 0;
	}
	if (next != 0 && loose_from(e, next) < e->loose_count &&
	    e->loose[loose_from(e, next)].cluster == next)
		e->loose[loose_from(e, next)].is_taken = true;
	return next;
}

/* Reads a folder from its first cluster on. */
static void
folder_read(struct engine *e, uint32_t first)
{
	const struct rmn_chain_grid *grid = &e->catalogue.grid;
	struct rmn_sectors *folders = &e->catalogue.folders;

	rmn_fat_reader_reset(&e->reader);
	for (uint32_t cluster = first; cluster != 0; cluster = folder_next(e, cluster)) {
		uint64_t at = rmn_chain_place(grid, cluster);

		if (rmn_sectors_has(folders, at))
			return;
		rmn_sectors_add(folders, at, grid->cluster_bytes);
		rmn_disk_read(e->r->disk, at, e->cluster, grid->cluster_bytes);
		if (!rmn_fat_reader_cluster(&e->reader, &e->catalogue, first, at, e->cluster,
		    grid->cluster_bytes))
			return;
	}
}

/* The root, where the format or whatever came later has left it. */
static void
root_read(struct engine *e)
{
	const struct rmn_fat_volume *v = e->volume;
	uint64_t at = v->root_offset;
	unsigned aux;

	if (!v->has_boot || v->living)
		return;
	if (v->fat_bits == 32) {
		if (!rmn_chain_grid_has(&v->grid, v->root_cluster))
			return;
		at = rmn_chain_place(&v->grid, v->root_cluster);
	}
	if (rmn_recovery_in_use(e->r, at) || !rmn_disk_read(e->r->disk, at, e->cluster, 512) ||
	    !sight_fat_entries(e->cluster, 512, &aux))
		return;
	if (v->fat_bits == 32) {
		folder_read(e, v->root_cluster);
		return;
	}
	rmn_fat_reader_reset(&e->reader);
	for (uint32_t done = 0; done + 512 <= v->root_bytes; done += 512)
		if (!rmn_disk_read(e->r->disk, at + done, e->cluster, 512) ||
		    !rmn_fat_reader_cluster(&e->reader, &e->catalogue, 0, at + done, e->cluster,
		    512))
			return;
}

/* The sub-folder whose first cluster this is, or NULL. */
static const struct rmn_fat_dots *
dots_at(const struct engine *e, uint32_t cluster)
{
	const struct rmn_chain_grid *grid = &e->catalogue.grid;
	size_t low = 0, high = e->dot_count;
	uint64_t at;

	if (!rmn_chain_grid_has(grid, cluster))
		return NULL;
	at = rmn_chain_place(grid, cluster);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->dots[middle].image_offset < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < e->dot_count && e->dots[low].image_offset == at &&
	    e->dots[low].cluster == cluster ? &e->dots[low] : NULL;
}

/* Whether a folder's ".." leads back to where it is named. */
static bool
parent_agrees(const struct engine *e, const struct rmn_fat_entry *entry)
{
	const struct rmn_fat_dots *dots = dots_at(e, entry->chain.first);

	return dots && (dots->parent == entry->folder ||
	    (dots->parent == 0 && entry->folder == e->catalogue.root));
}

/* Whether ".." leads, step by step, into a folder that is in use. */
static bool
is_below_living(const struct engine *e, uint32_t folder)
{
	const struct rmn_fat_dots *dots = dots_at(e, folder);

	for (unsigned depth = 0; dots && depth < RMN_LIMIT_FOLDER_DEPTH; depth++) {
		if (dots->is_living)
			return true;
		dots = dots_at(e, dots->parent);
	}
	return false;
}

/* The folders that entries of a living folder's cluster name, deleted ones too. */
static void
living_names(struct engine *e, const unsigned char *p, size_t size)
{
	for (size_t at = 0; at + 32 <= size && p[at] != 0; at += 32)
		if (p[at + 11] != 0x0f && (p[at + 11] & 0x18) == 0x10 && p[at] != '.')
			rmn_fat_catalogue_list(&e->catalogue, rmn_le16(p + at + 26) |
			    (uint32_t)rmn_le16(p + at + 20) << 16);
}

static void
living_folder(struct engine *e, uint32_t first)
{
	const struct rmn_chain_grid *grid = &e->catalogue.grid;
	uint32_t cluster = first;
	bool is_end = false;

	/* the longest folder that FAT allows: 65,536 entries */
	for (uint64_t bytes = 0; bytes <= (2u << 20) && !is_end &&
	    rmn_chain_grid_has(grid, cluster); bytes += grid->cluster_bytes) {
		rmn_disk_read(e->r->disk, rmn_chain_place(grid, cluster), e->cluster,
		    grid->cluster_bytes);
		living_names(e, e->cluster, grid->cluster_bytes);
		cluster = rmn_fat_table_next(e->r->disk, e->volume, cluster, &is_end);
	}
}

/* What the walk of the living volume lists: its folders, and the deleted ones that they name. */
static void
living_read(struct engine *e)
{
	const struct rmn_fat_volume *v = e->volume;

	if (!v->living)
		return;
	if (v->fat_bits == 32)
		living_folder(e, v->root_cluster);
	for (uint32_t done = 0; v->fat_bits != 32 && done + 512 <= v->root_bytes; done += 512) {
		rmn_disk_read(e->r->disk, v->root_offset + done, e->cluster, 512);
		living_names(e, e->cluster, 512);
	}
	for (size_t i = 0; i < e->dot_count; i++)
		if (e->dots[i].is_living && dots_at(e, e->dots[i].cluster) == &e->dots[i])
			living_folder(e, e->dots[i].cluster);
}

static void
folders_read(struct engine *e)
{
	struct rmn_fat_catalogue *c = &e->catalogue;

	living_read(e);
	root_read(e);
	for (size_t i = 0; i < e->dot_count; i++)
		if (!e->dots[i].is_living && dots_at(e, e->dots[i].cluster) == &e->dots[i])
			folder_read(e, e->dots[i].cluster);
	for (size_t i = 0, known = c->count; i < e->loose_count; i++, known = c->count) {
		if (e->loose[i].is_taken)
			continue;
		folder_read(e, e->loose[i].cluster);
		for (; known < c->count; known++)
			c->entries[known].chain.is_stale = true;
	}
	for (size_t i = 0; i < c->count; i++) {
		struct rmn_fat_entry *entry = &c->entries[i];

		entry->is_living = e->volume->living && is_below_living(e, entry->folder);
		if (entry->is_folder)
			entry->is_agreed = parent_agrees(e, entry);
		else if (!entry->chain.is_deleted)
			rmn_fat_table_chain(e->r->disk, e->volume, &entry->chain, c->arena);
	}
	rmn_fat_catalogue_mark(c);
}

static void
volume_describe(const struct rmn_fat_volume *v, struct rmn_found_volume *found)
{
	*found = (struct rmn_found_volume){.start_byte = v->start_byte,
	    .length_bytes = v->length_bytes, .block_bytes = v->grid.cluster_bytes};
	snprintf(found->filesystem, sizeof(found->filesystem), v->fat_bits ? "fat%u" : "fat",
	    v->fat_bits);
	snprintf(found->label, sizeof(found->label), "%s", v->living ? "" : v->label);
	snprintf(found->evidence, sizeof(found->evidence), "%s%u sub-folders",
	    !v->has_boot ? "" : v->living ? "geometry of the new volume, " :
	    v->is_backup ? "backup boot sector, " : "boot sector, ", v->votes);
}

static enum rmn_status
volume_run(struct engine *e, const struct rmn_fat_volume *v)
{
	uint32_t cluster_bytes = v->grid.cluster_bytes;
	struct rmn_found_volume found;
	enum rmn_status status = RMN_OK;

	e->volume = v;
	e->loose = NULL;
	e->loose_count = 0;
	e->cluster = malloc(cluster_bytes);
	rmn_fat_reader_init(&e->reader);
	volume_describe(v, &found);
	if (!rmn_fat_catalogue_init(&e->catalogue, e->r, &v->grid, v->root_cluster) || !e->cluster)
		status = rmn_fail(e->r->error, RMN_NOMEM, "out of memory for a lost volume");
	if (status == RMN_OK)
		status = loose_load(e);
	if (status == RMN_OK) {
		folders_read(e);
		status = rmn_fat_catalogue_finish(&e->catalogue, &found, v->living);
	}
	rmn_fat_reader_release(&e->reader);
	rmn_fat_catalogue_release(&e->catalogue);
	free(e->loose);
	free(e->cluster);
	return status;
}

enum rmn_status
rmn_recover_fat(struct rmn_recovery *r)
{
	struct rmn_fat_volume *volumes = calloc(RMN_FAT_VOLUMES_MAX, sizeof(*volumes));
	struct engine e = {.r = r};
	enum rmn_status status = RMN_OK;
	size_t count = 0;

	if (!volumes)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for lost volumes");
	status = rmn_fat_dots_load(r, &e.dots, &e.dot_count);
	if (status == RMN_OK)
		status = rmn_fat_volumes_find(r, e.dots, e.dot_count, volumes, &count);
	for (size_t i = 0; status == RMN_OK && i < count; i++)
		status = volume_run(&e, &volumes[i]);
	free(e.dots);
	free(volumes);
	return status;
}
