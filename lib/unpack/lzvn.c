/* SPDX-License-Identifier: MIT */
#include "unpack/lzvn.h"

#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"

#define LONG_FROM 16u			/* what a length in a byte of its own counts from */
#define MATCH_FROM 3u

enum kind { END, NOTHING, UNDEFINED, STEP };

/* One opcode: so many literals, then a match of so many bytes. */
struct step {
	unsigned literals, match, distance;
};

/* 101LLMMM DDDDDDMM DDDDDDDD */
static enum kind
medium_read(struct rmn_cursor *c, unsigned op, struct step *s)
{
	uint16_t word;

	if (!rmn_cursor_le16(c, &word))
		return UNDEFINED;
	s->literals = op >> 3 & 3;
	s->match = ((op & 7) << 2 | (word & 3)) + MATCH_FROM;
	s->distance = word >> 2;
	return STEP;
}

/* 1110LLLL: literals alone; 1111MMMM: a match alone, at the last distance.  0: the length follows. */
static enum kind
single_read(struct rmn_cursor *c, unsigned op, struct step *s)
{
	unsigned length = op & 15;
	uint8_t more;

	if (length == 0) {
		if (!rmn_cursor_u8(c, &more))
			return UNDEFINED;
		length = more + LONG_FROM;
	}
	s->literals = op < 0xf0 ? length : 0;
	s->match = op < 0xf0 ? 0 : length;
	return STEP;
}

/* LLMMMDDD: the last three bits are the distance's first, or say where it is (6: the last one, 7: two
 * bytes follow). */
static enum kind
pair_read(struct rmn_cursor *c, unsigned op, struct step *s)
{
	unsigned how = op & 7;
	uint16_t word;
	uint8_t low;

	s->literals = op >> 6;
	s->match = (op >> 3 & 7) + MATCH_FROM;
	if (how == 6)
		return STEP;
	if (how == 7) {
		if (!rmn_cursor_le16(c, &word))
			return UNDEFINED;
		s->distance = word;
		return STEP;
	}
	if (!rmn_cursor_u8(c, &low))
		return UNDEFINED;
	s->distance = how << 8 | low;
	return STEP;
}

static enum kind
step_read(struct rmn_cursor *c, struct step *s)
{
	uint8_t op;

	if (!rmn_cursor_u8(c, &op))
		return UNDEFINED;
	if (op == 0x06)
		return END;
	if (op == 0x0e || op == 0x16)
		return NOTHING;
	if ((op < 0x40 && (op & 7) == 6) || op >> 4 == 7 || op >> 4 == 13)
		return UNDEFINED;
	if (op >> 5 == 5)
		return medium_read(c, op, s);
	if (op >= 0xe0)
		return single_read(c, op, s);
	return pair_read(c, op, s);
}

size_t
rmn_lzvn_decode(struct rmn_bytes packed, unsigned char *plain, size_t plain_size)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	struct step s = {0};
	struct rmn_bytes literals;
	size_t made = 0;

	while (made < plain_size) {
		enum kind kind = step_read(&c, &s);

		if (kind == NOTHING)
			continue;
		if (kind != STEP)
			break;
		if (!rmn_cursor_take(&c, rmn_min_size(s.literals, plain_size - made), &literals))
			break;
		if (literals.size > 0)
			memcpy(plain + made, literals.data, literals.size);
		made += literals.size;
		if (s.match > 0 && (s.distance == 0 || s.distance > made))
			break;
		for (unsigned i = 0; i < s.match && made < plain_size; i++, made++)
			plain[made] = plain[made - s.distance];
	}
	return made;
}
