/* SPDX-License-Identifier: MIT
 *
 * Cells.  Most writers have them in the order of rows, some in the order in which a program set them:
 * so their places are gathered first, put in order, and then read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "format/sheet/xls.h"

#define AHEAD_MAX 8u	/* records between a formula and the text it gave (array, table, comment) */

struct row {
	unsigned number;
	uint64_t column;	/* where the text stands */
	bool has_cell;
};

bool
xls_is_cell(uint16_t type)
{
	switch (type) {
	case XLS_INTEGER_2:
	case XLS_NUMBER_2:
	case XLS_LABEL_2:
	case XLS_BOOLERR_2:
	case XLS_NUMBER:
	case XLS_LABEL:
	case XLS_BOOLERR:
	case XLS_FORMULA:
	case XLS_FORMULA_3:
	case XLS_FORMULA_4:
	case XLS_RK:
	case XLS_MULRK:
	case XLS_RSTRING:
	case XLS_LABELSST:
		return true;
	default:
		return false;
	}
}

void
xls_cell_note(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint16_t row, column;
	uint64_t key;

	/* a record's own bytes only: what follows a cut one is no cell */
	if (xls_left(&p) < 6 || !xls_u16(&p, &row) || !xls_u16(&p, &column))
		return;
	key = (uint64_t)row << 48 | (uint64_t)column << 32 | record->at;
	if (x->cells.size >= sizeof(key)) {
		uint64_t last;

		memcpy(&last, x->cells.data + x->cells.size - sizeof(last), sizeof(last));
		x->cells_in_order &= last <= key;
	}
	rmn_buf_append_data(&x->cells, &key, sizeof(key));
}

static void
row_reach(struct xls *x, struct row *r, unsigned row, unsigned column)
{
	if (row != r->number) {
		rmn_text_newline(x->text);
		*r = (struct row){.number = row};
	}
	if (column <= r->column && r->has_cell)
		rmn_text_char(x->text, ' ');	/* a second value of one cell */
	rmn_text_tabs(x->text, &r->column, column);
	r->has_cell = true;
}

void
xls_number_append(struct rmn_buf *out, const struct xls *x, double value,
    const struct rmn_number_format *format)
{
	unsigned char text[RMN_NUMBER_BYTES];
	char stored[40];
	size_t size;

	if (!isfinite(value))
		return;
	/* most are whole or shown as they are; printf of seventeen digits takes long */
	if (value > 0 && value < 1e15 && value == floor(value)) {
		size = rmn_number_whole((uint64_t)value, format, x->from_1904, text);
	} else if (value > 1e-11 && value < 1e15 && format->kind == RMN_NUMBER_PLAIN) {
		size = rmn_number_fraction(value, text);
	} else {
		snprintf(stored, sizeof(stored), "%.17g", value);
		size = rmn_number_text(rmn_bytes_from_string(stored), format, x->from_1904, text);
	}
	rmn_buf_append_data(out, text, size);
}

/* Thirty bits of a number: an integer or the head of a double, maybe in hundredths (2.5.217). */
static double
rk_value(uint32_t rk)
{
	double value;

	if (rk & 2) {
		value = (int32_t)(rk & ~3u) / 4;
	} else {
		uint64_t bits = (uint64_t)(rk & ~3u) << 32;

		memcpy(&value, &bits, sizeof(value));
	}
	return rk & 1 ? value / 100 : value;
}

static void
error_append(struct rmn_buf *out, uint8_t code)
{
	static const struct {
		uint8_t code;
		const char *text;
	} errors[] = {
		{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
		{0x1D, "#NAME?"}, {0x24, "#NUM!"}, {0x2A, "#N/A"},
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].code == code)
			rmn_buf_append_string(out, errors[i].text);
}

static void
bool_or_error_append(struct rmn_buf *out, uint8_t value, uint8_t is_error)
{
	if (is_error)
		error_append(out, value);
	else
		rmn_buf_append_string(out, value ? "TRUE" : "FALSE");
}

/* The text that a formula gave stands in a record behind it. */
static void
formula_text_append(struct xls *x, const struct xls_record *formula, struct rmn_buf *out)
{
	struct xls_record next = *formula;

	for (unsigned i = 0; i < AHEAD_MAX && xls_record_read(x, next.end, &next); i++) {
		struct xls_place p = xls_place_in(x, &next);

		if (next.type == XLS_STRING || next.type == XLS_STRING_2) {
			xls_string(x, &p, next.type == XLS_STRING_2 ? 1 : 2, out);
			return;
		}
		if (xls_is_cell(next.type) || next.type == XLS_EOF)
			return;
	}
}

static void
formula_append(struct xls *x, const struct xls_record *record, struct xls_place *p,
    const struct rmn_number_format *format, struct rmn_buf *out)
{
	uint32_t low, high;
	uint64_t bits;
	double value;

	if (!xls_u32(p, &low) || !xls_u32(p, &high))
		return;
	if (high >> 16 == 0xFFFF) {
		uint8_t kind = (uint8_t)low, result = (uint8_t)(low >> 16);

		if (kind == 0)
			formula_text_append(x, record, out);
		else if (kind == 1 || kind == 2)
			bool_or_error_append(out, result, kind == 2);
		return;
	}
	bits = (uint64_t)high << 32 | low;
	memcpy(&value, &bits, sizeof(value));
	xls_number_append(out, x, value, format);
}

static void
value_append(struct xls *x, const struct xls_record *record, struct xls_place *p,
    const struct rmn_number_format *format, struct rmn_buf *out)
{
	uint32_t number, high;
	uint16_t integer;
	uint8_t value, is_error;
	uint64_t bits;
	double real;

	switch ((enum xls_type)record->type) {
	case XLS_INTEGER_2:
		if (xls_u16(p, &integer))
			xls_number_append(out, x, integer, format);
		break;
	case XLS_NUMBER_2:
	case XLS_NUMBER:
		if (!xls_u32(p, &number) || !xls_u32(p, &high))
			break;
		bits = (uint64_t)high << 32 | number;
		memcpy(&real, &bits, sizeof(real));
		xls_number_append(out, x, real, format);
		break;
	case XLS_RK:
		if (xls_u32(p, &number))
			xls_number_append(out, x, rk_value(number), format);
		break;
	case XLS_BOOLERR_2:
	case XLS_BOOLERR:
		if (xls_u8(p, &value) && xls_u8(p, &is_error))
			bool_or_error_append(out, value, is_error);
		break;
	case XLS_LABEL_2:
	case XLS_LABEL:
	case XLS_RSTRING:
		xls_string(x, p, record->type == XLS_LABEL_2 ? 1 : 2, out);
		break;
	case XLS_LABELSST:
		if (xls_u32(p, &number))
			xls_shared_string(x, number, out);
		break;
	case XLS_FORMULA:
	case XLS_FORMULA_3:
	case XLS_FORMULA_4:
		formula_append(x, record, p, format, out);
		break;
	default:
		break;
	}
}

/* The format of a cell: BIFF2 has it in the second of three bytes of its own. */
static const struct rmn_number_format *
format_read(struct xls *x, const struct xls_record *record, struct xls_place *p)
{
	static const struct rmn_number_format plain = {RMN_NUMBER_PLAIN, {NULL, 0}};
	uint16_t style = 0;
	uint8_t byte = 0;

	if (record->type <= XLS_BOOLERR_2 || (record->type == XLS_FORMULA && x->version == 2)) {
		xls_skip(p, 1);
		xls_u8(p, &byte);
		xls_skip(p, 1);
		byte &= 0x3F;
		return x->formats && x->formats[byte].code.size > 0 ? &x->formats[byte] : &plain;
	}
	xls_u16(p, &style);
	return xls_style(x, style);
}

static void
text_put(struct xls *x, struct row *r, unsigned row, unsigned column)
{
	if (x->scratch.size == 0)
		return;
	xls_clean_cell(x, &x->scratch, 0);
	row_reach(x, r, row, column);
	rmn_text_put(x->text, rmn_buf_bytes(&x->scratch));
}

/* Numbers of neighbours: each with its style, and the last column behind them. */
static void
numbers_give(struct xls *x, struct xls_place *p, struct row *r, unsigned row, unsigned column)
{
	uint16_t style;
	uint32_t rk;

	while (xls_left(p) >= 8 && xls_u16(p, &style) && xls_u32(p, &rk)) {
		xls_scratch_clear(x);
		xls_number_append(&x->scratch, x, rk_value(rk), xls_style(x, style));
		text_put(x, r, row, column++);
	}
}

static void
cell_give(struct xls *x, struct row *r, uint64_t key)
{
	unsigned row = (unsigned)(key >> 48), column = (unsigned)(key >> 32) & 0xFFFF;
	const struct rmn_number_format *format;
	struct xls_record record;
	struct xls_place p;

	if (!xls_record_read(x, (size_t)(key & UINT32_MAX), &record))
		return;
	p = xls_place_in(x, &record);
	xls_skip(&p, 4);
	if (record.type == XLS_MULRK) {
		numbers_give(x, &p, r, row, column);
		return;
	}
	format = format_read(x, &record, &p);
	xls_scratch_clear(x);
	value_append(x, &record, &p, format, &x->scratch);
	text_put(x, r, row, column);
}

static int
key_compare(const void *left, const void *right)
{
	uint64_t a, b;

	memcpy(&a, left, sizeof(a));
	memcpy(&b, right, sizeof(b));
	return a < b ? -1 : a > b;
}

void
xls_cells_give(struct xls *x)
{
	struct row row = {.number = UINT32_MAX};

	if (x->cells.failed)
		xls_note(x, RMN_LIMIT, "the cells of a sheet outgrow their memory");
	if (!x->cells_in_order && x->cells.size > 0)
		qsort(x->cells.data, x->cells.size / sizeof(uint64_t), sizeof(uint64_t),
		    key_compare);
	for (size_t at = 0; at < x->cells.size && x->text->status == RMN_OK;
	    at += sizeof(uint64_t)) {
		uint64_t key;

		memcpy(&key, x->cells.data + at, sizeof(key));
		cell_give(x, &row, key);
	}
	rmn_text_newline(x->text);
}
