/* SPDX-License-Identifier: MIT
 *
 * Rows and text in parts of pages that no tree points to any more.  A cell that is deleted keeps
 * everything but its first four bytes until something else is written there. */
#ifndef RMN_FORMAT_SQLITE_LOST_H
#define RMN_FORMAT_SQLITE_LOST_H

#include "format/database/sqlite_page.h"

/* Values of a record parted by tabs, and a line end. */
void rmn_sqlite_record_put(struct rmn_text *text, struct rmn_bytes payload,
    enum rmn_encoding encoding);

/* All cells of a leaf, as far as they are on the page itself.  Returns how many gave something. */
unsigned rmn_sqlite_leaf_put(struct rmn_text *text, const struct rmn_sqlite_shape *shape,
    const struct rmn_sqlite_page *page);

/* What is between and before the cells of a page.  columns: how many a record of it has, 0 when
 * nobody knows.  used: page_bytes of scratch. */
void rmn_sqlite_gaps_put(struct rmn_text *text, const struct rmn_sqlite_shape *shape,
    const struct rmn_sqlite_page *page, unsigned columns, unsigned char *used);

/* Rows and runs of text in any bytes. */
void rmn_sqlite_region_put(struct rmn_text *text, const struct rmn_sqlite_shape *shape,
    struct rmn_bytes region, unsigned columns);

#endif
