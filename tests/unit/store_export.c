/* SPDX-License-Identifier: MIT
 *
 * Exports and the check of a case. */
#include "store/check.h"
#include "store/csv.h"
#include "store/export.h"
#include "tests/tools/mkcase.h"
#include "tests/unit/store_fixture.h"

static bool
take(void *context, struct rmn_bytes piece)
{
	rmn_buf_append(context, piece);
	return true;
}

static bool
refuse(void *context, struct rmn_bytes piece)
{
	(void)context;
	return piece.size == 0;
}

static void
export(struct fixture *f, const struct rmn_export_format *format,
    const struct rmn_export_options *options, struct rmn_buf *text)
{
	struct rmn_error error = {0};

	rmn_buf_clear(text);
	ok(rmn_case_export(f->c, format, options, take, text, &error), &error);
}

static void
holds(struct rmn_buf *text, const char *words)
{
	if (!strstr(rmn_buf_string(text), words))
		fail_msg("'%s' is not in:\n%.3000s", words, rmn_buf_string(text));
}

static void
holds_not(struct rmn_buf *text, const char *words)
{
	if (strstr(rmn_buf_string(text), words))
		fail_msg("'%s' is in:\n%.3000s", words, rmn_buf_string(text));
}

static void
csv_fields_are_quoted_and_guarded(void **state)
{
	static const struct {
		const char *text, *field;
	} rows[] = {
		{"plain", "plain"}, {"", ""}, {"a,b", "\"a,b\""}, {"a\"b", "\"a\"\"b\""},
		{"a\nb", "\"a\nb\""}, {"=1+1", "'=1+1"}, {"+81", "'+81"}, {"-1", "'-1"},
		{"@SUM(A1)", "'@SUM(A1)"}, {"\t=1", "'\t=1"}, {"=\"a\"", "\"'=\"\"a\"\"\""},
		{"＝1", "'＝1"}, {" a", "\" a\""}, {"a-b", "a-b"},
	};
	struct rmn_buf buf;
	size_t i;

	(void)state;
	rmn_buf_init(&buf, 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rmn_buf_clear(&buf);
		rmn_csv_append_field(&buf, rmn_bytes_from_string(rows[i].text));
		assert_string_equal(rmn_buf_string(&buf), rows[i].field);
	}
	rmn_buf_release(&buf);
}

static void
values_leave_only_when_asked_for(void **state)
{
	struct rmn_export_options options = {.view = "v_finding"};
	struct fixture *f = *state;
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	open_case(f, true);
	mkcase_fill(f->c, 2);
	export(f, &rmn_export_jsonl, &options, &text);
	holds(&text, "\"value\":null");
	holds_not(&text, "taro@example.jp");
	export(f, &rmn_export_csv, &options, &text);
	holds_not(&text, "taro@example.jp");
	options.show_values = true;
	export(f, &rmn_export_jsonl, &options, &text);
	holds(&text, "\"value\":\"taro@example.jp\"");
	export(f, &rmn_export_csv, &options, &text);
	holds(&text, ",taro@example.jp,");
	rmn_buf_release(&text);
}

static void
every_view_can_be_exported(void **state)
{
	struct rmn_export_options options = {0};
	struct fixture *f = *state;
	struct rmn_error error = {0};
	struct rmn_buf text;
	size_t i;

	rmn_buf_init(&text, 0);
	open_case(f, false);
	mkcase_fill(f->c, 1);
	for (i = 0; rmn_export_views[i]; i++) {
		options.view = rmn_export_views[i];
		export(f, &rmn_export_csv, &options, &text);
		holds(&text, "\r\n");
		export(f, &rmn_export_jsonl, &options, &text);
	}
	options.view = "sqlite_schema";
	assert_int_equal(rmn_case_export(f->c, &rmn_export_csv, &options, take, &text, &error),
	    RMN_UNSUPPORTED);
	rmn_error_clear(&error);
	options.view = "v_item";
	assert_int_equal(rmn_case_export(f->c, &rmn_export_csv, &options, refuse, &text, &error),
	    RMN_IO);
	rmn_buf_release(&text);
}

static void
a_terminal_gets_no_commands(void **state)
{
	struct rmn_export_options options = {.view = "v_item", .for_terminal = true};
	struct fixture *f = *state;
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a\033[31m\xC2\x9B" "x|y\nz");
	export(f, &rmn_export_csv, &options, &text);
	holds_not(&text, "\033");
	holds_not(&text, "\xC2\x9B");
	export(f, &rmn_export_jsonl, &options, &text);
	holds_not(&text, "\xC2\x9B");
	export(f, &rmn_export_bodyfile, &options, &text);
	holds(&text, "/a%1B[31m\\u009Bx%7Cy%0Az (deleted)|18446744073709551614|r/rrw-r--r--|0|0|"
		     "3500|0|1267435800|-1|0\n");
	options.for_terminal = false;
	export(f, &rmn_export_dfxml, &options, &text);
	holds(&text, "<filename>a\xEF\xBF\xBD[31m");
	holds(&text, "<byte_runs><byte_run file_offset=\"0\" img_offset=\"4096\" len=\"3000\"/>"
		     "<byte_run file_offset=\"3000\" fill=\"0\" len=\"500\"/></byte_runs>");
	rmn_buf_release(&text);
}

struct problems {
	struct rmn_buf text;
	uint64_t count;
};

static void
note(void *context, const char *problem)
{
	rmn_buf_printf(context, "%s\n", problem);
}

static void
check(struct fixture *f, struct problems *p)
{
	struct rmn_error error = {0};

	rmn_buf_clear(&p->text);
	ok(rmn_case_check(f->c, note, &p->text, &p->count, &error), &error);
}

static void
a_check_finds_what_does_not_fit(void **state)
{
	static const struct {
		const char *sql, *words;
	} rows[] = {
		{"DELETE FROM item WHERE id = 3 << 20", "unit 3 has no item"},
		{"DELETE FROM unit WHERE id = 3", "item 3145728 belongs to no unit"},
		{"UPDATE finding SET member = 9 WHERE id = (SELECT min(id) FROM finding)",
		    "belongs to no item"},
		{"UPDATE coverage SET bytes = bytes + 1 WHERE class = 'metadata'",
		    "/evidence/disk.raw: the ledger has 268435457 bytes, the source 268435456"},
		{"UPDATE extent SET image_offset = 268435456 WHERE item_id = 1 << 20",
		    "an extent of item 1048576 ends outside its source"},
		{"UPDATE source SET state = 'examining' WHERE id = 1; UPDATE unit SET is_done = 0"
		 " WHERE id = 5", "1 parts wait; run it again to resume"},
		{"UPDATE log SET user = 'nobody' WHERE id = 1", "log: row 1 was changed"},
		{"UPDATE source SET sha256_after = zeroblob(32) WHERE id = 1",
		    "the hash made after the examination differs"},
		{"PRAGMA foreign_keys = OFF; DELETE FROM rule WHERE id = 1",
		    "refers to a missing row of rule"},
	};
	struct fixture *f = *state;
	struct problems p = {0};
	size_t i;

	open_case(f, false);
	mkcase_fill(f->c, 3);
	check(f, &p);
	assert_int_equal(p.count, 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sqlite3 *db = rmn_case_db(f->c);

		sqlite3_exec(db, "ROLLBACK; PRAGMA foreign_keys = OFF; BEGIN", NULL, NULL, NULL);
		assert_int_equal(sqlite3_exec(db, rows[i].sql, NULL, NULL, NULL), SQLITE_OK);
		check(f, &p);
		assert_true(p.count > 0);
		holds(&p.text, rows[i].words);
	}
	rmn_buf_release(&p.text);
}

static void
a_case_can_be_described(void **state)
{
	struct fixture *f = *state;
	struct rmn_error error = {0};
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	open_case(f, false);
	mkcase_fill(f->c, 1);
	ok(rmn_case_describe(f->c, &text, &error), &error);
	holds(&text, "documents 192, business 168\n");
	holds(&text, "model ACME HDD 500, serial ACME-0000001");
	rmn_buf_clear(&text);
	ok(rmn_case_describe_log(f->c, &text, &error), &error);
	holds(&text, ": incomplete: 7 parts not examined\n");
	rmn_buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(csv_fields_are_quoted_and_guarded),
		TEST(values_leave_only_when_asked_for),
		TEST(every_view_can_be_exported),
		TEST(a_terminal_gets_no_commands),
		TEST(a_check_finds_what_does_not_fit),
		TEST(a_case_can_be_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
