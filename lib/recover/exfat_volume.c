/* SPDX-License-Identifier: MIT
 *
 * Microsoft's exFAT file system specification, section 3.1. */
#include "recover/exfat_volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/sight.h"
#include "recover/vote.h"

#define BOOTS_MAX 64u
#define BACKUP_SECTOR 12u
/* Ballots of one cluster size: folders and places they may be at are sampled beyond it. */
#define BALLOTS_MAX ((size_t)4 << 20)
#define SAMPLES_MAX 2048u
/* Without a boot sector so many promises must be kept. */
#define VOTES_MIN 3u

bool
rmn_exfat_boot_read(const unsigned char *p, uint64_t start_byte, uint64_t disk_bytes,
    struct rmn_exfat_volume *volume)
{
	unsigned sector_shift = p[108], cluster_shift = p[109];
	uint64_t heap = rmn_le32(p + 88), clusters = rmn_le32(p + 92);
	struct rmn_exfat_volume v = {.has_boot = true, .start_byte = start_byte,
	    .root = rmn_le32(p + 96)};
	uint32_t cluster_bytes;

	if (sector_shift < 9 || sector_shift > 12 || cluster_shift > 25 - sector_shift ||
	    start_byte > INT64_MAX / 4)
		return false;
	cluster_bytes = 1u << (sector_shift + cluster_shift);
	v.length_bytes = rmn_le64(p + 72);
	if (!rmn_mul_u64(v.length_bytes, 1u << sector_shift, &v.length_bytes))
		return false;
	v.fat_offset = start_byte + ((uint64_t)rmn_le32(p + 80) << sector_shift);
	v.fat_bytes = (uint64_t)rmn_le32(p + 84) << sector_shift;
	heap = start_byte + (heap << sector_shift);
	if (!rmn_chain_grid_init(&v.grid, (int64_t)heap - 2 * (int64_t)cluster_bytes,
	    cluster_bytes, disk_bytes, heap + clusters * cluster_bytes))
		return false;
	if (!rmn_chain_grid_has(&v.grid, v.root))
		v.root = 0;
	*volume = v;
	return true;
}

/* The number of the living exFAT volume that starts there; 0: none. */
static uint32_t
starts_living(const struct rmn_recovery *r, uint64_t start_byte)
{
	for (size_t i = 0; i < r->living_count; i++)
		if (r->living[i].has_file_system && r->living[i].volume.start_byte == start_byte &&
		    strcmp(r->living[i].volume.filesystem, "exfat") == 0)
			return r->living[i].volume.number;
	return 0;
}

static bool
sights(const struct rmn_recovery *r, unsigned kind, uint64_t offset)
{
	size_t i = rmn_sightings_from(r->sightings, kind, offset);

	return i < rmn_sightings_count(r->sightings, kind) &&
	    rmn_sighting_offset(r->sightings, kind, i) == offset;
}

/* Whether a set's first cluster holds what it promises; false also when it promises nothing. */
static bool
set_agrees(const struct rmn_recovery *r, const struct rmn_exfat_set *set,
    const struct rmn_chain_grid *grid)
{
	unsigned kind = RMN_SIGHT_EXFAT_ENTRIES;

	return !set->is_living && rmn_chain_grid_has(grid, set->first) &&
	    (set->is_folder || rmn_promise_kind(set->name, &kind)) &&
	    sights(r, kind, rmn_chain_place(grid, set->first));
}

static uint32_t
votes_count(const struct rmn_recovery *r, const struct rmn_exfat_sets *sets,
    const struct rmn_chain_grid *grid)
{
	size_t from = rmn_exfat_sets_from(sets, rmn_chain_place(grid, RMN_CHAIN_FIRST_CLUSTER));
	size_t to = rmn_exfat_sets_from(sets, rmn_chain_place(grid, grid->cluster_end));
	size_t step = (to - from) / SAMPLES_MAX + 1;
	uint32_t votes = 0;

	for (size_t i = from; i < to; i += step)
		votes += set_agrees(r, &sets->sets[i], grid);
	return votes;
}

static bool
is_known(const struct rmn_exfat_volume *volumes, size_t count, const struct rmn_chain_grid *grid)
{
	for (size_t i = 0; i < count; i++)
		if (volumes[i].grid.base_byte == grid->base_byte &&
		    volumes[i].grid.cluster_bytes == grid->cluster_bytes)
			return true;
	return false;
}

static void
boot_add(struct rmn_recovery *r, const struct rmn_exfat_sets *sets, const unsigned char *p,
    uint64_t start_byte, bool is_backup, struct rmn_exfat_volume *volumes, size_t *count)
{
	struct rmn_exfat_volume v;

	if (!rmn_exfat_boot_read(p, start_byte, rmn_disk_size(r->disk), &v) ||
	    is_known(volumes, *count, &v.grid))
		return;
	v.is_backup = is_backup;
	v.living = starts_living(r, start_byte);
	v.votes = votes_count(r, sets, &v.grid);
	volumes[(*count)++] = v;
}

static size_t
boots_load(struct rmn_recovery *r, const struct rmn_exfat_sets *sets,
    struct rmn_exfat_volume *volumes)
{
	size_t seen = rmn_sightings_count(r->sightings, RMN_SIGHT_EXFAT_BOOT), count = 0;
	unsigned char p[RMN_SECTOR_BYTES];

	for (size_t i = 0; i < seen && i < BOOTS_MAX; i++) {
		uint64_t at = rmn_sighting_offset(r->sightings, RMN_SIGHT_EXFAT_BOOT, i), back;

		if (!rmn_disk_read(r->disk, at, p, sizeof(p)) || p[108] < 9 || p[108] > 12)
			continue;
		back = (uint64_t)BACKUP_SECTOR << p[108];
		if (at >= back && !sights(r, RMN_SIGHT_EXFAT_BOOT, at + back))
			boot_add(r, sets, p, at - back, true, volumes, &count);
		boot_add(r, sets, p, at, false, volumes, &count);
	}
	return count;
}

static int
ballot_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Places where a folder may begin: a set stands at a sector's first byte, and none in the sector
 * before it. */
static size_t
tops_pick(const struct rmn_exfat_sets *sets, uint64_t *tops)
{
	size_t used = 0, step = sets->count / SAMPLES_MAX + 1;

	for (size_t i = 0; i < sets->count && used < SAMPLES_MAX; i++) {
		uint64_t at = sets->sets[i].image_offset;

		if (at % RMN_SECTOR_BYTES == 0 && !sets->sets[i].is_living && (step == 1 || i == 0 ||
		    at - sets->sets[i - 1].image_offset > RMN_SECTOR_BYTES))
			tops[used++] = at;
	}
	return used;
}

/* The best base by folders: their first clusters against the places where folders begin. */
static bool
folders_vote(struct rmn_recovery *r, const struct rmn_exfat_sets *sets, struct rmn_base *best)
{
	uint64_t *tops = calloc(SAMPLES_MAX, sizeof(*tops));
	int64_t *ballots = calloc(BALLOTS_MAX, sizeof(*ballots));
	size_t top_count = 0;

	*best = (struct rmn_base){0};
	if (tops && ballots)
		top_count = tops_pick(sets, tops);
	for (uint32_t bytes = 512; top_count > 0 && bytes <= 32u << 20; bytes *= 2) {
		size_t cast = 0;

		for (size_t i = 0; i < sets->count; i++)
			for (size_t k = 0; k < top_count && sets->sets[i].is_folder && !sets->sets[i].is_living &&
			    sets->sets[i].first >= RMN_CHAIN_FIRST_CLUSTER && cast < BALLOTS_MAX; k++)
				ballots[cast++] = (int64_t)tops[k] -
				    (int64_t)sets->sets[i].first * bytes;
		qsort(ballots, cast, sizeof(*ballots), ballot_compare);
		for (size_t i = 0, run; i < cast; i += run) {
			for (run = 1; i + run < cast && ballots[i + run] == ballots[i];)
				run++;
			if (run > best->votes)
				*best = (struct rmn_base){ballots[i], bytes, (uint32_t)run};
		}
	}
	free(tops);
	if (!ballots)
		rmn_fail(r->error, RMN_NOMEM, "out of memory for lost volumes");
	free(ballots);
	return best->votes >= VOTES_MIN;
}

/* The best base by documents. */
static bool
files_vote(struct rmn_recovery *r, const struct rmn_exfat_sets *sets, struct rmn_base *best)
{
	static const uint32_t sizes[] = {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072,
		262144, 524288, 1048576};
	struct rmn_promise *promises = calloc(sets->count + 1, sizeof(*promises));
	size_t count = 0, found = 0;

	for (size_t i = 0; promises && i < sets->count; i++)
		if (!sets->sets[i].is_folder && !sets->sets[i].is_living &&
		    sets->sets[i].size_bytes > 0 &&
		    rmn_promise_kind(sets->sets[i].name, &promises[count].kind))
			promises[count++].block = sets->sets[i].first;
	if (count > 0)
		found = rmn_vote(r->sightings, promises, count, sizes,
		    sizeof(sizes) / sizeof(sizes[0]), best, 1);
	free(promises);
	return found > 0 && best->votes >= VOTES_MIN;
}

/* Whether boot sectors explain nearly all sets that promise something, so that no vote is needed. */
static bool
boots_suffice(struct rmn_recovery *r, const struct rmn_exfat_sets *sets,
    const struct rmn_exfat_volume *volumes, size_t count)
{
	size_t step = sets->count / SAMPLES_MAX + 1, promises = 0, kept = 0;
	unsigned kind;

	for (size_t i = 0; i < sets->count; i += step) {
		const struct rmn_exfat_set *set = &sets->sets[i];

		promises += !set->is_living &&
		    (set->is_folder || rmn_promise_kind(set->name, &kind));
		for (size_t v = 0; v < count; v++)
			if (set_agrees(r, set, &volumes[v].grid)) {
				kept++;
				break;
			}
	}
	return kept >= VOTES_MIN && kept * 4 >= promises * 3;
}

static int
volume_compare(const void *a, const void *b)
{
	const struct rmn_exfat_volume *x = a, *y = b;

	if (x->votes != y->votes)
		return x->votes > y->votes ? -1 : 1;
	if (x->has_boot != y->has_boot)
		return x->has_boot ? -1 : 1;
	if (x->grid.base_byte != y->grid.base_byte)
		return x->grid.base_byte < y->grid.base_byte ? -1 : 1;
	return x->grid.cluster_bytes < y->grid.cluster_bytes ? -1 :
	    x->grid.cluster_bytes > y->grid.cluster_bytes;
}

enum rmn_status
rmn_exfat_volumes_find(struct rmn_recovery *r, const struct rmn_exfat_sets *sets,
    struct rmn_exfat_volume volumes[RMN_EXFAT_VOLUMES_MAX], size_t *count)
{
	struct rmn_exfat_volume *all = calloc(2 * BOOTS_MAX + 2, sizeof(*all));
	struct rmn_base bases[2];
	size_t found, base_count = 0;

	*count = 0;
	if (!all)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for lost volumes");
	found = boots_load(r, sets, all);
	if (!boots_suffice(r, sets, all, found)) {
		base_count += folders_vote(r, sets, &bases[base_count]);
		base_count += files_vote(r, sets, &bases[base_count]);
	}
	for (size_t i = 0; i < base_count; i++) {
		struct rmn_exfat_volume *v = &all[found];

		*v = (struct rmn_exfat_volume){0};
		if (!rmn_chain_grid_init(&v->grid, bases[i].start_byte, bases[i].block_bytes,
		    rmn_disk_size(r->disk), 0) || is_known(all, found, &v->grid))
			continue;
		v->start_byte = bases[i].start_byte > 0 ? (uint64_t)bases[i].start_byte : 0;
		v->votes = votes_count(r, sets, &v->grid);
		if (v->votes >= VOTES_MIN)
			found++;
	}
	qsort(all, found, sizeof(*all), volume_compare);
	for (size_t i = 0; i < found && *count < RMN_EXFAT_VOLUMES_MAX; i++)
		volumes[(*count)++] = all[i];
	free(all);
	return RMN_OK;
}
