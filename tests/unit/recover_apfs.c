/* SPDX-License-Identifier: MIT
 *
 * Lost APFS volumes: single nodes, transactions, object maps, two volumes in one container. */
#include "recover/engine.h"
#include "tests/unit/recover_apfs.h"
#include "tests/unit/recover_bench.h"

#define BASE 20480u		/* of the container on the disk */
#define BLOCKS 200u
#define DISK_BYTES (BASE + BLOCKS * APFS_BLOCK)
#define NOW 1500000000000000000ull
#define FOLDER 0x41edu
#define FILE_MODE 0x81a4u
#define LINK 0xa1edu

static unsigned char *
block_at(struct bench *b, unsigned block)
{
	return b->data + BASE + (size_t)block * APFS_BLOCK;
}

/* Object map of a volume in blocks map (its head) and map + 1 (one leaf). */
static void
map_put(struct bench *b, unsigned map, uint64_t xid, uint64_t oid, uint64_t block)
{
	struct apfs_draft d;
	unsigned char *p = block_at(b, map);

	apfs_object(p, map, xid, 0x4000000b, 0);
	apfs_put(p + 48, map + 1, 8);
	apfs_seal(p);
	d = apfs_begin(block_at(b, map + 1), map + 1, xid, APFS_PHYSICAL, 0x0b, 0);
	apfs_mapping(&d, oid, xid, block);
	apfs_end(&d);
}

/* One volume: at transaction 5 a folder with two files, one of which is gone at 7. */
static void
container_put(struct bench *b)
{
	static const unsigned char packed[] = {'f', 'p', 'm', 'c', 3, 0, 0, 0, 200, 0, 0, 0, 0, 0,
	    0, 0, 0xff, 'x', 'y'};
	struct apfs_draft d;

	apfs_container(block_at(b, 0), 7, BLOCKS, 9);
	apfs_container(block_at(b, 2), 5, BLOCKS, 9);
	d = apfs_begin(block_at(b, 50), 1100, 5, 0, 0x0e, 0);
	apfs_inode(&d, 2, 1, FOLDER, NOW, "root", 0, 0);
	apfs_entry(&d, 2, 20, "sales", 1);
	apfs_inode(&d, 20, 2, FOLDER, NOW, "sales", 0, 0);
	apfs_entry(&d, 20, 21, "memo.txt", 1);
	apfs_entry(&d, 20, 22, "gone.doc", 1);
	apfs_inode(&d, 21, 20, FILE_MODE, NOW, "memo.txt", 6000, 0);
	apfs_extent(&d, 21, 0, 8192, 100);
	apfs_inode(&d, 22, 20, FILE_MODE, NOW, "gone.doc", 5000, 0);
	apfs_extent(&d, 22, 0, 8192, 110);
	apfs_end(&d);
	apfs_volume(block_at(b, 52), 5, 54, 1100, "Data", 1, 0);
	map_put(b, 54, 5, 1100, 50);

	d = apfs_begin(block_at(b, 60), 1100, 7, 0, 0x0e, 0);
	apfs_inode(&d, 2, 1, FOLDER, NOW, "root", 0, 0);
	apfs_entry(&d, 2, 20, "sales", 1);
	apfs_inode(&d, 20, 2, FOLDER, NOW, "sales", 0, 0);
	apfs_entry(&d, 20, 21, "memo.txt", 0);
	apfs_inode(&d, 21, 20, FILE_MODE, NOW + 1000, "memo.txt", 7000, 0);
	apfs_extent(&d, 21, 0, 4096, 120);
	apfs_extent(&d, 21, 4096, 4096, 130);
	apfs_inode(&d, 23, 20, LINK, NOW, "link", 0, 0);
	apfs_attribute(&d, 23, "com.apple.fs.symlink", "memo.txt", 9);
	apfs_inode(&d, 24, 20, FILE_MODE, NOW, "packed", 0, 0x20);
	apfs_attribute(&d, 24, "com.apple.decmpfs", packed, sizeof(packed));
	apfs_end(&d);
	apfs_volume(block_at(b, 62), 7, 64, 1100, "Data", 1, 0);
	map_put(b, 64, 7, 1100, 60);
}

static void
check_files(const struct bench *b)
{
	const struct rmn_found *file = bench_get(b, "sales/memo.txt");

	assert_int_equal(file->origin, RMN_ORIGIN_RECORD);
	assert_int_equal(file->size_bytes, 7000);
	assert_int_equal(file->version, 7);
	assert_true(file->created == (int64_t)NOW + 1000);
	assert_true(file->modified == (int64_t)NOW + 1001);
	assert_int_equal(file->extent_count, 2);
	assert_int_equal(file->extents[0].image_offset, BASE + 120 * APFS_BLOCK);
	assert_int_equal(file->extents[1].length_bytes, 7000 - 4096);
	assert_false(file->is_short);
	file = bench_get(b, "sales/gone.doc");
	assert_int_equal(file->origin, RMN_ORIGIN_STALE);
	assert_int_equal(file->size_bytes, 5000);
	assert_int_equal(file->extents[0].image_offset, BASE + 110 * APFS_BLOCK);
	assert_int_equal(file->extents[0].length_bytes, 5000);
	file = bench_get(b, "sales/link");
	assert_int_equal(file->kind, RMN_ITEM_SYMLINK);
	assert_int_equal(file->size_bytes, 8);
	assert_memory_equal(b->data + file->extents[0].image_offset, "memo.txt", 8);
	file = bench_get(b, "sales/packed");
	assert_int_equal(file->how, RMN_CONTENT_DECMPFS);
	assert_int_equal(file->attribute_id, 3);
	assert_int_equal(file->size_bytes, 200);
	assert_memory_equal(b->data + file->extents[0].image_offset, "\xffxy", 3);
	assert_int_equal(file->extents[0].length_bytes, 3);
}

static void
test_rebuilds_a_volume_from_its_nodes(void **state)
{
	struct bench b;
	const struct rmn_found *older = NULL;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	container_put(&b);
	memset(b.data, 0, BASE + 4 * APFS_BLOCK);
	bench_run(&b, rmn_recover_apfs);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].start_byte, BASE);
	assert_string_equal(b.found.volumes[0].label, "Data");
	check_files(&b);
	for (size_t i = 0; i < b.found.count; i++)
		if (b.found.files[i].id == 21 && b.found.files[i].version == 5)
			older = &b.found.files[i];
	assert_non_null(older);
	assert_int_equal(older->origin, RMN_ORIGIN_STALE);
	assert_int_equal(older->size_bytes, 6000);
	assert_int_equal(older->extents[0].image_offset, BASE + 100 * APFS_BLOCK);
	bench_end(&b);
}

/* The youngest node is lost: the one before it is the best there is. */
static void
test_falls_back_to_an_older_node(void **state)
{
	struct bench b;
	const struct rmn_found *file;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	container_put(&b);
	memset(block_at(&b, 60), 0, APFS_BLOCK);
	bench_run(&b, rmn_recover_apfs);
	file = bench_get(&b, "sales/memo.txt");
	assert_int_equal(file->size_bytes, 6000);
	assert_int_equal(file->origin, RMN_ORIGIN_RECORD);
	bench_end(&b);
}

static void
test_gives_what_was_deleted_from_a_living_volume(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	container_put(&b);
	b.living[0] = (struct rmn_living){.has_file_system = true, .volume = {.number = 4,
	    .start_byte = BASE, .filesystem = "apfs", .label = "Other"}};
	b.living[1] = (struct rmn_living){.has_file_system = true, .volume = {.number = 5,
	    .start_byte = BASE, .filesystem = "apfs#2", .label = "Data"}};
	b.living_count = 2;
	bench_run(&b, rmn_recover_apfs);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].living, 5);
	check_files(&b);
	assert_true(bench_get(&b, "sales/memo.txt")->is_living);
	assert_false(bench_get(&b, "sales/gone.doc")->is_living);
	bench_end(&b);
}

/* The container was made again: transactions that the living one has not reached are older. */
static void
test_tells_an_older_container_in_the_same_place(void **state)
{
	struct bench b;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	container_put(&b);
	apfs_container(block_at(&b, 0), 2, BLOCKS, 8);
	b.living[0] = (struct rmn_living){.has_file_system = true, .volume = {.number = 1,
	    .start_byte = BASE, .filesystem = "apfs", .label = "Fresh"}};
	b.living_count = 1;
	bench_run(&b, rmn_recover_apfs);
	assert_int_equal(b.found.volume_count, 1);
	assert_int_equal(b.found.volumes[0].living, 0);
	check_files(&b);
	assert_false(bench_get(&b, "sales/memo.txt")->is_living);
	bench_end(&b);
}

/* Two volumes have files of the same number; the object maps tell them apart. */
static void
test_keeps_volumes_of_a_container_apart(void **state)
{
	struct bench b;
	struct apfs_draft d;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	container_put(&b);
	d = apfs_begin(block_at(&b, 70), 1200, 6, 0, 0x0e, 0);
	apfs_inode(&d, 21, 2, FILE_MODE, NOW, "alone.txt", 100, 0);
	apfs_extent(&d, 21, 0, 4096, 140);
	apfs_end(&d);
	apfs_volume(block_at(&b, 72), 6, 74, 1200, "Second", 2, 0);
	map_put(&b, 74, 6, 1200, 70);
	apfs_volume(block_at(&b, 80), 6, 82, 1300, "Secret", 3, 1);
	bench_run(&b, rmn_recover_apfs);
	assert_int_equal(b.found.volume_count, 3);
	assert_int_equal(b.unexamined, 1);
	assert_non_null(strstr(b.reason, "encrypted"));
	check_files(&b);
	assert_int_equal(bench_get(&b, "alone.txt")->size_bytes, 100);
	assert_true(bench_get(&b, "alone.txt")->volume != bench_get(&b, "sales")->volume);
	bench_end(&b);
}

/* Nothing tells where the container began: names are given, content is not. */
static void
test_gives_names_when_the_start_is_unknown(void **state)
{
	struct bench b;
	struct apfs_draft d;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	d = apfs_begin(block_at(&b, 50), 1100, 5, 0, 0x0e, 0);
	apfs_inode(&d, 21, 20, FILE_MODE, NOW, "memo.txt", 6000, 0);
	apfs_extent(&d, 21, 0, 8192, 100);
	apfs_entry(&d, 20, 30, "annex.xls", 1);
	apfs_end(&d);
	bench_run(&b, rmn_recover_apfs);
	assert_int_equal(bench_get(&b, "orphan-20/memo.txt")->how, RMN_CONTENT_NONE);
	assert_int_equal(bench_get(&b, "orphan-20/annex.xls")->origin, RMN_ORIGIN_INDEX);
	assert_int_equal(b.unexamined, 1);
	bench_end(&b);
}

static void
seal_all(struct bench *b)
{
	for (unsigned i = 0; i < BLOCKS; i++)
		if (block_at(b, i)[24] || block_at(b, i)[25])
			apfs_seal(block_at(b, i));
}

/* Damage under checksums that are right: as hostile as it gets. */
static void
test_damage_does_no_harm(void **state)
{
	struct bench b;
	uint32_t seed = 3;

	(void)state;
	bench_begin(&b, DISK_BYTES);
	container_put(&b);
	bench_torture(&b, rmn_recover_apfs);
	for (unsigned round = 0; round < 300; round++) {
		container_put(&b);
		for (unsigned i = 0; i < 1 + round % 20; i++) {
			unsigned char *p;

			seed = seed * 1664525 + 1013904223;
			p = block_at(&b, 50 + seed / 65536 % 17) + 32;
			seed = seed * 1664525 + 1013904223;
			p[seed / 65536 % (i % 2 ? 4000 : 100)] = (unsigned char)(seed >> 8);
		}
		seal_all(&b);
		bench_run(&b, rmn_recover_apfs);
		bench_check(&b, b.size);
	}
	bench_end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rebuilds_a_volume_from_its_nodes),
		cmocka_unit_test(test_falls_back_to_an_older_node),
		cmocka_unit_test(test_gives_what_was_deleted_from_a_living_volume),
		cmocka_unit_test(test_tells_an_older_container_in_the_same_place),
		cmocka_unit_test(test_keeps_volumes_of_a_container_apart),
		cmocka_unit_test(test_gives_names_when_the_start_is_unknown),
		cmocka_unit_test(test_damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
