/* SPDX-License-Identifier: MIT
 *
 * Project plans (.mpp of Project 98 to 2016).  Microsoft publishes no description.  The variable fields
 * of tasks, resources and assignments (names, notes, addresses) stand in "Var2Data", found by
 * "VarMeta"; those that are text come out, one line for each task or resource.  All other streams give
 * runs of text.  Dates, durations and costs of the fixed fields are not read. */
#include <stdio.h>
#include <strings.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/member_bytes.h"
#include "format/ole/ole_walk.h"

#define META_MAGIC 0xFADFADBAu
#define META_HEADER 24u
#define LOOKS_MAX 1024u		/* each goes through all entries of the file */

struct plan {
	const struct rmn_ole *ole;
	struct rmn_text_runs runs;
	unsigned tables;	/* whose fields could be followed */
	unsigned looks;		/* for siblings */
};

/* One field: which row it is of, and where its value stands in the data. */
struct field {
	uint32_t row;
	uint32_t offset;
};

/* Rows of 12 bytes since Project 2007, of 8 before. */
static bool
field_read(struct rmn_cursor *c, unsigned field_bytes, struct field *f)
{
	uint16_t type, rest;

	if (field_bytes == 12)
		return rmn_cursor_le32(c, &f->row) && rmn_cursor_le32(c, &f->offset) &&
		    rmn_cursor_le16(c, &type) && rmn_cursor_le16(c, &rest);
	if (!rmn_cursor_le32(c, &f->row) || !rmn_cursor_le32(c, &f->offset))
		return false;
	f->row &= 0xFFFFFF;
	return true;
}

/* Notes are RTF, which has a reader of its own. */
static bool
value_give(struct plan *p, const struct field *f, struct rmn_bytes value, uint32_t *last_row)
{
	struct rmn_text *text = p->ole->text;
	char name[64];

	if (rmn_bytes_start_with(value, "{\\rtf")) {
		snprintf(name, sizeof(name), "note %u.rtf", f->row);
		return rmn_member_bytes_give(text, rmn_bytes_from_string(name), value);
	}
	if (value.size % 2 != 0 || !rmn_text_runs_are_wide(&p->runs, value))
		return true;
	if (f->row != *last_row)
		rmn_text_newline(text);
	else if (text->last != '\n')
		rmn_text_char(text, '\t');
	*last_row = f->row;
	for (size_t i = 0; i + 1 < value.size; i += 2) {
		struct rmn_bytes one = {value.data + i, 2};
		unsigned c = rmn_le16(one.data);

		if (c == '\n' || c == '\r' || c == '\t')
			rmn_text_char(text, ' ');
		else if (c >= 0xD800 && c < 0xDC00 && i + 3 < value.size) {
			one.size = 4;
			i += 2;
			rmn_text_utf16_put(text, one, false);
		} else {
			rmn_text_utf16_put(text, one, false);
		}
	}
	return text->status == RMN_OK;
}

/* Gives the fields of a table.  False when meta does not describe data. */
static bool
table_give(struct plan *p, struct rmn_bytes meta, struct rmn_bytes data)
{
	struct rmn_cursor c = rmn_cursor_over(meta);
	uint32_t magic, unknown, count, last_row = UINT32_MAX, size;
	unsigned field_bytes;
	struct field f;

	if (!rmn_cursor_le32(&c, &magic) || magic != META_MAGIC ||
	    !rmn_cursor_le32(&c, &unknown) || !rmn_cursor_le32(&c, &count) ||
	    !rmn_cursor_seek(&c, META_HEADER) || count == 0)
		return false;
	field_bytes = rmn_cursor_left(&c) / 12 >= count ? 12 : 8;
	if (rmn_cursor_left(&c) / field_bytes < count)
		return false;
	while (count-- > 0 && field_read(&c, field_bytes, &f)) {
		struct rmn_cursor at = rmn_cursor_over(data);
		struct rmn_bytes value;

		if (!rmn_cursor_seek(&at, f.offset) || !rmn_cursor_le32(&at, &size) ||
		    !rmn_cursor_take(&at, size, &value))
			continue;
		if (!value_give(p, &f, value, &last_row))
			break;
	}
	rmn_text_newline(p->ole->text);
	return true;
}

/* The description of a table's fields, which stands beside them. */
static const struct rmn_cfb_entry *
meta_find(struct plan *p, const struct rmn_cfb_entry *entry)
{
	return p->looks++ < LOOKS_MAX ? rmn_cfb_find(p->ole->cfb, entry->parent, "VarMeta") : NULL;
}

/* Fixed fields are numbers, dates and offsets. */
static bool
holds_no_text(const char *name)
{
	static const char *const names[] = {"FixedMeta", "FixedData", "Fixed2Meta", "Fixed2Data",
	    "VarMeta"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(name, names[i]) == 0)
			return true;
	return false;
}

static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct plan *p = context;
	bool is_data = strcasecmp(entry->name, "Var2Data") == 0;
	const struct rmn_cfb_entry *meta_entry =
	    is_data || holds_no_text(entry->name) ? meta_find(p, entry) : NULL;
	enum rmn_status status = RMN_OK;
	struct rmn_bytes data, meta;

	if (meta_entry && !is_data)
		return RMN_OK;
	if (!meta_entry)
		return rmn_ole_runs(p->ole, &p->runs, entry, path);
	if (!rmn_ole_stream(p->ole, entry, &data, &status) ||
	    !rmn_ole_stream(p->ole, meta_entry, &meta, &status))
		return status;
	rmn_text_part(p->ole->text, RMN_PART_BODY, rmn_bytes_from_string(path));
	if (table_give(p, meta, data))
		p->tables++;
	else
		rmn_text_runs_put(&p->runs, data);
	return status;
}

enum rmn_status
rmn_ole_mpp(const struct rmn_ole *ole)
{
	struct plan p = {.ole = ole};
	enum rmn_status status;

	rmn_text_runs_init(&p.runs, ole->text, ole->cfb->arena);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	status = rmn_ole_walk(ole, take_stream, &p);
	if (status != RMN_OK)
		return status;
	return rmn_fail(ole->error, RMN_PARTIAL, p.tables > 0 ?
	    "text fields only: dates, costs and links of a plan are not read" :
	    "runs of text only: the plan's tables were not found");
}
