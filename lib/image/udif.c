/* SPDX-License-Identifier: MIT
 *
 * Runs are decoded whole and kept, because file systems ask for a few sectors at a time.  A damaged
 * run is kept too, with what could be decoded, so that it is not tried again for each sector. */
#include "image/udif.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "image/container.h"
#include "image/udif_table.h"
#include "unpack/block.h"

#define KEPT_RUNS 16u

struct kept {
	size_t run;			/* index; SIZE_MAX: none */
	unsigned char *plain;		/* owned */
	size_t capacity, good_bytes;
	uint64_t used;			/* when, in reads */
};

struct rmn_udif {
	struct rmn_blob *content;
	struct udif_table table;
	struct kept kept[KEPT_RUNS];
	uint64_t reads;
};

bool
rmn_udif_claims(struct rmn_bytes tail)
{
	return tail.size >= 512 && memcmp(tail.data + tail.size - 512, "koly\0\0\0\4\0\0\2\0", 12) == 0;
}

bool
rmn_udif_is_encrypted(struct rmn_bytes head, struct rmn_bytes tail)
{
	return rmn_bytes_start_with(head, "encrcdsa") || (tail.size >= 8 &&
	    memcmp(tail.data + tail.size - 8, "cdsaencr", 8) == 0);
}

enum rmn_status
rmn_udif_open(struct rmn_blob *content, struct rmn_udif **opened, struct rmn_error *error)
{
	struct rmn_udif *u = calloc(1, sizeof(*u));
	enum rmn_status status;

	if (!u)
		return rmn_fail(error, RMN_NOMEM, "out of memory for a disk image");
	u->content = content;
	for (size_t i = 0; i < KEPT_RUNS; i++)
		u->kept[i].run = SIZE_MAX;
	status = udif_table_read(content, &u->table, error);
	if (status != RMN_OK) {
		rmn_udif_close(u);
		return status;
	}
	*opened = u;
	return RMN_OK;
}

void
rmn_udif_close(struct rmn_udif *u)
{
	if (!u)
		return;
	for (size_t i = 0; i < KEPT_RUNS; i++)
		free(u->kept[i].plain);
	udif_table_release(&u->table);
	free(u);
}

uint64_t
rmn_udif_size(const struct rmn_udif *udif)
{
	return udif->table.size_bytes;
}

/* The last run that starts at or before offset; SIZE_MAX when there is none. */
static size_t
run_find(const struct udif_table *table, uint64_t offset)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (table->runs[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? SIZE_MAX : low - 1;
}

static size_t
run_decode(struct rmn_udif *u, const struct udif_run *run, unsigned char *plain)
{
	static const enum rmn_block_coding codings[] = {RMN_BLOCK_ADC, RMN_BLOCK_ZLIB,
	    RMN_BLOCK_BZIP2, RMN_BLOCK_LZFSE, RMN_BLOCK_XZ};
	unsigned char *packed;
	size_t got = 0, made = 0;

	packed = malloc((size_t)run->packed_bytes + 1);
	if (packed && rmn_blob_read(u->content, run->packed_at, packed,
	    (size_t)run->packed_bytes, &got, NULL) == RMN_OK)
		made = rmn_block_decode(codings[run->type - UDIF_ADC],
		    (struct rmn_bytes){packed, got}, plain, (size_t)run->size_bytes);
	free(packed);
	return made;
}

/* The decoded run; NULL when out of memory. */
static const struct kept *
run_get(struct rmn_udif *u, size_t index)
{
	const struct udif_run *run = &u->table.runs[index];
	struct kept *k = &u->kept[0];

	for (size_t i = 0; i < KEPT_RUNS; i++) {
		if (u->kept[i].run == index) {
			u->kept[i].used = u->reads;
			return &u->kept[i];
		}
		if (u->kept[i].used < k->used)
			k = &u->kept[i];
	}
	k->run = SIZE_MAX;
	if (k->capacity < run->size_bytes) {
		free(k->plain);
		k->plain = malloc((size_t)run->size_bytes);
		k->capacity = k->plain ? (size_t)run->size_bytes : 0;
		if (!k->plain)
			return NULL;
	}
	k->good_bytes = run_decode(u, run, k->plain);
	k->run = index;
	k->used = u->reads;
	return k;
}

/* Up to size bytes at from within a run; fewer than asked for are all there is. */
static enum rmn_status
run_read(struct rmn_udif *u, size_t index, uint64_t from, unsigned char *buffer, size_t size,
    size_t *got, struct rmn_error *error)
{
	const struct udif_run *run = &u->table.runs[index];
	const struct kept *k;

	*got = 0;
	if (run->type == UDIF_ZERO || run->type == UDIF_IGNORE) {
		memset(buffer, 0, size);
		*got = size;
		return RMN_OK;
	}
	if (run->type == UDIF_RAW) {
		size_t there = from < run->packed_bytes ?
		    (size_t)rmn_min_u64(size, run->packed_bytes - from) : 0;

		return rmn_blob_read(u->content, run->packed_at + from, buffer, there, got, error);
	}
	if (run->type < UDIF_ADC || run->type > UDIF_LZMA)
		return RMN_OK;		/* unknown, and of any size: nothing of it is there */
	k = run_get(u, index);
	if (!k)
		return rmn_fail(error, RMN_NOMEM, "out of memory for a part of a disk image");
	if (from < k->good_bytes) {
		*got = (size_t)rmn_min_u64(size, k->good_bytes - from);
		memcpy(buffer, k->plain + from, *got);
	}
	return RMN_OK;
}

enum rmn_status
rmn_udif_read(struct rmn_udif *u, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	unsigned char *out = buffer;
	size_t index = run_find(&u->table, offset);

	u->reads++;
	for (*got = 0; *got < size;) {
		uint64_t at = offset + *got, next = u->table.size_bytes;
		const struct udif_run *run = index == SIZE_MAX ? NULL : &u->table.runs[index];
		size_t want, part;
		enum rmn_status status;

		if (run && at - run->start < run->size_bytes) {
			want = (size_t)rmn_min_u64(size - *got, run->size_bytes - (at - run->start));
			status = run_read(u, index, at - run->start, out + *got, want, &part, error);
			*got += part;
			if (status != RMN_OK || part < want)
				return rmn_fail(error, RMN_IO, "damaged at byte %llu",
				    (unsigned long long)(offset + *got));
		} else {		/* in no run: zeros */
			size_t after = index == SIZE_MAX ? 0 : index + 1;

			if (after < u->table.count)
				next = u->table.runs[after].start;
			if (at < next) {
				want = (size_t)rmn_min_u64(size - *got, next - at);
				memset(out + *got, 0, want);
				*got += want;
			} else if (after < u->table.count) {
				index = after;
			} else {
				break;
			}
			continue;
		}
		if (index + 1 < u->table.count &&
		    u->table.runs[index + 1].start <= offset + *got)
			index++;
	}
	return RMN_OK;
}

/* The image as a source of its own. */
struct udif_file {
	struct rmn_blob content;
	struct rmn_udif *udif;
};

static bool
udif_claim(const struct rmn_image_ends *ends)
{
	return rmn_udif_claims(ends->tail) || rmn_udif_is_encrypted(ends->head, ends->tail);
}

static void
udif_close(void *state)
{
	struct udif_file *file = state;

	rmn_udif_close(file->udif);
	free(file);
}

static enum rmn_status
udif_open(const struct rmn_image_files *files, void **state, uint64_t *size_bytes,
    uint32_t *sector_bytes, struct rmn_error *error)
{
	struct udif_file *file = calloc(1, sizeof(*file));
	unsigned char ends[2][8];
	struct rmn_bytes head = {ends[0], 0}, tail = {ends[1], 0};
	enum rmn_status status;

	(void)sector_bytes;
	if (!file)
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", files->names[0]);
	file->content = rmn_image_file(files, 0);
	rmn_blob_read(&file->content, 0, ends[0], sizeof(ends[0]), &head.size, NULL);
	if (file->content.size_bytes >= sizeof(ends[1]))
		rmn_blob_read(&file->content, file->content.size_bytes - sizeof(ends[1]), ends[1],
		    sizeof(ends[1]), &tail.size, NULL);
	if (rmn_udif_is_encrypted(head, tail))
		status = rmn_fail(error, RMN_ENCRYPTED, "%s is an encrypted disk image",
		    files->names[0]);
	else
		status = rmn_udif_open(&file->content, &file->udif, error);
	if (status != RMN_OK) {
		udif_close(file);
		return status;
	}
	*size_bytes = rmn_udif_size(file->udif);
	*state = file;
	return RMN_OK;
}

static enum rmn_status
udif_read(void *state, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct udif_file *file = state;

	return rmn_udif_read(file->udif, offset, buffer, size, got, error);
}

const struct rmn_image_container rmn_container_udif = {
	.name = "udif",
	.title = "Apple disk image",
	.extensions = "",	/* a .dmg may be a plain copy */
	.claim = udif_claim,
	.open = udif_open,
	.close = udif_close,
	.read = udif_read,
};
