/* SPDX-License-Identifier: MIT
 *
 * Text of PDF pages.  Not through a MuPDF device: a content stream processor of our own that takes
 * the text operators only, so that paths, colours, pictures and glyph outlines are never built. */
#ifndef RMN_TOOLS_PDF_TEXT_H
#define RMN_TOOLS_PDF_TEXT_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "pdf_lines.h"

struct pdf_font_cache;

/* One document's extraction. */
struct pdf_text {
	struct pdf_lines lines;		/* of the page at hand */
	struct pdf_font_cache *fonts;
	uint64_t characters;
	uint64_t unknown;		/* drawn, but no font says which characters they are */
	uint64_t pixels;		/* of pictures inside the page's contents */
	unsigned fills;			/* shapes filled on the page: letters may be such */
	bool cut;			/* a bound of this file was reached */
};

void pdf_text_init(struct pdf_text *text, size_t page_cap_bytes);
void pdf_text_release(fz_context *ctx, struct pdf_text *text);

/* Adds to *errors what MuPDF skipped in damaged content.  Throws. */
void pdf_text_page(fz_context *ctx, struct pdf_text *text, pdf_document *document, pdf_obj *page,
    int *errors);

#endif
