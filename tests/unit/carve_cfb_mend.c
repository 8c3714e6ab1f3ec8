/* SPDX-License-Identifier: MIT
 *
 * Fragmented compound files: what is put together is right in every byte, or it is not claimed. */
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/carve_cfb.h"

#define BLOCK 4096u
#define DISK_BYTES (2 * MADE_BYTES_MAX)

static struct made made;
static unsigned char *disk_bytes, *stream_bytes, *got_bytes;

struct lab {
	struct rmn_blob blob;
	struct rmn_disk *disk;
	struct rmn_sectors taken;
	struct rmn_carve_tools tools;
	struct rmn_view view;
	struct rmn_proven proven;
};

static int
set_up(void **state)
{
	(void)state;
	made.bytes = malloc(MADE_BYTES_MAX);
	disk_bytes = malloc(DISK_BYTES);
	stream_bytes = malloc(MADE_BYTES_MAX);
	got_bytes = malloc(MADE_BYTES_MAX);
	return made.bytes && disk_bytes && stream_bytes && got_bytes ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	free(made.bytes);
	free(disk_bytes);
	free(stream_bytes);
	free(got_bytes);
	return 0;
}

static void
make_book(size_t size, int fat_is_first)
{
	unsigned char summary[200] = {0xFE, 0xFF};
	struct made_stream streams[] = {
		{"Workbook", stream_bytes, size}, {"\005SummaryInformation", summary, 200}};

	made_le32(summary + 44, 48);
	made_le32(summary + 48, 100);
	made_workbook(stream_bytes, size);
	made_build(&made, streams, 2, (uint32_t)(size / 512 / 120 + 1), fat_is_first);
}

/* A file whose streams nobody knows. */
static void
make_opaque(size_t size)
{
	struct made_stream streams[] = {{"Unheard", stream_bytes, size}};

	made_noise(stream_bytes, size, 99);
	made_build(&made, streams, 1, (uint32_t)(size / 512 / 120 + 1), 0);
}

/* The file from block 4 of the disk on, with count foreign blocks after the first cut blocks. */
static void
lab_init(struct lab *lab, size_t cut, size_t foreign, bool is_taken)
{
	size_t start = 4 * BLOCK;

	made_noise(disk_bytes, made.size + (foreign + 16) * BLOCK, 5);
	memcpy(disk_bytes + start, made.bytes, cut * BLOCK);
	memcpy(disk_bytes + start + (cut + foreign) * BLOCK, made.bytes + cut * BLOCK,
	    made.size - cut * BLOCK);
	lab->blob = rmn_blob_from_bytes((struct rmn_bytes){disk_bytes,
	    made.size / BLOCK * BLOCK + (foreign + 16) * BLOCK});
	lab->disk = rmn_disk_from_blob(&lab->blob);
	assert_non_null(lab->disk);
	assert_true(rmn_sectors_init(&lab->taken, lab->blob.size_bytes));
	if (is_taken)
		rmn_sectors_add(&lab->taken, start + cut * BLOCK, foreign * BLOCK);
	rmn_carve_tools_init(&lab->tools);
	assert_true(rmn_view_open(&lab->view, lab->disk, start));
}

static void
lab_release(struct lab *lab)
{
	rmn_view_release(&lab->view);
	rmn_carve_tools_release(&lab->tools);
	rmn_sectors_release(&lab->taken);
	rmn_disk_free(lab->disk);
}

/* True when the file was put together, and right. */
static bool
lab_mend(struct lab *lab)
{
	const struct rmn_mender m = {.disk = lab->disk, .tools = &lab->tools, .taken = &lab->taken,
	    .block_bytes = BLOCK, .reach_bytes = 1 << 20};

	rmn_walk_cfb(&lab->view, &lab->tools, &lab->proven);
	if (!rmn_mend_cfb(&m, &lab->view, &lab->proven)) {
		assert_int_equal(lab->view.count, 1);
		return false;
	}
	assert_int_equal(lab->proven.proof, RMN_PROOF_STRUCTURE);
	assert_int_equal(lab->proven.length_bytes, made.size);
	assert_int_equal(rmn_view_read(&lab->view, 0, got_bytes, made.size), made.size);
	assert_memory_equal(got_bytes, made.bytes, made.size);
	return true;
}

static unsigned
cuts_mended(size_t foreign, bool is_taken, unsigned *tried)
{
	unsigned mended = 0;

	*tried = 0;
	for (size_t cut = 1; cut * BLOCK < made.size; cut++) {
		struct lab lab;

		lab_init(&lab, cut, foreign, is_taken);
		mended += lab_mend(&lab);
		(*tried)++;
		lab_release(&lab);
	}
	return mended;
}

/* Free noise in a workbook: its records show where it is. */
static void
test_workbook_in_noise(void **state)
{
	unsigned tried, mended;

	(void)state;
	for (int fat_is_first = 0; fat_is_first < 2; fat_is_first++) {
		make_book(150000, fat_is_first);
		mended = cuts_mended(9, false, &tried);
		assert_true(mended >= tried - 3);
	}
}

/* Somebody has exactly the blocks between: then no stream needs to be known. */
static void
test_taken_between(void **state)
{
	unsigned tried, mended;

	(void)state;
	make_opaque(150000);
	mended = cuts_mended(7, true, &tried);
	assert_true(mended >= tried - 1);
}

/* Noise in noise: nothing says where, so nothing is claimed. */
static void
test_nothing_to_go_by(void **state)
{
	unsigned tried, mended;

	(void)state;
	make_opaque(150000);
	mended = cuts_mended(7, false, &tried);
	/* the cuts at the borders of directory and FAT are plain */
	assert_true(mended <= 2);
}

static void
test_work_is_bounded(void **state)
{
	struct lab lab;

	(void)state;
	make_book(150000, 0);
	lab_init(&lab, 9, 12, false);
	lab.tools.work_limit = 40000;
	assert_false(lab_mend(&lab));
	assert_true(lab.tools.work < 200000);
	lab_release(&lab);
}

/* Damaged in any place: no crash, and never a false claim of the right length. */
static void
test_damage(void **state)
{
	struct lab lab;

	(void)state;
	make_book(60000, 0);
	for (uint32_t seed = 0; seed < 300; seed++) {
		uint32_t s = seed;
		size_t at;

		lab_init(&lab, 3 + seed % 9, 1 + seed % 17, seed % 2);
		for (unsigned i = 0; i < 64; i++) {
			at = (made_random(&s) << 16 | made_random(&s) << 8 | made_random(&s)) %
			    (made.size - 512) + 4 * BLOCK + 512;
			disk_bytes[at] = (unsigned char)made_random(&s);
		}
		rmn_walk_cfb(&lab.view, &lab.tools, &lab.proven);
		lab.tools.work_limit = lab.tools.work + (64 << 20);
		rmn_mend_cfb(&(struct rmn_mender){.disk = lab.disk, .tools = &lab.tools,
		    .taken = &lab.taken, .block_bytes = BLOCK, .reach_bytes = 1 << 20}, &lab.view,
		    &lab.proven);
		lab_release(&lab);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_workbook_in_noise),
		cmocka_unit_test(test_taken_between),
		cmocka_unit_test(test_nothing_to_go_by),
		cmocka_unit_test(test_work_is_bounded),
		cmocka_unit_test(test_damage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("carve_cfb_mend", tests, set_up, tear_down);
}
