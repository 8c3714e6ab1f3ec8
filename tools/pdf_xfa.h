/* SPDX-License-Identifier: MIT
 *
 * The text of XFA forms (XML Forms Architecture 3.3): what was filled in and what the template says. */
#ifndef RMN_TOOLS_PDF_XFA_H
#define RMN_TOOLS_PDF_XFA_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "pdf_out.h"

/* xfa: a stream, or an array of names and streams that are one XML together.  Throws. */
void pdf_xfa_write(fz_context *ctx, pdf_obj *xfa, struct pdf_out *out);

#endif
