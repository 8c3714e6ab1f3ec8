/* SPDX-License-Identifier: MIT
 *
 * Dates of birth: any usual form of a date near a label, never a date alone. */
#include <string.h>

#include "detect/chain.h"
#include "detect/line.h"

#define REACH_AFTER 40u		/* bytes between label and date */
#define REACH_BEFORE 6u		/* "1980年1月2日 生" */
#define OLDEST_YEAR 1890
#define NEWEST_YEAR 2035

struct parsed {
	struct rmn_date date;
	size_t end;
};

static size_t
skip_text(struct rmn_bytes t, size_t at, const char *text)
{
	size_t size = strlen(text);

	return at + size <= t.size && memcmp(t.data + at, text, size) == 0 ? at + size : 0;
}

static size_t
read_number(struct rmn_bytes t, size_t at, unsigned most, int *number)
{
	size_t p = at;

	*number = 0;
	while (p < t.size && p - at < most && rmn_is_digit(t.data[p]))
		*number = *number * 10 + (t.data[p++] - '0');
	return p;
}

/* Past what parts two numbers of a date: one of "-/." or the word (and spaces around it). */
static size_t
skip_separator(struct rmn_bytes t, size_t at, const char *word)
{
	size_t p = at;

	while (p < t.size && t.data[p] == ' ')
		p++;
	if (p < t.size && strchr("-/.", t.data[p]) && t.data[p])
		p++;
	else if (skip_text(t, p, word))
		p = skip_text(t, p, word);
	else
		return 0;
	while (p < t.size && t.data[p] == ' ')
		p++;
	return p;
}

/* 1980-01-02, 1980/1/2, 1980.1.2, 1980年1月2日, 19800102. */
static bool
read_western(struct rmn_bytes t, size_t at, struct parsed *d)
{
	size_t p = read_number(t, at, 4, &d->date.year), q;

	if (p - at != 4 || d->date.year < OLDEST_YEAR || d->date.year > NEWEST_YEAR)
		return false;
	q = skip_separator(t, p, "年");
	if (!q) {
		if (read_number(t, p, 5, &d->date.month) - p != 4)
			return false;
		d->date.day = d->date.month % 100;
		d->date.month /= 100;
		d->end = p + 4;
		return rmn_date_is_valid(d->date);
	}
	p = read_number(t, q, 2, &d->date.month);
	q = p > q ? skip_separator(t, p, "月") : 0;
	if (!q)
		return false;
	p = read_number(t, q, 2, &d->date.day);
	d->end = skip_text(t, p, "日") ? skip_text(t, p, "日") : p;
	return p > q && rmn_date_is_valid(d->date);
}

/* 31.12.1980, 12/31/1980, 31/12/1980: day and month in the order that fits. */
static bool
read_day_first(struct rmn_bytes t, size_t at, struct parsed *d)
{
	int first, second;
	size_t p = read_number(t, at, 2, &first);
	size_t q = p > at ? skip_separator(t, p, "/") : 0;

	if (!q)
		return false;
	p = read_number(t, q, 2, &second);
	q = p > q ? skip_separator(t, p, "/") : 0;
	if (!q || read_number(t, q, 5, &d->date.year) - q != 4 || d->date.year < OLDEST_YEAR ||
	    d->date.year > NEWEST_YEAR)
		return false;
	d->end = q + 4;
	d->date.month = second;
	d->date.day = first;
	if (rmn_date_is_valid(d->date))
		return true;
	d->date.month = first;
	d->date.day = second;
	return rmn_date_is_valid(d->date);
}

/* 昭和55年1月2日, S55.1.2: as far as digits, separators and the words of dates go. */
static bool
read_era(struct rmn_bytes t, size_t at, struct parsed *d)
{
	static const char *const eras[] = { "明治", "大正", "昭和", "平成", "令和", "M", "T", "S",
		"H", "R" };
	static const char *const parts[] = { "元", "年", "月", "日" };
	size_t p = 0, last;

	for (size_t i = 0; !p && i < sizeof(eras) / sizeof(eras[0]); i++)
		p = skip_text(t, at, eras[i]);
	if (!p || (p == at + 1 && at > 0 && rmn_is_letter(t.data[at - 1])))
		return false;
	last = p;
	while (p < t.size && p - at < 36) {
		size_t next = 0;

		for (size_t i = 0; !next && i < sizeof(parts) / sizeof(parts[0]); i++)
			next = skip_text(t, p, parts[i]);
		if (next || rmn_is_digit(t.data[p]))
			last = next ? next : p + 1;
		else if (t.data[p] != '-' && t.data[p] != '/' && t.data[p] != '.' && t.data[p] != ' ')
			break;
		p = next ? next : p + 1;
	}
	d->end = last;
	return rmn_era_date_read((struct rmn_bytes){ t.data + at, last - at }, &d->date);
}

static bool
read_date(struct rmn_bytes t, size_t at, struct parsed *d)
{
	if (at > 0 && rmn_is_digit(t.data[at]) &&
	    (rmn_is_digit(t.data[at - 1]) || t.data[at - 1] == '-'))
		return false;
	if ((read_western(t, at, d) || read_day_first(t, at, d)) &&
	    !(d->end < t.size && rmn_is_digit(t.data[d->end])))
		return true;
	return read_era(t, at, d);
}

static bool
could_begin(unsigned char c)
{
	return rmn_is_digit(c) || c >= 0xE0 || strchr("MTSHR", c);
}

static void
report(struct rmn_line *line, uint16_t index, size_t label, size_t at, size_t end,
    uint16_t reason)
{
	struct rmn_candidate *c;

	if (!rmn_line_owns(line, label))
		return;
	c = rmn_line_add(line, index, at, end);
	if (!c)
		return;
	c->score = line->rules->rules[index].labelled;
	c->reasons |= reason;
}

/* The first date that begins in [from, to). */
static bool
first_date(struct rmn_bytes t, size_t from, size_t to, size_t *at, struct parsed *d)
{
	for (size_t p = from; p < to && p < t.size; p++) {
		if (t.data[p] && could_begin(t.data[p]) && read_date(t, p, d)) {
			*at = p;
			return true;
		}
	}
	return false;
}

static void
look_around(struct rmn_line *line, uint16_t index, size_t label, size_t size)
{
	size_t at, from = label > 40 ? label - 40 : 0;
	struct parsed d;

	if (first_date(line->text, label + size, label + size + REACH_AFTER, &at, &d)) {
		report(line, index, label, at, d.end, RMN_REASON_LABEL);
		return;
	}
	while (from < label && first_date(line->text, from, label, &at, &d)) {
		if (d.end <= label && label - d.end <= REACH_BEFORE) {
			report(line, index, label, at, d.end, RMN_REASON_LABEL);
			return;
		}
		from = at + 1;
	}
}

/* Cells below a header that names the rule. */
static void
scan_cells(struct rmn_line *line, uint16_t index)
{
	size_t at, cell = 0;
	struct parsed d;

	if (!rmn_line_any_column_names(line, index))
		return;
	while (line->opens_rows && line->is_whole && cell < line->text.size) {
		size_t next = cell;

		while (next < line->text.size &&
		    line->text.data[next] != (unsigned char)line->delimiter)
			next++;
		if (next > cell + 5 &&
		    rmn_line_column_names(line, index, cell) &&
		    first_date(line->text, cell, next, &at, &d))
			report(line, index, at, at, d.end, RMN_REASON_COLUMN_HEADER);
		cell = next + 1;
	}
}

void
rmn_scan_births(struct rmn_line *line)
{
	struct rmn_bytes lower = rmn_buf_bytes(&line->lower);
	uint16_t index = line->rules->by_kind[RMN_KIND_BIRTH];
	const struct rmn_detect_rule *rule;

	if (index == UINT16_MAX)
		return;
	rule = &line->rules->rules[index];
	scan_cells(line, index);
	if (!(line->opened[index / 64] >> index % 64 & 1))
		return;
	for (size_t i = 0; i < rule->labels.count; i++) {
		struct rmn_bytes word = rule->labels.items[i];

		for (size_t at = rmn_word_find(lower, word, 0); at != SIZE_MAX;
		    at = rmn_word_find(lower, word, at + word.size))
			look_around(line, index, at, word.size);
	}
}
