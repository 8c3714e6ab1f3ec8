/* SPDX-License-Identifier: MIT
 *
 * Masks of values and surroundings; see mask.h. */
#include "detect/mask.h"

#include <string.h>

#include "base/utf8.h"
#include "detect/chain.h"

#define IDEOGRAPH 0x3007u
#define STARS_MAX 6u

bool
rmn_mask_style_find(const char *name, enum rmn_mask_style *style)
{
	static const struct { const char *name; enum rmn_mask_style style; } styles[] = {
		{ "first", RMN_MASK_FIRST }, { "mail", RMN_MASK_MAIL }, { "phone", RMN_MASK_PHONE },
		{ "card", RMN_MASK_CARD }, { "secret", RMN_MASK_SECRET },
		{ "none", RMN_MASK_NONE }, { "all", RMN_MASK_ALL },
	};

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++) {
		if (strcmp(styles[i].name, name) == 0) {
			*style = styles[i].style;
			return true;
		}
	}
	return false;
}

static void
append_stars(struct rmn_buf *masked, size_t count)
{
	for (size_t i = 0; i < count && i < STARS_MAX; i++)
		rmn_buf_append_char(masked, '*');
}

/* The first character and stars for the rest of [from, to). */
static void
append_first(struct rmn_bytes v, size_t from, size_t to, struct rmn_buf *masked)
{
	size_t at = from;

	if (from >= to)
		return;
	rmn_buf_append_utf8(masked, rmn_utf8_next(v, &at, NULL));
	append_stars(masked, to > at ? to - at : 0);
}

static void
mask_mail(struct rmn_bytes v, struct rmn_buf *masked)
{
	size_t at = 0, dot;

	while (at < v.size && v.data[at] != '@')
		at++;
	append_first(v, 0, at, masked);
	if (at == v.size)
		return;
	rmn_buf_append_char(masked, '@');
	for (dot = v.size; dot > at + 1 && v.data[dot - 1] != '.'; dot--)
		continue;
	if (dot <= at + 1) {
		append_first(v, at + 1, v.size, masked);
		return;
	}
	append_first(v, at + 1, dot - 1, masked);
	rmn_buf_append_data(masked, v.data + dot - 1, v.size - dot + 1);
}

static bool
is_letter_byte(unsigned char c)
{
	return rmn_is_alnum(c) || c >= 0x80;
}

/* Keeps the first group and the last `tail` letters and digits. */
static void
mask_middle(struct rmn_bytes v, size_t head, size_t tail, struct rmn_buf *masked)
{
	size_t letters = 0, seen = 0;

	for (size_t i = 0; i < v.size; i++)
		letters += is_letter_byte(v.data[i]);
	if (letters < head + tail + 4)
		head = tail = 0;
	for (size_t i = 0; i < v.size; i++) {
		unsigned char c = v.data[i];

		if (!is_letter_byte(c)) {
			rmn_buf_append_char(masked, c < 0x20 || c == 0x7f ? ' ' : (char)c);
			continue;
		}
		seen++;
		if (c < 0x80 && (seen <= head || seen > letters - tail))
			rmn_buf_append_char(masked, (char)c);
		else if (c < 0x80 || (c & 0xC0) == 0xC0)
			rmn_buf_append_char(masked, '*');
	}
}

/* Digits of the first group: what tells an area or a mobile from a landline. */
static size_t
first_group(struct rmn_bytes v)
{
	size_t at = 0, digits = 0;

	while (at < v.size && !rmn_is_digit(v.data[at]))
		at++;
	while (at < v.size && rmn_is_digit(v.data[at])) {
		at++;
		digits++;
	}
	return digits > 4 ? 2 : digits;
}

static void
mask_secret(struct rmn_bytes v, struct rmn_buf *masked)
{
	size_t line = 0;

	/* armoured keys: the first line says what it is, and nothing else is shown */
	while (line < v.size && v.data[line] != '\n' && v.data[line] != '\r')
		line++;
	if (line < v.size || v.size > 1024) {
		rmn_mask_value((struct rmn_bytes){ v.data, line > 64 ? 64 : line },
		    line < v.size ? RMN_MASK_NONE : RMN_MASK_SECRET, masked);
		rmn_buf_append_string(masked, " ***");
	} else if (v.size < 12) {
		append_stars(masked, v.size);
	} else {
		rmn_buf_append(masked, rmn_utf8_head(v, 4));
		append_stars(masked, v.size - 6);
		for (size_t i = v.size - 2; i < v.size; i++)
			rmn_buf_append_char(masked, v.data[i] < 0x80 && v.data[i] > 0x20 ?
			    (char)v.data[i] : '*');
	}
}

static void
mask_words(struct rmn_bytes v, struct rmn_buf *masked)
{
	size_t from = 0;

	for (size_t i = 0; i <= v.size; i++) {
		if (i < v.size && is_letter_byte(v.data[i]))
			continue;
		append_first(v, from, i, masked);
		if (i < v.size)
			rmn_buf_append_char(masked, v.data[i] < 0x20 ? ' ' : (char)v.data[i]);
		from = i + 1;
	}
}

void
rmn_mask_value(struct rmn_bytes value, enum rmn_mask_style style, struct rmn_buf *masked)
{
	size_t from = masked->size;

	switch (style) {
	case RMN_MASK_FIRST:
		mask_words(rmn_utf8_head(value, 96), masked);
		break;
	case RMN_MASK_MAIL:
		mask_mail(value, masked);
		break;
	case RMN_MASK_PHONE:
		mask_middle(value, first_group(value), 2, masked);
		break;
	case RMN_MASK_CARD:
		mask_middle(value, 0, 4, masked);
		break;
	case RMN_MASK_SECRET:
		mask_secret(value, masked);
		break;
	case RMN_MASK_NONE:
		rmn_utf8_append_escaped(masked, rmn_utf8_head(value, 96));
		break;
	case RMN_MASK_ALL:
		rmn_mask_shape(rmn_utf8_head(value, 96), masked);
		break;
	}
	if (masked->size - from > RMN_MASKED_MAX) {
		struct rmn_bytes whole = { masked->data + from, masked->size - from };

		masked->size = from + rmn_utf8_head(whole, RMN_MASKED_MAX).size;
	}
}

/* Kana, ideographs, accented letters: everything above ASCII that is no punctuation. */
static bool
is_letter_point(uint32_t c)
{
	if (c < 0xC0 || c == 0xD7 || c == 0xF7)
		return c == 0xAA || c == 0xB5 || c == 0xBA;
	if (c >= 0x2000 && c <= 0x2BFF)
		return c >= 0x2070 && c <= 0x218F;
	if (c >= 0x3000 && c <= 0x303F)
		return c >= 0x3005 && c <= 0x3007;
	return !(c >= 0xFF00 && c <= 0xFF65 && c != 0xFF10) && c != RMN_REPLACEMENT && c != 0x30FB;
}

/* What a character becomes; 0 stands for the ideograph. */
static uint32_t
shape_of(uint32_t c)
{
	if (c >= 0x80) {
		if (c < 0xA0 || c == RMN_REPLACEMENT)
			return ' ';
		if (is_letter_point(c))
			return IDEOGRAPH;
		return c >= 0x3000 && c < 0x3040 ? c : ' ';	/* brackets and stops */
	}
	if (rmn_is_digit((unsigned char)c))
		return '#';
	if (rmn_is_letter((unsigned char)c))
		return 'x';
	return c < 0x20 || c == 0x7f ? ' ' : c;
}

void
rmn_mask_shape(struct rmn_bytes text, struct rmn_buf *masked)
{
	unsigned char part[256];
	size_t at = 0, size = 0;

	while (at < text.size) {
		uint32_t c = text.data[at];

		if (c < 0x80)
			at++;
		else
			c = rmn_utf8_next(text, &at, NULL);
		c = shape_of(c);
		if (c < 0x80)
			part[size++] = (unsigned char)c;
		else
			size += rmn_utf8_encode(c, part + size);
		if (size > sizeof(part) - 4) {
			rmn_buf_append_data(masked, part, size);
			size = 0;
		}
	}
	rmn_buf_append_data(masked, part, size);
}
