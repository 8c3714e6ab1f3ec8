/* SPDX-License-Identifier: MIT
 *
 * SQLite: what statements say about records, numbers of one to nine bytes, damaged pages by table.  Whole
 * databases are fixtures of format_office.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "format/database/sqlite_create.h"
#include "format/database/sqlite_page.h"

static const struct {
	const char *sql;
	const char *columns;	/* name and place in the record; r: row number, v: not stored */
} statements[] = {
	{"CREATE TABLE t(a,b)", "a0 b1"},
	{"create temp table if not exists main.\"x y\" ([a b] INTEGER PRIMARY KEY, 'c''d' TEXT "
	    "DEFAULT 'x,(y', e AS (a+1), f INT GENERATED ALWAYS AS (1) STORED, CHECK (a > (1)), "
	    "FOREIGN KEY(a) REFERENCES z(q))", "a b0r c''d1 e0v f2"},
	{"CREATE TABLE w(a, b, c, d, PRIMARY KEY(c DESC, a COLLATE nocase)) WITHOUT ROWID",
	    "a1 b2 c0 d3"},
	{"CREATE TABLE n -- (x,\n (a /* , y ) */, b INTEGER, PRIMARY KEY (b))", "a0 b1r"},
	{"CREATE TABLE two(a INTEGER, b INTEGER, PRIMARY KEY(a, b))", "a0 b1"},
	{"CREATE TABLE text_key(a TEXT PRIMARY KEY, b)", "a0 b1"},
	{"CREATE TABLE 社員(氏名 TEXT, \"メール\")", "氏名0 メール1"},
	{"CREATE TABLE cut(a, b INTEGER PRIM", "a0 b1"},
	{"CREATE TABLE open('a", "a0"},
	{"CREATE TABLE t(", ""},
	{"CREATE VIEW v AS SELECT 1", ""},
	{"", ""},
};

static void
test_statements(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++) {
		struct rmn_arena *arena = rmn_arena_new(1 << 20);
		struct rmn_sqlite_create create;
		struct rmn_buf got;

		rmn_buf_init(&got, 0);
		rmn_sqlite_create_read(rmn_bytes_from_string(statements[i].sql), arena, &create);
		for (unsigned c = 0; c < create.count; c++) {
			const struct rmn_sqlite_column *column = &create.columns[c];

			rmn_buf_printf(&got, "%s%.*s%u%s%s", c ? " " : "", (int)column->name.size,
			    (const char *)column->name.data, column->place,
			    column->is_row ? "r" : "", column->is_virtual ? "v" : "");
		}
		assert_string_equal(rmn_buf_string(&got), statements[i].columns);
		rmn_buf_release(&got);
		rmn_arena_free(arena);
	}
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *bytes;
		size_t size, used;
		uint64_t value;
	} numbers[] = {
		{"\x00", 1, 1, 0}, {"\x7F", 1, 1, 127}, {"\x81\x00", 2, 2, 128},
		{"\xFF\x7F", 2, 2, 16383}, {"\x81", 1, 0, 0}, {"", 0, 0, 0},
		{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9, 9, UINT64_MAX},
		{"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct rmn_bytes bytes = {(const unsigned char *)numbers[i].bytes, numbers[i].size};
		uint64_t value;
		size_t used = rmn_sqlite_varint(bytes, &value);

		assert_int_equal(used, numbers[i].used);
		if (used > 0)
			assert_true(value == numbers[i].value);
	}
}

/* A header that says what no page may have. */
static void
test_pages(void **state)
{
	static const struct {
		unsigned char head[12];
		bool is_page;
	} pages[] = {
		{{13, 0, 0, 0, 0, 2, 0, 0}, true},		/* empty leaf of a table */
		{{10, 0, 0, 0, 0, 2, 0, 0}, true},
		{{5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 9}, true},
		{{7, 0, 0, 0, 0, 2, 0, 0}, false},		/* no such kind */
		{{13, 0, 0, 0, 0, 2, 1, 0}, false},		/* content behind the page */
		{{13, 0, 0, 1, 0, 2, 0, 0}, false},		/* more cells than have room */
		{{13, 0, 0, 0, 0, 2, 0, 61}, false},		/* more fragments than there may be */
	};
	struct rmn_sqlite_shape shape = {512, 512, RMN_UTF8};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		unsigned char bytes[512] = {0};
		struct rmn_sqlite_page page;

		memcpy(bytes, pages[i].head, sizeof(pages[i].head));
		assert_true(rmn_sqlite_page_open(&shape, (struct rmn_bytes){bytes, sizeof(bytes)}, 2,
		    &page) == pages[i].is_page);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
