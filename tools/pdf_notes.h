/* SPDX-License-Identifier: MIT
 *
 * What is written about the pages: annotations, and the outline (bookmarks). */
#ifndef RMN_TOOLS_PDF_NOTES_H
#define RMN_TOOLS_PDF_NOTES_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "pdf_out.h"

/* One line or more for each annotation: "author: subject: contents", and where a link leads.  Values
 * of form fields only when the document has no form that lists them.  Throws. */
void pdf_notes_write(fz_context *ctx, pdf_obj *page, const char *name, bool has_form,
    struct pdf_out *out);

/* The titles of the outline, one a line.  Throws. */
void pdf_outline_write(fz_context *ctx, pdf_document *document, struct pdf_out *out);

#endif
