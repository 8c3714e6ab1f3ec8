/* SPDX-License-Identifier: MIT
 *
 * The set of sectors against one byte a sector. */
#include "base/sectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECTORS 200000u

static void
test_agrees_with_a_plain_array(void **state)
{
	unsigned char *plain = calloc(SECTORS, 1);
	struct rmn_sectors set;
	uint32_t seed = 1;

	(void)state;
	assert_true(rmn_sectors_init(&set, (uint64_t)SECTORS * 512));
	for (int round = 0; round < 400; round++) {
		uint32_t from = (seed = seed * 1664525 + 1013904223) % SECTORS, count, in = 0;

		count = (seed = seed * 1664525 + 1013904223) % (round % 4 ? 500 : 150000);
		if (from + count > SECTORS)
			count = SECTORS - from;
		if (round % 3)
			rmn_sectors_add(&set, (uint64_t)from * 512 + 1, (uint64_t)count * 512 -
			    (count > 0));
		else
			rmn_sectors_remove(&set, (uint64_t)from * 512, (uint64_t)count * 512);
		memset(plain + from, round % 3 != 0, count);
		from = (seed = seed * 1664525 + 1013904223) % SECTORS;
		for (uint32_t i = from; i < SECTORS; i++)
			in += plain[i];
		assert_int_equal(rmn_sectors_count(&set, (uint64_t)from * 512,
		    (uint64_t)SECTORS * 512), (uint64_t)in * 512);
		assert_int_equal(rmn_sectors_has(&set, (uint64_t)from * 512 + 511), plain[from]);
		for (int is_in = 0; is_in < 2; is_in++) {
			uint32_t at = from;

			while (at < SECTORS && plain[at] != is_in)
				at++;
			assert_int_equal(rmn_sectors_next(&set, (uint64_t)from * 512,
			    (uint64_t)SECTORS * 512, is_in), (uint64_t)at * 512);
		}
	}
	assert_false(set.failed);
	rmn_sectors_release(&set);
	free(plain);
}

static void
test_joins(void **state)
{
	struct rmn_sectors a, b;

	(void)state;
	assert_true(rmn_sectors_init(&a, 80000000));
	assert_true(rmn_sectors_init(&b, 80000000));
	rmn_sectors_add(&a, 0, 1024);
	rmn_sectors_add(&b, 512, 1024);
	rmn_sectors_add(&b, 33000000, 40000000);
	rmn_sectors_add(&b, 79999999, 1);
	rmn_sectors_join(&a, &b);
	assert_int_equal(rmn_sectors_count(&a, 0, 1536), 1536);
	assert_int_equal(rmn_sectors_count(&a, 0, 33000000), 1536 + 33000000 % 512);
	assert_int_equal(rmn_sectors_count(&a, 33000000, 40000000), 40000000);
	assert_true(rmn_sectors_has(&a, 79999999));
	assert_false(rmn_sectors_has(&a, 75000000));
	rmn_sectors_release(&a);
	rmn_sectors_release(&b);
}

static void
test_counts_bytes_of_a_part_of_a_sector(void **state)
{
	struct rmn_sectors set;

	(void)state;
	assert_true(rmn_sectors_init(&set, 5000));
	rmn_sectors_add(&set, 512, 1);
	assert_int_equal(rmn_sectors_count(&set, 600, 10), 10);
	assert_int_equal(rmn_sectors_count(&set, 0, 4096), 512);
	assert_int_equal(rmn_sectors_count(&set, 1000, 4096), 24);
	assert_int_equal(rmn_sectors_count(&set, UINT64_MAX - 5, UINT64_MAX), 0);
	assert_int_equal(rmn_sectors_next(&set, 0, 4096, true), 512);
	assert_int_equal(rmn_sectors_next(&set, 700, 4096, true), 700);
	assert_int_equal(rmn_sectors_next(&set, 700, 4096, false), 1024);
	rmn_sectors_add(&set, 4000, UINT64_MAX);
	assert_true(rmn_sectors_has(&set, 4999));
	rmn_sectors_release(&set);
}

static void
test_looks_through_several_at_once(void **state)
{
	const uint64_t size = 100000000, piece = 65536 * 512;
	struct rmn_sectors a, b, c;
	const struct rmn_sectors *const sets[] = {&a, &b, &c};
	const struct rmn_sectors *const empty[] = {&a};

	(void)state;
	assert_true(rmn_sectors_init(&a, size) && rmn_sectors_init(&b, size) &&
	    rmn_sectors_init(&c, size));
	assert_int_equal(rmn_sectors_next_of(empty, 1, 0, size, true), size);
	rmn_sectors_add(&a, 0, 512);
	rmn_sectors_add(&b, 512, 1024);
	rmn_sectors_add(&c, piece, piece);
	rmn_sectors_add(&b, 2 * piece, 512);
	assert_int_equal(rmn_sectors_next_of(sets, 3, 0, size, true), 0);
	assert_int_equal(rmn_sectors_next_of(sets, 3, 0, size, false), 1536);
	assert_int_equal(rmn_sectors_next_of(sets, 2, 1536, size, true), 2 * piece);
	assert_int_equal(rmn_sectors_next_of(sets, 3, 1536, size, true), piece);
	assert_int_equal(rmn_sectors_next_of(sets, 3, piece, size, false), 2 * piece + 512);
	assert_int_equal(rmn_sectors_next_of(sets, 3, 2 * piece + 512, size, true), size);
	rmn_sectors_release(&a);
	rmn_sectors_release(&b);
	rmn_sectors_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_a_plain_array),
		cmocka_unit_test(test_joins),
		cmocka_unit_test(test_looks_through_several_at_once),
		cmocka_unit_test(test_counts_bytes_of_a_part_of_a_sector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
