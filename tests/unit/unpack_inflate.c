/* SPDX-License-Identifier: MIT
 *
 * Deflate in pieces of every size, copies of its state, and CRCs that are joined. */
#include "unpack/inflate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "unpack/checksum.h"

#define PLAIN_BYTES ((size_t)100000)

struct sample {
	unsigned char *plain, *packed;
	size_t packed_bytes;
};

static void
sample_make(struct sample *s)
{
	uLongf size = compressBound(PLAIN_BYTES);
	z_stream z = {0};

	s->plain = malloc(PLAIN_BYTES);
	s->packed = malloc(size);
	assert_non_null(s->plain);
	assert_non_null(s->packed);
	for (size_t i = 0; i < PLAIN_BYTES; i++)
		s->plain[i] = (unsigned char)("the quick brown fox "[i % 20] ^ (int)(i / 777 % 3));
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = s->plain;
	z.avail_in = PLAIN_BYTES;
	z.next_out = s->packed;
	z.avail_out = (uInt)size;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	s->packed_bytes = size - z.avail_out;
	deflateEnd(&z);
}

static void
sample_free(struct sample *s)
{
	free(s->plain);
	free(s->packed);
}

static void
test_pieces_of_every_size(void **state)
{
	static const size_t pieces[] = {1, 2, 7, 100, 4096, 1 << 20};
	struct rmn_inflate *inflate = rmn_inflate_new();
	struct sample s;

	(void)state;
	sample_make(&s);
	assert_non_null(inflate);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		size_t at = 0, used;

		rmn_inflate_restart(inflate);
		while (at < s.packed_bytes) {
			size_t part = s.packed_bytes - at < pieces[i] ? s.packed_bytes - at :
			    pieces[i];
			enum rmn_inflate_state now = rmn_inflate_feed(inflate,
			    (struct rmn_bytes){s.packed + at, part}, &used, NULL, NULL);

			assert_int_equal(used, part);
			at += used;
			assert_int_equal(now, at < s.packed_bytes ? RMN_INFLATE_MORE :
			    RMN_INFLATE_END);
		}
		assert_int_equal(rmn_inflate_size(inflate), PLAIN_BYTES);
		assert_int_equal(rmn_inflate_crc(inflate), rmn_crc32(0, s.plain, PLAIN_BYTES));
		/* What follows the end is not the stream's. */
		assert_int_equal(rmn_inflate_feed(inflate, (struct rmn_bytes){s.packed, 1}, &used,
		    NULL, NULL), RMN_INFLATE_END);
		assert_int_equal(used, 0);
	}
	rmn_inflate_free(inflate);
	sample_free(&s);
}

static void
test_a_copy_goes_on_by_itself(void **state)
{
	struct rmn_inflate *first = rmn_inflate_new(), *second = rmn_inflate_new();
	struct sample s;
	unsigned char wrong[64];
	size_t used, half;

	(void)state;
	memset(wrong, 0xff, sizeof(wrong));
	sample_make(&s);
	half = s.packed_bytes / 2;
	assert_int_equal(rmn_inflate_feed(first, (struct rmn_bytes){s.packed, half}, &used, NULL,
	    NULL), RMN_INFLATE_MORE);
	for (int i = 0; i < 3; i++) {
		rmn_inflate_copy(second, first);
		assert_int_equal(rmn_inflate_size(second), rmn_inflate_size(first));
		rmn_inflate_feed(second, (struct rmn_bytes){wrong, sizeof(wrong)}, &used, NULL, NULL);
	}
	rmn_inflate_copy(second, first);
	rmn_inflate_free(first);
	assert_int_equal(rmn_inflate_feed(second, (struct rmn_bytes){s.packed + half,
	    s.packed_bytes - half}, &used, NULL, NULL), RMN_INFLATE_END);
	assert_int_equal(rmn_inflate_crc(second), rmn_crc32(0, s.plain, PLAIN_BYTES));
	rmn_inflate_free(second);
	sample_free(&s);
}

static bool
refuse_late(void *context, struct rmn_bytes output)
{
	size_t *seen = context;

	*seen += output.size;
	return *seen < 50000;
}

static void
test_the_listener_may_refuse(void **state)
{
	struct rmn_inflate *inflate = rmn_inflate_new();
	size_t used, seen = 0;
	struct sample s;

	(void)state;
	sample_make(&s);
	assert_int_equal(rmn_inflate_feed(inflate, (struct rmn_bytes){s.packed, s.packed_bytes},
	    &used, refuse_late, &seen), RMN_INFLATE_BAD);
	assert_in_range(seen, 50000, 50000 + 32768);
	rmn_inflate_free(inflate);
	sample_free(&s);
}

static void
test_whole(void **state)
{
	struct rmn_inflate *inflate = rmn_inflate_new();
	struct rmn_buf out;
	struct sample s;
	size_t used;

	(void)state;
	sample_make(&s);
	rmn_buf_init(&out, 0);
	assert_true(rmn_inflate_whole(inflate, (struct rmn_bytes){s.packed, s.packed_bytes},
	    PLAIN_BYTES, &out, &used));
	assert_int_equal(used, s.packed_bytes);
	assert_int_equal(out.size, PLAIN_BYTES);
	assert_memory_equal(out.data, s.plain, PLAIN_BYTES);
	assert_false(rmn_inflate_whole(inflate, (struct rmn_bytes){s.packed, s.packed_bytes},
	    PLAIN_BYTES - 1, &out, &used));
	assert_false(rmn_inflate_whole(inflate, (struct rmn_bytes){s.packed, s.packed_bytes - 1},
	    PLAIN_BYTES, &out, &used));
	rmn_buf_release(&out);
	rmn_inflate_free(inflate);
	sample_free(&s);
}

static void
test_joined_sums(void **state)
{
	struct sample s;

	(void)state;
	sample_make(&s);
	for (size_t cut = 0; cut <= PLAIN_BYTES; cut += 12500)
		assert_int_equal(rmn_crc32_join(rmn_crc32(0, s.plain, cut),
		    rmn_crc32(0, s.plain + cut, PLAIN_BYTES - cut), PLAIN_BYTES - cut),
		    rmn_crc32(0, s.plain, PLAIN_BYTES));
	sample_free(&s);
}

/* --- beside zlib */

static uint64_t
next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* A stream of one of several kinds, most of them damaged. */
static size_t
stream_make(uint64_t *seed, unsigned char *plain, unsigned char *packed, size_t room)
{
	size_t size = next_random(seed) % (next_random(seed) % 4 ? 3000 : PLAIN_BYTES) + 1, packed_size;
	unsigned kind = (unsigned)(next_random(seed) % 4);
	z_stream z = {0};

	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)next_random(seed);

		plain[i] = kind == 0 ? byte : kind == 1 ? (unsigned char)("abcd"[byte % 4]) :
		    kind == 2 ? (unsigned char)(i / 300) : i > 700 && byte < 250 ?
		    plain[i - 700 + byte % 3] : byte;
	}
	assert_int_equal(deflateInit2(&z, (int)(next_random(seed) % 10), Z_DEFLATED, -15, 8,
	    (int)(next_random(seed) % 5)), Z_OK);
	z.next_in = plain;
	z.avail_in = (uInt)size;
	z.next_out = packed;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed_size = room - z.avail_out;
	deflateEnd(&z);
	for (unsigned damage = (unsigned)(next_random(seed) % 4); damage > 0; damage--)
		packed[next_random(seed) % packed_size] ^= (unsigned char)(1 << damage);
	return packed_size;
}

/* What zlib makes of it. */
struct judged {
	enum rmn_inflate_state state;
	size_t used, size;
	uint32_t crc;
};

static struct judged
judge(const unsigned char *packed, size_t size)
{
	static unsigned char out[2 * PLAIN_BYTES];
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed, .avail_in = (uInt)size,
	    .next_out = out, .avail_out = sizeof(out)};
	struct judged j;
	int status;

	assert_int_equal(inflateInit2(&z, -15), Z_OK);
	status = inflate(&z, Z_NO_FLUSH);
	j.state = status == Z_STREAM_END ? RMN_INFLATE_END :
	    status == Z_OK || status == Z_BUF_ERROR ? RMN_INFLATE_MORE : RMN_INFLATE_BAD;
	j.used = size - z.avail_in;
	j.size = sizeof(out) - z.avail_out;
	j.crc = rmn_crc32(0, out, j.size);
	inflateEnd(&z);
	return j;
}

/* The same output, the same end, and broken at the same byte, however it is cut and copied. */
static void
test_zlib_says_the_same(void **state)
{
	static unsigned char plain[PLAIN_BYTES], packed[2 * PLAIN_BYTES];
	struct rmn_inflate *two[2] = {rmn_inflate_new(), rmn_inflate_new()};
	uint64_t seed = 88172645463325252u;
	unsigned now = 0;

	(void)state;
	for (unsigned round = 0; round < 1000; round++) {
		size_t size = stream_make(&seed, plain, packed, sizeof(packed)), at = 0, used;
		size_t piece = next_random(&seed) % 3 ? 1 + next_random(&seed) % 9000 :
		    1 + next_random(&seed) % 20;
		enum rmn_inflate_state got = RMN_INFLATE_MORE;
		struct judged j = judge(packed, size);

		rmn_inflate_restart(two[now]);
		while (at < size && got == RMN_INFLATE_MORE) {
			size_t part = size - at < piece ? size - at : piece;

			if (next_random(&seed) % 4 == 0) {
				rmn_inflate_copy(two[!now], two[now]);
				rmn_inflate_feed(two[now], (struct rmn_bytes){packed, part}, &used,
				    NULL, NULL);
				now = !now;
			}
			got = rmn_inflate_feed(two[now], (struct rmn_bytes){packed + at, part},
			    &used, NULL, NULL);
			at += used;
		}
		assert_int_equal(got, j.state);
		assert_int_equal(at, j.used);
		assert_int_equal(rmn_inflate_size(two[now]), j.size);
		assert_int_equal(rmn_inflate_crc(two[now]), j.crc);
	}
	rmn_inflate_free(two[0]);
	rmn_inflate_free(two[1]);
}

/* Codes that are no set: too many, too few, none for the end; and one distance of one bit, or none, which
 * are. */
static void
test_odd_codes(void **state)
{
	static const struct {
		unsigned char bytes[16];
		size_t size;
	} rows[] = {
		{{0x05, 0xe0, 0x81, 0x08, 0x00, 0x00, 0x00, 0x00, 0x20, 0x7f, 0xeb, 0x0b, 0x00, 0x00},
		    14},
		{{0x05, 0xc0, 0x81, 0x08, 0x00, 0x00, 0x00, 0x00, 0x20, 0x7f, 0xeb, 0x0b, 0x00, 0x00},
		    14},
		{{0x0c, 0xc0, 0x81, 0x00, 0x00, 0x00, 0x00, 0x00, 0x90, 0xff, 0x6b, 0x04}, 12},
		{{0x04, 0xc0, 0x81, 0x08, 0x00, 0x00, 0x00, 0x00, 0x20, 0x7f, 0xeb, 0x0b}, 12},
		{{0xfc, 0x00, 0x00}, 3}, {{0x04, 0x00, 0xfe, 0xff}, 4},
		{{0x04, 0x00, 0x24, 0x49}, 4}, {{0x04, 0x00, 0x24, 0xe9, 0xff, 0xff}, 6},
		{{0x04, 0x00, 0x24, 0xe9, 0xff, 0x6d}, 6}, {{0x06}, 1}, {{0x02, 0x7e, 0xff, 0xff}, 4},
		{{0x0c, 0xc0, 0x81, 0x00, 0x00, 0x00, 0x00, 0x00, 0x90, 0xff, 0x6b, 0x04}, 11},
		{{0x01, 0x01, 0x00, 0xfe, 0xff, 0x41}, 6}, {{0x01, 0x01, 0x00, 0xff, 0xff, 0x41}, 6},
		{{0x4b, 0x04, 0x02, 0x00}, 4}, {{0x1a, 0x07, 0x00}, 3},
	};
	struct rmn_inflate *stream = rmn_inflate_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct judged j = judge(rows[i].bytes, rows[i].size);
		size_t used;

		rmn_inflate_restart(stream);
		assert_int_equal(rmn_inflate_feed(stream, (struct rmn_bytes){rows[i].bytes,
		    rows[i].size}, &used, NULL, NULL), j.state);
		assert_int_equal(used, j.used);
		assert_int_equal(rmn_inflate_size(stream), j.size);
	}
	rmn_inflate_free(stream);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_every_size),
		cmocka_unit_test(test_a_copy_goes_on_by_itself),
		cmocka_unit_test(test_the_listener_may_refuse),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_joined_sums),
		cmocka_unit_test(test_zlib_says_the_same),
		cmocka_unit_test(test_odd_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
