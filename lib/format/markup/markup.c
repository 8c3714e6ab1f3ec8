/* SPDX-License-Identifier: MIT */
#include "format/markup/markup.h"

#include <string.h>

#include "base/lanes.h"

/* A tag or comment longer than this is cut; pages with pictures inside their attributes have
 * tags of some megabytes. */
#define TOKEN_MAX ((size_t)4 << 20)

/* Text at the end of a window may stop inside an entity of this length. */
#define ENTITY_MAX 32u

#define NOT_FOUND SIZE_MAX

static unsigned char
lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool
rmn_markup_is_html(struct rmn_bytes name, const char *literal)
{
	for (size_t i = 0; i < name.size; i++)
		if (literal[i] == '\0' || lower(name.data[i]) != (unsigned char)literal[i])
			return false;
	return literal[name.size] == '\0';
}

static bool
is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where c stands at or behind from, most often near; the end of the bytes when it does not. */
static size_t
byte_find(struct rmn_bytes bytes, size_t from, unsigned char c)
{
	const unsigned char *hit;

	if (bytes.size - from >= RMN_LANES) {
		unsigned hits = rmn_lanes_bits(rmn_lanes_load(bytes.data + from) == c);

		if (hits != 0)
			return from + (unsigned)__builtin_ctz(hits);
		from += RMN_LANES;
		hit = memchr(bytes.data + from, c, bytes.size - from);
		return hit ? (size_t)(hit - bytes.data) : bytes.size;
	}
	while (from < bytes.size && bytes.data[from] != c)
		from++;
	return from;
}

static const bool starts_tag[256] = {
	['/'] = true, [':'] = true, ['_'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	[0x80 ... 0xFF] = true,
};

static struct rmn_bytes
slice(const struct rmn_markup *m, size_t from, size_t to)
{
	return (struct rmn_bytes){m->bytes.data + from, to - from};
}

static size_t
find(const struct rmn_markup *m, size_t from, const char *needle, size_t size)
{
	size_t at = rmn_bytes_find(rmn_bytes_after(m->bytes, from),
	    (struct rmn_bytes){(const unsigned char *)needle, size});

	return at == SIZE_MAX ? NOT_FOUND : from + at;
}

/* Moves *at, outside of quotes, to the '>' that ends the tag and is true; or as far as that could not be
 * seen by whole lanes, with the quote that is open there. */
static bool
tag_end_by_lanes(const struct rmn_markup *m, size_t *at, unsigned char *quote)
{
	unsigned open = 0;

	for (; m->bytes.size - *at >= RMN_LANES; *at += RMN_LANES) {
		rmn_lanes v = rmn_lanes_load(m->bytes.data + *at);
		unsigned ends = rmn_lanes_bits(v == '>'), quotes = rmn_lanes_bits(v == '"');

		if (rmn_lanes_bits(v == '\'') != 0)
			break;
		for (; ends != 0; ends &= ends - 1) {
			unsigned before = ~ends & (ends - 1);

			if (open == (unsigned)__builtin_parity(quotes & before)) {
				*at += (unsigned)__builtin_ctz(ends);
				return true;
			}
		}
		open ^= (unsigned)__builtin_parity(quotes);
	}
	*quote = open ? '"' : 0;
	return false;
}

/* The '>' that ends the tag, or NOT_FOUND. */
static size_t
tag_end(const struct rmn_markup *m, size_t from)
{
	const unsigned char *s = m->bytes.data;
	size_t size = m->bytes.size;
	unsigned char quote = 0;

	if (!m->ignore_quotes && tag_end_by_lanes(m, &from, &quote))
		return from;
	for (size_t i = from; i < size; i++) {
		unsigned char c = s[i];

		if (c > '>')
			continue;
		if (quote) {
			if (c == quote)
				quote = 0;
		} else if (c == '>') {
			return i;
		} else if ((c == '"' || c == '\'') && !m->ignore_quotes) {
			quote = c;
		}
	}
	return NOT_FOUND;
}

/* What to do when the end of a token is not in the window: true when there is more to come. */
static bool
may_wait(const struct rmn_markup *m, size_t start)
{
	return !m->is_final && m->bytes.size - start < TOKEN_MAX;
}

/* The name at from, and where it ends. */
static size_t
next_name(const struct rmn_markup *m, struct rmn_markup_token *t, size_t from)
{
	const unsigned char *s = m->bytes.data;
	size_t size = m->bytes.size, end = from, local = from;

	while (size - end >= RMN_LANES) {
		rmn_lanes v = rmn_lanes_load(s + end);
		unsigned stops = rmn_lanes_bits((v == '>') | (v == '/') | (v <= ' '));
		unsigned colons = rmn_lanes_bits(v == ':') & ~stops & (stops - 1);

		if (colons != 0 && local == from)
			local = end + (unsigned)__builtin_ctz(colons) + 1;
		end += stops != 0 ? (unsigned)__builtin_ctz(stops) : RMN_LANES;
		if (stops != 0)
			break;
	}
	for (; end < size; end++) {
		unsigned char c = s[end];

		if (c > '>')
			continue;
		if (c == '>' || c == '/' || is_space(c))
			break;
		if (c == ':' && local == from)
			local = end + 1;
	}
	t->name = (struct rmn_bytes){s + local, end - local};
	t->prefix = (struct rmn_bytes){s + from, local > from ? local - from - 1 : 0};
	return end;
}

/* A tag that goes on behind its name. */
static __attribute__((noinline)) bool
tag_finish(struct rmn_markup *m, struct rmn_markup_token *t, size_t name_end)
{
	size_t end = tag_end(m, name_end), to;

	if (end == NOT_FOUND && may_wait(m, m->at))
		return false;
	if (end == NOT_FOUND) {
		m->is_damaged = true;
		m->ignore_quotes = true;
		end = tag_end(m, name_end);
	}
	to = end == NOT_FOUND ? m->bytes.size : end;
	m->at = end == NOT_FOUND ? to : end + 1;
	t->is_empty = t->kind == RMN_MARKUP_START && to > name_end && m->bytes.data[to - 1] == '/';
	t->body = slice(m, name_end, to - t->is_empty);
	return true;
}

static __attribute__((noinline)) bool
next_tag(struct rmn_markup *m, struct rmn_markup_token *t)
{
	size_t from = m->at + 1, name_end;
	bool is_end = m->bytes.data[from] == '/';

	name_end = next_name(m, t, from + is_end);
	t->kind = is_end ? RMN_MARKUP_END : RMN_MARKUP_START;
	if (name_end == m->bytes.size || m->bytes.data[name_end] != '>')
		return tag_finish(m, t, name_end);
	t->is_empty = false;
	t->body = slice(m, name_end, name_end);
	m->at = name_end + 1;
	return true;
}

/* From `open` bytes behind the token's start to the terminator; the rest of the window when that
 * never comes. */
static bool
next_until(struct rmn_markup *m, struct rmn_markup_token *t, enum rmn_markup_kind kind,
    size_t open, const char *terminator)
{
	size_t start = m->at, from = start + open, size = strlen(terminator), end;

	end = find(m, from, terminator, size);
	if (end == NOT_FOUND && may_wait(m, start))
		return false;
	t->kind = kind;
	if (end == NOT_FOUND) {
		m->is_damaged = true;
		t->body = slice(m, from < m->bytes.size ? from : m->bytes.size, m->bytes.size);
		m->at = m->bytes.size;
		return true;
	}
	t->body = slice(m, from, end);
	m->at = end + size;
	return true;
}

/* A document type may hold declarations in brackets.  A bracket that never closes is looked for
 * once only, or many of them would cost a scan of the whole window each. */
static bool
next_doctype(struct rmn_markup *m, struct rmn_markup_token *t)
{
	size_t end = find(m, m->at, ">", 1);

	if (end != NOT_FOUND && !m->ignore_brackets &&
	    memchr(m->bytes.data + m->at, '[', end - m->at)) {
		if (find(m, m->at, "]>", 2) != NOT_FOUND)
			return next_until(m, t, RMN_MARKUP_DOCTYPE, 2, "]>");
		if (may_wait(m, m->at))
			return false;
		m->ignore_brackets = true;
	}
	return next_until(m, t, RMN_MARKUP_DOCTYPE, 2, ">");
}

/* CDATA may be as long as it likes: it comes out in pieces. */
static bool
next_cdata(struct rmn_markup *m, struct rmn_markup_token *t)
{
	size_t end = find(m, m->at, "]]>", 3), start = m->at;

	t->kind = RMN_MARKUP_CDATA;
	if (end != NOT_FOUND) {
		m->in_cdata = false;
		m->at = end + 3;
		t->body = slice(m, start, end);
		return true;
	}
	end = m->bytes.size;
	if (!m->is_final)
		end = end - start > 2 ? end - 2 : start;
	else
		m->is_damaged = true;
	m->at = end;
	t->body = slice(m, start, end);
	return end > start;
}

static bool
next_text(struct rmn_markup *m, struct rmn_markup_token *t, size_t skip)
{
	const unsigned char *s = m->bytes.data;
	size_t start = m->at, size = m->bytes.size, end;

	end = byte_find(m->bytes, start + skip, '<');
	if (end == size && !m->is_final) {
		/* an entity may be cut by the window */
		for (size_t i = end; i > start && end - i < ENTITY_MAX; i--) {
			if (s[i - 1] == ';')
				break;
			if (s[i - 1] == '&') {
				end = i - 1;
				break;
			}
		}
		/* and so may a character */
		while (end > start && end == size && s[end - 1] >= 0x80)
			end--;
		if (end == start && size - start >= ENTITY_MAX)
			end = size;
	}
	if (end == start)
		return false;
	t->kind = RMN_MARKUP_TEXT;
	t->body = slice(m, start, end);
	m->at = end;
	return true;
}

/* The text of <script>, <style>, <title>: up to their own end tag. */
static bool
next_raw(struct rmn_markup *m, struct rmn_markup_token *t)
{
	size_t name_size = strlen(m->raw_until), end = m->at;

	while ((end = find(m, end, "</", 2)) != NOT_FOUND) {
		struct rmn_bytes name = rmn_bytes_head(rmn_bytes_after(m->bytes, end + 2),
		    name_size);

		if (name.size == name_size && rmn_markup_is_html(name, m->raw_until))
			break;
		end += 2;
	}
	m->raw_until = NULL;
	t->kind = RMN_MARKUP_TEXT;
	if (end == NOT_FOUND) {
		m->is_damaged = true;
		end = m->bytes.size;
	}
	t->body = slice(m, m->at, end);
	m->at = end;
	return true;
}

static bool
next_declaration(struct rmn_markup *m, struct rmn_markup_token *t)
{
	struct rmn_bytes rest = rmn_bytes_after(m->bytes, m->at);

	if (rest.size < 9 && !m->is_final)
		return false;
	if (rmn_bytes_start_with(rest, "<!--"))
		return next_until(m, t, RMN_MARKUP_COMMENT, 4, "-->");
	if (rmn_bytes_start_with(rest, "<![CDATA[")) {
		m->in_cdata = true;
		m->at += 9;
		return rmn_markup_next(m, t);
	}
	return next_doctype(m, t);
}

/* Whatever is not a tag, and tags at the end of the window. */
static __attribute__((noinline)) bool
next_other(struct rmn_markup *m, struct rmn_markup_token *t)
{
	const unsigned char *s = m->bytes.data;
	unsigned char c;

	*t = (struct rmn_markup_token){0};
	if (m->at >= m->bytes.size)
		return false;
	if (m->in_cdata)
		return next_cdata(m, t);
	if (m->raw_until)
		return next_raw(m, t);
	if (s[m->at] != '<')
		return next_text(m, t, 0);
	if (m->bytes.size - m->at < 2)
		return m->is_final && next_text(m, t, 1);
	c = s[m->at + 1];
	if (starts_tag[c]) {
		if (c == '/' && m->bytes.size - m->at < 3 && !m->is_final)
			return false;
		return next_tag(m, t);
	}
	if (c == '!')
		return next_declaration(m, t);
	if (c == '?')
		return next_until(m, t, RMN_MARKUP_PI, 2, ">");
	m->is_damaged = true;	/* "a < b": text after all */
	return next_text(m, t, 1);
}

/* Nearly every token is a tag whose name ends soon: those are taken without a loop. */
bool
rmn_markup_next(struct rmn_markup *m, struct rmn_markup_token *t)
{
	const unsigned char *s;
	unsigned ends, stops, colons;
	size_t size, local;
	bool is_end;
	rmn_lanes v;

	if (m->bytes.size - m->at < RMN_LANES + 2)
		return next_other(m, t);	/* also where there are no bytes at all */
	s = m->bytes.data + m->at;
	if (s[0] != '<' || !starts_tag[s[1]] || m->in_cdata || m->raw_until)
		return next_other(m, t);	/* most often text */
	is_end = s[1] == '/';
	s += 1 + is_end;
	v = rmn_lanes_load(s);
	ends = rmn_lanes_bits(v == '>');
	stops = ends | rmn_lanes_bits((v == '/') | (v == ' ') | (v - '\t' < 5));
	if (stops == 0)
		return next_tag(m, t);
	size = (unsigned)__builtin_ctz(stops);
	colons = rmn_lanes_bits(v == ':') & ~stops & (stops - 1);
	local = colons != 0 ? (unsigned)__builtin_ctz(colons) + 1 : 0;
	t->kind = is_end ? RMN_MARKUP_END : RMN_MARKUP_START;
	t->is_empty = false;
	t->name = (struct rmn_bytes){s + local, size - local};
	t->prefix = (struct rmn_bytes){s, local - (local > 0)};
	if ((ends >> size & 1) == 0)
		return tag_finish(m, t, (size_t)(s - m->bytes.data) + size);
	t->body = (struct rmn_bytes){s + size, 0};
	m->at = (size_t)(s - m->bytes.data) + size + 1;
	return true;
}

/* Where the name of an attribute ends. */
static size_t
attribute_name_end(struct rmn_bytes a, size_t at)
{
	while (a.size - at >= RMN_LANES) {
		rmn_lanes v = rmn_lanes_load(a.data + at);
		unsigned stops = rmn_lanes_bits((v == '=') | (v == '/') | (v <= ' '));

		at += stops != 0 ? (unsigned)__builtin_ctz(stops) : RMN_LANES;
		if (stops != 0)
			break;
	}
	while (at < a.size && a.data[at] != '=' && a.data[at] != '/' && !is_space(a.data[at]))
		at++;
	return at;
}

static size_t
spaces_end(struct rmn_bytes a, size_t at)
{
	while (at < a.size && is_space(a.data[at]))
		at++;
	return at;
}

bool
rmn_markup_attribute_next(struct rmn_bytes a, size_t *at, struct rmn_bytes *name,
    struct rmn_bytes *value)
{
	const unsigned char *s = a.data;
	size_t i = *at, start;

	while (i < a.size && (is_space(s[i]) || s[i] == '/' || s[i] == '='))
		i++;
	start = i;
	i = attribute_name_end(a, i);
	*name = (struct rmn_bytes){s + start, i - start};
	*value = (struct rmn_bytes){s + i, 0};
	i = spaces_end(a, i);
	if (i < a.size && s[i] == '=') {
		i = spaces_end(a, i + 1);
		start = i;
		if (i < a.size && (s[i] == '"' || s[i] == '\'')) {
			start++;
			i = byte_find(a, start, s[i]);
			*value = (struct rmn_bytes){s + start, i - start};
			i += i < a.size;
		} else {
			while (i < a.size && !is_space(s[i]))
				i++;
			*value = (struct rmn_bytes){s + start, i - start};
		}
	}
	*at = i;
	return name->size > 0;
}

/* Whether a name is the one that is wanted, or ends with it behind its first colon. */
static bool
attribute_is(struct rmn_bytes name, struct rmn_bytes wanted)
{
	size_t prefix = name.size - wanted.size;

	if (name.size <= wanted.size)
		return name.size == wanted.size &&
		    (memcmp(name.data, wanted.data, name.size) == 0 ||
		    rmn_markup_is_html(name, (const char *)wanted.data));
	return name.data[prefix - 1] == ':' &&
	    memcmp(name.data + prefix, wanted.data, wanted.size) == 0 &&
	    !memchr(name.data, ':', prefix - 1) && !memchr(wanted.data, ':', wanted.size);
}

void
rmn_markup_attributes(struct rmn_bytes attributes, const struct rmn_bytes *wanted, size_t count,
    struct rmn_bytes *values)
{
	struct rmn_bytes name, value;
	size_t at = 0, colon;

	for (size_t i = 0; i < count; i++)
		values[i] = (struct rmn_bytes){NULL, 0};
	while (rmn_markup_attribute_next(attributes, &at, &name, &value)) {
		colon = byte_find(name, 0, ':');
		if (colon < name.size)
			name = rmn_bytes_after(name, colon + 1);
		for (size_t i = 0; i < count; i++) {
			if (name.size != wanted[i].size || name.data[0] != wanted[i].data[0] ||
			    memcmp(name.data, wanted[i].data, name.size) != 0)
				continue;
			if (!values[i].data)
				values[i] = value;
			break;
		}
	}
}

bool
rmn_markup_attribute(struct rmn_bytes attributes, const char *wanted, struct rmn_bytes *value)
{
	struct rmn_bytes name, found, whole = rmn_bytes_from_string(wanted);
	size_t at = 0;

	while (rmn_markup_attribute_next(attributes, &at, &name, &found)) {
		if (attribute_is(name, whole)) {
			*value = found;
			return true;
		}
	}
	*value = (struct rmn_bytes){NULL, 0};
	return false;
}
