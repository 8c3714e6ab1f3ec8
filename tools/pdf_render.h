/* SPDX-License-Identifier: MIT
 *
 * One page as grey pixels, for OCR. */
#ifndef RMN_TOOLS_PDF_RENDER_H
#define RMN_TOOLS_PDF_RENDER_H

#include <mupdf/fitz.h>

#include "format/pdf/pdf_protocol.h"
#include "pdf_out.h"

/* Renders page number (from 1) of the PDF into frames; done says how that went.  Never throws. */
void pdf_page_render(fz_context *ctx, struct rmn_bytes pdf, uint32_t number, struct pdf_out *out,
    struct rmn_pdf_done *done);

#endif
