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

#endif
