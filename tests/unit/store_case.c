/* SPDX-License-Identifier: MIT
 *
 * The case: what opening refuses, what survives, what a cleared unit leaves, and what views show. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/arena.h"
#include "store/case.h"

struct fixture {
	char folder[64];
	char path[96];
	struct rmn_case *c;
	int64_t source, volume, rule;
};

static const struct rmn_case_options writing = {.mode = RMN_CASE_WRITE};
static const struct rmn_case_options reading = {.mode = RMN_CASE_READ};

static struct rmn_bytes
text(const char *string)
{
	return rmn_bytes_from_string(string);
}

static void
ok(enum rmn_status status, const struct rmn_error *error)
{
	if (status != RMN_OK)
		fail_msg("%s: %s", rmn_status_name(status), error->text);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->folder, "/tmp/rmn-store-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/c.db", f->folder);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	rmn_case_close(f->c);
	snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	assert_int_equal(system(command), 0);
	free(f);
	return 0;
}

static void
open_case(struct fixture *f, bool keep_values)
{
	struct rmn_case_options options = {RMN_CASE_WRITE, keep_values};
	struct rmn_error error = {0};

	ok(rmn_case_open(f->path, &options, &f->c, &error), &error);
}

static void
close_case(struct fixture *f)
{
	rmn_case_close(f->c);
	f->c = NULL;
}

/* Takes a failing open apart. */
static void
refused(const char *path, const struct rmn_case_options *options, enum rmn_status status,
    const char *words)
{
	struct rmn_error error = {0};
	struct rmn_case *c = NULL;

	assert_int_equal(rmn_case_open(path, options, &c, &error), status);
	assert_null(c);
	if (!strstr(error.text, words))
		fail_msg("'%s' does not say '%s'", error.text, words);
}

static char *
ask(struct rmn_case *c, const char *sql)
{
	static char answer[4096];
	sqlite3_stmt *s;

	answer[0] = '\0';
	if (sqlite3_prepare_v2(rmn_case_db(c), sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(rmn_case_db(c)));
	if (sqlite3_step(s) == SQLITE_ROW)
		snprintf(answer, sizeof(answer), "%s",
		    sqlite3_column_type(s, 0) == SQLITE_NULL ?
			"(null)" : (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return answer;
}

static void
add_head(struct fixture *f)
{
	struct rmn_source_row source = {.path = "/evidence/disk.raw", .name = "disk.raw",
		.kind = "image", .format = "raw", .size_bytes = 1 << 30, .model = "ACME 1",
		.serial = "SN-0001"};
	struct rmn_volume_row volume = {.number = 1, .start_byte = 1048576,
		.length_bytes = 1 << 29, .slot = "p1", .filesystem = "ntfs", .state = "current",
		.block_bytes = 4096};
	struct rmn_rule_row rule = {"email", "E-mail address", "メールアドレス", "contact", 2};
	struct rmn_error error = {0};

	ok(rmn_case_add_source(f->c, &source, &f->source, &error), &error);
	volume.source_id = f->source;
	ok(rmn_case_add_volume(f->c, &volume, &f->volume, &error), &error);
	ok(rmn_case_add_rule(f->c, &rule, &f->rule, &error), &error);
}

static enum rmn_status
try_file(struct fixture *f, int64_t unit, const char *path, struct rmn_error *error)
{
	struct rmn_extent_row extents[2] = {{unit * 4096, 3000, 0, 0}, {-1, 500, 0, 0}};
	struct rmn_item_row item = {
		.id = rmn_item_id(unit, 0), .source_id = f->source, .volume_id = f->volume,
		.path = text(path), .name = text(path), .kind = "file", .state = "deleted",
		.recoverability = "partial", .size_bytes = 3500, .created = RMN_TIME_UNKNOWN,
		.modified = 1267435800123456789, .changed = -1, .accessed = RMN_TIME_UNKNOWN,
		.inode = UINT64_MAX - 1, .mode = 0100644, .content_how = 1,
		.first_offset = (uint64_t)unit * 4096, .extents = extents, .extent_count = 2,
	};

	return rmn_case_add_item(f->c, &item, false, error);
}

static void
add_file(struct fixture *f, int64_t unit, const char *path)
{
	struct rmn_error error = {0};

	ok(try_file(f, unit, path, &error), &error);
}

static enum rmn_status
try_member(struct fixture *f, int64_t unit, uint32_t member, uint32_t parent, const char *path,
    struct rmn_error *error)
{
	struct rmn_item_row item = {
		.id = rmn_item_id(unit, member), .parent_id = rmn_item_id(unit, parent),
		.source_id = f->source, .volume_id = f->volume, .path = text(path),
		.name = text("m"), .kind = "member", .state = "member", .size_bytes = UINT64_MAX,
		.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN,
	};

	return rmn_case_add_item(f->c, &item, false, error);
}

static enum rmn_status
try_finding(struct fixture *f, int64_t id, int64_t item, struct rmn_error *error)
{
	struct rmn_finding_row row = {
		.id = id, .item_id = item, .rule = f->rule, .severity = 2, .score = 85,
		.encoding_index = 5, .encoding = "cp932", .reasons = 1 | 4, .offset = 77,
		.length_bytes = 15, .in_text = true, .part = text("sheet 顧客"),
		.masked = text("t***@example.jp"), .context = text("mail t***@example.jp"),
		.value = text("taro@example.jp"), .value_hash = {0xAB, 1},
	};

	return rmn_case_add_finding(f->c, &row, error);
}

static void
examine(struct fixture *f, int64_t unit)
{
	struct rmn_item_result result = {.id = rmn_item_id(unit, 0), .has_sha256 = true,
		.sha256 = {1, 2, 3}, .media_type = "application/zip", .format = "docx",
		.status = "complete", .recoverability = "intact", .text_bytes = 900};
	struct rmn_document_row document = {.item_id = rmn_item_id(unit, 0), .format = "docx",
		.doc_type = "minutes", .type_score = 70, .is_business = true,
		.title = text("議事録"), .created = 0, .modified = RMN_TIME_UNKNOWN,
		.marking = "internal", .marking_level = 2, .marking_text = "社外秘",
		.language = "ja", .text_bytes = 900};
	struct rmn_unexamined_row missing = {.unit = unit, .item_id = rmn_item_id(unit, 1),
		.source_id = f->source, .volume_id = f->volume, .stage = "unpack",
		.reason = "encrypted"};
	struct rmn_error error = {0};

	ok(try_member(f, unit, 1, 0, "a.docx//word/document.xml", &error), &error);
	ok(try_member(f, unit, 2, 1, "a.docx//word/x//y", &error), &error);
	ok(rmn_case_set_item_result(f->c, &result, &error), &error);
	ok(rmn_case_add_document(f->c, &document, &error), &error);
	ok(try_finding(f, unit << RMN_FINDING_BITS | 1, rmn_item_id(unit, 2), &error), &error);
	ok(rmn_case_add_unexamined(f->c, &missing, &error), &error);
	ok(rmn_case_add_coverage(f->c, f->source, unit, "zero", 100, &error), &error);
	ok(rmn_case_add_coverage(f->c, f->source, unit, "zero", 11, &error), &error);
}

static void
opening_makes_a_private_wal_case(void **state)
{
	struct fixture *f = *state;
	struct stat facts;
	char wal[128];

	umask(0);
	open_case(f, false);
	assert_string_equal(ask(f->c, "PRAGMA journal_mode"), "wal");
	assert_string_equal(ask(f->c, "PRAGMA user_version"), "1");
	assert_string_equal(ask(f->c, "PRAGMA foreign_keys"), "1");
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
	    "was made by a newer remnant (schema 7, this one knows 1)");
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
sources_keep_what_they_are_told(void **state)
{
	struct fixture *f = *state;
	struct rmn_error error = {0};
	unsigned char hash[RMN_SHA256_BYTES] = {0xDE, 0xAD};
	uint64_t size = 0;
	int64_t id = 0;
	char word[16];

	open_case(f, false);
	assert_int_equal(rmn_case_find_source(f->c, "/x", &id, word, &size, &error), RMN_END);
	add_head(f);
	ok(rmn_case_find_source(f->c, "/evidence/disk.raw", &id, word, &size, &error), &error);
	assert_int_equal(id, f->source);
	assert_string_equal(word, "walking");
	assert_int_equal(size, 1 << 30);
	ok(rmn_case_set_source_size(f->c, id, "ewf", 12345, &error), &error);
	ok(rmn_case_set_source_hash(f->c, id, hash, &error), &error);
	ok(rmn_case_set_source_state(f->c, id, "complete", &error), &error);
	assert_string_equal(ask(f->c, "SELECT format || size_bytes || status || (finished NOT NULL)"
				      " || substr(sha256, 1, 6) FROM v_source"),
	    "ewf12345complete1dead00");
	assert_string_equal(ask(f->c, "SELECT sha256_after FROM v_source"), "(null)");
	assert_int_equal(rmn_case_set_source_state(f->c, id, "asleep", &error), RMN_CORRUPT);
	rmn_error_clear(&error);
	ok(rmn_case_commit(f->c, &error), &error);
}

static void
rules_are_one_row_each(void **state)
{
	struct fixture *f = *state;
	struct rmn_rule_row rule = {"email", "E-mail address", "メールアドレス", "contact", 2};
	struct rmn_error error = {0};
	int64_t id = 0;

	open_case(f, false);
	add_head(f);
	ok(rmn_case_add_rule(f->c, &rule, &id, &error), &error);
	assert_int_equal(id, f->rule);
	rule.title_en = "Mail";
	ok(rmn_case_add_rule(f->c, &rule, &id, &error), &error);
	assert_int_not_equal(id, f->rule);
}

static void
views_show_an_examined_item(void **state)
{
	static const struct {
		const char *sql, *answer;
	} rows[] = {
		{"SELECT forensic_path FROM v_item WHERE id = 1048576",
		    "disk.raw//p1@1048576(ntfs)/a.docx"},
		{"SELECT forensic_path FROM v_item WHERE id = 1048577",
		    "disk.raw//p1@1048576(ntfs)/a.docx//word/document.xml"},
		{"SELECT parent_id FROM v_item WHERE id = 1048578", "1048577"},
		{"SELECT parent_id FROM v_item WHERE id = 1048576", "(null)"},
		{"SELECT size_bytes FROM v_item WHERE id = 1048577", "(null)"},
		{"SELECT modified FROM v_item WHERE id = 1048576", "2010-03-01T09:30:00Z"},
		{"SELECT changed FROM v_item WHERE id = 1048576", "1969-12-31T23:59:59Z"},
		{"SELECT created FROM v_item WHERE id = 1048576", "(null)"},
		{"SELECT state || recoverability || media_type FROM v_item WHERE id = 1048576",
		    "deletedintactapplication/zip"},
		{"SELECT sha256 FROM v_item WHERE id = 1048576",
		    "0102030000000000000000000000000000000000000000000000000000000000"},
		{"SELECT count(*) || '/' || sum(length_bytes) FROM v_extent", "2/3500"},
		{"SELECT item_count || doc_type || business || title || created || marking ||"
		 " owner_role || recoverability FROM v_document",
		    "1minutes1議事録1970-01-01T00:00:00Zinternalunknownintact"},
		{"SELECT rule || ' ' || category || ' ' || severity || ' ' || confidence || ' ' ||"
		 " masked || ' ' || encoding || ' ' || reasons || ' ' || part FROM v_finding",
		    "email contact low confirmed t***@example.jp cp932 pattern label sheet 顧客"},
		{"SELECT value FROM v_finding", "(null)"},
		{"SELECT value_hash FROM v_finding", "ab010000000000000000000000000000"},
		{"SELECT forensic_path || '|' || item_id FROM v_finding",
		    "disk.raw//p1@1048576(ntfs)/a.docx//word/x//y|1048578"},
		{"SELECT findings FROM v_finding_count WHERE rule = 'email'", "1"},
		{"SELECT forensic_path || stage || reason FROM v_unexamined",
		    "disk.raw//p1@1048576(ntfs)/a.docx//word/document.xmlunpackencrypted"},
		{"SELECT class || bytes FROM v_coverage", "zero111"},
		{"SELECT status FROM v_item WHERE id = 1048577", "pending"},
		{"SELECT count(*) FROM v_person", "0"},
		{"SELECT count(*) FROM v_organisation", "0"},
		{"SELECT count(*) FROM v_provenance", "0"},
	};
	struct fixture *f = *state;
	size_t i;

	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a.docx");
	examine(f, 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(ask(f->c, rows[i].sql), rows[i].answer);
}

static void
forensic_paths_name_space_trees_and_lost_volumes(void **state)
{
	struct rmn_volume_row lost = {.number = 2, .start_byte = 9, .length_bytes = 1,
		.slot = "p2", .filesystem = "hfsplus", .state = "lost"};
	struct rmn_source_row tree = {.path = "/home/a", .name = "a", .kind = "tree"};
	struct rmn_extent_row runs[2] = {{8192, 4096, 1, 0}, {16384, 4096, 1, 0}};
	struct rmn_item_row item = {.kind = "space", .state = "residue", .first_offset = 8192,
		.extents = runs, .extent_count = 2};
	struct fixture *f = *state;
	struct rmn_error error = {0};

	open_case(f, false);
	add_head(f);
	lost.source_id = f->source;
	ok(rmn_case_add_volume(f->c, &lost, &item.volume_id, &error), &error);
	item.source_id = f->source;
	item.id = rmn_item_id(1, 0);
	ok(rmn_case_add_item(f->c, &item, false, &error), &error);
	assert_string_equal(ask(f->c, "SELECT forensic_path FROM v_item"),
	    "disk.raw//p2@9(hfsplus,lost)//unallocated@8192+12288");
	f->volume = item.volume_id;
	ok(try_member(f, 1, 1, 0, "unallocated@8192+12288//x.docx", &error), &error);
	assert_string_equal(ask(f->c, "SELECT forensic_path FROM v_item WHERE kind = 'member'"),
	    "disk.raw//p2@9(hfsplus,lost)//unallocated@8192+12288//x.docx");
	item = (struct rmn_item_row){.id = rmn_item_id(2, 0), .kind = "file", .state = "allocated",
		.path = text("b/c\0d"), .name = text("c")};
	item.path = (struct rmn_bytes){(const unsigned char *)"b/\xFF\0d", 5};
	ok(rmn_case_add_source(f->c, &tree, &item.source_id, &error), &error);
	ok(rmn_case_add_item(f->c, &item, true, &error), &error);
	assert_string_equal(ask(f->c, "SELECT forensic_path FROM v_item WHERE kind = 'file'"),
	    "a//b/\xEF\xBF\xBD\xEF\xBF\xBD" "d");
	assert_string_equal(ask(f->c, "SELECT status FROM v_item WHERE kind = 'file'"), "complete");
}

static void
one_document_a_content(void **state)
{
	struct fixture *f = *state;
	struct rmn_item_result result = {.id = rmn_item_id(2, 0), .has_sha256 = true,
		.sha256 = {1, 2, 3}, .status = "partial", .recoverability = "text-only"};
	struct rmn_document_row document = {.item_id = rmn_item_id(2, 0), .format = "docx"};
	struct rmn_error error = {0};

	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a.docx");
	add_file(f, 2, "copy.docx");
	ok(rmn_case_set_item_result(f->c, &result, &error), &error);
	ok(rmn_case_add_document(f->c, &document, &error), &error);
	examine(f, 1);
	assert_string_equal(ask(f->c, "SELECT count(*) FROM v_document"), "1");
	assert_string_equal(ask(f->c, "SELECT path || item_count || recoverability FROM v_document"),
	    "a.docx2intact");
	ok(rmn_case_set_source_state(f->c, f->source, "complete", &error), &error);
	assert_string_equal(ask(f->c, "SELECT path || item_count || recoverability FROM v_document"),
	    "a.docx2intact");
}

static void
hostile_rows_are_refused_and_the_case_goes_on(void **state)
{
	struct fixture *f = *state;
	struct rmn_item_result result = {.id = 99, .status = "complete"};
	struct rmn_error error = {0};

	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a.docx");
	assert_int_equal(try_member(f, 5, 1, 0, "x", &error), RMN_CORRUPT);
	rmn_error_clear(&error);
	ok(try_member(f, 1, 1, 0, "x", &error), &error);
	assert_int_equal(try_member(f, 1, 1, 0, "x", &error), RMN_CORRUPT);
	rmn_error_clear(&error);
	assert_int_equal(try_finding(f, 2ll << RMN_FINDING_BITS, rmn_item_id(1, 0), &error),
	    RMN_CORRUPT);
	rmn_error_clear(&error);
	assert_int_equal(rmn_case_set_item_result(f->c, &result, &error), RMN_CORRUPT);
	rmn_error_clear(&error);
	assert_int_equal(rmn_case_end_unit(f->c, 77, &error), RMN_CORRUPT);
	rmn_error_clear(&error);
	assert_int_equal(rmn_case_add_coverage(f->c, f->source, 0, "fog", 1, &error), RMN_CORRUPT);
	rmn_error_clear(&error);
	ok(rmn_case_commit(f->c, &error), &error);
	assert_string_equal(ask(f->c, "SELECT count(*) FROM v_item"), "2");
}

static void
a_cleared_unit_is_as_the_walk_left_it(void **state)
{
	static const char *const dump =
	    "SELECT (SELECT group_concat(quote(id) || quote(sha256) || quote(status) ||"
	    " quote(recoverability) || quote(media_type)) FROM v_item) ||"
	    " (SELECT count(*) FROM v_document) || (SELECT count(*) FROM v_finding) ||"
	    " (SELECT count(*) FROM v_unexamined) || (SELECT quote(sum(bytes)) FROM v_coverage)";
	struct fixture *f = *state;
	struct rmn_case_counts counts;
	struct rmn_error error = {0};
	char walked[4096], examined[4096];

	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a.docx");
	add_file(f, 2, "b.docx");
	strcpy(walked, ask(f->c, dump));
	examine(f, 1);
	strcpy(examined, ask(f->c, dump));
	assert_string_not_equal(walked, examined);
	ok(rmn_case_end_unit(f->c, 1, &error), &error);
	examine(f, 2);
	ok(rmn_case_count(f->c, f->source, &counts, &error), &error);
	assert_int_equal(counts.items, 2);
	assert_int_equal(counts.members, 4);
	assert_int_equal(counts.documents, 2);
	assert_int_equal(counts.findings, 2);
	assert_int_equal(counts.unexamined, 2);
	assert_int_equal(counts.pending_units, 1);
	assert_int_equal(counts.done_units, 1);
	ok(rmn_case_clear_unfinished(f->c, f->source, &error), &error);
	assert_string_equal(ask(f->c, "SELECT count(*) FROM v_finding"), "1");
	assert_string_equal(ask(f->c, "SELECT recoverability FROM v_item WHERE path = 'b.docx'"),
	    "partial");
	assert_string_equal(ask(f->c, "SELECT status FROM v_item WHERE path = 'a.docx'"),
	    "complete");
	ok(rmn_case_clear_unit(f->c, 1, &error), &error);
	assert_string_equal(ask(f->c, dump), walked);
}

static enum rmn_status
gather(void *context, int64_t unit, uint64_t first_offset)
{
	int64_t *sum = context;

	*sum += unit * 1000000 + (int64_t)first_offset;
	return RMN_OK;
}

static void
pending_units_can_be_had_back(void **state)
{
	struct rmn_arena *arena = rmn_arena_new(1 << 20);
	struct fixture *f = *state;
	struct rmn_error error = {0};
	struct rmn_item_row row;
	int64_t unit = 0, sum = 0;

	open_case(f, false);
	add_head(f);
	ok(rmn_case_next_unit(f->c, &unit, &error), &error);
	assert_int_equal(unit, 1);
	add_file(f, 1, "a.docx");
	add_file(f, 2, "b.docx");
	ok(rmn_case_next_unit(f->c, &unit, &error), &error);
	assert_int_equal(unit, 3);
	ok(rmn_case_end_unit(f->c, 1, &error), &error);
	ok(rmn_case_each_pending(f->c, f->source, gather, &sum, &error), &error);
	assert_int_equal(sum, 2000000 + 8192);
	ok(rmn_case_get_unit(f->c, 2, arena, &row, &error), &error);
	assert_int_equal(row.id, rmn_item_id(2, 0));
	assert_true(rmn_bytes_equal(row.path, text("b.docx")));
	assert_string_equal(row.kind, "file");
	assert_string_equal(row.recoverability, "partial");
	assert_int_equal(row.modified, 1267435800123456789);
	assert_int_equal(row.created, RMN_TIME_UNKNOWN);
	assert_int_equal(row.inode, UINT64_MAX - 1);
	assert_int_equal(row.extent_count, 2);
	assert_int_equal(row.extents[0].image_offset, 8192);
	assert_int_equal(row.extents[1].image_offset, -1);
	assert_int_equal(row.extents[1].length_bytes, 500);
	assert_int_equal(rmn_case_get_unit(f->c, 9, arena, &row, &error), RMN_CORRUPT);
	rmn_arena_free(arena);
}

static void
a_forgotten_walk_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct rmn_error error = {0};
	uint64_t bytes = 1;

	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a.docx");
	examine(f, 1);
	ok(rmn_case_coverage_total(f->c, f->source, &bytes, &error), &error);
	assert_int_equal(bytes, 111);
	ok(rmn_case_forget_walk(f->c, f->source, &error), &error);
	ok(rmn_case_coverage_total(f->c, f->source, &bytes, &error), &error);
	assert_int_equal(bytes, 0);
	assert_string_equal(ask(f->c,
	    "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM extent) +"
	    " (SELECT count(*) FROM unit) + (SELECT count(*) FROM volume) +"
	    " (SELECT count(*) FROM finding) + (SELECT count(*) FROM document)"), "0");
}

static void
values_are_stored_only_when_the_case_keeps_them(void **state)
{
	struct fixture *f = *state;
	struct rmn_error error = {0};

	open_case(f, true);
	add_head(f);
	add_file(f, 1, "a.docx");
	ok(try_finding(f, 1 << RMN_FINDING_BITS, rmn_item_id(1, 0), &error), &error);
	assert_string_equal(ask(f->c, "SELECT value FROM v_finding"), "taro@example.jp");
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(opening_makes_a_private_wal_case),
		TEST(the_key_stays_and_values_are_kept_only_when_made_so),
		TEST(opening_refuses_what_is_no_case),
		TEST(opening_refuses_a_newer_version),
		TEST(opening_needs_rights),
		TEST(a_reader_without_rights_to_write_reads),
		TEST(one_writer_at_a_time),
		TEST(half_made_case_is_made_anew),
		TEST(sources_keep_what_they_are_told),
		TEST(rules_are_one_row_each),
		TEST(views_show_an_examined_item),
		TEST(forensic_paths_name_space_trees_and_lost_volumes),
		TEST(one_document_a_content),
		TEST(hostile_rows_are_refused_and_the_case_goes_on),
		TEST(a_cleared_unit_is_as_the_walk_left_it),
		TEST(pending_units_can_be_had_back),
		TEST(a_forgotten_walk_leaves_nothing),
		TEST(values_are_stored_only_when_the_case_keeps_them),
		TEST(the_log_shows_tampering),
		TEST(sigkill_keeps_what_was_committed),
		TEST(a_full_disk_is_said_and_loses_nothing),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
