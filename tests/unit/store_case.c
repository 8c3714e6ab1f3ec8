/* SPDX-License-Identifier: MIT
 *
 * The case as a file: what opening refuses, and what survives. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "tests/unit/store_fixture.h"

static void
opening_makes_a_private_wal_case(void **state)
{
	struct fixture *f = *state;
	struct stat facts;
	char wal[128];

	umask(0);
	open_case(f, false);
	assert_string_equal(ask(f->c, "PRAGMA journal_mode"), "wal");
	assert_string_equal(ask(f->c, "PRAGMA user_version"), "3");
	/* declared, and checked by `remnant-case check` rather than row by row (open.c) */
	assert_string_equal(ask(f->c, "SELECT count(*) FROM pragma_foreign_key_list('finding')"), "2");
	assert_string_equal(ask(f->c, "PRAGMA foreign_keys"), "0");
	assert_string_equal(ask(f->c, "PRAGMA synchronous"), "1");
	assert_string_equal(ask(f->c,
	    "SELECT count(*) FROM sqlite_schema s JOIN pragma_table_list t ON t.name = s.name"
	    " WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite%' AND NOT t.strict"), "0");
	assert_int_equal(stat(f->path, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0600);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	assert_int_equal(stat(wal, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0600);
	close_case(f);
	assert_int_not_equal(stat(wal, &facts), 0);
	snprintf(wal, sizeof(wal), "%s-shm", f->path);
	assert_int_not_equal(stat(wal, &facts), 0);
}

static void
the_key_stays_and_values_are_kept_only_when_made_so(void **state)
{
	struct fixture *f = *state;
	unsigned char key[RMN_VALUE_KEY_BYTES], none[RMN_VALUE_KEY_BYTES] = {0};

	open_case(f, true);
	memcpy(key, rmn_case_value_key(f->c), sizeof(key));
	assert_memory_not_equal(key, none, sizeof(key));
	close_case(f);
	open_case(f, false);
	assert_true(rmn_case_keeps_values(f->c));
	assert_memory_equal(key, rmn_case_value_key(f->c), sizeof(key));
}

static void
write_file(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static void
database(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void
opening_refuses_what_is_no_case(void **state)
{
	static const char words[] = "This is a letter and no database, and it is long enough for "
	    "a header of one hundred bytes, I should think.";
	struct fixture *f = *state;
	struct stat before, after;
	char path[128];

	refused(f->path, &reading, RMN_IO, "no such case");
	snprintf(path, sizeof(path), "%s/none/c.db", f->folder);
	refused(path, &writing, RMN_IO, "its folder does not exist");
	refused(f->folder, &writing, RMN_CORRUPT, "is a folder");
	refused(f->folder, &reading, RMN_CORRUPT, "is a folder");
	refused("/dev/null", &writing, RMN_CORRUPT, "is not a remnant case");
	write_file(f->path, words, sizeof(words));
	refused(f->path, &reading, RMN_CORRUPT, "is not a remnant case");
	refused(f->path, &writing, RMN_CORRUPT, "is not a remnant case");
	snprintf(path, sizeof(path), "%s/other.db", f->folder);
	database(path, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
	assert_int_equal(stat(path, &before), 0);
	refused(path, &writing, RMN_CORRUPT, "is not a remnant case");
	refused(path, &reading, RMN_CORRUPT, "is not a remnant case");
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	assert_int_equal(before.st_size, after.st_size);
}

static void
opening_refuses_a_newer_version(void **state)
{
	struct fixture *f = *state;

	open_case(f, false);
	close_case(f);
	database(f->path, "PRAGMA user_version = 7");
	refused(f->path, &writing, RMN_UNSUPPORTED,
	    "was made by a newer remnant (schema 7, this one knows 3)");
	refused(f->path, &reading, RMN_UNSUPPORTED, "newer remnant");
}

static void
opening_needs_rights(void **state)
{
	struct fixture *f = *state;
	pid_t child;
	int result;

	open_case(f, false);
	close_case(f);
	assert_int_equal(chmod(f->folder, 0755), 0);
	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0) {
		struct rmn_error error = {0};
		struct rmn_case *c = NULL;

		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(9);
		if (rmn_case_open(f->path, &writing, &c, &error) != RMN_IO ||
		    !strstr(error.text, "no right to write"))
			_exit(1);
		rmn_error_clear(&error);
		if (rmn_case_open(f->path, &reading, &c, &error) != RMN_IO ||
		    !strstr(error.text, "no right to read"))
			_exit(2);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
}

static void
a_reader_without_rights_to_write_reads(void **state)
{
	struct fixture *f = *state;
	pid_t child;
	int result;

	open_case(f, false);
	add_head(f);
	close_case(f);
	assert_int_equal(chmod(f->path, 0444), 0);
	assert_int_equal(chmod(f->folder, 0555), 0);
	if (geteuid() != 0)
		skip();
	child = fork();
	if (child == 0) {
		struct rmn_error error = {0};
		struct rmn_case *c = NULL;

		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(9);
		if (rmn_case_open(f->path, &reading, &c, &error) != RMN_OK)
			_exit(1);
		if (strcmp(ask(c, "SELECT name FROM v_source"), "disk.raw") != 0)
			_exit(2);
		rmn_case_close(c);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
}

static void
one_writer_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct rmn_error error = {0};
	struct rmn_case *reader = NULL;
	char words[96];

	open_case(f, false);
	add_head(f);
	ok(rmn_case_commit(f->c, &error), &error);
	snprintf(words, sizeof(words), "is being written by another scan (pid %d)", getpid());
	refused(f->path, &writing, RMN_IO, words);
	ok(rmn_case_open(f->path, &reading, &reader, &error), &error);
	assert_string_equal(ask(reader, "SELECT count(*) FROM v_source"), "1");
	assert_int_equal(rmn_case_commit(reader, &error), RMN_IO);
	rmn_case_close(reader);
	rmn_error_clear(&error);
	ok(rmn_case_commit(f->c, &error), &error);
}

static void
half_made_case_is_made_anew(void **state)
{
	struct fixture *f = *state;

	database(f->path, "PRAGMA journal_mode = WAL");
	open_case(f, false);
	assert_string_equal(ask(f->c, "SELECT count(*) FROM v_item"), "0");
}

static void
the_log_shows_tampering(void **state)
{
	static const char *const tampering[] = {
		"UPDATE log SET argv = '[]' WHERE id = 1",
		"UPDATE log SET result = 'done' WHERE id = 2",
		"UPDATE log SET time = time + 1 WHERE id = 3",
		"DELETE FROM log WHERE id = 2",
		"UPDATE log SET note = '' WHERE id = 1",
		"UPDATE log SET hash = zeroblob(32) WHERE id = 3",
	};
	static const int64_t broken[] = {1, 2, 3, 3, 1, 3};
	char *const argv[] = {(char *)"remnant-scan", (char *)"a \"b\"\n\xFF.raw"};
	struct fixture *f = *state;
	struct rmn_error error = {0};
	int64_t row = 0, rows = 0, at = 0;
	size_t i;

	open_case(f, false);
	ok(rmn_case_log_begin(f->c, "remnant-scan", "0.1", 2, argv, NULL, &row, &error), &error);
	ok(rmn_case_log_end(f->c, row, "complete", &error), &error);
	ok(rmn_case_log_begin(f->c, "remnant-case", "0.1", 1, argv, "x", &row, &error), &error);
	assert_int_equal(row, 3);
	ok(rmn_case_log_verify(f->c, &rows, &at, &error), &error);
	assert_int_equal(rows, 3);
	assert_int_equal(at, 0);
	assert_string_equal(ask(f->c, "SELECT argv FROM v_log"),
	    "[\"remnant-scan\", \"a \\\"b\\\"\\u000a\xEF\xBF\xBD.raw\"]");
	assert_string_equal(ask(f->c, "SELECT result FROM v_log WHERE id = 1"), "complete");
	for (i = 0; i < sizeof(tampering) / sizeof(tampering[0]); i++) {
		sqlite3 *db = rmn_case_db(f->c);

		assert_int_equal(sqlite3_exec(db, "PRAGMA defer_foreign_keys = ON; SAVEPOINT t",
		    NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, tampering[i], NULL, NULL, NULL), SQLITE_OK);
		ok(rmn_case_log_verify(f->c, &rows, &at, &error), &error);
		assert_int_equal(at, broken[i]);
		assert_int_equal(sqlite3_exec(db, "ROLLBACK TO t; RELEASE t", NULL, NULL, NULL),
		    SQLITE_OK);
	}
}

static void
sigkill_keeps_what_was_committed(void **state)
{
	struct fixture *f = *state;
	int ready[2], result;
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		open_case(f, false);
		add_head(f);
		add_file(f, 1, "a.docx");
		rmn_case_commit(f->c, NULL);
		add_file(f, 2, "b.docx");
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &result, 0), child);
	open_case(f, false);
	assert_string_equal(ask(f->c, "SELECT group_concat(path) FROM v_item"), "a.docx");
	assert_string_equal(ask(f->c, "PRAGMA integrity_check"), "ok");
}

/* In a child, because a file size limit holds for the whole process. */
static void
a_full_disk_is_said_and_loses_nothing(void **state)
{
	struct fixture *f = *state;
	pid_t child;
	int result;

	child = fork();
	if (child == 0) {
		struct rlimit limit = {3 << 20, 3 << 20};
		struct rmn_error error = {0};
		enum rmn_status status = RMN_OK;
		int64_t unit;

		signal(SIGXFSZ, SIG_IGN);
		open_case(f, false);
		add_head(f);
		add_file(f, 1, "a.docx");
		rmn_case_commit(f->c, NULL);
		setrlimit(RLIMIT_FSIZE, &limit);
		for (unit = 2; status == RMN_OK && unit < 200000; unit++) {
			status = try_file(f, unit, "b.docx", &error);
			if (status == RMN_OK && unit % 5000 == 0)
				status = rmn_case_commit(f->c, &error);
		}
		if (status != RMN_IO || !strstr(error.text, "no room left on the disk under"))
			_exit(1);
		rmn_error_clear(&error);
		if (rmn_case_commit(f->c, &error) != RMN_IO || !strstr(error.text, "no room left"))
			_exit(2);
		rmn_case_close(f->c);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
	open_case(f, false);
	assert_string_equal(ask(f->c, "PRAGMA integrity_check"), "ok");
	assert_string_equal(ask(f->c, "SELECT path FROM v_item WHERE id = 1048576"), "a.docx");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(opening_makes_a_private_wal_case),
		TEST(the_key_stays_and_values_are_kept_only_when_made_so),
		TEST(opening_refuses_what_is_no_case),
		TEST(opening_refuses_a_newer_version),
		TEST(opening_needs_rights),
		TEST(a_reader_without_rights_to_write_reads),
		TEST(one_writer_at_a_time),
		TEST(half_made_case_is_made_anew),
		TEST(the_log_shows_tampering),
		TEST(sigkill_keeps_what_was_committed),
		TEST(a_full_disk_is_said_and_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
