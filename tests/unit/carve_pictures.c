/* SPDX-License-Identifier: MIT
 *
 * Pictures, RTF, RIFF and ISO media, made here byte by byte: each is walked to its exact end
 * with other bytes behind it; no cut, flipped or random input gives a proof that it cannot have. */
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "unpack/checksum.h"

#define DISK_BYTES ((size_t)64 * 1024)

/* A file under construction. */
static void
be32(struct rmn_buf *b, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		rmn_buf_u8(b, (uint8_t)(value >> shift));
}

static void
raw(struct rmn_buf *b, const char *bytes, size_t size)
{
	rmn_buf_append_data(b, bytes, size);
}

static void
noise(struct rmn_buf *b, size_t size, uint32_t seed)
{
	while (size-- > 0) {
		seed = seed * 1664525 + 1013904223;
		rmn_buf_u8(b, (uint8_t)(seed >> 24));
	}
}

static void
png_chunk(struct rmn_buf *b, const char *type, size_t size, uint32_t seed)
{
	size_t from;

	be32(b, (uint32_t)size);
	from = b->size;
	raw(b, type, 4);
	noise(b, size, seed);
	be32(b, rmn_crc32(0, b->data + from, b->size - from));
}

static void
make_png(struct rmn_buf *b)
{
	raw(b, "\x89PNG\r\n\x1a\n", 8);
	png_chunk(b, "IHDR", 13, 1);
	png_chunk(b, "IDAT", 9000, 2);
	png_chunk(b, "IDAT", 7000, 3);
	png_chunk(b, "IEND", 0, 0);
}

/* A thumbnail with an end of its own inside APP1, two scans, restart markers. */
static void
make_jpeg(struct rmn_buf *b)
{
	raw(b, "\xff\xd8\xff\xe1\x00\x0a" "Exif\xff\xd8\xff\xd9", 14);
	raw(b, "\xff\xdd\x00\x04\x00\x02", 6);
	raw(b, "\xff\xc2\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00", 13);
	for (int scan = 0; scan < 2; scan++) {
		raw(b, "\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00", 10);
		for (int i = 0; i < 9; i++) {
			raw(b, "\x12\x34\x56\xff\x00\x78", 6);
			rmn_buf_u8(b, 0xFF);
			rmn_buf_u8(b, (uint8_t)(0xD0 + (i & 7)));
		}
		raw(b, "\x01\x02", 2);
	}
	raw(b, "\xff\xd9", 2);
}

static void
make_gif(struct rmn_buf *b)
{
	raw(b, "GIF89a\x04\x00\x04\x00\x80\x00\x00" "\0\0\0\xff\xff\xff", 19);
	raw(b, "!\xf9\x04\x00\x00\x00\x00\x00", 8);
	raw(b, "!\xfe\x05hello\x00", 9);
	raw(b, ",\0\0\0\0\x04\0\x04\0\0\x02\x03\x84\x8f\x59\x00;", 17);
}

static void
make_bmp(struct rmn_buf *b)
{
	raw(b, "BM", 2);
	rmn_buf_le32(b, 54 + 3 * 8);
	rmn_buf_le32(b, 0);
	rmn_buf_le32(b, 54);
	rmn_buf_le32(b, 40);
	rmn_buf_le32(b, 2);
	rmn_buf_le32(b, 0xFFFFFFFDu);		/* -3: from the top */
	rmn_buf_le16(b, 1);
	rmn_buf_le16(b, 24);
	for (int i = 0; i < 6; i++)
		rmn_buf_le32(b, 0);
	noise(b, 24, 5);
}

static void
make_webp(struct rmn_buf *b)
{
	raw(b, "RIFF", 4);
	rmn_buf_le32(b, 4 + 18 + 8 + 4 + 8 + 6);
	raw(b, "WEBPVP8X\x0a\0\0\0" "0123456789", 22);
	raw(b, "VP8 \x03\0\0\0abc\0", 12);
	raw(b, "EXIF\x06\0\0\0" "abcdef", 14);
}

static void
entry(struct rmn_buf *b, uint16_t tag, uint16_t type, uint32_t count, uint32_t value)
{
	rmn_buf_le16(b, tag);
	rmn_buf_le16(b, type);
	rmn_buf_le32(b, count);
	rmn_buf_le32(b, value);
}

/* The directory behind the pixels, and an EXIF directory behind that. */
static void
make_tiff(struct rmn_buf *b)
{
	raw(b, "II*\0", 4);
	rmn_buf_le32(b, 1008);
	noise(b, 1000, 9);
	rmn_buf_le16(b, 5);
	entry(b, 256, 3, 1, 10);
	entry(b, 257, 3, 1, 100);
	entry(b, 273, 4, 1, 8);
	entry(b, 279, 4, 1, 1000);
	entry(b, 34665, 4, 1, 1008 + 66);
	rmn_buf_le32(b, 0);
	rmn_buf_le16(b, 1);
	entry(b, 37500, 7, 20, 1008 + 66 + 18);
	rmn_buf_le32(b, 0);
	noise(b, 20, 4);
}

/* Strips of LZW behind the directory: each must begin with a clear code. */
static void
make_tiff_big_endian(struct rmn_buf *b)
{
	static const uint16_t entries[][4] = {
		{256, 3, 1, 10}, {257, 3, 1, 2}, {259, 3, 1, 5}, {273, 4, 2, 74}, {279, 4, 2, 82},
	};

	raw(b, "MM\0*\0\0\0\x08\0\x05", 10);
	for (size_t i = 0; i < 5; i++) {
		be32(b, (uint32_t)entries[i][0] << 16 | entries[i][1]);
		be32(b, entries[i][2]);
		be32(b, i < 3 ? (uint32_t)entries[i][3] << 16 : entries[i][3]);
	}
	be32(b, 0);
	be32(b, 90);
	be32(b, 100);
	be32(b, 10);
	be32(b, 12);
	raw(b, "\x80\x01\x02\x03\x04\x05\x06\x07\x08\x09", 10);
	raw(b, "\x80\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b", 12);
}

static void
make_mp4(struct rmn_buf *b)
{
	be32(b, 16);
	raw(b, "ftypisom\0\0\0\1", 12);
	be32(b, 1);
	raw(b, "mdat\0\0\0\0", 8);
	be32(b, 16 + 3000);
	noise(b, 3000, 8);
	be32(b, 8 + 12 + 8);
	raw(b, "moov", 4);
	be32(b, 12);
	raw(b, "mvhd" "abcd", 8);
	be32(b, 8);
	raw(b, "trak", 4);
}

static void
make_heic(struct rmn_buf *b)
{
	be32(b, 16);
	raw(b, "ftypheic\0\0\0\0", 12);
	be32(b, 12 + 100);
	raw(b, "mdat", 4);
	noise(b, 104, 8);
	be32(b, 12 + 12);
	raw(b, "meta\0\0\0\0", 8);
	be32(b, 12);
	raw(b, "hdlrpict", 8);
}

static void
make_rtf(struct rmn_buf *b)
{
	raw(b, "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\r\n", 41);
	raw(b, "\\pard \\'93\\{ not a group \\}\\'94{\\pict\\bin5 {{\0}{}\\par\r\n",
	    55);
	for (int i = 0; i < 300; i++)
		rmn_buf_printf(b, "\\par line %d of 300\r\n", i);
	raw(b, "}\r\n", 3);
}

/* Rich edit controls write a NUL too. */
static void
make_rtf_edit(struct rmn_buf *b)
{
	raw(b, "{\\rtf1\\ansi\\deff0 text\\par\r\n}\r\n\0", 32);
}

static const struct sample {
	const char *name, *extension;
	void (*make)(struct rmn_buf *b);
	enum rmn_proof proof;
	bool is_cut_noticed;		/* a file that is cut short proves nothing */
} samples[] = {
	{"png", "png", make_png, RMN_PROOF_CHECKSUM, true},
	{"jpeg", "jpg", make_jpeg, RMN_PROOF_STRUCTURE, true},
	{"gif", "gif", make_gif, RMN_PROOF_STRUCTURE, true},
	{"bmp", "bmp", make_bmp, RMN_PROOF_PLAUSIBLE, true},
	{"riff", "webp", make_webp, RMN_PROOF_STRUCTURE, true},
	{"tiff", "tif", make_tiff, RMN_PROOF_STRUCTURE, true},
	{"tiff", "tif", make_tiff_big_endian, RMN_PROOF_STRUCTURE, true},
	{"isobmff", "mp4", make_mp4, RMN_PROOF_STRUCTURE, true},
	{"isobmff", "heic", make_heic, RMN_PROOF_STRUCTURE, true},
	{"rtf", "rtf", make_rtf, RMN_PROOF_STRUCTURE, false},
	{"rtf", "rtf", make_rtf_edit, RMN_PROOF_STRUCTURE, false},
};

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

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
	assert_true(tools.work < 65 << 20);
	if (proven->proof == RMN_PROOF_BROKEN)
		assert_true(proven->good_bytes <= size && proven->good_bytes <= proven->broken_at);
	else if (proven->proof != RMN_PROOF_NONE)
		assert_in_range(proven->length_bytes, 1, size);
	rmn_carve_tools_release(&tools);
	rmn_view_release(&view);
	rmn_disk_free(disk);
	return carver;
}

static unsigned char *
make(const struct sample *s, size_t *size)
{
	unsigned char *bytes = malloc(DISK_BYTES);
	struct rmn_buf b;

	rmn_buf_init(&b, DISK_BYTES);
	s->make(&b);
	assert_false(b.failed);
	assert_non_null(bytes);
	*size = b.size;
	memcpy(bytes, b.data, b.size);
	rmn_buf_release(&b);
	return bytes;
}

/* What may lie behind a file: nothing, zeros, noise. */
static void
test_finds_exact_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		for (int behind = 0; behind < 3; behind++) {
			size_t size, disk_bytes;
			unsigned char *bytes = make(&samples[i], &size);
			const struct rmn_carver *carver;
			struct rmn_proven proven;
			struct rmn_buf b;

			rmn_buf_init(&b, 0);
			noise(&b, DISK_BYTES, 77);
			disk_bytes = behind == 0 ? size : DISK_BYTES;
			memset(bytes + size, 0, DISK_BYTES - size);
			if (behind == 2)
				memcpy(bytes + size, b.data, DISK_BYTES - size);
			carver = prove(bytes, disk_bytes, true, &proven);
			assert_non_null(carver);
			assert_string_equal(carver->name, samples[i].name);
			assert_int_equal(proven.proof, samples[i].proof);
			assert_int_equal(proven.length_bytes, size);
			assert_string_equal(proven.extension ? proven.extension :
			    carver->extension, samples[i].extension);
			rmn_buf_release(&b);
			free(bytes);
		}
	}
}

static void
test_survives_every_prefix(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		size_t size;
		unsigned char *bytes = make(&samples[i], &size);

		for (size_t cut = 1; cut < size; cut += size > 4096 && cut > 600 ? 61 : 1) {
			struct rmn_proven proven;

			prove(bytes, cut, true, &proven);
			if (samples[i].is_cut_noticed)
				assert_in_range(proven.proof, RMN_PROOF_NONE, RMN_PROOF_BROKEN);
			prove(bytes, cut, false, &proven);
		}
		free(bytes);
	}
}

static void
test_survives_flipped_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		size_t size;
		unsigned char *bytes = make(&samples[i], &size);

		for (size_t at = 0; at < size; at += at > 300 ? 97 : 1) {
			for (int flip = 0; flip < 3; flip++) {
				unsigned char kept = bytes[at];
				struct rmn_proven proven;

				bytes[at] = flip == 0 ? 0xFF : flip == 1 ? 0 : (unsigned char)~kept;
				prove(bytes, size, true, &proven);
				if (bytes[at] != kept)
					assert_true(proven.proof < RMN_PROOF_CHECKSUM);
				bytes[at] = kept;
			}
		}
		free(bytes);
	}
}

static void
test_foreign_blocks_break_the_walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		size_t size;
		unsigned char *bytes = make(&samples[i], &size);
		struct rmn_proven proven;
		struct rmn_buf b;

		if (strcmp(samples[i].name, "png") == 0 || strcmp(samples[i].name, "rtf") == 0) {
			rmn_buf_init(&b, 0);
			noise(&b, DISK_BYTES, 3);
			memmove(bytes + 8192, bytes + 4096, size > 4096 ? size - 4096 : 0);
			memcpy(bytes + 4096, b.data, 4096);
			prove(bytes, DISK_BYTES, true, &proven);
			if (size > 4096) {
				assert_int_equal(proven.proof, RMN_PROOF_BROKEN);
				assert_true(proven.good_bytes <= 4096);
				assert_true(proven.broken_at >= 4096);
			}
			rmn_buf_release(&b);
		}
		free(bytes);
	}
}

/* A PNG in three pieces, the second before the first on the disk, with foreign blocks between. */
static void
test_mends_png(void **state)
{
	size_t size;
	unsigned char *bytes = make(&samples[0], &size), *place;
	static unsigned char disk_bytes[DISK_BYTES];
	static const size_t blocks[] = {6, 7, 2, 10, 11};
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){disk_bytes, DISK_BYTES});
	struct rmn_mender m = {.block_bytes = 4096, .reach_bytes = DISK_BYTES};
	struct rmn_proven proven = {0};
	struct rmn_carve_tools tools;
	struct rmn_sectors taken;
	struct rmn_view view;
	struct rmn_buf b;

	(void)state;
	rmn_buf_init(&b, 0);
	noise(&b, DISK_BYTES, 21);
	memcpy(disk_bytes, b.data, DISK_BYTES);
	for (size_t at = 0; at < size; at += 4096) {
		assert_true(at / 4096 < sizeof(blocks) / sizeof(blocks[0]));
		place = disk_bytes + blocks[at / 4096] * 4096;
		memcpy(place, bytes + at, size - at < 4096 ? size - at : 4096);
	}
	m.disk = rmn_disk_from_blob(&blob);
	m.tools = &tools;
	m.taken = &taken;
	assert_true(rmn_sectors_init(&taken, DISK_BYTES));
	rmn_carve_tools_init(&tools);
	assert_true(rmn_view_open(&view, m.disk, blocks[0] * 4096));
	tools.work_limit = 64 << 20;
	assert_true(rmn_mend_png(&m, &view, &proven));
	assert_int_equal(proven.proof, RMN_PROOF_CHECKSUM);
	assert_int_equal(proven.length_bytes, size);
	for (size_t at = 0; at < size; at += 512) {
		unsigned char got[512];
		size_t part = rmn_view_read(&view, at, got, sizeof(got));

		assert_int_equal(part, 512);
		assert_memory_equal(got, bytes + at, size - at < part ? size - at : part);
	}
	/* Not when somebody else has one of its blocks. */
	rmn_sectors_add(&taken, blocks[3] * 4096, 512);
	rmn_view_release(&view);
	assert_true(rmn_view_open(&view, m.disk, blocks[0] * 4096));
	assert_false(rmn_mend_png(&m, &view, &proven));
	rmn_view_release(&view);
	rmn_carve_tools_release(&tools);
	rmn_sectors_release(&taken);
	rmn_disk_free(m.disk);
	rmn_buf_release(&b);
	free(bytes);
}

/* Text, then a picture in hexadecimal, then text; cut in the picture and in the text behind it. */
static void
test_rtf_with_an_open_group(void **state)
{
	static const char text[] = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}{\\pard text\\par }\r\n";
	unsigned char disk[2048] = {0};
	struct rmn_proven proven;

	(void)state;
	memcpy(disk, text, sizeof(text) - 1);
	assert_non_null(prove(disk, sizeof(disk), true, &proven));
	assert_int_equal(proven.proof, RMN_PROOF_PLAUSIBLE);
	assert_int_equal(proven.length_bytes, sizeof(text) - 1);
	/* foreign bytes in the sector, or an end within a word: no file ends there */
	disk[300] = 1;
	prove(disk, sizeof(disk), true, &proven);
	assert_int_equal(proven.proof, RMN_PROOF_BROKEN);
	disk[300] = 0;
	disk[sizeof(text) - 4] = 'x';
	prove(disk, sizeof(disk), true, &proven);
	assert_int_equal(proven.proof, RMN_PROOF_BROKEN);
}

/* Bytes between the last brace and the zeros of its sector are the file's; those of a full sector are not. */
static void
test_rtf_with_bytes_behind(void **state)
{
	static const char text[] = "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}{\\pard text\\par }}\n";
	const size_t size = sizeof(text) - 1;
	unsigned char disk[2048] = {0};
	struct rmn_proven proven;

	(void)state;
	memcpy(disk, text, size);
	prove(disk, sizeof(disk), true, &proven);
	assert_int_equal(proven.proof, RMN_PROOF_STRUCTURE);
	assert_int_equal(proven.length_bytes, size);
	memcpy(disk + size, "\xef\xbf\xbd" "8\x11$DM", 8);
	prove(disk, sizeof(disk), true, &proven);
	assert_int_equal(proven.proof, RMN_PROOF_STRUCTURE);
	assert_int_equal(proven.length_bytes, size + 8);
	memset(disk + size, 0x9a, 512 - size);
	prove(disk, sizeof(disk), true, &proven);
	assert_int_equal(proven.length_bytes, size);
}

static void
test_mends_rtf(void **state)
{
	static unsigned char disk_bytes[DISK_BYTES];
	static const size_t blocks[] = {3, 6, 7, 8, 12, 13};
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){disk_bytes, DISK_BYTES});
	struct rmn_mender m = {.block_bytes = 4096, .reach_bytes = DISK_BYTES};
	struct rmn_proven proven = {0};
	struct rmn_carve_tools tools;
	struct rmn_sectors taken;
	struct rmn_view view;
	struct rmn_buf b, dirt;

	(void)state;
	rmn_buf_init(&b, 0);
	rmn_buf_init(&dirt, 0);
	rmn_buf_append_string(&b, "{\\rtf1\\ansi\\deff0\\pard{\\pict\\wmetafile8 ");
	for (int i = 0; i < 7000; i++)
		rmn_buf_printf(&b, "%02x", i * 37 & 255);
	rmn_buf_append_string(&b, "}\\par\r\n");
	for (int i = 0; b.size < 22000; i++)
		rmn_buf_printf(&b, "\\par\\b line %d\\b0\r\n", i);
	rmn_buf_append_string(&b, "}");
	noise(&dirt, DISK_BYTES, 99);
	memcpy(disk_bytes, dirt.data, DISK_BYTES);
	for (size_t at = 0; at < b.size; at += 4096) {
		size_t part = b.size - at < 4096 ? b.size - at : 4096;

		memset(disk_bytes + blocks[at / 4096] * 4096, 0, 4096);
		memcpy(disk_bytes + blocks[at / 4096] * 4096, b.data + at, part);
	}
	m.disk = rmn_disk_from_blob(&blob);
	m.tools = &tools;
	m.taken = &taken;
	assert_true(rmn_sectors_init(&taken, DISK_BYTES));
	rmn_carve_tools_init(&tools);
	assert_true(rmn_view_open(&view, m.disk, blocks[0] * 4096));
	assert_true(rmn_mend_rtf(&m, &view, &proven));
	assert_int_equal(proven.proof, RMN_PROOF_PLAUSIBLE);
	assert_int_equal(proven.length_bytes, b.size);
	assert_int_equal(view.count, 3);
	rmn_view_release(&view);
	rmn_carve_tools_release(&tools);
	rmn_sectors_release(&taken);
	rmn_disk_free(m.disk);
	rmn_buf_release(&dirt);
	rmn_buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rtf_with_an_open_group),
		cmocka_unit_test(test_rtf_with_bytes_behind),
		cmocka_unit_test(test_mends_rtf),
		cmocka_unit_test(test_finds_exact_ends),
		cmocka_unit_test(test_survives_every_prefix),
		cmocka_unit_test(test_survives_flipped_bytes),
		cmocka_unit_test(test_foreign_blocks_break_the_walk),
		cmocka_unit_test(test_mends_png),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
