/* SPDX-License-Identifier: MIT
 *
 * Runs of text in bytes without structure: what must come out, and what must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "charset/charset.h"
#include "format/text_runs.h"

static enum rmn_status
take_text(void *context, struct rmn_bytes utf8)
{
	rmn_buf_append(context, utf8);
	return RMN_OK;
}

/* The runs of bytes, lines parted by '|'. */
static const char *
runs_of(const void *data, size_t size, struct rmn_buf *out)
{
	struct rmn_arena *arena = rmn_arena_new((size_t)1 << 20);
	struct rmn_sink sink = {.context = out, .text = take_text};
	struct rmn_error error = {0};
	struct rmn_text_runs runs;
	struct rmn_text text;

	rmn_buf_clear(out);
	rmn_text_init(&text, &sink, arena, &error);
	rmn_text_runs_init(&runs, &text, arena);
	rmn_text_runs_put(&runs, (struct rmn_bytes){data, size});
	assert_int_equal(rmn_text_flush(&text), RMN_OK);
	rmn_arena_free(arena);
	for (size_t i = 0; i < out->size; i++)
		if (out->data[i] == '\n')
			out->data[i] = '|';
	return rmn_buf_string(out);
}

#define BYTES(text) text, sizeof(text) - 1

#define WIDE_4 "\x02\xFF\x03\xFF\x04\xFF\x05\xFF"
#define WIDE_4_TEXT "\xEF\xBC\x82\xEF\xBC\x83\xEF\xBC\x84\xEF\xBC\x85"
#define WIDE_16 WIDE_4 WIDE_4 WIDE_4 WIDE_4
#define WIDE_16_TEXT WIDE_4_TEXT WIDE_4_TEXT WIDE_4_TEXT WIDE_4_TEXT
#define RULE_4 "\x10\x20\x10\x20\x10\x20\x10\x20"
#define RULE_4_TEXT "\xE2\x80\x90\xE2\x80\x90\xE2\x80\x90\xE2\x80\x90"
#define WIDE_RULE RULE_4 RULE_4 RULE_4 RULE_4
#define RULE_TEXT RULE_4_TEXT RULE_4_TEXT RULE_4_TEXT RULE_4_TEXT

static void
test_runs(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *runs;
	} cases[] = {
		/* UTF-16LE at even and odd offsets, between bytes that are none */
		{BYTES("\x01\xD8" "T\0a\0n\0a\0k\0a\0\0\0"), "Tanaka|"},
		{BYTES("\x03" "T\0a\0n\0a\0k\0a\0\0\0"), "Tanaka|"},
		/* 森下 between a length and a zero, and with nothing before it */
		{BYTES("\x02\x00\xEE\x68\x0B\x4E\x00\x00"), "\xE6\xA3\xAE\xE4\xB8\x8B|"},
		{BYTES("\xF7\xFF\xEE\x68\x0B\x4E\xF7\xFF"), ""},
		/* 一郎: the first character's low byte is a zero */
		{BYTES("\xF7\xFF\x00\x4E\xCE\x90\x55\x00\x4E\x00\x41\x00"),
		    "\xE4\xB8\x80\xE9\x83\x8EUNA|"},
		/* あいう as bytes is ASCII too; both come */
		{BYTES("\x42\x30\x44\x30\x46\x30\x48\x30"),
		    "\xE3\x81\x82\xE3\x81\x84\xE3\x81\x86\xE3\x81\x88|B0D0F0H0|"},
		{BYTES("\x01\x02mail to a@example.jp\x01"), "mail to a@example.jp|"},
		/* 氏名 佐久間 in CP932 */
		{BYTES("\x01\x8E\x81\x96\xBC \x8D\xB2\x8B\x76\x8A\xD4 tel\x02"),
		    "\xE6\xB0\x8F\xE5\x90\x8D \xE4\xBD\x90\xE4\xB9\x85\xE9\x96\x93 tel|"},
		/* システム in CP932, 名。　前 in UTF-8: 80 inside characters, and alone */
		{BYTES("\x01\x83\x56\x83\x58\x83\x65\x83\x80 tel\x02"),
		    "\xE3\x82\xB7\xE3\x82\xB9\xE3\x83\x86\xE3\x83\xA0 tel|"},
		{BYTES("\x01\xE5\x90\x8D\xE3\x80\x82\xE3\x80\x80\xE5\x89\x8D tel\x02"),
		    "\xE5\x90\x8D\xE3\x80\x82\xE3\x80\x80\xE5\x89\x8D tel|"},
		{BYTES("a telex\x80\x80\x80\x80"), "a telex|"},
		/* a heading of sixteen wide letters, behind it a rule that is longer */
		{BYTES(WIDE_16 WIDE_RULE WIDE_RULE WIDE_RULE), WIDE_16_TEXT RULE_TEXT "|"},
		/* words of one byte a character with Word's bullets and quotes: no kanji, wide or in CP932 */
		{BYTES("\x01" "\x95\tPick one of the loops and don\x92t drop it on the floor \x96 twice\x02"),
		    "\xE2\x80\xA2\tPick one of the loops and don\xE2\x80\x99t drop it on the floor "
		    "\xE2\x80\x93 twice|"},
		/* Word puts text of both widths side by side */
		{BYTES("\x01W\0e\0 \0a\0r\0e\0 \0" "going to show three of the experiments on it\x02"),
		    "We are |going to show three of the experiments on it|"},
		/* too short, numbers, spaces */
		{BYTES("ab\x01" "abc\x02" "UUUUUUU\x01      \x02"), ""},
	};
	struct rmn_buf out;

	(void)state;
	rmn_buf_init(&out, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = runs_of(cases[i].bytes, cases[i].size, &out);

		if (strcmp(got, cases[i].runs) != 0)
			fail_msg("case %zu: expected \"%s\", got \"%s\"", i, cases[i].runs, got);
	}
	rmn_buf_release(&out);
}

/* Bytes without any frequent value are compressed or encrypted: no noise from them, and what stands
 * behind is found. */
static void
test_noise(void **state)
{
	size_t size = (size_t)64 << 10;
	unsigned char *bytes = malloc(size + 16);
	uint32_t random = 1;
	struct rmn_buf out;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < size; i++) {
		random = random * 1664525u + 1013904223u;
		bytes[i] = (unsigned char)(random >> 24);
	}
	memcpy(bytes + size, "tel 03-0000-1234", 16);
	rmn_buf_init(&out, 0);
	assert_string_equal(runs_of(bytes, size + 16, &out), "tel 03-0000-1234|");
	rmn_buf_release(&out);
	free(bytes);
}

/* A megabyte of bytes that could always be the start of something takes no more than linear time. */
static void
test_linear(void **state)
{
	static const unsigned char patterns[][4] = {
	    {0x10, 0x4E, 0x11, 0x4E}, {0x85, 0x81, 0x20, 0xA5}, {0, 0x80, 0, 0x4F},
	    {' ', ' ', ' ', ' '}, {0xA1, 0xB1, 0xC1, 0xD1}, {0xD1, 0xFF, 0xA1, 'a'}};
	size_t size = (size_t)1 << 20;
	unsigned char *bytes = malloc(size);
	struct rmn_buf out;

	(void)state;
	assert_non_null(bytes);
	rmn_buf_init(&out, 0);
	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++) {
		for (size_t i = 0; i < size; i++)
			bytes[i] = patterns[p][i % 4];
		runs_of(bytes, size, &out);
	}
	/* likely characters in front of as many that are less so */
	for (size_t i = 0; i < size; i += 2) {
		bytes[i] = 0x10 + i / 2 % 4;
		bytes[i + 1] = i / 2 % 32500 < 16000 ? 0xFF : 0x20;
	}
	runs_of(bytes, size, &out);
	rmn_buf_release(&out);
	free(bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
