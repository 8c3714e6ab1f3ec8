/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

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

uint32_t
rmn_utf8_next(struct rmn_bytes bytes, size_t *at, bool *valid)
{
	const unsigned char *s = bytes.data + *at;
	size_t length = utf8_length(s[0]);
	uint32_t c;

	if (valid)
		*valid = true;
	if (length == 1) {
		*at += 1;
		return s[0];
	}
	if (length == 0 || length > bytes.size - *at)
		goto bad;
	c = s[0] & (0xFFu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xC0) != 0x80)
			goto bad;
		c = c << 6 | (s[i] & 0x3F);
	}
	if (!utf8_is_scalar(c, length))
		goto bad;
	*at += length;
	return c;
bad:
	if (valid)
		*valid = false;
	*at += 1;
	return RMN_REPLACEMENT;
}

bool
rmn_utf8_is_valid(struct rmn_bytes bytes)
{
	bool valid = true;

	for (size_t at = 0; at < bytes.size && valid;)
		rmn_utf8_next(bytes, &at, &valid);
	return valid;
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

void
rmn_utf8_append_escaped(struct rmn_buf *buf, struct rmn_bytes bytes)
{
	for (size_t at = 0; at < bytes.size;) {
		size_t start = at;
		bool valid;
		uint32_t c = rmn_utf8_next(bytes, &at, &valid);

		if (!valid)
			rmn_buf_printf(buf, "\\x%02X", bytes.data[start]);
		else if (c == '\\')
			rmn_buf_append_string(buf, "\\\\");
		else if (utf8_is_unsafe(c))
			utf8_append_unsafe(buf, c);
		else
			rmn_buf_append_data(buf, bytes.data + start, at - start);
	}
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
