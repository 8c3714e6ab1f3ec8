/* SPDX-License-Identifier: MIT */
#include "recover/rest.h"

#include "base/checked.h"
#include "fs/window.h"

void
rmn_rest_claim(struct rmn_ranges *set, const struct rmn_extent *extents, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (extents[i].image_offset != RMN_EXTENT_SPARSE)
			rmn_ranges_add(set, extents[i].image_offset,
			    extents[i].image_offset + extents[i].length_bytes, 0);
}

/* The first run of a normal set that ends behind offset. */
static size_t
ranges_from(const struct rmn_ranges *set, uint64_t offset)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->runs[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint64_t
ranges_overlap(const struct rmn_ranges *set, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;

	for (size_t i = ranges_from(set, start); i < set->count && set->runs[i].start < end; i++) {
		uint64_t from = set->runs[i].start > start ? set->runs[i].start : start;

		bytes += rmn_min_u64(set->runs[i].end, end) - from;
	}
	return bytes;
}

/* What no recovered file claims of one run. */
static void
run_emit(struct rmn_space_window *w, const struct rmn_unclaimed *u, const struct rmn_ranges *claimed)
{
	uint64_t at = u->run.image_offset, end = at + u->run.length_bytes;

	for (size_t i = ranges_from(claimed, at); at < end && w->status == RMN_OK; i++) {
		bool is_last = i >= claimed->count || claimed->runs[i].start >= end;
		uint64_t stop = is_last ? end : claimed->runs[i].start;
		struct rmn_space_run run = u->run;

		if (at < stop) {
			run.image_offset = at;
			run.length_bytes = stop - at;
			rmn_space_window_add(w, u->volume, run);
		}
		if (is_last)
			break;
		at = claimed->runs[i].end;
	}
}

static void
ranges_join(struct rmn_ranges *to, const struct rmn_ranges *from)
{
	for (size_t i = 0; i < from->count; i++)
		rmn_ranges_add(to, from->runs[i].start, from->runs[i].end, 0);
}

enum rmn_status
rmn_rest_emit(const struct rmn_collected *c, struct rmn_ranges *lost, struct rmn_ranges *carved)
{
	struct rmn_space_window w = {.sink = c->sink};
	struct rmn_ranges claimed = {0};
	uint64_t lost_bytes = 0, carved_bytes = 0;

	rmn_ranges_normalise(lost);
	rmn_ranges_normalise(carved);
	rmn_ranges_subtract(carved, lost);
	ranges_join(&claimed, lost);
	ranges_join(&claimed, carved);
	rmn_ranges_normalise(&claimed);
	if (lost->failed || carved->failed || claimed.failed)
		w.status = RMN_NOMEM;
	for (size_t i = 0; i < c->space_count && w.status == RMN_OK; i++) {
		const struct rmn_space_run *run = &c->space[i].run;
		uint64_t end = run->image_offset + run->length_bytes;

		lost_bytes += ranges_overlap(lost, run->image_offset, end);
		carved_bytes += ranges_overlap(carved, run->image_offset, end);
		run_emit(&w, &c->space[i], &claimed);
	}
	rmn_space_window_end(&w);
	rmn_ranges_release(&claimed);
	if (w.status == RMN_OK && c->sink->recovered)
		w.status = c->sink->recovered(c->sink->context, lost_bytes, carved_bytes);
	return w.status == RMN_NOMEM ? rmn_fail(c->error, RMN_NOMEM, "out of memory") : w.status;
}
