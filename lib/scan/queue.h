/* SPDX-License-Identifier: MIT
 *
 * The order of work: by the offset of the first extent, like a lift that only goes up.  What lies
 * behind the head waits for the next sweep, so a disk is read in its own order even while the walk
 * still adds items. */
#ifndef RMN_SCAN_QUEUE_H
#define RMN_SCAN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct rmn_queue_entry {
	uint64_t offset;
	int64_t unit;
};

struct rmn_queue_heap {
	struct rmn_queue_entry *entries;
	size_t count, capacity;
};

struct rmn_queue {
	struct rmn_queue_heap ahead, behind;
	uint64_t head;
};

void rmn_queue_init(struct rmn_queue *queue);
void rmn_queue_release(struct rmn_queue *queue);

enum rmn_status rmn_queue_push(struct rmn_queue *queue, uint64_t offset, int64_t unit);

/* The next unit; false when there is none.  Equal offsets come in the order of their units. */
bool rmn_queue_pop(struct rmn_queue *queue, int64_t *unit);

size_t rmn_queue_count(const struct rmn_queue *queue);

#endif
