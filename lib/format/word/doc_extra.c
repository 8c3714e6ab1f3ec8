/* SPDX-License-Identifier: MIT
 *
 * Names and paths in the table stream: who saved the document where, its template, who revised it,
 * who wrote comments, variables of its macros.  Lists of strings are STTBs (MS-DOC 2.2.4). */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "charset/charset.h"
#include "format/codepage.h"
#include "format/word/doc.h"

#define EXTENDED 0xFFFFu
#define STRINGS_MAX 4096u
#define REFERENCE_BYTES 30u		/* ATRDPre10 */
#define REFERENCE_BYTES_OLD 20u
#define REFERENCE_AUTHOR_AT 20u
#define REFERENCE_AUTHOR_AT_OLD 10u

struct strings {
	struct rmn_cursor c;
	bool is_wide;
	uint16_t extra_bytes;
	size_t left;
};

static bool
strings_open(const struct rmn_doc *doc, struct rmn_bytes bytes, struct strings *s)
{
	uint16_t mark, count;

	*s = (struct strings){.c = rmn_cursor_over(bytes)};
	if (!rmn_cursor_le16(&s->c, &mark))
		return false;
	s->is_wide = mark == EXTENDED;
	if (doc->fib.is_old) {
		s->left = STRINGS_MAX;		/* mark is the size in bytes */
		return true;
	}
	if (s->is_wide && !rmn_cursor_le16(&s->c, &count))
		return false;
	s->left = s->is_wide ? count : mark;
	return rmn_cursor_le16(&s->c, &s->extra_bytes);
}

/* Appends characters as UTF-8. */
static void
decode(const struct rmn_doc *doc, struct rmn_bytes bytes, bool is_wide, struct rmn_buf *utf8)
{
	if (is_wide)
		rmn_charset_decode(bytes, RMN_UTF16LE, utf8, NULL);
	else
		rmn_codepage_decode(doc->fib.page, bytes, utf8);
	if (utf8->failed && doc->flows.text->status == RMN_OK)
		doc->flows.text->status = rmn_fail(doc->ole->error, RMN_NOMEM, "out of memory");
}

static bool
counted_read(const struct rmn_doc *doc, struct rmn_cursor *c, bool is_wide, struct rmn_buf *utf8)
{
	struct rmn_bytes bytes;
	uint16_t wide;
	uint8_t narrow;

	if (is_wide ? !rmn_cursor_le16(c, &wide) : !rmn_cursor_u8(c, &narrow))
		return false;
	if (!rmn_cursor_take(c, is_wide ? (size_t)wide * 2 : narrow, &bytes))
		return false;
	rmn_buf_clear(utf8);
	decode(doc, bytes, is_wide, utf8);
	return true;
}

static bool
strings_next(const struct rmn_doc *doc, struct strings *s, struct rmn_buf *utf8)
{
	if (s->left == 0 || !counted_read(doc, &s->c, s->is_wide, utf8))
		return false;
	s->left--;
	return rmn_cursor_skip(&s->c, s->extra_bytes);
}

static void
property_give(struct rmn_doc *doc, enum rmn_property property, const char *name,
    const struct rmn_buf *value)
{
	rmn_text_property_plain(doc->flows.text, doc->arena, property, name,
	    rmn_buf_bytes(value));
}

/* SttbfAssoc.  Title and people are in the property set too, but for Word 6 documents whose set
 * was lost. */
static void
associated_give(struct rmn_doc *doc)
{
	static const struct {
		size_t number;
		enum rmn_property property;
		const char *name;
		bool is_in_set;
	} rows[] = {
		{1, RMN_PROPERTY_OTHER, "template_path", false},
		{2, RMN_PROPERTY_TITLE, NULL, true}, {3, RMN_PROPERTY_SUBJECT, NULL, true},
		{4, RMN_PROPERTY_KEYWORDS, NULL, true}, {5, RMN_PROPERTY_OTHER, "comment", true},
		{6, RMN_PROPERTY_AUTHOR, NULL, true}, {7, RMN_PROPERTY_LAST_AUTHOR, NULL, true},
		{8, RMN_PROPERTY_OTHER, "mail_merge_data", false},
		{9, RMN_PROPERTY_OTHER, "mail_merge_header", false},
		{17, RMN_PROPERTY_OTHER, "write_password", false},
	};
	bool has_set = rmn_cfb_find(doc->ole->cfb, 0, "\5SummaryInformation");
	struct rmn_buf value;
	struct strings s;

	if (!strings_open(doc, rmn_doc_table(doc, RMN_DOC_ASSOCIATED), &s))
		return;
	rmn_buf_init(&value, 0);
	for (size_t n = 0; strings_next(doc, &s, &value); n++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (rows[i].number == n && !(rows[i].is_in_set && has_set))
				property_give(doc, rows[i].property, rows[i].name, &value);
	rmn_buf_release(&value);
}

/* Pairs of a person and the path that the document was saved to, the oldest first. */
static void
saved_by_give(struct rmn_doc *doc)
{
	struct rmn_buf author, path;
	struct strings s;

	if (!strings_open(doc, rmn_doc_table(doc, RMN_DOC_SAVED_BY), &s))
		return;
	rmn_buf_init(&author, 0);
	rmn_buf_init(&path, 0);
	while (strings_next(doc, &s, &author) && strings_next(doc, &s, &path)) {
		rmn_buf_append_string(&author, ": ");
		rmn_buf_append(&author, rmn_buf_bytes(&path));
		property_give(doc, RMN_PROPERTY_OTHER, "saved_by", &author);
	}
	rmn_buf_release(&author);
	rmn_buf_release(&path);
}

static void
revisers_give(struct rmn_doc *doc)
{
	struct rmn_buf name;
	struct strings s;

	if (!strings_open(doc, rmn_doc_table(doc, RMN_DOC_REVISERS), &s))
		return;
	rmn_buf_init(&name, 0);
	while (strings_next(doc, &s, &name))
		if (!rmn_bytes_equal(rmn_buf_bytes(&name), rmn_bytes_from_string("Unknown")))
			property_give(doc, RMN_PROPERTY_OTHER, "reviser", &name);
	rmn_buf_release(&name);
}

/* StwUser: all names, then all values, each with a zero behind it. */
static void
variables_give(struct rmn_doc *doc)
{
	struct strings names, values;
	struct rmn_buf name, value;
	uint16_t zero;

	if (doc->fib.is_old ||
	    !strings_open(doc, rmn_doc_table(doc, RMN_DOC_VARIABLES), &names))
		return;
	values = names;
	rmn_buf_init(&name, 0);
	rmn_buf_init(&value, 0);
	while (strings_next(doc, &values, &value))
		continue;
	while (strings_next(doc, &names, &name) && counted_read(doc, &values.c, true, &value) &&
	    rmn_cursor_le16(&values.c, &zero))
		property_give(doc, RMN_PROPERTY_OTHER, rmn_buf_string(&name), &value);
	rmn_buf_release(&name);
	rmn_buf_release(&value);
}

void
rmn_doc_extra_give(struct rmn_doc *doc)
{
	associated_give(doc);
	saved_by_give(doc);
	revisers_give(doc);
	variables_give(doc);
}

/* GrpXstAtnOwners, once: comments lead to its names by number. */
static void
owners_read(struct rmn_doc *doc)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_doc_table(doc, RMN_DOC_COMMENT_AUTHORS));
	struct rmn_bytes name;
	uint16_t wide = 0;
	uint8_t narrow = 0;

	doc->owners = rmn_arena_alloc(doc->arena, STRINGS_MAX, sizeof(*doc->owners));
	if (!doc->owners)
		doc->flows.text->status = rmn_fail(doc->ole->error, RMN_LIMIT,
		    "item outgrows its memory");
	while (doc->owners && doc->owner_count < STRINGS_MAX &&
	    (doc->fib.is_old ? rmn_cursor_u8(&c, &narrow) : rmn_cursor_le16(&c, &wide)) &&
	    rmn_cursor_take(&c, doc->fib.is_old ? narrow : (size_t)wide * 2, &name))
		doc->owners[doc->owner_count++] = name;
}

static bool
owner_read(struct rmn_doc *doc, size_t number, struct rmn_buf *name)
{
	if (!doc->owners)
		owners_read(doc);
	if (number >= doc->owner_count)
		return false;
	decode(doc, doc->owners[number], !doc->fib.is_old, name);
	return true;
}

void
rmn_doc_comment_author_give(struct rmn_doc *doc, size_t number)
{
	struct rmn_bytes plc = rmn_doc_table(doc, RMN_DOC_COMMENT_REFERENCES);
	size_t size = doc->fib.is_old ? REFERENCE_BYTES_OLD : REFERENCE_BYTES;
	size_t count = plc.size < 4 ? 0 : (plc.size - 4) / (4 + size);
	struct rmn_cursor c = rmn_cursor_over(plc);
	struct rmn_buf name;
	uint16_t owner;

	if (number >= count || !rmn_cursor_seek(&c, (count + 1) * 4 + number * size))
		return;
	rmn_buf_init(&name, 0);
	c = rmn_cursor_over(rmn_bytes_head(rmn_bytes_after(plc, c.offset), size));
	if (!rmn_cursor_skip(&c, doc->fib.is_old ? REFERENCE_AUTHOR_AT_OLD : REFERENCE_AUTHOR_AT) ||
	    !rmn_cursor_le16(&c, &owner) || !owner_read(doc, owner, &name)) {
		/* the initials are better than nobody */
		rmn_cursor_seek(&c, 0);
		rmn_buf_clear(&name);
		counted_read(doc, &c, !doc->fib.is_old, &name);
	}
	rmn_flow_line(&doc->flows, RMN_FLOW_COMMENT, rmn_buf_bytes(&name));
	rmn_buf_release(&name);
}
