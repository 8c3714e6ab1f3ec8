/* SPDX-License-Identifier: MIT
 *
 * Workbooks of Lotus 1-2-3 (.wks .wk1 .wk3 .wk4 .123) and Quattro Pro for Windows (.wb1 .wb2): a list of records,
 * each with its kind and length.  The cells of all sheets, in any order, are records of their own. */
#include "format/sheet/lotus.h"

#include <string.h>

#include "base/limits.h"

#define BUF_MAX (256 * RMN_MIB)
#define SHEET_NAME 14000u	/* kind of a record of kind EXTRA */

enum {BEGIN = 0x00, END = 0x01, FORMATS = 0x13, EXTRA = 0x1B, FOOTER_OLD = 0x25, HEADER_OLD = 0x26,
	PASSWORD = 0x4B};

struct record {
	uint16_t code;
	struct rmn_bytes body;
};

/* By the record that begins the file; false when it is none of theirs. */
static bool
family_tell(struct rmn_bytes head, enum lotus_family *family)
{
	struct rmn_cursor c = rmn_cursor_over(head);
	uint16_t code, size, version, next;

	if (!rmn_cursor_le16(&c, &code) || !rmn_cursor_le16(&c, &size) || !rmn_cursor_le16(&c, &version) ||
	    code != BEGIN)
		return false;
	if (size == 0x1A && version >= 0x1000 && version <= 0x1005) {
		*family = LOTUS_NEW;
		return true;
	}
	if (size != 2 || !rmn_cursor_le16(&c, &next))
		return false;
	*family = version >= 0x1000 ? LOTUS_QUATTRO : LOTUS_OLD;
	return (version >= 0x0404 && version <= 0x0406 && next == 0x06) ||
	    (version >= 0x1001 && version <= 0x1002 && next == 0xC9);
}

static bool
record_next(struct rmn_cursor *c, struct record *record, bool *is_cut)
{
	uint16_t size;

	if (!rmn_cursor_le16(c, &record->code) || !rmn_cursor_le16(c, &size))
		return false;
	*is_cut = size > rmn_cursor_left(c);
	return rmn_cursor_take(c, *is_cut ? rmn_cursor_left(c) : size, &record->body);
}

static struct rmn_bytes
string_of(struct rmn_bytes body)
{
	const unsigned char *end = body.size > 0 ? memchr(body.data, 0, body.size) : NULL;

	return end ? rmn_bytes_head(body, (size_t)(end - body.data)) : body;
}

/* What is not a cell: names of sheets, formats, page headers. */
static void
other_take(struct lotus *l, const struct record *record)
{
	struct rmn_cursor c = rmn_cursor_over(record->body);
	uint16_t kind;
	uint8_t sheet;

	if (l->family == LOTUS_NEW && record->code == FORMATS) {
		lotus_formats_take(l, record->body);
	} else if (l->family == LOTUS_NEW && record->code == EXTRA) {
		if (rmn_cursor_le16(&c, &kind) && kind == SHEET_NAME && rmn_cursor_u8(&c, &sheet) &&
		    rmn_cursor_skip(&c, 1))
			l->names[sheet] = string_of(rmn_bytes_after(record->body, 4));
	} else if (l->family == LOTUS_OLD && record->code == HEADER_OLD) {
		l->header = string_of(record->body);
	} else if (l->family == LOTUS_OLD && record->code == FOOTER_OLD) {
		l->footer = string_of(record->body);
	}
}

/* Releases 3 and 4 put fonts and colours behind the end, in records alike with an end of their own. */
static bool
layout_is_whole(struct rmn_cursor *c)
{
	bool is_cut = false;
	struct record record;

	if (rmn_cursor_left(c) == 0 || !record_next(c, &record, &is_cut) || record.code != BEGIN)
		return true;
	while (!is_cut && record_next(c, &record, &is_cut))
		if (record.code == END)
			return true;
	return false;
}

static enum rmn_status
records_take(struct lotus *l, struct rmn_bytes bytes, struct rmn_error *error)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	bool is_cut = false, is_damaged = false;
	struct record record;
	size_t count;

	for (count = 0; record_next(&c, &record, &is_cut); count++) {
		if (record.code == END)
			return is_damaged || !layout_is_whole(&c) ? rmn_fail(error, RMN_PARTIAL,
			    "a record of the workbook is damaged") : RMN_OK;
		if (record.code == BEGIN && count > 0)
			return rmn_fail(error, RMN_PARTIAL, "the workbook is damaged from byte %zu on",
			    c.offset);
		if (l->family == LOTUS_OLD && record.code == PASSWORD)
			return rmn_fail(error, RMN_ENCRYPTED, "the workbook is protected by a password");
		if (!lotus_cell_take(l, record.code, record.body, &is_cut))
			other_take(l, &record);
		is_damaged = is_damaged || is_cut;
	}
	return rmn_fail(error, RMN_PARTIAL, "the workbook has no end");
}

static enum rmn_status
lotus_read(const struct rmn_format_input *input, const struct rmn_sink *sink, struct rmn_error *error)
{
	struct lotus *l = rmn_arena_alloc(input->arena, 1, sizeof(*l));
	struct rmn_text text;
	struct rmn_bytes bytes;
	enum rmn_status status, given;

	rmn_text_init(&text, sink, input->arena, error);
	if (!l || text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	if (!family_tell(input->head, &l->family))
		return rmn_fail(error, RMN_CORRUPT, "not a workbook");
	given = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes, error);
	if (given != RMN_OK && given != RMN_PARTIAL)
		return given;
	l->text = &text;
	l->arena = input->arena;
	rmn_buf_init(&l->cells, BUF_MAX);
	rmn_buf_init(&l->words, BUF_MAX);
	rmn_buf_init(&l->columns, BUF_MAX);
	status = records_take(l, bytes, error);
	lotus_give(l);
	if (l->cells.failed || l->words.failed || l->columns.failed || l->is_short_of_memory)
		status = rmn_fail(error, RMN_LIMIT, "the workbook has more cells than memory allows");
	rmn_buf_release(&l->cells);
	rmn_buf_release(&l->words);
	rmn_buf_release(&l->columns);
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	return status == RMN_OK ? given : status;
}

static unsigned
lotus_claim(const struct rmn_format_input *input)
{
	enum lotus_family family;

	return family_tell(input->head, &family) ? 64 : 0;
}

const struct rmn_format rmn_format_lotus = {
	.name = "lotus",
	.title = "Lotus 1-2-3 or Quattro workbook",
	.media_type = "application/vnd.lotus-1-2-3",
	.kind = RMN_KIND_DOCUMENT,
	.claim = lotus_claim,
	.read = lotus_read,
};
