/* SPDX-License-Identifier: MIT
 *
 * Guesses: short strings of each kind, what is no text, and (when the corpus is there) real
 * pages. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "charset/charset.h"

#define BYTES(literal) ((struct rmn_bytes){(const unsigned char *)(literal), sizeof(literal) - 1})

static const char *const texts[] = {
	"田中さんのメール",
	"株式会社東雲の山田です。お世話になっております。\r\n",
	"氏名,フリガナ,部署,電話番号\n髙橋一郎,タカハシイチロウ,営業部,03-9999-0001\n",
	"議事録（案）\n出席者：佐藤、鈴木\n決定事項は次のとおり。\n",
	"This is mostly English text with a bit of 日本語 in it, and this is the rest of it.\n",
	"①請求書番号はＡ－１２３です。",
};

static const struct { const char *charset; enum rmn_encoding encoding; } charsets[] = {
	{"UTF-8", RMN_UTF8}, {"CP932", RMN_CP932}, {"EUC-JP-MS", RMN_EUC_JP},
	{"ISO-2022-JP-3", RMN_ISO_2022_JP}, {"UTF-16LE", RMN_UTF16LE}, {"UTF-16BE", RMN_UTF16BE},
};

static struct rmn_bytes
encode(const char *text, const char *charset, unsigned char *bytes, size_t capacity)
{
	iconv_t cd = iconv_open(charset, "UTF-8");
	char *in = (char *)text, *out = (char *)bytes;
	size_t in_size = strlen(text), left = capacity;

	assert_true(cd != (iconv_t)-1);
	if (iconv(cd, &in, &in_size, &out, &left) == (size_t)-1 ||
	    iconv(cd, NULL, NULL, &out, &left) == (size_t)-1)
		left = capacity;
	iconv_close(cd);
	return (struct rmn_bytes){bytes, capacity - left};
}

static void
test_encodings(void **state)
{
	unsigned char bytes[1024];

	(void)state;
	for (size_t t = 0; t < sizeof(texts) / sizeof(texts[0]); t++)
		for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
			struct rmn_bytes b = encode(texts[t], charsets[i].charset, bytes, 1024);
			struct rmn_charset_guess g = rmn_charset_guess(b);

			if (b.size == 0)
				continue;	/* not in this charset */
			if (g.encoding != charsets[i].encoding)
				print_message("text %zu as %s\n", t, charsets[i].charset);
			assert_int_equal(g.encoding, charsets[i].encoding);
			assert_true(g.is_text);
		}
}

/* Cut anywhere: the guess stays right from a dozen characters on. */
static void
test_every_prefix(void **state)
{
	unsigned char bytes[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		struct rmn_bytes b = encode(texts[1], charsets[i].charset, bytes, 1024);

		for (size_t size = 0; size <= b.size; size++) {
			struct rmn_charset_guess g = rmn_charset_guess(rmn_bytes_head(b, size));

			if (size >= 26)
				assert_int_equal(g.encoding, charsets[i].encoding);
		}
	}
}

/* What shows in the structure is found without the statistics, and nothing else is. */
static void
test_strict(void **state)
{
	unsigned char bytes[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		struct rmn_bytes b = encode(texts[1], charsets[i].charset, bytes, 1024);

		for (size_t size = 0; size <= b.size; size++) {
			enum rmn_encoding full = rmn_charset_guess(rmn_bytes_head(b, size)).encoding;
			enum rmn_encoding strict = rmn_charset_strict(rmn_bytes_head(b, size));
			bool is_weak = full == RMN_CP932 || full == RMN_EUC_JP ||
			    full == RMN_CP1252;

			assert_int_equal(strict, is_weak ? RMN_ENCODING_UNKNOWN : full);
		}
	}
}

/* A zero makes text binary wherever it is, and five control characters in 499 do. */
static void
test_counts(void **state)
{
	unsigned char bytes[499];

	(void)state;
	for (size_t at = 0; at + 1 < sizeof(bytes); at++) {
		memset(bytes, 'a', sizeof(bytes));
		bytes[at] = 0;
		assert_false(rmn_charset_guess((struct rmn_bytes){bytes, sizeof(bytes)}).is_text);
	}
	for (unsigned c = 1; c < 0x80; c++) {
		bool is_control = (c < 0x20 && !(c >= 8 && c <= 10) && c != 12 && c != 13 &&
		    c != 0x1A && c != 0x1B) || c == 0x7F;

		memset(bytes, 'a', sizeof(bytes));
		for (size_t i = 0; i < 5; i++)
			bytes[i * 99 + c % 50] = (unsigned char)c;
		assert_int_equal(rmn_charset_guess((struct rmn_bytes){bytes, sizeof(bytes)}).is_text,
		    !is_control);
	}
}

static void
test_special(void **state)
{
	static const struct { struct rmn_bytes bytes; enum rmn_encoding encoding; unsigned bom; }
	cases[] = {
		{BYTES("\xEF\xBB\xBF" "a"), RMN_UTF8, 3},
		{BYTES("\xFF\xFE" "a\0"), RMN_UTF16LE, 2},
		{BYTES("\xFE\xFF\0a"), RMN_UTF16BE, 2},
		{BYTES("plain\r\n"), RMN_ASCII, 0},
		/* Half-width katakana is well-formed EUC-JP as well. */
		{BYTES("\xD4\xCF\xC0\xDE \xC0\xDB\xB3"), RMN_CP932, 0},
		{BYTES("1,\xBB\xC4\xB3\xCA\xC5\xBA,0012\r\n2,\xBD\xBD\xDE\xB7\xCC\xD5\xBA\r\n"),
		    RMN_CP932, 0},
		{BYTES("caf\xE9 cr\xE8me, na\xEFve d\xE9j\xE0 vu"), RMN_CP1252, 0},
		{BYTES("Stra\xDF" "e, M\xFCnchen, Gr\xF6\xDF" "e"), RMN_CP1252, 0},
		{BYTES("the client\x92s \x93report\x94"), RMN_CP1252, 0},
		{BYTES("\033[31mred\033[0m text"), RMN_ASCII, 0},
		/* A sector of UTF-8 that starts inside a character. */
		{BYTES("\x82\xE3\x81\x84\xE3\x81\x86\xE3\x81\x88 abc"), RMN_UTF8, 0},
		{BYTES("log line\nlog line\n\0\0\0\0\0\0\0\0"), RMN_ASCII, 0},
		{BYTES("N\0a\0m\0e\0\t\0T\0E\0L\0\r\0\n\0"), RMN_UTF16LE, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rmn_charset_guess g = rmn_charset_guess(cases[i].bytes);

		if (g.encoding != cases[i].encoding)
			print_message("case %zu\n", i);
		assert_int_equal(g.encoding, cases[i].encoding);
		assert_int_equal(g.bom_bytes, cases[i].bom);
		assert_true(g.is_text);
	}
}

static uint64_t
random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void
test_binary(void **state)
{
	static const struct rmn_bytes cases[] = {
		BYTES(""), BYTES("\x7F" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3E\0\1\0\0\0"),
		BYTES("\0\0\0\0\0\0\0\0"), BYTES("PK\3\4\x14\0\6\0\b\0\0\0!\0"),
		BYTES("\xFF\xFE\0\0a\0\0\0\1\0\2\0\3\0\4\0"), BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"),
	};
	unsigned char bytes[4096];
	uint64_t seed = 88172645463325252u;
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_false(rmn_charset_guess(cases[i]).is_text);
	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(random_next(&seed) >> 24);
		wrong += rmn_charset_guess((struct rmn_bytes){bytes, 64u << round % 7}).is_text;
	}
	assert_true(wrong <= 2);	/* 64 bytes may lack a control byte: 1 in 1,000 */
}

static const struct { const char *mark; enum rmn_encoding encoding; } named[] = {
	{"iso-2022-jp", RMN_ISO_2022_JP}, {"shift_jis", RMN_CP932}, {"euc-jp", RMN_EUC_JP},
	{"cp932", RMN_CP932}, {"utf-16le", RMN_UTF16LE}, {"utf-16be", RMN_UTF16BE},
	{"utf-16", RMN_UTF16LE}, {"utf-8", RMN_UTF8}, {".eucjp", RMN_EUC_JP},
	{".jis\t", RMN_ISO_2022_JP}, {"/jis.txt", RMN_ISO_2022_JP}, {".sjis", RMN_CP932},
	{".utf8", RMN_UTF8}, {".utf16", RMN_UTF16LE},
	{"windows-1252", RMN_CP1252}, {"iso-8859-1-", RMN_CP1252}, {"iso-8859-1/", RMN_CP1252},
};

static size_t
read_whole(const char *path, unsigned char *bytes, size_t capacity)
{
	FILE *file = fopen(path, "rb");
	size_t size = file ? fread(bytes, 1, capacity, file) : 0;

	if (file)
		fclose(file);
	return size;
}

/* The column "source" of the corpus' list names the encoding. */
static void
guess_corpus_line(const char *root, char *line, size_t *right, size_t *all)
{
	static unsigned char bytes[1 << 20];
	char path[1024], relative[512];
	size_t size;

	if (sscanf(line, "%*s %*s %511s", relative) != 1 || strncmp(relative, "text-", 5) != 0)
		return;
	for (char *c = line; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 0x20) : *c;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		enum rmn_encoding guessed;

		if (!strstr(line, named[i].mark))
			continue;
		snprintf(path, sizeof(path), "%s/%s", root, relative);
		size = read_whole(path, bytes, sizeof(bytes));
		guessed = rmn_charset_guess((struct rmn_bytes){bytes, size}).encoding;
		++*all;
		if (guessed == named[i].encoding || (guessed == RMN_ASCII && i > 0))
			++*right;
		else
			print_message("%s: %s for %s\n", relative, rmn_encoding_name(guessed),
			    named[i].mark);
		return;
	}
}

static void
test_corpus(void **state)
{
	const char *root = getenv("RMN_CORPUS") ? getenv("RMN_CORPUS") : "../shared/corpus";
	char path[1024], line[4096];
	size_t right = 0, all = 0;
	FILE *list;

	(void)state;
	snprintf(path, sizeof(path), "%s/MANIFEST.tsv", root);
	list = fopen(path, "r");
	if (!list)
		skip();
	while (fgets(line, sizeof(line), list))
		guess_corpus_line(root, line, &right, &all);
	fclose(list);
	print_message("corpus: %zu of %zu right\n", right, all);
	assert_true(all == 0 || right * 100 >= all * 98);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encodings), cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_strict), cmocka_unit_test(test_counts),
		cmocka_unit_test(test_special), cmocka_unit_test(test_binary),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
