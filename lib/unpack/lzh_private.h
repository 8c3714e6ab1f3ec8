/* SPDX-License-Identifier: MIT
 *
 * The inside of unpack/lzh: bits, codes, and one function a method that gives the next symbol.
 * Nobody else includes this. */
#ifndef RMN_UNPACK_LZH_PRIVATE_H
#define RMN_UNPACK_LZH_PRIVATE_H

#include "unpack/lzh.h"
#include "unpack/lzh_tree.h"

#define LZH_WINDOW_BYTES_MAX (1u << 20)
#define LZH_INPUT_BYTES 16384u
#define LZH_CODE_BITS_MAX 16u
#define LZH_LITERALS 510u	/* bytes, and lengths 3 to 256 */

/* Canonical: shorter before longer, and among equals in the order of symbols, so that counts by
 * length are all it takes to decode. */
struct lzh_code {
	uint16_t count[LZH_CODE_BITS_MAX + 1];	/* symbols by length; [0] is not used */
	uint16_t symbols[LZH_LITERALS];		/* in the order of their codes */
	bool is_single;				/* symbols[0] always, and costs no bit */
};

struct lzh_method {
	const char *name;
	unsigned window_bits;		/* 0: stored */
	unsigned distance_symbols, distance_bits;	/* of the methods with blocks */
	void (*start)(struct rmn_lzh *lzh);		/* may be NULL */
	/* One byte into the window, or a copy that is to be made. */
	void (*next)(struct rmn_lzh *lzh);
};

struct rmn_lzh {
	struct rmn_blob *content;
	const struct lzh_method *method;
	uint64_t offset, packed_left, size_left, given;
	bool is_broken;
	unsigned window_mask;
	unsigned block_left;		/* symbols until new codes come */
	uint64_t bits;			/* the next bit is the highest */
	unsigned bit_count;
	unsigned padding_bits;		/* zeros that stand behind the end */
	struct lzh_code literal, distance;
	struct lzh_tree literal_tree, distance_tree;	/* of lh1 and lh2 */
	uint64_t next_distance;		/* of lh2: the output at which the code of distances grows */
	unsigned flags, flag_count;	/* of lz5 */
	unsigned copy_from, copy_left;
	unsigned position;		/* in the window */
	uint16_t crc;
	uint16_t crc_table[256];
	unsigned char window[LZH_WINDOW_BYTES_MAX];
	unsigned char input[LZH_INPUT_BYTES];
	size_t input_at, input_size;
};

/* The next count bits, at most 24. */
unsigned lzh_bits_take(struct rmn_lzh *lzh, unsigned count);

/* False when the lengths make no prefix code. */
bool lzh_code_build(struct lzh_code *code, const unsigned char *lengths, unsigned count);
void lzh_code_single(struct lzh_code *code, unsigned symbol);
unsigned lzh_code_take(struct rmn_lzh *lzh, const struct lzh_code *code);

void lzh_literal(struct rmn_lzh *lzh, unsigned byte);
/* Whether symbol is a byte, which it then gives: other symbols are lengths. */
bool lzh_is_literal(struct rmn_lzh *lzh, unsigned symbol);
void lzh_copy(struct rmn_lzh *lzh, unsigned distance, unsigned length);

/* lzh_block.c: lh4 to lh7, lhx, and ARJ's 1 to 3. */
void lzh_block_next(struct rmn_lzh *lzh);
/* lzh_old.c */
void lzh_lh1_start(struct rmn_lzh *lzh);
void lzh_lh1_next(struct rmn_lzh *lzh);
void lzh_lh2_start(struct rmn_lzh *lzh);
void lzh_lh2_next(struct rmn_lzh *lzh);
void lzh_lh3_next(struct rmn_lzh *lzh);
void lzh_lzs_next(struct rmn_lzh *lzh);
void lzh_lz5_start(struct rmn_lzh *lzh);
void lzh_lz5_next(struct rmn_lzh *lzh);
void lzh_arj4_next(struct rmn_lzh *lzh);

#endif
