/* SPDX-License-Identifier: MIT
 *
 * Files inside a PDF: the EmbeddedFiles tree, associated files, file annotations. */
#ifndef RMN_TOOLS_PDF_ATTACHED_H
#define RMN_TOOLS_PDF_ATTACHED_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "pdf_out.h"
#include "pdf_walk.h"

/* Gives every file once, however often it is named.  A damaged one ends as corrupt; the count of
 * those that could not even be begun is returned.  Throws only when there is no memory. */
uint32_t pdf_attached_write(fz_context *ctx, pdf_document *document, const struct pdf_pages *pages,
    struct pdf_out *out);

#endif
