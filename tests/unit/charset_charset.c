/* SPDX-License-Identifier: MIT
 *
 * Decoders against iconv, which plays no part in them at run time. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/utf8.h"
#include "charset/charset.h"
#include "charset/decode.h"

#define BYTES(literal) ((struct rmn_bytes){(const unsigned char *)(literal), sizeof(literal) - 1})

static const char *
decoded(struct rmn_bytes bytes, enum rmn_encoding encoding, struct rmn_buf *buf, size_t *bad)
{
	rmn_buf_clear(buf);
	assert_int_equal(rmn_charset_decode(bytes, encoding, buf, bad), RMN_OK);
	return rmn_buf_string(buf);
}

static void
test_vectors(void **state)
{
	static const struct { enum rmn_encoding encoding; const char *bytes, *text; size_t bad; }
	vectors[] = {
		/* Trail bytes that are ASCII punctuation. */
		{RMN_CP932, "\x95\x5C\x83\x5C\x94\x5C\x97\x5C\x8F\x5C", "表ソ能予十", 0},
		{RMN_CP932, "\x81\x60\x81\x61\x81\x7C\x81\x91\x81\xCA", "～∥－￠￢", 0},
		{RMN_CP932, "\xB6\xDE\xC0\xDB\xB0", "ｶﾞﾀﾛｰ", 0},
		{RMN_CP932, "\xFB\xFC\xED\x95\x87\x40", "髙﨑①", 0},
		{RMN_CP932, "\xF0\x40\xF9\xFC", "\uE000\uE757", 0},
		{RMN_CP932, "a\x82", "a\uFFFD", 1},
		{RMN_CP932, "\x85\\x", "\uFFFD\\x", 1},
		{RMN_CP932, "\x82\x20\x82\xA0", "\uFFFD あ", 1},
		{RMN_EUC_JP, "\xA4\xA2\xC9\xBD\x8E\xB6\x8E\xDE", "あ表ｶﾞ", 0},
		{RMN_EUC_JP, "\xA1\xC1\xAD\xA1\xFC\xE2\x8F\xF4\xBD", "～①髙﨑", 0},
		{RMN_EUC_JP, "\x8F\xB0\xA1\x8F", "丂\uFFFD", 1},
		{RMN_EUC_JP, "\xA4\x41", "\uFFFDA", 1},
		{RMN_ISO_2022_JP, "a\033$B$\"I=\033(Bb", "aあ表b", 0},
		{RMN_ISO_2022_JP, "\033$@F|K\\\033(J\\", "日本\\", 0},
		{RMN_ISO_2022_JP, "\033(I6^\033(B!", "ｶﾞ!", 0},
		{RMN_ISO_2022_JP, "\033$(D0!\033(B", "丂", 0},
		{RMN_ISO_2022_JP, "\033$B$\"\nabc", "あ\nabc", 0},
		{RMN_ISO_2022_JP, "\033[1m\x0E" "6\x0F" "6", "\033[1mｶ6", 0},
		{RMN_ISO_2022_JP, "\033$B$", "\uFFFD", 1},
		{RMN_CP1252, "caf\xE9 \x80\x93", "café €“", 0},
		{RMN_CP1252, "\x81", "\uFFFD", 1},
		{RMN_UTF8, "a\xC0\x80\xED\xA0\x80z", "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz", 5},
		{RMN_UTF8, "\xF0\xA0\xAE\xB7\xF4\x90\x80\x80", "𠮷\uFFFD\uFFFD\uFFFD\uFFFD", 4},
		{RMN_ASCII, "plain and 日本", "plain and 日本", 0},
	};
	struct rmn_buf buf;
	size_t bad;

	(void)state;
	rmn_buf_init(&buf, 0);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		assert_string_equal(decoded(rmn_bytes_from_string(vectors[i].bytes),
		    vectors[i].encoding, &buf, &bad), vectors[i].text);
		assert_int_equal(bad, vectors[i].bad);
	}
	assert_string_equal(decoded(BYTES("\x42\x30\x42\xD8\xB7\xDF\x0A\x00\x00\xDC\x41"),
	    RMN_UTF16LE, &buf, &bad), "あ𠮷\n\uFFFD\uFFFD");
	assert_int_equal(bad, 2);
	assert_string_equal(decoded(BYTES("\x30\x42\xD8\x42\xDF\xB7"), RMN_UTF16BE, &buf, &bad),
	    "あ𠮷");
	assert_int_equal(rmn_charset_decode(BYTES("a"), RMN_ENCODING_UNKNOWN, &buf, NULL),
	    RMN_UNSUPPORTED);
	rmn_buf_release(&buf);
}

/* Every character of the BMP that iconv can write in a charset is read back; how many of them as
 * the same character (Microsoft's tables take some together, such as two wave dashes). */
static size_t
round_trip(const char *charset, enum rmn_encoding encoding)
{
	iconv_t cd = iconv_open(charset, "UTF-8");
	struct rmn_buf buf;
	size_t same = 0;

	assert_true(cd != (iconv_t)-1);
	rmn_buf_init(&buf, 0);
	for (uint32_t c = 0x20; c < 0x10000; c++) {
		unsigned char utf8[5] = {0}, bytes[16], back[5] = {0};
		char *in = (char *)utf8, *out = (char *)bytes;
		size_t in_size, out_left = sizeof(bytes), bad;

		if ((c >= 0xD800 && c < 0xE000) || (c >= 0x7F && c < 0xA0))
			continue;
		in_size = rmn_utf8_encode(c, utf8);
		iconv(cd, NULL, NULL, NULL, NULL);
		if (iconv(cd, &in, &in_size, &out, &out_left) != 0 ||
		    iconv(cd, NULL, NULL, &out, &out_left) != 0)
			continue;
		decoded((struct rmn_bytes){bytes, sizeof(bytes) - out_left}, encoding, &buf, &bad);
		assert_int_equal(bad, 0);
		memcpy(back, buf.data, buf.size < 4 ? buf.size : 4);
		same += memcmp(back, utf8, 5) == 0;
	}
	rmn_buf_release(&buf);
	iconv_close(cd);
	return same;
}

static void
test_round_trips(void **state)
{
	(void)state;
	assert_int_equal(round_trip("CP932", RMN_CP932), 9364);
	assert_in_range(round_trip("EUC-JP-MS", RMN_EUC_JP), 13100, 15300);
	assert_in_range(round_trip("ISO-2022-JP", RMN_ISO_2022_JP), 6950, 7000);
	assert_int_equal(round_trip("CP1252", RMN_CP1252), 218);
	assert_int_equal(round_trip("UTF-16LE", RMN_UTF16LE), 0x10000 - 0x800 - 0x20 - 0x21);
	assert_int_equal(round_trip("UTF-16BE", RMN_UTF16BE), 0x10000 - 0x800 - 0x20 - 0x21);
}

static const char sample[] = "株式会社東雲　第一営業部\r\n山田太郎 様\tTEL ０３－９９９９－０００１ ｶﾞｷﾞ ～表ソ能 ①㈱\n"
    "Hokuto Denki Co., Ltd. says hello to everybody in this long line of ASCII text.\n";

static struct rmn_bytes
encoded(const char *charset, char *bytes, size_t capacity)
{
	iconv_t cd = iconv_open(charset, "UTF-8");
	char *in = (char *)sample, *out = bytes;
	size_t in_size = strlen(sample), left = capacity;

	assert_true(cd != (iconv_t)-1);
	assert_int_equal(iconv(cd, &in, &in_size, &out, &left), 0);
	assert_int_equal(iconv(cd, NULL, NULL, &out, &left), 0);
	iconv_close(cd);
	return (struct rmn_bytes){(unsigned char *)bytes, capacity - left};
}

/* A prefix of the bytes decodes to a prefix of the text, and at most one bad character. */
static void
test_every_prefix(void **state)
{
	static const struct { const char *charset; enum rmn_encoding encoding; } cases[] = {
		{"CP932", RMN_CP932}, {"CP51932", RMN_EUC_JP}, {"EUC-JP-MS", RMN_EUC_JP},
		{"ISO-2022-JP-3", RMN_ISO_2022_JP}, {"UTF-16LE", RMN_UTF16LE},
		{"UTF-16BE", RMN_UTF16BE}, {"UTF-8", RMN_UTF8},
	};
	char bytes[1024];
	struct rmn_buf buf;

	(void)state;
	rmn_buf_init(&buf, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		iconv_t known = iconv_open(cases[i].charset, "UTF-8");
		struct rmn_bytes all;
		size_t bad;

		if (known == (iconv_t)-1)
			continue;
		iconv_close(known);
		if (cases[i].encoding == RMN_ISO_2022_JP)
			continue;	/* its circled digits are in other sets; see vectors */
		all = encoded(cases[i].charset, bytes, sizeof(bytes));
		assert_string_equal(decoded(all, cases[i].encoding, &buf, &bad), sample);
		for (size_t size = 0; size < all.size; size++) {
			decoded(rmn_bytes_head(all, size), cases[i].encoding, &buf, &bad);
			assert_true(bad <= 2);
			assert_true(buf.size >= 3 * bad);
			assert_memory_equal(buf.size ? buf.data : (void *)sample, sample,
			    buf.size - 3 * bad);
		}
	}
	rmn_buf_release(&buf);
}

static void
test_cap(void **state)
{
	struct rmn_buf buf;

	(void)state;
	rmn_buf_init(&buf, 8);
	assert_int_equal(rmn_charset_decode(BYTES("\x82\xA0\x82\xA2\x82\xA4"), RMN_CP932, &buf, NULL),
	    RMN_LIMIT);
	assert_true(buf.failed);
	assert_int_equal(buf.size, 6);
	assert_memory_equal(buf.data, "あい", 6);
	rmn_buf_release(&buf);
}

static void
test_labels(void **state)
{
	static const struct { const char *label; enum rmn_encoding encoding; } labels[] = {
		{"Shift_JIS", RMN_CP932}, {"x-sjis", RMN_CP932}, {"windows-31j", RMN_CP932},
		{"ISO-2022-JP", RMN_ISO_2022_JP}, {"latin1", RMN_CP1252}, {"UTF-8", RMN_UTF8},
		{"EUC-JP", RMN_EUC_JP}, {"\"utf8\"", RMN_UTF8}, {"us-ascii", RMN_ASCII},
		{"KOI8-R", RMN_ENCODING_UNKNOWN}, {"", RMN_ENCODING_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		assert_int_equal(rmn_encoding_from_label(rmn_bytes_from_string(labels[i].label)),
		    labels[i].encoding);
	for (int e = 0; e < RMN_ENCODING_COUNT; e++)
		assert_int_equal(rmn_encoding_from_label(rmn_bytes_from_string(
		    rmn_encoding_name((enum rmn_encoding)e))), e);
}

static void
check_declared(void)
{
	struct rmn_buf buf;
	size_t bad;

	rmn_buf_init(&buf, 0);
	assert_int_equal(rmn_charset_decode_label(BYTES("\xCF\xF0\xE8\xE2\xE5\xF2"),
	    BYTES("windows-1251"), &buf, &bad), RMN_OK);
	assert_int_equal(rmn_charset_decode_label(BYTES("\xD6\xD0\x81\x39\xEE\x39"),
	    BYTES("GB18030"), &buf, &bad), RMN_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(rmn_charset_decode_label(BYTES("\xF0\xD2"), BYTES("koi8-r"), &buf, NULL),
	    RMN_OK);
	assert_int_equal(rmn_charset_decode_label(BYTES("\xC7\xD1\xC7"), BYTES("EUC-KR"), &buf,
	    &bad), RMN_OK);
	assert_int_equal(bad, 1);
	assert_int_equal(rmn_charset_decode_label(BYTES("\xFE\xFF\x30\x42"), BYTES("UTF-16"), &buf,
	    NULL), RMN_OK);
	assert_int_equal(rmn_charset_decode_label((struct rmn_bytes){NULL, 0}, BYTES("IBM850"), &buf, NULL),
	    RMN_OK);
	assert_int_equal(rmn_charset_decode_label(BYTES("a"), BYTES("no-such-charset"), &buf, NULL),
	    RMN_UNSUPPORTED);
	assert_int_equal(rmn_charset_decode_label(BYTES("a"), BYTES(""), &buf, NULL),
	    RMN_UNSUPPORTED);
	assert_string_equal(rmn_buf_string(&buf), "Привет中㐀Пр한\uFFFDあ");
	rmn_buf_release(&buf);
}

static void
test_declared(void **state)
{
	(void)state;
	check_declared();
}

/* As in a worker after its sandbox: no file can be opened any more. */
static void
test_declared_without_files(void **state)
{
	int result;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		struct rlimit none = {0, 0};

		rmn_charset_preload();
		if (setrlimit(RLIMIT_NOFILE, &none) != 0 || open("/dev/null", 0) >= 0)
			_exit(9);
		check_declared();
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &result, 0), child);
	assert_int_equal(result, 0);
}

static void
test_long_declared(void **state)
{
	unsigned char bytes[5000];
	struct rmn_buf buf;
	size_t bad;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 4 == 0 ? 0x95 : i % 4 == 1 ? 0x32 : i % 4 == 2 ? 0x82 : 0x36;
	rmn_buf_init(&buf, 0);
	/* Pairs beyond the BMP across the ends of the pieces. */
	assert_int_equal(rmn_charset_decode_label((struct rmn_bytes){bytes, sizeof(bytes)},
	    BYTES("gb18030"), &buf, &bad), RMN_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(buf.size, 5000);
	assert_true(rmn_utf8_is_valid(rmn_buf_bytes(&buf)));
	rmn_buf_release(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_every_prefix), cmocka_unit_test(test_cap),
		cmocka_unit_test(test_labels), cmocka_unit_test(test_declared),
		cmocka_unit_test(test_declared_without_files), cmocka_unit_test(test_long_declared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
