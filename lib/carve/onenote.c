/* SPDX-License-Identifier: MIT
 *
 * OneNote sections: revision stores ([MS-ONESTORE] 2), whose header says how long the file is and whose
 * lists of nodes begin and end with magics; and packages of the web ([MS-ONESTORE] 2.8 over [MS-FSSHTTPB]
 * 2.2.1), stream objects nested in one another up to the end of the first. */
#include <string.h>

#include "base/checked.h"
#include "base/number.h"
#include "carve/window.h"

#define HEADER_BYTES 1024u
#define FRAGMENT_HEAD 16u
#define FRAGMENT_TAIL 20u	/* reference to the next, magic */
#define FRAGMENTS_MAX 65536u
#define FRAGMENT_BYTES_MAX (16u << 20)
#define LIST_HEAD_MAGIC 0xA4567AB1F5F7F4C4ull
#define LIST_TAIL_MAGIC 0x8BC215C38233BA4Bull
#define PACKAGE_AT 68u
#define PACKAGE_TYPE 0x7Au
#define DEPTH_MAX 32u

static const unsigned char store_format[16] = {0x3F, 0xDD, 0x9A, 0x10, 0x1B, 0x91, 0xF5, 0x49, 0xA5,
    0xD0, 0x17, 0x91, 0xED, 0xC8, 0xAE, 0xD8};
static const unsigned char package_format[16] = {0x2F, 0xE9, 0x8D, 0x63, 0xD4, 0xA6, 0xC1, 0x4B, 0x9A,
    0x36, 0xB3, 0xFC, 0x25, 0x11, 0xA5, 0xB7};

struct store {
	const struct rmn_view *view;
	struct rmn_carve_tools *tools;
	uint64_t length;
	uint64_t good, broken;		/* offsets: the highest list that is right, the lowest wrong */
	uint64_t stack[256];		/* offset and size of lists still to be read, in turn */
	size_t depth;
	uint32_t read;
};

static void
list_add(struct store *s, uint64_t offset, uint64_t size)
{
	if (offset == UINT64_MAX || size == 0 || s->depth + 2 > sizeof(s->stack) / sizeof(s->stack[0]))
		return;
	s->stack[s->depth++] = offset;
	s->stack[s->depth++] = size;
}

/* How long a reference is, by the two format fields of a node. */
static size_t
reference_read(uint32_t node, const unsigned char *p, size_t left, uint64_t *offset, uint64_t *size)
{
	static const uint8_t offset_bytes[4] = {8, 4, 2, 4}, size_bytes[4] = {4, 8, 1, 2};
	unsigned of = node >> 23 & 3, sf = node >> 25 & 3;
	size_t total = (size_t)offset_bytes[of] + size_bytes[sf];

	if (left < total)
		return 0;
	*offset = of == 0 ? rmn_le64(p) : of == 2 ? rmn_le16(p) * 8ull : rmn_le32(p);
	if (of == 3)
		*offset *= 8;
	p += offset_bytes[of];
	*size = sf == 0 ? rmn_le32(p) : sf == 1 ? rmn_le64(p) : sf == 2 ? p[0] * 8ull :
	    rmn_le16(p) * 8ull;
	return total;
}

/* The nodes between head and tail: each with its size; those of base type 2 lead to other lists. */
static void
nodes_follow(struct store *s, const unsigned char *p, size_t size)
{
	for (size_t at = 0; at + 4 <= size;) {
		uint32_t node = rmn_le32(p + at), length = node >> 10 & 0x1FFF;
		uint64_t offset, bytes;

		if ((node & 0x3FF) == 0 || (node & 0x3FF) == 0xFF || length < 4 || length > size - at)
			return;
		if ((node >> 27 & 0x0F) == 2 &&
		    reference_read(node, p + at + 4, length - 4, &offset, &bytes))
			list_add(s, offset, bytes);
		at += length;
	}
}

static bool
list_follow(struct store *s, uint64_t offset, uint64_t size)
{
	struct rmn_bytes b;
	const unsigned char *tail;
	uint64_t next;

	if (size < FRAGMENT_HEAD + FRAGMENT_TAIL || size > FRAGMENT_BYTES_MAX)
		return false;
	s->tools->work += size;
	b = rmn_view_load(s->view, offset, (size_t)size, &s->tools->buffer);
	if (b.size < size || rmn_le64(b.data) != LIST_HEAD_MAGIC)
		return false;
	tail = b.data + size - FRAGMENT_TAIL;
	if (rmn_le64(tail + 12) != LIST_TAIL_MAGIC)
		return false;
	next = rmn_le64(tail);
	list_add(s, next, rmn_le32(tail + 8));
	nodes_follow(s, b.data + FRAGMENT_HEAD, (size_t)size - FRAGMENT_HEAD - FRAGMENT_TAIL);
	return true;
}

static void
store_walk(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_bytes head,
    struct rmn_proven *proven)
{
	struct store s = {.view = view, .tools = tools, .length = rmn_le64(head.data + 196),
	    .good = HEADER_BYTES, .broken = UINT64_MAX};

	if (s.length < HEADER_BYTES || s.length > 1ull << 40)
		return;
	list_add(&s, rmn_le64(head.data + 172), rmn_le32(head.data + 180));
	while (s.depth > 0 && s.read++ < FRAGMENTS_MAX &&
	    !(tools->work_limit && tools->work > tools->work_limit)) {
		uint64_t size = s.stack[--s.depth], offset = s.stack[--s.depth];

		if (offset < s.length && size <= s.length - offset && list_follow(&s, offset, size))
			s.good = offset + size > s.good ? offset + size : s.good;
		else if (offset < s.broken)
			s.broken = offset;
	}
	if (s.broken != UINT64_MAX)
		rmn_proven_break(view, proven, s.good < s.broken ? s.good : HEADER_BYTES,
		    s.broken > HEADER_BYTES ? s.broken : HEADER_BYTES + 1);
	else
		/* Objects and embedded files between the lists are covered by nothing. */
		rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, s.length);
}

/* A compact number ([MS-FSSHTTPB] 2.2.1.1): the lowest set bit of the first byte says how long. */
static size_t
compact_read(const unsigned char *p, size_t left, uint64_t *value)
{
	unsigned zeros = p[0] ? (unsigned)__builtin_ctz(p[0]) : 8;
	size_t bytes = p[0] == 0 ? 1 : zeros == 7 ? 9 : zeros + 1u;

	if (left < bytes)
		return 0;
	*value = 0;
	for (size_t i = bytes; i-- > (zeros == 7 ? 1 : 0);)
		*value = *value << 8 | p[i];
	if (zeros < 7)
		*value >>= zeros + 1;
	return bytes;
}

struct object {
	bool is_end, is_compound;
	uint32_t type;
	uint64_t head, length;		/* bytes of the header, of the data behind it */
};

static bool
object_read(struct rmn_window *w, uint64_t at, struct object *o)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 16);
	const unsigned char *p = b.data;
	uint32_t word;

	*o = (struct object){0};
	if (b.size < 1)
		return false;
	o->is_end = p[0] & 1;
	switch (p[0] & 3) {
	case 1:
		o->head = 1;
		o->type = p[0] >> 2;
		return true;
	case 3:
		o->head = 2;
		o->type = b.size >= 2 ? rmn_le16(p) >> 2 : 0;
		return b.size >= 2;
	case 0:
		if (b.size < 2)
			return false;
		word = rmn_le16(p);
		o->head = 2;
		o->type = word >> 3 & 0x3F;
		o->length = word >> 9;
		break;
	default:
		if (b.size < 4)
			return false;
		word = rmn_le32(p);
		o->head = 4;
		o->type = word >> 3 & 0x3FFF;
		o->length = word >> 17;
		if (o->length == 0x7FFF) {
			size_t part = b.size > 4 ? compact_read(p + 4, b.size - 4, &o->length) : 0;

			o->head += part;
			if (part == 0)
				return false;
		}
	}
	o->is_compound = word >> 2 & 1;
	return o->length < 1ull << 40;
}

static void
package_walk(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct rmn_window w;
	uint32_t stack[DEPTH_MAX], depth = 0;
	uint64_t at = PACKAGE_AT, good = PACKAGE_AT;
	struct object o;

	rmn_window_init(&w, view, tools, &tools->buffer);
	do {
		if (!object_read(&w, at, &o) || (at == PACKAGE_AT && o.type != PACKAGE_TYPE) ||
		    (o.is_end && (depth == 0 || stack[depth - 1] != o.type)) ||
		    (o.is_compound && depth == DEPTH_MAX) || w.is_spent) {
			rmn_proven_break(view, proven, good, at + 1);
			return;
		}
		good = at;
		at += o.head + o.length;
		if (o.is_end)
			depth--;
		else if (o.is_compound)
			stack[depth++] = o.type;
	} while (depth > 0);
	rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at);
}

void
rmn_walk_onenote(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	unsigned char head[256];

	*proven = (struct rmn_proven){0};
	if (rmn_view_read(view, 0, head, sizeof(head)) < sizeof(head))
		return;
	tools->work += sizeof(head);
	if (memcmp(head + 48, store_format, 16) == 0)
		store_walk(view, tools, (struct rmn_bytes){head, sizeof(head)}, proven);
	else if (memcmp(head + 48, package_format, 16) == 0)
		package_walk(view, tools, proven);
}
