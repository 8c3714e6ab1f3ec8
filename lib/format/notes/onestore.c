/* SPDX-License-Identifier: MIT */
#include "format/notes/onestore.h"

#include "base/checked.h"

#define ROOT_AT 172u
#define FRAGMENT_MAGIC 0xA4567AB1F5F7F4C4ull
#define FRAGMENT_HEAD 16u
#define FRAGMENT_TAIL 20u	/* the next fragment and a mark */
#define SETS_DEPTH 8u		/* sets in sets; MS-ONE has 3 */

bool
rmn_one_bytes(struct rmn_bytes file, const struct rmn_one_chunk *chunk, struct rmn_bytes *bytes)
{
	if (chunk->offset > file.size || chunk->size > file.size - chunk->offset)
		return false;
	*bytes = (struct rmn_bytes){file.data + chunk->offset, (size_t)chunk->size};
	return true;
}

static bool
chunk_read(struct rmn_cursor *c, struct rmn_one_chunk *chunk)
{
	uint32_t size;

	if (!rmn_cursor_le64(c, &chunk->offset) || !rmn_cursor_le32(c, &size))
		return false;
	chunk->size = size;
	if (chunk->offset == UINT64_MAX || chunk->offset == 0)
		chunk->size = 0;
	return true;
}

bool
rmn_one_root(struct rmn_bytes file, struct rmn_one_chunk *list)
{
	struct rmn_cursor c = rmn_cursor_over(file);

	return rmn_cursor_seek(&c, ROOT_AT) && chunk_read(&c, list) && list->size > 0;
}

bool
rmn_one_fragment(struct rmn_bytes file, const struct rmn_one_chunk *list,
    struct rmn_cursor *nodes, struct rmn_one_chunk *next)
{
	struct rmn_bytes bytes;
	struct rmn_cursor c;
	uint64_t magic;

	if (!rmn_one_bytes(file, list, &bytes) || bytes.size < FRAGMENT_HEAD + FRAGMENT_TAIL)
		return false;
	c = rmn_cursor_over(bytes);
	if (!rmn_cursor_le64(&c, &magic) || magic != FRAGMENT_MAGIC ||
	    !rmn_cursor_seek(&c, bytes.size - FRAGMENT_TAIL) || !chunk_read(&c, next))
		return false;
	bytes = rmn_bytes_head(bytes, bytes.size - FRAGMENT_TAIL);
	*nodes = rmn_cursor_over(rmn_bytes_after(bytes, FRAGMENT_HEAD));
	return true;
}

static bool
number_read(struct rmn_cursor *c, unsigned bytes, uint64_t *value)
{
	uint8_t byte;

	*value = 0;
	for (unsigned i = 0; i < bytes; i++) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*value |= (uint64_t)byte << (8 * i);
	}
	return true;
}

/* A reference whose two numbers are as short as they can be; some count in units of eight. */
static bool
reference_read(struct rmn_cursor *c, uint32_t head, struct rmn_one_chunk *chunk)
{
	static const unsigned char offset_bytes[4] = {8, 4, 2, 4}, size_bytes[4] = {4, 8, 1, 2};
	unsigned offset_form = head >> 23 & 3, size_form = head >> 25 & 3;
	uint64_t nil = offset_bytes[offset_form] == 8 ? UINT64_MAX :
	    ((uint64_t)1 << 8 * offset_bytes[offset_form]) - 1;

	if (!number_read(c, offset_bytes[offset_form], &chunk->offset) ||
	    !number_read(c, size_bytes[size_form], &chunk->size))
		return false;
	if (chunk->offset == nil)
		chunk->offset = chunk->size = 0;
	if (offset_form >= 2)
		chunk->offset *= 8;
	if (size_form >= 2)
		chunk->size *= 8;
	return true;
}

bool
rmn_one_node_next(struct rmn_cursor *nodes, struct rmn_one_node *node)
{
	struct rmn_bytes body;
	uint32_t head, size;

	*node = (struct rmn_one_node){.id = 0};
	if (!rmn_cursor_le32(nodes, &head))
		return false;
	size = head >> 10 & 0x1FFF;
	node->id = head & 0x3FF;
	if (node->id == 0 || node->id == RMN_ONE_FRAGMENT_END || size < 4 ||
	    !rmn_cursor_take(nodes, size - 4, &body))
		return false;
	node->data = rmn_cursor_over(body);
	node->has_chunk = (head >> 27 & 15) != 0;
	return !node->has_chunk || reference_read(&node->data, head, &node->chunk);
}

/* A stream of references: a count with flags, then 4 bytes each. */
static bool
stream_read(struct rmn_cursor *c, uint32_t *flags, struct rmn_bytes *ids)
{
	uint32_t head;

	if (!rmn_cursor_le32(c, &head))
		return false;
	*flags = head;
	return rmn_cursor_take(c, (size_t)(head & 0xFFFFFF) * 4, ids);
}

struct reading {
	rmn_one_property_taker *take;
	void *context;
	size_t objects;		/* references used so far */
};

static bool set_read(struct reading *r, struct rmn_cursor *c, unsigned depth);

/* Reads the value of one property. */
static bool
value_read(struct reading *r, struct rmn_cursor *c, uint32_t id, unsigned depth)
{
	struct rmn_one_property p = {.id = id, .reference = r->objects};
	unsigned type = id >> 26 & 31;
	uint32_t count = 0, inner;

	if (type >= 3 && type <= 6) {
		if (!rmn_cursor_take(c, (size_t)1 << (type - 3), &p.value))
			return false;
	} else if (type == 7 || type == 9 || type == 11 || type == 13 || type == 16) {
		if (!rmn_cursor_le32(c, &count) ||
		    (type == 7 && !rmn_cursor_take(c, count, &p.value)))
			return false;
	}
	if (type == 8 || type == 9) {
		p.reference_count = type == 8 ? 1 : count;
		r->objects += p.reference_count;
	}
	r->take(r->context, &p);
	if (type == 17)
		return set_read(r, c, depth + 1);
	if (type != 16 || count == 0)
		return type != 0 && type < 18;
	if (!rmn_cursor_le32(c, &inner))
		return false;
	while (count-- > 0)
		if (!set_read(r, c, depth + 1))
			return false;
	return true;
}

static bool
set_read(struct reading *r, struct rmn_cursor *c, unsigned depth)
{
	struct rmn_bytes ids;
	struct rmn_cursor at;
	uint16_t count;
	uint32_t id;

	if (depth > SETS_DEPTH || !rmn_cursor_le16(c, &count) ||
	    !rmn_cursor_take(c, (size_t)count * 4, &ids))
		return false;
	at = rmn_cursor_over(ids);
	while (rmn_cursor_le32(&at, &id))
		if (!value_read(r, c, id, depth))
			return false;
	return true;
}

bool
rmn_one_object(struct rmn_bytes set, struct rmn_bytes *references, rmn_one_property_taker *take,
    void *context)
{
	struct rmn_cursor c = rmn_cursor_over(set);
	struct reading r = {.take = take, .context = context};
	struct rmn_bytes spaces, contexts;
	uint32_t flags, ignored = 0;

	*references = (struct rmn_bytes){NULL, 0};
	if (!stream_read(&c, &flags, references))
		return false;
	if (!(flags & 0x80000000u) && !stream_read(&c, &ignored, &spaces))
		return false;
	if (!(flags & 0x80000000u))
		flags = ignored;
	if ((flags & 0x40000000u) && !stream_read(&c, &ignored, &contexts))
		return false;
	return set_read(&r, &c, 0);
}
