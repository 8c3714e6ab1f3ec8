/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/chain_state.h"

void
rmn_chain_list_clear(struct rmn_chain_list *list)
{
	list->count = 0;
	list->clusters = 0;
	list->failed = false;
}

void
rmn_chain_list_release(struct rmn_chain_list *list)
{
	free(list->runs);
	*list = (struct rmn_chain_list){0};
}

void
rmn_chain_list_add(struct rmn_chain_list *list, uint32_t first, uint32_t count)
{
	struct rmn_chain_run *last = list->count ? &list->runs[list->count - 1] : NULL;

	if (count == 0 || list->failed)
		return;
	list->clusters += count;
	if (last && last->first + last->count == first) {
		last->count += count;
		return;
	}
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 64;
		struct rmn_chain_run *runs = reallocarray(list->runs, capacity, sizeof(*runs));

		if (!runs) {
			list->failed = true;
			return;
		}
		list->runs = runs;
		list->capacity = capacity;
	}
	list->runs[list->count++] = (struct rmn_chain_run){first, count};
}

uint32_t
rmn_chain_free(const struct rmn_chain_solver *s, uint32_t from,
    const struct rmn_sectors *const sets[3], uint64_t want, uint32_t *run)
{
	const struct rmn_chain_grid *grid = s->grid;
	uint64_t first = rmn_chain_place(grid, RMN_CHAIN_FIRST_CLUSTER);
	uint64_t end = rmn_chain_place(grid, grid->cluster_end), bytes = grid->cluster_bytes;
	uint64_t at = from < grid->cluster_end ? rmn_chain_place(grid, from) : end;
	size_t count = 1;

	while (count < 3 && sets[count])
		count++;
	*run = 0;
	while (at < end) {
		uint64_t limit, stop;

		at = rmn_sectors_next_of(sets, count, at, end, false);
		at = first + (at - first + bytes - 1) / bytes * bytes;
		if (at >= end)
			break;
		limit = want < (end - at) / bytes ? at + want * bytes : end;
		stop = rmn_sectors_next_of(sets, count, at, limit, true);
		if (stop - at >= bytes) {
			*run = (uint32_t)((stop - at) / bytes);
			return (uint32_t)((at - first) / bytes) + RMN_CHAIN_FIRST_CLUSTER;
		}
		at = first + (stop - first + bytes - 1) / bytes * bytes;
		if (stop == at)
			at = stop;
	}
	return grid->cluster_end;
}

uint32_t
rmn_chain_free_count(const struct rmn_chain_solver *s, uint32_t from, uint32_t end,
    const struct rmn_sectors *const sets[3])
{
	uint32_t count = 0, run;

	while (from < end) {
		from = rmn_chain_free(s, from, sets, end - from, &run);
		if (from >= end)
			break;
		run = run < end - from ? run : end - from;
		count += run;
		from += run;
	}
	return count;
}

bool
rmn_chain_skip(struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    const struct rmn_sectors *const sets[3])
{
	uint64_t left = rmn_chain_clusters(s->grid, file->size_bytes);
	uint32_t at = file->first + 1, run;

	rmn_chain_list_clear(&s->list);
	rmn_chain_list_add(&s->list, file->first, 1);
	for (left--; left > 0; left -= run) {
		at = rmn_chain_free(s, at, sets, left, &run);
		if (run == 0)
			return false;
		rmn_chain_list_add(&s->list, at, run);
		at += run;
	}
	return !s->list.failed;
}

/* The view of a list; its pieces are kept from one try to the next. */
static bool
view_fill(struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    const struct rmn_chain_list *list)
{
	uint64_t at = 0;

	rmn_view_release(&s->view);
	if (list->count == 0 || !rmn_view_open(&s->view, s->r->disk,
	    rmn_chain_place(s->grid, list->runs[0].first)))
		return false;
	for (size_t i = 1; i < list->count; i++) {
		at += (uint64_t)list->runs[i - 1].count * s->grid->cluster_bytes;
		if (!rmn_view_cut(&s->view, at, rmn_chain_place(s->grid, list->runs[i].first)))
			return false;
	}
	s->view.size_bytes = file->size_bytes;
	return true;
}

static enum rmn_chain_verdict
verdict_of(const struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	switch (s->proven.proof) {
	case RMN_PROOF_NONE:
	case RMN_PROOF_BROKEN:
		return RMN_CHAIN_REFUTED;
	case RMN_PROOF_PLAUSIBLE:
		return RMN_CHAIN_OPEN;
	default:
		return rmn_chain_clusters(s->grid, s->proven.length_bytes) ==
		    rmn_chain_clusters(s->grid, file->size_bytes) ? RMN_CHAIN_WHOLE : RMN_CHAIN_OPEN;
	}
}

enum rmn_chain_verdict
rmn_chain_try(struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    const struct rmn_chain_list *list)
{
	struct rmn_chain_memory *memory = rmn_chain_memo_find(&s->memo, file, list);
	const struct rmn_carver *carver;
	enum rmn_chain_verdict verdict;
	bool is_known;

	if (memory && memory->is_known) {
		s->proven = memory->proven;
		return memory->verdict;
	}
	s->proven = (struct rmn_proven){0};
	if (s->work > s->work_limit) {
		s->is_given_up = true;
		return RMN_CHAIN_REFUTED;
	}
	if (!view_fill(s, file, list))
		return RMN_CHAIN_REFUTED;
	s->tools.work = 0;
	rmn_carve_prove(&s->view, &s->tools, &s->proven, &carver);
	is_known = carver || rmn_chain_text(s, file, &s->proven);
	s->work += s->tools.work + s->grid->cluster_bytes;
	verdict = is_known ? verdict_of(s, file) : RMN_CHAIN_SILENT;
	if (memory)
		*memory = (struct rmn_chain_memory){memory->key, true, carver != NULL, verdict,
		    s->proven};
	return verdict;
}

void
rmn_chain_settle(struct rmn_chain_solver *s, struct rmn_chain_file *file,
    const struct rmn_chain_list *list, enum rmn_chain_state state)
{
	struct rmn_chain_run *runs = rmn_arena_alloc(s->arena, list->count, sizeof(*runs));

	if (!runs) {
		s->list.failed = true;
		return;
	}
	memcpy(runs, list->runs, list->count * sizeof(*runs));
	file->runs = runs;
	file->run_count = list->count;
	file->state = state;
	s->settled++;
	if (state == RMN_CHAIN_PROVEN && !file->is_deleted)
		rmn_chain_learn(s, list);
	for (size_t i = 0; i < list->count; i++) {
		uint64_t at = rmn_chain_place(s->grid, runs[i].first);
		uint64_t bytes = (uint64_t)runs[i].count * s->grid->cluster_bytes;

		if (state == RMN_CHAIN_PROVEN || state == RMN_CHAIN_FENCED ||
		    state == RMN_CHAIN_EXACT)
			rmn_sectors_add(&s->hard, at, bytes);
		else if (state == RMN_CHAIN_ASSUMED && !file->is_deleted)
			rmn_sectors_add(&s->assumed, at, bytes);
	}
}
