/* SPDX-License-Identifier: MIT */
#include "format/mail/msg_storage.h"

#include <string.h>
#include <strings.h>

#include "base/cursor.h"
#include "base/holes.h"
#include "base/limits.h"

#define STREAM_PREFIX "__substg1.0_"
#define NAMES_MAX (RMN_MIB * 4)

static void
children_link(struct rmn_msg_file *f)
{
	const struct rmn_cfb *cfb = f->cfb;

	for (size_t i = 0; i < cfb->entry_count; i++)
		f->first[i] = RMN_CFB_NONE;
	for (size_t i = cfb->entry_count; i-- > 1;) {
		uint32_t parent = cfb->entries[i].parent;

		if (parent >= cfb->entry_count)
			continue;
		f->next[i] = f->first[parent];
		f->first[parent] = (uint32_t)i;
	}
}

uint32_t
rmn_msg_child(const struct rmn_msg_file *f, uint32_t storage, const char *prefix)
{
	uint32_t i = f->first[storage];

	while (i != RMN_CFB_NONE && strncasecmp(f->cfb->entries[i].name, prefix, strlen(prefix)) != 0)
		i = f->next[i];
	return i;
}

static struct rmn_bytes
stream_bytes(struct rmn_msg_file *f, uint32_t entry, uint64_t limit_bytes)
{
	struct rmn_bytes bytes = {NULL, 0};

	if (entry != RMN_CFB_NONE && f->cfb->entries[entry].type == RMN_CFB_STREAM &&
	    rmn_cfb_read(f->cfb, &f->cfb->entries[entry], limit_bytes, &bytes, NULL) != RMN_OK)
		f->is_damaged = true;
	return bytes;
}

bool
rmn_msg_file_open(struct rmn_msg_file *f, struct rmn_cfb *cfb, uint32_t root,
    struct rmn_arena *arena)
{
	uint32_t names;

	*f = (struct rmn_msg_file){.cfb = cfb, .arena = arena};
	f->first = rmn_arena_alloc(arena, cfb->entry_count, sizeof(uint32_t));
	f->next = rmn_arena_alloc(arena, cfb->entry_count, sizeof(uint32_t));
	if (!f->first || !f->next)
		return false;
	children_link(f);
	names = rmn_msg_child(f, root, "__nameid_version1.0");
	if (names == RMN_CFB_NONE)
		return true;
	f->names.guids = stream_bytes(f, rmn_msg_child(f, names, STREAM_PREFIX "00020102"), NAMES_MAX);
	f->names.entries = stream_bytes(f, rmn_msg_child(f, names, STREAM_PREFIX "00030102"), NAMES_MAX);
	f->names.strings = stream_bytes(f, rmn_msg_child(f, names, STREAM_PREFIX "00040102"), NAMES_MAX);
	return rmn_mapi_names_settle(&f->names, arena);
}

/* "__substg1.0_0037001F", or "..._101F-00000002" for one of several values. */
static bool
stream_tag(const char *name, uint16_t *id, uint16_t *type)
{
	uint32_t tag = 0;

	if (strncasecmp(name, STREAM_PREFIX, strlen(STREAM_PREFIX)) != 0)
		return false;
	name += strlen(STREAM_PREFIX);
	for (size_t i = 0; i < 8; i++) {
		char c = name[i];
		unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') :
		    c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 :
		    c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;

		if (digit > 15)
			return false;
		tag = tag << 4 | digit;
	}
	*id = (uint16_t)(tag >> 16);
	*type = (uint16_t)tag;
	if (name[8] == '-')
		*type &= (uint16_t)~RMN_MAPI_MULTIPLE;
	return true;
}

/* A text that is all zeros, or has a run of them. */
static bool
is_holed(const struct rmn_mapi_value *value)
{
	if (value->type != RMN_MAPI_UNICODE && value->type != RMN_MAPI_STRING8)
		return false;
	return (value->data.size >= 8 && rmn_bytes_are_zero(value->data)) ||
	    rmn_text_hole_is_there(value->data);
}

static void
streams_read(struct rmn_msg_file *f, uint32_t storage, struct rmn_mapi_bag *bag)
{
	for (uint32_t i = f->first[storage]; i != RMN_CFB_NONE; i = f->next[i]) {
		struct rmn_mapi_value value = {.set = RMN_MAPI_STANDARD};

		if (!stream_tag(f->cfb->entries[i].name, &value.id, &value.type))
			continue;
		rmn_mapi_name_find(&f->names, f->arena, &value, &bag->failed);
		if (!rmn_mapi_is_wanted(&value))
			continue;
		value.data = stream_bytes(f, i, RMN_LIMIT_TEXT_BYTES);
		f->is_damaged = f->is_damaged || is_holed(&value);
		if (value.data.data)
			rmn_mapi_bag_add(bag, &value);
		else
			bag->failed |= f->cfb->entries[i].size_bytes > 0;
	}
}

static void
numbers_read(struct rmn_msg_file *f, uint32_t storage, size_t header_bytes,
    struct rmn_mapi_bag *bag)
{
	uint32_t list = rmn_msg_child(f, storage, "__properties_version1.0");
	struct rmn_cursor c = rmn_cursor_over(stream_bytes(f, list, RMN_LIMIT_TEXT_BYTES));
	struct rmn_bytes skipped;

	if (!rmn_cursor_skip(&c, header_bytes)) {
		f->is_damaged = true;
		return;
	}
	for (;;) {
		struct rmn_mapi_value value = {.set = RMN_MAPI_STANDARD};

		if (!rmn_cursor_le16(&c, &value.type) || !rmn_cursor_le16(&c, &value.id) ||
		    !rmn_cursor_take(&c, 4, &skipped) || !rmn_cursor_take(&c, 8, &value.data))
			break;
		f->is_damaged = f->is_damaged || (value.type == 0 && value.id == 0);
		if (value.type != RMN_MAPI_I2 && value.type != RMN_MAPI_I4 &&
		    value.type != RMN_MAPI_BOOL && value.type != RMN_MAPI_TIME)
			continue;
		rmn_mapi_name_find(&f->names, f->arena, &value, &bag->failed);
		rmn_mapi_bag_add(bag, &value);
	}
}

void
rmn_msg_bag_read(struct rmn_msg_file *f, uint32_t storage, size_t header_bytes,
    struct rmn_mapi_bag *bag)
{
	numbers_read(f, storage, header_bytes, bag);
	streams_read(f, storage, bag);
}
