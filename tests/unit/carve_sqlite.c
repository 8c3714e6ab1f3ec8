/* SPDX-License-Identifier: MIT
 *
 * Databases made by SQLite itself: exact lengths, and no foreign page goes unseen. */
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

struct made {
	unsigned char *bytes;
	size_t size;
};

static void
made_run(sqlite3 *db, const char *sql)
{
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* Rows of every size, indexes, long values, free pages. */
static struct made
made_new(const char *pragma, bool with_free)
{
	struct made made;
	sqlite3_int64 size;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	made_run(db, pragma);
	made_run(db, "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT, note BLOB);"
	    "CREATE INDEX by_name ON person(name);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
	    " INSERT INTO person SELECT i, 'name ' || (i * 7919 % 1000),"
	    " CASE WHEN i % 50 = 0 THEN zeroblob(20000) ELSE randomblob(i) END FROM n;"
	    "CREATE TABLE pair(a TEXT, b TEXT, PRIMARY KEY(a, b)) WITHOUT ROWID;"
	    "INSERT INTO pair SELECT name, id FROM person;");
	if (with_free)
		made_run(db, "DELETE FROM person WHERE id % 3 = 0 OR id > 300");
	made.bytes = sqlite3_serialize(db, "main", &size, 0);
	assert_non_null(made.bytes);
	made.size = (size_t)size;
	sqlite3_close(db);
	return made;
}

static struct rmn_proven
walk(const unsigned char *bytes, size_t size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){bytes, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	struct rmn_carve_tools tools;
	struct rmn_proven proven;
	struct rmn_view view;

	assert_non_null(disk);
	assert_true(rmn_view_open(&view, disk, 0));
	rmn_carve_tools_init(&tools);
	rmn_walk_sqlite(&view, &tools, &proven);
	rmn_carve_tools_release(&tools);
	rmn_view_release(&view);
	rmn_disk_free(disk);
	return proven;
}

static const struct {
	const char *pragma;
	size_t page;
	bool with_free;
} rows[] = {
	{"PRAGMA page_size = 512", 512, false},
	{"PRAGMA page_size = 1024", 1024, true},
	{"PRAGMA page_size = 4096", 4096, false},
	{"PRAGMA page_size = 4096", 4096, true},
	{"PRAGMA page_size = 65536", 65536, true},
	{"PRAGMA auto_vacuum = 1; PRAGMA page_size = 1024", 1024, false},
	{"PRAGMA auto_vacuum = 2; PRAGMA page_size = 512", 512, true},
};

static void
test_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made made = made_new(rows[i].pragma, rows[i].with_free);
		unsigned char *more = calloc(1, made.size + 70000);
		struct rmn_proven p;

		assert_non_null(more);
		memcpy(more, made.bytes, made.size);
		memset(more + made.size, 0x5A, 70000);
		p = walk(more, made.size + 70000);
		assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
		assert_int_equal(p.length_bytes, made.size);
		/* an old writer does not say how many pages there are */
		memset(more + 28, 0, 4);
		p = walk(more, made.size + 70000);
		assert_int_equal(p.length_bytes, made.size);
		assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
		free(more);
		sqlite3_free(made.bytes);
	}
}

static void
test_damage(void **state)
{
	struct made made = made_new(rows[1].pragma, true);
	unsigned char *copy = malloc(made.size);
	uint32_t seed = 1;

	(void)state;
	assert_non_null(copy);
	for (size_t size = 0; size < made.size; size += size < 3000 ? 7 : 1001)
		assert_true(walk(made.bytes, size).proof < RMN_PROOF_STRUCTURE);
	for (unsigned turn = 0; turn < 2000; turn++) {
		memcpy(copy, made.bytes, made.size);
		for (unsigned i = 0; i < 8; i++) {
			seed = seed * 1664525u + 1013904223u;
			copy[(seed >> 8) % (turn % 2 ? made.size : 2048)] = (unsigned char)(seed >> 24);
		}
		walk(copy, made.size);
	}
	for (size_t page = 1; page < made.size / 1024; page++) {
		struct rmn_proven p;

		memcpy(copy, made.bytes, made.size);
		for (size_t i = 0; i < 1024; i++) {
			seed = seed * 1664525u + 1013904223u;
			copy[page * 1024 + i] = (unsigned char)(seed >> 24);
		}
		p = walk(copy, made.size);
		if (p.proof == RMN_PROOF_BROKEN)
			assert_true(p.good_bytes < p.broken_at);
	}
	free(copy);
	sqlite3_free(made.bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_damage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("carve_sqlite", tests, NULL, NULL);
}
