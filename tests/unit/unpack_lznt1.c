/* SPDX-License-Identifier: MIT
 *
 * LZNT1 units: known ones, damaged ones, and a file over them. */
#include "unpack/lznt1.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UNIT 65536u

/* Two flag bytes of literals, then a pair. */
static const unsigned char sample[] = {
	0x38, 0xb0, 0x88, 'F', '#', ' ', 'a', 'a', 'b', ' ', 0x02, 0x90,
};

static void
test_decodes_literals_and_pairs(void **state)
{
	/* "abcabcabcabc": three literals and one pair of distance 3, length 9. */
	static const unsigned char abc[] = {0x05, 0xb0, 0x08, 'a', 'b', 'c', 0x06, 0x20, 0, 0};
	unsigned char plain[UNIT];
	size_t good = 0;

	(void)state;
	assert_true(rmn_lznt1_unit((struct rmn_bytes){abc, sizeof(abc)}, plain, UNIT, &good));
	assert_int_equal(good, UNIT);
	assert_memory_equal(plain, "abcabcabcabc\0\0", 14);
}

/* A chunk that is stored, then one that is compressed to zeros: the second begins at 4096. */
static void
test_a_short_chunk_is_filled_with_zeros(void **state)
{
	static const unsigned char two[] = {0x01, 0x30, 'h', 'i', 0x01, 0xb0, 0x00, 'x'};
	unsigned char plain[UNIT];
	size_t good = 0;

	(void)state;
	assert_true(rmn_lznt1_unit((struct rmn_bytes){two, sizeof(two)}, plain, UNIT, &good));
	assert_memory_equal(plain, "hi\0", 3);
	assert_int_equal(plain[4095], 0);
	assert_memory_equal(plain + 4096, "x\0", 2);
}

/* How far back a pair may reach grows with the place in the chunk. */
static void
test_distance_takes_bits_from_length(void **state)
{
	unsigned char packed[64] = {0, 0}, plain[4096];
	size_t at = 2, good;

	(void)state;
	for (int group = 0; group < 2; group++) {
		packed[at++] = 0;
		for (int i = 0; i < 8; i++)
			packed[at++] = (unsigned char)('a' + group * 8 + i);
	}
	packed[at++] = 0x03;	/* at 16: 4 bits of distance; at 19: 5 */
	packed[at++] = 0x00;
	packed[at++] = 0xf0;	/* 16 back, 3 long: "abc" */
	packed[at++] = 0x00;
	packed[at++] = 0x90;	/* 19 back, 3 long: "abc" */
	packed[0] = (unsigned char)(at - 3);
	packed[1] = 0xb0;
	assert_true(rmn_lznt1_unit((struct rmn_bytes){packed, at}, plain, sizeof(plain), &good));
	assert_memory_equal(plain, "abcdefghijklmnopabcabc\0", 23);
}

static void
test_damage_is_told(void **state)
{
	static const struct {
		unsigned char packed[8];
		size_t size, good;
	} rows[] = {
		{{0x02, 0xb0, 0x01, 0x00, 0x00}, 5, 0},		/* a pair with nothing before it */
		{{0x05, 0xb0, 0x02, 'a', 0x00, 0x40, 0, 0}, 8, 1},	/* reaches too far back */
		{{0xff, 0x3f, 'a', 'b'}, 4, 0},			/* longer than its unit */
	};
	unsigned char plain[UNIT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t good = 99;

		assert_false(rmn_lznt1_unit((struct rmn_bytes){rows[i].packed, rows[i].size},
		    plain, UNIT, &good));
		assert_int_equal(good, rows[i].good);
		assert_int_equal(plain[UNIT - 1], 0);
	}
}

static void
test_every_cut_and_any_noise_ends(void **state)
{
	unsigned char noise[3000], plain[UNIT];
	uint32_t seed = 7;
	size_t good;

	(void)state;
	for (size_t size = 0; size <= sizeof(sample); size++)
		rmn_lznt1_unit((struct rmn_bytes){sample, size}, plain, UNIT, &good);
	for (int round = 0; round < 2000; round++) {
		size_t size = (seed = seed * 1664525 + 1013904223) % sizeof(noise);
		unsigned char *exact = malloc(size + 1);

		assert_non_null(exact);
		for (size_t i = 0; i < size; i++)
			exact[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
		if (size > 1)
			exact[1] |= 0x80;
		rmn_lznt1_unit((struct rmn_bytes){exact, size}, plain, 4096 * ((size_t)round % 17),
		    &good);
		assert_true(good <= UNIT);
		free(exact);
	}
}

/* Unit 0 is stored plain, 1 is a hole, 2 is compressed, 3 is compressed and damaged. */
static uint32_t
four_units(void *context, uint64_t unit)
{
	(void)context;
	return unit == 0 ? 8192 : unit == 1 ? 0 : 4096;
}

static void
test_a_file_over_its_units(void **state)
{
	static unsigned char stored[4 * 8192], plain[4 * 8192], again[4 * 8192];
	struct rmn_blob under = rmn_blob_from_bytes((struct rmn_bytes){stored, sizeof(stored)});
	struct rmn_lznt1_blob l;
	struct rmn_blob blob;
	size_t got;

	(void)state;
	memset(stored, 'p', 8192);
	memset(stored + 8192, 'n', 8192);	/* behind a hole: must not show */
	memcpy(stored + 2 * 8192, "\x05\xb0\x08" "abc\x06\x20", 8);
	memcpy(stored + 3 * 8192, "\x05\xb0\x08" "abc\x06\xf0", 8);
	assert_int_equal(rmn_lznt1_blob_init(&l, &under, 8192, four_units, NULL, 4 * 8192 - 100,
	    &blob, NULL), RMN_OK);
	assert_int_equal(rmn_blob_read(&blob, 0, plain, sizeof(plain), &got, NULL), RMN_OK);
	assert_int_equal(got, 4 * 8192 - 100);
	assert_int_equal(plain[8191], 'p');
	assert_int_equal(plain[8192], 0);
	assert_int_equal(plain[2 * 8192 - 1], 0);
	assert_memory_equal(plain + 2 * 8192, "abcabcabcabc\0", 13);
	assert_memory_equal(plain + 3 * 8192, "abc\0", 4);
	assert_int_equal(l.damaged_units, 1);
	for (uint64_t at = 0; at < blob.size_bytes; at += 1000) {
		assert_int_equal(rmn_blob_read(&blob, at, again, 1000, &got, NULL), RMN_OK);
		assert_memory_equal(again, plain + at, got);
	}
	rmn_lznt1_blob_release(&l);
	assert_int_equal(rmn_lznt1_blob_init(&l, &under, 0, four_units, NULL, 1, &blob, NULL),
	    RMN_CORRUPT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decodes_literals_and_pairs),
		cmocka_unit_test(test_a_short_chunk_is_filled_with_zeros),
		cmocka_unit_test(test_distance_takes_bits_from_length),
		cmocka_unit_test(test_damage_is_told),
		cmocka_unit_test(test_every_cut_and_any_noise_ends),
		cmocka_unit_test(test_a_file_over_its_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
