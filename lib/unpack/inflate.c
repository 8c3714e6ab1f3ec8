/* SPDX-License-Identifier: MIT */
#include "unpack/inflate.h"

#include <libdeflate.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/checked.h"

#define OUT_BYTES ((size_t)32 * 1024)

struct rmn_inflate {
	z_stream stream;
	bool is_started;		/* stream must be ended */
	enum rmn_inflate_state state;
	uint32_t crc;
	uint64_t size_bytes;
	struct libdeflate_decompressor *whole;	/* made when first used */
	unsigned char out[OUT_BYTES];
};

struct rmn_inflate *
rmn_inflate_new(void)
{
	struct rmn_inflate *i = malloc(sizeof(*i));

	if (!i)
		return NULL;
	i->stream = (z_stream){0};
	i->is_started = false;
	i->whole = NULL;
	rmn_inflate_restart(i);
	if (i->state != RMN_INFLATE_BAD)
		return i;
	rmn_inflate_free(i);
	return NULL;
}

void
rmn_inflate_free(struct rmn_inflate *s)
{
	if (!s)
		return;
	if (s->is_started)
		inflateEnd(&s->stream);
	libdeflate_free_decompressor(s->whole);
	free(s);
}

void
rmn_inflate_restart(struct rmn_inflate *s)
{
	int status;

	if (s->is_started) {
		status = inflateReset(&s->stream);
	} else {
		s->stream = (z_stream){0};
		status = inflateInit2(&s->stream, -MAX_WBITS);
		s->is_started = status == Z_OK;
	}
	s->state = status == Z_OK ? RMN_INFLATE_MORE : RMN_INFLATE_BAD;
	s->crc = 0;
	s->size_bytes = 0;
}

bool
rmn_inflate_copy(struct rmn_inflate *to, const struct rmn_inflate *from)
{
	z_stream *source = (z_stream *)(uintptr_t)&from->stream;	/* which zlib only reads */

	if (to->is_started)
		inflateEnd(&to->stream);
	to->is_started = from->is_started && inflateCopy(&to->stream, source) == Z_OK;
	to->state = to->is_started ? from->state : RMN_INFLATE_BAD;
	to->crc = from->crc;
	to->size_bytes = from->size_bytes;
	return to->is_started;
}

/* One call of zlib: its output is summed and shown. */
static int
feed_step(struct rmn_inflate *s, bool (*listen)(void *context, struct rmn_bytes output),
    void *context)
{
	struct rmn_bytes output = {s->out, 0};
	int status;

	s->stream.next_out = s->out;
	s->stream.avail_out = OUT_BYTES;
	status = inflate(&s->stream, Z_NO_FLUSH);
	output.size = OUT_BYTES - s->stream.avail_out;
	s->crc = libdeflate_crc32(s->crc, output.data, output.size);
	s->size_bytes += output.size;
	if (output.size > 0 && listen && !listen(context, output))
		return Z_DATA_ERROR;
	return status;
}

enum rmn_inflate_state
rmn_inflate_feed(struct rmn_inflate *s, struct rmn_bytes input, size_t *used,
    bool (*listen)(void *context, struct rmn_bytes output), void *context)
{
	size_t at = 0;

	while (s->state == RMN_INFLATE_MORE && at < input.size) {
		size_t part = rmn_min_size(input.size - at, INT_MAX);
		int status = Z_OK;

		s->stream.next_in = (unsigned char *)(uintptr_t)(input.data + at);
		s->stream.avail_in = (uInt)part;
		do {
			status = feed_step(s, listen, context);
		} while (status == Z_OK && (s->stream.avail_in > 0 ||
		    s->stream.avail_out == 0));
		at += part - s->stream.avail_in;
		s->stream.next_in = NULL;
		s->stream.avail_in = 0;
		if (status == Z_STREAM_END)
			s->state = RMN_INFLATE_END;
		else if (status != Z_OK && status != Z_BUF_ERROR)
			s->state = RMN_INFLATE_BAD;
	}
	*used = at;
	return s->state;
}

uint32_t
rmn_inflate_crc(const struct rmn_inflate *s)
{
	return s->crc;
}

uint64_t
rmn_inflate_size(const struct rmn_inflate *s)
{
	return s->size_bytes;
}

bool
rmn_inflate_whole(struct rmn_inflate *s, struct rmn_bytes input, size_t out_limit,
    struct rmn_buf *out, size_t *used)
{
	size_t got = 0;

	if (!s->whole)
		s->whole = libdeflate_alloc_decompressor();
	rmn_buf_clear(out);
	if (!s->whole || !rmn_buf_reserve(out, out_limit + 1))
		return false;
	if (libdeflate_deflate_decompress_ex(s->whole, input.data, input.size, out->data,
	    out_limit, used, &got) != LIBDEFLATE_SUCCESS)
		return false;
	out->size = got;
	return true;
}

uint32_t
rmn_crc32_join(uint32_t crc_a, uint32_t crc_b, uint64_t size_b)
{
	return (uint32_t)crc32_combine64(crc_a, crc_b, (z_off64_t)size_b);
}
