/* SPDX-License-Identifier: MIT
 *
 * What a program that reads for us says, passed on to the sink of the reading.  A frame that breaks the protocol is
 * refused; what the sink says is kept, and nothing more is passed once it wants no more. */
#ifndef RMN_FORMAT_RELAY_H
#define RMN_FORMAT_RELAY_H

#include "base/sink.h"

struct rmn_relay {
	const struct rmn_sink *sink;
	enum rmn_status status;		/* not RMN_OK: the sink wants no more */
	uint64_t text_bytes;
};

/* False when the payload is no frame of this kind, or there is more text than an item may have. */
bool rmn_relay_text(struct rmn_relay *relay, struct rmn_bytes payload);
bool rmn_relay_missing(struct rmn_relay *relay, struct rmn_bytes payload);

#endif
