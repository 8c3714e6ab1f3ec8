/* SPDX-License-Identifier: MIT
 *
 * What a format's own programs do not show, and what is left where a medium fails: made from the fixtures by
 * a change of some bytes. */
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
#include "base/number.h"
#include "format/format.h"

static enum rmn_status
take_text(void *context, struct rmn_bytes utf8)
{
	rmn_buf_append(context, utf8);
	return RMN_OK;
}

static enum rmn_status
blob_read(struct rmn_blob *blob, struct rmn_bytes head, struct rmn_buf *out)
{
	struct rmn_arena *arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	struct rmn_format_input input = {.content = blob, .arena = arena, .head = head};
	const struct rmn_format *format = rmn_format_claim(&input);
	struct rmn_sink sink = {.context = out, .text = take_text};
	struct rmn_error error = {0};
	enum rmn_status status;

	assert_non_null(format);
	rmn_buf_init(out, 0);
	status = format->read(&input, &sink, &error);
	rmn_arena_free(arena);
	return status;
}

static enum rmn_status
content_read(const struct rmn_buf *content, struct rmn_buf *out)
{
	struct rmn_blob blob = rmn_blob_from_bytes(rmn_buf_bytes(content));

	assert_false(content->failed);
	return blob_read(&blob, rmn_bytes_head(blob.memory, 8192), out);
}

static void
fixture_load(const char *path, struct rmn_buf *content)
{
	FILE *file = fopen(path, "rb");
	unsigned char piece[4096];
	size_t got;

	assert_non_null(file);
	rmn_buf_init(content, 0);
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
		rmn_buf_append_data(content, piece, got);
	fclose(file);
}

static bool
has(const struct rmn_buf *out, const char *text)
{
	return rmn_bytes_find(rmn_buf_bytes(out), rmn_bytes_from_string(text)) != SIZE_MAX;
}

#define RESIDUE "a residue of Hanako's letter"

/* Bytes behind the end that a file tells. */
static void
test_behind(void **state)
{
	static const char *const paths[] = {"testdata/format/sqlite_log/journal.in",
	    "testdata/format/lnk/file.in"};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct rmn_buf content, out;

		fixture_load(paths[i], &content);
		for (unsigned zeros = 0; zeros < 800; zeros++)
			rmn_buf_u8(&content, 0);
		rmn_buf_append_string(&content, RESIDUE);
		for (unsigned zeros = 0; zeros < 8192; zeros++)
			rmn_buf_u8(&content, 0);
		content_read(&content, &out);
		if (!has(&out, RESIDUE))
			fail_msg("%s: what stands behind it is lost", paths[i]);
		rmn_buf_release(&content);
		rmn_buf_release(&out);
	}
}

/* The first page of a log says nonsense in its middle; those behind it are whole. */
static void
test_pages_behind_damage(void **state)
{
	struct rmn_buf content, out;
	uint32_t size;

	(void)state;
	fixture_load("testdata/format/fsevents/pages.in", &content);
	size = rmn_le32(content.data + 8);
	assert_true(size < content.size);
	memset(content.data + 12, 'x', size - 12);
	assert_int_equal(content_read(&content, &out), RMN_PARTIAL);
	assert_true(has(&out, "契約書"));
	rmn_buf_release(&content);
	rmn_buf_release(&out);
}

/* A statement that was changed so that it declares fewer columns than the rows have. */
static void
test_undeclared_values(void **state)
{
	struct rmn_buf content, out;
	size_t at;

	(void)state;
	fixture_load("testdata/format/sqlite/deleted.in", &content);
	at = rmn_bytes_find(rmn_buf_bytes(&content), rmn_bytes_from_string(", mail"));
	assert_true(at != SIZE_MAX);
	for (; content.data[at] != ')'; at++)
		content.data[at] = ' ';
	assert_int_equal(content_read(&content, &out), RMN_OK);
	assert_true(has(&out, "ichiro@example.co.jp"));
	rmn_buf_release(&content);
	rmn_buf_release(&out);
}

/* A medium that gives the head of a file and nothing else. */
static enum rmn_status
head_only_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size, size_t *got,
    struct rmn_error *error)
{
	const struct rmn_buf *content = blob->state;
	uint16_t head_bytes = rmn_le16(content->data + 8);

	*got = 0;
	if (offset >= head_bytes)
		return rmn_fail(error, RMN_IO, "a bad sector");
	*got = size < head_bytes - (size_t)offset ? size : head_bytes - (size_t)offset;
	memcpy(buffer, content->data + offset, *got);
	return RMN_OK;
}

static const struct rmn_blob_ops head_only = {.read = head_only_read};

static void
test_unreadable_records(void **state)
{
	struct rmn_buf content, out;
	struct rmn_blob blob = {.ops = &head_only, .state = &content};

	(void)state;
	fixture_load("testdata/format/dbf/cp932.in", &content);
	blob.size_bytes = content.size;
	assert_int_equal(blob_read(&blob, rmn_bytes_head(rmn_buf_bytes(&content), 8192), &out),
	    RMN_PARTIAL);
	rmn_buf_release(&content);
	rmn_buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_behind),
		cmocka_unit_test(test_pages_behind_damage),
		cmocka_unit_test(test_undeclared_values),
		cmocka_unit_test(test_unreadable_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
