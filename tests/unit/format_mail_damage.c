/* SPDX-License-Identifier: MIT
 *
 * Mail whose bytes were changed or lost where the encodings show it, and what only looks like that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "format/format.h"

#define HEAD "From: a@example.jp\nTo: b@example.jp\nSubject: plan\n"
#define TEXT(charset, encoding) HEAD "Content-Type: text/plain; charset=" charset \
	"\nContent-Transfer-Encoding: " encoding "\n\n"

struct row {
	const char *message;
	size_t size;			/* 0: up to its NUL */
	enum rmn_status status;
};

static const struct row rows[] = {
	{TEXT("us-ascii", "7bit") "text\n", 0, RMN_OK},
	{TEXT("us-ascii", "7bit") "text", 0, RMN_PARTIAL},
	{TEXT("us-ascii", "7bit") "te\x02xt\n", 0, RMN_PARTIAL},
	{TEXT("us-ascii", "7bit") "relayed\n\0\n", sizeof(TEXT("us-ascii", "7bit") "relayed\n\0\n") - 1,
	    RMN_OK},
	{"From: a@example.jp\nTo: b\x7F@example.jp\n\ntext\n", 0, RMN_PARTIAL},
	{TEXT("utf-8", "8bit") "\xE6\x9D\xB1\xE9\x9B\xB2\n", 0, RMN_OK},
	{TEXT("utf-8", "8bit") "\xE6\x9D\xB1\xE9\x1B\xB2\xFE\xE6\x9D\xB1\n", 0, RMN_PARTIAL},
	/* the label is wrong: CP932 */
	{TEXT("utf-8", "8bit") "\x93\x8C\x89_\x8A\x94\x8E\xAE\x89\xEF\x8E\xD0 \x8E\x52\x93\x63\x91\xBE\x98Y "
	    "\x82\xB3\x82\xF1\x82\xAA\x97\x88\x82\xBD\n", 0, RMN_OK},
	{TEXT("iso-2022-jp", "7bit") "\x1B$BEl1@\x1B(B\n", 0, RMN_OK},
	{TEXT("iso-8859-1", "quoted-printable") "caf=E9 and =\nmore =\n\n", 0, RMN_OK},
	{TEXT("iso-8859-1", "quoted-printable") "caf=G9\n", 0, RMN_PARTIAL},
	{TEXT("iso-8859-1", "quoted-printable") "caf\xE9\n", 0, RMN_PARTIAL},
	{TEXT("iso-8859-1", "quoted-printable") "cut at caf=E", 0, RMN_PARTIAL},
	{TEXT("utf-8", "base64") "dGV4dCBv\r\nZiBhIG1haWw=\r\n", 0, RMN_OK},
	{TEXT("utf-8", "base64") "dGV4dA==\nb2YgYSBtYWls\n", 0, RMN_OK},
	{TEXT("utf-8", "base64") "dGV4dCBv\nZiBhIG1h?Wwh\n", 0, RMN_PARTIAL},
	{TEXT("utf-8", "base64") "dGV4dCBv\nZiBhIG1haW", 0, RMN_PARTIAL},
};

static enum rmn_status
message_read(const struct row *row)
{
	struct rmn_bytes bytes = rmn_bytes_from_string(row->message);
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_blob blob;
	struct rmn_format_input input = {.content = &blob, .arena = arena};
	struct rmn_sink sink = {.context = NULL};
	enum rmn_status status;

	bytes.size = row->size > 0 ? row->size : bytes.size;
	blob = rmn_blob_from_bytes(bytes);
	input.head = bytes;
	assert_non_null(arena);
	status = rmn_format_read(rmn_format_find("eml"), &input, &sink, NULL);
	rmn_arena_free(arena);
	return status;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (message_read(&rows[i]) != rows[i].status)
			fail_msg("row %zu is %s: %s", i, rmn_status_name(message_read(&rows[i])),
			    rows[i].message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
