/* SPDX-License-Identifier: MIT
 *
 * The inodes that were met so far: 512 neighbours share one entry of 72 bytes, so the records of
 * a full NTFS disk take a few megabytes, and the far-apart numbers of FAT little more. */
#ifndef RMN_FS_INODES_H
#define RMN_FS_INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rmn_inodes {
	struct rmn_inode_page *pages;	/* owned; open addressing */
	size_t count, capacity;
	bool failed;
};

void rmn_inodes_release(struct rmn_inodes *set);

/* True when the inode was not in the set before. */
bool rmn_inodes_add(struct rmn_inodes *set, uint64_t inode);

#endif
