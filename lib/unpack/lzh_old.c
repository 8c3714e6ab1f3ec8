/* SPDX-License-Identifier: MIT
 *
 * What came before lh5: LArc's lzs and lz5 (1988), LHarc's lh1, the experiments lh2 and lh3, and ARJ's
 * fastest method.  Distances of lh1 to lh3 are six bits behind a code for the rest. */
#include <string.h>

#include "unpack/lzh_private.h"

#define DISTANCES 128u		/* codes of lh2 and lh3; lh1 has 64 */
#define ESCAPE 285u		/* the symbol whose length goes on in eight bits */

/* Where the lengths of a ready-made code grow by one. */
static const unsigned char ready_lh1[] = {3, 1, 4, 12, 24, 48, 0};
static const unsigned char ready_lh3[] = {2, 1, 1, 3, 6, 13, 31, 78, 0};

static void
code_ready_made(struct lzh_code *code, const unsigned char *steps, unsigned count)
{
	unsigned char lengths[DISTANCES], length = *steps++;

	for (unsigned i = 0; i < count; i++) {
		for (; *steps == i && i > 0; steps++)
			length++;
		lengths[i] = length;
	}
	lzh_code_build(code, lengths, count);
}

static unsigned
tree_take(struct rmn_lzh *z, const struct lzh_tree *tree)
{
	int child = tree->child[0];

	for (unsigned depth = 0; child >= 0 && depth < LZH_TREE_NODES && !z->is_broken; depth++)
		child = tree->child[(unsigned)child - lzh_bits_take(z, 1)];
	return child < 0 ? (unsigned)~child : 0;
}

void
lzh_lh1_start(struct rmn_lzh *z)
{
	lzh_tree_full(&z->literal_tree, 314);
	code_ready_made(&z->distance, ready_lh1, 64);
}

void
lzh_lh1_next(struct rmn_lzh *z)
{
	unsigned symbol = tree_take(z, &z->literal_tree), high;

	lzh_tree_count(&z->literal_tree, symbol);
	if (lzh_is_literal(z, symbol))
		return;
	high = lzh_code_take(z, &z->distance);
	lzh_copy(z, (high << 6) + lzh_bits_take(z, 6), symbol - 253);
}

void
lzh_lh2_start(struct rmn_lzh *z)
{
	lzh_tree_full(&z->literal_tree, 286);
	lzh_tree_single(&z->distance_tree);
	z->next_distance = 64;
}

void
lzh_lh2_next(struct rmn_lzh *z)
{
	unsigned symbol = tree_take(z, &z->literal_tree), high;

	lzh_tree_count(&z->literal_tree, symbol);
	if (lzh_is_literal(z, symbol))
		return;
	if (symbol == ESCAPE)
		symbol += lzh_bits_take(z, 8);
	/* distances get their codes when there is enough output for them */
	for (; z->given > z->next_distance && z->next_distance < DISTANCES * 64;
	    z->next_distance += 64)
		lzh_tree_grow(&z->distance_tree, (unsigned)(z->next_distance / 64));
	high = tree_take(z, &z->distance_tree);
	lzh_tree_count(&z->distance_tree, high);
	lzh_copy(z, (high << 6) + lzh_bits_take(z, 6), symbol - 253);
}

/* Three lengths of one, which is no code, stand for a single symbol. */
static bool
lengths_are_single(const unsigned char *lengths, unsigned at)
{
	return at == 2 && lengths[0] == 1 && lengths[1] == 1 && lengths[2] == 1;
}

static void
lh3_literals_read(struct rmn_lzh *z)
{
	unsigned char lengths[ESCAPE + 1] = {0};

	for (unsigned i = 0; i <= ESCAPE; i++) {
		lengths[i] = lzh_bits_take(z, 1) ? (unsigned char)(lzh_bits_take(z, 4) + 1) : 0;
		if (lengths_are_single(lengths, i)) {
			lzh_code_single(&z->literal, lzh_bits_take(z, 9));
			return;
		}
	}
	z->is_broken |= !lzh_code_build(&z->literal, lengths, ESCAPE + 1);
}

static void
lh3_distances_read(struct rmn_lzh *z)
{
	unsigned char lengths[DISTANCES] = {0};

	if (!lzh_bits_take(z, 1)) {
		code_ready_made(&z->distance, ready_lh3, DISTANCES);
		return;
	}
	for (unsigned i = 0; i < DISTANCES; i++) {
		lengths[i] = (unsigned char)lzh_bits_take(z, 4);
		if (lengths_are_single(lengths, i)) {
			lzh_code_single(&z->distance, lzh_bits_take(z, 7));
			return;
		}
	}
	z->is_broken |= !lzh_code_build(&z->distance, lengths, DISTANCES);
}

void
lzh_lh3_next(struct rmn_lzh *z)
{
	unsigned symbol, high;

	if (z->block_left == 0) {
		z->block_left = lzh_bits_take(z, 16);
		z->is_broken |= z->block_left == 0;
		lh3_literals_read(z);
		lh3_distances_read(z);
	}
	if (z->is_broken)
		return;
	z->block_left--;
	symbol = lzh_code_take(z, &z->literal);
	if (lzh_is_literal(z, symbol))
		return;
	if (symbol == ESCAPE)
		symbol += lzh_bits_take(z, 8);
	high = lzh_code_take(z, &z->distance);
	lzh_copy(z, (high << 6) + lzh_bits_take(z, 6), symbol - 253);
}

/* LArc names places in the window, counted from where its output began. */
static void
copy_from_place(struct rmn_lzh *z, unsigned place, unsigned length)
{
	lzh_copy(z, (z->position - place - 1) & z->window_mask, length);
}

void
lzh_lzs_next(struct rmn_lzh *z)
{
	unsigned place;

	if (lzh_bits_take(z, 1)) {
		lzh_literal(z, lzh_bits_take(z, 8));
		return;
	}
	place = lzh_bits_take(z, 11);
	copy_from_place(z, place + 17, lzh_bits_take(z, 4) + 2);
}

/* The window begins with what might be copied: runs of each byte, all bytes rising and falling. */
void
lzh_lz5_start(struct rmn_lzh *z)
{
	unsigned char *to = z->window + 18;

	memset(z->window, 0, 18);
	for (unsigned i = 0; i < 256; i++, to += 13)
		memset(to, (int)i, 13);
	for (unsigned i = 0; i < 256; i++)
		*to++ = (unsigned char)i;
	for (unsigned i = 0; i < 256; i++)
		*to++ = (unsigned char)(255 - i);
	memset(to, 0, 128);
	z->flag_count = 0;
}

void
lzh_lz5_next(struct rmn_lzh *z)
{
	unsigned low, high;

	if (z->flag_count == 0) {
		z->flags = lzh_bits_take(z, 8);
		z->flag_count = 8;
	}
	z->flag_count--;
	low = lzh_bits_take(z, 8);
	if (z->flags & 1) {
		lzh_literal(z, low);
	} else {
		high = lzh_bits_take(z, 8);
		copy_from_place(z, low + ((high & 0xF0) << 4) + 18, (high & 15) + 3);
	}
	z->flags >>= 1;
}

/* Ones say how many bits follow, from first to last; each number of bits begins where the last ends. */
static unsigned
arj4_number(struct rmn_lzh *z, unsigned first, unsigned last)
{
	unsigned width = first, base = 0;

	for (; width < last && lzh_bits_take(z, 1); width++)
		base += 1u << width;
	return base + (width > 0 ? lzh_bits_take(z, width) : 0);
}

void
lzh_arj4_next(struct rmn_lzh *z)
{
	unsigned length = arj4_number(z, 0, 7);

	if (length == 0)
		lzh_literal(z, lzh_bits_take(z, 8));
	else
		lzh_copy(z, arj4_number(z, 9, 13), length + 2);
}
