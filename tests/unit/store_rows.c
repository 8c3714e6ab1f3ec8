/* SPDX-License-Identifier: MIT
 *
 * Rows of a case: what goes in, what views show of it, and what a cleared unit leaves. */
#include "tests/unit/store_fixture.h"

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
	ok(rmn_case_set_source_hash(f->c, id, hash, 0, &error), &error);
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
volumes_lie_in_files_of_volumes(void **state)
{
	struct rmn_volume_row inner = {.number = 2, .start_byte = 20480, .length_bytes = 1,
		.slot = "p1", .filesystem = "hfsplus", .state = "current",
		.outer_path = text("share/M.sparsebundle")};
	struct fixture *f = *state;
	struct rmn_error error = {0};

	open_case(f, false);
	add_head(f);
	inner.source_id = f->source;
	inner.outer_id = f->volume;
	ok(rmn_case_add_volume(f->c, &inner, &f->volume, &error), &error);
	add_file(f, 1, "a.doc");
	assert_string_equal(ask(f->c, "SELECT forensic_path FROM v_item"),
	    "disk.raw//p1@1048576(ntfs)/share/M.sparsebundle//p1@20480(hfsplus)/a.doc");
	ok(rmn_case_forget_walk(f->c, f->source, &error), &error);
	assert_string_equal(ask(f->c, "SELECT count(*) FROM v_volume"), "0");
}

static void
add_carved(struct fixture *f, int64_t unit, const char *name, uint64_t size)
{
	struct rmn_item_row item = {.id = rmn_item_id(unit, 0), .source_id = f->source,
		.path = text(name), .name = text(name), .kind = "file", .state = "carved",
		.size_bytes = size, .grade = 'C', .name_source = "none"};
	struct rmn_error error = {0};

	ok(rmn_case_add_item(f->c, &item, true, &error), &error);
}

static void
items_speak_of_files(void **state)
{
	struct rmn_named_row named[] = {
		{.number = 0, .name = text("見積.xls"), .path = text("C:\\b\\見積.xls"), .size_bytes = 4096,
		    .created = RMN_TIME_UNKNOWN, .modified = 1267435800123456789},
		{.number = 1, .name = text("other.doc"), .path = text("other.doc"), .size_bytes = 4096,
		    .created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN},
		{.number = 2, .name = text("only.pdf"), .path = text("Users/only.pdf"),
		    .size_bytes = UINT64_MAX, .created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN},
	};
	struct fixture *f = *state;
	struct rmn_error error = {0};

	open_case(f, false);
	add_head(f);
	add_file(f, 1, "a.lnk");
	add_carved(f, 2, "carved@4096.xls", 4096);
	add_carved(f, 3, "carved@8192.xls", 5000);
	add_carved(f, 4, "carved@16384.pdf", 700);
	for (size_t i = 0; i < 3; i++) {
		named[i].item_id = rmn_item_id(1, 0);
		ok(rmn_case_add_named(f->c, &named[i], &error), &error);
	}
	assert_string_equal(ask(f->c, "SELECT group_concat(path || coalesce(size_bytes, '?') ||"
	    " coalesce(modified, '?'), ' ') FROM v_named_thing"), "C:\\b\\見積.xls40962010-03-01T09:30:00Z "
	    "other.doc4096? Users/only.pdf??");
	assert_string_equal(ask(f->c, "SELECT group_concat((item_id >> 20) || name || source, ' ')"
	    " FROM v_suggested_name"), "2見積.xlsnamed-size 4only.pdfnamed-type");
	/* a second one of its type: nothing says which is which */
	add_carved(f, 5, "carved@32768.pdf", 800);
	assert_string_equal(ask(f->c, "SELECT group_concat((item_id >> 20) || name || source, ' ')"
	    " FROM v_suggested_name"), "2見積.xlsnamed-size");
	ok(rmn_case_clear_unit(f->c, 1, &error), &error);
	assert_string_equal(ask(f->c, "SELECT count(*) FROM v_named_thing"), "0");
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sources_keep_what_they_are_told),
		TEST(rules_are_one_row_each),
		TEST(views_show_an_examined_item),
		TEST(forensic_paths_name_space_trees_and_lost_volumes),
		TEST(volumes_lie_in_files_of_volumes),
		TEST(items_speak_of_files),
		TEST(one_document_a_content),
		TEST(hostile_rows_are_refused_and_the_case_goes_on),
		TEST(a_cleared_unit_is_as_the_walk_left_it),
		TEST(pending_units_can_be_had_back),
		TEST(a_forgotten_walk_leaves_nothing),
		TEST(values_are_stored_only_when_the_case_keeps_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
