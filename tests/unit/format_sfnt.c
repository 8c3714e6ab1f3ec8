/* SPDX-License-Identifier: MIT
 *
 * Sums of a font of three tables: lost bytes are told, sums that were never right are not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/pdf/sfnt.h"

#define TABLES 4u
#define TABLE_BYTES 1022u	/* no multiple of four */
#define FIRST_AT 128u
#define FONT_BYTES (FIRST_AT + TABLES * 1024u)

static void
be32_put(unsigned char *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Tables of bytes that are not zero; the last is "head", whose sum leaves out bytes 8 to 11. */
static void
font_make(unsigned char font[FONT_BYTES])
{
	static const char *const tags[TABLES] = {"cmap", "glyf", "loca", "head"};

	memset(font, 0, FONT_BYTES);
	be32_put(font, 0x00010000);
	font[5] = TABLES;
	for (unsigned t = 0; t < TABLES; t++) {
		unsigned char *entry = font + 12 + (size_t)16 * t, *table = font + FIRST_AT + (size_t)1024 * t;
		uint32_t sum = 0;

		for (unsigned i = 0; i < TABLE_BYTES; i++) {
			table[i] = (unsigned char)(i % 251 + 1);
			if (t + 1 < TABLES || i < 8 || i > 11)
				sum += (uint32_t)table[i] << (24 - 8 * (i % 4));
		}
		memcpy(entry, tags[t], 4);
		be32_put(entry + 4, sum);
		be32_put(entry + 8, FIRST_AT + 1024 * t);
		be32_put(entry + 12, TABLE_BYTES);
	}
}

static void
test_a_hole_is_denied(void **state)
{
	unsigned char font[FONT_BYTES];
	struct rmn_bytes bytes = {font, sizeof(font)};

	(void)state;
	for (unsigned t = 0; t < TABLES; t++) {
		size_t from = FIRST_AT + (size_t)1024 * t + 200, to = from + 512;

		font_make(font);
		assert_false(rmn_sfnt_denies(bytes, from, to));
		memset(font + from, 0, to - from);
		assert_true(rmn_sfnt_denies(bytes, from, to));
		/* zeros elsewhere say nothing of this table */
		assert_false(rmn_sfnt_denies(bytes, FIRST_AT + (size_t)1024 * ((t + 1) % TABLES),
		    FIRST_AT + (size_t)1024 * ((t + 1) % TABLES) + 1));
	}
}

static void
test_sums_that_were_never_right(void **state)
{
	unsigned char font[FONT_BYTES];
	struct rmn_bytes bytes = {font, sizeof(font)};

	(void)state;
	font_make(font);
	for (unsigned t = 0; t < TABLES; t++)
		font[12 + 16 * t + 4] ^= 1;
	memset(font + FIRST_AT, 0, 512);
	assert_false(rmn_sfnt_denies(bytes, FIRST_AT, FIRST_AT + 512));
}

static void
test_every_prefix(void **state)
{
	unsigned char font[FONT_BYTES];

	(void)state;
	font_make(font);
	for (size_t size = 0; size < sizeof(font); size += size < 200 ? 1 : 97) {
		unsigned char *cut = malloc(size + 1);

		assert_non_null(cut);
		memcpy(cut, font, size);
		assert_false(rmn_sfnt_denies((struct rmn_bytes){cut, size}, 300, 400));
		free(cut);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hole_is_denied),
		cmocka_unit_test(test_sums_that_were_never_right),
		cmocka_unit_test(test_every_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
