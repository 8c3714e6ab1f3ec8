/* SPDX-License-Identifier: MIT
 *
 * base64 and quoted-printable (RFC 2045 6), Q of RFC 2047, uuencode and yEnc (yenc.org). */
#include "format/mail/mail_decode.h"

#include <string.h>

#include "base/checked.h"
#include "format/mail/mail_head.h"

/* Value of a base64 character plus one; zero for what is none.  Also those of base64url. */
static const unsigned char base64_codes[256] = {
	['A'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
	24, 25, 26,
	['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
	48, 49, 50, 51, 52,
	['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
	['+'] = 63, ['-'] = 63, ['/'] = 64, ['_'] = 64,
};

enum rmn_mail_encoding
rmn_mail_encoding_from(struct rmn_bytes value)
{
	value = rmn_mail_trim(value);
	if (rmn_mail_starts(value, "base64"))
		return RMN_MAIL_BASE64;
	if (rmn_mail_starts(value, "quoted-printable"))
		return RMN_MAIL_QUOTED;
	if (rmn_mail_starts(value, "x-uu") || rmn_mail_starts(value, "uuencode"))
		return RMN_MAIL_UU;
	if (rmn_mail_starts(value, "x-yenc"))
		return RMN_MAIL_YENC;
	return RMN_MAIL_PLAIN;
}

void
rmn_mail_decoder_init(struct rmn_mail_decoder *d, enum rmn_mail_encoding encoding,
    struct rmn_bytes in, unsigned char line_end)
{
	*d = (struct rmn_mail_decoder){.encoding = encoding, .in = in, .line_end = line_end};
}

/* Whole groups of four that stand together, three bytes each. */
static size_t
base64_groups(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	const unsigned char *in = d->in.data + d->at;
	size_t groups = rmn_min_size((d->in.size - d->at) / 4, size / 3), i;

	for (i = 0; i < groups; i++, in += 4) {
		/* UINT_MAX for what is none */
		unsigned a = base64_codes[in[0]] - 1u, b = base64_codes[in[1]] - 1u;
		unsigned c = base64_codes[in[2]] - 1u, e = base64_codes[in[3]] - 1u;
		unsigned bits = a << 18 | b << 12 | c << 6 | e;

		if (bits > 0xFFFFFF)
			break;
		out[i * 3] = (unsigned char)(bits >> 16);
		out[i * 3 + 1] = (unsigned char)(bits >> 8);
		out[i * 3 + 2] = (unsigned char)bits;
	}
	d->at += i * 4;
	return i * 3;
}

/* One group through line ends and other characters; fewer bytes where it is padded or cut. */
static size_t
base64_group(struct rmn_mail_decoder *d, unsigned char out[3])
{
	unsigned codes = 0, bits = 0;

	while (codes < 4 && d->at < d->in.size) {
		unsigned char c = d->in.data[d->at++];

		if (c == '=' && codes > 1)
			break;
		if (base64_codes[c] == 0)
			continue;
		bits = bits << 6 | (base64_codes[c] - 1u);
		codes++;
	}
	if (codes < 2)
		return 0;
	bits <<= 6 * (4 - codes);
	out[0] = (unsigned char)(bits >> 16);
	out[1] = (unsigned char)(bits >> 8);
	out[2] = (unsigned char)bits;
	return codes - 1;
}

static size_t
base64_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	size_t got = 0;

	while (d->at < d->in.size && size - got >= 3) {
		got += base64_groups(d, out + got, size - got);
		if (size - got >= 3)
			got += base64_group(d, out + got);
	}
	return got;
}

/* What follows '=' at d->at: a byte (returned), a soft line break (-1), or neither ('='). */
static int
quoted_escape(struct rmn_mail_decoder *d)
{
	struct rmn_bytes rest = rmn_bytes_after(d->in, d->at);
	size_t i = 0;

	if (rest.size >= 2 && rmn_mail_hex(rest.data[0]) >= 0 && rmn_mail_hex(rest.data[1]) >= 0) {
		d->at += 2;
		return rmn_mail_hex(rest.data[0]) << 4 | rmn_mail_hex(rest.data[1]);
	}
	while (i < rest.size && (rest.data[i] == ' ' || rest.data[i] == '\t'))
		i++;
	if (i < rest.size && rest.data[i] == '\r') {
		i++;
		if (d->line_end == '\r' || i == rest.size || rest.data[i] != '\n') {
			d->at += i;
			return -1;
		}
	}
	if (i < rest.size && rest.data[i] != '\n')
		return '=';
	d->at += i + (i < rest.size);
	return -1;
}

static size_t
quoted_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	size_t got = 0;

	while (got < size && d->at < d->in.size) {
		const unsigned char *in = d->in.data + d->at;
		size_t run = rmn_min_size(d->in.size - d->at, size - got);
		const unsigned char *mark = memchr(in, '=', run);
		int byte;

		run = mark ? (size_t)(mark - in) : run;
		memcpy(out + got, in, run);
		if (d->encoding == RMN_MAIL_Q_WORD)
			for (size_t i = 0; i < run; i++)
				if (out[got + i] == '_')
					out[got + i] = ' ';
		got += run;
		d->at += run;
		if (!mark)
			continue;
		d->at++;
		byte = quoted_escape(d);
		if (byte >= 0)
			out[got++] = (unsigned char)byte;
	}
	return got;
}

/* One line into held: its first character counts the bytes. */
static void
uu_line(struct rmn_mail_decoder *d, struct rmn_bytes line)
{
	size_t count = (line.data[0] - (size_t)' ') & 63;

	d->held_at = d->held_size = 0;
	for (size_t group = 0; group * 3 < count; group++) {
		unsigned bits = 0;

		for (size_t i = 1 + group * 4; i < 5 + group * 4; i++)
			bits = bits << 6 |
			    (i < line.size ? (line.data[i] - (unsigned)' ') & 63 : 0);
		for (unsigned shift = 24; shift > 0 && d->held_size < count; shift -= 8)
			d->held[d->held_size++] = (unsigned char)(bits >> (shift - 8));
	}
}

static size_t
uu_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	struct rmn_bytes line;
	size_t got = 0;

	while (got < size) {
		size_t left = rmn_min_size(d->held_size - d->held_at, size - got);

		memcpy(out + got, d->held + d->held_at, left);
		got += left;
		d->held_at += left;
		if (left > 0)
			continue;
		if (!rmn_mail_line(d->in, d->line_end, &d->at, &line))
			break;
		if (!d->has_begun)
			d->has_begun = rmn_bytes_start_with(line, "begin ");
		else if (rmn_bytes_start_with(line, "end"))
			d->at = d->in.size;
		else if (line.size > 0)
			uu_line(d, line);
	}
	return got;
}

/* Behind "=ybegin" and "=ypart"; to the end at "=yend". */
static void
yenc_command(struct rmn_mail_decoder *d)
{
	struct rmn_bytes line;

	rmn_mail_line(d->in, d->line_end, &d->at, &line);
	if (rmn_bytes_start_with(line, "=yend"))
		d->at = d->in.size;
}

/* Every byte has 42 added; '=' stands before one that would be a line end, and has 64 added more. */
static size_t
yenc_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	size_t got = 0;

	while (got < size && d->at < d->in.size) {
		unsigned char c = d->in.data[d->at];

		if (c == '=' && d->in.size - d->at > 1 && d->in.data[d->at + 1] == 'y') {
			yenc_command(d);
			continue;
		}
		d->at++;
		if (c == '\r' || c == '\n')
			continue;
		if (c == '=' && d->at < d->in.size)
			c = (unsigned char)(d->in.data[d->at++] - 64);
		out[got++] = (unsigned char)(c - 42);
	}
	return got;
}

static size_t
plain_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	size = rmn_min_size(size, d->in.size - d->at);
	if (size > 0)
		memcpy(out, d->in.data + d->at, size);
	d->at += size;
	return size;
}

static size_t
decode_some(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	switch (d->encoding) {
	case RMN_MAIL_BASE64:
		return base64_decode(d, out, size);
	case RMN_MAIL_QUOTED:
	case RMN_MAIL_Q_WORD:
		return quoted_decode(d, out, size);
	case RMN_MAIL_UU:
		return uu_decode(d, out, size);
	case RMN_MAIL_YENC:
		return yenc_decode(d, out, size);
	case RMN_MAIL_PLAIN:
		break;
	}
	return plain_decode(d, out, size);
}

size_t
rmn_mail_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size)
{
	size_t left;

	/* base64 comes in threes: a caller with less room gets them one by one */
	if (d->encoding != RMN_MAIL_BASE64 || (size >= 3 && d->held_at == d->held_size))
		return decode_some(d, out, size);
	if (d->held_at == d->held_size) {
		d->held_at = 0;
		d->held_size = base64_decode(d, d->held, 3);
	}
	left = rmn_min_size(size, d->held_size - d->held_at);
	if (left > 0)
		memcpy(out, d->held + d->held_at, left);
	d->held_at += left;
	return left;
}

static enum rmn_status
decoded_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	(void)error;
	*got = rmn_mail_decode(state, buffer, size);
	return *got > 0 ? RMN_OK : RMN_END;
}

struct rmn_member_reader
rmn_mail_decoder_reader(struct rmn_mail_decoder *d)
{
	return (struct rmn_member_reader){decoded_read, d};
}

void
rmn_mail_decode_whole(enum rmn_mail_encoding encoding, struct rmn_bytes in, unsigned char line_end,
    struct rmn_buf *out)
{
	struct rmn_mail_decoder d;

	/* no encoding makes more of its bytes; base64 comes in threes */
	if (!rmn_buf_reserve(out, in.size + 3))
		return;
	rmn_mail_decoder_init(&d, encoding, in, line_end);
	for (size_t got = 1; got > 0; out->size += got)
		got = rmn_mail_decode(&d, out->data + out->size, out->capacity - out->size);
}
