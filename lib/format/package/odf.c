/* SPDX-License-Identifier: MIT */
#include "format/package/odf.h"

#include <stdio.h>
#include <string.h>

#define ASIDE_MAX ((size_t)4 << 20)
#define SPACES_MAX 64u

void
odf_init(struct odf *o, struct rmn_text *text, struct rmn_arena *arena)
{
	*o = (struct odf){.text = text, .arena = arena};
	for (size_t i = 0; i < ODF_PLACES; i++)
		rmn_buf_init(&o->aside[i], ASIDE_MAX);
	rmn_buf_init(&o->links, ASIDE_MAX);
}

bool
odf_finish(struct odf *o)
{
	static const struct {
		enum odf_place place;
		enum rmn_part_kind kind;
		const char *name;
	} rows[] = {
		{ODF_HEADER, RMN_PART_HEADER, "header and footer"},
		{ODF_NOTE, RMN_PART_NOTE, ""},
		{ODF_COMMENT, RMN_PART_COMMENT, ""},
		{ODF_DELETED, RMN_PART_DELETED, "deleted text"},
	};
	bool is_whole = !o->links.failed;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_buf *aside = &o->aside[rows[i].place];

		if (aside->size > 0) {
			rmn_text_part(o->text, rows[i].kind, rmn_bytes_from_string(rows[i].name));
			rmn_text_put(o->text, rmn_buf_bytes(aside));
		}
		is_whole = is_whole && !aside->failed;
		rmn_buf_release(aside);
	}
	if (o->links.size > 0) {
		rmn_text_part(o->text, RMN_PART_BODY, rmn_bytes_from_string("links"));
		rmn_text_put(o->text, rmn_buf_bytes(&o->links));
	}
	rmn_buf_release(&o->links);
	return is_whole;
}

static void
shown_add(struct odf *o, struct rmn_bytes body)
{
	body = rmn_bytes_head(body, ODF_SHOWN_BYTES - o->shown_size);
	if (body.size > 0)
		memcpy(o->shown + o->shown_size, body.data, body.size);
	o->shown_size += body.size;
}

/* Characters of a paragraph, to wherever they belong. */
static void
put(struct odf *o, struct rmn_bytes body)
{
	if (o->place != ODF_BODY) {
		rmn_buf_append(&o->aside[o->place], rmn_text_decoded(o->text, o->arena, body));
	} else if (o->cell == ODF_NUMBER_CELL) {
		shown_add(o, body);
	} else if (o->cell != ODF_VALUE_CELL) {
		if (o->cell == ODF_TEXT_CELL)
			odf_cell_reach(o);
		if (o->space_waits && o->cell != ODF_NO_CELL && o->text->last != '\t' &&
		    o->text->last != '\n')
			rmn_text_char(o->text, ' ');
		o->space_waits = false;
		rmn_text_cell(o->text, body);
	}
}

static void
paragraph_end(struct odf *o)
{
	o->paragraphs -= o->paragraphs > 0;
	if (o->place != ODF_BODY)
		rmn_buf_append_char(&o->aside[o->place], '\n');
	else if (o->cell_depth > 0)
		o->space_waits = true;
	else
		rmn_text_char(o->text, '\n');
}

static void
spaces_put(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes count;
	unsigned number = 1;

	if (rmn_markup_attribute(t->body, "c", &count) && count.size > 0 &&
	    count.data[0] >= '0' && count.data[0] <= '9')
		number = count.size > 1 ? SPACES_MAX : count.data[0] - (unsigned)'0';
	while (number-- > 0)
		put(o, rmn_bytes_from_string(" "));
}

static void
tab_put(struct odf *o)
{
	if (o->place == ODF_BODY && o->cell_depth == 0)
		rmn_text_char(o->text, '\t');
	else
		put(o, rmn_bytes_from_string(" "));
}

static void
page_start(struct odf *o, enum rmn_part_kind kind)
{
	char name[24];

	if (kind == RMN_PART_SLIDE)
		o->pages++;
	snprintf(name, sizeof(name), "%zu", o->pages);
	rmn_text_part(o->text, kind, rmn_bytes_from_string(name));
}

static void
link_take(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes href;

	if (!rmn_markup_attribute(t->body, "href", &href) ||
	    rmn_bytes_find(href, rmn_bytes_from_string(":")) == SIZE_MAX)
		return;
	rmn_buf_append(&o->links, rmn_text_decoded(o->text, o->arena, href));
	rmn_buf_append_char(&o->links, '\n');
}

static void
style_take(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes value;

	if (rmn_markup_is(t->name, "style")) {
		rmn_markup_attribute(t->body, "name", &value);
		o->style = rmn_text_kept(o->text, o->arena, value);
	} else if (rmn_markup_attribute(t->body, "display", &value) &&
	    rmn_markup_is(value, "false") && o->hidden_count < ODF_HIDDEN_MAX) {
		o->hidden[o->hidden_count++] = o->style;
	}
}

/* What slides refer to as their header, footer or date: it stands in none of their paragraphs. */
static bool
is_declaration(const struct rmn_markup_token *t)
{
	return rmn_markup_is(t->name, "header-decl") || rmn_markup_is(t->name, "footer-decl") ||
	    rmn_markup_is(t->name, "date-time-decl");
}

/* Elements that are rarer than paragraphs, cells and spans. */
static void
start_rare(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes name = t->name;

	if (rmn_markup_is(name, "annotation") && !t->is_empty)
		o->place = ODF_COMMENT;
	else if (rmn_markup_is(name, "note-citation"))
		o->in_citation = !t->is_empty;
	else if (rmn_markup_is(name, "note-body") && !t->is_empty)
		o->place = ODF_NOTE;
	else if (rmn_markup_is(name, "deletion") && !t->is_empty)
		o->place = ODF_DELETED;
	else if (rmn_markup_is(name, "change-info") && !t->is_empty) {
		o->place_before = o->place;	/* who changed it, and when */
		o->place = ODF_COMMENT;
	}
	else if (rmn_markup_is(name, "spreadsheet"))
		o->is_spreadsheet = true;
	else if (rmn_markup_is(name, "page") && rmn_markup_is(t->prefix, "draw"))
		page_start(o, RMN_PART_SLIDE);
	else if (rmn_markup_is(name, "notes") && rmn_markup_is(t->prefix, "presentation"))
		page_start(o, RMN_PART_NOTE);
	else if (rmn_markup_is(name, "meta") && rmn_markup_is(t->prefix, "office"))
		o->in_meta = !t->is_empty;
	else if (rmn_markup_is(name, "style") || rmn_markup_is(name, "table-properties"))
		style_take(o, t);
	else if (rmn_markup_is(name, "master-page"))
		o->in_master = !t->is_empty;
	else if (is_declaration(t) && !t->is_empty)
		o->place = ODF_HEADER;
	else if (rmn_markup_is(name, "encryption-data") || rmn_markup_is(name, "EncryptedKey"))
		o->is_encrypted = true;
}

static void
start(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes name = t->name;

	if (rmn_markup_is(t->prefix, "text") && name.size <= 10) {
		if (rmn_markup_is(name, "p") || rmn_markup_is(name, "h")) {
			if (!t->is_empty)
				o->paragraphs++;
		} else if (rmn_markup_is(name, "s"))
			spaces_put(o, t);
		else if (rmn_markup_is(name, "tab"))
			tab_put(o);
		else if (rmn_markup_is(name, "line-break"))
			put(o, rmn_bytes_from_string(" "));
		else if (rmn_markup_is(name, "a"))
			link_take(o, t);
		else
			start_rare(o, t);
	} else if (rmn_markup_is(name, "table-cell") || rmn_markup_is(name, "covered-table-cell"))
		odf_cell_start(o, t);
	else if (rmn_markup_is(name, "table-row"))
		odf_row_start(o);
	else if (rmn_markup_is(name, "table") && rmn_markup_is(t->prefix, "table"))
		odf_table_start(o, t);
	else
		start_rare(o, t);
}

static void
end(struct odf *o, const struct rmn_markup_token *t)
{
	struct rmn_bytes name = t->name;

	if (rmn_markup_is(t->prefix, "text") &&
	    (rmn_markup_is(name, "p") || rmn_markup_is(name, "h")))
		paragraph_end(o);
	else if (rmn_markup_is(name, "table-cell") || rmn_markup_is(name, "covered-table-cell"))
		odf_cell_end(o);
	else if (rmn_markup_is(name, "table-row"))
		odf_row_end(o);
	else if (rmn_markup_is(name, "note-citation"))
		o->in_citation = false;
	else if (rmn_markup_is(name, "change-info"))
		o->place = o->place_before;
	else if (rmn_markup_is(name, "annotation") || rmn_markup_is(name, "note-body") ||
	    rmn_markup_is(name, "deletion"))
		o->place = ODF_BODY;
	else if (is_declaration(t)) {
		if (o->place == ODF_HEADER)
			rmn_buf_append_char(&o->aside[ODF_HEADER], '\n');
		o->place = ODF_BODY;
	} else if (o->place == ODF_COMMENT && rmn_markup_is(t->prefix, "dc"))
		rmn_buf_append_char(&o->aside[ODF_COMMENT], '\n');
	else if (rmn_markup_is(name, "master-page"))
		o->in_master = false;
}

void
odf_take(void *context, const struct rmn_markup_token *t)
{
	struct odf *o = context;
	bool is_text = t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA;

	if (o->in_meta) {
		if (t->kind == RMN_MARKUP_END && rmn_markup_is(t->name, "meta"))
			o->in_meta = false;
		else
			odf_property_take(o, t);
	} else if (is_text) {
		if ((o->paragraphs > 0 || o->place == ODF_COMMENT || o->place == ODF_HEADER) && !o->in_citation &&
		    (!o->in_styles || o->in_master))
			put(o, t->body);
	} else if (t->kind == RMN_MARKUP_START) {
		start(o, t);
	} else if (t->kind == RMN_MARKUP_END) {
		if (!o->in_styles || o->in_master)
			end(o, t);
		else
			o->paragraphs = 0;
	}
}
