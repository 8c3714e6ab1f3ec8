/* SPDX-License-Identifier: MIT
 *
 * The inventory of a synthetic case: the JSON against a golden file and its own schema, and what
 * must never be on a page. */
#include <jansson.h>

#include "report/reasons.h"
#include "report/report.h"
#include "tests/tools/mkcase.h"
#include "tests/unit/store_fixture.h"

#define GOLDEN "testdata/report/inventory.json"

static void
render(struct fixture *f, const struct rmn_report_format *format, enum rmn_report_language language,
    struct rmn_buf *text)
{
	struct rmn_report_options options = {.language = language,
		.generated = mkcase_time(2020, 1), .findings_per_rule = 3, .documents = 5};
	struct rmn_report_model *model = NULL;
	struct rmn_error error = {0};

	ok(rmn_report_model_new(f->c, f->path, &options, &model, &error), &error);
	rmn_buf_clear(text);
	format->render(model, text);
	assert_false(text->failed);
	rmn_report_model_free(model);
}

static void
made_case(struct fixture *f, uint64_t findings)
{
	open_case(f, true);
	mkcase_fill(f->c, findings);
}

/* What differs from run to run becomes "*". */
static void
mask_run(json_t *value)
{
	static const char *const keys[] = {"started", "finished", "ended", "user", "host",
		"executable_sha256", "version", "program_version"};
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_object(value)) {
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (json_is_string(json_object_get(value, keys[i])))
				json_object_set_new(value, keys[i], json_string("*"));
		json_object_foreach(value, key, child)
			mask_run(child);
	}
	json_array_foreach(value, i, child)
		mask_run(child);
}

static void
json_is_the_golden_one(void **state)
{
	struct fixture *f = *state;
	struct rmn_buf text;
	json_t *made, *golden;
	char *dump;

	rmn_buf_init(&text, 0);
	made_case(f, 4);
	render(f, &rmn_report_json, RMN_ENGLISH, &text);
	made = json_loadb((const char *)text.data, text.size, 0, NULL);
	assert_non_null(made);
	mask_run(made);
	json_object_set_new(json_object_get(made, "case"), "created", json_string("*"));
	if (getenv("RMN_GOLDEN"))
		assert_int_equal(json_dump_file(made, GOLDEN, JSON_INDENT(1)), 0);
	golden = json_load_file(GOLDEN, 0, NULL);
	if (!golden)
		fail_msg("%s is missing; make golden writes it", GOLDEN);
	if (!json_equal(made, golden)) {
		dump = json_dumps(made, JSON_INDENT(1));
		fail_msg("differs from %s:\n%.4000s", GOLDEN, dump);
		free(dump);
	}
	json_decref(made);
	json_decref(golden);
	rmn_buf_release(&text);
}

static bool
is_type(const json_t *value, const char *type)
{
	return (strcmp(type, "object") == 0 && json_is_object(value)) ||
	    (strcmp(type, "array") == 0 && json_is_array(value)) ||
	    (strcmp(type, "string") == 0 && json_is_string(value)) ||
	    (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
	    (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
	    (strcmp(type, "null") == 0 && json_is_null(value));
}

/* The keywords of JSON Schema that the schema uses; nothing may be there that it does not name. */
static void
validate(const json_t *schema, const json_t *value, const char *at)
{
	const json_t *types = json_object_get(schema, "type"), *type, *required, *one;
	bool fits = json_is_string(types) && is_type(value, json_string_value(types));
	const char *key;
	size_t i;

	json_array_foreach(types, i, type)
		fits = fits || is_type(value, json_string_value(type));
	if (!fits)
		fail_msg("%s is of another type than the schema says", at);
	json_array_foreach(json_object_get(schema, "required"), i, required)
		if (!json_object_get(value, json_string_value(required)))
			fail_msg("%s lacks %s", at, json_string_value(required));
	if (json_is_object(value))
		json_object_foreach((json_t *)(uintptr_t)value, key, one) {
			const json_t *part =
			    json_object_get(json_object_get(schema, "properties"), key);

			if (!part)
				fail_msg("%s.%s is not in the schema", at, key);
			validate(part, one, key);
		}
	json_array_foreach(value, i, one)
		validate(json_object_get(schema, "items"), one, at);
}

static void
json_fits_its_schema(void **state)
{
	struct fixture *f = *state;
	struct rmn_buf text;
	json_t *schema, *made;

	rmn_buf_init(&text, 0);
	schema = json_loads(rmn_report_schema, 0, NULL);
	assert_non_null(schema);
	made_case(f, 4);
	render(f, &rmn_report_json, RMN_JAPANESE, &text);
	made = json_loadb((const char *)text.data, text.size, 0, NULL);
	validate(schema, made, "report");
	json_decref(made);
	json_decref(schema);
	rmn_buf_release(&text);
}

static void
an_empty_case_has_a_report(void **state)
{
	static const struct rmn_report_format *const formats[] = {&rmn_report_html,
		&rmn_report_json, &rmn_report_csv, &rmn_report_md};
	struct fixture *f = *state;
	struct rmn_buf text;
	size_t i;

	rmn_buf_init(&text, 0);
	open_case(f, false);
	for (i = 0; i < 4; i++) {
		render(f, formats[i], RMN_ENGLISH, &text);
		assert_true(text.size > 500);
	}
	rmn_buf_release(&text);
}

static void
has(struct rmn_buf *text, const char *words)
{
	if (!strstr(rmn_buf_string(text), words))
		fail_msg("'%s' is missing", words);
}

static void
has_not(struct rmn_buf *text, const char *words)
{
	if (strstr(rmn_buf_string(text), words))
		fail_msg("'%s' is there", words);
}

/* A source and a document with the worst names. */
static void
add_hostile(struct fixture *f)
{
	struct rmn_source_row source = {.path = "/e/<script>alert(1)</script>\033[31m",
		.name = "<script>alert(1)</script>", .kind = "image", .size_bytes = 1};
	struct rmn_unexamined_row missing = {.stage = "read",
		.reason = "a|b `x` <img onerror=1>\xE2\x80\xAE txt"};
	struct rmn_error error = {0};

	ok(rmn_case_add_source(f->c, &source, &missing.source_id, &error), &error);
	ok(rmn_case_add_unexamined(f->c, &missing, &error), &error);
}

static void
evidence_is_harmless_on_a_page(void **state)
{
	static const struct rmn_report_format *const formats[] = {&rmn_report_html,
		&rmn_report_json, &rmn_report_csv, &rmn_report_md};
	struct fixture *f = *state;
	struct rmn_buf text;
	size_t i;

	rmn_buf_init(&text, 0);
	made_case(f, 4);
	add_hostile(f);
	for (i = 0; i < 4; i++) {
		render(f, formats[i], RMN_JAPANESE, &text);
		has_not(&text, "taro@example.jp");	/* the case keeps values: still masked */
	}
	render(f, &rmn_report_html, RMN_JAPANESE, &text);
	has(&text, "<html lang=\"ja\"");
	has(&text, "default-src 'none'");
	has(&text, "&lt;script&gt;alert(1)&lt;/script&gt;");
	has_not(&text, "<script>alert");
	has_not(&text, "\xE2\x80\xAE");
	has(&text, "\\u202E");
	has_not(&text, "\033");
	has_not(&text, " src=");
	has_not(&text, "http://");
	has_not(&text, "https://");
	render(f, &rmn_report_md, RMN_ENGLISH, &text);
	has_not(&text, "<script>");
	has_not(&text, "\033");
	rmn_buf_release(&text);
}

static void
every_word_is_there_in_both_languages(void **state)
{
	size_t table, column;
	char key[80];

	(void)state;
	for (table = 0; table < rmn_report_table_count; table++) {
		const struct rmn_report_table *t = &rmn_report_tables[table];

		snprintf(key, sizeof(key), "section.%s", t->name);
		assert_non_null(rmn_report_find_word(RMN_JAPANESE, key));
		for (column = 0; column < t->column_count; column++) {
			snprintf(key, sizeof(key), "col.%s", t->columns[column].name);
			if (!rmn_report_find_word(RMN_ENGLISH, key))
				fail_msg("no word for %s", key);
		}
	}
	assert_string_equal(rmn_report_value_word(RMN_JAPANESE, "state", "deleted"), "削除済み");
	assert_string_equal(rmn_report_value_word(RMN_JAPANESE, "state", "odd"), "odd");
	assert_string_equal(rmn_report_value_word(RMN_ENGLISH, "state", NULL), "unknown");
	assert_string_equal(rmn_report_value_word(RMN_JAPANESE, "doc_type", "minutes"), "議事録");
}

static void
check_reason(const char *recorded, const char *japanese)
{
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	rmn_report_reason(&text, RMN_JAPANESE, rmn_bytes_from_string(recorded));
	assert_string_equal(rmn_buf_string(&text), japanese);
	rmn_buf_clear(&text);
	rmn_report_reason(&text, RMN_ENGLISH, rmn_bytes_from_string(recorded));
	assert_string_equal(rmn_buf_string(&text), recorded);
	rmn_buf_release(&text);
}

static void
reasons_are_said_in_japanese(void **state)
{
	(void)state;
	check_reason("no pages", "ページがない");
	check_reason("no pages at all", "no pages at all");
	check_reason("", "");
	check_reason("3 of 12 pages are pictures without text; --ocr reads them",
	    "全12ページ中3ページは文字情報のない画像である（--ocrで読取可能）");
	check_reason("a hole of 512 zero bytes at offset 70", "オフセット70に512バイトのゼロの欠落がある");
	check_reason("a hole of 512 zero bytes at offset 70 and behind",
	    "オフセット70以降に計512バイトのゼロの欠落がある");
	check_reason("a of b: the document is protected by a password",
	    "文書がパスワードで保護されている（a of b）");
	check_reason("volume 2 of the image: volume 3 of the image: volume 4 of the image: no pages",
	    "イメージ内のボリューム2：イメージ内のボリューム3：イメージ内のボリューム4：no pages");
}

/* Every row stands for itself, and says in Japanese all that its stars stand for. */
static void
every_reason_keeps_its_parts(void **state)
{
	static const struct {
		const char *recorded, *japanese;
	} rows[] = {
#define REASON(recorded, japanese) {recorded, japanese},
#include "report/reasons.def"
#undef REASON
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char part[] = "$1";
		struct rmn_buf text;

		for (const char *star = strchr(rows[i].recorded, '*'); star; star = strchr(star + 1, '*'), part[1]++)
			if (!strstr(rows[i].japanese, part))
				fail_msg("%s is not in the Japanese of: %s", part, rows[i].recorded);
		assert_null(strstr(rows[i].japanese, part));
		rmn_buf_init(&text, 0);
		rmn_report_reason(&text, RMN_JAPANESE, rmn_bytes_from_string(rows[i].recorded));
		if (strcmp(rmn_buf_string(&text), rows[i].recorded) == 0)
			fail_msg("no Japanese for: %s", rows[i].recorded);
		rmn_buf_release(&text);
	}
}

static void
figures_and_map_are_those_of_the_case(void **state)
{
	struct rmn_report_options options = {.generated = 0, .findings_per_rule = 3,
		.documents = 5};
	struct rmn_report_model *model = NULL;
	const struct rmn_report_rows *rows;
	struct fixture *f = *state;
	struct rmn_error error = {0};
	double findings = 0;
	size_t i;

	made_case(f, 4);
	ok(rmn_report_model_new(f->c, f->path, &options, &model, &error), &error);
	assert_int_equal(rmn_report_figure(model, "documents"), 192);
	assert_int_equal(rmn_report_figure(model, "business_documents"), 168);
	assert_int_equal(rmn_report_figure(model, "unexamined"), 7);
	assert_true(model->is_incomplete);
	assert_false(model->is_unfinished);
	rows = rmn_report_find_rows(model, "findings");
	assert_int_equal(rows->total, 180 * 4 + 4 * 12 + 5);
	assert_true(rows->count <= 8 * 3);
	rows = rmn_report_find_rows(model, "documents");
	assert_int_equal(rows->count, 5);
	assert_int_equal(rows->total, 168);
	assert_int_equal(model->map_count, 1);
	for (i = 0; i < RMN_REPORT_MAP_CELLS; i++)
		findings += model->maps[0].cells[i].findings;
	assert_int_equal((int)(findings + 0.5), 180 * 4 + 4 * 12);
	rmn_report_model_free(model);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(json_is_the_golden_one),
		TEST(json_fits_its_schema),
		TEST(an_empty_case_has_a_report),
		TEST(evidence_is_harmless_on_a_page),
		TEST(every_word_is_there_in_both_languages),
		TEST(reasons_are_said_in_japanese),
		TEST(every_reason_keeps_its_parts),
		TEST(figures_and_map_are_those_of_the_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
