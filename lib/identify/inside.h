/* SPDX-License-Identifier: MIT
 *
 * Inside identify/ only: what a signature alone does not say. */
#ifndef RMN_IDENTIFY_INSIDE_H
#define RMN_IDENTIFY_INSIDE_H

#include "base/bytes.h"

/* A closer media type for zip, OLE2, mail and other outsides; media_type itself when there is
 * none, or when head does not reach far enough. */
const char *rmn_inside_container(const char *media_type, struct rmn_bytes head);

/* The media type of text (text/html, message/rfc822 ... text/plain); NULL when it is no text. */
const char *rmn_inside_text(struct rmn_bytes head);

#endif
