/* SPDX-License-Identifier: MIT */
#include "unpack/arj_head.h"

#include <string.h>

#include "base/cursor.h"
#include "unpack/checksum.h"

#define FIXED_BYTES_MIN 30u
#define BASIC_BYTES_MAX 2600u	/* of the format; programs are searched for headers */

static bool
string_take(struct rmn_cursor *c, struct rmn_bytes *text)
{
	struct rmn_bytes rest = rmn_bytes_after(c->bytes, c->offset);
	const unsigned char *nul = rest.size ? memchr(rest.data, 0, rest.size) : NULL;

	return nul && rmn_cursor_take(c, (size_t)(nul - rest.data), text) && rmn_cursor_skip(c, 1);
}

static bool
basic_read(struct rmn_bytes basic, struct rmn_arj_head *head)
{
	struct rmn_cursor c = rmn_cursor_over(basic);
	uint8_t fixed_size;

	return rmn_cursor_u8(&c, &fixed_size) && fixed_size >= FIXED_BYTES_MIN &&
	    rmn_cursor_skip(&c, 3) && rmn_cursor_u8(&c, &head->flags) &&
	    rmn_cursor_u8(&c, &head->method) && rmn_cursor_u8(&c, &head->type) &&
	    rmn_cursor_skip(&c, 1) && rmn_cursor_le32(&c, &head->time) &&
	    rmn_cursor_le32(&c, &head->packed_bytes) && rmn_cursor_le32(&c, &head->size_bytes) &&
	    rmn_cursor_le32(&c, &head->crc) && rmn_cursor_seek(&c, fixed_size) &&
	    string_take(&c, &head->name) && string_take(&c, &head->comment);
}

bool
rmn_arj_head_read(struct rmn_bytes bytes, struct rmn_arj_head *head)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct rmn_bytes basic;
	uint16_t mark, size;
	uint32_t crc;

	*head = (struct rmn_arj_head){.is_end = false};
	if (!rmn_cursor_le16(&c, &mark) || mark != 0xEA60 || !rmn_cursor_le16(&c, &size))
		return false;
	head->data_at = c.offset;
	head->is_end = size == 0;
	if (size == 0)
		return true;
	if (size > BASIC_BYTES_MAX || !rmn_cursor_take(&c, size, &basic) || !rmn_cursor_le32(&c, &crc) ||
	    crc != rmn_crc32(0, basic.data, basic.size) || !basic_read(basic, head))
		return false;
	/* extended headers, each with its checksum */
	while (rmn_cursor_le16(&c, &size) && size > 0)
		if (!rmn_cursor_skip(&c, (size_t)size + 4))
			return false;
	head->data_at = c.offset;
	return true;
}
