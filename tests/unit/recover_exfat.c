/* SPDX-License-Identifier: MIT
 *
 * Lost exFAT volumes: entry sets, folders by their first clusters, sets cut by a cluster's end. */
#include "tests/unit/recover_fatdisk.h"

#include "recover/exfat_sets.h"
#include "recover/exfat_volume.h"

#define DAY (30u << 9 | 3u << 5 | 1)	/* 2010-03-01 */
#define TOKYO (0x80 | 36)		/* +09:00 in quarters */

static void
set_sum(unsigned char *p, size_t size)
{
	unsigned sum = 0;

	for (size_t i = 0; i < size; i++)
		if (i != 2 && i != 3)
			sum = ((sum & 1 ? 0x8000u : 0) + (sum >> 1) + p[i]) & 0xffff;
	put16(p + 2, sum);
}

/* Makes a set in p; returns its size. */
static size_t
set_make(unsigned char *p, const char *name, unsigned attributes, unsigned flags, uint32_t first,
    uint32_t size_bytes)
{
	size_t length = strlen(name), parts = (length + 14) / 15;

	memset(p, 0, (2 + parts) * 32);
	p[0] = 0x85;
	p[1] = (unsigned char)(1 + parts);
	put16(p + 4, attributes);
	for (int i = 8; i <= 16; i += 4) {
		put16(p + i, 9u << 11 | 30u << 5 | 7);
		put16(p + i + 2, DAY);
	}
	p[21] = 150;
	p[22] = p[23] = p[24] = TOKYO;
	p[32] = 0xc0;
	p[33] = (unsigned char)flags;
	p[35] = (unsigned char)length;
	put32(p + 40, size_bytes);
	put32(p + 52, first);
	put32(p + 56, size_bytes);
	for (size_t i = 0; i < length; i++) {
		p[64 + i / 15 * 32] = 0xc1;
		put16(p + 64 + i / 15 * 32 + 2 + i % 15 * 2, (unsigned char)name[i]);
	}
	set_sum(p, (2 + parts) * 32);
	return (2 + parts) * 32;
}

static size_t
set_put(unsigned char *at, const char *name, unsigned attributes, unsigned flags, uint32_t first,
    uint32_t size_bytes)
{
	unsigned char set[RMN_EXFAT_SET_BYTES_MAX];
	size_t size = set_make(set, name, attributes, flags, first, size_bytes);

	memcpy(at, set, size);
	return size;
}

static void
delete_set(unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i += 32)
		p[i] &= 0x7f;
}

/* A root of which a cluster is left, folders in it, and no boot sector. */
static unsigned char *
disk_make(void)
{
	unsigned char *disk = calloc(1, DISK_BYTES), *e, set[RMN_EXFAT_SET_BYTES_MAX];
	size_t size;

	assert_non_null(disk);
	e = cluster_at(disk, 5);
	e += set_put(e, "Letters", 0x10, 3, 9, CLUSTER);
	e += set_put(e, "Plans", 0x10, 3, 14, CLUSTER);
	e += set_put(e, "Long", 0x10, 1, 16, 2 * CLUSTER);
	e += set_put(e, "notes.txt", 0x20, 3, 30, 2500);
	size = set_put(e, "gone.txt", 0x20, 3, 40, 1500);
	delete_set(e, size);
	e = cluster_at(disk, 9);
	e += set_put(e, "A letter with a long name.txt", 0x20, 3, 50, 100);
	e = cluster_at(disk, 14);
	set_put(e, "plan.txt", 0x20, 3, 60, 100);
	e = cluster_at(disk, 16);
	for (unsigned i = 0; i < 10; i++)
		e += set_put(e, "f", 0x20, 3, 70 + i, 10);
	/* 64 bytes are left in the first cluster; the rest is in the one after next */
	size = set_make(set, "cut in two.txt", 0x20, 3, 90, 10);
	assert_int_equal(size, 96);
	memcpy(e, set, 64);
	e = cluster_at(disk, 18);
	memcpy(e, set + 64, 32);
	set_put(e + 32, "behind it.txt", 0x20, 3, 91, 10);
	return disk;
}

static void
test_set(void **state)
{
	unsigned char p[RMN_EXFAT_SET_BYTES_MAX];
	struct rmn_exfat_sets sets;
	char text[RMN_TIME_TEXT_BYTES];
	size_t size = set_make(p, "A name of more than fifteen units.docx", 0x20, 1, 77, 5000);

	(void)state;
	assert_true(rmn_exfat_sets_init(&sets));
	assert_int_equal(rmn_exfat_set_bytes(p, sizeof(p)), size);
	assert_true(rmn_exfat_sets_add(&sets, 4096, p, size));
	assert_false(sets.sets[0].is_contiguous);
	assert_int_equal(sets.sets[0].first, 77);
	assert_int_equal(sets.sets[0].size_bytes, 5000);
	rmn_time_text(sets.sets[0].modified, text);
	assert_string_equal(text, "2010-03-01T00:30:15Z");
	assert_true(rmn_bytes_equal(sets.sets[0].name,
	    rmn_bytes_from_string("A name of more than fifteen units.docx")));
	delete_set(p, size);
	assert_true(rmn_exfat_sets_add(&sets, 8192, p, size));
	assert_true(sets.sets[1].is_deleted);
	for (size_t cut = 0; cut < size; cut++)
		assert_false(rmn_exfat_sets_add(&sets, 0, p, cut));
	for (size_t i = 0; i < size * 8; i++) {
		p[i / 8] ^= (unsigned char)(1 << i % 8);
		/* bit 7 of a type is what deleting clears: then the types disagree */
		assert_false(rmn_exfat_sets_add(&sets, 0, p, size));
		p[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	rmn_exfat_sets_release(&sets);
}

static void
test_boot(void **state)
{
	unsigned char p[512] = {0xeb, 0x76, 0x90};
	struct rmn_exfat_volume v;

	(void)state;
	put32(p + 72, 100000);
	put32(p + 88, 2048);
	put32(p + 92, 1000);
	put32(p + 96, 5);
	p[108] = 9;
	p[109] = 6;
	assert_true(rmn_exfat_boot_read(p, 1 << 20, 1 << 30, &v));
	assert_int_equal(v.grid.cluster_bytes, 32768);
	assert_int_equal(v.grid.cluster_end, 1002);
	assert_int_equal(v.grid.base_byte, (1 << 20) + 2048 * 512 - 65536);
	assert_int_equal(v.root, 5);
	p[109] = 17;
	assert_false(rmn_exfat_boot_read(p, 1 << 20, 1 << 30, &v));
	p[109] = 6;
	assert_false(rmn_exfat_boot_read(p, 1 << 20, 1 << 20, &v));
	memset(p, 0xff, sizeof(p));
	assert_false(rmn_exfat_boot_read(p, 1 << 20, 1 << 30, &v));
}

static void
test_folders(void **state)
{
	static const struct {
		const char *path;
		unsigned cluster;
		uint32_t size_bytes;
		enum rmn_origin origin;
	} rows[] = {
		{"orphan-5/notes.txt", 30, 2500, RMN_ORIGIN_RECORD},
		{"orphan-5/gone.txt", 40, 1500, RMN_ORIGIN_DELETED},
		{"orphan-5/Letters/A letter with a long name.txt", 50, 100, RMN_ORIGIN_RECORD},
		{"orphan-5/Plans/plan.txt", 60, 100, RMN_ORIGIN_RECORD},
		{"orphan-5/Long/cut in two.txt", 90, 10, RMN_ORIGIN_RECORD},
		{"orphan-5/Long/behind it.txt", 91, 10, RMN_ORIGIN_RECORD},
	};
	unsigned char *disk = disk_make();
	struct lost lost;

	(void)state;
	lost_run(&lost, disk, DISK_BYTES, rmn_recover_exfat);
	lost_check(&lost);
	assert_int_equal(lost.found.volume_count, 1);
	assert_int_equal(lost.found.volumes[0].block_bytes, CLUSTER);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rmn_found *file = lost_find(&lost, rows[i].path);

		if (!file)
			fail_msg("%s was not found", rows[i].path);
		assert_int_equal(file->extent_count, 1);
		assert_int_equal(file->extents[0].image_offset, BASE + rows[i].cluster * CLUSTER);
		assert_int_equal(file->extents[0].length_bytes, rows[i].size_bytes);
		assert_int_equal(file->origin, rows[i].origin);
		assert_false(file->is_guessed);
	}
	lost_release(&lost);
	free(disk);
}

static void
test_damage(void **state)
{
	unsigned char *disk = disk_make();

	(void)state;
	lost_torture(disk, DISK_BYTES, rmn_recover_exfat);
	free(disk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
