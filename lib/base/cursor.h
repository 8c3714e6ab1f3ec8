/* SPDX-License-Identifier: MIT
 *
 * The only way evidence is read: a position in borrowed bytes.  Every read is bounds-checked
 * and either succeeds and moves, or fails and changes nothing, so that a parser can try, step
 * on and try again. */
#ifndef RMN_BASE_CURSOR_H
#define RMN_BASE_CURSOR_H

#include "base/bytes.h"

struct rmn_cursor {
	struct rmn_bytes bytes;
	size_t offset;		/* of the next byte; never above bytes.size */
};

struct rmn_cursor rmn_cursor_over(struct rmn_bytes bytes);
size_t rmn_cursor_left(const struct rmn_cursor *c);

bool rmn_cursor_u8(struct rmn_cursor *c, uint8_t *value);
bool rmn_cursor_le16(struct rmn_cursor *c, uint16_t *value);
bool rmn_cursor_le32(struct rmn_cursor *c, uint32_t *value);
bool rmn_cursor_le64(struct rmn_cursor *c, uint64_t *value);
bool rmn_cursor_be16(struct rmn_cursor *c, uint16_t *value);
bool rmn_cursor_be32(struct rmn_cursor *c, uint32_t *value);
bool rmn_cursor_be64(struct rmn_cursor *c, uint64_t *value);

/* Cuts the next size bytes out; they are borrowed from the same place. */
bool rmn_cursor_take(struct rmn_cursor *c, size_t size, struct rmn_bytes *taken);
bool rmn_cursor_skip(struct rmn_cursor *c, size_t size);
bool rmn_cursor_seek(struct rmn_cursor *c, size_t offset);

#endif
