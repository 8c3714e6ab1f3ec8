/* SPDX-License-Identifier: MIT
 *
 * RTF whose end is not where its brackets say, and small cases that need no file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "format/word/field.h"
#include "format/format.h"

struct got {
	struct rmn_buf text;
	struct rmn_buf members;
};

static enum rmn_status
on_text(void *context, struct rmn_bytes utf8)
{
	struct got *got = context;

	rmn_buf_append(&got->text, utf8);
	return RMN_OK;
}

static enum rmn_status
on_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	struct got *got = context;

	(void)name;
	if (kind != RMN_PART_BODY)
		rmn_buf_printf(&got->text, "[%s]", rmn_part_name(kind));
	return RMN_OK;
}

static enum rmn_status
on_member(void *context, const struct rmn_member *member, const struct rmn_member_reader *reader)
{
	struct got *got = context;
	char piece[64];
	size_t size;

	rmn_buf_append(&got->members, member->name);
	rmn_buf_append_char(&got->members, '=');
	while (reader->read(reader->state, piece, sizeof(piece), &size, NULL) == RMN_OK)
		rmn_buf_append_data(&got->members, piece, size);
	return RMN_OK;
}

static enum rmn_status
rtf_read(const char *content, size_t size, struct got *got)
{
	struct rmn_blob blob = rmn_blob_from_bytes(
	    (struct rmn_bytes){(const unsigned char *)content, size});
	struct rmn_format_input input = {
		.content = &blob,
		.head = rmn_bytes_head(blob.memory, 8192),
		.arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES),
	};
	struct rmn_sink sink = {.context = got, .part = on_part, .text = on_text,
	    .member = on_member};
	const struct rmn_format *format = rmn_format_claim(&input);
	enum rmn_status status;

	assert_non_null(format);
	assert_string_equal(format->name, "rtf");
	rmn_buf_init(&got->text, 0);
	rmn_buf_init(&got->members, 0);
	status = rmn_format_read(format, &input, &sink, NULL);
	rmn_arena_free(input.arena);
	return status;
}

static void
test_cases(void **state)
{
	static const struct {
		const char *content, *text, *members;
		enum rmn_status status;
	} cases[] = {
		{"{\\rtf1 a}", "a", "", RMN_OK},
		{"\r\n {\\rtf1 a}\r\n", " a", "", RMN_OK},
		{"{\\rtf1 a}\r\nname,phone", "a", "behind the end=name,phone", RMN_OK},
		{"{\\rtf1 a\\par}}\\par b}", "a\n\nb", "", RMN_PARTIAL},
		{"{\\rtf1 a{\\rtf1 b}", "ab", "", RMN_PARTIAL},
		{"{\\rtf1 a{\\footnote b", "a[note]b\n", "", RMN_PARTIAL},
		{"{\\rtf1 \\uc2\\u12354 ab\\u12356\\'82\\'a2c}", "あいc", "", RMN_OK},
		{"{\\rtf1 \\u-10179 ?x\\u-8704?}", "\xEF\xBF\xBDx\xEF\xBF\xBD", "", RMN_OK},
		{"{\\rtf1 \\u12354\\bullet b\\u12356}c}", "あbい", "behind the end=c}", RMN_OK},
		{"{\\rtf1 a\\bin3 }}}b}", "ab", "", RMN_OK},
		{"{\\rtf1 a\\bin9 }}}b}", "a", "", RMN_PARTIAL},
		{"{\\rtf1 {\\*\\cs1 a}{\\*\\nothing b}c}", "ac", "", RMN_OK},
		{"{\\rtf1\\ansicpg932 \x83\x5C\x83\x7B\x83\\'5c\x83\\\\\\'a0}", NULL, "", RMN_OK},
		{"{\\rtf1\\ansicpg936 \\'c4\\'e3\xBA\xC3}", "你好", "", RMN_OK},
		{"{\\rtf1{\\fonttbl{\\f1\\cpg1251 A;}}{\\f1\\'cf}\\'e9}", "Пé", "", RMN_OK},
		{"{\\rtf1 a{\\mvf b}c}", "ac[deleted]b\n", "", RMN_OK},
		{"{\\rtf1\\pard\\intbl a\\par b\\cell\\cell c\\cell\\cell\\row}", "a b\t\tc\n", "", RMN_OK},
		{"{\\rtf1 a{\\field{\\*\\fldinst PAGE}{\\fldrslt 1}}}", "a1", "", RMN_OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct got got;
		enum rmn_status status;

		status = rtf_read(cases[i].content, strlen(cases[i].content), &got);
		if (status != cases[i].status || (cases[i].text &&
		    strcmp(rmn_buf_string(&got.text), cases[i].text) != 0) ||
		    strcmp(rmn_buf_string(&got.members), cases[i].members) != 0)
			fail_msg("%s: %s, '%s', '%s'", cases[i].content, rmn_status_name(status),
			    rmn_buf_string(&got.text), rmn_buf_string(&got.members));
		rmn_buf_release(&got.text);
		rmn_buf_release(&got.members);
	}
}

/* The time of a hostile text grows with its size, not faster. */
static void
test_hostile(void **state)
{
	static const char *const pieces[] = {"{", "{\\*\\fldinst ", "{\\footnote a", "\\f1 a\\f2 b",
	    "{\\upr{a}{\\*\\ud{b}}}", "{\\*\\docvar {a}{b}}", "\\u55357 ?", "\\cell ",
	    "{\\object{\\*\\objdata 01050000}}", "\\'", "\\bin1 ", "}{a", "}{\\rtf1 "};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct rmn_buf content;
		struct got got;

		rmn_buf_init(&content, 0);
		rmn_buf_append_string(&content, "{\\rtf1 ");
		while (content.size < 2000000)
			rmn_buf_append_string(&content, pieces[i]);
		rmn_buf_append_string(&content, "\\par");
		rtf_read((const char *)content.data, content.size, &got);
		rmn_buf_release(&content);
		rmn_buf_release(&got.text);
		rmn_buf_release(&got.members);
	}
}

static void
test_fields(void **state)
{
	static const struct {
		const char *instruction, *shown;
		bool is_telling;
	} cases[] = {
		{" HYPERLINK \"http://www.example.jp/\" ", "", true},
		{"HYPERLINK \\l \"_Toc1\"", "", false},
		{"INCLUDETEXT \"\\\\\\\\server\\\\a.doc\"", "", true},
		{"DATE \\@ \"h:mm\"", "", false},
		{"if 1 = 1 \"a\" \"b\"", "", true},
		{"PAGE \\* MERGEFORMAT", "", false},
		{"EQ \\* jc2 \\* \"Font:MS 明朝\" \\* hps10 \\o\\ad(\\s\\up 9(やまだ),山田)", "山田", false},
		{"eq \\o(\\s\\up 9(a),b)\\, c", "b,", false},
		{"EQ \\f(1,2)", "1,2", false},
		{"EQ \\o(((((((((((((((((((((a,b", NULL, false},
		{"EQ )))", "", false}, {"EQ \\", "", false}, {"EQ \\*", "", false}, {"", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rmn_bytes instruction = rmn_bytes_from_string(cases[i].instruction);
		struct rmn_buf shown;

		rmn_buf_init(&shown, 0);
		rmn_field_shown(instruction, &shown);
		if (cases[i].shown)
			assert_string_equal(rmn_buf_string(&shown), cases[i].shown);
		assert_int_equal(rmn_field_is_telling(instruction), cases[i].is_telling);
		rmn_buf_release(&shown);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
