/* SPDX-License-Identifier: MIT
 *
 * The block that follows really: cuts are tried from the place of the error backwards, blocks by their
 * distance.  XML, headers and checksums say at once whether a block is right; other deflated data
 * break within some kilobytes when it is wrong, so that there the block counts that leads farthest. */
#include "base/checked.h"
#include "carve/zip_search.h"

/* An error shows so many blocks behind its cut at most (but in stored data: see zip_bracket.c). */
#define CUTS 4u
/* The first look at a block. */
#define LOOK_BYTES ((size_t)256)
/* Copying a state costs as much as reading so many bytes. */
#define COPY_WORK 1024u
/* So much XML without a wrong tag is no chance. */
#define XML_SURE 256u
/* How far a block that may be right is followed. */
#define FOLLOW_BLOCKS 16u
/* A block of data without any check must lead so much farther than the next best. */
#define FAR_BYTES (16u * 1024)

enum verdict { WRONG, POSSIBLE, SURE };

static bool
track_is_sure(const struct zip_track *t, const struct zip_track *base)
{
	return t->stage == ZIP_DONE || t->proven_at > base->proven_at ||
	    t->records > base->records || (t->stage == ZIP_DATA && t->is_xml &&
	    !t->xml.is_off && t->xml.size_bytes >= base->xml.size_bytes + XML_SURE);
}

/* Tries a block as the one that follows s->base; *reach: how many bytes behind it were fine. */
static enum verdict
block_try(struct zip_search *s, size_t number, uint64_t *reach)
{
	uint32_t block = s->m->block_bytes;
	struct rmn_bytes look;

	s->m->tools->work += COPY_WORK;
	look = zip_search_load(s, number, 0, rmn_min_size(LOOK_BYTES, block));
	if (!zip_track_copy(&s->trial, &s->base)) {
		s->failed = true;
		return WRONG;
	}
	while (look.size > 0 && s->trial.stage < ZIP_DONE)
		look = rmn_bytes_after(look, zip_track_feed(&s->trial, look));
	for (unsigned i = 0; s->trial.stage != ZIP_BAD; i++) {
		if (s->trial.stage != ZIP_DONE && s->trial.at < s->base.at + (i + 1) * (uint64_t)block &&
		    !zip_search_read(s, &s->trial, number))
			break;
		if (track_is_sure(&s->trial, &s->base))
			return SURE;
		number = zip_search_next(s, number);
		if (i + 1 == FOLLOW_BLOCKS || number == SIZE_MAX)
			break;
	}
	*reach = s->trial.at - s->base.at;
	return *reach >= block ? POSSIBLE : WRONG;
}

/* The n-th block by distance from number: forward first, then backward. */
static size_t
candidate(const struct zip_search *s, size_t number, size_t n)
{
	size_t forward = s->block_count - number - 1;

	return n < forward ? number + 1 + n : number - 1 - (n - forward);
}

/* The path goes on with number at file block at. */
static bool
path_accept(struct zip_search *s, size_t at, size_t number, bool is_sure)
{
	zip_search_cut(s, at);
	if (!zip_search_append(s, number) || !zip_track_copy(&s->now, &s->base)) {
		s->failed = true;
		return false;
	}
	if (is_sure)
		s->fixed = at + 1;
	return true;
}

/* Tries all blocks at one cut. */
static bool
cut_try(struct zip_search *s, size_t at)
{
	size_t from = s->path[at - 1], wrong = at < s->path_count ? s->path[at] : SIZE_MAX;
	uint64_t best = s->now.at - (uint64_t)at * s->m->block_bytes, second = best;
	size_t best_number = SIZE_MAX;

	zip_search_cut(s, at);
	if (!zip_search_base(s, at) || (s->base.stage == ZIP_DATA &&
	    s->base.record.method != ZIP_DEFLATED))
		return false;
	for (size_t n = 0; n + 1 < s->block_count && !zip_search_is_over(s); n++) {
		size_t number = candidate(s, from, n);
		uint64_t reach = 0;
		enum verdict verdict;

		if (number == wrong || s->used[number])
			continue;
		verdict = block_try(s, number, &reach);
		if (verdict == SURE)
			return path_accept(s, at, number, true);
		if (verdict == POSSIBLE && reach > best) {
			second = best;
			best = reach;
			best_number = number;
		} else if (verdict == POSSIBLE && reach > second) {
			second = reach;
		}
	}
	return best_number != SIZE_MAX && best >= second + FAR_BYTES &&
	    path_accept(s, at, best_number, false);
}

bool
zip_search_repair(struct zip_search *s)
{
	uint64_t block = s->m->block_bytes, error = s->now.at;
	size_t last = (size_t)((error ? error - 1 : 0) / block);
	size_t first = (size_t)((s->proven.proven_at + block - 1) / block);

	if (first < s->fixed)
		first = s->fixed;
	if (first == 0)
		first = 1;
	if (zip_search_bracket(s))
		return true;
	for (size_t at = last; at >= first && at + CUTS > last; at--) {
		if (cut_try(s, at))
			return true;
		if (zip_search_is_over(s))
			return false;
	}
	return false;
}
