/* SPDX-License-Identifier: MIT
 *
 * Sparse bundles: which items are their files, how bands make a disk, and what hostile ones may not do. */
#include "recover/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/mapped.h"

#define DISK_BYTES ((size_t)1 << 20)
#define INFO_AT 4096u

struct fixture {
	unsigned char *bytes;
	struct rmn_blob blob;
	struct rmn_disk *disk;
	struct rmn_bundles bundles;
	struct rmn_bundle_map map;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->bytes = calloc(1, DISK_BYTES);
	f->blob = rmn_blob_from_bytes((struct rmn_bytes){f->bytes, DISK_BYTES});
	f->disk = rmn_disk_from_blob(&f->blob);
	*state = f;
	return rmn_bundles_init(&f->bundles) ? 0 : -1;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	rmn_bundle_map_release(&f->map);
	rmn_bundles_release(&f->bundles);
	rmn_disk_free(f->disk);
	free(f->bytes);
	free(f);
	return 0;
}

static void
see(struct fixture *f, const char *path, char grade, uint64_t at, uint64_t size)
{
	struct rmn_extent extent = {at, size};
	struct rmn_walk_item item = {
		.volume = 1, .kind = RMN_ITEM_FILE, .path = rmn_bytes_from_string(path),
		.state = grade ? RMN_LOST : RMN_ALLOCATED, .grade = grade, .size_bytes = size,
		.how = RMN_CONTENT_EXTENTS, .extents = &extent, .extent_count = 1,
	};

	rmn_bundles_watch(&f->bundles, &item);
}

static void
info(struct fixture *f, const char *text)
{
	memcpy(f->bytes + INFO_AT, text, strlen(text));
	see(f, "a/M.sparsebundle/Info.plist", 0, INFO_AT, strlen(text));
}

static enum rmn_status
together(struct fixture *f)
{
	assert_int_equal(f->bundles.count, 1);
	return rmn_bundle_put_together(&f->bundles, &f->bundles.bundles[0], f->disk, &f->map);
}

static void
extent_is(const struct fixture *f, size_t i, uint64_t at, uint64_t length)
{
	assert_true(i < f->map.count);
	assert_int_equal(f->map.extents[i].image_offset, at);
	assert_int_equal(f->map.extents[i].length_bytes, length);
}

static void
test_bands_make_a_disk(void **state)
{
	struct fixture *f = *state;

	see(f, "a/M.sparsebundle/bands/2", 0, 65536, 8192);
	see(f, "a/M.sparsebundle/bands/0", 'E', 20480, 8192);
	see(f, "a/M.sparsebundle/bands/0", 'A', 32768, 1000);
	see(f, "a/M.sparsebundle/bands/0", 'B', 24576, 8192);
	see(f, "a/M.sparsebundle/bands/g", 0, 24576, 8192);
	see(f, "a/M.sparsebundle/bands/123456789", 0, 24576, 8192);
	see(f, "a/M.folder/bands/0", 0, 24576, 8192);
	see(f, "M.sparsebundle", 0, 24576, 8192);
	see(f, "", 0, 24576, 8192);
	info(f, "<key>band-size</key>\n\t<integer>8192</integer>\n<key>size</key><integer>40960</integer>");
	assert_int_equal(together(f), RMN_OK);
	assert_int_equal(f->map.size_bytes, 40960);
	assert_int_equal(f->map.band_count, 2);
	extent_is(f, 0, 32768, 1000);
	extent_is(f, 1, RMN_EXTENT_SPARSE, 15384);
	extent_is(f, 2, 65536, 8192);
	extent_is(f, 3, RMN_EXTENT_SPARSE, 16384);
	assert_int_equal(f->map.count, 4);
}

static void
test_the_size_of_bands_is_guessed(void **state)
{
	struct fixture *f = *state;

	see(f, "x.backupbundle/bands/0", 0, 65536, 8192);
	see(f, "x.backupbundle/bands/1", 0, 81920, 100);
	see(f, "x.backupbundle/bands/a", 0, 98304, 8192);
	assert_int_equal(together(f), RMN_OK);
	assert_int_equal(f->map.size_bytes, 11 * 8192);
}

static void
test_hostile_bundles_are_refused(void **state)
{
	static const char huge[] = "<key>band-size</key><integer>99999999999999999999999</integer>";
	struct fixture *f = *state;

	see(f, "a/M.sparsebundle/bands/ffffffff", 0, 65536, 8192);
	info(f, huge);
	assert_int_equal(together(f), RMN_CORRUPT);
	assert_non_null(strstr(f->map.problem, "longer than any"));
	rmn_bundle_map_release(&f->map);
	f->bundles.bundles[0].band_count = 0;
	for (int i = 0; i < 200; i++) {
		char path[40];

		snprintf(path, sizeof(path), "a/M.sparsebundle/bands/%x", (unsigned)i);
		see(f, path, 0, 65536, 8192);
	}
	assert_int_equal(together(f), RMN_CORRUPT);
	assert_non_null(strstr(f->map.problem, "upon each other"));
}

static void
test_an_encrypted_one_is_told(void **state)
{
	struct fixture *f = *state;

	memcpy(f->bytes + 8192, "encrcdsa", 8);
	see(f, "a/M.sparsebundle/token", 0, 8192, 76);
	see(f, "a/M.sparsebundle/bands/0", 0, 65536, 8192);
	assert_int_equal(together(f), RMN_ENCRYPTED);
}

static void
test_only_so_many_are_put_together(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < RMN_BUNDLES_MAX + 3; i++) {
		char path[40];

		snprintf(path, sizeof(path), "%u.sparsebundle/bands/0", i);
		see(f, path, 0, 65536, 8192);
	}
	assert_int_equal(f->bundles.count, RMN_BUNDLES_MAX);
	assert_int_equal(f->bundles.left_out, 3);
}

/* --- the mapped image */

struct kept {
	struct rmn_extent extents[8];
	size_t count;
};

static enum rmn_status
keep(void *context, struct rmn_extent extent)
{
	struct kept *kept = context;

	kept->extents[kept->count++] = extent;
	return RMN_OK;
}

static void
test_a_mapped_image_reads_and_maps(void **state)
{
	static const struct rmn_extent extents[] = {
		{1024, 700}, {RMN_EXTENT_SPARSE, 300}, {0, 500}, {1ull << 40, 100},
	};
	char path[] = "/tmp/rmn-mapped-XXXXXX";
	unsigned char block[4096], got_bytes[1600];
	struct rmn_image_files files;
	struct rmn_image *under, *image;
	struct kept kept = {.count = 0};
	size_t got;
	int fd = mkstemp(path);

	(void)state;
	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = (unsigned char)(i / 4 + i);
	assert_int_equal(write(fd, block, sizeof(block)), sizeof(block));
	close(fd);
	assert_int_equal(rmn_image_files_open(path, &files, NULL), RMN_OK);
	assert_int_equal(rmn_image_open(&files, &under, NULL), RMN_OK);
	assert_int_equal(rmn_image_open_mapped(under, extents, 4, &image, NULL), RMN_OK);
	assert_int_equal(rmn_image_size(image), 1600);
	assert_int_equal(rmn_image_read(image, 600, got_bytes, 600, &got, NULL), RMN_OK);
	assert_int_equal(got, 600);
	assert_memory_equal(got_bytes, block + 1624, 100);
	for (size_t i = 100; i < 400; i++)
		assert_int_equal(got_bytes[i], 0);
	assert_memory_equal(got_bytes + 400, block, 200);
	/* what lies nowhere is a bad place, not the end */
	assert_int_equal(rmn_image_read_around(image, 0, got_bytes, 1600, &got, NULL, NULL, NULL),
	    RMN_PARTIAL);
	assert_int_equal(got, 1600);
	assert_int_equal(rmn_image_hole(image, 750), 250);
	assert_int_equal(rmn_image_hole(image, 1000), 0);
	assert_int_equal(rmn_image_mapped_each(image, 650, 2000, keep, &kept), RMN_OK);
	assert_int_equal(kept.count, 5);
	assert_int_equal(kept.extents[0].image_offset, 1674);
	assert_int_equal(kept.extents[0].length_bytes, 50);
	assert_int_equal(kept.extents[1].length_bytes, 300);
	assert_int_equal(kept.extents[2].image_offset, 0);
	assert_int_equal(kept.extents[4].image_offset, RMN_EXTENT_SPARSE);
	assert_int_equal(kept.extents[4].length_bytes, 1050);
	rmn_image_close(image);
	rmn_image_close(under);
	rmn_image_files_release(&files);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bands_make_a_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_size_of_bands_is_guessed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile_bundles_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_an_encrypted_one_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_so_many_are_put_together, setup, teardown),
		cmocka_unit_test(test_a_mapped_image_reads_and_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
