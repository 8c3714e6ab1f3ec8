/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

#include "base/buf.h"
#include "base/number.h"

#define WORD_BYTES sizeof(uint64_t)
#define WORD_ONES 0x0101010101010101u
#define WORD_HIGHS 0x8080808080808080u

size_t
rmn_utf8_encode(uint32_t c, unsigned char encoded[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = RMN_REPLACEMENT;
	if (c < 0x80) {
		encoded[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		encoded[0] = (unsigned char)(0xC0 | c >> 6);
		encoded[1] = (unsigned char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		encoded[0] = (unsigned char)(0xE0 | c >> 12);
		encoded[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
		encoded[2] = (unsigned char)(0x80 | (c & 0x3F));
		return 3;
	}
	encoded[0] = (unsigned char)(0xF0 | c >> 18);
	encoded[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
	encoded[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
	encoded[3] = (unsigned char)(0x80 | (c & 0x3F));
	return 4;
}

static inline __attribute__((always_inline)) size_t
from_units(struct rmn_bytes units, bool is_big, unsigned char *text, size_t *used)
{
	unsigned char *to = text;
	size_t at;

	for (at = 0; units.size - at >= 2; at += 2) {
		const unsigned char *s = units.data + at;
		unsigned unit = is_big ? rmn_be16(s) : rmn_le16(s);

		if (unit < 0x80) {
			*to++ = (unsigned char)unit;
		} else if (unit < 0x800) {
			*to++ = (unsigned char)(0xC0 | unit >> 6);
			*to++ = (unsigned char)(0x80 | (unit & 0x3F));
		} else if (unit < 0xD800 || unit > 0xDFFF) {
			to[0] = (unsigned char)(0xE0 | unit >> 12);
			to[1] = (unsigned char)(0x80 | (unit >> 6 & 0x3F));
			to[2] = (unsigned char)(0x80 | (unit & 0x3F));
			to += 3;
		} else {
			break;
		}
	}
	*used = (size_t)(to - text);
	return at;
}

size_t
rmn_utf8_from_units(struct rmn_bytes units, bool is_big, unsigned char *text, size_t *used)
{
	return is_big ? from_units(units, true, text, used) : from_units(units, false, text, used);
}

/* Length of the sequence that lead starts, 0 when it starts none. */
static size_t
utf8_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 4;
	return 0;
}

static bool
utf8_is_scalar(uint32_t c, size_t length)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};

	return c >= smallest[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/* Decodes the sequence at s, of which left bytes are there.  Its length, 0 when it is ill-formed. */
static inline size_t
utf8_decode(const unsigned char *s, size_t left, uint32_t *code)
{
	size_t length;
	uint32_t c;

	if (s[0] < 0x80) {
		*code = s[0];
		return 1;
	}
	if ((s[0] & 0xF0) == 0xE0 && left >= 3) {	/* most of what is not ASCII */
		c = (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
		*code = c;
		return (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80 && utf8_is_scalar(c, 3) ?
		    3 : 0;
	}
	length = utf8_length(s[0]);
	if (length == 0 || length > left)
		return 0;
	c = s[0] & (0xFFu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3F);
	}
	*code = c;
	return utf8_is_scalar(c, length) ? length : 0;
}

uint32_t
rmn_utf8_next(struct rmn_bytes bytes, size_t *at, bool *valid)
{
	uint32_t c = 0;
	size_t length = utf8_decode(bytes.data + *at, bytes.size - *at, &c);

	if (valid)
		*valid = length > 0;
	*at += length > 0 ? length : 1;
	return length > 0 ? c : RMN_REPLACEMENT;
}

/* The bytes of a word that are not ASCII or, when escapes matter, that are escaped somewhere: up to the
 * first of them the high bits are right. */
static inline uint64_t
word_marks(uint64_t word, bool with_escapes)
{
	uint64_t backslashes = word ^ WORD_ONES * '\\';

	if (!with_escapes)
		return word & WORD_HIGHS;
	return (word | (word - WORD_ONES * 0x20) | (word + WORD_ONES) | (backslashes - WORD_ONES)) &
	    WORD_HIGHS;
}

/* Whether the first three of four bytes are a character from U+3000 to U+CFFF, which is nearly all of
 * Japanese and Chinese: none of those is ill-formed or unsafe. */
static inline bool
three_are_easy(uint32_t four)
{
	return (four & 0xC0C000) == 0x808000 && (four & 0xFF) - 0xE3u <= 0xEC - 0xE3;
}

/* Where the first byte from at on stands that needs a closer look; near the end any may. */
static inline __attribute__((always_inline)) size_t
easy_to(struct rmn_bytes bytes, size_t at, bool with_escapes)
{
	while (bytes.size - at >= 2 * WORD_BYTES) {
		uint64_t marks = word_marks(rmn_le64(bytes.data + at), with_escapes);

		if (marks == 0) {
			at += WORD_BYTES;
			continue;
		}
		at += (size_t)__builtin_ctzll(marks) / 8;
		if (!three_are_easy(rmn_le32(bytes.data + at)))
			break;
		do
			at += 3;
		while (bytes.size - at >= 4 && three_are_easy(rmn_le32(bytes.data + at)));
	}
	return at;
}

size_t
rmn_utf8_valid_size(struct rmn_bytes bytes)
{
	size_t at = 0, length = 1;
	uint32_t c;

	while (at < bytes.size && length > 0) {
		at = easy_to(bytes, at, false);
		if (at == bytes.size)
			break;
		length = utf8_decode(bytes.data + at, bytes.size - at, &c);
		at += length;
	}
	return at;
}

bool
rmn_utf8_is_valid(struct rmn_bytes bytes)
{
	return rmn_utf8_valid_size(bytes) == bytes.size;
}

/* Characters that could move a cursor, hide text or turn its direction. */
static bool
utf8_is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
	    (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
	    c == 0x200F || c == 0x061C || c == 0xFEFF;
}

static void
utf8_append_unsafe(struct rmn_buf *buf, uint32_t c)
{
	if (c == '\n')
		rmn_buf_append_string(buf, "\\n");
	else if (c == '\t')
		rmn_buf_append_string(buf, "\\t");
	else if (c == '\r')
		rmn_buf_append_string(buf, "\\r");
	else if (c < 0x80)
		rmn_buf_printf(buf, "\\x%02X", (unsigned)c);
	else
		rmn_buf_printf(buf, "\\u%04X", (unsigned)c);
}

/* Where the first character from at on stands that must be escaped, or the end. */
static size_t
utf8_safe_to(struct rmn_bytes bytes, size_t at, bool keep_lines)
{
	while (at < bytes.size) {
		size_t length = 1;
		unsigned char b;
		uint32_t c;

		at = easy_to(bytes, at, true);
		if (at == bytes.size)
			break;
		b = bytes.data[at];
		if (b < 0x80) {
			if ((b < 0x20 && !(keep_lines && (b == '\n' || b == '\t'))) || b == '\\' ||
			    b == 0x7F)
				break;
		} else {
			length = utf8_decode(bytes.data + at, bytes.size - at, &c);
			if (length == 0 || utf8_is_unsafe(c))
				break;
		}
		at += length;
	}
	return at;
}

static void
utf8_append_safe(struct rmn_buf *buf, struct rmn_bytes bytes, bool keep_lines)
{
	for (size_t at = 0; at < bytes.size;) {
		size_t start = at;
		bool valid;
		uint32_t c;

		at = utf8_safe_to(bytes, start, keep_lines);
		rmn_buf_append_data(buf, bytes.data + start, at - start);
		if (at == bytes.size)
			return;
		start = at;
		c = rmn_utf8_next(bytes, &at, &valid);
		if (!valid)
			rmn_buf_printf(buf, "\\x%02X", bytes.data[start]);
		else if (c == '\\')
			rmn_buf_append_string(buf, "\\\\");
		else
			utf8_append_unsafe(buf, c);
	}
}

void
rmn_utf8_append_escaped(struct rmn_buf *buf, struct rmn_bytes bytes)
{
	utf8_append_safe(buf, bytes, false);
}

size_t
rmn_utf8_lines_size(struct rmn_bytes bytes)
{
	return utf8_safe_to(bytes, 0, true);
}

void
rmn_utf8_append_lines(struct rmn_buf *buf, struct rmn_bytes bytes)
{
	utf8_append_safe(buf, bytes, true);
}

struct rmn_bytes
rmn_utf8_head(struct rmn_bytes bytes, size_t size)
{
	if (bytes.size <= size)
		return bytes;
	while (size > 0 && (bytes.data[size] & 0xC0) == 0x80)
		size--;
	bytes.size = size;
	return bytes;
}
