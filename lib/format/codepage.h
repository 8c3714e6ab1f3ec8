/* SPDX-License-Identifier: MIT
 *
 * Text in the code page that an old document names by its number. */
#ifndef RMN_FORMAT_CODEPAGE_H
#define RMN_FORMAT_CODEPAGE_H

#include "base/buf.h"

/* Appends bytes as UTF-8; 1200 is UTF-16LE.  0 and numbers that nobody knows are read as 1252.  What
 * cannot be decoded becomes U+FFFD.  Like all appends it fails through utf8->failed. */
void rmn_codepage_decode(unsigned codepage, struct rmn_bytes bytes, struct rmn_buf *utf8);

#endif
