/* SPDX-License-Identifier: MIT */
#include "base/sectors.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define PIECE_SECTORS 65536u
#define PIECE_WORDS (PIECE_SECTORS / 64)

/* Stands for every piece that is wholly in the set; never written. */
static uint64_t full_piece[1] = {0};

bool
rmn_sectors_init(struct rmn_sectors *set, uint64_t size_bytes)
{
	*set = (struct rmn_sectors){.sector_count = size_bytes / RMN_SECTOR_BYTES +
	    (size_bytes % RMN_SECTOR_BYTES != 0)};
	set->piece_count = (size_t)(set->sector_count / PIECE_SECTORS) + 1;
	set->pieces = calloc(set->piece_count, sizeof(uint64_t *));
	set->failed = !set->pieces;
	return !set->failed;
}

void
rmn_sectors_release(struct rmn_sectors *set)
{
	for (size_t i = 0; set->pieces && i < set->piece_count; i++)
		if (set->pieces[i] != full_piece)
			free(set->pieces[i]);
	free(set->pieces);
	*set = (struct rmn_sectors){0};
}

/* The piece as bits that can be written. */
static uint64_t *
piece_open(struct rmn_sectors *set, size_t number)
{
	uint64_t *piece = set->pieces[number];

	if (piece && piece != full_piece)
		return piece;
	set->pieces[number] = malloc(PIECE_WORDS * sizeof(uint64_t));
	if (!set->pieces[number]) {
		set->pieces[number] = piece;
		set->failed = true;
		return NULL;
	}
	memset(set->pieces[number], piece ? 0xff : 0, PIECE_WORDS * sizeof(uint64_t));
	return set->pieces[number];
}

/* The bits from first up to end (in one word). */
static uint64_t
word_mask(unsigned first, unsigned end)
{
	uint64_t mask = end == 64 ? UINT64_MAX : ((uint64_t)1 << end) - 1;

	return mask & ~(((uint64_t)1 << first) - 1);
}

static void
piece_set(struct rmn_sectors *set, size_t number, unsigned first, unsigned end, bool is_in)
{
	uint64_t *piece;

	if (first == 0 && end == PIECE_SECTORS) {
		if (set->pieces[number] != full_piece)
			free(set->pieces[number]);
		set->pieces[number] = is_in ? full_piece : NULL;
		return;
	}
	if (set->pieces[number] == (is_in ? full_piece : NULL))
		return;
	piece = piece_open(set, number);
	if (!piece)
		return;
	for (unsigned at = first; at < end;) {
		unsigned bit = at % 64, stop = end - at < 64 - bit ? bit + (end - at) : 64;

		if (is_in)
			piece[at / 64] |= word_mask(bit, stop);
		else
			piece[at / 64] &= ~word_mask(bit, stop);
		at += stop - bit;
	}
}

/* The sectors of a byte range, on the disk. */
static bool
range_sectors(const struct rmn_sectors *set, uint64_t offset, uint64_t length, uint64_t *first,
    uint64_t *end)
{
	uint64_t stop;

	if (length == 0)
		return false;
	if (!rmn_add_u64(offset, length - 1, &stop))
		stop = UINT64_MAX;
	*first = offset / RMN_SECTOR_BYTES;
	*end = rmn_min_u64(stop / RMN_SECTOR_BYTES + 1, set->sector_count);
	return *first < *end;
}

static void
range_set(struct rmn_sectors *set, uint64_t offset, uint64_t length, bool is_in)
{
	uint64_t at, end;

	if (!range_sectors(set, offset, length, &at, &end))
		return;
	while (at < end) {
		unsigned first = (unsigned)(at % PIECE_SECTORS);
		unsigned stop = (unsigned)rmn_min_u64(PIECE_SECTORS, first + (end - at));

		piece_set(set, (size_t)(at / PIECE_SECTORS), first, stop, is_in);
		at += stop - first;
	}
}

void
rmn_sectors_add(struct rmn_sectors *set, uint64_t offset, uint64_t length_bytes)
{
	range_set(set, offset, length_bytes, true);
}

void
rmn_sectors_remove(struct rmn_sectors *set, uint64_t offset, uint64_t length_bytes)
{
	range_set(set, offset, length_bytes, false);
}

static uint64_t
word_get(const struct rmn_sectors *set, uint64_t sector)
{
	const uint64_t *piece = set->pieces[sector / PIECE_SECTORS];

	return !piece ? 0 : piece == full_piece ? UINT64_MAX :
	    piece[sector % PIECE_SECTORS / 64];
}

bool
rmn_sectors_has(const struct rmn_sectors *set, uint64_t offset)
{
	uint64_t sector = offset / RMN_SECTOR_BYTES;

	return sector < set->sector_count && word_get(set, sector) >> sector % 64 & 1;
}

/* Whether a piece has nothing that is looked for: none of it is in any set, or all of it in one. */
static bool
piece_is_even(const struct rmn_sectors *const *sets, size_t count, uint64_t number, bool is_in)
{
	for (size_t i = 0; i < count; i++)
		if ((sets[i]->pieces[number] == (is_in ? NULL : full_piece)) != is_in)
			return !is_in;
	return is_in;
}

/* The first sector from at up to end that is in one of the sets, or in none. */
static uint64_t
sector_next(const struct rmn_sectors *const *sets, size_t count, uint64_t at, uint64_t end,
    bool is_in)
{
	while (at < end) {
		uint64_t stop = at - at % PIECE_SECTORS + PIECE_SECTORS;

		if (piece_is_even(sets, count, at / PIECE_SECTORS, is_in)) {
			at = stop;
			continue;
		}
		for (stop = rmn_min_u64(stop, end); at < stop; at += 64 - at % 64) {
			uint64_t word = word_get(sets[0], at);

			for (size_t i = 1; i < count; i++)
				word |= word_get(sets[i], at);
			word = (is_in ? word : ~word) & UINT64_MAX << at % 64;
			if (word)
				return rmn_min_u64(end, at - at % 64 +
				    (unsigned)__builtin_ctzll(word));
		}
	}
	return end;
}

uint64_t
rmn_sectors_count(const struct rmn_sectors *set, uint64_t offset, uint64_t length_bytes)
{
	uint64_t at, end, bytes = 0;

	if (!range_sectors(set, offset, length_bytes, &at, &end))
		return 0;
	while ((at = sector_next(&set, 1, at, end, true)) < end) {
		uint64_t stop = sector_next(&set, 1, at, end, false);
		uint64_t from = at * RMN_SECTOR_BYTES, to = stop * RMN_SECTOR_BYTES;

		if (from < offset)
			from = offset;
		if (to - offset > length_bytes)
			to = offset + length_bytes;
		bytes += to - from;
		at = stop;
	}
	return bytes;
}

uint64_t
rmn_sectors_next(const struct rmn_sectors *set, uint64_t offset, uint64_t end, bool is_in)
{
	return rmn_sectors_next_of(&set, 1, offset, end, is_in);
}

uint64_t
rmn_sectors_next_of(const struct rmn_sectors *const *sets, size_t count, uint64_t offset,
    uint64_t end, bool is_in)
{
	uint64_t first = offset / RMN_SECTOR_BYTES, sector;
	uint64_t stop = rmn_min_u64(end / RMN_SECTOR_BYTES + (end % RMN_SECTOR_BYTES != 0),
	    sets[0]->sector_count);

	if (offset >= end)
		return end;
	sector = sector_next(sets, count, first, stop, is_in);
	if (sector >= stop)
		return is_in ? end : rmn_min_u64(end, stop * RMN_SECTOR_BYTES);
	return sector == first ? offset : rmn_min_u64(end, sector * RMN_SECTOR_BYTES);
}

void
rmn_sectors_join(struct rmn_sectors *set, const struct rmn_sectors *other)
{
	uint64_t size = other->sector_count * RMN_SECTOR_BYTES, at = 0;

	while ((at = rmn_sectors_next(other, at, size, true)) < size) {
		uint64_t end = rmn_sectors_next(other, at, size, false);

		rmn_sectors_add(set, at, end - at);
		at = end;
	}
}
