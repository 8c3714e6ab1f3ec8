/* SPDX-License-Identifier: MIT
 *
 * What is read from raw bytes, because it is ASCII or binary and may be longer than a line: tokens
 * with a prefix of their own, armoured private keys, key stores. */
#include <string.h>

#include "base/cursor.h"
#include "detect/chain.h"
#include "detect/line.h"

#define KEY_MAX 16384u
#define KEY_LEAST 64u		/* bytes of armour that are worth a report */

/* Bytes of the input from raw on; of UTF-16 the low bytes, in the line's arena. */
static struct rmn_bytes
narrow_from(struct rmn_line *line, size_t raw, size_t most)
{
	struct rmn_bytes rest = rmn_bytes_after(line->input, raw);
	unsigned char *copy;
	size_t n = 0;

	if (line->family == RMN_FAMILY_BYTES)
		return rmn_bytes_head(rest, most);
	copy = rmn_arena_alloc(line->arena, rmn_bytes_head(rest, most * 2).size / 2 + 1, 1);
	while (copy && n < most && n * 2 < rest.size &&
	    (n * 2 + 1 >= rest.size || rest.data[n * 2 + 1] == 0)) {
		copy[n] = rest.data[n * 2];
		n++;
	}
	return (struct rmn_bytes){ copy, n };
}

static void
add_raw(struct rmn_line *line, uint16_t index, size_t raw, struct rmn_bytes value, unsigned score,
    unsigned severity)
{
	size_t step = line->family == RMN_FAMILY_WIDE ? 2 : 1;
	size_t at = rmn_line_at_raw(line, raw);
	size_t end = rmn_line_at_raw(line, raw + value.size * step);
	struct rmn_candidate *c = rmn_line_add(line, index, at, end);

	if (!c)
		return;
	c->raw_at = raw;
	c->raw_size = value.size * step;
	c->value = value;
	c->score = (uint8_t)score;
	c->severity = (uint8_t)severity;
	c->reasons |= RMN_REASON_STRUCTURE;
}

static unsigned
base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26u;
	if (rmn_is_digit(c))
		return c - '0' + 52u;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : 64;
}

/* Decodes until the text or the room ends; white space is stepped over. */
static size_t
decode_base64(struct rmn_bytes text, unsigned char *out, size_t room)
{
	unsigned bits = 0, have = 0;
	size_t n = 0;

	for (size_t i = 0; i < text.size && n < room; i++) {
		unsigned v = base64_value(text.data[i]);

		if (text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == ' ')
			continue;
		if (v == 64)
			break;
		bits = (bits << 6 | v) & 0xFFFFFF;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (unsigned char)(bits >> have);
		}
	}
	return n;
}

static bool
decodes_with(struct rmn_bytes text, const char *wanted)
{
	unsigned char out[192];
	size_t n = decode_base64(text, out, sizeof(out));

	return memmem(out, n, wanted, strlen(wanted)) != NULL;
}

static void
look_at_token(struct rmn_line *line, uint16_t index, size_t raw)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];
	size_t step = line->family == RMN_FAMILY_WIDE ? 2 : 1;
	struct rmn_bytes text = narrow_from(line, raw, KEY_MAX);
	unsigned char before = raw >= step ? line->input.data[raw - step] : 0;

	if (rmn_is_alnum(before) || before == '_')
		return;
	for (size_t i = 0; i < rule->pattern_count; i++) {
		size_t size = rmn_pattern_match(&rule->patterns[i], text, 0);
		struct rmn_bytes value = { text.data, size };
		unsigned severity = rule->shown.severity;

		if (!size || (size < text.size && (rmn_is_alnum(text.data[size]) ||
		    text.data[size] == '_')))
			continue;
		if (rule->least_entropy > 0 && rmn_pattern_entropy(value) < rule->least_entropy)
			continue;
		if (strcmp(rule->shown.id, "jwt") == 0 && !decodes_with(value, "\"alg\""))
			continue;
		if (memmem(value.data, size, "_test_", 6))
			severity = RMN_SEVERITY_LOW;
		add_raw(line, index, raw, value, rule->bare, severity);
		return;
	}
}

static size_t
find_text(struct rmn_bytes text, const char *wanted, size_t from)
{
	size_t at = rmn_bytes_find(rmn_bytes_after(text, from), rmn_bytes_from_string(wanted));

	return at == SIZE_MAX ? SIZE_MAX : at + from;
}

/* Only the characters of armour: letters, digits, "+/=", headers of old PEM, line ends. */
static bool
is_armour(struct rmn_bytes body)
{
	for (size_t i = 0; i < body.size; i++) {
		unsigned char c = body.data[i];

		if (!rmn_is_alnum(c) && !strchr("+/=\r\n :,-.\\", c))
			return false;
	}
	return true;
}

static bool
is_encrypted_pem(struct rmn_bytes kind, struct rmn_bytes body)
{
	unsigned char blob[64];
	size_t size;

	if (find_text(kind, "ENCRYPTED", 0) != SIZE_MAX ||
	    find_text(rmn_bytes_head(body, 128), "ENCRYPTED", 0) != SIZE_MAX)
		return true;
	size = decode_base64(body, blob, sizeof(blob));
	/* "openssh-key-v1\0", length, cipher's name */
	return size > 23 && memcmp(blob, "openssh-key-v1", 15) == 0 && memcmp(blob + 19, "none", 4) != 0;
}

/* -----BEGIN ... PRIVATE KEY----- */
static void
look_at_pem(struct rmn_line *line, uint16_t index, size_t raw)
{
	struct rmn_bytes text = narrow_from(line, raw, KEY_MAX);
	size_t head = find_text(rmn_bytes_head(text, 64), "PRIVATE KEY", 0);
	size_t body, end, last;
	bool whole;
	unsigned severity = line->rules->rules[index].shown.severity;

	if (head == SIZE_MAX)
		return;
	body = find_text(rmn_bytes_head(text, head + 24), "-----", head);
	if (body == SIZE_MAX)
		return;
	body += 5;
	end = find_text(text, "-----END", body);
	whole = end != SIZE_MAX;
	for (last = body; last < (whole ? end : text.size); last++)
		if (!is_armour((struct rmn_bytes){ text.data + last, 1 }))
			break;
	if (last - body < KEY_LEAST || (whole && last != end && last - body < 200))
		return;
	if (whole && last == end) {
		size_t tail = find_text(rmn_bytes_head(text, end + 64), "KEY-----", end);

		last = tail == SIZE_MAX ? end + 8 : tail + 8;
		if (find_text(rmn_bytes_head(text, end + 64), "KEY BLOCK-----", end) != SIZE_MAX)
			last = find_text(text, "KEY BLOCK-----", end) + 14;
	}
	if (is_encrypted_pem(rmn_bytes_head(text, body), (struct rmn_bytes){ text.data + body,
	    last - body }))
		severity = RMN_SEVERITY_MEDIUM;
	add_raw(line, index, raw, rmn_bytes_head(text, last),
	    whole ? line->rules->rules[index].bare : 70, severity);
}

static void
look_at_putty(struct rmn_line *line, uint16_t index, size_t raw)
{
	struct rmn_bytes text = narrow_from(line, raw, KEY_MAX);
	size_t encryption = find_text(rmn_bytes_head(text, 200), "Encryption: ", 0);
	size_t mac = find_text(text, "Private-MAC: ", 0), end;
	bool clear;

	if (encryption == SIZE_MAX)
		return;
	clear = find_text(rmn_bytes_head(text, encryption + 16), "none", encryption) != SIZE_MAX;
	end = mac == SIZE_MAX ? encryption + 16 : mac;
	while (end < text.size && text.data[end] != '\n' && text.data[end] != '\r')
		end++;
	add_raw(line, index, raw, rmn_bytes_head(text, end), line->rules->rules[index].bare,
	    clear ? line->rules->rules[index].shown.severity : RMN_SEVERITY_MEDIUM);
}

/* Signatures of key stores; `at` is where the signature stands in the file. */
struct signature {
	const char *name;		/* as the rule's words name it */
	unsigned char bytes[12];
	size_t size;
	bool (*confirm)(struct rmn_bytes input, size_t at, size_t *start);
};

/* FE ED FE ED, version 1 or 2, number of entries. */
static bool
confirm_java(struct rmn_bytes input, size_t at, size_t *start)
{
	struct rmn_cursor c = rmn_cursor_over(input);
	uint32_t version, entries;

	*start = at;
	return rmn_cursor_seek(&c, at + 4) && rmn_cursor_be32(&c, &version) &&
	    rmn_cursor_be32(&c, &entries) && (version == 1 || version == 2) && entries < 10000;
}

/* The object identifier of PKCS#7 data in the first 64 bytes of SEQUENCE { version 3 ... }. */
static bool
confirm_pkcs12(struct rmn_bytes input, size_t at, size_t *start)
{
	const unsigned char *d = input.data;

	for (size_t s = at; s-- > 0 && at - s <= 64;) {
		size_t inner = s + 2 + (d[s + 1] >= 0x81 && d[s + 1] <= 0x84 ? d[s + 1] & 7u : 0);

		if (d[s] == 0x30 && inner + 3 <= at && d[inner] == 2 && d[inner + 1] == 1 &&
		    d[inner + 2] == 3) {
			*start = s;
			return true;
		}
	}
	return false;
}

static bool
confirm_keepass(struct rmn_bytes input, size_t at, size_t *start)
{
	*start = at;
	return at + 12 <= input.size;
}

static const struct signature signatures[] = {
	{ "jks", { 0xFE, 0xED, 0xFE, 0xED, 0, 0, 0 }, 7, confirm_java },
	{ "jceks", { 0xCE, 0xCE, 0xCE, 0xCE, 0, 0, 0 }, 7, confirm_java },
	{ "pkcs12", { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 }, 11,
	    confirm_pkcs12 },
	{ "kdbx", { 0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5 }, 8, confirm_keepass },
	{ "kdb", { 0x03, 0xD9, 0xA2, 0x9A, 0x65, 0xFB, 0x4B, 0xB5 }, 8, confirm_keepass },
};

bool rmn_binary_literals(struct rmn_literals *literals, const struct rmn_detect_rule *rule,
    uint16_t index);

bool
rmn_binary_literals(struct rmn_literals *literals, const struct rmn_detect_rule *rule,
    uint16_t index)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		struct rmn_bytes bytes = { signatures[i].bytes, signatures[i].size };

		if (rmn_words_have(&rule->words, rmn_bytes_from_string(signatures[i].name)) &&
		    !rmn_literals_add_bytes(literals, bytes, index))
			return false;
	}
	return true;
}

static void
look_at_store(struct rmn_line *line, uint16_t index, size_t raw)
{
	const struct rmn_detect_rule *rule = &line->rules->rules[index];

	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		const struct signature *s = &signatures[i];
		size_t start;

		if (!rmn_words_have(&rule->words, rmn_bytes_from_string(s->name)) ||
		    raw + s->size > line->input.size ||
		    memcmp(line->input.data + raw, s->bytes, s->size) != 0 ||
		    !s->confirm(line->input, raw, &start))
			continue;
		add_raw(line, index, start, rmn_bytes_from_string(s->name), rule->bare,
		    rule->shown.severity);
		return;
	}
}

void
rmn_scan_tokens(struct rmn_line *line)
{
	for (size_t i = 0; i < line->token_count; i++) {
		uint16_t index = line->token_rules[i];
		size_t raw = line->tokens[i];

		switch (line->rules->rules[index].kind) {
		case RMN_KIND_TOKEN:
			look_at_token(line, index, raw);
			break;
		case RMN_KIND_KEY_BLOCK:
			if (line->input.data[raw] == '-')
				look_at_pem(line, index, raw);
			else
				look_at_putty(line, index, raw);
			break;
		case RMN_KIND_BINARY:
			look_at_store(line, index, raw);
			break;
		default:
			break;
		}
	}
}
