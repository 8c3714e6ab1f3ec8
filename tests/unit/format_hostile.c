/* SPDX-License-Identifier: MIT
 *
 * Small files that would keep a reader busy for hours: the time each takes grows with its size, not faster.
 * Nothing is measured here; without its bound each of them outlasts the patience of whoever runs the tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"
#include "format/format.h"

#define SIZE_BYTES 1000000u

static enum rmn_status
content_read(struct rmn_buf *content, const char *name)
{
	struct rmn_blob blob = rmn_blob_from_bytes(rmn_buf_bytes(content));
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_format_input input = {.content = &blob, .arena = arena,
	    .head = rmn_bytes_head(blob.memory, 8192)};
	const struct rmn_format *format = rmn_format_claim(&input);
	struct rmn_sink sink = {.context = NULL};
	struct rmn_error error = {0};
	enum rmn_status status;

	assert_false(content->failed);
	assert_non_null(format);
	assert_string_equal(format->name, name);
	status = format->read(&input, &sink, &error);
	rmn_arena_free(arena);
	rmn_buf_release(content);
	return status;
}

#define MAIL "From: a@example.jp\nTo: b@example.jp\n"
#define MORK "// <!-- <mdb:mork:z v=\"1.4\"/> -->\n"

static const struct {
	const char *format, *head, *piece, *tail;
	enum rmn_status status;
} repeated[] = {
	{"eml", MAIL "\n", "(This file must be converted with BinHex 4.0)\n", "", RMN_OK},
	{"eml", MAIL "Subject: ", "=?x?q? ", "\n\nbody\n", RMN_OK},
	{"eml", MAIL "Subject: ", "=?x?z?", "?=\n\nbody\n", RMN_OK},
	{"eml", MAIL "Content-Type: text/plain", "; a=b", "; charset*0=utf; charset*1=-8\n\nbody\n",
	    RMN_OK},
	{"mork", MORK, "<", "", RMN_PARTIAL},
	{"mork", MORK "<(81=y)>[1", "(^80^81)", "]", RMN_OK},
};

static void
test_repeated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(repeated) / sizeof(repeated[0]); i++) {
		struct rmn_buf content;

		rmn_buf_init(&content, 0);
		rmn_buf_append_string(&content, repeated[i].head);
		while (content.size < SIZE_BYTES)
			rmn_buf_append_string(&content, repeated[i].piece);
		rmn_buf_append_string(&content, repeated[i].tail);
		assert_int_equal(content_read(&content, repeated[i].format), repeated[i].status);
	}
}

/* A value of 500 KB that 60,000 cells stand for; one that comes to nothing when it is decoded, too. */
static void
test_mork_values(void **state)
{
	static const char *const pieces[] = {"x", "\\\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct rmn_buf content;

		rmn_buf_init(&content, 0);
		rmn_buf_append_string(&content, MORK "<<(a=c)>(80=Note)>\n<(81=");
		while (content.size < SIZE_BYTES / 2)
			rmn_buf_append_string(&content, pieces[i]);
		rmn_buf_append_string(&content, ")>\n[1");
		while (content.size < SIZE_BYTES)
			rmn_buf_append_string(&content, "(^80^81)");
		rmn_buf_append_string(&content, "]");
		assert_int_equal(content_read(&content, "mork"), RMN_LIMIT);
	}
}

/* Ids that all meet at a few places of the dictionary. */
static void
test_mork_ids(void **state)
{
	struct rmn_buf content;

	(void)state;
	rmn_buf_init(&content, 0);
	rmn_buf_append_string(&content, MORK "<");
	for (unsigned i = 0; i < 60000; i++)
		rmn_buf_printf(&content, "(%x=y)", i << 17 | i >> 15);
	rmn_buf_append_string(&content, ">");
	assert_int_equal(content_read(&content, "mork"), RMN_PARTIAL);
}

static void
big_endian(struct rmn_buf *out, uint64_t number, unsigned bytes)
{
	while (bytes-- > 0)
		rmn_buf_u8(out, (uint8_t)(number >> 8 * bytes));
}

/* A list that refers to one dictionary many times, in which every reference leads nowhere. */
static void
test_plist_references(void **state)
{
	enum { REFERENCES = 60000, PAIRS = 200000, NUMBERS = 20000 };
	const uint64_t dict_at = 8 + 6 + REFERENCES * 2, numbers_at = dict_at + 6 + PAIRS * 4;
	struct rmn_buf list;

	(void)state;
	rmn_buf_init(&list, 0);
	rmn_buf_append_string(&list, "bplist00");
	big_endian(&list, 0xAF12, 2);
	big_endian(&list, REFERENCES, 4);
	for (unsigned i = 0; i < REFERENCES; i++)
		big_endian(&list, 1, 2);
	big_endian(&list, 0xDF12, 2);
	big_endian(&list, PAIRS, 4);
	for (unsigned i = 0; i < PAIRS; i++)
		big_endian(&list, 0xFFFFFFFF, 4);
	for (unsigned i = 0; i < NUMBERS; i++)
		big_endian(&list, 0x1001, 2);
	big_endian(&list, 8, 4);
	big_endian(&list, dict_at, 4);
	for (unsigned i = 0; i < NUMBERS; i++)
		big_endian(&list, numbers_at + 2 * i, 4);
	big_endian(&list, 0x0402, 8);
	big_endian(&list, NUMBERS + 2, 8);
	big_endian(&list, 0, 8);
	big_endian(&list, numbers_at + NUMBERS * 2, 8);
	assert_int_equal(content_read(&list, "plist"), RMN_PARTIAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_mork_values),
		cmocka_unit_test(test_mork_ids),
		cmocka_unit_test(test_plist_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
