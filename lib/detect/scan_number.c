/* SPDX-License-Identifier: MIT
 *
 * Numbers: every digit chain of a line is tried group by group against the shapes of the rules,
 * the telephone rules and IBAN.  The same code looks at raw bytes first (rmn_chain_hope), so that
 * lines of figures are never decoded. */
#include <string.h>

#include "detect/chain.h"
#include "detect/line.h"

#define PHONE_GROUPS 6u
#define PHONE_DIGITS_MAX 16u
#define IBAN_LOOK_BACK 12u
#define IBAN_MAX 42u		/* 34 characters in groups of four */
#define LONG_TOKEN 24u		/* G1 */

/* Where a chain is looked at: in a line, or in raw bytes with line == NULL. */
struct place {
	const struct rmn_rules *rules;
	struct rmn_line *line;
	struct rmn_bytes text;
	struct rmn_chain chain;
	enum rmn_chain_hope hope;	/* raw: the best so far */
};

static bool
is_wordy(unsigned char c)
{
	return rmn_is_alnum(c) || c == '_';
}

/* Boundary rule B before and after [at, end).  Raw bytes are judged leniently: a letter there may
 * be half of a character. */
static bool
stands_free(const struct place *p, size_t at, size_t end)
{
	const unsigned char *d = p->text.data;
	size_t size = p->text.size;

	if (at > 0) {
		unsigned char c = d[at - 1];

		if (rmn_is_digit(c))
			return false;
		if (p->line && is_wordy(c) && !rmn_line_is_cut(p->line, at))
			return false;
		if ((c == '.' || c == '-') && at > 1 && rmn_is_digit(d[at - 2]))
			return false;
		if (c == '-' && at > 1 && p->line && is_wordy(d[at - 2]))
			return false;
	}
	if (end < size) {
		unsigned char c = d[end];

		if (rmn_is_digit(c))
			return false;
		/* in a row of a database text follows a number as directly as mail precedes it */
		if (p->line && is_wordy(c) && !rmn_line_is_cut(p->line, end) &&
		    !rmn_line_is_cut(p->line, at))
			return false;
		if ((c == '.' || c == '-') && end + 1 < size && rmn_is_digit(d[end + 1]))
			return false;
	}
	return true;
}

/* G1: part of a long token of letters and digits (Base64, a hash, a path). */
static bool
is_in_token(const struct place *p, size_t at, size_t end)
{
	const unsigned char *d = p->text.data;
	size_t from = at, to = end, letters = 0;

	while (from > 0 && at - from < LONG_TOKEN &&
	    (is_wordy(d[from - 1]) || strchr("+/=-", d[from - 1])) && d[from - 1])
		letters += rmn_is_letter(d[--from]);
	while (to < p->text.size && to - end < LONG_TOKEN &&
	    (is_wordy(d[to]) || strchr("+/=-", d[to])) && d[to])
		letters += rmn_is_letter(d[to++]);
	return to - from >= LONG_TOKEN && letters > 0 && !rmn_line_is_cut(p->line, at) &&
	    !rmn_line_is_cut(p->line, end);
}

/* G4: numbers that everybody writes when a number is needed. */
static bool
is_placeholder(struct rmn_bytes value)
{
	static const char *const known[] = { "09012345678", "08012345678", "07012345678",
		"0312345678", "0000000", "1234567", "4111111111111111", "4242424242424242",
		"5555555555554444", "378282246310005", "3530111333300000", "4012888888881881",
		"123456789018", "123456789" };
	char digits[24];
	size_t count = rmn_check_digits(value, digits, sizeof(digits));

	for (size_t i = 0; count && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(digits, known[i]) == 0)
			return true;
	return false;
}

/* G3: all equal, or counting up or down. */
static bool
is_monotonous(struct rmn_bytes value)
{
	char digits[40];
	size_t count = rmn_check_digits(value, digits, sizeof(digits));
	bool equal = true, up = true, down = true;

	for (size_t i = 1; i < count; i++) {
		equal &= digits[i] == digits[0];
		up &= digits[i] == (digits[i - 1] == '9' ? '0' : digits[i - 1] + 1);
		down &= digits[i] == (digits[i - 1] == '0' ? '9' : digits[i - 1] - 1);
	}
	return count > 4 && (equal || up || down);
}

static unsigned
two_digits(const char *d)
{
	return (unsigned)(d[0] - '0') * 10 + (unsigned)(d[1] - '0');
}

/* G5: times as digits.  G6: article numbers. */
static bool
is_time_or_article(struct rmn_bytes value)
{
	char d[24];
	size_t count = rmn_check_digits(value, d, sizeof(d));
	unsigned sum = 0;

	if (count != value.size)
		return false;	/* written in groups */
	if (count == 12 || count == 14) {
		unsigned century = two_digits(d);

		return (century == 19 || century == 20) && two_digits(d + 4) - 1 < 12 &&
		    two_digits(d + 6) - 1 < 31 && two_digits(d + 8) < 24 &&
		    two_digits(d + 10) < 60;
	}
	if (count == 10)
		return d[0] == '1' || (d[0] == '2' && d[1] <= '1');	/* seconds */
	if (count != 13)
		return false;
	if (d[0] == '1')
		return true;	/* milliseconds since 1970 */
	for (size_t i = 0; i < 13; i++)
		sum += (unsigned)(d[i] - '0') * (i % 2 ? 3 : 1);
	return sum % 10 == 0 && (strncmp(d, "45", 2) == 0 || strncmp(d, "49", 2) == 0 ||
	    strncmp(d, "97", 2) == 0);
}

/* One more value of a rule at [at, end); false when it was not believed. */
static bool
offer(struct place *p, uint16_t index, size_t at, size_t end, unsigned free_score,
    bool is_grouped)
{
	const struct rmn_detect_rule *rule = &p->rules->rules[index];
	struct rmn_bytes value = { p->text.data + at, end - at };
	struct rmn_candidate *c;
	uint16_t label;
	unsigned score = free_score;

	if (!p->line && free_score < 20) {
		p->hope = p->hope ? p->hope : RMN_CHAIN_LABELLED;	/* labels are rare enough */
		return false;
	}
	if (!stands_free(p, at, end) || (rule->check && !rule->check->accept(value)))
		return false;
	if (!p->line) {
		p->hope = RMN_CHAIN_FREE;
		return true;
	}
	if (is_in_token(p, at, end))
		return false;
	label = rmn_line_label(p->line, rule, at, end);
	if (!label && is_monotonous(value))
		return false;
	if (label)
		score = rule->labelled;
	else if (p->line->is_code || (!is_grouped && is_time_or_article(value)))
		score = score > 30 ? score - 30 : 0;
	if (score < 20)
		return false;
	c = rmn_line_add(p->line, index, at, end);
	if (!c)
		return false;
	c->score = (uint8_t)score;
	c->reasons |= label;
	if (rule->check && rule->check->chance_permyriad < 5000)
		c->reasons |= RMN_REASON_CHECK_DIGIT;
	if (is_grouped)
		c->reasons |= RMN_REASON_SEPARATORS;
	if (!label && score < free_score)
		c->reasons |= RMN_REASON_SUPPRESSED;
	c->needs_company = rule->needs_company && !label && !is_grouped;
	c->is_placeholder = is_placeholder(value);
	return true;
}

/* A value whose end nothing shows but its check. */
static bool
offer_inside(struct place *p, uint16_t index, size_t at, size_t end)
{
	const struct rmn_detect_rule *rule = &p->rules->rules[index];
	struct rmn_candidate *c;

	if (!rule->check || rule->is_off ||
	    !rule->check->accept((struct rmn_bytes){ p->text.data + at, end - at }))
		return false;
	c = rmn_line_add(p->line, index, at, end);
	if (!c)
		return false;
	c->score = rule->bare;
	c->reasons |= RMN_REASON_CHECK_DIGIT;
	c->needs_company = true;
	return true;
}

static bool
separators_fit(const struct rmn_chain *chain, size_t i, size_t n, const char *allowed)
{
	char separator = chain->groups[i + 1].before;

	if (!strchr(allowed, separator))
		return false;
	for (size_t k = i + 1; k < i + n; k++)
		if ((chain->groups[k].before != separator &&
		    !(allowed[0] == '.' && allowed[1] == '-')) ||
		    !strchr(allowed, chain->groups[k].before) ||
		    chain->groups[k].at != chain->groups[k - 1].end + 1)
			return false;
	/* one of several such groups in a row is a part of something longer */
	if (i > 0 && chain->groups[i].before == separator &&
	    (separator != ' ' || chain->groups[i - 1].length == chain->groups[i].length))
		return false;
	return i + n >= chain->count || chain->groups[i + n].before != separator ||
	    (separator == ' ' && chain->groups[i + n].length != chain->groups[i].length);
}

/* Rules with shapes, from group i on. */
static void
try_shapes(struct place *p, size_t i)
{
	const struct rmn_chain *chain = &p->chain;
	uint32_t starts = p->rules->shape_starts[chain->groups[i].length];
	uint32_t key = 0;

	for (size_t n = 1; starts >> n && i + n <= chain->count; n++) {
		const struct rmn_shape_slot *slot;

		key |= (uint32_t)chain->groups[i + n - 1].length << RMN_SHAPE_BITS * (n - 1);
		if (!(starts >> n & 1))
			continue;
		slot = rmn_rules_shape(p->rules, key);
		for (size_t k = 0; slot && k < slot->count; k++) {
			const struct rmn_detect_rule *rule = &p->rules->rules[slot->rules[k]];

			if (n > 1 && !separators_fit(chain, i, n, rule->separators))
				continue;
			offer(p, slot->rules[k], chain->groups[i].at, chain->groups[i + n - 1].end,
			    n > 1 ? rule->grouped : rule->bare, n > 1);
		}
	}
}

/* The last groups of a number are not those of another that goes on behind it. */
static bool
phone_ends_there(const struct rmn_chain *chain, size_t next)
{
	return next >= chain->count || (chain->groups[next].before != '-' &&
	    chain->groups[next].before != '.');
}

/* A telephone number from group i on that the rule accepts; the number of groups it takes. */
static size_t
try_phone(struct place *p, uint16_t index, size_t i, size_t at, unsigned least, unsigned most,
    unsigned free_score)
{
	const struct rmn_chain *chain = &p->chain;
	unsigned digits = 0, totals[PHONE_GROUPS + 2];
	size_t n = 0;

	while (i + n < chain->count && n < PHONE_GROUPS + 1 && digits <= PHONE_DIGITS_MAX) {
		digits += chain->groups[i + n].length;
		totals[n++] = digits;
	}
	for (; n > 0; n--) {
		if (totals[n - 1] < least || totals[n - 1] > most ||
		    !phone_ends_there(chain, i + n))
			continue;
		if (offer(p, index, at, chain->groups[i + n - 1].end,
		    n > 1 || at < chain->groups[i].at ? free_score :
		    p->rules->rules[index].bare, n > 1))
			return n;
	}
	return 0;
}

/* "+" before the group, or "(" that the number closes. */
static size_t
with_lead(const struct place *p, size_t i, char lead)
{
	size_t at = p->chain.groups[i].at;

	return at > 0 && p->text.data[at - 1] == (unsigned char)lead ? at - 1 : at;
}

static size_t
try_phones(struct place *p, size_t i)
{
	const struct rmn_chain_group *g = &p->chain.groups[i];
	const unsigned char *d = p->text.data + g->at;
	uint16_t jp = p->rules->by_kind[RMN_KIND_PHONE_JP];
	uint16_t any = p->rules->by_kind[RMN_KIND_PHONE];
	size_t plus = with_lead(p, i, '+'), taken = 0;
	bool is_81 = g->length >= 2 && d[0] == '8' && d[1] == '1';

	if (g->before == '-' || g->before == '.')
		return 0;
	if (plus < g->at) {
		if (jp != UINT16_MAX && is_81)
			taken = try_phone(p, jp, i, plus, 11, 13, 70);
		if (!taken && any != UINT16_MAX)
			taken = try_phone(p, any, i, plus, 7, 15, p->rules->rules[any].grouped);
		return taken;
	}
	if (d[0] != '0')
		return 0;
	if (jp != UINT16_MAX)
		taken = try_phone(p, jp, i, with_lead(p, i, '('), 10, 11,
		    p->rules->rules[jp].grouped);
	if (!taken && g->length >= 3 && any != UINT16_MAX && d[1] <= '1')
		taken = try_phone(p, any, i, g->at, 9, 18, 15);
	return taken;
}

static bool
is_upper(unsigned char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_iban_byte(unsigned char c)
{
	return is_upper(c) || rmn_is_digit(c);
}

/* The two letters and two digits that an IBAN through `at` begins with, at or a little before
 * it. */
static bool
iban_start(const struct place *p, size_t at, size_t *start)
{
	const unsigned char *d = p->text.data;
	size_t floor = at > IBAN_LOOK_BACK ? at - IBAN_LOOK_BACK : 0;

	for (size_t s = at; s-- > floor;) {
		if (!is_iban_byte(d[s]) && d[s] != ' ')
			return false;
		if (s + 4 <= p->text.size && is_upper(d[s]) && is_upper(d[s + 1]) &&
		    rmn_is_digit(d[s + 2]) && rmn_is_digit(d[s + 3]) &&
		    (s == 0 || !is_iban_byte(d[s - 1]))) {
			*start = s;
			return true;
		}
	}
	return false;
}

static void
try_iban(struct place *p)
{
	uint16_t index = p->rules->by_kind[RMN_KIND_IBAN];
	size_t at = p->chain.groups[0].at, start, end;
	unsigned char before = at > 0 ? p->text.data[at - 1] : 0;

	if (before == ' ' && at > 1)
		before = p->text.data[at - 2];
	if (index == UINT16_MAX || !is_upper(before) || !iban_start(p, at, &start))
		return;
	for (end = start; end < p->text.size && end - start < IBAN_MAX; end++)
		if (!is_iban_byte(p->text.data[end]) && (p->text.data[end] != ' ' ||
		    end + 1 >= p->text.size || !is_iban_byte(p->text.data[end + 1])))
			break;
	/* words may follow the groups: give them back one by one */
	while (end > start + 14) {
		if (offer(p, index, start, end, p->rules->rules[index].grouped, true))
			return;
		do
			end--;
		while (end > start && p->text.data[end] != ' ');
	}
}

/* Directly behind an address, in a row of a database: a card number, and then whatever digits the
 * next cell begins with. */
static void
try_glued_card(struct place *p)
{
	static const unsigned lengths[] = { 16, 15 };
	const struct rmn_chain *chain = &p->chain;
	const struct rmn_chain_group *g = chain->groups;
	size_t index;

	if (!p->line || !rmn_line_is_cut(p->line, g[0].at) ||
	    !rmn_rules_find(p->rules, "payment_card", &index))
		return;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (g[0].length > lengths[i] &&
		    offer_inside(p, (uint16_t)index, g[0].at, g[0].at + lengths[i]))
			return;
	if (chain->count >= 4 && g[0].length == 4 && g[1].length == 4 && g[2].length == 4 &&
	    g[1].before == g[3].before && g[3].end > g[3].at + 4)
		offer_inside(p, (uint16_t)index, g[0].at, g[3].at + 4);
}

static void
examine_chain(struct place *p)
{
	size_t skip = 0;

	try_iban(p);
	try_glued_card(p);
	for (size_t i = 0; i < p->chain.count; i++) {
		if (i >= skip) {
			size_t taken = try_phones(p, i);

			skip = i + (taken ? taken : 1);
		}
		try_shapes(p, i);
	}
}

void
rmn_scan_numbers(struct rmn_line *line)
{
	struct place p = { .rules = line->rules, .line = line, .text = line->text };
	size_t at = 0;

	while (at < line->text.size) {
		if (!rmn_is_digit(line->text.data[at])) {
			at++;
			continue;
		}
		rmn_chain_read(line->text, at, &p.chain);
		if (p.chain.end - at >= 5 && rmn_line_owns(line, at))
			examine_chain(&p);
		at = p.chain.end;
	}
}

/* A short run of digits directly behind a small letter: most of them are in hashes and names. */
static bool
is_hash_part(const struct place *p)
{
	size_t at = p->chain.groups[0].at;

	return p->chain.count == 1 && p->chain.groups[0].length < 12 && at > 1 &&
	    p->text.data[at - 1] >= 'a' && p->text.data[at - 1] <= 'z' &&
	    p->text.data[at - 2] < 0x80;
}

enum rmn_chain_hope
rmn_chain_hope(const struct rmn_rules *rules, struct rmn_bytes raw, size_t at, size_t *end)
{
	struct place p;	/* the chain is big and is filled below */

	p.rules = rules;
	p.line = NULL;
	p.text = raw;
	p.hope = RMN_CHAIN_NONE;
	rmn_chain_read(raw, at, &p.chain);
	*end = p.chain.end;
	if (p.chain.end - at >= 5 && !is_hash_part(&p))
		examine_chain(&p);
	return p.hope;
}
