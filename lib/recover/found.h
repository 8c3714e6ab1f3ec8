/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: what the engines found, kept until rival claims are settled. */
#ifndef RMN_RECOVER_FOUND_H
#define RMN_RECOVER_FOUND_H

#include "base/arena.h"
#include "recover/engine.h"

/* Memory for files and their names and extents: about four million files. */
#define RMN_FOUND_BYTES ((size_t)1536 << 20)

struct rmn_store_found {
	struct rmn_found_volume *volumes;	/* owned */
	size_t volume_count;
	struct rmn_found *files;		/* owned; what they point to is in the arena */
	size_t count, capacity;
	struct rmn_arena *arena;
	uint64_t left_out;			/* files for which there was no room */
};

bool rmn_store_found_init(struct rmn_store_found *store);
void rmn_store_found_release(struct rmn_store_found *store);

#endif
