/* SPDX-License-Identifier: MIT
 *
 * Which members of a RAR 5 archive are encrypted: libarchive 3.6 does not look, and takes their
 * bytes for damaged ones. */
#ifndef RMN_UNPACK_RAR5_H
#define RMN_UNPACK_RAR5_H

#include "base/blob.h"

struct rmn_rar5 {
	struct rmn_blob *content;
	uint64_t offset;	/* of the next block; 0 before the first call */
	bool is_lost;		/* what stands there is no block */
};

/* Steps to the next member and says whether its data are encrypted. */
bool rmn_rar5_next_is_encrypted(struct rmn_rar5 *r);

/* True when the archive shows no names without its password. */
bool rmn_rar5_hides_names(struct rmn_blob *content);

#endif
