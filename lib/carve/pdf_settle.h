/* SPDX-License-Identifier: MIT
 *
 * Private to carve/pdf*.c: where exactly the cuts inside one stream are, when its checksum alone
 * can tell. */
#ifndef RMN_CARVE_PDF_SETTLE_H
#define RMN_CARVE_PDF_SETTLE_H

#include "carve/pdf.h"

/* Deflate stores what does not shrink as it is, so that the pieces of such data are found, by the
 * block headers in it, but any border would do for the cut.  stream has been read to its
 * Adler-32, which does not fit: moves its cuts (the pieces of view that begin in it) to where it
 * does, if they are few.  flow is scratch. */
bool rmn_pdf_settle(const struct rmn_mender *m, struct rmn_view *view, uint64_t stream,
    const struct rmn_flow *ended, struct rmn_flow *flow);

#endif
