/* SPDX-License-Identifier: MIT */
#include "base/cursor.h"

struct rmn_cursor
rmn_cursor_over(struct rmn_bytes bytes)
{
	return (struct rmn_cursor){bytes, 0};
}

size_t
rmn_cursor_left(const struct rmn_cursor *c)
{
	return c->bytes.size - c->offset;
}

bool
rmn_cursor_take(struct rmn_cursor *c, size_t size, struct rmn_bytes *taken)
{
	if (size > rmn_cursor_left(c))
		return false;
	*taken = (struct rmn_bytes){c->bytes.data ? c->bytes.data + c->offset : NULL, size};
	c->offset += size;
	return true;
}

bool
rmn_cursor_skip(struct rmn_cursor *c, size_t size)
{
	struct rmn_bytes skipped;

	return rmn_cursor_take(c, size, &skipped);
}

bool
rmn_cursor_seek(struct rmn_cursor *c, size_t offset)
{
	if (offset > c->bytes.size)
		return false;
	c->offset = offset;
	return true;
}

/* Reads size (at most 8) bytes as one number, the first byte lowest. */
static bool
cursor_little(struct rmn_cursor *c, size_t size, uint64_t *value)
{
	struct rmn_bytes b;

	if (!rmn_cursor_take(c, size, &b))
		return false;
	*value = 0;
	for (size_t i = size; i > 0; i--)
		*value = *value << 8 | b.data[i - 1];
	return true;
}

static bool
cursor_big(struct rmn_cursor *c, size_t size, uint64_t *value)
{
	struct rmn_bytes b;

	if (!rmn_cursor_take(c, size, &b))
		return false;
	*value = 0;
	for (size_t i = 0; i < size; i++)
		*value = *value << 8 | b.data[i];
	return true;
}

bool
rmn_cursor_u8(struct rmn_cursor *c, uint8_t *value)
{
	uint64_t wide;

	if (!cursor_little(c, 1, &wide))
		return false;
	*value = (uint8_t)wide;
	return true;
}

bool
rmn_cursor_le16(struct rmn_cursor *c, uint16_t *value)
{
	uint64_t wide;

	if (!cursor_little(c, 2, &wide))
		return false;
	*value = (uint16_t)wide;
	return true;
}

bool
rmn_cursor_le32(struct rmn_cursor *c, uint32_t *value)
{
	uint64_t wide;

	if (!cursor_little(c, 4, &wide))
		return false;
	*value = (uint32_t)wide;
	return true;
}

bool
rmn_cursor_le64(struct rmn_cursor *c, uint64_t *value)
{
	return cursor_little(c, 8, value);
}

bool
rmn_cursor_be16(struct rmn_cursor *c, uint16_t *value)
{
	uint64_t wide;

	if (!cursor_big(c, 2, &wide))
		return false;
	*value = (uint16_t)wide;
	return true;
}

bool
rmn_cursor_be32(struct rmn_cursor *c, uint32_t *value)
{
	uint64_t wide;

	if (!cursor_big(c, 4, &wide))
		return false;
	*value = (uint32_t)wide;
	return true;
}

bool
rmn_cursor_be64(struct rmn_cursor *c, uint64_t *value)
{
	return cursor_big(c, 8, value);
}
