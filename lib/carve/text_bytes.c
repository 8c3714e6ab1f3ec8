/* SPDX-License-Identifier: MIT
 *
 * Is this text?  Random, compressed and encrypted bytes have a control character in every nine;
 * what programs store has zeros.  What has neither must still look like writing: in a known
 * encoding, or with words between spaces in one that we do not know. */
#include <string.h>

#include "base/checked.h"
#include "carve/text_private.h"
#include "charset/decode.h"

#define LANES 16u
#define LIKELY_BYTES 64u
#define LIKELY_STRAY 56u	/* of them in front of a stray control character */
#define UNITS_BYTES 32u		/* to see that these may be UTF-16 */
#define HEAD_BYTES 4096u	/* of a text, to judge it by */
#define LEAST_BYTES 16u		/* of a text */
#define UNKNOWN_LEAST 128u	/* of one in an encoding that is none of ours */
#define PACKED_RUN 256u		/* digits and letters without a space that nobody writes */
#define UNITS_RECENT 0xFFFFu	/* of 16 units ... */
#define UNITS_UNLIKELY 3	/* so many may be none that texts have */
#define CHANCE_BITS_10 240u	/* 24 bits against chance, in tenths */

typedef uint8_t lanes __attribute__((vector_size(LANES)));

static bool
is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B) ||
	    c == 0x7F;
}

static size_t
clean_bytes(struct rmn_bytes bytes)
{
	size_t at = 0;

	for (; bytes.size - at >= LANES; at += LANES) {
		uint64_t words[2];
		lanes v, bad;

		memcpy(&v, bytes.data + at, LANES);
		bad = ((lanes)(v < 0x20) & ~((lanes)(v - '\t' < 2) | (lanes)(v - '\f' < 2) |
		    (lanes)(v == 0x1B))) | (lanes)(v == 0x7F);
		memcpy(words, &bad, sizeof(words));
		if (words[0] | words[1])
			break;
	}
	while (at < bytes.size && !is_control(bytes.data[at]))
		at++;
	return at;
}

/* Characters that texts have; of random units three in ten are not. */
static bool
is_unit_likely(unsigned unit)
{
	return (unit < 0x3400 && unit >= 0x20) || unit == '\n' || unit == '\r' || unit == '\t' ||
	    (unit >= 0x4E00 && unit <= 0x9FFF) || (unit >= 0xAC00 && unit <= 0xD7A3) ||
	    unit >= 0xFF00;
}

static bool
is_unit_wrong(unsigned unit)
{
	return unit >= 0xFFFE || (unit >= 0x80 && unit < 0xA0) ||
	    (unit < 0x80 && is_control((unsigned char)unit));
}

/* Stops in front of what is wrong, and of units of which several are unlikely. */
static size_t
clean_units(struct rmn_bytes bytes, bool is_big)
{
	uint32_t recent = 0;		/* a bit for each unit: unlikely */
	unsigned before = 0;
	size_t at = 0;

	for (; at + 2 <= bytes.size; at += 2) {
		unsigned unit = (unsigned)bytes.data[at + !is_big] << 8 | bytes.data[at + is_big];

		if (is_unit_wrong(unit))
			break;
		recent = recent << 1 & UNITS_RECENT;
		if (unit >> 10 == 0xDC00 >> 10 && before >> 10 == 0xD800 >> 10)
			recent &= ~2u;		/* both halves of a pair */
		else
			recent |= !is_unit_likely(unit);
		before = unit;
		if (__builtin_popcount(recent) > UNITS_UNLIKELY)
			return at - 2 * (size_t)(31 - __builtin_clz(recent));
	}
	return at;
}

size_t
rmn_text_clean(struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE)
		return clean_units(bytes, encoding == RMN_UTF16BE);
	return clean_bytes(bytes);
}

/* Units with a high byte of ASCII or kana, in one order, among the first. */
static bool
may_be_units(struct rmn_bytes bytes, bool is_big)
{
	unsigned telling = 0;

	for (size_t i = 0; i + 2 <= bytes.size; i += 2) {
		unsigned high = bytes.data[i + !is_big], low = bytes.data[i + is_big];

		if (high == 0 && low == 0)
			return telling >= 4;
		telling += high == 0 || high == 0x30;
	}
	return telling * 5 * 2 >= bytes.size;
}

static enum rmn_encoding
mark_find(struct rmn_bytes bytes, size_t *mark_bytes)
{
	*mark_bytes = 2;
	if (rmn_bytes_start_with(bytes, "\xFF\xFE"))
		return RMN_UTF16LE;
	if (rmn_bytes_start_with(bytes, "\xFE\xFF"))
		return RMN_UTF16BE;
	*mark_bytes = 3;
	if (rmn_bytes_start_with(bytes, "\xEF\xBB\xBF"))
		return RMN_UTF8;
	*mark_bytes = 0;
	return RMN_ENCODING_UNKNOWN;
}

bool
rmn_text_is_likely(const unsigned char *data, size_t size)
{
	struct rmn_bytes bytes = rmn_bytes_head((struct rmn_bytes){data, size}, LIKELY_BYTES);
	size_t mark, clean = clean_bytes(bytes);

	if (clean == bytes.size || mark_find(bytes, &mark) != RMN_ENCODING_UNKNOWN)
		return true;
	/* The end of a text and zeros behind it; one stray control character. */
	if (clean > 0 && bytes.data[clean] == 0 && rmn_bytes_find(rmn_bytes_after(bytes, clean),
	    (struct rmn_bytes){(const unsigned char *)"\0\0\0\0\0\0\0\0", 8}) == 0)
		return true;
	if (clean >= LIKELY_STRAY)
		return true;
	bytes = rmn_bytes_head(bytes, UNITS_BYTES);
	return may_be_units(bytes, false) || may_be_units(bytes, true);
}

struct counts {
	size_t printable, high, space, low_high;	/* low_high: 80-A0 */
	size_t runs, odd_runs;		/* of high bytes; of them those of odd length */
	unsigned distinct;
};

static struct counts
count_bytes(struct rmn_bytes text)
{
	struct counts n = {0};
	bool seen[256] = {false};
	size_t run = 0;

	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = text.data[i];

		n.distinct += !seen[c];
		seen[c] = true;
		n.printable += c < 0x7F;
		n.space += rmn_text_is_space(c);
		n.high += c >= 0x80;
		n.low_high += c >= 0x80 && c <= 0xA0;
		if (c >= 0x80) {
			run++;
		} else if (run > 0) {
			n.runs++;
			n.odd_runs += run % 2;
			run = 0;
		}
	}
	return n;
}

/* Fill patterns: the same few bytes again and again. */
static bool
is_fill(struct rmn_bytes text)
{
	for (size_t period = 1; period <= 4; period++) {
		size_t at = period;

		while (at < text.size && text.data[at] == text.data[at - period])
			at++;
		if (at * 8 >= text.size * 7)
			return true;
	}
	return false;
}

/* Words between spaces, or pairs of high bytes as Chinese and Korean have them. */
static bool
is_unknown_plausible(struct rmn_bytes text, const struct counts *n)
{
	if (text.size < UNKNOWN_LEAST || n->distinct < 16)
		return false;
	if (n->space * 40 >= text.size && n->space * 2 <= text.size)
		return true;
	return n->low_high == 0 && n->runs >= 4 && n->odd_runs * 20 <= n->runs &&
	    n->printable * 20 >= text.size;
}

bool
rmn_text_is_plausible(struct rmn_bytes text, enum rmn_encoding encoding)
{
	struct rmn_charset_guess guess;
	struct counts n;
	size_t weight = 2;

	text = rmn_bytes_head(text, HEAD_BYTES);
	if (text.size < LEAST_BYTES)
		return false;
	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE)
		return !is_fill(text);
	n = count_bytes(text);
	if (n.distinct < 5 || is_fill(text))
		return false;
	guess = rmn_charset_guess(text);
	if (!guess.is_text)
		return false;
	if (guess.confidence < 50 || (guess.encoding == RMN_CP1252 && n.high * 4 > text.size))
		return is_unknown_plausible(text, &n);
	if (guess.encoding == RMN_UTF8)
		weight = 27;
	else if (guess.encoding == RMN_CP932 || guess.encoding == RMN_EUC_JP)
		weight = 22;
	return n.printable * 14 + n.high * weight >= CHANCE_BITS_10;
}

static bool
is_packed(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '+' || c == '/' || c == '=';
}

/* The length of a line of base64 or hexadecimals; 0: it is another one, or not complete. */
static size_t
packed_line(struct rmn_bytes text)
{
	size_t size = 0;

	while (size < text.size && is_packed(text.data[size]))
		size++;
	return size < text.size && (text.data[size] == '\n' || text.data[size] == '\r') ? size : 0;
}

/* Lines of base64 or hexadecimals, of one length; the first may be the rest of one. */
static bool
is_packed_middle(struct rmn_bytes text)
{
	size_t lines = 0, size;

	text = rmn_bytes_after(text, packed_line(text));
	while (text.size > 0 && rmn_text_is_space(text.data[0]))
		text = rmn_bytes_after(text, 1);
	size = packed_line(text);
	if (size < 50 || size > 80)
		return false;
	for (; lines < 4 && packed_line(text) == size; lines++) {
		text = rmn_bytes_after(text, size);
		while (text.size > 0 && rmn_text_is_space(text.data[0]))
			text = rmn_bytes_after(text, 1);
	}
	return lines >= 2;
}

/* What stands in RTF and PDF every few bytes. */
static bool
is_format_middle(struct rmn_bytes text)
{
	static const struct { const char *word; size_t every; } words[] = {
		{"\\'", 64}, {"\\par", 512}, {" 00000 n", 64}, {"endobj", 4096},
		{"startxref", 4096}, {"endstream", 4096}, {"<?xpacket end", 4096},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct rmn_bytes word = rmn_bytes_from_string(words[i].word), rest = text;
		size_t count = 0, at;

		while ((at = rmn_bytes_find(rest, word)) != SIZE_MAX) {
			count++;
			rest = rmn_bytes_after(rest, at + word.size);
		}
		if (count * words[i].every >= text.size)
			return true;
	}
	return false;
}

bool
rmn_text_is_middle(struct rmn_bytes text)
{
	size_t run = 0;

	text = rmn_bytes_head(text, HEAD_BYTES);
	while (run < text.size && is_packed(text.data[run]))
		run++;
	return run > PACKED_RUN || is_packed_middle(text) || is_format_middle(text);
}

/* UTF-16 without a mark, by statistics. */
static bool
units_find(struct rmn_bytes bytes, enum rmn_encoding *encoding, size_t *clean)
{
	for (int is_big = 0; is_big < 2; is_big++) {
		if (!may_be_units(rmn_bytes_head(bytes, UNITS_BYTES), is_big))
			continue;
		*encoding = is_big ? RMN_UTF16BE : RMN_UTF16LE;
		*clean = clean_units(bytes, is_big);
		if (*clean >= LEAST_BYTES &&
		    rmn_charset_guess(rmn_bytes_head(bytes, *clean)).encoding == *encoding)
			return true;
	}
	return false;
}

size_t
rmn_text_sure_size(struct rmn_bytes bytes, size_t clean)
{
	size_t sector_end = clean - clean % RMN_SECTOR_BYTES + RMN_SECTOR_BYTES;
	bool is_dirty = false;

	for (size_t i = clean; i < bytes.size && i < sector_end; i++)
		is_dirty |= bytes.data[i] != 0;
	return is_dirty && clean >= RMN_TEXT_CHANCE * 2 ? clean - RMN_TEXT_CHANCE : clean;
}

bool
rmn_text_encoding_of(struct rmn_bytes bytes, enum rmn_encoding *encoding, size_t *mark_bytes,
    size_t *clean)
{
	struct rmn_charset_guess guess;

	*encoding = mark_find(bytes, mark_bytes);
	if (*mark_bytes == 0 && units_find(bytes, encoding, clean))
		return true;
	*clean = rmn_text_clean(bytes, *mark_bytes ? *encoding : RMN_ASCII);
	if (*clean < (*mark_bytes ? *mark_bytes + 4 : LEAST_BYTES))
		return false;
	guess = rmn_charset_guess(rmn_bytes_head(bytes, rmn_text_sure_size(bytes, *clean)));
	if (!guess.is_text || (*mark_bytes == 2 && guess.encoding != *encoding))
		return false;
	*encoding = guess.encoding;
	return true;
}

/* Characters that are wrong, per thousand that are not ASCII, from the best place to begin. */
static size_t
wrong_share(struct rmn_bytes block, enum rmn_encoding encoding)
{
	size_t best = SIZE_MAX;

	for (size_t skip = 0; skip < 3 && skip < block.size; skip++) {
		struct rmn_bytes rest = rmn_bytes_after(block, skip);
		uint32_t points[256];
		struct rmn_decoder d;
		size_t got, all = 0, wrong;

		rmn_decoder_init(&d, rest, encoding);
		while ((got = rmn_decoder_points(&d, points, NULL, 256)) > 0)
			for (size_t i = 0; i < got; i++)
				all += points[i] >= 0x80;
		/* The last character may be cut. */
		wrong = d.bad > 0 && rest.data[rest.size - 1] >= 0x80 ? d.bad - 1 : d.bad;
		if (all > 0)
			best = rmn_min_size(best, wrong * 1000 / all);
		if (best == 0 || all == 0)
			return 0;
	}
	return best;
}

bool
rmn_text_goes_on(struct rmn_bytes block, enum rmn_encoding *encoding)
{
	struct rmn_charset_guess guess;

	block = rmn_bytes_head(block, HEAD_BYTES);
	switch (*encoding) {
	case RMN_ASCII:
		if (rmn_ascii_run(block) == block.size)
			return true;
		guess = rmn_charset_guess(block);
		if (guess.is_text && guess.confidence >= 50)
			*encoding = guess.encoding;
		return guess.is_text;
	case RMN_UTF8:
	case RMN_CP932:
	case RMN_EUC_JP:
		return rmn_ascii_run(block) == block.size || wrong_share(block, *encoding) < 100;
	case RMN_UTF16LE:
	case RMN_UTF16BE:
		return block.size < LIKELY_BYTES ||
		    clean_units(block, *encoding == RMN_UTF16BE) >= LIKELY_BYTES;
	default:
		return true;
	}
}
