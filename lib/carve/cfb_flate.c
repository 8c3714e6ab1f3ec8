/* SPDX-License-Identifier: MIT
 *
 * zlib streams (RFC 1950) inside compound files: embedded objects and metafiles of PowerPoint, and
 * whatever stream begins like one.  Their Adler-32 is the only checksum a compound file may hold. */
#include "base/checked.h"
#include "carve/cfb.h"
#include "base/number.h"
#include "unpack/inflate.h"

#define ADLER_MODULUS 65521u
#define ADLER_RUN 5552u		/* bytes before the sums can overflow 32 bits */
#define KNOWN_FROM 4096u	/* bytes of output, before a break means anything */

struct adler {
	uint32_t low, high;
};

static bool
adler_add(void *context, struct rmn_bytes bytes)
{
	struct adler *a = context;

	for (size_t at = 0; at < bytes.size;) {
		size_t stop = rmn_min_size(bytes.size, at + ADLER_RUN);

		for (; at < stop; at++) {
			a->low += bytes.data[at];
			a->high += a->low;
		}
		a->low %= ADLER_MODULUS;
		a->high %= ADLER_MODULUS;
	}
	return true;
}

static bool
head_fits(const unsigned char *p)
{
	return (p[0] & 0x0F) == 8 && p[0] >> 4 <= 7 && !(p[1] & 0x20) && rmn_be16(p) % 31 == 0;
}

/* Feeds until the end of the data; *at is then behind what was used. */
static enum rmn_inflate_state
stream_feed(struct cfb_window *w, uint64_t *at, uint64_t end, struct rmn_inflate *inflate,
    struct adler *adler)
{
	enum rmn_inflate_state state = RMN_INFLATE_MORE;

	while (state == RMN_INFLATE_MORE && *at < end) {
		size_t part = (size_t)rmn_min_u64(end - *at, CFB_WINDOW_BYTES), used = 0;
		const unsigned char *p = cfb_window_at(w, *at, part);

		if (!p)
			return RMN_INFLATE_BAD;
		state = rmn_inflate_feed(inflate, (struct rmn_bytes){p, part}, &used, adler_add, adler);
		*at += used;
		if (used == 0 && state == RMN_INFLATE_MORE)
			return RMN_INFLATE_BAD;
	}
	return state;
}

bool
cfb_zlib_check(struct cfb_window *w, uint64_t offset, uint64_t end, uint64_t *broken_at)
{
	const unsigned char *p = end - offset >= 8 ? cfb_window_at(w, offset, 2) : NULL;
	struct rmn_inflate *inflate = p && head_fits(p) ? rmn_inflate_new() : NULL;
	struct adler adler = {1, 0};
	enum rmn_inflate_state state;
	uint64_t at = offset + 2;
	bool is_known;

	*broken_at = UINT64_MAX;
	if (!inflate)
		return false;
	state = stream_feed(w, &at, end, inflate, &adler);
	is_known = rmn_inflate_size(inflate) >= KNOWN_FROM || state == RMN_INFLATE_END;
	rmn_inflate_free(inflate);
	/* PowerPoint leaves the end of some streams away. */
	p = state == RMN_INFLATE_END && end - at >= 4 ? cfb_window_at(w, at, 4) : NULL;
	if (state == RMN_INFLATE_BAD || (p && rmn_be32(p) != (adler.high << 16 | adler.low)))
		*broken_at = at < end ? at : end - 1;
	return is_known;
}

bool
cfb_check_zlib(const struct cfb_stream *stream, struct cfb_verdict *verdict)
{
	struct cfb_window w;

	*verdict = (struct cfb_verdict){.broken_at = UINT64_MAX};
	if (!cfb_window_init(&w, stream) ||
	    !cfb_zlib_check(&w, 0, stream->size, &verdict->broken_at))
		return false;
	/* Nothing is sure in front of the break: a wrong byte may go unnoticed for long. */
	verdict->good_bytes = verdict->broken_at == UINT64_MAX ? stream->size : 2;
	return true;
}
