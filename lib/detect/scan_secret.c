/* SPDX-License-Identifier: MIT
 *
 * Values behind a label ("password = ...", "パスワードは...") and in URLs. */
#include <string.h>

#include "detect/chain.h"
#include "detect/line.h"

#define VALUE_MAX 128u
#define VALUE_MIN 4u
#define URL_USER_MAX 64u
#define RAW_RUN_LEAST 14u	/* shorter runs in raw bytes are chance */

static bool
is_quote(unsigned char c)
{
	return c == '"' || c == '\'' || c == '`';
}

static size_t
skip_spaces(struct rmn_bytes t, size_t at)
{
	while (at < t.size && (t.data[at] == ' ' || t.data[at] == '\t'))
		at++;
	return at;
}

/* Past ":", "=", "=>", ":=", "は" and spaces around them; 0 when none is there. */
static size_t
skip_assignment(struct rmn_bytes t, size_t at)
{
	static const char *const signs[] = { "=>", ":=", "==", ":", "=", "は" };
	size_t p;

	while (at < t.size && (is_quote(t.data[at]) || t.data[at] == ']' || t.data[at] == ')'))
		at++;
	p = skip_spaces(t, at);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t size = strlen(signs[i]);

		if (p + size <= t.size && memcmp(t.data + p, signs[i], size) == 0)
			return skip_spaces(t, p + size);
	}
	return 0;
}

static bool
ends_value(unsigned char c, unsigned char quote)
{
	if (quote)
		return c == quote;
	return c <= ' ' || c == ',' || c == ';' || c == '<' || c == '>' || is_quote(c);
}

/* Variables, calls, template holes: what stands in code where the value would be. */
static bool
is_reference(struct rmn_bytes v)
{
	if (strchr("$%{<*&@(", v.data[0]))
		return true;
	for (size_t i = 0; i < v.size; i++)
		if (v.data[i] == '(' || v.data[i] == '{' || v.data[i] == '[')
			return true;
	return false;
}

static bool
is_one_character(struct rmn_bytes v)
{
	for (size_t i = 1; i < v.size; i++)
		if (v.data[i] != v.data[0])
			return false;
	return true;
}

/* Something that somebody made up, and no word of a sentence. */
static bool
looks_made_up(struct rmn_bytes v)
{
	bool digit = false, upper = false, lower = false, other = false;

	for (size_t i = 0; i < v.size; i++) {
		digit |= rmn_is_digit(v.data[i]);
		upper |= v.data[i] >= 'A' && v.data[i] <= 'Z' && i > 0;
		lower |= v.data[i] >= 'a' && v.data[i] <= 'z';
		other |= v.data[i] > ' ' && v.data[i] < 0x7f && !rmn_is_alnum(v.data[i]) &&
		    i > 0 && i + 1 < v.size;
	}
	return digit || (upper && lower) || other;
}

static bool
is_stopped(const struct rmn_detect_rule *rule, struct rmn_bytes v)
{
	unsigned char lower[VALUE_MAX];

	for (size_t i = 0; i < v.size; i++)
		lower[i] = v.data[i] >= 'A' && v.data[i] <= 'Z' ? v.data[i] | 32 : v.data[i];
	return rmn_words_have(&rule->stop, (struct rmn_bytes){ lower, v.size });
}

static void
report_value(struct rmn_line *line, uint16_t index, size_t anchor, size_t at, size_t end,
    uint16_t reason)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	struct rmn_bytes v = { line->text.data + at, end - at };
	unsigned score = rule->labelled;
	struct rmn_candidate *c;

	if (v.size < VALUE_MIN || v.size > VALUE_MAX || is_one_character(v) || is_reference(v) ||
	    is_stopped(rule, v) || !rmn_line_owns(line, anchor))
		return;
	if (rule->least_entropy > 0 &&
	    (v.size < 16 || rmn_pattern_entropy(v) < rule->least_entropy))
		return;
	if (v.data[0] >= 0x80 || (!line->is_text && line->text.size < RAW_RUN_LEAST))
		return;
	if (!looks_made_up(v))
		score = rule->bare;
	else if (line->is_code)
		score = score > 20 ? score - 20 : 0;
	if (score < 20)
		return;
	c = rmn_line_add(line, index, at, end);
	if (!c)
		return;
	c->score = (uint8_t)score;
	c->reasons |= reason;
}

static void
look_behind_label(struct rmn_line *line, uint16_t index, size_t label, size_t size)
{
	struct rmn_bytes t = line->text;
	size_t at = skip_assignment(t, label + size), end;
	unsigned char quote = 0;

	if (!at || at >= t.size)
		return;
	if (is_quote(t.data[at]))
		quote = t.data[at++];
	for (end = at; end < t.size && end - at <= VALUE_MAX; end++)
		if (ends_value(t.data[end], quote) || t.data[end] >= 0x80)
			break;
	while (!quote && end > at && strchr(".)]", t.data[end - 1]))
		end--;
	report_value(line, index, label, at, end, RMN_REASON_LABEL);
}

static void
scan_labels(struct rmn_line *line, uint16_t index)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	struct rmn_bytes lower = rmn_buf_bytes(&line->lower);

	for (size_t i = 0; i < rule->labels.count; i++) {
		struct rmn_bytes word = rule->labels.items[i];

		for (size_t at = rmn_word_find(lower, word, 0); at != SIZE_MAX;
		    at = rmn_word_find(lower, word, at + word.size))
			look_behind_label(line, index, at, word.size);
	}
}

static bool
is_user_byte(unsigned char c)
{
	return c > ' ' && c < 0x7f && !strchr("/:@<>\"'`", c);
}

/* scheme://user:secret@ : sign is where "://" stands. */
static void
look_at_url(struct rmn_line *line, uint16_t index, size_t sign)
{
	struct rmn_bytes t = line->text;
	size_t user = sign + 3, p = user, secret;

	if (sign == 0 || !rmn_is_alnum(t.data[sign - 1]))
		return;
	while (p < t.size && p - user <= URL_USER_MAX && is_user_byte(t.data[p]))
		p++;
	if (p >= t.size || t.data[p] != ':')
		return;
	for (secret = ++p; p < t.size && p - secret <= URL_USER_MAX && is_user_byte(t.data[p]); p++)
		continue;
	if (p < t.size && t.data[p] == '@' && p - secret >= 3)
		report_value(line, index, sign, secret, p, RMN_REASON_STRUCTURE);
}

void
rmn_scan_secrets(struct rmn_line *line)
{
	const struct rmn_bytes sign = rmn_bytes_from_string("://");

	for (size_t r = 0; r < line->rules->count; r++) {
		enum rmn_rule_kind kind = line->rules->rules[r].kind;

		if (!(line->opened[r / 64] >> r % 64 & 1))
			continue;
		if (kind == RMN_KIND_SECRET)
			scan_labels(line, (uint16_t)r);
		if (kind != RMN_KIND_URL_SECRET)
			continue;
		for (size_t at = rmn_word_find(line->text, sign, 0); at != SIZE_MAX;
		    at = rmn_word_find(line->text, sign, at + 3))
			look_at_url(line, (uint16_t)r, at);
	}
}
