/* SPDX-License-Identifier: MIT
 *
 * Where lost HFS+ volumes were: by header, by election, by their journal, by a partition table; several in
 * one place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/recover_hfs.h"

static void
plain_check(const struct made *m, const char *evidence)
{
	const struct rmn_found *file = made_find(m, "Users/b.docx");

	assert_int_equal(m->found.volume_count, 1);
	assert_int_equal(m->found.volumes[0].start_byte, BASE);
	assert_int_equal(m->found.volumes[0].block_bytes, BLOCK);
	assert_string_equal(m->found.volumes[0].label, "Macintosh HD");
	assert_string_equal(m->found.volumes[0].filesystem, "hfsplus");
	assert_non_null(strstr(m->found.volumes[0].evidence, evidence));
	assert_int_equal(m->found.count, 4);
	assert_non_null(file);
	assert_int_equal(file->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(file->id, 22);
	assert_int_equal(file->parent_id, 21);
	assert_int_equal(file->size_bytes, 4096);
	assert_int_equal(file->how, RMN_CONTENT_EXTENTS);
	assert_int_equal(file->extent_count, 1);
	assert_int_equal(file->extents[0].image_offset, PLACE(202));
	assert_int_equal(file->extents[0].length_bytes, 4096);
	assert_true(file->modified == ((int64_t)DATE_2010 - 1000 - 2082844800) * 1000000000);
	assert_false(file->is_short);
	assert_int_equal(made_find(m, "Users")->kind, RMN_ITEM_DIRECTORY);
	assert_non_null(made_find(m, "Users/c\xef\xbf\xbd" "d.png"));	/* ':' stands for '/' */
	assert_int_equal(made_find(m, "a.docx")->extents[0].length_bytes, 5000);
}

static void
test_volume_by_its_header(void **state)
{
	struct made m;

	(void)state;
	made_init(&m, DISK);
	plain_tree(&m);
	tree_put(&m, LEAF_PLACE(0));
	header_put(&m, HEADER_PLACE, BLOCKS, CATALOGUE, 8);
	assert_int_equal(made_run(&m), RMN_OK);
	plain_check(&m, "volume header");
	made_release(&m);
}

static void
test_volume_by_its_alternate_header(void **state)
{
	struct made m;

	(void)state;
	made_init(&m, DISK);
	plain_tree(&m);
	header_put(&m, ALTERNATE_PLACE, BLOCKS, CATALOGUE, 8);
	assert_int_equal(made_run(&m), RMN_OK);
	plain_check(&m, "alternate volume header");
	assert_int_equal(m.found.volumes[0].length_bytes, (uint64_t)BLOCKS * BLOCK);
	made_release(&m);
}

static void
test_volume_by_election(void **state)
{
	struct made m;

	(void)state;
	made_init(&m, DISK);
	plain_tree(&m);
	heads_put(&m);
	assert_int_equal(made_run(&m), RMN_OK);
	plain_check(&m, "3 votes against");
	made_release(&m);
}

static void
test_volume_by_its_journal(void **state)
{
	struct made m;
	struct leaf l;

	(void)state;
	made_init(&m, DISK);
	plain_tree(&m);
	leaf_begin(&l);
	leaf_file(&l, HFS_ROOT, ".journal", 16, 16 * BLOCK, 10);
	leaf_put(&l, &m, LEAF_PLACE(2));
	memcpy(m.disk + PLACE(10), "JNLx\x12\x34\x56\x78", 8);
	put32(m.disk + PLACE(10) + 28, 16 * BLOCK);
	put32(m.disk + PLACE(10) + 40, 512);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 1);
	assert_int_equal(m.found.volumes[0].start_byte, BASE);
	assert_int_equal(made_find(&m, "Users/b.docx")->extents[0].image_offset, PLACE(202));
	made_release(&m);
}

static void
test_names_alone_without_a_base(void **state)
{
	const struct rmn_found *file;
	struct made m;

	(void)state;
	made_init(&m, DISK);
	plain_tree(&m);
	assert_int_equal(made_run(&m), RMN_OK);
	file = made_find(&m, "Users/b.docx");
	assert_non_null(file);
	assert_int_equal(file->how, RMN_CONTENT_NONE);
	assert_int_equal(file->extent_count, 0);
	assert_int_equal(m.unexamined, 1);
	assert_non_null(strstr(m.reason, "no base"));
	made_release(&m);
}

/* A living volume made over an older one: leaves outside its trees are not its own. */
static void
test_an_older_volume_in_the_same_place(void **state)
{
	const struct rmn_found *old;
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	m.living = (struct rmn_living){.has_file_system = true, .volume = {.number = 3,
	    .start_byte = BASE, .length_bytes = (uint64_t)BLOCKS * BLOCK,
	    .filesystem = "hfsplus"}};
	leaf_begin(&l);
	leaf_file(&l, HFS_ROOT, "new.docx", 20, 100, 300);
	leaf_put(&l, &m, LEAF_PLACE(1));
	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT, "old", 20);
	leaf_file(&l, 20, "a.docx", 21, 100, 200);
	leaf_file(&l, 20, "b.docx", 22, 100, 202);
	leaf_put(&l, &m, PLACE(CATALOGUE + 20));
	heads_put(&m);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 2);
	old = made_find(&m, "old/a.docx");
	assert_non_null(old);
	assert_false(old->is_living);
	assert_int_equal(m.found.volumes[old->volume].living, 0);
	assert_int_equal(old->extents[0].image_offset, PLACE(200));
	assert_true(made_find(&m, "new.docx")->is_living);
	assert_int_equal(m.found.volumes[made_find(&m, "new.docx")->volume].living, 3);
	made_release(&m);
}

/* Images of two leaves, and a list that says where they belong: enough to know where the volume began. */
static void
test_volume_by_the_lists_of_its_journal(void **state)
{
	unsigned char *list;
	struct made m;

	(void)state;
	made_init(&m, DISK);
	plain_tree(&m);
	for (unsigned n = 1; n < 3; n++) {
		struct leaf l;

		leaf_begin(&l);
		leaf_file(&l, 21, n == 1 ? "x.txt" : "y.txt", 40 + n, 9000, 360 + 4 * n);
		put32(l.p, 10 + n);
		leaf_put(&l, &m, LEAF_PLACE(n + 1));
		memcpy(m.disk + PLACE(10) + 512 + 4096 * n, l.p, NODE);
	}
	memcpy(m.disk + PLACE(10), "xLNJ\x78\x56\x34\x12", 8);
	m.disk[PLACE(10) + 26] = 1;		/* 64 KiB */
	m.disk[PLACE(10) + 33] = 0x10;		/* lists of 4,096 bytes */
	m.disk[PLACE(10) + 41] = 0x02;
	list = m.disk + PLACE(10) + 512;
	list[0] = 255;
	list[2] = 3;
	for (unsigned n = 1; n < 3; n++) {
		unsigned sector = (CATALOGUE + n + 1) * BLOCK / 512;

		list[16 + 16 * n] = (unsigned char)sector;
		list[17 + 16 * n] = (unsigned char)(sector >> 8);
		list[25 + 16 * n] = 0x10;
	}
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 1);
	assert_int_equal(m.found.volumes[0].start_byte, BASE);
	assert_int_equal(m.found.volumes[0].block_bytes, BLOCK);
	assert_int_equal(made_find(&m, "Users/y.txt")->extents[0].image_offset, PLACE(368));
	made_release(&m);
}

/* Two lost volumes in one place: the same CNIDs with other names and days. */
static void
test_generations_that_contradict_each_other(void **state)
{
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	for (unsigned turn = 0; turn < 2; turn++) {
		leaf_begin(&l);
		leaf_folder(&l, HFS_ROOT, turn ? "old" : "new", 20);
		put32(l.p + 14 + 14 + 12, DATE_2010 + turn * 50000);
		for (uint32_t i = 0; i < 5; i++) {
			char name[] = "n0.docx";

			name[0] = turn ? 'o' : 'n';
			name[1] = (char)('0' + i);
			put32(leaf_file(&l, 20, name, 21 + i, 100, 340 + turn * 10 + i) + 12,
			    DATE_2010 + turn * 50000);
			memcpy(m.disk + PLACE(340 + turn * 10 + i), "PK\3\4", 4);
		}
		leaf_put(&l, &m, turn ? PLACE(30) : LEAF_PLACE(1));
	}
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 2);
	assert_non_null(made_find(&m, "new/n3.docx"));
	assert_non_null(made_find(&m, "old/o3.docx"));
	assert_int_equal(made_find(&m, "old/o3.docx")->extents[0].image_offset, PLACE(353));
	assert_int_equal(m.found.count, 12);
	made_release(&m);
}

/* Two promises are too few for an election, but enough at a place that a partition table names. */
static void
test_volume_by_the_partition_table(void **state)
{
	struct made m;
	struct leaf l;
	unsigned char *gpt;

	(void)state;
	made_init(&m, DISK);
	leaf_begin(&l);
	leaf_file(&l, HFS_ROOT, "a.docx", 20, 5000, 200);
	leaf_file(&l, HFS_ROOT, "b.docx", 22, 4096, 202);
	leaf_put(&l, &m, LEAF_PLACE(1));
	heads_put(&m);
	gpt = m.disk + m.size - 512;
	memcpy(gpt, "EFI PART\0\0\1\0\x5c\0\0\0", 16);
	gpt[72] = (unsigned char)((m.size - 33 * 512) / 512);
	gpt[73] = (unsigned char)((m.size - 33 * 512) / 512 >> 8);
	gpt[80] = 128;
	gpt[84] = 128;
	gpt[32 - 33 * 512 + 512] = BASE / 512;
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 1);
	assert_int_equal(m.found.volumes[0].start_byte, BASE);
	assert_int_equal(made_find(&m, "b.docx")->extents[0].image_offset, PLACE(202));
	made_release(&m);
}

/* The catalogue is gone but for its header node: no files, but a volume. */
static void
test_a_header_alone_is_a_volume(void **state)
{
	struct made m;

	(void)state;
	volume_begin(&m);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.count, 0);
	assert_int_equal(m.found.volume_count, 1);
	assert_int_equal(m.found.volumes[0].start_byte, BASE);
	made_release(&m);
}

/* Two volumes side by side, of which nothing but leaves and contents is left. */
static void
test_two_volumes_by_election(void **state)
{
	static const uint32_t places[2][8] = {{200, 203, 211, 212, 230, 245, 291, 300},
	    {202, 207, 208, 226, 250, 261, 266, 299}};
	struct made m;

	(void)state;
	made_init(&m, 2 * DISK);
	for (unsigned turn = 0; turn < 2; turn++) {
		size_t shift = turn * (DISK + 3 * 512);
		struct leaf l;

		leaf_begin(&l);
		for (uint32_t i = 0; i < 8; i++) {
			char name[] = "v0-0.docx";

			name[1] = (char)('0' + turn);
			name[3] = (char)('0' + i);
			leaf_file(&l, HFS_ROOT, name, 20 + i, 3000, places[turn][i]);
			memcpy(m.disk + shift + PLACE(places[turn][i]), "PK\3\4", 4);
		}
		leaf_put(&l, &m, shift + LEAF_PLACE(1));
	}
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 2);
	assert_int_equal(m.found.count, 16);
	assert_int_equal(made_find(&m, "v0-7.docx")->extents[0].image_offset, PLACE(300));
	assert_int_equal(made_find(&m, "v1-7.docx")->extents[0].image_offset,
	    DISK + 3 * 512 + PLACE(299));
	made_release(&m);
}

static void
test_core_storage_is_told(void **state)
{
	unsigned char *p;
	struct made m;

	(void)state;
	made_init(&m, DISK);
	p = m.disk + 8192;
	p[8] = 1;
	p[10] = 0x10;
	memcpy(p + 88, "CS\1\0\0\0\0\0\0\x10", 10);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.unexamined, 1);
	assert_non_null(strstr(m.reason, "CoreStorage header at byte 8192"));
	made_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_volume_by_its_header),
		cmocka_unit_test(test_volume_by_its_alternate_header),
		cmocka_unit_test(test_volume_by_election),
		cmocka_unit_test(test_volume_by_its_journal),
		cmocka_unit_test(test_names_alone_without_a_base),
		cmocka_unit_test(test_an_older_volume_in_the_same_place),
		cmocka_unit_test(test_volume_by_the_lists_of_its_journal),
		cmocka_unit_test(test_generations_that_contradict_each_other),
		cmocka_unit_test(test_volume_by_the_partition_table),
		cmocka_unit_test(test_a_header_alone_is_a_volume),
		cmocka_unit_test(test_two_volumes_by_election),
		cmocka_unit_test(test_core_storage_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
