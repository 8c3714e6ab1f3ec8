/* SPDX-License-Identifier: MIT
 *
 * An item of Outlook as parts and properties of the file it stands in. */
#ifndef RMN_FORMAT_MAPI_GIVE_H
#define RMN_FORMAT_MAPI_GIVE_H

#include "format/mail/mapi.h"
#include "format/text.h"

/* Header, transport header, fields and bodies as parts; inner names them when the item is inside
 * another one ("" when not).  Its attachments are the caller's.  RMN_PARTIAL: some is missing. */
enum rmn_status rmn_mapi_give(const struct rmn_mapi_message *m, const char *inner,
    struct rmn_text *text, struct rmn_error *error);

/* Somebody in a list as a row: name, address, "Field: value" for what else there is. */
void rmn_mapi_row_give(struct rmn_mapi_bag *bag, struct rmn_text *text);

#endif
