/* SPDX-License-Identifier: MIT */
#include "format/word/jtd_text.h"

#include "base/holes.h"
#include "base/number.h"
#include "base/utf8.h"

#define RECORD 0x1Cu
#define INLINE_START 0x1Du
#define INLINE_END 0x1Eu
#define TEXT_START 0x1Fu
#define CLASS_INLINE 1u
#define CLASS_LINE 0x10u	/* head of a line */
#define CLASS_PLAIN 0x20u	/* behind a ruled area */
#define CLASS_CELL 0x30u
#define SELECTOR_READING 0x82u	/* with a 1 before it; a 0 there is the prompt of a template */

struct units {
	struct rmn_bytes bytes;
	size_t count;
};

static unsigned
unit(const struct units *u, size_t at)
{
	return at < u->count ? rmn_be16(u->bytes.data + at * 2) : 0;
}

static void
char_put(struct rmn_text *text, uint32_t c)
{
	unsigned char utf8[4];

	rmn_text_put(text, (struct rmn_bytes){utf8, rmn_utf8_encode(c, utf8)});
}

/* Puts the character at the unit; how many units it took. */
static size_t
take_char(struct rmn_text *text, const struct units *u, size_t at)
{
	unsigned c = unit(u, at), low = unit(u, at + 1);

	if (c >= 0xD800 && c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
		char_put(text, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
		return 2;
	}
	if (c == '\t')
		rmn_text_char(text, '\t');
	else if (c == '\n' || c == 0x0B || c == 0x0C || c == '\r' || c == 0x0E)
		rmn_text_newline(text);
	else if (c >= 0x20 && (c < 0x7F || c >= 0xA0) && c < 0xFFFE)
		char_put(text, c);
	return 1;
}

/* Text between 001D and 001E, then a footer of its length, 0, class and 001F.  Readings would fuse
 * with the words they stand over. */
static size_t
take_inline(struct rmn_text *text, const struct units *u, size_t at, bool *is_whole)
{
	bool is_hidden = unit(u, at + 4) == 1 &&
	    (unit(u, at + 5) == SELECTOR_READING || unit(u, at + 5) == 0);
	size_t i = at + 7;

	while (i < u->count && unit(u, i) != INLINE_END && unit(u, i) != RECORD) {
		if (is_hidden)
			i++;
		else
			i += take_char(text, u, i);
	}
	if (unit(u, i) != INLINE_END || unit(u, i + 1) != 5 || unit(u, i + 4) != TEXT_START) {
		*is_whole = false;
		return unit(u, i) == INLINE_END ? i + 1 : i;
	}
	return i + 5;
}

/* 001C, class, length in units, payload, length, 0, class, 001F. */
static size_t
take_record(struct rmn_text *text, const struct units *u, size_t at, unsigned *cells,
    bool *is_whole)
{
	unsigned class = unit(u, at + 1);
	size_t size = unit(u, at + 2);

	if (class == CLASS_INLINE && size == 7 && unit(u, at + 6) == INLINE_START)
		return take_inline(text, u, at, is_whole);
	if (size < 7 || size > u->count - at || unit(u, at + size - 4) != size ||
	    unit(u, at + size - 2) != class || unit(u, at + size - 1) != TEXT_START) {
		*is_whole = false;
		return at + 1;
	}
	if (class != CLASS_CELL)
		*cells = class == CLASS_LINE || class == CLASS_PLAIN ? 0 : *cells;
	else if ((*cells)++ > 0)
		rmn_text_char(text, '\t');
	return at + size;
}

/* A paragraph that ends inside a cell ends there with the cell: the line goes on. */
static bool
is_end_of_cell(const struct units *u, size_t at)
{
	return unit(u, at) == 0x0A && (unit(u, at + 1) == 0x0E ||
	    (unit(u, at + 1) == RECORD && unit(u, at + 2) == CLASS_CELL));
}

bool
rmn_jtd_text_put(struct rmn_text *text, struct rmn_bytes bytes)
{
	struct units u = {bytes, bytes.size / 2};
	bool is_whole = true;
	unsigned cells = 0;
	size_t at = 0;

	while (at < u.count && text->status == RMN_OK) {
		unsigned c = unit(&u, at);

		if (c == RECORD) {
			at = take_record(text, &u, at, &cells, &is_whole);
			continue;
		}
		if (cells > 0 && is_end_of_cell(&u, at)) {
			at++;
			continue;
		}
		if (c == 0x0A || c == 0x0E)
			cells = 0;
		at += take_char(text, &u, at);
	}
	rmn_text_newline(text);
	return is_whole && bytes.size % 2 == 0 && !rmn_text_hole_is_there(bytes);
}
