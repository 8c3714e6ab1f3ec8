/* SPDX-License-Identifier: MIT
 *
 * Arena, buffer and blob. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/blob.h"
#include "base/buf.h"

static void
test_arena_gives_zeroed_aligned_memory(void **state)
{
	struct rmn_arena *arena = rmn_arena_new(1 << 20);

	(void)state;
	assert_non_null(arena);
	for (size_t round = 0; round < 3; round++) {
		for (size_t size = 1; size < 5000; size += 331) {
			unsigned char *memory = rmn_arena_alloc(arena, size, 1);

			assert_non_null(memory);
			assert_int_equal((uintptr_t)memory % 16, 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(memory[i], 0);
			memset(memory, 0xAA, size);
		}
		assert_true(rmn_arena_used(arena) > 0);
		rmn_arena_reset(arena);
		assert_int_equal(rmn_arena_used(arena), 0);
	}
	rmn_arena_free(arena);
	rmn_arena_free(NULL);
}

static void
test_arena_keeps_its_cap(void **state)
{
	struct rmn_arena *arena = rmn_arena_new(100000);
	struct rmn_bytes copy;

	(void)state;
	assert_null(rmn_arena_alloc(arena, 100001, 1));
	assert_null(rmn_arena_alloc(arena, SIZE_MAX, 2));
	assert_null(rmn_arena_alloc(arena, SIZE_MAX, 1));
	assert_non_null(rmn_arena_alloc(arena, 60000, 1));
	assert_null(rmn_arena_alloc(arena, 60000, 1));
	assert_null(rmn_arena_take(arena, 60000));
	assert_null(rmn_arena_take(arena, SIZE_MAX));
	assert_non_null(rmn_arena_take(arena, 100));
	copy = rmn_arena_copy(arena, rmn_bytes_from_string("abc"));
	assert_int_equal(copy.size, 3);
	assert_string_equal((const char *)copy.data, "abc");
	rmn_arena_free(arena);
}

static void
test_buffer_grows_to_its_cap_and_no_further(void **state)
{
	struct rmn_buf buf;

	(void)state;
	rmn_buf_init(&buf, 10);
	rmn_buf_append_string(&buf, "12345");
	rmn_buf_append_string(&buf, "6789");
	assert_false(buf.failed);
	rmn_buf_append_string(&buf, "too long");
	assert_true(buf.failed);
	assert_int_equal(buf.size, 9);
	rmn_buf_append_char(&buf, 'x');		/* nothing changes any more */
	assert_int_equal(buf.size, 9);
	rmn_buf_clear(&buf);
	rmn_buf_printf(&buf, "%d-%s", 12, "ab");
	assert_string_equal(rmn_buf_string(&buf), "12-ab");
	rmn_buf_release(&buf);
	assert_string_equal(rmn_buf_string(&buf), "");
}

static void
test_buffer_numbers_are_little_endian(void **state)
{
	static const unsigned char wanted[] = {1, 3, 2, 7, 6, 5, 4, 8, 0, 0, 0, 0, 0, 0, 0x80};
	struct rmn_buf buf;

	(void)state;
	rmn_buf_init(&buf, 0);
	rmn_buf_u8(&buf, 1);
	rmn_buf_le16(&buf, 0x0203);
	rmn_buf_le32(&buf, 0x04050607);
	rmn_buf_le64(&buf, 0x8000000000000008ull);
	assert_int_equal(buf.size, sizeof(wanted));
	assert_memory_equal(buf.data, wanted, sizeof(wanted));
	rmn_buf_release(&buf);
}

static void
test_blob_of_memory(void **state)
{
	struct rmn_blob blob = rmn_blob_from_bytes(rmn_bytes_from_string("0123456789"));
	struct rmn_bytes whole;
	char part[8];
	size_t got = 99;

	(void)state;
	assert_int_equal(rmn_blob_read(&blob, 7, part, sizeof(part), &got, NULL), RMN_OK);
	assert_int_equal(got, 3);
	assert_memory_equal(part, "789", 3);
	assert_int_equal(rmn_blob_read(&blob, 10, part, sizeof(part), &got, NULL), RMN_OK);
	assert_int_equal(got, 0);
	assert_int_equal(rmn_blob_read(&blob, UINT64_MAX, part, 1, &got, NULL), RMN_OK);
	assert_int_equal(got, 0);
	assert_int_equal(rmn_blob_bytes(&blob, 9, NULL, &whole, NULL), RMN_LIMIT);
	assert_int_equal(rmn_blob_bytes(&blob, 10, NULL, &whole, NULL), RMN_OK);
	assert_ptr_equal(whole.data, blob.memory.data);
}

static void
test_blob_of_a_file(void **state)
{
	struct rmn_arena *arena = rmn_arena_new(1 << 16);
	FILE *file = tmpfile();
	struct rmn_bytes whole;
	struct rmn_error error = {0};
	struct rmn_blob blob;

	(void)state;
	assert_non_null(file);
	fputs("content of a file", file);
	fflush(file);
	blob = rmn_blob_from_fd(fileno(file), 17);
	assert_int_equal(rmn_blob_bytes(&blob, 100, arena, &whole, &error), RMN_OK);
	assert_memory_equal(whole.data, "content of a file", 17);
	blob = rmn_blob_from_fd(fileno(file), 20);	/* it was longer once */
	assert_int_equal(rmn_blob_bytes(&blob, 100, arena, &whole, &error), RMN_PARTIAL);
	assert_int_equal(whole.size, 20);
	assert_memory_equal(whole.data, "content of a file\0\0\0", 20);
	assert_string_equal(error.text, "only 17 of 20 bytes could be read");
	fclose(file);
	rmn_arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(test_arena_keeps_its_cap),
		cmocka_unit_test(test_buffer_grows_to_its_cap_and_no_further),
		cmocka_unit_test(test_buffer_numbers_are_little_endian),
		cmocka_unit_test(test_blob_of_memory),
		cmocka_unit_test(test_blob_of_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
