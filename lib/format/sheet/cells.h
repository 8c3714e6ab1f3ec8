/* SPDX-License-Identifier: MIT
 *
 * Rows of a database as lines of text, and the text that is left in bytes with no structure. */
#ifndef RMN_FORMAT_CELLS_H
#define RMN_FORMAT_CELLS_H

#include "base/encoding.h"
#include "format/text.h"

/* The text of one cell: line breaks, tabs and other control characters become spaces. */
void rmn_cell_put(struct rmn_text *text, struct rmn_bytes utf8);

/* The same in another encoding.  Without memory the status of text says so. */
void rmn_cell_put_encoded(struct rmn_text *text, struct rmn_bytes bytes,
    enum rmn_encoding encoding);

void rmn_cell_put_integer(struct rmn_text *text, int64_t value);
void rmn_cell_put_real(struct rmn_text *text, double value);	/* 15 digits; nothing for NaN */

/* Runs of characters that people write, each behind separator: at least six ASCII characters, or
 * three others.  UTF-16 is looked for at both offsets.  Returns how many there were. */
unsigned rmn_runs_put(struct rmn_text *text, struct rmn_bytes bytes, enum rmn_encoding encoding,
    char separator);

#endif
