/* SPDX-License-Identifier: MIT
 *
 * One PDF from its bytes to everything that is said of it. */
#ifndef RMN_TOOLS_PDF_DOCUMENT_H
#define RMN_TOOLS_PDF_DOCUMENT_H

#include <mupdf/fitz.h>

#include "format/pdf/pdf_protocol.h"
#include "pdf_out.h"

/* Reads the PDF into frames; done gets everything but the request.  Never throws. */
void pdf_document_read(fz_context *ctx, struct rmn_bytes pdf, struct pdf_out *out,
    struct rmn_pdf_done *done);

#endif
