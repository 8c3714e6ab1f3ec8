/* SPDX-License-Identifier: MIT
 *
 * What the tests of store/ share: a case in a folder of its own, and rows to put into it. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

static const struct rmn_case_options writing __attribute__((unused)) = {.mode = RMN_CASE_WRITE};
static const struct rmn_case_options reading __attribute__((unused)) = {.mode = RMN_CASE_READ};

static inline struct rmn_bytes
text(const char *string)
{
	return rmn_bytes_from_string(string);
}

static inline void
ok(enum rmn_status status, const struct rmn_error *error)
{
	if (status != RMN_OK)
		fail_msg("%s: %s", rmn_status_name(status), error->text);
}

static inline int
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

static inline int
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

static inline void
open_case(struct fixture *f, bool keep_values)
{
	struct rmn_case_options options = {RMN_CASE_WRITE, keep_values};
	struct rmn_error error = {0};

	ok(rmn_case_open(f->path, &options, &f->c, &error), &error);
}

static inline void
close_case(struct fixture *f)
{
	rmn_case_close(f->c);
	f->c = NULL;
}

/* Takes a failing open apart. */
static inline void
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

static inline char *
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

static inline void
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

static inline enum rmn_status
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

static inline void
add_file(struct fixture *f, int64_t unit, const char *path)
{
	struct rmn_error error = {0};

	ok(try_file(f, unit, path, &error), &error);
}

static inline enum rmn_status
try_member(struct fixture *f, int64_t unit, uint32_t member, uint32_t parent, const char *path,
    struct rmn_error *error)
{
	struct rmn_item_row item = {
		.id = rmn_item_id(unit, member), .parent_id = rmn_item_id(unit, parent),
		.source_id = f->source, .path = text(path), .name = text("m"), .kind = "member", .state = "member", .size_bytes = UINT64_MAX,
		.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN,
	};

	return rmn_case_add_item(f->c, &item, false, error);
}

static inline enum rmn_status
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

static inline void
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
