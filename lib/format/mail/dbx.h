/* SPDX-License-Identifier: MIT
 *
 * Inside dbx*.c: a folder of Outlook Express 5 and 6 while it is read (A. Schloh's description of the
 * format).  Positions are 32 bits; every object begins with its own. */
#ifndef RMN_FORMAT_DBX_H
#define RMN_FORMAT_DBX_H

#include "base/buf.h"
#include "format/format.h"
#include "format/text.h"

#define RMN_DBX_HEADER_BYTES 0x24BCu
#define RMN_DBX_SEGMENT_BYTES 0x200u	/* of a message; 16 bytes of header stand before */

struct rmn_dbx {
	struct rmn_blob *content;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_arena *arena;
	struct rmn_text text;
	unsigned char *seen;		/* a bit for every fourth byte: segments that were read */
	const char *damage;
	unsigned long count;		/* messages so far */
};

/* The number at offset, 0 where there is none. */
uint32_t rmn_dbx_number(struct rmn_dbx *d, uint64_t offset);

bool rmn_dbx_is_seen(const struct rmn_dbx *d, uint64_t offset);
void rmn_dbx_see(struct rmn_dbx *d, uint64_t offset);

/* A message from its first segment on, as a member; freed: of segments that lost their first four bytes
 * when they were freed. */
enum rmn_status rmn_dbx_message(struct rmn_dbx *d, uint32_t segment, bool freed,
    struct rmn_bytes name);

/* Messages that no index names. */
enum rmn_status rmn_dbx_deleted(struct rmn_dbx *d);

#endif
