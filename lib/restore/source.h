/* SPDX-License-Identifier: MIT
 *
 * Private to restore/: the bytes of items, from a reader process. */
#ifndef RMN_RESTORE_SOURCE_H
#define RMN_RESTORE_SOURCE_H

#include "store/case.h"
#include "worker/child.h"

struct rmn_restore_source {
	struct rmn_case *the_case;	/* borrowed */
	struct rmn_child child;
	struct rmn_arena *arena;	/* of one item */
	int64_t source_id;		/* whose reader this is; 0: none */
	char *path;			/* owned */
	struct volume_place {
		int64_t id;
		uint64_t start_byte;
		char filesystem[16];
	} *volumes;			/* owned */
	size_t volume_count;
	bool no_sandbox;
};

/* Starts the reader of that source when it is not the one running. */
enum rmn_status rmn_restore_source_use(struct rmn_restore_source *s, int64_t source_id,
    const char *path, struct rmn_error *error);

/* Asks for an item's bytes: each piece goes to take, which returns false to end it.  *bad_bytes could
 * not be read and are zeros.  RMN_CORRUPT: the reader died of it; the next call starts a new one. */
enum rmn_status rmn_restore_source_read(struct rmn_restore_source *s, int64_t item_id,
    bool (*take)(void *context, struct rmn_bytes piece), void *context, uint64_t *bad_bytes,
    struct rmn_error *error);

void rmn_restore_source_close(struct rmn_restore_source *s);

#endif
