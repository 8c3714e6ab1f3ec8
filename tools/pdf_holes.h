/* SPDX-License-Identifier: MIT
 *
 * Lost sectors: runs of zeros where a PDF has none. */
#ifndef RMN_TOOLS_PDF_HOLES_H
#define RMN_TOOLS_PDF_HOLES_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include "base/bytes.h"

struct pdf_hole {
	size_t start, end;
};

/* Finds the first run of zeros that is damage, from the header to the last "%%EOF".  Such runs are no
 * damage in streams without a filter, and in deflated ones that end with the right checksum: *losses,
 * which the warnings of MuPDF count, tells.  Throws only without memory. */
bool pdf_hole_find(fz_context *ctx, pdf_document *document, struct rmn_bytes pdf,
    const unsigned *losses, struct pdf_hole *hole);

#endif
