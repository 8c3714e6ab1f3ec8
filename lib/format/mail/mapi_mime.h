/* SPDX-License-Identifier: MIT
 *
 * An item of Outlook as a mail (RFC 5322), made while it is read: what a store holds comes out as files
 * that every mail program opens, and that the reader of mails searches.
 *
 * The header as it arrived stands first.  What the properties say and that header does not follows as
 * fields of the same names, or as X-MAPI-... where the name is taken.  Bodies and attachments are parts,
 * in base64; a message inside is a part as it is. */
#ifndef RMN_FORMAT_MAPI_MIME_H
#define RMN_FORMAT_MAPI_MIME_H

#include "format/mail/mapi.h"

#define RMN_MAPI_LINE_BYTES 57u		/* 76 characters of base64 */
#define RMN_MAPI_PIECE_LINES 48u

/* The attachments of an item, one after the other. */
struct rmn_mapi_source {
	void *state;
	size_t count;
	/* Opens one; RMN_OK fills *a, whose reader is good until the next is opened. */
	enum rmn_status (*open)(void *state, size_t index, struct rmn_mapi_attachment *a,
	    struct rmn_error *error);
};

struct rmn_mapi_mime {
	const struct rmn_mapi_message *message;
	const struct rmn_mapi_source *source;
	unsigned depth;			/* of messages in messages */
	size_t next;			/* attachment */
	bool is_open, is_message;	/* the attachment before it */
	bool is_over;
	struct rmn_mapi_attachment attachment;
	struct rmn_bytes pending;	/* written next */
	enum rmn_status result;		/* what went wrong so far */
	unsigned char raw[RMN_MAPI_LINE_BYTES * RMN_MAPI_PIECE_LINES];
	char line[RMN_MAPI_PIECE_LINES * 80];
};

/* Borrows message and source.  False when out of memory. */
bool rmn_mapi_mime_init(struct rmn_mapi_mime *mime, const struct rmn_mapi_message *message,
    const struct rmn_mapi_source *source, unsigned depth);

/* As a member is read.  An attachment that cannot be read is left out or cut, and told at the end. */
struct rmn_member_reader rmn_mapi_mime_reader(struct rmn_mapi_mime *mime);

#endif
