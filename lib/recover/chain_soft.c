/* SPDX-License-Identifier: MIT
 *
 * Files that were written around others that have been deleted since.  Which of those still lived then
 * nobody says: what they had was either stepped over or is overwritten.  Three things decide.  A driver
 * fills every free cluster on its way, so that between a file's first cluster and that of the next
 * file there is room for exactly its size.  Where a walk breaks tells which decision is wrong at the
 * latest, and how far it was good, which ones are right.  And what is known of some of the deleted
 * tells what to expect of their neighbours: lots were deleted together, or every other one. */
#include <string.h>

#include "base/checked.h"
#include "recover/chain_state.h"

#define OBSTACLES_MAX 256u
#define SLACK_MAX 4095u
#define WINDOWS_MAX 4u		/* first clusters behind it that may be the next file's */
#define TRIES_MAX 96u
/* The same where every cluster is a decision, and bytes walked for one file: its size so often. */
#define STEP_TRIES_MAX 400u
#define STEP_WORK_FACTOR 16u
#define STEP_WORK_BYTES ((uint64_t)16 << 20)
/* For all files together. */
#define STEP_WORK_MAX ((uint64_t)1 << 30)
/* Neighbours must agree so often, and so clearly, to be believed without a proof. */
#define LESSONS_MIN 8u
#define LESSONS_FACTOR 6u

struct obstacle {
	size_t index;			/* in s->plots; SIZE_MAX: a cluster that nobody is known of */
	uint32_t first, end;		/* clusters that the window has of it */
	uint32_t free_before;		/* free clusters of the window in front of it */
	uint32_t free_inside;
	bool is_stepped_over;		/* the decision */
};

struct search {
	struct rmn_chain_solver *s;
	const struct rmn_chain_file *file;
	uint32_t needed, end;		/* clusters; of the window */
	bool is_open;			/* the window ends nowhere: only the content decides */
	bool is_stepping;		/* each cluster that nobody is known of is a decision too */
	uint32_t slack;			/* free clusters of the window that the file does not need */
	struct obstacle obstacles[OBSTACLES_MAX];
	size_t count;
	/* Whether the obstacles from one on can be chosen so that their clusters are a number. */
	unsigned char reach[OBSTACLES_MAX + 1][SLACK_MAX / 8 + 1];
	uint64_t broken, good;		/* clusters of the file: where the last try broke, and how
					 * far the best was good */
	uint64_t work_limit;		/* of the solver's work */
	unsigned tries, tries_max;
	unsigned surprises;		/* decisions against what was expected */
	bool is_silent;			/* no carver knows the file */
	bool is_strict;			/* only strong proofs count: others wait for lessons */
	bool is_stopped;		/* a weak one came up */
};

size_t
rmn_chain_soft_bytes(void)
{
	return sizeof(struct search);
}

static bool
reach_has(const struct search *q, size_t i, uint32_t sum)
{
	return q->is_open || (q->reach[i][sum / 8] >> sum % 8 & 1);
}

static uint32_t
free_count(const struct rmn_chain_solver *s, uint32_t from, uint32_t end)
{
	const struct rmn_sectors *const sets[3] = {&s->hard, &s->assumed};

	return rmn_chain_free_count(s, from, end, sets);
}

/* --- what neighbours tell */

/* Counts how often neighbours shared their fate. */
static void
lessons_count(struct rmn_chain_solver *s)
{
	s->lessons_same = s->lessons_other = 0;
	for (size_t i = 1; i < s->plot_count; i++) {
		const struct rmn_chain_plot *a = &s->plots[i - 1], *b = &s->plots[i];

		if (a->fate == RMN_CHAIN_FATE_UNKNOWN || b->fate == RMN_CHAIN_FATE_UNKNOWN ||
		    a->end != b->first)
			continue;
		if (a->fate == b->fate)
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
	const struct rmn_chain_plot *plot, *last;
	bool before;

	if (index == SIZE_MAX)
		return false;
	plot = &s->plots[index];
	last = plot - 1;
	if (plot->fate != RMN_CHAIN_FATE_UNKNOWN)
		return plot->fate == RMN_CHAIN_FATE_LIVED;
	if (rmn_sectors_has(&s->starts, rmn_chain_place(s->grid, plot->first)))
		return true;		/* who begins here filled it */
	if (index == 0 || last->end != plot->first)
		return true;
	if (i > 0 && q->obstacles[i - 1].index == index - 1)
		before = q->obstacles[i - 1].is_stepped_over;
	else if (last->fate != RMN_CHAIN_FATE_UNKNOWN)
		before = last->fate == RMN_CHAIN_FATE_LIVED;
	else if (last->first <= q->file->first)
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

/* Adds what a stretch of clusters has; false when there are enough. */
static bool
obstacle_add(struct search *q, size_t index, uint32_t first, uint32_t end, uint32_t *free)
{
	struct obstacle *o = &q->obstacles[q->count];

	*o = (struct obstacle){index, first, end, *free, free_count(q->s, first, end), false};
	*free += o->free_inside;
	if (o->free_inside > 0)
		q->count++;
	if (q->count < OBSTACLES_MAX && (!q->is_open || *free < 3 * q->needed))
		return true;
	q->end = end;
	return false;
}

/* The clusters between two plots: a decision each when stepping. */
static bool
gap_add(struct search *q, uint32_t first, uint32_t end, uint32_t *free)
{
	const struct rmn_sectors *const sets[3] = {&q->s->hard, &q->s->assumed};
	uint32_t run;

	if (!q->is_stepping) {
		*free += free_count(q->s, first, end);
		return true;
	}
	for (uint32_t at = rmn_chain_free(q->s, first, sets, 1, &run); at < end;
	    at = rmn_chain_free(q->s, at + 1, sets, 1, &run))
		if (!obstacle_add(q, SIZE_MAX, at, at + 1, free))
			return false;
	return true;
}

/* What deleted files had between the file and the window's end. */
static bool
obstacles_fill(struct search *q)
{
	const struct rmn_chain_solver *s = q->s;
	uint32_t from = q->file->first + 1, free = 1;
	bool is_going = true;

	q->count = 0;
	for (size_t i = rmn_chain_plot_from(s, from); is_going && i < s->plot_count &&
	    s->plots[i].first < q->end; i++) {
		uint32_t end = s->plots[i].end < q->end ? s->plots[i].end : q->end;

		is_going = gap_add(q, from, s->plots[i].first, &free) &&
		    obstacle_add(q, i, s->plots[i].first, end, &free);
		from = end;
	}
	if (is_going)
		gap_add(q, from, q->end, &free);
	if (free < q->needed || (!q->is_open && (free - q->needed > SLACK_MAX ||
	    q->count == OBSTACLES_MAX)))
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
		at = rmn_chain_free(s, at, sets, q->needed - s->list.clusters, &run);
		if (at >= stop) {
			if (i == q->count)
				break;
			at = at > q->obstacles[i].end ? at : q->obstacles[i].end;
			i++;
			continue;
		}
		run = run < stop - at ? run : stop - at;
		rmn_chain_list_add(&s->list, at, run);
		at += run;
	}
}

/* Whether a proof is good enough where every cluster is a decision. */
static bool
proof_is_strong(const struct rmn_proven *proven)
{
	return proven->proof == RMN_PROOF_CHECKSUM ||
	    (proven->extension && strcmp(proven->extension, RMN_CHAIN_TEXT) == 0);
}

static bool
decisions_try(struct search *q)
{
	struct rmn_chain_solver *s = q->s;
	enum rmn_chain_verdict verdict;

	decisions_lay(q);
	q->broken = UINT64_MAX;
	q->good = 0;
	q->tries++;
	if (s->list.clusters != q->needed || s->work > q->work_limit)
		return false;
	verdict = rmn_chain_try(s, q->file, &s->list);
	q->is_silent = verdict == RMN_CHAIN_SILENT || verdict == RMN_CHAIN_OPEN;
	if (verdict == RMN_CHAIN_REFUTED) {
		if (s->proven.broken_at > 0)
			q->broken = s->proven.broken_at / s->grid->cluster_bytes;
		q->good = s->proven.good_bytes / s->grid->cluster_bytes;
	}
	q->is_stopped = q->is_strict && verdict == RMN_CHAIN_WHOLE && !proof_is_strong(&s->proven);
	return verdict == RMN_CHAIN_WHOLE && !q->is_stopped && (!q->is_open || proof_is_strong(&s->proven) ||
	    (!q->is_stepping && rmn_chain_abuts(s, s->list.runs[s->list.count - 1].first +
	    s->list.runs[s->list.count - 1].count)));
}

/* Decides obstacle i and all behind it, so that what is stepped over is `slack` clusters. */
static bool
decide(struct search *q, size_t i, uint32_t slack)
{
	struct obstacle *o = &q->obstacles[i];
	uint64_t good = 0;
	uint32_t before;
	bool expected;

	if (i == q->count)
		return decisions_try(q);
	before = o->free_before - (q->slack - slack);
	if (q->is_open && before >= q->needed)
		return decisions_try(q);
	expected = expects_step(q, i);
	for (int turn = 0; turn < 2; turn++) {
		bool step = turn == 0 ? expected : !expected;
		uint32_t left = slack - (step ? o->free_inside : 0);

		if ((step && o->free_inside > slack) || !reach_has(q, i + 1, left))
			continue;
		o->is_stepped_over = step;
		q->surprises += step != expected;
		if (decide(q, i + 1, left))
			return true;
		if (q->tries >= q->tries_max || q->is_silent || q->is_stopped || before > q->broken ||
		    q->good > before)
			return false;
		good = q->good > good ? q->good : good;
		q->surprises -= step != expected;
	}
	q->good = good;
	return false;
}

/* Everything in the window is explained. */
static bool
window_solve(struct search *q, enum rmn_chain_state *state)
{
	if (!obstacles_fill(q))
		return false;
	if (!q->is_open)
		reach_fill(q);
	if (!reach_has(q, 0, q->slack))
		return false;
	q->surprises = 0;
	q->is_silent = q->is_stopped = false;
	*state = RMN_CHAIN_PROVEN;
	if (decide(q, 0, q->slack))
		return true;
	*state = RMN_CHAIN_FENCED;
	return q->is_silent && !q->is_open && !q->is_strict &&
	    (!q->file->is_scattered || q->s->list.count > 1) &&
	    (q->count == 0 || (q->surprises == 0 && is_taught(q->s)));
}

static bool
search_begin(struct search *q, struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	uint64_t needed = rmn_chain_clusters(s->grid, file->size_bytes);

	if (needed > UINT32_MAX)
		return false;
	if (s->is_learning)
		lessons_count(s);
	q->s = s;
	q->file = file;
	q->needed = (uint32_t)needed;
	q->tries = 0;
	q->tries_max = TRIES_MAX;
	q->work_limit = UINT64_MAX;
	q->is_open = q->is_stepping = q->is_strict = false;
	return true;
}

static bool
windows_solve(struct rmn_chain_solver *s, struct rmn_chain_file *file, bool is_strict)
{
	uint64_t disk = rmn_chain_place(s->grid, s->grid->cluster_end);
	struct search *q = s->scratch;
	enum rmn_chain_state state;
	uint32_t end = file->first;

	if (!search_begin(q, s, file))
		return false;
	q->is_strict = is_strict;
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
		if (q->is_silent || q->is_stopped)
			break;		/* without a proof nobody is passed over */
	}
	return false;
}

bool
rmn_chain_soft_strict(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	return windows_solve(s, file, true);
}

bool
rmn_chain_soft(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	return windows_solve(s, file, false);
}

bool
rmn_chain_open(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	struct search *q = s->scratch;
	enum rmn_chain_state state;

	if (!search_begin(q, s, file))
		return false;
	q->is_open = true;
	q->end = s->grid->cluster_end;
	if (!window_solve(q, &state))
		return false;
	rmn_chain_settle(s, file, &s->list, state);
	return true;
}

bool
rmn_chain_step(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	struct search *q = s->scratch;
	enum rmn_chain_state state;
	uint64_t before = s->work;
	bool is_solved;

	if (s->step_work > STEP_WORK_MAX)
		s->is_given_up = true;
	if (s->is_given_up || !search_begin(q, s, file))
		return false;
	q->is_open = q->is_stepping = true;
	q->tries_max = STEP_TRIES_MAX;
	q->work_limit = s->work + STEP_WORK_BYTES +
	    rmn_min_u64(file->size_bytes, STEP_WORK_BYTES) * STEP_WORK_FACTOR;
	q->end = s->grid->cluster_end;
	is_solved = window_solve(q, &state);
	s->step_work += s->work - before;
	if (!is_solved)
		return false;
	rmn_chain_settle(s, file, &s->list, state);
	return true;
}
