/* SPDX-License-Identifier: MIT */
#include "format/mail/ber.h"

#include "base/checked.h"
#include "base/cursor.h"

#define LENGTH_OPEN 0x80u

/* False for forms that nobody writes: tags of several bytes, lengths of more than eight. */
static bool
head_read(struct rmn_cursor *c, struct rmn_ber *element, uint64_t *length)
{
	uint8_t tag, first, byte;

	if (!rmn_cursor_u8(c, &tag) || !rmn_cursor_u8(c, &first) || (tag & 0x1F) == 0x1F)
		return false;
	*element = (struct rmn_ber){.tag = tag, .is_constructed = tag & 0x20};
	*length = first;
	element->is_open = first == LENGTH_OPEN;
	if (first <= LENGTH_OPEN)
		return !element->is_open || element->is_constructed;
	if (first > LENGTH_OPEN + 8)
		return false;
	*length = 0;
	for (unsigned i = 0; i < first - LENGTH_OPEN; i++) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*length = *length << 8 | byte;
	}
	return true;
}

bool
rmn_ber_next(struct rmn_bytes *rest, bool enter, struct rmn_ber *element)
{
	struct rmn_cursor c = rmn_cursor_over(*rest);
	struct rmn_bytes after;
	uint64_t length;

	if (!head_read(&c, element, &length))
		return false;
	after = rmn_bytes_after(*rest, c.offset);
	element->content = after;
	if (!element->is_open) {
		element->is_cut = length > after.size;
		element->content = rmn_bytes_head(after, (size_t)rmn_min_u64(length, after.size));
	}
	*rest = element->is_open || (enter && element->is_constructed) ? after :
	    rmn_bytes_after(after, element->content.size);
	return true;
}
