/* SPDX-License-Identifier: MIT
 *
 * Makes remains of NTFS in memory, and runs the engine over them. */
#ifndef TESTS_UNIT_RECOVER_NTFS_H
#define TESTS_UNIT_RECOVER_NTFS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recover/found.h"
#include "recover/ntfs.h"
#include "recover/ntfs_record.h"

#define DISK_BYTES ((size_t)4 << 20)
#define CLUSTER 4096u
#define MADE 130000000000000000ull	/* December 2012 */
#define REFERENCE(number, sequence) ((uint64_t)(number) | (uint64_t)(sequence) << 48)
#define IN_USE 1u
#define FOLDER 2u

static inline void
put(unsigned char *p, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (unsigned char)(value >> (8 * i));
}

/* A record under construction. */
struct draft {
	unsigned char data[1024];
	size_t used;
};

static inline struct draft
draft_begin(unsigned number, unsigned sequence, unsigned flags, uint64_t base)
{
	struct draft d = {.used = 0x38};

	memcpy(d.data, "FILE\x30\0\x03\0", 8);
	put(d.data + 8, 1000 + number, 8);
	put(d.data + 16, sequence, 2);
	put(d.data + 18, 1, 2);
	put(d.data + 20, 0x38, 2);
	put(d.data + 22, flags, 2);
	put(d.data + 28, 1024, 4);
	put(d.data + 32, base, 8);
	put(d.data + 44, number, 4);
	put(d.data + 0x30, 0x0107, 2);
	return d;
}

static inline unsigned char *
draft_attribute(struct draft *d, unsigned type, const char *name, size_t head, const void *value,
    size_t size)
{
	size_t name_units = strlen(name), at = head + 2 * name_units;
	size_t whole = (at + size + 7) & ~(size_t)7;
	unsigned char *a = d->data + d->used;

	assert_true(d->used + whole + 8 <= sizeof(d->data));
	put(a, type, 4);
	put(a + 4, whole, 4);
	a[8] = head > 24;
	a[9] = (unsigned char)name_units;
	put(a + 10, head, 2);
	for (size_t i = 0; i < name_units; i++)
		a[head + 2 * i] = (unsigned char)name[i];
	memcpy(a + at, value, size);
	if (head == 24) {
		put(a + 16, size, 4);
		put(a + 20, at, 2);
	} else {
		put(a + 32, at, 2);
	}
	d->used += whole;
	return a;
}

static inline void
draft_times(struct draft *d, uint64_t ticks)
{
	unsigned char value[48] = {0};

	for (int i = 0; i < 4; i++)
		put(value + 8 * i, ticks + (uint64_t)i * 10000000, 8);
	draft_attribute(d, 0x10, "", 24, value, sizeof(value));
}

/* A FILE_NAME; returns its size. */
static inline size_t
name_make(unsigned char *value, uint64_t parent, const char *name, unsigned space, bool is_folder,
    uint64_t size_bytes)
{
	size_t units = strlen(name);

	memset(value, 0, 66);
	put(value, parent, 8);
	for (int i = 0; i < 4; i++)
		put(value + 8 + 8 * i, MADE, 8);
	put(value + 48, size_bytes, 8);
	put(value + 56, is_folder ? 0x10000000 : 0x20, 4);
	value[64] = (unsigned char)units;
	value[65] = (unsigned char)space;
	for (size_t i = 0; i < units; i++)
		put(value + 66 + 2 * i, (unsigned char)name[i], 2);
	return 66 + 2 * units;
}

static inline void
draft_name(struct draft *d, uint64_t parent, const char *name, unsigned space)
{
	unsigned char value[600];
	size_t size = name_make(value, parent, name, space, d->data[22] & FOLDER, 0);

	draft_attribute(d, 0x30, "", 24, value, size);
}

/* A stream's runs: first and last cluster of the stream, sizes in bytes. */
static inline unsigned char *
draft_runs(struct draft *d, unsigned type, const char *name, const char *runs, size_t runs_size,
    uint64_t first, uint64_t last, uint64_t size_bytes)
{
	unsigned char *a = draft_attribute(d, type, name, 64, runs, runs_size);

	put(a + 16, first, 8);
	put(a + 24, last, 8);
	put(a + 40, (last + 1) * CLUSTER, 8);
	put(a + 48, size_bytes, 8);
	put(a + 56, size_bytes, 8);
	return a;
}

/* Writes the record to the disk, as a disk has it. */
static inline void
draft_end(struct draft *d, unsigned char *disk, size_t place)
{
	put(d->data + d->used, 0xffffffff, 4);
	put(d->data + 24, d->used + 8, 4);
	for (int i = 1; i <= 2; i++) {
		memcpy(d->data + 0x30 + 2 * i, d->data + 512 * i - 2, 2);
		memcpy(d->data + 512 * i - 2, d->data + 0x30, 2);
	}
	memcpy(disk + place, d->data, sizeof(d->data));
}

/* An index block of `folder` under construction. */
struct block {
	unsigned char data[4096];
	size_t used;
};

static inline struct block
block_begin(void)
{
	struct block b = {.used = 0x40};

	memcpy(b.data, "INDX\x28\0\x09\0", 8);
	put(b.data + 24, 0x28, 4);
	put(b.data + 32, 4096 - 24, 4);
	put(b.data + 0x28, 0x0203, 2);
	return b;
}

static inline void
block_entry(struct block *b, uint64_t reference, uint64_t parent, const char *name, bool is_folder,
    uint64_t size_bytes)
{
	unsigned char *e = b->data + b->used;
	size_t key = name_make(e + 16, parent, name, 1, is_folder, size_bytes);
	size_t size = (16 + key + 7) & ~(size_t)7;

	put(e, reference, 8);
	put(e + 8, size, 2);
	put(e + 10, key, 2);
	b->used += size;
}

/* left_over: bytes of entries at the end that are no longer in use. */
static inline void
block_end(struct block *b, unsigned char *disk, size_t place, size_t left_over)
{
	unsigned char *last = b->data + b->used - left_over;

	if (left_over == 0) {
		put(last + 8, 16, 2);
		last[12] = 2;
		b->used += 16;
	}
	put(b->data + 28, b->used - left_over - 24, 4);
	for (int i = 1; i <= 8; i++) {
		memcpy(b->data + 0x28 + 2 * i, b->data + 512 * i - 2, 2);
		memcpy(b->data + 512 * i - 2, b->data + 0x28, 2);
	}
	memcpy(disk + place, b->data, sizeof(b->data));
}

/* A disk, and what the engine found on it. */
struct trial {
	unsigned char *disk;		/* DISK_BYTES */
	struct rmn_blob blob;
	struct rmn_sightings sightings;
	struct rmn_sectors in_use;
	struct rmn_store_found found;
	struct rmn_recovery r;
	struct rmn_error error;
	size_t unexamined;
};

static inline void
trial_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	(void)volume;
	assert_non_null(stage);
	assert_non_null(reason);
	((struct trial *)context)->unexamined++;
}

static inline struct trial *
trial_begin(void)
{
	struct trial *trial = calloc(1, sizeof(*trial));

	assert_non_null(trial);
	trial->disk = calloc(1, DISK_BYTES);
	assert_non_null(trial->disk);
	assert_true(rmn_sectors_init(&trial->in_use, DISK_BYTES));
	return trial;
}

/* Runs the engine; may be called again after the disk was changed. */
static inline enum rmn_status
trial_run(struct trial *trial)
{
	enum rmn_status status;

	if (trial->r.disk) {
		rmn_disk_free(trial->r.disk);
		rmn_sightings_release(&trial->sightings);
		rmn_store_found_release(&trial->found);
	}
	trial->blob = rmn_blob_from_bytes((struct rmn_bytes){trial->disk, DISK_BYTES});
	trial->r = (struct rmn_recovery){.disk = rmn_disk_from_blob(&trial->blob),
	    .sightings = &trial->sightings, .in_use = &trial->in_use, .found = &trial->found,
	    .unexamined = trial_unexamined, .context = trial, .error = &trial->error};
	assert_non_null(trial->r.disk);
	assert_true(rmn_store_found_init(&trial->found));
	for (size_t at = 0; at < DISK_BYTES; at += 512)
		rmn_sightings_look(&trial->sightings, at, trial->disk + at,
		    DISK_BYTES - at < 32768 ? DISK_BYTES - at : 32768);
	status = rmn_recover_ntfs(&trial->r);
	for (size_t i = 0; i < trial->found.count; i++) {
		const struct rmn_found *f = &trial->found.files[i];

		assert_true(f->volume < trial->found.volume_count);
		for (size_t n = 0; n < f->extent_count; n++)
			assert_true(f->extents[n].image_offset == RMN_EXTENT_SPARSE ||
			    (f->extents[n].image_offset < DISK_BYTES &&
			    f->extents[n].length_bytes <=
			    DISK_BYTES - f->extents[n].image_offset));
	}
	return status;
}

static inline void
trial_end(struct trial *trial)
{
	rmn_disk_free(trial->r.disk);
	rmn_sightings_release(&trial->sightings);
	rmn_store_found_release(&trial->found);
	rmn_sectors_release(&trial->in_use);
	free(trial->disk);
	free(trial);
}

/* The found file of this path and stream; NULL. */
static inline const struct rmn_found *
trial_find(const struct trial *trial, const char *path, const char *stream)
{
	for (size_t i = 0; i < trial->found.count; i++) {
		const struct rmn_found *f = &trial->found.files[i];

		if (rmn_bytes_equal(f->path, rmn_bytes_from_string(path)) &&
		    rmn_bytes_equal(f->stream, rmn_bytes_from_string(stream)))
			return f;
	}
	return NULL;
}

/* The same; it must be there. */
static inline const struct rmn_found *
trial_get(const struct trial *trial, const char *path, const char *stream)
{
	const struct rmn_found *f = trial_find(trial, path, stream);

	for (size_t i = 0; !f && i < trial->found.count; i++)
		printf("found %.*s\n", (int)trial->found.files[i].path.size,
		    trial->found.files[i].path.data);
	if (!f)
		fail_msg("no %s:%s", path, stream);
	return f;
}

/* A file's bytes by its extents; returns how many. */
static inline size_t
trial_read(const struct trial *trial, const struct rmn_found *f, unsigned char *bytes, size_t room)
{
	size_t size = 0;

	for (size_t i = 0; i < f->extent_count; i++) {
		size_t length = (size_t)f->extents[i].length_bytes;

		assert_true(length <= room - size);
		if (f->extents[i].image_offset == RMN_EXTENT_SPARSE)
			memset(bytes + size, 0, length);
		else
			memcpy(bytes + size, trial->disk + f->extents[i].image_offset, length);
		size += length;
	}
	return size;
}

#endif
