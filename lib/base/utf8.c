/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <string.h>

#include "base/buf.h"

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

size_t
rmn_utf8_valid_size(struct rmn_bytes bytes)
{
	size_t at = 0, length = 1;
	uint64_t eight;
	uint32_t c;

	while (at < bytes.size && length > 0) {
		while (bytes.size - at >= sizeof(eight)) {
			memcpy(&eight, bytes.data + at, sizeof(eight));
			if (eight & 0x8080808080808080u)
				break;
			at += sizeof(eight);
		}
		for (size_t i = 0; i < sizeof(eight) && at < bytes.size && length > 0; i++) {
			length = utf8_decode(bytes.data + at, bytes.size - at, &c);
			at += length;
		}
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
		unsigned char b = bytes.data[at];
		size_t length = 1;
		uint32_t c;

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
