/* SPDX-License-Identifier: MIT
 *
 * Private to fs/: what is left of a volume when its files are known.
 *
 * Each byte of the volume is put into one class, in this order: file-system metadata, item
 * content, slack, then by what the file system says of the block.  Later classes get only what
 * the earlier ones left. */
#ifndef RMN_FS_SPACE_H
#define RMN_FS_SPACE_H

#include "fs/ranges.h"
#include "fs/walk.h"

/* What files claim of the image. */
struct rmn_claims {
	struct rmn_ranges metadata, content, slack;
};
void rmn_claims_release(struct rmn_claims *claims);

enum rmn_block_class {
	RMN_BLOCK_FREE,
	RMN_BLOCK_METADATA,	/* the file system's own by its place: inode tables, FATs */
	RMN_BLOCK_UNOWNED,	/* said to be in use, but by nothing that was found */
};

/* Asks the file system; blocks beyond it are unowned. */
struct rmn_blocks {
	void *context;
	/* The class of the byte at image_offset, and how many bytes from there surely share it. */
	enum rmn_block_class (*classify)(void *context, uint64_t image_offset,
	    uint64_t *length_bytes);
};

/* Emits space() and ledger() for the bytes owned.  claims and owned are used up (made disjoint).
 * blocks may be NULL: no file system, everything unclaimed is a gap. */
enum rmn_status rmn_space_emit(uint32_t volume, struct rmn_ranges *owned,
    struct rmn_claims *claims, const struct rmn_blocks *blocks, const struct rmn_walk_sink *sink,
    struct rmn_error *error);

#endif
