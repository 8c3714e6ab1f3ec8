/* SPDX-License-Identifier: MIT */
#include "format/mail/mapi_names.h"

#include "base/buf.h"
#include "base/cursor.h"
#include "format/codepage.h"

#define FIRST_NAMED 0x8000u
#define NAMED_COUNT 0x8000u
#define ENTRY_BYTES 8u
#define GUID_PUBLIC 2u
#define GUIDS_KNOWN 3u		/* numbers below are for sets that have no place in the list */

/* One entry: the name's number or place, how it is to be read, and the property it is for. */
static bool
entry_read(const struct rmn_mapi_names *names, size_t place, uint32_t *name, uint16_t *how,
    uint16_t *property)
{
	struct rmn_cursor c = rmn_cursor_over(names->entries);

	return rmn_cursor_seek(&c, place * ENTRY_BYTES) && rmn_cursor_le32(&c, name) &&
	    rmn_cursor_le16(&c, how) && rmn_cursor_le16(&c, property);
}

bool
rmn_mapi_names_settle(struct rmn_mapi_names *names, struct rmn_arena *arena)
{
	size_t count = names->entries.size / ENTRY_BYTES, i;
	uint16_t how, property;
	uint32_t name;

	if (count > NAMED_COUNT)
		count = NAMED_COUNT;
	for (i = 0; i < count && entry_read(names, i, &name, &how, &property); i++)
		if (property != i)
			break;
	if (i == count)
		return true;
	names->places = rmn_arena_alloc(arena, NAMED_COUNT, sizeof(*names->places));
	if (!names->places)
		return false;
	for (i = 0; i < count && entry_read(names, i, &name, &how, &property); i++)
		if (property < NAMED_COUNT)
			names->places[property] = (uint32_t)i + 1;
	return true;
}

static struct rmn_bytes
string_name(const struct rmn_mapi_names *names, struct rmn_arena *arena, uint32_t offset,
    bool *failed)
{
	struct rmn_cursor c = rmn_cursor_over(names->strings);
	struct rmn_bytes name = {NULL, 0};
	struct rmn_buf utf8;
	uint32_t size;

	if (!rmn_cursor_seek(&c, offset) || !rmn_cursor_le32(&c, &size) ||
	    !rmn_cursor_take(&c, size, &name))
		return (struct rmn_bytes){NULL, 0};
	rmn_buf_init(&utf8, 0);
	rmn_codepage_decode(1200, name, &utf8);
	name = rmn_arena_copy(arena, rmn_buf_bytes(&utf8));
	*failed |= utf8.failed || !name.data;
	rmn_buf_release(&utf8);
	return name;
}

void
rmn_mapi_name_find(const struct rmn_mapi_names *names, struct rmn_arena *arena,
    struct rmn_mapi_value *value, bool *failed)
{
	size_t place = value->id - FIRST_NAMED;
	uint16_t how, property;
	uint32_t name;

	if (value->id < FIRST_NAMED)
		return;
	value->set = RMN_MAPI_OTHER;
	if (names->places && names->places[place] == 0)
		return;
	if (names->places)
		place = names->places[place] - 1;
	if (!entry_read(names, place, &name, &how, &property))
		return;
	if (how >> 1 == GUID_PUBLIC)
		value->set = RMN_MAPI_PUBLIC;
	else if (how >> 1 >= GUIDS_KNOWN)
		value->set = rmn_mapi_set_from(rmn_bytes_head(rmn_bytes_after(names->guids,
		    (size_t)((how >> 1) - GUIDS_KNOWN) * 16), 16));
	if (how & 1)
		value->name = string_name(names, arena, name, failed);
	else
		value->id = (uint16_t)name;
	if (!(how & 1) && (value->set == RMN_MAPI_PUBLIC || value->set == RMN_MAPI_HEADER))
		value->set = RMN_MAPI_OTHER;
	if ((how & 1) && value->set != RMN_MAPI_PUBLIC && value->set != RMN_MAPI_HEADER)
		value->set = RMN_MAPI_OTHER;
}
