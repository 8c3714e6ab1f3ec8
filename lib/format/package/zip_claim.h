/* SPDX-License-Identifier: MIT
 *
 * Which document a zip is, from the names of its entries. */
#ifndef RMN_FORMAT_ZIP_CLAIM_H
#define RMN_FORMAT_ZIP_CLAIM_H

#include "format/format.h"

/* Bits for a package that has OOXML's own parts and some below folder ("word/"); fewer when
 * only the name says so, which must then have an ending that starts with ending (".doc"). */
unsigned rmn_zip_claim_ooxml(const struct rmn_format_input *input, const char *folder,
    const char *ending);

/* Bits for an OpenDocument package that does not say what it is: few, and fewer when the file's
 * name does not have ending (".ods") or one that starts with it. */
unsigned rmn_zip_claim_untyped(const struct rmn_format_input *input, const char *ending);

/* Bits for a package whose first entry "mimetype" starts with media_type, or is that and
 * "-template"; 0 else. */
unsigned rmn_zip_claim_mimetype(const struct rmn_format_input *input, const char *media_type);

/* Bits for a zip that has entries whose names start with both. */
unsigned rmn_zip_claim_names(const struct rmn_format_input *input, const char *first,
    const char *second);

#endif
