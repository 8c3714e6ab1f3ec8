/* SPDX-License-Identifier: MIT */
#include "carve/streams.h"

#include <stdlib.h>

#define STREAMS_MAX ((size_t)1 << 16)
#define STREAM_BYTES_MIN 2048u		/* shorter ones are unpacked faster than found */
/* How far behind the place where a stream broke the reason may lie. */
#define BROKEN_BYTES 8u

struct stream {
	uint64_t place;			/* of its first byte; 0: none, no stream begins a disk */
	uint64_t layout;		/* of all its bytes */
	enum rmn_stream_kind kind;
	struct rmn_stream_sum sum;
};

struct rmn_streams {
	struct stream *slots;		/* owned; open addressing, a power of two */
	size_t count, capacity;
};

struct rmn_streams *
rmn_streams_new(void)
{
	return calloc(1, sizeof(struct rmn_streams));
}

void
rmn_streams_free(struct rmn_streams *streams)
{
	if (streams)
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
	struct rmn_streams grown = {.capacity = s->capacity ? s->capacity * 2 : 256,
	    .count = s->count};

	if (s->count >= STREAMS_MAX)
		return false;
	grown.slots = calloc(grown.capacity, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < s->capacity; i++)
		if (s->slots[i].place != 0)
			*slot_find(&grown, s->slots[i].place, s->slots[i].kind) = s->slots[i];
	free(s->slots);
	*s = grown;
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

	if (!s || sum->packed_bytes < STREAM_BYTES_MIN || place == 0 ||
	    place == RMN_EXTENT_SPARSE || (s->count * 2 >= s->capacity && !streams_grow(s)))
		return;
	stream = slot_find(s, place, kind);
	s->count += stream->place == 0;
	*stream = (struct stream){place, layout_of(view, offset, sum), kind, *sum};
}
