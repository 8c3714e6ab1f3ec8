/* SPDX-License-Identifier: MIT
 *
 * A cell as text for people, in the language of the report. */
#ifndef RMN_REPORT_SHOW_H
#define RMN_REPORT_SHOW_H

#include "base/buf.h"
#include "report/model.h"

/* Plain text, not yet escaped for the format; evidence has its control and direction characters as
 * visible escapes.  Nothing for an absent value. */
void rmn_report_show(struct rmn_buf *buf, const struct rmn_report_model *model,
    const struct rmn_report_column *column, const struct rmn_report_cell *cell);

/* Numbers are set to the right. */
bool rmn_report_is_number(const struct rmn_report_column *column);

/* "12,345"; "1.4 GiB (1,503,238,553)"; "2010-03-01 09:30:00" or "2010年3月1日 09:30:00". */
void rmn_report_show_count(struct rmn_buf *buf, uint64_t count);
void rmn_report_show_bytes(struct rmn_buf *buf, uint64_t bytes);
void rmn_report_show_time(struct rmn_buf *buf, enum rmn_report_language language,
    struct rmn_bytes rfc3339);

/* The word of key with %1$s and %2$s replaced by counts. */
void rmn_report_show_shown(struct rmn_buf *buf, const struct rmn_report_rows *rows,
    enum rmn_report_language language);

#endif
