/* SPDX-License-Identifier: MIT
 *
 * Private to fs/: where volumes may be, from the partition tables. */
#ifndef RMN_FS_PARTITIONS_H
#define RMN_FS_PARTITIONS_H

#include "fs/tsk.h"

struct rmn_partition {
	uint64_t start_byte, length_bytes;	/* within the image; length above 0 */
	char slot[16];
	char description[64];
};

struct rmn_partitions {
	struct rmn_partition *items;	/* owned; rising by start */
	size_t count, capacity;
};

/* Always at least one: the whole source, when it has no partition table. */
enum rmn_status rmn_partitions_find(TSK_IMG_INFO *tsk, uint64_t size_bytes,
    struct rmn_partitions *found, struct rmn_error *error);
void rmn_partitions_release(struct rmn_partitions *partitions);

#endif
