/* SPDX-License-Identifier: MIT
 *
 * Instructions of fields in word processors, which RTF and Word documents write alike. */
#ifndef RMN_FORMAT_FIELD_H
#define RMN_FORMAT_FIELD_H

#include "base/buf.h"

/* Whether an instruction says something that its result need not show: an address, a path, the
 * texts between which an IF chooses. */
bool rmn_field_is_telling(struct rmn_bytes instruction);

/* Appends what an EQ field shows: such a field has no result.  Of an overstrike (\o), which is how
 * readings stand above names, only the last element, the name itself. */
void rmn_field_shown(struct rmn_bytes instruction, struct rmn_buf *utf8);

#endif
