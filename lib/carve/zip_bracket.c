/* SPDX-License-Identifier: MIT
 *
 * A member that breaks, whose header says where it ends: behind it stands a record, whose block is known
 * by its signature at the right place.  Between the two is one gap, and the CRC says where. */
#include "base/checked.h"
#include "carve/zip_anchors.h"
#include "carve/zip_search.h"

/* Anchors that are tried for one member. */
#define ANCHORS_MAX 64u

struct bracket {
	size_t first, last;		/* file blocks: the first that may be cut off, that of the anchor */
	size_t inside;			/* of the anchor in its block */
};

/* The member that is broken, if its place is known and its content can be proven. */
static bool
bracket_find(const struct zip_search *s, struct bracket *b)
{
	const struct zip_track *t = &s->now;
	uint64_t block = s->m->block_bytes, end;

	if (t->header_at < s->proven.proven_at || t->data_at <= t->header_at || !t->is_checked ||
	    t->record.flags & ZIP_FLAG_STREAMED ||
	    !rmn_add_u64(t->data_at, t->record.packed_bytes, &end) ||
	    end / block > s->block_count)
		return false;
	b->first = (size_t)((t->data_at + block - 1) / block);
	if (b->first < s->fixed)
		b->first = s->fixed;
	b->last = (size_t)(end / block);
	b->inside = (size_t)(end % block);
	return b->first > 0 && b->first <= b->last && b->inside + 4 <= block;
}

/* Blocks that hold an anchor, the nearest to a block first. */
struct anchors {
	const struct zip_search *s;
	size_t near, numbers[ANCHORS_MAX], count;
	size_t inside;
};

static size_t
distance(const struct anchors *a, size_t number)
{
	return number > a->near ? number - a->near : a->near - number;
}

static void
anchor_found(void *context, uint64_t image_offset)
{
	struct anchors *a = context;
	size_t number = zip_search_find(a->s, image_offset - a->inside), at;

	if (number == SIZE_MAX || number == a->near)
		return;
	at = a->count < ANCHORS_MAX ? a->count++ : ANCHORS_MAX;
	for (; at > 0 && distance(a, a->numbers[at - 1]) > distance(a, number); at--)
		if (at < ANCHORS_MAX)
			a->numbers[at] = a->numbers[at - 1];
	if (at < ANCHORS_MAX)
		a->numbers[at] = number;
}

/* Of so many blocks on both sides of near. */
static bool
anchors_find(struct zip_search *s, struct anchors *a, size_t reach)
{
	struct rmn_zip_anchors *all = rmn_zip_anchors_get(s->m->tools, s->m->disk);
	size_t first = a->near > reach ? a->near - reach : 0;
	size_t last = rmn_min_size(s->block_count - a->near - 1, reach) + a->near;

	if (!all || !rmn_zip_anchors_each(all, s->m->tools, s->blocks[first],
	    s->blocks[last] + s->m->block_bytes, a->inside, s->m->block_bytes, s->m->phase,
	    anchor_found, a))
		s->failed = true;
	return !s->failed && a->count > 0;
}

/* With the blocks up to at as they are, and those from at on such that the last is number: does the
 * member come out right?  s->base stands at at. */
static bool
gap_try(struct zip_search *s, const struct bracket *b, size_t at, size_t number)
{
	size_t k = number - (b->last - at);

	s->m->tools->work += 1024;
	zip_track_copy(&s->trial, &s->base);
	for (; k <= number; k++)
		if (zip_search_is_used(s, k) || !zip_search_read(s, &s->trial, k) ||
		    s->trial.proven_at > s->base.proven_at)
			break;
	return s->trial.proven_at > s->base.proven_at;
}

static bool
gap_accept(struct zip_search *s, const struct bracket *b, size_t at, size_t number)
{
	zip_search_cut(s, at);
	for (size_t k = number - (b->last - at); k <= number; k++)
		if (!zip_search_append(s, k))
			return false;
	s->fixed = b->last + (b->inside > 0);
	s->choice_count = 0;
	zip_track_copy(&s->now, &s->base);
	return true;
}

/* Lengthens the path by the blocks that follow. */
static bool
path_reach(struct zip_search *s, size_t count)
{
	while (s->path_count < count)
		if (!zip_search_append(s, zip_search_next(s, s->path[s->path_count - 1])))
			return false;
	return true;
}

bool
zip_search_bracket(struct zip_search *s, size_t near)
{
	size_t kept = s->path_count;
	struct anchors a = {.s = s};
	struct bracket b;

	if (!bracket_find(s, &b))
		return false;
	a.inside = b.inside;
	a.near = rmn_min_size(s->path[b.first - 1] + (b.last - b.first) + 1, s->block_count - 1);
	if (!anchors_find(s, &a, near) || !path_reach(s, b.last))
		return false;
	for (size_t at = b.first; at <= b.last && !zip_search_is_over(s); at++) {
		if (!zip_search_base(s, at))
			break;
		/* Blocks of the path from here on are free again: only those before must not be
		 * met a second time. */
		for (size_t k = at; k < s->path_count; k++)
			zip_search_use(s, s->path[k], false);
		for (size_t i = 0; i < a.count; i++)
			if (a.numbers[i] >= b.last - at && gap_try(s, &b, at, a.numbers[i]))
				return gap_accept(s, &b, at, a.numbers[i]);
		for (size_t k = at; k < s->path_count; k++)
			zip_search_use(s, s->path[k], true);
	}
	zip_search_cut(s, kept);
	return false;
}
