/* SPDX-License-Identifier: MIT
 *
 * The only way evidence is read: a position in borrowed bytes.  Every read is bounds-checked
 * and either succeeds and moves, or fails and changes nothing, so that a parser can try, step
 * on and try again.  All here, because parsers do little else. */
#ifndef RMN_BASE_CURSOR_H
#define RMN_BASE_CURSOR_H

#include "base/bytes.h"
#include "base/number.h"

struct rmn_cursor {
	struct rmn_bytes bytes;
	size_t offset;		/* of the next byte; never above bytes.size */
};

static inline struct rmn_cursor
rmn_cursor_over(struct rmn_bytes bytes)
{
	return (struct rmn_cursor){bytes, 0};
}

static inline size_t
rmn_cursor_left(const struct rmn_cursor *c)
{
	return c->bytes.size - c->offset;
}

static inline bool
rmn_cursor_u8(struct rmn_cursor *c, uint8_t *value)
{
	if (rmn_cursor_left(c) == 0)
		return false;
	*value = c->bytes.data[c->offset++];
	return true;
}

static inline bool
rmn_cursor_le16(struct rmn_cursor *c, uint16_t *value)
{
	if (rmn_cursor_left(c) < 2)
		return false;
	*value = rmn_le16(c->bytes.data + c->offset);
	c->offset += 2;
	return true;
}

static inline bool
rmn_cursor_le32(struct rmn_cursor *c, uint32_t *value)
{
	if (rmn_cursor_left(c) < 4)
		return false;
	*value = rmn_le32(c->bytes.data + c->offset);
	c->offset += 4;
	return true;
}

static inline bool
rmn_cursor_le64(struct rmn_cursor *c, uint64_t *value)
{
	if (rmn_cursor_left(c) < 8)
		return false;
	*value = rmn_le64(c->bytes.data + c->offset);
	c->offset += 8;
	return true;
}

static inline bool
rmn_cursor_be16(struct rmn_cursor *c, uint16_t *value)
{
	if (rmn_cursor_left(c) < 2)
		return false;
	*value = rmn_be16(c->bytes.data + c->offset);
	c->offset += 2;
	return true;
}

static inline bool
rmn_cursor_be32(struct rmn_cursor *c, uint32_t *value)
{
	if (rmn_cursor_left(c) < 4)
		return false;
	*value = rmn_be32(c->bytes.data + c->offset);
	c->offset += 4;
	return true;
}

static inline bool
rmn_cursor_be64(struct rmn_cursor *c, uint64_t *value)
{
	if (rmn_cursor_left(c) < 8)
		return false;
	*value = rmn_be64(c->bytes.data + c->offset);
	c->offset += 8;
	return true;
}

/* Cuts the next size bytes out; they are borrowed from the same place. */
static inline bool
rmn_cursor_take(struct rmn_cursor *c, size_t size, struct rmn_bytes *taken)
{
	if (size > rmn_cursor_left(c))
		return false;
	*taken = (struct rmn_bytes){c->bytes.data ? c->bytes.data + c->offset : NULL, size};
	c->offset += size;
	return true;
}

static inline bool
rmn_cursor_skip(struct rmn_cursor *c, size_t size)
{
	if (size > rmn_cursor_left(c))
		return false;
	c->offset += size;
	return true;
}

static inline bool
rmn_cursor_seek(struct rmn_cursor *c, size_t offset)
{
	if (offset > c->bytes.size)
		return false;
	c->offset = offset;
	return true;
}

#endif
