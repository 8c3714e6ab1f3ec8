/* SPDX-License-Identifier: MIT
 *
 * Folders of Outlook Express (A. Schloh's description of the format): every object begins with its own
 * place in the file, so that what is torn apart shows at once.  The end is that of the last segments the
 * header knows of; whether more was written behind them nothing says, so that it stays a guess. */
#include <string.h>

#include "base/number.h"
#include "carve/window.h"

#define HEADER_BYTES 0x24BCu
#define NODE_BYTES 0x27Cu
#define ENTRIES_MAX 51u			/* of a node */
#define NODES_MAX 65536u
#define DEPTH_MAX 16u
#define SEGMENT_MAX (1u << 24)
#define ENTRY_COUNT_AT 0xC4u
#define ROOT_AT 0xE4u

/* Pointer, length: the last segments of variable data, of tree nodes, of messages. */
static const uint8_t segments[] = {0x24, 0x30, 0x3C};

struct folder {
	struct rmn_window w;
	uint64_t good, broken;		/* UINT64_MAX: nothing is wrong */
	uint32_t objects, nodes;
};

static bool
object_fits(struct folder *f, uint32_t at)
{
	struct rmn_bytes b = rmn_window_bytes(&f->w, at, 4);

	if (at >= HEADER_BYTES && b.size >= 4 && rmn_le32(b.data) == at) {
		f->objects++;
		if (at < f->broken && at > f->good)
			f->good = at;
		return true;
	}
	if (at < f->broken)
		f->broken = at > HEADER_BYTES ? at : HEADER_BYTES;
	return false;
}

/* A node and all below it; heights are small in honest folders. */
static void
node_walk(struct folder *f, uint32_t root)
{
	uint32_t stack[DEPTH_MAX * ENTRIES_MAX];
	size_t depth = 0;

	stack[depth++] = root;
	while (depth > 0 && f->nodes++ < NODES_MAX && !f->w.is_spent) {
		unsigned char node[NODE_BYTES];
		uint32_t at = stack[--depth];
		struct rmn_bytes b;
		unsigned count;

		if (!object_fits(f, at))
			continue;
		b = rmn_window_bytes(&f->w, at, NODE_BYTES);
		count = b.size >= NODE_BYTES ? b.data[17] : ENTRIES_MAX + 1;
		if (count > ENTRIES_MAX) {
			f->broken = at < f->broken ? at : f->broken;
			continue;
		}
		memcpy(node, b.data, NODE_BYTES);
		if (rmn_le32(node + 8) && depth < DEPTH_MAX * ENTRIES_MAX)
			stack[depth++] = rmn_le32(node + 8);
		for (unsigned i = 0; i < count; i++) {
			const unsigned char *entry = node + 24 + i * 12;

			object_fits(f, rmn_le32(entry));
			if (rmn_le32(entry + 4) && depth < DEPTH_MAX * ENTRIES_MAX)
				stack[depth++] = rmn_le32(entry + 4);
		}
	}
}

void
rmn_walk_dbx(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct folder f = {.good = HEADER_BYTES, .broken = UINT64_MAX};
	unsigned char head[0x100];
	struct rmn_bytes b;
	uint64_t length = HEADER_BYTES;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&f.w, view, tools, &tools->buffer);
	b = rmn_window_bytes(&f.w, 0, sizeof(head));
	if (b.size < sizeof(head))
		return;
	memcpy(head, b.data, sizeof(head));
	for (size_t i = 0; i < sizeof(segments); i++) {
		uint64_t at = rmn_le32(head + segments[i]);
		uint32_t size = rmn_le32(head + segments[i] + 4);

		if (size > SEGMENT_MAX)
			return;
		if (at && at + size > length)
			length = at + size;
	}
	if (rmn_le32(head + ENTRY_COUNT_AT) && rmn_le32(head + ROOT_AT))
		node_walk(&f, rmn_le32(head + ROOT_AT));
	if (f.broken != UINT64_MAX)
		rmn_proven_break(view, proven, f.good < f.broken ? f.good : f.broken - 1, f.broken);
	else if (f.objects > 0 || length > HEADER_BYTES)
		rmn_proven_end(view, proven, RMN_PROOF_PLAUSIBLE, length);
}
