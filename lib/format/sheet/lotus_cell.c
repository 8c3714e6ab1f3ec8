/* SPDX-License-Identifier: MIT
 *
 * Cells of Lotus 1-2-3 and Quattro Pro: where they are and what they hold. */
#include <math.h>
#include <string.h>

#include "format/sheet/lotus.h"

#define ROWS 65536u

enum {FORMATS_OWN = 0, FORMATS_AS_ROW = 2};
enum value {INTEGER, REAL, REAL_LONG, PACKED_SHORT, PACKED_LONG, LABEL, STRING};

static const struct {
	enum lotus_family family;
	uint16_t code;
	enum value value;
} kinds[] = {
	{LOTUS_OLD, 0x0D, INTEGER}, {LOTUS_OLD, 0x0E, REAL}, {LOTUS_OLD, 0x0F, LABEL},
	{LOTUS_OLD, 0x10, REAL}, {LOTUS_OLD, 0x33, STRING},
	{LOTUS_NEW, 0x16, LABEL}, {LOTUS_NEW, 0x17, REAL_LONG}, {LOTUS_NEW, 0x18, PACKED_SHORT},
	{LOTUS_NEW, 0x19, REAL_LONG}, {LOTUS_NEW, 0x1A, STRING}, {LOTUS_NEW, 0x25, PACKED_LONG},
	{LOTUS_NEW, 0x27, REAL}, {LOTUS_NEW, 0x28, REAL},
	{LOTUS_QUATTRO, 0x0D, INTEGER}, {LOTUS_QUATTRO, 0x0E, REAL}, {LOTUS_QUATTRO, 0x0F, LABEL},
	{LOTUS_QUATTRO, 0x10, REAL}, {LOTUS_QUATTRO, 0x33, STRING},
};

/* A cell's format: the upper half says that it is one of the special ones, the lower half which. */
static bool
is_date_format(uint8_t format)
{
	unsigned kind = format & 0x0F;

	return (format & 0x70) == 0x70 && (kind == 2 || kind == 3 || kind == 4 || kind == 9 || kind == 10);
}

static bool
place_read(enum lotus_family family, struct rmn_cursor *c, struct lotus_cell *cell)
{
	uint16_t column = 0, style;
	uint8_t format = 0;
	bool is_whole = true;

	switch (family) {
	case LOTUS_OLD:
		is_whole = rmn_cursor_u8(c, &format) && rmn_cursor_le16(c, &column) &&
		    rmn_cursor_le16(c, &cell->row) && column < 256;
		cell->column = (uint8_t)column;
		cell->is_date = is_date_format(format);
		break;
	case LOTUS_NEW:
		is_whole = rmn_cursor_le16(c, &cell->row) && rmn_cursor_u8(c, &cell->sheet) &&
		    rmn_cursor_u8(c, &cell->column);
		break;
	case LOTUS_QUATTRO:
		is_whole = rmn_cursor_u8(c, &cell->column) && rmn_cursor_u8(c, &cell->sheet) &&
		    rmn_cursor_le16(c, &cell->row) && rmn_cursor_le16(c, &style);
		break;
	}
	return is_whole;
}

static bool
real_read(struct rmn_cursor *c, double *number)
{
	uint64_t bits;

	if (!rmn_cursor_le64(c, &bits))
		return false;
	memcpy(number, &bits, sizeof(*number));
	return true;
}

/* The 80 bits of the mathematical coprocessor: 64 of significand, sign and exponent. */
static bool
real_long_read(struct rmn_cursor *c, double *number)
{
	uint64_t significand;
	uint16_t exponent;

	if (!rmn_cursor_le64(c, &significand) || !rmn_cursor_le16(c, &exponent))
		return false;
	*number = (exponent & 0x7FFF) == 0x7FFF ? NAN :
	    ldexp((double)significand, (exponent & 0x7FFF) - 16383 - 63);
	if (exponent & 0x8000)
		*number = -*number;
	return true;
}

/* 15 bits and a sign, or twelve of them times one of eight factors. */
static bool
packed_short_read(struct rmn_cursor *c, double *number)
{
	static const double factors[] = {5000, 500, 0.05, 0.005, 0.0005, 0.00005, 0.0625, 0.015625};
	int16_t value;
	uint16_t bits;

	if (!rmn_cursor_le16(c, &bits))
		return false;
	value = (int16_t)bits;
	*number = value & 1 ? (value >> 4) * factors[value >> 1 & 7] : value >> 1;
	return true;
}

/* 26 bits, a sign, and a power of ten to multiply with or to divide by. */
static bool
packed_long_read(struct rmn_cursor *c, double *number)
{
	uint32_t bits;

	if (!rmn_cursor_le32(c, &bits))
		return false;
	*number = bits >> 6;
	*number = bits & 0x10 ? *number / pow(10, bits & 0x0F) : *number * pow(10, bits & 0x0F);
	if (bits & 0x20)
		*number = -*number;
	return true;
}

static bool
value_read(enum value value, struct rmn_cursor *c, struct lotus_cell *cell)
{
	uint16_t integer;
	const unsigned char *end;

	switch (value) {
	case INTEGER:
		if (!rmn_cursor_le16(c, &integer))
			return false;
		cell->number = (int16_t)integer;
		return true;
	case REAL:
		return real_read(c, &cell->number);
	case REAL_LONG:
		return real_long_read(c, &cell->number);
	case PACKED_SHORT:
		return packed_short_read(c, &cell->number);
	case PACKED_LONG:
		return packed_long_read(c, &cell->number);
	case LABEL: case STRING:
		break;
	}
	cell->is_text = true;
	rmn_cursor_take(c, rmn_cursor_left(c), &cell->text);
	end = cell->text.size > 0 ? memchr(cell->text.data, 0, cell->text.size) : NULL;
	if (end)
		cell->text = rmn_bytes_head(cell->text, (size_t)(end - cell->text.data));
	/* where it stands in the cell: left, right, centred, repeated, not printed */
	if (value == LABEL && cell->text.size > 0 && memchr("'\"^\\|", cell->text.data[0], 5))
		cell->text = rmn_bytes_after(cell->text, 1);
	return end != NULL;
}

bool
lotus_cell_take(struct lotus *l, uint16_t code, struct rmn_bytes body, bool *is_cut)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct lotus_cell cell = {.row = 0};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].family != l->family || kinds[i].code != code)
			continue;
		*is_cut = !place_read(l->family, &c, &cell) || !value_read(kinds[i].value, &c, &cell);
		if (*is_cut && cell.text.size == 0)
			return true;
		cell.order = (uint32_t)(l->cells.size / sizeof(cell));
		rmn_buf_append(&l->words, cell.text);
		rmn_buf_append_char(&l->words, '\n');
		rmn_buf_append_data(&l->cells, &cell, sizeof(cell));
		return true;
	}
	return false;
}

/* The slot of a row in the table of rows with formats; NULL without memory. */
static uint32_t *
row_slot(struct lotus *l, uint8_t sheet, uint16_t row)
{
	if (!l->rows[sheet])
		l->rows[sheet] = rmn_arena_alloc(l->arena, ROWS, sizeof(*l->rows[sheet]));
	if (!l->rows[sheet]) {
		l->is_short_of_memory = true;
		return NULL;
	}
	return &l->rows[sheet][row];
}

/* Formats of four bytes, for one column each; the sign bit of the last of them says that a fifth follows, how
 * many columns more have the same. */
static void
columns_read(struct rmn_cursor *c, struct lotus_columns *columns)
{
	uint8_t format, last, more;
	unsigned column = 0, end;

	while (column < 256 && rmn_cursor_u8(c, &format) && rmn_cursor_skip(c, 2) && rmn_cursor_u8(c, &last)) {
		more = 0;
		if ((last & 0x80) && !rmn_cursor_u8(c, &more))
			return;
		for (end = column + more; column <= end && column < 256; column++)
			if (is_date_format(format))
				columns->are_dates[column / 8] |= (uint8_t)(1u << column % 8);
	}
}

void
lotus_formats_take(struct lotus *l, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct lotus_columns columns = {{0}};
	uint8_t sheet, kind;
	uint16_t row, like;
	uint32_t *slot, *other;

	if (!rmn_cursor_u8(&c, &sheet) || !rmn_cursor_u8(&c, &kind) || !rmn_cursor_le16(&c, &row))
		return;
	slot = row_slot(l, sheet, row);
	if (slot && kind == FORMATS_AS_ROW && rmn_cursor_skip(&c, 2) && rmn_cursor_le16(&c, &like)) {
		other = row_slot(l, sheet, like);
		*slot = *other;
	} else if (slot && kind == FORMATS_OWN) {
		columns_read(&c, &columns);
		rmn_buf_append_data(&l->columns, &columns, sizeof(columns));
		*slot = (uint32_t)(l->columns.size / sizeof(columns));
	}
}

bool
lotus_is_date(const struct lotus *l, const struct lotus_cell *cell)
{
	const struct lotus_columns *columns = (const void *)l->columns.data;
	uint32_t slot = l->rows[cell->sheet] ? l->rows[cell->sheet][cell->row] : 0;

	return cell->is_date || (slot > 0 && slot <= l->columns.size / sizeof(*columns) &&
	    columns[slot - 1].are_dates[cell->column / 8] & 1u << cell->column % 8);
}
