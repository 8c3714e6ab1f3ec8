/* SPDX-License-Identifier: MIT
 *
 * What is this content: our own signature table first, libmagic for the rest. */
#ifndef RMN_IDENTIFY_IDENTIFY_H
#define RMN_IDENTIFY_IDENTIFY_H

#include "base/bytes.h"
#include "base/status.h"

struct rmn_identifier;

/* Loads libmagic's tables (0.2 ms when their file is in the page cache, 9 ms when not); before
 * the sandbox.  That they cannot be loaded is no failure: own signatures then do alone. */
enum rmn_status rmn_identifier_new(struct rmn_identifier **identifier, struct rmn_error *error);
void rmn_identifier_free(struct rmn_identifier *identifier);	/* takes NULL */

/* A media type, never NULL ("application/octet-stream" when nothing is known, text/plain for text
 * in any encoding); valid until the next call.  identifier may be NULL: own signatures only.
 * head: the first bytes of the content; 4 KiB tell the common kinds of zip, 32 KiB most of OLE2
 * and ISO 9660; given less, the answer is the outer kind (application/zip). */
const char *rmn_identify(struct rmn_identifier *identifier, struct rmn_bytes head);

#endif
