/* SPDX-License-Identifier: MIT
 *
 * The working copy: what it makes of each trap, where it says things came from, and the same
 * result as utf8proc on whole strings wherever it promises NFKC. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "charset/normal.h"

static const char *
filled(struct rmn_normal *n, const char *text)
{
	assert_int_equal(rmn_normal_fill(n, rmn_bytes_from_string(text), RMN_UTF8), RMN_OK);
	return rmn_buf_string(&n->text);
}

static void
test_vectors(void **state)
{
	static const struct { const char *text, *normal; } vectors[] = {
		{"ＡＢＣ０１２（株）", "ABC012(株)"},
		{"０３－９９９９－０００１", "03-9999-0001"},
		{"03ー9999ー0001", "03-9999-0001"},
		{"03ｰ9999‐0001", "03-9999-0001"},
		{"03—9999─0001 1–2 1−2", "03-9999-0001 1-2 1-2"},
		{"（０３）ー９９９９", "(03)-9999"},
		{"サーバー2ー ー3", "サーバー2ー ー3"},
		{"ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟ ｳﾞ ﾔﾏﾀﾞ ﾀﾛｳ", "ガギグ パピ ヴ ヤマダ タロウ"},
		{"ﾔ゛", "ヤ \u3099"},
		{"か\u3099 タ\u3099 は\u309A", "が ダ ぱ"},
		{"e\u0301 A\u030A u\u0308\u0304", "é Å ǖ"},
		{"①23 ②-4 ㉑5 5² 3½", "①23 ②-4 ㉑5 5² 3½"},
		{"㈱東雲 ㍻２９年 ℡ № ㎏ ㊙", "(株)東雲 平成29年 TEL No kg 秘"},
		{"a　 \u00A0  b\u2003c", "a b c"},
		{"a\t b\n  c", "a\t b\n c"},
		{"  TEL  03-9999-0001   ", " TEL 03-9999-0001 "},
		{"taro＠shinonome．example．jp", "taro@shinonome.example.jp"},
		{"髙橋 﨑 辻\U000E0100", "髙橋 﨑 辻\U000E0100"},
		{"10〜20 10～20 ‖∥", "10~20 10~20 ∥∥"},
		{"한\u1112\u1161\u11AB ﾊﾝ", "한한 ハン"},
		{"𠮷野家 😀 𝟏𝟐", "𠮷野家 😀 12"},
		{"a\xFFz\xE3\x81", "a\uFFFDz\uFFFD\uFFFD"},
		{"", ""},
	};
	struct rmn_normal n;

	(void)state;
	rmn_normal_init(&n);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		assert_string_equal(filled(&n, vectors[i].text), vectors[i].normal);
	}
	rmn_normal_release(&n);
}

static void
test_source_map(void **state)
{
	/* あ ㈱ ｶﾞ(3+3) sp sp A(full) é(1+2) */
	static const char text[] = "あ㈱ｶﾞ  Ａe\u0301.";
	static const uint32_t expected[] = {
		0, 0, 0, 3, 3, 3, 3, 3, 6, 6, 6, 12, 14, 17, 17, 20, 21,
	};
	static const unsigned char sjis[] = "\x82\xA0\x81\x40\x81\x40\x82\x60\xB6\xDE\x87\x8A";
	static const uint32_t from_sjis[] = {0, 0, 0, 2, 6, 8, 8, 8, 10, 10, 10, 10, 10, 12};
	static const unsigned char jis[] = "a\033$B$\"\033(B-";
	static const uint32_t from_jis[] = {0, 4, 4, 4, 9, 10};
	struct rmn_normal n;

	(void)state;
	rmn_normal_init(&n);
	assert_string_equal(filled(&n, text), "あ(株)ガ Aé.");
	assert_int_equal(n.text.size, 16);
	assert_memory_equal(n.source, expected, sizeof(expected));
	assert_int_equal(rmn_normal_fill(&n, (struct rmn_bytes){sjis, 12}, RMN_CP932), RMN_OK);
	assert_string_equal(rmn_buf_string(&n.text), "あ Aガ(株)");
	assert_memory_equal(n.source, from_sjis, sizeof(from_sjis));
	assert_int_equal(rmn_normal_fill(&n, (struct rmn_bytes){jis, 10}, RMN_ISO_2022_JP), RMN_OK);
	assert_memory_equal(n.source, from_jis, sizeof(from_jis));
	assert_string_equal(filled(&n, "a  b"), "a b");
	assert_int_equal(n.source[1], 1);
	assert_int_equal(n.source[2], 3);
	assert_int_equal(n.source[3], 4);
	rmn_normal_release(&n);
}

static uint32_t
random_point(uint64_t *seed)
{
	static const uint32_t blocks[][2] = {
		{0x20, 0x7F}, {0xA0, 0x180}, {0x300, 0x370}, {0x900, 0xE00}, {0x1100, 0x1200},
		{0x1E00, 0x2000}, {0x2000, 0x3000}, {0x3000, 0x3400}, {0x4E00, 0x4F00},
		{0xAC00, 0xAD00}, {0xF900, 0xFB00}, {0xFB00, 0xFE00}, {0xFE00, 0x10000},
		{0x1D400, 0x1D500}, {0x1F100, 0x1F300}, {0x2F800, 0x2FA20}, {0x3099, 0x309B},
		{0xFF65, 0xFFA0}, {0x11000, 0x11200},
	};
	size_t block;

	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	block = *seed % (sizeof(blocks) / sizeof(blocks[0]));
	return blocks[block][0] + (uint32_t)((*seed >> 32) % (blocks[block][1] - blocks[block][0]));
}

/* What normal.h says differs from NFKC. */
static bool
is_exception(uint32_t c)
{
	return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0xBC && c <= 0xBE) ||
	    (c >= 0x2010 && c <= 0x2016) || (c >= 0x2070 && c <= 0x208F) ||
	    (c >= 0x2150 && c <= 0x215F) || c == 0x2189 || (c >= 0x2212 && c <= 0x2212) ||
	    (c >= 0x2460 && c <= 0x24FF) || c == 0x2500 || c == 0x301C || c == 0x30FC ||
	    (c >= 0x3251 && c <= 0x32BF) || c == 0xFF70 || c == 0xFF0D || c == 0xFE63 ||
	    c == 0xFE31 || c == 0xFE32 || c == 0xFE58;
}

/* utf8proc on the whole string, runs of spaces as one. */
static void
expect_nfkc(const struct rmn_buf *text, struct rmn_buf *expected)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t size = utf8proc_map(text->data, (utf8proc_ssize_t)text->size, &mapped,
	    UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE);

	assert_true(size >= 0);
	rmn_buf_clear(expected);
	for (utf8proc_ssize_t i = 0; i < size; i++)
		if (mapped[i] != ' ' || i == 0 || mapped[i - 1] != ' ')
			rmn_buf_append_data(expected, mapped + i, 1);
	free(mapped);
}

static void
check_map(const struct rmn_normal *n, size_t size)
{
	for (size_t i = 0; i < n->text.size; i++)
		assert_true(n->source[i] <= n->source[i + 1]);
	assert_int_equal(n->source[n->text.size], size);
	assert_true(rmn_utf8_is_valid(rmn_buf_bytes(&n->text)));
}

static void
test_against_utf8proc(void **state)
{
	uint64_t seed = 88172645463325252u;
	struct rmn_buf text, expected;
	struct rmn_normal n;

	(void)state;
	rmn_buf_init(&text, 0);
	rmn_buf_init(&expected, 0);
	rmn_normal_init(&n);
	for (int round = 0; round < 60000; round++) {
		rmn_buf_clear(&text);
		for (int i = 0; i < 1 + round % 7; i++) {
			uint32_t c = random_point(&seed);

			rmn_buf_append_utf8(&text, is_exception(c) ? 'x' : c);
		}
		expect_nfkc(&text, &expected);
		assert_int_equal(rmn_normal_fill(&n, rmn_buf_bytes(&text), RMN_UTF8), RMN_OK);
		assert_string_equal(rmn_buf_string(&n.text), rmn_buf_string(&expected));
		check_map(&n, text.size);
	}
	rmn_normal_release(&n);
	rmn_buf_release(&expected);
	rmn_buf_release(&text);
}

/* Wrong bytes, cut characters, any encoding: a map that leads back and well-formed text. */
static void
test_hostile(void **state)
{
	unsigned char bytes[200];
	uint64_t seed = 362436069;
	struct rmn_normal n;

	(void)state;
	rmn_normal_init(&n);
	for (int round = 0; round < 20000; round++) {
		size_t size = (size_t)round % sizeof(bytes);

		for (size_t i = 0; i < size; i++)
			bytes[i] = (unsigned char)random_point(&seed);
		for (int e = RMN_ASCII; e < RMN_ENCODING_COUNT; e++) {
			assert_int_equal(rmn_normal_fill(&n, (struct rmn_bytes){bytes, size},
			    (enum rmn_encoding)e), RMN_OK);
			check_map(&n, size);
		}
	}
	rmn_normal_release(&n);
}

static void
test_many_marks(void **state)
{
	struct rmn_buf text;
	struct rmn_normal n;

	(void)state;
	rmn_buf_init(&text, 0);
	rmn_normal_init(&n);
	for (int i = 0; i < 5000; i++)
		rmn_buf_append_utf8(&text, i % 3 ? 0xFDFA : 0x0308);
	for (int i = 0; i < 5000; i++)
		rmn_buf_append_utf8(&text, i ? 0x0308 : 'a');
	assert_int_equal(rmn_normal_fill(&n, rmn_buf_bytes(&text), RMN_UTF8), RMN_OK);
	check_map(&n, text.size);
	rmn_buf_release(&text);
	rmn_normal_release(&n);
}

static void
test_limit(void **state)
{
	unsigned char *bytes = calloc(1, RMN_NORMAL_BYTES + 1);
	struct rmn_normal n;

	(void)state;
	assert_non_null(bytes);
	rmn_normal_init(&n);
	assert_int_equal(rmn_normal_fill(&n, (struct rmn_bytes){bytes, RMN_NORMAL_BYTES + 1},
	    RMN_UTF8), RMN_LIMIT);
	check_map(&n, RMN_NORMAL_BYTES);
	rmn_normal_release(&n);
	free(bytes);
}

/* The same text in every encoding gives the same working copy. */
static void
test_six_encodings(void **state)
{
	static const char text[] = "株式会社東雲　営業本部 山田 太郎 様\r\nＴＥＬ ０３－９９９９－０００１ "
	    "ｶﾞﾀﾞ 表ソ能予十 10～20 ∥ taro@shinonome.example.jp\n";
	static const struct { const char *charset; enum rmn_encoding encoding; } charsets[] = {
		{"CP932", RMN_CP932}, {"EUC-JP-MS", RMN_EUC_JP}, {"UTF-16LE", RMN_UTF16LE},
		{"UTF-16BE", RMN_UTF16BE}, {"CP50221", RMN_ISO_2022_JP},
		{"ISO-2022-JP", RMN_ISO_2022_JP},
	};
	struct rmn_normal expected, n;

	(void)state;
	rmn_normal_init(&expected);
	rmn_normal_init(&n);
	filled(&expected, text);
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		iconv_t cd = iconv_open(charsets[i].charset, "UTF-8");
		char bytes[1024], *in = (char *)text, *out = bytes;
		size_t in_size = strlen(text), left = sizeof(bytes);

		if (cd == (iconv_t)-1)
			continue;
		if (iconv(cd, &in, &in_size, &out, &left) != (size_t)-1 &&
		    iconv(cd, NULL, NULL, &out, &left) != (size_t)-1) {
			assert_int_equal(rmn_normal_fill(&n, (struct rmn_bytes){
			    (unsigned char *)bytes, sizeof(bytes) - left},
			    charsets[i].encoding), RMN_OK);
			assert_string_equal(rmn_buf_string(&n.text),
			    rmn_buf_string(&expected.text));
		}
		iconv_close(cd);
	}
	rmn_normal_release(&n);
	rmn_normal_release(&expected);
}

static void
test_nfc(void **state)
{
	static const struct { const char *text, *nfc; } vectors[] = {
		{"か\u3099くせい/ファイル.txt", "がくせい/ファイル.txt"},
		{"plain/path", "plain/path"}, {"ＡＢＣ ㈱ ①", "ＡＢＣ ㈱ ①"}, {"", ""},
		{"タ\u3099\xFF" "e\u0301\xE3", "ダ\uFFFDé\uFFFD"},
	};
	struct rmn_buf buf;

	(void)state;
	rmn_buf_init(&buf, 0);
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		rmn_buf_clear(&buf);
		rmn_normal_nfc(rmn_bytes_from_string(vectors[i].text), &buf);
		assert_string_equal(rmn_buf_string(&buf), vectors[i].nfc);
	}
	rmn_buf_release(&buf);
}

static void
test_key(void **state)
{
	static const struct { const char *a, *b; } same[] = {
		{"髙橋　一郎", "高橋一郎"}, {"山﨑 花子", "山崎花子"}, {"たかはし", "ﾀｶﾊｼ"},
		{"渡邊", "渡邉"}, {"渡辺", "渡邊"}, {"辻\U000E0100", "辻"}, {"𠮷田", "吉田"},
		{"齋藤 德", "斎藤徳"}, {"TARO　Tanaka", "taro tanaka"}, {"Ｓｈｉｎｏｎｏｍｅ", "SHINONOME"},
		{"㈱東雲", "(株) 東雲"}, {"Straße", "STRASSE"}, {"Élan", "éLAN"},
	};
	struct rmn_buf a, b;

	(void)state;
	rmn_buf_init(&a, 0);
	rmn_buf_init(&b, 0);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		rmn_buf_clear(&a);
		rmn_buf_clear(&b);
		rmn_normal_key(rmn_bytes_from_string(same[i].a), &a);
		rmn_normal_key(rmn_bytes_from_string(same[i].b), &b);
		assert_string_equal(rmn_buf_string(&a), rmn_buf_string(&b));
	}
	rmn_buf_clear(&a);
	rmn_normal_key(rmn_bytes_from_string("広"), &a);
	rmn_normal_key(rmn_bytes_from_string("弘"), &a);
	assert_string_equal(rmn_buf_string(&a), "広弘");
	rmn_buf_release(&a);
	rmn_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_source_map),
		cmocka_unit_test(test_against_utf8proc), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_many_marks), cmocka_unit_test(test_limit),
		cmocka_unit_test(test_six_encodings), cmocka_unit_test(test_nfc),
		cmocka_unit_test(test_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
