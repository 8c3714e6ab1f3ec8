/* SPDX-License-Identifier: MIT
 *
 * Lost FAT volumes: names, boot sectors, folders without a root, lost chains. */
#include "tests/unit/recover_fatdisk.h"

#include "recover/fat_entries.h"
#include "recover/fat_volume.h"

static unsigned
checksum(const unsigned char *p)
{
	unsigned sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (((sum & 1) << 7) + (sum >> 1) + p[i]) & 0xff;
	return sum;
}

/* A short entry of 2010-03-01 09:30:00. */
static unsigned char *
put_short(unsigned char *e, const char *name, unsigned attributes, unsigned cluster, uint32_t size)
{
	memcpy(e, name, 11);
	e[11] = (unsigned char)attributes;
	put16(e + 22, 9u << 11 | 30u << 5);
	put16(e + 24, 30u << 9 | 3u << 5 | 1);
	memcpy(e + 14, e + 22, 4);
	put16(e + 20, cluster >> 16);
	put16(e + 26, cluster & 0xffff);
	put32(e + 28, size);
	return e + 32;
}

/* The parts of a long name (ASCII) and its short entry. */
static unsigned char *
put_long(unsigned char *e, const char *name, const char *shorter, unsigned attributes,
    unsigned cluster, uint32_t size)
{
	static const unsigned char places[13] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
	unsigned parts = (unsigned)(strlen(name) + 12) / 13;

	for (unsigned part = parts; part > 0; part--, e += 32) {
		e[0] = (unsigned char)(part | (part == parts ? 0x40 : 0));
		e[11] = 0x0f;
		e[13] = (unsigned char)checksum((const unsigned char *)shorter);
		for (unsigned i = 0; i < 13; i++) {
			size_t at = (part - 1) * 13u + i;

			put16(e + places[i], at < strlen(name) ? (unsigned char)name[at] :
			    at == strlen(name) ? 0 : 0xffff);
		}
	}
	return put_short(e, shorter, attributes, cluster, size);
}

static unsigned char *
put_folder(unsigned char *disk, unsigned cluster, unsigned parent)
{
	unsigned char *e = cluster_at(disk, cluster);

	e = put_short(e, ".          ", 0x10, cluster, 0);
	return put_short(e, "..         ", 0x10, parent, 0);
}

/* Three folders, of which the root named the first; a folder of two clusters, the name between them
 * cut in two; a deleted file; nothing in front of them but zeros. */
static unsigned char *
disk_make(void)
{
	unsigned char *disk = calloc(1, DISK_BYTES), *e;

	assert_non_null(disk);
	e = put_folder(disk, 5, 0);
	e = put_long(e, "Letters and plans", "LETTER~1   ", 0x10, 9, 0);
	e = put_short(e, "README  TXT", 0x20, 12, 300);
	e = put_folder(disk, 9, 5);
	e = put_long(e, "Plan for the next year.txt", "PLANFO~1TXT", 0x20, 20, 3000);
	e = put_long(e, "Gone with the format.txt", "GONEWI~1TXT", 0x20, 30, 1500);
	e[-32] = e[-64] = e[-96] = 0xe5;
	put_short(e, "SUB        ", 0x10, 14, 0);
	e = put_folder(disk, 14, 9);
	for (unsigned i = 0; e < cluster_at(disk, 15) - 32; i++) {
		char name[12];

		snprintf(name, sizeof(name), "FILE%04uTXT", i);
		e = put_short(e, name, 0x20, 40 + i, 10);
	}
	/* one part of two in the first cluster, the rest in the second */
	put_long(e, "A name cut in two.txt", "ANAMEC~1TXT", 0x20, 100, 77);
	memmove(cluster_at(disk, 17), cluster_at(disk, 15), 64);
	memset(cluster_at(disk, 15), 0, 64);
	put_short(cluster_at(disk, 17) + 64, "LAST    TXT", 0x20, 101, 5);
	memset(cluster_at(disk, 12), 'r', 300);
	memset(cluster_at(disk, 20), 'p', 3000);
	return disk;
}

static void
test_short_names(void **state)
{
	static const struct {
		const char *bytes;
		unsigned flags;
		bool is_deleted;
		const char *name;
	} rows[] = {
		{"README  TXT", 0, false, "README.TXT"},
		{"README  TXT", 0x18, false, "readme.txt"},
		{"README  TXT", 0x08, false, "readme.TXT"},
		{"\xe5""EADME  TXT", 0, true, "_EADME.TXT"},
		{"NOEXT      ", 0, false, "NOEXT"},
		{"A       B  ", 0x10, false, "A.b"},
		{"\x93\xfa\x96\x7b    TXT", 0, false, "\xe6\x97\xa5\xe6\x9c\xac.TXT"},
		{"CAF\x90    DOC", 0, false, "CAF\xc3\x89.DOC"},
		{"\x05\xaf      TXT", 0, false, "\xe8\xa9\xab.TXT"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_buf name;

		rmn_buf_init(&name, 0);
		rmn_fat_short_name((const unsigned char *)rows[i].bytes, rows[i].flags,
		    rows[i].is_deleted, &name);
		if (i != 8)	/* E5AF: any kanji, not U+FFFD */
			assert_string_equal(rmn_buf_string(&name), rows[i].name);
		else
			assert_null(strstr(rmn_buf_string(&name), "\xef\xbf\xbd"));
		rmn_buf_release(&name);
	}
}

static void
test_times(void **state)
{
	char text[RMN_TIME_TEXT_BYTES];

	(void)state;
	rmn_time_text(rmn_fat_time(30u << 9 | 3u << 5 | 1, 9u << 11 | 30u << 5 | 7, 0), text);
	assert_string_equal(text, "2010-03-01T09:30:14Z");
	rmn_time_text(rmn_fat_time(20u << 9 | 2u << 5 | 29, 0, 150), text);
	assert_string_equal(text, "2000-02-29T00:00:01Z");
	assert_true(rmn_fat_time(0, 0, 0) == RMN_TIME_UNKNOWN);
	assert_true(rmn_fat_time(13u << 5 | 1, 0, 0) == RMN_TIME_UNKNOWN);
}

static void
test_boot(void **state)
{
	unsigned char p[512] = {0xeb, 0x3c, 0x90};
	struct rmn_fat_volume v;

	(void)state;
	put16(p + 11, 512);
	p[13] = 4;
	put16(p + 14, 1);
	p[16] = 2;
	put16(p + 17, 512);
	put16(p + 19, 40000);
	put16(p + 22, 40);
	memcpy(p + 43, "HOLIDAY    ", 11);
	assert_true(rmn_fat_boot_read(p, 1 << 20, 1 << 30, &v));
	assert_int_equal(v.fat_bits, 16);
	assert_int_equal(v.grid.cluster_bytes, 2048);
	assert_int_equal(v.root_offset, (1 << 20) + 81 * 512);
	assert_int_equal(v.grid.base_byte, (1 << 20) + (81 + 32) * 512 - 4096);
	assert_string_equal(v.label, "HOLIDAY");
	assert_false(rmn_fat_boot_read(p, 1 << 20, 1 << 20, &v));
	p[13] = 0;
	assert_false(rmn_fat_boot_read(p, 1 << 20, 1 << 30, &v));
	p[13] = 4;
	put16(p + 22, 2);	/* a table too small for its clusters */
	assert_false(rmn_fat_boot_read(p, 1 << 20, 1 << 30, &v));
	memset(p, 0xff, sizeof(p));
	assert_false(rmn_fat_boot_read(p, 1 << 20, 1 << 30, &v));
}

static void
test_folders(void **state)
{
	static const struct {
		const char *path;
		uint64_t size_bytes;
		unsigned cluster;
		enum rmn_origin origin;
	} rows[] = {
		{"orphan-5/README.TXT", 300, 12, RMN_ORIGIN_RECORD},
		{"orphan-5/Letters and plans", 0, 0, RMN_ORIGIN_RECORD},
		{"orphan-5/Letters and plans/Plan for the next year.txt", 3000, 20,
		    RMN_ORIGIN_RECORD},
		{"orphan-5/Letters and plans/Gone with the format.txt", 1500, 30,
		    RMN_ORIGIN_DELETED},
		{"orphan-5/Letters and plans/SUB/FILE0000.TXT", 10, 40, RMN_ORIGIN_RECORD},
		{"orphan-5/Letters and plans/SUB/A name cut in two.txt", 77, 100,
		    RMN_ORIGIN_RECORD},
		{"orphan-5/Letters and plans/SUB/LAST.TXT", 5, 101, RMN_ORIGIN_RECORD},
	};
	unsigned char *disk = disk_make();
	struct lost lost;

	(void)state;
	lost_run(&lost, disk, DISK_BYTES, rmn_recover_fat);
	lost_check(&lost);
	assert_int_equal(lost.found.volume_count, 1);
	assert_int_equal(lost.found.volumes[0].block_bytes, CLUSTER);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rmn_found *file = lost_find(&lost, rows[i].path);

		if (!file)
			fail_msg("%s was not found", rows[i].path);
		assert_int_equal(file->size_bytes, rows[i].size_bytes);
		assert_int_equal(file->origin, rows[i].origin);
		if (rows[i].cluster) {
			assert_int_equal(file->extent_count, 1);
			assert_int_equal(file->extents[0].image_offset,
			    BASE + rows[i].cluster * CLUSTER);
			assert_int_equal(file->extents[0].length_bytes, rows[i].size_bytes);
		}
	}
	assert_true(lost_find(&lost, "orphan-5/README.TXT")->modified == 1267435800000000000);
	lost_release(&lost);
	free(disk);
}

/* One sub-folder, or many that say nothing consistent, is no volume. */
static void
test_no_volume(void **state)
{
	unsigned char *disk = calloc(1, DISK_BYTES);
	struct lost lost;

	(void)state;
	assert_non_null(disk);
	put_folder(disk, 5, 0);
	put_short(put_folder(disk, 60, 7) - 64, ".          ", 0x10, 4711, 0);
	lost_run(&lost, disk, DISK_BYTES, rmn_recover_fat);
	assert_int_equal(lost.found.volume_count, 0);
	assert_int_equal(lost.found.count, 0);
	lost_release(&lost);
	free(disk);
}

static void
test_damage(void **state)
{
	unsigned char *disk = disk_make();

	(void)state;
	lost_torture(disk, DISK_BYTES, rmn_recover_fat);
	free(disk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_names),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_boot),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_no_volume),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
