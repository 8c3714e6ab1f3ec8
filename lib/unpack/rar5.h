/* SPDX-License-Identifier: MIT
 *
 * The blocks of a RAR 5 archive.  Which members are encrypted libarchive 3.6 does not look, and takes
 * their bytes for damaged ones. */
#ifndef RMN_UNPACK_RAR5_H
#define RMN_UNPACK_RAR5_H

#include "base/blob.h"
#include "base/cursor.h"

struct rmn_rar5 {
	struct rmn_blob *content;
	uint64_t offset;	/* of the next block; 0 before the first call */
	bool is_lost;		/* what stands there is no block */
};

#define RMN_RAR5_FILE 2u
#define RMN_RAR5_ENCRYPTION 4u
#define RMN_RAR5_END 5u
#define RMN_RAR5_CONTINUES 8u		/* flag: data began in the volume before */
#define RMN_RAR5_HEADER_BYTES 4096u	/* names end at 2 KiB */

struct rmn_rar5_block {
	uint64_t type, flags;
	struct rmn_bytes fields;	/* behind the sizes */
	bool is_sound;			/* its check sum is right */
	bool is_encrypted;
};

/* Reads the block at r->offset into buffer, of RMN_RAR5_HEADER_BYTES, and moves behind its data. */
bool rmn_rar5_block_next(struct rmn_rar5 *r, unsigned char *buffer, struct rmn_rar5_block *block);

/* A number of seven bits a byte. */
bool rmn_rar5_number(struct rmn_cursor *c, uint64_t *value);

/* Steps to the next member and says whether its data are encrypted. */
bool rmn_rar5_next_is_encrypted(struct rmn_rar5 *r);

/* True when the archive shows no names without its password. */
bool rmn_rar5_hides_names(struct rmn_blob *content);

#endif
