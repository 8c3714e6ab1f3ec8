/* SPDX-License-Identifier: MIT */
#include "recover/sightings.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "carve/carve.h"
#include "carve/text.h"
#include "recover/sight.h"

#define ANY (-1)
/* Small enough to stay in the second-level cache between reading and looking. */
#define PIECE_BYTES ((size_t)256 << 10)
/* A test sees so much behind its sector: the longest thing that must be whole is an APFS node. */
#define AHEAD_BYTES ((size_t)32 << 10)

static const struct {
	int first;
	bool (*test)(const unsigned char *p, size_t size, unsigned *aux);
} rows[] = {
#define SIGHT(kind, first, test) {first, test},
#include "recover/sightings.def"
#undef SIGHT
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void
sighting_add(struct rmn_sightings *s, size_t kind, uint64_t offset, unsigned aux)
{
	struct rmn_sighting_list *list = &s->lists[kind];

	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 64;
		uint64_t *entries;

		if (list->count >= RMN_SIGHTINGS_MAX) {
			s->is_cut = true;
			return;
		}
		entries = reallocarray(list->entries, capacity, sizeof(*entries));
		if (!entries) {
			s->failed = true;
			return;
		}
		list->entries = entries;
		list->capacity = capacity;
	}
	list->entries[list->count++] = offset / RMN_SECTOR_BYTES | (uint64_t)aux << 40;
}

void
rmn_sightings_look(struct rmn_sightings *s, uint64_t offset, const unsigned char *p, size_t size)
{
	size_t head;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		unsigned aux = 0;

		if ((rows[i].first == ANY || rows[i].first == p[0]) && rows[i].test(p, size, &aux))
			sighting_add(s, i, offset, aux);
	}
	if (rmn_text_is_likely(p, RMN_SECTOR_BYTES))
		rmn_sectors_add(&s->text, offset, RMN_SECTOR_BYTES);
	head = rmn_carver_find(p, size);
	if (head != SIZE_MAX)
		sighting_add(s, RMN_SIGHT_HEAD + head, offset, 0);
}

size_t
rmn_sightings_from(const struct rmn_sightings *s, unsigned kind, uint64_t offset)
{
	const struct rmn_sighting_list *list = &s->lists[kind];
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rmn_sighting_offset(s, kind, middle) < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum rmn_status
rmn_sightings_collect(struct rmn_image *image, struct rmn_sightings *s,
    void (*progress)(void *context, uint64_t offset), void *context, struct rmn_error *error)
{
	uint64_t size = rmn_image_size(image);
	unsigned char *piece = malloc(PIECE_BYTES + AHEAD_BYTES);
	enum rmn_status status = RMN_OK, read;
	size_t kept = 0;

	if (!piece || !rmn_sectors_init(&s->text, size)) {
		free(piece);
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	}
	for (uint64_t at = 0; at < size;) {
		uint64_t hole = rmn_image_hole(image, at) / RMN_SECTOR_BYTES * RMN_SECTOR_BYTES;
		size_t got = 0, held, look;

		if (hole >= PIECE_BYTES) {	/* longer than what is kept */
			s->zero_sectors += hole / RMN_SECTOR_BYTES;
			at += hole;
			kept = 0;
			continue;
		}
		if (kept < PIECE_BYTES + AHEAD_BYTES && at + kept < size) {
			read = rmn_image_read_around(image, at + kept, piece + kept,
			    PIECE_BYTES + AHEAD_BYTES - kept, &got, NULL, NULL, error);
			if (read == RMN_PARTIAL)
				status = RMN_PARTIAL;
			else if (read != RMN_OK) {
				status = read;
				break;
			}
		}
		held = kept + got;
		look = at + held >= size ? held : rmn_min_size(held, PIECE_BYTES);
		if (look == 0)
			break;
		for (size_t i = 0; i < look; i += RMN_SECTOR_BYTES) {
			size_t left = held - i;

			if (left < RMN_SECTOR_BYTES)
				break;		/* the odd bytes of an image's last sector */
			if (rmn_bytes_are_zero((struct rmn_bytes){piece + i, RMN_SECTOR_BYTES}))
				s->zero_sectors++;
			else
				rmn_sightings_look(s, at + i, piece + i,
				    rmn_min_size(left, AHEAD_BYTES));
		}
		kept = held - look;
		memmove(piece, piece + look, kept);
		at += look;
		if (progress)
			progress(context, at);
	}
	free(piece);
	if (s->failed || s->text.failed)
		return rmn_fail(error, RMN_NOMEM, "out of memory for sightings");
	return status;
}

void
rmn_sightings_release(struct rmn_sightings *s)
{
	for (size_t i = 0; i < RMN_SIGHT_MAX; i++)
		free(s->lists[i].entries);
	rmn_sectors_release(&s->text);
	*s = (struct rmn_sightings){0};
}
