/* SPDX-License-Identifier: MIT
 *
 * Layout behind the end of a 1-2-3 workbook, and numbers whose records are only seen in real files: values that
 * 1-2-3 stored for numbers that its own sheets show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "format/sheet/lotus.h"

#define BOOK "\0\0\x1A\0\2\x10" "------------------------" "\x16\0\7\0" "\0\0\0\0'x\0" "\1\0\0\0"
#define LAYOUT "\0\0\x1A\0\7\x80" "------------------------" "\x9A\0\2\0\x20\3" "\1\0\0\0"

static enum rmn_status
book_read(const char *bytes, size_t size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){(const void *)bytes, size});
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_format_input input = {.content = &blob, .arena = arena, .head = blob.memory};
	const struct rmn_format *format = rmn_format_claim(&input);
	struct rmn_sink sink = {.context = NULL};
	struct rmn_error error = {0};
	enum rmn_status status;

	assert_non_null(format);
	assert_string_equal(format->name, "lotus");
	status = format->read(&input, &sink, &error);
	rmn_arena_free(arena);
	return status;
}

static void
test_layout(void **state)
{
	static const char whole[] = BOOK LAYOUT;
	size_t size = sizeof(whole) - 1, book_bytes = sizeof(BOOK) - 1;

	(void)state;
	assert_int_equal(book_read(whole, size), RMN_OK);
	assert_int_equal(book_read(whole, book_bytes), RMN_OK);
	for (size_t cut = book_bytes + 4; cut < size; cut++)
		assert_int_equal(book_read(whole, cut), RMN_PARTIAL);
	for (size_t cut = 40; cut < book_bytes; cut++)
		assert_int_equal(book_read(whole, cut), RMN_PARTIAL);
}

static void
test_numbers(void **state)
{
	static const struct {
		enum lotus_family family;
		uint16_t code;
		size_t size;
		const char *body;
		double number;
	} rows[] = {
		{LOTUS_NEW, 0x17, 14, "\x0A\0\0\5\0\0\0\0\0\0\x8C\xFA\x0D\x40", 32070},
		{LOTUS_NEW, 0x17, 14, "\x0A\0\0\6\0\0\0\0\0\0\0\0\0\0", 0},
		{LOTUS_OLD, 0x0E, 13, "\xF9\1\0\x53\0\0\0\0\0\x20\x38\xE1\x40", 35265},
		{LOTUS_OLD, 0x0D, 7, "\x80\0\0\x53\0\xF2\x0F", 4082},
		{LOTUS_QUATTRO, 0x0D, 8, "\1\0\7\0\2\0\4\0", 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_bytes body = {(const void *)rows[i].body, rows[i].size};
		struct lotus l = {.family = rows[i].family};
		const struct lotus_cell *cell;
		bool is_cut = false;

		rmn_buf_init(&l.cells, 0);
		rmn_buf_init(&l.words, 0);
		assert_true(lotus_cell_take(&l, rows[i].code, body, &is_cut));
		assert_false(is_cut);
		assert_int_equal(l.cells.size, sizeof(*cell));
		cell = (const void *)l.cells.data;
		assert_true(cell->number == rows[i].number);
		assert_true(lotus_cell_take(&l, rows[i].code, rmn_bytes_head(body, body.size - 1), &is_cut));
		assert_true(is_cut);
		rmn_buf_release(&l.cells);
		rmn_buf_release(&l.words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
