/* SPDX-License-Identifier: MIT
 *
 * How much of a page is pictures. */
#ifndef RMN_TOOLS_PDF_PICTURES_H
#define RMN_TOOLS_PDF_PICTURES_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <stdint.h>

/* The pixels of all pictures that the page draws, in its forms as well.  Throws. */
uint64_t pdf_pictures_pixels(fz_context *ctx, pdf_document *document, pdf_obj *page);

#endif
