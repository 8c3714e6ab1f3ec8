/* SPDX-License-Identifier: MIT */
#include "pdf_notes.h"

#include "base/limits.h"
#include "format/markup/markup.h"
#include "pdf_string.h"
#include "pdf_walk.h"

#define OUTLINE_DEPTH_MAX 64

/* The text of rich contents (XHTML), paragraphs as lines. */
static void
append_rich(fz_context *ctx, pdf_obj *rich, struct rmn_buf *text)
{
	struct rmn_markup_token token;
	struct rmn_markup markup;
	struct rmn_buf source;

	rmn_buf_init(&source, 0);
	fz_try(ctx)
		pdf_string_append(ctx, rich, &source);
	fz_catch(ctx) {
		rmn_buf_release(&source);
		fz_rethrow(ctx);
	}
	markup = (struct rmn_markup){.bytes = rmn_buf_bytes(&source), .is_final = true};
	while (rmn_markup_next(&markup, &token)) {
		if (token.kind == RMN_MARKUP_END && rmn_markup_is(token.name, "p"))
			rmn_buf_append_char(text, ' ');
		if (token.kind == RMN_MARKUP_TEXT)
			rmn_markup_append(text, token.body);
	}
	rmn_buf_release(&source);
}

/* Contents, in whichever form there are. */
static bool
append_contents(fz_context *ctx, pdf_obj *annotation, bool has_form, struct rmn_buf *line)
{
	pdf_obj *subtype = pdf_dict_get(ctx, annotation, PDF_NAME(Subtype));
	size_t before = line->size;

	if (!pdf_string_append(ctx, pdf_dict_get(ctx, annotation, PDF_NAME(Contents)), line) &&
	    pdf_dict_get(ctx, annotation, PDF_NAME(RC)))
		append_rich(ctx, pdf_dict_get(ctx, annotation, PDF_NAME(RC)), line);
	if (line->size == before && !has_form && pdf_name_eq(ctx, subtype, PDF_NAME(Widget)))
		pdf_string_append(ctx, pdf_dict_get(ctx, annotation, PDF_NAME(V)), line);
	return line->size > before;
}

static void
append_label(fz_context *ctx, pdf_obj *label, struct rmn_buf *line)
{
	if (pdf_is_string(ctx, label) && pdf_string_append_line(ctx, label, line))
		rmn_buf_append_string(line, ": ");
}

/* "author: subject: contents", then the address of a link on a line of its own. */
static void
append_annotation(fz_context *ctx, pdf_obj *annotation, bool has_form, struct rmn_buf *line)
{
	pdf_obj *subtype = pdf_dict_get(ctx, annotation, PDF_NAME(Subtype));
	pdf_obj *action = pdf_dict_get(ctx, annotation, PDF_NAME(A));

	if (!pdf_name_eq(ctx, subtype, PDF_NAME(Widget))) {
		append_label(ctx, pdf_dict_get(ctx, annotation, PDF_NAME(T)), line);
		append_label(ctx, pdf_dict_gets(ctx, annotation, "Subj"), line);
	}
	if (append_contents(ctx, annotation, has_form, line))
		rmn_buf_append_char(line, '\n');
	else
		rmn_buf_clear(line);
	if (pdf_string_append_line(ctx, pdf_dict_get(ctx, action, PDF_NAME(URI)), line))
		rmn_buf_append_char(line, '\n');
}

void
pdf_notes_write(fz_context *ctx, pdf_obj *page, const char *name, bool has_form,
    struct pdf_out *out)
{
	pdf_obj *annotations = pdf_dict_get(ctx, page, PDF_NAME(Annots));
	struct rmn_buf line;

	if (pdf_array_len(ctx, annotations) == 0)
		return;
	rmn_buf_init(&line, RMN_MIB);
	pdf_out_part(out, RMN_PART_COMMENT, name);
	fz_try(ctx)
		for (int i = 0, n = pdf_array_len(ctx, annotations); i < n; i++) {
			rmn_buf_clear(&line);
			append_annotation(ctx, pdf_array_get(ctx, annotations, i), has_form,
			    &line);
			out->is_cut |= line.failed;
			pdf_out_text(out, rmn_buf_bytes(&line));
		}
	fz_always(ctx)
		rmn_buf_release(&line);
	fz_catch(ctx)
		fz_rethrow(ctx);
}

static void
write_outline(fz_context *ctx, pdf_obj *first, struct pdf_seen *seen, struct rmn_buf *line,
    struct pdf_out *out)
{
	pdf_obj *entry = first, *waiting[OUTLINE_DEPTH_MAX];
	size_t depth = 0, count = 0;

	pdf_out_part(out, RMN_PART_BODY, "outline");
	while ((entry || depth > 0) && count++ < RMN_LIMIT_PDF_ENTRIES) {
		pdf_obj *down;

		if (!entry || !pdf_seen_add(ctx, seen, entry)) {
			entry = depth > 0 ? waiting[--depth] : NULL;
			continue;
		}
		rmn_buf_clear(line);
		if (pdf_string_append_line(ctx, pdf_dict_get(ctx, entry, PDF_NAME(Title)), line)) {
			rmn_buf_append_char(line, '\n');
			pdf_out_text(out, rmn_buf_bytes(line));
		}
		down = pdf_dict_get(ctx, entry, PDF_NAME(First));
		entry = pdf_dict_get(ctx, entry, PDF_NAME(Next));
		if (down && depth < OUTLINE_DEPTH_MAX) {
			waiting[depth++] = entry;
			entry = down;
		}
	}
	out->is_cut |= count > RMN_LIMIT_PDF_ENTRIES;
}

void
pdf_outline_write(fz_context *ctx, pdf_document *document, struct pdf_out *out)
{
	pdf_obj *root = pdf_dict_get(ctx, pdf_trailer(ctx, document), PDF_NAME(Root));
	pdf_obj *outline = pdf_dict_get(ctx, root, PDF_NAME(Outlines));
	pdf_obj *first = pdf_dict_get(ctx, outline, PDF_NAME(First));
	struct pdf_seen seen;
	struct rmn_buf line;

	if (!first)
		return;
	if (!pdf_seen_init(&seen, ctx, document))
		fz_throw(ctx, FZ_ERROR_MEMORY, "no memory for the outline");
	rmn_buf_init(&line, RMN_MIB);
	fz_try(ctx)
		write_outline(ctx, first, &seen, &line, out);
	fz_always(ctx) {
		rmn_buf_release(&line);
		pdf_seen_release(&seen);
	}
	fz_catch(ctx)
		fz_rethrow(ctx);
}
