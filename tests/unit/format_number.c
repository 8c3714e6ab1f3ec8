/* SPDX-License-Identifier: MIT
 *
 * Numbers as a workbook shows them, tables of text, and markup that is not as it should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "format/sheet/delimiter.h"
#include "format/markup/markup.h"
#include "format/package/xlsx_number.h"

static void
test_numbers(void **state)
{
	static const struct {
		const char *value, *code;
		unsigned builtin;
		const char *expected;
	} rows[] = {
		{"4111111111111111", NULL, 0, "4111111111111111"},
		{"4.111111111111111E15", NULL, 0, "4111111111111111"},
		{"9.0123456789E10", NULL, 0, "90123456789"},
		{"1E-3", NULL, 0, "0.001"},
		{"-2.5E3", NULL, 0, "-2500"},
		{"0.1", NULL, 0, "0.1"},
		{"0.30000000000000004", NULL, 0, "0.3"},
		{"1234567.8900000001", NULL, 0, "1234567.89"},
		{"1E300", NULL, 0, "1E300"},
		{"nan", NULL, 0, "nan"},
		{"", NULL, 0, ""},
		{"1", NULL, 14, "1900-01-01"},
		{"59", NULL, 14, "1900-02-28"},
		{"61", NULL, 14, "1900-03-01"},
		{"40238", NULL, 14, "2010-03-01"},
		{"40238.395833333336", NULL, 22, "2010-03-01T09:30:00"},
		{"40238.9999999", NULL, 22, "2010-03-02"},
		{"0.395833333333333", NULL, 20, "09:30:00"},
		{"40238", NULL, 57, "2010-03-01"},
		{"-5", NULL, 14, "-5"},
		{"99999999", NULL, 14, "99999999"},
		{"40238", "yyyy/mm/dd", 0, "2010-03-01"},
		{"40238", "[$-411]ggge\"年\"m\"月\"d\"日\"", 0, "2010-03-01"},
		{"40238", "m\"月\"", 0, "2010-03-01"},
		{"1.5", "[h]:mm", 0, "36:00:00"},
		{"12.5", "0.00E+00", 0, "12.5"},
		{"12", "General\"日\"", 0, "12"},
		{"12", "\"day \"0", 0, "12"},
		{"9012345678", "00000000000", 0, "09012345678"},
		{"312345678", "(00) 0000-0000", 0, "(03) 1234-5678"},
		{"1000001", "[<=999]000;[<=9999]000\\-00;000\\-0000", 0, "100-0001"},
		{"10000", "[<=999]000;[<=9999]000\\-00;000\\-0000", 0, "001-0000"},
		{"1234", "[<=999]000;[<=9999]000\\-00;000\\-0000", 0, "012-34"},
		{"123456", "#,##0", 0, "123456"},
		{"123456", "000", 0, "123456"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_number_format format = {rmn_number_builtin(rows[i].builtin), {NULL, 0}};
		unsigned char text[RMN_NUMBER_BYTES];
		size_t size;

		if (rows[i].code) {
			format.code = rmn_bytes_from_string(rows[i].code);
			format.kind = rmn_number_kind(format.code);
		}
		size = rmn_number_text(rmn_bytes_from_string(rows[i].value), &format, false, text);
		if (size != strlen(rows[i].expected) ||
		    memcmp(text, rows[i].expected, size) != 0)
			fail_msg("%s as %s: expected %s, got %.*s", rows[i].value,
			    rows[i].code ? rows[i].code : "built in", rows[i].expected, (int)size,
			    (const char *)text);
	}
}

static void
test_number_1904(void **state)
{
	struct rmn_number_format format = {RMN_NUMBER_DATE, {NULL, 0}};
	unsigned char text[RMN_NUMBER_BYTES];

	(void)state;
	assert_int_equal(rmn_number_text(rmn_bytes_from_string("38776"), &format, true, text), 10);
	assert_memory_equal(text, "2010-03-01", 10);
}

static void
test_delimiters(void **state)
{
	static const struct {
		const char *head;
		char expected;
	} rows[] = {
		{"a,b,c\n1,2,3\n", ','},
		{"a\tb\n1\t2\n", '\t'},
		{"a;b;c\r\n1;\"2;\n2\";3\r\n", ';'},
		{"name,phone\n\"x, y\",1\na,2\nb,3\nc,4\n", ','},
		{"Dear all,\nI am here, and\nyou are there.\n", 0},
		{"one line, only\n", 0},
		{"a,b\n1,2\n", 0},	/* two columns of two lines: might be prose */
		{"", 0},
		{"\n\n\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rmn_delimiter_find(rmn_bytes_from_string(rows[i].head)) != rows[i].expected)
			fail_msg("delimiter of \"%s\"", rows[i].head);
}

/* The tokens as "kind:name:body" must not depend on where a window ends. */
static size_t
scan(struct rmn_bytes bytes, size_t window, char *out, size_t room)
{
	struct rmn_markup m = {.bytes = rmn_bytes_head(bytes, window)};
	struct rmn_markup_token t;
	size_t used = 0;

	m.is_final = window >= bytes.size;
	for (;;) {
		while (rmn_markup_next(&m, &t)) {
			struct rmn_bytes body = t.body;

			if (t.kind != RMN_MARKUP_TEXT && t.kind != RMN_MARKUP_CDATA) {
				out[used++] = (char)('0' + t.kind);
				if (t.name.size > 0)
					memcpy(out + used, t.name.data, t.name.size);
				used += t.name.size;
			}
			assert_true(used + body.size + 64 < room);
			if (body.size > 0)
				memcpy(out + used, body.data, body.size);
			used += body.size;
		}
		if (m.is_final)
			return used;
		m.bytes = bytes;
		m.is_final = true;
	}
}

static void
test_markup_windows(void **state)
{
	static const char text[] = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ELEMENT a ANY>]><a:b c='>'"
	    " d=\"&lt;\">x &amp; y<![CDATA[<z>]]]]><!-- c > d --><e/>日本</a:b> < <f g=h>tail";
	struct rmn_bytes bytes = {(const unsigned char *)text, sizeof(text) - 1};
	char whole[1024], cut[1024];
	size_t size = scan(bytes, bytes.size, whole, sizeof(whole)), cut_size;

	(void)state;
	for (size_t window = 0; window < bytes.size; window++) {
		cut_size = scan(bytes, window, cut, sizeof(cut));
		if (cut_size != size || memcmp(whole, cut, size) != 0)
			fail_msg("window of %zu: \"%.*s\" for \"%.*s\"", window, (int)cut_size, cut,
			    (int)size, whole);
	}
}

/* Names of any length, with a prefix of any, and attributes behind them at any place. */
static void
test_markup_lengths(void **state)
{
	static const struct rmn_bytes wanted[] = {
		{(const unsigned char *)"second", 6}, {(const unsigned char *)"none", 4},
		{(const unsigned char *)"first", 5}, {(const unsigned char *)"third", 5},
	};
	struct rmn_markup empty = {.is_final = true};
	struct rmn_markup_token none;

	(void)state;
	assert_false(rmn_markup_next(&empty, &none));
	for (size_t size = 1; size <= 40; size++) {
		for (size_t colon = 0; colon < size; colon++) {
			struct rmn_markup m = {.is_final = true};
			struct rmn_markup_token t;
			struct rmn_bytes values[4];
			char name[48] = "", tag[160];

			memset(name, 'n', size);
			if (colon > 0)
				name[colon] = ':';
			snprintf(tag, sizeof(tag),
			    "<%s first=\"a>b\" x:second='\"' \tthird=c first=d/></%s>", name, name);
			m.bytes = rmn_bytes_from_string(tag);
			assert_true(rmn_markup_next(&m, &t));
			assert_int_equal(t.kind, RMN_MARKUP_START);
			assert_true(t.is_empty);
			assert_int_equal(t.prefix.size, colon);
			assert_int_equal(t.name.size, colon > 0 ? size - colon - 1 : size);
			rmn_markup_attributes(t.body, wanted, 4, values);
			assert_true(rmn_markup_is(values[0], "\""));
			assert_null(values[1].data);
			assert_true(rmn_markup_is(values[2], "a>b"));
			assert_true(rmn_markup_is(values[3], "c"));
			assert_true(rmn_markup_next(&m, &t));
			assert_int_equal(t.kind, RMN_MARKUP_END);
			assert_int_equal(t.prefix.size, colon);
			assert_false(rmn_markup_next(&m, &t));
		}
	}
}

static void
test_entities(void **state)
{
	static const struct {
		const char *text;
		uint32_t code;
		size_t size;
	} rows[] = {
		{"&amp;", '&', 5}, {"&lt;x", '<', 4}, {"&#65;", 'A', 5}, {"&#x3042;", 0x3042, 8},
		{"&#x3042", 0x3042, 7}, {"&#0;", 0xFFFD, 4}, {"&#xD800;", 0xFFFD, 8},
		{"&#150;", 0x2013, 6}, {"&thetasym;", 0x3D1, 10}, {"&nope;", 0, 0}, {"&amp", 0, 0},
		{"&", 0, 0}, {"&#;", 0, 0}, {"&yen;", 0xA5, 5}, {"&AElig;", 0xC6, 7},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = 0;
		uint32_t code =
		    rmn_markup_entity(rmn_bytes_from_string(rows[i].text), 0, &size);

		if (code != rows[i].code || (code && size != rows[i].size))
			fail_msg("%s: %x, %zu bytes", rows[i].text, (unsigned)code, size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_number_1904),
		cmocka_unit_test(test_delimiters),
		cmocka_unit_test(test_markup_windows),
		cmocka_unit_test(test_markup_lengths),
		cmocka_unit_test(test_entities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
