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

/* Without any document the folders' index blocks give the base away; record 3 has the label. */
static void
test_index_blocks_vote_too(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d;

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		struct block b = block_begin();
		char name[16], run[4] = {0x21, 1, 0, 0};
		unsigned cluster = 200 + 7 * i * i;

		put((unsigned char *)run + 2, cluster, 2);
		snprintf(name, sizeof(name), "folder%u", i);
		d = draft_begin(30 + i, 1, IN_USE | FOLDER, 0);
		draft_name(&d, ROOT, name, 3);
		draft_runs(&d, 0xa0, "$I30", run, 4, 0, 0, CLUSTER);
		draft_end(&d, trial->disk, MFT + 1536 + (30 + i) * 1024);
		block_end(&b, trial->disk, PLACE(cluster) + 1536, 0);
	}
	d = draft_begin(3, 3, IN_USE, 0);
	draft_attribute(&d, 0x60, "", 24, "D\0A\0T\0A", 8);
	draft_end(&d, trial->disk, MFT + 1536 + 3 * 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial->found.volume_count, 1);
	assert_int_equal(trial->found.volumes[0].start_byte, BASE + 1536);
	assert_string_equal(trial->found.volumes[0].label, "DATA");
	trial_get(trial, "folder5", "");
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

/* The list says which extension records count: of two that claim the same run, the listed one. */
static void
test_attribute_list_decides(void **state)
{
	for (unsigned is_resident = 0; is_resident < 2; is_resident++) {
		struct trial *trial = trial_begin();
		struct draft d = draft_begin(85, 3, IN_USE, 0);
		unsigned char list[64] = {0}, *a;
		const struct rmn_found *f;

		volume_make(trial);
		put(list, 0x80, 4);
		put(list + 4, 32, 2);
		put(list + 16, REFERENCE(85, 3), 8);
		put(list + 32, 0x80, 4);
		put(list + 36, 32, 2);
		put(list + 40, 1, 8);
		put(list + 48, REFERENCE(87, 1), 8);
		memcpy(trial->disk + PLACE(60), list, sizeof(list));
		if (is_resident)
			draft_attribute(&d, 0x20, "", 24, list, sizeof(list));
		else
			draft_runs(&d, 0x20, "", "\x11\x01\x3c", 4, 0, 0, sizeof(list));
		draft_name(&d, ROOT, "long.bin", 1);
		a = draft_runs(&d, 0x80, "", "\x21\x01\x2c\x01", 5, 0, 0, 2 * CLUSTER);
		put(a + 40, 2 * CLUSTER, 8);
		draft_end(&d, trial->disk, MFT + 85 * 1024);
		for (unsigned i = 0; i < 2; i++) {
			d = draft_begin(86 + i, 1, IN_USE, REFERENCE(85, 3));
			draft_runs(&d, 0x80, "", i ? "\x21\x01\x90\x01" : "\x21\x01\xf4\x01", 5,
			    1, 1, 0);
			draft_end(&d, trial->disk, MFT + (86 + i) * 1024);
		}
		assert_int_equal(trial_run(trial), RMN_OK);
		f = trial_get(trial, "long.bin", "");
		assert_int_equal(f->extent_count, 2);
		assert_int_equal(f->extents[1].image_offset, PLACE(400));
		assert_false(f->is_short);
		trial_end(trial);
	}
	(void)state;
}

static void
test_a_file_under_each_of_its_names(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(85, 3, IN_USE, 0);

	(void)state;
	volume_make(trial);
	draft_name(&d, REFERENCE(30, 1), "first.txt", 0);
	draft_name(&d, REFERENCE(31, 1), "second.txt", 0);
	draft_attribute(&d, 0x80, "", 24, "same", 4);
	draft_attribute(&d, 0x80, "s", 24, "once", 4);
	draft_end(&d, trial->disk, MFT + 85 * 1024);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial_get(trial, "sales/first.txt", "")->extents[0].image_offset,
	    trial_get(trial, "sales/staff/second.txt", "")->extents[0].image_offset);
	trial_get(trial, "sales/first.txt", "s");
	assert_null(trial_find(trial, "sales/staff/second.txt", "s"));
	trial_end(trial);
}

/* A page of the log with a folder entry and a whole record in it. */
static void
log_make(unsigned char *p)
{
	struct draft d = draft_begin(31, 1, IN_USE | FOLDER, 0);
	size_t key;

	memset(p, 0, 4096);
	memcpy(p, "RCRD\x28\0\x09\0", 8);
	put(p + 0x28, 0x0304, 2);
	key = name_make(p + 0x300 + 16, ROOT, "sales", 3, true, 0);
	put(p + 0x300, REFERENCE(30, 1), 8);
	put(p + 0x308, (16 + key + 7) & ~(size_t)7, 2);
	put(p + 0x30a, key, 2);
	draft_name(&d, REFERENCE(30, 1), "staff", 3);
	put(d.data + 24, d.used, 4);
	memcpy(p + 0x800, d.data, d.used);
	for (int i = 1; i <= 8; i++) {
		memcpy(p + 0x28 + 2 * i, p + 512 * i - 2, 2);
		memcpy(p + 512 * i - 2, p + 0x28, 2);
	}
}

static void
test_the_log_names_lost_folders(void **state)
{
	struct trial *trial = trial_begin();

	(void)state;
	volume_make(trial);
	memset(trial->disk + MFT + 30 * 1024, 0, 2048);
	log_make(trial->disk + PLACE(60));
	assert_int_equal(trial_run(trial), RMN_OK);
	trial_get(trial, "sales/memo00.doc", "");
	trial_get(trial, "sales/staff/memo23.doc", "");
	trial_end(trial);
}

/* A record of the change journal; returns its size. */
static size_t
journal_make(unsigned char *p, unsigned version, uint64_t reference, uint64_t parent,
    const char *name, bool is_folder)
{
	size_t wide = version == 3 ? 16 : 0, units = strlen(name);
	size_t size = (60 + wide + 2 * units + 7) & ~(size_t)7;

	memset(p, 0, size);
	put(p, size, 4);
	put(p + 4, version, 2);
	put(p + 8, reference, 8);
	put(p + (wide ? 24 : 16), parent, 8);
	put(p + 32 + wide, MADE, 8);
	put(p + 52 + wide, is_folder ? 0x10 : 0x20, 4);
	put(p + 56 + wide, 2 * units, 2);
	put(p + 58 + wide, 60 + wide, 2);
	for (size_t i = 0; i < units; i++)
		put(p + 60 + wide + 2 * i, (unsigned char)name[i], 2);
	return size;
}

static void
test_the_journal_names_lost_files_and_folders(void **state)
{
	for (unsigned version = 2; version <= 3; version++) {
		struct trial *trial = trial_begin();
		unsigned char *p = trial->disk + PLACE(60);

		volume_make(trial);
		memset(trial->disk + MFT + 30 * 1024, 0, 2048);
		p += journal_make(p, version, REFERENCE(31, 1), REFERENCE(30, 1), "staff", true);
		p += journal_make(p, version, REFERENCE(99, 7), REFERENCE(31, 1), "bin.tmp",
		    false);
		journal_make(p, version, REFERENCE(30, 1), ROOT, "sales", true);
		assert_int_equal(trial_run(trial), RMN_OK);
		trial_get(trial, "sales/memo00.doc", "");
		assert_int_equal(trial_get(trial, "sales/staff/bin.tmp", "")->origin,
		    RMN_ORIGIN_INDEX);
		trial_end(trial);
	}
	(void)state;
}

/* Two tables of files with the same numbers: the one elsewhere is a volume of its own. */
static void
test_generations_are_kept_apart(void **state)
{
	struct trial *trial = trial_begin();
	size_t olds = 0;

	(void)state;
	volume_make(trial);
	for (unsigned n = 0; n < 2; n++)
		for (unsigned i = 0; i < 80; i++) {
			struct draft d = draft_begin(70 + i, 1, IN_USE, 0);
			unsigned cluster = 420 + 160 * n + 2 * i;
			char name[32], run[4] = {0x21, 1, 0, 0};

			snprintf(name, sizeof(name), "%s%02u.xls", n ? "old" : "new", i);
			put((unsigned char *)run + 2, cluster, 2);
			draft_times(&d, MADE + i);
			draft_name(&d, REFERENCE(30, 1), name, 3);
			draft_runs(&d, 0x80, "", run, 4, 0, 0, 1000 + i);
			draft_end(&d, trial->disk, (n ? PLACE(320) : MFT) + (70 + i) * 1024);
			memcpy(trial->disk + PLACE(cluster), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
			    8);
		}
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial->found.volume_count, 2);
	trial_get(trial, "sales/new79.xls", "");
	for (size_t i = 0; i < trial->found.count; i++) {
		const struct rmn_found *f = &trial->found.files[i];

		if (f->path.size >= 9 && memcmp(f->path.data + f->path.size - 9, "old", 3) == 0) {
			olds++;
			assert_int_equal(f->origin, RMN_ORIGIN_RECORD);
		}
		if (rmn_bytes_start_with(f->path, "orphan-30/old"))
			assert_int_equal(f->volume, 1);
	}
	assert_int_equal(olds, 80);
	trial_get(trial, "orphan-30/old79.xls", "");
	trial_end(trial);
}

/* A younger table of 36 records lies over the head of an older one: what follows is no child of it. */
static void
test_a_table_over_an_older_one(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(0, 1, IN_USE, 0);
	struct block b = block_begin();

	(void)state;
	volume_make(trial);
	draft_times(&d, MADE + 3000000000);
	draft_name(&d, ROOT, "$MFT", 3);
	draft_runs(&d, 0x80, "", "\x11\x09\x64", 4, 0, 8, 9 * CLUSTER);
	draft_end(&d, trial->disk, MFT);
	assert_int_equal(trial_run(trial), RMN_OK);
	assert_int_equal(trial->found.volume_count, 2);
	assert_int_equal(trial_get(trial, "sales/staff", "")->volume, 0);
	assert_int_equal(trial_get(trial, "orphan-30/memo00.doc", "")->volume, 1);
	block_entry(&b, REFERENCE(30, 1), ROOT, "older", true, 0);
	block_entry(&b, REFERENCE(42, 2), ROOT, "memo02.doc", false, 0);
	put(b.data + 0x40 + 16 + 8, MADE - 10, 8);
	block_end(&b, trial->disk, PLACE(50), 0);
	assert_int_equal(trial_run(trial), RMN_OK);
	trial_get(trial, "older/memo00.doc", "");
	assert_int_equal(trial_get(trial, "sales", "")->volume, 0);
	trial_end(trial);
}

/* Windows 2000 kept no number in a record: a folder's entries tell it, and the place the others'. */
static void
test_records_without_numbers(void **state)
{
	struct trial *trial = trial_begin();
	struct draft d = draft_begin(30, 1, IN_USE | FOLDER, 0);
	unsigned char root[256] = {0};
	size_t key;

	(void)state;
	volume_make(trial);
	draft_times(&d, MADE);
	draft_name(&d, ROOT, "sales", 3);
	put(root, 0x30, 4);
	put(root + 16, 16, 4);
	key = name_make(root + 48, REFERENCE(30, 1), "staff", 3, true, 0);
	put(root + 32, REFERENCE(31, 1), 8);
	put(root + 40, (16 + key + 7) & ~(size_t)7, 2);
	put(root + 42, key, 2);
	put(root + 20, 16 + ((16 + key + 7) & ~(size_t)7), 4);
	draft_attribute(&d, 0x90, "", 24, root, 128);
	draft_end(&d, trial->disk, MFT + 30 * 1024);
	for (unsigned i = 30; i < 64; i++) {
		unsigned char *p = trial->disk + MFT + i * 1024;

		if (memcmp(p, "FILE", 4) != 0) {	/* 32 to 39: free, so that all is one piece */
			d = draft_begin(i, 1, 0, 0);
			draft_times(&d, MADE);
			draft_end(&d, trial->disk, MFT + i * 1024);
		}
		memmove(p + 0x2a, p + 0x30, 6);
		p[4] = 0x2a;
	}
	assert_int_equal(trial_run(trial), RMN_OK);
	trial_get(trial, "sales/memo00.doc", "");
	assert_int_equal(trial_get(trial, "sales/staff/memo23.doc", "")->id, 63);
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
		cmocka_unit_test(test_index_blocks_vote_too),
		cmocka_unit_test(test_resident_data_is_mended_by_extents),
		cmocka_unit_test(test_runs_holes_and_sizes),
		cmocka_unit_test(test_extension_records_carry_on),
		cmocka_unit_test(test_index_blocks_name_lost_folders),
		cmocka_unit_test(test_deleted_files_keep_their_folder),
		cmocka_unit_test(test_living_records_are_left_alone),
		cmocka_unit_test(test_a_copy_elsewhere_is_stale),
		cmocka_unit_test(test_half_a_record_is_still_good),
		cmocka_unit_test(test_attribute_list_decides),
		cmocka_unit_test(test_a_file_under_each_of_its_names),
		cmocka_unit_test(test_the_log_names_lost_folders),
		cmocka_unit_test(test_the_journal_names_lost_files_and_folders),
		cmocka_unit_test(test_generations_are_kept_apart),
		cmocka_unit_test(test_a_table_over_an_older_one),
		cmocka_unit_test(test_records_without_numbers),
		cmocka_unit_test(test_damage_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
