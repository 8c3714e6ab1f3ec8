/* SPDX-License-Identifier: MIT
 *
 * Views: files in pieces read as one. */
#include "carve/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DISK_BYTES 100000u

struct disk {
	unsigned char bytes[DISK_BYTES];
	struct rmn_blob blob;
	struct rmn_disk *disk;
};

static int
setup(void **state)
{
	struct disk *d = calloc(1, sizeof(*d));
	uint32_t seed = 7;

	for (size_t i = 0; i < DISK_BYTES; i++)
		d->bytes[i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
	d->blob = rmn_blob_from_bytes((struct rmn_bytes){d->bytes, DISK_BYTES});
	d->disk = rmn_disk_from_blob(&d->blob);
	*state = d;
	return d->disk ? 0 : -1;
}

static int
teardown(void **state)
{
	struct disk *d = *state;

	rmn_disk_free(d->disk);
	free(d);
	return 0;
}

static void
test_pieces_read_as_one(void **state)
{
	struct disk *d = *state;
	static const struct rmn_extent extents[] = {
		{5000, 700}, {RMN_EXTENT_SPARSE, 300}, {100, 0}, {90000, 1000}, {20, 24000},
	};
	unsigned char plain[26500] = {0}, got[26500];
	struct rmn_extent *again;
	struct rmn_view view;
	size_t count;

	memcpy(plain, d->bytes + 5000, 700);
	memcpy(plain + 1000, d->bytes + 90000, 1000);
	memcpy(plain + 2000, d->bytes + 20, 24000);
	assert_true(rmn_view_of_extents(&view, d->disk, extents, 5, 26200));
	for (size_t at = 0; at < 26200; at += 379) {
		size_t wanted = 26200 - at < 5000 ? 26200 - at : 5000;

		assert_int_equal(rmn_view_read(&view, at, got, 5000), wanted);
		assert_memory_equal(got, plain + at, wanted);
	}
	assert_int_equal(rmn_view_read(&view, 26200, got, 1), 0);
	assert_int_equal(rmn_view_read(&view, UINT64_MAX - 3, got, 100), 0);
	assert_int_equal(rmn_view_place(&view, 1999), 90999);
	assert_int_equal(rmn_view_place(&view, 800), RMN_EXTENT_SPARSE);
	assert_true(rmn_view_extents(&view, 26200, &again, &count));
	assert_int_equal(count, 5);
	assert_int_equal(again[0].length_bytes, 700);
	assert_int_equal(again[1].image_offset, RMN_EXTENT_SPARSE);
	assert_int_equal(again[4].length_bytes, 200);
	free(again);
	rmn_view_release(&view);
}

static void
test_an_open_view_ends_with_the_disk(void **state)
{
	struct disk *d = *state;
	unsigned char got[64];
	struct rmn_extent *extents;
	struct rmn_view view;
	size_t count;

	assert_true(rmn_view_open(&view, d->disk, DISK_BYTES - 40));
	assert_int_equal(rmn_view_read(&view, 0, got, 64), 40);
	assert_true(rmn_view_cut(&view, 16, 4096));
	assert_int_equal(rmn_view_read(&view, 0, got, 64), 64);
	assert_memory_equal(got + 16, d->bytes + 4096, 48);
	assert_true(rmn_view_cut(&view, 32, 4112));
	assert_true(rmn_view_extents(&view, 48, &extents, &count));
	assert_int_equal(count, 2);	/* the second cut goes on where the first was */
	free(extents);
	assert_true(rmn_view_cut(&view, 16, 8192));	/* drops what was behind */
	assert_int_equal(view.count, 2);
	rmn_view_uncut(&view);
	rmn_view_uncut(&view);
	assert_int_equal(view.count, 1);
	assert_false(rmn_view_cut(&view, 0, 8192));
	assert_true(rmn_view_cut(&view, 16, UINT64_MAX - 1));
	assert_int_equal(rmn_view_read(&view, 0, got, 64), 16);
	rmn_view_release(&view);
}

static void
test_the_disk_gives_zeros_behind_its_end(void **state)
{
	struct disk *d = *state;
	unsigned char got[40000];

	assert_true(rmn_disk_read(d->disk, 16000, got, 10000));
	assert_memory_equal(got, d->bytes + 16000, 10000);
	assert_false(rmn_disk_read(d->disk, DISK_BYTES - 10, got, 20));
	assert_memory_equal(got, d->bytes + DISK_BYTES - 10, 10);
	assert_int_equal(got[10] | got[19], 0);
	assert_false(rmn_disk_read(d->disk, DISK_BYTES - 100, got, 40000));
	assert_int_equal(got[100] | got[39999], 0);
	assert_false(rmn_disk_read(d->disk, UINT64_MAX - 5, got, 4));
	assert_int_equal(rmn_disk_bad_bytes(d->disk), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pieces_read_as_one, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_open_view_ends_with_the_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_disk_gives_zeros_behind_its_end, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
