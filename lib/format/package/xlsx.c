/* SPDX-License-Identifier: MIT
 *
 * Excel workbooks (ECMA-376 part 1, 18): sheets in workbook order, hidden ones marked, then
 * comments, text boxes, and what a workbook keeps of other sources: caches of pivot tables and
 * of linked workbooks, and connection strings.  Binary workbooks are read by xlsb.c. */
#include "format/package/xlsx.h"

#include <stdio.h>
#include <string.h>

#include "format/package/zip_claim.h"

struct book {
	struct xlsx x;
	bool in_text;
	bool in_phonetic;
};

static const struct rmn_ooxml_part sheet_part = {
	.type = "worksheet+xml", .prefix = "xl/worksheets/sheet", .kind = RMN_PART_SHEET,
};

bool
xlsx_sheet_begin(struct xlsx *x, const struct rmn_zip_entry *entry, struct rmn_bytes name,
    bool is_hidden)
{
	bool *is_read = &x->is_read[entry - rmn_zip_entry(x->ooxml.package.zip, 0)];
	char label[256];

	if (*is_read)
		return false;
	*is_read = true;
	name = rmn_bytes_head(name, 200);
	snprintf(label, sizeof(label), "%.*s%s", (int)name.size, (const char *)name.data,
	    is_hidden ? " (hidden)" : "");
	rmn_text_part(x->text, RMN_PART_SHEET, rmn_bytes_from_string(label));
	x->sheets_read++;
	return true;
}

static void
sheet_read(struct book *b, const struct rmn_zip_entry *entry, struct rmn_bytes name,
    bool is_hidden)
{
	if (xlsx_sheet_begin(&b->x, entry, name, is_hidden))
		xlsx_sheet_read(&b->x, entry);
}

/* The name and place of a sheet that the workbook lists. */
struct listed {
	struct rmn_bytes name;
	const struct rmn_zip_entry *entry;
	bool is_hidden;
};

struct listing {
	struct book *book;
	struct listed *items;
	size_t count;
	size_t capacity;
	size_t place;			/* in the package, where nothing says which part is a sheet's */
};

/* The next worksheet by name, for workbooks without relationships. */
static const struct rmn_zip_entry *
next_sheet(struct listing *l)
{
	const struct rmn_ooxml *ooxml = &l->book->x.ooxml;

	while (l->place < ooxml->package.count) {
		const struct rmn_zip_entry *entry = rmn_package_entry(&ooxml->package, l->place++);

		if (rmn_ooxml_is(ooxml, entry, &sheet_part))
			return entry;
	}
	return NULL;
}

static void
list_sheet(struct listing *l, const struct rmn_markup_token *t)
{
	struct xlsx *x = &l->book->x;
	struct listed *item = &l->items[l->count];
	const struct rmn_relation *relation;
	struct rmn_bytes name, id, state;

	if (l->count == l->capacity)
		return;
	rmn_markup_attribute(t->body, "name", &name);
	item->name = rmn_text_decoded(x->text, x->ooxml.package.arena, name);
	item->is_hidden = rmn_markup_attribute(t->body, "state", &state) &&
	    !rmn_markup_is(state, "visible");
	rmn_markup_attribute(t->body, "r:id", &id);
	relation = rmn_relation_find(&x->relations, id);
	if (!relation && rmn_markup_attribute(t->body, "id", &id))
		relation = rmn_relation_find(&x->relations, id);
	if (relation)
		item->entry = rmn_package_find(&x->ooxml.package, relation->target);
	else if (x->relations.count == 0)
		item->entry = next_sheet(l);
	l->count++;
}

static void
take_book(void *context, const struct rmn_markup_token *t)
{
	struct listing *l = context;
	struct xlsx *x = &l->book->x;
	struct rmn_bytes value;

	if (t->kind != RMN_MARKUP_START)
		return;
	if (rmn_markup_is(t->name, "sheet"))
		list_sheet(l, t);
	else if (rmn_markup_is(t->name, "workbookPr") &&
	    rmn_markup_attribute(t->body, "date1904", &value))
		x->from_1904 = rmn_markup_is(value, "1") || rmn_markup_is(value, "true");
	else if (rmn_markup_is(t->name, "absPath") &&
	    rmn_markup_attribute(t->body, "url", &value))
		rmn_text_property(x->text, x->ooxml.package.arena, RMN_PROPERTY_OTHER, "path",
		    value);
}

/* Reads the sheets that the workbook lists, then those that it does not. */
static void
sheets_read(struct book *b)
{
	struct rmn_ooxml *ooxml = &b->x.ooxml;
	const struct rmn_zip_entry *entry = rmn_ooxml_main(ooxml, "xl/workbook");
	struct listing l = {.book = b, .capacity = ooxml->package.count};

	l.items = rmn_arena_alloc(ooxml->package.arena, l.capacity, sizeof(*l.items));
	if (!l.items) {
		rmn_package_note(&ooxml->package, RMN_LIMIT, rmn_bytes_from_string("workbook"),
		    "outgrows its memory");
		return;
	}
	if (entry) {
		rmn_package_relations(&ooxml->package, entry->name, &b->x.relations);
		rmn_package_scan(&ooxml->package, entry, take_book, &l);
	}
	if (l.count == l.capacity)
		rmn_package_note(&ooxml->package, RMN_PARTIAL, rmn_bytes_from_string("workbook"),
		    "lists more sheets than there are parts");
	for (size_t i = 0; i < l.count; i++) {
		if (l.items[i].entry)
			sheet_read(b, l.items[i].entry, l.items[i].name, l.items[i].is_hidden);
		else
			rmn_package_note(&ooxml->package, RMN_PARTIAL, l.items[i].name,
			    "the sheet is missing");
	}
	l.place = 0;
	while ((entry = next_sheet(&l)))
		sheet_read(b, entry, entry->name, false);
}

/* Comments, threaded comments, drawings, charts: the text of <t>, <text> and <v>; paragraphs and
 * comments are lines. */
static void
take_words(void *context, const struct rmn_markup_token *t)
{
	struct book *b = context;
	bool is_text = rmn_markup_is(t->name, "t") || rmn_markup_is(t->name, "text") ||
	    rmn_markup_is(t->name, "author") ||
	    (rmn_markup_is(t->name, "v") && rmn_markup_is(t->prefix, "c"));

	if (t->kind == RMN_MARKUP_START) {
		if (is_text)
			b->in_text = !t->is_empty;
		else if (rmn_markup_is(t->name, "rPh"))
			b->in_phonetic = !t->is_empty;
	} else if (t->kind == RMN_MARKUP_END) {
		if (is_text)
			b->in_text = false;
		if (rmn_markup_is(t->name, "rPh"))
			b->in_phonetic = false;
		if ((is_text && t->name.size != 1) || rmn_markup_is(t->name, "p") ||
		    rmn_markup_is(t->name, "v"))
			rmn_text_newline(b->x.text);
	} else if (t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA) {
		if (b->in_text && !b->in_phonetic)
			rmn_text_cell(b->x.text, t->body);
	}
}

/* Pivot caches: values stand in attributes v, a record is a row. */
static void
take_cache(void *context, const struct rmn_markup_token *t)
{
	struct book *b = context;
	struct rmn_bytes value;

	if (t->kind == RMN_MARKUP_END &&
	    (rmn_markup_is(t->name, "r") || rmn_markup_is(t->name, "cacheField")))
		rmn_text_newline(b->x.text);
	if (t->kind != RMN_MARKUP_START)
		return;
	if (t->name.size == 1 && memchr("snde", t->name.data[0], 4) &&
	    rmn_markup_attribute(t->body, "v", &value)) {
		rmn_text_cell(b->x.text, value);
		rmn_text_char(b->x.text, '\t');
	} else if (rmn_markup_is(t->name, "cacheField") &&
	    rmn_markup_attribute(t->body, "name", &value)) {
		rmn_text_newline(b->x.text);
		rmn_text_cell(b->x.text, value);
		rmn_text_char(b->x.text, '\t');
	}
}

/* Values that a linked workbook had when it was last read. */
static void
take_linked(void *context, const struct rmn_markup_token *t)
{
	struct book *b = context;

	if (rmn_markup_is(t->name, "v")) {
		b->in_text = t->kind == RMN_MARKUP_START && !t->is_empty;
		if (t->kind == RMN_MARKUP_END)
			rmn_text_char(b->x.text, '\t');
	} else if (t->kind == RMN_MARKUP_END && rmn_markup_is(t->name, "row")) {
		rmn_text_newline(b->x.text);
	} else if (t->kind == RMN_MARKUP_TEXT && b->in_text) {
		rmn_text_cell(b->x.text, t->body);
	}
}

static void
take_connection(void *context, const struct rmn_markup_token *t)
{
	struct book *b = context;
	struct rmn_bytes name, value;
	size_t at = 0;

	if (t->kind != RMN_MARKUP_START)
		return;
	while (rmn_markup_attribute_next(t->body, &at, &name, &value)) {
		if (value.size < 8 || rmn_bytes_start_with(name, "xmlns"))
			continue;
		rmn_text_cell(b->x.text, value);
		rmn_text_char(b->x.text, '\n');
	}
}

static void
take_person(void *context, const struct rmn_markup_token *t)
{
	struct book *b = context;
	struct rmn_bytes value;

	if (t->kind != RMN_MARKUP_START || !rmn_markup_is(t->name, "person"))
		return;
	if (rmn_markup_attribute(t->body, "displayName", &value))
		rmn_text_property(b->x.text, b->x.ooxml.package.arena, RMN_PROPERTY_OTHER,
		    "person", value);
	if (rmn_markup_attribute(t->body, "userId", &value))
		rmn_text_property(b->x.text, b->x.ooxml.package.arena, RMN_PROPERTY_OTHER,
		    "person_id", value);
}

static const struct rmn_ooxml_part other_parts[] = {
	{"comments+xml", "xl/comments", RMN_PART_COMMENT, take_words},
	{"threadedcomments+xml", "xl/threadedComments/threadedComment", RMN_PART_COMMENT,
	    take_words},
	{"person+xml", "xl/persons/person", RMN_PART_COMMENT, take_person},
	{"drawing+xml", "xl/drawings/drawing", RMN_PART_BODY, take_words},
	{"chart+xml", "xl/charts/chart", RMN_PART_BODY, take_words},
	{"diagramData+xml", "xl/diagrams/data", RMN_PART_BODY, take_words},
	{"pivotCacheDefinition+xml", "xl/pivotCache/pivotCacheDefinition", RMN_PART_SHEET,
	    take_cache},
	{"pivotCacheRecords+xml", "xl/pivotCache/pivotCacheRecords", RMN_PART_SHEET, take_cache},
	{"externalLink+xml", "xl/externalLinks/externalLink", RMN_PART_SHEET, take_linked},
	{"connections+xml", "xl/connections", RMN_PART_BODY, take_connection},
};

static enum rmn_status
xlsx_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct book b = {.in_text = false};
	struct rmn_package *package = &b.x.ooxml.package;
	const struct rmn_zip_entry *binary;
	enum rmn_status status = rmn_ooxml_open(&b.x.ooxml, input, sink, error);

	if (status != RMN_OK)
		return status;
	b.x.text = &package->text;
	b.x.is_read = rmn_arena_alloc(package->arena, package->count, sizeof(*b.x.is_read));
	if (!b.x.is_read) {
		rmn_package_note(package, RMN_LIMIT, rmn_bytes_from_string("workbook"),
		    "outgrows its memory");
		return rmn_ooxml_close(&b.x.ooxml);
	}
	binary = rmn_package_find(package, rmn_bytes_from_string("xl/workbook.bin"));
	if (binary) {
		xlsb_read(&b.x, binary);
	} else {
		xlsx_strings_read(&b.x);
		xlsx_styles_read(&b.x);
		sheets_read(&b);
	}
	xlsx_unused_give(&b.x);
	for (size_t i = 0; i < sizeof(other_parts) / sizeof(other_parts[0]); i++) {
		b.in_text = b.in_phonetic = false;
		rmn_ooxml_scan_all(&b.x.ooxml, &other_parts[i], &b);
	}
	if (!binary && !rmn_ooxml_main(&b.x.ooxml, "xl/workbook"))
		rmn_package_note(package, RMN_PARTIAL, rmn_bytes_from_string("xl/workbook.xml"),
		    "the workbook part is missing");
	return rmn_ooxml_close(&b.x.ooxml);
}

static unsigned
xlsx_claim(const struct rmn_format_input *input)
{
	return rmn_zip_claim_ooxml(input, "xl/", ".xl");
}

const struct rmn_format rmn_format_xlsx = {
	.name = "xlsx",
	.title = "Excel workbook (OOXML)",
	.media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	.kind = RMN_KIND_DOCUMENT,
	.claim = xlsx_claim,
	.read = xlsx_read,
};
