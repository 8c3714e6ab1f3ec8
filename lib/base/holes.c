/* SPDX-License-Identifier: MIT */
#include "base/holes.h"

#include "base/checked.h"

#define BLOCK_BYTES ((size_t)64 << 10)

static bool
zeros_next(struct rmn_bytes bytes, size_t at, size_t least, size_t *start, size_t *end)
{
	/* a run that is long enough covers one of these places, wherever it starts */
	while (at < bytes.size && bytes.size - at >= least) {
		size_t probe = at + least - 1, from = probe, to = probe;

		if (bytes.data[probe] != 0) {
			at = probe + 1;
			continue;
		}
		while (from > at && bytes.data[from - 1] == 0)
			from--;
		while (to < bytes.size && bytes.data[to] == 0)
			to++;
		if (to - from >= least) {
			*start = from;
			*end = to;
			return true;
		}
		at = to;
	}
	return false;
}

bool
rmn_hole_next(struct rmn_bytes bytes, size_t at, size_t *start, size_t *end)
{
	return zeros_next(bytes, at, RMN_HOLE_BYTES, start, end);
}

bool
rmn_text_hole_is_there(struct rmn_bytes text)
{
	size_t start, end;

	return zeros_next(text, 0, RMN_TEXT_HOLE_BYTES, &start, &end);
}

/* Blocks come one after the other; `run` zeros end the last one. */
struct gathering {
	struct rmn_holes holes;
	uint64_t offset;
	uint64_t run;
};

static void
hole_add(struct gathering *g, uint64_t end, uint64_t size)
{
	if (size < RMN_HOLE_BYTES)
		return;
	if (g->holes.count++ == 0)
		g->holes.first = end - size;
	g->holes.zero_bytes += size;
}

static void
block_take(struct gathering *g, struct rmn_bytes block)
{
	size_t lead = 0, tail = 0, at, start, end;

	while (lead < block.size && block.data[lead] == 0)
		lead++;
	g->run += lead;
	if (lead < block.size) {
		hole_add(g, g->offset + lead, g->run);
		for (at = lead; rmn_hole_next(block, at, &start, &end) && end < block.size; at = end)
			hole_add(g, g->offset + end, end - start);
		while (block.data[block.size - 1 - tail] == 0)
			tail++;
		g->run = tail;
	}
	g->offset += block.size;
}

struct rmn_holes
rmn_blob_holes(struct rmn_blob *blob, uint64_t limit_bytes, struct rmn_arena *arena)
{
	uint64_t size = rmn_min_u64(blob->size_bytes, limit_bytes);
	struct gathering g = {.offset = 0};
	unsigned char *block;
	size_t got;

	if (blob->memory.data) {
		block_take(&g, rmn_bytes_head(blob->memory, (size_t)size));
		hole_add(&g, g.offset, g.run);
		return g.holes;
	}
	block = size > 0 ? rmn_arena_alloc(arena, BLOCK_BYTES, 1) : NULL;
	while (block && g.offset < size &&
	    rmn_blob_read(blob, g.offset, block, BLOCK_BYTES, &got, NULL) == RMN_OK && got > 0)
		block_take(&g, rmn_bytes_head((struct rmn_bytes){block, got},
		    (size_t)rmn_min_u64(got, size - g.offset)));
	hole_add(&g, g.offset, g.run);
	return g.holes;
}
