/* SPDX-License-Identifier: MIT
 *
 * Hyperlinks; embedded documents, which are OLE2 files packed by deflate, as members; macros, packed
 * alike. */
#include <stdio.h>

#include "base/limits.h"
#include "format/member_bytes.h"
#include "format/slides/ppt.h"
#include "format/ole/vba.h"
#include "unpack/inflate.h"

#define PACKED 1u			/* instance of a storage record */
#define ZLIB_HEAD_BYTES 2u
#define INFLATED_MAX (512 * RMN_MIB)	/* of one presentation, all objects together */
#define NAMES_MAX 4096u			/* objects that are named after their program, */
#define NAMES_BYTES_MAX ((size_t)1 << 20)	/* where their list is no larger */

/* Addresses, and paths of sound and video. */
void
ppt_links_read(struct ppt *p, struct rmn_bytes list)
{
	struct rmn_cursor c = rmn_cursor_over(list), inner;
	struct ppt_record item, record;

	while (ppt_record_next(&c, &item)) {
		size_t from = p->links.size;

		/* their strings are names of programs */
		if (!item.is_container || item.type == PPT_OLE_EMBED ||
		    item.type == PPT_OLE_CONTROL)
			continue;
		inner = rmn_cursor_over(item.body);
		while (ppt_record_next(&inner, &record)) {
			if (record.type != PPT_STRING)
				continue;
			if (p->links.size > from)
				rmn_buf_append_char(&p->links, '\t');
			ppt_string_append(record.body, &p->links);
		}
		if (p->links.size > from)
			rmn_buf_append_char(&p->links, '\n');
	}
	if (p->links.failed)
		ppt_note(p, RMN_LIMIT, "links were cut");
}

/* The storage's bytes as they were; false when that is not all of them. */
static bool
storage_inflate(struct ppt *p, const struct ppt_record *record, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(record->body);
	struct rmn_bytes packed;
	uint32_t declared;
	bool is_whole;

	if (record->instance != PACKED) {
		rmn_buf_append(out, record->body);
		return !out->failed && !record->is_cut;
	}
	if (!rmn_cursor_le32(&c, &declared) || !rmn_cursor_skip(&c, ZLIB_HEAD_BYTES))
		return false;
	rmn_cursor_take(&c, rmn_cursor_left(&c), &packed);
	/* Windows' own writer does not end its streams */
	is_whole = rmn_inflate_append(packed, out) != RMN_INFLATE_BAD && out->size == declared;
	p->inflated_bytes += out->size;
	return is_whole;
}

void
ppt_object_give(struct ppt *p, const struct ppt_record *record, uint32_t number, const char *name)
{
	enum rmn_status status;
	struct rmn_buf out;

	if (p->inflated_bytes >= INFLATED_MAX) {
		ppt_note(p, RMN_LIMIT, "embedded objects have more than %llu MiB",
		    INFLATED_MAX / RMN_MIB);
		return;
	}
	rmn_buf_init(&out, RMN_LIMIT_WHOLE_ITEM_BYTES);
	if (!storage_inflate(p, record, &out))
		ppt_note(p, out.failed ? RMN_LIMIT : RMN_PARTIAL, "%s is not whole", name);
	if (number != 0 && number == p->macros) {
		status = rmn_vba_file_give(rmn_buf_bytes(&out), p->arena, p->text, p->error);
		if (status != RMN_OK && p->status == RMN_OK)
			p->status = status;
	} else if (out.size > 0) {
		rmn_member_bytes_give(p->text, rmn_bytes_from_string(name), rmn_buf_bytes(&out));
	}
	rmn_buf_release(&out);
}

/* Whose object that is, by the list of objects: the name of the program. */
static bool
program_find(struct ppt *p, uint32_t number, char *name, size_t size)
{
	struct ppt_record item, record;
	struct rmn_cursor c, inner, atom;
	uint32_t object = 0;
	unsigned count = 0;
	bool found = false;

	c = rmn_cursor_over(p->object_list);
	while (!found && count++ < NAMES_MAX && ppt_record_next(&c, &item)) {
		if (!item.is_container || !ppt_child_find(item.body, PPT_OLE_OBJECT_ATOM, &record))
			continue;
		atom = rmn_cursor_over(record.body);
		found = rmn_cursor_skip(&atom, 16) && rmn_cursor_le32(&atom, &object) &&
		    object == number;
	}
	if (!found)
		return false;
	inner = rmn_cursor_over(item.body);
	rmn_buf_clear(&p->scratch);
	while (ppt_record_next(&inner, &record))
		if (record.type == PPT_STRING && record.instance == 2)
			ppt_string_append(record.body, &p->scratch);
	snprintf(name, size, "%.60s %u", rmn_buf_string(&p->scratch), (unsigned)number);
	return p->scratch.size > 0;
}

void
ppt_objects_give(struct ppt *p)
{
	struct ppt_record record;
	unsigned named = 0;
	char name[96];

	for (uint32_t i = 1; i < p->object_count && p->text->status == RMN_OK; i++) {
		size_t given = p->given.size;

		if (!ppt_object_find(p, i, &record) || record.type != PPT_OLE_STORAGE) {
			p->given.size = given;	/* it was only looked at */
			continue;
		}
		if (!ppt_object_afford(p, &record))
			return;
		if (named++ >= NAMES_MAX || p->object_list.size > NAMES_BYTES_MAX ||
		    !program_find(p, i, name, sizeof(name)))
			snprintf(name, sizeof(name), "object %u", (unsigned)i);
		ppt_object_give(p, &record, i, name);
	}
}
