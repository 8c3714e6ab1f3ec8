/* SPDX-License-Identifier: MIT
 *
 * What was taken of a workbook of Lotus 1-2-3 or Quattro Pro, in the order of its sheets, rows and columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "charset/charset.h"
#include "format/package/xlsx_number.h"
#include "format/sheet/cells.h"
#include "format/sheet/lotus.h"

#define GUESS_BYTES 65536u
#define GROUP_LAST 0x13u	/* of LMBCS: such a byte in front of a character says whose it is */
#define WESTERN "IBM850"
#define CONFIDENT 50u

static int
cell_compare(const void *left, const void *right)
{
	const struct lotus_cell *a = left, *b = right;

	if (a->sheet != b->sheet)
		return a->sheet < b->sheet ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Stored text without the marks of groups. */
static void
marks_drop(struct rmn_bytes stored, struct rmn_buf *plain)
{
	for (size_t i = 0; i < stored.size; i++)
		if (stored.data[i] == 0 || stored.data[i] > GROUP_LAST || i + 1 == stored.size ||
		    stored.data[i + 1] < 0x80)
			rmn_buf_append_char(plain, (char)stored.data[i]);
}

/* Appends stored text as UTF-8.  Japanese programs write CP932, with or without the group's mark; all others
 * are taken for Western ones. */
static void
text_decode(const struct lotus *l, struct rmn_bytes stored, bool is_japanese, struct rmn_buf *utf8)
{
	enum rmn_status status;
	struct rmn_buf plain;

	rmn_buf_init(&plain, 0);
	marks_drop(stored, &plain);
	status = is_japanese ? rmn_charset_decode(rmn_buf_bytes(&plain), RMN_CP932, utf8, NULL) :
	    rmn_charset_decode_label(rmn_buf_bytes(&plain), rmn_bytes_from_string(WESTERN), utf8, NULL);
	if (status != RMN_OK || plain.failed || utf8->failed)
		l->text->status = rmn_fail(l->text->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&plain);
}

static void
text_put(const struct lotus *l, struct rmn_bytes stored, bool is_japanese)
{
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	text_decode(l, stored, is_japanese, &utf8);
	rmn_cell_put(l->text, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
}

static void
number_put(const struct lotus *l, const struct lotus_cell *cell)
{
	struct rmn_number_format format = {.kind = lotus_is_date(l, cell) ? RMN_NUMBER_DATE :
	    RMN_NUMBER_PLAIN};
	unsigned char shown[RMN_NUMBER_BYTES];
	char stored[40];
	size_t size;

	if (!isfinite(cell->number))
		return;
	snprintf(stored, sizeof(stored), "%.15g", cell->number);
	size = rmn_number_text(rmn_bytes_from_string(stored), &format, false, shown);
	rmn_text_put(l->text, (struct rmn_bytes){shown, size});
}

static void
sheet_begin(const struct lotus *l, uint8_t sheet, bool is_japanese)
{
	struct rmn_buf name;

	rmn_buf_init(&name, 0);
	text_decode(l, l->names[sheet], is_japanese, &name);
	if (name.size == 0)
		rmn_buf_printf(&name, "sheet %u", sheet + 1u);
	rmn_text_part(l->text, RMN_PART_SHEET, rmn_buf_bytes(&name));
	rmn_buf_release(&name);
}

/* Of two values for one cell the later holds: the text of a formula follows its number. */
static void
cells_give(const struct lotus *l, const struct lotus_cell *cells, size_t count, bool is_japanese)
{
	uint64_t column = 0;

	for (size_t i = 0; i < count && l->text->status == RMN_OK; i++) {
		const struct lotus_cell *cell = &cells[i], *before = i > 0 ? &cells[i - 1] : NULL;
		bool is_first = !before || before->sheet != cell->sheet;

		if (i + 1 < count && cell[1].sheet == cell->sheet && cell[1].row == cell->row &&
		    cell[1].column == cell->column)
			continue;
		if (before && (is_first || before->row != cell->row))
			rmn_text_newline(l->text);
		if (is_first)
			sheet_begin(l, cell->sheet, is_japanese);
		if (is_first || before->row != cell->row)
			column = 0;
		rmn_text_tabs(l->text, &column, cell->column);
		if (cell->is_text)
			text_put(l, cell->text, is_japanese);
		else
			number_put(l, cell);
	}
	rmn_text_newline(l->text);
}

static bool
japanese_tell(const struct lotus *l)
{
	struct rmn_charset_guess guess;
	struct rmn_buf plain;

	rmn_buf_init(&plain, 0);
	marks_drop(rmn_bytes_head(rmn_buf_bytes(&l->words), GUESS_BYTES), &plain);
	guess = rmn_charset_guess(rmn_buf_bytes(&plain));
	if (plain.failed)
		l->text->status = rmn_fail(l->text->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&plain);
	return guess.encoding == RMN_CP932 && guess.confidence >= CONFIDENT;
}

void
lotus_give(struct lotus *l)
{
	struct lotus_cell *cells = (void *)l->cells.data;
	bool is_japanese = japanese_tell(l);
	size_t count = l->cells.size / sizeof(*cells);

	if (count > 0)
		qsort(cells, count, sizeof(*cells), cell_compare);
	cells_give(l, cells, count, is_japanese);
	if (l->header.size + l->footer.size > 0) {
		rmn_text_part(l->text, RMN_PART_HEADER, rmn_bytes_from_string(""));
		text_put(l, l->header, is_japanese);
		rmn_text_newline(l->text);
		text_put(l, l->footer, is_japanese);
		rmn_text_newline(l->text);
	}
}
