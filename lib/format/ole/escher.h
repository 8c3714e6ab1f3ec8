/* SPDX-License-Identifier: MIT
 *
 * Words in the drawings of Office's binary formats (MS-ODRAW): lettering (WordArt) and what a picture
 * is said to show, which often is the path that it came from. */
#ifndef RMN_FORMAT_ESCHER_H
#define RMN_FORMAT_ESCHER_H

#include "base/buf.h"

/* Appends the words of one table of properties (OfficeArtFOPT and its kin), a line each, UTF-8; count
 * is the instance of its record. */
void rmn_escher_properties(struct rmn_bytes table, unsigned count, struct rmn_buf *out);

/* The same for all tables in the records of a drawing. */
void rmn_escher_words(struct rmn_bytes records, struct rmn_buf *out);

/* A plain property's value; false when the table has none such. */
bool rmn_escher_value(struct rmn_bytes table, unsigned count, unsigned property, uint32_t *value);

#endif
