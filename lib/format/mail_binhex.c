/* SPDX-License-Identifier: MIT */
#include "format/mail_binhex.h"

#include <string.h>

#include "base/checked.h"
#include "base/number.h"

#define REPEAT 0x90u
#define HEAD_BYTES 21u		/* behind the name: version, type, creator, flags, sizes, checksum */

static const char alphabet[] = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr";

/* Byte by byte: runs are a byte, 90 and a count; 90 itself is 90 00. */
struct unpacker {
	struct rmn_buf *raw;
	unsigned char last;
	bool is_run;
};

static void
unpack(struct unpacker *u, unsigned char c)
{
	if (!u->is_run && c == REPEAT) {
		u->is_run = true;
		return;
	}
	if (!u->is_run) {
		rmn_buf_append_char(u->raw, (char)c);
		u->last = c;
		return;
	}
	u->is_run = false;
	if (c == 0) {
		rmn_buf_append_char(u->raw, (char)REPEAT);
		u->last = REPEAT;
	}
	for (unsigned i = 1; i < c; i++)
		rmn_buf_append_char(u->raw, (char)u->last);
}

/* Six bits a character; returns where the text ends. */
static size_t
decode(struct rmn_bytes text, size_t at, struct rmn_buf *raw)
{
	struct unpacker u = {.raw = raw};
	unsigned bits = 0, count = 0;

	for (; at < text.size && text.data[at] != ':' && !raw->failed; at++) {
		const char *place = text.data[at] ? strchr(alphabet, text.data[at]) : NULL;

		if (text.data[at] <= ' ')
			continue;
		if (!place)
			return at;
		bits = bits << 6 | (unsigned)(place - alphabet);
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		unpack(&u, (unsigned char)(bits >> count));
	}
	return at < text.size ? at + 1 : at;
}

bool
rmn_binhex_read(struct rmn_bytes text, struct rmn_buf *raw, size_t *end, struct rmn_binhex *file)
{
	const unsigned char *start = text.size ? memchr(text.data, ':', text.size) : NULL;
	struct rmn_bytes rest;
	uint32_t data_bytes, resource_bytes;

	*file = (struct rmn_binhex){.is_cut = true};
	if (!start)
		return false;
	rmn_buf_clear(raw);
	*end = decode(text, (size_t)(start - text.data) + 1, raw);
	rest = rmn_buf_bytes(raw);
	if (raw->failed || rest.size < 1 || rest.size < 1u + rest.data[0] + HEAD_BYTES)
		return false;
	file->name = rmn_bytes_head(rmn_bytes_after(rest, 1), rest.data[0]);
	rest = rmn_bytes_after(rest, 1u + rest.data[0]);
	data_bytes = rmn_be32(rest.data + 11);
	resource_bytes = rmn_be32(rest.data + 15);
	rest = rmn_bytes_after(rest, HEAD_BYTES);
	file->data = rmn_bytes_head(rest, data_bytes);
	rest = rmn_bytes_after(rest, (size_t)data_bytes + 2);
	file->resources = rmn_bytes_head(rest, resource_bytes);
	file->is_cut = file->data.size < data_bytes || file->resources.size < resource_bytes;
	return true;
}
