/* SPDX-License-Identifier: MIT
 *
 * Private to unpack/inflate*.c: a stream that is being read.
 *
 * Mends copy a state, feed the copy some hundred bytes, and throw it away, ten thousands of times a file.
 * So a copy copies nothing large: it has the output before it, which only grows, and the codes of the
 * block in common with the state that it was made from, and writes on in a window of its own. */
#ifndef RMN_UNPACK_INFLATE_PRIVATE_H
#define RMN_UNPACK_INFLATE_PRIVATE_H

#include "unpack/inflate.h"
#include "unpack/inflate_codes.h"

#define INFLATE_HISTORY ((size_t)32 * 1024)	/* how far back a match may reach */
#define INFLATE_OUT ((size_t)32 * 1024)		/* is shown at a time */
#define INFLATE_MATCH_MAX ((size_t)258)
#define INFLATE_SLACK ((size_t)16)		/* matches are copied in so large steps */

enum inflate_step {
	INFLATE_STEP_BLOCK,		/* at the head of a block */
	INFLATE_STEP_STORED_HEAD, INFLATE_STEP_STORED,
	INFLATE_STEP_COUNTS,		/* a block with codes of its own: how many there are */
	INFLATE_STEP_LENGTH_BITS, INFLATE_STEP_BITS,
	INFLATE_STEP_SYMBOL,
	INFLATE_STEP_MATCH,		/* a match is to be copied, or a literal */
	INFLATE_STEP_END, INFLATE_STEP_BAD,
};

struct inflate_window {
	unsigned users;			/* the one who writes, and those who read what it wrote before */
	unsigned char bytes[INFLATE_HISTORY + 2 * INFLATE_OUT + INFLATE_SLACK];
};

struct inflate_state {
	enum inflate_step step;
	bool is_last;			/* this block */
	uint64_t hold;			/* bits that were read and not used, the next one lowest */
	unsigned held;
	unsigned stored_left;
	unsigned match, distance;	/* still to be copied; distance 0: the literal */
	unsigned char literal;
	unsigned symbol_count, distance_count, length_count, have;
	/* Output: history, then what is written.  Behind start stands what this state wrote; what it
	 * needs of before is in front of old_end in old, unless old is NULL. */
	size_t start, at;
	size_t old_end;
	struct inflate_window *own, *old;
	struct inflate_codes *codes;	/* of the block */
	struct inflate_codes *fixed;	/* NULL until a block needs them */
	uint8_t bits[INFLATE_SYMBOLS + INFLATE_DISTANCES];	/* of codes, as they are read */
};

/* Reads from *in up to end, and writes up to out_end in the own window.  Leaves off when the input is
 * used up, the room is, or the stream is over: END or BAD.  *in then is behind the last bit that was
 * needed.  size_before: of the output before start, which a match may reach as well. */
void inflate_run(struct inflate_state *s, const unsigned char **in, const unsigned char *end,
    size_t out_end, uint64_t size_before);

/* A set of codes that nobody else uses, in place of the block's; those of fixed blocks.  False when out of
 * memory. */
bool inflate_codes_own(struct inflate_state *s);
bool inflate_codes_use_fixed(struct inflate_state *s);

#endif
