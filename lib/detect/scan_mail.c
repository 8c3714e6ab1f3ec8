/* SPDX-License-Identifier: MIT
 *
 * E-mail addresses, found from '@' outwards: the local part backwards, the domain forwards to the
 * last top-level domain that fits.  In rows of a database a phone number stands directly before
 * the address and other text directly behind it. */
#include <string.h>

#include "detect/chain.h"
#include "detect/line.h"
#include "detect/policy.h"
#include "detect/tld.h"

#define LOCAL_MAX 64u
#define LOCAL_LOOK 128u
#define DOMAIN_MAX 253u
#define SHORT_ADDRESS 8u	/* "a@b2.cc" is chance in raw bytes */

static bool
is_local(unsigned char c)
{
	return rmn_is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '\'';
}

static bool
is_domain(unsigned char c)
{
	return rmn_is_alnum(c) || c == '-' || c == '.';
}

bool
rmn_mail_hope(struct rmn_bytes raw, size_t at)
{
	size_t p = at + 1, end = at + 80 < raw.size ? at + 80 : raw.size;

	if (at == 0 || p >= raw.size || !rmn_is_alnum(raw.data[p]))
		return false;
	if (!is_local(raw.data[at - 1]))
		return false;
	while (p < end && (rmn_is_alnum(raw.data[p]) || raw.data[p] == '-'))
		p++;
	return p < end && raw.data[p] == '.' && p + 2 < raw.size && rmn_is_letter(raw.data[p + 1]) &&
	    (rmn_is_alnum(raw.data[p + 2]) || raw.data[p + 2] == '-');
}

static bool
equals_word(struct rmn_bytes label, const char *word)
{
	return label.size == strlen(word) && strncasecmp((const char *)label.data, word,
	    label.size) == 0;
}

/* Second-level names under which a country's top-level domain is expected. */
static bool
is_second_level(struct rmn_bytes label)
{
	static const char *const names[] = { "co", "or", "ne", "ac", "go", "ed", "gr", "lg", "ad",
		"com", "org", "net", "edu", "gov" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (equals_word(label, names[i]))
			return true;
	return false;
}

/* Lower case, upper case, or one capital first: "cOm" is chance. */
static bool
has_plain_case(struct rmn_bytes label)
{
	size_t upper = 0;

	for (size_t i = 0; i < label.size; i++)
		upper += label.data[i] >= 'A' && label.data[i] <= 'Z';
	return upper == 0 || upper == label.size || (upper == 1 && label.data[0] <= 'Z');
}

/* May text stand directly behind the prefix of the label?  "example.comNext" and "co.jp070-" are
 * usual in rows of a database; "bar.html" is no mail of Haiti. */
static bool
may_be_glued(struct rmn_bytes label, size_t prefix, bool is_below_second_level)
{
	static const char *const files[] = { "html", "htm", "asp", "aspx", "class", "internal",
		"local", "localdomain", "localhost", "invalid", "json", "jpeg", "jpg", "png", "css",
		"js", "php", "txt", "xml", "log", "conf", "example", "test" };
	unsigned char next = label.data[prefix];

	if (!has_plain_case((struct rmn_bytes){ label.data, prefix }))
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (equals_word(label, files[i]))
			return false;
	if (prefix > 2 || is_below_second_level || next < 'a' || next > 'z')
		return true;
	return strncasecmp((const char *)label.data, "jp", 2) == 0 ||
	    strncasecmp((const char *)label.data, "de", 2) == 0 ||
	    strncasecmp((const char *)label.data, "fr", 2) == 0;
}

/* Where the domain that begins at `from` ends; from when there is none.  *is_known: by the table of
 * top-level domains. */
static size_t
domain_end(struct rmn_bytes text, size_t from, bool *is_known)
{
	struct rmn_bytes previous = { NULL, 0 };
	size_t end = from, p = from, glued = 0;

	*is_known = true;
	while (p < text.size && p - from < DOMAIN_MAX) {
		struct rmn_bytes label = { text.data + p, 0 };

		while (p + label.size < text.size && label.size < 64 &&
		    is_domain(label.data[label.size]) && label.data[label.size] != '.')
			label.size++;
		if (!label.size || label.size > 63)
			break;
		if (previous.size && rmn_tld_is(label) && has_plain_case(label)) {
			end = p + label.size;
		} else if (previous.size) {
			size_t prefix = rmn_tld_prefix(label, label.size - 1);
			bool second = is_second_level(previous);

			/* "example.deVT100": "dev" is one too, but nobody writes it so */
			while (prefix && !may_be_glued(label, prefix, prefix == 2 && second))
				prefix = rmn_tld_prefix(label, prefix - 1);
			if (prefix && (end == from || (prefix == 2 && second)))
				glued = p + prefix;
		}
		previous = label;
		p += label.size;
		if (p + 1 >= text.size || text.data[p] != '.' || !rmn_is_alnum(text.data[p + 1]))
			break;
		p++;
	}
	if (glued > end)
		return glued;
	if (end == from && previous.size >= 3 && previous.data > text.data + from) {
		*is_known = false;	/* a name that the table does not have, standing free */
		return p;
	}
	return end;
}

/* Past a phone number that stands directly before the address. */
static size_t
skip_glued_phone(const struct rmn_line *line, size_t from, size_t at)
{
	struct rmn_chain chain;
	unsigned digits = 0;

	if (line->text.data[from] != '0')
		return from;
	rmn_chain_read((struct rmn_bytes){ line->text.data, at }, from, &chain);
	if (chain.end >= at || !rmn_is_letter(line->text.data[chain.end]) || chain.count < 2)
		return from;
	for (unsigned i = 0; i < chain.count; i++)
		digits += chain.groups[i].length;
	return digits == 10 || digits == 11 ? chain.end : from;
}

static size_t
local_start(const struct rmn_line *line, size_t at)
{
	const unsigned char *d = line->text.data;
	size_t from = at;

	while (from > 0 && at - from < LOCAL_LOOK && is_local(d[from - 1]))
		from--;
	if (from > 0 && d[from - 1] == '@')
		return at;	/* "a@@b" and "a@b@c" are none */
	while (from < at && !rmn_is_alnum(d[from]))
		from++;
	if (from < at)
		from = skip_glued_phone(line, from, at);
	return at - from > LOCAL_MAX ? at : from;
}

static struct rmn_bytes
domain_of(struct rmn_bytes address)
{
	const unsigned char *at = memchr(address.data, '@', address.size);

	if (!at)
		return (struct rmn_bytes){ NULL, 0 };
	return (struct rmn_bytes){ at + 1, address.size - (size_t)(at + 1 - address.data) };
}

/* example.com, mail.example.org, example.co.jp ...; *.test and *.invalid are no addresses. */
static bool
is_example_domain(struct rmn_bytes domain)
{
	const struct rmn_bytes word = rmn_bytes_from_string("example");

	for (size_t i = 0; i + word.size < domain.size; i++)
		if ((i == 0 || domain.data[i - 1] == '.') && domain.data[i + word.size] == '.' &&
		    strncasecmp((const char *)domain.data + i, "example", word.size) == 0)
			return true;
	return false;
}

/* Mailboxes of a function, not of a person. */
static bool
is_role(struct rmn_bytes local)
{
	static const char *const roles[] = { "info", "contact", "support", "sales", "admin",
		"webmaster", "postmaster", "noreply", "no-reply", "do-not-reply", "mailer-daemon",
		"abuse", "root", "help", "inquiry", "toiawase", "soumu", "jinji", "keiri", "eigyo",
		"saiyo", "press", "pr", "office", "hostmaster", "security", "billing" };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (equals_word(local, roles[i]))
			return true;
	if (local.size > 3 && (strncasecmp((const char *)local.data, "ml-", 3) == 0 ||
	    strncasecmp((const char *)local.data + local.size - 3, "-ml", 3) == 0))
		return true;
	return local.size > 4 && (strncasecmp((const char *)local.data, "all-", 4) == 0 ||
	    strncasecmp((const char *)local.data + local.size - 4, "-all", 4) == 0);
}

/* Domains of mail for everybody: the address is private. */
static bool
is_free_mail(struct rmn_bytes domain)
{
	static const char *const names[] = { "gmail.com", "googlemail.com", "yahoo.co.jp",
		"yahoo.com", "hotmail.com", "hotmail.co.jp", "outlook.com", "outlook.jp",
		"live.jp", "icloud.com", "me.com", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp",
		"i.softbank.jp", "ybb.ne.jp", "nifty.com", "biglobe.ne.jp", "ocn.ne.jp", "so-net.ne.jp",
		"plala.or.jp", "au.com", "aol.com", "gmx.de", "gmx.net", "web.de", "orange.fr",
		"qq.com", "163.com", "126.com", "naver.com", "daum.net" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (equals_word(domain, names[i]))
			return true;
	return false;
}

/* <1a2b3c4d.5e6f@host>: a message's name, not a mailbox. */
static bool
is_message_id(const struct rmn_line *line, size_t from, size_t at)
{
	size_t digits = 0;

	if (from == 0 || line->text.data[from - 1] != '<')
		return false;
	for (size_t i = from; i < at; i++)
		digits += rmn_is_digit(line->text.data[i]);
	return at - from >= 16 && digits * 2 > at - from;
}

static void
report(struct rmn_line *line, uint16_t index, size_t from, size_t at, size_t end, bool is_known)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	struct rmn_candidate *c = rmn_line_add(line, index, from, end);
	struct rmn_bytes domain;
	bool is_chance = !line->is_text && (end - from <= SHORT_ADDRESS ||
	    line->encoding == RMN_CP1252);
	unsigned score = is_known && !is_chance ? rule->bare : 30;
	uint16_t label;

	if (!c)
		return;
	domain = domain_of(c->value);
	label = line->is_header ? RMN_REASON_STRUCTURE : rmn_line_label(line, rule, from, end);
	if (label) {
		score = rule->labelled;
		c->reasons |= label;
	} else if (line->is_code || is_message_id(line, from, at)) {
		score = score > 40 ? score - 40 : 0;
		score = score < 20 ? 20 : score;	/* kept: an address is an address */
		c->reasons |= RMN_REASON_SUPPRESSED;
	}
	c->is_placeholder = is_example_domain(domain) && (!line->rules->policy ||
	    !rmn_policy_party_of_domain(line->rules->policy, domain));
	if (is_role((struct rmn_bytes){ line->text.data + from, at - from }))
		c->severity = RMN_SEVERITY_INFO;
	else if (is_free_mail(domain))
		c->severity = RMN_SEVERITY_MEDIUM;
	c->score = (uint8_t)score;
}

static void
examine_at(struct rmn_line *line, uint16_t index, size_t at)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	bool is_known;
	size_t from = local_start(line, at);
	size_t end = domain_end(line->text, at + 1, &is_known);

	if (from == at || end == at + 1)
		return;
	if (rule->check && !rule->check->accept((struct rmn_bytes){ line->text.data + from,
	    end - from }))
		return;
	if (line->cut_count + 2 <= RMN_LINE_CUTS) {
		line->cuts[line->cut_count++] = from;
		line->cuts[line->cut_count++] = end;
	}
	if (rmn_line_owns(line, at))
		report(line, index, from, at, end, is_known);
}

void
rmn_scan_mail(struct rmn_line *line)
{
	uint16_t index = line->rules->by_kind[RMN_KIND_MAIL];
	const unsigned char *d = line->text.data;
	const unsigned char *end = d + line->text.size;

	if (index == UINT16_MAX)
		return;
	for (const unsigned char *p = d; p < end; p++) {
		p = memchr(p, '@', (size_t)(end - p));
		if (!p)
			return;
		examine_at(line, index, (size_t)(p - d));
	}
}
