/* SPDX-License-Identifier: MIT
 *
 * GIF (87a, 89a): a screen, then blocks by their introducer up to the trailer.  Sub-blocks chain by
 * single length bytes, so that foreign bytes lead to an impossible introducer soon, but not at
 * once. */
#include "carve/window.h"

#define SCREEN_BYTES 13u

static uint64_t
palette_bytes(uint8_t flags)
{
	return flags & 0x80 ? 3ull << ((flags & 7) + 1) : 0;
}

/* Steps over length-prefixed sub-blocks; 0: they leave the view. */
static uint64_t
chain_end(struct rmn_window *w, uint64_t at)
{
	for (;;) {
		struct rmn_bytes b = rmn_window_bytes(w, at, 1);

		if (b.size == 0)
			return 0;
		at += 1u + b.data[0];
		if (b.data[0] == 0)
			return at;
	}
}

/* An extension: the labels of GIF89a and the length that the first sub-block of each must have. */
static uint64_t
extension_end(struct rmn_window *w, uint64_t at)
{
	static const struct { uint8_t label, size; } kinds[] = {
		{0xF9, 4}, {0x01, 12}, {0xFF, 11}, {0xFE, 0},
	};
	struct rmn_bytes b = rmn_window_bytes(w, at, 3);

	if (b.size < 3)
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].label == b.data[1] &&
		    (kinds[i].size == 0 || kinds[i].size == b.data[2]))
			return chain_end(w, at + 2);
	}
	return 0;
}

static uint64_t
image_end(struct rmn_window *w, uint64_t at)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 10);
	uint64_t data;

	if (b.size < 10)
		return 0;
	data = at + 10 + palette_bytes(b.data[9]);
	b = rmn_window_bytes(w, data, 1);
	if (b.size == 0 || b.data[0] < 1 || b.data[0] > 8)
		return 0;
	return chain_end(w, data + 1);
}

void
rmn_walk_gif(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct rmn_bytes b;
	uint64_t at, next, images = 0;

	rmn_window_init(&w, view, tools, &tools->buffer);
	b = rmn_window_bytes(&w, 0, SCREEN_BYTES);
	if (b.size < SCREEN_BYTES || (b.data[4] != '7' && b.data[4] != '9') || b.data[5] != 'a')
		return;
	at = SCREEN_BYTES + palette_bytes(b.data[10]);
	for (;; at = next) {
		int kind;

		b = rmn_window_bytes(&w, at, 1);
		kind = b.size > 0 ? b.data[0] : -1;
		if (kind == 0x3B && images > 0) {
			rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at + 1);
			return;
		}
		next = kind == 0x21 ? extension_end(&w, at) : kind == 0x2C ? image_end(&w, at) : 0;
		if (next == 0)
			break;
		images += kind == 0x2C;
	}
	rmn_proven_break(view, proven, at, at);
}
