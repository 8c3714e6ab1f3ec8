/* SPDX-License-Identifier: MIT */
#include "carve/streams_private.h"

#include <stdlib.h>

#define STREAMS_MAX ((size_t)1 << 16)
#define STREAM_BYTES_MIN 64u		/* shorter ones are unpacked faster than found */
/* How far behind the place where a stream broke the reason may lie. */
#define BROKEN_BYTES 8u

struct stream {
	uint64_t place;			/* of its first byte; 0: none, no stream begins a disk */
	uint64_t layout;		/* of all its bytes */
	enum rmn_stream_kind kind;
	struct rmn_stream_sum sum;
};

struct rmn_streams *
rmn_streams_new(void)
{
	return calloc(1, sizeof(struct rmn_streams));
}

void
rmn_streams_free(struct rmn_streams *streams)
{
	if (!streams)
		return;
	for (size_t i = 0; i < TRAILS; i++)
		rmn_stream_trail_release(&streams->trails[i]);
	free(streams->slots);
	free(streams);
}

static uint64_t
layout_of(const struct rmn_view *view, uint64_t offset, const struct rmn_stream_sum *sum)
{
	return rmn_view_layout(view, offset, sum->packed_bytes +
	    (sum->is_whole ? 0 : BROKEN_BYTES));
}

static struct stream *
slot_find(const struct rmn_streams *s, uint64_t place, enum rmn_stream_kind kind)
{
	uint64_t hash = (place ^ (uint64_t)kind << 60) * 0x9e3779b97f4a7c15ull;
	size_t at = (size_t)(hash >> 32) & (s->capacity - 1);

	while (s->slots[at].place != 0 &&
	    (s->slots[at].place != place || s->slots[at].kind != kind))
		at = (at + 1) & (s->capacity - 1);
	return &s->slots[at];
}

static bool
streams_grow(struct rmn_streams *s)
{
	struct stream *old = s->slots;
	size_t old_capacity = s->capacity, capacity = old ? old_capacity * 2 : 256;
	struct stream *slots = s->count < STREAMS_MAX ? calloc(capacity, sizeof(*slots)) : NULL;

	if (!slots)
		return false;
	s->slots = slots;
	s->capacity = capacity;
	for (size_t i = 0; i < old_capacity; i++)
		if (old[i].place != 0)
			*slot_find(s, old[i].place, old[i].kind) = old[i];
	free(old);
	return true;
}

bool
rmn_streams_find(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset,
    uint64_t limit, enum rmn_stream_kind kind, struct rmn_stream_sum *sum)
{
	const struct rmn_streams *s = tools->streams;
	const struct stream *stream;

	if (!s || s->count == 0)
		return false;
	stream = slot_find(s, rmn_view_place(view, offset), kind);
	if (stream->place == 0 || stream->sum.packed_bytes > limit ||
	    stream->layout != layout_of(view, offset, &stream->sum))
		return false;
	*sum = stream->sum;
	tools->work += sum->work;
	return true;
}

void
rmn_streams_keep(struct rmn_carve_tools *tools, const struct rmn_view *view, uint64_t offset,
    enum rmn_stream_kind kind, const struct rmn_stream_sum *sum)
{
	struct rmn_streams *s = tools->streams;
	uint64_t place = rmn_view_place(view, offset);
	struct stream *stream;

	if (s && sum->is_whole)
		rmn_stream_trail_drop(s, place);
	if (!s || sum->packed_bytes < STREAM_BYTES_MIN || place == 0 ||
	    place == RMN_EXTENT_SPARSE || (s->count * 2 >= s->capacity && !streams_grow(s)))
		return;
	stream = slot_find(s, place, kind);
	s->count += stream->place == 0;
	*stream = (struct stream){place, layout_of(view, offset, sum), kind, *sum};
}
