/* SPDX-License-Identifier: MIT
 *
 * Lost ext volumes: geometry from copies, inodes of all kinds, folders without inodes, the
 * journal, and old inodes in a living volume's tables.  The volume is made here: 1 KiB blocks,
 * groups of 1 MiB, each with a superblock, descriptors, bitmaps and a table of 64 inodes. */
#include "recover/engine.h"
#include "recover/ext_layout.h"
#include "tests/unit/recover_bench.h"

#define BASE 33280u		/* of the volume on the disk */
#define BLOCK 1024u
#define GROUP_BLOCKS 1024u
#define GROUPS 3u
#define GROUP_INODES 64u
#define INODE 256u
#define MADE 1400000000u
#define DISK_BYTES (BASE + (1 + GROUPS * GROUP_BLOCKS) * BLOCK)
#define WITH_SUMS true

static struct rmn_ext_crc crc;

static unsigned char *
block_at(struct bench *b, unsigned block)
{
	return b->data + BASE + (size_t)block * BLOCK;
}

static unsigned
group_start(unsigned group)
{
	return 1 + group * GROUP_BLOCKS;
}

static uint32_t
volume_seed(void)
{
	unsigned char uuid[16];

	memset(uuid, 0x5a, sizeof(uuid));
	return rmn_ext_crc_of(&crc, UINT32_MAX, uuid, sizeof(uuid));
}

static uint32_t
inode_seed(unsigned number, unsigned generation)
{
	unsigned char id[8];

	put32(id, number);
	put32(id + 4, generation);
	return rmn_ext_crc_of(&crc, volume_seed(), id, sizeof(id));
}

static void
super_put(unsigned char *p, unsigned group, uint32_t made, bool has_sums)
{
	memset(p, 0, BLOCK);
	put32(p, GROUPS * GROUP_INODES);
	put32(p + 4, 1 + GROUPS * GROUP_BLOCKS);
	put32(p + 0x14, 1);
	put32(p + 0x20, GROUP_BLOCKS);
	put32(p + 0x24, GROUP_BLOCKS);
	put32(p + 0x28, GROUP_INODES);
	put16(p + 0x38, 0xef53);
	put16(p + 0x3a, 1);
	put32(p + 0x4c, 1);
	put32(p + 0x54, 11);
	put16(p + 0x58, INODE);
	put16(p + 0x5a, group);
	put32(p + 0x5c, EXT_COMPAT_JOURNAL);
	put32(p + 0x60, EXT_INCOMPAT_FILETYPE | EXT_INCOMPAT_EXTENTS);
	put32(p + 0x64, has_sums ? EXT_RO_METADATA_SUM : 0);
	memset(p + 0x68, 0x5a, 16);
	memcpy(p + 0x78, "archive", 7);
	put32(p + 0x108, made);
}

static void
volume_put(struct bench *b, uint32_t made, bool has_sums)
{
	for (unsigned group = 0; group < GROUPS; group++) {
		unsigned start = group_start(group);

		super_put(block_at(b, start), group, made, has_sums);
		for (unsigned i = 0; i < GROUPS; i++) {
			unsigned char *p = block_at(b, start + 1) + 32 * i, id[4];
			uint32_t sum;

			put32(p, group_start(i) + 2);
			put32(p + 4, group_start(i) + 3);
			put32(p + 8, group_start(i) + 4);
			put16(p + 0x1e, 0);
			put32(id, i);
			sum = rmn_ext_crc_of(&crc, volume_seed(), id, 4);
			put16(p + 0x1e, rmn_ext_crc_of(&crc, sum, p, 32) & 0xffff);
		}
	}
}

static unsigned char *
inode_at(struct bench *b, unsigned number)
{
	return block_at(b, group_start((number - 1) / GROUP_INODES) + 4) +
	    (size_t)((number - 1) % GROUP_INODES) * INODE;
}

/* An inode without blocks. */
static unsigned char *
inode_put(unsigned char *p, unsigned number, unsigned mode, uint64_t size)
{
	memset(p, 0, INODE);
	put16(p, mode);
	put16(p + 2, 1000);
	put32(p + 4, (uint32_t)size);
	put32(p + 8, MADE - 300);
	put32(p + 12, MADE - 200);
	put32(p + 16, MADE - 100);
	put16(p + 0x1a, (mode & 0xf000) == 0x4000 ? 2 : 1);
	put32(p + 0x64, number * 7);
	put32(p + 0x6c, (mode & 0xf000) == 0x8000 ? (uint32_t)(size >> 32) : 0);
	put16(p + 0x80, 32);
	put32(p + 0x88, 123456789u << 2);
	put32(p + 0x90, MADE - 400);
	return p;
}

/* The header of an extent tree's node. */
static void
extents_begin(unsigned char *p, unsigned count, unsigned most, unsigned depth)
{
	put16(p, 0xf30a);
	put16(p + 2, count);
	put16(p + 4, most);
	put16(p + 6, depth);
}

static void
extent_put(unsigned char *node, unsigned index, uint32_t at, unsigned length, uint32_t block)
{
	unsigned char *p = node + 12 + 12 * index;

	put32(p, at);
	put16(p + 4, length);
	put16(p + 6, 0);
	put32(p + 8, block);
}

static void
sum_put(unsigned char *p, unsigned number)
{
	uint32_t sum;

	put16(p + 0x7c, 0);
	put16(p + 0x82, 0);
	sum = rmn_ext_crc_of(&crc, inode_seed(number, number * 7), p, INODE);
	put16(p + 0x7c, sum & 0xffff);
	put16(p + 0x82, sum >> 16);
}

/* An inode of one extent. */
static void
simple_put(struct bench *b, unsigned number, unsigned mode, uint64_t size, unsigned block)
{
	unsigned char *p = inode_put(inode_at(b, number), number, mode, size);

	put32(p + 0x20, 0x80000);
	extents_begin(p + 0x28, 1, 4, 0);
	extent_put(p + 0x28, 0, 0, (unsigned)((size + BLOCK - 1) / BLOCK), block);
	sum_put(p, number);
}

struct entry {
	unsigned inode, type;
	const char *name;
};

/* A folder block; number 0 of the first: no "." and "..".  The last entry reaches to the end. */
static void
folder_put(unsigned char *p, unsigned self, unsigned parent, const struct entry *entries,
    bool has_sums)
{
	size_t at = 0, end = has_sums ? BLOCK - 12 : BLOCK, last = 0;
	struct entry dots[2] = {{self, 2, "."}, {parent, 2, ".."}};

	memset(p, 0, BLOCK);
	for (unsigned i = 0; i < 64; i++) {
		const struct entry *e = parent && i < 2 ? &dots[i] : &entries[parent ? i - 2 : i];
		size_t need;

		if (!e->name)
			break;
		need = (8 + strlen(e->name) + 3) & ~(size_t)3;
		put32(p + at, e->inode);
		put16(p + at + 4, (unsigned)need);
		p[at + 6] = (unsigned char)strlen(e->name);
		p[at + 7] = (unsigned char)e->type;
		memcpy(p + at + 8, e->name, strlen(e->name));
		last = at;
		at += need;
	}
	put16(p + last + 4, (unsigned)(end - last));
	if (has_sums) {
		put16(p + BLOCK - 8, 12);
		p[BLOCK - 5] = 0xde;
		put32(p + BLOCK - 4, rmn_ext_crc_of(&crc, inode_seed(self, self * 7), p,
		    BLOCK - 12));
	}
}

#define ROOT_BLOCK (1 + 30u)
#define SALES_BLOCK (1 + GROUP_BLOCKS + 30u)

/* Root with a folder of three files, a link and a dropped name. */
static void
tree_put(struct bench *b, bool has_sums)
{
	static const struct entry root[] = {{20, 2, "sales"}, {0}};
	static const struct entry sales[] = {{70, 1, "memo.txt"}, {71, 1, "caf\xc3\xa9.pdf"},
	    {72, 7, "link"}, {73, 1, "gone.doc"}, {70, 1, "second name"}, {0}};
	unsigned char *p;

	volume_put(b, MADE, has_sums);
	simple_put(b, 2, 0x41ed, BLOCK, ROOT_BLOCK);
	simple_put(b, 20, 0x41ed, BLOCK, SALES_BLOCK);
	simple_put(b, 70, 0x81a4, 1500, 1 + GROUP_BLOCKS + 40);
	simple_put(b, 71, 0x81a4, 5000, 1 + GROUP_BLOCKS + 50);
	put16(inode_at(b, 70) + 0x1a, 2);
	sum_put(inode_at(b, 70), 70);
	p = inode_put(inode_at(b, 72), 72, 0xa1ff, 8);
	memcpy(p + 0x28, "memo.txt", 8);
	sum_put(p, 72);
	folder_put(block_at(b, ROOT_BLOCK), 2, 2, root, has_sums);
	folder_put(block_at(b, SALES_BLOCK), 20, 2, sales, has_sums);
}

static void
test_finds_a_volume_by_backup_superblocks(void **state)
{
	struct bench b;
	const struct rmn_found *file;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, WITH_SUMS);
	memset(b.data, 0, BASE + 3 * BLOCK);	/* boot block, superblock, descriptors */
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].start_byte, BASE);
	assert_int_equal(b.found.volumes[0].block_bytes, BLOCK);
	assert_string_equal(b.found.volumes[0].filesystem, "ext4");
	assert_string_equal(b.found.volumes[0].label, "archive");
	assert_string_equal(b.found.volumes[0].evidence, "2 superblock copies");
	file = bench_get(&b, "sales/memo.txt");
	assert_int_equal(file->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(file->size_bytes, 1500);
	assert_int_equal(file->extent_count, 1);
	assert_int_equal(file->extents[0].image_offset, BASE + (1 + GROUP_BLOCKS + 40) * BLOCK);
	assert_int_equal(file->extents[0].length_bytes, 1500);
	assert_true(file->modified == (int64_t)(MADE - 100) * 1000000000 + 123456789);
	assert_true(file->created == (int64_t)(MADE - 400) * 1000000000);
	assert_int_equal(file->uid, 1000);
	assert_int_equal(bench_get(&b, "sales/second name")->id, 70);
	assert_int_equal(bench_get(&b, "sales/caf\xc3\xa9.pdf")->size_bytes, 5000);
	file = bench_get(&b, "sales/link");
	assert_int_equal(file->kind, RMN_ITEM_SYMLINK);
	assert_memory_equal(b.data + file->extents[0].image_offset, "memo.txt", 8);
	assert_int_equal(bench_get(&b, "sales/gone.doc")->origin, RMN_ORIGIN_INDEX);
	assert_int_equal(bench_get(&b, "sales")->kind, RMN_ITEM_DIRECTORY);
	bench_end(&b);
}

/* Descriptors of group 1 are lost everywhere: its table is where that of group 2 is in its
 * group. */
static void
test_guesses_a_table_by_its_neighbours(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, false);
	for (unsigned i = 0; i < GROUPS; i++)
		memset(block_at(&b, group_start(i) + 1) + 32, 0xff, 32);
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(bench_get(&b, "sales/memo.txt")->size_bytes, 1500);
	bench_end(&b);
}

static void
test_reads_trees_of_extents(void **state)
{
	struct bench b;
	const struct rmn_found *file;
	unsigned char *p, *leaf;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, false);
	p = inode_put(inode_at(&b, 71), 71, 0x81a4, 20 * BLOCK - 10);
	put32(p + 0x20, 0x80000);
	extents_begin(p + 0x28, 1, 4, 1);
	put32(p + 0x28 + 12 + 4, 200);
	leaf = block_at(&b, 200);
	extents_begin(leaf, 3, 84, 0);
	extent_put(leaf, 0, 0, 2, 300);
	extent_put(leaf, 1, 4, 32768 + 3, 400);		/* not initialised: a hole */
	extent_put(leaf, 2, 7, 5, 500);
	bench_run(&b, rmn_recover_ext);
	file = bench_get(&b, "sales/caf\xc3\xa9.pdf");
	assert_int_equal(file->extent_count, 4);
	assert_int_equal(file->extents[0].length_bytes, 2 * BLOCK);
	assert_true(file->extents[1].image_offset == RMN_EXTENT_SPARSE);
	assert_int_equal(file->extents[1].length_bytes, 5 * BLOCK);
	assert_int_equal(file->extents[2].image_offset, BASE + 500 * BLOCK);
	assert_int_equal(file->extents[3].length_bytes, 8 * BLOCK - 10);
	assert_false(file->is_short);
	put16(leaf, 0);		/* the leaf is lost */
	bench_run(&b, rmn_recover_ext);
	assert_true(bench_get(&b, "sales/caf\xc3\xa9.pdf")->is_short);
	bench_end(&b);
}

static void
test_reads_lists_of_blocks(void **state)
{
	struct bench b;
	const struct rmn_found *file;
	unsigned char *p;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, false);
	p = inode_put(inode_at(&b, 71), 71, 0x81a4, 300 * BLOCK);
	for (unsigned i = 0; i < 12; i++)
		put32(p + 0x28 + 4 * i, i == 5 ? 0 : 600 + i);
	put32(p + 0x28 + 48, 200);
	put32(p + 0x28 + 52, 201);
	for (unsigned i = 0; i < 256; i++)
		put32(block_at(&b, 200) + 4 * i, 700 + i);
	put32(block_at(&b, 201), 202);
	for (unsigned i = 0; i < 32; i++)
		put32(block_at(&b, 202) + 4 * i, 1200 + i);
	bench_run(&b, rmn_recover_ext);
	file = bench_get(&b, "sales/caf\xc3\xa9.pdf");
	assert_int_equal(file->extent_count, 5);
	assert_int_equal(file->extents[0].length_bytes, 5 * BLOCK);
	assert_true(file->extents[1].image_offset == RMN_EXTENT_SPARSE);
	assert_int_equal(file->extents[2].image_offset, BASE + 606 * BLOCK);
	assert_int_equal(file->extents[3].length_bytes, 256 * BLOCK);
	assert_int_equal(file->extents[4].image_offset, BASE + 1200 * BLOCK);
	assert_int_equal(file->extents[4].length_bytes, 32 * BLOCK);
	assert_false(file->is_short);
	bench_end(&b);
}

static void
test_reads_inline_data(void **state)
{
	struct bench b;
	const struct rmn_found *file;
	unsigned char *p;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, false);
	p = inode_put(inode_at(&b, 71), 71, 0x81a4, 70);
	put32(p + 0x20, 0x10000000);
	memset(p + 0x28, 'a', 60);
	put32(p + 0xa0, 0xea020000);
	p[0xa4] = 4;
	p[0xa5] = 7;
	put16(p + 0xa6, 40);
	put32(p + 0xac, 10);
	memcpy(p + 0xb4, "data", 4);
	memset(p + 0xa4 + 40, 'b', 10);
	bench_run(&b, rmn_recover_ext);
	file = bench_get(&b, "sales/caf\xc3\xa9.pdf");
	assert_int_equal(file->extent_count, 2);
	assert_memory_equal(b.data + file->extents[0].image_offset, "aaaa", 4);
	assert_memory_equal(b.data + file->extents[1].image_offset, "bbbbbbbbbb", 10);
	assert_int_equal(file->extents[1].length_bytes, 10);
	assert_false(file->is_short);
	bench_end(&b);
}

/* Zeroed tables: the first block says whose it is, the second is tied to it by its checksum. */
static void
test_gives_names_without_inodes(void **state)
{
	static const struct entry more[] = {{90, 1, "annex.xls"}, {91, 2, "sub"}, {0}};
	static const struct entry sub[] = {{92, 1, "deep.txt"}, {0}};
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, WITH_SUMS);
	folder_put(block_at(&b, 1500), 20, 0, more, WITH_SUMS);
	folder_put(block_at(&b, 1600), 91, 20, sub, WITH_SUMS);
	for (unsigned i = 0; i < GROUPS; i++)
		memset(block_at(&b, group_start(i) + 4), 0, GROUP_INODES * INODE);
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(bench_get(&b, "sales/memo.txt")->origin, RMN_ORIGIN_INDEX);
	assert_int_equal(bench_get(&b, "sales/memo.txt")->id, 70);
	assert_int_equal(bench_get(&b, "sales/annex.xls")->id, 90);
	assert_int_equal(bench_get(&b, "sales/sub/deep.txt")->parent_id, 91);
	bench_end(&b);
}

static void
living_put(struct bench *b)
{
	b->living[0] = (struct rmn_living){.has_file_system = true,
	    .volume = {.number = 3, .start_byte = BASE, .filesystem = "ext4"}};
	b->living_count = 1;
	for (unsigned i = 0; i < GROUPS; i++)
		rmn_sectors_add(&b->in_use, BASE + (uint64_t)group_start(i) * BLOCK, 20 * BLOCK);
}

/* The volume was made again: its tables still have the old inodes, but for the first ones. */
static void
test_tells_old_inodes_from_living_ones(void **state)
{
	static const struct entry root[] = {{75, 1, "new.txt"}, {0}};
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, WITH_SUMS);
	volume_put(&b, MADE + 1000, WITH_SUMS);
	simple_put(&b, 75, 0x81a4, 100, 1 + GROUP_BLOCKS + 60);
	folder_put(block_at(&b, ROOT_BLOCK), 2, 2, root, WITH_SUMS);
	put16(block_at(&b, group_start(0) + 3), 0x7ff);		/* inodes 1-11 */
	block_at(&b, group_start(1) + 3)[1] = 0x04;		/* and 75 */
	living_put(&b);
	rmn_sectors_add(&b.in_use, BASE + ROOT_BLOCK * BLOCK, BLOCK);
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].living, 0);
	assert_int_equal(bench_get(&b, "orphan-20/memo.txt")->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(bench_get(&b, "orphan-20/memo.txt")->size_bytes, 1500);
	assert_null(bench_find(&b, "new.txt"));
	bench_end(&b);
}

/* No superblock, no descriptor: folders whose inode and first block name each other are enough. */
static void
test_finds_tables_by_their_folders(void **state)
{
	static const struct entry none[] = {{0}};
	struct bench b;

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		bench_begin(&b, DISK_BYTES);
		tree_put(&b, round == 0);
		for (unsigned i = 0; i < 4; i++) {
			simple_put(&b, 24 + 24 * i, 0x41ed, BLOCK, 1700 + i);
			folder_put(block_at(&b, 1700 + i), 24 + 24 * i, 20, none, round == 0);
		}
		for (unsigned i = 0; i < GROUPS; i++)
			memset(block_at(&b, group_start(i)), 0, 2 * BLOCK);
		b.living[0] = (struct rmn_living){.has_file_system = true,
		    .volume = {.number = 1, .start_byte = BASE, .filesystem = "exfat"}};
		b.living_count = 1;
		bench_run(&b, rmn_recover_ext);
		assert_int_equal(b.found.volume_count, 1);
		assert_int_equal(b.found.volumes[0].start_byte, BASE);
		assert_int_equal(b.found.volumes[0].block_bytes, BLOCK);
		assert_int_equal(bench_get(&b, "sales/memo.txt")->size_bytes, 1500);
		assert_int_equal(bench_get(&b, "sales/caf\xc3\xa9.pdf")->size_bytes, 5000);
		bench_end(&b);
	}
}

static void
be32(unsigned char *p, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A journal of 16 blocks from block 210, with a transaction that copies one block of a table. */
static void
journal_put(struct bench *b, unsigned target, const unsigned char *copy)
{
	unsigned char *p;

	simple_put(b, 8, 0x8180, 16 * BLOCK, 210);
	p = block_at(b, 210);
	be32(p, 0xc03b3998);
	be32(p + 4, 4);
	p = block_at(b, 212);
	be32(p, 0xc03b3998);
	be32(p + 4, 1);
	be32(p + 8, 5);
	be32(p + 12, target);
	p[19] = 8 | 2;
	memcpy(block_at(b, 213), copy, BLOCK);
}

/* What removing a name does: the entry before it takes its room. */
static void
entry_drop(unsigned char *p, const char *name)
{
	for (size_t at = 0, last = 0, step; at < BLOCK - 12; last = at, at += step) {
		step = p[at + 4] + 256u * p[at + 5];
		if (p[at + 6] == strlen(name) && memcmp(p + at + 8, name, strlen(name)) == 0) {
			put16(p + last + 4, (unsigned)(at + step - last));
			return;
		}
	}
	fail_msg("%s is not in the block", name);
}

/* A file was deleted from a living volume: the journal still has its inode. */
static void
test_finds_deleted_files_in_the_journal(void **state)
{
	struct bench b;
	const struct rmn_found *file;
	unsigned char *table;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, WITH_SUMS);
	simple_put(&b, 73, 0x81a4, 3000, 1 + GROUP_BLOCKS + 70);
	table = block_at(&b, group_start(1) + 4 + 2);	/* inodes 73-76 */
	journal_put(&b, group_start(1) + 4 + 2, table);
	entry_drop(block_at(&b, SALES_BLOCK), "gone.doc");
	put16(inode_at(&b, 73) + 0x1a, 0);
	put32(inode_at(&b, 73) + 4, 0);
	put32(inode_at(&b, 73) + 0x14, MADE + 50);
	put16(inode_at(&b, 73) + 0x28 + 2, 0);
	sum_put(inode_at(&b, 73), 73);
	memset(block_at(&b, group_start(0) + 3), 0xff, 8);
	memset(block_at(&b, group_start(1) + 3), 0xff, 1);	/* inodes 65-72 */
	living_put(&b);
	rmn_sectors_add(&b.in_use, BASE + ROOT_BLOCK * BLOCK, BLOCK);
	rmn_sectors_add(&b.in_use, BASE + SALES_BLOCK * BLOCK, BLOCK);
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].living, 3);
	assert_int_equal(b.found.count, 1);
	file = bench_get(&b, "sales/gone.doc");
	assert_int_equal(file->origin, RMN_ORIGIN_STALE);
	assert_int_equal(file->size_bytes, 3000);
	assert_int_equal(file->version, 5);
	assert_int_equal(file->extents[0].image_offset, BASE + (1 + GROUP_BLOCKS + 70) * BLOCK);
	b.living_count = 0;		/* and when the volume is lost */
	rmn_sectors_remove(&b.in_use, 0, b.size);
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(bench_get(&b, "sales/memo.txt")->origin, RMN_ORIGIN_RECORD);
	assert_true(bench_get(&b, "sales/memo.txt")->version > 5);
	file = NULL;
	for (size_t i = 0; i < b.found.count; i++)
		if (b.found.files[i].origin == RMN_ORIGIN_STALE)
			file = &b.found.files[i];
	assert_non_null(file);
	assert_true(rmn_bytes_equal(file->path, rmn_bytes_from_string("sales/gone.doc")));
	assert_int_equal(file->size_bytes, 3000);
	bench_end(&b);
}

/* A superblock in the journal is a copy of block 1; its volume would begin inside its own. */
static void
test_superblocks_in_the_journal_are_no_volumes(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, WITH_SUMS);
	super_put(block_at(&b, 220), 0, MADE, WITH_SUMS);
	bench_run(&b, rmn_recover_ext);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].start_byte, BASE);
	bench_end(&b);
}

static void
test_damage_does_no_harm(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	tree_put(&b, false);
	journal_put(&b, group_start(1) + 4 + 2, block_at(&b, group_start(1) + 4 + 2));
	bench_torture(&b, rmn_recover_ext);
	tree_put(&b, WITH_SUMS);
	put16(block_at(&b, group_start(0) + 3), 0x7ff);
	living_put(&b);
	bench_torture(&b, rmn_recover_ext);
	for (unsigned i = 0; i < GROUPS; i++)		/* inodes and folders only */
		memset(block_at(&b, group_start(i)), 0, 2 * BLOCK);
	for (unsigned i = 0; i < 4; i++) {
		static const struct entry none[] = {{0}};

		simple_put(&b, 24 + 24 * i, 0x41ed, BLOCK, 1700 + i);
		folder_put(block_at(&b, 1700 + i), 24 + 24 * i, 20, none, WITH_SUMS);
	}
	rmn_sectors_remove(&b.in_use, 0, b.size);
	bench_torture(&b, rmn_recover_ext);
	bench_end(&b);
}

static void
test_checksums_run_backwards(void **state)
{
	const char text[] = "a folder block";
	uint32_t end = rmn_ext_crc_of(&crc, 0x1234567, text, sizeof(text));

	(void)state;
	assert_int_equal(rmn_ext_crc_start(&crc, end, text, sizeof(text)), 0x1234567);
	assert_int_equal(~rmn_ext_crc_of(&crc, UINT32_MAX, "123456789", 9), 0xe3069283);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checksums_run_backwards),
		cmocka_unit_test(test_finds_a_volume_by_backup_superblocks),
		cmocka_unit_test(test_guesses_a_table_by_its_neighbours),
		cmocka_unit_test(test_reads_trees_of_extents),
		cmocka_unit_test(test_reads_lists_of_blocks),
		cmocka_unit_test(test_reads_inline_data),
		cmocka_unit_test(test_gives_names_without_inodes),
		cmocka_unit_test(test_finds_tables_by_their_folders),
		cmocka_unit_test(test_tells_old_inodes_from_living_ones),
		cmocka_unit_test(test_finds_deleted_files_in_the_journal),
		cmocka_unit_test(test_superblocks_in_the_journal_are_no_volumes),
		cmocka_unit_test(test_damage_does_no_harm),
	};

	rmn_ext_crc_init(&crc);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
