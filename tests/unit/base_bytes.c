/* SPDX-License-Identifier: MIT
 *
 * Borrowed bytes, the cursor and checked arithmetic. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/checked.h"
#include "base/cursor.h"

static const unsigned char counting[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};

static void
test_cutting(void **state)
{
	struct rmn_bytes b = {counting, sizeof(counting)};

	(void)state;
	assert_int_equal(rmn_bytes_head(b, 4).size, 4);
	assert_int_equal(rmn_bytes_head(b, 100).size, 9);
	assert_int_equal(rmn_bytes_after(b, 7).size, 2);
	assert_int_equal(rmn_bytes_after(b, 7).data[0], 8);
	assert_int_equal(rmn_bytes_after(b, 9).size, 0);
	assert_int_equal(rmn_bytes_after(b, SIZE_MAX).size, 0);
	assert_true(rmn_bytes_start_with(rmn_bytes_from_string("%PDF-1.4"), "%PDF"));
	assert_false(rmn_bytes_start_with(rmn_bytes_from_string("%P"), "%PDF"));
	assert_int_equal(rmn_bytes_find(b, (struct rmn_bytes){counting + 3, 2}), 3);
	assert_true(rmn_bytes_find(b, rmn_bytes_from_string("x")) == SIZE_MAX);
	assert_true(rmn_bytes_equal((struct rmn_bytes){NULL, 0}, rmn_bytes_head(b, 0)));
}

static void
test_numbers_of_every_width(void **state)
{
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){counting, sizeof(counting)});
	uint64_t wide;
	uint32_t word;
	uint16_t half;
	uint8_t byte;

	(void)state;
	assert_true(rmn_cursor_le16(&c, &half));
	assert_int_equal(half, 0x0201);
	assert_true(rmn_cursor_be32(&c, &word));
	assert_int_equal(word, 0x03040506);
	assert_true(rmn_cursor_u8(&c, &byte));
	assert_int_equal(byte, 7);
	assert_true(rmn_cursor_seek(&c, 0));
	assert_true(rmn_cursor_le64(&c, &wide));
	assert_true(wide == 0x0807060504030201ull);
	assert_true(rmn_cursor_seek(&c, 1));
	assert_true(rmn_cursor_be64(&c, &wide));
	assert_true(wide == 0x0203040506070809ull);
	assert_int_equal(rmn_cursor_left(&c), 0);
}

static void
test_a_failed_read_changes_nothing(void **state)
{
	struct rmn_bytes taken = {counting, 1};

	(void)state;
	for (size_t size = 0; size < 8; size++) {
		struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){counting, size});
		uint64_t wide = 42;
		uint32_t word = 42;

		assert_false(rmn_cursor_le64(&c, &wide));
		assert_false(rmn_cursor_be64(&c, &wide));
		assert_int_equal(wide, 42);
		if (size < 4)
			assert_false(rmn_cursor_le32(&c, &word));
		assert_false(rmn_cursor_take(&c, size + 1, &taken));
		assert_false(rmn_cursor_take(&c, SIZE_MAX, &taken));
		assert_false(rmn_cursor_seek(&c, size + 1));
		assert_false(rmn_cursor_skip(&c, SIZE_MAX));
		assert_int_equal(taken.size, 1);
		assert_int_equal(c.offset, 0);
	}
}

static void
test_arithmetic_does_not_wrap(void **state)
{
	uint64_t wide = 7;
	size_t size = 7;

	(void)state;
	assert_false(rmn_add_u64(UINT64_MAX, 1, &wide));
	assert_false(rmn_mul_u64(1ull << 63, 2, &wide));
	assert_false(rmn_add_size(SIZE_MAX, 1, &size));
	assert_false(rmn_mul_size(SIZE_MAX, 2, &size));
	assert_true(rmn_add_u64(UINT64_MAX - 1, 1, &wide));
	assert_true(wide == UINT64_MAX);
	assert_true(rmn_size_from_u64(5, &size));
	assert_int_equal(size, 5);
	assert_int_equal(rmn_min_size(3, 4), 3);
	assert_int_equal(rmn_min_u64(9, 4), 4);
}

static void
test_zeros(void **state)
{
	static const unsigned char bytes[] = {0, 0, 0, 1, 0};

	(void)state;
	assert_true(rmn_bytes_are_zero((struct rmn_bytes){NULL, 0}));
	assert_true(rmn_bytes_are_zero((struct rmn_bytes){bytes, 1}));
	assert_true(rmn_bytes_are_zero((struct rmn_bytes){bytes, 3}));
	assert_false(rmn_bytes_are_zero((struct rmn_bytes){bytes, 4}));
	assert_false(rmn_bytes_are_zero((struct rmn_bytes){bytes + 3, 2}));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_cutting),
		cmocka_unit_test(test_numbers_of_every_width),
		cmocka_unit_test(test_a_failed_read_changes_nothing),
		cmocka_unit_test(test_arithmetic_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
