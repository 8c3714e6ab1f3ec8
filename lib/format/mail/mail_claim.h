/* SPDX-License-Identifier: MIT
 *
 * What looks like a mail, and where it is in its file. */
#ifndef RMN_FORMAT_MAIL_CLAIM_H
#define RMN_FORMAT_MAIL_CLAIM_H

#include "base/bytes.h"

/* Apple Mail puts the size of the message on a line before it, and a property list behind it. */
struct rmn_mail_frame {
	struct rmn_bytes message;
	struct rmn_bytes list;		/* empty in other files */
	bool is_cut;			/* there is less than the size says */
};

struct rmn_mail_frame rmn_mail_frame_read(struct rmn_bytes bytes);

/* Bits for a file that starts with head, as struct rmn_format has them; the name may be empty. */
unsigned rmn_mail_claim(struct rmn_bytes head, struct rmn_bytes name_of_file);

#endif
