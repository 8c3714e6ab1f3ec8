/* SPDX-License-Identifier: MIT */
#include "format/markup/html_elements.h"

#include <string.h>

#define NAME_MAX_BYTES 12u

struct element_row {
	char name[NAME_MAX_BYTES];
	enum html_element element;
};

/* In the order of their lengths; sizes[n] is where those of n bytes start. */
static const struct element_row rows[] = {
	{"a", HTML_A}, {"p", HTML_PARAGRAPH},
	{"br", HTML_BREAK}, {"dd", HTML_BLOCK}, {"dl", HTML_BLOCK}, {"dt", HTML_BLOCK},
	{"h1", HTML_BLOCK}, {"h2", HTML_BLOCK}, {"h3", HTML_BLOCK}, {"h4", HTML_BLOCK},
	{"h5", HTML_BLOCK}, {"h6", HTML_BLOCK}, {"hr", HTML_BLOCK}, {"li", HTML_BLOCK},
	{"ol", HTML_BLOCK}, {"rp", HTML_READING}, {"rt", HTML_READING}, {"td", HTML_CELL},
	{"th", HTML_CELL}, {"tr", HTML_ROW}, {"ul", HTML_BLOCK},
	{"div", HTML_PARAGRAPH}, {"nav", HTML_BLOCK}, {"pre", HTML_PRE},
	{"body", HTML_BODY}, {"form", HTML_BLOCK}, {"head", HTML_BLOCK}, {"main", HTML_BLOCK},
	{"meta", HTML_META},
	{"aside", HTML_BLOCK}, {"frame", HTML_BLOCK}, {"input", HTML_INPUT},
	{"style", HTML_STYLE}, {"table", HTML_BLOCK}, {"title", HTML_TITLE},
	{"center", HTML_BLOCK}, {"footer", HTML_BLOCK}, {"header", HTML_BLOCK},
	{"iframe", HTML_BLOCK}, {"legend", HTML_BLOCK}, {"option", HTML_BLOCK},
	{"script", HTML_SCRIPT}, {"select", HTML_BLOCK},
	{"address", HTML_BLOCK}, {"article", HTML_BLOCK}, {"caption", HTML_BLOCK},
	{"section", HTML_BLOCK},
	{"fieldset", HTML_BLOCK}, {"textarea", HTML_TEXTAREA},
	{"blockquote", HTML_BLOCK},
};

static const unsigned char sizes[NAME_MAX_BYTES + 1] = {
	0, 0, 2, 21, 24, 29, 35, 43, 47, 49, 49, 50, 50,
};

enum html_element
html_element_find(struct rmn_bytes name)
{
	char lower[NAME_MAX_BYTES] = "";

	if (name.size == 0 || name.size >= NAME_MAX_BYTES)
		return HTML_INLINE;
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = name.data[i];

		lower[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	for (size_t i = sizes[name.size]; i < sizes[name.size + 1]; i++)
		if (rows[i].name[0] == lower[0] &&
		    memcmp(rows[i].name, lower, NAME_MAX_BYTES) == 0)
			return rows[i].element;
	return HTML_INLINE;
}
