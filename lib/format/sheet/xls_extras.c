/* SPDX-License-Identifier: MIT
 *
 * Comments, text boxes, page headers, words of charts, rules for input: gathered while cells are looked
 * for, given behind them. */
#include "format/codepage.h"
#include "format/ole/escher.h"
#include "format/sheet/xls.h"
#include "format/package/xlsx.h"

enum extras_type {
	HEADER = 0x0014, FOOTER = 0x0015, HEADERFOOTER = 0x089C, NOTE = 0x001C, OBJ = 0x005D,
	DRAWING = 0x00EC, TXO = 0x01B6, HLINK = 0x01B8, DV = 0x01BE, SXSTRING = 0x00CD, SERIESTEXT = 0x100D,
};

#define NOTES_MAX 65536u	/* objects have numbers of 16 bits */
#define OBJECT_NOTE 0x19u
#define OBJECT_COMMON 0x15u
#define NOTE_GOES_ON 0xFFFFu	/* instead of a row */

static void
header_read(struct xls *x, struct xls_place *p)
{
	xls_scratch_clear(x);
	if (xls_left(p) == 0)
		return;
	xls_string(x, p, x->version >= 8 ? 2 : 1, &x->scratch);
	xls_clean_cell(x, &x->scratch, 0);
	if (x->scratch.size > 0)
		xlsx_header_append(&x->aside[XLS_ASIDE_HEADER], rmn_buf_bytes(&x->scratch));
}

/* Headers and footers of even and first pages (2.4.137). */
static void
more_headers_read(struct xls *x, struct xls_place *p)
{
	uint16_t flags, counts[4];

	if (!xls_skip(p, 28) || !xls_u16(p, &flags))
		return;
	for (size_t i = 0; i < 4; i++)
		if (!xls_u16(p, &counts[i]))
			return;
	for (size_t i = 0; i < 4; i++)
		if (counts[i] > 0)
			header_read(x, p);
}

static void
object_read(struct xls *x, struct xls_place *p)
{
	uint16_t part, size, kind, number;

	if (xls_u16(p, &part) && xls_u16(p, &size) && part == OBJECT_COMMON &&
	    xls_u16(p, &kind) && xls_u16(p, &number)) {
		x->object = number;
		x->object_is_note = kind == OBJECT_NOTE;
	}
}

/* A drawing comes in pieces, between which its objects and their texts stand. */
static void
drawing_read(struct xls *x, const struct xls_record *record)
{
	struct xls_record next = *record;

	do
		rmn_buf_append(&x->drawing, rmn_bytes_head(rmn_bytes_after(x->stream,
		    next.at + 4), next.end - next.at - 4));
	while (xls_record_read(x, next.end, &next) && next.type == XLS_CONTINUE);
}

/* The text of the object in front: of a comment, which waits for its author, or of a box. */
static void
box_read(struct xls *x, struct xls_place *p)
{
	struct rmn_buf *out = x->object_is_note ? &x->scratch : &x->aside[XLS_ASIDE_BOX];
	uint16_t length;
	size_t from;

	if (x->version < 8 || !xls_skip(p, 10) || !xls_u16(p, &length) || length == 0)
		return;
	if (x->object_is_note)
		rmn_buf_clear(out);
	from = out->size;
	p->at = p->end;
	xls_units(p, length, out);
	xls_clean_lines(x, out, from);
	if (!x->object_is_note) {
		rmn_buf_append_char(out, '\n');
		return;
	}
	if (!x->notes)
		x->notes = rmn_arena_alloc(x->arena, NOTES_MAX, sizeof(*x->notes));
	if (!x->notes)
		xls_note(x, RMN_LIMIT, "comments outgrow their memory");
	else
		x->notes[x->object] = rmn_text_kept(x->text, x->arena, rmn_buf_bytes(out));
}

static void
note_put(struct xls *x, struct rmn_bytes words)
{
	struct rmn_buf *out = &x->aside[XLS_ASIDE_COMMENT];

	rmn_buf_append(out, words);
	if (words.size == 0 || words.data[words.size - 1] != '\n')
		rmn_buf_append_char(out, '\n');
}

/* Before BIFF8 a comment is bytes, and what is longer than 2 KiB goes on in further records. */
static void
old_note_read(struct xls *x, const struct xls_record *record)
{
	struct xls_record next = *record;
	struct rmn_buf bytes;
	size_t from;

	rmn_buf_init(&bytes, XLS_RECORD_MAX * 8);
	do {
		struct xls_place p = xls_place_in(x, &next);
		uint16_t row, column, size;

		if (next.type != NOTE || !xls_u16(&p, &row) || !xls_u16(&p, &column) ||
		    !xls_u16(&p, &size) || (row == NOTE_GOES_ON) != (next.at != record->at))
			break;
		rmn_buf_append(&bytes, rmn_bytes_head(rmn_bytes_after(x->stream, p.at),
		    xls_left(&p)));
	} while (!bytes.failed && xls_record_read(x, next.end, &next));
	xls_scratch_clear(x);
	rmn_codepage_decode(x->codepage, rmn_buf_bytes(&bytes), &x->scratch);
	from = x->scratch.size;
	xls_clean_lines(x, &x->scratch, 0);
	if (from > 0)
		note_put(x, rmn_buf_bytes(&x->scratch));
	if (bytes.failed)
		xls_note(x, RMN_LIMIT, "a comment outgrows its memory");
	rmn_buf_release(&bytes);
}

static void
note_read(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	struct rmn_buf *out = &x->aside[XLS_ASIDE_COMMENT];
	uint16_t number;
	size_t from = out->size;

	if (x->version < 8) {
		old_note_read(x, record);
		return;
	}
	if (!xls_skip(&p, 6) || !xls_u16(&p, &number))
		return;
	xls_string(x, &p, 2, out);
	xls_clean_cell(x, out, from);
	rmn_buf_append_char(out, '\t');
	if (x->notes) {
		note_put(x, x->notes[number]);
		x->notes[number] = (struct rmn_bytes){NULL, 0};
	} else {
		rmn_buf_append_char(out, '\n');
	}
}

/* What a cell may hold, where the list is written out, and what the user is told. */
static void
validation_read(struct xls *x, struct xls_place *p)
{
	struct rmn_buf *out = &x->aside[XLS_ASIDE_VALIDATION];
	uint16_t size;
	uint8_t token;

	if (x->version < 8 || !xls_skip(p, 4))
		return;
	for (unsigned i = 0; i < 4; i++) {
		size_t from = out->size;

		if (!xls_string(x, p, 2, out))
			return;
		xls_clean_cell(x, out, from);
		/* one NUL stands for no text */
		if (out->size == from + 1 && out->data[from] == ' ')
			out->size = from;
		if (out->size > from)
			rmn_buf_append_char(out, '\n');
	}
	if (xls_u16(p, &size) && size > 2 && xls_skip(p, 2) && xls_u8(p, &token) && token == 0x17) {
		size_t from = out->size;

		xls_string(x, p, 1, out);
		xls_clean_cell(x, out, from);
		rmn_buf_append_char(out, '\n');
	}
}

static void
words_read(struct xls *x, struct xls_place *p, enum xls_aside where, unsigned length_bytes)
{
	struct rmn_buf *out = &x->aside[where];
	size_t from = out->size;

	xls_string(x, p, length_bytes, out);
	xls_clean_cell(x, out, from);
	if (out->size > from)
		rmn_buf_append_char(out, '\n');
}

void
xls_sheet_record(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);

	switch ((enum extras_type)record->type) {
	case HEADER:
	case FOOTER:
		header_read(x, &p);
		break;
	case HEADERFOOTER:
		more_headers_read(x, &p);
		break;
	case NOTE:
		note_read(x, record);
		break;
	case OBJ:
		object_read(x, &p);
		break;
	case DRAWING:
		drawing_read(x, record);
		break;
	case TXO:
		box_read(x, &p);
		break;
	case HLINK:
		xls_link_record(x, record);
		break;
	case DV:
		validation_read(x, &p);
		break;
	case SXSTRING:
		words_read(x, &p, XLS_ASIDE_LINK, 2);
		break;
	case SERIESTEXT:
		if (xls_skip(&p, 2))
			words_read(x, &p, XLS_ASIDE_CHART, 1);
		break;
	default:
		if (x->version < 5 || record->type == 0x0059 || record->type == 0x005A)
			xls_globals_record(x, record);
		break;
	}
}

void
xls_chart_record(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);

	if (record->type == XLS_LABEL) {
		if (xls_skip(&p, 6))
			words_read(x, &p, XLS_ASIDE_CHART, 2);
	} else {
		xls_sheet_record(x, record);
	}
}

/* Comments that no NOTE asked for. */
static void
notes_complete(struct xls *x)
{
	for (size_t i = 0; x->notes && i < NOTES_MAX; i++) {
		if (x->notes[i].size > 0)
			note_put(x, x->notes[i]);
		x->notes[i] = (struct rmn_bytes){NULL, 0};
	}
}

void
xls_asides_give(struct xls *x, struct rmn_bytes name)
{
	static const enum rmn_part_kind kinds[XLS_ASIDE_COUNT] = {
		[XLS_ASIDE_HEADER] = RMN_PART_HEADER, [XLS_ASIDE_COMMENT] = RMN_PART_COMMENT,
		[XLS_ASIDE_LINKED] = RMN_PART_SHEET,
	};
	static const char *const names[XLS_ASIDE_COUNT] = {
		[XLS_ASIDE_BOX] = "text boxes", [XLS_ASIDE_CHART] = "charts",
		[XLS_ASIDE_LINK] = "links", [XLS_ASIDE_VALIDATION] = "validation",
		[XLS_ASIDE_LINKED] = "cells of other workbooks", [XLS_ASIDE_NAME] = "names",
	};

	notes_complete(x);
	rmn_escher_words(rmn_buf_bytes(&x->drawing), &x->aside[XLS_ASIDE_BOX]);
	if (x->drawing.failed)
		xls_note(x, RMN_LIMIT, "shapes of a sheet outgrow their memory");
	rmn_buf_clear(&x->drawing);
	for (size_t i = 0; i < XLS_ASIDE_COUNT; i++) {
		struct rmn_buf *aside = &x->aside[i];

		if (aside->size > 0) {
			rmn_text_part(x->text, kinds[i],
			    names[i] ? rmn_bytes_from_string(names[i]) : name);
			rmn_text_put(x->text, rmn_buf_bytes(aside));
			rmn_text_newline(x->text);
		}
		if (aside->failed)
			xls_note(x, RMN_LIMIT, "%.*s: more than 4 MiB of %s were cut",
			    (int)rmn_bytes_head(name, 100).size, (const char *)name.data,
			    names[i] ? names[i] : "comments and headers");
		rmn_buf_clear(aside);
	}
}
