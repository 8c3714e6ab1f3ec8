/* SPDX-License-Identifier: MIT
 *
 * What is this content: our own signature table first, libmagic for the rest. */
#ifndef RMN_IDENTIFY_IDENTIFY_H
#define RMN_IDENTIFY_IDENTIFY_H

#include "base/bytes.h"
#include "base/status.h"

struct rmn_identifier;

/* Loads libmagic's tables; before the sandbox.  NULL tables are no failure: own signatures then
 * do alone. */
enum rmn_status rmn_identifier_new(struct rmn_identifier **identifier, struct rmn_error *error);
void rmn_identifier_free(struct rmn_identifier *identifier);	/* takes NULL */

/* A media type, never NULL ("application/octet-stream" when nothing is known); valid until the
 * next call. */
const char *rmn_identify(struct rmn_identifier *identifier, struct rmn_bytes head);

#endif
