/* SPDX-License-Identifier: MIT
 *
 * Each announcement has a pair of bytes that is rare in text, in zeros and in random data ("PK",
 * 1F 8B, and "eD" out of "/FlateDecode").  A vector compares all three pairs at 64 places; only
 * where one hits (0.3 % of random blocks) are the places looked at one by one. */
#include "unpack/residue_find.h"

#include <string.h>

#define BLOCK_BYTES 64u

static const char flate_decode[] = "/FlateDecode";
#define FLATE_PAIR_AT 5u	/* of "eD" in it */

typedef unsigned char byte_lanes __attribute__((vector_size(32)));
typedef uint64_t word_lanes __attribute__((vector_size(32)));

/* The first block at or behind from that holds a pair, or where fewer than a block (and the byte
 * behind it) are left. */
static inline __attribute__((always_inline)) size_t
skip_blocks(const unsigned char *data, size_t size, size_t from)
{
	for (; size - from > BLOCK_BYTES; from += BLOCK_BYTES) {
		word_lanes hits = {0};

		for (size_t i = 0; i < BLOCK_BYTES; i += sizeof(byte_lanes)) {
			byte_lanes a, b;

			memcpy(&a, data + from + i, sizeof(a));
			memcpy(&b, data + from + i + 1, sizeof(b));
			hits |= (word_lanes)(((a == 'P') & (b == 'K')) |
			    ((a == 0x1F) & (b == 0x8B)) | ((a == 'e') & (b == 'D')));
		}
		if (hits[0] | hits[1] | hits[2] | hits[3])
			break;
	}
	return from;
}

#ifdef __x86_64__
static __attribute__((target("avx2"))) size_t
skip_blocks_avx2(const unsigned char *data, size_t size, size_t from)
{
	return skip_blocks(data, size, from);
}
#endif

static size_t
skip_blocks_any(const unsigned char *data, size_t size, size_t from)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2"))
		return skip_blocks_avx2(data, size, from);
#endif
	return skip_blocks(data, size, from);
}

static bool
stands_at(struct rmn_bytes bytes, size_t at, const char *wanted, size_t size)
{
	return at <= bytes.size && bytes.size - at >= size &&
	    memcmp(bytes.data + at, wanted, size) == 0;
}

/* What is announced by the pair at i; *at is where that starts. */
static enum rmn_residue_kind
kind_at(struct rmn_bytes bytes, size_t i, size_t *at)
{
	*at = i;
	switch (bytes.data[i]) {
	case 'P':
		return stands_at(bytes, i, "PK\3\4", 4) ? RMN_RESIDUE_ZIP : RMN_RESIDUE_NONE;
	case 0x1F:
		return stands_at(bytes, i, "\x1F\x8B\x08", 3) ? RMN_RESIDUE_GZIP : RMN_RESIDUE_NONE;
	case 'e':
		if (i < FLATE_PAIR_AT)
			return RMN_RESIDUE_NONE;
		*at = i - FLATE_PAIR_AT;
		return stands_at(bytes, *at, flate_decode, sizeof(flate_decode) - 1) ?
		    RMN_RESIDUE_PDF : RMN_RESIDUE_NONE;
	default:
		return RMN_RESIDUE_NONE;
	}
}

enum rmn_residue_kind
rmn_residue_find(struct rmn_bytes bytes, size_t from, size_t *at)
{
	while (from < bytes.size) {
		size_t end;

		from = skip_blocks_any(bytes.data, bytes.size, from);
		end = bytes.size - from > BLOCK_BYTES ? from + BLOCK_BYTES : bytes.size;
		for (size_t i = from; i < end; i++) {
			enum rmn_residue_kind kind = kind_at(bytes, i, at);

			if (kind != RMN_RESIDUE_NONE)
				return kind;
		}
		from = end;
	}
	return RMN_RESIDUE_NONE;
}
