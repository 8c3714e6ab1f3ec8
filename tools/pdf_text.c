/* SPDX-License-Identifier: MIT */
#include "pdf_text.h"

#include <math.h>
#include <stdlib.h>

#include "pdf_font.h"

/* Forms in forms, saved graphics states, fonts held: far above what producers write. */
#define FORM_DEPTH_MAX 16
#define STATE_DEPTH_MAX 1024
#define FONTS_KEPT 256
#define FORMS_DRAWN_MAX 20000	/* on one page: forms that draw each other grow without end */

struct text_state {
	fz_matrix ctm;
	struct pdf_font *font;		/* of the cache; may be NULL */
	float size, char_space, word_space, scale, leading, rise;
};

struct text_processor {
	pdf_processor super;		/* first: MuPDF hands it back to us */
	struct pdf_text *text;
	pdf_document *document;
	fz_cookie *cookie;
	struct text_state state;
	struct text_state *saved;
	size_t depth, capacity;
	size_t lost_saves;		/* q beyond the bound, whose Q must do nothing */
	fz_matrix line, matrix;		/* Tlm, Tm */
	unsigned form_depth;
	unsigned forms_drawn;
};

static struct text_processor *
own(pdf_processor *processor)
{
	return (struct text_processor *)processor;
}

static void
op_save(fz_context *ctx, pdf_processor *processor)
{
	struct text_processor *p = own(processor);

	if (p->depth == STATE_DEPTH_MAX) {
		p->lost_saves++;
		return;
	}
	if (p->depth == p->capacity) {
		size_t capacity = p->capacity ? p->capacity * 2 : 16;

		p->saved = fz_realloc_array(ctx, p->saved, capacity, struct text_state);
		p->capacity = capacity;
	}
	p->saved[p->depth++] = p->state;
}

static void
op_restore(fz_context *ctx, pdf_processor *processor)
{
	struct text_processor *p = own(processor);

	(void)ctx;
	if (p->lost_saves > 0)
		p->lost_saves--;
	else if (p->depth > 0)
		p->state = p->saved[--p->depth];
}

static void
op_concat(fz_context *ctx, pdf_processor *processor, float a, float b, float c, float d, float e,
    float f)
{
	struct text_processor *p = own(processor);

	(void)ctx;
	p->state.ctm = fz_concat(fz_make_matrix(a, b, c, d, e, f), p->state.ctm);
}

static void
op_begin_text(fz_context *ctx, pdf_processor *processor)
{
	struct text_processor *p = own(processor);

	(void)ctx;
	p->line = p->matrix = fz_identity;
}

static void
op_char_space(fz_context *ctx, pdf_processor *processor, float value)
{
	(void)ctx;
	own(processor)->state.char_space = value;
}

static void
op_word_space(fz_context *ctx, pdf_processor *processor, float value)
{
	(void)ctx;
	own(processor)->state.word_space = value;
}

static void
op_scale(fz_context *ctx, pdf_processor *processor, float percent)
{
	(void)ctx;
	own(processor)->state.scale = percent / 100;
}

static void
op_leading(fz_context *ctx, pdf_processor *processor, float value)
{
	(void)ctx;
	own(processor)->state.leading = value;
}

static void
op_font(fz_context *ctx, pdf_processor *processor, const char *name, pdf_font_desc *desc, float size)
{
	struct text_processor *p = own(processor);

	(void)name;
	p->state.font = desc ? pdf_font_find(ctx, p->text->fonts, p->document, desc) : NULL;
	p->state.size = size;
}

static void
op_rise(fz_context *ctx, pdf_processor *processor, float value)
{
	(void)ctx;
	own(processor)->state.rise = value;
}

static void
op_move(fz_context *ctx, pdf_processor *processor, float tx, float ty)
{
	struct text_processor *p = own(processor);

	(void)ctx;
	p->line = fz_pre_translate(p->line, tx, ty);
	p->matrix = p->line;
}

static void
op_move_leading(fz_context *ctx, pdf_processor *processor, float tx, float ty)
{
	own(processor)->state.leading = -ty;
	op_move(ctx, processor, tx, ty);
}

static void
op_set_matrix(fz_context *ctx, pdf_processor *processor, float a, float b, float c, float d,
    float e, float f)
{
	struct text_processor *p = own(processor);

	(void)ctx;
	p->line = p->matrix = fz_make_matrix(a, b, c, d, e, f);
}

static void
op_next_line(fz_context *ctx, pdf_processor *processor)
{
	op_move(ctx, processor, 0, -own(processor)->state.leading);
}

/* How text space lies on the page for the strings of one operator. */
struct pen {
	struct pdf_place place;
	float unit;	/* page length of a text space unit, negative when writing goes against it */
};

/* False when the matrix flattens the text to nothing. */
static bool
pen_place(const struct text_processor *p, struct pen *pen)
{
	fz_matrix m = fz_concat(p->matrix, p->state.ctm);
	bool is_vertical = p->state.font->is_vertical;
	float along_x = is_vertical ? -m.c : m.a, along_y = is_vertical ? -m.d : m.b;
	float along = hypotf(along_x, along_y);
	float across = is_vertical ? hypotf(m.a, m.b) : hypotf(m.c, m.d);
	float size = p->state.size * p->state.font->em;
	float scaled = is_vertical ? size : size * p->state.scale;
	float sign = scaled < 0 ? -1 : 1;
	float x = m.c * p->state.rise + m.e, y = m.d * p->state.rise + m.f;

	if (!(along > 0) || !isfinite(along) || !isfinite(x) || !isfinite(y) || size == 0)
		return false;
	pen->place = (struct pdf_place){
	    .x = x, .y = y,
	    .dx = sign * along_x / along, .dy = sign * along_y / along,
	    .em_along = fabsf(scaled) * along,
	    .em_across = fabsf(size) * across,
	};
	pen->unit = sign * along * (is_vertical ? -1 : 1);
	return true;
}

/* Text space displacement of one glyph (ISO 32000 9.4.4). */
static float
displacement(const struct text_state *state, const struct pdf_glyph *glyph, bool is_space_code)
{
	float moved = glyph->advance * state->size + state->char_space;

	if (is_space_code)
		moved += state->word_space;
	return state->font->is_vertical ? moved : moved * state->scale;
}

static void
move_along(struct text_processor *p, float moved)
{
	p->matrix = p->state.font->is_vertical ? fz_pre_translate(p->matrix, 0, moved)
					       : fz_pre_translate(p->matrix, moved, 0);
}

static void
show_string(fz_context *ctx, struct text_processor *p, const char *data, size_t size)
{
	struct pdf_text *text = p->text;
	struct pdf_font *font = p->state.font;
	unsigned char *string = (unsigned char *)data;	/* pdf_decode_cmap reads only */
	float total = 0;
	struct pen pen;
	size_t at = 0;
	bool is_placed = pen_place(p, &pen);

	if (is_placed)
		pdf_lines_start(&text->lines, &pen.place);
	while (at < size) {
		bool is_space_code;
		const struct pdf_glyph *glyph =
		    pdf_font_next(ctx, font, string, size, &at, &is_space_code);
		float moved = displacement(&p->state, glyph, is_space_code);

		total += moved;
		if (!is_placed)
			continue;
		if (glyph->is_space) {
			pdf_lines_space(&text->lines, moved * pen.unit);
			continue;
		}
		text->characters++;
		text->unknown += glyph->is_unknown;
		pdf_lines_glyph(&text->lines, (struct rmn_bytes){glyph->text, glyph->text_size},
		    moved * pen.unit);
	}
	if (isfinite(total))
		move_along(p, total);
}

static void
op_show(fz_context *ctx, pdf_processor *processor, char *string, size_t size)
{
	struct text_processor *p = own(processor);

	if (p->state.font)
		show_string(ctx, p, string, size);
}

static void
op_show_array(fz_context *ctx, pdf_processor *processor, pdf_obj *array)
{
	struct text_processor *p = own(processor);
	int count = pdf_array_len(ctx, array);

	if (!p->state.font)
		return;
	for (int i = 0; i < count; i++) {
		pdf_obj *item = pdf_array_get(ctx, array, i);

		if (pdf_is_string(ctx, item)) {
			size_t size;
			const char *string = pdf_to_string(ctx, item, &size);

			show_string(ctx, p, string, size);
		} else {
			float moved = -pdf_to_real(ctx, item) * 0.001f * p->state.size;

			move_along(p, p->state.font->is_vertical ? moved : moved * p->state.scale);
		}
	}
}

static void
op_next_line_show(fz_context *ctx, pdf_processor *processor, char *string, size_t size)
{
	op_next_line(ctx, processor);
	op_show(ctx, processor, string, size);
}

static void
op_spaced_next_line_show(fz_context *ctx, pdf_processor *processor, float word_space,
    float char_space, char *string, size_t size)
{
	own(processor)->state.word_space = word_space;
	own(processor)->state.char_space = char_space;
	op_next_line_show(ctx, processor, string, size);
}

static void
op_form(fz_context *ctx, pdf_processor *processor, const char *name, pdf_obj *form,
    pdf_obj *page_resources)
{
	struct text_processor *p = own(processor);
	fz_matrix line = p->line, matrix = p->matrix;
	size_t depth = p->depth;
	pdf_obj *resources;

	(void)name;
	if (p->form_depth == FORM_DEPTH_MAX || depth == STATE_DEPTH_MAX ||
	    p->forms_drawn++ > FORMS_DRAWN_MAX) {
		p->text->cut = true;	/* a form that draws itself ends here as well */
		return;
	}
	resources = pdf_xobject_resources(ctx, form);
	pdf_font_mend(ctx, resources);
	op_save(ctx, processor);
	p->form_depth++;
	p->state.ctm = fz_concat(pdf_xobject_matrix(ctx, form), p->state.ctm);
	fz_try(ctx)
		pdf_process_contents(ctx, processor, p->document,
		    resources ? resources : page_resources, form, p->cookie);
	fz_always(ctx) {
		p->form_depth--;
		p->state = p->saved[depth];	/* whatever the form left open */
		p->depth = depth;
		p->lost_saves = 0;
		p->line = line;
		p->matrix = matrix;
	}
	fz_catch(ctx)
		fz_rethrow(ctx);
}

static void
op_inline_picture(fz_context *ctx, pdf_processor *processor, fz_image *image, const char *colours)
{
	(void)ctx;
	(void)colours;
	if (image && image->w > 0 && image->h > 0)
		own(processor)->text->pixels += (uint64_t)image->w * (uint64_t)image->h;
}

static void
op_fill(fz_context *ctx, pdf_processor *processor)
{
	(void)ctx;
	own(processor)->text->fills++;
}

static void
drop_processor(fz_context *ctx, pdf_processor *processor)
{
	fz_free(ctx, own(processor)->saved);
}

static struct text_processor *
processor_new(fz_context *ctx, struct pdf_text *text, pdf_document *document, fz_matrix ctm,
    fz_cookie *cookie)
{
	struct text_processor *p = pdf_new_processor(ctx, sizeof(*p));

	p->text = text;
	p->document = document;
	p->cookie = cookie;
	p->line = p->matrix = fz_identity;
	p->state = (struct text_state){.ctm = ctm, .scale = 1};
	p->super.drop_processor = drop_processor;
	p->super.usage = NULL;		/* layers that are switched off are text as well */
	p->super.op_q = op_save;
	p->super.op_Q = op_restore;
	p->super.op_cm = op_concat;
	p->super.op_BT = op_begin_text;
	p->super.op_Tc = op_char_space;
	p->super.op_Tw = op_word_space;
	p->super.op_Tz = op_scale;
	p->super.op_TL = op_leading;
	p->super.op_Tf = op_font;
	p->super.op_Ts = op_rise;
	p->super.op_Td = op_move;
	p->super.op_TD = op_move_leading;
	p->super.op_Tm = op_set_matrix;
	p->super.op_Tstar = op_next_line;
	p->super.op_TJ = op_show_array;
	p->super.op_Tj = op_show;
	p->super.op_squote = op_next_line_show;
	p->super.op_dquote = op_spaced_next_line_show;
	p->super.op_Do_form = op_form;
	p->super.op_BI = op_inline_picture;
	p->super.op_F = p->super.op_f = p->super.op_fstar = op_fill;
	p->super.op_B = p->super.op_Bstar = p->super.op_b = p->super.op_bstar = op_fill;
	return p;
}

void
pdf_text_init(struct pdf_text *text, size_t page_cap_bytes)
{
	*text = (struct pdf_text){.fonts = calloc(1, sizeof(struct pdf_font_cache))};
	pdf_lines_init(&text->lines, page_cap_bytes);
}

void
pdf_text_release(fz_context *ctx, struct pdf_text *text)
{
	if (text->fonts)
		pdf_font_cache_clear(ctx, text->fonts);
	free(text->fonts);
	pdf_lines_release(&text->lines);
}

/* The stream that shows an annotation now: of several states the one that is set. */
static pdf_obj *
appearance_now(fz_context *ctx, pdf_obj *annotation)
{
	pdf_obj *appearances = pdf_dict_get(ctx, annotation, PDF_NAME(AP));
	pdf_obj *normal = pdf_dict_get(ctx, appearances, PDF_NAME(N));

	if (!pdf_is_stream(ctx, normal))
		normal = pdf_dict_get(ctx, normal, pdf_dict_get(ctx, annotation, PDF_NAME(AS)));
	return pdf_is_stream(ctx, normal) ? normal : NULL;
}

/* Where the appearance stands on the page (ISO 32000 12.5.5): its box, moved and stretched to the
 * annotation's rectangle. */
static fz_matrix
appearance_place(fz_context *ctx, pdf_obj *annotation, pdf_obj *appearance)
{
	fz_rect wanted = pdf_dict_get_rect(ctx, annotation, PDF_NAME(Rect));
	fz_rect box = fz_transform_rect(pdf_dict_get_rect(ctx, appearance, PDF_NAME(BBox)),
	    pdf_dict_get_matrix(ctx, appearance, PDF_NAME(Matrix)));
	float width = box.x1 - box.x0, height = box.y1 - box.y0;
	float x = width > 0 ? (wanted.x1 - wanted.x0) / width : 1;
	float y = height > 0 ? (wanted.y1 - wanted.y0) / height : 1;

	return fz_make_matrix(x, 0, 0, y, wanted.x0 - box.x0 * x, wanted.y0 - box.y0 * y);
}

/* What a page shows besides its contents: form fields, stamps, notes; hidden ones as well. */
static void
process_appearances(fz_context *ctx, struct text_processor *p, pdf_obj *page, fz_matrix ctm)
{
	pdf_obj *annotations = pdf_dict_get(ctx, page, PDF_NAME(Annots));

	for (int i = 0, n = pdf_array_len(ctx, annotations); i < n; i++) {
		pdf_obj *annotation = pdf_array_get(ctx, annotations, i);
		pdf_obj *appearance = appearance_now(ctx, annotation);
		pdf_obj *subtype = pdf_dict_get(ctx, annotation, PDF_NAME(Subtype));

		if (!appearance || pdf_name_eq(ctx, subtype, PDF_NAME(Popup)))
			continue;
		p->state = (struct text_state){
		    .ctm = fz_concat(appearance_place(ctx, annotation, appearance), ctm),
		    .scale = 1,
		};
		p->depth = p->lost_saves = 0;
		op_form(ctx, &p->super, NULL, appearance,
		    pdf_dict_get_inheritable(ctx, page, PDF_NAME(Resources)));
	}
}

void
pdf_text_page(fz_context *ctx, struct pdf_text *text, pdf_document *document, pdf_obj *page,
    int *errors)
{
	pdf_obj *resources = pdf_dict_get_inheritable(ctx, page, PDF_NAME(Resources));
	struct text_processor *p;
	fz_cookie cookie = {0};
	fz_matrix ctm;
	fz_rect box;

	pdf_lines_clear(&text->lines);
	text->pixels = 0;
	text->fills = 0;
	if (!text->fonts)
		fz_throw(ctx, FZ_ERROR_MEMORY, "no memory for fonts");
	if (text->fonts->count > FONTS_KEPT)
		pdf_font_cache_clear(ctx, text->fonts);
	pdf_page_obj_transform(ctx, page, &box, &ctm);
	p = processor_new(ctx, text, document, ctm, &cookie);
	fz_try(ctx) {
		pdf_font_mend(ctx, resources);
		pdf_process_contents(ctx, &p->super, document, resources,
		    pdf_dict_get(ctx, page, PDF_NAME(Contents)), &cookie);
		process_appearances(ctx, p, page, ctm);
		pdf_close_processor(ctx, &p->super);
	}
	fz_always(ctx) {
		*errors += cookie.errors;
		pdf_drop_processor(ctx, &p->super);
	}
	fz_catch(ctx)
		fz_rethrow(ctx);
}
