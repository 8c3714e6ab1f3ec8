/* SPDX-License-Identifier: MIT
 *
 * Build time only: writes two bitmaps of the BMP for charset/normal.c, asked from utf8proc.
 *
 * normal_plain: NFKC leaves the character alone, whatever stands before it.
 * normal_joins: it may compose with, or move before, what stands before it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <utf8proc.h>

#define BMP 0x10000

/* Digits that must not fuse with their neighbours (circled, raised, lowered, fractions) stay as
 * they are, although NFKC makes plain digits of them. */
static bool
is_kept_digit(int c)
{
	return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0xBC && c <= 0xBE) || c == 0x2070 ||
	    (c >= 0x2074 && c <= 0x2079) || (c >= 0x2080 && c <= 0x2089) ||
	    (c >= 0x2150 && c <= 0x215F) || c == 0x2189 || (c >= 0x2460 && c <= 0x2473) ||
	    c == 0x24EA || (c >= 0x3251 && c <= 0x325F) || (c >= 0x32B1 && c <= 0x32BF);
}

static void
mark_seconds(bool joins[BMP])
{
	utf8proc_int32_t parts[32];
	int boundary = 0;

	for (int c = 0; c < 0x30000; c++) {
		utf8proc_ssize_t n;

		if (utf8proc_get_property(c)->decomp_type != 0)
			continue;
		n = utf8proc_decompose_char(c, parts, 32, UTF8PROC_DECOMPOSE, &boundary);
		for (utf8proc_ssize_t i = 1; i < n; i++)
			if (parts[i] < BMP)
				joins[parts[i]] = true;
	}
	for (int c = 0x1160; c < 0x1200; c++)
		joins[c] = true;
}

static void
classify(bool plain[BMP], bool joins[BMP])
{
	const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
	utf8proc_int32_t parts[32];

	mark_seconds(joins);
	for (int c = 0; c < BMP; c++) {
		int boundary = 0;
		utf8proc_ssize_t n;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		n = utf8proc_decompose_char(c, parts, 32, options, &boundary);
		joins[c] = joins[c] || utf8proc_get_property(c)->combining_class != 0 ||
		    (n > 0 && (utf8proc_get_property(parts[0])->combining_class != 0 ||
		    (parts[0] < c && parts[0] < BMP && joins[parts[0]])));
		/* Accented letters and syllables come apart and together again as they were. */
		if (n > 1 && utf8proc_get_property(c)->decomp_type == 0)
			n = utf8proc_normalize_utf32(parts, n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
		plain[c] = !joins[c] && ((n == 1 && parts[0] == c) || is_kept_digit(c));
	}
}

static void
write_bitmap(const char *name, const bool set[BMP])
{
	printf("static const uint32_t %s[%d] = {\n", name, BMP / 32);
	for (int word = 0; word < BMP / 32; word++) {
		uint32_t bits = 0;

		for (int bit = 0; bit < 32; bit++)
			bits |= (uint32_t)set[word * 32 + bit] << bit;
		printf("0x%08X,%s", bits, (word + 1) % 8 ? "" : "\n");
	}
	printf("};\n");
}

int
main(void)
{
	static bool plain[BMP], joins[BMP];

	classify(plain, joins);
	printf("/* Made by lib/charset/gen/normal_tables.c. */\n#include <stdint.h>\n\n");
	write_bitmap("normal_plain", plain);
	write_bitmap("normal_joins", joins);
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
