/* SPDX-License-Identifier: MIT
 *
 * Private to unpack/inflate*.c: the prefix codes of a block (RFC 1951, 3.2.2) as tables that are looked
 * up with the next bits of the stream. */
#ifndef RMN_UNPACK_INFLATE_CODES_H
#define RMN_UNPACK_INFLATE_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INFLATE_CODE_BITS 15		/* of the longest code */
#define INFLATE_SYMBOLS 288
#define INFLATE_DISTANCES 32
#define INFLATE_LENGTHS 19		/* symbols of the code that lengths of codes are in */

/* What the first look shows; longer codes have a second table for each such beginning.  The rooms are
 * what any complete set of codes can need. */
#define INFLATE_SYMBOL_BITS 10
#define INFLATE_SYMBOL_ROOM 1334
#define INFLATE_DISTANCE_BITS 8
#define INFLATE_DISTANCE_ROOM 402
#define INFLATE_LENGTH_BITS 7
#define INFLATE_LENGTH_ROOM 128

/* op: one of these, or how many extra bits follow (0 to 13) to be added to value. */
enum inflate_op {
	INFLATE_OP_INVALID = 0x10,	/* no code begins so, or its symbol has no meaning */
	INFLATE_OP_MORE = 0x20,		/* look at value + the next bits; how many is in the low bits */
	INFLATE_OP_END = 0x40,		/* of the block */
	INFLATE_OP_LITERAL = 0x80,	/* the byte, or the code length, value */
};

struct inflate_code {
	uint16_t value;
	uint8_t op;
	uint8_t bits;			/* so many bits this look has used up */
};

/* One block's.  Copies of a state share it; who builds new codes takes a new one when it is shared. */
struct inflate_codes {
	unsigned users;
	struct inflate_code symbols[INFLATE_SYMBOL_ROOM];
	struct inflate_code distances[INFLATE_DISTANCE_ROOM];
	struct inflate_code lengths[INFLATE_LENGTH_ROOM];
};

/* From the length of each symbol's code.  False when there are more codes than bits can tell apart, or
 * fewer: one code of one bit is allowed, but for lengths, and none at all. */
bool inflate_codes_symbols(struct inflate_codes *codes, const uint8_t *bits, unsigned count);
bool inflate_codes_distances(struct inflate_codes *codes, const uint8_t *bits, unsigned count);
bool inflate_codes_lengths(struct inflate_codes *codes, const uint8_t *bits);

/* Those of fixed blocks. */
void inflate_codes_fixed(struct inflate_codes *codes);

#endif
