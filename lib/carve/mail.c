/* SPDX-License-Identifier: MIT
 *
 * Mails and mbox files (RFC 5322, 2046, 4155), line by line.  Where a mail of several parts ends is
 * said by the closing line of its outermost boundary; other mails say nothing. */
#include <string.h>

#include "base/checked.h"
#include "carve/text_private.h"

#define HEAD_FIELD_NAME 64u

/* Fields of which a header has at least two; in lower case. */
static const char *const fields[] = {
	"received", "from", "to", "cc", "date", "subject", "message-id", "mime-version",
	"return-path", "delivered-to", "reply-to", "sender", "content-type", "x-original-to",
	"in-reply-to", "references", "newsgroups", "content-transfer-encoding", "x-mailer",
	"dkim-signature",
	"authentication-results", "received-spf", "envelope-to", "x-apparently-to",
	"arc-seal", "resent-from",
};

/* The field that a line begins with; sizeof(fields) / sizeof(fields[0]): another one; SIZE_MAX: it
 * is no field. */
static size_t
field_find(struct rmn_bytes line)
{
	const size_t count = sizeof(fields) / sizeof(fields[0]);
	size_t size = 0;

	while (size < line.size && size < HEAD_FIELD_NAME && line.data[size] > ' ' &&
	    line.data[size] < 0x7F && line.data[size] != ':')
		size++;
	if (size == 0 || size == line.size || line.data[size] != ':')
		return SIZE_MAX;
	for (size_t i = 0; i < count; i++)
		if (strlen(fields[i]) == size && rmn_text_begins(line, fields[i]))
			return i;
	return count;
}

static size_t
line_size(struct rmn_bytes bytes)
{
	size_t size = 0;

	while (size < bytes.size && bytes.data[size] != '\n' && bytes.data[size] != '\r')
		size++;
	return size;
}

static struct rmn_bytes
line_next(struct rmn_bytes bytes, size_t size)
{
	bytes = rmn_bytes_after(bytes, size);
	if (rmn_bytes_start_with(bytes, "\r\n"))
		return rmn_bytes_after(bytes, 2);
	return rmn_bytes_after(bytes, 1);
}

bool
rmn_mail_is_sure_head(struct rmn_bytes narrow)
{
	struct rmn_bytes line = rmn_bytes_head(narrow, line_size(narrow));

	return (rmn_bytes_start_with(line, "From ") ||
	    field_find(line) < sizeof(fields) / sizeof(fields[0])) && rmn_mail_is_head(narrow);
}

bool
rmn_mail_is_head(struct rmn_bytes narrow)
{
	uint32_t seen = 0;
	bool is_first = true;

	while (narrow.size > 0) {
		size_t size = line_size(narrow), field;
		struct rmn_bytes line = rmn_bytes_head(narrow, size);
		bool is_cut = size == narrow.size;

		if (size == 0)
			break;
		field = field_find(line);
		if (field < sizeof(fields) / sizeof(fields[0]))
			seen |= 1u << field;
		else if (field == SIZE_MAX && !is_cut && line.data[0] != ' ' &&
		    line.data[0] != '\t' && !(is_first && rmn_bytes_start_with(line, "From ")))
			return false;
		else if (is_first && (line.data[0] == ' ' || line.data[0] == '\t'))
			return false;
		narrow = line_next(narrow, size);
		is_first = false;
	}
	return __builtin_popcount(seen) >= 2;
}

/* The boundary that Content-Type gives. */
static void
boundary_take(struct rmn_mail_machine *m)
{
	struct rmn_bytes field = {m->field, m->field_size};
	bool is_quoted;

	while (field.size > 0 && !rmn_text_begins(field, "boundary="))
		field = rmn_bytes_after(field, 1);
	field = rmn_bytes_after(field, strlen("boundary="));
	is_quoted = field.size > 0 && field.data[0] == '"';
	if (is_quoted)
		field = rmn_bytes_after(field, 1);
	m->boundary_size = 0;
	for (size_t i = 0; i < field.size && m->boundary_size < sizeof(m->boundary); i++) {
		unsigned char c = field.data[i];

		if (is_quoted ? c == '"' : c == ';' || rmn_text_is_space(c))
			break;
		m->boundary[m->boundary_size++] = (char)c;
	}
}

static void
header_line(struct rmn_mail_machine *m, struct rmn_bytes line)
{
	bool is_folded = line.size > 0 && (line.data[0] == ' ' || line.data[0] == '\t');

	if (line.size > 0 && (is_folded ? m->is_field : rmn_text_begins(line, "content-type:"))) {
		size_t part = rmn_min_size(line.size, sizeof(m->field) - m->field_size);

		if (!is_folded)
			m->field_size = 0;
		part = rmn_min_size(line.size, sizeof(m->field) - m->field_size);
		memcpy(m->field + m->field_size, line.data, part);
		m->field_size += part;
		m->is_field = true;
		return;
	}
	if (m->is_field)
		boundary_take(m);
	m->is_field = false;
	if (line.size == 0)
		m->is_header = false;
}

static bool
is_closing(const struct rmn_mail_machine *m, struct rmn_bytes line)
{
	size_t size = m->boundary_size;

	return size > 0 && line.size >= size + 4 && memcmp(line.data, "--", 2) == 0 &&
	    memcmp(line.data + 2, m->boundary, size) == 0 &&
	    memcmp(line.data + 2 + size, "--", 2) == 0 &&
	    (line.size == size + 4 || rmn_text_is_space(line.data[size + 4]));
}

/* A line, whose end is behind unit `end`. */
static void
mail_line(struct rmn_mail_machine *m, uint64_t end)
{
	struct rmn_bytes line = {m->line, m->line_size};

	if (m->is_mbox && m->is_after_blank && rmn_bytes_start_with(line, "From ")) {
		m->messages++;
		m->is_header = true;
		m->is_closed = m->is_field = false;
		m->boundary_size = m->field_size = 0;
	} else if (m->is_header) {
		header_line(m, line);
	} else if (is_closing(m, line)) {
		m->is_closed = true;
		m->closed_at = end;
	}
	m->is_after_blank = line.size == 0;
	m->line_size = 0;
}

void
rmn_mail_feed(struct rmn_text_machine *machine, struct rmn_bytes narrow)
{
	struct rmn_mail_machine *m = &machine->as.mail;

	for (size_t i = 0; i < narrow.size;) {
		unsigned char c = narrow.data[i];
		size_t run = 1;

		if (m->is_after_cr && c == '\n') {
			if (m->is_closed && m->closed_at == machine->at + i)
				m->closed_at++;
			m->is_after_cr = false;
			i++;
			continue;
		}
		m->is_after_cr = c == '\r';
		if (c == '\r' || c == '\n') {
			mail_line(m, machine->at + i + 1);
		} else {
			size_t part;

			run = line_size(rmn_bytes_after(narrow, i));
			part = rmn_min_size(run, sizeof(m->line) - m->line_size);
			memcpy(m->line + m->line_size, narrow.data + i, part);
			m->line_size += part;
		}
		i += run;
	}
}

void
rmn_mail_end(const struct rmn_text_machine *machine, struct rmn_text_shape *shape)
{
	struct rmn_text_machine last = *machine;
	struct rmn_mail_machine *m = &last.as.mail;

	if (m->line_size > 0)
		mail_line(m, machine->at);
	shape->extension = m->is_mbox ? "mbox" : "eml";
	shape->is_closed = m->is_closed;
	shape->closed_at = m->closed_at;
	shape->is_open = m->is_header || (m->boundary_size > 0 && !m->is_closed);
}
