/* SPDX-License-Identifier: MIT
 *
 * Pages, Numbers and Keynote documents until '09: one XML part.  Text stands in paragraphs, values of
 * cells in attributes; a row of a table is one line. */
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "format/package/package.h"
#include "format/package/zip_claim.h"

#define SECONDS_TO_2001 978307200

struct document {
	struct rmn_package package;
	struct rmn_text *text;
	unsigned paragraphs;		/* around the current place */
	unsigned prompts;
	bool in_cells, in_metadata;
	unsigned columns, column;
	unsigned tabs;			/* before the next value: empty ends of rows get none */
	unsigned cell_depth;		/* a cell's text may be paragraphs */
};

static unsigned
number_of(struct rmn_bytes value)
{
	unsigned number = 0;

	for (size_t i = 0; i < value.size && number < 100000; i++)
		if (value.data[i] >= '0' && value.data[i] <= '9')
			number = number * 10 + (value.data[i] - '0');
	return number;
}

static void
cell_start(struct document *d)
{
	if (d->column > 0)
		d->tabs++;
	d->column++;
}

static void
cell_put(struct document *d, struct rmn_bytes value)
{
	for (; d->tabs > 0; d->tabs--)
		rmn_text_char(d->text, '\t');
	if (d->text->last != '\t' && d->text->last != '\n' && d->text->last != ' ')
		rmn_text_char(d->text, ' ');
	rmn_text_cell(d->text, value);
}

static void
cell_end(struct document *d)
{
	if (d->columns > 0 && d->column >= d->columns) {
		rmn_text_newline(d->text);
		d->column = d->tabs = 0;
	}
}

static void
date_put(struct document *d, struct rmn_bytes value)
{
	char when[RMN_TIME_TEXT_BYTES], number[24] = "";
	struct rmn_bytes text = rmn_bytes_head(value, sizeof(number) - 1);

	for (size_t i = 0; i < text.size; i++)
		number[i] = (char)text.data[i];
	rmn_time_text(rmn_time_from_unix(strtoll(number, NULL, 10) + SECONDS_TO_2001, 0), when);
	cell_put(d, rmn_bytes_from_string(when));
}

/* With the digits that a person would see: "-872.4", not "-872.39999999999998". */
static void
number_put(struct document *d, struct rmn_bytes value)
{
	char number[40] = "", *end;
	double real;

	if (value.size >= sizeof(number)) {
		cell_put(d, value);
		return;
	}
	for (size_t i = 0; i < value.size; i++)
		number[i] = (char)value.data[i];
	real = strtod(number, &end);
	if (end == number || *end != '\0') {
		cell_put(d, value);
		return;
	}
	snprintf(number, sizeof(number), "%.15g", real);
	cell_put(d, rmn_bytes_from_string(number));
}

static bool
is_cell(struct rmn_bytes name)
{
	return name.size <= 2 && (rmn_markup_is(name, "t") || rmn_markup_is(name, "f") || rmn_markup_is(name, "n") ||
	    rmn_markup_is(name, "d") || rmn_markup_is(name, "b") || rmn_markup_is(name, "g") ||
	    rmn_markup_is(name, "s") || rmn_markup_is(name, "o") || rmn_markup_is(name, "du") ||
	    rmn_markup_is(name, "pm") || rmn_markup_is(name, "sl"));
}

static void
cell_take(struct document *d, const struct rmn_markup_token *t)
{
	struct rmn_bytes value;

	cell_start(d);
	if (rmn_markup_attribute(t->body, "sf:cell-date", &value))
		date_put(d, value);
	else if (rmn_markup_attribute(t->body, "sf:v", &value))
		number_put(d, value);
	if (t->is_empty)
		cell_end(d);
	else
		d->cell_depth = 1;
}

static void
start_in_cells(struct document *d, const struct rmn_markup_token *t)
{
	struct rmn_bytes value;

	if (d->cell_depth == 0) {
		if (is_cell(t->name))
			cell_take(d, t);
		return;
	}
	d->cell_depth += !t->is_empty;
	if (rmn_markup_is(t->name, "ct") && rmn_markup_attribute(t->body, "sfa:s", &value))
		cell_put(d, value);
	else if (rmn_markup_is(t->name, "rn") && rmn_markup_attribute(t->body, "sf:v", &value))
		number_put(d, value);
}

static void
start(struct document *d, const struct rmn_markup_token *t)
{
	struct rmn_bytes value;

	if (d->in_cells)
		start_in_cells(d, t);
	if (rmn_markup_is(t->name, "datasource")) {
		d->in_cells = !t->is_empty;
		d->column = d->cell_depth = d->tabs = 0;
		rmn_text_newline(d->text);
	} else if (rmn_markup_is(t->name, "grid") &&
	    rmn_markup_attribute(t->body, "sf:numcols", &value)) {
		d->columns = number_of(value);
	} else if ((rmn_markup_is(t->name, "tabular-model") &&
	    rmn_markup_attribute(t->body, "sf:name", &value)) ||
	    (rmn_markup_is(t->name, "workspace") &&
	    rmn_markup_attribute(t->body, "ls:workspace-name", &value))) {
		rmn_text_newline(d->text);
		rmn_text_cell(d->text, value);
		rmn_text_newline(d->text);
	} else if (rmn_markup_is(t->name, "p") && !t->is_empty) {
		d->paragraphs++;
	} else if (rmn_markup_is(t->name, "ghost-text") && !t->is_empty) {
		d->prompts++;
	} else if (rmn_markup_is(t->name, "metadata")) {
		d->in_metadata = !t->is_empty;
	} else if (rmn_markup_is(t->name, "string") && d->in_metadata) {
		if (rmn_markup_attribute(t->body, "sfa:string", &value)) {
			rmn_text_cell(d->text, value);
			rmn_text_newline(d->text);
		}
	} else if (rmn_markup_is(t->name, "tab")) {
		rmn_text_char(d->text, d->in_cells ? ' ' : '\t');
	} else if (rmn_markup_is(t->name, "br") || rmn_markup_is(t->name, "lnbr") ||
	    rmn_markup_is(t->name, "crbr") || rmn_markup_is(t->name, "intratopicbr")) {
		rmn_text_char(d->text, d->in_cells ? ' ' : '\n');
	} else if (rmn_markup_is(t->name, "link") &&
	    rmn_markup_attribute(t->body, "href", &value)) {
		rmn_text_cell(d->text, value);
		rmn_text_char(d->text, ' ');
	}
}

static void
end(struct document *d, struct rmn_bytes name)
{
	if (d->in_cells && d->cell_depth > 0 && --d->cell_depth == 0)
		cell_end(d);
	if (rmn_markup_is(name, "datasource")) {
		d->in_cells = false;
		rmn_text_newline(d->text);
	} else if (rmn_markup_is(name, "p")) {
		d->paragraphs -= d->paragraphs > 0;
		if (!d->in_cells)
			rmn_text_newline(d->text);
	} else if (rmn_markup_is(name, "ghost-text")) {
		d->prompts -= d->prompts > 0;
	} else if (rmn_markup_is(name, "metadata")) {
		d->in_metadata = false;
	}
}

static void
take_token(void *context, const struct rmn_markup_token *t)
{
	struct document *d = context;

	if (t->kind == RMN_MARKUP_START)
		start(d, t);
	else if (t->kind == RMN_MARKUP_END)
		end(d, t->name);
	else if ((t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA) &&
	    d->paragraphs > 0 && d->prompts == 0) {
		if (d->in_cells && d->tabs > 0)
			cell_put(d, t->body);
		else
			rmn_text_cell(d->text, t->body);
	}
}

static enum rmn_status
iwork09_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	static const char *const names[] = {"index.xml", "index.apxl"};
	struct document d = {.paragraphs = 0};
	const struct rmn_zip_entry *entry = NULL;
	enum rmn_status status = rmn_package_open(&d.package, input, sink, error);

	if (status != RMN_OK)
		return status;
	d.text = &d.package.text;
	for (size_t i = 0; i < 2 && !entry; i++)
		entry = rmn_package_find(&d.package, rmn_bytes_from_string(names[i]));
	rmn_text_part(d.text, RMN_PART_BODY, rmn_bytes_from_string(""));
	if (entry && entry->method != 0 && entry->method != 8)
		rmn_package_note(&d.package, RMN_ENCRYPTED, entry->name,
		    "the document is protected by a password");
	else if (entry)
		rmn_package_scan(&d.package, entry, take_token, &d);
	else
		rmn_package_note(&d.package, RMN_PARTIAL, rmn_bytes_from_string("index.xml"),
		    "the main part is missing");
	return rmn_package_close(&d.package);
}

static unsigned
iwork09_claim(const struct rmn_format_input *input)
{
	return rmn_zip_claim_names(input, "buildVersionHistory.plist", "index.xml") ||
	    rmn_zip_claim_names(input, "buildVersionHistory.plist", "index.apxl") ? 56 : 0;
}

const struct rmn_format rmn_format_iwork09 = {
	.name = "iwork09",
	.title = "Pages, Numbers or Keynote document ('09)",
	.media_type = "application/vnd.apple.iwork",
	.kind = RMN_KIND_DOCUMENT,
	.claim = iwork09_claim,
	.read = iwork09_read,
};
