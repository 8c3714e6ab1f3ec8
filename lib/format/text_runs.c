/* SPDX-License-Identifier: MIT */
#include "format/text_runs.h"

#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "charset/charset.h"

#define BLOCK_BYTES 4096u
#define FLAT_MAX 48u		/* random bytes: 16 of each value, 34 at the very most */
#define KANJI_FIRST 0x4E00u
#define KANJI_COUNT 0x5200u	/* to U+9FFF */
#define IBM_FIRST 0xFA0Eu	/* IBM's kanji that have a place of their own, U+FA11 for one */
#define IBM_LAST 0xFA2Du
#define RUN_BYTES_MAX 65536u	/* a longer run goes on in the next */
#define RUN_MIN 4u
#define LONG_MIN (4 * RUN_MIN)
#define NARROW_MIN 6u
#define PROSE_BYTES 32u
#define SHORT_LENGTH_MAX 8u

/* Rows 16 to 84 of JIS X 0208, as CP932 has them: the kanji that names and documents are written in; and
 * IBM's, of which a few are common in names. */
static void
kanji_fill(struct rmn_text_runs *runs)
{
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	for (unsigned lead = 0x88; lead <= 0xFC; lead++) {
		unsigned char pairs[2 * 189];
		size_t used = 0, at = 0;

		if (lead == 0xA0)
			lead = 0xE0;
		if (lead == 0xEB)
			lead = 0xFA;	/* in between there are none, or the same */
		for (unsigned trail = 0x40; trail <= 0xFC; trail++) {
			if (trail == 0x7F)
				continue;
			pairs[used++] = (unsigned char)lead;
			pairs[used++] = (unsigned char)trail;
		}
		rmn_buf_clear(&utf8);
		rmn_charset_decode((struct rmn_bytes){pairs, used}, RMN_CP932, &utf8, NULL);
		while (at < utf8.size) {
			uint32_t code = rmn_utf8_next(rmn_buf_bytes(&utf8), &at, NULL);

			if (code >= KANJI_FIRST && code - KANJI_FIRST < KANJI_COUNT)
				runs->kanji[(code - KANJI_FIRST) / 8] |=
				    (unsigned char)(1u << (code % 8));
		}
	}
	if (utf8.failed)
		runs->kanji = NULL;
	rmn_buf_release(&utf8);
}

void
rmn_text_runs_init(struct rmn_text_runs *runs, struct rmn_text *text, struct rmn_arena *arena)
{
	*runs = (struct rmn_text_runs){.text = text};
	runs->kanji = rmn_arena_alloc(arena, KANJI_COUNT / 8, 1);
	if (runs->kanji)
		kanji_fill(runs);
	if (!runs->kanji && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_LIMIT, "item outgrows its memory");
}

static bool
is_break(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

static bool
is_kanji(const struct rmn_text_runs *runs, uint32_t c)
{
	if (c >= IBM_FIRST && c <= IBM_LAST)
		return true;
	return c >= KANJI_FIRST && c - KANJI_FIRST < KANJI_COUNT &&
	    (runs->kanji[(c - KANJI_FIRST) / 8] >> (c % 8) & 1);
}

/* Characters that bytes of something else seldom make. */
static bool
is_strong(uint32_t c)
{
	return (c >= 0x20 && c <= 0x7E) || is_break(c) || (c >= 0x3041 && c <= 0x30FE) ||
	    (c >= 0x3000 && c <= 0x3003) || (c >= 0x300C && c <= 0x300F) ||
	    (c >= 0xFF01 && c <= 0xFF9F);
}

static bool
is_weak(uint32_t c)
{
	return (c >= 0x391 && c <= 0x451) ||
	    (c >= 0x2010 && c <= 0x203B) || (c >= 0x2100 && c <= 0x2312) ||
	    (c >= 0x2460 && c <= 0x2473) || (c >= 0x2500 && c <= 0x266F) ||
	    (c >= 0x3004 && c <= 0x33FF) || (c >= 0x4E00 && c <= 0x9FFF) ||
	    (c >= 0xF900 && c <= 0xFAFF);
}

struct run {
	size_t size;		/* in bytes */
	size_t count;		/* characters */
	size_t strong, kanji;	/* how many of them are likely: is_strong, is_kanji */
	size_t latin;		/* with accents */
	bool is_ascii;		/* its bytes could be 8-bit text too */
};

/* Enough of it is likely; what is shorter than 2 * RUN_MIN must be likely throughout. */
static bool
is_likely(const struct run *run)
{
	return run->strong * 4 + (run->kanji + run->latin) * 3 >= run->count * 2;
}

/* Whether the bytes are words of 8-bit text with a few bullets or accents: read as wide they are kanji. */
static bool
is_prose(struct rmn_bytes bytes)
{
	size_t plain = 0, spaces = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = bytes.data[i];

		plain += (c >= 0x20 && c < 0x7F) || is_break(c);
		spaces += c == ' ';
	}
	return plain * 8 >= bytes.size * 7 && spaces * 16 >= bytes.size && plain > 0;
}

/* Ends where it stops to be likely, so that what is no text is never looked at for long.  A long one
 * that grows unlikely ends where it last was not: else it would be looked at again from each of its
 * characters. */
static struct run
wide_run(const struct rmn_text_runs *runs, struct rmn_bytes bytes)
{
	struct run run = {.is_ascii = true}, likely = run;
	uint32_t before = UINT32_MAX;

	while (bytes.size - run.size >= 2 && run.size < RUN_BYTES_MAX) {
		const unsigned char *p = bytes.data + run.size;
		uint32_t c = rmn_le16(p);

		/* text of one byte a character may follow without anything between */
		if (before < 0x80 && c >= 0x2000 && bytes.size - run.size >= PROSE_BYTES &&
		    is_prose((struct rmn_bytes){p, PROSE_BYTES}))
			break;
		before = c;
		if (is_strong(c))
			run.strong++;
		else if (is_kanji(runs, c))
			run.kanji++;
		else if (c >= 0xA0 && c <= 0x17F)
			run.latin++;
		else if (!is_weak(c) || (run.count >= LONG_MIN && !is_likely(&run)))
			break;
		else if (is_likely(&run))
			likely = run;
		run.is_ascii = run.is_ascii && p[0] >= 0x20 && p[0] < 0x7F && p[1] >= 0x20 &&
		    p[1] < 0x7F;
		run.count++;
		run.size += 2;
	}
	return likely.count >= LONG_MIN && !is_likely(&run) ? likely : run;
}

static bool
wide_is_text(const struct run *run, struct rmn_bytes bytes, size_t at)
{
	if (run->count >= 2 * RUN_MIN && is_likely(run))
		return true;
	if (run->strong + run->kanji + run->latin < run->count ||
	    run->latin * 2 > run->count)
		return false;
	if (run->count >= RUN_MIN || (run->count >= 3 && run->kanji == run->count))
		return true;
	if (run->latin > 0)
		return false;
	/* a short one must stand between a small number, its length say, and a zero */
	return run->count >= 2 && (run->kanji > 0 || run->count >= 3) && at >= 1 &&
	    bytes.data[at - 1] <= SHORT_LENGTH_MAX && bytes.size - at >= run->size + 2 &&
	    rmn_le16(bytes.data + at + run->size) == 0;
}

bool
rmn_text_runs_are_wide(const struct rmn_text_runs *runs, struct rmn_bytes bytes)
{
	struct run run;

	if (bytes.size >= 2 && rmn_le16(bytes.data + bytes.size - 2) == 0)
		bytes.size -= 2;
	run = wide_run(runs, bytes);
	return run.count > 0 && run.size == bytes.size &&
	    run.strong + run.kanji + run.latin + run.count / 4 >= run.count;
}

/* Whether 80 may be inside a character: the second byte of one (CP932's katakana mu), or one of a comma, stop or
 * space in UTF-8. */
static bool
may_follow(const unsigned char *bytes, size_t at)
{
	return at > 0 && (bytes[at - 1] >= 0x81 || (bytes[at - 1] == 0x80 && at > 1 && bytes[at - 2] >= 0xE0));
}

/* 8-bit text: ASCII, and unless only that is wanted, bytes above it. */
static struct run
narrow_run(struct rmn_bytes bytes, bool ascii_only)
{
	struct run run = {0};

	while (run.size < bytes.size && run.size < RUN_BYTES_MAX) {
		unsigned char c = bytes.data[run.size];

		if (!((c >= 0x20 && c < 0x7F) || (c >= 0x81 && !ascii_only) || is_break(c) ||
		    (c == 0x80 && !ascii_only && may_follow(bytes.data, run.size))))
			break;
		run.strong += c < 0x7F;
		run.size++;
	}
	return run;
}

static bool
all_breaks(struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] != ' ' && !is_break(bytes.data[i]))
			return false;
	return true;
}

/* "UUUUUU", "0333333": the inside of a number. */
static bool
is_number(struct rmn_bytes bytes)
{
	size_t same = 0;

	for (size_t i = 1; i < bytes.size; i++)
		same += bytes.data[i] == bytes.data[i - 1];
	return same + 3 >= bytes.size;
}

/* Bytes that are no text decode as CP932 too: to a medley of half-width kana, rare kanji and what is
 * none of it. */
static bool
is_medley(const struct rmn_text_runs *runs, struct rmn_bytes utf8)
{
	size_t at = 0, half = 0, good = 0, other = 0;

	while (at < utf8.size) {
		uint32_t c = rmn_utf8_next(utf8, &at, NULL);

		if (c >= 0xFF61 && c <= 0xFF9F)
			half++;
		else if (is_kanji(runs, c) || (c > 0x7F && (is_strong(c) || c <= 0x17F)))
			good++;
		else if (c > 0x7F)
			other++;
	}
	return other * 4 > good + half || (half > 0 && good + other > 0 && half * 4 > good) ||
	    (half > 0 && half < 3);
}

/* Whether the only bytes above ASCII are Word's quotes, bullets, dashes and dots: CP1252, though CP932 has a
 * kanji for each with the letter behind it. */
static bool
has_quotes_only(struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] >= 0x80 && bytes.data[i] != 0x85 &&
		    (bytes.data[i] < 0x91 || bytes.data[i] > 0x97))
			return false;
	return true;
}

/* CR and CR LF end a line as LF does. */
static void
lines_put(struct rmn_text *text, struct rmn_bytes utf8)
{
	while (utf8.size > 0) {
		const unsigned char *end = memchr(utf8.data, '\r', utf8.size);
		size_t size = end ? (size_t)(end - utf8.data) : utf8.size;

		rmn_text_newline(text);
		rmn_text_put(text, rmn_bytes_head(utf8, size));
		utf8 = rmn_bytes_after(utf8, size + (end != NULL));
		if (end && utf8.size > 0 && utf8.data[0] == '\n')
			utf8 = rmn_bytes_after(utf8, 1);
	}
	rmn_text_newline(text);
}

/* False when it is no text after all. */
static bool
narrow_put(struct rmn_text_runs *runs, struct rmn_bytes run, enum rmn_encoding encoding)
{
	struct rmn_buf utf8;
	bool is_text;

	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(run, encoding, &utf8, NULL);
	is_text = encoding == RMN_ASCII || encoding == RMN_CP1252 || !is_medley(runs, rmn_buf_bytes(&utf8));
	if (is_text)
		lines_put(runs->text, rmn_buf_bytes(&utf8));
	if (utf8.failed && runs->text->status == RMN_OK)
		runs->text->status = rmn_fail(runs->text->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&utf8);
	return is_text;
}

/* Puts a run of 8-bit text when there is one; with bytes above 7F only when an encoding speaks for
 * it, else what is ASCII at its start.  How many bytes are settled. */
static size_t
narrow_take(struct rmn_text_runs *runs, struct rmn_bytes bytes, size_t at, size_t *refused_to)
{
	struct rmn_bytes here = rmn_bytes_after(bytes, at), taken;
	struct run run = narrow_run(here, at < *refused_to);
	enum rmn_encoding encoding = RMN_ASCII;

	taken = rmn_bytes_head(here, run.size);
	if (run.strong < run.size && run.size >= NARROW_MIN) {
		struct rmn_charset_guess guess = rmn_charset_guess(taken);
		bool is_western = is_prose(taken) && has_quotes_only(taken);

		encoding = is_western ? RMN_CP1252 : guess.encoding;
		if (!is_western && (!guess.is_text || guess.confidence < 50 || encoding == RMN_UTF16LE ||
		    encoding == RMN_UTF16BE)) {
			*refused_to = at + run.size;
			taken.size = narrow_run(here, true).size;
			encoding = RMN_ASCII;
		}
	}
	if (taken.size < NARROW_MIN)
		return 0;
	if (all_breaks(taken) || is_number(taken) || narrow_put(runs, taken, encoding))
		return taken.size;
	/* not in this encoding; what is ASCII in it may be text */
	*refused_to = at + run.size;
	taken.size = narrow_run(here, true).size;
	if (taken.size >= NARROW_MIN && !all_breaks(taken) && !is_number(taken))
		narrow_put(runs, taken, RMN_ASCII);
	return taken.size;
}

void
rmn_text_utf16_put(struct rmn_text *text, struct rmn_bytes bytes, bool is_big_endian)
{
	for (size_t i = 0; i + 1 < bytes.size; i += 2) {
		const unsigned char *p = bytes.data + i;
		uint32_t c = is_big_endian ? rmn_be16(p) : rmn_le16(p), low;
		unsigned char utf8[4];

		if (c == 0)
			return;
		if (c >= 0xD800 && c < 0xDC00 && i + 3 < bytes.size) {
			low = is_big_endian ? rmn_be16(p + 2) : rmn_le16(p + 2);
			if (low >= 0xDC00 && low < 0xE000) {
				c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		if (c == '\r' || c == 0x0B || c == 0x2028 || c == 0x2029)
			rmn_text_newline(text);
		else if (c >= 0x20 || c == '\n' || c == '\t')
			rmn_text_put(text, (struct rmn_bytes){utf8, rmn_utf8_encode(c, utf8)});
	}
}

bool
rmn_text_is_clean(struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] < 0x20 ? !is_break(bytes.data[i]) : bytes.data[i] == 0x7F)
			return false;
	return rmn_utf8_is_valid(bytes);
}

static bool
is_flat(struct rmn_bytes block)
{
	unsigned counts[256] = {0};

	if (block.size < BLOCK_BYTES)
		return false;
	for (size_t i = 0; i < block.size; i++)
		if (++counts[block.data[i]] > FLAT_MAX)
			return false;
	return true;
}

/* Gives what stands at the offset, and how far it reaches; 0: nothing. */
static size_t
run_take(struct rmn_text_runs *runs, struct rmn_bytes bytes, size_t at, size_t *refused_to)
{
	struct rmn_bytes here = rmn_bytes_after(bytes, at);
	struct run wide = wide_run(runs, here);
	bool is_wide = wide_is_text(&wide, bytes, at);
	size_t narrow;

	is_wide = is_wide && (runs->wide_only || !is_prose(rmn_bytes_head(here, wide.size)));
	if (bytes.data[at] == 0) {
		/* a zero before text, or the low half of a character as in "\x00\x4E" */
		struct run next = wide_run(runs, rmn_bytes_after(here, 1));

		if (!is_wide || next.strong > wide.strong)
			return 1;
	}
	if (is_wide && !all_breaks(rmn_bytes_head(here, wide.size))) {
		rmn_text_newline(runs->text);
		rmn_text_utf16_put(runs->text, rmn_bytes_head(here, wide.size), false);
		rmn_text_newline(runs->text);
		}
	if (is_wide && (!wide.is_ascii || runs->wide_only))
		return wide.size;
	if (runs->wide_only)
		return 0;
	narrow = narrow_take(runs, bytes, at, refused_to);
	return is_wide && wide.size > narrow ? wide.size : narrow;
}

void
rmn_text_runs_put(struct rmn_text_runs *runs, struct rmn_bytes bytes)
{
	size_t at = 0, checked_to = 0, refused_to = 0;

	while (at < bytes.size && runs->text->status == RMN_OK) {
		size_t size;

		if (at >= checked_to) {
			if (is_flat(rmn_bytes_head(rmn_bytes_after(bytes, at), BLOCK_BYTES))) {
				at += BLOCK_BYTES;
				continue;
			}
			checked_to = at + BLOCK_BYTES;
		}
		size = run_take(runs, bytes, at, &refused_to);
		at += size > 0 ? size : 1;
	}
}
