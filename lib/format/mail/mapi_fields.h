/* SPDX-License-Identifier: MIT
 *
 * What the properties of contacts, appointments and tasks are called. */
#ifndef RMN_FORMAT_MAPI_FIELDS_H
#define RMN_FORMAT_MAPI_FIELDS_H

#include "format/mail/mapi.h"

/* NULL for what is no text about somebody or something. */
const char *rmn_mapi_field_label(const struct rmn_mapi_value *value);

/* Whether a string without a label is to be given all the same, under its number or name: fields of
 * users' own, and those of addresses, appointments and tasks that the table does not have. */
bool rmn_mapi_field_is_own(const struct rmn_mapi_value *value);

#endif
