/* SPDX-License-Identifier: MIT */
#include "unpack/inflate_codes.h"

#include <string.h>

enum alphabet { SYMBOLS, DISTANCES, LENGTHS };

/* RFC 1951, 3.2.5. */
static const struct {
	uint16_t base;
	uint8_t extra;
} matches[] = {
	{3, 0}, {4, 0}, {5, 0}, {6, 0}, {7, 0}, {8, 0}, {9, 0}, {10, 0}, {11, 1}, {13, 1}, {15, 1},
	{17, 1}, {19, 2}, {23, 2}, {27, 2}, {31, 2}, {35, 3}, {43, 3}, {51, 3}, {59, 3}, {67, 4},
	{83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0},
}, distances[] = {
	{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 1}, {7, 1}, {9, 2}, {13, 2}, {17, 3}, {25, 3}, {33, 4},
	{49, 4}, {65, 5}, {97, 5}, {129, 6}, {193, 6}, {257, 7}, {385, 7}, {513, 8}, {769, 8},
	{1025, 9}, {1537, 9}, {2049, 10}, {3073, 10}, {4097, 11}, {6145, 11}, {8193, 12},
	{12289, 12}, {16385, 13}, {24577, 13},
};
#define MATCHES (sizeof(matches) / sizeof(matches[0]))
#define FARS (sizeof(distances) / sizeof(distances[0]))
#define SYMBOL_END 256u

/* A set of codes that is being built. */
struct set {
	enum alphabet alphabet;
	struct inflate_code *table;
	size_t room;
	unsigned root;			/* bits of the first look */
	const uint8_t *bits;		/* of each symbol's code; 0: it has none */
	unsigned count;
	uint16_t counts[INFLATE_CODE_BITS + 1];		/* codes of so many bits */
	uint16_t sorted[INFLATE_SYMBOLS];		/* symbols by rising length of their codes */
	unsigned longest, coded;	/* bits; symbols that have codes */
};

static struct inflate_code
code_make(enum alphabet alphabet, unsigned symbol)
{
	if (alphabet == LENGTHS || (alphabet == SYMBOLS && symbol < SYMBOL_END))
		return (struct inflate_code){(uint16_t)symbol, INFLATE_OP_LITERAL, 0};
	if (alphabet == SYMBOLS && symbol == SYMBOL_END)
		return (struct inflate_code){0, INFLATE_OP_END, 0};
	if (alphabet == SYMBOLS && symbol - SYMBOL_END - 1 < MATCHES)
		return (struct inflate_code){matches[symbol - SYMBOL_END - 1].base,
		    matches[symbol - SYMBOL_END - 1].extra, 0};
	if (alphabet == DISTANCES && symbol < FARS)
		return (struct inflate_code){distances[symbol].base, distances[symbol].extra, 0};
	return (struct inflate_code){0, INFLATE_OP_INVALID, 0};
}

/* Counts and sorts; false when the lengths are those of no set of codes. */
static bool
set_sort(struct set *s)
{
	uint16_t at[INFLATE_CODE_BITS + 1];
	int left = 1;

	for (unsigned i = 0; i < s->count; i++)
		s->counts[s->bits[i]]++;
	at[1] = 0;
	for (unsigned n = 1; n <= INFLATE_CODE_BITS; n++) {
		left = 2 * left - s->counts[n];
		if (left < 0)
			return false;
		if (n < INFLATE_CODE_BITS)
			at[n + 1] = (uint16_t)(at[n] + s->counts[n]);
		if (s->counts[n] > 0)
			s->longest = n;
	}
	for (unsigned i = 0; i < s->count; i++)
		if (s->bits[i] > 0)
			s->sorted[at[s->bits[i]]++] = (uint16_t)i;
	s->coded = s->count - s->counts[0];
	return left == 0 || s->longest == 0 || (s->longest == 1 && s->alphabet != LENGTHS);
}

/* Bits of the second look for the codes that begin as the one of n bits at place i does: those that
 * follow it have the same beginning until they fill its table. */
static unsigned
second_bits(const struct set *s, unsigned n, unsigned i)
{
	unsigned bits = n - s->root, before = 0;
	int left;

	for (unsigned k = 1; k < n; k++)
		before += s->counts[k];
	left = (1 << bits) - (s->counts[n] - (int)(i - before));
	while (left > 0 && bits + s->root < s->longest) {
		bits++;
		left = 2 * left - s->counts[bits + s->root];
	}
	return bits;
}

/* Enters a code, reversed: its first bit is the lowest.  *used: of the room.  False: there is none. */
static bool
code_enter(struct set *s, unsigned place, unsigned reversed, unsigned *used)
{
	unsigned n = s->bits[s->sorted[place]], first = 1u << s->root, step = 1u << n;
	struct inflate_code code = code_make(s->alphabet, s->sorted[place]), *more;

	if (n <= s->root) {
		code.bits = (uint8_t)n;
		for (unsigned k = reversed; k < first; k += step)
			s->table[k] = code;
		return true;
	}
	more = &s->table[reversed & (first - 1)];
	if (reversed >> s->root == 0) {		/* the first that begins so */
		unsigned bits = second_bits(s, n, place);

		if (*used + (1u << bits) > s->room)
			return false;
		*more = (struct inflate_code){(uint16_t)*used, (uint8_t)(INFLATE_OP_MORE | bits),
		    (uint8_t)s->root};
		*used += 1u << bits;
	}
	code.bits = (uint8_t)(n - s->root);
	for (unsigned k = reversed >> s->root; k < 1u << (more->op & 15); k += step >> s->root)
		s->table[more->value + k] = code;
	return true;
}

static bool
set_build(struct set *s)
{
	unsigned first = 1u << s->root, used = first, reversed = 0;

	if (!set_sort(s))
		return false;
	if (s->coded < 2)		/* not every bit is the beginning of a code */
		for (unsigned i = 0; i < first; i++)
			s->table[i] = (struct inflate_code){0, INFLATE_OP_INVALID, 1};
	for (unsigned i = 0; i < s->coded; i++) {
		unsigned bit = 1u << (s->bits[s->sorted[i]] - 1);

		if (!code_enter(s, i, reversed, &used))
			return false;
		while (reversed & bit)		/* the next code */
			bit >>= 1;
		reversed = bit ? (reversed & (bit - 1)) | bit : 0;
	}
	return true;
}

bool
inflate_codes_symbols(struct inflate_codes *codes, const uint8_t *bits, unsigned count)
{
	struct set s = {.alphabet = SYMBOLS, .table = codes->symbols, .room = INFLATE_SYMBOL_ROOM,
	    .root = INFLATE_SYMBOL_BITS, .bits = bits, .count = count};

	return set_build(&s);
}

bool
inflate_codes_distances(struct inflate_codes *codes, const uint8_t *bits, unsigned count)
{
	struct set s = {.alphabet = DISTANCES, .table = codes->distances,
	    .room = INFLATE_DISTANCE_ROOM, .root = INFLATE_DISTANCE_BITS, .bits = bits,
	    .count = count};

	return set_build(&s);
}

bool
inflate_codes_lengths(struct inflate_codes *codes, const uint8_t *bits)
{
	struct set s = {.alphabet = LENGTHS, .table = codes->lengths, .room = INFLATE_LENGTH_ROOM,
	    .root = INFLATE_LENGTH_BITS, .bits = bits, .count = INFLATE_LENGTHS};

	return set_build(&s);
}

void
inflate_codes_fixed(struct inflate_codes *codes)
{
	uint8_t bits[INFLATE_SYMBOLS];

	memset(bits, 8, 144);
	memset(bits + 144, 9, 112);
	memset(bits + 256, 7, 24);
	memset(bits + 280, 8, 8);
	inflate_codes_symbols(codes, bits, INFLATE_SYMBOLS);
	memset(bits, 5, INFLATE_DISTANCES);
	inflate_codes_distances(codes, bits, INFLATE_DISTANCES);
}
