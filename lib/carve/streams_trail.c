/* SPDX-License-Identifier: MIT */
#include "base/checked.h"
#include "carve/streams_private.h"

#define MARK_BYTES 32768u

/* How many bytes from the two offsets on lie at the same places. */
static uint64_t
views_share(const struct rmn_view *a, uint64_t a_offset, const struct rmn_view *b,
    uint64_t b_offset)
{
	uint64_t at = 0, a_place, b_place;

	for (;;) {
		uint64_t x = rmn_view_stretch(a, a_offset + at, &a_place);
		uint64_t y = rmn_view_stretch(b, b_offset + at, &b_place);

		if (x == 0 || y == 0 || a_place != b_place)
			return at;
		at += rmn_min_u64(x, y);
	}
}

void
rmn_stream_trail_release(struct rmn_stream_trail *trail)
{
	rmn_view_release(&trail->view);
	for (size_t i = 0; i < MARKS; i++)
		rmn_flow_release(&trail->marks[i].flow);
}

/* The trail of that place, or the one that gives way: without marks, or unused for longest. */
static struct rmn_stream_trail *
trail_find(struct rmn_streams *s, uint64_t place)
{
	struct rmn_stream_trail *found = &s->trails[0];

	for (size_t i = 0; i < TRAILS; i++) {
		struct rmn_stream_trail *trail = &s->trails[i];

		if (trail->place == place)
			return trail;
		if (found->count > 0 && (trail->count == 0 || trail->used < found->used))
			found = trail;
	}
	return found;
}

void
rmn_stream_trail_drop(struct rmn_streams *s, uint64_t place)
{
	struct rmn_stream_trail *trail = trail_find(s, place);

	if (trail->place == place)
		trail->count = 0;
}

struct rmn_stream_trail *
rmn_stream_trail_open(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset)
{
	uint64_t place = rmn_view_place(view, offset), shared = 0;
	struct rmn_stream_trail *trail;

	if (!tools->streams || place == 0 || place == RMN_EXTENT_SPARSE)
		return NULL;
	trail = trail_find(tools->streams, place);
	if (trail->place == place && trail->count > 0)
		shared = views_share(&trail->view, trail->offset, view, offset);
	while (trail->count > 0 && (trail->place != place ||
	    trail->marks[trail->count - 1].flow.fed > shared))
		trail->count--;
	rmn_view_release(&trail->view);
	trail->place = rmn_view_copy(&trail->view, view) ? place : 0;
	trail->offset = offset;
	trail->used = ++tools->streams->clock;
	trail->work_before = tools->work;
	return trail->place ? trail : NULL;
}

bool
rmn_stream_trail_resume(struct rmn_stream_trail *trail, struct rmn_carve_tools *tools,
    struct rmn_flow *flow)
{
	struct mark *mark;

	if (!trail || trail->count == 0)
		return false;
	mark = &trail->marks[trail->count - 1];
	rmn_flow_copy(flow, &mark->flow);
	tools->work = trail->work_before + mark->work;
	return true;
}

size_t
rmn_stream_trail_next(const struct rmn_flow *flow)
{
	return MARK_BYTES - (size_t)(flow->fed % MARK_BYTES);
}

void
rmn_stream_trail_mark(struct rmn_stream_trail *trail, const struct rmn_carve_tools *tools,
    struct rmn_flow *flow)
{
	struct mark *mark;
	uint64_t last = 0;

	if (!trail || trail->count == MARKS)
		return;
	if (trail->count > 0)
		last = trail->marks[trail->count - 1].flow.fed;
	if (flow->fed < last + MARK_BYTES)
		return;
	mark = &trail->marks[trail->count];
	if (!mark->flow.inflate && !rmn_flow_init(&mark->flow, RMN_FLOW_ZLIB))
		return;
	rmn_flow_copy(&mark->flow, flow);
	mark->work = tools->work - trail->work_before;
	trail->count++;
}
