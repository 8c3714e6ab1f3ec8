/* SPDX-License-Identifier: MIT
 *
 * Private to fs/: which blocks a file system says are in use. */
#ifndef RMN_FS_BLOCKS_H
#define RMN_FS_BLOCKS_H

#include "fs/space.h"
#include "fs/tsk.h"

struct rmn_fs_blocks {
	TSK_FS_INFO *fs;		/* borrowed */
	uint64_t base;			/* image offset of block 0 */
	uint64_t end;			/* image offset behind the last block that is there */
	uint64_t block_bytes;
	uint64_t stride_bytes;		/* block_bytes, more for raw CD sectors */
	uint64_t cluster_start;		/* FAT: first data block; blocks of a cluster agree */
	uint64_t cluster_blocks;
	TSK_FS_FILE *bitmap_file;	/* NTFS: $Bitmap, read in pieces */
	const TSK_FS_ATTR *bitmap;
	unsigned char *piece;
	uint64_t piece_index;
	size_t piece_bytes;
	struct rmn_ranges free;		/* APFS: the container's list of free space */
	bool is_container;
};

void rmn_fs_blocks_init(struct rmn_fs_blocks *blocks, const struct rmn_tsk_fs *fs);
void rmn_fs_blocks_release(struct rmn_fs_blocks *blocks);

/* For struct rmn_blocks; the context is the rmn_fs_blocks. */
enum rmn_block_class rmn_fs_blocks_classify(void *context, uint64_t image_offset,
    uint64_t *length_bytes);

/* How many bytes of [start, end) are in blocks in use. */
uint64_t rmn_fs_blocks_in_use(struct rmn_fs_blocks *blocks, uint64_t start, uint64_t end);

#endif
