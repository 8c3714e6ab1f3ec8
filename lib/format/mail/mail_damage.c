/* SPDX-License-Identifier: MIT */
#include "format/mail/mail_damage.h"

#include "charset/charset.h"
#include "format/mail/mail_head.h"

#define SURE 80u		/* of the guess of an encoding */
#define END_OF_FILE 0x1Au	/* of DOS */

/* Kinds of bytes. */
enum { CODE = 1, SPACE = 2, CONTROL = 4, SHIFT = 8, HIGH = 16 };

static unsigned
kind_of(unsigned char c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
	    c == '/' || c == '-' || c == '_')
		return CODE;
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return SPACE;
	if (c >= 0x80)
		return HIGH;
	/* ISO-2022 shifts; form feeds and vertical tabs stand in old text */
	if (c == 0x1B || c == 0x0E || c == 0x0F)
		return SHIFT;
	return (c < ' ' && c != '\f' && c != '\v') || c == 0x7F ? CONTROL : 0;
}

static unsigned
kinds_in(struct rmn_bytes bytes)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < bytes.size; i++)
		kinds |= kind_of(bytes.data[i]);
	return kinds;
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

	for (size_t i = 0; i < body.size; i++) {
		unsigned char c = body.data[i];
		unsigned kind = kind_of(c);

		if (kind == CODE) {
			codes += 1 + padding;
			padding = 0;
		} else if (c == '=') {
			padding++;
		} else if (kind != SPACE) {
			return "a character that base64 does not have";
		}
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
	unsigned kinds;

	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE)
		return NULL;
	/* relays leave such at the end */
	while (text.size > 0 && (text.data[text.size - 1] <= ' ' || text.data[text.size - 1] == END_OF_FILE))
		text.size--;
	kinds = kinds_in(text);
	if ((kinds & CONTROL) && rmn_bytes_find(text, rmn_bytes_from_string("=ybegin ")) == SIZE_MAX)
		return "a control character in text";
	return (kinds & HIGH) && is_strict && !is_decodable(label, text) ?
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
