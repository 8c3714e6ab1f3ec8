/* SPDX-License-Identifier: MIT
 *
 * The decoders.  Each looks at the bytes left (never none), gives one code point and says how
 * many bytes it was.  Wrong bytes cost one byte, so that the next character is found again;
 * a well-formed pair that is not assigned costs both, unless its second byte is ASCII. */
#include "charset/decode.h"

#include <string.h>

#include "base/utf8.h"
#include "charset/decode_tables.h"

#define BAD 0xFFFFFFFFu		/* becomes U+FFFD and is counted */
#define NOTHING 0xFFFFFFFEu	/* an escape: no character */

enum set { ASCII, ROMAN, KANA, JIS0208, JIS0212 };

typedef size_t decode_one(struct rmn_decoder *d, const unsigned char *s, size_t left,
    uint32_t *point);

size_t
rmn_ascii_run(struct rmn_bytes bytes)
{
	size_t at = 0;
	uint64_t words[2];

	while (bytes.size - at >= sizeof(words)) {
		memcpy(words, bytes.data + at, sizeof(words));
		if ((words[0] | words[1]) & 0x8080808080808080u)
			break;
		at += sizeof(words);
	}
	while (at < bytes.size && bytes.data[at] < 0x80)
		at++;
	return at;
}

static inline bool
is_tail(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

static inline size_t
decode_utf8(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	uint32_t c = s[0];

	(void)d;
	*point = c;
	if (c < 0x80)
		return 1;
	if (c >= 0xE0 && c < 0xF0 && left >= 3 && is_tail(s[1]) && is_tail(s[2])) {
		c = (c & 0xFu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
		*point = c;
		if (c >= 0x800 && (c < 0xD800 || c > 0xDFFF))
			return 3;
	} else if (c >= 0xC2 && c < 0xE0 && left >= 2 && is_tail(s[1])) {
		*point = (c & 0x1Fu) << 6 | (s[1] & 0x3Fu);
		return 2;
	} else if (c >= 0xF0 && c < 0xF5 && left >= 4 && is_tail(s[1]) && is_tail(s[2]) &&
	    is_tail(s[3])) {
		c = (c & 0x7u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 | (s[3] & 0x3Fu);
		*point = c;
		if (c >= 0x10000 && c <= 0x10FFFF)
			return 4;
	}
	*point = BAD;
	return 1;
}

size_t
rmn_utf8_run(struct rmn_bytes bytes)
{
	size_t at = 0;

	while (at < bytes.size) {
		uint32_t point;
		size_t size;

		at += rmn_ascii_run(rmn_bytes_after(bytes, at));
		while (at < bytes.size && bytes.data[at] >= 0x80) {
			size = decode_utf8(NULL, bytes.data + at, bytes.size - at, &point);
			if (point == BAD)
				return at;
			at += size;
		}
	}
	return at;
}

static inline size_t
decode_utf16(const unsigned char *s, size_t left, uint32_t *point, unsigned low)
{
	uint32_t high_unit, low_unit;

	*point = BAD;
	if (left < 2)
		return 1;
	high_unit = (uint32_t)s[low] | (uint32_t)s[1 - low] << 8;
	if (high_unit < 0xD800 || high_unit > 0xDFFF) {
		*point = high_unit;
		return 2;
	}
	if (high_unit > 0xDBFF || left < 4)
		return 2;
	low_unit = (uint32_t)s[2 + low] | (uint32_t)s[3 - low] << 8;
	if (low_unit < 0xDC00 || low_unit > 0xDFFF)
		return 2;
	*point = 0x10000 + ((high_unit & 0x3FF) << 10 | (low_unit & 0x3FF));
	return 4;
}

static inline size_t
decode_utf16le(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	(void)d;
	return decode_utf16(s, left, point, 0);
}

static inline size_t
decode_utf16be(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	(void)d;
	return decode_utf16(s, left, point, 1);
}

static inline size_t
decode_cp932(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	unsigned lead = s[0], trail;

	(void)d;
	*point = lead;
	if (lead < 0x80)
		return 1;
	if (lead >= 0xA1 && lead <= 0xDF) {
		*point = 0xFF61 + lead - 0xA1;
		return 1;
	}
	*point = BAD;
	if (lead == 0x80 || lead == 0xA0 || lead > 0xFC || left < 2)
		return 1;
	trail = s[1];
	if (trail < 0x40 || trail > 0xFC)
		return 1;
	*point = cp932_table[lead - (lead < 0xA0 ? 0x81 : 0xC1)][trail - 0x40];
	if (*point != 0)
		return 2;
	*point = BAD;
	return trail < 0x80 ? 1 : 2;
}

static inline size_t
decode_euc_pair(const uint16_t table[94][94], const unsigned char *s, size_t left, uint32_t *point)
{
	*point = BAD;
	if (left < 2 || s[0] < 0xA1 || s[0] > 0xFE || s[1] < 0xA1 || s[1] > 0xFE)
		return 0;
	*point = table[s[0] - 0xA1][s[1] - 0xA1];
	if (*point == 0)
		*point = BAD;
	return 2;
}

static inline size_t
decode_euc_jp(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	size_t size;

	(void)d;
	*point = s[0];
	if (s[0] < 0x80)
		return 1;
	if (s[0] == 0x8E && left >= 2 && s[1] >= 0xA1 && s[1] <= 0xDF) {
		*point = 0xFF61u + s[1] - 0xA1u;
		return 2;
	}
	if (s[0] == 0x8F) {
		size = decode_euc_pair(jis0212_table, s + 1, left - 1, point);
		return size + 1;
	}
	size = decode_euc_pair(jis0208_table, s, left, point);
	return size > 0 ? size : 1;
}

static inline size_t
decode_cp1252(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	static const uint16_t high[32] = {
		0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
		0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
	};

	(void)d;
	(void)left;
	*point = s[0];
	if (s[0] >= 0x80 && s[0] < 0xA0) {
		*point = high[s[0] - 0x80];
		if (*point == 0)
			*point = BAD;
	}
	return 1;
}

/* Escapes as they are met in mail and in old files, vendors' ones included. */
static size_t
decode_escape(struct rmn_decoder *d, const unsigned char *s, size_t left)
{
	static const struct { const char *text; unsigned set; } escapes[] = {
		{"\033(B", ASCII}, {"\033$B", JIS0208}, {"\033(J", ROMAN}, {"\033(I", KANA},
		{"\033$@", JIS0208}, {"\033$(D", JIS0212}, {"\033$(B", JIS0208},
		{"\033$(@", JIS0208}, {"\033(H", ROMAN}, {"\033$(O", JIS0208},
		{"\033$(Q", JIS0208}, {"\033&@", JIS0208},
	};

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		size_t size = strlen(escapes[i].text);

		if (left >= size && memcmp(s, escapes[i].text, size) == 0) {
			d->set = escapes[i].set;
			return size;
		}
	}
	return 0;
}

static inline size_t
decode_jis_pair(unsigned set, const unsigned char *s, size_t left, uint32_t *point)
{
	*point = BAD;
	if (left < 2 || s[1] < 0x21 || s[1] > 0x7E)
		return 1;
	if (set == JIS0208)
		*point = jis0208_table[s[0] - 0x21][s[1] - 0x21];
	else
		*point = jis0212_table[s[0] - 0x21][s[1] - 0x21];
	if (*point == 0)
		*point = BAD;
	return 2;
}

static inline size_t
decode_iso_2022_jp(struct rmn_decoder *d, const unsigned char *s, size_t left, uint32_t *point)
{
	unsigned c = s[0];

	*point = c;
	if (c == 0x1B) {
		size_t size = decode_escape(d, s, left);

		*point = size > 0 ? NOTHING : c;
		return size > 0 ? size : 1;
	}
	if (c == '\n' || c == '\r')
		d->set = ASCII;		/* also where the writer forgot to */
	if (c == 0x0E || c == 0x0F) {	/* shift out to kana and in, of 7-bit terminals */
		d->set = c == 0x0E ? KANA : ASCII;
		*point = NOTHING;
		return 1;
	}
	if (c >= 0xA1 && c <= 0xDF) {	/* CP50221 writes kana so */
		*point = 0xFF61 + c - 0xA1;
		return 1;
	}
	if (c >= 0x80) {
		*point = BAD;
		return 1;
	}
	if (c < 0x21 || c > 0x7E || d->set <= ROMAN)
		return 1;
	if (d->set == KANA) {
		*point = c <= 0x5F ? 0xFF61 + c - 0x21 : BAD;
		return 1;
	}
	return decode_jis_pair(d->set, s, left, point);
}

/* Inlined once for each encoding, so that the loop calls nothing. */
static inline __attribute__((always_inline)) size_t
decode_points(struct rmn_decoder *d, uint32_t *points, uint32_t *sources, size_t max,
    decode_one *one)
{
	const unsigned char *s = d->bytes.data;
	size_t count = 0, at = d->at, size = d->bytes.size;

	while (count < max && at < size) {
		uint32_t point;
		size_t start = at;

		at += one(d, s + at, size - at, &point);
		if (point == NOTHING)
			continue;
		if (point == BAD) {
			point = RMN_REPLACEMENT;
			d->bad++;
		}
		if (sources)
			sources[count] = (uint32_t)start;
		points[count++] = point;
	}
	d->at = at;
	return count;
}

void
rmn_decoder_init(struct rmn_decoder *d, struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	*d = (struct rmn_decoder){.bytes = bytes, .encoding = encoding, .set = ASCII};
}

size_t
rmn_decoder_points(struct rmn_decoder *d, uint32_t *points, uint32_t *sources, size_t max)
{
	switch (d->encoding) {
	case RMN_UTF16LE:
		return decode_points(d, points, sources, max, decode_utf16le);
	case RMN_UTF16BE:
		return decode_points(d, points, sources, max, decode_utf16be);
	case RMN_CP932:
		return decode_points(d, points, sources, max, decode_cp932);
	case RMN_EUC_JP:
		return decode_points(d, points, sources, max, decode_euc_jp);
	case RMN_ISO_2022_JP:
		return decode_points(d, points, sources, max, decode_iso_2022_jp);
	case RMN_CP1252:
		return decode_points(d, points, sources, max, decode_cp1252);
	case RMN_ENCODING_UNKNOWN:
	case RMN_ASCII:
	case RMN_UTF8:
	case RMN_ENCODING_COUNT:
		break;
	}
	return decode_points(d, points, sources, max, decode_utf8);
}
