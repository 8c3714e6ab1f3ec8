/* SPDX-License-Identifier: MIT
 *
 * The run over a disk in memory: zips whole and in pieces, forward, backward and in turn; what is told is
 * exact, and nobody's blocks are told twice. */
#include <setjmp.h>
#include <stdarg.h>

#include "tests/unit/carve_zip.h"

#include <cmocka.h>

#define BLOCK ((size_t)4096)
#define BLOCKS ((size_t)600)
#define FILES_MAX 64u

struct found {
	uint64_t offset, size_bytes;
	enum rmn_proof proof;
	bool is_mended;
	size_t pieces;
	uint32_t crc;
	char extension[8];
};

struct world {
	unsigned char *data;
	struct rmn_disk *disk;
	struct rmn_sectors taken;
	unsigned char *told;		/* one byte a sector */
	struct found found[FILES_MAX];
	size_t count;
	struct rmn_carve_grid grid;
	bool has_grid;
	uint64_t reach_bytes;
};

static void
world_init(struct world *w)
{
	struct rmn_buf b;

	memset(w, 0, sizeof(*w));
	rmn_buf_init(&b, 0);
	noise_add(&b, BLOCKS * BLOCK, 77);
	w->data = b.data;
	w->told = calloc(BLOCKS * BLOCK / 512, 1);
	assert_non_null(w->told);
	assert_true(rmn_sectors_init(&w->taken, BLOCKS * BLOCK));
}

static void
world_release(struct world *w)
{
	free(w->data);
	free(w->told);
	rmn_sectors_release(&w->taken);
}

/* Lays a file on the disk: block k of it at places[k], or behind the one before when there are no more. */
static void
lay(struct world *w, const struct rmn_buf *file, const size_t *places, size_t count)
{
	size_t at = 0;

	for (size_t k = 0; k * BLOCK < file->size; k++) {
		size_t left = file->size - k * BLOCK;

		at = k < count ? places[k] : at + 1;
		assert_true(at < BLOCKS);
		memcpy(w->data + at * BLOCK, file->data + k * BLOCK, left < BLOCK ? left : BLOCK);
	}
}

static void
on_carved(void *context, const struct rmn_carved *c)
{
	struct world *w = context;
	struct found *f = &w->found[w->count++];
	uint64_t sum = 0;

	assert_true(w->count < FILES_MAX);
	*f = (struct found){.offset = c->extents[0].image_offset, .size_bytes = c->size_bytes,
	    .proof = c->proven.proof, .is_mended = c->is_mended, .pieces = c->extent_count};
	snprintf(f->extension, sizeof(f->extension), "%s", c->proven.extension ?
	    c->proven.extension : c->carver->extension);
	for (size_t i = 0; i < c->extent_count; i++) {
		const struct rmn_extent *e = &c->extents[i];

		f->crc = rmn_crc32(f->crc, w->data + e->image_offset, e->length_bytes);
		sum += e->length_bytes;
		for (uint64_t s = e->image_offset / 512;
		    s <= (e->image_offset + e->length_bytes - 1) / 512; s++) {
			assert_int_equal(w->told[s], 0);
			w->told[s] = 1;
		}
	}
	assert_int_equal(sum, c->size_bytes);
}

static void
run(struct world *w)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){w->data, BLOCKS * BLOCK});
	struct rmn_carve_head heads[256];
	struct rmn_carve_job job = {.taken = &w->taken, .heads = heads, .carved = on_carved,
	    .context = w, .grids = &w->grid, .grid_count = w->has_grid,
	    .reach_bytes = w->reach_bytes};

	for (uint64_t at = 0; at < BLOCKS * BLOCK; at += 512) {
		size_t carver = rmn_carver_find(w->data + at, 512);

		if (carver != SIZE_MAX && (strcmp(rmn_carvers[carver].name, "zip") == 0 ||
		    strcmp(rmn_carvers[carver].name, "7z") == 0))
			heads[job.head_count++] = (struct rmn_carve_head){at, (uint32_t)carver};
		assert_true(job.head_count < 256);
	}
	job.disk = rmn_disk_from_blob(&blob);
	assert_non_null(job.disk);
	assert_int_equal(rmn_carve_run(&job, NULL), RMN_OK);
	rmn_disk_free(job.disk);
}

/* The one of that place; it must have been found. */
static const struct found *
find(const struct world *w, size_t block)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->found[i].offset == block * BLOCK)
			return &w->found[i];
	fail_msg("nothing found at block %zu", block);
	return NULL;
}

static void
assert_whole(const struct world *w, size_t block, const struct rmn_buf *file, bool is_mended)
{
	const struct found *f = find(w, block);

	assert_int_equal(f->proof, RMN_PROOF_CHECKSUM);
	assert_int_equal(f->size_bytes, file->size);
	assert_int_equal(f->crc, rmn_crc32(0, file->data, file->size));
	assert_int_equal(f->is_mended, is_mended);
}

static void
docx_make(struct rmn_buf *b, size_t xml_bytes, size_t picture_bytes, bool is_stored, uint32_t seed)
{
	const struct zip_part parts[] = {
		{"[Content_Types].xml", .text = CONTENT_TYPES(TYPE_DOCX)},
		{"word/document.xml", KIND_XML, xml_bytes, .seed = seed},
		{"word/media/image1.png", KIND_PNG, picture_bytes, .seed = seed + 1,
		    .is_stored = is_stored},
		{"word/styles.xml", KIND_XML, 3000, .seed = seed + 2, .is_streamed = true},
	};

	rmn_buf_init(b, 0);
	zip_make(b, parts, sizeof(parts) / sizeof(parts[0]), "");
}

static void
test_whole_and_taken(void **state)
{
	const size_t at[] = {10}, other[] = {100};
	struct world w;
	struct rmn_buf a, b;

	(void)state;
	world_init(&w);
	docx_make(&a, 50000, 20000, true, 1);
	docx_make(&b, 50000, 20000, false, 11);
	lay(&w, &a, at, 1);
	lay(&w, &b, other, 1);
	/* The middle of the second belongs to somebody else. */
	rmn_sectors_add(&w.taken, 103 * BLOCK, 512);
	run(&w);
	assert_whole(&w, 10, &a, false);
	assert_string_equal(find(&w, 10)->extension, "docx");
	assert_int_equal(w.count, 2);
	assert_int_equal(find(&w, 100)->proof, RMN_PROOF_BROKEN);
	assert_true(find(&w, 100)->size_bytes <= 3 * BLOCK);
	rmn_buf_release(&a);
	rmn_buf_release(&b);
	world_release(&w);
}

/* Each layout is tried with every kind of content across the cuts. */
static void
test_pieces(void **state)
{
	static const struct {
		size_t places[40];
		size_t count;
	} layouts[] = {
		{{20, 21, 22, 60}, 4},					/* one gap */
		{{20, 21, 22, 60, 61, 62, 63, 64, 65, 30}, 10},		/* and back */
		{{200, 201, 202, 203, 204, 40}, 6},			/* backward */
		{{20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 64, 68, 72}, 14},	/* single blocks */
		{{20, 21, 30, 31, 40, 41, 50, 51, 60, 61, 70, 71, 80, 81, 90}, 15},
		{{20, 300}, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
		for (int stored = 0; stored < 2; stored++) {
			struct world w;
			struct rmn_buf a;

			world_init(&w);
			docx_make(&a, 90000, 30000, stored, 21);
			lay(&w, &a, layouts[i].places, layouts[i].count);
			run(&w);
			assert_whole(&w, layouts[i].places[0], &a, true);
			assert_int_equal(w.count, 1);
			rmn_buf_release(&a);
			world_release(&w);
		}
	}
}

/* Two files written in turn, and one behind them in the holes that are left. */
static void
test_in_turn(void **state)
{
	size_t first[40], second[40], third[40];
	struct rmn_buf a, b, c;
	struct world w;

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		first[i] = 10 + i / 2 * 5 + i % 2;
		second[i] = 12 + i / 2 * 5 + i % 2;
		third[i] = 14 + i * 5;
	}
	world_init(&w);
	docx_make(&a, 120000, 40000, true, 31);
	docx_make(&b, 120000, 40000, false, 41);
	docx_make(&c, 90000, 30000, true, 51);
	lay(&w, &a, first, 40);
	lay(&w, &b, second, 40);
	lay(&w, &c, third, 40);
	run(&w);
	assert_whole(&w, 10, &a, true);
	assert_whole(&w, 12, &b, true);
	assert_whole(&w, 14, &c, true);
	assert_int_equal(w.count, 3);
	rmn_buf_release(&a);
	rmn_buf_release(&b);
	rmn_buf_release(&c);
	world_release(&w);
}

static void
test_what_is_gone_stays_broken(void **state)
{
	const size_t places[] = {20, 21, 22, 23, 60};
	struct rmn_buf a;
	struct world w;
	const struct found *f;

	(void)state;
	world_init(&w);
	docx_make(&a, 90000, 30000, true, 61);
	lay(&w, &a, places, 5);
	memset(w.data + 61 * BLOCK, 0, BLOCK);
	run(&w);
	f = find(&w, 20);
	assert_int_equal(f->proof, RMN_PROOF_BROKEN);
	assert_true(f->size_bytes < a.size);
	rmn_buf_release(&a);
	world_release(&w);
}

static void
test_grids(void **state)
{
	static const struct {
		uint64_t start, length;
		bool is_found;
	} cases[] = {
		{0, BLOCKS * BLOCK, true},
		{512, BLOCKS * BLOCK, false},		/* no border of this grid */
		{512, 8 * BLOCK, true},			/* outside of it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t at[] = {10};
		struct rmn_buf a;
		struct world w;

		world_init(&w);
		docx_make(&a, 5000, 2000, true, 71);
		lay(&w, &a, at, 1);
		w.grid = (struct rmn_carve_grid){cases[i].start, cases[i].length, BLOCK};
		w.has_grid = true;
		run(&w);
		assert_int_equal(w.count, cases[i].is_found);
		rmn_buf_release(&a);
		world_release(&w);
	}
}

/* An archive of blocks * BLOCK bytes whose content has no checksum. */
static void
seven_zip_make(struct rmn_buf *b, size_t blocks)
{
	struct rmn_buf start;

	rmn_buf_init(b, 0);
	rmn_buf_init(&start, 0);
	rmn_buf_le64(&start, blocks * BLOCK - 32 - 100);
	rmn_buf_le64(&start, 100);
	noise_add(b, blocks * BLOCK, 81);
	rmn_buf_le32(&start, rmn_crc32(0, b->data + b->size - 100, 100));
	memcpy(b->data, "7z\xbc\xaf\x27\x1c\0\4", 8);
	memcpy(b->data + 12, start.data, start.size);
	rmn_buf_clear(&start);
	rmn_buf_le32(&start, rmn_crc32(0, b->data + 12, 20));
	memcpy(b->data + 8, start.data, 4);
	rmn_buf_release(&start);
}

/* Whole files at block borders inside a file without checksums: it is cut; elsewhere they are parts. */
static void
test_strangers(void **state)
{
	static const struct {
		size_t shift;
		bool is_cut;
	} cases[] = {{0, true}, {512, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t at[] = {10};
		struct rmn_buf outer, inner;
		struct world w;

		world_init(&w);
		seven_zip_make(&outer, 40);
		docx_make(&inner, 5000, 2000, true, 91);
		lay(&w, &outer, at, 1);
		memcpy(w.data + 15 * BLOCK + cases[i].shift, inner.data, inner.size);
		memcpy(w.data + 25 * BLOCK + cases[i].shift, inner.data, inner.size);
		w.grid = (struct rmn_carve_grid){0, BLOCKS * BLOCK, BLOCK};
		w.has_grid = true;
		run(&w);
		assert_int_equal(find(&w, 10)->proof, cases[i].is_cut ? RMN_PROOF_BROKEN :
		    RMN_PROOF_STRUCTURE);
		assert_int_equal(w.count, cases[i].is_cut ? 3 : 1);
		if (cases[i].is_cut)
			assert_whole(&w, 15, &inner, false);
		rmn_buf_release(&outer);
		rmn_buf_release(&inner);
		world_release(&w);
	}
}

/* Without a grid the places of the heads say where files begin; one that begins elsewhere comes last, but
 * it comes. */
static void
test_parts_wait(void **state)
{
	static const size_t places[] = {50, 51, 52, 80};
	const struct zip_part inside[] = {{"a.bin", KIND_NOISE, 6000, .seed = 101, .is_stored = true}};
	struct rmn_buf small, whole, part;
	struct world w;
	size_t hole;

	(void)state;
	world_init(&w);
	rmn_buf_init(&part, 0);
	zip_make(&part, inside, 1, "");
	docx_make(&small, 3000, 1000, true, 111);
	docx_make(&whole, 60000, 60000, true, 121);
	for (size_t i = 0; i < 12; i++) {
		const size_t at[] = {201 + 9 * i};

		lay(&w, &small, at, 1);
	}
	lay(&w, &whole, places, 4);
	hole = 60 * BLOCK + 512;
	memcpy(w.data + hole, part.data, part.size);
	run(&w);
	assert_whole(&w, 50, &whole, true);
	assert_int_equal(w.count, 14);
	rmn_buf_release(&part);
	rmn_buf_release(&small);
	rmn_buf_release(&whole);
	world_release(&w);
}

/* Sectors that all begin like a zip: bounded, and nothing is claimed for whole. */
static void
test_hostile_heads(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (size_t at = 0; at < 120; at++)
		memcpy(w.data + at * 512, "PK\3\4\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\xff\xff\0\0\xff\xff\xff\0"
		    "\x04\0\0\0name", 34);
	run(&w);
	for (size_t i = 0; i < w.count; i++)
		assert_int_equal(w.found[i].proof, RMN_PROOF_BROKEN);
	world_release(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_and_taken),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_in_turn),
		cmocka_unit_test(test_what_is_gone_stays_broken),
		cmocka_unit_test(test_grids),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_parts_wait),
		cmocka_unit_test(test_hostile_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
