/* SPDX-License-Identifier: MIT
 *
 * From the properties of an item to what a person would see of it.
 *
 * Bodies: Outlook writes the plain body from the HTML or RTF one, so that all say the same and giving
 * them all would double every finding.  The plain one is given, and of another the lines with words that
 * the plain one lacks (targets of links, a hidden text), or all of it when they are many. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/codepage.h"
#include "format/format.h"
#include "format/mail/lzfu.h"
#include "format/mail/mail_head.h"
#include "format/mail/mapi.h"
#include "format/mail/mapi_fields.h"
#include "format/mail/mapi_words.h"

#define CONDITION_END "<![endif]"

enum {
	ID_MESSAGE_CLASS = 0x001A, ID_SUBJECT = 0x0037, ID_CLIENT_SUBMIT = 0x0039,
	ID_TRANSPORT_HEADERS = 0x007D, ID_RECIPIENT_TYPE = 0x0C15, ID_DELIVERY_TIME = 0x0E06,
	ID_NORMALIZED_SUBJECT = 0x0E1D, ID_BODY = 0x1000, ID_RTF = 0x1009, ID_HTML = 0x1013,
	ID_DISPLAY_NAME = 0x3001, ID_ADDRESS = 0x3003, ID_CREATED = 0x3007, ID_MODIFIED = 0x3008,
	ID_SMTP_ADDRESS = 0x39FE, ID_INTERNET_CODEPAGE = 0x3FDE, ID_RECIPIENT_NAME = 0x5FF6,
};

void
rmn_mapi_message_init(struct rmn_mapi_message *m, struct rmn_arena *arena)
{
	*m = (struct rmn_mapi_message){
		.arena = arena,
		.sent = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
		.modified = RMN_TIME_UNKNOWN,
	};
}

static void
line_add(struct rmn_mapi_message *m, struct rmn_mapi_lines *to, const char *label,
    struct rmn_bytes name, struct rmn_bytes value)
{
	if (value.size == 0)
		return;
	if (to->count == to->capacity) {
		size_t capacity = to->capacity ? to->capacity * 2 : 32;
		struct rmn_mapi_line *lines = rmn_arena_alloc(m->arena, capacity, sizeof(*lines));

		if (!lines) {
			m->failed = true;
			return;
		}
		if (to->count > 0)
			memcpy(lines, to->lines, to->count * sizeof(*lines));
		to->lines = lines;
		to->capacity = capacity;
	}
	to->lines[to->count++] = (struct rmn_mapi_line){label, name, value};
}

static void
header_add(struct rmn_mapi_message *m, const char *label, struct rmn_bytes value)
{
	line_add(m, &m->header, label, (struct rmn_bytes){NULL, 0}, value);
}

/* "Name <address>", or the one there is. */
static struct rmn_bytes
person(struct rmn_mapi_message *m, struct rmn_bytes name, struct rmn_bytes address)
{
	struct rmn_bytes text;
	struct rmn_buf both;

	if (address.size == 0 || rmn_bytes_equal(name, address))
		return name;
	if (name.size == 0)
		return address;
	rmn_buf_init(&both, 0);
	rmn_buf_append(&both, name);
	rmn_buf_append_string(&both, " <");
	rmn_buf_append(&both, address);
	rmn_buf_append_char(&both, '>');
	text = rmn_arena_copy(m->arena, rmn_buf_bytes(&both));
	m->failed |= both.failed || !text.data;
	rmn_buf_release(&both);
	return text.data ? text : name;
}

/* A name and an address: the one for the Internet where there is one. */
static struct rmn_bytes
person_find(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag, uint16_t name, uint16_t smtp,
    uint16_t address)
{
	struct rmn_bytes where = rmn_mapi_find_text(bag, smtp);

	if (where.size == 0)
		where = rmn_mapi_find_text(bag, address);
	if (rmn_mail_starts(where, "SMTP:"))
		where = rmn_bytes_after(where, 5);
	return person(m, rmn_mapi_find_text(bag, name), where);
}

void
rmn_mapi_message_recipient(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag)
{
	static const char *const labels[] = {"Originator", "To", "Cc", "Bcc"};
	uint32_t type = rmn_mapi_find_number(bag, ID_RECIPIENT_TYPE, 1) & 0xF;
	uint16_t name = rmn_mapi_find(bag, ID_DISPLAY_NAME) ? ID_DISPLAY_NAME : ID_RECIPIENT_NAME;

	rmn_mapi_bag_settle(bag);
	header_add(m, labels[type < 4 ? type : 1], person_find(m, bag, name, ID_SMTP_ADDRESS,
	    ID_ADDRESS));
	m->failed |= bag->failed;
}

/* RFC 5322; the day of the week may be left out. */
static struct rmn_bytes
date_text(struct rmn_mapi_message *m, int64_t time)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char rfc3339[RMN_TIME_TEXT_BYTES], text[48];
	struct rmn_bytes copy;
	unsigned month;

	rmn_time_text(time, rfc3339);
	if (rfc3339[0] == '\0')
		return (struct rmn_bytes){NULL, 0};
	month = (unsigned)(rfc3339[5] - '0') * 10 + (unsigned)(rfc3339[6] - '0') - 1;
	snprintf(text, sizeof(text), "%.2s %.3s %.4s %.8s +0000", rfc3339 + 8, months + month * 3,
	    rfc3339, rfc3339 + 11);
	copy = rmn_arena_copy(m->arena, rmn_bytes_from_string(text));
	m->failed |= !copy.data;
	return copy;
}

/* The prefix "\1\2" and the like before a subject tells how long "Re: " is. */
static struct rmn_bytes
subject_find(struct rmn_mapi_bag *bag)
{
	struct rmn_bytes subject = rmn_mapi_find_text(bag, ID_SUBJECT);

	if (subject.size == 0)
		subject = rmn_mapi_find_text(bag, ID_NORMALIZED_SUBJECT);
	if (subject.size > 1 && subject.data[0] == 1)
		subject = rmn_bytes_after(subject, 2);
	return subject;
}

static void
header_finish(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag)
{
	static const struct {
		uint16_t id;
		const char *label;
	} ids[] = {{0x0E04, "To"}, {0x0E03, "Cc"}, {0x0E02, "Bcc"}, {0x0050, "Reply-To"},
	    {0x1035, "Message-ID"}, {0x1042, "In-Reply-To"}, {0x1039, "References"}};
	struct rmn_bytes actor = person_find(m, bag, 0x0C1A, 0x5D01, 0x0C1F);
	size_t recipients = m->header.count;
	struct rmn_mapi_words words;

	m->subject = subject_find(bag);
	m->sender = person_find(m, bag, 0x0042, 0x5D02, 0x0065);
	if (m->sender.size == 0)
		m->sender = actor;
	header_add(m, "Subject", m->subject);
	header_add(m, "From", m->sender);
	if (!rmn_mapi_words_take(&words, m->sender, m->arena) || rmn_mapi_words_lack(&words, actor))
		header_add(m, "Sender", actor);
	/* the lists as shown stand for recipients that are lost; those say more */
	for (size_t i = recipients > 0 ? 3 : 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		header_add(m, ids[i].label, rmn_mapi_find_text(bag, ids[i].id));
	header_add(m, "Received-By", person_find(m, bag, 0x0040, 0x5D07, 0x0076));
	header_add(m, "Last-Author", rmn_mapi_find_text(bag, 0x3FFA));
	header_add(m, "Date", date_text(m, m->sent));
}

static void
fields_finish(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag)
{
	char number[16];

	for (size_t i = 0; i < bag->count; i++) {
		const struct rmn_mapi_value *value = &bag->values[i];
		const char *label = rmn_mapi_field_label(value);
		struct rmn_bytes name = value->name;

		if (!label && (!rmn_mapi_field_is_own(value) ||
		    (m->transport.size > 0 && value->set == RMN_MAPI_HEADER)))
			continue;	/* these are in the header that arrived */
		if (!label && name.size == 0) {
			snprintf(number, sizeof(number), "Property %04X", value->id);
			name = rmn_arena_copy(m->arena, rmn_bytes_from_string(number));
		}
		line_add(m, &m->fields, label, name, rmn_mapi_text(bag, value));
	}
}

/* Where the text of a body in markup goes. */
struct capture {
	struct rmn_buf text;
	bool in_comment;
	size_t comment;			/* where it starts in text */
};

/* Leaves out what Office writes into comments for its own programs: "[if gte mso 9]> ... <![endif]". */
static void
comment_end(struct capture *c)
{
	size_t kept = c->comment, at = c->comment;
	bool may_end = true;

	while (c->in_comment && at < c->text.size) {
		struct rmn_bytes left = rmn_bytes_after(rmn_buf_bytes(&c->text), at);
		size_t end = may_end && left.data[0] == '[' ?
		    rmn_bytes_find(left, rmn_bytes_from_string(CONDITION_END)) : SIZE_MAX;

		may_end = may_end && (left.data[0] != '[' || end != SIZE_MAX);
		if (end != SIZE_MAX)
			at += end + strlen(CONDITION_END);
		else
			c->text.data[kept++] = c->text.data[at++];
	}
	if (c->in_comment)
		c->text.size = kept;
	c->in_comment = false;
}

static enum rmn_status
capture_part(void *context, enum rmn_part_kind kind, struct rmn_bytes name)
{
	struct capture *c = context;

	(void)name;
	comment_end(c);
	c->in_comment = kind == RMN_PART_COMMENT;
	c->comment = c->text.size;
	if (c->text.size > 0 && c->text.data[c->text.size - 1] != '\n')
		rmn_buf_append_char(&c->text, '\n');
	return RMN_OK;
}

static enum rmn_status
capture_text(void *context, struct rmn_bytes utf8)
{
	struct capture *c = context;

	rmn_buf_append(&c->text, utf8);
	return c->text.failed ? RMN_LIMIT : RMN_OK;
}

/* The text of a body in another format; empty when the plain one says as much. */
static struct rmn_bytes
markup_text(struct rmn_mapi_message *m, const char *format_name, struct rmn_bytes source,
    bool *is_read)
{
	const struct rmn_format *format = rmn_format_find(format_name);
	struct rmn_blob blob = rmn_blob_from_bytes(source);
	struct rmn_format_input input = {.content = &blob, .arena = m->arena,
	    .head = rmn_bytes_head(source, 8192)};
	struct capture capture = {.in_comment = false};
	struct rmn_sink sink = {.context = &capture, .part = capture_part, .text = capture_text};
	struct rmn_bytes text = {NULL, 0};
	enum rmn_status status;

	*is_read = false;
	if (!format || !format->read)
		return text;
	rmn_buf_init(&capture.text, RMN_LIMIT_TEXT_BYTES);
	status = rmn_format_read(format, &input, &sink, NULL);
	comment_end(&capture);
	*is_read = status == RMN_OK || capture.text.size > 0;
	if (status != RMN_OK)
		m->damage = "a body is damaged or was cut";
	m->failed |= status == RMN_NOMEM || capture.text.failed;
	text = rmn_arena_copy(m->arena, rmn_buf_bytes(&capture.text));
	m->failed |= !text.data;
	rmn_buf_release(&capture.text);
	if (!text.data)
		return (struct rmn_bytes){NULL, 0};
	return m->plain.size > 0 ? rmn_mapi_lines_more(text, m->plain, m->arena) : text;
}

/* The source as UTF-8 with its mark, which the reader of pages believes before anything else.  Without
 * a code page it looks for itself. */
static void
html_finish(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag)
{
	const struct rmn_mapi_value *value = rmn_mapi_find(bag, ID_HTML);
	unsigned codepage = rmn_mapi_find_number(bag, ID_INTERNET_CODEPAGE, 0);
	struct rmn_buf utf8;
	bool is_read;

	if (!value || value->data.size == 0)
		return;
	if (value->type == RMN_MAPI_UNICODE)
		codepage = 1200;
	m->html = value->data;
	if (codepage != 0 && !rmn_bytes_start_with(m->html, "\xFF\xFE") &&
	    !rmn_bytes_start_with(m->html, "\xEF\xBB\xBF")) {
		rmn_buf_init(&utf8, RMN_LIMIT_ARENA_BYTES);
		rmn_buf_append_string(&utf8, "\xEF\xBB\xBF");
		rmn_codepage_decode(codepage, m->html, &utf8);
		m->html = rmn_arena_copy(m->arena, rmn_buf_bytes(&utf8));
		m->failed |= utf8.failed || !m->html.data;
		rmn_buf_release(&utf8);
	}
	if (m->html.data)
		m->html_text = markup_text(m, "html", m->html, &is_read);
}

static void
rtf_finish(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag)
{
	const struct rmn_mapi_value *value = rmn_mapi_find(bag, ID_RTF);
	struct rmn_bytes rtf = {NULL, 0};
	enum rmn_status status;
	bool is_read;

	if (!value || value->data.size == 0)
		return;
	status = rmn_lzfu_unpack(value->data, m->arena, &rtf, NULL);
	if (status != RMN_OK)
		m->damage = "the RTF body is damaged";
	m->failed |= status == RMN_LIMIT;
	if (rtf.size == 0)
		return;
	/* RTF made of HTML, or HTML made of RTF: one of them is enough */
	if (m->html_text.size > 0 || (m->html.size > 0 && m->plain.size > 0))
		return;
	m->rtf_text = markup_text(m, "rtf", rtf, &is_read);
	if (!is_read && m->plain.size == 0)
		m->rtf = rtf;
}

void
rmn_mapi_message_finish(struct rmn_mapi_message *m, struct rmn_mapi_bag *bag)
{
	rmn_mapi_bag_settle(bag);
	m->message_class = rmn_mapi_find_text(bag, ID_MESSAGE_CLASS);
	m->sent = rmn_mapi_find_time(bag, ID_CLIENT_SUBMIT);
	if (m->sent == RMN_TIME_UNKNOWN)
		m->sent = rmn_mapi_find_time(bag, ID_DELIVERY_TIME);
	m->created = rmn_mapi_find_time(bag, ID_CREATED);
	m->modified = rmn_mapi_find_time(bag, ID_MODIFIED);
	m->transport = rmn_mapi_find_text(bag, ID_TRANSPORT_HEADERS);
	header_finish(m, bag);
	fields_finish(m, bag);
	m->plain = rmn_mapi_find_text(bag, ID_BODY);
	html_finish(m, bag);
	rtf_finish(m, bag);
	m->failed |= bag->failed;
}
