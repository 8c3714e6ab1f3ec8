/* SPDX-License-Identifier: MIT */
#include "fs/space.h"

#include "base/checked.h"
#include "base/limits.h"
#include "fs/window.h"

void
rmn_claims_release(struct rmn_claims *claims)
{
	rmn_ranges_release(&claims->metadata);
	rmn_ranges_release(&claims->content);
	rmn_ranges_release(&claims->slack);
}

/* Cuts a run at window borders. */
static void
run_add(struct rmn_space_window *w, enum rmn_space_kind kind, uint64_t start, uint64_t end,
    uint64_t owner)
{
	while (start < end && w->status == RMN_OK) {
		uint64_t offset = start - start % RMN_SPACE_WINDOW_BYTES;
		uint64_t stop = rmn_min_u64(end - offset, RMN_SPACE_WINDOW_BYTES) + offset;

		rmn_space_window_add(w, w->volume,
		    (struct rmn_space_run){kind, start, stop - start, owner});
		start = stop;
	}
}

/* Splits unclaimed bytes by what the file system says of them; returns the metadata in them. */
static uint64_t
unclaimed_add(struct rmn_space_window *w, uint64_t start, uint64_t end,
    const struct rmn_blocks *blocks)
{
	uint64_t metadata = 0;

	while (start < end && w->status == RMN_OK) {
		uint64_t length = end - start;
		enum rmn_block_class class = RMN_BLOCK_UNOWNED;

		if (blocks)
			class = blocks->classify(blocks->context, start, &length);
		length = rmn_min_u64(length ? length : 1, end - start);
		if (class == RMN_BLOCK_METADATA)
			metadata += length;
		else
			run_add(w, class == RMN_BLOCK_FREE ? RMN_SPACE_UNALLOCATED :
			    RMN_SPACE_GAP, start, start + length, 0);
		start += length;
	}
	return metadata;
}

/* Slack and unclaimed runs are disjoint and sorted: a merge keeps the windows in order. */
static uint64_t
runs_merge(struct rmn_space_window *w, const struct rmn_ranges *unclaimed,
    const struct rmn_ranges *slack, const struct rmn_blocks *blocks)
{
	uint64_t metadata = 0;
	size_t i = 0, j = 0;

	while ((i < unclaimed->count || j < slack->count) && w->status == RMN_OK) {
		if (j == slack->count ||
		    (i < unclaimed->count && unclaimed->runs[i].start < slack->runs[j].start)) {
			metadata += unclaimed_add(w, unclaimed->runs[i].start,
			    unclaimed->runs[i].end, blocks);
			i++;
		} else {
			run_add(w, RMN_SPACE_SLACK, slack->runs[j].start, slack->runs[j].end,
			    slack->runs[j].owner);
			j++;
		}
	}
	return metadata;
}

enum rmn_status
rmn_space_emit(uint32_t volume, struct rmn_ranges *owned, struct rmn_claims *claims,
    const struct rmn_blocks *blocks, const struct rmn_walk_sink *sink, struct rmn_error *error)
{
	struct rmn_space_window w = {.sink = sink, .volume = volume};
	uint64_t content_bytes, metadata_bytes;

	rmn_ranges_intersect(&claims->metadata, owned);
	rmn_ranges_intersect(&claims->content, owned);
	rmn_ranges_subtract(&claims->content, &claims->metadata);
	rmn_ranges_intersect(&claims->slack, owned);
	rmn_ranges_subtract(&claims->slack, &claims->metadata);
	rmn_ranges_subtract(&claims->slack, &claims->content);
	rmn_ranges_subtract(owned, &claims->metadata);
	rmn_ranges_subtract(owned, &claims->content);
	rmn_ranges_subtract(owned, &claims->slack);
	if (owned->failed || claims->slack.failed)
		return rmn_fail(error, RMN_NOMEM, "out of memory for the map of volume %u", volume);
	content_bytes = rmn_ranges_total(&claims->content);
	metadata_bytes = rmn_ranges_total(&claims->metadata);
	metadata_bytes += runs_merge(&w, owned, &claims->slack, blocks);
	rmn_space_window_end(&w);
	if (w.status == RMN_NOMEM)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	if (w.status == RMN_OK && sink->ledger)
		w.status = sink->ledger(sink->context, volume, content_bytes, metadata_bytes);
	return w.status;
}
