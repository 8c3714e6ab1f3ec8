/* SPDX-License-Identifier: MIT
 *
 * A file as a blob in memory without a copy of it: reading pages costs less than making them. */
#ifndef RMN_BASE_MAPPED_H
#define RMN_BASE_MAPPED_H

#include "base/blob.h"

#define RMN_MAPPED_VIEWS 4u	/* streams that were joined; each takes address space */

struct rmn_mapped {
	int fd;				/* borrowed */
	struct rmn_bytes bytes;
	struct rmn_bytes views[RMN_MAPPED_VIEWS];
	size_t view_count;
};

/* Maps the file, when all of it can be had now; false where the medium does not give some of it, or it
 * cannot be mapped: then it is to be read.  blob borrows mapped and the descriptor, and can join pieces.
 * A file that somebody cuts while it is mapped ends the process that reads on. */
bool rmn_mapped_open(struct rmn_mapped *mapped, int fd, uint64_t size_bytes, struct rmn_blob *blob);
void rmn_mapped_close(struct rmn_mapped *mapped);

#endif
