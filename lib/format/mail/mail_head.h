/* SPDX-License-Identifier: MIT
 *
 * Header fields of a message or of one of its parts (RFC 5322, 2045, 2047, 2231), read as
 * tolerantly as mail programs do.  All bytes are borrowed from the message. */
#ifndef RMN_FORMAT_MAIL_HEAD_H
#define RMN_FORMAT_MAIL_HEAD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"

/* A message has one kind of line end: "\n" (also behind "\r"), or "\r" alone (old Macs). */
unsigned char rmn_mail_line_end(struct rmn_bytes message);

/* The line at *at without its end, *at behind it; false at the end of the bytes. */
bool rmn_mail_line(struct rmn_bytes bytes, unsigned char line_end, size_t *at,
    struct rmn_bytes *line);

struct rmn_mail_field {
	struct rmn_bytes name;
	struct rmn_bytes value;		/* with its folds */
};

struct rmn_mail_head {
	struct rmn_mail_field *fields;
	size_t count;
	struct rmn_bytes body;
};

/* The name of the field that starts with this line, up to its colon; empty when none does. */
struct rmn_bytes rmn_mail_field_name(struct rmn_bytes line);

/* False when out of memory.  A message without any field is all body. */
bool rmn_mail_head_read(struct rmn_bytes message, unsigned char line_end, struct rmn_arena *arena,
    struct rmn_mail_head *head);

/* The value of the first field of this name (case ignored); empty when there is none. */
struct rmn_bytes rmn_mail_head_find(const struct rmn_mail_head *head, const char *name);
bool rmn_mail_head_has(const struct rmn_mail_head *head, const char *name);

/* Appends bytes in a declared charset (may be empty) as UTF-8.  A label that is unknown or plainly
 * wrong is overruled by what the bytes look like. */
void rmn_mail_charset(struct rmn_bytes bytes, struct rmn_bytes label, struct rmn_buf *utf8);

/* Appends a value as UTF-8 on one line: unfolded, encoded words decoded, raw 8-bit text guessed. */
void rmn_mail_value(struct rmn_bytes value, struct rmn_buf *utf8);

/* Appends the parameter of this name ("boundary", "filename") of a structured value as UTF-8;
 * false when it has none. */
bool rmn_mail_parameter(struct rmn_bytes value, const char *name, struct rmn_buf *utf8);

/* Nanoseconds since 1970 (base/time.h) of an RFC 5322 date, unknown when it is none. */
int64_t rmn_mail_date(struct rmn_bytes value);

static inline bool
rmn_mail_is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of a hexadecimal digit; -1 for what is none. */
static inline int
rmn_mail_hex(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Without white space around it. */
struct rmn_bytes rmn_mail_trim(struct rmn_bytes bytes);

/* Case ignored, ASCII only. */
bool rmn_mail_equal(struct rmn_bytes bytes, const char *text);
bool rmn_mail_starts(struct rmn_bytes bytes, const char *prefix);

#endif
