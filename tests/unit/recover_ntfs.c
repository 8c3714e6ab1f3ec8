/* SPDX-License-Identifier: MIT
 *
 * Lost NTFS volumes: files, folders, names without records, and damage. */
#include "tests/unit/recover_ntfs.h"

#define BASE 32256u		/* sector 63: where the volume began */
#define MFT (BASE + 100 * CLUSTER)
#define ROOT REFERENCE(5, 5)
#define PLACE(cluster) (BASE + (size_t)(cluster) * CLUSTER)

/* A small volume of 24 documents in two folders, which gives the base away. */
static void
volume_make(struct trial *trial)
{
	static const char *const folders[] = {"sales", "staff"};
	struct draft d;

	for (unsigned i = 0; i < 2; i++) {
		d = draft_begin(30 + i, 1, IN_USE | FOLDER, 0);
		draft_times(&d, MADE);
		draft_name(&d, i ? REFERENCE(30, 1) : ROOT, folders[i], 3);
		draft_end(&d, trial->disk, MFT + (30 + i) * 1024);
	}
	for (unsigned i = 0; i < 24; i++) {
		char name[32], run[4] = {0x21, 1, 0, 0};
		unsigned cluster = 200 + 3 * i + i % 2;

		snprintf(name, sizeof(name), "memo%02u.doc", i);
		put((unsigned char *)run + 2, cluster, 2);
		d = draft_begin(40 + i, 2, IN_USE, 0);
		draft_times(&d, MADE + i);
		draft_name(&d, REFERENCE(30 + i % 2, 1), name, 3);
		draft_runs(&d, 0x80, "", run, 4, 0, 0, 1000 + i);
		draft_end(&d, trial->disk, MFT + (40 + i) * 1024);
		memcpy(trial->disk + PLACE(cluster), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	}
}

static void
test_finds_base_and_paths_by_vote(void **state)
{
	struct trial *trial = trial_begin();
	const struct rmn_found *f;

	(void)state;
	volume_make(trial);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial->found.volume_count, 1);
	assert_int_equal(trial->found.volumes[0].start_byte, BASE);
	assert_int_equal(trial->found.volumes[0].block_bytes, CLUSTER);
	assert_int_equal(trial->found.count, 26);
	f = trial_get(trial, "sales/memo00.doc", "");
	assert_int_equal(f->size_bytes, 1000);
	assert_int_equal(f->extent_count, 1);
	assert_int_equal(f->extents[0].image_offset, PLACE(200));
	assert_int_equal(f->extents[0].length_bytes, 1000);
	assert_int_equal(f->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(f->version, f->changed);
	assert_int_equal(f->created, rmn_ntfs_time(MADE));
	assert_int_equal(f->modified, rmn_ntfs_time(MADE) + 1000000000);
	trial_get(trial, "sales/staff/memo23.doc", "");
	assert_int_equal(trial_get(trial, "sales", "")->kind, RMN_ITEM_DIRECTORY);
	trial_end(trial);
}

/* Resident data that crosses the last two bytes of a sector. */
static void
test_resident_data_is_mended_by_extents(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(80, 1, IN_USE, 0);
	unsigned char value[600], read[700];
	const struct rmn_found *f;

	(void)state;
	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (unsigned char)(i * 7 + 1);
	volume_make(trial);
	draft_times(&d, MADE);
	draft_name(&d, ROOT, "note.txt", 1);
	draft_name(&d, ROOT, "NOTE~1.TXT", 2);
	draft_attribute(&d, 0x80, "", 24, value, sizeof(value));
	draft_attribute(&d, 0x80, "Zone", 24, "[Zone]", 6);
	draft_end(&d, trial->disk, MFT + 80 * 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	f = trial_get(trial, "note.txt", "");
	assert_int_equal(f->size_bytes, 600);
	assert_int_equal(f->extent_count, 3);
	assert_int_equal(trial_read(trial, f, read, sizeof(read)), 600);
	assert_memory_equal(read, value, 600);
	f = trial_get(trial, "note.txt", "Zone");
	assert_int_equal(f->kind, RMN_ITEM_STREAM);
	assert_int_equal(trial_read(trial, f, read, sizeof(read)), 6);
	assert_memory_equal(read, "[Zone]", 6);
	assert_null(trial_find(trial, "NOTE~1.TXT", ""));
	trial_end(trial);
}

/* Runs back and forth with a hole, cut at the valid size; then the same compressed. */
static void
test_runs_holes_and_sizes(void **state)
{
	static const char runs[] = {0x21, 2, 0x2c, 1, 0x01, 3, 0x11, 4, (char)0xf6, 0};
	struct trial *trial = trial_begin();
	const struct rmn_found *f;

	(void)state;
	volume_make(trial);
	for (unsigned i = 0; i < 2; i++) {
		struct draft d = draft_begin(81 + i, 1, IN_USE, 0);
		unsigned char *a;

		draft_name(&d, ROOT, i ? "packed" : "holes", 1);
		a = draft_runs(&d, 0x80, "", runs, sizeof(runs), 0, 8, 8 * CLUSTER + 100);
		put(a + 12, i ? 0x0001 : 0x8000, 2);
		put(a + 34, i ? 3 : 0, 2);
		put(a + 56, 6 * CLUSTER, 8);
		draft_end(&d, trial->disk, MFT + (81 + i) * 1024);
	}
	assert_int_equal(trial_run(trial), RMN_OK);
	f = trial_get(trial, "holes", "");
	assert_int_equal(f->size_bytes, 8 * CLUSTER + 100);
	assert_int_equal(f->extent_count, 4);
	assert_int_equal(f->extents[0].image_offset, PLACE(300));
	assert_int_equal(f->extents[1].image_offset, RMN_EXTENT_SPARSE);
	assert_int_equal(f->extents[2].image_offset, PLACE(290));
	assert_int_equal(f->extents[2].length_bytes, CLUSTER);
	assert_int_equal(f->extents[3].image_offset, RMN_EXTENT_SPARSE);
	assert_int_equal(f->extents[3].length_bytes, 2 * CLUSTER + 100);
	assert_false(f->is_short);
	f = trial_get(trial, "packed", "");
	assert_int_equal(f->how, RMN_CONTENT_LZNT1);
	assert_int_equal(f->attribute_id, 8 * CLUSTER);
	assert_int_equal(f->size_bytes, 8 * CLUSTER + 100);
	assert_true(f->is_short);		/* the second unit is not all described */
	trial_end(trial);
}

/* Two extension records have the rest of a stream; a third, from an earlier life, does not count. */
static void
test_extension_records_carry_on(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(85, 3, IN_USE, 0);
	const struct rmn_found *f;
	unsigned char *a;

	(void)state;
	volume_make(trial);
	draft_name(&d, ROOT, "long.bin", 1);
	a = draft_runs(&d, 0x80, "", "\x21\x01\x2c\x01", 5, 0, 0, 3 * CLUSTER);
	put(a + 40, 3 * CLUSTER, 8);
	draft_end(&d, trial->disk, MFT + 85 * 1024);
	for (unsigned i = 0; i < 3; i++) {
		d = draft_begin(86 + i, 1, IN_USE, REFERENCE(85, i == 2 ? 2 : 3));
		draft_runs(&d, 0x80, "", i == 0 ? "\x21\x01\x90\x01" : "\x21\x01\xf4\x01", 5, 2 - i % 2 - i / 2,
		    2 - i % 2 - i / 2, 0);
		draft_end(&d, trial->disk, MFT + (86 + i) * 1024);
	}
	assert_int_equal(trial_run(trial), RMN_OK);
	f = trial_get(trial, "long.bin", "");
	assert_false(f->is_short);
	assert_int_equal(f->extent_count, 3);
	assert_int_equal(f->extents[0].image_offset, PLACE(300));
	assert_int_equal(f->extents[1].image_offset, PLACE(500));
	assert_int_equal(f->extents[2].image_offset, PLACE(400));
	memset(trial->disk + MFT + 87 * 1024, 0, 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	f = trial_get(trial, "long.bin", "");
	assert_true(f->is_short);
	assert_int_equal(f->extents[1].image_offset, RMN_EXTENT_SPARSE);
	trial_end(trial);
}

/* Folders whose records are gone have their names in their parents' index blocks. */
static void
test_index_blocks_name_lost_folders(void **state)
{
	struct trial *trial = trial_begin();
	struct block b = block_begin();
	const struct rmn_found *f;
	size_t before;

	(void)state;
	volume_make(trial);
	memset(trial->disk + MFT + 30 * 1024, 0, 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	trial_get(trial, "orphan-30/staff/memo23.doc", "");
	block_entry(&b, REFERENCE(30, 1), ROOT, "sales", true, 0);
	block_entry(&b, REFERENCE(35, 1), ROOT, "gone.doc", false, 777);
	before = b.used;
	block_entry(&b, REFERENCE(36, 4), ROOT, "removed.xls", false, 0);
	block_end(&b, trial->disk, PLACE(50), b.used - before);
	assert_int_equal(trial_run(trial), RMN_OK);
	trial_get(trial, "sales/staff/memo23.doc", "");
	trial_get(trial, "removed.xls", "");
	f = trial_get(trial, "gone.doc", "");
	assert_int_equal(f->origin, RMN_ORIGIN_INDEX);
	assert_int_equal(f->how, RMN_CONTENT_NONE);
	assert_int_equal(f->size_bytes, 777);
	trial_end(trial);
}

/* A deleted folder counts its sequence up; its children still name its last life. */
static void
test_deleted_files_keep_their_folder(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(30, 2, FOLDER, 0);

	(void)state;
	volume_make(trial);
	draft_name(&d, ROOT, "sales", 3);
	draft_end(&d, trial->disk, MFT + 30 * 1024);
	d = draft_begin(40, 3, 0, 0);
	draft_name(&d, REFERENCE(30, 1), "memo00.doc", 3);
	draft_runs(&d, 0x80, "", "\x21\x01\xc8\0", 5, 0, 0, 1000);
	draft_end(&d, trial->disk, MFT + 40 * 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial_get(trial, "sales/memo00.doc", "")->origin, RMN_ORIGIN_DELETED);
	assert_int_equal(trial_get(trial, "sales", "")->origin, RMN_ORIGIN_DELETED);
	trial_end(trial);
}

/* What a living volume uses is its own. */
static void
test_living_records_are_left_alone(void **state)
{
	struct trial *trial = trial_begin();

	(void)state;
	volume_make(trial);
	rmn_sectors_add(&trial->in_use, MFT, 50 * 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial->found.count, 14);
	trial_get(trial, "orphan-30/memo22.doc", "");
	trial_end(trial);
}

/* A copy elsewhere of a record is stale, whatever it says. */
static void
test_a_copy_elsewhere_is_stale(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(41, 2, IN_USE, 0);

	(void)state;
	volume_make(trial);
	draft_name(&d, REFERENCE(31, 1), "old.doc", 3);
	draft_runs(&d, 0x80, "", "\x21\x01\xc8\0", 5, 0, 0, 1000);
	draft_end(&d, trial->disk, PLACE(20));
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial_get(trial, "sales/staff/old.doc", "")->origin, RMN_ORIGIN_STALE);
	assert_int_equal(trial_get(trial, "sales/staff/memo01.doc", "")->origin,
	    RMN_ORIGIN_RECORD);
	trial_end(trial);
}

/* With its second sector bad a record still has what stands in the first. */
static void
test_half_a_record_is_still_good(void **state)
{
	struct trial *trial = trial_begin();
	const struct rmn_found *f;

	(void)state;
	volume_make(trial);
	memset(trial->disk + MFT + 40 * 1024 + 512, 0xa5, 512);
	assert_int_equal(trial_run(trial), RMN_OK);
	f = trial_get(trial, "sales/memo00.doc", "");
	assert_int_equal(f->origin, RMN_ORIGIN_STALE);
	assert_int_equal(f->size_bytes, 1000);
	memset(trial->disk + MFT + 40 * 1024, 0xa5, 512);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_null(trial_find(trial, "sales/memo00.doc", ""));
	trial_end(trial);
}

/* Whatever bytes change, the engine ends, and gives nothing that is not on the disk. */
static void
test_damage_anywhere(void **state)
{
	struct trial *trial = trial_begin();
	unsigned char *whole = malloc(DISK_BYTES);
	struct block b = block_begin();
	uint32_t seed = 3;

	(void)state;
	assert_non_null(whole);
	volume_make(trial);
	block_entry(&b, REFERENCE(30, 1), ROOT, "sales", true, 0);
	block_entry(&b, REFERENCE(35, 1), ROOT, "gone.doc", false, 777);
	block_end(&b, trial->disk, PLACE(50), 0);
	memcpy(whole, trial->disk, DISK_BYTES);
	for (int round = 0; round < 60; round++) {
		memcpy(trial->disk, whole, DISK_BYTES);
		for (int i = 0; i < 400; i++) {
			size_t at = MFT + 30 * 1024 + (seed = seed * 1664525 + 1013904223) %
			    (34 * 1024);

			if (i % 8 == 0)
				at = PLACE(50) + at % 4096;
			if (at % 512 < 510 && at % 1024 > 0x38)
				trial->disk[at] = (unsigned char)(seed >> 24);
		}
		assert_int_equal(trial_run(trial), RMN_OK);
	}
	free(whole);
	trial_end(trial);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_base_and_paths_by_vote),
		cmocka_unit_test(test_resident_data_is_mended_by_extents),
		cmocka_unit_test(test_runs_holes_and_sizes),
		cmocka_unit_test(test_extension_records_carry_on),
		cmocka_unit_test(test_index_blocks_name_lost_folders),
		cmocka_unit_test(test_deleted_files_keep_their_folder),
		cmocka_unit_test(test_living_records_are_left_alone),
		cmocka_unit_test(test_a_copy_elsewhere_is_stale),
		cmocka_unit_test(test_half_a_record_is_still_good),
		cmocka_unit_test(test_damage_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
