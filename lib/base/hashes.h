/* SPDX-License-Identifier: MIT
 *
 * A set of 64-bit hashes: 16 bytes an entry at most. */
#ifndef RMN_BASE_HASHES_H
#define RMN_BASE_HASHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

struct rmn_hashes {
	uint64_t *slots;	/* owned; open addressing; 0: free */
	size_t count, capacity;
	bool failed;		/* out of memory: the set is not complete */
};

void rmn_hashes_release(struct rmn_hashes *set);
bool rmn_hashes_has(const struct rmn_hashes *set, uint64_t hash);

/* True when the hash was not in the set before. */
bool rmn_hashes_add(struct rmn_hashes *set, uint64_t hash);

/* FNV-1a over bytes, begun with seed. */
uint64_t rmn_hash_bytes(uint64_t seed, struct rmn_bytes bytes);

#endif
