/* SPDX-License-Identifier: MIT
 *
 * A worker's end of the conversation with the PDF program (format/pdf_protocol.h). */
#ifndef RMN_FORMAT_PDF_CLIENT_H
#define RMN_FORMAT_PDF_CLIENT_H

#include "base/sink.h"
#include "format/pdf/helper.h"

/* Has one PDF read.  Parts are pages, comments, forms, deleted text and the outline (body); attached
 * files are members, given last, when the program has said everything and can be asked again.  The
 * status is the program's; RMN_CORRUPT with "the PDF reader stopped" and is_dead when it ended, was too
 * slow or said what was not agreed on.  What a sink returns other than RMN_OK ends the passing on and
 * is returned.  ocr reads pages that are pictures; NULL: they are counted and said. */
enum rmn_status rmn_pdf_client_read(struct rmn_helper *pdf, struct rmn_helper *ocr,
    struct rmn_bytes bytes, const struct rmn_sink *sink, struct rmn_error *error);

#endif
