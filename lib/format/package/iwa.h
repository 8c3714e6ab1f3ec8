/* SPDX-License-Identifier: MIT
 *
 * The archives inside Pages, Numbers and Keynote documents since 2013: snappy without check sums around
 * protocol buffers. */
#ifndef RMN_FORMAT_IWA_H
#define RMN_FORMAT_IWA_H

#include "base/buf.h"
#include "base/cursor.h"

/* Unpacks an archive and appends it.  False where it is broken: what came before is there. */
bool rmn_iwa_unpack(struct rmn_bytes packed, struct rmn_buf *out);

/* One message of an archive. */
struct rmn_iwa_message {
	uint64_t type;
	struct rmn_bytes body;
};

typedef void rmn_iwa_taker(void *context, const struct rmn_iwa_message *message);

/* Each message of an unpacked archive.  False when it did not hold to its end. */
bool rmn_iwa_messages(struct rmn_bytes archive, rmn_iwa_taker *take, void *context);

/* One field of a message: bytes for strings and messages, number for the rest. */
struct rmn_iwa_field {
	uint64_t id;
	bool has_bytes;
	struct rmn_bytes bytes;
	uint64_t number;
};

/* The next field; false at the end, or where the bytes are no message. */
bool rmn_iwa_field_next(struct rmn_cursor *c, struct rmn_iwa_field *field);

#endif
