/* SPDX-License-Identifier: MIT
 *
 * Deflate in pieces, in copies, beside zlib: both must say the same of every byte. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/fuzz/fuzz.h"
#include "unpack/inflate.h"

#define OUT_MAX ((size_t)1 << 20)

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

struct output {
	unsigned char *bytes;
	size_t size;
};

static bool
keep(void *context, struct rmn_bytes bytes)
{
	struct output *o = context;

	if (bytes.size > OUT_MAX - o->size)
		return false;
	memcpy(o->bytes + o->size, bytes.data, bytes.size);
	o->size += bytes.size;
	return true;
}

/* What zlib makes of the input; its state as ours. */
static enum rmn_inflate_state
judge(const uint8_t *data, size_t size, struct output *o, size_t *used)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)data, .avail_in = (uInt)size,
	    .next_out = o->bytes, .avail_out = OUT_MAX};
	int status;

	if (inflateInit2(&z, -15) != Z_OK)
		abort();
	status = inflate(&z, Z_NO_FLUSH);
	o->size = OUT_MAX - z.avail_out;
	*used = size - z.avail_in;
	inflateEnd(&z);
	return status == Z_STREAM_END ? RMN_INFLATE_END :
	    status == Z_OK || status == Z_BUF_ERROR ? RMN_INFLATE_MORE : RMN_INFLATE_BAD;
}

static enum rmn_inflate_state
in_pieces(const uint8_t *data, size_t size, size_t piece, struct output *o, size_t *used)
{
	struct rmn_inflate *two[2] = {rmn_inflate_new(), rmn_inflate_new()};
	enum rmn_inflate_state state = RMN_INFLATE_MORE;
	unsigned now = 0;

	if (!two[0] || !two[1])
		abort();
	*used = 0;
	while (*used < size && state == RMN_INFLATE_MORE) {
		size_t left = size - *used, part;

		/* The state that is left behind reads something else. */
		rmn_inflate_copy(two[!now], two[now]);
		rmn_inflate_feed(two[now], (struct rmn_bytes){data, left < 300 ? left : 300}, &part,
		    NULL, NULL);
		now = !now;
		state = rmn_inflate_feed(two[now], (struct rmn_bytes){data + *used,
		    left < piece ? left : piece}, &part, keep, o);
		*used += part;
	}
	rmn_inflate_free(two[0]);
	rmn_inflate_free(two[1]);
	return state;
}

/* The first byte: how large the pieces are. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = {1, 7, 64, 300, 4096, 1 << 20};
	struct output ours = {malloc(OUT_MAX), 0}, theirs = {malloc(OUT_MAX), 0};
	size_t used, wanted;

	if (size > 0 && ours.bytes && theirs.bytes) {
		enum rmn_inflate_state state = judge(data + 1, size - 1, &theirs, &wanted);
		enum rmn_inflate_state got = in_pieces(data + 1, size - 1, pieces[data[0] % 6], &ours,
		    &used);

		/* More output than there is room for is as far as this goes. */
		if (theirs.size < OUT_MAX && (state != got || used != wanted ||
		    ours.size != theirs.size ||
		    memcmp(ours.bytes, theirs.bytes, ours.size) != 0))
			abort();
	}
	free(ours.bytes);
	free(theirs.bytes);
	return 0;
}
