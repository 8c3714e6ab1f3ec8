/* SPDX-License-Identifier: MIT
 *
 * PDFs made here: walked to their exact end in every shape they have (tables, streams, increments,
 * linearised), put together from pieces, and never put together from pieces of another. */
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#define BLOCK 4096u
#define DISK_BLOCKS 256u
#define DISK_BYTES ((size_t)DISK_BLOCKS * BLOCK)
#define OBJECTS_MAX 64

struct maker {
	struct rmn_buf b;
	size_t at[OBJECTS_MAX];		/* of each object; 0: none */
	int count;
	uint32_t seed;
	const char *line;		/* line end */
};

static uint32_t
next(struct maker *m)
{
	m->seed = m->seed * 1664525 + 1013904223;
	return m->seed >> 16;
}

static void
maker_init(struct maker *m, uint32_t seed)
{
	*m = (struct maker){.seed = seed, .count = 1, .line = "\n"};
	rmn_buf_init(&m->b, 0);
	rmn_buf_append_string(&m->b, "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n");
}

static void
object(struct maker *m, int number, const char *body)
{
	m->at[number] = m->b.size;
	if (number >= m->count)
		m->count = number + 1;
	rmn_buf_printf(&m->b, "%d 0 obj%s%s%sendobj%s", number, m->line, body, m->line, m->line);
}

/* Words of a page that deflate well, but not too well. */
static void
stream(struct maker *m, int number, size_t size)
{
	unsigned char *plain = malloc(size), *packed = malloc(size + 1024);
	unsigned long packed_size = size + 1024;

	assert_true(plain && packed);
	for (size_t i = 0; i < size; i++)
		plain[i] = (unsigned char)('a' + next(m) % 19);
	assert_int_equal(compress2(packed, &packed_size, plain, size, 9), Z_OK);
	m->at[number] = m->b.size;
	if (number >= m->count)
		m->count = number + 1;
	rmn_buf_printf(&m->b, "%d 0 obj%s<</Length %lu/Filter/FlateDecode>>%sstream\n", number,
	    m->line, packed_size, m->line);
	rmn_buf_append_data(&m->b, packed, packed_size);
	rmn_buf_printf(&m->b, "\nendstream%sendobj%s", m->line, m->line);
	free(plain);
	free(packed);
}

/* The table of objects from..to; returns where it stands. */
static size_t
table(struct maker *m, int from, int to, const char *trailer)
{
	size_t at = m->b.size;

	rmn_buf_printf(&m->b, "xref%s%d %d%s", m->line, from, to - from, m->line);
	for (int i = from; i < to; i++)
		rmn_buf_printf(&m->b, i ? "%010zu 00000 n \n" : "%010zu 65535 f \n", m->at[i]);
	rmn_buf_printf(&m->b, "trailer%s<</Size %d/Root 1 0 R%s>>%s", m->line, m->count, trailer,
	    m->line);
	return at;
}

static void
end(struct maker *m, size_t xref, const char *line)
{
	rmn_buf_printf(&m->b, "startxref%s%zu%s%%%%EOF%s", m->line, xref, m->line, line);
}

/* A file with streams of these sizes. */
static void
make_plain(struct maker *m, uint32_t seed, const size_t *sizes, size_t count, const char *line)
{
	maker_init(m, seed);
	object(m, 1, "<</Type/Catalog/Pages 2 0 R>>");
	object(m, 2, "<</Type/Pages/Kids[3 0 R]/Count 1/Note(a \\) b (c) %%EOF)>>");
	object(m, 3, "<</Type/Page/Parent 2 0 R/ID<48 656c>/W true>>");
	for (size_t i = 0; i < count; i++)
		stream(m, 4 + (int)i, sizes[i]);
	end(m, table(m, 0, m->count, ""), line);
}

static const size_t some[] = {900, 3000, 20000, 500};

static void
make_increments(struct maker *m)
{
	char trailer[64];
	size_t xref;

	maker_init(m, 3);
	object(m, 1, "<</Type/Catalog/Pages 2 0 R>>");
	stream(m, 2, 4000);
	xref = table(m, 0, 3, "");
	end(m, xref, "\r\n");
	object(m, 2, "<</Changed true>>");
	object(m, 3, "[1 0 R]");
	snprintf(trailer, sizeof(trailer), "/Prev %zu", xref);
	end(m, table(m, 2, 4, trailer), "\n");
}

/* A table in front that names the one behind, and an end that is none. */
static void
make_linearised(struct maker *m)
{
	char body[96];
	size_t front, back, total = 0;

	for (int pass = 0; pass < 2; pass++) {
		struct maker again;

		maker_init(&again, 7);
		snprintf(body, sizeof(body), "<</Linearized 1/L %06zu/H[1 2]/N 1>>", total);
		object(&again, 4, body);
		front = again.b.size;
		again.at[5] = pass ? m->at[5] : 0;
		snprintf(body, sizeof(body), "/Prev %06zu", pass ? m->at[0] : 0);
		again.count = 6;
		table(&again, 4, 6, body);
		rmn_buf_append_string(&again.b, "startxref\n0\n%%EOF\n");
		stream(&again, 5, 3000);
		object(&again, 1, "<</Type/Catalog>>");
		stream(&again, 2, 5000);
		object(&again, 3, "null");
		again.at[0] = 0;
		back = table(&again, 0, 4, "");
		end(&again, front, "\n");
		again.at[0] = back;
		total = again.b.size;
		if (pass)
			rmn_buf_release(&m->b);
		*m = again;
	}
}

/* A cross-reference stream, predicted as all writers do. */
static void
make_xref_stream(struct maker *m)
{
	unsigned char rows[16 * 5], packed[256], above[4] = {0};
	unsigned long packed_size = sizeof(packed);
	size_t xref;

	maker_init(m, 9);
	object(m, 1, "<</Type/Catalog>>");
	stream(m, 2, 6000);
	object(m, 3, "(\\(\\)()\\\\)");
	xref = m->b.size;
	m->at[4] = xref;
	for (size_t i = 0; i < 5; i++) {
		unsigned char row[4] = {i > 0, (unsigned char)(m->at[i] >> 8),
		    (unsigned char)m->at[i], 0};

		rows[i * 5] = 2;
		for (size_t k = 0; k < 4; k++)
			rows[i * 5 + 1 + k] = (unsigned char)(row[k] - above[k]);
		memcpy(above, row, 4);
	}
	assert_int_equal(compress2(packed, &packed_size, rows, 25, 9), Z_OK);
	rmn_buf_printf(&m->b, "4 0 obj\n<</Type/XRef/Size 5/W[1 2 1]/Filter/FlateDecode"
	    "/DecodeParms<</Predictor 12/Columns 4>>/Root 1 0 R/Length %lu>>stream\r\n",
	    packed_size);
	rmn_buf_append_data(&m->b, packed, packed_size);
	rmn_buf_append_string(&m->b, "\r\nendstream\nendobj\n");
	end(m, xref, "");
}

static const struct rmn_carver *
prove(const unsigned char *bytes, size_t size, bool is_open, struct rmn_proven *proven)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){bytes, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	const struct rmn_extent whole = {0, size};
	const struct rmn_carver *carver;
	struct rmn_carve_tools tools;
	struct rmn_view view;

	assert_non_null(disk);
	assert_true(is_open ? rmn_view_open(&view, disk, 0) :
	    rmn_view_of_extents(&view, disk, &whole, 1, size));
	rmn_carve_tools_init(&tools);
	tools.work_limit = 64 << 20;
	rmn_carve_prove(&view, &tools, proven, &carver);
	if (proven->proof == RMN_PROOF_BROKEN)
		assert_true(proven->good_bytes <= size && proven->good_bytes <= proven->broken_at);
	else if (proven->proof != RMN_PROOF_NONE)
		assert_in_range(proven->length_bytes, 1, size);
	rmn_carve_tools_release(&tools);
	rmn_view_release(&view);
	rmn_disk_free(disk);
	return carver;
}

/* With nothing behind, with zeros and with the start of another file. */
static void
check_end(struct maker *m, enum rmn_proof proof)
{
	static const char other[] = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\n";
	size_t size = m->b.size;

	for (int behind = 0; behind < 3; behind++) {
		struct rmn_proven proven;

		m->b.size = size;
		for (size_t i = 0; behind == 1 && i < 3 * BLOCK; i++)
			rmn_buf_append_char(&m->b, '\0');
		if (behind == 2)
			rmn_buf_append_data(&m->b, other, sizeof(other) - 1);
		assert_non_null(prove(m->b.data, m->b.size, true, &proven));
		assert_int_equal(proven.proof, proof);
		assert_int_equal(proven.length_bytes, size);
	}
	rmn_buf_release(&m->b);
}

static void
test_finds_exact_ends(void **state)
{
	static const char *const lines[] = {"\n", "\r\n", "\r", ""};
	struct maker m;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		make_plain(&m, 5, some, 4, lines[i]);
		check_end(&m, RMN_PROOF_CHECKSUM);
	}
	make_increments(&m);
	check_end(&m, RMN_PROOF_CHECKSUM);
	make_linearised(&m);
	check_end(&m, RMN_PROOF_CHECKSUM);
	make_xref_stream(&m);
	check_end(&m, RMN_PROOF_CHECKSUM);
	make_plain(&m, 5, NULL, 0, "\n");
	check_end(&m, RMN_PROOF_STRUCTURE);
}

static void
test_survives_cuts_and_flips(void **state)
{
	void (*const makes[])(struct maker *m) = {make_increments, make_linearised,
	    make_xref_stream};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rmn_proven proven;
		struct maker m;

		makes[i](&m);
		for (size_t cut = 1; cut + 8 < m.b.size; cut += cut < 400 ||
		    cut + 600 > m.b.size ? 1 : 131) {
			prove(m.b.data, cut, true, &proven);
			/* The first revision of an increment is whole. */
			if (i != 0)
				assert_true(proven.proof < RMN_PROOF_STRUCTURE);
			prove(m.b.data, cut, false, &proven);
		}
		for (size_t at = 0; at < m.b.size; at += at < 400 || at + 600 > m.b.size ? 1 : 37) {
			unsigned char kept = m.b.data[at];

			m.b.data[at] = (unsigned char)~kept;
			prove(m.b.data, m.b.size, true, &proven);
			m.b.data[at] = 0;
			prove(m.b.data, m.b.size, true, &proven);
			m.b.data[at] = kept;
		}
		rmn_buf_release(&m.b);
	}
}

/* A gap of foreign blocks is no part of the file, whatever its length. */
static void
test_gap_breaks_the_walk(void **state)
{
	unsigned char *disk = calloc(1, DISK_BYTES);
	struct rmn_proven proven;
	struct maker m;

	(void)state;
	assert_non_null(disk);
	make_plain(&m, 5, some, 4, "\n");
	memcpy(disk, m.b.data, 2 * BLOCK);
	memcpy(disk + 3 * BLOCK, m.b.data + 2 * BLOCK, m.b.size - 2 * BLOCK);
	prove(disk, DISK_BYTES, true, &proven);
	assert_int_equal(proven.proof, RMN_PROOF_BROKEN);
	assert_in_range(proven.good_bytes, 1, 2 * BLOCK);
	assert_true(proven.broken_at >= 2 * BLOCK);
	rmn_buf_release(&m.b);
	free(disk);
}

/* Mends.  Blocks of the file go to places of a noisy disk. */

struct mended {
	bool is_mended, is_equal;
	struct rmn_proven proven;
};

static void
place(unsigned char *disk, const struct maker *m, const uint8_t *blocks)
{
	for (size_t at = 0; at < m->b.size; at += BLOCK) {
		size_t part = m->b.size - at < BLOCK ? m->b.size - at : BLOCK;

		memcpy(disk + (size_t)blocks[at / BLOCK] * BLOCK, m->b.data + at, part);
	}
}

static struct mended
mend(unsigned char *bytes, const struct maker *m, size_t first, int taken_block)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){bytes, DISK_BYTES});
	struct mended result = {.is_equal = true};
	struct rmn_carve_tools tools;
	struct rmn_sectors taken;
	struct rmn_view view;
	struct rmn_mender mender = {.block_bytes = BLOCK, .reach_bytes = DISK_BYTES,
	    .tools = &tools, .taken = &taken};

	mender.disk = rmn_disk_from_blob(&blob);
	assert_non_null(mender.disk);
	assert_true(rmn_sectors_init(&taken, DISK_BYTES));
	if (taken_block >= 0)
		rmn_sectors_add(&taken, (uint64_t)taken_block * BLOCK, 1);
	rmn_carve_tools_init(&tools);
	tools.work_limit = 512 << 20;
	assert_true(rmn_view_open(&view, mender.disk, first * BLOCK));
	result.is_mended = rmn_mend_pdf(&mender, &view, &result.proven);
	for (size_t at = 0; at < m->b.size && result.is_mended; at += 512) {
		size_t part = m->b.size - at < 512 ? m->b.size - at : 512;
		unsigned char got[512];

		result.is_equal &= rmn_view_read(&view, at, got, part) == part &&
		    memcmp(got, m->b.data + at, part) == 0;
	}
	rmn_view_release(&view);
	rmn_carve_tools_release(&tools);
	rmn_sectors_release(&taken);
	rmn_disk_free(mender.disk);
	return result;
}

static unsigned char *
noisy_disk(uint32_t seed)
{
	unsigned char *disk = malloc(DISK_BYTES);
	struct maker m = {.seed = seed};

	assert_non_null(disk);
	for (size_t i = 0; i < DISK_BYTES; i++)
		disk[i] = (unsigned char)next(&m);
	return disk;
}

static void
test_mends_pieces(void **state)
{
	static const size_t sizes[] = {2000, 9000, 700, 30000, 400, 12000, 900};
	/* One gap, one backwards, many, and single blocks backwards. */
	static const uint8_t layouts[][16] = {
		{10, 11, 12, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27},
		{40, 41, 42, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32},
		{50, 51, 60, 61, 70, 71, 80, 81, 90, 91, 100, 101, 110, 111, 120, 121},
		{200, 202, 204, 206, 208, 210, 212, 190, 188, 186, 184, 182, 180, 178, 176, 174},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		unsigned char *disk = noisy_disk(77 + (uint32_t)i);
		struct mended result;
		struct maker m;

		make_plain(&m, 11, sizes, 7, "\n");
		assert_in_range(m.b.size, 8 * BLOCK, 16 * BLOCK);
		place(disk, &m, layouts[i]);
		result = mend(disk, &m, layouts[i][0], -1);
		assert_true(result.is_mended);
		assert_true(result.is_equal);
		assert_int_equal(result.proven.proof, RMN_PROOF_CHECKSUM);
		assert_int_equal(result.proven.length_bytes, m.b.size);
		/* A block that somebody else has is not taken. */
		result = mend(disk, &m, layouts[i][0], layouts[i][5]);
		assert_false(result.is_mended);
		rmn_buf_release(&m.b);
		free(disk);
	}
}

/* Another file by the same writer, whose tables and first objects look the same. */
static void
test_takes_no_other_files_pieces(void **state)
{
	static const size_t sizes[] = {2000, 9000, 700, 20000, 9000};
	static const uint8_t mine[] = {10, 11, 12, 13, 14, 15, 16, 17}, others[] = {30, 31, 32, 33,
	    36, 37, 38, 39};

	(void)state;
	for (uint32_t seed = 1; seed < 6; seed++) {
		unsigned char *disk = noisy_disk(seed);
		struct maker m, other;
		struct mended result;

		make_plain(&m, seed, sizes, 5, "\n");
		make_plain(&other, seed + 1000, sizes, 5, "\n");
		place(disk, &m, mine);
		place(disk, &other, others);
		/* The end of mine is gone. */
		for (size_t i = 13 * BLOCK; i < 20 * BLOCK; i++)
			disk[i] = (unsigned char)(i * seed >> 3);
		result = mend(disk, &m, mine[0], -1);
		assert_false(result.is_mended);
		result = mend(disk, &other, others[0], -1);
		assert_true(result.is_mended);
		assert_true(result.is_equal);
		rmn_buf_release(&m.b);
		rmn_buf_release(&other.b);
		free(disk);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_exact_ends),
		cmocka_unit_test(test_survives_cuts_and_flips),
		cmocka_unit_test(test_gap_breaks_the_walk),
		cmocka_unit_test(test_mends_pieces),
		cmocka_unit_test(test_takes_no_other_files_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
