/* SPDX-License-Identifier: MIT
 *
 * The end of a text that other bytes follow at once: the text itself says which bytes it is made
 * of. What is likelier text than random counts for a later end, what is likelier random for an
 * earlier one; texts like to end with their last line. */
#include <string.h>

#include "carve/text_private.h"

#define WIDTH 256u		/* byte values */
#define UNSEEN 4u		/* in 1/8: counted for each value, seen or not */
#define ASCII_WEIGHT (-8)	/* the least, in eighths of a bit */
#define LINE_BITS 4		/* in favour of an end behind a line */
#define SECTOR_BITS 5		/* in favour of a sector's end */
#define DISTINCT_MIN 140u	/* byte values in 256 random bytes: 162, in programs half as many */

struct model {
	uint32_t count[2][WIDTH];	/* UTF-16: of both bytes of a unit, else the first alone */
	uint32_t all;
	unsigned step;
};

static void
model_make(struct model *m, struct rmn_bytes text, unsigned step)
{
	memset(m, 0, sizeof(*m));
	m->step = step;
	for (size_t i = 0; i < text.size; i++)
		m->count[i % step][text.data[i]]++;
	m->all = (uint32_t)(text.size / step);
}

/* log2 of x, rounded down to eighths: exact enough and the same on every machine. */
static int
log2_eighths(uint64_t x)
{
	int bits = 63 - __builtin_clzll(x | 1);
	uint64_t part = bits > 3 ? x >> (bits - 3) : x << (3 - bits);

	return bits * 8 + (int)(part & 7);
}

/* How much likelier a byte is in the text than by chance, in eighths of a bit.  ASCII that a text
 * has not had so far may still come, as the last line behind an attachment does. */
static int
byte_weight(const struct model *m, size_t at, unsigned char c)
{
	bool is_ascii = m->step == 1 && c < 0x7F && (c >= ' ' || rmn_text_is_space(c));
	uint64_t seen = (uint64_t)m->count[at % m->step][c] * 8 + UNSEEN;
	uint64_t all = (uint64_t)m->all * 8 + (uint64_t)UNSEEN * WIDTH;
	int weight;

	weight = log2_eighths(seen * WIDTH) - log2_eighths(all);
	return is_ascii && weight < ASCII_WEIGHT ? ASCII_WEIGHT : weight;
}

static bool
is_behind_line(struct rmn_bytes tail, size_t at, unsigned step)
{
	for (size_t i = 1; i <= step && i <= at; i++)
		if (tail.data[at - i] == '\n' || tail.data[at - i] == '\r')
			return true;
	return false;
}

size_t
rmn_text_end_guess(struct rmn_bytes model, struct rmn_bytes tail, enum rmn_encoding encoding,
    size_t sector)
{
	unsigned step = encoding == RMN_UTF16LE || encoding == RMN_UTF16BE ? 2 : 1;
	size_t best = tail.size - tail.size % step;
	int weight = 0, most = INT32_MIN;
	struct model m;

	model_make(&m, model, step);
	for (size_t at = 0; at <= tail.size; at++) {
		int here = weight;

		if (is_behind_line(tail, at, step))
			here += LINE_BITS * 8;
		if (at == sector)
			here += SECTOR_BITS * 8;
		if (at % step == 0 && here >= most) {
			most = here;
			best = at;
		}
		if (at < tail.size)
			weight += byte_weight(&m, at, tail.data[at]);
	}
	return best;
}

bool
rmn_text_is_mixed(struct rmn_bytes bytes)
{
	bool seen[WIDTH] = {false};
	unsigned distinct = 0;

	if (bytes.size < WIDTH)
		return false;
	for (size_t i = 0; i < WIDTH; i++) {
		distinct += !seen[bytes.data[i]];
		seen[bytes.data[i]] = true;
	}
	return distinct >= DISTINCT_MIN;
}
