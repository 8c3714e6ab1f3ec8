/* SPDX-License-Identifier: MIT */
#include "format/notes/xdw_elements.h"

static bool
length_read(struct rmn_cursor *c, uint64_t *length)
{
	uint8_t byte;
	unsigned count;

	if (!rmn_cursor_u8(c, &byte))
		return false;
	*length = byte;
	if (byte < 0x80)
		return true;
	*length = 0;
	count = byte & 0x7F;
	if (count == 0 || count > 4)
		return false;
	while (count-- > 0) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*length = *length << 8 | byte;
	}
	return true;
}

bool
rmn_xdw_element_next(struct rmn_cursor *c, struct rmn_xdw_element *element)
{
	struct rmn_cursor at = *c;
	struct rmn_xdw_element e;
	uint64_t length;
	uint8_t byte;

	if (!rmn_cursor_u8(&at, &byte))
		return false;
	e.tag = byte;
	if ((byte & 0x1F) == 0x1F) {
		do {
			if (e.tag > 0xFFFFFF || !rmn_cursor_u8(&at, &byte))
				return false;
			e.tag = e.tag << 8 | byte;
		} while (byte & 0x80);
	}
	if (!length_read(&at, &length) || length > rmn_cursor_left(&at) ||
	    !rmn_cursor_take(&at, (size_t)length, &e.value))
		return false;
	*element = e;
	*c = at;
	return true;
}

uint64_t
rmn_xdw_number(struct rmn_bytes value)
{
	uint64_t number = 0;

	if (value.size > 8 || value.size == 0 || value.data[0] & 0x80)
		return UINT64_MAX;
	for (size_t i = 0; i < value.size; i++)
		number = number << 8 | value.data[i];
	return number;
}
