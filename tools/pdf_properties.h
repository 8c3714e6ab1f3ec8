/* SPDX-License-Identifier: MIT
 *
 * What a PDF says about itself: the Info dictionary, and XMP where it says more. */
#ifndef RMN_TOOLS_PDF_PROPERTIES_H
#define RMN_TOOLS_PDF_PROPERTIES_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "pdf_out.h"

/* Gives properties; damage here only means fewer of them, and is said. */
void pdf_properties_write(fz_context *ctx, pdf_document *document, struct pdf_out *out);

#endif
