/* SPDX-License-Identifier: MIT
 *
 * Lines, cuts of long lines, and guesses of encodings for a run; see window.h. */
#include "detect/window.h"

#include <string.h>

#include "base/utf8.h"

#define ESC 0x1b
#define RESYNC 64u	/* bytes in which a cut looks for a place between characters */

/* Ends of a run of text: in raw bytes every control character but tab and escape. */
static bool
ends_run(unsigned char c, bool is_text)
{
	if (c >= ' ')
		return false;
	if (is_text)
		return c == '\n' || c == '\r' || c == '\0' || c == '\f' || c == '\v';
	return c != '\t' && c != ESC;
}

/* After a byte that is no trail byte of any encoding. */
static size_t
resync(struct rmn_bytes bytes, size_t from, size_t limit)
{
	size_t end = from + RESYNC < limit ? from + RESYNC : limit;

	for (size_t p = from; p < end; p++)
		if (bytes.data[p] < 0x40 && bytes.data[p] != 0)
			return p;
	/* no such byte: at the start of a UTF-8 sequence, at least */
	while (from < limit && (bytes.data[from] & 0xC0) == 0x80)
		from++;
	return from;
}

static void
find_bytes_line(struct rmn_bytes b, struct rmn_window *w, size_t at, size_t low, size_t high,
    bool is_text)
{
	size_t from = at, to = at;
	bool starts, ends;

	while (from > low && !ends_run(b.data[from - 1], is_text))
		from--;
	while (to < high && !ends_run(b.data[to], is_text))
		to++;
	starts = from == 0 || from > low || ends_run(b.data[from - 1], is_text);
	ends = to == b.size || to < high || ends_run(b.data[to], is_text);
	w->from = starts ? from : resync(b, from, at);
	w->to = to;
	w->starts_line = starts;
	w->is_whole = starts && ends;
}

/* In raw bytes also what no text of ours has, so that a run of anything else stays short. */
static bool
ends_wide_run(const unsigned char *unit, bool is_little, bool is_text)
{
	unsigned low = unit[!is_little], high = unit[is_little];

	if (high == 0)
		return low < ' ' && low != '\t';
	if (is_text)
		return false;
	return (high > 0x05 && high < 0x1E) || (high > 0x27 && high < 0x30) ||
	    (high > 0x33 && high < 0x4E) || (high > 0x9F && high < 0xAC) ||
	    (high > 0xD7 && high < 0xF9) || (high > 0xFA && high < 0xFE) ||
	    (high == 0xFF && (low == 0 || low > 0xEF));
}

static void
find_wide_line(struct rmn_bytes b, struct rmn_window *w, size_t unit, size_t low, size_t high,
    bool is_little, bool is_text)
{
	size_t from = unit, to = unit;
	bool starts, ends;

	while (from >= low + 2 && !ends_wide_run(b.data + from - 2, is_little, is_text))
		from -= 2;
	while (to + 2 <= high && !ends_wide_run(b.data + to, is_little, is_text))
		to += 2;
	starts = from < 2 || ends_wide_run(b.data + from - 2, is_little, is_text);
	ends = to + 2 > b.size || ends_wide_run(b.data + to, is_little, is_text);
	w->from = from;
	w->to = to;
	w->starts_line = starts;
	w->is_whole = starts && ends;
}

struct rmn_window
rmn_window_around(struct rmn_bytes bytes, uint64_t offset, size_t at, enum rmn_encoding encoding,
    enum rmn_family family, bool is_text)
{
	struct rmn_window w = { 0, 0, 0, 0, false, false };
	size_t into = (size_t)((offset + at) % RMN_BUCKET_BYTES);
	size_t first = at > into ? at - into : 0;
	size_t last = at - into + RMN_BUCKET_BYTES;	/* wraps back when into > at */
	size_t low = first > RMN_BUCKET_BEFORE ? first - RMN_BUCKET_BEFORE : 0;
	size_t high;

	last = last < bytes.size ? last : bytes.size;
	high = bytes.size - last > RMN_BUCKET_AFTER ? last + RMN_BUCKET_AFTER : bytes.size;
	if (family == RMN_FAMILY_WIDE)
		find_wide_line(bytes, &w, at, low, high, encoding == RMN_UTF16LE,
		    is_text);
	else
		find_bytes_line(bytes, &w, at, low, high, is_text);
	w.first = w.from > first ? w.from : first;
	w.last = w.to < last ? w.to : last;
	return w;
}

struct tally {
	size_t good, bad;
};

static bool
is_between(unsigned char c, unsigned first, unsigned last)
{
	return c >= first && c <= last;
}

static struct tally
tally_utf8(struct rmn_bytes run)
{
	struct tally t = { 0, 0 };
	size_t at = 0;

	while (at < run.size) {
		bool valid;

		if (run.data[at] < 0x80) {
			at++;
			continue;
		}
		rmn_utf8_next(run, &at, &valid);
		t.good += valid;
		t.bad += !valid;
	}
	return t;
}

/* Pairs; half-width katakana (8E xx) speaks against EUC-JP. */
static struct tally
tally_euc(struct rmn_bytes run)
{
	struct tally t = { 0, 0 };

	for (size_t i = 0; i < run.size; i++) {
		unsigned char c = run.data[i];

		if (c < 0x80)
			continue;
		if (i + 1 < run.size && is_between(c, 0xA1, 0xFE) &&
		    is_between(run.data[i + 1], 0xA1, 0xFE)) {
			t.good++;
			i++;
		} else {
			t.bad++;
		}
	}
	return t;
}

static struct tally
tally_cp932(struct rmn_bytes run)
{
	struct tally t = { 0, 0 };

	for (size_t i = 0; i < run.size; i++) {
		unsigned char c = run.data[i];

		if (c < 0x80 || is_between(c, 0xA1, 0xDF))
			continue;
		if (i + 1 < run.size && (is_between(c, 0x81, 0x9F) || is_between(c, 0xE0, 0xFC)) &&
		    run.data[i + 1] >= 0x40 && run.data[i + 1] != 0x7F && run.data[i + 1] <= 0xFC) {
			t.good++;
			i++;
		} else {
			t.bad++;
		}
	}
	return t;
}

static bool
fits(struct tally t)
{
	return t.bad == 0 || (t.good >= 2 && t.bad * 4 <= t.good + 4);
}

enum rmn_encoding
rmn_window_encoding(struct rmn_bytes run)
{
	bool high = false, kana_only = true;
	struct tally utf8;

	for (size_t i = 0; i < run.size; i++) {
		unsigned char c = run.data[i];

		if (c == ESC && i + 2 < run.size && (run.data[i + 1] == '$' || run.data[i + 1] == '('))
			return RMN_ISO_2022_JP;
		high |= c >= 0x80;
		kana_only &= c < 0x80 || is_between(c, 0xA6, 0xDF);
	}
	if (!high)
		return RMN_ASCII;
	utf8 = tally_utf8(run);
	if (utf8.good > 0 && fits(utf8))
		return RMN_UTF8;
	if (!kana_only && tally_euc(run).bad == 0)
		return RMN_EUC_JP;
	if (fits(tally_cp932(run)))
		return RMN_CP932;
	if (!kana_only && fits(tally_euc(run)))
		return RMN_EUC_JP;
	return utf8.good > utf8.bad ? RMN_UTF8 : RMN_CP1252;
}

/* How much the unit looks like a character of text: 1, 0, or -3 for what text does not have. */
static int
unit_score(unsigned char low, unsigned char high)
{
	if (high == 0)
		return low >= ' ' && low < 0x7F ? 1 : low == '\n' || low == '\r' || low == '\t' ? 0 : -3;
	if (high == 0x30 || is_between(high, 0x4E, 0x9F))
		return 1;
	if (high == 0xFF)
		return low > 0 && low <= 0xEF ? 1 : -3;
	return 0;
}

enum rmn_encoding
rmn_window_byte_order(struct rmn_bytes bytes, size_t at, size_t *unit)
{
	size_t from = at > 64 ? at - 64 + (at % 2 ? 1 : 0) : at % 2;
	size_t to = at + 66 < bytes.size ? at + 66 : bytes.size;
	int little = 0, big = 0;

	/* little: units start at the parity of at; big: one byte before */
	from += (from ^ at) & 1;
	for (size_t p = from; p + 1 < to; p += 2) {
		little += unit_score(bytes.data[p], bytes.data[p + 1]);
		big += p > 0 ? unit_score(bytes.data[p], bytes.data[p - 1]) : 0;
	}
	*unit = big > little && at > 0 ? at - 1 : at;
	return big > little && at > 0 ? RMN_UTF16BE : RMN_UTF16LE;
}
