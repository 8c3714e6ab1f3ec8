/* SPDX-License-Identifier: MIT
 *
 * Lines of vCard and iCalendar: "group.NAME;PARAM=value:value", folded, in quoted-printable where the
 * version is old (vCard 2.1, vCalendar 1.0; RFC 2426, 6350, 5545). */
#ifndef RMN_FORMAT_VLINE_H
#define RMN_FORMAT_VLINE_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/encoding.h"

struct rmn_vlines {
	struct rmn_bytes bytes;
	size_t at;
	unsigned char line_end;
	enum rmn_encoding encoding;	/* of values that name none */
	struct rmn_buf line;		/* unfolded */
	struct rmn_buf raw;		/* out of quoted-printable */
	bool no_memory;			/* something was lost for want of it */
};

struct rmn_vline {
	struct rmn_bytes name;		/* without its group */
	struct rmn_bytes parameters;	/* ";A=b;C" */
	struct rmn_bytes value;		/* as it stands in the line */
	bool is_base64;
};

/* Guesses the encoding of the file from its start. */
void rmn_vline_init(struct rmn_vlines *content, struct rmn_bytes bytes);
void rmn_vline_release(struct rmn_vlines *content);

/* The next line, valid until the call after; false at the end.  What is no line is stepped over. */
bool rmn_vline_next(struct rmn_vlines *content, struct rmn_vline *line);

bool rmn_vline_is(const struct rmn_vline *line, const char *name);

/* Whether a parameter of this name has (or, in old versions, is) this value; NULL: any. */
bool rmn_vline_has(const struct rmn_vline *line, const char *name, const char *value);

/* Appends a parameter's value as UTF-8, without quotes. */
void rmn_vline_parameter(struct rmn_vlines *content,
    const struct rmn_vline *line, const char *name, struct rmn_buf *utf8);

/* Appends the value as UTF-8, decoded and unescaped; component SIZE_MAX: all of it, with a blank for each
 * semicolon, else only that one of its components from 0. */
void rmn_vline_value(struct rmn_vlines *content, const struct rmn_vline *line,
    size_t component, struct rmn_buf *utf8);

#endif
