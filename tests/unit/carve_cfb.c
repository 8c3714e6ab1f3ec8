/* SPDX-License-Identifier: MIT
 *
 * Compound files: how long they are, what they are, and where they break. */
#include "base/number.h"
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/carve_cfb.h"

#define DISK_BYTES (MADE_BYTES_MAX + 65536)

static struct made made;
static unsigned char *disk_bytes, *stream_bytes;

static int
set_up(void **state)
{
	(void)state;
	made.bytes = malloc(MADE_BYTES_MAX);
	disk_bytes = malloc(DISK_BYTES);
	stream_bytes = malloc(MADE_BYTES_MAX);
	return made.bytes && disk_bytes && stream_bytes ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	free(made.bytes);
	free(disk_bytes);
	free(stream_bytes);
	return 0;
}

static struct rmn_proven
walk(const unsigned char *bytes, size_t size, uint64_t closed_size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){bytes, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	const struct rmn_extent whole = {0, closed_size};
	struct rmn_carve_tools tools;
	struct rmn_proven proven;
	struct rmn_view view;

	assert_non_null(disk);
	if (closed_size)
		assert_true(rmn_view_of_extents(&view, disk, &whole, 1, closed_size));
	else
		assert_true(rmn_view_open(&view, disk, 0));
	rmn_carve_tools_init(&tools);
	rmn_walk_cfb(&view, &tools, &proven);
	rmn_carve_tools_release(&tools);
	rmn_view_release(&view);
	rmn_disk_free(disk);
	return proven;
}

static void
make_book(size_t size, int fat_is_first)
{
	unsigned char summary[200] = {0xFE, 0xFF};
	struct made_stream streams[] = {
		{"Workbook", stream_bytes, size}, {"\005SummaryInformation", summary, 200},
		{"Ctls", stream_bytes, 70}};

	made_le32(summary + 44, 48);
	made_le32(summary + 48, 100);
	made_workbook(stream_bytes, size);
	made_build(&made, streams, 3, (uint32_t)(size / 512 / 120 + 1), fat_is_first);
}

static void
test_types(void **state)
{
	static const struct {
		const char *stream, *extension;
	} rows[] = {
		{"WordDocument", "doc"}, {"Workbook", "xls"}, {"Book", "xls"},
		{"PowerPoint Document", "ppt"}, {"__properties_version1.0", "msg"},
		{"VisioDocument", "vsd"}, {"DocumentText", "jtd"}, {"   114", "mpp"},
		{"Quill", "pub"}, {"Unheard", NULL},
	};

	(void)state;
	made_noise(stream_bytes, 9000, 3);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made_stream streams[] = {{rows[i].stream, stream_bytes, 9000},
		    {"Other", stream_bytes, 60}};
		struct rmn_proven p;

		made_build(&made, streams, 2, 1, 0);
		memcpy(disk_bytes, made.bytes, made.size);
		made_noise(disk_bytes + made.size, 4096, 5);
		p = walk(disk_bytes, made.size + 4096, 0);
		assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
		assert_int_equal(p.length_bytes, made.size);
		if (rows[i].extension)
			assert_string_equal(p.extension, rows[i].extension);
		else
			assert_null(p.extension);
	}
}

static void
test_lengths(void **state)
{
	struct rmn_proven p;

	(void)state;
	make_book(100000, 1);
	assert_int_equal(walk(made.bytes, made.size, 0).length_bytes, made.size);
	p = walk(made.bytes, made.size, made.size - 4);
	assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
	assert_int_equal(p.length_bytes, made.size - 4);
	p = walk(made.bytes, made.size, made.size - 1000);
	assert_int_equal(p.proof, RMN_PROOF_BROKEN);
}

/* Every cut is seen, with the cut between what is good and what is broken; the streams' own records
 * show what the FAT in front does not. */
static void
test_a_fat_filled_with_ends(void **state)
{
	struct rmn_proven p;

	(void)state;
	for (int fat_is_first = 0; fat_is_first < 2; fat_is_first++) {
		unsigned char *fat;
		uint32_t places;

		make_book(9000, fat_is_first);
		places = rmn_le32(made.bytes + 76);
		fat = made_sector(&made, places);
		assert_true(made.sectors < 126);
		for (uint32_t i = made.sectors; i < 128; i++)
			made_le32(fat + 4 * i, 0xFFFFFFFE);
		memcpy(disk_bytes, made.bytes, made.size);
		made_noise(disk_bytes + made.size, 4096, 5);
		p = walk(disk_bytes, made.size + 4096, 0);
		assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
		assert_int_equal(p.length_bytes, made.size);
		p = walk(made.bytes, made.size, made.size);
		assert_int_equal(p.proof, RMN_PROOF_STRUCTURE);
	}
}

static void
test_foreign_blocks(void **state)
{
	(void)state;
	for (int fat_is_first = 0; fat_is_first < 2; fat_is_first++) {
		make_book(100000, fat_is_first);
		for (size_t cut = 4096; cut + 4096 < made.size; cut += 4096) {
			struct rmn_proven p;

			memcpy(disk_bytes, made.bytes, cut);
			made_noise(disk_bytes + cut, 8192, (uint32_t)cut);
			memcpy(disk_bytes + cut + 8192, made.bytes + cut, made.size - cut);
			p = walk(disk_bytes, made.size + 8192, 0);
			assert_int_equal(p.proof, RMN_PROOF_BROKEN);
			assert_true(p.good_bytes < p.broken_at);
			assert_true(p.good_bytes < cut + 1);
			assert_true(cut <= p.broken_at + 4095);
		}
	}
}

static void
test_every_damage(void **state)
{
	(void)state;
	make_book(20000, 0);
	for (size_t size = 0; size < made.size; size += size < 600 ? 1 : 97)
		assert_true(walk(made.bytes, size, 0).proof < RMN_PROOF_STRUCTURE);
	for (size_t at = 0; at < made.size; at += at < 600 ? 1 : 11) {
		unsigned char was = made.bytes[at];

		for (unsigned flip = 1; flip < 256; flip = flip * 4 + 3) {
			made.bytes[at] = (unsigned char)(was ^ flip);
			walk(made.bytes, made.size, 0);
		}
		made.bytes[at] = was;
	}
	for (uint32_t sector = 0; sector < made.sectors; sector++) {
		unsigned char was[512];

		memcpy(was, made_sector(&made, sector), 512);
		made_noise(made_sector(&made, sector), 512, sector);
		walk(made.bytes, made.size, 0);
		memcpy(made_sector(&made, sector), was, 512);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_a_fat_filled_with_ends),
		cmocka_unit_test(test_foreign_blocks),
		cmocka_unit_test(test_every_damage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("carve_cfb", tests, set_up, tear_down);
}
