/* SPDX-License-Identifier: MIT
 *
 * Files that were written in turn: each appended a piece, then the next one, until all were done.
 * The driver gave out clusters in one rising sequence, so that who starts where tells how long a
 * piece was, and the sequence can be played again. */
#include "base/checked.h"
#include "recover/chain_state.h"

#define MEMBERS_MAX 4u
/* A program writes in multiples of this, even where a cluster is larger. */
#define STEP_BYTES 4096u

struct group {
	struct rmn_chain_file *members[MEMBERS_MAX];
	size_t count;
	uint64_t pieces;		/* clusters of the first member's first piece */
	struct rmn_chain_list lists[MEMBERS_MAX];
	uint32_t end;			/* behind the last cluster that was given out */
};

static uint32_t
free_from(const struct rmn_chain_solver *s, uint32_t from, uint32_t *run)
{
	const struct rmn_sectors *const sets[3] = {&s->hard};

	return rmn_chain_free(s, from, sets, run);
}

/* Gives a member the clusters up to `needed`; false when what is known says no. */
static bool
member_grow(struct rmn_chain_solver *s, struct group *g, size_t i, uint64_t needed)
{
	struct rmn_chain_list *list = &g->lists[i];
	uint32_t run, first = g->members[i]->first;

	if (list->clusters == 0) {
		if (first < g->end || free_from(s, g->end, &run) < first)
			return false;
		rmn_chain_list_add(list, first, 1);
		g->end = first + 1;
	}
	while (list->clusters < needed) {
		uint32_t at = free_from(s, g->end, &run);

		run = (uint32_t)rmn_min_u64(run, needed - list->clusters);
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

/* Whether somebody's first cluster, or what was in use then, is directly behind. */
static bool
end_abuts(const struct rmn_chain_solver *s, uint32_t end)
{
	return end < s->grid->cluster_end &&
	    rmn_sectors_has(&s->hard, rmn_chain_place(s->grid, end));
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
	return refuted == 0 && (whole > 0 || end_abuts(s, g->end));
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

/* The member that starts directly behind the last one's first piece, if anybody does. */
static bool
group_extend(struct rmn_chain_solver *s, struct group *g)
{
	const struct rmn_chain_file *last = g->members[g->count - 1];
	uint64_t piece = rmn_min_u64(g->pieces, rmn_chain_clusters(s->grid, last->size_bytes));
	uint32_t at = last->first + 1, run;
	struct rmn_chain_file *next;

	for (piece--; piece > 0; piece -= run) {
		at = free_from(s, at, &run);
		run = (uint32_t)rmn_min_u64(run, piece);
		if (run == 0)
			return false;
		at += run;
	}
	for (run = 0; at < s->grid->cluster_end && run < 16; at++, run++) {
		next = rmn_chain_live_at(s, at);
		if (next && next->state != RMN_CHAIN_EXACT && next->state != RMN_CHAIN_PROVEN &&
		    next->state != RMN_CHAIN_FENCED) {
			g->members[g->count++] = next;
			return true;
		}
		if (!rmn_sectors_has(&s->hard, rmn_chain_place(s->grid, at)))
			return false;
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
	struct group g = {.members = {file}, .count = 1};
	uint32_t run, next = free_from(s, file->first + 1, &run);
	bool is_solved = false;

	g.pieces = next == file->first + 1 ? (uint64_t)run + 1 : 1;
	while (!is_solved && g.count < MEMBERS_MAX && group_extend(s, &g))
		is_solved = group_solve(s, &g);
	for (size_t i = 0; i < MEMBERS_MAX; i++)
		rmn_chain_list_release(&g.lists[i]);
	return is_solved;
}
