/* SPDX-License-Identifier: MIT
 *
 * Directory entries (LDIF, RFC 2849), as address books export them: one row an entry. */
#include <string.h>

#include "base/limits.h"
#include "charset/charset.h"
#include "format/format.h"
#include "format/mail/mail_decode.h"
#include "format/mail/mail_head.h"
#include "format/people/people.h"

struct ldif {
	struct rmn_people people;
	struct rmn_buf line, value;
};

/* The value of "attribute:: base64", in l->value; false when it is no text (a picture, a certificate). */
static bool
base64_decode(struct ldif *l, struct rmn_bytes coded)
{
	struct rmn_buf raw;
	bool is_text;

	rmn_buf_init(&raw, 0);
	rmn_mail_decode_whole(RMN_MAIL_BASE64, coded, '\n', &raw);
	l->people.no_memory |= raw.failed;
	is_text = rmn_charset_guess(rmn_buf_bytes(&raw)).is_text;
	if (is_text)
		rmn_mail_charset(rmn_buf_bytes(&raw), (struct rmn_bytes){NULL, 0}, &l->value);
	rmn_buf_release(&raw);
	return is_text;
}

static void
line_take(struct ldif *l, struct rmn_bytes line)
{
	const unsigned char *colon = line.size ? memchr(line.data, ':', line.size) : NULL;
	struct rmn_bytes field, value;
	const unsigned char *option;

	if (!colon || line.data[0] == '#')
		return;
	field = (struct rmn_bytes){line.data, (size_t)(colon - line.data)};
	value = rmn_bytes_after(line, field.size + 1);
	rmn_buf_clear(&l->value);
	if (rmn_mail_equal(field, "version") || rmn_mail_equal(field, "objectclass") ||
	    rmn_mail_equal(field, "changetype"))
		return;
	if (rmn_bytes_start_with(value, ":")) {
		if (!base64_decode(l, rmn_mail_trim(rmn_bytes_after(value, 1))))
			return;
	} else {
		rmn_mail_charset(rmn_mail_trim(value), (struct rmn_bytes){NULL, 0}, &l->value);
	}
	option = field.size ? memchr(field.data, ';', field.size) : NULL;	/* "cn;lang-ja" */
	if (option)
		field.size = (size_t)(option - field.data);
	if (rmn_people_column_of(field) == RMN_PEOPLE_OTHER)
		rmn_people_add_other(&l->people, field, rmn_buf_bytes(&l->value));
	else
		rmn_people_add(&l->people, rmn_people_column_of(field), rmn_buf_bytes(&l->value));
	l->people.no_memory |= l->value.failed;
}

static void
line_end(struct ldif *l)
{
	l->people.no_memory |= l->line.failed;
	line_take(l, rmn_buf_bytes(&l->line));
	rmn_buf_clear(&l->line);
}

/* Lines that start with a blank go on; an empty one ends the entry. */
static void
entries_read(struct ldif *l, struct rmn_bytes bytes)
{
	unsigned char end = rmn_mail_line_end(bytes);
	struct rmn_bytes line;
	size_t at = 0;

	while (l->people.text->status == RMN_OK && rmn_mail_line(bytes, end, &at, &line)) {
		if (line.size > 0 && line.data[0] == ' ') {
			rmn_buf_append(&l->line, rmn_bytes_after(line, 1));
			continue;
		}
		line_end(l);
		rmn_buf_append(&l->line, line);
		if (line.size == 0)
			rmn_people_end(&l->people);
	}
	line_end(l);
	rmn_people_end(&l->people);
}

static enum rmn_status
ldif_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct ldif l;
	struct rmn_text text;
	struct rmn_bytes bytes;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &bytes, error), end;

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	if (rmn_bytes_start_with(bytes, "\xEF\xBB\xBF"))
		bytes = rmn_bytes_after(bytes, 3);
	rmn_text_init(&text, sink, input->arena, error);
	rmn_people_init(&l.people, &text);
	rmn_buf_init(&l.line, 0);
	rmn_buf_init(&l.value, 0);
	entries_read(&l, bytes);
	end = rmn_text_flush(&text);
	rmn_buf_release(&l.line);
	rmn_buf_release(&l.value);
	rmn_people_release(&l.people);
	return end == RMN_OK ? status : end;
}

/* "dn: cn=..." at the start, behind comments and a version. */
static unsigned
ldif_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes head = input->head, line;
	unsigned char end;
	size_t at = 0;

	if (rmn_bytes_start_with(head, "\xEF\xBB\xBF"))
		head = rmn_bytes_after(head, 3);
	end = rmn_mail_line_end(head);
	while (rmn_mail_line(head, end, &at, &line)) {
		if (line.size == 0 || line.data[0] == '#' || line.data[0] == ' ' ||
		    rmn_mail_starts(line, "version:"))
			continue;
		return (rmn_mail_starts(line, "dn: ") && memchr(line.data, '=', line.size)) ||
		    rmn_mail_starts(line, "dn:: ") ? 64 : 0;
	}
	return 0;
}

const struct rmn_format rmn_format_ldif = {
	.name = "ldif",
	.title = "Directory entries (LDIF)",
	.media_type = "text/ldif",
	.kind = RMN_KIND_TEXT,
	.is_all_text = true,
	.claim = ldif_claim,
	.read = ldif_read,
};
