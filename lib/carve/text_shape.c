/* SPDX-License-Identifier: MIT
 *
 * Kinds of text and the machines that follow them. */
#include <string.h>

#include "carve/text_private.h"

struct kind {
	bool (*is_head)(struct rmn_bytes narrow);	/* NULL: never by its head */
	void (*feed)(struct rmn_text_machine *m, struct rmn_bytes narrow);
	void (*end)(const struct rmn_text_machine *m, struct rmn_text_shape *shape);
};

static bool
is_mbox_head(struct rmn_bytes narrow)
{
	return rmn_bytes_start_with(narrow, "From ") && rmn_mail_is_head(narrow);
}

/* In the order in which heads are tried. */
static const struct kind kinds[RMN_TEXT_KIND_COUNT] = {
	[RMN_TEXT_PLAIN] = {NULL, rmn_table_feed, rmn_table_end},
	[RMN_TEXT_MARKUP] = {rmn_markup_is_head, rmn_markup_feed, rmn_markup_end},
	[RMN_TEXT_MAIL] = {rmn_mail_is_head, rmn_mail_feed, rmn_mail_end},
	[RMN_TEXT_MBOX] = {is_mbox_head, rmn_mail_feed, rmn_mail_end},
	[RMN_TEXT_CARD] = {rmn_card_is_head, rmn_card_feed, rmn_card_end},
	[RMN_TEXT_LDIF] = {rmn_ldif_is_head, rmn_table_feed, rmn_table_end},
};

enum rmn_text_kind
rmn_text_kind_of(struct rmn_bytes narrow)
{
	if (is_mbox_head(narrow))
		return RMN_TEXT_MBOX;
	for (unsigned i = 0; i < RMN_TEXT_KIND_COUNT; i++)
		if (kinds[i].is_head && kinds[i].is_head(narrow))
			return (enum rmn_text_kind)i;
	return narrow.size > 0 ? RMN_TEXT_PLAIN : RMN_TEXT_NONE;
}

void
rmn_text_machine_init(struct rmn_text_machine *m, enum rmn_text_kind kind)
{
	memset(m, 0, sizeof(*m));
	m->kind = kind;
	if (kind == RMN_TEXT_MAIL || kind == RMN_TEXT_MBOX) {
		m->as.mail.is_mbox = kind == RMN_TEXT_MBOX;
		m->as.mail.is_header = true;
		m->as.mail.is_after_blank = true;
	}
}

void
rmn_text_machine_feed(struct rmn_text_machine *m, struct rmn_bytes narrow)
{
	size_t solid = narrow.size;

	if (m->kind == RMN_TEXT_NONE)
		return;
	while (solid > 0 && rmn_text_is_space(narrow.data[solid - 1]))
		solid--;
	if (solid > 0)
		m->solid_end = m->at + solid;
	kinds[m->kind].feed(m, narrow);
	m->at += narrow.size;
}

void
rmn_text_machine_end(const struct rmn_text_machine *m, struct rmn_text_shape *shape)
{
	*shape = (struct rmn_text_shape){.extension = "txt"};
	if (m->kind == RMN_TEXT_NONE)
		return;
	kinds[m->kind].end(m, shape);
	if (m->kind == RMN_TEXT_LDIF)
		shape->extension = "ldif";
}

bool
rmn_text_begins(struct rmn_bytes bytes, const char *word)
{
	size_t size = strlen(word);

	if (bytes.size < size)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = bytes.data[i];

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c + ('a' - 'A'));
		if (c != (unsigned char)word[i])
			return false;
	}
	return true;
}

/* ISO-2022-JP: what escapes select, up to the end of the line. */
static unsigned char
narrow_shift(struct rmn_text_narrow *n, unsigned char c)
{
	enum { NONE, ESCAPE, BRACKET };

	if (n->escape == BRACKET) {
		n->is_shifted = c != 'B' && c != 'J' && c != 'H';
		n->escape = NONE;
		return RMN_TEXT_SHIFTED;
	}
	if (n->escape == ESCAPE) {
		n->is_shifted |= c == '$';
		n->escape = c == '(' ? BRACKET : NONE;
		return RMN_TEXT_SHIFTED;
	}
	if (c == 0x1B) {
		n->escape = ESCAPE;
		return RMN_TEXT_SHIFTED;
	}
	if (c == '\n' || c == '\r')
		n->is_shifted = false;
	return n->is_shifted ? RMN_TEXT_SHIFTED : c;
}

static void
narrow_units(struct rmn_text_narrow *n, struct rmn_bytes bytes, struct rmn_buf *narrow)
{
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = bytes.data[i], high, low;

		if (!n->has_half) {
			n->half = c;
			n->has_half = true;
			continue;
		}
		high = n->encoding == RMN_UTF16LE ? c : n->half;
		low = n->encoding == RMN_UTF16LE ? n->half : c;
		n->has_half = false;
		rmn_buf_append_char(narrow, (char)(high ? RMN_TEXT_SHIFTED : low));
	}
}

void
rmn_text_narrow_add(struct rmn_text_narrow *n, struct rmn_bytes bytes, struct rmn_buf *narrow)
{
	if (n->encoding == RMN_UTF16LE || n->encoding == RMN_UTF16BE) {
		narrow_units(n, bytes, narrow);
	} else if (!n->is_shifted && n->escape == 0 && !memchr(bytes.data, 0x1B, bytes.size)) {
		rmn_buf_append(narrow, bytes);
	} else {
		for (size_t i = 0; i < bytes.size; i++)
			rmn_buf_append_char(narrow, (char)narrow_shift(n, bytes.data[i]));
	}
}

bool
rmn_text_reader_feed(struct rmn_text_reader *reader, struct rmn_bytes bytes,
    struct rmn_buf *narrowed)
{
	rmn_buf_clear(narrowed);
	rmn_text_narrow_add(&reader->narrow, bytes, narrowed);
	rmn_text_machine_feed(&reader->machine, rmn_buf_bytes(narrowed));
	return !narrowed->failed;
}
