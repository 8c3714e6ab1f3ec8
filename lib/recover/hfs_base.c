/* SPDX-License-Identifier: MIT
 *
 * Where volumes usually begin: what a partition table says, living ones, the places where formatters
 * put the first partition, the inside of an HFS wrapper. */
#include "base/checked.h"
#include "recover/hfs.h"
#include "recover/sight.h"

#define HEADERS_MAX 16u
#define ENTRIES_MAX 128u
#define ENTRY_BYTES 128u

/* First sectors: Macs behind a GPT, old and new; Windows XP; Windows since Vista; a Mac's disk behind
 * its EFI partition; whole disks. */
static const uint32_t usual[] = {0, 34, 40, 63, 64, 2048, 34816, 206848, 262178, 264192, 409640, 411648};

static void
start_add(uint64_t starts[HFS_STARTS_MAX], size_t *count, uint64_t start)
{
	for (size_t i = 0; i < *count; i++)
		if (starts[i] == start)
			return;
	if (*count < HFS_STARTS_MAX)
		starts[(*count)++] = start;
}

/* The entries of a GPT, the backup's too: both say in which sector they begin. */
static void
table_read(const struct hfs *h, uint64_t place, uint64_t starts[HFS_STARTS_MAX], size_t *count)
{
	unsigned char p[RMN_SECTOR_BYTES];
	uint64_t sector, first;

	if (!rmn_disk_read(h->r->disk, place, p, sizeof(p)) || rmn_le32(p + 84) != ENTRY_BYTES)
		return;
	sector = rmn_le64(p + 72);
	for (uint32_t i = 0; i < ENTRIES_MAX && i < rmn_le32(p + 80); i++) {
		unsigned char entry[ENTRY_BYTES];
		uint64_t at;

		if (!rmn_mul_u64(sector, RMN_SECTOR_BYTES, &at) ||
		    !rmn_add_u64(at, (uint64_t)i * ENTRY_BYTES, &at) ||
		    !rmn_disk_read(h->r->disk, at, entry, sizeof(entry)))
			return;
		first = rmn_le64(entry + 32);
		if (first > 0 && rmn_mul_u64(first, RMN_SECTOR_BYTES, &first))
			start_add(starts, count, first);
	}
}

/* "BD": the volume inside is so many of the wrapper's blocks behind the wrapper's first. */
static void
wrapper_read(const struct hfs *h, uint64_t place, uint64_t starts[HFS_STARTS_MAX], size_t *count)
{
	unsigned char p[RMN_SECTOR_BYTES];

	if (place >= 1024 && rmn_disk_read(h->r->disk, place, p, sizeof(p)) && p[0] == 'B' &&
	    p[1] == 'D')
		start_add(starts, count, place - 1024 +
		    (uint64_t)rmn_be16(p + 28) * RMN_SECTOR_BYTES +
		    (uint64_t)rmn_be16(p + 126) * rmn_be32(p + 20));
}

size_t
rmn_hfs_starts_find(const struct hfs *h, uint64_t starts[HFS_STARTS_MAX])
{
	const struct rmn_sightings *s = h->r->sightings;
	size_t count = 0;

	for (size_t i = 0; i < h->r->living_count; i++)
		start_add(starts, &count, h->r->living[i].volume.start_byte);
	for (size_t i = 0; i < rmn_sightings_count(s, RMN_SIGHT_HFS_VOLUME) && i < HEADERS_MAX; i++)
		wrapper_read(h, rmn_sighting_offset(s, RMN_SIGHT_HFS_VOLUME, i), starts, &count);
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		start_add(starts, &count, (uint64_t)usual[i] * RMN_SECTOR_BYTES);
	for (size_t i = 0; i < rmn_sightings_count(s, RMN_SIGHT_GPT_HEADER) && i < HEADERS_MAX; i++)
		table_read(h, rmn_sighting_offset(s, RMN_SIGHT_GPT_HEADER, i), starts, &count);
	return count;
}
