/* SPDX-License-Identifier: MIT
 *
 * A message of an Outlook store ([MS-PST] 2.4.5, 2.4.6): its properties, recipients and attachments, as a
 * mail that is made while it is read. */
#ifndef RMN_FORMAT_PST_MESSAGE_H
#define RMN_FORMAT_PST_MESSAGE_H

#include "format/mail/mapi_mime.h"
#include "format/mail/pst_node.h"

struct rmn_pst_message {
	struct rmn_pst *pst;
	struct rmn_arena *arena;	/* of this message */
	unsigned char *buffer;		/* RMN_PST_BLOCK_MAX bytes */
	unsigned depth;			/* of messages in messages */
	unsigned codepage;
	struct rmn_mapi_message said;
	struct rmn_pst_subnodes subnodes;
	const struct rmn_pst_node **attachments;
	struct rmn_mapi_source source;
	struct rmn_mapi_mime mime;
	struct rmn_bytes held;		/* of the open attachment */
	struct rmn_pst_data data;
};

/* Reads all but the attachments.  RMN_CORRUPT when there is no bag of properties, RMN_LIMIT without
 * memory; RMN_OK with said.damage when something is missing. */
enum rmn_status rmn_pst_message_read(struct rmn_pst_message *m, struct rmn_pst *pst,
    const struct rmn_pst_node *node, struct rmn_arena *arena, unsigned char *buffer,
    unsigned depth, struct rmn_error *error);

/* Whether there is anything that somebody wrote: text, people, attachments. */
bool rmn_pst_message_says(const struct rmn_pst_message *m);

#endif
