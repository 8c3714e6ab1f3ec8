/* SPDX-License-Identifier: MIT
 *
 * Files as blobs in memory, and pieces of them joined. */
#include "base/mapped.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_BYTES 300000u

struct file {
	FILE *stream;
	unsigned char bytes[FILE_BYTES];
};

static int
file_make(void **state)
{
	struct file *file = calloc(1, sizeof(*file));

	file->stream = tmpfile();
	for (size_t i = 0; i < FILE_BYTES; i++)
		file->bytes[i] = (unsigned char)(i * 7 + i / 512);
	fwrite(file->bytes, 1, FILE_BYTES, file->stream);
	*state = file;
	return fflush(file->stream);
}

static int
file_free(void **state)
{
	struct file *file = *state;

	fclose(file->stream);
	free(file);
	return 0;
}

static void
test_a_file_is_read(void **state)
{
	struct file *file = *state;
	unsigned char part[100];
	struct rmn_mapped m;
	struct rmn_blob blob;
	size_t got;

	assert_true(rmn_mapped_open(&m, fileno(file->stream), FILE_BYTES, &blob));
	assert_int_equal(blob.memory.size, FILE_BYTES);
	assert_memory_equal(blob.memory.data, file->bytes, FILE_BYTES);
	assert_int_equal(rmn_blob_read(&blob, FILE_BYTES - 40, part, sizeof(part), &got, NULL), RMN_OK);
	assert_int_equal(got, 40);
	assert_memory_equal(part, file->bytes + FILE_BYTES - 40, 40);
	rmn_mapped_close(&m);
}

/* Longer than its file is: pages behind it do not exist. */
static void
test_what_is_not_there_is_not_mapped(void **state)
{
	struct file *file = *state;
	struct rmn_mapped m;
	struct rmn_blob blob;
	int ends[2];

	assert_false(rmn_mapped_open(&m, fileno(file->stream), 2 * FILE_BYTES, &blob));
	assert_false(rmn_mapped_open(&m, fileno(file->stream), 0, &blob));
	assert_int_equal(pipe(ends), 0);
	assert_false(rmn_mapped_open(&m, ends[0], 10, &blob));
	close(ends[0]);
	close(ends[1]);
}

static const struct {
	struct rmn_blob_piece pieces[3];
	size_t count;
	bool is_joined;
} rows[] = {
	{{{512, 1000}}, 1, true},
	{{{1024, 512}, {9728, 200000}}, 2, true},			/* the first one moves */
	{{{9728, 200000}, {250880, 512}}, 2, true},			/* the last one */
	{{{512, 300}, {5120, 200000}, {290304, 9000}}, 3, true},
	{{{290304, 4096}, {5120, 200000}, {512, 4096}}, 3, true},
	{{{5120, 200000}, {5120, 200}}, 2, true},			/* twice the same */
	{{{1024, 4096}, {512, 200000}}, 2, false},			/* no room in front */
	{{{99900, 200000}, {512, 512}}, 2, false},			/* nor behind */
	{{{512, 60000}, {100000, 100000}}, 2, false},			/* a copy is as cheap */
	{{{512, 100}, {5120, FILE_BYTES}}, 2, false},
	{{{UINT64_MAX, 1}, {5120, 200000}}, 2, false},
};

static void
test_pieces_are_joined(void **state)
{
	struct file *file = *state;
	struct rmn_mapped m;
	struct rmn_blob blob;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_bytes whole;
		size_t done = 0;

		assert_true(rmn_mapped_open(&m, fileno(file->stream), FILE_BYTES, &blob));
		whole = rmn_blob_join(&blob, rows[i].pieces, rows[i].count);
		if ((whole.data != NULL) != rows[i].is_joined)
			fail_msg("row %zu", i);
		for (size_t j = 0; whole.data && j < rows[i].count; j++) {
			const struct rmn_blob_piece *piece = &rows[i].pieces[j];

			assert_memory_equal(whole.data + done, file->bytes + piece->offset, piece->size);
			done += piece->size;
		}
		assert_int_equal(whole.size, done);
		assert_memory_equal(blob.memory.data, file->bytes, FILE_BYTES);
		rmn_mapped_close(&m);
	}
}

static void
test_views_are_few(void **state)
{
	struct file *file = *state;
	struct rmn_mapped m;
	struct rmn_blob blob, copy;

	assert_true(rmn_mapped_open(&m, fileno(file->stream), FILE_BYTES, &blob));
	for (size_t i = 0; i < RMN_MAPPED_VIEWS; i++)
		assert_non_null(rmn_blob_join(&blob, rows[1].pieces, 2).data);
	assert_null(rmn_blob_join(&blob, rows[1].pieces, 2).data);
	rmn_mapped_close(&m);
	copy = rmn_blob_from_bytes((struct rmn_bytes){file->bytes, FILE_BYTES});
	assert_ptr_equal(rmn_blob_join(&copy, rows[0].pieces, 1).data, file->bytes + 512);
	assert_null(rmn_blob_join(&copy, rows[1].pieces, 2).data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_file_is_read),
		cmocka_unit_test(test_what_is_not_there_is_not_mapped),
		cmocka_unit_test(test_pieces_are_joined),
		cmocka_unit_test(test_views_are_few),
	};

	return cmocka_run_group_tests(tests, file_make, file_free);
}
