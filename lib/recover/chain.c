/* SPDX-License-Identifier: MIT */
#include "recover/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/chain_state.h"
#include "recover/grade.h"

static int
file_compare(const void *a, const void *b)
{
	const struct rmn_chain_file *x = *(struct rmn_chain_file *const *)a;
	const struct rmn_chain_file *y = *(struct rmn_chain_file *const *)b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->is_stale != y->is_stale)
		return x->is_stale ? 1 : -1;
	if (x->size_bytes != y->size_bytes)
		return x->size_bytes > y->size_bytes ? -1 : 1;
	return x < y ? -1 : x > y;	/* entries of one array: their order on the disk */
}

/* High words that are tried: volumes above have more than 16 million clusters. */
#define HIGH_WORDS_MAX 256u

static void list_contiguous(struct rmn_chain_solver *s, const struct rmn_chain_file *file);

static bool
sights(const struct rmn_chain_solver *s, unsigned kind, uint64_t offset)
{
	size_t i = rmn_sightings_from(s->r->sightings, kind, offset);

	return i < rmn_sightings_count(s->r->sightings, kind) &&
	    rmn_sighting_offset(s->r->sightings, kind, i) == offset;
}

/* Windows clears the high word of a deleted file's first cluster: of all places that the low word
 * leaves, the one whose content is whole, else the first with the head that the name promises. */
static void
vague_settle(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	uint64_t low = file->first & 0xffff, headed = 0;

	for (uint64_t word = 0; word < HIGH_WORDS_MAX; word++) {
		uint64_t first = word << 16 | low;

		if (!rmn_chain_grid_has(s->grid, first) || rmn_chain_clusters(s->grid,
		    file->size_bytes) > s->grid->cluster_end - first)
			continue;
		file->first = (uint32_t)first;
		if (file->head && !sights(s, file->head, rmn_chain_place(s->grid, file->first)))
			continue;
		list_contiguous(s, file);
		if (rmn_chain_try(s, file, &s->list) == RMN_CHAIN_WHOLE)
			return;
		if (file->head && headed == 0)
			headed = first;
	}
	file->first = (uint32_t)(headed ? headed : low);
}

/* Shares the files out; what can have no clusters stays out. */
static bool
files_sort(struct rmn_chain_solver *s, struct rmn_chain_file *const *files, size_t count)
{
	size_t kept = 0;

	s->live = rmn_arena_alloc(s->arena, count + 1, sizeof(*s->live));
	s->deleted = rmn_arena_alloc(s->arena, count + 1, sizeof(*s->deleted));
	if (!s->live || !s->deleted)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct rmn_chain_file *file = files[i];

		if (file->is_first_vague && file->size_bytes > 0 &&
		    s->grid->cluster_end > UINT16_MAX)
			vague_settle(s, file);
		if (file->size_bytes == 0 || !rmn_chain_grid_has(s->grid, file->first) ||
		    rmn_chain_clusters(s->grid, file->size_bytes) > s->grid->cluster_end) {
			file->state = RMN_CHAIN_NONE;
			file->run_count = 0;
		} else if (file->is_deleted || file->is_stale) {
			s->deleted[s->deleted_count++] = file;
		} else {
			s->live[s->live_count++] = file;
		}
	}
	qsort(s->live, s->live_count, sizeof(*s->live), file_compare);
	for (size_t i = 0; i < s->live_count; i++)
		if (kept > 0 && s->live[kept - 1]->first == s->live[i]->first)
			s->deleted[s->deleted_count++] = s->live[i];
		else
			s->live[kept++] = s->live[i];
	s->live_count = kept;
	qsort(s->deleted, s->deleted_count, sizeof(*s->deleted), file_compare);
	s->scratch = rmn_arena_alloc(s->arena, 1, rmn_chain_soft_bytes());
	s->silent = rmn_arena_alloc(s->arena, s->live_count + 1, sizeof(*s->silent));
	return s->scratch && s->silent && rmn_chain_plots_fill(s);
}

static void
mask_in_use(struct rmn_chain_solver *s, const struct rmn_sectors *used)
{
	uint64_t end = rmn_chain_place(s->grid, s->grid->cluster_end), stop;

	for (uint64_t at = rmn_chain_place(s->grid, RMN_CHAIN_FIRST_CLUSTER); used && at < end;
	    at = stop) {
		at = rmn_sectors_next(used, at, end, true);
		stop = rmn_sectors_next(used, at, end, false);
		if (stop > at)
			rmn_sectors_add(&s->hard, at, stop - at);
	}
}

static void
mask_runs(const struct rmn_chain_solver *s, const struct rmn_chain_file *file,
    struct rmn_sectors *set)
{
	for (size_t i = 0; i < file->run_count; i++)
		rmn_sectors_add(set, rmn_chain_place(s->grid, file->runs[i].first),
		    (uint64_t)file->runs[i].count * s->grid->cluster_bytes);
}

/* Everything that no file looked for can have, before the first trial. */
static void
masks_fill(struct rmn_chain_solver *s, const struct rmn_sectors *taken)
{
	mask_in_use(s, s->r->in_use);
	mask_in_use(s, taken);
	for (size_t i = 0; i < s->live_count; i++) {
		uint64_t at = rmn_chain_place(s->grid, s->live[i]->first);

		rmn_sectors_add(&s->hard, at, s->grid->cluster_bytes);
		rmn_sectors_add(&s->starts, at, s->grid->cluster_bytes);
		if (s->live[i]->state == RMN_CHAIN_EXACT)
			mask_runs(s, s->live[i], &s->hard);
	}
}

/* How many clusters from the first on nobody else has for sure, as far as the file may need them. */
static uint64_t
room_find(const struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	const struct rmn_sectors *const sets[3] = {&s->hard};
	uint32_t run, next = rmn_chain_free(s, file->first + 1, sets,
	    rmn_chain_clusters(s->grid, file->size_bytes), &run);

	return next == file->first + 1 ? (uint64_t)run + 1 : 1;
}

static void
list_contiguous(struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	uint64_t left = s->grid->cluster_end - file->first;

	left = rmn_min_u64(left, rmn_chain_clusters(s->grid, file->size_bytes));
	rmn_chain_list_clear(&s->list);
	rmn_chain_list_add(&s->list, file->first, (uint32_t)left);
}

/* Live files that have room: contiguous, unless their content says no. */
static void
live_contiguous(struct rmn_chain_solver *s)
{
	for (size_t i = 0; i < s->live_count; i++) {
		struct rmn_chain_file *file = s->live[i];
		uint64_t needed = rmn_chain_clusters(s->grid, file->size_bytes);
		enum rmn_chain_verdict verdict;

		if (file->state == RMN_CHAIN_EXACT)
			continue;
		list_contiguous(s, file);
		if (needed == 1) {
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_EXACT);
			continue;
		}
		verdict = rmn_chain_try(s, file, &s->list);
		s->silent[i] = verdict == RMN_CHAIN_SILENT;
		if (room_find(s, file) < needed)
			continue;
		if (verdict == RMN_CHAIN_WHOLE)
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_PROVEN);
		else if (verdict != RMN_CHAIN_REFUTED && !file->is_scattered)
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_ASSUMED);
	}
}

size_t
rmn_chain_live_from(const struct rmn_chain_solver *s, uint32_t first)
{
	size_t low = 0, high = s->live_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->live[middle]->first < first)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The live file that starts at a cluster, or NULL. */
static struct rmn_chain_file *
live_at(const struct rmn_chain_solver *s, uint32_t first)
{
	size_t i = rmn_chain_live_from(s, first);

	return i < s->live_count && s->live[i]->first == first ? s->live[i] : NULL;
}

/* Deleted files that nobody has overwritten and whose content is whole: they were there when their
 * neighbours were written.  All others may have been in the way. */
static void
deleted_contiguous(struct rmn_chain_solver *s)
{
	for (size_t i = 0; i < s->deleted_count; i++) {
		struct rmn_chain_file *file = s->deleted[i];
		uint64_t needed = rmn_chain_clusters(s->grid, file->size_bytes);

		if (live_at(s, file->first))
			continue;
		list_contiguous(s, file);
		if (room_find(s, file) >= needed &&
		    rmn_chain_try(s, file, &s->list) == RMN_CHAIN_WHOLE)
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_PROVEN);
		else
			rmn_sectors_add(&s->soft, rmn_chain_place(s->grid, file->first),
			    s->list.clusters * s->grid->cluster_bytes);
	}
}

/* Whether a live file still waits for an explanation. */
static bool
is_open(const struct rmn_chain_file *file)
{
	return file->state == RMN_CHAIN_NONE;
}

/* Whether the end of s->list bears out what was just proven: with checksums nothing more is needed,
 * else somebody must begin there. */
static bool
proof_holds(const struct rmn_chain_solver *s)
{
	const struct rmn_chain_run *last = &s->list.runs[s->list.count - 1];

	return s->proven.proof == RMN_PROOF_CHECKSUM ||
	    rmn_chain_abuts(s, last->first + last->count);
}

/* Walks over what may have been in the way, in the order of how sure that is. */
static bool
skip_checked(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	const struct rmn_sectors *const ways[][3] = {
		{&s->hard}, {&s->hard, &s->assumed}, {&s->hard, &s->assumed, &s->soft},
		{&s->hard, &s->soft},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (rmn_chain_skip(s, file, ways[i]) &&
		    rmn_chain_try(s, file, &s->list) == RMN_CHAIN_WHOLE &&
		    s->proven.proof == RMN_PROOF_CHECKSUM) {
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_PROVEN);
			return true;
		}
	return false;
}

/* The same where structure alone must do: what is likely to have been in the way was. */
static bool
skip_fitting(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	const struct rmn_sectors *const ways[][3] = {
		{&s->hard, &s->assumed, &s->soft}, {&s->hard, &s->soft}, {&s->hard, &s->assumed},
		{&s->hard},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (rmn_chain_skip(s, file, ways[i]) &&
		    rmn_chain_try(s, file, &s->list) == RMN_CHAIN_WHOLE && proof_holds(s)) {
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_PROVEN);
			return true;
		}
	return false;
}

/* Whatever has a structure, but as a guess: where it ends says nothing for it. */
static bool
skip_any(struct rmn_chain_solver *s, struct rmn_chain_file *file)
{
	const struct rmn_sectors *const ways[][3] = {
		{&s->hard, &s->assumed, &s->soft}, {&s->hard, &s->assumed},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (rmn_chain_skip(s, file, ways[i]) &&
		    rmn_chain_try(s, file, &s->list) == RMN_CHAIN_WHOLE) {
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_ASSUMED);
			return true;
		}
	return false;
}

#define ROUNDS_MAX 48

/* Ways to explain a file, sure and cheap ones first. */
static bool (*const ways[])(struct rmn_chain_solver *s, struct rmn_chain_file *file) = {
	rmn_chain_joint, skip_checked, rmn_chain_soft_strict, rmn_chain_soft, rmn_chain_open,
	skip_fitting, rmn_chain_mend, rmn_chain_step, skip_any,
};
#define WAY_CHEAP 7u
#define WAY_COUNT (sizeof(ways) / sizeof(ways[0]))

static bool
ways_init(struct rmn_chain_solver *s)
{
	s->asked = calloc(s->live_count + 1, WAY_COUNT * sizeof(*s->asked));
	s->settled = 1;
	return s->asked != NULL;
}

/* Asks one way about one file, unless nothing was settled since it said no. */
static bool
way_ask(struct rmn_chain_solver *s, size_t way, size_t live)
{
	uint32_t *asked = &s->asked[live * WAY_COUNT + way];

	if (*asked == s->settled)
		return false;
	*asked = s->settled;
	return ways[way](s, s->live[live]);
}

/* What one way settles may open another for the next file.  Files whose content nobody can check take
 * what is left. */
static void
live_explain(struct rmn_chain_solver *s, size_t way_count, bool is_silent)
{
	size_t way = 0;

	for (unsigned rounds = 0; way < way_count && rounds < ROUNDS_MAX; rounds++) {
		bool is_moving = false;

		for (size_t i = 0; i < s->live_count; i++)
			if (is_open(s->live[i]) && s->silent[i] == is_silent &&
			    way_ask(s, way, i))
				is_moving = true;
		way = is_moving ? 0 : way + 1;
	}
}

/* Contiguous files that their walk does not like: files are broken in themselves now and then.  Those
 * that end where somebody begins, and in which nobody does, are where they seem. */
static void
live_fence(struct rmn_chain_solver *s)
{
	const struct rmn_sectors *const sets[3] = {&s->hard, &s->assumed, &s->soft};

	for (size_t i = 0; i < s->live_count; i++) {
		struct rmn_chain_file *file = s->live[i];
		uint64_t needed = rmn_chain_clusters(s->grid, file->size_bytes);

		if (!is_open(file) || file->is_scattered ||
		    needed > s->grid->cluster_end - file->first)
			continue;
		if (rmn_chain_free_count(s, file->first + 1, file->first + (uint32_t)needed,
		    sets) == needed - 1 &&
		    rmn_chain_abuts(s, file->first + (uint32_t)needed)) {
			list_contiguous(s, file);
			rmn_chain_settle(s, file, &s->list, RMN_CHAIN_FENCED);
		}
	}
}

/* The one cluster that is sure. */
static void
list_start(struct rmn_chain_solver *s, const struct rmn_chain_file *file)
{
	rmn_chain_list_clear(&s->list);
	rmn_chain_list_add(&s->list, file->first, 1);
}

/* What could not be proven: over all that is likely to have been in the way. */
static void
live_guess(struct rmn_chain_solver *s)
{
	const struct rmn_sectors *const sets[3] = {&s->hard, &s->assumed};

	for (size_t i = 0; i < s->live_count; i++) {
		struct rmn_chain_file *file = s->live[i];

		if (!is_open(file))
			continue;
		if (!rmn_chain_skip(s, file, sets))
			list_contiguous(s, file);
		if (file->is_scattered && s->list.count == 1)	/* known to be wrong */
			list_start(s, file);
		rmn_chain_settle(s, file, &s->list, RMN_CHAIN_GUESSED);
	}
}

/* A deleted file of the same place and size as a live one is that file under an old name. */
static void
deleted_share(struct rmn_chain_file *file, const struct rmn_chain_file *live)
{
	file->runs = live->runs;
	file->run_count = live->run_count;
	file->state = live->state;
}

static void
deleted_rest(struct rmn_chain_solver *s)
{
	for (size_t i = 0; i < s->deleted_count; i++) {
		struct rmn_chain_file *file = s->deleted[i];
		struct rmn_chain_file *live = live_at(s, file->first);

		if (file->state == RMN_CHAIN_EXACT || file->state == RMN_CHAIN_PROVEN)
			continue;
		if (live && live->size_bytes == file->size_bytes) {
			deleted_share(file, live);
			continue;
		}
		if (!live && (skip_fitting(s, file) || rmn_chain_soft(s, file) ||
		    rmn_chain_mend(s, file)))
			continue;
		list_contiguous(s, file);
		rmn_chain_settle(s, file, &s->list,
		    s->list.clusters == 1 && !live ? RMN_CHAIN_ASSUMED : RMN_CHAIN_GUESSED);
	}
}

/* What is known of the contents where they ended up. */
static void
checks_fill(struct rmn_chain_solver *s, struct rmn_chain_file *const *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rmn_chain_file *file = files[i];
		const struct rmn_chain_memory *memory;

		rmn_chain_list_clear(&s->list);
		for (size_t k = 0; k < file->run_count; k++)
			rmn_chain_list_add(&s->list, file->runs[k].first, file->runs[k].count);
		if (file->run_count == 0 ||
		    s->list.clusters != rmn_chain_clusters(s->grid, file->size_bytes))
			continue;
		memory = rmn_chain_memo_find(&s->memo, file, &s->list);
		if (!memory || !memory->is_known)
			continue;
		file->is_checked = true;
		file->check = memory->is_carved ?
		    rmn_check_proven(&memory->proven, file->size_bytes) : RMN_CHECK_NONE;
	}
}

enum rmn_status
rmn_chain_solve(struct rmn_recovery *r, const struct rmn_chain_grid *grid,
    const struct rmn_sectors *taken, struct rmn_chain_file *const *files, size_t count,
    struct rmn_arena *arena)
{
	struct rmn_chain_solver s = {.r = r, .grid = grid, .arena = arena,
	    .work_limit = RMN_CHAIN_WORK_BYTES};
	uint64_t disk = rmn_disk_size(r->disk);
	enum rmn_status status = RMN_OK;

	rmn_carve_tools_init(&s.tools);
	s.tools.streams = rmn_streams_new();
	if (rmn_sectors_init(&s.hard, disk) && rmn_sectors_init(&s.starts, disk) &&
	    rmn_sectors_init(&s.assumed, disk) && rmn_sectors_init(&s.soft, disk) &&
	    files_sort(&s, files, count) && ways_init(&s)) {
		masks_fill(&s, taken);
		live_contiguous(&s);
		deleted_contiguous(&s);
		live_explain(&s, WAY_CHEAP, false);
		live_fence(&s);
		live_explain(&s, WAY_COUNT, false);
		live_explain(&s, WAY_CHEAP, true);
		live_guess(&s);
		deleted_rest(&s);
		checks_fill(&s, files, count);
	} else {
		status = RMN_NOMEM;
	}
	if (s.list.failed || s.hard.failed || s.starts.failed || s.assumed.failed || s.soft.failed)
		status = RMN_NOMEM;
	if (status == RMN_NOMEM)
		rmn_fail(r->error, RMN_NOMEM, "out of memory for cluster chains");
	else if (s.is_given_up)
		status = RMN_LIMIT;
	rmn_sectors_release(&s.hard);
	rmn_sectors_release(&s.starts);
	rmn_sectors_release(&s.assumed);
	rmn_sectors_release(&s.soft);
	free(s.asked);
	rmn_chain_list_release(&s.list);
	rmn_chain_memo_release(&s.memo);
	rmn_chain_trail_release(&s.trail);
	rmn_view_release(&s.view);
	rmn_carve_tools_release(&s.tools);
	return status;
}
