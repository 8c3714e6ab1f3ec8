/* SPDX-License-Identifier: MIT */
#include "format/package/iwa.h"

#include "base/checked.h"

static bool
varint_read(struct rmn_cursor *c, uint64_t *value)
{
	uint8_t byte = 0x80;

	*value = 0;
	for (unsigned shift = 0; byte & 0x80; shift += 7) {
		if (shift > 63 || !rmn_cursor_u8(c, &byte))
			return false;
		*value |= (uint64_t)(byte & 0x7F) << shift;
	}
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

/* A copy of what was unpacked before, start counts from this block's first byte. */
static bool
copy_put(struct rmn_buf *out, size_t start, uint64_t distance, uint64_t size)
{
	if (distance == 0 || distance > out->size - start)
		return false;
	for (; size > 0 && !out->failed; size--)
		rmn_buf_append_char(out, (char)out->data[out->size - distance]);
	return !out->failed;
}

static bool
snappy_block(struct rmn_bytes packed, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	size_t start = out->size;
	uint64_t total, size, distance;
	struct rmn_bytes literal;
	uint8_t tag;

	if (!varint_read(&c, &total))
		return false;
	while (rmn_cursor_u8(&c, &tag)) {
		if ((tag & 3) == 0) {
			size = tag >> 2;
			if (size >= 60 && !number_read(&c, (unsigned)size - 59, &size))
				return false;
			if (size >= rmn_cursor_left(&c) ||
			    !rmn_cursor_take(&c, (size_t)size + 1, &literal))
				return false;
			rmn_buf_append(out, literal);
			continue;
		}
		size = (tag & 3) == 1 ? (tag >> 2 & 7) + 4u : (tag >> 2) + 1u;
		if (!number_read(&c, (tag & 3) == 1 ? 1 : (tag & 3) == 2 ? 2 : 4, &distance))
			return false;
		if ((tag & 3) == 1)
			distance |= (uint64_t)(tag >> 5) << 8;
		if (!copy_put(out, start, distance, size))
			return false;
	}
	return !out->failed && out->size - start == total;
}

bool
rmn_iwa_unpack(struct rmn_bytes packed, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	struct rmn_bytes block;
	uint64_t size;
	uint8_t mark;

	while (rmn_cursor_u8(&c, &mark)) {
		if (mark != 0 || !number_read(&c, 3, &size) ||
		    !rmn_cursor_take(&c, (size_t)size, &block) || !snappy_block(block, out))
			return false;
	}
	return true;
}

bool
rmn_iwa_field_next(struct rmn_cursor *c, struct rmn_iwa_field *field)
{
	uint64_t key, size;

	*field = (struct rmn_iwa_field){.id = 0};
	if (!varint_read(c, &key) || key >> 3 == 0)
		return false;
	field->id = key >> 3;
	switch (key & 7) {
	case 0:
		return varint_read(c, &field->number);
	case 1:
		return number_read(c, 8, &field->number);
	case 2:
		field->has_bytes = true;
		return varint_read(c, &size) && size <= rmn_cursor_left(c) &&
		    rmn_cursor_take(c, (size_t)size, &field->bytes);
	case 5:
		return number_read(c, 4, &field->number);
	default:
		return false;
	}
}

/* What the head of an archive says of its messages: type and length of each. */
static bool
head_give(struct rmn_bytes head, struct rmn_cursor *c, rmn_iwa_taker *take, void *context)
{
	struct rmn_cursor fields = rmn_cursor_over(head);
	struct rmn_iwa_field field, inner;

	while (rmn_iwa_field_next(&fields, &field)) {
		struct rmn_iwa_message message = {.type = 0};
		struct rmn_cursor info = rmn_cursor_over(field.bytes);
		uint64_t size = 0;

		if (field.id != 2 || !field.has_bytes)
			continue;
		while (rmn_iwa_field_next(&info, &inner)) {
			if (inner.id == 1 && !inner.has_bytes)
				message.type = inner.number;
			else if (inner.id == 3 && !inner.has_bytes)
				size = inner.number;
		}
		if (size > rmn_cursor_left(c) || !rmn_cursor_take(c, (size_t)size, &message.body))
			return false;
		take(context, &message);
	}
	return true;
}

bool
rmn_iwa_messages(struct rmn_bytes archive, rmn_iwa_taker *take, void *context)
{
	struct rmn_cursor c = rmn_cursor_over(archive);
	struct rmn_bytes head;
	uint64_t size;

	while (rmn_cursor_left(&c) > 0) {
		if (!varint_read(&c, &size) || size > rmn_cursor_left(&c) ||
		    !rmn_cursor_take(&c, (size_t)size, &head) || !head_give(head, &c, take, context))
			return false;
	}
	return true;
}
