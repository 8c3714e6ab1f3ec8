/* SPDX-License-Identifier: MIT
 *
 * Why something was not examined, in the language of a report. */
#ifndef RMN_REPORT_REASONS_H
#define RMN_REPORT_REASONS_H

#include "base/buf.h"
#include "report/words.h"

/* Appends the reason, which evidence may have its words in: control characters are escaped.  What reasons.def does
 * not know stays as it was recorded. */
void rmn_report_reason(struct rmn_buf *buf, enum rmn_report_language language, struct rmn_bytes reason);

#endif
