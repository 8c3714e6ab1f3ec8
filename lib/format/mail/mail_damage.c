/* SPDX-License-Identifier: MIT */
#include "format/mail/mail_damage.h"

#include "charset/charset.h"
#include "format/mail/mail_head.h"

#define SURE 80u		/* of the guess of an encoding */
#define END_OF_FILE 0x1Au	/* of DOS */

/* Kinds of bytes. */
enum { CODE = 1, SPACE = 2, CONTROL = 4, SHIFT = 8, HIGH = 16 };

/* The shifts are those of ISO-2022; form feeds and vertical tabs stand in old text. */
static const unsigned char kinds[256] = {
	[0x00 ... 0x08] = CONTROL, ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, [0x0E ... 0x0F] = SHIFT,
	[0x10 ... 0x1A] = CONTROL, [0x1B] = SHIFT, [0x1C ... 0x1F] = CONTROL, [' '] = SPACE, ['+'] = CODE,
	['-'] = CODE, ['/'] = CODE, ['0' ... '9'] = CODE, ['A' ... 'Z'] = CODE, ['_'] = CODE,
	['a' ... 'z'] = CODE, [0x7F] = CONTROL, [0x80 ... 0xFF] = HIGH,
};

static unsigned
kinds_in(struct rmn_bytes bytes)
{
	unsigned all = 0;

	for (size_t i = 0; i < bytes.size; i++)
		all |= kinds[bytes.data[i]];
	return all;
}

const char *
rmn_mail_head_damage(struct rmn_bytes lines)
{
	return kinds_in(lines) & CONTROL ? "a control character in a head" : NULL;
}

/* Groups of four codes; some programs pad each piece, or add lines of text behind an empty one. */
static const char *
base64_damage(struct rmn_bytes body)
{
	size_t codes = 0, padding = 0;

	for (size_t i = 0, run; i < body.size; i += run) {
		for (run = 0; i + run < body.size && kinds[body.data[i + run]] == CODE; run++)
			continue;
		if (run > 0) {
			codes += run + padding;
			padding = 0;
			continue;
		}
		run = 1;
		if (body.data[i] == '=')
			padding++;
		else if (kinds[body.data[i]] != SPACE)
			return "a character that base64 does not have";
	}
	return (codes + padding) % 4 == 0 ? NULL : "base64 that ends inside a group";
}

static const char *
quoted_damage(struct rmn_bytes body)
{
	if (kinds_in(body) & (CONTROL | HIGH))
		return "a character that quoted-printable does not have";
	for (size_t i = 0; i < body.size; i++) {
		struct rmn_bytes rest = rmn_bytes_after(body, i + 1);
		size_t space = 0;

		if (body.data[i] != '=')
			continue;
		while (space < rest.size && (rest.data[space] == ' ' || rest.data[space] == '\t'))
			space++;
		if (space < rest.size && (rest.data[space] == '\r' || rest.data[space] == '\n'))
			continue;
		if (rest.size < 2 || rmn_mail_hex(rest.data[0]) < 0 || rmn_mail_hex(rest.data[1]) < 0)
			return "quoted-printable that is none";
	}
	return NULL;
}

/* Whether text in a label's encoding, or in another that is as clear: wrong labels are no damage. */
static bool
is_decodable(struct rmn_bytes label, struct rmn_bytes text)
{
	struct rmn_charset_guess guess = rmn_charset_guess(text);
	struct rmn_buf utf8;
	size_t bad = 0;
	bool is_good;

	if (guess.is_text && guess.confidence >= SURE)
		return true;
	rmn_buf_init(&utf8, 0);
	is_good = rmn_charset_decode_label(text, label, &utf8, &bad) != RMN_OK || bad == 0;
	rmn_buf_release(&utf8);
	return is_good;
}

static const char *
text_damage(struct rmn_bytes label, struct rmn_bytes text)
{
	enum rmn_encoding encoding = rmn_encoding_from_label(label);
	bool is_strict = encoding == RMN_UTF8 || encoding == RMN_ISO_2022_JP || encoding == RMN_CP932 ||
	    encoding == RMN_EUC_JP;
	unsigned found;

	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE)
		return NULL;
	/* relays leave such at the end */
	while (text.size > 0 && (text.data[text.size - 1] <= ' ' || text.data[text.size - 1] == END_OF_FILE))
		text.size--;
	found = kinds_in(text);
	if ((found & CONTROL) && rmn_bytes_find(text, rmn_bytes_from_string("=ybegin ")) == SIZE_MAX)
		return "a control character in text";
	return (found & HIGH) && is_strict && !is_decodable(label, text) ?
	    "text that is not in the charset that it says" : NULL;
}

const char *
rmn_mail_body_damage(enum rmn_mail_encoding encoding, bool is_text, struct rmn_bytes label,
    struct rmn_bytes body)
{
	switch (encoding) {
	case RMN_MAIL_BASE64:
		return base64_damage(body);
	case RMN_MAIL_QUOTED:
		return quoted_damage(body);
	case RMN_MAIL_PLAIN:
		return is_text ? text_damage(label, body) : NULL;
	default:
		return NULL;
	}
}
