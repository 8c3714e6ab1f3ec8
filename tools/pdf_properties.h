/* SPDX-License-Identifier: MIT
 *
 * What a PDF says about itself: the Info dictionary, and XMP for what Info leaves out. */
#ifndef RMN_TOOLS_PDF_PROPERTIES_H
#define RMN_TOOLS_PDF_PROPERTIES_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "base/buf.h"

/* Appends property frames; damage here only means fewer of them. */
void pdf_write_properties(fz_context *ctx, pdf_document *document, struct rmn_buf *message);

#endif
