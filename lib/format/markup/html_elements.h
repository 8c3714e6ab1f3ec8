/* SPDX-License-Identifier: MIT
 *
 * What HTML elements do to the lines of their text. */
#ifndef RMN_FORMAT_HTML_ELEMENTS_H
#define RMN_FORMAT_HTML_ELEMENTS_H

#include "base/bytes.h"

enum html_element {
	HTML_INLINE = 0,	/* everything that is not below */
	HTML_A,
	HTML_BLOCK,		/* a line of its own */
	HTML_BODY,
	HTML_BREAK,
	HTML_CELL,
	HTML_INPUT,
	HTML_META,
	HTML_PARAGRAPH,		/* a line of its own, but a space inside a cell */
	HTML_PRE,
	HTML_READING,		/* kana over kanji */
	HTML_ROW,
	HTML_SCRIPT,
	HTML_STYLE,
	HTML_TEXTAREA,
	HTML_TITLE,
};

enum html_element html_element_find(struct rmn_bytes name);

#endif
