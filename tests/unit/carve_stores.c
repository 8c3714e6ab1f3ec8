/* SPDX-License-Identifier: MIT
 *
 * Stores and system files: made here in the smallest honest form; walked whole, cut, damaged; and those
 * that prove their parts put together again. */
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unpack/checksum.h"

#define ROOM (1u << 20)

struct made {
	unsigned char *p;
	size_t size;
};

static void
le(unsigned char *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (unsigned char)(value >> (8 * i));
}

static void
be(unsigned char *p, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		p[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
}

static void
noise(unsigned char *p, size_t size, uint32_t seed)
{
	for (size_t i = 0; i < size; i++) {
		seed = seed * 1664525u + 1013904223u;
		p[i] = (unsigned char)(seed >> 24);
	}
}

/* [MS-PST]: an allocation map, one page each of nodes and blocks, blocks all over the file. */
static uint32_t
pst_crc(const unsigned char *p, size_t size)
{
	return ~rmn_crc32(0xFFFFFFFF, p, size);
}

static void
pst_page(unsigned char *page, unsigned type, uint64_t id)
{
	page[496] = page[497] = (unsigned char)type;
	le(page + 500, pst_crc(page, 496), 4);
	le(page + 504, id, 8);
}

static void
pst_make(struct made *m)
{
	unsigned char *nodes = m->p + 0x4600, *blocks = m->p + 0x4800;

	m->size = 0x4400 + 0x20000;
	memset(m->p, 0, m->size);
	pst_page(m->p + 0x4400, 0x84, 0x4400);
	for (unsigned i = 0; i < 20; i++) {
		uint64_t at = 0x4A00 + i * 0x1880, id = 0x100 + i * 4;
		unsigned char *b = m->p + at, *entry = blocks + i * 24;

		noise(b, 6000, i);
		le(b + 6016 - 16, 6000, 2);
		le(b + 6016 - 12, pst_crc(b, 6000), 4);
		le(b + 6016 - 8, id, 8);
		le(entry, id, 8);
		le(entry + 8, at, 8);
		le(entry + 16, 6000, 2);
	}
	blocks[488] = 20;
	blocks[490] = 24;
	pst_page(blocks, 0x80, 0x22);
	nodes[490] = 32;
	pst_page(nodes, 0x81, 0x24);
	memcpy(m->p, "!BDN", 4);
	memcpy(m->p + 8, "SM", 2);
	le(m->p + 10, 23, 2);
	le(m->p + 0xB8, m->size, 8);
	le(m->p + 216, 0x24, 8);
	le(m->p + 224, 0x4600, 8);
	le(m->p + 232, 0x22, 8);
	le(m->p + 240, 0x4800, 8);
	le(m->p + 4, pst_crc(m->p + 8, 471), 4);
	le(m->p + 524, pst_crc(m->p + 8, 516), 4);
}

static void
evtx_make(struct made *m)
{
	m->size = 4096 + 2 * 65536;
	noise(m->p, m->size, 1);
	memset(m->p, 0, 4096);
	memcpy(m->p, "ElfFile", 8);
	le(m->p + 40, 4096, 2);
	le(m->p + 42, 2, 2);
	le(m->p + 124, rmn_crc32(0, m->p, 120), 4);
	for (unsigned i = 0; i < 2; i++) {
		unsigned char *c = m->p + 4096 + i * 65536;

		memcpy(c, "ElfChnk", 8);
		le(c + 48, 60000, 4);
		le(c + 52, rmn_crc32(0, c + 512, 60000 - 512), 4);
		le(c + 124, rmn_crc32(rmn_crc32(0, c, 120), c + 128, 384), 4);
	}
}

static void
lnk_make(struct made *m)
{
	static const unsigned char class[16] = {1, 0x14, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
	unsigned char *p = m->p;

	memset(p, 0, 256);
	p[0] = 76;
	memcpy(p + 4, class, 16);
	p[20] = 1 | 4 | 128;		/* item list, name, Unicode */
	p += 76;
	p[0] = 6;			/* one item of 4 bytes, the end */
	p[2] = 4;
	p += 8;
	p[0] = 3;			/* a name of 3 */
	p += 2 + 6;
	le(p, 12, 4);
	le(p + 4, 0xA0000003, 4);
	p += 12;
	m->size = (size_t)(p + 4 - m->p);
}

static void
plist_make(struct made *m)
{
	static const unsigned char objects[] = {0xD1, 1, 2, 0x54, 'N', 'a', 'm', 'e', 0x54, 'P', 'a',
	    't', 'h', 8, 11, 16};
	unsigned char *trailer = m->p + 8 + sizeof(objects);

	memcpy(m->p, "bplist00", 8);
	memcpy(m->p + 8, objects, sizeof(objects));
	memset(trailer, 0, 32);
	trailer[6] = trailer[7] = 1;
	trailer[15] = 3;
	trailer[31] = 8 + sizeof(objects) - 3;
	m->size = 8 + sizeof(objects) + 32;
}

static void
access_make(struct made *m)
{
	m->size = 5 * 4096;
	memset(m->p, 0, m->size);
	memcpy(m->p, "\0\1\0\0Standard Jet DB", 20);
	m->p[0x14] = 1;
	for (unsigned i = 1; i < 5; i++) {
		m->p[i * 4096] = (unsigned char)(i == 1 ? 5 : i);
		m->p[i * 4096 + 1] = 1;
	}
}

static void
onenote_make(struct made *m)
{
	static const unsigned char type[16] = {0xE4, 0x52, 0x5C, 0x7B, 0x8C, 0xD8, 0xA7, 0x4D, 0xAE, 0xB1,
	    0x53, 0x78, 0xD0, 0x29, 0x96, 0xD3};
	static const unsigned char format[16] = {0x3F, 0xDD, 0x9A, 0x10, 0x1B, 0x91, 0xF5, 0x49, 0xA5,
	    0xD0, 0x17, 0x91, 0xED, 0xC8, 0xAE, 0xD8};
	unsigned char *list = m->p + 60000;

	m->size = 70000;
	noise(m->p, m->size, 5);
	memset(m->p, 0, 1024);
	memcpy(m->p, type, 16);
	memcpy(m->p + 48, format, 16);
	le(m->p + 172, 60000, 8);
	le(m->p + 180, 256, 4);
	le(m->p + 196, m->size, 8);
	memset(list, 0, 256);
	le(list, 0xA4567AB1F5F7F4C4ull, 8);
	memset(list + 236, 0xFF, 8);
	le(list + 248, 0x8BC215C38233BA4Bull, 8);
}

static void
package_make(struct made *m)
{
	static const unsigned char format[16] = {0x2F, 0xE9, 0x8D, 0x63, 0xD4, 0xA6, 0xC1, 0x4B, 0x9A,
	    0x36, 0xB3, 0xFC, 0x25, 0x11, 0xA5, 0xB7};
	unsigned char *p;

	onenote_make(m);
	memcpy(m->p + 48, format, 16);
	p = m->p + 68;
	le(p, 2 | 4 | 0x7A << 3 | 33u << 17, 4);
	p += 4 + 33;
	le(p, 4 | 0x15 << 3 | 1 << 9, 2);	/* a package of elements, one byte */
	p += 3;
	le(p, 2 | 1 << 3 | 0x7FFFu << 17, 4);	/* one of 3,000 bytes, its size behind it */
	le(p + 4, 3000u << 2 | 2, 2);
	p += 6 + 3000;
	p[0] = 0x15 << 2 | 1;
	le(p + 1, 0x7A << 2 | 3, 2);
	m->size = (size_t)(p + 3 - m->p);
}

static void
wal_sums(const unsigned char *p, size_t size, uint32_t *a, uint32_t *b)
{
	for (size_t i = 0; i < size; i += 8) {
		*a += ((uint32_t)p[i] << 24 | (uint32_t)p[i + 1] << 16 | (uint32_t)p[i + 2] << 8 | p[i + 3]) + *b;
		*b += ((uint32_t)p[i + 4] << 24 | (uint32_t)p[i + 5] << 16 | (uint32_t)p[i + 6] << 8 | p[i + 7]) + *a;
	}
}

static void
wal_make(struct made *m)
{
	uint32_t a = 0, b = 0;

	noise(m->p, 32 + 3 * (24 + 1024), 8);
	be(m->p, 0x377F0683, 4);
	be(m->p + 4, 3007000, 4);
	be(m->p + 8, 1024, 4);
	wal_sums(m->p, 24, &a, &b);
	be(m->p + 24, a, 4);
	be(m->p + 28, b, 4);
	for (unsigned i = 0; i < 3; i++) {
		unsigned char *f = m->p + 32 + i * (24 + 1024);

		be(f, i + 1, 4);
		memcpy(f + 8, m->p + 16, 8);
		wal_sums(f, 8, &a, &b);
		wal_sums(f + 24, 1024, &a, &b);
		be(f + 16, a, 4);
		be(f + 20, b, 4);
	}
	m->size = 32 + 3 * (24 + 1024);
}

static void
journal_make(struct made *m)
{
	static const unsigned char magic[8] = {0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7};

	memset(m->p, 0, 512);
	memcpy(m->p, magic, 8);
	be(m->p + 8, 2, 4);
	be(m->p + 12, 77, 4);
	be(m->p + 16, 9, 4);
	be(m->p + 20, 512, 4);
	be(m->p + 24, 1024, 4);
	for (unsigned i = 0; i < 2; i++) {
		unsigned char *r = m->p + 512 + i * 1032;
		uint32_t sum = 77;

		noise(r, 1032, i);
		be(r, i + 1, 4);
		for (unsigned at = 1024 - 200; at > 0 && at < 1024; at -= at >= 200 ? 200 : at)
			sum += r[4 + at];
		be(r + 1028, sum, 4);
	}
	m->size = 512 + 2 * 1032;
}

static void
dbx_make(struct made *m)
{
	static const unsigned char magic[8] = {0xCF, 0xAD, 0x12, 0xFE, 0xC5, 0xFD, 0x74, 0x6F};
	unsigned char *node = m->p + 0x24BC;

	m->size = 0x24BC + 0x27C + 3 * 512;
	memset(m->p, 0, m->size);
	memcpy(m->p, magic, 8);
	le(m->p + 0x24, 0x24BC + 0x27C, 4);
	le(m->p + 0x28, 3 * 512, 4);
	le(m->p + 0x30, 0x24BC, 4);
	le(m->p + 0x34, 0x27C, 4);
	le(m->p + 0xC4, 3, 4);
	le(m->p + 0xE4, 0x24BC, 4);
	le(node, 0x24BC, 4);
	node[17] = 3;
	for (unsigned i = 0; i < 3; i++) {
		uint32_t at = 0x24BC + 0x27C + i * 512;

		le(node + 24 + i * 12, at, 4);
		le(m->p + at, at, 4);
	}
}

static const struct row {
	const char *carver;
	void (*make)(struct made *made);
	enum rmn_proof proof;
} rows[] = {
	{"pst", pst_make, RMN_PROOF_CHECKSUM},
	{"evtx", evtx_make, RMN_PROOF_CHECKSUM},
	{"lnk", lnk_make, RMN_PROOF_STRUCTURE},
	{"plist", plist_make, RMN_PROOF_STRUCTURE},
	{"access", access_make, RMN_PROOF_PLAUSIBLE},
	{"dbx", dbx_make, RMN_PROOF_PLAUSIBLE},
	{"onenote", onenote_make, RMN_PROOF_STRUCTURE},
	{"onenote", package_make, RMN_PROOF_STRUCTURE},
	{"sqlite_wal", wal_make, RMN_PROOF_CHECKSUM},
	{"sqlite_journal", journal_make, RMN_PROOF_CHECKSUM},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static struct rmn_proven
walk(const unsigned char *bytes, size_t size, const char *name)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){bytes, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	const struct rmn_carver *carver;
	struct rmn_carve_tools tools;
	struct rmn_proven proven;
	struct rmn_view view;

	assert_non_null(disk);
	assert_true(rmn_view_open(&view, disk, 0));
	rmn_carve_tools_init(&tools);
	rmn_carve_prove(&view, &tools, &proven, &carver);
	if (name)
		assert_string_equal(carver ? carver->name : "none", name);
	rmn_carve_tools_release(&tools);
	rmn_view_release(&view);
	rmn_disk_free(disk);
	return proven;
}

static void
test_lengths(void **state)
{
	struct made m = {malloc(ROOM), 0};

	(void)state;
	assert_non_null(m.p);
	for (size_t i = 0; i < ROWS; i++) {
		struct rmn_proven p;

		rows[i].make(&m);
		noise(m.p + m.size, 9000, 3);
		p = walk(m.p, m.size + 9000, rows[i].carver);
		assert_int_equal(p.proof, rows[i].proof);
		assert_int_equal(p.length_bytes, m.size);
	}
	free(m.p);
}

static void
test_damage(void **state)
{
	struct made m = {malloc(ROOM), 0};
	unsigned char *copy = malloc(ROOM);
	uint32_t seed = 9;

	(void)state;
	assert_true(m.p && copy);
	for (size_t i = 0; i < ROWS; i++) {
		rows[i].make(&m);
		for (size_t size = 0; size < m.size; size += size < 2000 ? 1 : m.size / 50)
			walk(m.p, size, NULL);
		for (unsigned turn = 0; turn < 400; turn++) {
			struct rmn_proven p;

			memcpy(copy, m.p, m.size);
			for (unsigned k = 0; k < 4; k++) {
				seed = seed * 1664525u + 1013904223u;
				copy[(seed >> 10) % (turn % 2 && m.size > 1024 ? 1024 : m.size)] =
				    (unsigned char)(seed >> 2);
			}
			p = walk(copy, m.size, NULL);
			if (p.proof == RMN_PROOF_BROKEN)
				assert_true(p.good_bytes <= m.size);
		}
	}
	free(copy);
	free(m.p);
}

/* A store in two pieces with somebody's blocks, or nobody's, between. */
static void
test_mend_pst(void **state)
{
	struct made m = {malloc(ROOM), 0};
	unsigned char *disk_bytes = malloc(ROOM), *got = malloc(ROOM);
	unsigned mended = 0, tried = 0;

	(void)state;
	assert_true(m.p && disk_bytes && got);
	pst_make(&m);
	for (size_t cut = 4096; cut < m.size; cut += 4096, tried++) {
		struct rmn_blob blob = {0};
		struct rmn_disk *disk;
		struct rmn_sectors taken;
		struct rmn_carve_tools tools;
		struct rmn_proven proven;
		struct rmn_view view;
		struct rmn_mender mender;

		noise(disk_bytes, ROOM, (uint32_t)cut);
		memcpy(disk_bytes + 8192, m.p, cut);
		memcpy(disk_bytes + 8192 + cut + 5 * 4096, m.p + cut, m.size - cut);
		blob = rmn_blob_from_bytes((struct rmn_bytes){disk_bytes, ROOM});
		disk = rmn_disk_from_blob(&blob);
		assert_non_null(disk);
		assert_true(rmn_sectors_init(&taken, ROOM) && rmn_view_open(&view, disk, 8192));
		rmn_carve_tools_init(&tools);
		mender = (struct rmn_mender){.disk = disk, .tools = &tools, .taken = &taken,
		    .block_bytes = 4096, .reach_bytes = ROOM};
		rmn_walk_pst(&view, &tools, &proven);
		if (proven.proof < RMN_PROOF_STRUCTURE && rmn_mend_pst(&mender, &view, &proven)) {
			assert_int_equal(rmn_view_read(&view, 0, got, m.size), m.size);
			if (proven.proof == RMN_PROOF_CHECKSUM)
				assert_memory_equal(got, m.p, m.size);
			mended++;
		}
		rmn_carve_tools_release(&tools);
		rmn_view_release(&view);
		rmn_sectors_release(&taken);
		rmn_disk_free(disk);
	}
	assert_true(mended >= tried - 4);
	free(got);
	free(disk_bytes);
	free(m.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_mend_pst),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("carve_stores", tests, NULL, NULL);
}
