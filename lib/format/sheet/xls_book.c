/* SPDX-License-Identifier: MIT
 *
 * The walk: globals, then the sheets that they list.  What is not where it should be is looked for. */
#include <stdarg.h>
#include <stdio.h>

#include "base/checked.h"
#include "charset/charset.h"
#include "format/sheet/xls.h"
#include "format/text_runs.h"

#define CHAIN_RECORDS 4u	/* in a row that make a place in damaged bytes believable */
#define UNLISTED_MAX 4096u

void
xls_note(struct xls *x, enum rmn_status status, const char *format, ...)
{
	char why[200];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	if (x->status == RMN_OK || status == RMN_LIMIT)
		x->status = status;
	rmn_fail(x->error, status, "%s", why);
}

void
xls_scratch_clear(struct xls *x)
{
	if (x->scratch.failed)
		xls_note(x, RMN_LIMIT, "a text of the workbook outgrows its memory");
	rmn_buf_clear(&x->scratch);
}

static bool
is_bof(uint16_t type)
{
	return type == XLS_BOF || type == XLS_BOF_2 || type == XLS_BOF_3 || type == XLS_BOF_4;
}

static unsigned
bof_version(const struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint16_t version = 0;

	if (record->type != XLS_BOF)
		return record->type == XLS_BOF_2 ? 2 : record->type == XLS_BOF_3 ? 3 : 4;
	xls_u16(&p, &version);
	if (version >= 0x0600)
		return 8;
	return version >= 0x0200 && version < 0x0500 ? version >> 8 : 5;
}

static unsigned
bof_kind(const struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint16_t kind = 0;

	if (xls_skip(&p, 2))
		xls_u16(&p, &kind);
	return kind;
}

/* Records that stand among cells, or begin or end something. */
static bool
is_known(uint16_t type)
{
	static const uint16_t types[] = {
		0x0201, 0x0208, 0x00BE, 0x00D7, XLS_CONTINUE, XLS_EOF, XLS_STRING, 0x005D, 0x00EC,
		0x01B6, 0x001C, 0x023E, 0x001D, 0x00E5, 0x01B8,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i] == type)
			return true;
	return xls_is_cell(type) || is_bof(type);
}

static bool
is_chain(const struct xls *x, size_t at)
{
	struct xls_record record;

	for (unsigned i = 0; i < CHAIN_RECORDS; i++) {
		if (i > 0 && at == x->stream.size)
			return true;
		if (!xls_record_read(x, at, &record) || record.is_cut || !is_known(record.type))
			return false;
		at = record.end;
	}
	return true;
}

void
xls_gap_note(struct xls *x, size_t from, size_t to)
{
	struct xls_gap *last = x->gap_count > 0 ? &x->gaps[x->gap_count - 1] : NULL;

	if (to - from < XLS_GAP_MIN)
		return;
	for (size_t i = 0; i < x->gap_count; i++)
		if (from >= x->gaps[i].from && to <= x->gaps[i].to)
			return;
	if (x->gap_count < XLS_GAPS_MAX) {
		x->gaps[x->gap_count++] = (struct xls_gap){from, to};
	} else {
		last->from = rmn_min_size(last->from, from);
		last->to = to > last->to ? to : last->to;
	}
}

/* Text between the records, where their order is lost. */
static void
gaps_give(struct xls *x)
{
	struct rmn_text_runs runs;

	if (x->gap_count == 0)
		return;
	rmn_text_part(x->text, RMN_PART_BODY, rmn_bytes_from_string("text without structure"));
	rmn_text_runs_init(&runs, x->text, x->arena);
	for (size_t i = 0; i < x->gap_count && x->text->status == RMN_OK; i++)
		rmn_text_runs_put(&runs, rmn_bytes_head(rmn_bytes_after(x->stream,
		    x->gaps[i].from), x->gaps[i].to - x->gaps[i].from));
}

/* The next record, over damage to where records can be read again. */
static bool
record_next(struct xls *x, size_t *at, struct xls_record *record)
{
	size_t size;

	if (x->text->status != RMN_OK)
		return false;
	if (!xls_record_read(x, *at, record)) {
		if (x->stream.size - *at >= 4)
			xls_note(x, RMN_PARTIAL, "records are damaged at byte %zu of the stream",
			    *at);
		size = *at;
		while (*at < x->stream.size && !is_chain(x, *at))
			++*at;
		xls_gap_note(x, size, *at);
		x->budget -= rmn_min_size(x->budget, *at - size);
		if (!xls_record_read(x, *at, record))
			return false;
	}
	if (record->is_cut)
		xls_note(x, RMN_PARTIAL, "the workbook is cut short");
	size = record->end - record->at;
	if (size > x->budget) {
		xls_note(x, RMN_LIMIT, "sheets overlap too often");
		return false;
	}
	x->budget -= size;
	*at = record->end;
	return true;
}

/* Where the next listed sheet starts; the end of the stream behind the last. */
static size_t
next_sheet(const struct xls *x, size_t at)
{
	size_t next = x->stream.size;

	for (size_t i = 0; i < x->sheet_count; i++)
		if (x->sheets[i].is_there && x->sheets[i].at > at && x->sheets[i].at < next)
			next = x->sheets[i].at;
	return next;
}

/* Reads the substream whose BOF is at a place, and returns where it ends. */
static size_t
sheet_read(struct xls *x, size_t at, struct rmn_bytes name)
{
	size_t stop = next_sheet(x, at);
	struct xls_record record;
	unsigned depth = 0, kind = XLS_WORKSHEET;
	bool has_ended = false;

	rmn_buf_clear(&x->cells);
	x->cells_in_order = true;
	x->object_is_note = false;
	while (!has_ended && !x->is_encrypted && at < stop && record_next(x, &at, &record)) {
		if (is_bof(record.type)) {
			if (depth++ == 0)
				kind = bof_kind(x, &record);
		} else if (record.type == XLS_EOF) {
			has_ended = --depth == 0;
		} else if (depth > 1 || kind == XLS_CHART) {
			xls_chart_record(x, &record);
		} else if (xls_is_cell(record.type)) {
			xls_cell_note(x, &record);
		} else {
			xls_sheet_record(x, &record);
		}
	}
	if (!has_ended && !x->is_encrypted)
		xls_note(x, RMN_PARTIAL, "a sheet has no end");
	rmn_text_part(x->text, RMN_PART_SHEET, name);
	xls_cells_give(x);
	xls_asides_give(x, name);
	return at;
}

static bool
is_sheet_at(const struct xls *x, size_t at, struct xls_record *record)
{
	return xls_record_read(x, at, record) && is_bof(record->type);
}

/* Which of the listed sheets starts there; sheet_count: none. */
static size_t
sheet_find(const struct xls *x, size_t at)
{
	size_t i = 0;

	while (i < x->sheet_count && x->sheets[i].at != at)
		i++;
	return i;
}

/* Sheets that nothing lists, or that are not where they are listed.  Those get the names of lost ones
 * in order. */
static void
unlisted_read(struct xls *x, size_t at)
{
	struct xls_record record;
	unsigned workspaces = 0;
	size_t lost = 0, count = 0;

	while (count < UNLISTED_MAX && record_next(x, &at, &record)) {
		struct rmn_bytes name = x->next_name;
		size_t listed;

		if (record.type == XLS_EOF && workspaces > 0) {
			workspaces--;
			continue;
		}
		if (!is_bof(record.type)) {
			xls_globals_record(x, &record);
			continue;
		}
		count++;
		if (bof_kind(x, &record) == XLS_WORKSPACE) {
			workspaces++;
			continue;
		}
		listed = sheet_find(x, record.at);
		if (listed < x->sheet_count) {
			at = x->sheets[listed].end;
			continue;
		}
		while (lost < x->sheet_count && x->sheets[lost].is_there)
			lost++;
		if (lost < x->sheet_count)
			name = x->sheets[lost++].name;
		x->next_name = (struct rmn_bytes){NULL, 0};
		at = sheet_read(x, record.at, name);
		if (workspaces == 0 && x->version < 5)
			return;		/* one sheet is all there is; what follows may be anything */
	}
	if (count == UNLISTED_MAX)
		xls_note(x, RMN_LIMIT, "more than %u sheets that nothing lists", UNLISTED_MAX);
	if (workspaces > 0)
		xls_note(x, RMN_PARTIAL, "the workspace has no end");
	if (count == 0)
		xls_note(x, RMN_PARTIAL, "the workbook has no sheet");
}

static void
sheets_read(struct xls *x, size_t behind_globals)
{
	struct xls_record record;
	size_t lost = 0;

	for (size_t i = 0; i < x->sheet_count; i++)
		x->sheets[i].is_there = is_sheet_at(x, x->sheets[i].at, &record);
	for (size_t i = 0; i < x->sheet_count && x->text->status == RMN_OK; i++) {
		if (!x->sheets[i].is_there) {
			xls_note(x, RMN_PARTIAL, "the sheet %.*s is missing",
			    (int)rmn_bytes_head(x->sheets[i].name, 120).size,
			    (const char *)x->sheets[i].name.data);
			lost++;
		} else if (sheet_find(x, x->sheets[i].at) == i) {
			x->sheets[i].end = sheet_read(x, x->sheets[i].at, x->sheets[i].name);
		}
	}
	if (lost > 0 || x->sheet_count == 0)
		unlisted_read(x, behind_globals);
}

/* Reads the globals, from their BOF to their EOF; where they end. */
static size_t
globals_read(struct xls *x, size_t at)
{
	struct xls_record record;
	bool is_first = true;

	while (record_next(x, &at, &record)) {
		if (record.type == XLS_EOF)
			return at;
		if (is_bof(record.type) && !is_first) {
			at = record.at;		/* the end is lost */
			break;
		}
		is_first = false;
		xls_globals_record(x, &record);
		if (x->is_encrypted)
			return at;
	}
	xls_note(x, RMN_PARTIAL, "the globals of the workbook have no end");
	return at;
}

/* Before BIFF5 a workbook need not say in which encoding its bytes are. */
static unsigned
codepage_guess(struct xls *x)
{
	struct xls_record record;
	enum rmn_encoding encoding;
	size_t at = 0;

	xls_scratch_clear(x);
	while (x->scratch.size < 65536 && xls_record_read(x, at, &record)) {
		struct xls_place p = xls_place_in(x, &record);

		at = record.end;
		if ((record.type == XLS_LABEL || record.type == XLS_LABEL_2) && xls_left(&p) > 8) {
			rmn_buf_append(&x->scratch, rmn_bytes_head(rmn_bytes_after(x->stream,
			    p.at + 8), xls_left(&p) - 8));
			rmn_buf_append_char(&x->scratch, '\n');
		}
	}
	encoding = rmn_charset_guess(rmn_buf_bytes(&x->scratch)).encoding;
	return encoding == RMN_CP932 ? 932 : 1252;
}

/* The first BOF, where lost sectors may stand in front. */
static bool
start_find(struct xls *x, size_t *at)
{
	static const unsigned char biff8[] = {0x09, 0x08, 0x10, 0x00, 0x00, 0x06};
	static const unsigned char biff5[] = {0x09, 0x08, 0x08, 0x00, 0x00, 0x05};
	struct xls_record record;

	*at = 0;
	if (is_sheet_at(x, 0, &record))
		return true;
	*at = rmn_bytes_find(x->stream, (struct rmn_bytes){biff8, sizeof(biff8)});
	if (*at == SIZE_MAX)
		*at = rmn_bytes_find(x->stream, (struct rmn_bytes){biff5, sizeof(biff5)});
	if (*at == SIZE_MAX)
		return false;
	xls_note(x, RMN_PARTIAL, "the start of the workbook is lost");
	return true;
}

enum rmn_status
xls_book_read(struct xls *x)
{
	struct xls_record record;
	size_t at;

	if (!start_find(x, &at) || !is_sheet_at(x, at, &record))
		return rmn_fail(x->error, RMN_CORRUPT, "no workbook in its stream");
	x->version = bof_version(x, &record);
	if (bof_kind(x, &record) == XLS_GLOBALS)
		at = globals_read(x, at);
	else if (x->version < 5)
		x->codepage = codepage_guess(x);
	if (!x->is_encrypted)
		sheets_read(x, at);
	/* before BIFF5 the sheet itself says so */
	if (x->is_encrypted)
		return rmn_fail(x->error, RMN_ENCRYPTED, "the workbook is protected by a password");
	xls_asides_give(x, rmn_bytes_from_string("workbook"));
	if (x->string_count > 0)
		xls_strings_unused_give(x);
	gaps_give(x);
	xls_scratch_clear(x);
	if (x->styles.failed)
		xls_note(x, RMN_LIMIT, "more styles of cells than are kept");
	return x->text->status != RMN_OK ? x->text->status : x->status;
}
