/* SPDX-License-Identifier: MIT
 *
 * Compression of VBA source (MS-OVBA 2.4.1), with the examples of its section 3.2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/ole/vba.h"

#define BYTES(text) {(const unsigned char *)(text), sizeof(text) - 1}

static void
test_examples(void **state)
{
	static const struct {
		struct rmn_bytes container, expected;
		bool is_whole;
	} rows[] = {
		{BYTES("\x01\x19\xB0\x00" "abcdefgh" "\x00" "ijklmnop" "\x00" "qrstuv."),
		    BYTES("abcdefghijklmnopqrstuv."), true},
		{BYTES("\x01\x2F\xB0\x00#aaabcde\x82" "f\x00paghij\x01\x38\x08" "akl\x00\x30" "mnop"
		    "\x06q\x02\x70\x04\x10rstuv\x10wxyz\x00\x3C"),
		    BYTES("#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"), true},
		{BYTES("\x01\x03\xB0\x02" "a\x45\x00"),
		    BYTES("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
		    true},
		{BYTES("\x01\x02\x30" "abc"), BYTES("abc"), true},	/* not compressed */
		{BYTES("\x01\x02\xB0\x00" "ab" "rest"), BYTES("ab"), true},	/* rubbish behind */
		{BYTES("\x01\x19\xB0\x00" "abcdefgh"), BYTES("abcdefgh"), false},	/* cut */
		{BYTES("\x01\x03\xB0\x01\x45\x00"), BYTES(""), false},	/* copies from before */
		{BYTES("\x01\x04\xB0\x02" "a\xFD\x0F" "b"), BYTES("a"), false},	/* beyond a chunk */
		{BYTES("\x02\x19\xB0"), BYTES(""), false},
		{BYTES("\x01\x19\x00"), BYTES(""), false},
		{BYTES(""), BYTES(""), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_buf out;
		bool is_whole;

		rmn_buf_init(&out, 0);
		is_whole = rmn_vba_decompress(rows[i].container, &out);
		if (is_whole != rows[i].is_whole || out.size < rows[i].expected.size ||
		    (is_whole && out.size != rows[i].expected.size) ||
		    memcmp(rmn_buf_string(&out), rows[i].expected.data, rows[i].expected.size) != 0)
			fail_msg("row %zu: %d, \"%.*s\"", i, is_whole, (int)out.size,
			    (const char *)out.data);
		rmn_buf_release(&out);
	}
}

/* A container of three bytes a chunk must not fill the memory. */
static void
test_cap(void **state)
{
	static const unsigned char chunk[] = {0x05, 0xB0, 0x02, 'a', 0xFC, 0x0F, 0, 0};
	struct rmn_buf container, out;

	(void)state;
	rmn_buf_init(&container, 0);
	rmn_buf_u8(&container, 1);
	for (int i = 0; i < 1000; i++)
		rmn_buf_append_data(&container, chunk, sizeof(chunk));
	rmn_buf_init(&out, 100000);
	assert_false(rmn_vba_decompress(rmn_buf_bytes(&container), &out));
	assert_true(out.size <= 100000);
	rmn_buf_release(&container);
	rmn_buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
