/* SPDX-License-Identifier: MIT
 *
 * What one pass over a disk sees at its sectors: remains of file-system metadata, and the first bytes
 * of documents.  Eight bytes a sighting; engines read the places again that interest them. */
#ifndef RMN_RECOVER_SIGHTINGS_H
#define RMN_RECOVER_SIGHTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sectors.h"
#include "base/status.h"
#include "image/image.h"

/* One row of sightings.def each, then one for each carver (RMN_SIGHT_HEAD + its place in
 * rmn_carvers). */
enum rmn_sighting_kind {
#define SIGHT(kind, first, test) RMN_SIGHT_##kind,
#include "recover/sightings.def"
#undef SIGHT
	RMN_SIGHT_HEAD,
};
#define RMN_SIGHT_MAX 128

/* Rising offsets of one kind, multiples of 512. */
struct rmn_sighting_list {
	uint64_t *entries;	/* owned: sector | aux << 40 */
	size_t count, capacity;
};

struct rmn_sightings {
	struct rmn_sighting_list lists[RMN_SIGHT_MAX];
	struct rmn_sectors text;	/* sectors that may be text (carve/text.h) */
	uint64_t zero_sectors;	/* of nothing but zeros */
	bool failed;		/* out of memory: not complete */
	bool is_cut;		/* a list was full (RMN_SIGHTINGS_MAX) */
};
/* All lists together: half a gigabyte. */
#define RMN_SIGHTINGS_MAX ((size_t)60 << 20)

static inline size_t
rmn_sightings_count(const struct rmn_sightings *s, unsigned kind)
{
	return s->lists[kind].count;
}

static inline uint64_t
rmn_sighting_offset(const struct rmn_sightings *s, unsigned kind, size_t i)
{
	return (s->lists[kind].entries[i] & 0xffffffffff) * RMN_SECTOR_BYTES;
}

/* What the test of that kind gave besides yes: see sightings.def. */
static inline unsigned
rmn_sighting_aux(const struct rmn_sightings *s, unsigned kind, size_t i)
{
	return (unsigned)(s->lists[kind].entries[i] >> 40);
}

/* The first of that kind at or behind offset, by its index; count when there is none. */
size_t rmn_sightings_from(const struct rmn_sightings *s, unsigned kind, uint64_t offset);

/* Reads the whole image once, in order.  progress is told the offset now and then (may be NULL).
 * RMN_PARTIAL when there were bad sectors. */
enum rmn_status rmn_sightings_collect(struct rmn_image *image, struct rmn_sightings *s,
    void (*progress)(void *context, uint64_t offset), void *context, struct rmn_error *error);
void rmn_sightings_release(struct rmn_sightings *s);

/* Looks at one sector with what follows it (size bytes in all, at least 512; 4096 when the disk goes on
 * so far): for tests, and the body of the pass. */
void rmn_sightings_look(struct rmn_sightings *s, uint64_t offset, const unsigned char *p, size_t size);

#endif
