/* SPDX-License-Identifier: MIT */
#include "format/mail/mapi_give.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "format/mail/mail_head.h"

enum { ID_NAME = 0x3001, ID_ADDRESS = 0x3003 };

static void
part(struct rmn_text *text, enum rmn_part_kind kind, const char *inner, const char *name)
{
	char both[96];

	snprintf(both, sizeof(both), "%s%s%s", inner, inner[0] && name[0] ? " " : "", name);
	rmn_text_part(text, kind, rmn_bytes_from_string(both));
}

/* "\r\n" and "\r" become "\n". */
static void
put_lines(struct rmn_text *text, struct rmn_bytes body)
{
	size_t start = 0;

	for (size_t i = 0; i < body.size; i++) {
		if (body.data[i] != '\r' && body.data[i] != '\0')
			continue;
		rmn_text_put(text, rmn_bytes_head(rmn_bytes_after(body, start), i - start));
		if (body.data[i] == '\r' && (i + 1 == body.size || body.data[i + 1] != '\n'))
			rmn_text_char(text, '\n');
		start = i + 1;
	}
	rmn_text_put(text, rmn_bytes_after(body, start));
	rmn_text_newline(text);
}

static void
put_fields(struct rmn_text *text, const struct rmn_mapi_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct rmn_mapi_line *line = &lines->lines[i];

		rmn_text_put(text, line->label ? rmn_bytes_from_string(line->label) : line->name);
		rmn_text_put(text, rmn_bytes_from_string(": "));
		put_lines(text, line->value);
	}
}

/* The header as it arrived, each field on a line, decoded. */
static void
put_transport(struct rmn_text *text, struct rmn_bytes transport, struct rmn_arena *arena)
{
	struct rmn_mail_head head;
	struct rmn_buf value;

	if (!rmn_mail_head_read(transport, rmn_mail_line_end(transport), arena, &head)) {
		text->status = rmn_fail(text->error, RMN_LIMIT, "item outgrows its memory");
		return;
	}
	rmn_buf_init(&value, 0);
	for (size_t i = 0; i < head.count; i++) {
		rmn_buf_clear(&value);
		rmn_mail_value(head.fields[i].value, &value);
		rmn_text_put(text, head.fields[i].name);
		rmn_text_put(text, rmn_bytes_from_string(": "));
		rmn_text_put(text, rmn_buf_bytes(&value));
		rmn_text_char(text, '\n');
		if (value.failed)
			text->status = rmn_fail(text->error, RMN_LIMIT, "item outgrows its memory");
	}
	rmn_buf_release(&value);
	put_lines(text, head.body);
}

static void
give_time(struct rmn_text *text, struct rmn_arena *arena, enum rmn_property property,
    const char *name, int64_t time)
{
	char when[RMN_TIME_TEXT_BYTES];

	rmn_time_text(time, when);
	rmn_text_property_plain(text, arena, property, name, rmn_bytes_from_string(when));
}

static void
give_properties(const struct rmn_mapi_message *m, struct rmn_text *text)
{
	rmn_text_property_plain(text, m->arena, RMN_PROPERTY_TITLE, NULL, m->subject);
	rmn_text_property_plain(text, m->arena, RMN_PROPERTY_SUBJECT, NULL, m->subject);
	rmn_text_property_plain(text, m->arena, RMN_PROPERTY_AUTHOR, NULL, m->sender);
	rmn_text_property_plain(text, m->arena, RMN_PROPERTY_OTHER, "message_class",
	    m->message_class);
	give_time(text, m->arena, RMN_PROPERTY_CREATED, NULL,
	    m->sent != RMN_TIME_UNKNOWN ? m->sent : m->created);
	give_time(text, m->arena, RMN_PROPERTY_MODIFIED, NULL, m->modified);
}

enum rmn_status
rmn_mapi_give(const struct rmn_mapi_message *m, const char *inner, struct rmn_text *text,
    struct rmn_error *error)
{
	if (inner[0] == '\0')
		give_properties(m, text);
	part(text, RMN_PART_MAIL_HEADER, inner, "");
	put_fields(text, &m->header);
	part(text, RMN_PART_MAIL_HEADER, inner, "transport");
	if (m->transport.size > 0)
		put_transport(text, m->transport, m->arena);
	part(text, RMN_PART_FORM, inner, "");
	put_fields(text, &m->fields);
	part(text, RMN_PART_BODY, inner, "");
	if (m->plain.size > 0)
		put_lines(text, m->plain);
	part(text, RMN_PART_BODY, inner, "html");
	if (m->html_text.size > 0)
		put_lines(text, m->html_text);
	part(text, RMN_PART_BODY, inner, "rtf");
	if (m->rtf_text.size > 0)
		put_lines(text, m->rtf_text);
	if (text->status != RMN_OK)
		return text->status;
	if (m->failed)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	return m->damage ? rmn_fail(error, RMN_PARTIAL, "%s", m->damage) : RMN_OK;
}

void
rmn_mapi_row_give(struct rmn_mapi_bag *bag, struct rmn_text *text)
{
	struct rmn_mapi_message m;

	rmn_mapi_message_init(&m, bag->arena);
	rmn_mapi_message_finish(&m, bag);
	rmn_text_cell(text, rmn_mapi_find_text(bag, ID_NAME));
	rmn_text_char(text, '\t');
	rmn_text_cell(text, rmn_mapi_find_text(bag, ID_ADDRESS));
	for (size_t i = 0; i < m.fields.count; i++) {
		const struct rmn_mapi_line *line = &m.fields.lines[i];

		if (line->label && (strcmp(line->label, "Name") == 0 ||
		    strcmp(line->label, "Address") == 0))
			continue;
		rmn_text_char(text, '\t');
		rmn_text_cell(text, line->label ? rmn_bytes_from_string(line->label) : line->name);
		rmn_text_put(text, rmn_bytes_from_string(": "));
		rmn_text_cell(text, line->value);
	}
	rmn_text_char(text, '\n');
	if ((m.failed || bag->failed) && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_LIMIT, "item outgrows its memory");
}
