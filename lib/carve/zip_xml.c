/* SPDX-License-Identifier: MIT */
#include "carve/zip_xml.h"

enum {
	TEXT, OPEN, NAME, ATTRIBUTES, ATTRIBUTE, EQUALS, VALUE, VALUE_END, EMPTY, END_NAME, END_SPACE,
	INSTRUCTION, INSTRUCTION_END,
};

bool
zip_xml_is(struct rmn_bytes name)
{
	static const char *const endings[] = {".xml", ".rels"};

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		struct rmn_bytes ending = rmn_bytes_from_string(endings[i]);

		if (name.size > ending.size && rmn_bytes_equal(ending,
		    rmn_bytes_after(name, name.size - ending.size)))
			return true;
	}
	return false;
}

void
zip_xml_start(struct zip_xml *xml)
{
	*xml = (struct zip_xml){.state = TEXT};
}

static bool
is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_name_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == ':' || c == '_' || c == '-' || c == '.' || c >= 0x80;
}

static void
name_add(struct zip_xml *xml, unsigned char c)
{
	xml->name = (xml->name ^ c) * 16777619u;	/* FNV-1a */
}

/* Characters that XML has, in well-formed UTF-8 (its length only). */
static bool
is_character(struct zip_xml *xml, unsigned char c)
{
	if (xml->utf8_left > 0) {
		xml->utf8_left--;
		return (c & 0xc0) == 0x80;
	}
	if (c >= 0x80) {
		xml->utf8_left = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		return c >= 0xc2 && c <= 0xf4;
	}
	return c >= 0x20 || is_space(c);
}

static bool
element_open(struct zip_xml *xml)
{
	if (xml->depth < ZIP_XML_DEPTH)
		xml->open[xml->depth] = xml->name;
	xml->depth++;
	xml->state = TEXT;
	return true;
}

static bool
element_close(struct zip_xml *xml)
{
	if (xml->depth == 0)
		return false;
	xml->depth--;
	return xml->depth >= ZIP_XML_DEPTH || xml->open[xml->depth] == xml->name;
}

/* What may follow a name or a value inside a tag. */
static bool
tag_step(struct zip_xml *xml, unsigned char c)
{
	if (is_space(c))
		xml->state = ATTRIBUTES;
	else if (c == '/')
		xml->state = EMPTY;
	else if (c == '>')
		return element_open(xml);
	else
		return false;
	return true;
}

static bool
open_step(struct zip_xml *xml, unsigned char c)
{
	xml->name = 2166136261u;
	if (c == '/')
		xml->state = END_NAME;
	else if (c == '?')
		xml->state = INSTRUCTION;
	else if (c == '!')
		xml->is_off = true;
	else if (is_name_char(c)) {
		name_add(xml, c);
		xml->state = NAME;
	} else
		return false;
	return true;
}

static bool
attribute_step(struct zip_xml *xml, unsigned char c)
{
	switch (xml->state) {
	case ATTRIBUTES:
		if (!is_name_char(c))
			return tag_step(xml, c);
		xml->state = ATTRIBUTE;
		return true;
	case ATTRIBUTE:
		if (c == '=')
			xml->state = EQUALS;
		return c == '=' || is_name_char(c);
	case EQUALS:
		xml->quote = c;
		xml->state = VALUE;
		return c == '"' || c == '\'';
	default:	/* VALUE */
		if (c == xml->quote)
			xml->state = VALUE_END;
		return c != '<';
	}
}

static bool
step(struct zip_xml *xml, unsigned char c)
{
	switch (xml->state) {
	case TEXT:
		if (c == '<')
			xml->state = OPEN;
		return c == '<' || xml->depth > 0 || is_space(c) || c >= 0x80;
	case OPEN:
		return open_step(xml, c);
	case NAME:
		if (!is_name_char(c))
			return tag_step(xml, c);
		name_add(xml, c);
		return true;
	case VALUE_END:
		return tag_step(xml, c);
	case EMPTY:
		xml->state = TEXT;
		return c == '>';
	case END_NAME:
		if (is_name_char(c)) {
			name_add(xml, c);
			return true;
		}
		xml->state = c == '>' ? TEXT : END_SPACE;
		return (c == '>' || is_space(c)) && element_close(xml);
	case END_SPACE:
		if (c == '>')
			xml->state = TEXT;
		return c == '>' || is_space(c);
	case INSTRUCTION:
	case INSTRUCTION_END:
		xml->state = c == '?' ? INSTRUCTION_END :
		    c == '>' && xml->state == INSTRUCTION_END ? TEXT : INSTRUCTION;
		return true;
	default:
		return attribute_step(xml, c);
	}
}

/* How many bytes from i on are ASCII that changes nothing: most of a text, and of a value. */
static size_t
plain_count(const struct zip_xml *xml, struct rmn_bytes text, size_t i)
{
	unsigned char quote = xml->state == VALUE ? xml->quote : '<';
	size_t from = i;

	if (xml->utf8_left > 0 || !(xml->state == VALUE || (xml->state == TEXT && xml->depth > 0)))
		return 0;
	while (i < text.size && text.data[i] >= 0x20 && text.data[i] < 0x80 &&
	    text.data[i] != '<' && text.data[i] != quote)
		i++;
	return i - from;
}

bool
zip_xml_feed(struct zip_xml *xml, struct rmn_bytes text)
{
	if (xml->size_bytes == 0 && text.size > 0 && (text.data[0] >= 0xfe || text.data[0] == 0))
		xml->is_off = true;	/* UTF-16 */
	for (size_t i = 0; i < text.size && !xml->is_off && !xml->is_bad; i++) {
		i += plain_count(xml, text, i);
		if (i < text.size)
			xml->is_bad = !is_character(xml, text.data[i]) || !step(xml, text.data[i]);
	}
	xml->size_bytes += text.size;
	return !xml->is_bad;
}
