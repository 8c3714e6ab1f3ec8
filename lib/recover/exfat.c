/* SPDX-License-Identifier: MIT
 *
 * Lost exFAT volumes.  Entry sets prove themselves by their checksum; which folder they are in follows
 * from the folder entries, whose clusters they lie in.  A file without a chain in the table
 * (NoFatChain) is contiguous by its own record; all others are left to recover/chain.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/exfat_sets.h"
#include "recover/exfat_volume.h"
#include "recover/fat_catalogue.h"
#include "recover/fat_table.h"

/* How many clusters are looked at for the rest of a set that is cut by a cluster's end. */
#define REST_REACH 256u

/* A cluster of the volume that holds sets. */
struct place {
	uint32_t cluster;
	uint32_t folder;	/* first cluster of its folder; 0: not known */
};

struct engine {
	struct rmn_recovery *r;
	struct rmn_exfat_sets sets;
	size_t sorted_count;	/* of sets, rising by place; those joined from two clusters follow */
	const struct rmn_exfat_volume *volume;
	bool is_chain_telling;	/* most files have no chain: those that have one need it */
	struct rmn_fat_catalogue catalogue;
	struct place *places;	/* rising */
	size_t place_count;
};

static uint32_t
cluster_of(const struct rmn_chain_grid *grid, uint64_t image_offset)
{
	uint64_t first = rmn_chain_place(grid, RMN_CHAIN_FIRST_CLUSTER);

	if (image_offset < first ||
	    !rmn_chain_grid_has(grid, (image_offset - first) / grid->cluster_bytes + 2))
		return 0;
	return (uint32_t)((image_offset - first) / grid->cluster_bytes) + 2;
}

static struct place *
place_from(const struct engine *e, uint64_t cluster)
{
	size_t low = 0, high = e->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->places[middle].cluster < cluster)
			low = middle + 1;
		else
			high = middle;
	}
	return &e->places[low];
}

static struct place *
place_at(const struct engine *e, uint32_t cluster)
{
	struct place *p = place_from(e, cluster);

	return p < e->places + e->place_count && p->cluster == cluster ? p : NULL;
}

/* The clusters of the volume in which sets begin that no better volume took. */
static bool
places_fill(struct engine *e)
{
	const struct rmn_chain_grid *grid = &e->volume->grid;

	e->place_count = 0;
	e->places = calloc(e->sorted_count + 1, sizeof(*e->places));
	for (size_t i = 0; e->places && i < e->sorted_count; i++) {
		uint32_t cluster = cluster_of(grid, e->sets.sets[i].image_offset);

		if (cluster == 0 || e->sets.sets[i].is_taken)
			continue;
		if (e->place_count == 0 || e->places[e->place_count - 1].cluster != cluster)
			e->places[e->place_count++].cluster = cluster;
	}
	return e->places != NULL;
}

/* Whether a folder of that first cluster begins where the entry says: with a set, or with nothing. */
static bool
folder_is_there(const struct engine *e, const struct rmn_exfat_set *set)
{
	return rmn_chain_grid_has(&e->volume->grid, set->first) && place_at(e, set->first);
}

/* Gives the clusters that a folder entry names to its folder: those of a contiguous one, and the
 * first of any. */
static void
folder_claim(struct engine *e, const struct rmn_exfat_set *set)
{
	uint64_t count = set->is_contiguous ?
	    rmn_chain_clusters(&e->volume->grid, set->size_bytes) : 1;
	uint64_t end = (uint64_t)set->first + (count ? count : 1);

	for (struct place *p = place_from(e, set->first);
	    p < e->places + e->place_count && p->cluster < end; p++)
		if (p->folder == 0)
			p->folder = set->first;
}

/* The cluster that begins with the rest of a set cut by the end of another; 0: none. */
static uint32_t
rest_find(struct engine *e, uint64_t image_offset, size_t have, size_t size)
{
	const struct rmn_chain_grid *grid = &e->volume->grid;
	struct place *from = place_from(e, cluster_of(grid, image_offset));
	unsigned char set[RMN_EXFAT_SET_BYTES_MAX];

	rmn_disk_read(e->r->disk, image_offset, set, have);
	for (size_t i = 1; i < REST_REACH && from + i < e->places + e->place_count; i++) {
		uint32_t cluster = from[i].cluster;

		rmn_disk_read(e->r->disk, rmn_chain_place(grid, cluster), set + have, size - have);
		if (rmn_exfat_sets_add(&e->sets, image_offset, set, size))
			return cluster;
	}
	return 0;
}

/* A set that begins at the end of a folder's cluster and goes on elsewhere: both clusters are of one
 * folder. */
static void
place_join(struct engine *e, struct place *place)
{
	const struct rmn_chain_grid *grid = &e->volume->grid;
	uint64_t end = rmn_chain_place(grid, place->cluster) + grid->cluster_bytes;
	size_t tail = rmn_min_size(RMN_EXFAT_SET_BYTES_MAX, grid->cluster_bytes);
	unsigned char p[RMN_EXFAT_SET_BYTES_MAX];

	rmn_disk_read(e->r->disk, end - tail, p, tail);
	for (size_t at = 0; at < tail; at += RMN_EXFAT_ENTRY_BYTES) {
		size_t size = rmn_exfat_set_bytes(p + at, tail - at);
		struct place *rest;
		uint32_t cluster;

		if (size <= tail - at || tail - at < 2 * RMN_EXFAT_ENTRY_BYTES)
			continue;
		cluster = rest_find(e, end - (tail - at), tail - at, size);
		rest = cluster ? place_at(e, cluster) : NULL;
		if (rest && rest->folder == 0)
			rest->folder = place->folder ? place->folder : place->cluster;
	}
}

/* Later clusters of folders that are not contiguous: the nearest ones that nobody has. */
static void
folder_extend(struct engine *e, const struct rmn_exfat_set *set)
{
	uint64_t needed = rmn_chain_clusters(&e->volume->grid, set->size_bytes), have = 0;
	struct place *end = e->places + e->place_count, *p = place_from(e, set->first);

	for (struct place *q = p; q < end && q < p + REST_REACH; q++)
		have += q->folder == set->first;
	for (struct place *q = p; q < end && q < p + REST_REACH && have < needed; q++)
		if (q->folder == 0) {
			q->folder = set->first;
			have++;
		}
}

static void
folders_resolve(struct engine *e)
{
	const struct rmn_exfat_sets *sets = &e->sets;

	for (int deleted = 0; deleted < 2; deleted++)
		for (size_t i = 0; i < sets->count; i++)
			if (sets->sets[i].is_folder && sets->sets[i].is_deleted == deleted &&
			    folder_is_there(e, &sets->sets[i]))
				folder_claim(e, &sets->sets[i]);
	for (size_t i = 0; i < e->place_count; i++)
		place_join(e, &e->places[i]);
	for (size_t i = 0; i < sets->count; i++)
		if (sets->sets[i].is_folder && !sets->sets[i].is_deleted &&
		    !sets->sets[i].is_contiguous && folder_is_there(e, &sets->sets[i]))
			folder_extend(e, &sets->sets[i]);
}

/* Whether the writer left the table alone where it could (some cameras never do). */
static bool
chains_tell(const struct engine *e)
{
	size_t with = 0, without = 0;

	for (size_t i = 0; i < e->sets.count; i++)
		if (!e->sets.sets[i].is_folder &&
		    e->sets.sets[i].size_bytes > e->volume->grid.cluster_bytes) {
			with += !e->sets.sets[i].is_contiguous;
			without += e->sets.sets[i].is_contiguous;
		}
	return without > with;
}

/* The chain that the table still has, when the volume was lost without a format. */
static void
chain_look_up(struct engine *e, struct rmn_chain_file *file)
{
	const struct rmn_exfat_volume *v = e->volume;
	const struct rmn_fat_volume table = {.grid = v->grid, .has_boot = v->has_boot,
	    .living = v->living, .fat_bits = 32, .fat_offset = v->fat_offset,
	    .fat_bytes = v->fat_bytes, .fat_count = 1};

	rmn_fat_table_chain(e->r->disk, &table, file, e->catalogue.arena);
}

static void
set_hand_on(struct engine *e, struct rmn_exfat_set *set)
{
	const struct rmn_chain_grid *grid = &e->volume->grid;
	struct rmn_fat_catalogue *c = &e->catalogue;
	uint64_t clusters = rmn_chain_clusters(grid, set->size_bytes);
	const struct place *place = place_at(e, cluster_of(grid, set->image_offset));
	struct rmn_fat_entry entry = {
		.chain = {.first = set->first, .size_bytes = set->size_bytes,
		    .is_deleted = set->is_deleted},
		.name = set->name, .entry_offset = set->image_offset,
		.created = set->created, .modified = set->modified, .accessed = set->accessed,
		.attributes = set->attributes, .is_folder = set->is_folder,
	};

	if (set->is_living && set->is_folder && e->volume->living &&
	    cluster_of(grid, set->image_offset) != 0)
		rmn_fat_catalogue_list(c, set->first);
	if (!place || set->is_taken)
		return;
	entry.chain.is_scattered = e->is_chain_telling && !set->is_contiguous;
	set->is_taken = true;
	entry.folder = place->folder ? place->folder : place->cluster;
	entry.is_agreed = set->is_folder && folder_is_there(e, set);
	if (set->is_contiguous && clusters > 0 && rmn_chain_grid_has(grid, set->first) &&
	    clusters <= grid->cluster_end - set->first) {
		entry.chain.runs = rmn_arena_alloc(c->arena, 1, sizeof(*entry.chain.runs));
		if (!entry.chain.runs) {
			c->failed = true;
			return;
		}
		entry.chain.runs[0] = (struct rmn_chain_run){set->first, (uint32_t)clusters};
		entry.chain.run_count = 1;
		entry.chain.state = RMN_CHAIN_EXACT;
	} else if (!set->is_folder && !set->is_deleted) {
		chain_look_up(e, &entry.chain);
	}
	rmn_fat_catalogue_add(c, &entry);
}

static void
volume_describe(const struct rmn_exfat_volume *v, struct rmn_found_volume *found)
{
	*found = (struct rmn_found_volume){.start_byte = v->start_byte, .filesystem = "exfat",
	    .length_bytes = v->length_bytes, .block_bytes = v->grid.cluster_bytes};
	snprintf(found->evidence, sizeof(found->evidence), "%s%u promises kept",
	    !v->has_boot ? "" : v->living ? "geometry of the new volume, " :
	    v->is_backup ? "backup boot sector, " : "boot sector, ", v->votes);
}

static enum rmn_status
volume_run(struct engine *e, const struct rmn_exfat_volume *v)
{
	struct rmn_found_volume found;
	enum rmn_status status = RMN_OK;

	e->volume = v;
	volume_describe(v, &found);
	if (!rmn_fat_catalogue_init(&e->catalogue, e->r, &v->grid, v->root) || !places_fill(e))
		status = rmn_fail(e->r->error, RMN_NOMEM, "out of memory for a lost volume");
	if (status == RMN_OK) {
		folders_resolve(e);
		e->is_chain_telling = chains_tell(e);
		for (size_t i = 0; i < e->place_count; i++)
			rmn_sectors_add(&e->catalogue.folders,
			    rmn_chain_place(&v->grid, e->places[i].cluster),
			    v->grid.cluster_bytes);
		for (size_t i = 0; i < e->sets.count; i++)
			set_hand_on(e, &e->sets.sets[i]);
		rmn_fat_catalogue_mark(&e->catalogue);
		e->catalogue.failed |= e->sets.failed;
		status = rmn_fat_catalogue_finish(&e->catalogue, &found, v->living);
	}
	rmn_fat_catalogue_release(&e->catalogue);
	free(e->places);
	return status;
}

enum rmn_status
rmn_recover_exfat(struct rmn_recovery *r)
{
	struct rmn_exfat_volume *volumes = calloc(RMN_EXFAT_VOLUMES_MAX, sizeof(*volumes));
	struct engine e = {.r = r};
	enum rmn_status status = RMN_OK;
	size_t count = 0;

	if (!volumes || !rmn_exfat_sets_init(&e.sets))
		status = rmn_fail(r->error, RMN_NOMEM, "out of memory for lost volumes");
	if (status == RMN_OK)
		status = rmn_exfat_sets_load(r, &e.sets);
	e.sorted_count = e.sets.count;
	if (status == RMN_OK && e.sets.count > 0)
		status = rmn_exfat_volumes_find(r, &e.sets, volumes, &count);
	for (size_t i = 0; status == RMN_OK && i < count; i++)
		status = volume_run(&e, &volumes[i]);
	rmn_exfat_sets_release(&e.sets);
	free(volumes);
	return status;
}
