/* SPDX-License-Identifier: MIT
 *
 * Word documents (ECMA-376 part 1, 17).  Paragraphs are lines; a table row is one line, its
 * cells parted by tabs and the paragraphs inside a cell by spaces.  Text that was deleted with
 * tracked changes is still in the file and comes out behind the body, so that it does not fuse
 * with what replaced it; hidden text likewise.  Phonetic guides (ruby) are left out for the same reason. */
#include <string.h>

#include "format/package/ooxml.h"
#include "format/package/zip_claim.h"

#define NESTED_MAX 32u	/* tables in tables; deeper ones lose their tabs, not their text */

struct word {
	struct rmn_ooxml ooxml;
	struct rmn_text *text;
	struct rmn_buf deleted;
	struct rmn_buf fields;
	struct rmn_buf hidden;		/* runs that are not shown */
	unsigned cell_depth;		/* cells around the current place */
	unsigned row_depth;
	unsigned cells[NESTED_MAX];	/* seen in the row of each depth */
	unsigned skip_depth;		/* elements of a subtree that is not read */
	bool space_waits;		/* a paragraph ended inside the cell */
	bool in_text;			/* <w:t>, <a:t>, <m:t>, and charts' <c:v> */
	bool in_deleted;
	bool in_instruction;
	bool in_tabs;			/* definitions of tab stops, not tabs */
	bool is_hidden;			/* the run under way has <w:vanish/> */
	bool in_style;			/* paragraph properties: of the mark, not of the text */
	bool had_choice;		/* the same content follows again as a fallback */
};

static void
break_put(struct word *w)
{
	if (w->cell_depth == 0)
		rmn_text_char(w->text, '\n');
	else
		w->space_waits = true;
}

/* Shown text; inside a cell a space stands for the paragraph that ended before. */
static void
shown_put(struct word *w, struct rmn_bytes body)
{
	if (w->space_waits && w->cell_depth > 0 && w->text->last != '\t' &&
	    w->text->last != '\n' && w->text->last != ' ')
		rmn_text_char(w->text, ' ');
	w->space_waits = false;
	rmn_text_cell(w->text, body);
}

static void
aside_put(struct word *w, struct rmn_buf *aside, struct rmn_bytes body)
{
	rmn_buf_append(aside, rmn_text_decoded(w->text, w->ooxml.package.arena, body));
}

static void
line_end(struct rmn_buf *aside)
{
	if (aside->size > 0 && aside->data[aside->size - 1] != '\n')
		rmn_buf_append_char(aside, '\n');
}

/* <w:vanish w:val="0"/> takes a hidden style back. */
static bool
is_on(const struct rmn_markup_token *t)
{
	struct rmn_bytes value;

	return !rmn_markup_attribute(t->body, "val", &value) ||
	    !(rmn_markup_is(value, "0") || rmn_markup_is(value, "false") ||
	    rmn_markup_is(value, "off"));
}

/* Field codes hold addresses and paths that the shown text need not have. */
static void
instruction_put(struct word *w, struct rmn_bytes body)
{
	if (rmn_bytes_find(body, rmn_bytes_from_string(":")) != SIZE_MAX ||
	    rmn_bytes_find(body, rmn_bytes_from_string("@")) != SIZE_MAX) {
		aside_put(w, &w->fields, body);
		rmn_buf_append_char(&w->fields, '\n');
	}
}

static void
attribute_put(struct word *w, const struct rmn_markup_token *t, const char *name)
{
	struct rmn_bytes value;

	if (!rmn_markup_attribute(t->body, name, &value) || value.size == 0)
		return;
	rmn_text_newline(w->text);
	rmn_text_cell(w->text, value);
	rmn_text_char(w->text, '\n');
}

static void
start_long(struct word *w, const struct rmn_markup_token *t)
{
	struct rmn_bytes name = t->name, value;

	if (rmn_markup_is(name, "tabs"))
		w->in_tabs = !t->is_empty;
	else if (rmn_markup_is(name, "delText"))
		w->in_deleted = !t->is_empty;
	else if (rmn_markup_is(name, "instrText") || rmn_markup_is(name, "delInstrText"))
		w->in_instruction = !t->is_empty;
	else if (rmn_markup_is(name, "fldSimple") &&
	    rmn_markup_attribute(t->body, "instr", &value))
		instruction_put(w, value);
	else if (rmn_markup_is(name, "ptab"))
		rmn_text_char(w->text, w->cell_depth ? ' ' : '\t');
	else if (rmn_markup_is(name, "noBreakHyphen"))
		rmn_text_char(w->text, '-');
	else if (rmn_markup_is(name, "txbxContent"))
		rmn_text_newline(w->text);
	else if (rmn_markup_is(name, "textpath"))
		attribute_put(w, t, "string");		/* watermarks: "CONFIDENTIAL" */
	else if (rmn_markup_is(name, "comment") || rmn_markup_is(name, "author"))
		attribute_put(w, t, "author");
	else if (rmn_markup_is(name, "vanish") || rmn_markup_is(name, "webHidden"))
		w->is_hidden = !w->in_style && is_on(t);
	else if (rmn_markup_is(name, "AlternateContent"))
		w->had_choice = false;
	else if ((rmn_markup_is(name, "Fallback") && w->had_choice) ||
	    (rmn_markup_is(name, "rt") && rmn_markup_is(t->prefix, "w")))
		w->skip_depth = !t->is_empty;
}

static void
row_start(struct word *w)
{
	rmn_text_newline(w->text);
	w->row_depth++;
	if (w->row_depth < NESTED_MAX)
		w->cells[w->row_depth] = 0;
}

static void
cell_start(struct word *w)
{
	w->cell_depth++;
	if (w->row_depth < NESTED_MAX && w->cells[w->row_depth]++ > 0)
		rmn_text_char(w->text, '\t');
}

static void
start(struct word *w, const struct rmn_markup_token *t)
{
	const unsigned char *s = t->name.data;

	switch (t->name.size) {
	case 1:
		if (s[0] == 'r')
			w->is_hidden = false;
		else if ((s[0] == 't' && !t->is_empty) ||
		    (s[0] == 'v' && rmn_markup_is(t->prefix, "c")))
			w->in_text = !t->is_empty;
		break;
	case 2:
		if (memcmp(s, "br", 2) == 0 || memcmp(s, "cr", 2) == 0)
			break_put(w);
		else if (memcmp(s, "tr", 2) == 0 && !t->is_empty)
			row_start(w);
		else if (memcmp(s, "tc", 2) == 0 && !t->is_empty)
			cell_start(w);
		else if (memcmp(s, "rt", 2) == 0)
			start_long(w, t);
		break;
	case 3:
		if (memcmp(s, "pPr", 3) == 0)
			w->in_style = !t->is_empty;
		else if (memcmp(s, "tab", 3) == 0 && !w->in_tabs && rmn_markup_is(t->prefix, "w"))
			rmn_text_char(w->text, w->cell_depth ? ' ' : '\t');
		break;
	default:
		start_long(w, t);
		break;
	}
}

static void
end_long(struct word *w, struct rmn_bytes name)
{
	if (rmn_markup_is(name, "tabs"))
		w->in_tabs = false;
	else if (rmn_markup_is(name, "delText"))
		w->in_deleted = false;
	else if (rmn_markup_is(name, "instrText") || rmn_markup_is(name, "delInstrText"))
		w->in_instruction = false;
	else if (rmn_markup_is(name, "Choice"))
		w->had_choice = true;
	else if (rmn_markup_is(name, "txbxContent"))
		rmn_text_newline(w->text);
}

static void
end(struct word *w, struct rmn_bytes name)
{
	const unsigned char *s = name.data;

	switch (name.size) {
	case 1:
		if (s[0] == 'p') {
			line_end(&w->hidden);
			break_put(w);
		}
		else if (s[0] == 't')
			w->in_text = false;
		else if (s[0] == 'v' && w->in_text) {
			w->in_text = false;
			break_put(w);
		}
		break;
	case 2:
		if (memcmp(s, "tc", 2) == 0) {
			w->cell_depth -= w->cell_depth > 0;
			w->space_waits = false;
		} else if (memcmp(s, "tr", 2) == 0) {
			w->row_depth -= w->row_depth > 0;
			rmn_text_newline(w->text);
		}
		break;
	case 3:
		if (memcmp(s, "del", 3) == 0)
			line_end(&w->deleted);
		else if (memcmp(s, "pPr", 3) == 0)
			w->in_style = false;
		break;
	default:
		end_long(w, name);
		break;
	}
}

static void
take_word(void *context, const struct rmn_markup_token *t)
{
	struct word *w = context;

	if (w->skip_depth > 0) {
		if (t->kind == RMN_MARKUP_START && !t->is_empty)
			w->skip_depth++;
		else if (t->kind == RMN_MARKUP_END)
			w->skip_depth--;
		return;
	}
	if (t->kind == RMN_MARKUP_START) {
		start(w, t);
	} else if (t->kind == RMN_MARKUP_END) {
		end(w, t->name);
	} else if (t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA) {
		if (w->in_text && w->is_hidden)
			aside_put(w, &w->hidden, t->body);
		else if (w->in_text)
			shown_put(w, t->body);
		else if (w->in_deleted)
			aside_put(w, &w->deleted, t->body);
		else if (w->in_instruction)
			instruction_put(w, t->body);
	}
}

static const struct rmn_ooxml_part word_parts[] = {
	{"main+xml", "word/document", RMN_PART_BODY, take_word},
	{"header+xml", "word/header", RMN_PART_HEADER, take_word},
	{"footer+xml", "word/footer", RMN_PART_HEADER, take_word},
	{"footnotes+xml", "word/footnotes", RMN_PART_NOTE, take_word},
	{"endnotes+xml", "word/endnotes", RMN_PART_NOTE, take_word},
	{"comments+xml", "word/comments", RMN_PART_COMMENT, take_word},
	{"glossary+xml", "word/glossary/document", RMN_PART_BODY, take_word},
	{"diagramData+xml", "word/diagrams/data", RMN_PART_BODY, take_word},
	{"chart+xml", "word/charts/chart", RMN_PART_BODY, take_word},
};

static void
take_person(void *context, const struct rmn_markup_token *t)
{
	struct word *w = context;
	struct rmn_bytes author;

	if (t->kind == RMN_MARKUP_START && rmn_markup_is(t->name, "person") &&
	    rmn_markup_attribute(t->body, "author", &author))
		rmn_text_property(w->text, w->ooxml.package.arena, RMN_PROPERTY_OTHER, "person",
		    author);
}

static const struct rmn_ooxml_part person_part = {
	"people+xml", "word/people", RMN_PART_BODY, take_person,
};

static enum rmn_status
docx_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct word w = {.cell_depth = 0};
	enum rmn_status status = rmn_ooxml_open(&w.ooxml, input, sink, error);

	if (status != RMN_OK)
		return status;
	w.text = &w.ooxml.package.text;
	rmn_package_aside_init(&w.deleted);
	rmn_package_aside_init(&w.fields);
	rmn_package_aside_init(&w.hidden);
	rmn_ooxml_scan_all(&w.ooxml, &person_part, &w);
	for (size_t i = 0; i < sizeof(word_parts) / sizeof(word_parts[0]); i++) {
		rmn_ooxml_scan_all(&w.ooxml, &word_parts[i], &w);
		w.cell_depth = w.row_depth = 0;
		w.skip_depth = 0;
		w.in_text = w.in_deleted = w.in_instruction = w.in_tabs = false;
		w.is_hidden = w.in_style = false;
	}
	if (!rmn_ooxml_main(&w.ooxml, "word/document"))
		rmn_package_note(&w.ooxml.package, RMN_PARTIAL,
		    rmn_bytes_from_string("word/document.xml"), "the main part is missing");
	rmn_package_aside_give(&w.ooxml.package, &w.hidden, RMN_PART_BODY, "text (hidden)");
	rmn_package_aside_give(&w.ooxml.package, &w.deleted, RMN_PART_DELETED, "deleted text");
	rmn_package_aside_give(&w.ooxml.package, &w.fields, RMN_PART_BODY, "field codes");
	return rmn_ooxml_close(&w.ooxml);
}

static unsigned
docx_claim(const struct rmn_format_input *input)
{
	return rmn_zip_claim_ooxml(input, "word/", ".doc");
}

const struct rmn_format rmn_format_docx = {
	.name = "docx",
	.title = "Word document (OOXML)",
	.media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	.kind = RMN_KIND_DOCUMENT,
	.claim = docx_claim,
	.read = docx_read,
};
