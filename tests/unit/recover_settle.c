/* SPDX-License-Identifier: MIT
 *
 * Which of several files that claim the same sectors is believed, and what becomes of the others. */
#include "recover/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recover/grade.h"

#define DISK_BYTES (256u * 1024)

struct fixture {
	unsigned char bytes[DISK_BYTES];
	struct rmn_blob blob;
	struct rmn_disk *disk;
	struct rmn_walk_sink sink;
	struct rmn_collected collected;
	struct rmn_store_found found;
	struct rmn_recovery r;
	struct rmn_sectors taken;
	struct rmn_verdict *verdicts;
	struct rmn_error error;
	uint32_t volume;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct rmn_found_volume volume = {.block_bytes = 4096, .filesystem = "ntfs"};

	f->blob = rmn_blob_from_bytes((struct rmn_bytes){f->bytes, DISK_BYTES});
	f->disk = rmn_disk_from_blob(&f->blob);
	assert_true(rmn_collected_init(&f->collected, &f->sink, f->disk, &f->error));
	f->collected.checks_content = true;
	/* the living volumes have the first 64 KiB */
	rmn_sectors_remove(&f->collected.in_use, 65536, DISK_BYTES);
	assert_true(rmn_store_found_init(&f->found));
	assert_true(rmn_sectors_init(&f->taken, DISK_BYTES));
	f->r = (struct rmn_recovery){.disk = f->disk, .in_use = &f->collected.in_use,
	    .found = &f->found, .error = &f->error};
	assert_int_equal(rmn_found_volume_add(&f->r, &volume, &f->volume), RMN_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	free(f->verdicts);
	rmn_sectors_release(&f->taken);
	rmn_store_found_release(&f->found);
	rmn_collected_release(&f->collected);
	rmn_disk_free(f->disk);
	free(f);
	return 0;
}

static size_t
add(struct fixture *f, const char *path, enum rmn_origin origin, uint64_t at, uint64_t size)
{
	struct rmn_extent extent = {at, size};
	struct rmn_found file = {
		.volume = f->volume, .kind = RMN_ITEM_FILE, .origin = origin,
		.path = rmn_bytes_from_string(path), .size_bytes = size,
		.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN,
		.how = at ? RMN_CONTENT_EXTENTS : RMN_CONTENT_NONE,
		.extents = &extent, .extent_count = at ? 1 : 0,
	};

	assert_int_equal(rmn_found_add(&f->r, &file), RMN_OK);
	return f->found.count - 1;
}

static void
settle(struct fixture *f)
{
	assert_int_equal(rmn_settle(&f->r, &f->collected, &f->taken, &f->verdicts), RMN_OK);
}

static void
test_a_record_beats_what_is_left_of_one(void **state)
{
	struct fixture *f = *state;
	size_t stale = add(f, "old", RMN_ORIGIN_STALE, 98304, 8192);
	size_t deleted = add(f, "gone", RMN_ORIGIN_DELETED, 102400, 8192);
	size_t record = add(f, "here", RMN_ORIGIN_RECORD, 98304, 5000);

	settle(f);
	assert_int_equal(f->verdicts[record].grade, 'B');
	assert_true(f->verdicts[record].has_bytes);
	assert_int_equal(f->verdicts[deleted].grade, 'E');
	assert_int_equal(f->verdicts[deleted].overwritten_bytes, 1024);
	assert_true(f->verdicts[deleted].has_bytes);
	assert_int_equal(f->verdicts[stale].grade, 'E');
	assert_false(f->verdicts[stale].has_bytes);
	assert_true(rmn_sectors_has(&f->taken, 98304 + 4608));
}

static void
test_what_the_living_have_is_overwritten(void **state)
{
	struct fixture *f = *state;
	size_t half = add(f, "half", RMN_ORIGIN_RECORD, 61440, 8192);
	size_t all = add(f, "all", RMN_ORIGIN_RECORD, 4096, 8192);

	settle(f);
	assert_int_equal(f->verdicts[half].grade, 'E');
	assert_int_equal(f->verdicts[half].overwritten_bytes, 4096);
	assert_true(f->verdicts[half].has_bytes);
	assert_int_equal(f->verdicts[all].overwritten_bytes, 8192);
	assert_false(f->verdicts[all].has_bytes);
}

static void
test_other_names_follow_their_file(void **state)
{
	struct fixture *f = *state;
	size_t first = add(f, "new/a.txt", RMN_ORIGIN_RECORD, 131072, 100);
	size_t second = add(f, "old/a.txt", RMN_ORIGIN_RECORD, 131072, 100);
	size_t again = add(f, "new/a.txt", RMN_ORIGIN_STALE, 131072, 100);
	size_t name = add(f, "old/a.txt", RMN_ORIGIN_INDEX, 0, 100);
	size_t other = add(f, "old/b.txt", RMN_ORIGIN_INDEX, 0, 100);

	settle(f);
	assert_true(f->verdicts[first].has_bytes);
	assert_true(f->verdicts[second].is_other_name);
	assert_int_equal(f->verdicts[second].grade, f->verdicts[first].grade);
	assert_true(f->verdicts[again].is_dropped);
	assert_true(f->verdicts[name].is_dropped);
	assert_false(f->verdicts[other].is_dropped);
	assert_int_equal(f->verdicts[other].grade, 'E');
}

static void
test_a_guess_needs_its_content(void **state)
{
	struct fixture *f = *state;
	size_t wrong = add(f, "guess.png", RMN_ORIGIN_RECORD, 196608, 4096);
	size_t text = add(f, "guess.txt", RMN_ORIGIN_RECORD, 200704, 4096);

	/* a PNG that breaks at once */
	memcpy(f->bytes + 196608, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
	f->found.files[wrong].is_guessed = f->found.files[text].is_guessed = true;
	settle(f);
	assert_int_equal(f->verdicts[wrong].grade, 'E');
	assert_false(f->verdicts[wrong].has_bytes);
	assert_int_equal(f->verdicts[text].grade, 'D');
	assert_false(rmn_sectors_has(&f->taken, 196608));
	assert_true(rmn_sectors_has(&f->taken, 200704));
}

static void
test_what_the_walk_listed_is_not_told_again(void **state)
{
	struct fixture *f = *state;
	struct rmn_found_volume living = {.block_bytes = 4096, .filesystem = "hfsplus", .living = 1};
	uint32_t lost = f->volume;
	size_t listed, missed;

	assert_int_equal(rmn_found_volume_add(&f->r, &living, &f->volume), RMN_OK);
	rmn_hashes_add(&f->collected.paths, rmn_hash_bytes(1, rmn_bytes_from_string("a")));
	listed = add(f, "a", RMN_ORIGIN_RECORD, 139264, 100);
	missed = add(f, "b", RMN_ORIGIN_RECORD, 143360, 100);
	f->found.files[listed].is_living = f->found.files[missed].is_living = true;
	f->volume = lost;
	settle(f);
	assert_true(f->verdicts[listed].is_dropped);
	assert_false(f->verdicts[missed].is_dropped);
	assert_true(f->verdicts[missed].has_bytes);
	assert_int_equal(f->verdicts[missed].overwritten_bytes, 0);
}

static void
test_grades(void **state)
{
	struct rmn_grade_input in = {.size_bytes = 10, .how = RMN_CONTENT_EXTENTS};
	static const struct {
		enum rmn_origin origin;
		bool is_guessed;
		const char *none_passed_failed;
	} rows[] = {
		{RMN_ORIGIN_RECORD, false, "BAC"}, {RMN_ORIGIN_DELETED, false, "CBD"},
		{RMN_ORIGIN_STALE, false, "DBE"}, {RMN_ORIGIN_INDEX, false, "EEE"},
		{RMN_ORIGIN_RECORD, true, "DCE"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		in.origin = rows[i].origin;
		in.is_guessed = rows[i].is_guessed;
		for (int check = RMN_CHECK_NONE; check <= RMN_CHECK_FAILED; check++)
			assert_int_equal(rmn_grade_checked(&in, (enum rmn_check)check),
			    rows[i].none_passed_failed[check]);
	}
	in = (struct rmn_grade_input){.size_bytes = 10, .how = RMN_CONTENT_EXTENTS,
	    .overwritten_bytes = 1};
	assert_int_equal(rmn_grade_checked(&in, RMN_CHECK_PASSED), 'E');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_record_beats_what_is_left_of_one),
		TEST(test_what_the_living_have_is_overwritten),
		TEST(test_other_names_follow_their_file),
		TEST(test_a_guess_needs_its_content),
		TEST(test_what_the_walk_listed_is_not_told_again),
		cmocka_unit_test(test_grades),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
