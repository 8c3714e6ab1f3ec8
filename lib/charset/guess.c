/* SPDX-License-Identifier: MIT
 *
 * Which encoding?  The order is that of what can be told apart: marks and escapes, then strict
 * structure (UTF-8), then statistics.  Nearly all EUC-JP is also well-formed CP932, but then full
 * of half-width katakana; real half-width katakana alone is also well-formed EUC-JP.  Both rules
 * are measured in the domain notes.  It runs on every file of a disk, so binary content is turned
 * away after its first bytes and statistics look at a few KiB around the first character that is
 * not ASCII. */
#include <string.h>

#include "base/checked.h"
#include "charset/charset.h"
#include "charset/decode.h"

#define LOOK_BYTES 65536u	/* of the whole */
#define SCORE_BYTES 4096u	/* from the first byte that is not ASCII */
#define QUICK_BYTES 512u	/* enough to turn binary content away */
#define CHANCE_BYTES 48u	/* random bytes of this length have a control byte (99.5 %) */

struct bytes_count {
	size_t high, nul, control, escape;
	size_t pair_zero;	/* 00 and 30: one of two bytes of ASCII or kana in UTF-16 */
};

typedef uint8_t lanes __attribute__((vector_size(16)));

#define LANES sizeof(lanes)
#define ROUNDS_MAX 255u		/* a lane counts no further */

static bool
is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\b' &&
	    c != 0x1B && c != 0x1A) || c == 0x7F;
}

static void
count_bytes(const unsigned char *s, size_t size, struct bytes_count *count)
{
	for (size_t i = 0; i < size; i++) {
		count->high += s[i] >= 0x80;
		count->nul += s[i] == 0;
		count->control += is_control(s[i]);
		count->escape += s[i] == 0x1B;
		count->pair_zero += s[i] == 0 || s[i] == 0x30;
	}
}

static size_t
lanes_sum(lanes v)
{
	size_t sum = 0;

	for (size_t i = 0; i < LANES; i++)
		sum += v[i];
	return sum;
}

/* The same as count_bytes, many bytes at a time; a comparison that holds is -1. */
static void
count_lanes(const unsigned char *s, size_t rounds, struct bytes_count *count)
{
	lanes high = {0}, nul = {0}, control = {0}, escape = {0}, zero = {0};

	for (size_t i = 0; i < rounds; i++) {
		lanes v, is_escape, is_nul;

		memcpy(&v, s + i * LANES, LANES);
		is_escape = (lanes)(v == 0x1B);
		is_nul = (lanes)(v == 0);
		high += v >> 7;
		nul -= is_nul;
		escape -= is_escape;
		zero -= is_nul | (lanes)(v == 0x30);
		control -= ((lanes)(v < 0x20) & ~((lanes)(v - '\b' < 3) | (lanes)(v - '\f' < 2) |
		    (lanes)(v == 0x1A) | is_escape)) | (lanes)(v == 0x7F);
	}
	count->high += lanes_sum(high);
	count->nul += lanes_sum(nul);
	count->control += lanes_sum(control);
	count->escape += lanes_sum(escape);
	count->pair_zero += lanes_sum(zero);
}

static struct bytes_count
count_all(struct rmn_bytes bytes)
{
	struct bytes_count count = {0};

	while (bytes.size >= LANES) {
		size_t rounds = rmn_min_size(bytes.size / LANES, ROUNDS_MAX);

		count_lanes(bytes.data, rounds, &count);
		bytes = rmn_bytes_after(bytes, rounds * LANES);
	}
	count_bytes(bytes.data, bytes.size, &count);
	return count;
}

static struct rmn_charset_guess
guess_text(enum rmn_encoding encoding, unsigned confidence)
{
	return (struct rmn_charset_guess){
		.encoding = encoding, .confidence = confidence, .is_text = true,
	};
}

/* What UTF-16 units look like, in one byte order. */
struct units {
	size_t all, likely, telling, broken;
};

static void
count_unit(struct units *u, unsigned unit)
{
	bool ascii = (unit >= 0x20 && unit <= 0x7E) || unit == '\t' || unit == '\n' ||
	    unit == '\r';
	bool kana = unit >= 0x3000 && unit <= 0x30FF;

	u->all++;
	u->telling += ascii || kana;
	u->likely += ascii || kana || (unit >= 0x4E00 && unit <= 0x9FFF) ||
	    (unit >= 0xFF01 && unit <= 0xFF9F) || (unit >= 0xA0 && unit <= 0x52F) ||
	    (unit >= 0x2000 && unit <= 0x26FF) || (unit >= 0xAC00 && unit <= 0xD7A3);
	u->broken += (unit < 0x20 && !ascii) || unit == 0xFFFE || unit == 0xFFFF ||
	    (unit >= 0xFDD0 && unit <= 0xFDEF) || (unit >= 0x7F && unit < 0xA0);
}

static void
count_units(struct rmn_bytes bytes, struct units *little, struct units *big)
{
	for (size_t i = 0; i + 1 < bytes.size; i += 2) {
		unsigned first = bytes.data[i], second = bytes.data[i + 1];

		count_unit(little, first | second << 8);
		count_unit(big, first << 8 | second);
	}
}

/* Most byte pairs are some kanji, so that kanji say nothing: kana and ASCII must be there, and
 * must not fit the other order as well. */
static bool
is_utf16(const struct units *u, const struct units *other)
{
	return u->all >= 2 && u->likely * 10 >= u->all * 9 && u->telling * 5 >= u->all &&
	    u->broken * 100 <= u->all && u->telling > other->telling * 3;
}

/* What is_utf16 wants of "telling" units, counted over both orders: most text has not enough. */
static bool
may_be_utf16(struct rmn_bytes bytes, const struct bytes_count *count)
{
	return (count->high > 0 || count->nul > 0) && count->pair_zero * 5 >= bytes.size / 2;
}

static struct rmn_charset_guess
guess_utf16(struct rmn_bytes bytes)
{
	struct units little = {0}, big = {0};

	count_units(rmn_bytes_head(bytes, SCORE_BYTES), &little, &big);
	if (is_utf16(&little, &big))
		return guess_text(RMN_UTF16LE, 90);
	if (is_utf16(&big, &little))
		return guess_text(RMN_UTF16BE, 90);
	return (struct rmn_charset_guess){0};
}

static bool
guess_mark(struct rmn_bytes bytes, struct rmn_charset_guess *guess)
{
	struct units little = {0}, big = {0};
	const struct units *u;

	if (rmn_bytes_start_with(bytes, "\xEF\xBB\xBF")) {
		*guess = guess_text(RMN_UTF8, 100);
		guess->bom_bytes = 3;
		return true;
	}
	if (rmn_bytes_start_with(bytes, "\xFF\xFE"))
		*guess = guess_text(RMN_UTF16LE, 100);
	else if (rmn_bytes_start_with(bytes, "\xFE\xFF"))
		*guess = guess_text(RMN_UTF16BE, 100);
	else
		return false;
	/* FF FE also starts sound and 32-bit text. */
	guess->bom_bytes = 2;
	count_units(rmn_bytes_head(rmn_bytes_after(bytes, 2), SCORE_BYTES), &little, &big);
	u = guess->encoding == RMN_UTF16LE ? &little : &big;
	return u->broken * 20 <= u->all;
}

static bool
has_iso_2022_jp(struct rmn_bytes bytes)
{
	static const char *const escapes[] = {"\033$B", "\033$@", "\033(I", "\033$(", "\033(J"};

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (rmn_bytes_find(bytes, rmn_bytes_from_string(escapes[i])) != SIZE_MAX)
			return true;
	return false;
}

/* Code points by what they say about the language of the text. */
struct points_count {
	size_t all, bad, kana, level1, half_kana, han, symbol, gaiji;
};

static void
count_point(struct points_count *n, uint32_t c)
{
	n->all++;
	if (c >= 0x3041 && c <= 0x30FE)
		n->kana++;
	else if (c >= 0x4E00 && c <= 0x9FFF)
		n->han++;
	else if (c >= 0xFF61 && c <= 0xFF9F)
		n->half_kana++;
	else if (c >= 0xE000 && c <= 0xF8FF)
		n->gaiji++;
	else if ((c >= 0x3000 && c <= 0x3040) || (c >= 0xFF01 && c <= 0xFF5E))
		n->symbol++;
}

static struct points_count
count_points(struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	struct points_count count = {0};
	uint32_t points[256], sources[256];
	struct rmn_decoder d;
	size_t got;

	rmn_decoder_init(&d, bytes, encoding);
	while ((got = rmn_decoder_points(&d, points, sources, 256)) > 0)
		for (size_t i = 0; i < got; i++) {
			unsigned char lead = bytes.data[sources[i]];

			if (points[i] < 0x80)
				continue;
			count_point(&count, points[i]);
			/* Rows 16-47 hold the 2,965 kanji that texts are made of. */
			count.level1 += points[i] >= 0x4E00 && points[i] <= 0x9FFF &&
			    (encoding == RMN_CP932 ? lead >= 0x88 && lead <= 0x98
						   : lead >= 0xB0 && lead <= 0xCF);
		}
	count.bad = d.bad;
	/* The end may be cut inside a character. */
	if (count.bad > 0 && bytes.size > 0 && bytes.data[bytes.size - 1] >= 0x80)
		count.bad--;
	return count;
}

/* Half-width katakana and nothing else above ASCII: columns of readings, bank files. */
static bool
is_kana_only(struct rmn_bytes bytes, size_t *runs, size_t *high)
{
	bool inside = false;

	*runs = *high = 0;
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = bytes.data[i];

		if (c >= 0x80 && (c < 0xA1 || c > 0xDF))
			return false;
		*high += c >= 0x80;
		*runs += c >= 0x80 && !inside;
		inside = c >= 0x80;
	}
	return *high > 0;
}

/* Accents stand alone among ASCII letters, or two together; quotes and dashes stand between
 * words. */
static bool
is_latin(struct rmn_bytes bytes)
{
	size_t high = 0, fit = 0, undefined = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = bytes.data[i];
		unsigned char before = i > 0 ? bytes.data[i - 1] : ' ';
		unsigned char after = i + 1 < bytes.size ? bytes.data[i + 1] : ' ';

		if (c < 0x80)
			continue;
		high++;
		fit += before < 0x80 || after < 0x80;
		undefined += c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D;
	}
	return undefined == 0 && fit * 10 >= high * 9 && high * 3 <= bytes.size;
}

static bool
is_japanese(const struct points_count *n, bool half_kana_counts)
{
	size_t good = n->kana + n->level1 + n->symbol + (half_kana_counts ? n->half_kana : 0);

	return n->all > 0 && n->bad * 50 <= n->all && good * 10 >= n->all * 7 &&
	    (half_kana_counts || n->half_kana * 5 <= n->all);
}

/* A text of some length that is Japanese has kana. */
static unsigned
confidence_of(const struct points_count *n)
{
	if (n->bad > 0)
		return 70;
	if (n->kana + n->half_kana == 0 && n->all > 60)
		return 40;
	return n->all >= 4 ? 95 : 80;
}

static struct rmn_charset_guess
guess_8bit(struct rmn_bytes bytes)
{
	struct points_count euc, cp932;
	size_t runs, high;

	if (is_kana_only(bytes, &runs, &high)) {
		euc = count_points(bytes, RMN_EUC_JP);
		if (high < runs * 2 && is_latin(bytes))
			return guess_text(RMN_CP1252, 60);
		if (euc.bad > 0 || euc.kana * 4 < euc.all)
			return guess_text(RMN_CP932, 85);
	}
	euc = count_points(bytes, RMN_EUC_JP);
	cp932 = count_points(bytes, RMN_CP932);
	if (euc.bad == 0 && is_japanese(&euc, false) &&
	    !(cp932.bad == 0 && cp932.half_kana == 0 && cp932.kana > euc.kana))
		return guess_text(RMN_EUC_JP, confidence_of(&euc));
	if (cp932.bad == 0 && is_japanese(&cp932, false))
		return guess_text(RMN_CP932, confidence_of(&cp932));
	if (is_latin(bytes))
		return guess_text(RMN_CP1252, 70);
	if (is_japanese(&euc, false) && euc.bad <= cp932.bad)
		return guess_text(RMN_EUC_JP, 70);
	if (is_japanese(&cp932, true))
		return guess_text(RMN_CP932, 70);
	if (euc.bad == 0 && euc.all > 1)
		return guess_text(RMN_EUC_JP, 30);
	if (cp932.bad == 0 && cp932.kana + cp932.level1 > cp932.all / 4)
		return guess_text(RMN_CP932, 30);
	/* A few bytes may lack control bytes by chance. */
	if (bytes.size < CHANCE_BYTES)
		return (struct rmn_charset_guess){0};
	return guess_text(RMN_CP1252, 20);
}

/* From where a character may start; up to three bytes of one that was cut may come before. */
static struct rmn_bytes
without_orphans(struct rmn_bytes bytes)
{
	size_t orphans = 0;

	while (orphans < 3 && orphans < bytes.size && (bytes.data[orphans] & 0xC0) == 0x80)
		orphans++;
	return rmn_bytes_after(bytes, orphans);
}

static bool
is_utf8(struct rmn_bytes bytes)
{
	size_t left = bytes.size - rmn_utf8_run(bytes);
	unsigned char lead;

	if (left == 0)
		return true;
	lead = bytes.data[bytes.size - left];
	if (left > 3 || lead < 0xC2 || lead > 0xF4 || left == bytes.size)
		return false;
	for (size_t i = 1; i < left; i++)
		if ((bytes.data[bytes.size - left + i] & 0xC0) != 0x80)
			return false;
	return left < (lead < 0xE0 ? 2u : lead < 0xF0 ? 3u : 4u);
}

/* One file of many encodings, or with some bytes gone bad: mostly UTF-8 is still UTF-8.  What is
 * far from it is so from its first characters on. */
static bool
is_mostly_utf8(struct rmn_bytes bytes)
{
	uint32_t points[64];
	struct rmn_decoder d;
	size_t got, all = 0, bad;

	bytes = rmn_bytes_head(bytes, SCORE_BYTES);
	rmn_decoder_init(&d, bytes, RMN_UTF8);
	while ((got = rmn_decoder_points(&d, points, NULL, 64)) > 0) {
		for (size_t i = 0; i < got; i++)
			all += points[i] >= 0x80;
		if (d.bad > 1 && (d.bad - 1) * 20 > all + (bytes.size - d.at))
			return false;
	}
	/* The end may be cut inside a character. */
	bad = d.bad - (d.bad > 0 && bytes.data[bytes.size - 1] >= 0x80);
	return all >= 20 && bad * 20 <= all;
}

/* UTF-8, whole or nearly so, from the first byte that is not ASCII; else nothing. */
static struct rmn_charset_guess
guess_utf8(struct rmn_bytes high, bool from_start)
{
	struct rmn_bytes later = without_orphans(high);

	if (is_utf8(high))
		return guess_text(RMN_UTF8, 98);
	if (from_start && later.size < high.size && rmn_utf8_run(later) > rmn_ascii_run(later) &&
	    is_utf8(later))
		return guess_text(RMN_UTF8, 80);
	if (is_mostly_utf8(high))
		return guess_text(RMN_UTF8, 70);
	return (struct rmn_charset_guess){0};
}

/* Files that were cut off by a crash end in zeros. */
static struct rmn_bytes
without_padding(struct rmn_bytes bytes)
{
	while (bytes.size > 0 && bytes.data[bytes.size - 1] == 0)
		bytes.size--;
	return bytes;
}

/* More than one control byte in a hundred, or a zero, is no text in any 8-bit encoding. */
static bool
is_binary(struct rmn_bytes bytes, const struct bytes_count *count)
{
	return count->nul > 0 || count->control * 100 > bytes.size;
}

/* All that can be told without comparing 8-bit encodings.  False when they are what is left, with
 * the place of the first byte that is not ASCII; then bytes have lost their padding. */
static bool
guess_strict(struct rmn_bytes *bytes, struct rmn_charset_guess *guess, size_t *first_high)
{
	struct bytes_count count;
	struct rmn_bytes quick;

	*guess = (struct rmn_charset_guess){0};
	*bytes = rmn_bytes_head(*bytes, LOOK_BYTES);
	if (guess_mark(*bytes, guess))
		return true;
	quick = rmn_bytes_head(*bytes, QUICK_BYTES);
	count = count_all(quick);
	*guess = (struct rmn_charset_guess){0};
	if (may_be_utf16(quick, &count) && guess_utf16(quick).is_text)
		*guess = guess_utf16(*bytes);
	if (guess->is_text)
		return true;
	*bytes = without_padding(*bytes);
	if (bytes->size < quick.size) {
		quick = *bytes;
		count = count_all(quick);
	}
	if (bytes->size == 0 || is_binary(quick, &count))
		return true;
	if (bytes->size > quick.size)
		count = count_all(*bytes);
	if (is_binary(*bytes, &count))
		return true;
	if (count.escape > 0 && count.high * 50 <= bytes->size && has_iso_2022_jp(*bytes))
		*guess = guess_text(RMN_ISO_2022_JP, 95);
	else if (count.high == 0)
		*guess = guess_text(RMN_ASCII, 100);
	if (guess->is_text)
		return true;
	*first_high = rmn_ascii_run(*bytes);
	*guess = guess_utf8(rmn_bytes_after(*bytes, *first_high), *first_high == 0);
	return guess->is_text;
}

struct rmn_charset_guess
rmn_charset_guess(struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess;
	size_t first_high;

	if (guess_strict(&bytes, &guess, &first_high))
		return guess;
	/* One ASCII byte before: accents are told by their neighbours. */
	return guess_8bit(rmn_bytes_head(rmn_bytes_after(bytes, first_high - (first_high > 0)),
	    SCORE_BYTES));
}

enum rmn_encoding
rmn_charset_strict(struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess;
	size_t first_high;

	return guess_strict(&bytes, &guess, &first_high) && guess.is_text ? guess.encoding :
	    RMN_ENCODING_UNKNOWN;
}
