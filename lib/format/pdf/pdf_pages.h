/* SPDX-License-Identifier: MIT
 *
 * Pages of a PDF that are pictures: the PDF program renders them, the OCR program reads them. */
#ifndef RMN_FORMAT_PDF_PAGES_H
#define RMN_FORMAT_PDF_PAGES_H

#include "base/sink.h"
#include "format/pdf/helper.h"

/* Reads the pages (uint32_t numbers from 1) of the PDF that the program read last.  *unread: how many
 * were not.  Returns what the sink says. */
enum rmn_status rmn_pdf_pages_read(struct rmn_helper *pdf, struct rmn_helper *ocr,
    struct rmn_bytes pages, const struct rmn_sink *sink, size_t *unread);

#endif
