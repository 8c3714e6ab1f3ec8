/* SPDX-License-Identifier: MIT
 *
 * Raw deflate (RFC 1951) for those who want to know whether bytes are a stream, and where they stop to be
 * one: read in pieces, copied to try what might come next, or whole and fast.  Nothing is kept of the
 * output but its CRC-32 and its size, and the last 32 KiB (docs/decisions/0016-inflate.md). */
#ifndef RMN_UNPACK_INFLATE_H
#define RMN_UNPACK_INFLATE_H

#include "base/buf.h"

enum rmn_inflate_state {
	RMN_INFLATE_MORE,	/* fine so far */
	RMN_INFLATE_END,	/* the stream is complete */
	RMN_INFLATE_BAD,	/* no deflate, or the listener said no, or out of memory */
};

struct rmn_inflate;

/* At the start of a stream.  NULL when out of memory. */
struct rmn_inflate *rmn_inflate_new(void);
void rmn_inflate_free(struct rmn_inflate *inflate);	/* takes NULL */

/* Back to the start of a stream. */
void rmn_inflate_restart(struct rmn_inflate *inflate);

/* Makes to, another one, go on where from stands.  Cheap, and cannot fail: both use what is there
 * already, and each writes on for itself.  All of one thread. */
void rmn_inflate_copy(struct rmn_inflate *to, struct rmn_inflate *from);

/* Reads on.  *used: bytes of input that belong to the stream; after BAD those up to the last bit that
 * shows that it is none.  listen, unless NULL, sees the output, up to 32 KiB at a time, and may refuse it. */
enum rmn_inflate_state rmn_inflate_feed(struct rmn_inflate *inflate, struct rmn_bytes input,
    size_t *used, bool (*listen)(void *context, struct rmn_bytes output), void *context);

/* Of the output so far. */
uint32_t rmn_inflate_crc(const struct rmn_inflate *inflate);
uint64_t rmn_inflate_size(const struct rmn_inflate *inflate);

/* A stream that is wholly in memory, three times as fast: into out (replaced).  False when it is broken,
 * not complete or its output larger than out_limit bytes.  The feeding state stays as it is. */
bool rmn_inflate_whole(struct rmn_inflate *inflate, struct rmn_bytes input, size_t out_limit,
    struct rmn_buf *out, size_t *used);

/* A stream in memory that may be cut, or have no end: appends what comes of it to out.  BAD without memory, too. */
enum rmn_inflate_state rmn_inflate_append(struct rmn_bytes input, struct rmn_buf *out);

/* The CRC-32 (unpack/checksum.h) of a followed by b, from the two and b's length. */
uint32_t rmn_crc32_join(uint32_t crc_a, uint32_t crc_b, uint64_t size_b);

#endif
