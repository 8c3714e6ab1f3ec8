/* SPDX-License-Identifier: MIT
 *
 * Status and error, UTF-8, times and hashes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/time.h"
#include "base/utf8.h"

static void
test_the_first_failure_is_kept(void **state)
{
	struct rmn_error error = {0};

	(void)state;
	assert_int_equal(rmn_fail(&error, RMN_CORRUPT, "cause %d", 1), RMN_CORRUPT);
	assert_int_equal(rmn_fail(&error, RMN_IO, "echo"), RMN_IO);
	assert_int_equal(error.status, RMN_CORRUPT);
	assert_string_equal(error.text, "cause 1");
	assert_int_equal(rmn_fail(NULL, RMN_LIMIT, "nobody listens"), RMN_LIMIT);
	rmn_error_clear(&error);
	assert_int_equal(error.status, RMN_OK);
	assert_string_equal(rmn_status_name(RMN_ENCRYPTED), "encrypted");
}

static void
test_utf8_is_strict(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = {
		{"", true}, {"plain", true}, {"é 漢字 😀", true}, {"\xF4\x8F\xBF\xBF", true},
		{"\xC0\xAF", false}, {"\xE0\x80\xAF", false}, {"\xED\xA0\x80", false},
		{"\xF4\x90\x80\x80", false}, {"\xE6\xBC", false}, {"\x80", false}, {"\xFF", false},
		{"\xC3(", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rmn_utf8_is_valid(rmn_bytes_from_string(rows[i].text)) != rows[i].valid)
			fail_msg("row %zu", i);
}

static void
test_utf8_round_trip(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c += c < 0x900 ? 1 : 97) {
		unsigned char encoded[4];
		size_t size = rmn_utf8_encode(c, encoded), at = 0;
		bool is_surrogate = c >= 0xD800 && c <= 0xDFFF, valid;

		assert_int_equal(rmn_utf8_next((struct rmn_bytes){encoded, size}, &at, &valid),
		    is_surrogate ? RMN_REPLACEMENT : c);
		assert_int_equal(at, size);
		assert_true(valid);
	}
}

static void
test_escaping_leaves_nothing_dangerous(void **state)
{
	static const struct {
		const char *raw, *escaped;
	} rows[] = {
		{"見積書.xlsx", "見積書.xlsx"}, {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
		{"\x1b[2J", "\\x1B[2J"}, {"back\\slash", "back\\\\slash"}, {"\xFF\x80", "\\xFF\\x80"},
		{"abc\xE2\x80\xAE" "fdp", "abc\\u202Efdp"}, {"\xC2\x9B", "\\u009B"},
	};
	struct rmn_buf buf;

	(void)state;
	rmn_buf_init(&buf, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rmn_buf_clear(&buf);
		rmn_utf8_append_escaped(&buf, rmn_bytes_from_string(rows[i].raw));
		assert_string_equal(rmn_buf_string(&buf), rows[i].escaped);
	}
	rmn_buf_release(&buf);
}

/* Eight bytes are looked at at once, and three of a character: whatever stands where among them is seen. */
static void
test_long_texts_are_looked_at_everywhere(void **state)
{
	static const char *const rows[] = {"\x1F", "\\", "\x7F", "\r", "\x80", "\xE6\xBC", "\xFF",
	    "\xE2\x80\xAE", "\xEF\xBB\xBF", "\xED\xA0\x80", "\xC2\x9B", "\xE3\x81 \x81"};
	static const char *const around[] = {"plain text of some length, 0123456789",
	    "漢字かな交じり文、カタカナと全角ＡＢＣ", "第12条 a漢b字\t90-0000\n@example.jp 漢"};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		struct rmn_bytes good = rmn_bytes_from_string(around[i]), cut;

		assert_int_equal(rmn_utf8_lines_size(good), good.size);
		assert_int_equal(rmn_utf8_valid_size(good), good.size);
		for (size_t at = 0; at <= good.size; at++)
			for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++) {
				cut = rmn_utf8_head(good, at);
				snprintf(text, sizeof(text), "%.*s%s%s", (int)cut.size, around[i],
				    rows[j], around[i] + cut.size);
				assert_int_equal(rmn_utf8_lines_size(rmn_bytes_from_string(text)),
				    cut.size);
				if (j >= 4 && j <= 6)
					assert_int_equal(rmn_utf8_valid_size(
					    rmn_bytes_from_string(text)), cut.size);
			}
	}
}

static void
test_units_become_utf8(void **state)
{
	static const unsigned char units[] = {'a', 0, 0xE9, 0, 0x22, 0x6F, 0xFF, 0xFF, 0x3D, 0xD8, 0};
	static const unsigned char swapped[] = {0, 'a', 0x6F, 0x22, 0xDC, 0};
	unsigned char text[sizeof(units) / 2 * 3];
	size_t used;

	(void)state;
	assert_int_equal(rmn_utf8_from_units((struct rmn_bytes){units, sizeof(units)}, false, text,
	    &used), 8);
	assert_int_equal(used, 9);
	assert_memory_equal(text, "a\xC3\xA9漢\xEF\xBF\xBF", 9);
	assert_int_equal(rmn_utf8_from_units((struct rmn_bytes){units, 3}, false, text, &used), 2);
	assert_int_equal(rmn_utf8_from_units((struct rmn_bytes){swapped, sizeof(swapped)}, true, text,
	    &used), 4);
	assert_memory_equal(text, "a漢", used);
}

static void
test_a_head_cuts_no_character(void **state)
{
	struct rmn_bytes text = rmn_bytes_from_string("a漢字");

	(void)state;
	assert_int_equal(rmn_utf8_head(text, 7).size, 7);
	assert_int_equal(rmn_utf8_head(text, 6).size, 4);
	assert_int_equal(rmn_utf8_head(text, 3).size, 1);
	assert_int_equal(rmn_utf8_head(text, 0).size, 0);
}

static void
test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
		const char *shown;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
		{"2010-03-01T09:30:00+09:00", 1267403400, "2010-03-01T00:30:00Z"},
		{"2010-03-01T09:30:00.123-0130", 1267441200, "2010-03-01T11:00:00Z"},
		{"2003-12-31", 1072828800, "2003-12-31T00:00:00Z"},
		{"1904-01-01T00:00:00Z", -2082844800, "1904-01-01T00:00:00Z"},
	};
	static const char *const refused[] = {"", "2010", "2010-13-01", "2010-01-32", "yesterday",
	    "2010-01-01T9", "2010-01-01T09:30:00+9"};
	char text[RMN_TIME_TEXT_BYTES];
	int64_t time_ns;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(rmn_time_parse(rows[i].text, &time_ns));
		assert_true(time_ns == rows[i].seconds * 1000000000);
		rmn_time_text(time_ns, text);
		assert_string_equal(text, rows[i].shown);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (rmn_time_parse(refused[i], &time_ns))
			fail_msg("accepted %s", refused[i]);
	rmn_time_text(RMN_TIME_UNKNOWN, text);
	assert_string_equal(text, "");
	assert_true(rmn_time_from_unix(INT64_MAX, 0) == RMN_TIME_UNKNOWN);
	assert_true(rmn_time_from_filetime(116444736000000001ull) == 100);
	assert_true(rmn_time_from_filetime(116444736000000000ull) == RMN_TIME_UNKNOWN);
	assert_true(rmn_time_from_filetime(UINT64_MAX) == RMN_TIME_UNKNOWN);
}

static void
test_hashes(void **state)
{
	unsigned char digest[RMN_SHA256_BYTES], again[RMN_SHA256_BYTES];
	unsigned char key[2][RMN_VALUE_KEY_BYTES] = {{1}, {2}};
	unsigned char value[2][RMN_VALUE_HASH_BYTES];
	struct rmn_sha256 *hash = rmn_sha256_new();
	char text[2 * RMN_SHA256_BYTES + 1];

	(void)state;
	rmn_sha256_once(rmn_bytes_from_string("abc"), digest);	/* FIPS 180-4, example */
	rmn_hex(digest, sizeof(digest), text);
	assert_string_equal(text,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	for (int round = 0; round < 2; round++) {	/* it starts anew after finish */
		rmn_sha256_update(hash, "a", 1);
		rmn_sha256_update(hash, "bc", 2);
		rmn_sha256_finish(hash, again);
		assert_memory_equal(again, digest, sizeof(digest));
	}
	rmn_sha256_free(hash);
	rmn_value_hash(key[0], rmn_bytes_from_string("v"), value[0]);
	rmn_value_hash(key[1], rmn_bytes_from_string("v"), value[1]);
	assert_memory_not_equal(value[0], value[1], sizeof(value[0]));
	rmn_value_hash(key[0], rmn_bytes_from_string("v"), value[1]);
	assert_memory_equal(value[0], value[1], sizeof(value[0]));
	assert_true(rmn_table_hash(key[0], rmn_bytes_from_string("v")) ==
	    rmn_table_hash(key[0], rmn_bytes_from_string("v")));
	assert_true(rmn_table_hash(key[0], rmn_bytes_from_string("v")) !=
	    rmn_table_hash(key[1], rmn_bytes_from_string("v")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_failure_is_kept),
		cmocka_unit_test(test_utf8_is_strict),
		cmocka_unit_test(test_utf8_round_trip),
		cmocka_unit_test(test_escaping_leaves_nothing_dangerous),
		cmocka_unit_test(test_long_texts_are_looked_at_everywhere),
		cmocka_unit_test(test_units_become_utf8),
		cmocka_unit_test(test_a_head_cuts_no_character),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
