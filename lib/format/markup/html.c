/* SPDX-License-Identifier: MIT
 *
 * Web pages.  A table row is a line, its cells parted by tabs; a paragraph inside a cell ends
 * with a space.  Scripts and styles are code and left out; addresses in mailto: and tel: links,
 * values of form fields and comments are text that a browser may not show. */
#include "format/markup/html.h"

#include <string.h>

#include "base/limits.h"
#include "charset/charset.h"
#include "format/markup/html_elements.h"
#include "format/markup/markup.h"
#include "format/text.h"

#define COMMENT_MAX ((size_t)4 << 20)

struct page {
	const struct rmn_format_input *input;
	struct rmn_text text;
	struct rmn_buf comments;
	struct rmn_markup markup;
	struct rmn_bytes address;	/* of the link around, without its scheme */
	unsigned cells;			/* in the row; 0 outside of one */
	bool in_cell;
	bool space_waits;		/* a paragraph ended inside the cell */
	bool in_pre;
	bool in_reading;
	bool in_title;
	bool in_code;			/* script, style */
};

static void
text_put(struct page *p, struct rmn_bytes body)
{
	if (p->in_code || p->in_reading)
		return;
	if (rmn_bytes_equal(body, p->address))
		p->address.size = 0;	/* shown anyway */
	if (p->in_title) {
		rmn_text_property(&p->text, p->input->arena, RMN_PROPERTY_TITLE, NULL, body);
		p->in_title = false;
	}
	if (p->in_pre && !p->in_cell) {
		rmn_text_markup(&p->text, body);
		return;
	}
	if (p->space_waits && p->text.last != '\t' && p->text.last != '\n' &&
	    p->text.last != ' ')
		rmn_text_char(&p->text, ' ');
	p->space_waits = false;
	rmn_text_flow(&p->text, body);
}

static unsigned
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - (unsigned)'0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - (unsigned)'a' + 10 : 16;
}

/* The address of a link, when the shown text is not the address itself. */
static void
address_put(struct page *p)
{
	struct rmn_bytes a = p->address;

	p->address = (struct rmn_bytes){NULL, 0};
	if (a.size == 0)
		return;
	rmn_text_char(&p->text, ' ');
	for (size_t i = 0; i < a.size && a.data[i] != '?'; i++) {
		unsigned char c = a.data[i];

		if (c == '%' && i + 2 < a.size && hex_value(a.data[i + 1]) < 16 &&
		    hex_value(a.data[i + 2]) < 16) {
			c = (unsigned char)(hex_value(a.data[i + 1]) * 16 +
			    hex_value(a.data[i + 2]));
			i += 2;
		}
		rmn_text_char(&p->text, (char)(c < ' ' ? ' ' : c));
	}
	rmn_text_char(&p->text, ' ');
}

static void
link_start(struct page *p, const struct rmn_markup_token *t)
{
	struct rmn_bytes href, scheme;

	address_put(p);
	if (!rmn_markup_attribute(t->body, "href", &href))
		return;
	scheme = rmn_bytes_head(href, 7);
	if (rmn_markup_is_html(scheme, "mailto:"))
		p->address = rmn_bytes_after(href, 7);
	else if (rmn_markup_is_html(rmn_bytes_head(href, 4), "tel:"))
		p->address = rmn_bytes_after(href, 4);
}

static void
meta_take(struct page *p, const struct rmn_markup_token *t)
{
	static const struct {
		const char *name;
		enum rmn_property property;
		const char *other;
	} rows[] = {
		{"author", RMN_PROPERTY_AUTHOR, NULL},
		{"generator", RMN_PROPERTY_APPLICATION, NULL},
		{"keywords", RMN_PROPERTY_KEYWORDS, NULL},
		{"description", RMN_PROPERTY_OTHER, "description"},
		{"originator", RMN_PROPERTY_APPLICATION, NULL},
	};
	struct rmn_bytes name, content;

	if (!rmn_markup_attribute(t->body, "name", &name) ||
	    !rmn_markup_attribute(t->body, "content", &content))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rmn_markup_is_html(name, rows[i].name))
			rmn_text_property(&p->text, p->input->arena, rows[i].property,
			    rows[i].other, content);
}

static void
input_take(struct page *p, const struct rmn_markup_token *t)
{
	struct rmn_bytes type, value;

	rmn_markup_attribute(t->body, "type", &type);
	if (rmn_markup_is_html(type, "submit") || rmn_markup_is_html(type, "button") ||
	    rmn_markup_is_html(type, "checkbox") || rmn_markup_is_html(type, "radio") ||
	    !rmn_markup_attribute(t->body, "value", &value) || value.size == 0)
		return;
	rmn_text_char(&p->text, ' ');
	rmn_text_cell(&p->text, value);
	rmn_text_char(&p->text, ' ');
}

static void
line_break(struct page *p)
{
	if (p->in_cell)
		p->space_waits = true;
	else
		rmn_text_newline(&p->text);
}

static void
block(struct page *p)
{
	rmn_text_newline(&p->text);
	p->space_waits = false;
}

static void
cell_start(struct page *p)
{
	if (p->cells++ > 0)
		rmn_text_char(&p->text, '\t');
	p->in_cell = true;
	p->space_waits = false;
}

static void
row_end(struct page *p)
{
	block(p);
	p->cells = 0;
	p->in_cell = false;
}

static void
start(struct page *p, const struct rmn_markup_token *t)
{
	switch (html_element_find(t->name)) {
	case HTML_INLINE:
	case HTML_BODY:
		break;
	case HTML_A:
		link_start(p, t);
		break;
	case HTML_BLOCK:
		block(p);
		break;
	case HTML_BREAK:
	case HTML_PARAGRAPH:
		line_break(p);
		break;
	case HTML_CELL:
		cell_start(p);
		break;
	case HTML_INPUT:
		input_take(p, t);
		break;
	case HTML_META:
		meta_take(p, t);
		break;
	case HTML_PRE:
		block(p);
		p->in_pre = !t->is_empty;
		break;
	case HTML_READING:
		p->in_reading = !t->is_empty;
		break;
	case HTML_ROW:
		row_end(p);
		break;
	case HTML_SCRIPT:
	case HTML_STYLE:
		if (!t->is_empty) {
			p->in_code = true;
			p->markup.raw_until =
			    rmn_markup_is_html(t->name, "script") ? "script" : "style";
		}
		break;
	case HTML_TEXTAREA:
		p->markup.raw_until = "textarea";
		block(p);
		break;
	case HTML_TITLE:
		p->markup.raw_until = "title";
		p->in_title = true;
		break;
	}
}

static void
end(struct page *p, struct rmn_bytes name)
{
	switch (html_element_find(name)) {
	case HTML_A:
		address_put(p);
		break;
	case HTML_BLOCK:
	case HTML_TEXTAREA:
		block(p);
		break;
	case HTML_TITLE:
		p->in_title = false;
		block(p);
		break;
	case HTML_PARAGRAPH:
		line_break(p);
		break;
	case HTML_CELL:
		p->in_cell = false;
		p->space_waits = false;
		break;
	case HTML_PRE:
		p->in_pre = false;
		block(p);
		break;
	case HTML_READING:
		p->in_reading = false;
		break;
	case HTML_ROW:
		row_end(p);
		break;
	case HTML_SCRIPT:
	case HTML_STYLE:
		p->in_code = false;
		break;
	case HTML_BREAK:	/* "</br>" breaks too */
		line_break(p);
		break;
	case HTML_INLINE:
	case HTML_BODY:
	case HTML_INPUT:
	case HTML_META:
		break;
	}
}

static void
token_take(struct page *p, const struct rmn_markup_token *t)
{
	switch (t->kind) {
	case RMN_MARKUP_TEXT:
	case RMN_MARKUP_CDATA:
		text_put(p, t->body);
		break;
	case RMN_MARKUP_START:
		start(p, t);
		break;
	case RMN_MARKUP_END:
		end(p, t->name);
		break;
	case RMN_MARKUP_COMMENT:
		if (t->body.size > 3) {
			rmn_buf_append(&p->comments, t->body);
			rmn_buf_append_char(&p->comments, '\n');
		}
		break;
	case RMN_MARKUP_PI:
	case RMN_MARKUP_DOCTYPE:
		break;
	}
}

/* The charset that a <meta> of the first bytes names; empty when none does. */
static struct rmn_bytes
label_find(struct rmn_bytes head)
{
	struct rmn_markup markup = {.bytes = head, .is_final = true};
	struct rmn_bytes label, needle = rmn_bytes_from_string("charset=");
	struct rmn_markup_token t;
	size_t at;

	while (rmn_markup_next(&markup, &t)) {
		if (t.kind != RMN_MARKUP_START || !rmn_markup_is_html(t.name, "meta"))
			continue;
		if (rmn_markup_attribute(t.body, "charset", &label))
			return label;
		if (!rmn_markup_attribute(t.body, "content", &label))
			continue;
		at = rmn_bytes_find(label, needle);
		if (at != SIZE_MAX) {
			label = rmn_bytes_after(label, at + needle.size);
			for (at = 0; at < label.size && label.data[at] > ' ' &&
			    label.data[at] != ';'; at++)
				continue;
			return rmn_bytes_head(label, at);
		}
	}
	return (struct rmn_bytes){NULL, 0};
}

static enum rmn_status
comments_give(struct page *p, enum rmn_status status, struct rmn_error *error)
{
	if (p->comments.size > 0) {
		rmn_text_part(&p->text, RMN_PART_COMMENT, (struct rmn_bytes){NULL, 0});
		rmn_text_put(&p->text, rmn_buf_bytes(&p->comments));
	}
	if (p->comments.failed)
		status = rmn_fail(error, RMN_LIMIT, "comments of more than 4 MiB were cut");
	if (rmn_text_flush(&p->text) != RMN_OK)
		status = p->text.status;
	return status;
}

static enum rmn_status
html_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct page p = {.input = input};
	struct rmn_markup_token t;
	struct rmn_buf utf8;
	enum rmn_status status;

	rmn_text_init(&p.text, sink, input->arena, error);
	if (p.text.status != RMN_OK)
		return p.text.status;
	rmn_buf_init(&p.comments, COMMENT_MAX);
	rmn_buf_init(&utf8, RMN_LIMIT_ARENA_BYTES);
	status = rmn_markup_load(input, label_find(input->head), &utf8, &p.markup.bytes, error);
	if (status == RMN_OK || status == RMN_PARTIAL ||
	    (status == RMN_LIMIT && p.markup.bytes.size > 0)) {
		p.markup.is_final = true;
		rmn_text_part(&p.text, RMN_PART_BODY, (struct rmn_bytes){NULL, 0});
		while (p.text.status == RMN_OK && rmn_markup_next(&p.markup, &t))
			token_take(&p, &t);
		address_put(&p);
		status = comments_give(&p, status, error);
	}
	rmn_buf_release(&p.comments);
	rmn_buf_release(&utf8);
	return status;
}

static unsigned
html_claim(const struct rmn_format_input *input)
{
	char sniffed[RMN_SNIFF_BYTES];
	struct rmn_bytes s;

	if (input->head.size < 6)
		return 0;
	rmn_markup_sniff(input->head, sniffed);
	s = rmn_bytes_from_string(sniffed);
	if (rmn_bytes_start_with(s, "<!doctype html"))
		return 64;
	if (rmn_bytes_start_with(s, "<html") || rmn_bytes_start_with(s, "<head") ||
	    rmn_bytes_start_with(s, "<body"))
		return 48;
	if ((rmn_bytes_start_with(s, "<!--") || rmn_bytes_start_with(s, "<?xml") ||
	    rmn_bytes_start_with(s, "<!doctype")) && strstr(sniffed, "<html"))
		return 48;
	if (rmn_bytes_start_with(s, "<table") || rmn_bytes_start_with(s, "<div") ||
	    rmn_bytes_start_with(s, "<title") || rmn_bytes_start_with(s, "<meta") ||
	    rmn_bytes_start_with(s, "<p>") || rmn_bytes_start_with(s, "<script"))
		return 24;
	return 0;
}

const struct rmn_format rmn_format_html = {
	.name = "html",
	.title = "Web page (HTML)",
	.media_type = "text/html",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = html_claim,
	.read = html_read,
};
