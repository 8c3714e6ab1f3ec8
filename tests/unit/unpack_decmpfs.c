/* SPDX-License-Identifier: MIT
 *
 * Files that HFS+ and APFS keep compressed: each type, damaged ones, and those of real volumes. */
#include "unpack/decmpfs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/buf.h"
#include "unpack/lzvn.h"

#define PIECE 65536u

static void
bytes_be32(struct rmn_buf *buf, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		rmn_buf_u8(buf, (uint8_t)(value >> shift));
}

/* Text that compresses, and whose every byte depends on its place. */
static unsigned char *
plain_make(size_t size)
{
	unsigned char *plain = malloc(size + 1);

	for (size_t i = 0; i < size; i++)
		plain[i] = (unsigned char)("Quotation No. "[i % 14] + (int)(i / 1000 % 7));
	return plain;
}

/* Reads the whole file in odd steps. */
static enum rmn_status
file_read(uint32_t type, struct rmn_bytes stored, unsigned char *plain, size_t size,
    uint64_t *damaged)
{
	struct rmn_blob from = rmn_blob_from_bytes(stored), blob;
	struct rmn_decmpfs_blob d;
	enum rmn_status status = rmn_decmpfs_blob_init(&d, &from, type, size, &blob, NULL);
	size_t at = 0, got;

	if (status != RMN_OK)
		return status;
	while (at < size) {
		assert_int_equal(rmn_blob_read(&blob, at, plain + at, size - at < 777 ? size - at :
		    777, &got, NULL), RMN_OK);
		assert_true(got > 0);
		at += got;
	}
	*damaged = d.damaged_pieces;
	rmn_decmpfs_blob_release(&d);
	return RMN_OK;
}

/* A resource fork as type 4 has it: pieces packed by zlib, the second stored plain. */
static void
fork_zlib_make(struct rmn_buf *fork, const unsigned char *plain, size_t size)
{
	uint32_t count = (uint32_t)((size + PIECE - 1) / PIECE), at = 4 + 8 * count;
	struct rmn_buf pieces;

	rmn_buf_init(&pieces, 0);
	bytes_be32(fork, 256);
	for (int i = 0; i < 63; i++)
		bytes_be32(fork, 0);
	bytes_be32(fork, 0);		/* the length is not read */
	rmn_buf_le32(fork, count);
	for (uint32_t i = 0; i < count; i++) {
		size_t left = size - (size_t)i * PIECE, part = left < PIECE ? left : PIECE;
		unsigned char packed[PIECE + 1024];
		uLongf packed_size = sizeof(packed);

		if (i == 1) {
			packed[0] = 0xff;
			memcpy(packed + 1, plain + (size_t)i * PIECE, part);
			packed_size = part + 1;
		} else {
			compress2(packed, &packed_size, plain + (size_t)i * PIECE, part, 9);
		}
		rmn_buf_le32(fork, at);
		rmn_buf_le32(fork, (uint32_t)packed_size);
		rmn_buf_append_data(&pieces, packed, packed_size);
		at += (uint32_t)packed_size;
	}
	rmn_buf_append(fork, rmn_buf_bytes(&pieces));
	rmn_buf_release(&pieces);
}

static void
test_reads_a_fork_of_zlib_pieces(void **state)
{
	size_t size = 3 * PIECE + 4711;
	unsigned char *plain = plain_make(size), *read = malloc(size);
	struct rmn_buf fork;
	uint64_t damaged;

	(void)state;
	rmn_buf_init(&fork, 0);
	fork_zlib_make(&fork, plain, size);
	assert_int_equal(file_read(4, rmn_buf_bytes(&fork), read, size, &damaged), RMN_OK);
	assert_int_equal(damaged, 0);
	assert_memory_equal(plain, read, size);
	/* A fork that ends early gives what it has, and zeros. */
	assert_int_equal(file_read(4, (struct rmn_bytes){fork.data, fork.size - 10}, read, size,
	    &damaged), RMN_OK);
	assert_int_equal(damaged, 1);
	assert_memory_equal(plain, read, 3 * PIECE);
	rmn_buf_release(&fork);
	free(plain);
	free(read);
}

static void
test_reads_what_is_in_the_attribute(void **state)
{
	static const struct {
		uint32_t type;
		const char *stored;
		size_t stored_size;
		const char *plain;
	} rows[] = {
		{1, "hello", 5, "hello"},
		{9, "\xcchello", 6, "hello"},
		{3, "\xffhello", 6, "hello"},
		{7, "\x06hello", 6, "hello"},
		{7, "\xe3" "abc" "\xf9\x06", 6, "abc"},		/* a match without a distance */
		{7, "\xc8\x03" "abc\x06", 6, "abcabca"},	/* 3 literals, match 4 at 3 */
		{7, "\xc6" "abc\x06", 5, "abc"},		/* the last distance, there is none */
		{7, "\xa8\x0c\x00" "a\xf4\x06", 6, "a"},
		{7, "\xb9\x0c\x00" "abc\xf4\x06", 8, "abcabcabcabcab"},
		{7, "\xcf\x03\x00" "abc\xe1z\x06", 9, "abcabcaz"},
		{7, "\xe3" "abc\x70\x06", 6, "abc"},		/* no such opcode */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t size = strlen(rows[i].plain);
		unsigned char plain[32];
		uint64_t damaged;

		assert_int_equal(file_read(rows[i].type, (struct rmn_bytes){
		    (const unsigned char *)rows[i].stored, rows[i].stored_size}, plain, size,
		    &damaged), RMN_OK);
		if (memcmp(plain, rows[i].plain, size) != 0)
			fail_msg("row %zu: \"%.*s\", not \"%s\"", i, (int)size, plain,
			    rows[i].plain);
	}
}

static void
test_other_types_are_told(void **state)
{
	struct rmn_blob from = rmn_blob_from_bytes((struct rmn_bytes){0}), blob;
	struct rmn_decmpfs_blob d;

	(void)state;
	assert_int_equal(rmn_decmpfs_blob_init(&d, &from, 12, 10, &blob, NULL), RMN_UNSUPPORTED);
	assert_int_equal(rmn_decmpfs_blob_init(&d, &from, 0, 10, &blob, NULL), RMN_UNSUPPORTED);
	assert_int_equal(rmn_decmpfs_blob_init(&d, &from, 3, UINT64_MAX, &blob, NULL), RMN_CORRUPT);
	assert_true(rmn_decmpfs_is_in_fork(8));
	assert_false(rmn_decmpfs_is_in_fork(7));
}

/* Every prefix, every byte flipped: no crash, nothing behind the end. */
static void
test_survives_damage(void **state)
{
	size_t size = PIECE + 500;
	unsigned char *plain = plain_make(size), *read = malloc(size);
	struct rmn_buf fork;
	uint64_t damaged;

	(void)state;
	rmn_buf_init(&fork, 0);
	fork_zlib_make(&fork, plain, size);
	for (size_t cut = 0; cut < fork.size; cut += cut < 300 ? 1 : 97)
		for (uint32_t type = 1; type <= 10; type++) {
			struct rmn_bytes part = {fork.data, cut};

			if (type != 2 && type != 5 && type != 6)
				assert_int_equal(file_read(type, part, read, 3000, &damaged),
				    RMN_OK);
		}
	for (size_t i = 0; i < fork.size; i += i < 400 ? 1 : 211) {
		fork.data[i] ^= 0x55;
		assert_int_equal(file_read(4, rmn_buf_bytes(&fork), read, size, &damaged), RMN_OK);
		assert_int_equal(file_read(8, rmn_buf_bytes(&fork), read, size, &damaged), RMN_OK);
		fork.data[i] ^= 0x55;
	}
	rmn_buf_release(&fork);
	free(plain);
	free(read);
}

static struct rmn_bytes
corpus_file(const char *name)
{
	const char *corpus = getenv("RMN_CORPUS");
	static unsigned char bytes[2][262144];
	static int turn;
	char path[512];
	size_t size;
	FILE *f;

	snprintf(path, sizeof(path), "%s/images/decmpfs/SecurityRonin__hfsplus-forensic/%s",
	    corpus ? corpus : "", name);
	f = corpus ? fopen(path, "rb") : NULL;
	if (!f)
		return (struct rmn_bytes){0};
	turn = !turn;
	size = fread(bytes[turn], 1, sizeof(bytes[turn]), f);
	fclose(f);
	return (struct rmn_bytes){bytes[turn], size};
}

static void
test_reads_forks_of_real_volumes(void **state)
{
	static const struct {
		uint32_t type;
		const char *stored, *plain;
	} rows[] = {
		{8, "lzvn.rsrc", "lzvn.expected"},
		{3, "real_zlib_inline.payload", "real_zlib_inline.expected"},
		{3, "zlib_type3_stored.payload", "zlib_inline.expected"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_bytes stored = corpus_file(rows[i].stored);
		struct rmn_bytes plain = corpus_file(rows[i].plain);
		unsigned char *read;
		uint64_t damaged;

		if (!stored.data || !plain.data) {
			print_message("no RMN_CORPUS\n");
			return;
		}
		read = malloc(plain.size);
		assert_int_equal(file_read(rows[i].type, stored, read, plain.size, &damaged),
		    RMN_OK);
		assert_int_equal(damaged, 0);
		assert_memory_equal(read, plain.data, plain.size);
		free(read);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_a_fork_of_zlib_pieces),
		cmocka_unit_test(test_reads_what_is_in_the_attribute),
		cmocka_unit_test(test_other_types_are_told),
		cmocka_unit_test(test_survives_damage),
		cmocka_unit_test(test_reads_forks_of_real_volumes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
