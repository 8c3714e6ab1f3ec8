/* SPDX-License-Identifier: MIT */
#include "carve/run.h"

#include <stdlib.h>

#include "base/checked.h"
#include "carve/run_private.h"

/* Walks that lead to nothing may read the disk so many times over before each gets only a look. */
#define WALK_DISKS 4u
#define WALK_MORE (256 * RMN_MIB)
#define WALK_LOOK (16 * RMN_KIB)

/* Mends, the same for each kind: their bytes are cheap ones, most of them read again and again.  On large
 * disks the bound is what ten minutes of one processor can do. */
#define MEND_DISKS 1u
#define MEND_MORE (192 * RMN_MIB)
#define MEND_DISK_MAX (64 * RMN_GIB)

/* Heads inside a file that are looked at, and how many whole ones are no chance (one at a block border
 * is one in eight when sectors are an eighth of a block). */
#define STRANGERS_WALKED 32u
#define STRANGERS_SURE 2u

/* Files that are open at a time: 200 MB. */
#define OPEN_MAX ((size_t)2 << 20)

void
rmn_carve_tell(struct rmn_carve_state *s, enum rmn_carve_limit limit)
{
	static const char *const reasons[RMN_CARVE_LIMIT_COUNT] = {
		[RMN_CARVE_LIMIT_WALKS] = "too many places look like the start of a file: "
		    "of some only the first bytes were examined",
		[RMN_CARVE_LIMIT_MENDS] = "too many fragmented files: "
		    "not every combination of pieces was tried",
		[RMN_CARVE_LIMIT_OPEN] = "too many fragmented files: the last ones were left out",
	};

	if (!s->is_told[limit] && s->job->limit)
		s->job->limit(s->job->context, reasons[limit]);
	s->is_told[limit] = true;
}

/* Where piece i of the first size_bytes of a view ends on the disk; false behind every disk. */
static bool
piece_end(const struct rmn_view *view, size_t i, uint64_t size_bytes, uint64_t *end)
{
	const struct rmn_view_piece *p = &view->pieces[i];
	uint64_t stop = i + 1 < view->count ?
	    rmn_min_u64(view->pieces[i + 1].file_offset, size_bytes) : size_bytes;

	return rmn_add_u64(p->image_offset, stop - p->file_offset, end);
}

/* Whether an earlier piece has a sector of piece i, which ends at end: a mend may go back and run on
 * into what it has already. */
static bool
is_own(const struct rmn_view *view, size_t i, uint64_t size_bytes, uint64_t end)
{
	for (size_t j = 0; j < i; j++) {
		uint64_t before;

		if (piece_end(view, j, size_bytes, &before) &&
		    view->pieces[i].image_offset / RMN_SECTOR_BYTES * RMN_SECTOR_BYTES < before &&
		    view->pieces[j].image_offset / RMN_SECTOR_BYTES * RMN_SECTOR_BYTES < end)
			return true;
	}
	return false;
}

bool
rmn_carve_is_free(const struct rmn_carve_state *s, const struct rmn_view *view, uint64_t size_bytes)
{
	uint64_t disk = rmn_disk_size(view->disk);

	for (size_t i = 0; i < view->count && view->pieces[i].file_offset < size_bytes; i++) {
		uint64_t start = view->pieces[i].image_offset, end;

		if (!piece_end(view, i, size_bytes, &end) || end > disk ||
		    rmn_sectors_next(s->job->taken, start, end, true) < end ||
		    is_own(view, i, size_bytes, end))
			return false;
	}
	return true;
}

void
rmn_carve_claim(struct rmn_carve_state *s, const struct rmn_view *view, uint64_t size_bytes,
    const struct rmn_carver *carver, const struct rmn_proven *proven, bool is_mended)
{
	struct rmn_carved carved = {.size_bytes = size_bytes, .carver = carver, .proven = *proven,
	    .is_mended = is_mended};
	struct rmn_extent *extents;

	if (!rmn_view_extents(view, size_bytes, &extents, &carved.extent_count)) {
		s->failed = true;
		return;
	}
	carved.extents = extents;
	for (size_t i = 0; i < carved.extent_count; i++)
		rmn_sectors_add(s->job->taken, extents[i].image_offset, extents[i].length_bytes);
	s->failed |= s->job->taken->failed;
	s->job->carved(s->job->context, &carved);
	free(extents);
}

/* Somebody else's block stands where this file would go on, or a stranger's start. */
static void
open_cut_short(const struct rmn_carve_state *s, struct rmn_carve_open *o, uint64_t stranger)
{
	uint64_t end = rmn_min_u64(o->offset + o->proven.length_bytes, stranger);
	uint64_t taken = rmn_sectors_next(s->job->taken, o->offset, end, true) - o->offset;

	o->proven.proof = RMN_PROOF_BROKEN;
	o->proven.broken_at = taken;
	o->proven.good_bytes = rmn_min_u64(o->proven.good_bytes, taken);
	o->proven.length_bytes = 0;
}

static void
open_add(struct rmn_carve_state *s, const struct rmn_carve_open *o)
{
	if (s->count >= OPEN_MAX) {
		rmn_carve_tell(s, RMN_CARVE_LIMIT_OPEN);
		return;
	}
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 256;
		struct rmn_carve_open *open = reallocarray(s->open, capacity, sizeof(*open));

		if (!open) {
			s->failed = true;
			return;
		}
		s->open = open;
		s->capacity = capacity;
	}
	s->open[s->count++] = *o;
}

/* Where a file without checksums runs over others: when several whole files begin inside it, all of them at
 * block borders, they are no parts of it (parts begin at any sector), and it was cut before the first.
 * UINT64_MAX: it does not look like that. */
static uint64_t
strangers_find(struct rmn_carve_state *s, size_t head, uint64_t end, uint32_t block)
{
	const struct rmn_carve_head *heads = s->job->heads;
	uint64_t start = heads[head].offset, first = UINT64_MAX;
	unsigned count = 0, walks = 0;
	struct rmn_view view;

	if (!rmn_view_open(&view, s->job->disk, start)) {
		s->failed = true;
		return UINT64_MAX;
	}
	for (size_t i = head + 1; i < s->job->head_count && heads[i].offset < end; i++) {
		struct rmn_proven proven = {0};

		if (heads[i].carver >= rmn_carver_count || heads[i].offset == start ||
		    walks == STRANGERS_WALKED)
			continue;
		walks++;
		view.pieces[0].image_offset = heads[i].offset;
		rmn_carvers[heads[i].carver].walk(&view, &s->tools, &proven);
		if (proven.proof < RMN_PROOF_STRUCTURE)
			continue;
		if ((heads[i].offset - start) % block != 0) {
			count = 0;
			break;
		}
		count++;
		first = rmn_min_u64(first, heads[i].offset);
	}
	rmn_view_release(&view);
	return count >= STRANGERS_SURE ? first : UINT64_MAX;
}

/* Walks one head; what is surely whole is claimed, what begins well is kept open. */
static void
head_walk(struct rmn_carve_state *s, size_t index, struct rmn_view *view)
{
	const struct rmn_carve_head *head = &s->job->heads[index];
	const struct rmn_carver *carver = &rmn_carvers[head->carver];
	struct rmn_carve_open o = {.offset = head->offset, .carver = head->carver};
	uint64_t before = s->tools.work, cost, stranger = UINT64_MAX;
	bool is_sure;

	if (!rmn_carve_head_fits(s->job, head->offset, &o.block_bytes))
		return;
	view->pieces[0].image_offset = head->offset;
	s->tools.work_limit = before + (s->credit > WALK_LOOK ? s->credit : WALK_LOOK);
	carver->walk(view, &s->tools, &o.proven);
	cost = s->tools.work - before;
	is_sure = o.proven.proof >= RMN_PROOF_STRUCTURE && o.proven.length_bytes > 0 &&
	    rmn_carve_is_free(s, view, o.proven.length_bytes);
	if (is_sure && o.proven.proof == RMN_PROOF_STRUCTURE)
		stranger = strangers_find(s, index, head->offset + o.proven.length_bytes,
		    o.block_bytes ? o.block_bytes : s->block_guess);
	if (is_sure && stranger == UINT64_MAX) {
		rmn_carve_claim(s, view, o.proven.length_bytes, carver, &o.proven, false);
		return;
	}
	s->credit -= rmn_min_u64(cost, s->credit);
	if (s->tools.work >= s->tools.work_limit && s->credit == 0)
		rmn_carve_tell(s, RMN_CARVE_LIMIT_WALKS);
	if (o.proven.proof == RMN_PROOF_NONE)
		return;
	if (o.proven.proof >= RMN_PROOF_STRUCTURE)
		open_cut_short(s, &o, stranger);
	open_add(s, &o);
}

/* Heads outside of all grids that begin where no other file does are most likely parts of files, and come
 * when those have been put together. */
static void
sweep_sure(struct rmn_carve_state *s, struct rmn_view *view, bool is_late)
{
	for (size_t i = 0; i < s->job->head_count && !s->failed; i++) {
		const struct rmn_carve_head *head = &s->job->heads[i];
		uint32_t block;

		if (head->carver < rmn_carver_count &&
		    head->offset < rmn_disk_size(s->job->disk) &&
		    !rmn_sectors_has(s->job->taken, head->offset) &&
		    rmn_carve_head_fits(s->job, head->offset, &block) &&
		    is_late == (block == 0 && !rmn_carve_is_in_phase(s, head->offset)))
			head_walk(s, i, view);
	}
}

/* Files whose end is a guess: only where nobody surer is. */
static void
sweep_plausible(struct rmn_carve_state *s, struct rmn_view *view)
{
	for (size_t i = 0; i < s->count && !s->failed; i++) {
		struct rmn_carve_open *o = &s->open[i];

		if (o->is_done || o->proven.proof != RMN_PROOF_PLAUSIBLE)
			continue;
		view->pieces[0].image_offset = o->offset;
		if (o->proven.length_bytes == 0 || rmn_sectors_has(s->job->taken, o->offset)) {
			o->is_done = true;
		} else if (rmn_carve_is_free(s, view, o->proven.length_bytes)) {
			rmn_carve_claim(s, view, o->proven.length_bytes, &rmn_carvers[o->carver],
			    &o->proven, false);
			o->is_done = true;
		} else {
			open_cut_short(s, o, UINT64_MAX);
		}
	}
}

static int
open_by_offset(const void *a, const void *b)
{
	const struct rmn_carve_open *x = a, *y = b;

	return x->offset != y->offset ? (x->offset < y->offset ? -1 : 1) :
	    (x->carver > y->carver) - (x->carver < y->carver);
}

/* How much of the first size bytes comes before the first that somebody else has. */
static uint64_t
view_free_head(const struct rmn_carve_state *s, const struct rmn_view *view, uint64_t size_bytes)
{
	for (size_t i = 0; i < view->count && view->pieces[i].file_offset < size_bytes; i++) {
		const struct rmn_view_piece *p = &view->pieces[i];
		uint64_t stop = i + 1 < view->count ?
		    rmn_min_u64(view->pieces[i + 1].file_offset, size_bytes) : size_bytes;
		uint64_t end = rmn_min_u64(p->image_offset + (stop - p->file_offset),
		    rmn_disk_size(view->disk));
		uint64_t taken = p->image_offset >= end ? p->image_offset :
		    rmn_sectors_next(s->job->taken, p->image_offset, end, true);

		if (taken - p->image_offset < stop - p->file_offset)
			return p->file_offset + (taken - p->image_offset);
	}
	return size_bytes;
}

/* What stays broken, with the bytes that are good. */
static void
sweep_broken(struct rmn_carve_state *s, struct rmn_view *contiguous)
{
	if (s->count > 0)
		qsort(s->open, s->count, sizeof(*s->open), open_by_offset);
	for (size_t i = 0; i < s->count && !s->failed; i++) {
		struct rmn_carve_open *o = &s->open[i];
		const struct rmn_view *view = o->partly ? o->partly : contiguous;
		uint64_t good;

		if (o->is_done)
			continue;
		contiguous->pieces[0].image_offset = o->offset;
		good = view_free_head(s, view, o->proven.good_bytes);
		if (good < RMN_CARVE_GOOD_MIN)
			continue;
		o->proven.good_bytes = good;
		rmn_carve_claim(s, view, good, &rmn_carvers[o->carver], &o->proven,
		    o->partly != NULL);
	}
}

static uint64_t
credit_of(uint64_t disk_bytes, uint64_t disks, uint64_t more)
{
	uint64_t credit;

	if (!rmn_mul_u64(disk_bytes, disks, &credit) || credit > UINT64_MAX / 4)
		credit = UINT64_MAX / 4;
	return credit + more;
}

enum rmn_status
rmn_carve_run(const struct rmn_carve_job *job, struct rmn_error *error)
{
	uint64_t size = rmn_disk_size(job->disk);
	struct rmn_carve_state s = {.job = job,
	    .credit = credit_of(size, WALK_DISKS, WALK_MORE)};
	struct rmn_view view;

	if (!rmn_view_open(&view, job->disk, 0))
		return rmn_fail(error, RMN_NOMEM, "out of memory for carving");
	rmn_carve_tools_init(&s.tools);
	for (size_t i = 0; i <= UINT8_MAX; i++)
		s.mend_credit[i] = credit_of(rmn_min_u64(size, MEND_DISK_MAX), MEND_DISKS,
		    MEND_MORE);
	rmn_carve_blocks_guess(&s);
	sweep_sure(&s, &view, false);
	sweep_plausible(&s, &view);
	rmn_carve_mend(&s);
	sweep_sure(&s, &view, true);
	sweep_plausible(&s, &view);
	sweep_broken(&s, &view);
	rmn_carve_tools_release(&s.tools);
	rmn_view_release(&view);
	for (size_t i = 0; i < s.count; i++) {
		if (s.open[i].partly)
			rmn_view_release(s.open[i].partly);
		free(s.open[i].partly);
	}
	free(s.open);
	return s.failed ? rmn_fail(error, RMN_NOMEM, "out of memory for carving") : RMN_OK;
}
