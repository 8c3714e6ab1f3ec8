/* SPDX-License-Identifier: MIT
 *
 * Files that were written in turn: each appended a piece, then the next one, until all were done.
 * The driver gave out clusters in one rising sequence, so that who starts where tells how long a
 * piece was, and the sequence can be played again. */
#include <string.h>

#include "base/checked.h"
#include "recover/chain_state.h"

#define MEMBERS_MAX 4u
/* A program writes in multiples of this, even where a cluster is larger. */
#define STEP_BYTES 4096u

struct group {
	const struct rmn_sectors *sets[3];	/* what was in the way */
	struct rmn_chain_file *members[MEMBERS_MAX];
	size_t count;
	uint64_t pieces;		/* clusters of the first member's first piece */
	struct rmn_chain_list lists[MEMBERS_MAX];
	uint32_t end;			/* behind the last cluster that was given out */
};

static uint32_t
free_from(const struct rmn_chain_solver *s, const struct group *g, uint32_t from, uint64_t want,
    uint32_t *run)
{
	return rmn_chain_free(s, from, g->sets, want, run);
}

/* Gives a member the clusters up to `needed`; false when what is known says no. */
static bool
member_grow(struct rmn_chain_solver *s, struct group *g, size_t i, uint64_t needed)
{
	struct rmn_chain_list *list = &g->lists[i];
	uint32_t run, first = g->members[i]->first;

	if (list->clusters == 0) {
		if (first < g->end || free_from(s, g, g->end, 1, &run) < first)
			return false;
		rmn_chain_list_add(list, first, 1);
		g->end = first + 1;
	}
	while (list->clusters < needed) {
		uint32_t at = free_from(s, g, g->end, needed - list->clusters, &run);

		if (run == 0)
			return false;
		rmn_chain_list_add(list, at, run);
		g->end = at + run;
	}
	return !list->failed;
}

/* Plays the writing again, with pieces of piece_bytes. */
static bool
group_play(struct rmn_chain_solver *s, struct group *g, uint64_t piece_bytes)
{
	bool is_growing = true;

	g->end = g->members[0]->first;
	for (size_t i = 0; i < g->count; i++)
		rmn_chain_list_clear(&g->lists[i]);
	for (uint64_t written = piece_bytes; is_growing; written += piece_bytes) {
		is_growing = false;
		for (size_t i = 0; i < g->count; i++) {
			uint64_t bytes = rmn_min_u64(written, g->members[i]->size_bytes);

			if (!member_grow(s, g, i, rmn_chain_clusters(s->grid, bytes)))
				return false;
			is_growing |= bytes < g->members[i]->size_bytes;
		}
	}
	return true;
}

/* Asks the carvers about what was played: all whose content has a structure must be whole, and when
 * none has one, the end must fit. */
static bool
group_try(struct rmn_chain_solver *s, struct group *g)
{
	size_t whole = 0, refuted = 0;

	for (size_t i = 0; i < g->count; i++) {
		enum rmn_chain_verdict verdict = rmn_chain_try(s, g->members[i], &g->lists[i]);

		whole += verdict == RMN_CHAIN_WHOLE;
		refuted += verdict == RMN_CHAIN_REFUTED;
	}
	return refuted == 0 && (whole > 0 || rmn_chain_abuts(s, g->end));
}

static void
group_settle(struct rmn_chain_solver *s, struct group *g)
{
	for (size_t i = 0; i < g->count; i++) {
		enum rmn_chain_verdict verdict = rmn_chain_try(s, g->members[i], &g->lists[i]);

		rmn_chain_settle(s, g->members[i], &g->lists[i], verdict == RMN_CHAIN_WHOLE ?
		    RMN_CHAIN_PROVEN : RMN_CHAIN_FENCED);
	}
}

static bool
may_join(const struct rmn_chain_solver *s, size_t live)
{
	enum rmn_chain_state state = s->live[live]->state;

	return state == RMN_CHAIN_NONE || state == RMN_CHAIN_ASSUMED;
}

/* The next unexplained file behind the first: how many free clusters lie before it is the length of
 * the first piece. */
static bool
group_begin(struct rmn_chain_solver *s, struct group *g)
{
	const struct rmn_chain_file *file = g->members[0];
	size_t i = rmn_chain_live_from(s, file->first + 1);

	while (i < s->live_count && !may_join(s, i))
		i++;
	if (i == s->live_count)
		return false;
	g->members[1] = s->live[i];
	g->count = 2;
	g->pieces = 1 + rmn_chain_free_count(s, file->first + 1, s->live[i]->first, g->sets);
	return g->pieces < rmn_chain_clusters(s->grid, file->size_bytes);
}

/* The file that starts directly behind the last member's first piece, if one does. */
static bool
group_extend(struct rmn_chain_solver *s, struct group *g)
{
	const struct rmn_chain_file *last = g->members[g->count - 1];
	uint64_t piece = rmn_min_u64(g->pieces, rmn_chain_clusters(s->grid, last->size_bytes));
	uint32_t at = last->first + 1, run, end;

	for (piece--; piece > 0; piece -= run) {
		at = free_from(s, g, at, piece, &run);
		if (run == 0)
			return false;
		at += run;
	}
	end = free_from(s, g, at, 1, &run);
	for (size_t i = rmn_chain_live_from(s, at); i < s->live_count && s->live[i]->first < end;
	    i++)
		if (may_join(s, i)) {
			g->members[g->count++] = s->live[i];
			return true;
		}
	return false;
}

/* All piece lengths that put the second member where it is. */
static bool
group_solve(struct rmn_chain_solver *s, struct group *g)
{
	uint64_t bytes = s->grid->cluster_bytes, step = rmn_min_u64(bytes, STEP_BYTES);

	for (uint64_t piece = g->pieces * bytes; piece > (g->pieces - 1) * bytes; piece -= step)
		if (group_play(s, g, piece) && group_try(s, g)) {
			group_settle(s, g);
			return true;
		}
	return false;
}

bool
rmn_chain_joint(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	const struct rmn_sectors *const ways[][3] = {
		{&s->hard}, {&s->hard, &s->assumed}, {&s->hard, &s->assumed, &s->soft},
	};
	struct group g = {.members = {file}};
	bool is_solved = false;

	for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]) && !is_solved; way++) {
		memcpy(g.sets, ways[way], sizeof(g.sets));
		is_solved = group_begin(s, &g) && group_solve(s, &g);
		while (!is_solved && g.count >= 2 && g.count < MEMBERS_MAX && group_extend(s, &g))
			is_solved = group_solve(s, &g);
		g.count = 1;
	}
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		rmn_chain_list_release(&g.lists[i]);
	return is_solved;
}
