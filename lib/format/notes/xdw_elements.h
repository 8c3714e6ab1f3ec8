/* SPDX-License-Identifier: MIT
 *
 * Tag, length and value, as all of a DocuWorks file is made. */
#ifndef RMN_FORMAT_XDW_ELEMENTS_H
#define RMN_FORMAT_XDW_ELEMENTS_H

#include "base/cursor.h"

struct rmn_xdw_element {
	uint32_t tag;		/* one byte, or all of a longer one */
	struct rmn_bytes value;
};

/* The next element; false at the end, and where the bytes are none: the cursor then stays. */
bool rmn_xdw_element_next(struct rmn_cursor *c, struct rmn_xdw_element *element);

/* A number, big-endian and as short as can be; UINT64_MAX when it is longer than 8 bytes or
 * negative. */
uint64_t rmn_xdw_number(struct rmn_bytes value);

#endif
