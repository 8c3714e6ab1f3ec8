/* SPDX-License-Identifier: MIT
 *
 * A unit as a child holds it: the message, and the extents that follow in frames. */
#ifndef RMN_WORKER_HELD_UNIT_H
#define RMN_WORKER_HELD_UNIT_H

#include "worker/content.h"
#include "worker/message.h"

struct rmn_held_unit {
	struct rmn_unit unit;
	struct rmn_buf strings;		/* what unit's bytes point into */
	struct rmn_extent *extents;	/* owned */
	size_t extent_count;
};

/* Takes UNIT or EXTENTS; false: the frame lies, or memory is out. */
bool rmn_held_unit_take(struct rmn_held_unit *held, uint32_t type, struct rmn_bytes payload);

/* Where the unit's bytes are; borrows from held. */
struct rmn_content_place rmn_held_unit_place(const struct rmn_held_unit *held);

#endif
