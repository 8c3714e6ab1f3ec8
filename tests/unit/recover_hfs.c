/* SPDX-License-Identifier: MIT
 *
 * Lost HFS+ catalogues: volumes found by header, by election and by their journal; trees with links
 * and circles; what slack and journals still say; hostile nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/recover_hfs.h"

#define BASE (20u * 512)
#define BLOCKS 400u
#define DISK (BASE + (size_t)BLOCKS * BLOCK + 64 * 1024)
#define CATALOGUE 100u			/* its first block */
#define HEADER_PLACE (BASE + 1024)
#define ALTERNATE_PLACE (BASE + (size_t)BLOCKS * BLOCK - 1024)
#define LEAF_PLACE(n) (BASE + (size_t)(CATALOGUE + (n)) * BLOCK)
#define PLACE(block) (BASE + (uint64_t)(block) * BLOCK)

/* A folder, two files in it, one beside it. */
static void
plain_tree(struct made *m)
{
	struct leaf l;

	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT_PARENT, "Macintosh HD", HFS_ROOT);
	leaf_thread(&l, HFS_ROOT, true, HFS_ROOT_PARENT, "Macintosh HD");
	leaf_file(&l, HFS_ROOT, "a.docx", 20, 5000, 200);
	leaf_folder(&l, HFS_ROOT, "Users", 21);
	leaf_thread(&l, 20, false, HFS_ROOT, "a.docx");
	leaf_file(&l, 21, "b.docx", 22, 4096, 202);
	leaf_file(&l, 21, "c:d.png", 23, 100, 203);
	leaf_put(&l, m, LEAF_PLACE(1));
}

static void
heads_put(struct made *m)
{
	memcpy(m->disk + PLACE(200), "PK\3\4", 4);
	memcpy(m->disk + PLACE(202), "PK\3\4", 4);
	memcpy(m->disk + PLACE(203), "\x89PNG\r\n\x1a\n", 8);
	memcpy(m->disk + 300 * 512, "PK\3\4", 4);	/* one that no name promises */
}

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

static void
volume_begin(struct made *m)
{
	made_init(m, DISK);
	tree_put(m, LEAF_PLACE(0));
	header_put(m, HEADER_PLACE, BLOCKS, CATALOGUE, 8);
}

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

static void
test_sparse_bundles_are_told(void **state)
{
	struct made m;
	struct leaf l;

	(void)state;
	volume_begin(&m);
	leaf_begin(&l);
	leaf_folder(&l, HFS_ROOT, "Mac.sparsebundle", 20);
	leaf_folder(&l, 20, "bands", 21);
	leaf_file(&l, 21, "0", 22, 4096, 200);
	leaf_file(&l, 21, "1f", 23, 4096, 201);
	leaf_file(&l, 21, "readme", 24, 4096, 202);
	leaf_put(&l, &m, LEAF_PLACE(1));
	assert_int_equal(made_run(&m), RMN_OK);
	assert_int_equal(m.unexamined, 1);
	assert_non_null(strstr(m.reason, "Mac.sparsebundle: 2 bands, 8192 bytes"));
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
		cmocka_unit_test(test_volume_by_its_header),
		cmocka_unit_test(test_volume_by_its_alternate_header),
		cmocka_unit_test(test_volume_by_election),
		cmocka_unit_test(test_volume_by_its_journal),
		cmocka_unit_test(test_names_alone_without_a_base),
		cmocka_unit_test(test_hard_links_have_the_content_of_their_inode),
		cmocka_unit_test(test_linked_folders_list_the_newest_backup_first),
		cmocka_unit_test(test_further_extents),
		cmocka_unit_test(test_slack_gives_what_was_deleted),
		cmocka_unit_test(test_deleted_names_get_the_bytes_behind_their_neighbour),
		cmocka_unit_test(test_orphans_and_circles),
		cmocka_unit_test(test_an_older_volume_in_the_same_place),
		cmocka_unit_test(test_the_journal_gives_what_was_deleted_last),
		cmocka_unit_test(test_volume_by_the_lists_of_its_journal),
		cmocka_unit_test(test_compressed_files),
		cmocka_unit_test(test_freed_leaves_are_told_from_leaves),
		cmocka_unit_test(test_generations_that_contradict_each_other),
		cmocka_unit_test(test_volume_by_the_partition_table),
		cmocka_unit_test(test_damaged_leaves_between_good_ones),
		cmocka_unit_test(test_sparse_bundles_are_told),
		cmocka_unit_test(test_a_header_alone_is_a_volume),
		cmocka_unit_test(test_two_volumes_by_election),
		cmocka_unit_test(test_core_storage_is_told),
		cmocka_unit_test(test_survives_flipped_bytes),
		cmocka_unit_test(test_survives_random_sectors_and_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
