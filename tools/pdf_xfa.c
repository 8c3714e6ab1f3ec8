/* SPDX-License-Identifier: MIT */
#include "pdf_xfa.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "format/markup/markup.h"

#define XML_BYTES_MAX (32 * RMN_MIB)

/* Where in the packet of XMLs the text stands. */
enum place { PLACE_OTHER, PLACE_TEMPLATE, PLACE_DATA };

struct walk {
	struct pdf_out *out;
	struct rmn_buf line;
	enum place place;
	unsigned script_depth;		/* inside <script>, which is no text */
	bool is_value;			/* text was put on the line */
};

static void
line_end(struct walk *w)
{
	if (w->is_value) {
		rmn_buf_append_char(&w->line, '\n');
		w->out->is_cut |= w->line.failed;
		pdf_out_text(w->out, rmn_buf_bytes(&w->line));
	}
	rmn_buf_clear(&w->line);
	w->is_value = false;
}

static void
put_text(struct walk *w, struct rmn_bytes body, bool has_entities)
{
	for (size_t at = 0; at < body.size;) {
		size_t size = 1;
		uint32_t c = has_entities && body.data[at] == '&'
				 ? rmn_markup_entity(body, at, &size) : 0;

		if (c == 0)
			c = rmn_utf8_next(body, &at, NULL);
		else
			at += size;
		if (c == '\n' || c == '\r' || c == '\t' || c == ' ') {
			if (w->is_value)
				rmn_buf_append_char(&w->line, ' ');
			continue;
		}
		rmn_buf_append_utf8(&w->line, c);
		w->is_value = true;
	}
}

static void
take_start(struct walk *w, const struct rmn_markup_token *token)
{
	line_end(w);
	if (rmn_markup_is(token->name, "template"))
		w->place = PLACE_TEMPLATE;
	else if (rmn_markup_is(token->name, "datasets"))
		w->place = PLACE_DATA;
	else if (rmn_markup_is(token->name, "script") && !token->is_empty)
		w->script_depth++;
	if (w->place == PLACE_DATA && !token->is_empty) {
		rmn_buf_append(&w->line, token->name);
		rmn_buf_append_string(&w->line, ": ");
	}
}

static void
take_end(struct walk *w, const struct rmn_markup_token *token)
{
	line_end(w);
	if (rmn_markup_is(token->name, "template") || rmn_markup_is(token->name, "datasets"))
		w->place = PLACE_OTHER;
	else if (rmn_markup_is(token->name, "script") && w->script_depth > 0)
		w->script_depth--;
}

static void
write_xml(struct pdf_out *out, struct rmn_bytes xml)
{
	struct rmn_markup markup = {.bytes = xml, .is_final = true};
	struct walk w = {.out = out};
	struct rmn_markup_token token;

	rmn_buf_init(&w.line, RMN_MIB);
	pdf_out_part(out, RMN_PART_FORM, "XFA");
	while (rmn_markup_next(&markup, &token)) {
		if (token.kind == RMN_MARKUP_START)
			take_start(&w, &token);
		else if (token.kind == RMN_MARKUP_END)
			take_end(&w, &token);
		else if ((token.kind == RMN_MARKUP_TEXT || token.kind == RMN_MARKUP_CDATA) &&
			 w.place != PLACE_OTHER && w.script_depth == 0)
			put_text(&w, token.body, token.kind == RMN_MARKUP_TEXT);
	}
	line_end(&w);
	rmn_buf_release(&w.line);
}

static void
load_stream(fz_context *ctx, pdf_obj *object, struct rmn_buf *xml)
{
	fz_stream *stream = pdf_open_stream(ctx, object);
	unsigned char piece[4096];

	fz_try(ctx) {
		size_t got;

		while (!xml->failed && (got = fz_read(ctx, stream, piece, sizeof(piece))) > 0)
			rmn_buf_append_data(xml, piece, got);
	}
	fz_always(ctx)
		fz_drop_stream(ctx, stream);
	fz_catch(ctx)
		fz_rethrow(ctx);
}

void
pdf_xfa_write(fz_context *ctx, pdf_obj *xfa, struct pdf_out *out)
{
	struct rmn_buf xml;

	if (!xfa)
		return;
	rmn_buf_init(&xml, XML_BYTES_MAX);
	fz_try(ctx) {
		if (pdf_is_stream(ctx, xfa))
			load_stream(ctx, xfa, &xml);
		for (int i = 0, n = pdf_array_len(ctx, xfa); i < n; i++)
			if (pdf_is_stream(ctx, pdf_array_get(ctx, xfa, i)))
				load_stream(ctx, pdf_array_get(ctx, xfa, i), &xml);
		out->is_cut |= xml.failed;
		write_xml(out, rmn_buf_bytes(&xml));
	}
	fz_always(ctx)
		rmn_buf_release(&xml);
	fz_catch(ctx)
		fz_rethrow(ctx);
}
