/* SPDX-License-Identifier: MIT
 *
 * Mailboxes of many messages in one file: each message becomes a member.  Before each stands a line that
 * starts with "From " (mboxo, mboxrd, mboxcl; RFC 4155), or behind each one with a lone "." (Becky!).
 * Read once, line by line, through a window: a mailbox may be larger than memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/format.h"
#include "format/mail/mail_claim.h"
#include "format/mail/mail_head.h"

#define WINDOW_BYTES (256 * (size_t)RMN_KIB)
#define POSTMARK_BYTES 400u

struct mbox {
	struct rmn_blob *content;
	struct rmn_error *error;
	unsigned char *window;
	size_t size, at;		/* of the window: filled, and read so far */
	uint64_t offset;		/* in content, of what follows the window */
	unsigned char line_end;
	bool has_dots;			/* Becky!'s */
	bool in_head;
	uint64_t length;		/* of the body, as the head says; 0: it does not */
	uint64_t trusted_end;		/* up to there in content no line is a postmark */
	bool at_line_start;
	bool after_empty_line;
	bool is_over;			/* of the message: a postmark or the end follows */
	struct rmn_bytes piece;		/* of the message, not yet handed out */
	unsigned char empty_line[2];	/* held back: the one before a postmark is not the message's */
	size_t empty_size;
	enum rmn_status status;		/* of the medium */
};

/* "From somebody Fri Jul  8 12:08:34 2011", in whatever order mailers had it. */
static bool
is_postmark(struct rmn_bytes line, bool after_empty_line)
{
	static const char *const days[] = {" Mon", " Tue", " Wed", " Thu", " Fri", " Sat", " Sun"};
	bool has_time = false, has_year = false, has_day = false;

	if (!rmn_bytes_start_with(line, "From "))
		return false;
	line = rmn_bytes_head(rmn_bytes_after(line, 4), 300);
	for (size_t i = 1; i + 2 < line.size; i++) {
		const unsigned char *c = line.data + i;

		has_time |= c[0] == ':' && c[-1] >= '0' && c[-1] <= '9' && c[1] >= '0' &&
		    c[1] <= '5';
		has_year |= c[-1] == ' ' && ((c[0] == '1' && c[1] == '9') ||
		    (c[0] == '2' && c[1] == '0')) && c[2] >= '0' && c[2] <= '9';
	}
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		has_day |= rmn_bytes_find(line, rmn_bytes_from_string(days[i])) != SIZE_MAX;
	return has_time && has_year && (after_empty_line || has_day);
}

/* Moves what is unread to the front and reads on behind it. */
static void
window_fill(struct mbox *m)
{
	size_t left = m->size - m->at, got = 0;

	memmove(m->window, m->window + m->at, left);
	m->status = rmn_blob_read(m->content, m->offset, m->window + left, WINDOW_BYTES - left,
	    &got, m->error);
	m->offset += got;
	m->at = 0;
	m->size = left + got;
}

/* The next line with its end, or as much of it as the window holds; empty at the end. */
static struct rmn_bytes
line_peek(struct mbox *m)
{
	const unsigned char *end = m->size > m->at ?
	    memchr(m->window + m->at, m->line_end, m->size - m->at) : NULL;

	if (!end && m->status == RMN_OK && m->offset < m->content->size_bytes &&
	    m->size - m->at < WINDOW_BYTES) {
		window_fill(m);
		end = m->size ? memchr(m->window, m->line_end, m->size) : NULL;
	}
	return (struct rmn_bytes){m->window + m->at,
	    end ? (size_t)(end - m->window) + 1 - m->at : m->size - m->at};
}

static bool
is_empty_line(struct rmn_bytes line)
{
	return line.size <= 2 && rmn_mail_trim(line).size == 0;
}

/* ">From " had its '>' put before it so that it is no postmark. */
static bool
is_quoted_from(struct rmn_bytes line)
{
	size_t i = 0;

	while (i < line.size && line.data[i] == '>')
		i++;
	return i > 0 && rmn_bytes_start_with(rmn_bytes_after(line, i), "From ");
}

/* Of what the window stands at. */
static uint64_t
position(const struct mbox *m)
{
	return m->offset - (m->size - m->at);
}

static uint64_t
number_of(struct rmn_bytes value)
{
	uint64_t number = 0;

	value = rmn_mail_trim(value);
	for (size_t i = 0; i < value.size && i < 18; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(value.data[i] - '0');
	}
	return number;
}

/* Whether a message may end at this offset: the file does, or a postmark follows.  Programs that change a
 * message seldom change its length field. */
static bool
ends_at(struct mbox *m, uint64_t offset)
{
	unsigned char after[POSTMARK_BYTES];
	struct rmn_bytes bytes = {after, 0};

	if (offset > m->content->size_bytes ||
	    rmn_blob_read(m->content, offset, after, sizeof(after), &bytes.size, NULL) != RMN_OK)
		return false;
	while (bytes.size > 0 && (bytes.data[0] == '\r' || bytes.data[0] == '\n'))
		bytes = rmn_bytes_after(bytes, 1);
	return bytes.size == 0 || is_postmark(bytes, true);
}

/* The head of a message goes by.  With a length of the body its lines need no look (mboxcl2 quotes none). */
static void
head_line(struct mbox *m, struct rmn_bytes line)
{
	if (rmn_mail_starts(line, "Content-Length:"))
		m->length = number_of(rmn_bytes_after(line, 15));
	if (!is_empty_line(line))
		return;
	m->in_head = false;
	if (m->length > 0 && m->length < m->content->size_bytes &&
	    ends_at(m, position(m) + m->length))
		m->trusted_end = position(m) + m->length;
}

static bool
is_lone_dot(struct rmn_bytes line)
{
	return line.size > 0 && line.data[0] == '.' && is_empty_line(rmn_bytes_after(line, 1));
}

/* Whether the message ends before this line. */
static bool
is_end(struct mbox *m, struct rmn_bytes line)
{
	if (line.size == 0)
		return true;
	if (!m->at_line_start)
		return false;
	if (m->has_dots) {
		if (!is_lone_dot(line))
			return false;
		m->at += line.size;
		return true;
	}
	return position(m) >= m->trusted_end && is_postmark(line, m->after_empty_line);
}

/* Takes the next line of the message into m->piece; false when the message is over. */
static bool
piece_next(struct mbox *m)
{
	struct rmn_bytes line = line_peek(m);
	bool starts = m->at_line_start;

	if (is_end(m, line)) {
		m->is_over = true;
		return false;
	}
	m->at += line.size;
	m->at_line_start = line.data[line.size - 1] == m->line_end;
	m->after_empty_line = starts && is_empty_line(line);
	if (m->in_head && starts)
		head_line(m, line);
	if (m->has_dots) {
		m->piece = starts && rmn_bytes_start_with(line, "..") ?
		    rmn_bytes_after(line, 1) : line;
		return true;
	}
	if (starts && is_quoted_from(line))
		line = rmn_bytes_after(line, 1);
	m->piece = line;
	return true;
}

/* An empty line is held back until another line of the message follows. */
static bool
message_more(struct mbox *m)
{
	while (m->piece.size == 0 && !m->is_over) {
		if (!piece_next(m))
			return false;
		if (!m->after_empty_line || m->empty_size > 0)
			continue;
		memcpy(m->empty_line, m->piece.data, m->piece.size);
		m->empty_size = m->piece.size;
		m->piece.size = 0;
	}
	return m->piece.size > 0;
}

static enum rmn_status
message_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct mbox *m = state;
	unsigned char *out = buffer;

	*got = 0;
	while (*got < size && message_more(m)) {
		struct rmn_bytes *from = &m->piece, held = {m->empty_line, m->empty_size};
		size_t part;

		if (m->empty_size > 0 && size - *got < m->empty_size)
			break;
		if (m->empty_size > 0) {
			memcpy(out + *got, held.data, held.size);
			*got += held.size;
			m->empty_size = 0;
			if (m->after_empty_line) {	/* the next of several is held instead */
				memcpy(m->empty_line, from->data, from->size);
				m->empty_size = from->size;
				from->size = 0;
			}
			continue;
		}
		part = rmn_min_size(size - *got, from->size);
		memcpy(out + *got, from->data, part);
		*got += part;
		*from = rmn_bytes_after(*from, part);
	}
	if (*got > 0)
		return RMN_OK;
	return m->status == RMN_OK ? RMN_END : rmn_fail(error, m->status, "the medium fails here");
}

/* The postmark that the window stands at; false at the end. */
static bool
postmark_take(struct mbox *m, int64_t *sent)
{
	struct rmn_bytes line = line_peek(m);

	if (line.size == 0)
		return false;
	*sent = RMN_TIME_UNKNOWN;
	if (!m->has_dots && is_postmark(line, true)) {
		*sent = rmn_mail_date(rmn_bytes_after(line, 5));
		m->at += line.size;
	}
	m->at_line_start = m->in_head = true;
	m->length = 0;
	m->after_empty_line = m->is_over = false;
	m->piece.size = m->empty_size = 0;
	return true;
}

static enum rmn_status
pass_messages(struct mbox *m, const struct rmn_sink *sink)
{
	struct rmn_member_reader reader = {message_read, m};
	enum rmn_status status = RMN_OK;
	unsigned long count = 0;
	int64_t sent;

	while (status == RMN_OK && m->status == RMN_OK && postmark_take(m, &sent)) {
		char name[40];
		struct rmn_member member = {
			.size_bytes = UINT64_MAX,
			.modified = sent,
			.created = RMN_TIME_UNKNOWN,
			.has_offset = true,
			.container_offset = position(m),
		};

		snprintf(name, sizeof(name), "message-%06lu.eml", ++count);
		member.name = rmn_bytes_from_string(name);
		status = rmn_sink_member(sink, &member, &reader);
		for (m->piece.size = 0; message_more(m); m->piece.size = 0)
			m->empty_size = 0;	/* what the sink did not want */
	}
	return status;
}

static struct rmn_bytes
first_line(struct rmn_bytes head, unsigned char line_end)
{
	struct rmn_bytes line = {NULL, 0};
	size_t at = 0;

	rmn_mail_line(head, line_end, &at, &line);
	return line;
}

static enum rmn_status
mbox_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct mbox m = {
		.content = input->content,
		.error = error,
		.line_end = rmn_mail_line_end(input->head),
		.status = RMN_OK,
	};
	enum rmn_status status;

	m.has_dots = !is_postmark(first_line(input->head, m.line_end), true);
	m.window = rmn_arena_alloc(input->arena, WINDOW_BYTES, 1);
	if (!m.window)
		return rmn_fail(error, RMN_NOMEM, "out of memory for a mailbox");
	status = pass_messages(&m, sink);
	if (status == RMN_OK && m.status != RMN_OK)
		return RMN_PARTIAL;
	return status;
}

/* Messages behind each other with a lone "." between them.  One long message fills the head: then only the
 * name tells. */
static unsigned
dots_claim(const struct rmn_format_input *input, unsigned char line_end)
{
	unsigned bits = rmn_mail_claim(input->head, input->name);
	struct rmn_bytes line = {NULL, 0}, no_name = {NULL, 0};

	if (bits == 0)
		return 0;
	for (size_t at = 0; rmn_mail_line(input->head, line_end, &at, &line);)
		if (is_lone_dot(line) &&
		    rmn_mail_claim(rmn_bytes_after(input->head, at), no_name) > 0)
			return bits + 16;
	return rmn_bytes_find(input->name, rmn_bytes_from_string(".bmf")) != SIZE_MAX ?
	    bits + 16 : 0;
}

static unsigned
mbox_claim(const struct rmn_format_input *input)
{
	unsigned char line_end = rmn_mail_line_end(input->head);
	struct rmn_bytes line;
	size_t at = 0;

	if (!rmn_mail_line(input->head, line_end, &at, &line) || !is_postmark(line, true))
		return dots_claim(input, line_end);
	if (rmn_mail_line(input->head, line_end, &at, &line) &&
	    (rmn_mail_field_name(line).size > 0 || rmn_bytes_start_with(line, ">From ")))
		return 80;
	return 40;	/* a message without fields; some program's test, or cut out */
}

const struct rmn_format rmn_format_mbox = {
	.name = "mbox",
	.title = "Mailbox (mbox)",
	.media_type = "application/mbox",
	.kind = RMN_KIND_CONTAINER,
	.is_all_text = true,
	.claim = mbox_claim,
	.read = mbox_read,
};
