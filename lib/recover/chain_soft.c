/* SPDX-License-Identifier: MIT
 *
 * Files that were written around others that have been deleted since.  Which of those still lived then
 * nobody says: each was either stepped over or is overwritten.  Three things decide.  A driver fills
 * every free cluster on its way, so that between a file's first cluster and that of the next file
 * there is room for exactly its size.  Where a walk breaks tells which decision is wrong at the latest.
 * And what is known of some deleted files tells what to expect of their neighbours: lots were deleted
 * together, or every other one. */
#include <string.h>

#include "base/checked.h"
#include "recover/chain_state.h"

#define OBSTACLES_MAX 64u
#define SLACK_MAX 4095u
#define WINDOWS_MAX 4u		/* first clusters behind it that may be the next file's */
#define TRIES_MAX 96u
/* Neighbours must agree so often, and so clearly, to be believed without a proof. */
#define LESSONS_MIN 8u
#define LESSONS_FACTOR 6u

struct obstacle {
	size_t index;			/* in s->deleted */
	uint32_t first, end;		/* clusters that the window has of it */
	uint32_t free_before;		/* free clusters of the window in front of it */
	uint32_t free_inside;
	bool is_stepped_over;		/* the decision */
};

struct search {
	struct rmn_chain_solver *s;
	const struct rmn_chain_file *file;
	uint32_t needed, end;		/* clusters; of the window */
	uint32_t slack;			/* free clusters of the window that the file does not need */
	struct obstacle obstacles[OBSTACLES_MAX];
	size_t count;
	/* Whether the obstacles from one on can be chosen so that their clusters are a number. */
	unsigned char reach[OBSTACLES_MAX + 1][SLACK_MAX / 8 + 1];
	uint64_t broken;		/* cluster of the file at which the last try broke */
	unsigned tries, surprises;	/* decisions against what was expected */
	bool is_silent;			/* no carver knows the file */
};

static bool
reach_has(const struct search *q, size_t i, uint32_t sum)
{
	return q->reach[i][sum / 8] >> sum % 8 & 1;
}

static uint32_t
free_count(const struct rmn_chain_solver *s, uint32_t from, uint32_t end)
{
	const struct rmn_sectors *const sets[3] = {&s->hard, &s->assumed};
	uint32_t count = 0, run;

	while (from < end) {
		from = rmn_chain_free(s, from, sets, &run);
		if (from >= end)
			break;
		run = run < end - from ? run : end - from;
		count += run;
		from += run;
	}
	return count;
}

static size_t
obstacle_from(const struct rmn_chain_solver *s, uint32_t cluster)
{
	size_t low = 0, high = s->deleted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->deleted[middle]->first < cluster)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t
deleted_end(const struct rmn_chain_solver *s, size_t i)
{
	uint64_t clusters = rmn_chain_clusters(s->grid, s->deleted[i]->size_bytes);

	return s->deleted[i]->first +
	    (uint32_t)rmn_min_u64(clusters, s->grid->cluster_end - s->deleted[i]->first);
}

/* --- what neighbours tell */

void
rmn_chain_learn(struct rmn_chain_solver *s, const struct rmn_chain_list *list)
{
	size_t i = obstacle_from(s, list->runs[0].first), run = 0, seen = 0;

	for (; i < s->deleted_count && seen < OBSTACLES_MAX * 16; i++, seen++) {
		uint32_t first = s->deleted[i]->first, end = deleted_end(s, i);

		while (run < list->count && list->runs[run].first + list->runs[run].count <= first)
			run++;
		if (run == list->count)
			break;
		if (list->runs[run].first < end)
			s->fates[i] = RMN_CHAIN_FATE_GONE;
		else if (s->fates[i] == RMN_CHAIN_FATE_UNKNOWN)
			s->fates[i] = RMN_CHAIN_FATE_LIVED;
	}
	s->is_learning = true;
}

/* Counts how often neighbours shared their fate. */
static void
lessons_count(struct rmn_chain_solver *s)
{
	s->lessons_same = s->lessons_other = 0;
	for (size_t i = 1; i < s->deleted_count; i++) {
		if (s->fates[i] == RMN_CHAIN_FATE_UNKNOWN ||
		    s->fates[i - 1] == RMN_CHAIN_FATE_UNKNOWN ||
		    deleted_end(s, i - 1) != s->deleted[i]->first)
			continue;
		if (s->fates[i] == s->fates[i - 1])
			s->lessons_same++;
		else
			s->lessons_other++;
	}
	s->is_learning = false;
}

/* Whether an obstacle is expected to have been stepped over. */
static bool
expects_step(const struct search *q, size_t i)
{
	const struct rmn_chain_solver *s = q->s;
	size_t index = q->obstacles[i].index;
	bool before;

	if (s->fates[index] != RMN_CHAIN_FATE_UNKNOWN)
		return s->fates[index] == RMN_CHAIN_FATE_LIVED;
	if (index == 0 || deleted_end(s, index - 1) != s->deleted[index]->first)
		return true;
	if (i > 0 && q->obstacles[i - 1].index == index - 1)
		before = q->obstacles[i - 1].is_stepped_over;
	else if (s->fates[index - 1] != RMN_CHAIN_FATE_UNKNOWN)
		before = s->fates[index - 1] == RMN_CHAIN_FATE_LIVED;
	else if (s->deleted[index - 1]->first <= q->file->first)
		before = false;		/* the file begins in it */
	else
		return true;
	return s->lessons_same >= s->lessons_other ? before : !before;
}

/* Whether expectations rest on enough. */
static bool
is_taught(const struct rmn_chain_solver *s)
{
	unsigned more = s->lessons_same, less = s->lessons_other;

	if (more < less) {
		more = s->lessons_other;
		less = s->lessons_same;
	}
	return more >= LESSONS_MIN && more >= less * LESSONS_FACTOR;
}

/* --- one window */

/* The deleted files that begin between the file and the window's end. */
static bool
obstacles_fill(struct search *q)
{
	const struct rmn_chain_solver *s = q->s;
	uint32_t from = q->file->first + 1, free = 1;

	q->count = 0;
	for (size_t i = obstacle_from(s, from); i < s->deleted_count &&
	    s->deleted[i]->first < q->end; i++) {
		struct obstacle *o = &q->obstacles[q->count];
		uint32_t first = s->deleted[i]->first, end = deleted_end(s, i);

		if (end > q->end)
			end = q->end;
		if (first < from)
			first = from;
		if (end <= first)
			continue;
		free += free_count(s, from, first);
		*o = (struct obstacle){i, first, end, free, free_count(s, first, end), false};
		free += o->free_inside;
		from = end;
		if (o->free_inside == 0)
			continue;
		if (++q->count == OBSTACLES_MAX)
			return false;
	}
	free += free_count(s, from, q->end);
	if (free < q->needed || free - q->needed > SLACK_MAX)
		return false;
	q->slack = free - q->needed;
	return true;
}

static void
reach_fill(struct search *q)
{
	memset(q->reach, 0, sizeof(q->reach));
	q->reach[q->count][0] = 1;
	for (size_t i = q->count; i-- > 0;) {
		uint32_t inside = q->obstacles[i].free_inside;

		for (uint32_t sum = 0; sum <= q->slack; sum++)
			if (reach_has(q, i + 1, sum) ||
			    (sum >= inside && reach_has(q, i + 1, sum - inside)))
				q->reach[i][sum / 8] |= (unsigned char)(1u << sum % 8);
	}
}

/* The list that the decisions give. */
static void
decisions_lay(struct search *q)
{
	struct rmn_chain_solver *s = q->s;
	const struct rmn_sectors *const sets[3] = {&s->hard, &s->assumed};
	uint32_t at = q->file->first + 1;
	size_t i = 0;

	rmn_chain_list_clear(&s->list);
	rmn_chain_list_add(&s->list, q->file->first, 1);
	while (s->list.clusters < q->needed && at < q->end) {
		uint32_t stop = q->end, run;

		while (i < q->count && !q->obstacles[i].is_stepped_over)
			i++;
		if (i < q->count)
			stop = q->obstacles[i].first;
		at = rmn_chain_free(s, at, sets, &run);
		if (at >= stop) {
			if (i == q->count)
				break;
			at = at > q->obstacles[i].end ? at : q->obstacles[i].end;
			i++;
			continue;
		}
		run = run < stop - at ? run : stop - at;
		run = (uint32_t)rmn_min_u64(run, q->needed - s->list.clusters);
		rmn_chain_list_add(&s->list, at, run);
		at += run;
	}
}

static bool
decisions_try(struct search *q)
{
	struct rmn_chain_solver *s = q->s;
	enum rmn_chain_verdict verdict;

	decisions_lay(q);
	q->broken = UINT64_MAX;
	q->tries++;
	if (s->list.clusters != q->needed)
		return false;
	verdict = rmn_chain_try(s, q->file, &s->list);
	q->is_silent = verdict == RMN_CHAIN_SILENT || verdict == RMN_CHAIN_OPEN;
	if (verdict == RMN_CHAIN_REFUTED && s->proven.broken_at > 0)
		q->broken = s->proven.broken_at / s->grid->cluster_bytes;
	return verdict == RMN_CHAIN_WHOLE;
}

/* Decides obstacle i and all behind it, so that what is stepped over is `slack` clusters. */
static bool
decide(struct search *q, size_t i, uint32_t slack)
{
	struct obstacle *o = &q->obstacles[i];
	bool expected;
	uint32_t before;

	if (i == q->count)
		return decisions_try(q);
	expected = expects_step(q, i);
	before = o->free_before - (q->slack - slack);
	for (int turn = 0; turn < 2; turn++) {
		bool step = turn == 0 ? expected : !expected;
		uint32_t left = step ? slack - o->free_inside : slack;

		if ((step && o->free_inside > slack) || !reach_has(q, i + 1, left))
			continue;
		o->is_stepped_over = step;
		q->surprises += step != expected;
		if (decide(q, i + 1, left))
			return true;
		if (q->tries >= TRIES_MAX || before > q->broken || q->is_silent)
			return false;
		q->surprises -= step != expected;
	}
	return false;
}

/* Everything between the file and the next one is explained. */
static bool
window_solve(struct search *q, enum rmn_chain_state *state)
{
	if (!obstacles_fill(q))
		return false;
	reach_fill(q);
	if (!reach_has(q, 0, q->slack))
		return false;
	q->surprises = 0;
	q->is_silent = false;
	*state = RMN_CHAIN_PROVEN;
	if (decide(q, 0, q->slack))
		return true;
	*state = RMN_CHAIN_FENCED;
	return q->is_silent && (q->count == 0 || (q->surprises == 0 && is_taught(q->s)));
}

size_t
rmn_chain_soft_bytes(void)
{
	return sizeof(struct search);
}

bool
rmn_chain_soft(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	uint64_t needed = rmn_chain_clusters(s->grid, file->size_bytes);
	uint64_t disk = rmn_chain_place(s->grid, s->grid->cluster_end);
	struct search *q = s->scratch;
	enum rmn_chain_state state;
	uint32_t end = file->first;

	if (!q || needed > UINT32_MAX)
		return false;
	if (s->is_learning)
		lessons_count(s);
	q->s = s;
	q->file = file;
	q->needed = (uint32_t)needed;
	q->tries = 0;
	for (unsigned window = 0; window < WINDOWS_MAX && q->tries < TRIES_MAX; window++) {
		uint64_t next = rmn_sectors_next(&s->starts, rmn_chain_place(s->grid, end + 1),
		    disk, true);

		if (next >= disk || !rmn_chain_cluster_at(s->grid, next, &end))
			break;
		q->end = end;
		if (window_solve(q, &state)) {
			rmn_chain_settle(s, file, &s->list, state);
			return true;
		}
	}
	return false;
}
