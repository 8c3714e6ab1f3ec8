/* SPDX-License-Identifier: MIT */
#include "format/ole/md4.h"

#include <string.h>

#include "base/number.h"

#define BLOCK_BYTES 64u
#define LENGTH_AT 56u

static uint32_t
turn(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

/* Steps of round 1 to 3 (RFC 1320, 3.4): function, order of the words, turns. */
static void
block_mix(uint32_t state[4], const unsigned char *block)
{
	static const uint8_t order[3][16] = {
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
		{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15},
		{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15},
	};
	static const uint8_t turns[3][4] = {{3, 7, 11, 19}, {3, 5, 9, 13}, {3, 9, 11, 15}};
	static const uint32_t added[3] = {0, 0x5A827999, 0x6ED9EBA1};
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < 16; i++) {
			uint32_t f = round == 0 ? (b & c) | (~b & d) :
			    round == 1 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
			uint32_t sum = turn(a + f + rmn_le32(block + order[round][i] * 4u) +
			    added[round], turns[round][i % 4]);

			a = d;
			d = c;
			c = b;
			b = sum;
		}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
}

void
rmn_md4(struct rmn_bytes bytes, unsigned char digest[RMN_MD4_BYTES])
{
	uint32_t state[4] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
	unsigned char last[2 * BLOCK_BYTES] = {0};
	size_t whole = bytes.size / BLOCK_BYTES * BLOCK_BYTES, rest = bytes.size - whole;
	size_t size = rest < LENGTH_AT ? BLOCK_BYTES : 2 * BLOCK_BYTES;
	uint64_t bits = (uint64_t)bytes.size * 8;

	for (size_t at = 0; at < whole; at += BLOCK_BYTES)
		block_mix(state, bytes.data + at);
	if (rest > 0)
		memcpy(last, bytes.data + whole, rest);
	last[rest] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		last[size - 8 + i] = (unsigned char)(bits >> (8 * i));
	for (size_t at = 0; at < size; at += BLOCK_BYTES)
		block_mix(state, last + at);
	for (unsigned i = 0; i < RMN_MD4_BYTES; i++)
		digest[i] = (unsigned char)(state[i / 4] >> (8 * (i % 4)));
}
