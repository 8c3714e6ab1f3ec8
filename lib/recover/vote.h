/* SPDX-License-Identifier: MIT
 *
 * Where a lost volume began, and how large its blocks were, when no header says so: names promise
 * first bytes ("a.pdf" -> %PDF), first bytes stand on the disk, and the true pair of base and block
 * size makes the two meet far more often than any other. */
#ifndef RMN_RECOVER_VOTE_H
#define RMN_RECOVER_VOTE_H

#include "base/bytes.h"
#include "recover/sightings.h"

/* A file whose first block is known and whose name promises a head. */
struct rmn_promise {
	uint64_t block;
	unsigned kind;		/* RMN_SIGHT_HEAD + n */
};

struct rmn_base {
	int64_t start_byte;	/* of block 0; negative when the volume began before the image */
	uint32_t block_bytes;
	uint32_t votes;
};

/* The kind that a name's extension promises; false when it promises none. */
bool rmn_promise_kind(struct rmn_bytes name, unsigned *kind);

/* The best bases, by falling votes (then rising start): returns how many.  Each promise votes at most
 * once for a base.  Uses up to 4,096 promises, evenly picked.  block_sizes: those that the file system
 * allows. */
size_t rmn_vote(const struct rmn_sightings *s, const struct rmn_promise *promises, size_t count,
    const uint32_t *block_sizes, size_t size_count, struct rmn_base *best, size_t best_capacity);

#endif
