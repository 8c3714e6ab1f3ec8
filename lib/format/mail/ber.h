/* SPDX-License-Identifier: MIT
 *
 * BER and DER (X.690): one element after the other.  Nothing is copied. */
#ifndef RMN_FORMAT_BER_H
#define RMN_FORMAT_BER_H

#include "base/bytes.h"

enum rmn_ber_tag {
	RMN_BER_INTEGER = 0x02,
	RMN_BER_OCTETS = 0x04,
	RMN_BER_OID = 0x06,
	RMN_BER_UTF8 = 0x0C,
	RMN_BER_PRINTABLE = 0x13,
	RMN_BER_TELETEX = 0x14,
	RMN_BER_IA5 = 0x16,
	RMN_BER_BMP = 0x1E,
	RMN_BER_SEQUENCE = 0x30,
	RMN_BER_SET = 0x31,
	RMN_BER_CONTEXT_0 = 0xA0,
};

struct rmn_ber {
	unsigned tag;			/* the first byte; 0 at the end of an element without a length */
	bool is_constructed;
	bool is_cut;			/* it says that it is longer than there are bytes */
	bool is_open;			/* without a length: content is all that follows */
	struct rmn_bytes content;
};

/* Takes the element that *rest starts with, and moves *rest behind it; of one without a length only
 * its head is stepped over when enter is true, and so of every constructed one.  False at the end,
 * or where no element starts. */
bool rmn_ber_next(struct rmn_bytes *rest, bool enter, struct rmn_ber *element);

#endif
