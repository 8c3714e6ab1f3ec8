/* SPDX-License-Identifier: MIT */
#include "format/people/vline.h"

#include <string.h>

#include "charset/charset.h"
#include "format/mail/mail_decode.h"
#include "format/mail/mail_head.h"

#define GUESS_BYTES 65536u

void
rmn_vline_init(struct rmn_vlines *content, struct rmn_bytes bytes)
{
	struct rmn_charset_guess guess = rmn_charset_guess(rmn_bytes_head(bytes, GUESS_BYTES));

	*content = (struct rmn_vlines){
		.bytes = rmn_bytes_after(bytes, guess.bom_bytes),
		.line_end = rmn_mail_line_end(bytes),
		.encoding = guess.is_text ? guess.encoding : RMN_ENCODING_UNKNOWN,
	};
	rmn_buf_init(&content->line, 0);
	rmn_buf_init(&content->raw, 0);
}

void
rmn_vline_release(struct rmn_vlines *content)
{
	rmn_buf_release(&content->line);
	rmn_buf_release(&content->raw);
}

/* Cuts name and parameters off; false for what is no line. */
static bool
line_split(struct rmn_bytes text, struct rmn_vline *line)
{
	bool quoted = false;
	size_t colon = 0, name;

	while (colon < text.size && (quoted || text.data[colon] != ':')) {
		quoted ^= text.data[colon] == '"';
		colon++;
	}
	if (colon == text.size)
		return false;
	line->value = rmn_bytes_after(text, colon + 1);
	for (name = 0; name < colon && text.data[name] != ';'; name++)
		continue;
	line->name = rmn_bytes_head(text, name);
	line->parameters = (struct rmn_bytes){text.data + name, colon - name};
	for (size_t i = name; i > 0; i--) {
		if (text.data[i - 1] == '.') {
			line->name = rmn_bytes_after(line->name, i);
			break;
		}
	}
	line->is_base64 = rmn_vline_has(line, "ENCODING", "BASE64") ||
	    rmn_vline_has(line, "ENCODING", "B");
	return line->name.size > 0;
}

/* Appends the lines that continue this one. */
static void
unfold(struct rmn_vlines *c)
{
	struct rmn_vline line;
	bool is_quoted = line_split(rmn_buf_bytes(&c->line), &line) &&
	    rmn_vline_has(&line, "ENCODING", "QUOTED-PRINTABLE");
	struct rmn_bytes next;
	size_t at = c->at;

	while (rmn_mail_line(c->bytes, c->line_end, &at, &next)) {
		bool is_soft = is_quoted && c->line.size > 0 &&
		    c->line.data[c->line.size - 1] == '=';

		if (is_soft)
			c->line.size--;
		else if (next.size == 0 || (next.data[0] != ' ' && next.data[0] != '\t'))
			return;
		rmn_buf_append(&c->line, is_soft ? next : rmn_bytes_after(next, 1));
		c->at = at;
	}
}

bool
rmn_vline_next(struct rmn_vlines *content, struct rmn_vline *line)
{
	struct rmn_bytes first;

	while (rmn_mail_line(content->bytes, content->line_end, &content->at, &first)) {
		rmn_buf_clear(&content->line);
		rmn_buf_append(&content->line, first);
		unfold(content);
		content->no_memory |= content->line.failed;
		if (line_split(rmn_buf_bytes(&content->line), line))
			return true;
	}
	return false;
}

bool
rmn_vline_is(const struct rmn_vline *line, const char *name)
{
	return rmn_mail_equal(line->name, name);
}

/* Cuts the next parameter off. */
static bool
parameter_next(struct rmn_bytes *rest, struct rmn_bytes *name, struct rmn_bytes *value)
{
	const unsigned char *equal;
	bool quoted = false;
	size_t end = 0;

	if (rest->size == 0)
		return false;
	*rest = rmn_bytes_after(*rest, 1);
	while (end < rest->size && (quoted || rest->data[end] != ';')) {
		quoted ^= rest->data[end] == '"';
		end++;
	}
	*name = rmn_bytes_head(*rest, end);
	*value = *name;
	*rest = rmn_bytes_after(*rest, end);
	equal = name->size ? memchr(name->data, '=', name->size) : NULL;
	if (equal) {
		*value = rmn_bytes_after(*name, (size_t)(equal - name->data) + 1);
		name->size = (size_t)(equal - name->data);
	}
	if (value->size > 1 && value->data[0] == '"' && value->data[value->size - 1] == '"')
		*value = (struct rmn_bytes){value->data + 1, value->size - 2};
	return true;
}

bool
rmn_vline_has(const struct rmn_vline *line, const char *name, const char *value)
{
	struct rmn_bytes rest = line->parameters, key, is;

	while (parameter_next(&rest, &key, &is))
		if ((rmn_mail_equal(key, name) || key.data == is.data) &&
		    (!value || rmn_mail_equal(is, value)))
			return true;
	return false;
}

static void
append_text(const struct rmn_vlines *c, struct rmn_bytes raw, struct rmn_buf *utf8)
{
	if (c->encoding == RMN_ENCODING_UNKNOWN || c->encoding == RMN_ASCII)
		rmn_mail_charset(raw, (struct rmn_bytes){NULL, 0}, utf8);
	else
		rmn_charset_decode(raw, c->encoding, utf8, NULL);
}

static struct rmn_bytes
parameter_find(const struct rmn_vline *line, const char *name)
{
	struct rmn_bytes rest = line->parameters, key, is;

	while (parameter_next(&rest, &key, &is))
		if (rmn_mail_equal(key, name) && key.data != is.data)
			return is;
	return (struct rmn_bytes){NULL, 0};
}

void
rmn_vline_parameter(struct rmn_vlines *content, const struct rmn_vline *line,
    const char *name, struct rmn_buf *utf8)
{
	append_text(content, parameter_find(line, name), utf8);
	content->no_memory |= utf8->failed;
}

/* The value as UTF-8, still escaped. */
static void
value_decode(struct rmn_vlines *c, const struct rmn_vline *line, struct rmn_buf *utf8)
{
	struct rmn_bytes charset = parameter_find(line, "CHARSET");
	bool is_quoted = rmn_vline_has(line, "ENCODING", "QUOTED-PRINTABLE");
	struct rmn_bytes raw = line->value;

	if (is_quoted) {
		rmn_buf_clear(&c->raw);
		rmn_mail_decode_whole(RMN_MAIL_QUOTED, raw, '\n', &c->raw);
		c->no_memory |= c->raw.failed;
		raw = rmn_buf_bytes(&c->raw);
	}
	if (is_quoted || charset.size > 0)
		rmn_mail_charset(raw, charset, utf8);
	else
		append_text(c, raw, utf8);
}

void
rmn_vline_value(struct rmn_vlines *content, const struct rmn_vline *line,
    size_t component, struct rmn_buf *utf8)
{
	size_t from = utf8->size, to = from, number = 0;
	bool wants_all = component == SIZE_MAX;

	value_decode(content, line, utf8);
	content->no_memory |= utf8->failed;
	for (size_t i = from; i < utf8->size; i++) {
		unsigned char c = utf8->data[i];

		if (c == ';') {
			number++;
			c = ' ';
			if (!wants_all || to == from || utf8->data[to - 1] == ' ')
				continue;
		} else if (c == '\\' && i + 1 < utf8->size) {
			c = utf8->data[++i];
			c = c == 'n' || c == 'N' ? ' ' : c;
		}
		if (wants_all || number == component)
			utf8->data[to++] = c;
	}
	while (to > from && utf8->data[to - 1] == ' ')
		to--;
	utf8->size = to;
}
