/* SPDX-License-Identifier: MIT
 *
 * The working copy.  Called for every line with a candidate in it, so nearly every character
 * takes the short way: kanji, kana and ASCII are as they should be already, full-width forms are
 * an offset away.  The rest, and whatever combines, goes to utf8proc in the smallest piece that
 * is right: one base character and the marks behind it. */
#include "charset/normal.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/checked.h"
#include "base/utf8.h"
#include "charset/decode.h"
#include "charset/normal_tables.h"

#define PIECE_POINTS 64		/* one base character and its marks */
#define PIECE_UTF8_MAX (PIECE_POINTS * 4)
#define EXPANDED_POINTS (PIECE_POINTS * 18)	/* U+FDFA alone becomes 18 */

struct folder {
	struct rmn_normal *n;
	const uint32_t *points, *sources;
	size_t count;
	unsigned char *out;
	uint32_t *source_out;
	size_t size;		/* of the text so far */
	size_t last;		/* where the character before starts in it */
};

void
rmn_normal_init(struct rmn_normal *n)
{
	*n = (struct rmn_normal){0};
}

void
rmn_normal_release(struct rmn_normal *n)
{
	rmn_buf_release(&n->text);
	free(n->source);
	free(n->scratch);
	*n = (struct rmn_normal){0};
}

static bool
grow_array(uint32_t **array, size_t *capacity, size_t wanted)
{
	size_t rounded, size;
	uint32_t *grown;

	if (wanted <= *capacity)
		return true;
	if (!rmn_add_size(wanted, wanted / 2 + 256, &rounded) ||
	    !rmn_mul_size(rounded, sizeof(**array), &size))
		return false;
	grown = realloc(*array, size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = rounded;
	return true;
}

/* Room for more bytes of text behind f->size, in the text and in the map. */
static bool
folder_reserve(struct folder *f, size_t more)
{
	struct rmn_normal *n = f->n;

	n->text.size = f->size;
	if (!rmn_buf_reserve(&n->text, more) ||
	    !grow_array(&n->source, &n->source_capacity, n->text.size + more + 1))
		return false;
	f->out = n->text.data;
	f->source_out = n->source;
	return true;
}

static inline bool
in_bitmap(const uint32_t *bitmap, uint32_t c)
{
	return c < 0x10000 && (bitmap[c >> 5] >> (c & 31) & 1);
}

/* Beyond the BMP the vowel signs of Indian scripts are taken for marks as well: a larger piece is
 * right too. */
static bool
is_joining(uint32_t c)
{
	if (c < 0x10000)
		return in_bitmap(normal_joins, c);
	return (c >= 0x11000 && c < 0x12000) || (c < 0x1F000 &&
	    utf8proc_get_property((utf8proc_int32_t)c)->combining_class != 0);
}

static inline void
emit(struct folder *f, uint32_t c, uint32_t source)
{
	size_t size = f->size;

	f->last = size;
	if (c < 0x80) {
		if (c == ' ' && size > 0 && f->out[size - 1] == ' ') {
			f->last = size - 1;
			return;
		}
		f->out[size] = (unsigned char)c;
		f->source_out[size] = source;
		f->size = size + 1;
		return;
	}
	f->size += rmn_utf8_encode(c, f->out + size);
	for (; size < f->size; size++)
		f->source_out[size] = source;
}

/* Three bytes, which is what kana and kanji are. */
static inline void
emit3(struct folder *f, uint32_t c, uint32_t source)
{
	unsigned char *out = f->out + f->size;
	uint32_t *source_out = f->source_out + f->size;

	out[0] = (unsigned char)(0xE0 | c >> 12);
	out[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
	out[2] = (unsigned char)(0x80 | (c & 0x3F));
	source_out[0] = source_out[1] = source_out[2] = source;
	f->last = f->size;
	f->size += 3;
}

static bool
is_digit(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 0xFF10 && c <= 0xFF19);
}

static bool
is_dash(uint32_t c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x2500 || c == 0x30FC ||
	    c == 0xFF70 || c == 0xFF0D || c == 0xFE63;
}

static bool
is_between_digits(const struct folder *f, size_t i)
{
	unsigned char before = f->size > 0 ? f->out[f->size - 1] : 0;
	uint32_t after = i + 1 < f->count ? f->points[i + 1] : 0;

	return (is_digit(before) || before == ')') &&
	    (is_digit(after) || after == '(' || after == 0xFF08);
}

/* One choice where Microsoft's tables and JIS differ. */
static uint32_t
fold_twin(uint32_t c)
{
	switch (c) {
	case 0x2014:
		return 0x2015;
	case 0x2016:
		return 0x2225;
	case 0x2212:
		return '-';
	case 0x301C:
		return '~';
	default:
		return c;
	}
}

static const uint16_t half_kana[] = {	/* U+FF61-FF9D */
	0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
	0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB,
	0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1,
	0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5,
	0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9,
	0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3,
};

/* Katakana with a voiced or half-voiced mark behind it; 0 when there is no such letter. */
static uint32_t
voiced(uint32_t kana, uint32_t mark)
{
	bool ha_row = kana >= 0x30CF && kana <= 0x30DB && (kana - 0x30CF) % 3 == 0;

	if (mark == 0xFF9F)
		return ha_row ? kana + 2 : 0;
	if (mark != 0xFF9E)
		return 0;
	if (kana == 0x30A6)
		return 0x30F4;
	if (kana == 0x30EF || kana == 0x30F2)
		return kana + 8;
	if (ha_row || (kana >= 0x30AB && kana <= 0x30C1 && kana % 2 == 1) ||
	    kana == 0x30C4 || kana == 0x30C6 || kana == 0x30C8)
		return kana + 1;
	return 0;
}

/* Half-width katakana at i; how many points it took. */
static size_t
fold_half_kana(struct folder *f, size_t i)
{
	uint32_t kana = half_kana[f->points[i] - 0xFF61];
	uint32_t with_mark = i + 1 < f->count ? voiced(kana, f->points[i + 1]) : 0;

	if (kana == 0x30FC && is_between_digits(f, i))
		emit(f, '-', f->sources[i]);
	else
		emit3(f, with_mark ? with_mark : kana, f->sources[i]);
	return with_mark ? 2 : 1;
}

/* The character at i, and those behind it that may combine with it, by the book. */
static size_t
fold_piece(struct folder *f, size_t i)
{
	unsigned char text[PIECE_UTF8_MAX];
	utf8proc_int32_t folded[EXPANDED_POINTS + 1];
	size_t size = 0, end = i;
	utf8proc_ssize_t count;

	do
		size += rmn_utf8_encode(f->points[end++], text + size);
	while (end < f->count && end - i < PIECE_POINTS && is_joining(f->points[end]));
	count = utf8proc_decompose(text, (utf8proc_ssize_t)size, folded, EXPANDED_POINTS,
	    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STABLE);
	if (count > 0 && count <= EXPANDED_POINTS)
		count = utf8proc_normalize_utf32(folded, count,
		    UTF8PROC_COMPOSE | UTF8PROC_STABLE);
	else
		count = 0;
	if (!folder_reserve(f, (size_t)count * 4 + (f->count - end) * 4 + 8))
		return 0;
	for (utf8proc_ssize_t k = 0; k < count; k++)
		emit(f, fold_twin((uint32_t)folded[k]), f->sources[i]);
	return end - i;
}

/* What combines with the character before takes that one back and starts from there. */
static size_t
fold_joining(struct folder *f, size_t i)
{
	size_t taken, back = i > 0 && in_bitmap(normal_plain, f->points[i - 1]) ? 1 : 0;

	if (i > 0 && f->points[i - 1] >= 0xFF01 && f->points[i - 1] <= 0xFF9D)
		back = 1;
	if (back > 0)
		f->size = f->last;
	taken = fold_piece(f, i - back);
	return taken > back ? taken - back : taken;
}

static size_t
fold_rare(struct folder *f, size_t i)
{
	uint32_t c = f->points[i];

	if (is_dash(c) && is_between_digits(f, i)) {
		emit(f, '-', f->sources[i]);
		return 1;
	}
	if (c == 0x3000 || c == 0xA0) {
		emit(f, ' ', f->sources[i]);
		return 1;
	}
	if (c >= 0xFF01 && c <= 0xFF5E) {
		emit(f, c - 0xFEE0, f->sources[i]);
		return 1;
	}
	if (c >= 0xFF61 && c <= 0xFF9D)
		return fold_half_kana(f, i);
	if (is_joining(c))
		return fold_joining(f, i);
	/* Beyond the BMP: kanji, emoji and variation selectors are what they are. */
	if (in_bitmap(normal_plain, c) || (c >= 0x20000 && c < 0x2F800) ||
	    (c >= 0x1F300 && c < 0x1FB00) || c >= 0xE0000) {
		emit(f, fold_twin(c), f->sources[i]);
		return 1;
	}
	return fold_piece(f, i);
}

static bool
fold(struct folder *f)
{
	/* Four bytes are enough for a point that does not expand; fold_piece sees to those. */
	if (!folder_reserve(f, f->count * 4 + 8))
		return false;
	for (size_t i = 0; i < f->count;) {
		uint32_t c = f->points[i];
		size_t taken = 1;

		if (c < 0x80)
			emit(f, c, f->sources[i]);
		else if ((c >= 0x4E00 && c < 0xA000) || (c >= 0x3041 && c < 0x3097) ||
		    (c >= 0x30A1 && c < 0x30FC))
			emit3(f, c, f->sources[i]);
		else
			taken = fold_rare(f, i);
		if (taken == 0)
			return false;
		i += taken;
	}
	return true;
}

/* Code points and where they came from, side by side in the scratch memory. */
static bool
decode_all(struct folder *f, struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	struct rmn_normal *n = f->n;
	struct rmn_decoder d;

	if (!grow_array(&n->scratch, &n->scratch_capacity, bytes.size * 2))
		return false;
	rmn_decoder_init(&d, bytes, encoding);
	f->points = n->scratch;
	f->sources = n->scratch + bytes.size;
	f->count = rmn_decoder_points(&d, n->scratch, n->scratch + bytes.size, bytes.size);
	return true;
}

/* Half of all lines: nothing to decode, nothing to fold but spaces. */
static bool
fold_ascii(struct folder *f, struct rmn_bytes bytes)
{
	size_t size = 0;
	unsigned char before = 0;

	if (!folder_reserve(f, bytes.size))
		return false;
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = bytes.data[i];

		f->out[size] = c;
		f->source_out[size] = (uint32_t)i;
		size += c != ' ' || before != ' ';
		before = c;
	}
	f->size = size;
	return true;
}

static bool
is_plain_ascii(struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	return encoding != RMN_UTF16LE && encoding != RMN_UTF16BE &&
	    encoding != RMN_ISO_2022_JP && rmn_ascii_run(bytes) == bytes.size;
}

enum rmn_status
rmn_normal_fill(struct rmn_normal *n, struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	struct rmn_bytes head = rmn_bytes_head(bytes, RMN_NORMAL_BYTES);
	struct folder f = {.n = n};
	bool folded;

	rmn_buf_clear(&n->text);
	if (!grow_array(&n->source, &n->source_capacity, 1))
		return RMN_NOMEM;
	n->source[0] = 0;
	if (head.size == 0)
		return RMN_OK;
	if (is_plain_ascii(head, encoding))
		folded = fold_ascii(&f, head);
	else
		folded = decode_all(&f, head, encoding) && fold(&f);
	if (!folded) {
		rmn_buf_clear(&n->text);
		n->source[0] = 0;
		return RMN_NOMEM;
	}
	n->text.size = f.size;
	n->source[f.size] = (uint32_t)head.size;
	return head.size < bytes.size ? RMN_LIMIT : RMN_OK;
}
