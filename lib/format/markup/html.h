/* SPDX-License-Identifier: MIT
 *
 * The start of a markup file, as claims and readers look at it. */
#ifndef RMN_FORMAT_HTML_H
#define RMN_FORMAT_HTML_H

#include "base/buf.h"
#include "base/bytes.h"
#include "format/format.h"

#define RMN_SNIFF_BYTES 1024u

/* The first characters in lower case, from the first '<' on, without byte order mark, white
 * space before it and the zero bytes of UTF-16; "" when something else stands first. */
void rmn_markup_sniff(struct rmn_bytes head, char sniffed[RMN_SNIFF_BYTES]);

/* The content as UTF-8: borrowed when it is, else decoded into utf8 (initialised by the caller
 * and released by it).  label is what the markup declares, or empty.  RMN_PARTIAL or RMN_LIMIT
 * as rmn_blob_bytes has them, with what was read. */
enum rmn_status rmn_markup_load(const struct rmn_format_input *input, struct rmn_bytes label,
    struct rmn_buf *utf8, struct rmn_bytes *bytes, struct rmn_error *error);

#endif
