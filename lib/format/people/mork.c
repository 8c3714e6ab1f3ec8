/* SPDX-License-Identifier: MIT
 *
 * Mork, in which Mozilla kept address books (.mab), mail summaries (.msf) and history until 2018: one row of
 * text a row of it.  Names of columns and most values stand in dictionaries before the rows.  Later
 * versions of a row are appended: each comes out. */
#include <string.h>

#include "base/limits.h"
#include "format/format.h"
#include "format/mail/mail_head.h"
#include "format/people/people.h"

/* A hash that was made for it: ids are given in a row, and hardly two meet at one place. */
#define PROBES_MAX 256u

struct entry {
	struct rmn_bytes text;		/* still escaped */
	uint32_t id;
	bool is_used;
};

/* Ids and what they stand for; open addressing, half empty. */
struct dictionary {
	struct entry *entries;
	size_t mask;
};

struct mork {
	struct rmn_bytes bytes;
	size_t at;
	struct dictionary columns, atoms;
	struct rmn_people people;
	struct rmn_buf value;
	size_t literals_left;	/* bytes that values may still stand for, all together */
	bool is_cut;
	bool is_unclosed;	/* no '>' follows: one look is enough */
};

/* Numbers that the program keeps for itself. */
static const char *const dull[] = {"LastModifiedDate", "RecordKey", "PopularityIndex",
	"PreferMailFormat", "AllowRemoteContent", "DbRowID", "LastRecordKey", "PreferDisplayName",
	"LowercasePrimaryEmail"};

/* The entry of this id, or where it is to be; NULL when too many others stand there. */
static struct entry *
entry_find(const struct dictionary *d, uint32_t id)
{
	size_t at = (id * 2654435761u) & d->mask;

	for (unsigned i = 0; i < PROBES_MAX; i++, at = (at + 1) & d->mask)
		if (!d->entries[at].is_used || d->entries[at].id == id)
			return &d->entries[at];
	return NULL;
}

/* There are never more ids than '('. */
static bool
dictionary_init(struct dictionary *d, size_t count, struct rmn_arena *arena)
{
	size_t room = 64;

	while (room < count * 2)
		room *= 2;
	d->mask = room - 1;
	d->entries = rmn_arena_alloc(arena, room, sizeof(*d->entries));
	return d->entries != NULL;
}

static unsigned char
peek(const struct mork *m)
{
	return m->at < m->bytes.size ? m->bytes.data[m->at] : 0;
}

static uint32_t
hex_read(struct mork *m)
{
	uint32_t id = 0;

	for (; rmn_mail_hex(peek(m)) >= 0; m->at++)
		id = id << 4 | (uint32_t)rmn_mail_hex(peek(m));
	return id;
}

/* A literal up to its ')'. */
static struct rmn_bytes
literal_read(struct mork *m)
{
	size_t start = m->at;

	while (m->at < m->bytes.size && peek(m) != ')')
		m->at += peek(m) == '\\' ? 2 : 1;
	m->is_cut |= m->at >= m->bytes.size;
	if (m->at > m->bytes.size)
		m->at = m->bytes.size;
	return (struct rmn_bytes){m->bytes.data + start, m->at - start};
}

/* "$E5" is a byte, '\' makes the next character itself, and joins lines. */
static void
literal_decode(struct rmn_bytes text, struct rmn_buf *utf8)
{
	struct rmn_buf raw;

	rmn_buf_init(&raw, 0);
	for (size_t i = 0; i < text.size; i++) {
		unsigned char c = text.data[i];

		if (c == '$' && text.size - i > 2 && rmn_mail_hex(text.data[i + 1]) >= 0 &&
		    rmn_mail_hex(text.data[i + 2]) >= 0) {
			c = (unsigned char)(rmn_mail_hex(text.data[i + 1]) << 4 |
			    rmn_mail_hex(text.data[i + 2]));
			i += 2;
		} else if (c == '\\' && i + 1 < text.size) {
			c = text.data[++i];
			if (c == '\r' && i + 1 < text.size && text.data[i + 1] == '\n')
				i++;
			if (c == '\r' || c == '\n')
				continue;
		}
		rmn_buf_append_char(&raw, (char)c);
	}
	rmn_mail_charset(rmn_buf_bytes(&raw), (struct rmn_bytes){NULL, 0}, utf8);
	utf8->failed |= raw.failed;
	rmn_buf_release(&raw);
}

/* "<(80=value)(81=...)>"; "<(a=c)>" inside says that these are columns. */
static void
dictionary_read(struct mork *m)
{
	struct dictionary *into = &m->atoms;

	for (m->at++; m->at < m->bytes.size && peek(m) != '>'; m->at++) {
		struct rmn_bytes rest = rmn_bytes_after(m->bytes, m->at);

		if (peek(m) == '<') {
			size_t end = m->is_unclosed ? SIZE_MAX :
			    rmn_bytes_find(rest, rmn_bytes_from_string(">"));

			if (end == SIZE_MAX) {
				m->is_unclosed = m->is_cut = true;
				break;
			}
			if (rmn_bytes_find(rmn_bytes_head(rest, end),
			    rmn_bytes_from_string("a=c")) != SIZE_MAX)
				into = &m->columns;
			m->at += end;
		} else if (peek(m) == '(') {
			struct rmn_bytes text;
			struct entry *entry;
			uint32_t id;

			m->at++;
			id = hex_read(m);
			if (peek(m) == '=')
				m->at++;
			text = literal_read(m);
			entry = entry_find(into, id);
			if (entry)
				*entry = (struct entry){text, id, true};
			m->is_cut |= !entry;
		} else if (rmn_bytes_start_with(rest, "//")) {
			while (m->at < m->bytes.size && peek(m) != '\n' && peek(m) != '\r')
				m->at++;
		}
	}
	m->is_cut |= m->at >= m->bytes.size;
}

/* "^82" stands for an entry of a dictionary. */
static struct rmn_bytes
reference_read(struct mork *m, const struct dictionary *dictionary)
{
	const struct entry *entry;

	m->at++;
	entry = entry_find(dictionary, hex_read(m));
	return entry ? entry->text : (struct rmn_bytes){NULL, 0};
}

/* "(^82^81)" or "(^82=value)". */
static void
cell_read(struct mork *m)
{
	struct rmn_bytes column = {NULL, 0}, value = {NULL, 0};

	m->at++;
	if (peek(m) == '^') {
		column = reference_read(m, &m->columns);
	} else {
		column = rmn_bytes_after(m->bytes, m->at);
		column.size = 0;
		for (; m->at < m->bytes.size && !strchr("^=)", peek(m)); m->at++)
			column.size++;
	}
	if (peek(m) == '^')
		value = reference_read(m, &m->atoms);
	else if (peek(m) == '=' && m->at++)
		value = literal_read(m);
	for (size_t i = 0; i < sizeof(dull) / sizeof(dull[0]); i++)
		if (rmn_mail_equal(column, dull[i]))
			return;
	if (value.size > m->literals_left) {
		m->people.text->status = rmn_fail(m->people.text->error, RMN_LIMIT,
		    "values stand for more text than is followed");
		return;
	}
	m->literals_left -= value.size;
	rmn_buf_clear(&m->value);
	literal_decode(value, &m->value);
	m->people.no_memory |= m->value.failed;
	if (rmn_people_column_of(column) == RMN_PEOPLE_OTHER)
		rmn_people_add_other(&m->people, column, rmn_buf_bytes(&m->value));
	else
		rmn_people_add(&m->people, rmn_people_column_of(column),
		    rmn_buf_bytes(&m->value));
}

/* "[1:^80(^82^81)...]" */
static void
row_read(struct mork *m)
{
	for (m->at++; m->at < m->bytes.size && peek(m) != ']' &&
	    m->people.text->status == RMN_OK; m->at++)
		if (peek(m) == '(')
			cell_read(m);
	m->is_cut |= m->at >= m->bytes.size;
	rmn_people_end(&m->people);
}

static void
file_read(struct mork *m)
{
	for (; m->at < m->bytes.size && m->people.text->status == RMN_OK; m->at++) {
		struct rmn_bytes rest = rmn_bytes_after(m->bytes, m->at);

		if (peek(m) == '<')
			dictionary_read(m);
		else if (peek(m) == '[')
			row_read(m);
		else if (rmn_bytes_start_with(rest, "//"))
			while (m->at < m->bytes.size && peek(m) != '\n' && peek(m) != '\r')
				m->at++;
	}
}

static enum rmn_status
mork_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct mork m = {.literals_left = RMN_LIMIT_TEXT_BYTES};
	struct rmn_text text;
	size_t count = 0;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &m.bytes, error);

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	m.is_cut = status == RMN_PARTIAL;
	for (size_t i = 0; i < m.bytes.size; i++)
		count += m.bytes.data[i] == '(';
	rmn_text_init(&text, sink, input->arena, error);
	if (text.status != RMN_OK || !dictionary_init(&m.columns, count, input->arena) ||
	    !dictionary_init(&m.atoms, count, input->arena))
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	rmn_people_init(&m.people, &text);
	rmn_buf_init(&m.value, 0);
	file_read(&m);
	status = rmn_text_flush(&text);
	rmn_buf_release(&m.value);
	rmn_people_release(&m.people);
	if (status == RMN_OK && m.is_cut)
		return rmn_fail(error, RMN_PARTIAL, "the file is damaged, or ends inside a row");
	return status;
}

static unsigned
mork_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, "// <!-- <mdb:mork:z v=") ? 176 : 0;
}

const struct rmn_format rmn_format_mork = {
	.name = "mork",
	.title = "Mozilla address book or summary (Mork)",
	.media_type = "application/x-mork",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = mork_claim,
	.read = mork_read,
};
