/* SPDX-License-Identifier: MIT
 *
 * A member whose bytes are in memory already. */
#ifndef RMN_FORMAT_MEMBER_BYTES_H
#define RMN_FORMAT_MEMBER_BYTES_H

#include "format/text.h"

/* Bytes in memory as a member is read; *left is what was not read yet. */
struct rmn_member_reader rmn_member_bytes_reader(struct rmn_bytes *left);

/* Gives what text is gathered, then the member.  False when the reading must stop. */
bool rmn_member_bytes_give(struct rmn_text *text, struct rmn_bytes name, struct rmn_bytes bytes);

#endif
