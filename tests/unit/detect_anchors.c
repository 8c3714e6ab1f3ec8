/* SPDX-License-Identifier: MIT
 *
 * The anchor pass: SIMD and portable C agree on every kind of bytes, and known places are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/anchors.h"

struct list {
	size_t count;
	struct { enum rmn_anchor_kind kind; size_t at; } items[4096];
};

static void
add(void *context, enum rmn_anchor_kind kind, size_t at)
{
	struct list *l = context;

	if (l->count < 4096) {
		l->items[l->count].kind = kind;
		l->items[l->count++].at = at;
	}
}

static unsigned
next_random(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

static void
test_simd_is_portable(void **state)
{
	static const char alphabets[][24] = { "0123456789-. @a", "\x82\x4f\x50\x58\xa3\xb0\xb9",
		"\xef\xbc\x90\x99\x92@0", "\xff\x10\x19\x12", "0\0001\0009\000@\000a" };
	static struct list simd, portable;
	unsigned char bytes[1000];
	unsigned seed = 5;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		unsigned which = round % 6;
		size_t size = next_random(&seed) % sizeof(bytes);

		for (size_t i = 0; i < size; i++)
			bytes[i] = which == 5 ? (unsigned char)next_random(&seed) :
			    (unsigned char)alphabets[which][next_random(&seed) %
			    (which == 4 ? 9 : strlen(alphabets[which]))];
		simd.count = portable.count = 0;
		rmn_anchors_find((struct rmn_bytes){ bytes, size }, add, &simd);
		rmn_anchors_find_portable((struct rmn_bytes){ bytes, size }, add, &portable);
		assert_int_equal(simd.count, portable.count);
		assert_memory_equal(simd.items, portable.items,
		    simd.count * sizeof(simd.items[0]));
	}
}

static void
test_places(void **state)
{
	static const struct { const char *text; size_t size; enum rmn_anchor_kind kind; size_t at; }
	rows[] = {
		{ "a@b.jp", 6, RMN_ANCHOR_MAIL, 1 },
		{ "tel 03-3126-2379", 16, RMN_ANCHOR_DIGITS, 9 },
		{ "12 34 56", 8, RMN_ANCHOR_DIGITS, 7 },
		{ "1\0002\0003\0", 6, RMN_ANCHOR_WIDE, 4 },
		{ "\x82\x4f\x82\x58\x82\x4f", 6, RMN_ANCHOR_FULLWIDTH, 5 },
		{ "\xef\xbc\x90\xef\xbc\x99\xef\xbc\x90", 9, RMN_ANCHOR_FULLWIDTH, 8 },
	};

	(void)state;
	/* at every distance from the start, so that blocks of 64 bytes are crossed */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t before = 0; before < 140; before++) {
			unsigned char bytes[256];
			struct list found = { .count = 0 };
			bool seen = false;

			memset(bytes, ' ', sizeof(bytes));
			memcpy(bytes + before, rows[i].text, rows[i].size);
			rmn_anchors_find((struct rmn_bytes){ bytes, sizeof(bytes) }, add, &found);
			for (size_t k = 0; k < found.count; k++)
				seen |= found.items[k].kind == rows[i].kind &&
				    found.items[k].at == before + rows[i].at;
			assert_true(seen);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simd_is_portable), cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
