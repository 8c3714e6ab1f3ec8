/* SPDX-License-Identifier: MIT
 *
 * A few words in the encodings of evidence: the reverse of charset/, for the literals that are
 * looked for. */
#ifndef RMN_DETECT_ENCODE_H
#define RMN_DETECT_ENCODE_H

#include "base/buf.h"
#include "base/encoding.h"

struct rmn_encoder;

struct rmn_encoder *rmn_encoder_new(void);	/* NULL when out of memory */
void rmn_encoder_free(struct rmn_encoder *encoder);

/* Appends utf8 in the encoding; false, with nothing appended, when it cannot be written there.
 * ISO-2022-JP gives the bytes between the escapes, and only for text wholly in JIS X 0208. */
bool rmn_encode(const struct rmn_encoder *encoder, struct rmn_bytes utf8,
    enum rmn_encoding encoding, struct rmn_buf *out);

#endif
