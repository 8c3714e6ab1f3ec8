/* SPDX-License-Identifier: MIT
 *
 * Folders of Outlook Express 5 and 6: a tree names an index entry for each message, and that its first
 * segment.  The other databases of the program (Folders.dbx, Pop3uidl.dbx) have the tree without
 * messages: their strings are rows. */
#include "format/mail/dbx.h"

#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/utf8.h"
#include "format/mail/mail_head.h"

#define ENTRY_COUNT_AT 0xC4u
#define ROOT_AT 0xE4u
#define NODE_BYTES 0x27Cu
#define NODE_HEADER 24u
#define NODE_ENTRIES_MAX 51u
#define DEPTH_MAX 64u
#define ENTRY_BYTES_MAX 16384u
#define NAME_BYTES_MAX 80u

enum { VALUE_ADDRESS = 4, VALUE_SUBJECT = 8, VALUE_IN_PLACE = 0x80 };

/* What the text values of a message's entry are. */
static const uint8_t row_values[] = {0x08, 0x0D, 0x0E, 0x13, 0x14, 0x07, 0x1A};

struct entry {
	struct rmn_bytes values;	/* four bytes each: number and place */
	struct rmn_bytes data;
};

/* An index entry into buffer; false when it is none. */
static bool
entry_read(struct rmn_dbx *d, uint32_t offset, unsigned char *buffer, struct entry *e)
{
	unsigned char h[12];
	struct rmn_bytes all;
	size_t got, size;

	if (rmn_blob_read(d->content, offset, h, sizeof(h), &got, NULL) != RMN_OK ||
	    got < sizeof(h) || rmn_le32(h) != offset)
		return false;
	size = rmn_min_size(rmn_le32(h + 4), ENTRY_BYTES_MAX);
	if (rmn_blob_read(d->content, (uint64_t)offset + sizeof(h), buffer, size, &got, NULL) !=
	    RMN_OK || got < (size_t)h[10] * 4)
		return false;
	all = (struct rmn_bytes){buffer, got};
	e->values = rmn_bytes_head(all, (size_t)h[10] * 4);
	e->data = rmn_bytes_after(all, e->values.size);
	return true;
}

static const unsigned char *
value_find(const struct entry *e, unsigned number)
{
	for (size_t i = 0; i + 4 <= e->values.size; i += 4)
		if ((e->values.data[i] & 0x7Fu) == number)
			return e->values.data + i;
	return NULL;
}

static uint32_t
value_number(const struct entry *e, unsigned number)
{
	const unsigned char *value = value_find(e, number);
	struct rmn_bytes at;

	if (!value)
		return 0;
	if (value[0] & VALUE_IN_PLACE)
		return rmn_le32(value) >> 8;
	at = rmn_bytes_after(e->data, rmn_le32(value) >> 8);
	return at.size >= 4 ? rmn_le32(at.data) : 0;
}

static struct rmn_bytes
value_string(const struct entry *e, const unsigned char *value)
{
	struct rmn_bytes at = {NULL, 0};
	const unsigned char *end;

	if (!value || (value[0] & VALUE_IN_PLACE))
		return at;
	at = rmn_bytes_after(e->data, rmn_le32(value) >> 8);
	end = at.size > 0 ? memchr(at.data, '\0', at.size) : NULL;
	return end ? rmn_bytes_head(at, (size_t)(end - at.data)) : (struct rmn_bytes){NULL, 0};
}

static void
string_append(struct rmn_buf *out, struct rmn_bytes string)
{
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	rmn_mail_charset(string, (struct rmn_bytes){NULL, 0}, &utf8);
	rmn_buf_append(out, rmn_buf_bytes(&utf8));
	out->failed |= utf8.failed;
	rmn_buf_release(&utf8);
}

/* A row of an entry that has no message: those of IMAP and news have headers only. */
static void
row_put(struct rmn_dbx *d, const struct entry *e, bool is_message)
{
	size_t count = is_message ? sizeof(row_values) : e->values.size / 4;
	struct rmn_buf row;

	rmn_buf_init(&row, 0);
	for (size_t i = 0; i < count; i++) {
		struct rmn_bytes string = value_string(e, is_message ? value_find(e, row_values[i]) :
		    e->values.data + i * 4);
		struct rmn_charset_guess guess;

		if (string.size == 0)
			continue;
		guess = rmn_charset_guess(string);
		if (!is_message && (!guess.is_text || string.size < 2))
			continue;	/* numbers are kept alike */
		if (row.size > 0)
			rmn_buf_append_char(&row, '\t');
		string_append(&row, string);
	}
	rmn_text_put(&d->text, rmn_buf_bytes(&row));
	rmn_text_newline(&d->text);
	if (row.failed)
		d->text.status = rmn_fail(d->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&row);
}

static enum rmn_status
message_pass(struct rmn_dbx *d, const struct entry *e, uint32_t address)
{
	struct rmn_buf name, subject;
	enum rmn_status status;

	rmn_buf_init(&name, 0);
	rmn_buf_init(&subject, 0);
	string_append(&subject, value_string(e, value_find(e, VALUE_SUBJECT)));
	rmn_buf_printf(&name, "%06lu ", ++d->count);
	for (size_t i = 0; i < rmn_utf8_head(rmn_buf_bytes(&subject), NAME_BYTES_MAX).size; i++) {
		unsigned char c = subject.data[i];

		rmn_buf_append_char(&name, c < ' ' || c == '/' || c == '\\' ? '_' : (char)c);
	}
	rmn_buf_append_string(&name, ".eml");
	status = name.failed || subject.failed ? rmn_fail(d->error, RMN_NOMEM, "out of memory") :
	    rmn_dbx_message(d, address, false, rmn_buf_bytes(&name));
	rmn_buf_release(&name);
	rmn_buf_release(&subject);
	return status;
}

static enum rmn_status
entry_pass(struct rmn_dbx *d, uint32_t offset, unsigned char *buffer, bool is_messages)
{
	struct entry e;
	uint32_t address;

	if ((offset & 3) || offset >= d->content->size_bytes || rmn_dbx_is_seen(d, offset) ||
	    !entry_read(d, offset, buffer, &e)) {
		d->damage = "entries of the index are damaged";
		return RMN_OK;
	}
	rmn_dbx_see(d, offset);
	address = is_messages ? value_number(&e, VALUE_ADDRESS) : 0;
	if (address != 0)
		return message_pass(d, &e, address);
	row_put(d, &e, is_messages);
	return d->text.status;
}

/* One node of the tree: its entries, and the nodes below it onto the stack. */
static enum rmn_status
node_pass(struct rmn_dbx *d, uint32_t at, uint32_t *stack, size_t *depth, unsigned char *buffer,
    bool is_messages)
{
	unsigned char node[NODE_BYTES];
	enum rmn_status status = RMN_OK;
	size_t got;

	if (rmn_blob_read(d->content, at, node, sizeof(node), &got, NULL) != RMN_OK ||
	    got < NODE_HEADER || rmn_le32(node) != at || rmn_dbx_is_seen(d, at)) {
		d->damage = "nodes of the index are damaged";
		return RMN_OK;
	}
	rmn_dbx_see(d, at);
	if (got < NODE_BYTES)
		d->damage = "a node of the index is cut short";
	if (rmn_le32(node + 8) && *depth < DEPTH_MAX * NODE_ENTRIES_MAX)
		stack[(*depth)++] = rmn_le32(node + 8);
	for (unsigned i = 0; status == RMN_OK && i < node[17] && i < NODE_ENTRIES_MAX; i++) {
		const unsigned char *entry = node + NODE_HEADER + i * 12;

		if ((size_t)(entry - node) + 12 > got) {
			d->damage = "nodes of the index are damaged";
			break;
		}
		status = entry_pass(d, rmn_le32(entry), buffer, is_messages);
		if (rmn_le32(entry + 4) == 0)
			continue;
		if (*depth < DEPTH_MAX * NODE_ENTRIES_MAX)
			stack[(*depth)++] = rmn_le32(entry + 4);
		else
			d->damage = "the index is deeper than any";
	}
	return status;
}

static enum rmn_status
index_walk(struct rmn_dbx *d, bool is_messages)
{
	uint32_t *stack = rmn_arena_alloc(d->arena, DEPTH_MAX * NODE_ENTRIES_MAX, sizeof(*stack));
	unsigned char *buffer = rmn_arena_take(d->arena, ENTRY_BYTES_MAX);
	uint32_t root = rmn_dbx_number(d, ROOT_AT);
	enum rmn_status status = RMN_OK;
	size_t depth = 0;

	if (!stack || !buffer)
		return rmn_fail(d->error, RMN_LIMIT, "item outgrows its memory");
	rmn_text_part(&d->text, RMN_PART_SHEET, rmn_bytes_from_string("index"));
	if (root != 0 && rmn_dbx_number(d, ENTRY_COUNT_AT) != 0)
		stack[depth++] = root;
	while (status == RMN_OK && depth > 0)
		if (stack[--depth] < d->content->size_bytes && (stack[depth] & 3) == 0)
			status = node_pass(d, stack[depth], stack, &depth, buffer, is_messages);
		else
			d->damage = "nodes of the index are not there";
	return status;
}

static enum rmn_status
dbx_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_dbx d = {.content = input->content, .sink = sink, .error = error,
	    .arena = input->arena};
	bool is_messages = rmn_bytes_start_with(rmn_bytes_after(input->head, 4), "\xC5\xFD\x74\x6F");
	enum rmn_status status;

	if (d.content->size_bytes < RMN_DBX_HEADER_BYTES)
		d.damage = "the header is cut short";
	if (d.content->size_bytes > UINT32_MAX)
		return rmn_fail(error, RMN_CORRUPT, "larger than such a folder can be");
	d.seen = rmn_arena_alloc(d.arena, (size_t)(d.content->size_bytes / 32) + 1, 1);
	rmn_text_init(&d.text, sink, d.arena, error);
	if (!d.seen || d.text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	status = index_walk(&d, is_messages);
	if (status == RMN_OK)
		status = rmn_dbx_deleted(&d);
	if (rmn_text_flush(&d.text) != RMN_OK)
		return d.text.status;
	return status == RMN_OK && d.damage ? rmn_fail(error, RMN_PARTIAL, "%s", d.damage) : status;
}

static unsigned
dbx_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes class = rmn_bytes_after(input->head, 5);

	if (!rmn_bytes_start_with(input->head, "\xCF\xAD\x12\xFE"))
		return 0;
	return rmn_bytes_start_with(class, "\xFD\x74\x6F") ? 56 : 32;
}

const struct rmn_format rmn_format_dbx = {
	.name = "dbx",
	.title = "Outlook Express folder",
	.media_type = "application/x-outlook-express",
	.kind = RMN_KIND_CONTAINER,
	.claim = dbx_claim,
	.read = dbx_read,
};
