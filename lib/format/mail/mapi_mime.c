/* SPDX-License-Identifier: MIT */
#include "format/mail/mapi_mime.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/utf8.h"
#include "format/mail/mail_head.h"
#include "format/mail/mapi_words.h"

#define LABELS_KEPT 32u		/* more than there are */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Four characters for three bytes. */
static inline void
quad_write(const unsigned char in[3], char out[4])
{
	uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];

	out[0] = alphabet[bits >> 18];
	out[1] = alphabet[bits >> 12 & 63];
	out[2] = alphabet[bits >> 6 & 63];
	out[3] = alphabet[bits & 63];
}

static size_t
base64_write(struct rmn_bytes in, char *out)
{
	unsigned char last[3] = {0};
	size_t whole = in.size / 3 * 3, left = in.size - whole, used = 0;

	for (size_t i = 0; i < whole; i += 3, used += 4)
		quad_write(in.data + i, out + used);
	if (left == 0)
		return used;
	memcpy(last, in.data + whole, left);
	quad_write(last, out + used);
	memset(out + used + 1 + left, '=', 3 - left);
	return used + 4;
}

static void
put(struct rmn_buf *out, const char *text)
{
	rmn_buf_append_string(out, text);
}

static void
put_base64(struct rmn_buf *out, struct rmn_bytes bytes)
{
	char line[80];

	for (; bytes.size > 0; bytes = rmn_bytes_after(bytes, RMN_MAPI_LINE_BYTES)) {
		rmn_buf_append_data(out, line,
		    base64_write(rmn_bytes_head(bytes, RMN_MAPI_LINE_BYTES), line));
		put(out, "\r\n");
	}
}

static bool
is_plain(struct rmn_bytes word)
{
	for (size_t i = 0; i < word.size; i++)
		if (word.data[i] >= 0x7F || word.data[i] < ' ')
			return false;
	return rmn_bytes_find(word, rmn_bytes_from_string("=?")) == SIZE_MAX;
}

static struct rmn_bytes
word_at(struct rmn_bytes value, size_t at)
{
	size_t end = at;

	while (end < value.size && value.data[end] != ' ')
		end++;
	return (struct rmn_bytes){value.data + at, end - at};
}

/* Encoded words (RFC 2047) for a piece that is not ASCII; folded, so that no line is long. */
static void
put_encoded(struct rmn_buf *out, struct rmn_bytes piece)
{
	while (piece.size > 0) {
		struct rmn_bytes head = rmn_utf8_head(piece, 42);
		char word[80];

		if (head.size == 0)
			head = rmn_bytes_head(piece, 42);
		put(out, "=?UTF-8?B?");
		rmn_buf_append_data(out, word, base64_write(head, word));
		put(out, "?=");
		piece = rmn_bytes_after(piece, head.size);
		if (piece.size > 0)
			put(out, "\r\n ");
	}
}

/* A value: words as they are, those in other scripts encoded together with the spaces between them. */
static void
put_value(struct rmn_buf *out, struct rmn_bytes value)
{
	size_t at = 0;

	while (at < value.size) {
		struct rmn_bytes word = word_at(value, at);
		size_t end = at + word.size;

		if (is_plain(word)) {
			rmn_buf_append(out, word);
		} else {
			while (end < value.size && !is_plain(word_at(value, end + 1)))
				end += 1 + word_at(value, end + 1).size;
			put_encoded(out, (struct rmn_bytes){value.data + at, end - at});
		}
		if (end < value.size)
			rmn_buf_append_char(out, ' ');
		at = end + 1;
	}
}

/* A field name is visible ASCII without a colon (RFC 5322 2.2). */
static bool
name_fits(struct rmn_bytes name)
{
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] <= ' ' || name.data[i] > '~' || name.data[i] == ':')
			return false;
	return name.size > 0;
}

/* What describes parts is ours to say. */
static bool
is_of_parts(struct rmn_bytes name)
{
	return rmn_mail_starts(name, "Content-") || rmn_mail_equal(name, "MIME-Version");
}

static void
put_transport(struct rmn_buf *out, const struct rmn_mail_head *head)
{
	for (size_t i = 0; i < head->count; i++) {
		const struct rmn_mail_field *field = &head->fields[i];
		struct rmn_bytes line, value = field->value;
		size_t at = 0;
		bool is_first = true;

		if (!name_fits(field->name) || is_of_parts(field->name))
			continue;
		rmn_buf_append(out, field->name);
		put(out, ":");
		while (rmn_mail_line(value, '\n', &at, &line)) {
			line = rmn_mail_trim(line);
			if (line.size == 0)
				continue;
			put(out, is_first ? " " : "\r\n ");
			rmn_buf_append(out, line);
			is_first = false;
		}
		put(out, "\r\n");
	}
}

/* Names that were looked for in the header that arrived.  The same few come again with each recipient. */
struct taken {
	const struct rmn_mail_head *head;
	struct {
		const char *label;
		bool is_taken;
	} known[LABELS_KEPT];
	size_t count;
};

static bool
is_taken(struct taken *t, const char *label)
{
	bool is_there;

	for (size_t i = 0; i < t->count; i++)
		if (t->known[i].label == label)
			return t->known[i].is_taken;
	is_there = rmn_mail_head_has(t->head, label);
	if (t->count < LABELS_KEPT) {
		t->known[t->count].label = label;
		t->known[t->count++].is_taken = is_there;
	}
	return is_there;
}

/* All words of the header as it arrived, decoded. */
static void
transport_words(const struct rmn_mapi_message *m, const struct rmn_mail_head *head,
    struct rmn_buf *text, struct rmn_mapi_words *words)
{
	for (size_t i = 0; i < head->count; i++) {
		rmn_mail_value(head->fields[i].value, text);
		rmn_buf_append_char(text, ' ');
	}
	rmn_mapi_words_take(words, rmn_buf_bytes(text), m->arena);
}

/* The values of one name are one field.  A date never differs but in its form. */
static void
put_properties(struct rmn_buf *out, const struct rmn_mapi_message *m,
    const struct rmn_mail_head *head)
{
	struct taken labels = {.head = head};
	const char *open = NULL;
	struct rmn_mapi_words words;
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	transport_words(m, head, &text, &words);
	for (size_t i = 0; i < m->header.count; i++) {
		const struct rmn_mapi_line *line = &m->header.lines[i];
		bool taken = is_taken(&labels, line->label);

		if (taken && (strcmp(line->label, "Date") == 0 ||
		    !rmn_mapi_words_lack(&words, line->value)))
			continue;
		if (open == line->label) {
			put(out, ",\r\n ");
		} else {
			put(out, open ? "\r\n" : "");
			rmn_buf_printf(out, "%s%s: ", taken ? "X-MAPI-" : "", line->label);
		}
		open = line->label;
		put_value(out, line->value);
	}
	put(out, open ? "\r\n" : "");
	rmn_buf_release(&text);
}

static void
put_boundary(struct rmn_buf *out, unsigned depth, const char *end)
{
	rmn_buf_printf(out, "--=_remnant_%u%s\r\n", depth, end);
}

static void
put_part(struct rmn_buf *out, unsigned depth, const char *type, struct rmn_bytes body)
{
	if (body.size == 0)
		return;
	put_boundary(out, depth, "");
	rmn_buf_printf(out, "Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n", type);
	put_base64(out, body);
}

static void
put_bodies(struct rmn_buf *out, const struct rmn_mapi_message *m, unsigned depth)
{
	struct rmn_buf fields;

	rmn_buf_init(&fields, 0);
	for (size_t i = 0; i < m->fields.count; i++) {
		const struct rmn_mapi_line *line = &m->fields.lines[i];

		rmn_buf_append(&fields, line->label ? rmn_bytes_from_string(line->label) : line->name);
		put(&fields, ": ");
		rmn_buf_append(&fields, line->value);
		put(&fields, "\r\n");
	}
	out->failed |= fields.failed;
	put_part(out, depth, "text/plain; charset=utf-8", rmn_buf_bytes(&fields));
	rmn_buf_release(&fields);
	put_part(out, depth, "text/plain; charset=utf-8", m->plain);
	if (m->html_text.size > 0 && m->plain.size > 0)
		put_part(out, depth, "text/plain; charset=utf-8", m->html_text);
	else if (m->html_text.size > 0)
		put_part(out, depth, rmn_bytes_start_with(m->html, "\xEF\xBB\xBF") ?
		    "text/html; charset=utf-8" : "text/html", m->html);
	put_part(out, depth, "text/plain; charset=utf-8", m->rtf_text);
	put_part(out, depth, "application/rtf; name=body.rtf", m->rtf);
}

bool
rmn_mapi_mime_init(struct rmn_mapi_mime *mime, const struct rmn_mapi_message *message,
    const struct rmn_mapi_source *source, unsigned depth)
{
	struct rmn_mail_head head;
	struct rmn_buf out;

	memset(mime, 0, sizeof(*mime));
	mime->message = message;
	mime->source = source;
	mime->depth = depth;
	mime->result = message->failed ? RMN_LIMIT : message->damage ? RMN_CORRUPT : RMN_OK;
	if (!rmn_mail_head_read(message->transport, rmn_mail_line_end(message->transport),
	    message->arena, &head))
		return false;
	rmn_buf_init(&out, 0);
	put_transport(&out, &head);
	put_properties(&out, message, &head);
	if (name_fits(message->message_class)) {
		put(&out, "X-Message-Class: ");
		rmn_buf_append(&out, message->message_class);
		put(&out, "\r\n");
	}
	rmn_buf_printf(&out, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n"
	    " boundary=\"=_remnant_%u\"\r\n\r\n", depth);
	put_bodies(&out, message, depth);
	mime->pending = rmn_arena_copy(message->arena, rmn_buf_bytes(&out));
	rmn_buf_release(&out);
	return !out.failed && mime->pending.data;
}

/* RFC 2231: the name in UTF-8, percent-encoded where it must be. */
static void
put_name(struct rmn_buf *out, struct rmn_bytes name)
{
	put(out, "filename*=UTF-8''");
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = name.data[i];

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' ||
		    c == '-' || c == '_')
			rmn_buf_append_char(out, (char)c);
		else
			rmn_buf_printf(out, "%%%02X", c);
	}
}

static void
note(struct rmn_mapi_mime *mime, enum rmn_status status)
{
	if (mime->result == RMN_OK)
		mime->result = status;
}

/* Opens the next attachment and writes its header; the end when there is none. */
static void
attachment_start(struct rmn_mapi_mime *mime, struct rmn_error *error)
{
	struct rmn_mapi_attachment *a = &mime->attachment;
	struct rmn_buf out;
	enum rmn_status status;

	rmn_buf_init(&out, 0);
	if (mime->next == mime->source->count) {
		put_boundary(&out, mime->depth, "--");
		mime->is_over = true;
	} else {
		*a = (struct rmn_mapi_attachment){.size_bytes = UINT64_MAX};
		status = mime->source->open(mime->source->state, mime->next++, a, error);
		if (status != RMN_OK) {
			note(mime, status);
			return;
		}
		mime->is_open = true;
		mime->is_message = a->media_type && strcmp(a->media_type, "message/rfc822") == 0;
		put_boundary(&out, mime->depth, "");
		rmn_buf_printf(&out, "Content-Type: %s\r\nContent-Disposition: attachment;\r\n ",
		    a->media_type ? a->media_type : "application/octet-stream");
		put_name(&out, a->name);
		rmn_buf_printf(&out, "\r\nContent-Transfer-Encoding: %s\r\n\r\n",
		    mime->is_message ? "8bit" : "base64");
	}
	mime->pending = rmn_arena_copy(mime->message->arena, rmn_buf_bytes(&out));
	if (out.failed || !mime->pending.data) {
		note(mime, rmn_fail(error, RMN_LIMIT, "item outgrows its memory"));
		mime->is_over = true;
	}
	rmn_buf_release(&out);
}

/* The next piece of the open attachment; lines are full but for the last. */
static void
attachment_go_on(struct rmn_mapi_mime *mime, struct rmn_error *error)
{
	struct rmn_member_reader *reader = &mime->attachment.reader;
	size_t used = 0, got = 0, written = 0;
	enum rmn_status status = RMN_OK;

	while (used < sizeof(mime->raw) && status == RMN_OK) {
		status = reader->read(reader->state, mime->raw + used, sizeof(mime->raw) - used, &got,
		    error);
		used += status == RMN_OK ? got : 0;
	}
	if (status != RMN_OK) {
		mime->is_open = false;
		if (status != RMN_END)
			note(mime, status);
	}
	if (mime->is_message) {
		mime->pending = (struct rmn_bytes){mime->raw, used};
		return;
	}
	for (size_t i = 0; i < used; i += RMN_MAPI_LINE_BYTES) {
		written += base64_write((struct rmn_bytes){mime->raw + i,
		    rmn_min_size(RMN_MAPI_LINE_BYTES, used - i)}, mime->line + written);
		mime->line[written++] = '\r';
		mime->line[written++] = '\n';
	}
	mime->pending = (struct rmn_bytes){(const unsigned char *)mime->line, written};
}

static enum rmn_status
mime_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct rmn_mapi_mime *mime = state;
	struct rmn_bytes piece;

	*got = 0;
	while (mime->pending.size == 0) {
		if (mime->is_over)
			return mime->result == RMN_OK ? RMN_END : rmn_fail(error, mime->result, "%s",
			    mime->message->damage ? mime->message->damage :
			    "a part of the message is missing");
		if (mime->is_open)
			attachment_go_on(mime, error);
		else
			attachment_start(mime, error);
	}
	piece = rmn_bytes_head(mime->pending, size);
	memcpy(buffer, piece.data, piece.size);
	mime->pending = rmn_bytes_after(mime->pending, piece.size);
	*got = piece.size;
	return RMN_OK;
}

struct rmn_member_reader
rmn_mapi_mime_reader(struct rmn_mapi_mime *mime)
{
	return (struct rmn_member_reader){mime_read, mime};
}
