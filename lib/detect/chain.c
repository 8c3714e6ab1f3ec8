/* SPDX-License-Identifier: MIT
 *
 * Reading digit chains; see chain.h. */
#include "detect/chain.h"

#include <string.h>

#define LOOK_BACK 64u

static bool
is_separator(unsigned char c)
{
	return c == '-' || c == ' ' || c == '.' || c == '/' || c == '(' || c == ')';
}

/* The number of separators from p on that part two groups: one, or two of which one is a
 * parenthesis; 0 when no digit follows. */
static size_t
separators_at(struct rmn_bytes text, size_t p)
{
	const unsigned char *d = text.data;

	if (p + 1 >= text.size || !is_separator(d[p]))
		return 0;
	if (rmn_is_digit(d[p + 1]))
		return 1;
	if (p + 2 >= text.size || !is_separator(d[p + 1]) || !rmn_is_digit(d[p + 2]))
		return 0;
	return d[p] == ')' || d[p + 1] == '(' ? 2 : 0;
}

size_t
rmn_chain_start(struct rmn_bytes text, size_t at)
{
	const unsigned char *d = text.data;
	size_t floor = at > LOOK_BACK ? at - LOOK_BACK : 0;
	size_t p = at;

	for (;;) {
		size_t digits = p;

		while (p > floor && rmn_is_digit(d[p - 1]))
			p--;
		digits = p;
		if (p >= floor + 2 && is_separator(d[p - 1]) && rmn_is_digit(d[p - 2]))
			p -= 2;
		else if (p >= floor + 3 && is_separator(d[p - 1]) && is_separator(d[p - 2]) &&
		    rmn_is_digit(d[p - 3]) && (d[p - 2] == ')' || d[p - 1] == '('))
			p -= 3;
		else
			return digits;
	}
}

void
rmn_chain_read(struct rmn_bytes text, size_t start, struct rmn_chain *chain)
{
	const unsigned char *d = text.data;
	size_t p = start;
	char before = 0;

	chain->count = 0;
	chain->is_cut = false;
	for (;;) {
		struct rmn_chain_group *g = &chain->groups[chain->count];
		size_t separators;

		g->at = p;
		g->before = before;
		while (p < text.size && rmn_is_digit(d[p]))
			p++;
		g->end = p;
		g->length = p - g->at > RMN_CHAIN_GROUP_MAX ? RMN_CHAIN_GROUP_MAX :
		    (unsigned)(p - g->at);
		chain->count++;
		chain->end = p;
		separators = separators_at(text, p);
		if (!separators)
			return;
		if (chain->count == RMN_CHAIN_GROUPS) {
			chain->is_cut = true;
			return;
		}
		before = (char)d[p];
		p += separators;
	}
}
