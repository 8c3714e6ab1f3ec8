/* SPDX-License-Identifier: MIT
 *
 * One worksheet: a row is a line, cells stand at their columns, parted by tabs.  This is the
 * hottest loop over office documents: six tokens a cell, so names are told apart by length. */
#include <string.h>

#include "base/checked.h"
#include "format/package/xlsx.h"

#define VALUE_BYTES 40u

enum cell_type {
	CELL_NUMBER,
	CELL_SHARED,
	CELL_TEXT,	/* str, inlineStr, d, e: as it stands */
	CELL_BOOLEAN,
};

struct sheet {
	struct xlsx *x;
	struct rmn_text *text;
	enum cell_type type;
	size_t style;
	unsigned column;	/* of the cell, from 0 */
	uint64_t next_column;	/* where the text stands */
	unsigned implied;	/* the column of a cell that does not say its own */
	bool in_value;		/* <v>, or <t> inside <is> */
	bool in_header;		/* page headers and footers */
	bool in_phonetic;
	bool has_cell;		/* the tabs before this cell are out */
	struct rmn_buf headers;
	unsigned char value[VALUE_BYTES];
	size_t value_size;
};

/* "AB12" is column 27. */
static unsigned
column_of(struct rmn_bytes reference)
{
	unsigned column = 0;
	size_t i = 0;

	for (; i < reference.size && i < 3; i++) {
		unsigned char c = reference.data[i];

		if (c < 'A' || c > 'Z')
			break;
		column = column * 26 + (c - (unsigned)'A' + 1);
	}
	return i > 0 ? column - 1 : UINT32_MAX;
}

static enum cell_type
type_of(struct rmn_bytes value)
{
	if (value.size == 1 && value.data[0] == 's')
		return CELL_SHARED;
	if (value.size == 1 && value.data[0] == 'n')
		return CELL_NUMBER;
	if (value.size == 1 && value.data[0] == 'b')
		return CELL_BOOLEAN;
	return CELL_TEXT;
}

static size_t
index_of(const unsigned char *digits, size_t size)
{
	size_t number = 0;

	if (size == 0 || size > 9)
		return SIZE_MAX;
	for (size_t i = 0; i < size; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return SIZE_MAX;
		number = number * 10 + (digits[i] - (unsigned)'0');
	}
	return number;
}

static void
cell_start(struct sheet *s, const struct rmn_markup_token *t)
{
	struct rmn_bytes name, value;
	size_t at = 0;

	s->type = CELL_NUMBER;
	s->style = 0;
	s->value_size = 0;
	s->has_cell = false;
	s->column = s->implied;
	while (rmn_markup_attribute_next(t->body, &at, &name, &value)) {
		if (name.size != 1)
			continue;
		if (name.data[0] == 'r') {
			unsigned column = column_of(value);

			if (column != UINT32_MAX)
				s->column = column;
		} else if (name.data[0] == 't') {
			s->type = type_of(value);
		} else if (name.data[0] == 's') {
			s->style = index_of(value.data, value.size);
		}
	}
	s->implied = s->column + 1;
}

/* Tabs up to the cell, once it turns out to hold something. */
static void
cell_reach(struct sheet *s)
{
	if (s->has_cell)
		return;
	s->has_cell = true;
	rmn_text_tabs(s->text, &s->next_column, s->column);
}

static void
number_put(struct sheet *s)
{
	static const struct rmn_number_format plain = {0};
	const struct rmn_number_format *format =
	    s->style < s->x->style_count ? &s->x->styles[s->style] : &plain;
	unsigned char text[RMN_NUMBER_BYTES];
	size_t size;

	size = rmn_number_text((struct rmn_bytes){s->value, s->value_size}, format,
	    s->x->from_1904, text);
	cell_reach(s);
	rmn_text_put(s->text, (struct rmn_bytes){text, size});
}

static void
value_end(struct sheet *s)
{
	struct rmn_bytes shared;

	s->in_value = false;
	if (s->value_size == 0)
		return;
	switch (s->type) {
	case CELL_SHARED:
		shared = xlsx_string_use(s->x, index_of(s->value, s->value_size));
		if (shared.size > 0) {
			cell_reach(s);
			rmn_text_put(s->text, shared);
		}
		break;
	case CELL_BOOLEAN:
		cell_reach(s);
		rmn_text_put(s->text,
		    rmn_bytes_from_string(s->value[0] == '1' ? "TRUE" : "FALSE"));
		break;
	case CELL_NUMBER:
		number_put(s);
		break;
	case CELL_TEXT:
		break;
	}
	s->value_size = 0;
}

static void
value_text(struct sheet *s, struct rmn_bytes body)
{
	if (s->type == CELL_TEXT) {
		cell_reach(s);
		rmn_text_cell(s->text, body);
		return;
	}
	body = rmn_bytes_head(body, VALUE_BYTES - s->value_size);
	if (body.size > 0)
		memcpy(s->value + s->value_size, body.data, body.size);
	s->value_size += body.size;
}

static bool
is_header(struct rmn_bytes name)
{
	return rmn_markup_is(name, "oddHeader") || rmn_markup_is(name, "oddFooter") ||
	    rmn_markup_is(name, "evenHeader") || rmn_markup_is(name, "evenFooter") ||
	    rmn_markup_is(name, "firstHeader") || rmn_markup_is(name, "firstFooter");
}

void
xlsx_header_append(struct rmn_buf *headers, struct rmn_bytes plain)
{
	for (size_t i = 0; i < plain.size; i++) {
		unsigned char c = plain.data[i];

		if (c != '&' || i + 1 >= plain.size) {
			rmn_buf_append_data(headers, &c, 1);
			continue;
		}
		c = plain.data[++i];
		if (c == '"') {
			const unsigned char *end =
			    memchr(plain.data + i + 1, '"', plain.size - i - 1);

			i = end ? (size_t)(end - plain.data) : plain.size;
		} else if (c >= '0' && c <= '9') {
			while (i + 1 < plain.size && plain.data[i + 1] >= '0' &&
			    plain.data[i + 1] <= '9')
				i++;
		} else if (c == '&') {
			rmn_buf_append_char(headers, '&');
		} else if (c == 'L' || c == 'C' || c == 'R') {
			rmn_buf_append_char(headers, ' ');
		}
	}
	rmn_buf_append_char(headers, '\n');
}

static void
start(struct sheet *s, const struct rmn_markup_token *t)
{
	const unsigned char *n = t->name.data;

	if (t->name.size == 1) {
		if (n[0] == 'c')
			cell_start(s, t);
		else if (n[0] == 'v' || n[0] == 't')
			s->in_value = !t->is_empty && !s->in_phonetic;
		return;
	}
	if (t->name.size == 3 && memcmp(n, "row", 3) == 0) {
		rmn_text_newline(s->text);
		s->next_column = 0;
		s->implied = 0;
	} else if (t->name.size == 3 && memcmp(n, "rPh", 3) == 0) {
		s->in_phonetic = !t->is_empty;
	} else if (t->name.size > 8 && is_header(t->name)) {
		s->in_header = !t->is_empty;
	}
}

static void
end(struct sheet *s, struct rmn_bytes name)
{
	const unsigned char *n = name.data;

	if (name.size == 1) {
		if (n[0] == 'v')
			value_end(s);
		else if (n[0] == 't')
			s->in_value = false;
		return;
	}
	if (name.size == 3 && memcmp(n, "row", 3) == 0)
		rmn_text_newline(s->text);
	else if (name.size == 3 && memcmp(n, "rPh", 3) == 0)
		s->in_phonetic = false;
	else if (name.size > 8)
		s->in_header = false;
}

static void
take_cell(void *context, const struct rmn_markup_token *t)
{
	struct sheet *s = context;

	switch (t->kind) {
	case RMN_MARKUP_TEXT:
	case RMN_MARKUP_CDATA:
		if (s->in_value)
			value_text(s, t->body);
		else if (s->in_header)
			xlsx_header_append(&s->headers, rmn_text_decoded(s->text,
			    s->x->ooxml.package.arena, t->body));
		break;
	case RMN_MARKUP_START:
		start(s, t);
		break;
	case RMN_MARKUP_END:
		end(s, t->name);
		break;
	default:
		break;
	}
}

void
xlsx_sheet_read(struct xlsx *x, const struct rmn_zip_entry *entry)
{
	struct sheet s = {.x = x, .text = x->text};

	rmn_package_aside_init(&s.headers);
	rmn_package_scan(&x->ooxml.package, entry, take_cell, &s);
	rmn_text_newline(x->text);
	rmn_package_aside_give(&x->ooxml.package, &s.headers, RMN_PART_HEADER,
	    "page header and footer");
}
