/* SPDX-License-Identifier: MIT
 *
 * A pull scanner for XML and HTML that goes on after damage.
 *
 * It checks nothing that a reader of evidence does not need: no well-formedness, no name spaces
 * (names come without their prefix), no entity definitions, which also means that there is no
 * entity to expand into a bomb.  Everything it gives is borrowed from the window it reads. */
#ifndef RMN_FORMAT_MARKUP_H
#define RMN_FORMAT_MARKUP_H

#include <string.h>

#include "base/buf.h"
#include "base/bytes.h"

enum rmn_markup_kind {
	RMN_MARKUP_TEXT,	/* body: characters with entities */
	RMN_MARKUP_CDATA,	/* body: characters as they are */
	RMN_MARKUP_START,	/* name; body: attributes; is_empty for <a/> */
	RMN_MARKUP_END,		/* name */
	RMN_MARKUP_COMMENT,	/* body */
	RMN_MARKUP_PI,		/* body: "xml version=..." */
	RMN_MARKUP_DOCTYPE,	/* body */
};

struct rmn_markup_token {
	enum rmn_markup_kind kind;
	bool is_empty;
	struct rmn_bytes name;	/* local part */
	struct rmn_bytes prefix;	/* what stood before the colon; empty when nothing did */
	struct rmn_bytes body;
};

/* Start with {.bytes = window, .is_final = ...}. */
struct rmn_markup {
	struct rmn_bytes bytes;
	size_t at;
	bool is_final;		/* nothing follows this window */
	bool is_damaged;	/* something was not markup as it should be */
	bool in_cdata;
	bool ignore_quotes;	/* after a quote that never closed */
	bool ignore_brackets;	/* after a document type that never closed */
	const char *raw_until;	/* HTML: text up to this end tag is not markup; NULL elsewhere */
};

/* The next token; false at the end of the window.  When the window is not final, what lies from
 * `at` on belongs before the next one. */
bool rmn_markup_next(struct rmn_markup *m, struct rmn_markup_token *token);

/* The next attribute of a start tag; moves *at.  Values come with entities, without quotes. */
bool rmn_markup_attribute_next(struct rmn_bytes attributes, size_t *at, struct rmn_bytes *name,
    struct rmn_bytes *value);

/* One attribute by its full name ("r:id"); a name without colon also finds it behind any prefix.
 * HTML names match without regard to case. */
bool rmn_markup_attribute(struct rmn_bytes attributes, const char *name,
    struct rmn_bytes *value);

/* Several attributes of XML in one pass, each by its name behind any prefix, which is not empty: the first
 * that is called so.  values[i].data is NULL where there is no wanted[i]. */
void rmn_markup_attributes(struct rmn_bytes attributes, const struct rmn_bytes *wanted,
    size_t count, struct rmn_bytes *values);

/* Exactly.  Here, so that a literal's length costs nothing: readers ask this of every token. */
static inline __attribute__((always_inline)) bool
rmn_markup_is(struct rmn_bytes name, const char *literal)
{
	size_t size = strlen(literal);

	return name.size == size && memcmp(name.data, literal, size) == 0;
}

bool rmn_markup_is_html(struct rmn_bytes name, const char *lower);	/* in any case */

/* Reads one entity at bytes.data[at] == '&': its code point, and *size what it covers.  0 when it
 * is none of XML, HTML 4 or numeric. */
uint32_t rmn_markup_entity(struct rmn_bytes bytes, size_t at, size_t *size);

/* Appends characters with entities as UTF-8; what is ill-formed becomes U+FFFD. */
void rmn_markup_append(struct rmn_buf *text, struct rmn_bytes body);

#endif
