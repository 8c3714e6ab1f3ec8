/* SPDX-License-Identifier: MIT
 *
 * Lines and fields. */
#include "format/mail/mail_head.h"

#include <string.h>
#include <strings.h>

#define LINE_END_SAMPLE 8192u

unsigned char
rmn_mail_line_end(struct rmn_bytes message)
{
	struct rmn_bytes head = rmn_bytes_head(message, LINE_END_SAMPLE);

	if (head.size == 0 || memchr(head.data, '\n', head.size) ||
	    !memchr(head.data, '\r', head.size))
		return '\n';
	return '\r';
}

bool
rmn_mail_line(struct rmn_bytes bytes, unsigned char line_end, size_t *at, struct rmn_bytes *line)
{
	struct rmn_bytes rest = rmn_bytes_after(bytes, *at);
	const unsigned char *end;

	if (rest.size == 0)
		return false;
	end = memchr(rest.data, line_end, rest.size);
	if (end)
		rest.size = (size_t)(end - rest.data);
	*at += rest.size + (end ? 1 : 0);
	if (rest.size > 0 && line_end == '\n' && rest.data[rest.size - 1] == '\r')
		rest.size--;
	*line = rest;
	return true;
}

struct rmn_bytes
rmn_mail_trim(struct rmn_bytes bytes)
{
	while (bytes.size > 0 && rmn_mail_is_space(bytes.data[0]))
		bytes = rmn_bytes_after(bytes, 1);
	while (bytes.size > 0 && rmn_mail_is_space(bytes.data[bytes.size - 1]))
		bytes.size--;
	return bytes;
}

bool
rmn_mail_starts(struct rmn_bytes bytes, const char *prefix)
{
	size_t size = strlen(prefix);

	return bytes.size >= size &&
	    strncasecmp((const char *)bytes.data, prefix, size) == 0;
}

bool
rmn_mail_equal(struct rmn_bytes bytes, const char *text)
{
	return bytes.size == strlen(text) && rmn_mail_starts(bytes, text);
}

struct rmn_bytes
rmn_mail_field_name(struct rmn_bytes line)
{
	struct rmn_bytes name = {line.data, 0};

	while (name.size < line.size && line.data[name.size] > ' ' &&
	    line.data[name.size] < 0x7F && line.data[name.size] != ':')
		name.size++;
	/* white space before the colon is an old form (RFC 5322 4.5) */
	for (size_t i = name.size; name.size > 0 && i < line.size; i++) {
		if (line.data[i] == ':')
			return name;
		if (line.data[i] != ' ' && line.data[i] != '\t')
			break;
	}
	return (struct rmn_bytes){NULL, 0};
}

/* What one line of a head is. */
enum line_kind { LINE_FIELD, LINE_FOLD, LINE_JUNK, LINE_LAST };

/* A line that is no field ends the head, unless fields go on behind it: relays and viruses leave
 * such lines, and mail programs read past them. */
static enum line_kind
line_kind(struct rmn_bytes message, unsigned char line_end, size_t next, struct rmn_bytes line,
    bool has_field)
{
	struct rmn_bytes following;

	if (line.size == 0)
		return LINE_LAST;
	if (line.data[0] == ' ' || line.data[0] == '\t')
		return has_field ? LINE_FOLD : LINE_LAST;
	if (rmn_mail_field_name(line).size > 0)
		return LINE_FIELD;
	if (rmn_bytes_start_with(line, "From ") || rmn_bytes_start_with(line, ">From "))
		return LINE_JUNK;
	if (rmn_mail_line(message, line_end, &next, &following) &&
	    rmn_mail_field_name(following).size > 0)
		return LINE_JUNK;
	return LINE_LAST;
}

/* Walks the head; fills fields when there are any to fill.  Returns how many there are. */
static size_t
walk_fields(struct rmn_bytes message, unsigned char line_end, struct rmn_mail_field *fields,
    struct rmn_bytes *body)
{
	struct rmn_bytes line;
	size_t count = 0, at = 0, start = 0;

	while (rmn_mail_line(message, line_end, &at, &line)) {
		enum line_kind kind = line_kind(message, line_end, at, line, count > 0);

		if (kind == LINE_LAST) {
			if (line.size > 0)
				at = start;	/* no empty line: this one is text already */
			break;
		}
		if (kind == LINE_FIELD) {
			if (fields) {
				size_t name = rmn_mail_field_name(line).size;
				size_t colon = name + 1;

				while (line.data[colon - 1] != ':')
					colon++;
				fields[count].name = rmn_bytes_head(line, name);
				fields[count].value = rmn_bytes_after(line, colon);
			}
			count++;
		} else if (kind == LINE_FOLD && fields) {
			struct rmn_bytes *value = &fields[count - 1].value;

			if (!value->data)
				value->data = line.data;
			value->size = (size_t)(line.data + line.size - value->data);
		}
		start = at;
	}
	*body = rmn_bytes_after(message, at);
	return count;
}

bool
rmn_mail_head_read(struct rmn_bytes message, unsigned char line_end, struct rmn_arena *arena,
    struct rmn_mail_head *head)
{
	*head = (struct rmn_mail_head){NULL, 0, message};
	head->count = walk_fields(message, line_end, NULL, &head->body);
	if (head->count == 0)
		return true;
	head->fields = rmn_arena_alloc(arena, head->count, sizeof(*head->fields));
	if (!head->fields)
		return false;
	walk_fields(message, line_end, head->fields, &head->body);
	return true;
}

static const struct rmn_mail_field *
field_find(const struct rmn_mail_head *head, const char *name)
{
	for (size_t i = 0; i < head->count; i++)
		if (rmn_mail_equal(head->fields[i].name, name))
			return &head->fields[i];
	return NULL;
}

bool
rmn_mail_head_has(const struct rmn_mail_head *head, const char *name)
{
	return field_find(head, name) != NULL;
}

struct rmn_bytes
rmn_mail_head_find(const struct rmn_mail_head *head, const char *name)
{
	const struct rmn_mail_field *field = field_find(head, name);

	return field ? field->value : (struct rmn_bytes){NULL, 0};
}
