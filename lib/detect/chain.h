/* SPDX-License-Identifier: MIT
 *
 * Digit chains: groups of ASCII digits parted by one or two separators, as numbers are written
 * ("090-1234-5678", "+1 (415) 555-0100", "4111 1111 1111 1111"). */
#ifndef RMN_DETECT_CHAIN_H
#define RMN_DETECT_CHAIN_H

#include "base/bytes.h"

#define RMN_CHAIN_GROUPS 16
#define RMN_CHAIN_GROUP_MAX 31	/* longer runs of digits are no number anybody wrote */

struct rmn_chain_group {
	size_t at;		/* of the first digit */
	unsigned length;	/* RMN_CHAIN_GROUP_MAX when it is that or more */
	size_t end;
	char before;		/* the separator before the group, 0 for the first */
};

struct rmn_chain {
	struct rmn_chain_group groups[RMN_CHAIN_GROUPS];
	unsigned count;
	size_t end;		/* of the last group */
	bool is_cut;		/* there were more groups */
};

/* The first digit of the chain that the digit at `at` belongs to; looks back 64 bytes at most. */
size_t rmn_chain_start(struct rmn_bytes text, size_t at);

/* Reads the chain whose first digit is at start. */
void rmn_chain_read(struct rmn_bytes text, size_t start, struct rmn_chain *chain);

static inline bool
rmn_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
rmn_is_letter(unsigned char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static inline bool
rmn_is_alnum(unsigned char c)
{
	return rmn_is_digit(c) || rmn_is_letter(c);
}

#endif
