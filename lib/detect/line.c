/* SPDX-License-Identifier: MIT
 *
 * Context, scores and overlaps of the candidates of a line; see line.h and DOMAIN 0.3, 0.6. */
#include "detect/line.h"

#include <stdlib.h>
#include <string.h>

#include "detect/chain.h"
#include "detect/policy.h"

#define LABEL_BEFORE 40u	/* characters */
#define LABEL_AFTER 20u
#define SHORT_LINE 30u		/* characters: a form's label above the value */
#define SHORT_LINE_BYTES 130u
#define LEAST_SCORE 20u
#define PLACEHOLDER_SCORE 49u
#define COMPANY_BONUS 15u

struct rmn_candidate *
rmn_line_add(struct rmn_line *line, uint16_t rule, size_t at, size_t end)
{
	struct rmn_candidate *c;

	if (line->count == line->capacity) {
		size_t capacity = line->capacity ? line->capacity * 2 : 64;

		c = reallocarray(line->candidates, capacity, sizeof(*c));
		if (!c)
			return NULL;
		line->candidates = c;
		line->capacity = capacity;
	}
	c = &line->candidates[line->count++];
	*c = (struct rmn_candidate){ .rule = rule, .reasons = RMN_REASON_PATTERN, .at = at,
		.end = end, .severity = (uint8_t)line->rules->rules[rule].shown.severity };
	c->value = (struct rmn_bytes){ line->text.data + at, end - at };
	c->raw_at = rmn_line_raw(line, at);
	c->raw_size = rmn_line_raw(line, end) - c->raw_at;
	return c;
}

size_t
rmn_line_raw(const struct rmn_line *line, size_t at)
{
	return line->from + line->normal.source[at];
}

size_t
rmn_line_at_raw(const struct rmn_line *line, size_t raw)
{
	size_t low = 0, high = line->text.size;

	if (raw <= line->from)
		return 0;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (rmn_line_raw(line, middle) < raw)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
rmn_line_owns(const struct rmn_line *line, size_t at)
{
	size_t raw = rmn_line_raw(line, at);

	return raw >= line->first && raw < line->last;
}

bool
rmn_line_is_cut(const struct rmn_line *line, size_t at)
{
	for (size_t i = 0; i < line->cut_count; i++)
		if (line->cuts[i] == at)
			return true;
	return false;
}

static size_t
characters_back(struct rmn_bytes text, size_t at, unsigned count)
{
	while (at > 0 && count > 0) {
		at--;
		count -= (text.data[at] & 0xC0) != 0x80;
	}
	return at;
}

static size_t
characters_on(struct rmn_bytes text, size_t at, unsigned count)
{
	while (at < text.size && count > 0) {
		at++;
		count -= at == text.size || (text.data[at] & 0xC0) != 0x80;
	}
	return at;
}

/* memmem prepares a table for every call; words are short and lines are too. */
static const unsigned char *
find_bytes(const unsigned char *p, const unsigned char *end, struct rmn_bytes word)
{
	unsigned char first = word.data[0], last = word.data[word.size - 1];

	if ((size_t)(end - p) < word.size)
		return NULL;
	for (end -= word.size - 1; p < end; p++) {
		p = memchr(p, first, (size_t)(end - p));
		if (!p)
			return NULL;
		if (p[word.size - 1] == last && memcmp(p, word.data, word.size) == 0)
			return p;
	}
	return NULL;
}

size_t
rmn_word_find(struct rmn_bytes lower, struct rmn_bytes word, size_t from)
{
	while (from + word.size <= lower.size) {
		const unsigned char *p = find_bytes(lower.data + from, lower.data + lower.size,
		    word);
		size_t at, end;

		if (!p)
			return SIZE_MAX;
		at = (size_t)(p - lower.data);
		end = at + word.size;
		if (!(at > 0 && rmn_is_letter(word.data[0]) && rmn_is_letter(lower.data[at - 1])) &&
		    !(end < lower.size && rmn_is_letter(word.data[word.size - 1]) &&
		    rmn_is_letter(lower.data[end])))
			return at;
		from = at + 1;
	}
	return SIZE_MAX;
}

static bool
has_word(struct rmn_bytes lower, const struct rmn_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		if (rmn_word_find(lower, words->items[i], 0) != SIZE_MAX)
			return true;
	return false;
}

/* The step of a character that ends lines: 1 in bytes, 2 in UTF-16. */
static bool
ends_line(const struct rmn_line *line, size_t at)
{
	const unsigned char *d = line->input.data;

	if (line->family == RMN_FAMILY_BYTES)
		return d[at] == '\n' || d[at] == '\r';
	if (at + 1 >= line->input.size)
		return false;
	if (line->encoding == RMN_UTF16LE)
		return d[at + 1] == 0 && (d[at] == '\n' || d[at] == '\r');
	return d[at] == 0 && (d[at + 1] == '\n' || d[at + 1] == '\r');
}

/* The line before, when it is short; an empty one ("\r\n", or a blank line) is stepped over. */
static void
fill_before(struct rmn_line *line)
{
	size_t step = line->family == RMN_FAMILY_WIDE ? 2 : 1;
	size_t end = line->from, from;
	struct rmn_normal normal;

	line->before_is_filled = true;
	rmn_buf_clear(&line->before);
	if (!line->is_whole || end < step || !ends_line(line, end - step))
		return;
	while (end >= step && line->from - end < 4 * step && ends_line(line, end - step))
		end -= step;
	for (from = end; from >= step && !ends_line(line, from - step); from -= step)
		if (end - from > SHORT_LINE_BYTES)
			return;
	rmn_normal_init(&normal);
	if (rmn_normal_fill(&normal, (struct rmn_bytes){ line->input.data + from, end - from },
	    line->encoding) == RMN_OK && characters_on(rmn_buf_bytes(&normal.text), 0,
	    SHORT_LINE) == normal.text.size)
		rmn_buf_append(&line->before, rmn_buf_bytes(&normal.text));
	for (size_t i = 0; i < line->before.size; i++)
		if (line->before.data[i] >= 'A' && line->before.data[i] <= 'Z')
			line->before.data[i] |= 32;
	rmn_normal_release(&normal);
}

/* The column that text offset at stands in. */
static const struct rmn_column *
column_at(const struct rmn_line *line, size_t at)
{
	size_t column = 0;
	bool quoted = false;

	if (!line->delimiter || !line->column_count)
		return NULL;
	for (size_t i = 0; i < at; i++) {
		char c = (char)line->text.data[i];

		quoted ^= c == '"';
		column += c == line->delimiter && !quoted;
	}
	return column < line->column_count ? &line->columns[column] : NULL;
}

bool
rmn_line_any_column_names(const struct rmn_line *line, size_t rule)
{
	for (size_t i = 0; line->delimiter && i < line->column_count; i++)
		if (line->columns[i].rules[rule / 64] >> rule % 64 & 1)
			return true;
	return false;
}

bool
rmn_line_column_names(const struct rmn_line *line, size_t rule, size_t at)
{
	/* looking for the column costs more than asking all of them */
	const struct rmn_column *column =
	    rmn_line_any_column_names(line, rule) ? column_at(line, at) : NULL;

	return column && (column->rules[rule / 64] >> rule % 64 & 1);
}

static bool
column_is_tested(const struct rmn_line *line, size_t rule, size_t at)
{
	const struct rmn_column *column = column_at(line, at);

	return column && (column->tested[rule / 64] >> rule % 64 & 1);
}

uint16_t
rmn_line_label(struct rmn_line *line, const struct rmn_detect_rule *rule, size_t at, size_t end)
{
	size_t index = (size_t)(rule - line->rules->rules);
	size_t from, to;

	if (rmn_line_column_names(line, index, at))
		return RMN_REASON_COLUMN_HEADER;
	if (column_is_tested(line, index, at))
		return RMN_REASON_COLUMN_TEST;
	if (!rule->labels.count)
		return 0;
	from = characters_back(line->text, at, LABEL_BEFORE);
	if (has_word((struct rmn_bytes){ line->lower.data + from, at - from }, &rule->labels))
		return RMN_REASON_LABEL;
	to = characters_on(line->text, end, LABEL_AFTER);
	if (has_word((struct rmn_bytes){ line->lower.data + end, to - end }, &rule->labels))
		return RMN_REASON_LABEL;
	if (!line->before_is_filled)
		fill_before(line);
	return line->before.size && has_word(rmn_buf_bytes(&line->before), &rule->labels) ?
	    RMN_REASON_LABEL : 0;
}

static bool
overlap(const struct rmn_candidate *a, const struct rmn_candidate *b)
{
	return a->raw_at < b->raw_at + b->raw_size && b->raw_at < a->raw_at + a->raw_size;
}

/* Of two that claim the same bytes the better one stays: higher score, then longer, then the
 * rule that comes first. */
static bool
is_better(const struct rmn_candidate *a, const struct rmn_candidate *b)
{
	if (a->score != b->score)
		return a->score > b->score;
	if (a->raw_size != b->raw_size)
		return a->raw_size > b->raw_size;
	return a->rule < b->rule;
}

static bool
is_before(const struct rmn_candidate *x, const struct rmn_candidate *y)
{
	return x->raw_at != y->raw_at ? x->raw_at < y->raw_at : x->rule < y->rule;
}

/* By insertion: lines have few, and they come nearly in order. */
static void
sort_candidates(struct rmn_candidate *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct rmn_candidate c = items[i];
		size_t k = i;

		for (; k > 0 && is_before(&c, &items[k - 1]); k--)
			items[k] = items[k - 1];
		items[k] = c;
	}
}

static bool
is_beaten(const struct rmn_line *line, size_t index)
{
	const struct rmn_candidate *c = &line->candidates[index];

	for (size_t i = 0; i < line->count; i++) {
		const struct rmn_candidate *other = &line->candidates[i];

		if (i != index && other->score >= LEAST_SCORE && overlap(c, other) &&
		    is_better(other, c))
			return true;
	}
	return false;
}

/* Another finding of another rule in the same line: probably of the same person. */
static bool
has_company(const struct rmn_line *line, size_t index)
{
	const struct rmn_candidate *c = &line->candidates[index];

	for (size_t i = 0; i < line->count; i++) {
		const struct rmn_candidate *other = &line->candidates[i];

		if (other->rule != c->rule && other->score >= LEAST_SCORE &&
		    !other->needs_company && !overlap(c, other))
			return true;
	}
	return false;
}

/* Marks by score 0 what does not stay. */
static void
settle_one(struct rmn_line *line, size_t i, uint8_t *score, uint16_t *reasons)
{
	const struct rmn_candidate *c = &line->candidates[i];
	unsigned s = c->score;

	*reasons = c->reasons;
	*score = 0;
	if (s < LEAST_SCORE || is_beaten(line, i))
		return;
	if (line->rules->rules[c->rule].is_of_person && has_company(line, i)) {
		s = s + COMPANY_BONUS > 100 ? 100 : s + COMPANY_BONUS;
		*reasons |= RMN_REASON_SECOND_FIELD;
	} else if (c->needs_company) {
		return;
	}
	if (c->is_placeholder) {
		s = s > PLACEHOLDER_SCORE ? PLACEHOLDER_SCORE : s;
		*reasons |= RMN_REASON_PLACEHOLDER;
	}
	*score = (uint8_t)s;
}

void
rmn_line_settle(struct rmn_line *line)
{
	size_t kept = 0;
	uint8_t *scores = rmn_arena_alloc(line->arena, line->count + 1, sizeof(*scores));
	uint16_t *reasons = rmn_arena_alloc(line->arena, line->count + 1, sizeof(*reasons));

	if (!scores || !reasons) {
		line->count = 0;
		return;
	}
	for (size_t i = 0; i < line->count; i++)
		settle_one(line, i, &scores[i], &reasons[i]);
	for (size_t i = 0; i < line->count; i++) {
		struct rmn_candidate c = line->candidates[i];

		if (!scores[i] || (line->rules->policy &&
		    rmn_policy_ignores(line->rules->policy, c.value)))
			continue;
		c.score = scores[i];
		c.reasons = reasons[i];
		line->candidates[kept++] = c;
	}
	line->count = kept;
	sort_candidates(line->candidates, kept);
}
