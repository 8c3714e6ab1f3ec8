/* SPDX-License-Identifier: MIT
 *
 * For tests of the ext and APFS engines: a disk in memory, its sightings, what an engine finds. */
#ifndef TESTS_UNIT_RECOVER_BENCH_H
#define TESTS_UNIT_RECOVER_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recover/found.h"

struct bench {
	unsigned char *data;	/* owned */
	size_t size;
	struct rmn_blob blob;
	struct rmn_sightings sightings;
	struct rmn_sectors in_use;
	struct rmn_living living[2];
	size_t living_count;
	struct rmn_store_found found;
	unsigned unexamined;
	char reason[160];	/* the last one */
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

static inline void
put64(unsigned char *p, uint64_t value)
{
	put32(p, (uint32_t)value);
	put32(p + 4, (uint32_t)(value >> 32));
}

static inline void
bench_begin(struct bench *b, size_t size)
{
	*b = (struct bench){.data = calloc(size, 1), .size = size};
	assert_non_null(b->data);
	assert_true(rmn_sectors_init(&b->in_use, size));
}

static inline void
bench_end(struct bench *b)
{
	free(b->data);
	rmn_sightings_release(&b->sightings);
	rmn_sectors_release(&b->in_use);
	rmn_store_found_release(&b->found);
}

static inline void
bench_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct bench *b = context;

	assert_non_null(stage);
	assert_true(volume == UINT32_MAX || volume < b->found.volume_count);
	b->unexamined++;
	snprintf(b->reason, sizeof(b->reason), "%s", reason);
}

/* Looks at the first size bytes of the disk and runs the engine on them. */
static inline void
bench_run_size(struct bench *b, enum rmn_status (*engine)(struct rmn_recovery *r), size_t size)
{
	struct rmn_recovery r = {.sightings = &b->sightings, .in_use = &b->in_use,
	    .living = b->living, .living_count = b->living_count, .found = &b->found,
	    .unexamined = bench_unexamined, .context = b, .error = &b->error};

	rmn_sightings_release(&b->sightings);
	rmn_store_found_release(&b->found);
	b->unexamined = 0;
	assert_true(rmn_store_found_init(&b->found));
	b->blob = rmn_blob_from_bytes((struct rmn_bytes){b->data, size});
	r.disk = rmn_disk_from_blob(&b->blob);
	assert_non_null(r.disk);
	for (size_t at = 0; at + 512 <= size; at += 512)
		rmn_sightings_look(&b->sightings, at, b->data + at,
		    size - at < 32768 ? size - at : 32768);
	assert_int_equal(engine(&r), RMN_OK);
	rmn_disk_free(r.disk);
}

static inline void
bench_run(struct bench *b, enum rmn_status (*engine)(struct rmn_recovery *r))
{
	bench_run_size(b, engine, b->size);
}

/* The first file of that path, or NULL. */
static inline const struct rmn_found *
bench_find(const struct bench *b, const char *path)
{
	for (size_t i = 0; i < b->found.count; i++)
		if (rmn_bytes_equal(b->found.files[i].path, rmn_bytes_from_string(path)))
			return &b->found.files[i];
	return NULL;
}

static inline const struct rmn_found *
bench_get(const struct bench *b, const char *path)
{
	const struct rmn_found *file = bench_find(b, path);

	if (!file)
		fail_msg("%s was not found", path);
	return file;
}

/* What must hold whatever the disk: every item is complete, every extent on the disk or a hole. */
static inline void
bench_check(const struct bench *b, size_t size)
{
	for (size_t i = 0; i < b->found.count; i++) {
		const struct rmn_found *file = &b->found.files[i];
		uint64_t covered = 0;

		assert_true(file->volume < b->found.volume_count);
		assert_true(file->path.size > 0);
		for (size_t k = 0; k < file->extent_count; k++) {
			covered += file->extents[k].length_bytes;
			if (file->extents[k].image_offset != RMN_EXTENT_SPARSE)
				assert_true(file->extents[k].image_offset < size);
		}
		if (file->how == RMN_CONTENT_EXTENTS)
			assert_true(covered <= file->size_bytes);
	}
}

/* Damage of each kind: cut ends, flipped bytes, sectors of noise.  restore gets the disk as it
 * was. */
static inline void
bench_torture(struct bench *b, enum rmn_status (*engine)(struct rmn_recovery *r))
{
	unsigned char *whole = malloc(b->size);
	uint32_t seed = 7;

	assert_non_null(whole);
	memcpy(whole, b->data, b->size);
	for (unsigned i = 0; i < 24; i++) {
		bench_run_size(b, engine, b->size / 24 * i + i * 37);
		bench_check(b, b->size / 24 * i + i * 37);
	}
	for (unsigned round = 0; round < 60; round++) {
		memcpy(b->data, whole, b->size);
		for (unsigned i = 0; i < 400; i++) {
			size_t at = (seed = seed * 1664525 + 1013904223) % (b->size / 512) * 512;

			if (whole[at] == 0 && memcmp(whole + at, whole + at + 1, 511) == 0)
				continue;	/* nothing to damage */
			for (unsigned k = 0; k < (round % 3 == 2 ? 512u : round % 3 + 1); k++) {
				seed = seed * 1664525 + 1013904223;
				b->data[at + seed / 65536 % 512] = (unsigned char)(seed >> 8);
			}
			if (i % 8 == round % 8)
				break;
		}
		bench_run(b, engine);
		bench_check(b, b->size);
	}
	memcpy(b->data, whole, b->size);
	free(whole);
}

#endif
