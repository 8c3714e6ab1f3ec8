/* SPDX-License-Identifier: MIT
 *
 * Tables of OpenDocument: a row is a line, cells are parted by tabs.  Repeated cells keep their
 * columns up to a bound; a repeated row comes out once. */
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "format/package/odf.h"
#include "format/package/xlsx_number.h"

#define GAP_MAX 64u	/* a sheet ends with a cell repeated to the last column */

static bool
is_hidden(const struct odf *o, struct rmn_bytes style)
{
	for (size_t i = 0; i < o->hidden_count; i++)
		if (rmn_bytes_equal(o->hidden[i], style))
			return true;
	return false;
}

void
odf_table_start(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes name, style;
	char label[256];

	if (o->cell_depth > 0 || o->place != ODF_BODY)
		return;
	if (!o->is_spreadsheet) {
		rmn_text_newline(o->text);
		return;
	}
	rmn_markup_attribute(t->body, "name", &name);
	rmn_markup_attribute(t->body, "style-name", &style);
	name = rmn_bytes_head(rmn_text_decoded(o->text, o->arena, name), 200);
	snprintf(label, sizeof(label), "%.*s%s", (int)name.size, (const char *)name.data,
	    is_hidden(o, style) ? " (hidden)" : "");
	rmn_text_part(o->text, RMN_PART_SHEET, rmn_bytes_from_string(label));
}

void
odf_row_start(struct odf *o)
{
	if (o->cell_depth > 0 || o->place != ODF_BODY)
		return;
	rmn_text_newline(o->text);
	o->tabs = 0;
}

void
odf_row_end(struct odf *o)
{
	if (o->cell_depth == 0 && o->place == ODF_BODY)
		rmn_text_newline(o->text);
	o->tabs = 0;
}

void
odf_cell_reach(struct odf *o)
{
	for (; o->tabs > 0; o->tabs--)
		rmn_text_char(o->text, '\t');
}

/* What cells say of themselves. */
enum fact {
	FACT_TYPE,
	FACT_COLUMNS,
	FACT_VALUE,
	FACT_DATE,
	FACT_STRING,
	FACT_TIME,
	FACT_BOOLEAN,
	FACTS,
};

static void
facts_read(const struct rmn_markup_token *t, struct rmn_bytes facts[FACTS])
{
#define NAME(text) {(const unsigned char *)(text), sizeof(text) - 1}
	static const struct rmn_bytes names[FACTS] = {
		[FACT_TYPE] = NAME("value-type"),
		[FACT_COLUMNS] = NAME("number-columns-repeated"),
		[FACT_VALUE] = NAME("value"),
		[FACT_DATE] = NAME("date-value"),
		[FACT_STRING] = NAME("string-value"),
		[FACT_TIME] = NAME("time-value"),
		[FACT_BOOLEAN] = NAME("boolean-value"),
	};
#undef NAME

	rmn_markup_attributes(t->body, names, FACTS, facts);
}

static unsigned
columns_of(struct rmn_bytes repeated)
{
	unsigned columns = 0;

	for (size_t i = 0; i < repeated.size && columns < GAP_MAX; i++) {
		if (repeated.data[i] < '0' || repeated.data[i] > '9')
			return 1;
		columns = columns * 10 + (repeated.data[i] - (unsigned)'0');
	}
	return columns == 0 ? 1 : columns > GAP_MAX ? GAP_MAX : columns;
}

/* Puts a cell's own value, which needs no paragraph that shows it. */
static void
value_put(struct odf *o, struct rmn_bytes value)
{
	odf_cell_reach(o);
	rmn_text_cell(o->text, value);
	o->cell = ODF_VALUE_CELL;
}

static void
number_keep(struct odf *o, struct rmn_bytes value)
{
	value = rmn_bytes_head(value, sizeof(o->number));
	if (value.size > 0)
		memcpy(o->number, value.data, value.size);
	o->number_size = value.size;
	o->cell = ODF_NUMBER_CELL;
}

void
odf_cell_start(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes facts[FACTS], type;

	if (o->place != ODF_BODY)
		return;
	facts_read(t, facts);
	type = facts[FACT_TYPE];
	if (t->is_empty && type.size == 0) {
		if (o->cell_depth == 0)
			o->tabs += columns_of(facts[FACT_COLUMNS]);
		return;
	}
	if (o->cell_depth++ > 0)
		return;
	o->cell_columns = columns_of(facts[FACT_COLUMNS]);
	o->cell = ODF_TEXT_CELL;
	o->shown_size = 0;
	o->space_waits = false;
	if (facts[FACT_DATE].data && rmn_markup_is(type, "date")) {
		value_put(o, facts[FACT_DATE]);
	} else if (facts[FACT_VALUE].data && rmn_markup_is(type, "float")) {
		number_keep(o, facts[FACT_VALUE]);
	} else if (t->is_empty) {
		for (size_t i = FACT_STRING; i <= FACT_BOOLEAN; i++)
			if (facts[i].data) {
				value_put(o, facts[i]);
				break;
			}
	}
	if (t->is_empty)		/* a value without the paragraph that shows it */
		odf_cell_end(o);
}

static void
number_put(struct odf *o)
{
	static const struct rmn_number_format plain = {RMN_NUMBER_PLAIN, {NULL, 0}};
	struct rmn_bytes shown = {o->shown, o->shown_size};
	unsigned char text[RMN_NUMBER_BYTES];

	odf_cell_reach(o);
	if (shown.size > 0 && !memchr(shown.data, 'E', shown.size) &&
	    !memchr(shown.data, '#', shown.size)) {
		rmn_text_cell(o->text, shown);
		return;
	}
	shown.size = rmn_number_text((struct rmn_bytes){o->number, o->number_size}, &plain, false,
	    text);
	rmn_text_put(o->text, (struct rmn_bytes){text, shown.size});
}

void
odf_cell_end(struct odf *o)
{
	if (o->place != ODF_BODY || o->cell_depth == 0 || --o->cell_depth > 0)
		return;
	if (o->cell == ODF_NUMBER_CELL)
		number_put(o);
	o->cell = ODF_NO_CELL;
	o->space_waits = false;
	o->tabs += o->cell_columns;
}
