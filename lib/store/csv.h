/* SPDX-License-Identifier: MIT
 *
 * One field of a CSV file (RFC 4180).  Text that a spreadsheet would run as a formula (it starts
 * with = + - @, their full-width forms, a tab or a carriage return) gets an apostrophe before it;
 * numbers of ours are appended by the caller and need none. */
#ifndef RMN_STORE_CSV_H
#define RMN_STORE_CSV_H

#include "base/buf.h"

void rmn_csv_append_field(struct rmn_buf *buf, struct rmn_bytes utf8);

#endif
