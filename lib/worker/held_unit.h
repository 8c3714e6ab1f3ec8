/* SPDX-License-Identifier: MIT
 *
 * A unit as it goes to a child and as the child holds it: the message, and the extents that follow in
 * frames. */
#ifndef RMN_WORKER_HELD_UNIT_H
#define RMN_WORKER_HELD_UNIT_H

#include "worker/channel.h"
#include "worker/content.h"
#include "worker/message.h"

/* Sends extents one by one, many to a frame.  Start with the channel; flush at the end. */
#define RMN_EXTENT_BATCH 256
struct rmn_extent_sender {
	struct rmn_channel *channel;
	struct rmn_extent batch[RMN_EXTENT_BATCH];
	size_t used;
};
/* image_offset as a case keeps it: negative for a hole. */
void rmn_extent_send(struct rmn_extent_sender *sender, int64_t image_offset,
    uint64_t length_bytes);
void rmn_extent_flush(struct rmn_extent_sender *sender);

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
