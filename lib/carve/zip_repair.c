/* SPDX-License-Identifier: MIT
 *
 * The block that follows really: cuts are tried from the place of the error backwards, blocks by their
 * distance.  XML, headers and checksums say at once whether a block is right; rows of a picture make it
 * likely, and when that leads nowhere the search goes on behind it; other deflated data break within
 * some kilobytes when the block is wrong, so that there the one counts that leads farthest. */
#include "base/checked.h"
#include "carve/zip_search.h"

/* Bytes below 128 in a row that are no chance. */
#define TEXT_BYTES 24u
/* Copying a state costs as much as reading so many bytes. */
#define COPY_WORK 1024u
/* How far a block that may be right is followed. */
#define FOLLOW_BYTES (64u * 1024)
/* A block of data without any check must lead so much farther than the next best. */
#define FAR_BYTES (16u * 1024)

/* Cuts counted back from the place of the error, and how many blocks on both sides are tried there. */
static const struct {
	uint8_t cut;
	bool is_far;
} steps[] = {{0, false}, {0, true}, {1, false}, {1, true}, {2, false}, {3, false}};
#define STEPS (sizeof(steps) / sizeof(steps[0]))

static enum zip_verdict
track_judge(const struct zip_track *t, const struct zip_track *base)
{
	if (t->stage == ZIP_DONE || t->proven_at > base->proven_at || t->records > base->records)
		return ZIP_SURE;
	if (t->stage != ZIP_DATA || base->stage != ZIP_DATA || !t->is_checked)
		return ZIP_POSSIBLE;
	return zip_content_judge(&t->content, &base->content);
}

/* Deflated data never begin like text or zeros: cheap to see for the many blocks that are. */
static bool
look_is_deflated(struct rmn_bytes look)
{
	for (size_t i = 0; i < look.size && i < TEXT_BYTES; i++)
		if (look.data[i] >= 0x80)
			return true;
	return false;
}

/* Tries a block as the one that follows s->base; *reach: how many bytes behind it were fine. */
static enum zip_verdict
block_try(struct zip_search *s, size_t number, uint64_t *reach)
{
	uint64_t block = s->m->block_bytes, size = rmn_inflate_size(s->base.inflate);
	enum zip_verdict verdict = ZIP_POSSIBLE;
	struct rmn_bytes look;

	look = zip_search_look(s, number);
	if (s->base.stage == ZIP_DATA && s->base.left > TEXT_BYTES &&
	    s->base.record.method == ZIP_DEFLATED && !look_is_deflated(look))
		return ZIP_WRONG;
	s->m->tools->work += COPY_WORK;
	zip_track_copy(&s->trial, &s->base);
	while (look.size > 0 && s->trial.stage < ZIP_DONE)
		look = rmn_bytes_after(look, zip_track_feed(&s->trial, look));
	zip_search_account(s, &s->trial, size);
	for (unsigned i = 0; s->trial.stage != ZIP_BAD && number != SIZE_MAX; i++) {
		if (s->trial.stage != ZIP_DONE && s->trial.at < s->base.at + (i + 1) * block &&
		    !zip_search_read(s, &s->trial, number))
			break;
		verdict = track_judge(&s->trial, &s->base);
		if (verdict == ZIP_SURE || (i + 1) * block >= FOLLOW_BYTES)
			break;
		number = zip_search_next(s, number);
	}
	*reach = s->trial.at - s->base.at;
	return *reach >= block || verdict > ZIP_POSSIBLE ? verdict : ZIP_WRONG;
}

/* Whether a wrong block behind s->base shows within a few hundred bytes. */
static bool
base_is_checked(const struct zip_search *s)
{
	return s->base.stage != ZIP_DATA || zip_content_is_checked(&s->base.content) ||
	    s->base.left < s->m->block_bytes;
}

/* The path goes on with number at file block at. */
static bool
path_accept(struct zip_search *s, size_t at, size_t number)
{
	zip_search_cut(s, at);
	if (!zip_search_append(s, number)) {
		s->failed = true;
		return false;
	}
	zip_track_copy(&s->now, &s->base);
	s->fixed = at + 1;
	return true;
}

/* How many bytes behind a cut its error shows at the latest. */
static uint64_t
error_delay(const struct zip_search *s)
{
	switch (s->base.stage == ZIP_DATA ? s->base.content.kind : ZIP_CONTENT_XML) {
	case ZIP_CONTENT_XML:
		return 2048;
	case ZIP_CONTENT_PNG:
		return 4096 + 2 * s->base.content.png.row_bytes;
	default:
		return 24576;
	}
}

static void
candidate_rank(struct zip_choice *c, size_t number, uint64_t reach)
{
	unsigned at = c->ranked;

	while (at > 0 && c->best[at - 1].reach < reach)
		at--;
	if (at == ZIP_CANDIDATES)
		return;
	if (c->ranked < ZIP_CANDIDATES)
		c->ranked++;
	for (unsigned i = c->ranked - 1; i > at; i--)
		c->best[i] = c->best[i - 1];
	c->best[at] = (struct zip_candidate){number, reach};
}

/* Whether this step is worth its cost for what stands before the cut. */
static bool
step_is_due(const struct zip_search *s, const struct zip_choice *c)
{
	if (s->base.at + error_delay(s) + s->m->block_bytes < c->error)
		return false;
	if (!base_is_checked(s))
		return s->base.record.method == ZIP_DEFLATED && !steps[c->step].is_far &&
		    s->m->is_thorough;
	return true;
}

/* Tries all blocks around the cut; true when one is right for sure, which then is *number. */
static bool
candidates_find(struct zip_search *s, struct zip_choice *c, size_t *number)
{
	size_t from = s->path[c->at - 1], near = steps[c->step].is_far ? s->far_blocks : ZIP_NEAR_BLOCKS;
	enum zip_verdict least = base_is_checked(s) ? ZIP_LIKELY : ZIP_POSSIBLE;

	for (size_t n = 0; !zip_search_is_over(s); n++) {
		enum zip_verdict verdict;
		uint64_t reach = 0;

		*number = zip_search_candidate(s, from, near, n);
		if (*number == SIZE_MAX)
			break;
		if (*number == c->wrong[steps[c->step].cut] ||
		    zip_search_is_used(s, *number))
			continue;
		verdict = block_try(s, *number, &reach);
		if (verdict == ZIP_SURE)
			return true;
		if (verdict >= least)
			candidate_rank(c, *number, reach);
	}
	/* Without any check a block must lead much farther than the next best. */
	if (least == ZIP_POSSIBLE)
		c->ranked = c->ranked > 0 && c->best[0].reach >= FAR_BYTES +
		    (c->ranked > 1 ? c->best[1].reach : 0);
	return false;
}

/* Changes the path at a cut.  *is_sure: there is no doubt. */
static bool
cut_try(struct zip_search *s, struct zip_choice *c, bool *is_sure)
{
	size_t number;

	zip_search_cut(s, c->at);
	if (!zip_search_base(s, c->at))
		return false;
	if (!c->is_ranked) {
		if (!step_is_due(s, c))
			return false;
		*is_sure = candidates_find(s, c, &number);
		c->is_ranked = true;
		if (*is_sure)
			return path_accept(s, c->at, number);
	}
	return c->next < c->ranked && path_accept(s, c->at, c->best[c->next++].number);
}

/* The path up to at, as it was when c was begun. */
static bool
path_restore(struct zip_search *s, const struct zip_choice *c, size_t at)
{
	s->fixed = c->fixed;
	zip_search_cut(s, at);
	while (s->path_count < at) {
		size_t back = c->last - s->path_count;

		if (back >= ZIP_CUTS || !zip_search_append(s, c->wrong[back]))
			return false;
	}
	return true;
}

/* Goes on with a choice. */
static bool
choice_next(struct zip_search *s, struct zip_choice *c)
{
	while (c->step < STEPS && !zip_search_is_over(s)) {
		bool is_sure = false;

		if (c->first + steps[c->step].cut <= c->last &&
		    (!steps[c->step].is_far || s->m->is_thorough)) {
			c->at = c->last - steps[c->step].cut;
			if (!path_restore(s, c, c->at))
				return false;
			if (cut_try(s, c, &is_sure)) {
				if (is_sure)
					s->choice_count = 0;
				return true;
			}
		}
		c->step++;
		c->is_ranked = false;
		c->ranked = c->next = 0;
	}
	return false;
}

/* Choices before the place up to which all is proven were right. */
static void
choices_settle(struct zip_search *s)
{
	size_t settled = 0;

	while (settled < s->choice_count &&
	    s->choices[settled].at * (uint64_t)s->m->block_bytes < s->proven.proven_at)
		settled++;
	if (s->choice_count - settled == ZIP_CHOICES)
		settled++;
	for (size_t i = settled; i < s->choice_count; i++)
		s->choices[i - settled] = s->choices[i];
	s->choice_count -= settled;
}

static void
choice_push(struct zip_search *s)
{
	uint64_t block = s->m->block_bytes, error = s->now.at ? s->now.at - 1 : 0;
	struct zip_choice *c = &s->choices[s->choice_count++];

	*c = (struct zip_choice){.last = (size_t)(error / block), .error = error, .fixed = s->fixed,
	    .first = (size_t)((s->proven.proven_at + block - 1) / block)};
	if (c->first < s->fixed)
		c->first = s->fixed;
	if (c->first == 0)
		c->first = 1;
	for (size_t i = 0; i < ZIP_CUTS; i++)
		c->wrong[i] = i <= c->last && c->last - i < s->path_count ?
		    s->path[c->last - i] : SIZE_MAX;
}

bool
zip_search_repair(struct zip_search *s)
{
	choices_settle(s);
	if (zip_search_bracket(s, s->m->is_thorough ? SIZE_MAX : 4 * ZIP_NEAR_BLOCKS))
		return true;
	choice_push(s);
	while (s->choice_count > 0 && !zip_search_is_over(s)) {
		if (choice_next(s, &s->choices[s->choice_count - 1]))
			return true;
		s->choice_count--;
	}
	return false;
}
