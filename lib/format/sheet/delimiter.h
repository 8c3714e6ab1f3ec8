/* SPDX-License-Identifier: MIT
 *
 * Is this text a table? */
#ifndef RMN_FORMAT_DELIMITER_H
#define RMN_FORMAT_DELIMITER_H

#include "base/bytes.h"

/* ',' '\t' or ';' when the first lines have the same number of columns with it, at least two
 * lines and two columns; 0 else.  Quotes are respected; the encoding must have ASCII where ASCII
 * is (all but UTF-16 and ISO-2022-JP). */
char rmn_delimiter_find(struct rmn_bytes head);

#endif
