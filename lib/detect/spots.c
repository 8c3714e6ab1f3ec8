/* SPDX-License-Identifier: MIT
 *
 * Spots: where a closer look is worth it.  Anchors and literals come from two passes over the
 * bytes; everything that cheap looks at raw bytes can refuse is refused here. */
#include "detect/detector.h"

#include <stdlib.h>
#include <string.h>

#include "detect/anchors.h"
#include "detect/chain.h"
#include "detect/window.h"

#define PAGE_BYTES 4096u
#define HEADER_REACH 512u	/* bytes of a line that are judged */
#define HEADER_DIGITS 12u
#define WIDE_CHAIN_BYTES 64u	/* what a number of UTF-16 or full width takes */
#define MARGIN 1024u			/* around a segment, for labels and runs */
#define LABEL_BEFORE 320u		/* bytes in which a label may count for a number */
#define LABEL_AFTER 160u

static void
add_spot(struct rmn_detector *d, struct rmn_spot spot)
{
	void *items = d->spots;

	if (spot.at < d->segment || spot.at >= d->segment_end ||
	    !rmn_detector_grow(d, &items, d->spot_count, &d->spot_capacity, sizeof(*d->spots)))
		return;
	d->spots = items;
	d->spots[d->spot_count++] = spot;
}

static void
add_label(struct rmn_detector *d, size_t end)
{
	void *items = d->labels;

	if (!rmn_detector_grow(d, &items, d->label_count, &d->label_capacity, sizeof(*d->labels)))
		return;
	d->labels = items;
	d->labels[d->label_count++] = end;
}

static struct rmn_spot
spot_at(size_t at, enum rmn_spot_kind kind, enum rmn_family family)
{
	return (struct rmn_spot){ .at = at, .end = at, .kind = (uint8_t)kind,
		.family = (uint8_t)family, .rule = UINT16_MAX };
}

static bool
is_zero(const struct rmn_detector *d, size_t at)
{
	return at < d->input->bytes.size && d->input->bytes.data[at] == 0;
}

static void
mail_anchor(struct rmn_detector *d, size_t at)
{
	struct rmn_bytes b = d->input->bytes;
	bool little = is_zero(d, at + 1) && is_zero(d, at + 3);
	bool big = at > 0 && is_zero(d, at - 1) && is_zero(d, at + 1);

	if (d->family == RMN_FAMILY_WIDE) {
		add_spot(d, spot_at(at, RMN_SPOT_LINE, RMN_FAMILY_WIDE));
		return;
	}
	if (little || big) {
		if (at + 2 < b.size && rmn_is_alnum(b.data[at + 2]))
			add_spot(d, spot_at(at, RMN_SPOT_LINE, RMN_FAMILY_WIDE));
		return;
	}
	if (rmn_mail_hope(b, at))
		add_spot(d, spot_at(at, RMN_SPOT_LINE, RMN_FAMILY_BYTES));
}

/* By insertion: they come nearly in order. */
static void
sort_labels(size_t *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		size_t item = items[i], k = i;

		for (; k > 0 && item < items[k - 1]; k--)
			items[k] = items[k - 1];
		items[k] = item;
	}
}

bool
rmn_detector_label_is_near(const struct rmn_detector *d, const struct rmn_spot *spot)
{
	size_t low = 0, high = d->label_count;
	size_t from = spot->at > LABEL_BEFORE ? spot->at - LABEL_BEFORE : 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (d->labels[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->label_count && d->labels[low] <= spot->end + LABEL_AFTER;
}

/* A long vowel mark or a wide dash where a '-' is meant: "03ー9999ー0018". */
static bool
is_wide_dash(struct rmn_bytes b, size_t at, size_t *size)
{
	static const struct { unsigned char bytes[3]; size_t size; } dashes[] = {
		{ { 0xE3, 0x83, 0xBC }, 3 }, { { 0xEF, 0xBC, 0x8D }, 3 },
		{ { 0xE2, 0x80, 0x90 }, 3 }, { { 0xE2, 0x80, 0x91 }, 3 },
		{ { 0xE2, 0x80, 0x92 }, 3 }, { { 0xE2, 0x80, 0x93 }, 3 },
		{ { 0xE2, 0x80, 0x94 }, 3 }, { { 0xE2, 0x80, 0x95 }, 3 },
		{ { 0xE2, 0x88, 0x92 }, 3 }, { { 0x81, 0x5B }, 2 }, { { 0x81, 0x5C }, 2 },
		{ { 0x81, 0x5D }, 2 }, { { 0x81, 0x7C }, 2 }, { { 0xA1, 0xBC }, 2 },
		{ { 0xA1, 0xBD }, 2 }, { { 0xA1, 0xBE }, 2 }, { { 0xA1, 0xDD }, 2 },
	};

	if (!memchr("\xE3\xEF\xE2\x81\xA1", b.data[at], 5))
		return false;
	for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++) {
		*size = dashes[i].size;
		if (b.size - at > *size && memcmp(b.data + at, dashes[i].bytes, *size) == 0)
			return true;
	}
	return false;
}

/* Behind the chain, or before it. */
static bool
has_wide_dash(struct rmn_bytes b, size_t start, size_t end)
{
	size_t size;

	if ((end >= b.size || b.data[end] < 0x80) && (start < 3 || b.data[start - 1] < 0x40))
		return false;
	if (end < b.size && is_wide_dash(b, end, &size) && rmn_is_digit(b.data[end + size]))
		return true;
	for (size_t back = 2; back <= 3; back++)
		if (start > back && is_wide_dash(b, start - back, &size) && size == back &&
		    rmn_is_digit(b.data[start - back - 1]))
			return true;
	return false;
}

static void
digits_anchor(struct rmn_detector *d, size_t at)
{
	size_t start = rmn_chain_start(d->input->bytes, at), end;
	enum rmn_chain_hope hope;
	struct rmn_spot spot;

	if (at < d->chain_end)
		return;
	spot = spot_at(start, RMN_SPOT_LINE, RMN_FAMILY_BYTES);
	hope = rmn_chain_hope(d->rules, d->input->bytes, start, &end);
	if (hope != RMN_CHAIN_FREE && has_wide_dash(d->input->bytes, start, end))
		hope = RMN_CHAIN_FREE;
	switch (hope) {
	case RMN_CHAIN_FREE:
		break;
	case RMN_CHAIN_LABELLED:
		spot.kind = RMN_SPOT_WEAK;
		spot.end = end;
		if (!d->table.has_header && !d->header_is_near &&
		    !rmn_detector_label_is_near(d, &spot)) {
			d->chain_end = end;
			return;
		}
		break;
	case RMN_CHAIN_NONE:
		d->chain_end = end;
		return;
	}
	d->chain_end = end;
	spot.end = end;
	add_spot(d, spot);
}

/* A place in text whose chains of digits cannot be followed back cheaply: the chain may begin in
 * the grid cell before, whose window then has to answer for it. */
static void
add_wide_spot(struct rmn_detector *d, size_t at, enum rmn_family family)
{
	size_t into = (size_t)((d->input->offset + at) % RMN_BUCKET_BYTES);
	size_t back = (into + 2) & ~(size_t)1;

	if (at < d->scan_to)
		add_spot(d, spot_at(at, RMN_SPOT_LINE, family));
	if (into < WIDE_CHAIN_BYTES && at >= back)
		add_spot(d, spot_at(at - back, RMN_SPOT_LINE, family));
}

static void
take_anchor(void *context, enum rmn_anchor_kind kind, size_t at)
{
	struct rmn_detector *d = context;
	const unsigned char *b = d->input->bytes.data;

	at += d->scan_base;
	if (at < d->scan_from || (at >= d->scan_to && kind != RMN_ANCHOR_WIDE &&
	    kind != RMN_ANCHOR_FULLWIDTH))
		return;
	switch (kind) {
	case RMN_ANCHOR_MAIL:
		mail_anchor(d, at);
		break;
	case RMN_ANCHOR_DIGITS:
		digits_anchor(d, at);
		break;
	case RMN_ANCHOR_WIDE:
		if (b[at - 1] == '#')
			add_wide_spot(d, at, RMN_FAMILY_BYTES);
		else if (b[at - 1] == 0)
			add_wide_spot(d, at, RMN_FAMILY_WIDE);
		break;
	case RMN_ANCHOR_FULLWIDTH:
		/* the low byte of UTF-16, whose high byte is FF before or after it */
		add_wide_spot(d, b[at] == 0xFF ? at - 1 : at,
		    b[at] == 0xFF || b[at - 1] == 0xFF ? RMN_FAMILY_WIDE : RMN_FAMILY_BYTES);
		break;
	}
}

/* The first two bytes of a wide colon or of "は", in UTF-8, CP932, EUC-JP. */
static bool
is_wide_assignment(unsigned char c, unsigned char next)
{
	return (c == 0xEF && next == 0xBC) || (c == 0xE3 && next == 0x81) ||
	    (c == 0x81 && next == 0x46) || (c == 0x82 && next == 0xCD) ||
	    (c == 0xA1 && next == 0xA7) || (c == 0xA4 && next == 0xCF);
}

/* Behind a label of a secret: is there anything like an assignment? */
static bool
may_assign(struct rmn_bytes b, size_t end)
{
	for (size_t p = end; p < b.size && p - end < 8; p++) {
		unsigned char c = b.data[p];

		if (c == ':' || c == '=' || c == 0)
			return true;
		if (c >= 0x80)
			return p + 1 < b.size && is_wide_assignment(c, b.data[p + 1]);
		if (c != ' ' && c != '\t' && c != '"' && c != '\'' && c != ']' && c != ')')
			return false;
	}
	return false;
}

/* Near a label of a number: are there digits, of any encoding?  ASCII labels are short words that
 * stand anywhere, so two digits together are asked for. */
static bool
has_digits_near(struct rmn_bytes b, size_t at, size_t end, bool is_plain)
{
	size_t from = at > 48 ? at - 48 : 0, to = end + 128 < b.size ? end + 128 : b.size;

	for (size_t p = from; p + 2 < to; p++) {
		unsigned char c = b.data[p], next = b.data[p + 1];

		if (rmn_is_digit(c) && (!is_plain || rmn_is_digit(next) ||
		    rmn_is_digit(b.data[p + 2])))
			return true;
		if ((c == 0x82 && next - 0x4Fu < 10u) || (c == 0xA3 && next - 0xB0u < 10u) ||
		    (c == 0xEF && next == 0xBC) || (next == 0xFF && c - 0x10u < 10u) ||
		    (c == 0xFF && next - 0x10u < 10u))
			return true;
	}
	return false;
}

/* "user:secret@" behind "://" at end? */
static bool
may_be_url_secret(struct rmn_bytes b, size_t end)
{
	bool colon = false;

	for (size_t p = end; p < b.size && p - end < 140; p++) {
		unsigned char c = b.data[p];

		if (c == '@')
			return colon;
		colon |= c == ':';
		if (c == '/' || c <= ' ' || c == '<' || c == '"' || c == '?')
			return false;
	}
	return false;
}

/* One character of UTF-16 is chance unless both neighbours are ASCII, kana or signs. */
static bool
has_text_around(struct rmn_bytes b, size_t at, size_t end)
{
	static const unsigned char rows[] = { 0x00, 0x20, 0x25, 0x26, 0x30, 0xFF };
	unsigned little = 0, big = 0;

	if (at < 2 || end + 2 > b.size)
		return true;
	for (size_t i = 0; i < sizeof(rows); i++) {
		little += (unsigned)(b.data[at - 1] == rows[i]) + (b.data[end + 1] == rows[i]);
		big += (unsigned)(b.data[at - 2] == rows[i]) + (b.data[end] == rows[i]);
	}
	return little == 2 || big == 2;
}

static bool
is_hopeful(const struct rmn_detector *d, const struct rmn_literal *literal, uint16_t rule,
    size_t at, size_t end)
{
	struct rmn_bytes b = d->input->bytes;

	switch (d->rules->rules[rule].kind) {
	case RMN_KIND_SECRET:
		return !literal->is_plain || may_assign(b, end);
	case RMN_KIND_URL_SECRET:
		return !literal->is_plain || may_be_url_secret(b, end);
	case RMN_KIND_PATTERN:
	case RMN_KIND_BIRTH:
		return has_digits_near(b, at, end, literal->is_plain);
	case RMN_KIND_MARKING:
		return literal->bytes.size > 2 || has_text_around(b, at, end);
	default:
		return true;
	}
}

static bool
reads_raw_bytes(enum rmn_rule_kind kind)
{
	return kind == RMN_KIND_TOKEN || kind == RMN_KIND_KEY_BLOCK || kind == RMN_KIND_BINARY;
}

static unsigned
byte_at(struct rmn_bytes b, size_t at)
{
	return at < b.size ? b.data[at] : 0x100u;
}

/* A full-width '@' has letters of either width on both sides. */
static bool
is_hopeful_at(struct rmn_bytes b, size_t at)
{
	unsigned lead = byte_at(b, at), next = byte_at(b, at + 2);

	switch (lead) {
	case 0x81:
		return next == 0x82 || (next < 0x80 && rmn_is_alnum((unsigned char)next));
	case 0xA1:
		return next == 0xA3 || (next < 0x80 && rmn_is_alnum((unsigned char)next));
	case '!':
		return next == '#' && at >= 2 && b.data[at - 2] == '#';
	case 0x20:
		next = byte_at(b, at + 3);
		return at >= 2 && (next == 0xFF || next == 0) &&
		    (b.data[at - 1] == 0xFF || b.data[at - 1] == 0);
	case 0xFF:
		return at >= 2 && (next == 0xFF || next == 0) &&
		    (b.data[at - 2] == 0xFF || b.data[at - 2] == 0);
	default:
		return true;
	}
}

static bool
is_noise(unsigned c)
{
	return c < 0x100 && c != '\t' && c != '\n' && c != '\r' && c != 0 && (c < ' ' || c == 0x7F);
}

/* "SIN" in "using": ASCII words count only with no letter at their ends. */
static bool
is_inside_word(struct rmn_bytes b, const struct rmn_literal *literal, size_t at, size_t end)
{
	size_t step = literal->family == RMN_FAMILY_WIDE ? 2 : 1;
	unsigned before = at >= step ? b.data[at - step] : 0, after = byte_at(b, end + step - 1);

	/* three letters among bytes of any kind are chance */
	if (end - at <= 3 && (is_noise(before) || is_noise(after)))
		return true;
	if (rmn_is_letter(b.data[at]) && rmn_is_letter((unsigned char)before))
		return true;
	return rmn_is_letter(b.data[end - 1]) && after < 0x100 &&
	    rmn_is_letter((unsigned char)after);
}

/* The line has delimiters and hardly a digit. */
static bool
may_be_header(struct rmn_bytes b, size_t at)
{
	size_t from = at, to = at, digits = 0, delimiters = 0;

	while (from > 0 && at - from < HEADER_REACH && b.data[from - 1] != '\n')
		from--;
	while (to < b.size && to - at < HEADER_REACH && b.data[to] != '\n')
		to++;
	for (size_t i = from; i < to && digits <= HEADER_DIGITS; i++) {
		unsigned char c = b.data[i];

		digits += rmn_is_digit(c);
		delimiters += c == ',' || c == '\t' || c == ';';
	}
	return digits <= HEADER_DIGITS && delimiters >= 2;
}

/* Column names stand at the start of a line or behind a delimiter. */
static bool
starts_cell(struct rmn_bytes b, const struct rmn_literal *literal, size_t at)
{
	size_t step = literal->family == RMN_FAMILY_WIDE ? 2 : 1;
	unsigned char before = at > 0 ? b.data[at - 1] : '\n';

	if (step == 2 && before == 0 && at > 1)
		before = b.data[at - 2];
	return (before < ' ' || before == ',' || before == ';' || before == '"' || before == 0xBF) &&
	    may_be_header(b, at);
}

static void
take_literal(void *context, unsigned index, size_t end)
{
	struct rmn_detector *d = context;
	const struct rmn_literal *literal = rmn_literals_at(d->rules->literals, index);
	size_t at;

	end += d->scan_base;
	at = end - literal->bytes.size;
	if (literal->is_at) {
		if (at >= d->scan_from && at < d->scan_to && is_hopeful_at(d->input->bytes, at))
			add_spot(d, spot_at(at + literal->low, RMN_SPOT_LINE, literal->family));
		return;
	}
	if (literal->any_case && is_inside_word(d->input->bytes, literal, at, end))
		return;
	if (at >= d->scan_from && at < d->scan_to && !d->table.is_announced &&
	    starts_cell(d->input->bytes, literal, at)) {
		d->header_is_near = true;
		add_spot(d, spot_at(at + literal->low, RMN_SPOT_HEADER, literal->family));
	}
	for (size_t i = 0; i < literal->rule_count; i++) {
		uint16_t rule = literal->rules[i];
		struct rmn_spot spot = spot_at(at + literal->low, RMN_SPOT_RULE, literal->family);

		if (rule == RMN_LITERAL_LABEL) {
			add_label(d, end);
			continue;
		}
		if (at < d->scan_from || at >= d->scan_to || !is_hopeful(d, literal, rule, at, end))
			continue;
		spot.rule = rule;
		spot.end = end;
		if (reads_raw_bytes(d->rules->rules[rule].kind))
			spot.kind = RMN_SPOT_TOKEN;
		add_spot(d, spot);
	}
}

static bool
is_constant(const unsigned char *p, size_t size)
{
	return p[0] == p[size / 2] && p[0] == p[size - 1] && memcmp(p, p + 1, size - 1) == 0;
}

/* Scans [from, to) of the input, with what stands around it in view. */
static enum rmn_status
scan_run(struct rmn_detector *d, size_t from, size_t to)
{
	size_t size = d->input->bytes.size;
	size_t base = from > MARGIN ? from - MARGIN : 0;
	size_t end = size - to > MARGIN ? to + MARGIN : size;
	enum rmn_status status;

	d->scan_from = from;
	d->scan_to = to;
	d->scan_base = base;
	status = rmn_literal_scan_run(d->literals, (struct rmn_bytes){ d->input->bytes.data + base,
	    end - base }, take_literal, d);
	if (status != RMN_OK)
		return status;
	sort_labels(d->labels, d->label_count);
	base = from > 64 ? from - 64 : 0;
	end = size - to > 64 ? to + 64 : size;
	d->scan_base = base;
	rmn_anchors_find((struct rmn_bytes){ d->input->bytes.data + base, end - base }, take_anchor,
	    d);
	return RMN_OK;
}

static int
compare_spots(const void *a, const void *b)
{
	const struct rmn_spot *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind > y->kind ? -1 : 1;	/* headers first */
	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* Pages of one value (zeros, erased flash) hold nothing and are stepped over. */
enum rmn_status
rmn_detector_find_spots(struct rmn_detector *d)
{
	const unsigned char *bytes = d->input->bytes.data;
	size_t run = d->segment;
	enum rmn_status status = RMN_OK;

	d->spot_count = d->label_count = 0;
	d->header_is_near = false;
	d->chain_end = 0;
	for (size_t at = d->segment; at < d->segment_end && status == RMN_OK; at += PAGE_BYTES) {
		size_t size = d->segment_end - at < PAGE_BYTES ? d->segment_end - at : PAGE_BYTES;

		if (!is_constant(bytes + at, size))
			continue;
		if (run < at)
			status = scan_run(d, run, at);
		run = at + size;
	}
	if (run < d->segment_end && status == RMN_OK)
		status = scan_run(d, run, d->segment_end);
	if (d->spot_count > 1)
		qsort(d->spots, d->spot_count, sizeof(*d->spots), compare_spots);
	return status;
}

static bool
ends_row(const struct rmn_detector *d, size_t at)
{
	const unsigned char *b = d->input->bytes.data;

	if (b[at] != '\n')
		return false;
	if (d->family == RMN_FAMILY_BYTES)
		return true;
	return d->input->encoding == RMN_UTF16LE ? is_zero(d, at + 1) : at > 0 && b[at - 1] == 0;
}

enum rmn_status
rmn_detector_add_rows(struct rmn_detector *d)
{
	size_t step = d->family == RMN_FAMILY_WIDE ? 2 : 1;

	add_spot(d, spot_at(d->segment, RMN_SPOT_LINE, d->family));
	for (size_t at = d->segment; at + step < d->segment_end; at++)
		if (ends_row(d, at))
			add_spot(d, spot_at(at + (d->input->encoding == RMN_UTF16LE ? 2 : 1),
			    RMN_SPOT_LINE, d->family));
	if (d->spot_count > 1)
		qsort(d->spots, d->spot_count, sizeof(*d->spots), compare_spots);
	return d->out_of_memory ? RMN_NOMEM : RMN_OK;
}
