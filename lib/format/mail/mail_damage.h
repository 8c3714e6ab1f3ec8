/* SPDX-License-Identifier: MIT
 *
 * Signs that bytes of a message were changed or lost, in what its encodings do not allow.  No mail program
 * stops at them, and real ones do not have them; a plain text that ends at a line end can be cut unseen. */
#ifndef RMN_FORMAT_MAIL_DAMAGE_H
#define RMN_FORMAT_MAIL_DAMAGE_H

#include "format/mail/mail_decode.h"

/* What is wrong with the lines of a head; NULL: nothing. */
const char *rmn_mail_head_damage(struct rmn_bytes lines);

/* What is wrong with a body; label is the charset that it declares, may be empty.  Of what is not text only
 * its encoding is looked at. */
const char *rmn_mail_body_damage(enum rmn_mail_encoding encoding, bool is_text, struct rmn_bytes label,
    struct rmn_bytes body);

#endif
