/* SPDX-License-Identifier: MIT
 *
 * A xar in which a member is linked twice: libarchive 3.6 then goes round in a circle for ever. */
#ifndef RMN_UNPACK_XAR_LINKS_H
#define RMN_UNPACK_XAR_LINKS_H

#include "base/blob.h"

/* Looks at the table of contents only; false when that cannot be read. */
bool rmn_xar_links_twice(struct rmn_blob *content);

#endif
