/* SPDX-License-Identifier: MIT
 *
 * 7z, RAR, gzip, LHA and cabinets, made here byte by byte: each is walked to its exact end with other bytes
 * behind it; no prefix is whole, and flipped bytes never lead behind the end. */
#include "carve/carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "unpack/checksum.h"

static void
noise(struct rmn_buf *b, size_t size, uint32_t seed)
{
	while (size-- > 0) {
		seed = seed * 1664525 + 1013904223;
		rmn_buf_u8(b, (uint8_t)(seed >> 24));
	}
}

static void
raw(struct rmn_buf *b, const char *bytes, size_t size)
{
	rmn_buf_append_data(b, bytes, size);
}

static void
put_le32(struct rmn_buf *b, size_t at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		b->data[at + i] = (unsigned char)(value >> 8 * i);
}

static void
make_seven_zip(struct rmn_buf *b)
{
	uint32_t crc;

	raw(b, "7z\xbc\xaf\x27\x1c\0\4\0\0\0\0", 12);
	rmn_buf_le64(b, 3000);
	rmn_buf_le64(b, 200);
	rmn_buf_le32(b, 0);
	noise(b, 3200, 1);
	crc = rmn_crc32(0, b->data + 3032, 200);
	put_le32(b, 28, crc);
	put_le32(b, 8, rmn_crc32(0, b->data + 12, 20));
}

static void
rar4_block(struct rmn_buf *b, uint8_t type, uint16_t flags, uint16_t size, uint32_t data)
{
	size_t at = b->size;
	uint32_t crc;

	rmn_buf_le16(b, 0);
	rmn_buf_u8(b, type);
	rmn_buf_le16(b, flags);
	rmn_buf_le16(b, size);
	if (flags & 0x8000)
		rmn_buf_le32(b, data);
	noise(b, size - (b->size - at), type);
	crc = rmn_crc32(0, b->data + at + 2, size - 2u);
	b->data[at] = (unsigned char)crc;
	b->data[at + 1] = (unsigned char)(crc >> 8);
	noise(b, data, 2);
}

static void
make_rar4(struct rmn_buf *b)
{
	raw(b, "Rar!\x1a\x07\0", 7);
	rar4_block(b, 0x73, 0, 13, 0);
	rar4_block(b, 0x74, 0x8000, 45, 2000);
	rar4_block(b, 0x74, 0x8000, 50, 700);
	rar4_block(b, 0x7b, 0x4000, 7, 0);
}

static void
rar5_block(struct rmn_buf *b, uint8_t type, uint32_t data)
{
	size_t at = b->size;

	rmn_buf_le32(b, 0);
	rmn_buf_u8(b, data ? 20 : 17);
	rmn_buf_u8(b, type);
	rmn_buf_u8(b, data ? 2 : 0);
	if (data) {
		rmn_buf_u8(b, (uint8_t)(data | 0x80));
		rmn_buf_u8(b, (uint8_t)(data >> 7 | 0x80));
		rmn_buf_u8(b, (uint8_t)(data >> 14));
	}
	noise(b, 15, type);
	put_le32(b, at, rmn_crc32(0, b->data + at + 4, b->size - at - 4));
	noise(b, data, 3);
}

static void
make_rar5(struct rmn_buf *b)
{
	raw(b, "Rar!\x1a\x07\x01\0", 8);
	rar5_block(b, 1, 0);
	rar5_block(b, 2, 20000);
	rar5_block(b, 5, 0);
}

static void
make_gzip(struct rmn_buf *b)
{
	struct rmn_buf plain;
	z_stream z = {0};

	rmn_buf_init(&plain, 0);
	noise(&plain, 3000, 4);
	for (int i = 0; i < 2; i++) {
		memset(&z, 0, sizeof(z));
		assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
		assert_true(rmn_buf_reserve(b, 10000));
		z.next_in = plain.data;
		z.avail_in = (uInt)plain.size;
		z.next_out = b->data + b->size;
		z.avail_out = 10000;
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		b->size += z.total_out;
		deflateEnd(&z);
	}
	rmn_buf_release(&plain);
}

static void
make_lha(struct rmn_buf *b)
{
	for (int i = 0; i < 3; i++) {
		size_t at = b->size;
		uint8_t sum = 0;

		raw(b, "\x1b\0-lh5-", 7);
		rmn_buf_le32(b, 500);
		rmn_buf_le32(b, 1200);
		rmn_buf_le32(b, 0x40215a4c);
		raw(b, "\x20\0\5a.txt\x34\x12", 10);
		noise(b, 1, 5);
		for (size_t k = at + 2; k < b->size; k++)
			sum = (uint8_t)(sum + b->data[k]);
		b->data[at] = (unsigned char)(b->size - at - 2);
		b->data[at + 1] = sum;
		noise(b, 500, 6);
	}
	rmn_buf_u8(b, 0);
}

static uint32_t
cab_sum(const unsigned char *p, size_t size, uint32_t sum)
{
	for (; size >= 4; p += 4, size -= 4)
		sum ^= p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
	if (size == 3)
		sum ^= (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
	return sum;
}

static void
make_cab(struct rmn_buf *b)
{
	raw(b, "MSCF\0\0\0\0", 8);
	rmn_buf_le32(b, 0);
	rmn_buf_le32(b, 0);
	rmn_buf_le32(b, 44);
	rmn_buf_le32(b, 0);
	raw(b, "\3\1\1\0\1\0\0\0\0\0\0\0", 12);
	rmn_buf_le32(b, 66);
	raw(b, "\2\0\1\0", 4);
	raw(b, "\0\4\0\0\0\0\0\0\0\0\x21\x4c\0\0\x20\0a.txt\0", 22);
	for (int i = 0; i < 2; i++) {
		size_t at = b->size;

		rmn_buf_le32(b, 0);
		rmn_buf_le16(b, 1003);
		rmn_buf_le16(b, 4096);
		noise(b, 1003, 7);
		put_le32(b, at, cab_sum(b->data + at + 4, 4,
		    cab_sum(b->data + at + 8, 1003, 0)));
	}
	put_le32(b, 8, (uint32_t)b->size);
}

static const struct sample {
	const char *name;
	void (*make)(struct rmn_buf *b);
	enum rmn_proof proof;
	size_t shortest;		/* of a prefix that is a file, too (the first of two gzip) */
} samples[] = {
	{"7z", make_seven_zip, RMN_PROOF_STRUCTURE, SIZE_MAX},
	{"rar4", make_rar4, RMN_PROOF_STRUCTURE, SIZE_MAX},
	{"rar5", make_rar5, RMN_PROOF_STRUCTURE, SIZE_MAX},
	{"gzip", make_gzip, RMN_PROOF_CHECKSUM, 3000},
	{"lha", make_lha, RMN_PROOF_STRUCTURE, SIZE_MAX},
	{"cab", make_cab, RMN_PROOF_CHECKSUM, SIZE_MAX},
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static struct rmn_proven
prove(const unsigned char *data, size_t size, const char **name)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){data, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	const struct rmn_carver *carver;
	struct rmn_carve_tools tools;
	struct rmn_proven proven;
	struct rmn_view view;

	assert_non_null(disk);
	rmn_carve_tools_init(&tools);
	assert_true(rmn_view_open(&view, disk, 0));
	rmn_carve_prove(&view, &tools, &proven, &carver);
	*name = carver ? carver->name : "";
	rmn_view_release(&view);
	rmn_carve_tools_release(&tools);
	rmn_disk_free(disk);
	return proven;
}

static void
test_whole_with_other_bytes_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct rmn_proven p;
		const char *name;
		struct rmn_buf b;
		size_t size;

		rmn_buf_init(&b, 0);
		samples[i].make(&b);
		size = b.size;
		noise(&b, 3000, 8);
		p = prove(b.data, b.size, &name);
		assert_string_equal(name, samples[i].name);
		assert_int_equal(p.proof, samples[i].proof);
		assert_int_equal(p.length_bytes, size);
		rmn_buf_release(&b);
	}
}

static void
test_no_prefix_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const char *name;
		struct rmn_buf b;

		rmn_buf_init(&b, 0);
		samples[i].make(&b);
		for (size_t size = 0; size < b.size; size += size < 100 ? 3 : 211) {
			struct rmn_proven p = prove(b.data, size, &name);

			assert_true(p.proof <= RMN_PROOF_BROKEN || size >= samples[i].shortest);
			assert_true(p.good_bytes <= size);
		}
		rmn_buf_release(&b);
	}
}

static void
test_flipped_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const char *name;
		struct rmn_buf b;

		rmn_buf_init(&b, 0);
		samples[i].make(&b);
		for (size_t at = 0; at < b.size; at += at < 100 ? 3 : 211) {
			struct rmn_proven p;

			b.data[at] ^= 0x41;
			p = prove(b.data, b.size, &name);
			b.data[at] ^= 0x41;
			assert_true(p.length_bytes <= b.size);
			if (samples[i].proof == RMN_PROOF_CHECKSUM && at > 200 &&
			    samples[i].shortest == SIZE_MAX)
				assert_true(p.proof <= RMN_PROOF_BROKEN);
		}
		rmn_buf_release(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_with_other_bytes_behind),
		cmocka_unit_test(test_no_prefix_is_whole),
		cmocka_unit_test(test_flipped_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
