/* SPDX-License-Identifier: MIT
 *
 * Mail messages: header lines as text, the text of every text part, everything else as members.
 * Our own reader and not gmime: why is in docs/decisions/0008-mail-reader.md. */
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/format.h"
#include "format/mail/mail_claim.h"
#include "format/mail/mail_damage.h"
#include "format/mail/mail_part.h"

/* Keys and signatures: long, and nothing anybody wrote. */
static const char *const dull_fields[] = {"ARC-Authentication-Results", "ARC-Message-Signature",
	"ARC-Seal", "Autocrypt", "DKIM-Signature", "DomainKey-Signature", "Face", "Thread-Index",
	"X-Face", "X-Google-DKIM-Signature", "X-Gm-Message-State", "X-Google-Smtp-Source"};

static enum rmn_status
out_of_memory(struct rmn_mail *m)
{
	return rmn_fail(m->error, RMN_NOMEM, "out of memory for a mail");
}

static const struct {
	const char *field;
	enum rmn_property property;
	const char *name;		/* of RMN_PROPERTY_OTHER */
} field_properties[] = {
	{"Subject", RMN_PROPERTY_SUBJECT, NULL},
	{"Subject", RMN_PROPERTY_TITLE, NULL},
	{"From", RMN_PROPERTY_AUTHOR, NULL},
	{"Date", RMN_PROPERTY_CREATED, NULL},
	{"Organization", RMN_PROPERTY_COMPANY, NULL},
	{"X-Mailer", RMN_PROPERTY_APPLICATION, NULL},
	{"User-Agent", RMN_PROPERTY_APPLICATION, NULL},
	{"Keywords", RMN_PROPERTY_KEYWORDS, NULL},
	{"Message-ID", RMN_PROPERTY_OTHER, "message_id"},
};

static bool
is_dull(struct rmn_bytes name)
{
	for (size_t i = 0; i < sizeof(dull_fields) / sizeof(dull_fields[0]); i++)
		if (rmn_mail_equal(name, dull_fields[i]))
			return true;
	return false;
}

static enum rmn_status
pass_header_lines(struct rmn_mail *m, const struct rmn_mail_head *head)
{
	enum rmn_status status = rmn_sink_part(m->sink, RMN_PART_MAIL_HEADER, "");

	for (size_t i = 0; status == RMN_OK && i < head->count; i++) {
		if (is_dull(head->fields[i].name))
			continue;
		rmn_buf_clear(&m->text);
		rmn_buf_append(&m->text, head->fields[i].name);
		rmn_buf_append_string(&m->text, ": ");
		rmn_mail_value(head->fields[i].value, &m->text);
		rmn_buf_append_char(&m->text, '\n');
		status = m->text.failed ? out_of_memory(m) :
		    rmn_sink_text(m->sink, rmn_buf_bytes(&m->text));
	}
	return status;
}

static enum rmn_status
pass_properties(struct rmn_mail *m, const struct rmn_mail_head *head)
{
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; status == RMN_OK &&
	    i < sizeof(field_properties) / sizeof(field_properties[0]); i++) {
		struct rmn_bytes value = rmn_mail_head_find(head, field_properties[i].field);
		enum rmn_property property = field_properties[i].property;

		rmn_buf_clear(&m->text);
		if (property == RMN_PROPERTY_CREATED) {
			char text[RMN_TIME_TEXT_BYTES];

			rmn_time_text(rmn_mail_date(value), text);
			rmn_buf_append_string(&m->text, text);
		} else {
			rmn_mail_value(value, &m->text);
		}
		if (m->text.failed)
			return out_of_memory(m);
		if (m->text.size == 0)
			continue;
		if (field_properties[i].name && m->sink->property)
			status = m->sink->property(m->sink->context, property,
			    rmn_bytes_from_string(field_properties[i].name),
			    rmn_buf_bytes(&m->text));
		else
			status = rmn_sink_property(m->sink, property, rmn_buf_bytes(&m->text));
	}
	return status;
}

/* Apple Mail: what it knew about the message is a number in the property list behind it; bit 1 is
 * "deleted". */
static enum rmn_status
pass_flags(struct rmn_mail *m, struct rmn_bytes list)
{
	struct rmn_bytes open = rmn_bytes_from_string("<integer>");
	size_t at = rmn_bytes_find(list, rmn_bytes_from_string("<key>flags</key>")), size = 0;
	struct rmn_bytes value;

	if (at == SIZE_MAX || !m->sink->property)
		return RMN_OK;
	value = rmn_bytes_after(list, at);
	at = rmn_bytes_find(value, open);
	if (at == SIZE_MAX)
		return RMN_OK;
	value = rmn_bytes_after(value, at + open.size);
	while (size < value.size && size < 20 && value.data[size] >= '0' && value.data[size] <= '9')
		size++;
	return m->sink->property(m->sink->context, RMN_PROPERTY_OTHER,
	    rmn_bytes_from_string("flags"), rmn_bytes_head(value, size));
}

static enum rmn_status
pass_message(struct rmn_mail *m, struct rmn_bytes bytes)
{
	struct rmn_mail_head head;
	const char *damage;
	enum rmn_status status;

	if (rmn_mail_is_fragment(bytes, m->line_end))
		return rmn_mail_pass_fragment(m, rmn_mail_trim(bytes));
	if (!rmn_mail_head_read(bytes, m->line_end, m->arena, &head))
		return out_of_memory(m);
	if (head.count == 0)
		return rmn_fail(m->error, RMN_CORRUPT, "no header fields");
	if (head.body.size == 0 && bytes.data[bytes.size - 1] != m->line_end)
		m->result = rmn_fail(m->error, RMN_PARTIAL, "the message ends inside its header");
	damage = rmn_mail_head_damage(rmn_bytes_head(bytes, bytes.size - head.body.size));
	if (damage)
		m->result = rmn_fail(m->error, RMN_PARTIAL, "%s", damage);
	status = pass_properties(m, &head);
	if (status == RMN_OK)
		status = pass_header_lines(m, &head);
	return status == RMN_OK ? rmn_mail_pass_body(m, &head) : status;
}

static enum rmn_status
mail_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_mail m = {.sink = sink, .arena = input->arena, .error = error,
	    .result = RMN_OK};
	struct rmn_mail_frame frame;
	struct rmn_bytes bytes;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &bytes, error);

	if (status == RMN_PARTIAL)
		m.result = RMN_PARTIAL;
	else if (status != RMN_OK)
		return status;
	rmn_buf_init(&m.raw, 0);
	rmn_buf_init(&m.text, 0);
	rmn_buf_init(&m.name, 0);
	frame = rmn_mail_frame_read(bytes);
	m.line_end = rmn_mail_line_end(frame.message);
	status = pass_message(&m, frame.message);
	if (status == RMN_OK)
		status = pass_flags(&m, frame.list);
	if (status == RMN_OK && m.away_count > 0)
		status = rmn_sink_missing(sink, RMN_PARTIAL, "%u attachments of this message are "
		    "files of their own", m.away_count);
	if (status == RMN_OK && frame.is_cut && m.result == RMN_OK)
		m.result = rmn_fail(error, RMN_PARTIAL, "the message is shorter than it says");
	rmn_buf_release(&m.raw);
	rmn_buf_release(&m.text);
	rmn_buf_release(&m.name);
	return status == RMN_OK ? m.result : status;
}

static unsigned
mail_claim(const struct rmn_format_input *input)
{
	return rmn_mail_claim(input->head, input->name);
}

const struct rmn_format rmn_format_eml = {
	.name = "eml",
	.title = "Mail message",
	.media_type = "message/rfc822",
	.kind = RMN_KIND_MAIL,
	.is_all_text = true,
	.claim = mail_claim,
	.read = mail_read,
};
