/* SPDX-License-Identifier: MIT
 *
 * Words: markings of confidentiality where a marking stands (DOMAIN 2.3), keywords of the policy
 * anywhere, patterns and dates of birth near their labels. */
#include <string.h>

#include "base/utf8.h"
#include "detect/chain.h"
#include "detect/line.h"

#define LABEL_REACH 60u		/* bytes from a label to the value it names */

static bool
is_open(const struct rmn_line *line, size_t rule)
{
	return line->opened[rule / 64] >> rule % 64 & 1;
}

static bool
ascii_letter_at(struct rmn_bytes text, size_t at)
{
	return at < text.size && rmn_is_letter(text.data[at]);
}

/* The code point before at, or 0. */
static uint32_t
point_before(struct rmn_bytes text, size_t at)
{
	size_t from = at;

	if (!at)
		return 0;
	do
		from--;
	while (from > 0 && (text.data[from] & 0xC0) == 0x80);
	return rmn_utf8_next(text, &from, NULL);
}

static uint32_t
point_at(struct rmn_bytes text, size_t at)
{
	return at < text.size ? rmn_utf8_next(text, &at, NULL) : 0;
}

static bool
is_bracket(uint32_t c)
{
	static const uint32_t brackets[] = { '[', ']', '<', '>', '(', ')', 0x3010, 0x3011, 0x3014,
		0x3015, 0x3008, 0x3009, 0x300A, 0x300B, 0x25A0, 0x25A1, 0x2605, 0x2606, 0x203B,
		0x25CF, 0x25C6, '*', '#', '=', '|' };

	for (size_t i = 0; i < sizeof(brackets) / sizeof(brackets[0]); i++)
		if (c == brackets[i])
			return true;
	return false;
}

/* Between them stands nothing but the marking: line ends, cells, brackets. */
static bool
is_edge(uint32_t c)
{
	return c == 0 || c == '\t' || c == ',' || c == '"' || c == 0xFEFF || is_bracket(c);
}

/* Alone on its line or cell, in brackets, behind a dash of a heading, or in capitals at the start
 * of the text. */
static bool
stands_as_marking(const struct rmn_line *line, size_t at, size_t end)
{
	struct rmn_bytes t = line->text;
	uint32_t before, after;

	while (at > 0 && t.data[at - 1] == ' ')
		at--;
	while (end < t.size && t.data[end] == ' ')
		end++;
	before = point_before(t, at);
	after = point_at(t, end);
	if (is_edge(before) && is_edge(after))
		return at > 0 || end < t.size || line->is_whole;
	return line->is_start && (is_edge(before) || before == '-' || before == ':') &&
	    (is_edge(after) || after == '-' || after == ':');
}

static bool
is_ideograph(uint32_t c)
{
	return c >= 0x3040 && c <= 0x9FFF;
}

/* One occurrence of a word of a marking rule. */
static void
report_marking(struct rmn_line *line, uint16_t index, size_t at, size_t end)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	struct rmn_candidate *c;
	unsigned score = rule->labelled;

	if (ascii_letter_at(line->text, end) || (at > 0 && rmn_is_letter(line->text.data[at - 1]) &&
	    rmn_is_letter(line->text.data[at])))
		return;
	if (!stands_as_marking(line, at, end)) {
		/* in running text: a word among words, or a part of another word */
		if (is_ideograph(point_at(line->text, end)) &&
		    point_at(line->text, end) > 0x3100)
			return;
		score = rule->bare;
	}
	if (score < 20 || !rmn_line_owns(line, at))
		return;
	c = rmn_line_add(line, index, at, end);
	if (!c)
		return;
	c->score = (uint8_t)score;
	if (score == rule->labelled)
		c->reasons |= RMN_REASON_STRUCTURE;
}

static void
report_keyword(struct rmn_line *line, uint16_t index, size_t at, size_t end)
{
	struct rmn_candidate *c;

	if (!rmn_line_owns(line, at))
		return;
	c = rmn_line_add(line, index, at, end);
	if (c)
		c->score = line->rules->rules[index].bare;
}

void
rmn_scan_words(struct rmn_line *line)
{
	for (size_t r = 0; r < line->rules->count; r++) {
		const struct rmn_detect_rule *rule = &line->rules->rules[r];
		bool marking = rule->kind == RMN_KIND_MARKING;
		struct rmn_bytes text = marking ? line->text : rmn_buf_bytes(&line->lower);

		if (!is_open(line, r) || (!marking && rule->kind != RMN_KIND_KEYWORD))
			continue;
		for (size_t i = 0; i < rule->words.count; i++) {
			struct rmn_bytes word = rule->words.items[i];

			for (size_t at = rmn_word_find(text, word, 0); at != SIZE_MAX;
			    at = rmn_word_find(text, word, at + word.size)) {
				if (marking)
					report_marking(line, (uint16_t)r, at, at + word.size);
				else
					report_keyword(line, (uint16_t)r, at, at + word.size);
			}
		}
	}
}

/* The first place in [from, to) where one of the rule's patterns gives an accepted value. */
static bool
find_pattern(const struct rmn_line *line, const struct rmn_detect_rule *rule, size_t from,
    size_t to, size_t *at, size_t *end)
{
	const unsigned char *d = line->text.data;

	for (size_t p = from; p < to; p++) {
		if (!rmn_is_alnum(d[p]) || (p > 0 && rmn_is_alnum(d[p - 1])))
			continue;
		for (size_t i = 0; i < rule->pattern_count; i++) {
			size_t size = rmn_pattern_match(&rule->patterns[i], line->text, p);
			size_t e = p + size;

			if (!size || (e < line->text.size && (rmn_is_alnum(d[e]) || d[e] == '_')))
				continue;
			if (e + 1 < line->text.size && d[e] == '-' && rmn_is_digit(d[e + 1]))
				continue;
			if (rule->check && !rule->check->accept((struct rmn_bytes){ d + p, size }))
				continue;
			*at = p;
			*end = e;
			return true;
		}
	}
	return false;
}

static void
report_labelled(struct rmn_line *line, uint16_t index, size_t label, size_t at, size_t end)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	struct rmn_candidate *c;

	if (!rmn_line_owns(line, label))
		return;
	c = rmn_line_add(line, index, at, end);
	if (!c)
		return;
	c->score = rule->labelled;
	c->reasons |= RMN_REASON_LABEL;
	if (rule->check && rule->check->chance_permyriad < 5000)
		c->reasons |= RMN_REASON_CHECK_DIGIT;
}

/* Cells below a header that names the rule. */
static void
scan_cells(struct rmn_line *line, uint16_t index)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	size_t at, end, cell = 0;

	if (!rmn_line_any_column_names(line, index))
		return;
	while (line->opens_rows && line->is_whole && cell < line->text.size) {
		size_t next = cell;
		bool named = rmn_line_column_names(line, index, cell);

		while (next < line->text.size && line->text.data[next] != (unsigned char)line->delimiter)
			next++;
		if (named && find_pattern(line, rule, cell, next, &at, &end)) {
			struct rmn_candidate *c = rmn_line_add(line, index, at, end);

			if (c) {
				c->score = rule->labelled;
				c->reasons |= RMN_REASON_COLUMN_HEADER;
			}
		}
		cell = next + 1;
	}
}

static void
scan_labels(struct rmn_line *line, uint16_t index)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	struct rmn_bytes lower = rmn_buf_bytes(&line->lower);

	for (size_t i = 0; i < rule->labels.count; i++) {
		struct rmn_bytes word = rule->labels.items[i];
		size_t at, end;

		for (size_t label = rmn_word_find(lower, word, 0); label != SIZE_MAX;
		    label = rmn_word_find(lower, word, label + word.size)) {
			size_t from = label + word.size;
			size_t to = from + LABEL_REACH < lower.size ? from + LABEL_REACH : lower.size;

			if (find_pattern(line, rule, from, to, &at, &end))
				report_labelled(line, index, label, at, end);
		}
	}
}

void
rmn_scan_patterns(struct rmn_line *line)
{
	for (size_t r = 0; r < line->rules->count; r++) {
		const struct rmn_detect_rule *rule = &line->rules->rules[r];
		size_t at, end;

		if (rule->is_off)
			continue;
		if (rule->kind == RMN_KIND_PATTERN) {
			scan_cells(line, (uint16_t)r);
			if (is_open(line, r))
				scan_labels(line, (uint16_t)r);
		} else if (rule->kind == RMN_KIND_MRZ && is_open(line, r) &&
		    find_pattern(line, rule, 0, line->text.size, &at, &end) &&
		    rmn_line_owns(line, at)) {
			struct rmn_candidate *c = rmn_line_add(line, (uint16_t)r, at, end);

			if (c) {
				c->score = rule->labelled;
				c->reasons |= RMN_REASON_CHECK_DIGIT | RMN_REASON_STRUCTURE;
			}
		}
	}
}
