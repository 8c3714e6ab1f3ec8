/* SPDX-License-Identifier: MIT
 *
 * The parts of a mail (RFC 2045-2049, 2231, 3156, 8551): text as parts, everything else as members. */
#ifndef RMN_FORMAT_MAIL_PART_H
#define RMN_FORMAT_MAIL_PART_H

#include "base/sink.h"
#include "format/mail/mail_decode.h"
#include "format/mail/mail_head.h"

/* One mail while it is read. */
struct rmn_mail {
	const struct rmn_sink *sink;
	struct rmn_arena *arena;
	struct rmn_error *error;
	unsigned char line_end;
	unsigned part_count;		/* leaves so far: their numbers are their names */
	unsigned away_count;		/* attachments that Apple Mail keeps in files of their own */
	struct rmn_buf raw, text, name;
	enum rmn_status result;		/* RMN_OK, or the damage seen so far */
};

/* Passes on the body that follows head.  What is damaged is in m->result; anything but RMN_OK is the
 * sink's word, or no memory. */
enum rmn_status rmn_mail_pass_body(struct rmn_mail *m, const struct rmn_mail_head *head);

/* Passes on bytes that start with a delimiter line: what is left of a mail without its head. */
enum rmn_status rmn_mail_pass_fragment(struct rmn_mail *m, struct rmn_bytes bytes);

/* Whether bytes start with a delimiter line and the fields of a part. */
bool rmn_mail_is_fragment(struct rmn_bytes bytes, unsigned char line_end);

/* Files that stand inside the text in m->raw (uuencode, yEnc, BinHex) go to the sink as members and out
 * of the text; PGP is recorded (mail_inline.c). */
enum rmn_status rmn_mail_pass_inline(struct rmn_mail *m);

/* A member of this name (m->name) and encoding. */
enum rmn_status rmn_mail_pass_bytes(struct rmn_mail *m, enum rmn_mail_encoding encoding,
    struct rmn_bytes body, unsigned char line_end);

#endif
