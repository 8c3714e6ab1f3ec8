/* SPDX-License-Identifier: MIT
 *
 * Text strings of a PDF (ISO 32000 7.9.2.2): UTF-16 or UTF-8 by their mark, else PDFDocEncoding.
 * Old Japanese producers wrote CP932 or EUC-JP there, which is taken where it is plain to see. */
#ifndef RMN_TOOLS_PDF_STRING_H
#define RMN_TOOLS_PDF_STRING_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "base/buf.h"

/* Appends a string, a name or (to 1 MiB) a text stream; anything else adds nothing.  Well-formed UTF-8.
 * False when nothing was added.  Throws. */
bool pdf_string_append(fz_context *ctx, pdf_obj *object, struct rmn_buf *text);

/* The same as one line: line breaks and tabs become spaces. */
bool pdf_string_append_line(fz_context *ctx, pdf_obj *object, struct rmn_buf *text);

#endif
