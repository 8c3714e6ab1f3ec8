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
		assert_true(rmn_inflate_copy(second, first));
		assert_int_equal(rmn_inflate_size(second), rmn_inflate_size(first));
		rmn_inflate_feed(second, (struct rmn_bytes){wrong, sizeof(wrong)}, &used, NULL, NULL);
	}
	assert_true(rmn_inflate_copy(second, first));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_of_every_size),
		cmocka_unit_test(test_a_copy_goes_on_by_itself),
		cmocka_unit_test(test_the_listener_may_refuse),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_joined_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
