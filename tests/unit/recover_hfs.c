/* SPDX-License-Identifier: MIT
 *
 * Lost HFS+ catalogues: trees with links and circles, what slack and journals still say, hostile
 * nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/recover_hfs.h"

static void
test_hard_links_have_the_content_of_their_inode(void **state)
{
	const struct rmn_found *first, *second;
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_key(&l, HFS_ROOT, "\0\0\0\0HFS+ Private Data", 21);
	l.count--;		/* only for its name: made again as a folder */
	put16(leaf_key(&l, HFS_ROOT, "\0\0\0\0HFS+ Private Data", 21), HFS_FOLDER);
	leaf_dates(l.p + l.at + 8 + 42, 18, DATE_2010, 0x4000);
	l.at += 8 + 42 + 88;
	put32(leaf_file(&l, 18, "iNode4711", 30, 6000, 210) + 44, 2);
	leaf_link(&l, HFS_ROOT, "one.doc", 31, false, 4711);
	leaf_link(&l, HFS_ROOT, "two.doc", 32, false, 4711);
	leaf_link(&l, HFS_ROOT, "lost.doc", 33, false, 4712);
	leaf_put(&l, &m, LEAF_PLACE(1));
	assert_int_equal(made_run(&m), RMN_OK);
	first = made_find(&m, "one.doc");
	second = made_find(&m, "two.doc");
	assert_non_null(first);
	assert_non_null(second);
	assert_int_equal(first->size_bytes, 6000);
	assert_int_equal(first->id, 30);
	assert_int_equal(first->link_count, 2);
	assert_int_equal(second->extents[0].image_offset, PLACE(210));
	assert_int_equal(made_find(&m, "lost.doc")->how, RMN_CONTENT_NONE);
	for (size_t i = 0; i < m.found.count; i++)
		assert_int_equal(rmn_bytes_find(m.found.files[i].path,
		    rmn_bytes_from_string("iNode")), SIZE_MAX);
	made_release(&m);
}

/* Two backups; the older one's folder is a link to what the newer one has, and one link leads back. */
static void
test_linked_folders_list_the_newest_backup_first(void **state)
{
	size_t newest = SIZE_MAX, oldest = SIZE_MAX;
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT, ".HFS+ Private Directory Data\r", 19);
	leaf_folder(&l, HFS_ROOT, "Backups.backupdb", 40);
	leaf_folder(&l, 19, "dir_77", 50);
	leaf_folder(&l, 40, "2014-01-01-120000", 41);
	leaf_folder(&l, 40, "2014-03-01-120000", 42);
	leaf_link(&l, 41, "Documents", 43, true, 77);
	leaf_link(&l, 42, "Documents", 44, true, 77);
	leaf_file(&l, 50, "a.doc", 51, 100, 220);
	leaf_link(&l, 50, "circle", 52, true, 77);
	leaf_put(&l, &m, LEAF_PLACE(1));
	assert_int_equal(made_run(&m), RMN_OK);
	for (size_t i = 0; i < m.found.count; i++) {
		struct rmn_bytes path = m.found.files[i].path;

		if (rmn_bytes_equal(path, rmn_bytes_from_string(
		    "Backups.backupdb/2014-03-01-120000/Documents/a.doc")))
			newest = i;
		if (rmn_bytes_equal(path, rmn_bytes_from_string(
		    "Backups.backupdb/2014-01-01-120000/Documents/a.doc")))
			oldest = i;
		assert_int_equal(rmn_bytes_find(path, rmn_bytes_from_string("dir_77")), SIZE_MAX);
		assert_true(path.size < 200);
	}
	assert_true(newest < oldest && oldest < m.found.count);
	assert_int_equal(m.found.files[oldest].extents[0].image_offset, PLACE(220));
	made_release(&m);
}

static void
test_further_extents(void **state)
{
	struct made m;
	struct leaf l;
	unsigned char *data;
	const struct rmn_found *file;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	for (uint32_t id = 60; id < 62; id++) {
		data = leaf_file(&l, HFS_ROOT, id == 60 ? "whole.pst" : "short.pst", id,
		    10 * BLOCK - 5, 230);
		for (unsigned i = 0; i < 8; i++) {
			put32(data + 104 + 8 * i, 230 + 2 * i);
			put32(data + 108 + 8 * i, 1);
		}
	}
	leaf_put(&l, &m, LEAF_PLACE(1));
	leaf_begin(&l);
	put16(l.p + NODE - 2, 14);
	l.count = 1;
	put16(l.p + 14, 10);
	put32(l.p + 18, 60);
	put32(l.p + 22, 8);
	put32(l.p + 26, 260);
	put32(l.p + 30, 2);
	l.at = 14 + 76;
	leaf_put(&l, &m, PLACE(50));
	assert_int_equal(made_run(&m), RMN_OK);
	file = made_find(&m, "whole.pst");
	assert_int_equal(file->extent_count, 9);
	assert_false(file->is_short);
	assert_int_equal(file->extents[8].image_offset, PLACE(260));
	assert_int_equal(file->extents[8].length_bytes, 2 * BLOCK - 5);
	file = made_find(&m, "short.pst");
	assert_int_equal(file->extent_count, 8);
	assert_true(file->is_short);
	made_release(&m);
}

/* Records behind the last one in use: one that is nowhere else, one that was moved away. */
static void
test_slack_gives_what_was_deleted(void **state)
{
	const struct rmn_found *file;
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT, "Documents", 70);
	leaf_file(&l, 70, "kept.doc", 71, 100, 240);
	leaf_file(&l, 70, "gone.doc", 72, 100, 241);
	leaf_file(&l, 70, "kept.doc", 71, 100, 240);
	l.count -= 2;
	l.p[8] = 0xff;
	l.p[9] = 1;
	put16(l.p + 10, l.count);
	memset(l.p + NODE - 10, 0, 4);
	put16(l.p + NODE - 6, 14 + (8 + 18 + 88) + (8 + 16 + 248));
	memcpy(m.disk + LEAF_PLACE(1), l.p, NODE);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.count, 3);
	file = made_find(&m, "Documents/gone.doc");
	assert_non_null(file);
	assert_int_equal(file->origin, RMN_ORIGIN_STALE);
	assert_int_equal(made_find(&m, "Documents/kept.doc")->origin, RMN_ORIGIN_RECORD);
	made_release(&m);
}

/* A thread in the slack: the file of the CNID before ends where text begins that nobody has. */
static void
test_deleted_names_get_the_bytes_behind_their_neighbour(void **state)
{
	const struct rmn_found *file;
	struct made m;
	struct leaf l;
	size_t free_at;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT, "Documents", 70);
	leaf_file(&l, 70, "before.doc", 71, 5000, 240);
	free_at = l.at;
	leaf_thread(&l, 72, false, 70, "gone.txt");
	leaf_thread(&l, 73, false, 70, "next.txt");
	leaf_thread(&l, 74, false, 70, "nothing.docx");
	l.count -= 3;
	leaf_put(&l, &m, LEAF_PLACE(1));
	put16(m.disk + LEAF_PLACE(1) + NODE - 6, (unsigned)free_at);
	memset(m.disk + LEAF_PLACE(1) + NODE - 12, 0, 6);
	memcpy(m.disk + PLACE(242), "Dear Mr Sato,\r\n", 15);
	memset(m.disk + PLACE(243), 'x', 5000);
	assert_int_equal(made_run(&m), RMN_OK);
	file = made_find(&m, "Documents/gone.txt");
	assert_non_null(file);
	assert_true(file->is_guessed);
	assert_int_equal(file->size_bytes, 15);
	assert_int_equal(file->extents[0].image_offset, PLACE(242));
	assert_true(file->modified == RMN_TIME_UNKNOWN);
	file = made_find(&m, "Documents/next.txt");
	assert_int_equal(file->size_bytes, 5000);
	assert_int_equal(file->extents[0].image_offset, PLACE(243));
	file = made_find(&m, "Documents/nothing.docx");
	assert_int_equal(file->origin, RMN_ORIGIN_INDEX);
	assert_int_equal(file->how, RMN_CONTENT_NONE);
	made_release(&m);
}

static void
test_orphans_and_circles(void **state)
{
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_file(&l, 999, "a.doc", 80, 100, 250);
	leaf_folder(&l, 999, "sub", 81);
	leaf_file(&l, 81, "b.doc", 82, 100, 251);
	leaf_folder(&l, 84, "one", 83);
	leaf_folder(&l, 83, "two", 84);
	leaf_file(&l, 84, "c.doc", 85, 100, 252);
	leaf_thread(&l, 86, true, HFS_ROOT, "threaded");
	leaf_file(&l, 86, "d.doc", 87, 100, 253);
	leaf_thread(&l, 88, false, 86, "nameonly.doc");
	leaf_put(&l, &m, LEAF_PLACE(1));
	assert_int_equal(made_run(&m), RMN_OK);
	assert_non_null(made_find(&m, "orphan-999/a.doc"));
	assert_non_null(made_find(&m, "orphan-999/sub/b.doc"));
	assert_non_null(made_find(&m, "orphan-83/two/c.doc"));
	assert_non_null(made_find(&m, "threaded/d.doc"));
	assert_int_equal(made_find(&m, "threaded/nameonly.doc")->origin, RMN_ORIGIN_INDEX);
	made_release(&m);
}

/* An image of a node in the ring: a file that the catalogue does not have any more. */
static void
test_the_journal_gives_what_was_deleted_last(void **state)
{
	const struct rmn_found *file;
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	plain_tree(&m);
	memcpy(m.disk + PLACE(10), "JNLx\x12\x34\x56\x78", 8);
	put32(m.disk + PLACE(10) + 20, 3 * BLOCK);
	put32(m.disk + PLACE(10) + 28, 16 * BLOCK);
	put32(m.disk + PLACE(10) + 40, 512);
	for (unsigned i = 0; i < 2; i++) {	/* the one behind the end is the older */
		leaf_begin(&l);
		leaf_file(&l, 21, i ? "draft.docx" : "final.docx", 29, 100, 310 + i);
		leaf_file(&l, 21, "b.docx", 22, 4096, 202);
		leaf_put(&l, &m, PLACE(i ? 14 : 11));
	}
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.found.volume_count, 1);
	file = made_find(&m, "Users/final.docx");
	assert_non_null(file);
	assert_int_equal(file->origin, RMN_ORIGIN_STALE);
	assert_non_null(made_find(&m, "Users/draft.docx"));	/* its bytes lay elsewhere */
	assert_true(file->version > made_find(&m, "Users/draft.docx")->version);
	assert_int_equal(made_find(&m, "Users/b.docx")->origin, RMN_ORIGIN_RECORD);
	made_release(&m);
}

static void
attribute_put(struct leaf *l, uint32_t cnid, uint32_t type, uint32_t size, const char *value)
{
	static const char name[] = "com.apple.decmpfs";
	unsigned char *p = l->p + l->at;
	size_t value_size = 16 + strlen(value);

	put16(l->p + NODE - 2 * (l->count + 1), (unsigned)l->at);
	l->count++;
	put16(p, 12 + 34);
	put32(p + 4, cnid);
	put16(p + 12, 17);
	for (size_t i = 0; i < 17; i++)
		put16(p + 14 + 2 * i, (unsigned char)name[i]);
	put32(p + 48, 0x10);
	put32(p + 60, (uint32_t)value_size);
	memcpy(p + 64, "fpmc", 4);
	p[68] = (unsigned char)type;
	p[72] = (unsigned char)size;
	p[73] = (unsigned char)(size >> 8);
	memcpy(p + 80, value, strlen(value));
	l->at += 64 + ((value_size + 1) & ~(size_t)1);
}

static void
test_compressed_files(void **state)
{
	const struct rmn_found *file;
	struct made m;
	struct leaf l;
	unsigned char *data;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_file(&l, HFS_ROOT, "inline.txt", 90, 0, 0)[41] = 0x20;
	data = leaf_file(&l, HFS_ROOT, "fork.txt", 91, 0, 0);
	data[41] = 0x20;
	put32(data + 168 + 4, 5000);
	put32(data + 168 + 12, 2);
	put32(data + 168 + 16, 320);
	put32(data + 168 + 20, 2);
	leaf_put(&l, &m, LEAF_PLACE(1));
	leaf_begin(&l);
	attribute_put(&l, 90, 3, 5, "\xffhello");
	attribute_put(&l, 91, 8, 9000, "");
	leaf_put(&l, &m, PLACE(60));
	assert_int_equal(made_run(&m), RMN_OK);
	file = made_find(&m, "inline.txt");
	assert_int_equal(file->how, RMN_CONTENT_DECMPFS);
	assert_int_equal(file->attribute_id, 3);
	assert_int_equal(file->size_bytes, 5);
	assert_int_equal(file->extents[0].length_bytes, 6);
	assert_memory_equal(m.disk + file->extents[0].image_offset, "\xffhello", 6);
	file = made_find(&m, "fork.txt");
	assert_int_equal(file->how, RMN_CONTENT_DECMPFS);
	assert_int_equal(file->attribute_id, 8);
	assert_int_equal(file->size_bytes, 9000);
	assert_int_equal(file->extents[0].image_offset, PLACE(320));
	assert_int_equal(file->extents[0].length_bytes, 5000);
	made_release(&m);
}

/* A leaf whose node the map calls free and that no neighbour knows: its files were deleted. */
static void
test_freed_leaves_are_told_from_leaves(void **state)
{
	unsigned char *tree;
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	tree = m.disk + LEAF_PLACE(0);
	put16(tree + NODE - 6, 248);
	put16(tree + NODE - 8, NODE - 8);
	tree[248] = 0xe0;		/* nodes 0, 1 and 2 */
	plain_tree(&m);
	put32(m.disk + LEAF_PLACE(1), 3);		/* its next is node 3, whatever the map says */
	for (unsigned i = 2; i < 5; i++) {
		char name[] = "2.doc";

		name[0] = (char)('0' + i);
		leaf_begin(&l);
		leaf_file(&l, HFS_ROOT, name, 100 + i, 100, 330 + i);
		leaf_put(&l, &m, LEAF_PLACE(i));
	}
	put32(m.disk + LEAF_PLACE(3) + 4, 1);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(made_find(&m, "Users/b.docx")->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(made_find(&m, "2.doc")->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(made_find(&m, "3.doc")->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(made_find(&m, "4.doc")->origin, RMN_ORIGIN_STALE);
	made_release(&m);
}

/* The middle one of three leaves has lost its first sector, and with it its header. */
static void
test_damaged_leaves_between_good_ones(void **state)
{
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	for (uint32_t n = 1; n < 4; n++) {
		leaf_begin(&l);
		for (uint32_t i = 0; i < 8; i++) {
			char name[] = "a0.doc";

			name[0] = (char)('a' + n);
			name[1] = (char)('0' + i);
			leaf_file(&l, HFS_ROOT, name, 100 * n + i, 100, 300 + 10 * n + i);
		}
		leaf_put(&l, &m, LEAF_PLACE(n));
	}
	memset(m.disk + LEAF_PLACE(2), 0x5a, 512);
	assert_int_equal(made_run(&m), RMN_OK);
	assert_non_null(made_find(&m, "b7.doc"));
	assert_non_null(made_find(&m, "d7.doc"));
	assert_non_null(made_find(&m, "c2.doc"));
	assert_non_null(made_find(&m, "c7.doc"));
	assert_int_equal(made_find(&m, "c7.doc")->extents[0].image_offset, PLACE(327));
	made_release(&m);
}

/* Everything at once, for the tests of damage. */
static void
whole_disk(struct made *m)
{
	struct leaf l;

	volume_begin(m);
	header_put(m, ALTERNATE_PLACE, BLOCKS, CATALOGUE, 8);
	plain_tree(m);
	heads_put(m);
	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT, ".HFS+ Private Directory Data\r", 19);
	leaf_folder(&l, 19, "dir_77", 50);
	leaf_link(&l, HFS_ROOT, "linked", 44, true, 77);
	leaf_file(&l, 50, "iNode4711", 51, 100, 220);
	leaf_link(&l, 50, "hard", 52, false, 4711);
	attribute_put(&l, 90, 3, 5, "\xffhello");
	leaf_put(&l, m, LEAF_PLACE(2));
	memcpy(m->disk + PLACE(10), "JNLx\x12\x34\x56\x78", 8);
	put32(m->disk + PLACE(10) + 28, 16 * BLOCK);
	put32(m->disk + PLACE(10) + 40, 512);
	leaf_put(&l, m, PLACE(12));
}

static void
found_check(const struct made *m)
{
	for (size_t i = 0; i < m->found.count; i++) {
		const struct rmn_found *file = &m->found.files[i];
		uint64_t sum = 0;

		assert_true(file->path.size > 0);
		assert_true(file->volume < m->found.volume_count);
		for (size_t k = 0; k < file->extent_count; k++) {
			assert_true(file->extents[k].image_offset +
			    file->extents[k].length_bytes <= m->size);
			sum += file->extents[k].length_bytes;
		}
		if (file->how == RMN_CONTENT_EXTENTS)
			assert_true(sum <= file->size_bytes);
	}
}

static void
test_survives_flipped_bytes(void **state)
{
	static const size_t places[] = {HEADER_PLACE, ALTERNATE_PLACE, LEAF_PLACE(0), LEAF_PLACE(1),
	    LEAF_PLACE(2), BASE + 10 * BLOCK, BASE + 12 * BLOCK};
	struct made m;

	(void)state;
	whole_disk(&m);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t at = 0; at < 900; at += 7)
			for (int turn = 0; turn < 2; turn++) {
				unsigned char kept = m.disk[places[i] + at];

				m.disk[places[i] + at] = turn ? (unsigned char)~kept : 0xff;
				assert_int_equal(made_run(&m), RMN_OK);
				found_check(&m);
				m.disk[places[i] + at] = kept;
			}
	made_release(&m);
}

static void
test_survives_random_sectors_and_cuts(void **state)
{
	uint32_t seed = 7;
	struct made m;
	size_t size;

	(void)state;
	whole_disk(&m);
	size = m.size;
	for (unsigned turn = 0; turn < 60; turn++) {
		unsigned char kept[512];
		size_t at = turn % 2 ? LEAF_PLACE(1) + (seed >> 8) % 16 * 512 :
		    (seed >> 8) % (size / 512) * 512;

		memcpy(kept, m.disk + at, 512);
		for (size_t i = 0; i < 512; i++)
			m.disk[at + i] = (unsigned char)((seed = seed * 1664525 + 1013904223) >> 24);
		assert_int_equal(made_run(&m), RMN_OK);
		found_check(&m);
		memcpy(m.disk + at, kept, 512);
	}
	for (m.size = 512; m.size < size; m.size += 31 * 512) {
		assert_int_equal(made_run(&m), RMN_OK);
		found_check(&m);
	}
	m.size = size;
	made_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hard_links_have_the_content_of_their_inode),
		cmocka_unit_test(test_linked_folders_list_the_newest_backup_first),
		cmocka_unit_test(test_further_extents),
		cmocka_unit_test(test_slack_gives_what_was_deleted),
		cmocka_unit_test(test_deleted_names_get_the_bytes_behind_their_neighbour),
		cmocka_unit_test(test_orphans_and_circles),
		cmocka_unit_test(test_the_journal_gives_what_was_deleted_last),
		cmocka_unit_test(test_compressed_files),
		cmocka_unit_test(test_freed_leaves_are_told_from_leaves),
		cmocka_unit_test(test_damaged_leaves_between_good_ones),
		cmocka_unit_test(test_survives_flipped_bytes),
		cmocka_unit_test(test_survives_random_sectors_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
