/* SPDX-License-Identifier: MIT
 *
 * Small FAT and exFAT disks in memory, and what an engine makes of them. */
#ifndef TESTS_UNIT_RECOVER_FATDISK_H
#define TESTS_UNIT_RECOVER_FATDISK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recover/fat_catalogue.h"
#include "recover/found.h"
#include "recover/sightings.h"

#define CLUSTER 1024u
#define BASE 8192u		/* of cluster 0 */
#define DISK_BYTES (512u << 10)

struct lost {
	unsigned char *disk;
	size_t size;
	struct rmn_sightings sightings;
	struct rmn_sectors in_use;
	struct rmn_store_found found;
	struct rmn_error error;
};

static inline void
put16(unsigned char *p, unsigned value)
{
	p[0] = (unsigned char)value;
	p[1] = (unsigned char)(value >> 8);
}

static inline void
put32(unsigned char *p, uint32_t value)
{
	put16(p, value & 0xffff);
	put16(p + 2, value >> 16);
}

static inline unsigned char *
cluster_at(unsigned char *disk, unsigned cluster)
{
	return disk + BASE + (size_t)cluster * CLUSTER;
}

static inline void
lost_run(struct lost *lost, unsigned char *disk, size_t size,
    enum rmn_status (*engine)(struct rmn_recovery *r))
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){disk, size});
	struct rmn_disk *reader = rmn_disk_from_blob(&blob);
	struct rmn_recovery r = {.disk = reader, .sightings = &lost->sightings,
	    .in_use = &lost->in_use, .found = &lost->found, .error = &lost->error};

	*lost = (struct lost){.disk = disk, .size = size};
	assert_non_null(reader);
	assert_true(rmn_store_found_init(&lost->found));
	assert_true(rmn_sectors_init(&lost->in_use, size));
	for (size_t at = 0; at + 512 <= size; at += 512)
		rmn_sightings_look(&lost->sightings, at, disk + at, size - at);
	assert_int_equal(engine(&r), RMN_OK);
	rmn_disk_free(reader);
}

static inline void
lost_release(struct lost *lost)
{
	rmn_sightings_release(&lost->sightings);
	rmn_sectors_release(&lost->in_use);
	rmn_store_found_release(&lost->found);
}

static inline const struct rmn_found *
lost_find(const struct lost *lost, const char *path)
{
	for (size_t i = 0; i < lost->found.count; i++)
		if (rmn_bytes_equal(lost->found.files[i].path, rmn_bytes_from_string(path)))
			return &lost->found.files[i];
	return NULL;
}

/* All extents are on the disk and cover no more than the size. */
static inline void
lost_check(const struct lost *lost)
{
	for (size_t i = 0; i < lost->found.count; i++) {
		const struct rmn_found *file = &lost->found.files[i];
		uint64_t sum = 0;

		for (size_t k = 0; k < file->extent_count; k++) {
			assert_true(file->extents[k].image_offset < lost->size);
			assert_true(file->extents[k].length_bytes <=
			    lost->size - file->extents[k].image_offset);
			sum += file->extents[k].length_bytes;
		}
		assert_true(sum <= file->size_bytes);
		assert_true(file->volume < lost->found.volume_count);
		assert_true(file->path.size > 0);
	}
}

/* Runs the engine on damaged copies: cut at every border, bytes flipped, sectors replaced. */
static inline void
lost_torture(const unsigned char *disk, size_t size,
    enum rmn_status (*engine)(struct rmn_recovery *r))
{
	unsigned char *copy = malloc(size);
	uint32_t seed = 12345;
	struct lost lost;

	assert_non_null(copy);
	for (size_t cut = 512; cut < size; cut += 7 * 512) {
		memcpy(copy, disk, cut);
		lost_run(&lost, copy, cut, engine);
		lost_check(&lost);
		lost_release(&lost);
	}
	for (int round = 0; round < 200; round++) {
		memcpy(copy, disk, size);
		for (int i = 0; i < 40; i++) {
			size_t at;

			seed = seed * 1664525u + 1013904223u;
			at = (seed >> 4) % (64u << 10);
			seed = seed * 1664525u + 1013904223u;
			if (round % 2)
				copy[at] ^= (unsigned char)(seed >> 24);
			else
				for (size_t k = at / 512 * 512; k < at / 512 * 512 + 512; k++) {
					seed = seed * 1664525u + 1013904223u;
					copy[k] = i % 4 ? disk[k] : (unsigned char)(seed >> 24);
				}
		}
		lost_run(&lost, copy, size, engine);
		lost_check(&lost);
		lost_release(&lost);
	}
	free(copy);
}

#endif
