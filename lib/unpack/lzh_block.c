/* SPDX-License-Identifier: MIT
 *
 * LZ77 with two Huffman codes that change from block to block: Yoshizaki's lh5 and its kin, which differ
 * in the size of the window only. */
#include "base/checked.h"
#include "unpack/lzh_private.h"

#define LENGTHS_CODE 19u	/* symbols of the code that the lengths of the others come in */

/* One length: three bits, or seven and as many more as there are ones. */
static unsigned
length_take(struct rmn_lzh *z)
{
	unsigned length = lzh_bits_take(z, 3);

	while (length >= 7 && length <= LZH_CODE_BITS_MAX && lzh_bits_take(z, 1))
		length++;
	return length;
}

/* A code of few symbols; behind its third length a number says how many zeros follow. */
static void
small_code_read(struct rmn_lzh *z, struct lzh_code *code, unsigned symbols, unsigned bits,
    bool has_gap)
{
	unsigned char lengths[32] = {0};
	unsigned count = lzh_bits_take(z, bits);

	if (count == 0) {
		lzh_code_single(code, lzh_bits_take(z, bits));
		return;
	}
	if (count > symbols) {
		z->is_broken = true;
		return;
	}
	for (unsigned i = 0; i < count && !z->is_broken; i++) {
		unsigned length = length_take(z);

		if (length > LZH_CODE_BITS_MAX)
			z->is_broken = true;
		else
			lengths[i] = (unsigned char)length;
		if (has_gap && i == 2)
			i += lzh_bits_take(z, 2);
	}
	z->is_broken |= !lzh_code_build(code, lengths, symbols);
}

/* The literal code's lengths, themselves coded; three symbols stand for runs of zeros. */
static void
literal_code_read(struct rmn_lzh *z)
{
	unsigned char lengths[LZH_LITERALS] = {0};
	unsigned count = lzh_bits_take(z, 9), i = 0;
	struct lzh_code coded = z->distance;	/* read just before, into the same place */

	if (count == 0) {
		lzh_code_single(&z->literal, lzh_bits_take(z, 9));
		return;
	}
	while (i < count && i < LZH_LITERALS && !z->is_broken) {
		unsigned symbol = lzh_code_take(z, &coded);

		if (symbol > 2)
			lengths[i++] = (unsigned char)rmn_min_size(symbol - 2, LZH_CODE_BITS_MAX);
		else
			i += symbol == 0 ? 1 : symbol == 1 ? lzh_bits_take(z, 4) + 3 :
			    lzh_bits_take(z, 9) + 20;
	}
	z->is_broken |= i > LZH_LITERALS || !lzh_code_build(&z->literal, lengths, LZH_LITERALS);
}

static void
block_start(struct rmn_lzh *z)
{
	z->block_left = lzh_bits_take(z, 16);
	if (z->block_left == 0)
		z->is_broken = true;
	small_code_read(z, &z->distance, LENGTHS_CODE, 5, true);
	if (!z->is_broken)
		literal_code_read(z);
	if (!z->is_broken)
		small_code_read(z, &z->distance, z->method->distance_symbols,
		    z->method->distance_bits, false);
}

void
lzh_block_next(struct rmn_lzh *z)
{
	unsigned symbol, bits;

	if (z->block_left == 0)
		block_start(z);
	if (z->is_broken)
		return;
	z->block_left--;
	symbol = lzh_code_take(z, &z->literal);
	if (lzh_is_literal(z, symbol))
		return;
	bits = lzh_code_take(z, &z->distance);
	if (bits >= z->method->distance_symbols)
		z->is_broken = true;
	else
		lzh_copy(z, bits > 1 ? (1u << (bits - 1)) + lzh_bits_take(z, bits - 1) : bits,
		    symbol - 253);
}
