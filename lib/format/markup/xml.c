/* SPDX-License-Identifier: MIT
 *
 * XML of any kind, and SVG.  What an element holds is a line "name: text", because the name is
 * often the only context ("password", "電話番号"); attributes come before it as name=value. */
#include <string.h>

#include "base/limits.h"
#include "format/markup/html.h"
#include "format/markup/markup.h"
#include "format/text.h"

struct tree {
	struct rmn_text text;
	struct rmn_buf comments;
	struct rmn_bytes open;		/* the element that was started last, until its text */
};

static void
attributes_put(struct tree *x, const struct rmn_markup_token *t)
{
	struct rmn_bytes name, value;
	size_t at = 0;
	bool is_first = true;

	while (rmn_markup_attribute_next(t->body, &at, &name, &value)) {
		if (value.size == 0 || rmn_bytes_start_with(name, "xmlns"))
			continue;
		if (is_first)
			rmn_text_newline(&x->text);
		else
			rmn_text_char(&x->text, '\t');
		is_first = false;
		rmn_text_put(&x->text, name);
		rmn_text_char(&x->text, '=');
		rmn_text_cell(&x->text, value);
	}
	if (!is_first)
		rmn_text_newline(&x->text);
}

static bool
is_blank(struct rmn_bytes body)
{
	for (size_t i = 0; i < body.size; i++)
		if (body.data[i] > ' ')
			return false;
	return true;
}

static void
body_put(struct tree *x, const struct rmn_markup_token *t)
{
	if (is_blank(t->body))
		return;
	if (x->open.size > 0) {
		rmn_text_newline(&x->text);
		rmn_text_put(&x->text, x->open);
		rmn_text_put(&x->text, rmn_bytes_from_string(": "));
		x->open.size = 0;
	}
	if (t->kind == RMN_MARKUP_CDATA)
		rmn_text_put(&x->text, t->body);
	else
		rmn_text_markup(&x->text, t->body);
}

static void
token_take(struct tree *x, const struct rmn_markup_token *t)
{
	switch (t->kind) {
	case RMN_MARKUP_TEXT:
	case RMN_MARKUP_CDATA:
		body_put(x, t);
		break;
	case RMN_MARKUP_START:
		attributes_put(x, t);
		x->open = t->name;
		break;
	case RMN_MARKUP_END:
		rmn_text_newline(&x->text);
		x->open.size = 0;
		break;
	case RMN_MARKUP_COMMENT:
		rmn_buf_append(&x->comments, t->body);
		rmn_buf_append_char(&x->comments, '\n');
		break;
	case RMN_MARKUP_PI:
	case RMN_MARKUP_DOCTYPE:
		break;
	}
}

static struct rmn_bytes
label_find(struct rmn_bytes head)
{
	struct rmn_markup markup = {.bytes = head, .is_final = true};
	struct rmn_markup_token t;
	struct rmn_bytes label = {NULL, 0};

	if (rmn_markup_next(&markup, &t) && t.kind == RMN_MARKUP_PI)
		rmn_markup_attribute(t.body, "encoding", &label);
	return label;
}

static enum rmn_status
tree_read(struct tree *x, struct rmn_bytes bytes, struct rmn_error *error)
{
	struct rmn_markup markup = {.bytes = bytes, .is_final = true};
	enum rmn_status status = RMN_OK;
	struct rmn_markup_token t;

	rmn_text_part(&x->text, RMN_PART_BODY, (struct rmn_bytes){NULL, 0});
	while (x->text.status == RMN_OK && rmn_markup_next(&markup, &t))
		token_take(x, &t);
	if (x->comments.size > 0) {
		rmn_text_part(&x->text, RMN_PART_COMMENT, (struct rmn_bytes){NULL, 0});
		rmn_text_put(&x->text, rmn_buf_bytes(&x->comments));
	}
	if (x->comments.failed)
		status = rmn_fail(error, RMN_LIMIT, "comments of more than 64 MiB were cut");
	else if (markup.is_damaged)
		status = rmn_fail(error, RMN_PARTIAL, "damaged markup");
	if (rmn_text_flush(&x->text) != RMN_OK)
		status = x->text.status;
	return status;
}

static enum rmn_status
xml_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct tree x = {.open = {NULL, 0}};
	struct rmn_buf utf8;
	struct rmn_bytes bytes = {NULL, 0};
	enum rmn_status status, read_status;

	rmn_text_init(&x.text, sink, input->arena, error);
	if (x.text.status != RMN_OK)
		return x.text.status;
	rmn_buf_init(&x.comments, RMN_LIMIT_TEXT_BYTES);
	rmn_buf_init(&utf8, RMN_LIMIT_ARENA_BYTES);
	status = rmn_markup_load(input, label_find(input->head), &utf8, &bytes, error);
	if (status == RMN_OK || status == RMN_PARTIAL || bytes.size > 0) {
		read_status = tree_read(&x, bytes, error);
		if (read_status != RMN_OK)
			status = read_status;
	}
	rmn_buf_release(&x.comments);
	rmn_buf_release(&utf8);
	return status;
}

static unsigned
xml_claim(const struct rmn_format_input *input)
{
	char sniffed[RMN_SNIFF_BYTES];
	struct rmn_bytes s, name = input->name;

	if (input->head.size < 6)
		return 0;
	rmn_markup_sniff(input->head, sniffed);
	s = rmn_bytes_from_string(sniffed);
	if (rmn_bytes_start_with(s, "<?xml"))
		return 40;
	if (rmn_bytes_start_with(s, "<!doctype") || strstr(sniffed, " xmlns="))
		return sniffed[0] == '<' ? 32 : 0;
	if (sniffed[0] == '<' && name.size > 4 &&
	    rmn_markup_is_html(rmn_bytes_after(name, name.size - 4), ".xml"))
		return 16;
	return 0;
}

static unsigned
svg_claim(const struct rmn_format_input *input)
{
	char sniffed[RMN_SNIFF_BYTES];

	if (input->head.size < 6)
		return 0;
	rmn_markup_sniff(input->head, sniffed);
	if (rmn_bytes_start_with(rmn_bytes_from_string(sniffed), "<svg"))
		return 48;
	return sniffed[0] == '<' && strstr(sniffed, "<svg ") &&
	    !strstr(sniffed, "<html") ? 44 : 0;
}

const struct rmn_format rmn_format_svg = {
	.name = "svg",
	.title = "Drawing (SVG)",
	.media_type = "image/svg+xml",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = svg_claim,
	.read = xml_read,
};

const struct rmn_format rmn_format_xml = {
	.name = "xml",
	.title = "XML",
	.media_type = "application/xml",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = xml_claim,
	.read = xml_read,
};
