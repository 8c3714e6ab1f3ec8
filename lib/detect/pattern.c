/* SPDX-License-Identifier: MIT
 *
 * Compiling and matching token patterns; see pattern.h. */
#include "detect/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
set_add(uint64_t set[2], unsigned char c)
{
	if (c < 128)
		set[c / 64] |= 1ull << c % 64;
}

static bool
set_has(const uint64_t set[2], unsigned char c)
{
	return c < 128 && (set[c / 64] >> c % 64 & 1);
}

static void
set_add_range(uint64_t set[2], unsigned char first, unsigned char last)
{
	for (unsigned c = first; c <= last && c < 128; c++)
		set_add(set, (unsigned char)c);
}

/* \d and \w, or the character itself. */
static void
set_add_escape(uint64_t set[2], char c)
{
	if (c == 'd' || c == 'w')
		set_add_range(set, '0', '9');
	if (c == 'w') {
		set_add_range(set, 'A', 'Z');
		set_add_range(set, 'a', 'z');
		set_add(set, '_');
	}
	if (c != 'd' && c != 'w')
		set_add(set, (unsigned char)c);
}

/* Reads "[...]" after its bracket; the position after it, or NULL. */
static const char *
read_class(const char *p, uint64_t set[2])
{
	bool inverted = *p == '^';

	if (inverted)
		p++;
	for (; *p && *p != ']'; p++) {
		if (*p == '\\' && p[1]) {
			set_add_escape(set, *++p);
		} else if (p[1] == '-' && p[2] && p[2] != ']') {
			set_add_range(set, (unsigned char)p[0], (unsigned char)p[2]);
			p += 2;
		} else {
			set_add(set, (unsigned char)*p);
		}
	}
	if (*p != ']')
		return NULL;
	if (inverted) {
		set[0] = ~set[0] & ~0xffffffffull;	/* no control characters */
		set[1] = ~set[1] & ~(1ull << 63);
	}
	return p + 1;
}

static const char *
read_count(const char *p, uint16_t *count)
{
	char *end;
	unsigned long value = strtoul(p, &end, 10);

	if (end == p || value > RMN_PATTERN_MAX_REPEAT)
		return NULL;
	*count = (uint16_t)value;
	return end;
}

/* Reads what may follow an atom; the position after it, or NULL. */
static const char *
read_repeat(const char *p, struct rmn_pattern_element *element)
{
	element->least = element->most = 1;
	if (*p == '?') {
		element->least = 0;
		return p + 1;
	}
	if (*p != '{')
		return p;
	p = read_count(p + 1, &element->least);
	if (!p)
		return NULL;
	element->most = element->least;
	if (*p == ',') {
		p++;
		element->most = RMN_PATTERN_MAX_REPEAT;
		if (*p != '}')
			p = read_count(p, &element->most);
	}
	if (!p || *p != '}' || element->most < element->least)
		return NULL;
	return p + 1;
}

/* The one character of an element, or 0. */
static char
only_character(const struct rmn_pattern_element *e)
{
	int bits = __builtin_popcountll(e->set[0]) + __builtin_popcountll(e->set[1]);

	if (bits != 1 || e->least != 1 || e->most != 1)
		return 0;
	return (char)(e->set[0] ? __builtin_ctzll(e->set[0]) : 64 + __builtin_ctzll(e->set[1]));
}

static void
fill_prefix(struct rmn_pattern *pattern)
{
	size_t n = 0;

	for (unsigned i = 0; i < pattern->count && n + 1 < sizeof(pattern->prefix); i++) {
		char c = only_character(&pattern->elements[i]);

		if (!c)
			break;
		pattern->prefix[n++] = c;
	}
	pattern->prefix[n] = '\0';
}

const char *
rmn_pattern_compile(const char *text, struct rmn_pattern *pattern)
{
	const char *p = text;

	memset(pattern, 0, sizeof(*pattern));
	while (*p) {
		struct rmn_pattern_element *e = &pattern->elements[pattern->count];

		if (pattern->count == RMN_PATTERN_ELEMENTS)
			return "the pattern has too many elements";
		if (*p == '[') {
			p = read_class(p + 1, e->set);
			if (!p)
				return "a [ without its ]";
		} else if (*p == '\\' && p[1]) {
			set_add_escape(e->set, p[1]);
			p += 2;
		} else if (*p == '{' || *p == '?' || (unsigned char)*p >= 128) {
			return "a repeat without a character, or a character that is not ASCII";
		} else {
			set_add(e->set, (unsigned char)*p++);
		}
		p = read_repeat(p, e);
		if (!p)
			return "a repeat must be {N}, {N,M} or {N,} with N <= M <= 4096";
		pattern->count++;
	}
	if (!pattern->count)
		return "the pattern is empty";
	fill_prefix(pattern);
	return NULL;
}

size_t
rmn_pattern_match(const struct rmn_pattern *pattern, struct rmn_bytes text, size_t at)
{
	size_t p = at;

	for (unsigned i = 0; i < pattern->count; i++) {
		const struct rmn_pattern_element *e = &pattern->elements[i];
		unsigned taken = 0;

		while (taken < e->most && p < text.size && set_has(e->set, text.data[p])) {
			p++;
			taken++;
		}
		if (taken < e->least)
			return 0;
	}
	return p - at;
}

bool
rmn_pattern_continues(const struct rmn_pattern *pattern, unsigned char byte)
{
	return set_has(pattern->elements[pattern->count - 1].set, byte);
}

double
rmn_pattern_entropy(struct rmn_bytes text)
{
	unsigned counts[256] = { 0 };
	double bits = 0;

	for (size_t i = 0; i < text.size; i++)
		counts[text.data[i]]++;
	for (unsigned c = 0; c < 256; c++) {
		double share;

		if (!counts[c])
			continue;
		share = (double)counts[c] / (double)text.size;
		bits -= share * log2(share);
	}
	return bits;
}
