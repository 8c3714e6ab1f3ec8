/* SPDX-License-Identifier: MIT
 *
 * Microsoft Extensible Firmware Initiative FAT32 File System Specification 1.03, "Boot Sector and
 * BPB" and "FAT Type Determination". */
#include "recover/fat_volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "charset/charset.h"
#include "recover/sight.h"

/* Boot sectors that are looked at: each is compared with all sub-folders. */
#define BOOTS_MAX 64u
/* Without a boot sector so many sub-folders must agree. */
#define VOTES_MIN 2u

struct search {
	struct rmn_recovery *r;
	struct rmn_fat_dots *dots;
	size_t dot_count;
	struct rmn_fat_volume *boots;	/* owned */
	size_t boot_count;
	int64_t *ballots;		/* owned: a base for each dot */
};

static void
label_read(const unsigned char *p, char *label, size_t capacity)
{
	struct rmn_buf utf8;
	size_t size = 11, bad = 0;

	while (size > 0 && p[size - 1] == ' ')
		size--;
	rmn_buf_init(&utf8, capacity - 1);
	rmn_charset_decode((struct rmn_bytes){p, size}, RMN_CP932, &utf8, &bad);
	if (bad == 0 && !utf8.failed && memcmp(p, "NO NAME", 7) != 0)
		memcpy(label, rmn_buf_string(&utf8), utf8.size);
	rmn_buf_release(&utf8);
}

bool
rmn_fat_boot_read(const unsigned char *p, uint64_t start_byte, uint64_t disk_bytes,
    struct rmn_fat_volume *volume)
{
	uint64_t sector = rmn_le16(p + 11), reserved = rmn_le16(p + 14), root = rmn_le16(p + 17);
	uint64_t total = rmn_le16(p + 19), table = rmn_le16(p + 22), clusters, data;
	struct rmn_fat_volume v = {.has_boot = true, .start_byte = start_byte, .fat_count = p[16]};
	bool is_32 = table == 0;
	uint32_t cluster_bytes = (uint32_t)sector * p[13];

	if (total == 0)
		total = rmn_le32(p + 32);
	if (is_32)
		table = rmn_le32(p + 36);
	data = reserved + v.fat_count * table + (root * 32 + sector - 1) / sector;
	if (cluster_bytes == 0 || table == 0 || total <= data || (is_32 && root != 0))
		return false;
	clusters = (total - data) / p[13];
	v.fat_bits = is_32 ? 32 : clusters < 4085 ? 12 : 16;
	if ((!is_32 && clusters >= 65525) || table * sector * 8 / v.fat_bits < clusters ||
	    start_byte > INT64_MAX / 4)
		return false;
	v.length_bytes = total * sector;
	v.fat_offset = start_byte + reserved * sector;
	v.fat_bytes = table * sector;
	v.root_bytes = (uint32_t)root * 32;
	v.root_offset = v.fat_offset + v.fat_count * v.fat_bytes;
	v.root_cluster = is_32 ? rmn_le32(p + 44) & 0x0fffffff : 0;
	label_read(p + (is_32 ? 71 : 43), v.label, sizeof(v.label));
	if (!rmn_chain_grid_init(&v.grid,
	    (int64_t)(start_byte + data * sector) - 2 * (int64_t)cluster_bytes, cluster_bytes,
	    disk_bytes, start_byte + data * sector + clusters * cluster_bytes))
		return false;
	*volume = v;
	return true;
}

/* The number of the living FAT volume that starts there; 0: none. */
static uint32_t
starts_living(const struct rmn_recovery *r, uint64_t start_byte)
{
	for (size_t i = 0; i < r->living_count; i++)
		if (r->living[i].has_file_system && r->living[i].volume.start_byte == start_byte &&
		    strncmp(r->living[i].volume.filesystem, "fat", 3) == 0)
			return r->living[i].volume.number;
	return 0;
}

static void
boot_add(struct search *s, const unsigned char *p, uint64_t start_byte, bool is_backup)
{
	struct rmn_fat_volume v;

	if (!rmn_fat_boot_read(p, start_byte, rmn_disk_size(s->r->disk), &v))
		return;
	v.is_backup = is_backup;
	v.living = starts_living(s->r, start_byte);
	for (size_t i = 0; i < s->boot_count; i++)
		if (s->boots[i].grid.base_byte == v.grid.base_byte &&
		    s->boots[i].grid.cluster_bytes == v.grid.cluster_bytes)
			return;
	s->boots[s->boot_count++] = v;
}

/* Each boot sector speaks for a volume that starts here, or as a backup for one that starts earlier. */
static enum rmn_status
boots_load(struct search *s)
{
	const struct rmn_sightings *seen = s->r->sightings;
	size_t count = rmn_min_size(rmn_sightings_count(seen, RMN_SIGHT_FAT_BOOT), BOOTS_MAX);
	unsigned char p[RMN_SECTOR_BYTES];

	s->boots = calloc(2 * count + 1, sizeof(*s->boots));
	if (!s->boots)
		return rmn_fail(s->r->error, RMN_NOMEM, "out of memory for boot sectors");
	for (size_t i = 0; i < count; i++) {
		uint64_t at = rmn_sighting_offset(seen, RMN_SIGHT_FAT_BOOT, i), back;

		if (!rmn_disk_read(s->r->disk, at, p, sizeof(p)))
			continue;
		back = (uint64_t)rmn_le16(p + 50) * rmn_le16(p + 11);
		if (rmn_le16(p + 22) == 0 && back > 0 && back <= at)
			boot_add(s, p, at - back, true);
		boot_add(s, p, at, false);
	}
	return RMN_OK;
}

enum rmn_status
rmn_fat_dots_load(struct rmn_recovery *r, struct rmn_fat_dots **dots, size_t *count)
{
	size_t seen = rmn_sightings_count(r->sightings, RMN_SIGHT_FAT_FOLDER);
	unsigned char p[64];

	*count = 0;
	*dots = calloc(seen + 1, sizeof(**dots));
	if (!*dots)
		return rmn_fail(r->error, RMN_NOMEM, "out of memory for lost folders");
	for (size_t i = 0; i < seen; i++) {
		uint64_t at = rmn_sighting_offset(r->sightings, RMN_SIGHT_FAT_FOLDER, i);
		uint32_t cluster, parent;

		if (!rmn_disk_read(r->disk, at, p, sizeof(p)))
			continue;
		cluster = rmn_le16(p + 26) | (uint32_t)rmn_le16(p + 20) << 16;
		parent = rmn_le16(p + 32 + 26) | (uint32_t)rmn_le16(p + 32 + 20) << 16;
		if (cluster >= RMN_CHAIN_FIRST_CLUSTER && cluster < 0x10000000)
			(*dots)[(*count)++] = (struct rmn_fat_dots){.image_offset = at,
			    .cluster = cluster, .parent = parent,
			    .is_living = rmn_recovery_in_use(r, at)};
	}
	return RMN_OK;
}

/* How many unused dots lie where they say; takes them when is_taking. */
static uint32_t
dots_agree(struct search *s, const struct rmn_chain_grid *grid, bool is_taking)
{
	uint32_t votes = 0, cluster;

	for (size_t i = 0; i < s->dot_count; i++) {
		struct rmn_fat_dots *dot = &s->dots[i];

		if (dot->is_used || dot->is_living || !rmn_chain_cluster_at(grid, dot->image_offset, &cluster) ||
		    cluster != dot->cluster)
			continue;
		votes++;
		dot->is_used = is_taking;
	}
	return votes;
}

static int
ballot_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The base that most of the unused dots give for a cluster size. */
static uint32_t
base_vote(struct search *s, uint32_t cluster_bytes, int64_t *base)
{
	size_t count = 0, best = 0;

	for (size_t i = 0; i < s->dot_count; i++)
		if (!s->dots[i].is_used && !s->dots[i].is_living)
			s->ballots[count++] = (int64_t)s->dots[i].image_offset -
			    (int64_t)s->dots[i].cluster * cluster_bytes;
	qsort(s->ballots, count, sizeof(*s->ballots), ballot_compare);
	for (size_t i = 0, run; i < count; i += run) {
		for (run = 1; i + run < count && s->ballots[i + run] == s->ballots[i];)
			run++;
		if (run > best) {
			best = run;
			*base = s->ballots[i];
		}
	}
	return (uint32_t)best;
}

/* The best volume that the unused dots can still give; boot sectors win a draw. */
static bool
volume_next(struct search *s, struct rmn_fat_volume *volume)
{
	uint64_t disk = rmn_disk_size(s->r->disk);
	uint32_t best = 0;

	for (size_t i = 0; i < s->boot_count; i++) {
		uint32_t votes = dots_agree(s, &s->boots[i].grid, false);

		if (votes > best) {
			best = votes;
			*volume = s->boots[i];
		}
	}
	for (uint32_t bytes = 512; bytes <= 256u << 10; bytes *= 2) {
		int64_t base = 0;
		uint32_t votes = base_vote(s, bytes, &base);
		struct rmn_fat_volume v = {0};

		if (votes < VOTES_MIN || votes <= best ||
		    !rmn_chain_grid_init(&v.grid, base, bytes, disk, 0))
			continue;
		v.start_byte = base > 0 ? (uint64_t)base : 0;
		best = votes;
		*volume = v;
	}
	volume->votes = best;
	return best > 0;
}

/* What a boot sector says although no sub-folder does: its root may still be there. */
static bool
boot_is_news(const struct search *s, size_t boot, const struct rmn_fat_volume *volumes, size_t count)
{
	const struct rmn_fat_volume *b = &s->boots[boot];

	if (b->living || rmn_recovery_in_use(s->r, b->start_byte))
		return false;
	for (size_t i = 0; i < count; i++)
		if (volumes[i].grid.base_byte == b->grid.base_byte &&
		    volumes[i].grid.cluster_bytes == b->grid.cluster_bytes)
			return false;
	return true;
}

enum rmn_status
rmn_fat_volumes_find(struct rmn_recovery *r, struct rmn_fat_dots *dots, size_t dot_count,
    struct rmn_fat_volume volumes[RMN_FAT_VOLUMES_MAX], size_t *count)
{
	struct search s = {.r = r, .dots = dots, .dot_count = dot_count};
	enum rmn_status status = boots_load(&s);

	*count = 0;
	s.ballots = calloc(dot_count + 1, sizeof(*s.ballots));
	if (!s.ballots)
		status = rmn_fail(r->error, RMN_NOMEM, "out of memory for lost folders");
	while (status == RMN_OK && *count < RMN_FAT_VOLUMES_MAX &&
	    volume_next(&s, &volumes[*count]))
		dots_agree(&s, &volumes[(*count)++].grid, true);
	for (size_t i = 0; status == RMN_OK && i < s.boot_count; i++)
		if (*count < RMN_FAT_VOLUMES_MAX && boot_is_news(&s, i, volumes, *count))
			volumes[(*count)++] = s.boots[i];
	free(s.boots);
	free(s.ballots);
	return status;
}
