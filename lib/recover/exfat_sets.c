/* SPDX-License-Identifier: MIT
 *
 * Microsoft's exFAT file system specification, sections 6.3, 7.4, 7.6 and 7.7. */
#include "recover/exfat_sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/fat_catalogue.h"
#include "recover/sight.h"

#define SETS_BYTES ((size_t)1 << 30)
#define IN_USE 0x80
#define FILE_ENTRY 0x05
#define STREAM_ENTRY 0x40
#define NAME_ENTRY 0x41
#define NAME_UNITS 15
#define NO_FAT_CHAIN 2
#define FOLDER 0x10

bool
rmn_exfat_sets_init(struct rmn_exfat_sets *sets)
{
	*sets = (struct rmn_exfat_sets){.arena = rmn_arena_new(SETS_BYTES)};
	return sets->arena != NULL;
}

void
rmn_exfat_sets_release(struct rmn_exfat_sets *sets)
{
	free(sets->sets);
	rmn_arena_free(sets->arena);
	*sets = (struct rmn_exfat_sets){0};
}

size_t
rmn_exfat_set_bytes(const unsigned char *p, size_t size)
{
	if (size < RMN_EXFAT_ENTRY_BYTES || (p[0] & 0x7f) != FILE_ENTRY || p[1] < 2 ||
	    p[1] >= RMN_EXFAT_SET_ENTRIES_MAX)
		return 0;
	return ((size_t)p[1] + 1) * RMN_EXFAT_ENTRY_BYTES;
}

/* The sum over a set as it was in use: without its own two bytes. */
static unsigned
set_checksum(const unsigned char *p, size_t size)
{
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned byte = i % RMN_EXFAT_ENTRY_BYTES == 0 ? p[i] | IN_USE : p[i];

		if (i != 2 && i != 3)
			sum = ((sum & 1 ? 0x8000u : 0) + (sum >> 1) + byte) & 0xffff;
	}
	return sum;
}

static bool
set_is_whole(const unsigned char *p, size_t size)
{
	const unsigned char *stream = p + RMN_EXFAT_ENTRY_BYTES;

	if (size < 3 * RMN_EXFAT_ENTRY_BYTES || size > RMN_EXFAT_SET_BYTES_MAX ||
	    rmn_exfat_set_bytes(p, size) != size || (stream[0] & 0x7f) != STREAM_ENTRY)
		return false;
	for (size_t at = 0; at < size; at += RMN_EXFAT_ENTRY_BYTES)
		if ((p[at] ^ p[0]) & IN_USE)
			return false;
	return set_checksum(p, size) == rmn_le16(p + 2);
}

/* A time with its hundredths and the offset of its zone in quarters of an hour. */
static int64_t
time_read(const unsigned char *p, unsigned hundredths, unsigned zone)
{
	int64_t time = rmn_fat_time(rmn_le16(p + 2), rmn_le16(p), hundredths);
	int quarters = (int)(zone & 0x7f) - (zone & 0x40 ? 128 : 0);

	if (time != RMN_TIME_UNKNOWN && zone & 0x80)
		time -= (int64_t)quarters * 900 * 1000000000;
	return time;
}

static bool
name_read(struct rmn_exfat_sets *sets, const unsigned char *p, size_t size,
    struct rmn_bytes *name)
{
	size_t count = p[RMN_EXFAT_ENTRY_BYTES + 3], used = 0;
	unsigned char units[2 * 256];
	struct rmn_buf text;

	for (size_t at = 2 * RMN_EXFAT_ENTRY_BYTES; at < size; at += RMN_EXFAT_ENTRY_BYTES)
		for (size_t i = 0; i < NAME_UNITS && (p[at] & 0x7f) == NAME_ENTRY && used < count;
		    i++, used++)
			memcpy(units + 2 * used, p + at + 2 + 2 * i, 2);
	rmn_buf_init(&text, 0);
	rmn_found_name_utf16(&text, (struct rmn_bytes){units, 2 * used}, false, false);
	*name = rmn_arena_copy(sets->arena, rmn_buf_bytes(&text));
	sets->failed |= text.failed || !name->data;
	rmn_buf_release(&text);
	return used > 0 && used == count && !sets->failed;
}

static struct rmn_exfat_set *
set_append(struct rmn_exfat_sets *sets)
{
	if (sets->count == sets->capacity) {
		size_t capacity = sets->capacity ? sets->capacity * 2 : 256;
		struct rmn_exfat_set *more = reallocarray(sets->sets, capacity, sizeof(*more));

		if (!more) {
			sets->failed = true;
			return NULL;
		}
		sets->sets = more;
		sets->capacity = capacity;
	}
	return &sets->sets[sets->count++];
}

bool
rmn_exfat_sets_add(struct rmn_exfat_sets *sets, uint64_t image_offset, const unsigned char *p,
    size_t size)
{
	const unsigned char *stream = p + RMN_EXFAT_ENTRY_BYTES;
	struct rmn_exfat_set *set, made = {.image_offset = image_offset};

	if (!set_is_whole(p, size) || !name_read(sets, p, size, &made.name))
		return false;
	made.attributes = (uint16_t)rmn_le16(p + 4);
	made.is_folder = made.attributes & FOLDER;
	made.is_deleted = !(p[0] & IN_USE);
	made.created = time_read(p + 8, p[20], p[22]);
	made.modified = time_read(p + 12, p[21], p[23]);
	made.accessed = time_read(p + 16, 0, p[24]);
	made.is_contiguous = stream[1] & NO_FAT_CHAIN;
	made.valid_bytes = rmn_le64(stream + 8);
	made.first = rmn_le32(stream + 20);
	made.size_bytes = rmn_le64(stream + 24);
	set = set_append(sets);
	if (set)
		*set = made;
	return set != NULL;
}

/* The sets that begin in one sector. */
static void
sector_load(struct rmn_recovery *r, struct rmn_exfat_sets *sets, uint64_t image_offset)
{
	unsigned char p[RMN_SECTOR_BYTES + RMN_EXFAT_SET_BYTES_MAX];

	rmn_disk_read(r->disk, image_offset, p, sizeof(p));
	for (size_t at = 0; at < RMN_SECTOR_BYTES; at += RMN_EXFAT_ENTRY_BYTES) {
		size_t size = rmn_exfat_set_bytes(p + at, RMN_EXFAT_ENTRY_BYTES);

		if (size > 0)
			rmn_exfat_sets_add(sets, image_offset + at, p + at, size);
	}
}

enum rmn_status
rmn_exfat_sets_load(struct rmn_recovery *r, struct rmn_exfat_sets *sets)
{
	size_t count = rmn_sightings_count(r->sightings, RMN_SIGHT_EXFAT_ENTRIES);

	for (size_t i = 0; i < count && !sets->failed; i++) {
		uint64_t at = rmn_sighting_offset(r->sightings, RMN_SIGHT_EXFAT_ENTRIES, i);

		size_t before = sets->count;

		sector_load(r, sets, at);
		for (; before < sets->count; before++)
			sets->sets[before].is_living = sets->sets[before].is_taken =
			    rmn_recovery_in_use(r, at);
	}
	return sets->failed ? rmn_fail(r->error, RMN_NOMEM, "out of memory for exFAT folders") :
	    RMN_OK;
}

size_t
rmn_exfat_sets_from(const struct rmn_exfat_sets *sets, uint64_t image_offset)
{
	size_t low = 0, high = sets->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sets->sets[middle].image_offset < image_offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
