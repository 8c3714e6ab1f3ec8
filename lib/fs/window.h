/* SPDX-License-Identifier: MIT
 *
 * Unclaimed runs as the windows in which a sink gets them (fs/walk.h).  Runs come in the order of the
 * windows; each lies inside one. */
#ifndef RMN_FS_WINDOW_H
#define RMN_FS_WINDOW_H

#include "fs/walk.h"

/* One window in the making.  Start with the sink, and flush at the end. */
struct rmn_space_window {
	const struct rmn_walk_sink *sink;
	uint32_t volume;
	uint64_t offset;
	struct rmn_space_run *runs;	/* owned */
	size_t count, capacity;
	enum rmn_status status;		/* the first failure: of the sink, or RMN_NOMEM */
};

/* Adds a run of volume; a run of another window, or volume, sends the window before it.  Runs that
 * touch and are alike are one. */
void rmn_space_window_add(struct rmn_space_window *w, uint32_t volume, struct rmn_space_run run);

/* Sends the last window, and frees. */
void rmn_space_window_end(struct rmn_space_window *w);

#endif
