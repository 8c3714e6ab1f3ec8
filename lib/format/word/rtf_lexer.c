/* SPDX-License-Identifier: MIT */
#include "format/word/rtf.h"

#define NUMBER_MAX 1000000000

static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static int
hex_value(unsigned char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that is so far from the cursor, 0 behind the end. */
static unsigned char
peek(const struct rmn_cursor *c, size_t ahead)
{
	return rmn_cursor_left(c) > ahead ? c->bytes.data[c->offset + ahead] : 0;
}

static void
binary_read(struct rmn_cursor *c, struct rmn_rtf_token *token)
{
	size_t size = token->has_number && token->number > 0 ? (size_t)token->number : 0;

	token->kind = RMN_RTF_BINARY;
	token->is_cut = size > rmn_cursor_left(c);
	if (token->is_cut)
		size = rmn_cursor_left(c);
	rmn_cursor_take(c, size, &token->bytes);
}

/* A control word; the cursor is behind the backslash, at a letter. */
static void
word_read(struct rmn_cursor *c, struct rmn_rtf_token *token)
{
	size_t size = 0;
	bool is_negative;

	token->kind = RMN_RTF_WORD;
	while (is_letter(peek(c, size)))
		size++;
	rmn_cursor_take(c, size, &token->bytes);
	is_negative = peek(c, 0) == '-' && is_digit(peek(c, 1));
	if (is_negative)
		rmn_cursor_skip(c, 1);
	while (is_digit(peek(c, 0))) {
		token->has_number = true;
		if (token->number < NUMBER_MAX / 10)
			token->number = token->number * 10 + (peek(c, 0) - '0');
		rmn_cursor_skip(c, 1);
	}
	if (is_negative)
		token->number = -token->number;
	if (peek(c, 0) == ' ')
		rmn_cursor_skip(c, 1);
	if (token->bytes.size == 3 && rmn_bytes_start_with(token->bytes, "bin"))
		binary_read(c, token);
}

/* Behind a backslash. */
static void
control_read(struct rmn_cursor *c, struct rmn_rtf_token *token)
{
	unsigned char first = peek(c, 0);

	if (is_letter(first)) {
		word_read(c, token);
		return;
	}
	token->kind = RMN_RTF_SYMBOL;
	token->byte = first;
	rmn_cursor_skip(c, 1);
	if (first == '\r' && peek(c, 0) == '\n')
		rmn_cursor_skip(c, 1);
	if (first == '\'' && hex_value(peek(c, 0)) >= 0 && hex_value(peek(c, 1)) >= 0) {
		token->kind = RMN_RTF_HEX;
		token->byte = (unsigned char)(hex_value(peek(c, 0)) * 16 + hex_value(peek(c, 1)));
		rmn_cursor_skip(c, 2);
	}
}

static bool
is_lead(unsigned char c, unsigned page)
{
	if (page == 932)
		return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC);
	return rmn_rtf_page_is_double_byte(page) && c >= 0x81 && c <= 0xFE;
}

/* How many bytes the character at ahead has, which begins with a lead byte.  Some writers put the
 * second byte as it is, some escape it when it is a bracket or a backslash. */
static size_t
pair_size(const struct rmn_cursor *c, size_t ahead)
{
	unsigned char trail = peek(c, ahead + 1), next = peek(c, ahead + 2);

	if (trail < 0x40 || (trail == '\\' && (next == '\'' || next == '\\' || next == '{' ||
	    next == '}')))
		return 1;
	return 2;
}

static void
text_read(struct rmn_cursor *c, unsigned page, struct rmn_rtf_token *token)
{
	size_t size = 0, left = rmn_cursor_left(c);

	token->kind = RMN_RTF_TEXT;
	while (size < left) {
		unsigned char b = peek(c, size);

		if (b == '{' || b == '}' || b == '\\' || b == '\r' || b == '\n' || b == '\0')
			break;
		size += is_lead(b, page) ? pair_size(c, size) : 1;
	}
	rmn_cursor_take(c, size < left ? size : left, &token->bytes);
}

bool
rmn_rtf_next(struct rmn_cursor *c, unsigned page, struct rmn_rtf_token *token)
{
	unsigned char first;

	*token = (struct rmn_rtf_token){.kind = RMN_RTF_TEXT};
	while (peek(c, 0) == '\r' || peek(c, 0) == '\n' || peek(c, 0) == '\0')
		if (!rmn_cursor_skip(c, 1))
			return false;
	first = peek(c, 0);
	if (first == '{' || first == '}') {
		token->kind = first == '{' ? RMN_RTF_OPEN : RMN_RTF_CLOSE;
		return rmn_cursor_skip(c, 1);
	}
	if (first != '\\') {
		text_read(c, page, token);
		return true;
	}
	rmn_cursor_skip(c, 1);
	if (rmn_cursor_left(c) == 0)
		return false;
	control_read(c, token);
	return true;
}
