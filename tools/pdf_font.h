/* SPDX-License-Identifier: MIT
 *
 * Private to pdf_text.c: what a character code of a font means and how wide it is, looked up in
 * MuPDF's tables once for each code. */
#ifndef RMN_TOOLS_PDF_FONT_H
#define RMN_TOOLS_PDF_FONT_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "base/bytes.h"

#define PDF_GLYPH_TEXT_BYTES 19

struct pdf_glyph {
	uint32_t code;			/* the slot is free when this is another code */
	float advance;			/* in ems; negative is downwards in vertical writing */
	unsigned char text_size;
	bool is_used, is_space, is_unknown;
	unsigned char text[PDF_GLYPH_TEXT_BYTES];	/* UTF-8 */
};

#define PDF_FONT_SLOTS 512

struct pdf_font {
	pdf_font_desc *desc;		/* kept */
	struct pdf_font *next;
	bool is_vertical;
	bool is_single_byte;
	bool is_stand_in;		/* the font could not be loaded: only ASCII can be trusted */
	float em;			/* 1; type 3 fonts choose their own scale */
	uint16_t *unicodes;		/* by glyph, from the embedded font; made when needed */
	struct pdf_glyph slots[PDF_FONT_SLOTS];
};

/* The fonts of one document, the last one used first. */
struct pdf_font_cache {
	struct pdf_font *first;
	size_t count;
};

/* NULL when there is no memory. */
struct pdf_font *pdf_font_find(fz_context *ctx, struct pdf_font_cache *cache,
    pdf_document *document, pdf_font_desc *desc);
void pdf_font_cache_clear(fz_context *ctx, struct pdf_font_cache *cache);

/* Mends, in memory, composite fonts that MuPDF refuses: CMaps it has not, by the one nearest to them,
 * and descendants without a descriptor.  Throws. */
void pdf_font_mend(fz_context *ctx, pdf_obj *resources);

/* The next code of a shown string; moves *at, which is below size. */
const struct pdf_glyph *pdf_font_next(fz_context *ctx, struct pdf_font *font,
    unsigned char *string, size_t size, size_t *at, bool *is_space_code);

#endif
