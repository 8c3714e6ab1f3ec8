/* SPDX-License-Identifier: MIT
 *
 * Borrowed bytes, the cursor and checked arithmetic. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/holes.h"

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
test_a_plain_run_ends_at_a_control(void **state)
{
	unsigned char text[20];

	(void)state;
	for (size_t size = 0; size <= sizeof(text); size++)
		for (size_t at = 0; at <= size; at++)
			for (unsigned c = 0; c < 256; c++) {
				memset(text, at % 2 ? 0xE3 : ' ', sizeof(text));
				if (at < size)
					text[at] = (unsigned char)c;
				assert_int_equal(rmn_bytes_plain_run((struct rmn_bytes){text, size}),
				    c < ' ' ? at : size);
			}
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

/* A blob that gives what it is asked for, from nowhere in memory. */
static enum rmn_status
away_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	struct rmn_blob in_memory = rmn_blob_from_bytes(*(struct rmn_bytes *)blob->state);

	return rmn_blob_read(&in_memory, offset, buffer, size, got, error);
}

static void
test_holes(void **state)
{
	static const struct rmn_blob_ops ops = {.read = away_read};
	static const struct {
		size_t at, size;
		unsigned count;
	} cases[] = {
		{0, 0, 0}, {0, 511, 0}, {0, 512, 1}, {1, 512, 1}, {700, 511, 0}, {700, 1024, 1},
		{65536 - 256, 512, 1}, {65536 - 300, 511, 0}, {65536, 512, 1}, {65000, 66000, 1},
		{150000 - 512, 512, 1}, {150000 - 511, 511, 0}, {0, 150000, 1}, {65024, 512, 1},
	};
	static unsigned char content[150000];
	struct rmn_bytes bytes = {content, sizeof(content)};
	struct rmn_blob away = {.ops = &ops, .size_bytes = bytes.size, .state = &bytes};
	struct rmn_blob near = rmn_blob_from_bytes(bytes);
	struct rmn_arena *arena = rmn_arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rmn_blob *blobs[] = {&near, &away};

		memset(content, 'x', sizeof(content));
		memset(content + cases[i].at, 0, cases[i].size);
		for (size_t b = 0; b < 2; b++) {
			struct rmn_holes holes = rmn_blob_holes(blobs[b], UINT64_MAX, arena);

			assert_int_equal(holes.count, cases[i].count);
			assert_int_equal(holes.zero_bytes, cases[i].count ? cases[i].size : 0);
			assert_int_equal(holes.first, cases[i].count ? cases[i].at : 0);
		}
	}
	memset(content, 'x', sizeof(content));
	memset(content + 100, 0, 600);
	memset(content + 701, 0, 513);
	assert_int_equal(rmn_blob_holes(&near, UINT64_MAX, arena).count, 2);
	assert_int_equal(rmn_blob_holes(&near, UINT64_MAX, arena).zero_bytes, 1113);
	assert_int_equal(rmn_blob_holes(&near, 600, arena).count, 0);
	assert_int_equal(rmn_blob_holes(&away, 612, arena).count, 1);
	rmn_arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_cutting),
		cmocka_unit_test(test_a_plain_run_ends_at_a_control),
		cmocka_unit_test(test_numbers_of_every_width),
		cmocka_unit_test(test_a_failed_read_changes_nothing),
		cmocka_unit_test(test_arithmetic_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
