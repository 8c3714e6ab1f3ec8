/* SPDX-License-Identifier: MIT
 *
 * Files inside the text of a mail, as they were sent before MIME and in news: uuencode, yEnc, BinHex. */
#include <string.h>

#include "base/checked.h"
#include "format/mail/mail_part.h"

/* Between the line that announces BinHex and its colon stand empty lines only. */
#define BINHEX_HEAD_MAX 1024u

/* A file in the text: from its first line to behind its last. */
struct block {
	enum rmn_mail_encoding encoding;
	struct rmn_bytes name;
	size_t start, end;
};

/* A line of uuencode that holds as many characters as its first one says; mailers cut blanks at the end
 * off, which stand for zeros. */
static bool
is_uu_line(struct rmn_bytes line)
{
	size_t count, need;

	if (line.size == 0 || line.data[0] < ' ' || line.data[0] > '`')
		return false;
	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] < ' ' || line.data[i] > 'z')
			return false;
	count = (line.data[0] - (size_t)' ') & 63;
	need = 1 + (count + 2) / 3 * 4;
	return line.size <= need + 2 && line.size + 4 >= need;
}

/* "begin 644 name", and a line of data behind it. */
static bool
uu_find(struct rmn_bytes text, unsigned char line_end, size_t at, struct rmn_bytes line,
    struct block *block)
{
	struct rmn_bytes next, rest = rmn_bytes_after(line, 6);
	size_t digits = 0;

	if (!rmn_bytes_start_with(line, "begin "))
		return false;
	while (digits < rest.size && rest.data[digits] >= '0' && rest.data[digits] <= '7')
		digits++;
	if (digits < 3 || digits > 4 || digits == rest.size || rest.data[digits] != ' ')
		return false;
	block->name = rmn_bytes_after(rest, digits + 1);
	block->encoding = RMN_MAIL_UU;
	if (!rmn_mail_line(text, line_end, &at, &next) || !is_uu_line(next))
		return false;
	do {
		block->end = at;
		if (!rmn_mail_line(text, line_end, &at, &next))
			return true;
	} while (is_uu_line(next) && !rmn_bytes_start_with(next, "end"));
	if (rmn_bytes_start_with(next, "end"))
		block->end = at;
	return true;
}

/* "=ybegin line=128 size=12345 name=file.zip" up to "=yend". */
static bool
yenc_find(struct rmn_bytes text, unsigned char line_end, size_t at, struct rmn_bytes line,
    struct block *block)
{
	struct rmn_bytes next = line;
	size_t name;

	if (!rmn_bytes_start_with(line, "=ybegin "))
		return false;
	name = rmn_bytes_find(line, rmn_bytes_from_string(" name="));
	block->name = name == SIZE_MAX ? (struct rmn_bytes){NULL, 0} : rmn_bytes_after(line, name + 6);
	block->encoding = RMN_MAIL_YENC;
	while (!rmn_bytes_start_with(next, "=yend") &&
	    rmn_mail_line(text, line_end, &at, &next))
		continue;
	block->end = at;
	return true;
}

/* "(This file must be converted with BinHex 4.0)", and the text between two colons; unpack/ decodes it. */
static bool
binhex_find(struct rmn_bytes text, size_t at, struct rmn_bytes line, struct block *block)
{
	struct rmn_bytes rest = rmn_bytes_after(text, at), head = rmn_bytes_head(rest, BINHEX_HEAD_MAX);
	const unsigned char *start, *end;

	if (!rmn_bytes_start_with(line, "(This file must be converted with BinHex"))
		return false;
	start = head.size ? memchr(head.data, ':', head.size) : NULL;
	if (!start)
		return false;
	rest = rmn_bytes_after(rest, (size_t)(start - rest.data) + 1);
	end = rest.size ? memchr(rest.data, ':', rest.size) : NULL;
	block->name = rmn_bytes_from_string("file.hqx");
	block->encoding = RMN_MAIL_PLAIN;
	block->end = end ? (size_t)(end - text.data) + 1 : text.size;
	return true;
}

static enum rmn_status
block_pass(struct rmn_mail *m, struct rmn_bytes text, unsigned char line_end,
    const struct block *block)
{
	struct rmn_bytes body = rmn_bytes_head(rmn_bytes_after(text, block->start),
	    block->end - block->start);

	rmn_buf_clear(&m->name);
	rmn_mail_value(block->name, &m->name);
	if (m->name.size == 0)
		rmn_buf_printf(&m->name, "part-%u.bin", m->part_count);
	return rmn_mail_pass_bytes(m, block->encoding, body, line_end);
}

enum rmn_status
rmn_mail_pass_inline(struct rmn_mail *m)
{
	struct rmn_bytes text = rmn_buf_bytes(&m->raw), line;
	unsigned char line_end = rmn_mail_line_end(text);
	enum rmn_status status = RMN_OK;
	struct block block;
	size_t at = 0, to = 0;

	for (block.start = 0; rmn_mail_line(text, line_end, &at, &line); block.start = at) {
		if (uu_find(text, line_end, at, line, &block) ||
		    yenc_find(text, line_end, at, line, &block) ||
		    binhex_find(text, at, line, &block)) {
			status = block_pass(m, text, line_end, &block);
			at = block.end;
		} else {
			if (rmn_bytes_start_with(line, "-----BEGIN PGP MESSAGE-----"))
				status = rmn_sink_missing(m->sink, RMN_ENCRYPTED,
				    "part %u is encrypted (PGP)", m->part_count);
			memmove(m->raw.data + to, m->raw.data + block.start, at - block.start);
			to += at - block.start;
		}
		if (status != RMN_OK)
			return status;
	}
	m->raw.size = to;
	return RMN_OK;
}
