/* SPDX-License-Identifier: MIT */
#include "carve/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define SPOTS_MAX 1024u
#define TRIES_MAX 24u		/* places of one part that are followed to see which is right */

/* From this block of the file on it lies from this place of the disk on. */
struct spot {
	uint64_t block, image_offset;
};

struct search {
	const struct rmn_parts *parts;
	struct rmn_view *view;
	struct spot *spots;
	size_t count;
	uint64_t step;
	bool is_doubtful;
};

struct found {
	uint64_t block, image_offset, broken;
	unsigned tries;
	bool is_unique;
};

static bool
view_build(struct search *s)
{
	while (s->view->count > 1)
		rmn_view_uncut(s->view);
	for (size_t i = 1; i < s->count; i++) {
		const struct spot *a = &s->spots[i - 1], *b = &s->spots[i];

		if (b->image_offset - a->image_offset != (b->block - a->block) * s->step &&
		    !rmn_view_cut(s->view, b->block * s->step, b->image_offset))
			return false;
	}
	return true;
}

static bool
spot_add(struct search *s, uint64_t block, uint64_t image_offset)
{
	size_t at = s->count;

	while (at > 0 && s->spots[at - 1].block > block)
		at--;
	if (s->count == SPOTS_MAX || (at > 0 && s->spots[at - 1].block == block))
		return false;
	memmove(s->spots + at + 1, s->spots + at, (s->count - at) * sizeof(*s->spots));
	s->spots[at] = (struct spot){block, image_offset};
	s->count++;
	return true;
}

static void
spot_remove(struct search *s, uint64_t block)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->spots[i].block != block)
			continue;
		memmove(s->spots + i, s->spots + i + 1, (s->count - i - 1) * sizeof(*s->spots));
		s->count--;
		return;
	}
}

/* Follows the file with the block at a place; how far that leads. */
static void
place_try(struct search *s, uint64_t block, uint64_t image_offset, struct found *found)
{
	uint64_t good, broken;

	if (!rmn_mender_is_free(s->parts->m, image_offset) || !spot_add(s, block, image_offset))
		return;
	if (!view_build(s) || !s->parts->fits(s->parts->context, s->view) ||
	    found->tries++ >= TRIES_MAX) {
		spot_remove(s, block);
		return;
	}
	if (s->parts->follow(s->parts->context, s->view, &good, &broken))
		broken = UINT64_MAX;
	spot_remove(s, block);
	if (broken < found->broken)
		return;
	found->is_unique = found->image_offset == UINT64_MAX || broken > found->broken;
	if (found->is_unique) {
		found->block = block;
		found->image_offset = image_offset;
		found->broken = broken;
	}
}

/* Places for a block: between those its neighbours lead to; behind the last known also in front of the
 * file. */
static void
places_try(struct search *s, uint64_t block, struct found *found)
{
	const struct rmn_mender *m = s->parts->m;
	size_t i = s->count;
	uint64_t at, end, disk = rmn_disk_size(m->disk), start = s->spots[0].image_offset;

	while (i > 1 && s->spots[i - 1].block > block)
		i--;
	at = s->spots[i - 1].image_offset + (block - s->spots[i - 1].block) * s->step;
	end = rmn_min_u64(at + m->reach_bytes, disk);
	if (i < s->count && s->spots[i].image_offset > at)
		end = s->spots[i].image_offset - rmn_min_u64((s->spots[i].block - block) * s->step,
		    s->spots[i].image_offset) + s->step;
	for (uint64_t place = at; place + s->step <= end && found->broken != UINT64_MAX;
	    place += s->step)
		place_try(s, block, place, found);
	if (i < s->count || found->image_offset != UINT64_MAX)
		return;
	end = start > m->reach_bytes ? start - m->reach_bytes : start % s->step;
	for (uint64_t place = start; place >= end + s->step; place -= s->step)
		place_try(s, block, place - s->step, found);
}

static bool
is_spent(const struct rmn_carve_tools *tools)
{
	return tools->work_limit && tools->work > tools->work_limit;
}

static enum rmn_parts_end
search_run(struct search *s)
{
	uint64_t good, broken;

	while (!is_spent(s->parts->m->tools) && view_build(s)) {
		struct found found = {.image_offset = UINT64_MAX};
		uint64_t block, size;

		if (s->parts->follow(s->parts->context, s->view, &good, &broken))
			return s->is_doubtful ? RMN_PARTS_DOUBTFUL : RMN_PARTS_WHOLE;
		size = s->parts->aim(s->parts->context);
		block = broken / s->step;
		if (size == 0 || broken >= s->parts->length)
			return RMN_PARTS_NONE;
		/* The cut may be inside the part. */
		for (uint64_t b = block; b * s->step < broken + size &&
		    found.image_offset == UINT64_MAX; b++)
			if (b > 0)
				places_try(s, b, &found);
		if (!found.is_unique || !spot_add(s, found.block, found.image_offset))
			return RMN_PARTS_NONE;
		/* A border between the last right part and this one: any of them may be the cut. */
		s->is_doubtful = s->is_doubtful || (found.block == block &&
		    (good + s->step - 1) / s->step < block);
	}
	return RMN_PARTS_NONE;
}

enum rmn_parts_end
rmn_parts_mend(const struct rmn_parts *parts, struct rmn_view *view)
{
	struct search s = {.parts = parts, .view = view, .step = parts->m->block_bytes};
	enum rmn_parts_end end;

	s.spots = calloc(SPOTS_MAX + 1, sizeof(*s.spots));
	if (!s.spots)
		return RMN_PARTS_NONE;
	s.spots[s.count++] = (struct spot){0, view->pieces[0].image_offset};
	end = search_run(&s);
	free(s.spots);
	return end;
}
