/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identify/identify.h"
#include "identify/signatures.h"

#define BYTES(literal) ((struct rmn_bytes){(const unsigned char *)(literal), sizeof(literal) - 1})
#define HEAD_BYTES 40000

static int
setup(void **state)
{
	struct rmn_identifier *identifier = NULL;

	assert_int_equal(rmn_identifier_new(&identifier, NULL), RMN_OK);
	*state = identifier;
	return 0;
}

static int
teardown(void **state)
{
	rmn_identifier_free(*state);
	return 0;
}

/* Each row is found by a head that has nothing but its bytes; no row hides behind another of a
 * different type, and no name is misspelt. */
static void
test_every_row(void **state)
{
	unsigned char *head = malloc(HEAD_BYTES);
	size_t rows = 0;

	(void)state;
	assert_non_null(head);
	for (const struct rmn_signature *s = rmn_signatures; s->bytes; s++, rows++) {
		const char *found;

		memset(head, 0, HEAD_BYTES);
		memcpy(head + s->offset, s->bytes, s->size);
		if (s->second_size > 0)
			memcpy(head + s->second_offset, s->second_bytes, s->second_size);
		found = rmn_identify(NULL, (struct rmn_bytes){head, HEAD_BYTES});
		if (strcmp(s->media_type, "application/mbox") == 0)
			continue;	/* wants headers too */
		assert_string_equal(found, s->media_type);
		assert_non_null(strchr(found, '/'));
	}
	assert_true(rows >= 180);
	free(head);
}

static void
test_inside(void **state)
{
	static const struct { struct rmn_bytes head; const char *type; } cases[] = {
		{BYTES("PK\3\4\x14\0\6\0\b\0\0\0!\0abcdefghijkl\x13\0\0\0[Content_Types].xml...PK\3\4word/x"),
		    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{BYTES("PK\3\4\x14\0\6\0\b\0\0\0!\0abcdefghijkl\x13\0\0\0_rels/.rels...PK\3\4xl/workbook.xml"),
		    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{BYTES("PK\3\4\x14\0\0\0\0\0\0\0!\0abcdefghijkl\x8\0\0\0mimetype"
		    "application/vnd.oasis.opendocument.textPK"),
		    "application/vnd.oasis.opendocument.text"},
		{BYTES("PK\3\4\x14\0\0\0\0\0\0\0!\0abcdefghijkl\x8\0\0\0ppt/notes.txt"),
		    "application/zip"},
		{BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....W\0o\0r\0k\0b\0o\0o\0k\0\0\0"),
		    "application/vnd.ms-excel"},
		{BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...."), "application/x-ole-storage"},
		{BYTES("From taro@shinonome.example.jp Mon\nReceived: from a\n"), "application/mbox"},
		{BYTES("From here on it is prose.\n"), "text/plain"},
		{BYTES("Received: from a\r\nFrom: b\r\nSubject: c\r\n\r\nbody"), "message/rfc822"},
		{BYTES("Received: from a\rFrom: b\rSubject: c\r\rbody"), "message/rfc822"},
		{BYTES("From: b\r\nSubject: c\r\n\r\nTo: be or not"), "text/plain"},
		{BYTES("\xEF\xBB\xBF\r\n<!DOCTYPE HTML>"), "text/html"},
		{BYTES("<?xml version=\"1.0\"?>\n<plist version=\"1.0\">"), "application/x-plist"},
		{BYTES("<?xml version=\"1.0\"?><a/>"), "text/xml"},
		{BYTES("{\"a\": 1}"), "application/json"},
		{BYTES("FWS is an abbreviation, and so is this."), "text/plain"},
		{BYTES("\x8A\x94\x8E\xAE\x89\xEF\x8E\xD0\x93\x8C\x89_\r\n"), "text/plain"},
		{BYTES("\xFF\xFEN\0a\0m\0e\0\r\0\n\0"), "text/plain"},
		{BYTES("\x42\x30\x44\x30\x46\x30\x48\x30\x4A\x30\n\0"), "text/plain"},
		{BYTES("#!/bin/sh\n"), "text/x-shellscript"},
		{BYTES("\0\0\0\0\0\0\0\0"), "application/octet-stream"},
		{BYTES(""), "application/x-empty"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(rmn_identify(*state, cases[i].head), cases[i].type);
}

/* What we have no row for, libmagic still knows; and every prefix of everything is safe. */
static void
test_libmagic(void **state)
{
	static const unsigned char pgm[] = "\x0E\x03\x13\x01\0\0\0\0\0\0\0\0\0\0\0\0";
	const char *found = rmn_identify(*state, (struct rmn_bytes){pgm, sizeof(pgm) - 1});

	assert_string_equal(found, "application/x-hdf");
	assert_string_equal(rmn_identify(NULL, (struct rmn_bytes){pgm, sizeof(pgm) - 1}),
	    "application/octet-stream");
}

static void
test_prefixes(void **state)
{
	unsigned char head[700];

	for (const struct rmn_signature *s = rmn_signatures; s->bytes; s++) {
		if (s->offset + s->size > sizeof(head))
			continue;
		memset(head, 1, sizeof(head));
		memcpy(head + s->offset, s->bytes, s->size);
		for (size_t size = 0; size <= s->offset + s->size; size++) {
			unsigned char *exact = malloc(size ? size : 1);

			memcpy(exact, head, size);
			assert_non_null(rmn_identify(NULL, (struct rmn_bytes){exact, size}));
			free(exact);
		}
	}
	rmn_identify(*state, (struct rmn_bytes){head, sizeof(head)});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row), cmocka_unit_test(test_inside),
		cmocka_unit_test(test_libmagic), cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
