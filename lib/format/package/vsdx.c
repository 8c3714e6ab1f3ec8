/* SPDX-License-Identifier: MIT
 *
 * Visio drawings since 2013 (MS-VSDX): text of shapes by page, then masters; custom properties as
 * "label: value", links, comments with their authors, rows of linked data, names of pages and
 * masters. */
#include <string.h>

#include "format/package/ooxml.h"
#include "format/package/zip_claim.h"

struct visio {
	struct rmn_ooxml ooxml;
	struct rmn_text *text;
	bool in_text;
	bool in_comment;
	bool has_rows;			/* in a section whose rows hold words */
	struct rmn_buf label, value, more;
};

static void
cell_take(struct visio *v, const struct rmn_markup_token *t)
{
	struct rmn_bytes name, value;
	struct rmn_buf *into = &v->more;

	if (!rmn_markup_attribute(t->body, "N", &name) ||
	    !rmn_markup_attribute(t->body, "V", &value) || value.size == 0)
		return;
	if (!v->has_rows) {
		if (!rmn_markup_is(name, "Comment"))	/* what is shown when the mouse rests on it */
			return;
		rmn_text_newline(v->text);
		rmn_text_cell(v->text, value);
		rmn_text_newline(v->text);
		return;
	}
	if (rmn_markup_is(name, "Label"))
		into = &v->label;
	else if (rmn_markup_is(name, "Value") || rmn_markup_is(name, "Address"))
		into = &v->value;
	else if (!rmn_markup_is(name, "Prompt") && !rmn_markup_is(name, "Description") &&
	    !rmn_markup_is(name, "SubAddress") && !rmn_markup_is(name, "Format"))
		return;
	if (into->size > 0)
		rmn_buf_append_char(into, '\t');
	rmn_buf_append(into, value);
}

/* Places and sizes, which users' cells are full of. */
static bool
is_number(struct rmn_bytes value)
{
	for (size_t i = 0; i < value.size; i++)
		if (!strchr("0123456789.eE+-", value.data[i]))
			return false;
	return true;
}

/* A row of a section: its label, value and what explains it. */
static void
row_give(struct visio *v)
{
	if (v->label.size == 0 && is_number(rmn_buf_bytes(&v->value)))
		rmn_buf_clear(&v->value);
	rmn_text_newline(v->text);
	rmn_text_cell(v->text, rmn_buf_bytes(&v->label));
	if (v->label.size > 0 && v->value.size > 0)
		rmn_text_put(v->text, rmn_bytes_from_string(": "));
	rmn_text_cell(v->text, rmn_buf_bytes(&v->value));
	if (v->more.size > 0 && v->text->last != '\n')
		rmn_text_char(v->text, '\t');
	rmn_text_cell(v->text, rmn_buf_bytes(&v->more));
	rmn_text_newline(v->text);
	if ((v->label.failed || v->value.failed || v->more.failed) && v->text->status == RMN_OK)
		v->text->status = rmn_fail(v->text->error, RMN_LIMIT, "item outgrows its memory");
	rmn_buf_clear(&v->label);
	rmn_buf_clear(&v->value);
	rmn_buf_clear(&v->more);
}

static void
start(struct visio *v, const struct rmn_markup_token *t)
{
	struct rmn_bytes name;

	if (rmn_markup_is(t->name, "Cell"))
		cell_take(v, t);
	else if (rmn_markup_is(t->name, "Section") && rmn_markup_attribute(t->body, "N", &name))
		v->has_rows = !t->is_empty && (rmn_markup_is(name, "Property") ||
		    rmn_markup_is(name, "User") || rmn_markup_is(name, "Hyperlink") ||
		    rmn_markup_is(name, "Actions"));
	else if (rmn_markup_is(t->name, "Text"))
		v->in_text = !t->is_empty;
	else if (rmn_markup_is(t->name, "CommentEntry"))
		v->in_comment = !t->is_empty;
	else if ((rmn_markup_is(t->name, "AuthorEntry") || rmn_markup_is(t->name, "Page") ||
	    rmn_markup_is(t->name, "Master")) && rmn_markup_attribute(t->body, "Name", &name)) {
		rmn_text_newline(v->text);
		rmn_text_cell(v->text, name);
		rmn_text_newline(v->text);
	}
}

static void
take_visio(void *context, const struct rmn_markup_token *t)
{
	struct visio *v = context;

	if (t->kind == RMN_MARKUP_START) {
		start(v, t);
	} else if (t->kind == RMN_MARKUP_END) {
		if (rmn_markup_is(t->name, "Row") && v->has_rows)
			row_give(v);
		else if (rmn_markup_is(t->name, "Section"))
			v->has_rows = false;
		else if (rmn_markup_is(t->name, "Text") || rmn_markup_is(t->name, "CommentEntry")) {
			v->in_text = v->in_comment = false;
			rmn_text_newline(v->text);
		}
	} else if (v->in_text || v->in_comment) {
		if (t->kind == RMN_MARKUP_TEXT)
			rmn_text_markup(v->text, t->body);
		else if (t->kind == RMN_MARKUP_CDATA)
			rmn_text_put(v->text, t->body);
	}
}

/* Rows of linked tables (ADO's XML): all attributes. */
static void
take_record(void *context, const struct rmn_markup_token *t)
{
	struct visio *v = context;
	struct rmn_bytes name, value;
	size_t at = 0;

	if (t->kind != RMN_MARKUP_START || !rmn_markup_is(t->name, "row"))
		return;
	while (rmn_markup_attribute_next(t->body, &at, &name, &value)) {
		if (v->text->last != '\n')
			rmn_text_char(v->text, '\t');
		rmn_text_cell(v->text, value);
	}
	rmn_text_newline(v->text);
}

static const struct rmn_ooxml_part parts[] = {
	{"page+xml", "visio/pages/page", RMN_PART_PAGE, take_visio},
	{"comments+xml", "visio/comments", RMN_PART_COMMENT, take_visio},
	{"recordset+xml", "visio/data/recordset", RMN_PART_SHEET, take_record},
	{"pages+xml", "visio/pages/pages", RMN_PART_BODY, take_visio},
	{"master+xml", "visio/masters/master", RMN_PART_BODY, take_visio},
	{"masters+xml", "visio/masters/masters", RMN_PART_BODY, take_visio},
};

static enum rmn_status
vsdx_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct visio v = {.in_text = false};
	enum rmn_status status = rmn_ooxml_open(&v.ooxml, input, sink, error);

	if (status != RMN_OK)
		return status;
	v.text = &v.ooxml.package.text;
	rmn_package_aside_init(&v.label);
	rmn_package_aside_init(&v.value);
	rmn_package_aside_init(&v.more);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		rmn_ooxml_scan_all(&v.ooxml, &parts[i], &v);
		v.in_text = v.in_comment = v.has_rows = false;
	}
	if (!rmn_ooxml_main(&v.ooxml, "visio/document"))
		rmn_package_note(&v.ooxml.package, RMN_PARTIAL,
		    rmn_bytes_from_string("visio/document.xml"), "the main part is missing");
	rmn_buf_release(&v.label);
	rmn_buf_release(&v.value);
	rmn_buf_release(&v.more);
	return rmn_ooxml_close(&v.ooxml);
}

static unsigned
vsdx_claim(const struct rmn_format_input *input)
{
	return rmn_zip_claim_ooxml(input, "visio/", ".vs");
}

const struct rmn_format rmn_format_vsdx = {
	.name = "vsdx",
	.title = "Visio drawing (OPC)",
	.media_type = "application/vnd.ms-visio.drawing",
	.kind = RMN_KIND_DOCUMENT,
	.claim = vsdx_claim,
	.read = vsdx_read,
};
