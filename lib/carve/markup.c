/* SPDX-License-Identifier: MIT
 *
 * HTML, XML and SVG.  XML ends where its root element does, and is balanced; HTML of the wild is
 * seldom balanced, so that there only </html> counts, the last one. */
#include <string.h>

#include "carve/text_private.h"

enum state {
	CONTENT, OPENED, NAMED, TAG, QUOTED, BANG, COMMENT, SECTION, DECLARATION, INSTRUCTION
};

/* Elements that HTML without <html> begins with. */
static const char *const elements[] = {
	"html", "head", "body", "title", "meta", "h1", "h2", "h3", "table", "div", "p", "center",
	"font", "script", "style", "a", "b", "ul", "ol", "frameset", "span", "img", "br", "hr",
	"form", "pre", "iframe", "section", "article", "nav", "header", "footer", "link", "base",
};

static bool
is_name(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '_' || c == ':' || c == '-' || c == '.' || c >= 0x80;
}

static bool
is_name_start(unsigned char c)
{
	return is_name(c) && c != '-' && c != '.' && !(c >= '0' && c <= '9');
}

static bool
is_element(struct rmn_bytes name)
{
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++)
		if (strlen(elements[i]) == name.size && rmn_text_begins(name, elements[i]))
			return true;
	return false;
}

bool
rmn_markup_is_head(struct rmn_bytes narrow)
{
	struct rmn_bytes name;
	size_t size = 0;

	while (narrow.size > 0 && (rmn_text_is_space(narrow.data[0])))
		narrow = rmn_bytes_after(narrow, 1);
	if (rmn_text_begins(narrow, "<!doctype ") || rmn_text_begins(narrow, "<?xml "))
		return true;
	if (rmn_text_begins(narrow, "<!--"))
		return rmn_bytes_find(narrow, rmn_bytes_from_string("-->")) != SIZE_MAX;
	if (narrow.size < 3 || narrow.data[0] != '<' || !is_name_start(narrow.data[1]))
		return false;
	name = rmn_bytes_after(narrow, 1);
	while (size < name.size && is_name(name.data[size]))
		size++;
	if (size == name.size || size > 64)
		return false;
	narrow = rmn_bytes_after(name, size);
	name = rmn_bytes_head(name, size);
	if (narrow.data[0] == '>' || rmn_text_begins(narrow, "/>"))
		return true;
	/* Mail addresses stand in such brackets too. */
	return rmn_text_is_space(narrow.data[0]) && (is_element(name) ||
	    rmn_bytes_find(narrow, rmn_bytes_from_string("=")) != SIZE_MAX);
}

static uint32_t
name_hash(const struct rmn_markup_machine *m)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < m->name_size; i++)
		hash = (hash ^ (unsigned char)m->name[i]) * 16777619u;
	return hash;
}

static bool
name_is(const struct rmn_markup_machine *m, const char *name)
{
	struct rmn_bytes bytes = {(const unsigned char *)m->name, m->name_size};

	return bytes.size == strlen(name) && rmn_text_begins(bytes, name);
}

static void
root_note(struct rmn_markup_machine *m)
{
	struct rmn_bytes name = {(const unsigned char *)m->name, m->name_size};

	m->has_root = true;
	m->is_svg = name_is(m, "svg");
	m->is_html |= name_is(m, "html") || (!m->is_xml && is_element(name));
}

/* A tag is complete with unit `end` - 1. */
static void
tag_end(struct rmn_markup_machine *m, uint64_t end)
{
	bool is_empty = m->before == '/';

	m->state = CONTENT;
	if (m->is_end_tag) {
		if (m->depth == 0 || m->open[m->depth - 1] != name_hash(m)) {
			m->is_tilted = true;
			return;
		}
		m->depth--;
	} else {
		if (!m->has_root)
			root_note(m);
		else if (m->depth == 0)
			m->is_tilted = true;	/* a second root */
		if (!is_empty && m->depth == RMN_MARKUP_DEPTH)
			m->is_tilted = true;
		else if (!is_empty)
			m->open[m->depth++] = name_hash(m);
	}
	if (m->depth == 0) {
		m->is_closed = true;
		m->closed_at = end;
	}
}

static void
tag_open(struct rmn_markup_machine *m, unsigned char c)
{
	m->is_end_tag = false;
	m->name_size = 0;
	m->before = 0;
	m->dashes = 0;
	if (c == '/') {
		m->is_end_tag = true;
		m->state = NAMED;
	} else if (c == '!') {
		m->state = BANG;
	} else if (c == '?') {
		m->state = INSTRUCTION;
		m->is_xml |= !m->has_root;
	} else if (is_name_start(c)) {
		m->name[m->name_size++] = (char)c;
		m->state = NAMED;
	} else {
		m->state = CONTENT;
		m->is_tilted = true;	/* a bare < */
	}
}

/* "<!" and more: a comment, a section of characters, a declaration. */
static void
bang_next(struct rmn_markup_machine *m, unsigned char c)
{
	if (m->name_size < sizeof(m->name))
		m->name[m->name_size++] = (char)c;
	if (m->name_size == 2 && memcmp(m->name, "--", 2) == 0)
		m->state = COMMENT;
	else if (m->name_size == 7 && memcmp(m->name, "[CDATA[", 7) == 0)
		m->state = SECTION;
	else if (m->name_size > 7 || c == '>')
		m->state = c == '>' ? CONTENT : DECLARATION;
	if (m->state == DECLARATION && memcmp(m->name, "DOCTYPE ", 8) != 0 &&
	    !rmn_text_begins((struct rmn_bytes){(const unsigned char *)m->name, 8}, "doctype "))
		m->is_tilted = true;
	m->dashes = 0;
}

/* Inside what ends with >, after two dashes, two brackets or a question mark. */
static void
closing_next(struct rmn_markup_machine *m, unsigned char c)
{
	unsigned char mark = m->state == COMMENT ? '-' : m->state == SECTION ? ']' : '?';
	unsigned needed = m->state == INSTRUCTION ? 1 : 2;

	if (c == '>' && m->dashes >= needed)
		m->state = CONTENT;
	else
		m->dashes = c == mark ? m->dashes + 1 : 0;
}

/* A document type may hold declarations in brackets. */
static void
declaration_next(struct rmn_markup_machine *m, unsigned char c)
{
	if (c == '[')
		m->dashes++;
	else if (c == ']' && m->dashes > 0)
		m->dashes--;
	else if (c == '>' && m->dashes == 0)
		m->state = CONTENT;
}

static void
tag_next(struct rmn_markup_machine *m, unsigned char c, uint64_t end)
{
	if (m->state == NAMED && is_name(c)) {
		if (m->name_size < sizeof(m->name))
			m->name[m->name_size++] = (char)c;
		return;
	}
	m->state = TAG;
	if (c == '>') {
		tag_end(m, end);
	} else if (c == '"' || c == '\'') {
		m->quote = c;
		m->state = QUOTED;
	}
	m->before = (char)c;
}

static void
xml_next(struct rmn_markup_machine *m, unsigned char c, uint64_t end)
{
	switch ((enum state)m->state) {
	case CONTENT:
		if (c == '<')
			m->state = OPENED;
		break;
	case OPENED:
		tag_open(m, c);
		break;
	case NAMED:
	case TAG:
		tag_next(m, c, end);
		break;
	case QUOTED:
		if (c == m->quote)
			m->state = TAG;
		break;
	case BANG:
		bang_next(m, c);
		break;
	case DECLARATION:
		declaration_next(m, c);
		break;
	case COMMENT:
	case SECTION:
	case INSTRUCTION:
		closing_next(m, c);
		break;
	}
}

/* </html>, wherever it stands. */
static void
html_next(struct rmn_markup_machine *m, unsigned char c, uint64_t end)
{
	static const char word[] = "</html";
	const size_t size = sizeof(word) - 1;

	if (m->html_size == size && c == '>') {
		m->is_html_closed = true;
		m->html_closed_at = end;
	}
	if (m->html_size == size && rmn_text_is_space(c))
		return;
	if (m->html_size < size && (c | (c >= 'A' && c <= 'Z' ? 0x20 : 0)) == word[m->html_size])
		m->html_size++;
	else
		m->html_size = c == '<';
}

void
rmn_markup_feed(struct rmn_text_machine *machine, struct rmn_bytes narrow)
{
	struct rmn_markup_machine *m = &machine->as.markup;

	for (size_t i = 0; i < narrow.size; i++) {
		unsigned char c = narrow.data[i];

		if (m->html_size == 0 && c != '<' && (m->is_html || m->state == CONTENT)) {
			const unsigned char *next = memchr(narrow.data + i, '<', narrow.size - i);

			if (!next)
				break;
			i = (size_t)(next - narrow.data);
			c = '<';
		}
		html_next(m, c, machine->at + i + 1);
		if (!m->is_html && !m->is_tilted)
			xml_next(m, c, machine->at + i + 1);
	}
}

void
rmn_markup_end(const struct rmn_text_machine *machine, struct rmn_text_shape *shape)
{
	const struct rmn_markup_machine *m = &machine->as.markup;
	bool is_xml = !m->is_html && !m->is_tilted && m->has_root && !m->is_html_closed;

	shape->is_closed = is_xml ? m->is_closed && m->depth == 0 : m->is_html_closed;
	shape->closed_at = is_xml ? m->closed_at : m->html_closed_at;
	if (is_xml)
		shape->extension = m->is_svg ? "svg" : m->is_xml || m->is_closed ? "xml" : "txt";
	else if (m->is_html || m->is_html_closed)
		shape->extension = "html";
	else
		shape->extension = m->is_svg ? "svg" : m->is_xml ? "xml" : "txt";
	shape->is_open = !shape->is_closed && (is_xml || m->is_html);
}
