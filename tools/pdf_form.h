/* SPDX-License-Identifier: MIT
 *
 * Form fields: names, values and choices (ISO 32000 12.7), what is said of signatures, and the text of
 * XFA forms, which is XML beside them. */
#ifndef RMN_TOOLS_PDF_FORM_H
#define RMN_TOOLS_PDF_FORM_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "pdf_out.h"

/* Whether the document lists its fields. */
bool pdf_form_is_there(fz_context *ctx, pdf_document *document);

/* One part, "name: value" a line.  Throws. */
void pdf_form_write(fz_context *ctx, pdf_document *document, struct pdf_out *out);

#endif
