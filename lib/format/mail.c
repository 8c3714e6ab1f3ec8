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
#include "format/mail_decode.h"
#include "format/mail_head.h"

/* Multiparts in multiparts; honest mail has four. */
#define MULTIPART_DEPTH_MAX 16u

struct mail {
	const struct rmn_sink *sink;
	struct rmn_arena *arena;
	struct rmn_error *error;
	unsigned char line_end;
	unsigned part_count;		/* leaves so far: their numbers are their names */
	struct rmn_buf raw, text, name;
	enum rmn_status result;		/* RMN_OK, or the damage seen so far */
};

/* What the header of a part says about its body. */
struct part {
	struct rmn_bytes type;		/* the whole Content-Type value; empty when there is none */
	struct rmn_bytes disposition;
	struct rmn_bytes body;
	enum rmn_mail_encoding encoding;
};

static enum rmn_status
out_of_memory(struct mail *m)
{
	return rmn_fail(m->error, RMN_NOMEM, "out of memory for a mail");
}

/* "text/plain" of "Text/Plain; charset=..."; text/plain when there is none (RFC 2045 5.2). */
static struct rmn_bytes
media_type(struct rmn_bytes value)
{
	struct rmn_bytes type = rmn_mail_trim(value);
	size_t size = 0;

	while (size < type.size && type.data[size] != ';' && !rmn_mail_is_space(type.data[size]))
		size++;
	type = rmn_bytes_head(type, size);
	if (type.size == 0 || !memchr(type.data, '/', type.size))
		return rmn_bytes_from_string("text/plain");
	return type;
}

static enum rmn_status
decoded_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	(void)error;
	*got = rmn_mail_decode(state, buffer, size);
	return *got > 0 ? RMN_OK : RMN_END;
}

/* The file name that mail programs would show, in m->name; false when there is none. */
static bool
part_name(struct mail *m, const struct part *part)
{
	rmn_buf_clear(&m->name);
	if (rmn_mail_parameter(part->disposition, "filename", &m->name) && m->name.size > 0)
		return true;
	rmn_buf_clear(&m->name);
	return rmn_mail_parameter(part->type, "name", &m->name) && m->name.size > 0;
}

static const char *
ending_for(struct rmn_bytes type)
{
	static const struct {
		const char *type, *ending;
	} endings[] = {
		{"message/", ".eml"}, {"text/html", ".html"}, {"text/calendar", ".ics"},
		{"text/", ".txt"}, {"image/jpeg", ".jpg"}, {"image/png", ".png"},
		{"image/gif", ".gif"}, {"application/pdf", ".pdf"}, {"application/zip", ".zip"},
		{"application/pkcs7-mime", ".p7m"}, {"application/x-pkcs7-mime", ".p7m"},
		{"application/ms-tnef", ".dat"}, {"", ".bin"},
	};
	size_t i = 0;

	while (!rmn_mail_starts(type, endings[i].type))
		i++;
	return endings[i].ending;
}

static enum rmn_status
pass_member(struct mail *m, const struct part *part)
{
	struct rmn_mail_decoder decoder;
	struct rmn_member_reader reader = {decoded_read, &decoder};
	struct rmn_member member = {
		.size_bytes = part->encoding == RMN_MAIL_PLAIN ? part->body.size : UINT64_MAX,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
	};

	if (!part_name(m, part)) {
		rmn_buf_clear(&m->name);
		rmn_buf_printf(&m->name, "part-%u%s", m->part_count,
		    ending_for(media_type(part->type)));
	}
	if (m->name.failed)
		return out_of_memory(m);
	member.name = rmn_buf_bytes(&m->name);
	rmn_mail_decoder_init(&decoder, part->encoding, part->body, m->line_end);
	return rmn_sink_member(m->sink, &member, &reader);
}

/* The decoded bytes of a part, whole; false when out of memory. */
static bool
decode_whole(struct mail *m, const struct part *part)
{
	struct rmn_mail_decoder decoder;

	rmn_buf_clear(&m->raw);
	if (!rmn_buf_reserve(&m->raw, part->body.size + 3))
		return false;
	rmn_mail_decoder_init(&decoder, part->encoding, part->body, m->line_end);
	for (size_t got = 1; got > 0; m->raw.size += got)
		got = rmn_mail_decode(&decoder, m->raw.data + m->raw.size,
		    m->raw.capacity - m->raw.size);
	return true;
}

/* "\r\n" and "\r" become "\n". */
static void
unify_line_ends(struct rmn_buf *text)
{
	size_t to = 0;

	if (text->size == 0 || !memchr(text->data, '\r', text->size))
		return;
	for (size_t i = 0; i < text->size; i++) {
		unsigned char c = text->data[i];

		if (c == '\r' && i + 1 < text->size && text->data[i + 1] == '\n')
			continue;
		text->data[to++] = c == '\r' ? '\n' : c;
	}
	text->size = to;
}

/* The text of a part as UTF-8 into m->text, behind what is there. */
static bool
decode_text(struct mail *m, const struct part *part)
{
	if (!decode_whole(m, part))
		return false;
	rmn_buf_clear(&m->name);
	rmn_mail_parameter(part->type, "charset", &m->name);
	rmn_mail_charset(rmn_buf_bytes(&m->raw), rmn_mail_trim(rmn_buf_bytes(&m->name)), &m->text);
	return !m->text.failed && !m->name.failed;
}

static enum rmn_status
pass_text(struct mail *m, const struct part *part)
{
	char number[16];
	enum rmn_status status;

	rmn_buf_clear(&m->text);
	if (!decode_text(m, part))
		return out_of_memory(m);
	unify_line_ends(&m->text);
	snprintf(number, sizeof(number), "%u", m->part_count);
	status = rmn_sink_part(m->sink, RMN_PART_BODY, number);
	if (status == RMN_OK)
		status = rmn_sink_text(m->sink, rmn_buf_bytes(&m->text));
	if (status == RMN_OK && rmn_bytes_find(rmn_buf_bytes(&m->text),
	    rmn_bytes_from_string("-----BEGIN PGP MESSAGE-----")) != SIZE_MAX)
		status = rmn_sink_missing(m->sink, RMN_ENCRYPTED, "part %u is encrypted (PGP)",
		    m->part_count);
	return status;
}

/* A body in HTML goes to the reader of pages.  Only the mail says what charset it is in, so it is
 * decoded first and marked as UTF-8.  The page's own title is none of the mail's. */
static enum rmn_status
pass_html(struct mail *m, const struct part *part)
{
	const struct rmn_format *html = rmn_format_find("html");
	struct rmn_sink sink = *m->sink;
	struct rmn_blob blob;
	struct rmn_format_input input = {.content = &blob, .arena = m->arena};
	enum rmn_status status;

	rmn_buf_clear(&m->text);
	rmn_buf_append_string(&m->text, "\xEF\xBB\xBF");
	if (!decode_text(m, part))
		return out_of_memory(m);
	blob = rmn_blob_from_bytes(rmn_buf_bytes(&m->text));
	input.head = rmn_bytes_head(blob.memory, 8192);
	sink.property = NULL;
	status = html->read(&input, &sink, m->error);
	if (status != RMN_PARTIAL && status != RMN_CORRUPT)
		return status;
	m->result = RMN_PARTIAL;	/* its sink's functions went on */
	return RMN_OK;
}

static bool
is_enveloped(const struct part *part, struct mail *m)
{
	rmn_buf_clear(&m->name);
	return rmn_mail_parameter(part->type, "smime-type", &m->name) &&
	    rmn_mail_starts(rmn_buf_bytes(&m->name), "enveloped");
}

static enum rmn_status
pass_leaf(struct mail *m, const struct part *part)
{
	struct rmn_bytes type = media_type(part->type);
	bool is_text = rmn_mail_starts(type, "text/");
	bool is_report = rmn_mail_equal(type, "message/delivery-status") ||
	    rmn_mail_equal(type, "message/disposition-notification") ||
	    rmn_mail_equal(type, "message/feedback-report");

	m->part_count++;
	if ((rmn_mail_equal(type, "application/pkcs7-mime") ||
	    rmn_mail_equal(type, "application/x-pkcs7-mime")) && is_enveloped(part, m))
		return rmn_sink_missing(m->sink, RMN_ENCRYPTED, "part %u is encrypted (S/MIME)",
		    m->part_count);
	if (is_report)
		return pass_text(m, part);
	if (!is_text || rmn_mail_starts(rmn_mail_trim(part->disposition), "attachment") ||
	    part_name(m, part))
		return pass_member(m, part);
	return rmn_mail_equal(type, "text/html") ? pass_html(m, part) : pass_text(m, part);
}

/* Finds the next delimiter line at or behind *at: "--boundary", at the start of a line.  *end is
 * where the content before it ends, *at behind the line. */
static bool
delimiter_next(const struct mail *m, struct rmn_bytes body, struct rmn_bytes delimiter, size_t *at,
    size_t *end, bool *is_last)
{
	size_t from = *at;

	for (;;) {
		size_t hit = rmn_bytes_find(rmn_bytes_after(body, from), delimiter);
		struct rmn_bytes line, behind;

		if (hit == SIZE_MAX || rmn_bytes_after(body, from).size == 0)
			return false;
		hit += from;
		from = hit + 1;
		if (hit > 0 && body.data[hit - 1] != m->line_end)
			continue;
		*at = hit;
		if (!rmn_mail_line(body, m->line_end, at, &line))
			return false;
		behind = rmn_bytes_after(line, delimiter.size);
		*is_last = rmn_bytes_start_with(behind, "--");
		if (rmn_mail_trim(*is_last ? rmn_bytes_after(behind, 2) : behind).size > 0)
			continue;	/* a longer boundary that starts alike */
		*end = hit > 0 ? hit - 1 : 0;
		if (*end > 0 && m->line_end == '\n' && body.data[*end - 1] == '\r')
			--*end;
		return true;
	}
}

static enum rmn_status pass_part(struct mail *m, struct rmn_bytes bytes, bool is_digest,
    unsigned depth);

static enum rmn_status
note_damage(struct mail *m, const char *what)
{
	m->result = RMN_PARTIAL;
	rmn_fail(m->error, RMN_PARTIAL, "%s", what);
	return RMN_OK;
}

static enum rmn_status
pass_multipart(struct mail *m, const struct part *part, struct rmn_bytes delimiter, unsigned depth)
{
	bool is_digest = rmn_mail_equal(media_type(part->type), "multipart/digest");
	bool is_last = false;
	size_t at = 0, end, start;
	enum rmn_status status = RMN_OK;

	if (!delimiter_next(m, part->body, delimiter, &at, &end, &is_last)) {
		note_damage(m, "a multipart has no parts");
		return pass_text(m, part);
	}
	while (status == RMN_OK && !is_last) {
		struct rmn_bytes inside;

		start = at;
		if (delimiter_next(m, part->body, delimiter, &at, &end, &is_last)) {
			end = end > start ? end : start;
		} else {
			end = part->body.size;
			is_last = true;
			note_damage(m, "the last part has no end");
		}
		inside = rmn_bytes_head(rmn_bytes_after(part->body, start), end - start);
		if (inside.size > 0)
			status = pass_part(m, inside, is_digest, depth + 1);
	}
	return status;
}

static enum rmn_status
pass_container(struct mail *m, const struct part *part, unsigned depth)
{
	struct rmn_bytes type = media_type(part->type), delimiter;

	if (rmn_mail_equal(type, "multipart/encrypted"))
		return rmn_sink_missing(m->sink, RMN_ENCRYPTED, "the body is encrypted");
	if (depth >= MULTIPART_DEPTH_MAX) {
		m->result = RMN_LIMIT;
		rmn_fail(m->error, RMN_LIMIT, "more than %u multiparts in each other",
		    MULTIPART_DEPTH_MAX);
		return rmn_sink_missing(m->sink, RMN_LIMIT, "multiparts are nested too deeply");
	}
	rmn_buf_clear(&m->name);
	rmn_buf_append_string(&m->name, "--");
	rmn_mail_parameter(part->type, "boundary", &m->name);
	delimiter = rmn_arena_copy(m->arena, rmn_mail_trim(rmn_buf_bytes(&m->name)));
	if (m->name.failed || !delimiter.data)
		return out_of_memory(m);
	if (delimiter.size == 2) {
		m->part_count++;
		note_damage(m, "a multipart has no boundary");
		return pass_text(m, part);
	}
	return pass_multipart(m, part, delimiter, depth);
}

static enum rmn_status
pass_body(struct mail *m, const struct rmn_mail_head *head, bool is_digest, unsigned depth)
{
	struct part part = {
		.type = rmn_mail_head_find(head, "Content-Type"),
		.disposition = rmn_mail_head_find(head, "Content-Disposition"),
		.body = head->body,
		.encoding = rmn_mail_encoding_from(
		    rmn_mail_head_find(head, "Content-Transfer-Encoding")),
	};

	if (is_digest && part.type.size == 0)
		part.type = rmn_bytes_from_string("message/rfc822");
	if (rmn_mail_starts(media_type(part.type), "multipart/"))
		return pass_container(m, &part, depth);
	return pass_leaf(m, &part);
}

static enum rmn_status
pass_part(struct mail *m, struct rmn_bytes bytes, bool is_digest, unsigned depth)
{
	struct rmn_mail_head head;

	/* a part without fields starts with an empty line */
	if (!rmn_mail_head_read(bytes, m->line_end, m->arena, &head))
		return out_of_memory(m);
	return pass_body(m, &head, is_digest, depth);
}

/* Keys and signatures: long, and nothing anybody wrote. */
static const char *const dull_fields[] = {"ARC-Authentication-Results", "ARC-Message-Signature",
	"ARC-Seal", "Autocrypt", "DKIM-Signature", "DomainKey-Signature", "Face", "Thread-Index",
	"X-Face", "X-Google-DKIM-Signature", "X-Gm-Message-State", "X-Google-Smtp-Source"};

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
pass_header_lines(struct mail *m, const struct rmn_mail_head *head)
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
pass_properties(struct mail *m, const struct rmn_mail_head *head)
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

/* Apple Mail puts the size of the message on a line before it, and a property list behind it. */
static struct rmn_bytes
without_frame(struct rmn_bytes bytes)
{
	struct rmn_bytes line;
	size_t at = 0, size = 0;

	if (!rmn_mail_line(bytes, '\n', &at, &line) || line.size > 10)
		return bytes;
	line = rmn_mail_trim(line);
	for (size_t i = 0; i < line.size; i++) {
		if (line.data[i] < '0' || line.data[i] > '9')
			return bytes;
		size = size * 10 + (size_t)(line.data[i] - '0');
	}
	return line.size > 0 ? rmn_bytes_head(rmn_bytes_after(bytes, at), size) : bytes;
}

static enum rmn_status
mail_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct mail m = {.sink = sink, .arena = input->arena, .error = error, .result = RMN_OK};
	struct rmn_mail_head head;
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
	bytes = without_frame(bytes);
	m.line_end = rmn_mail_line_end(bytes);
	if (!rmn_mail_head_read(bytes, m.line_end, m.arena, &head))
		status = out_of_memory(&m);
	else if (head.count == 0)
		status = rmn_fail(error, RMN_CORRUPT, "no header fields");
	else
		status = pass_properties(&m, &head);
	if (status == RMN_OK)
		status = pass_header_lines(&m, &head);
	if (status == RMN_OK)
		status = pass_body(&m, &head, false, 0);
	rmn_buf_release(&m.raw);
	rmn_buf_release(&m.text);
	rmn_buf_release(&m.name);
	return status == RMN_OK ? m.result : status;
}

/* Fields that mail has; those of the first row are its own, the others are also in HTTP. */
static const char *const mail_fields[] = {"From", "To", "Cc", "Subject", "Message-ID", "Received",
	"Return-Path", "Delivered-To", "MIME-Version", "Reply-To", "Sender", "X-Mailer",
	"In-Reply-To", "References", "X-Original-To", "Delivery-Date", "X-Received",
	"Envelope-To", "Resent-From", "X-Apparently-To"};
static const char *const shared_fields[] = {"Date", "Content-Type", "Content-Transfer-Encoding",
	"User-Agent"};

static bool
is_among(struct rmn_bytes name, const char *const *names, size_t count, uint32_t *seen)
{
	for (size_t i = 0; i < count; i++) {
		if (!rmn_mail_equal(name, names[i]))
			continue;
		*seen |= 1u << i;
		return true;
	}
	return false;
}

static bool
starts_like_mail(struct rmn_bytes head)
{
	return rmn_bytes_start_with(head, "From ") || rmn_bytes_start_with(head, ">From ") ||
	    rmn_mail_starts(head, "Return-Path:") || rmn_mail_starts(head, "Received:");
}

static unsigned
mail_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes head = without_frame(input->head), line;
	unsigned char line_end = rmn_mail_line_end(head);
	uint32_t own = 0, shared = 0;
	bool is_first = true, starts = starts_like_mail(head);
	unsigned count;

	for (size_t at = 0; rmn_mail_line(head, line_end, &at, &line) && line.size > 0;) {
		struct rmn_bytes name = rmn_mail_field_name(line);

		if (name.size == 0 && is_first && !starts)
			return 0;
		is_first = false;
		if (!is_among(name, mail_fields, sizeof(mail_fields) / sizeof(*mail_fields), &own))
			is_among(name, shared_fields,
			    sizeof(shared_fields) / sizeof(*shared_fields), &shared);
	}
	count = (unsigned)__builtin_popcount(own) + (unsigned)__builtin_popcount(shared);
	if (own == 0 || (count < 2 && !starts))
		return 0;
	return 16 + 8 * (count < 6 ? count : 6) + (starts ? 8 : 0);
}

const struct rmn_format rmn_format_eml = {
	.name = "eml",
	.title = "Mail message",
	.media_type = "message/rfc822",
	.kind = RMN_KIND_MAIL,
	.claim = mail_claim,
	.read = mail_read,
};
