/* SPDX-License-Identifier: MIT
 *
 * RFC 1951, step by step.  Where a stream is wrong is told to the byte: nothing is read ahead of what the
 * next decision needs, or it is given back. */
#include <endian.h>
#include <string.h>

#include "base/checked.h"
#include "unpack/inflate_private.h"

/* The fast way needs so much input, and room for what one look at it can give: literals, a match. */
#define FAST_IN 16
#define FAST_OUT (INFLATE_MATCH_MAX + 8)

struct input {
	const unsigned char *at, *end;
};

/* Reads whole bytes until there are n bits.  False: the input is used up. */
static inline bool
need(struct inflate_state *s, struct input *in, unsigned n)
{
	while (s->held < n) {
		if (in->at == in->end)
			return false;
		s->hold |= (uint64_t)*in->at++ << s->held;
		s->held += 8;
	}
	return true;
}

static inline unsigned
take(struct inflate_state *s, unsigned n)
{
	unsigned bits = (unsigned)(s->hold & ((1ull << n) - 1));

	s->hold >>= n;
	s->held -= n;
	return bits;
}

static inline const struct inflate_code *
look(const struct inflate_code *table, unsigned root, uint64_t hold)
{
	return &table[hold & ((1u << root) - 1)];
}

/* --- heads of blocks; each step gives false when it needs more input */

static bool
block_head(struct inflate_state *s, struct input *in)
{
	if (!need(s, in, 3))
		return false;
	s->is_last = take(s, 1);
	switch (take(s, 2)) {
	case 0:
		take(s, s->held % 8);
		s->step = INFLATE_STEP_STORED_HEAD;
		break;
	case 1:
		s->step = inflate_codes_use_fixed(s) ? INFLATE_STEP_SYMBOL : INFLATE_STEP_BAD;
		break;
	case 2:
		s->step = INFLATE_STEP_COUNTS;
		break;
	default:
		s->step = INFLATE_STEP_BAD;
	}
	return true;
}

static void
block_end(struct inflate_state *s)
{
	s->step = s->is_last ? INFLATE_STEP_END : INFLATE_STEP_BLOCK;
}

static bool
stored_head(struct inflate_state *s, struct input *in)
{
	unsigned size;

	if (!need(s, in, 32))
		return false;
	size = take(s, 16);
	s->stored_left = size;
	s->step = take(s, 16) == (size ^ 0xFFFF) ? INFLATE_STEP_STORED : INFLATE_STEP_BAD;
	return true;
}

static bool
counts_read(struct inflate_state *s, struct input *in)
{
	if (!need(s, in, 14))
		return false;
	s->symbol_count = take(s, 5) + 257;
	s->distance_count = take(s, 5) + 1;
	s->length_count = take(s, 4) + 4;
	s->have = 0;
	memset(s->bits, 0, INFLATE_LENGTHS);
	s->step = s->symbol_count > 286 || s->distance_count > 30 ? INFLATE_STEP_BAD :
	    INFLATE_STEP_LENGTH_BITS;
	return true;
}

static bool
length_bits_read(struct inflate_state *s, struct input *in)
{
	static const uint8_t order[INFLATE_LENGTHS] = {
		16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
	};

	for (; s->have < s->length_count; s->have++) {
		if (!need(s, in, 3))
			return false;
		s->bits[order[s->have]] = (uint8_t)take(s, 3);
	}
	s->have = 0;
	s->step = inflate_codes_own(s) && inflate_codes_lengths(s->codes, s->bits) ?
	    INFLATE_STEP_BITS : INFLATE_STEP_BAD;
	return true;
}

/* All lengths of codes are there. */
static void
codes_make(struct inflate_state *s)
{
	bool is_good = s->bits[256] > 0 && inflate_codes_own(s) &&
	    inflate_codes_symbols(s->codes, s->bits, s->symbol_count) &&
	    inflate_codes_distances(s->codes, s->bits + s->symbol_count, s->distance_count);

	s->step = is_good ? INFLATE_STEP_SYMBOL : INFLATE_STEP_BAD;
}

static bool
bits_read(struct inflate_state *s, struct input *in)
{
	static const struct {
		uint8_t bits, least;
	} repeats[] = {{2, 3}, {3, 3}, {7, 11}};	/* symbols 16 to 18 */
	unsigned total = s->symbol_count + s->distance_count;

	while (s->have < total) {
		const struct inflate_code *code;
		unsigned times;
		uint8_t value = 0;

		while ((code = look(s->codes->lengths, INFLATE_LENGTH_BITS, s->hold))->bits > s->held)
			if (!need(s, in, s->held + 1))
				return false;
		if (code->value < 16) {
			take(s, code->bits);
			s->bits[s->have++] = (uint8_t)code->value;
			continue;
		}
		if (!need(s, in, code->bits + repeats[code->value - 16].bits))
			return false;
		take(s, code->bits);
		times = repeats[code->value - 16].least + take(s, repeats[code->value - 16].bits);
		if ((code->value == 16 && s->have == 0) || times > total - s->have) {
			s->step = INFLATE_STEP_BAD;
			return true;
		}
		if (code->value == 16)
			value = s->bits[s->have - 1];
		memset(s->bits + s->have, value, times);
		s->have += times;
	}
	codes_make(s);
	return true;
}

/* --- symbols, with care: at the end of the input, or of the room */

enum got { GOT, GOT_BAD, GOT_TOO_LITTLE };

/* The code at the beginning of hold; *used bits, and what is added up with its extra bits. */
static enum got
code_get(const struct inflate_code *table, unsigned root, uint64_t hold, unsigned held,
    unsigned *used, struct inflate_code *code)
{
	*code = *look(table, root, hold);
	*used = code->bits;
	if (*used <= held && code->op & INFLATE_OP_MORE) {
		*code = table[code->value + (hold >> root & ((1u << (code->op & 15)) - 1))];
		*used += code->bits;
	}
	if (*used > held)
		return GOT_TOO_LITTLE;
	if (code->op == INFLATE_OP_INVALID)
		return GOT_BAD;
	if (code->op & (INFLATE_OP_LITERAL | INFLATE_OP_END))
		return GOT;
	*used += code->op;
	if (*used > held)
		return GOT_TOO_LITTLE;
	code->value = (uint16_t)(code->value +
	    (hold >> (*used - code->op) & ((1u << code->op) - 1)));
	return GOT;
}

static enum got
symbol_get(struct inflate_state *s, struct inflate_code *code, struct inflate_code *distance,
    unsigned *used)
{
	unsigned more;
	enum got got = code_get(s->codes->symbols, INFLATE_SYMBOL_BITS, s->hold, s->held, used, code);

	if (got != GOT || code->op & (INFLATE_OP_LITERAL | INFLATE_OP_END))
		return got;
	got = code_get(s->codes->distances, INFLATE_DISTANCE_BITS, s->hold >> *used, s->held - *used,
	    &more, distance);
	*used += more;
	return got;
}

static bool
symbol_read(struct inflate_state *s, struct input *in, uint64_t reach)
{
	struct inflate_code code, distance = {0};
	unsigned used = 0;
	enum got got;

	while ((got = symbol_get(s, &code, &distance, &used)) == GOT_TOO_LITTLE)
		if (!need(s, in, s->held + 1))
			return false;
	if (got == GOT_BAD) {
		s->step = INFLATE_STEP_BAD;
		return true;
	}
	s->hold >>= used;
	s->held -= used;
	s->step = INFLATE_STEP_MATCH;
	if (code.op & INFLATE_OP_END) {
		block_end(s);
	} else if (code.op & INFLATE_OP_LITERAL) {
		s->match = 1;
		s->distance = 0;
		s->literal = (unsigned char)code.value;
	} else {
		s->match = code.value;
		s->distance = distance.value;
		if (s->distance > reach)
			s->step = INFLATE_STEP_BAD;
	}
	return true;
}

/* Copies a match to at; what it reaches back to in the old window first. */
static void
match_copy(struct inflate_state *s, size_t distance, size_t length)
{
	unsigned char *bytes = s->own->bytes;
	size_t here = s->at - s->start;

	if (distance > here) {
		size_t part = rmn_min_size(distance - here, length);

		memcpy(bytes + s->at, s->old->bytes + s->old_end - (distance - here), part);
		s->at += part;
		length -= part;
	}
	for (; length > 0; length--, s->at++)
		bytes[s->at] = bytes[s->at - distance];
}

/* False: there is no room. */
static bool
match_write(struct inflate_state *s, size_t out_end)
{
	unsigned part = (unsigned)rmn_min_size(s->match, out_end - s->at);

	if (s->distance > 0)
		match_copy(s, s->distance, part);
	else if (part > 0)
		s->own->bytes[s->at++] = s->literal;
	s->match -= part;
	if (s->match > 0)
		return false;
	s->step = INFLATE_STEP_SYMBOL;
	return true;
}

static bool
stored_copy(struct inflate_state *s, struct input *in, size_t out_end)
{
	size_t part = rmn_min_size(s->stored_left, out_end - s->at);

	part = rmn_min_size(part, (size_t)(in->end - in->at));
	memcpy(s->own->bytes + s->at, in->at, part);
	in->at += part;
	s->at += part;
	s->stored_left -= (unsigned)part;
	if (s->stored_left > 0)
		return false;
	block_end(s);
	return true;
}

/* --- symbols, fast */

/* Steps of at most INFLATE_SLACK bytes: what is written too far is written again. */
static inline unsigned char *
match_spread(unsigned char *to, size_t distance, size_t length)
{
	const unsigned char *from = to - distance;
	unsigned char *end = to + length;

	if (distance >= 16) {
		for (; to < end; to += 16, from += 16)
			memcpy(to, from, 16);
	} else if (distance >= 8) {
		for (; to < end; to += 8, from += 8)
			memcpy(to, from, 8);
	} else if (distance == 1) {
		memset(to, *from, length);
	} else {
		while (to < end)
			*to++ = *from++;
	}
	return end;
}

/* The bits ahead: at least held of them, the others are zeros or right. */
struct ahead {
	uint64_t hold;
	unsigned held;
	const unsigned char *at;
};

/* To 56 bits or more.  Eight bytes are read, seven passed at most. */
static inline void
ahead_fill(struct ahead *a)
{
	uint64_t value;

	memcpy(&value, a->at, sizeof(value));
	a->hold |= le64toh(value) << a->held;
	a->at += (63 - a->held) / 8;
	a->held |= 56;
}

static inline unsigned
ahead_take(struct ahead *a, unsigned n)
{
	unsigned bits = (unsigned)(a->hold & ((1ull << n) - 1));

	a->hold >>= n;
	a->held -= n;
	return bits;
}

static inline struct inflate_code
ahead_code(struct ahead *a, const struct inflate_code *table, unsigned root)
{
	struct inflate_code code = *look(table, root, a->hold);

	ahead_take(a, code.bits);
	if (code.op & INFLATE_OP_MORE) {
		code = *look(table + code.value, code.op & 15, a->hold);
		ahead_take(a, code.bits);
	}
	return code;
}

/* A match from before the own window's start.  False: it reaches back too far. */
static bool
match_far(struct inflate_state *s, unsigned char **to, size_t distance, size_t length, uint64_t reach)
{
	s->at = (size_t)(*to - s->own->bytes);
	if (distance > reach + (s->at - s->start))
		return false;
	match_copy(s, distance, length);
	*to = s->own->bytes + s->at;
	return true;
}

/* As long as there is input and room in plenty.  What the loop uses stands in locals: bytes that are
 * written could be anything else's. */
static void
symbols_run(struct inflate_state *s, struct input *in, size_t out_end, uint64_t size_before)
{
	const struct inflate_code *symbols = s->codes->symbols, *distances = s->codes->distances;
	struct ahead a = {s->hold, s->held, in->at};
	const unsigned char *in_last = in->end - FAST_IN, *start = s->own->bytes + s->start;
	unsigned char *to = s->own->bytes + s->at, *last = s->own->bytes + out_end - FAST_OUT;

	while (a.at <= in_last && to <= last) {
		struct inflate_code code;
		size_t length, distance;

		ahead_fill(&a);
		code = ahead_code(&a, symbols, INFLATE_SYMBOL_BITS);
		/* Three codes of 15 bits are there. */
		if (code.op & INFLATE_OP_LITERAL) {
			*to++ = (unsigned char)code.value;
			code = ahead_code(&a, symbols, INFLATE_SYMBOL_BITS);
		}
		if (code.op & INFLATE_OP_LITERAL) {
			*to++ = (unsigned char)code.value;
			code = ahead_code(&a, symbols, INFLATE_SYMBOL_BITS);
		}
		if (code.op & INFLATE_OP_LITERAL) {
			*to++ = (unsigned char)code.value;
			continue;
		}
		if (code.op >= INFLATE_OP_INVALID) {
			if (code.op == INFLATE_OP_END)
				block_end(s);
			else
				s->step = INFLATE_STEP_BAD;
			break;
		}
		length = code.value + ahead_take(&a, code.op);
		ahead_fill(&a);
		code = ahead_code(&a, distances, INFLATE_DISTANCE_BITS);
		distance = code.value + ahead_take(&a, code.op & 15);
		if (code.op != INFLATE_OP_INVALID && distance <= (size_t)(to - start)) {
			to = match_spread(to, distance, length);
		} else if (code.op == INFLATE_OP_INVALID ||
		    !match_far(s, &to, distance, length, size_before)) {
			s->step = INFLATE_STEP_BAD;
			break;
		}
	}
	s->at = (size_t)(to - s->own->bytes);
	in->at = a.at - a.held / 8;
	s->held = a.held % 8;
	s->hold = a.hold & ((1u << s->held) - 1);
}

void
inflate_run(struct inflate_state *s, const unsigned char **at, const unsigned char *end,
    size_t out_end, uint64_t size_before)
{
	struct input in = {*at, end};
	bool goes_on = true;

	while (goes_on) {
		switch (s->step) {
		case INFLATE_STEP_BLOCK:
			goes_on = block_head(s, &in);
			break;
		case INFLATE_STEP_STORED_HEAD:
			goes_on = stored_head(s, &in);
			break;
		case INFLATE_STEP_STORED:
			goes_on = stored_copy(s, &in, out_end);
			break;
		case INFLATE_STEP_COUNTS:
			goes_on = counts_read(s, &in);
			break;
		case INFLATE_STEP_LENGTH_BITS:
			goes_on = length_bits_read(s, &in);
			break;
		case INFLATE_STEP_BITS:
			goes_on = bits_read(s, &in);
			break;
		case INFLATE_STEP_SYMBOL:
			if (in.end - in.at >= FAST_IN && out_end - s->at >= FAST_OUT)
				symbols_run(s, &in, out_end, size_before);
			if (s->step == INFLATE_STEP_SYMBOL)
				goes_on = symbol_read(s, &in, size_before + (s->at - s->start));
			break;
		case INFLATE_STEP_MATCH:
			goes_on = match_write(s, out_end);
			break;
		default:
			goes_on = false;
		}
	}
	*at = in.at;
}
