/* SPDX-License-Identifier: MIT
 *
 * Sets of bytes: checked against a plain array of flags, over pseudo-random runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fs/inodes.h"
#include "fs/ranges.h"

#define WORLD 512

static uint32_t seed = 12345;

static uint32_t
next_random(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void
fill(struct rmn_ranges *set, unsigned char *flags, int runs)
{
	memset(flags, 0, WORLD);
	for (int i = 0; i < runs; i++) {
		uint32_t start = next_random(WORLD), length = next_random(40);

		if (start + length > WORLD)
			length = WORLD - start;
		rmn_ranges_add(set, start, start + length, 0);
		memset(flags + start, 1, length);
	}
}

static void
expect(struct rmn_ranges *set, const unsigned char *flags)
{
	unsigned char got[WORLD] = {0};
	uint64_t total = 0, end = 0;

	rmn_ranges_normalise(set);
	for (size_t i = 0; i < set->count; i++) {
		assert_true(set->runs[i].start < set->runs[i].end);
		assert_true(i == 0 || set->runs[i].start > end);
		end = set->runs[i].end;
		assert_true(end <= WORLD);
		memset(got + set->runs[i].start, 1, (size_t)(end - set->runs[i].start));
	}
	assert_memory_equal(got, flags, WORLD);
	for (size_t i = 0; i < WORLD; i++)
		total += flags[i];
	assert_int_equal(rmn_ranges_total(set), total);
}

static void
test_sets(void **state)
{
	(void)state;
	for (int round = 0; round < 500; round++) {
		struct rmn_ranges a = {0}, b = {0};
		unsigned char x[WORLD], y[WORLD];
		bool inside = round % 2;

		fill(&a, x, (int)next_random(20));
		fill(&b, y, (int)next_random(20));
		if (inside)
			rmn_ranges_intersect(&a, &b);
		else
			rmn_ranges_subtract(&a, &b);
		for (size_t i = 0; i < WORLD; i++)
			x[i] = x[i] && (inside ? y[i] : !y[i]);
		expect(&a, x);
		expect(&b, y);
		rmn_ranges_release(&a);
		rmn_ranges_release(&b);
	}
}

static void
test_growth(void **state)
{
	struct rmn_ranges set = {0};

	(void)state;
	for (uint64_t i = 0; i < 100000; i++)
		rmn_ranges_add(&set, i * 7919 % 100000 * 10, i * 7919 % 100000 * 10 + 10, 0);
	rmn_ranges_normalise(&set);
	assert_int_equal(set.count, 1);
	assert_int_equal(rmn_ranges_total(&set), 1000000);
	rmn_ranges_release(&set);
}

static void
test_owners(void **state)
{
	struct rmn_ranges set = {0};

	(void)state;
	rmn_ranges_add(&set, 10, 30, 2);
	rmn_ranges_add(&set, 20, 40, 1);
	rmn_ranges_add(&set, 0, 10, 2);
	rmn_ranges_add(&set, 5, 4, 9);
	rmn_ranges_normalise(&set);
	assert_int_equal(set.count, 2);
	assert_int_equal(set.runs[0].start, 0);
	assert_int_equal(set.runs[0].end, 30);
	assert_int_equal(set.runs[0].owner, 2);
	assert_int_equal(set.runs[1].start, 30);
	assert_int_equal(set.runs[1].end, 40);
	assert_int_equal(set.runs[1].owner, 1);
	rmn_ranges_release(&set);
}

static void
test_inodes(void **state)
{
	struct rmn_inodes set = {0};

	(void)state;
	for (uint64_t i = 0; i < 50000; i++)
		assert_true(rmn_inodes_add(&set, i * 1000003 + (i & 1 ? 1ull << 40 : 0)));
	for (uint64_t i = 0; i < 50000; i++)
		assert_false(rmn_inodes_add(&set, i * 1000003 + (i & 1 ? 1ull << 40 : 0)));
	assert_true(rmn_inodes_add(&set, UINT64_MAX));
	assert_false(rmn_inodes_add(&set, UINT64_MAX));
	assert_false(set.failed);
	rmn_inodes_release(&set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_inodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
