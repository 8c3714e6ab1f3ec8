/* SPDX-License-Identifier: MIT
 *
 * Items followed to the bottom: members, limits, what is skipped, and unclaimed space.  Tar archives
 * are made here, because a tar is a header and the bytes. */
#include "examine/examine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/limits.h"

/* Every event as a line. */
struct events {
	struct rmn_buf log;
	uint32_t members;
	uint32_t examined;
};

static void
on_member(void *context, uint32_t member, uint32_t parent, const struct rmn_member *facts,
    struct rmn_bytes path)
{
	struct events *e = context;

	(void)facts;
	assert_int_equal(member, e->members + 1);
	assert_true(parent < member);
	e->members = member;
	rmn_buf_printf(&e->log, "member %u of %u: %.*s\n", member, parent, (int)path.size,
	    (const char *)path.data);
}

static void
on_unexamined(void *context, uint32_t member, const char *stage, const char *reason)
{
	struct events *e = context;

	assert_true(member <= e->members);
	rmn_buf_printf(&e->log, "unexamined %u: %s: %s\n", member, stage, reason);
}

static void
on_examined(void *context, const struct rmn_examined *result)
{
	struct events *e = context;

	e->examined++;
	rmn_buf_printf(&e->log, "examined %u: %s %s\n", result->member,
	    result->format ? result->format : "-", rmn_status_name(result->status));
}

static void
on_finding(void *context, uint32_t member, const struct rmn_finding *finding, bool in_text,
    struct rmn_bytes part)
{
	struct events *e = context;

	(void)in_text;
	(void)part;
	rmn_buf_printf(&e->log, "finding %u: %llu %.*s\n", member,
	    (unsigned long long)finding->offset, (int)finding->value.size,
	    (const char *)finding->value.data);
}

static struct rmn_examine_sink
sink_of(struct events *e)
{
	return (struct rmn_examine_sink){.context = e, .member = on_member,
	    .unexamined = on_unexamined, .examined = on_examined, .finding = on_finding};
}

/* Puts one file into a tar; close with tar_end. */
static void
tar_put(struct rmn_buf *tar, const char *name, struct rmn_bytes content)
{
	static const unsigned char zeros[512];
	unsigned char header[512] = {0};
	unsigned sum = 0;

	snprintf((char *)header, 100, "%s", name);
	memcpy(header + 100, "0000644\0" "0000000\0" "0000000\0", 24);
	snprintf((char *)header + 124, 12, "%011zo", content.size);
	memcpy(header + 136, "00000000000\0        0", 21);
	memcpy(header + 257, "ustar\0" "00", 8);
	for (size_t i = 0; i < sizeof(header); i++)
		sum += header[i];
	snprintf((char *)header + 148, 8, "%06o", sum);
	rmn_buf_append_data(tar, header, sizeof(header));
	rmn_buf_append(tar, content);
	rmn_buf_append_data(tar, zeros, (512 - content.size % 512) % 512);
}

static void
tar_end(struct rmn_buf *tar)
{
	static const unsigned char zeros[1024];

	rmn_buf_append_data(tar, zeros, sizeof(zeros));
}

static const char *
examine(struct events *e, struct rmn_bytes bytes, const struct rmn_examine_input *how)
{
	struct rmn_examiner_options options = {.hash_items = true};
	struct rmn_examine_sink sink = sink_of(e);
	struct rmn_blob content = rmn_blob_from_bytes(bytes);
	struct rmn_examine_input input = how ? *how : (struct rmn_examine_input){0};
	struct rmn_examiner *examiner;
	struct rmn_error error = {0};

	input.content = &content;
	input.name = input.path = rmn_bytes_from_string("top");
	*e = (struct events){0};
	rmn_buf_init(&e->log, 0);
	assert_int_equal(rmn_examiner_new(&options, &examiner, &error), RMN_OK);
	assert_int_equal(rmn_examine_item(examiner, &input, &sink, &error), RMN_OK);
	rmn_examiner_free(examiner);
	assert_int_equal(e->examined, e->members + 1);	/* each is announced and ended */
	return rmn_buf_string(&e->log);
}

static void
test_members_are_numbered_in_order(void **state)
{
	struct rmn_buf inner, outer;
	struct events e;

	(void)state;
	rmn_buf_init(&inner, 0);
	rmn_buf_init(&outer, 0);
	tar_put(&inner, "deep.txt", rmn_bytes_from_string("plain words, nothing else\n"));
	tar_end(&inner);
	tar_put(&outer, "inner.tar", rmn_buf_bytes(&inner));
	tar_put(&outer, "last.txt", rmn_bytes_from_string("more plain words\n"));
	tar_end(&outer);
	assert_string_equal(examine(&e, rmn_buf_bytes(&outer), NULL),
	    "member 1 of 0: top//inner.tar\n"
	    "member 2 of 1: top//inner.tar//deep.txt\n"
	    "examined 2: text ok\nexamined 1: tar ok\n"
	    "member 3 of 0: top//last.txt\n"
	    "examined 3: text ok\nexamined 0: tar ok\n");
	rmn_buf_release(&e.log);
	rmn_buf_release(&inner);
	rmn_buf_release(&outer);
}

static void
test_depth_is_bounded_and_told_once(void **state)
{
	struct rmn_buf tar[2];
	struct events e;
	const char *log, *told;

	(void)state;
	rmn_buf_init(&tar[0], 0);
	rmn_buf_init(&tar[1], 0);
	rmn_buf_append_string(&tar[0], "at the bottom\n");
	for (unsigned i = 0; i < RMN_LIMIT_DEPTH + 3; i++) {
		struct rmn_buf *from = &tar[i % 2], *to = &tar[(i + 1) % 2];

		rmn_buf_clear(to);
		tar_put(to, "a.tar", rmn_buf_bytes(from));
		tar_put(to, "b.tar", rmn_bytes_from_string("x"));
		tar_end(to);
	}
	log = examine(&e, rmn_buf_bytes(&tar[(RMN_LIMIT_DEPTH + 3) % 2]), NULL);
	told = strstr(log, "limit: nested deeper than 12 levels");
	assert_non_null(told);
	assert_null(strstr(told + strlen("limit: nested"), "nested deeper"));
	assert_int_equal(e.members, 2 * RMN_LIMIT_DEPTH);
	rmn_buf_release(&e.log);
	rmn_buf_release(&tar[0]);
	rmn_buf_release(&tar[1]);
}

static void
test_what_a_reader_died_on_is_not_read_again(void **state)
{
	struct rmn_examine_input how = {.skip_members = (const uint32_t[]){1}, .skip_count = 1};
	struct rmn_buf inner, outer;
	struct events e;
	const char *log;

	(void)state;
	rmn_buf_init(&inner, 0);
	rmn_buf_init(&outer, 0);
	tar_put(&inner, "deep.txt", rmn_bytes_from_string("words\n"));
	tar_end(&inner);
	tar_put(&outer, "inner.tar", rmn_buf_bytes(&inner));
	tar_end(&outer);
	log = examine(&e, rmn_buf_bytes(&outer), &how);
	assert_null(strstr(log, "deep.txt"));
	assert_non_null(strstr(log, "examined 1: - corrupt"));
	rmn_buf_release(&e.log);
	how = (struct rmn_examine_input){.raw_only = true};
	log = examine(&e, rmn_buf_bytes(&outer), &how);
	assert_int_equal(e.members, 0);
	rmn_buf_release(&e.log);
	rmn_buf_release(&inner);
	rmn_buf_release(&outer);
}

/* A document whose head is overwritten must not look like a file of no interest. */
static void
test_a_name_that_promises_more_is_told(void **state)
{
	const unsigned char noise[] = {0x91, 0xAC, 0x05, 0x18, 0xFF, 0x80, 0x03, 0xE1, 0xC7};
	struct rmn_buf tar;
	struct events e;
	const char *log;

	(void)state;
	rmn_buf_init(&tar, 0);
	tar_put(&tar, "list.XLS", (struct rmn_bytes){noise, sizeof(noise)});
	tar_put(&tar, "list.bin", (struct rmn_bytes){noise, sizeof(noise)});
	tar_put(&tar, "page.doc", rmn_bytes_from_string("plain words, saved as a document\n"));
	tar_end(&tar);
	log = examine(&e, rmn_buf_bytes(&tar), NULL);
	assert_non_null(strstr(log, "examined 1: - unsupported"));
	assert_non_null(strstr(log, "examined 2: - ok"));
	assert_non_null(strstr(log, "examined 3: text ok"));
	rmn_buf_release(&e.log);
	rmn_buf_release(&tar);
}

static void
test_every_prefix_of_an_archive_ends_well(void **state)
{
	struct rmn_buf tar;

	(void)state;
	rmn_buf_init(&tar, 0);
	tar_put(&tar, "a.txt", rmn_bytes_from_string("some text\n"));
	tar_put(&tar, "b.html", rmn_bytes_from_string("<html><body>some text</body></html>\n"));
	tar_end(&tar);
	for (size_t size = 0; size < tar.size; size += size < 600 ? 13 : 101) {
		struct events e;

		examine(&e, rmn_bytes_head(rmn_buf_bytes(&tar), size), NULL);
		rmn_buf_release(&e.log);
	}
	rmn_buf_release(&tar);
}

/* --- unclaimed space */

static void
fill(unsigned char *data, size_t size, unsigned kind)
{
	uint32_t seed = 1;

	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		data[i] = (unsigned char)(kind == 0 ? 0 : kind == 1 ? 0xFF :
		    kind == 2 ? seed >> 24 : (unsigned)"residue of text "[i % 16]);
	}
}

static void
test_space_counts_every_byte_once(void **state)
{
	enum { KIND_BYTES = 300 * 1024, TOTAL = 4 * KIND_BYTES };
	unsigned char *data = malloc(TOTAL);
	struct rmn_blob source = rmn_blob_from_bytes((struct rmn_bytes){data, TOTAL});
	static const struct rmn_space_range cuts[][3] = {
		{{0, TOTAL}},
		{{0, 5000}, {5000, 700001}, {705001, TOTAL - 705001}},
		{{100, 1}, {4095, 4097}, {TOTAL - 3, 3}},
	};
	struct rmn_examiner_options options = {0};
	struct rmn_examiner *examiner;
	struct events e = {0};
	struct rmn_examine_sink sink = sink_of(&e);

	(void)state;
	assert_non_null(data);
	for (unsigned kind = 0; kind < 4; kind++)
		fill(data + kind * KIND_BYTES, KIND_BYTES, kind);
	assert_int_equal(rmn_examiner_new(&options, &examiner, NULL), RMN_OK);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		struct rmn_space_input input = {&source, cuts[i], i == 0 ? 1 : 3,
		    rmn_bytes_from_string("unclaimed@0")};
		struct rmn_space_tally t;
		uint64_t wanted = 0;

		for (size_t r = 0; r < input.range_count; r++)
			wanted += cuts[i][r].size_bytes;
		assert_int_equal(rmn_examine_space(examiner, &input, &sink, &t, NULL), RMN_OK);
		assert_int_equal(t.zero + t.constant + t.high_entropy + t.residue + t.unreadable,
		    wanted);
		if (i == 0) {
			assert_int_equal(t.zero, KIND_BYTES);
			assert_int_equal(t.constant, KIND_BYTES);
			assert_int_equal(t.high_entropy, KIND_BYTES);
			assert_int_equal(t.residue, KIND_BYTES);
		}
	}
	rmn_examiner_free(examiner);
	rmn_buf_release(&e.log);
	free(data);
}

/* Runs of random blocks are not searched for text, but a text at their edge, or over the border of two
 * windows, is found once. */
static void
test_text_among_random_blocks(void **state)
{
	static const char text[] = " mail to someone@example.jp, who waits for it, and to nobody else ";
	enum { BLOCK = 4096, TOTAL = 40 * BLOCK };
	static const size_t places[] = {0, 10 * BLOCK - 20, 11 * BLOCK - 40, 20 * BLOCK,
	    40 * BLOCK - sizeof(text)};
	unsigned char *data = malloc(TOTAL);
	struct rmn_blob source = rmn_blob_from_bytes((struct rmn_bytes){data, TOTAL});
	static const struct rmn_space_range range = {0, TOTAL};
	struct rmn_space_input input = {&source, &range, 1, rmn_bytes_from_string("unclaimed@0")};
	struct rmn_examiner_options options = {0};
	struct rmn_examiner *examiner;
	struct rmn_rules *rules;
	struct rmn_space_tally t;

	(void)state;
	assert_non_null(data);
	assert_int_equal(rmn_rules_load(NULL, NULL, &rules, NULL), RMN_OK);
	options.rules = rules;
	assert_int_equal(rmn_examiner_new(&options, &examiner, NULL), RMN_OK);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct events e = {0};
		struct rmn_examine_sink sink = sink_of(&e);
		char wanted[64];

		fill(data, TOTAL, 2);
		/* three blocks of text around the value, so that its block is not random */
		for (size_t at = places[i] / BLOCK * BLOCK; at < TOTAL &&
		    at < places[i] / BLOCK * BLOCK + 2 * BLOCK; at++)
			data[at] = (unsigned char)"no value in here "[at % 17];
		memcpy(data + places[i], text, sizeof(text) - 1);
		assert_int_equal(rmn_examine_space(examiner, &input, &sink, &t, NULL), RMN_OK);
		snprintf(wanted, sizeof(wanted), "finding 0: %zu someone@example.jp\n",
		    places[i] + 9);
		assert_string_equal(rmn_buf_string(&e.log), wanted);
		rmn_buf_release(&e.log);
	}
	rmn_examiner_free(examiner);
	rmn_rules_free(rules);
	free(data);
}

/* A medium that fails in one sector. */
static enum rmn_status
failing_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	(void)blob;
	*got = 0;
	if (offset < 51200 && offset + size > 51200) {
		*got = (size_t)(51200 - offset);
		memset(buffer, 'a', *got);
		return rmn_fail(error, RMN_IO, "bad sector");
	}
	if (offset < 51712 && offset + size > 51200)
		return rmn_fail(error, RMN_IO, "bad sector");
	memset(buffer, 'a', size);
	*got = size;
	return RMN_OK;
}

static void
test_a_bad_sector_costs_itself(void **state)
{
	static const struct rmn_blob_ops ops = {.read = failing_read};
	static const struct rmn_space_range range = {0, 200000};
	struct rmn_blob source = {&ops, 200000, NULL, {NULL, 0}};
	struct rmn_space_input input = {&source, &range, 1, rmn_bytes_from_string("unclaimed@0")};
	struct rmn_examiner_options options = {0};
	struct rmn_examiner *examiner;
	struct rmn_space_tally t;
	struct events e = {0};
	struct rmn_examine_sink sink = sink_of(&e);

	(void)state;
	assert_int_equal(rmn_examiner_new(&options, &examiner, NULL), RMN_OK);
	assert_int_equal(rmn_examine_space(examiner, &input, &sink, &t, NULL), RMN_OK);
	assert_int_equal(t.unreadable, 512);
	assert_int_equal(t.constant, 200000 - 512);
	assert_non_null(strstr(rmn_buf_string(&e.log), "sectors of this window"));
	rmn_examiner_free(examiner);
	rmn_buf_release(&e.log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_are_numbered_in_order),
		cmocka_unit_test(test_depth_is_bounded_and_told_once),
		cmocka_unit_test(test_what_a_reader_died_on_is_not_read_again),
		cmocka_unit_test(test_a_name_that_promises_more_is_told),
		cmocka_unit_test(test_every_prefix_of_an_archive_ends_well),
		cmocka_unit_test(test_space_counts_every_byte_once),
		cmocka_unit_test(test_text_among_random_blocks),
		cmocka_unit_test(test_a_bad_sector_costs_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
