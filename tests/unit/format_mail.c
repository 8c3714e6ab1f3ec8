/* SPDX-License-Identifier: MIT
 *
 * Mail: every fixture of testdata/format/eml and mbox as its .out says; cut short, changed or
 * without memory; headers and dates by table; a mailbox larger than the reader's window. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>

#include "format/format.h"
#include "format/mail/mail_decode.h"
#include "format/mail/mail_head.h"
#include "tests/unit/golden.h"
#include "tests/unit/starve.h"

static const char *const folders[] = {"testdata/format/eml", "testdata/format/mbox"};

static enum rmn_status
read_blob(struct rmn_blob *blob, struct rmn_bytes head, const struct rmn_sink *sink,
    const char **format_name, struct rmn_error *error)
{
	struct rmn_arena *arena = rmn_arena_new(16 << 20);
	struct rmn_format_input input = {.content = blob, .head = head, .arena = arena};
	const struct rmn_format *format = arena ? rmn_format_claim(&input) : NULL;
	enum rmn_status status = RMN_UNSUPPORTED;

	*format_name = format ? format->name : "nothing";
	if (format && format->read)
		status = rmn_format_read(format, &input, sink, error);
	rmn_arena_free(arena);
	return status;
}

static enum rmn_status
read_bytes(struct rmn_bytes bytes, const struct rmn_sink *sink, const char **name,
    struct rmn_error *error)
{
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);

	return read_blob(&blob, rmn_bytes_head(bytes, 8192), sink, name, error);
}

static void
each_fixture(void (*run)(const char *path, struct rmn_bytes bytes))
{
	unsigned used = 0;

	for (size_t f = 0; f < sizeof(folders) / sizeof(folders[0]); f++) {
		struct dirent **entries;
		int count = scandir(folders[f], &entries, NULL, alphasort);

		assert_true(count > 0);
		for (int i = 0; i < count; i++) {
			size_t size = strlen(entries[i]->d_name);
			char path[512];

			snprintf(path, sizeof(path), "%s/%s", folders[f], entries[i]->d_name);
			if (size > 3 && strcmp(entries[i]->d_name + size - 3, ".in") == 0) {
				struct rmn_bytes bytes = golden_load(path);

				assert_non_null(bytes.data);
				run(path, bytes);
				free((void *)(uintptr_t)bytes.data);
				used++;
			}
			free(entries[i]);
		}
		free(entries);
	}
	assert_true(used >= 13);
}

static void
run_golden(const char *path, struct rmn_bytes bytes)
{
	struct rmn_error error = {0};
	struct rmn_sink sink;
	struct rmn_buf out;
	const char *name;
	char out_path[520];
	enum rmn_status status;

	rmn_buf_init(&out, 0);
	sink = golden_sink(&out);
	status = read_bytes(bytes, &sink, &name, &error);
	rmn_buf_printf(&out, "read as %s: %s%s%s\n", name, rmn_status_name(status),
	    error.text[0] ? ", " : "", error.text);
	snprintf(out_path, sizeof(out_path), "%.*s.out", (int)strlen(path) - 3, path);
	golden_compare(out_path, &out);
	rmn_buf_release(&out);
}

static void
test_golden(void **state)
{
	(void)state;
	each_fixture(run_golden);
}

/* Counts what comes and keeps nothing. */
struct count {
	uint64_t members, bytes;
	unsigned char last[4];
};

static enum rmn_status
count_member(void *context, const struct rmn_member *member, const struct rmn_member_reader *reader)
{
	struct count *c = context;
	unsigned char buffer[1000];
	size_t got;

	(void)member;
	c->members++;
	while (reader->read(reader->state, buffer, sizeof(buffer), &got, NULL) == RMN_OK) {
		assert_true(got > 0 && got <= sizeof(buffer));
		c->bytes += got;
		if (got >= 4)
			memcpy(c->last, buffer + got - 4, 4);
	}
	return RMN_OK;
}

static void
run_damaged(const char *path, struct rmn_bytes bytes)
{
	struct count count = {0};
	struct rmn_sink sink = {.context = &count, .member = count_member};
	const char *name;

	(void)path;
	for (size_t size = 0; size < bytes.size; size += 3) {
		unsigned char *copy = malloc(size + 1);

		memcpy(copy, bytes.data, size);
		read_bytes((struct rmn_bytes){copy, size}, &sink, &name, NULL);
		free(copy);
	}
	for (size_t at = 0; at < bytes.size; at++) {
		unsigned char *byte = (unsigned char *)(uintptr_t)bytes.data + at, was = *byte;

		*byte ^= (unsigned char)(1u << at % 8);
		read_bytes(bytes, &sink, &name, NULL);
		*byte = was;
	}
}

static void
test_damaged(void **state)
{
	(void)state;
	each_fixture(run_damaged);
}

static void
run_starved(const char *path, struct rmn_bytes bytes)
{
	(void)path;
	for (long n = 0; n < 2000; n++) {
		struct count count = {0};
		struct rmn_sink sink = {.context = &count, .member = count_member};
		const char *name;
		enum rmn_status status;
		bool was_used;

		starve_left = n;
		status = read_bytes(bytes, &sink, &name, NULL);
		was_used = starve_left < 0;
		starve_left = -1;
		if (!was_used)
			return;
		assert_true(status != RMN_END);
	}
	fail_msg("%s never had enough memory", path);
}

static void
test_starved(void **state)
{
	(void)state;
	if (!starve_works)
		skip();
	each_fixture(run_starved);
}

static void
test_values(void **state)
{
	static const char *const values[][2] = {
		{" plain\r\n folded\tvalue ", "plain folded value"},
		{"=?utf-8?q?a=5Fb_c?= =?utf-8?q?d?= e", "a_b cd e"},
		{"=?UTF-8?B?5bGx?==?UTF-8?B?55Sw?=", "山田"},
		{"=?utf-8?B?5bE=?=\n =?utf-8?B?sQ==?= x", "山 x"},
		{"=?utf-8*ja?Q?=E5=B1=B1?=", "山"},
		{"=?gb18030?B?1tA=?=", "中"},
		{"a =?broken b?= c =?utf-8?X?q?=", "a =?broken b?= c =?utf-8?X?q?="},
		{"\033$B;3ED\033(B", "山田"},
		{"\x8E\x52\x93\x63\x97\x5C\x92\xE8", "山田予定"},
	};
	struct rmn_buf out;

	(void)state;
	rmn_buf_init(&out, 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		rmn_buf_clear(&out);
		rmn_mail_value(rmn_bytes_from_string(values[i][0]), &out);
		assert_string_equal(rmn_buf_string(&out), values[i][1]);
	}
	rmn_buf_release(&out);
}

static void
test_parameters(void **state)
{
	static const char *const values[][2] = {
		{"attachment; filename=a.txt", "a.txt"},
		{"attachment;filename = \"a \\\"b\\\".txt\" ; x=1", "a \"b\".txt"},
		{"attachment; x=\"a;filename=no\"; filename=yes", "yes"},
		{"attachment; filename*=utf-8''%E5%B1%B1.txt", "山.txt"},
		{"attachment; filename*1=\"d.txt\"; filename*0=\"c\"", "cd.txt"},
		{"attachment; filename=\"=?utf-8?B?5bGx?=.txt\"", "山.txt"},
		{"attachment; FILENAME=a b.txt", "a b.txt"},
		{"attachment; filename=\"\x97\x5C\x92\xE8\x95\\\"", "予定表"},
		{"attachment", NULL},
	};
	struct rmn_buf out;

	(void)state;
	rmn_buf_init(&out, 0);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		bool has;

		rmn_buf_clear(&out);
		has = rmn_mail_parameter(rmn_bytes_from_string(values[i][0]), "filename", &out);
		assert_int_equal(has, values[i][1] != NULL);
		if (values[i][1])
			assert_string_equal(rmn_buf_string(&out), values[i][1]);
	}
	rmn_buf_release(&out);
}

static void
test_dates(void **state)
{
	static const char *const dates[][2] = {
		{"Mon, 1 Mar 2010 09:30:00 +0900", "2010-03-01T00:30:00Z"},
		{" 1 Mar 10 09:30 JST (Tokyo)", "2010-03-01T00:30:00Z"},
		{"Fri, 31 Dec 99 23:59:59 -0500", "2000-01-01T04:59:59Z"},
		{"Sat Jan  1 12:00:00 2005", "2005-01-01T12:00:00Z"},
		{"Thu, 32 Mar 2010 09:30:00 +0900", ""},
		{"yesterday", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		char text[RMN_TIME_TEXT_BYTES];

		rmn_time_text(rmn_mail_date(rmn_bytes_from_string(dates[i][0])), text);
		assert_string_equal(text, dates[i][1]);
	}
}

static unsigned
claim_bits(const char *head, const char *format_name)
{
	struct rmn_format_input input = {.head = rmn_bytes_from_string(head)};
	const struct rmn_format *format = rmn_format_find(format_name);

	assert_non_null(format);
	return format->claim(&input);
}

static void
test_claims(void **state)
{
	(void)state;
	assert_true(claim_bits("From: a\nTo: b\n\ntext", "eml") >= 32);
	assert_true(claim_bits("Return-Path: <a>\r\nX: y\r\n\r\n", "eml") > 0);
	assert_int_equal(claim_bits("HTTP/1.1 200 OK\nDate: x\nContent-Type: text/html\n", "eml"), 0);
	assert_int_equal(claim_bits("Date: x\nContent-Type: text/html\nServer: s\n\n", "eml"), 0);
	assert_int_equal(claim_bits("BEGIN:VCARD\nVERSION:3.0\nN:a\nEMAIL:b\n", "eml"), 0);
	assert_int_equal(claim_bits("Some text\nFrom: a\nTo: b\n", "eml"), 0);
	assert_int_equal(claim_bits("Subject: only one\n\n", "eml"), 0);
	assert_true(claim_bits("From a@b Mon Mar  1 09:30:00 2010\nFrom: a\n", "mbox") >= 64);
	assert_int_equal(claim_bits("From here on we go\nFrom: a\n", "mbox"), 0);
}

static enum rmn_status
slow_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct rmn_bytes *bytes = blob->state;

	(void)error;
	memcpy(buffer, bytes->data + offset, size);
	*got = size;
	return RMN_OK;
}

static const struct rmn_blob_ops slow_ops = {.read = slow_read};

/* Postmarks and line ends fall on every place of the window; one line is longer than it. */
static void
test_large_mbox(void **state)
{
	struct rmn_buf mailbox;
	struct rmn_bytes bytes;
	struct rmn_blob blob;
	struct count count = {0};
	struct rmn_sink sink = {.context = &count, .member = count_member};
	const char *name;
	uint64_t wanted = 0;

	(void)state;
	rmn_buf_init(&mailbox, 0);
	for (unsigned i = 0; i < 3000; i++) {
		size_t before;

		rmn_buf_append_string(&mailbox, "From a@example.jp Mon Mar  1 09:30:00 2010\r\n");
		before = mailbox.size;
		rmn_buf_printf(&mailbox, "Subject: %u\r\n\r\n", i);
		for (unsigned j = 0; j < i % 13; j++)
			rmn_buf_printf(&mailbox, "%0*u\r\n\r\n", (int)(i % 500), j);
		for (unsigned j = 0; i == 1500 && j < 100000; j++)
			rmn_buf_append_string(&mailbox, "long ");
		rmn_buf_append_string(&mailbox, "end\r\n");
		wanted += mailbox.size - before;
		rmn_buf_append_string(&mailbox, "\r\n");
	}
	bytes = rmn_buf_bytes(&mailbox);
	blob = (struct rmn_blob){&slow_ops, bytes.size, &bytes, {NULL, 0}};
	assert_int_equal(read_blob(&blob, rmn_bytes_head(bytes, 8192), &sink, &name, NULL), RMN_OK);
	assert_string_equal(name, "mbox");
	assert_int_equal(count.members, 3000);
	/* the end of the mailbox is no postmark, but its empty line is none of the message's either */
	assert_int_equal(count.bytes, wanted);
	rmn_buf_release(&mailbox);
}

static void
test_corpus(void **state)
{
	static const char *const names[] = {"apache__tika", "simsong__bulk_extractor",
		"sisimai__set-of-emails"};
	const char *corpus = getenv("RMN_CORPUS");
	struct count count = {0};
	struct rmn_sink sink = {.context = &count, .member = count_member};
	unsigned mails = 0;

	(void)state;
	if (!corpus || !*corpus)
		skip();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[1024];
		struct dirent *entry;
		DIR *dir;

		snprintf(path, sizeof(path), "%s/mail/%s", corpus, names[i]);
		dir = opendir(path);
		while (dir && (entry = readdir(dir))) {
			struct rmn_bytes bytes;
			const char *name = "";
			enum rmn_status status;

			snprintf(path, sizeof(path), "%s/mail/%s/%s", corpus, names[i],
			    entry->d_name);
			bytes = golden_load(path);
			if (!bytes.data)
				continue;
			status = read_bytes(bytes, &sink, &name, NULL);
			if (strcmp(name, "eml") == 0 || strcmp(name, "mbox") == 0) {
				mails++;
				assert_true(status == RMN_OK || status == RMN_PARTIAL);
			}
			free((void *)(uintptr_t)bytes.data);
		}
		if (dir)
			closedir(dir);
	}
	print_message("%u mails and mailboxes, %llu members\n", mails,
	    (unsigned long long)count.members);
	assert_true(mails >= 400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_starved),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_large_mbox),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
