/* SPDX-License-Identifier: MIT */
#include "format/mail/mail_part.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "format/format.h"
#include "format/mail/mail_damage.h"

/* Multiparts in multiparts; honest mail has four. */
#define MULTIPART_DEPTH_MAX 16u
#define BOUNDARY_BYTES_MAX 200u

/* What the header of a part says about its body. */
struct part {
	struct rmn_bytes type;		/* the whole Content-Type value; empty when there is none */
	struct rmn_bytes disposition;
	struct rmn_bytes body;
	enum rmn_mail_encoding encoding;
	bool is_away;			/* Apple Mail: the body is in a file of its own */
};

static enum rmn_status
out_of_memory(struct rmn_mail *m)
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

/* The file name that mail programs would show, in m->name; false when there is none. */
static bool
part_name(struct rmn_mail *m, const struct part *part)
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

enum rmn_status
rmn_mail_pass_bytes(struct rmn_mail *m, enum rmn_mail_encoding encoding, struct rmn_bytes body,
    unsigned char line_end)
{
	struct rmn_mail_decoder decoder;
	struct rmn_member_reader reader = rmn_mail_decoder_reader(&decoder);
	struct rmn_member member = {
		.name = rmn_buf_bytes(&m->name),
		.size_bytes = encoding == RMN_MAIL_PLAIN ? body.size : UINT64_MAX,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
	};

	if (m->name.failed)
		return out_of_memory(m);
	rmn_mail_decoder_init(&decoder, encoding, body, line_end);
	return rmn_sink_member(m->sink, &member, &reader);
}

static enum rmn_status
pass_member(struct rmn_mail *m, const struct part *part)
{
	if (part->is_away) {
		m->away_count++;
		return RMN_OK;
	}
	if (!part_name(m, part)) {
		rmn_buf_clear(&m->name);
		rmn_buf_printf(&m->name, "part-%u%s", m->part_count,
		    ending_for(media_type(part->type)));
	}
	return rmn_mail_pass_bytes(m, part->encoding, part->body, m->line_end);
}

/* The decoded bytes of a part, whole; false when out of memory. */
static bool
decode_whole(struct rmn_mail *m, const struct part *part)
{
	rmn_buf_clear(&m->raw);
	rmn_mail_decode_whole(part->encoding, part->body, m->line_end, &m->raw);
	return !m->raw.failed;
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

/* The text in m->raw as UTF-8 into m->text, behind what is there. */
static bool
text_from_raw(struct rmn_mail *m, const struct part *part)
{
	rmn_buf_clear(&m->name);
	rmn_mail_parameter(part->type, "charset", &m->name);
	rmn_mail_charset(rmn_buf_bytes(&m->raw), rmn_mail_trim(rmn_buf_bytes(&m->name)), &m->text);
	return !m->text.failed && !m->name.failed;
}

static enum rmn_status
pass_text(struct rmn_mail *m, const struct part *part)
{
	char number[16];
	enum rmn_status status;

	if (!decode_whole(m, part))
		return out_of_memory(m);
	status = rmn_mail_pass_inline(m);
	if (status != RMN_OK)
		return status;
	rmn_buf_clear(&m->text);
	if (!text_from_raw(m, part))
		return out_of_memory(m);
	unify_line_ends(&m->text);
	if (m->text.size > 0 && m->text.data[m->text.size - 1] != '\n')
		rmn_buf_append_char(&m->text, '\n');
	if (m->text.failed)
		return out_of_memory(m);
	snprintf(number, sizeof(number), "%u", m->part_count);
	status = rmn_sink_part(m->sink, RMN_PART_BODY, number);
	if (status == RMN_OK)
		status = rmn_sink_text(m->sink, rmn_buf_bytes(&m->text));
	return status;
}

/* A body in HTML goes to the reader of pages.  Only the mail says what charset it is in, so it is
 * decoded first and marked as UTF-8.  The page's own title is none of the mail's. */
static enum rmn_status
pass_html(struct rmn_mail *m, const struct part *part)
{
	const struct rmn_format *html = rmn_format_find("html");
	struct rmn_sink sink = *m->sink;
	struct rmn_blob blob;
	struct rmn_format_input input = {.content = &blob, .arena = m->arena};
	enum rmn_status status;

	rmn_buf_clear(&m->text);
	rmn_buf_append_string(&m->text, "\xEF\xBB\xBF");
	if (!decode_whole(m, part) || !text_from_raw(m, part))
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

static void
note_damage(struct rmn_mail *m, const char *what)
{
	m->result = RMN_PARTIAL;
	rmn_fail(m->error, RMN_PARTIAL, "%s", what);
}

/* What is wrong with a leaf's bytes, if nothing was found before. */
static void
look_for_damage(struct rmn_mail *m, const struct part *part, bool is_text)
{
	const char *what;

	if (m->result != RMN_OK || part->is_away)
		return;
	rmn_buf_clear(&m->name);
	rmn_mail_parameter(part->type, "charset", &m->name);
	what = rmn_mail_body_damage(part->encoding, is_text, rmn_mail_trim(rmn_buf_bytes(&m->name)),
	    part->body);
	if (what)
		note_damage(m, what);
}

static bool
is_enveloped(const struct part *part, struct rmn_mail *m)
{
	rmn_buf_clear(&m->name);
	return rmn_mail_parameter(part->type, "smime-type", &m->name) &&
	    rmn_mail_starts(rmn_buf_bytes(&m->name), "enveloped");
}

static enum rmn_status
pass_leaf(struct rmn_mail *m, const struct part *part)
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
	if (rmn_mail_equal(type, "message/partial"))
		note_damage(m, "only a piece of a message that was sent in several");
	look_for_damage(m, part, is_text || is_report);
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
delimiter_next(const struct rmn_mail *m, struct rmn_bytes body, struct rmn_bytes delimiter, size_t *at,
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

static enum rmn_status pass_part(struct rmn_mail *m, struct rmn_bytes bytes, bool is_digest,
    unsigned depth);

/* The first delimiter line and the fields of a part behind it: for multiparts that name no boundary, or one
 * that is not there. */
static struct rmn_bytes
delimiter_guess(struct rmn_bytes body, unsigned char line_end)
{
	struct rmn_bytes line, next;
	size_t at = 0, behind;

	while (rmn_mail_line(body, line_end, &at, &line)) {
		line = rmn_mail_trim(line);
		behind = at;
		if (rmn_bytes_start_with(line, "--") && line.size > 2 &&
		    line.size <= BOUNDARY_BYTES_MAX &&
		    rmn_mail_line(body, line_end, &behind, &next) &&
		    rmn_mail_starts(next, "Content-") && rmn_mail_field_name(next).size > 0)
			return line;
	}
	return (struct rmn_bytes){NULL, 0};
}

static enum rmn_status
pass_parts(struct rmn_mail *m, const struct part *part, struct rmn_bytes delimiter, unsigned depth)
{
	bool is_digest = rmn_mail_equal(media_type(part->type), "multipart/digest");
	bool is_last = false;
	size_t at = 0, end, start;
	enum rmn_status status = RMN_OK;

	delimiter_next(m, part->body, delimiter, &at, &end, &is_last);
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

/* Whether a delimiter line is there at all. */
static bool
is_delimited(const struct rmn_mail *m, struct rmn_bytes body, struct rmn_bytes delimiter)
{
	size_t at = 0, end;
	bool is_last;

	return delimiter.size > 2 && delimiter_next(m, body, delimiter, &at, &end, &is_last);
}

static enum rmn_status
pass_container(struct rmn_mail *m, const struct part *part, unsigned depth)
{
	struct rmn_bytes delimiter;

	if (rmn_mail_equal(media_type(part->type), "multipart/encrypted"))
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
	if (is_delimited(m, part->body, delimiter))
		return pass_parts(m, part, delimiter, depth);
	note_damage(m, delimiter.size == 2 ? "a multipart has no boundary" :
	    "a multipart has no parts");
	delimiter = delimiter_guess(part->body, m->line_end);
	if (delimiter.size > 0)
		return pass_parts(m, part, delimiter, depth);
	m->part_count++;
	return pass_text(m, part);
}

static enum rmn_status
pass_body(struct rmn_mail *m, const struct rmn_mail_head *head, bool is_digest, unsigned depth)
{
	struct part part = {
		.type = rmn_mail_head_find(head, "Content-Type"),
		.disposition = rmn_mail_head_find(head, "Content-Disposition"),
		.body = head->body,
		.encoding = rmn_mail_encoding_from(
		    rmn_mail_head_find(head, "Content-Transfer-Encoding")),
		.is_away = rmn_mail_head_find(head, "X-Apple-Content-Length").size > 0 &&
		    rmn_mail_trim(head->body).size == 0,
	};

	/* the last part of a message; inside others the line end belongs to the delimiter */
	if (depth == 0 && part.body.size > 0 && part.body.data[part.body.size - 1] != m->line_end &&
	    part.encoding != RMN_MAIL_BASE64 && m->result == RMN_OK &&
	    !rmn_mail_starts(media_type(part.type), "multipart/"))
		note_damage(m, "the message ends inside a line");
	if (is_digest && part.type.size == 0)
		part.type = rmn_bytes_from_string("message/rfc822");
	if (rmn_mail_starts(media_type(part.type), "multipart/"))
		return pass_container(m, &part, depth);
	return pass_leaf(m, &part);
}

static enum rmn_status
pass_part(struct rmn_mail *m, struct rmn_bytes bytes, bool is_digest, unsigned depth)
{
	struct rmn_mail_head head;
	const char *what;

	/* a part without fields starts with an empty line */
	if (!rmn_mail_head_read(bytes, m->line_end, m->arena, &head))
		return out_of_memory(m);
	what = rmn_mail_head_damage(rmn_bytes_head(bytes, bytes.size - head.body.size));
	if (what)
		note_damage(m, what);
	return pass_body(m, &head, is_digest, depth);
}

enum rmn_status
rmn_mail_pass_body(struct rmn_mail *m, const struct rmn_mail_head *head)
{
	return pass_body(m, head, false, 0);
}

bool
rmn_mail_is_fragment(struct rmn_bytes bytes, unsigned char line_end)
{
	struct rmn_bytes text = rmn_mail_trim(bytes);

	return rmn_bytes_start_with(text, "--") &&
	    delimiter_guess(text, line_end).data == text.data;
}

enum rmn_status
rmn_mail_pass_fragment(struct rmn_mail *m, struct rmn_bytes bytes)
{
	struct part part = {.type = rmn_bytes_from_string("multipart/mixed"), .body = bytes};

	note_damage(m, "the head of the message is missing");
	return pass_parts(m, &part, delimiter_guess(bytes, m->line_end), 0);
}
