/* SPDX-License-Identifier: MIT
 *
 * BinHex 4.0 (RFC 1741): a Macintosh file with its two forks as text. */
#ifndef RMN_FORMAT_MAIL_BINHEX_H
#define RMN_FORMAT_MAIL_BINHEX_H

#include "base/buf.h"
#include "base/bytes.h"

struct rmn_binhex {
	struct rmn_bytes name;		/* in the Macintosh's encoding */
	struct rmn_bytes data;		/* the data fork: what other machines have as the file */
	struct rmn_bytes resources;	/* the resource fork */
	bool is_cut;
};

/* Decodes text from its first ':' on.  *end: behind the last line of it.  What is found is borrowed from
 * raw.  False when it is no BinHex, or out of memory (raw->failed). */
bool rmn_binhex_read(struct rmn_bytes text, struct rmn_buf *raw, size_t *end,
    struct rmn_binhex *file);

#endif
