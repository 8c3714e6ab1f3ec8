/* SPDX-License-Identifier: MIT
 *
 * Document properties of OLE2 files (MS-OLEPS). */
#ifndef RMN_FORMAT_PROPERTY_SET_H
#define RMN_FORMAT_PROPERTY_SET_H

#include "format/ole/cfb.h"
#include "format/text.h"

/* Gives the properties of \5SummaryInformation and \5DocumentSummaryInformation to text's sink, and
 * those that the user made up; Hangul has a set of its own with the numbers of the first.
 * What is damaged is left out. */
void rmn_property_sets_give(struct rmn_cfb *cfb, struct rmn_text *text);

/* Whether a stream of that name is one that is read. */
bool rmn_property_set_is(const char *name);

/* Gives the properties of a set that was read otherwise; false when it is damaged. */
bool rmn_property_set_give(const char *name, struct rmn_bytes bytes, struct rmn_arena *arena,
    struct rmn_text *text);

#endif
