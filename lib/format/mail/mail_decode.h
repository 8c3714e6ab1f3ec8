/* SPDX-License-Identifier: MIT
 *
 * Content transfer encodings, decoded piece by piece: an attachment is never held twice. */
#ifndef RMN_FORMAT_MAIL_DECODE_H
#define RMN_FORMAT_MAIL_DECODE_H

#include "base/buf.h"
#include "base/sink.h"

enum rmn_mail_encoding {
	RMN_MAIL_PLAIN,		/* 7bit, 8bit, binary */
	RMN_MAIL_BASE64,
	RMN_MAIL_QUOTED,	/* quoted-printable */
	RMN_MAIL_Q_WORD,	/* of an encoded word: '_' is a space */
	RMN_MAIL_UU,
	RMN_MAIL_YENC,
};

enum rmn_mail_encoding rmn_mail_encoding_from(struct rmn_bytes value);

struct rmn_mail_decoder {
	enum rmn_mail_encoding encoding;
	struct rmn_bytes in;
	size_t at;
	unsigned char line_end;
	unsigned char held[64];		/* decoded, but there was no room */
	size_t held_size, held_at;
	bool has_begun;			/* uu, yEnc: behind their first line */
};

void rmn_mail_decoder_init(struct rmn_mail_decoder *d, enum rmn_mail_encoding encoding,
    struct rmn_bytes in, unsigned char line_end);

/* Fills out as far as there is something; 0 at the end.  What is no code is stepped over. */
size_t rmn_mail_decode(struct rmn_mail_decoder *d, unsigned char *out, size_t size);

/* The same as a member is read. */
struct rmn_member_reader rmn_mail_decoder_reader(struct rmn_mail_decoder *d);

/* Appends everything at once; without memory out has failed. */
void rmn_mail_decode_whole(enum rmn_mail_encoding encoding, struct rmn_bytes in,
    unsigned char line_end, struct rmn_buf *out);

#endif
