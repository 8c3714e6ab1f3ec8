/* SPDX-License-Identifier: MIT
 *
 * What property numbers from 8000 on mean ([MS-OXMSG] 2.2.3, [MS-PST] 2.4.7): messages and stores keep
 * the same three lists. */
#ifndef RMN_FORMAT_MAPI_NAMES_H
#define RMN_FORMAT_MAPI_NAMES_H

#include "format/mail/mapi.h"

struct rmn_mapi_names {
	struct rmn_bytes guids, entries, strings;
	uint32_t *places;	/* of numbers in entries, plus 1; NULL: in their order */
};

/* Makes places when entries are not in the order of their numbers; false when out of memory. */
bool rmn_mapi_names_settle(struct rmn_mapi_names *names, struct rmn_arena *arena);

/* Puts set, number and name into a value whose number is from 8000 on; others stay as they are.  A name
 * goes to the arena; *failed without memory. */
void rmn_mapi_name_find(const struct rmn_mapi_names *names, struct rmn_arena *arena,
    struct rmn_mapi_value *value, bool *failed);

#endif
