/* SPDX-License-Identifier: MIT
 *
 * Private to fs/: the walk of one file system. */
#ifndef RMN_FS_VOLUME_H
#define RMN_FS_VOLUME_H

#include "base/buf.h"
#include "fs/blocks.h"
#include "fs/inodes.h"
#include "fs/space.h"
#include "fs/tsk.h"
#include "fs/walk.h"

struct rmn_volume_walk {
	const struct rmn_walk_sink *sink;
	const struct rmn_volume *volume;
	TSK_FS_INFO *fs;
	struct rmn_fs_blocks blocks;
	struct rmn_claims *claims;	/* borrowed: the volumes of one container share it */
	struct rmn_inodes files;	/* inodes whose bytes were claimed */
	struct rmn_inodes folders;	/* that were listed */
	struct rmn_buf path;		/* of the name in hand */
	struct rmn_extent *extents;	/* of the item in hand */
	size_t extent_count, extent_capacity;
	uint64_t *named;		/* deleted inodes that have a name, for the orphan hunt */
	size_t named_count, named_capacity;
	uint64_t repeated_names;
	uint64_t item_count;
	bool without_orphans, orphans_elsewhere;
	bool is_partial;
	struct rmn_error *error;
};

/* names.c: every name of the file system, and the inodes without one that hold metadata. */
enum rmn_status rmn_volume_names(struct rmn_volume_walk *w);

/* What an attribute's bytes count as. */
enum rmn_claim { RMN_CLAIM_NOTHING, RMN_CLAIM_CONTENT, RMN_CLAIM_METADATA };

/* content.c: where the bytes of an attribute are.  Fills size_bytes, how, extents (borrowed from
 * w until the next call), overwritten_bytes and is_encrypted of item, and claims its bytes; the
 * tail of an allocated file's last block is claimed as slack. */
enum rmn_status rmn_volume_content(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute,
    enum rmn_claim claim, struct rmn_walk_item *item);

/* Claims all runs of an attribute as metadata: folders, index blocks, attribute lists. */
void rmn_volume_claim_metadata(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute);

/* Reports what was not examined; reason is a format. */
enum rmn_status rmn_volume_unexamined(struct rmn_volume_walk *w, const char *stage,
    const char *reason, ...) __attribute__((format(printf, 3, 4)));

/* label.c: the name a volume gives itself; "" when there is none. */
void rmn_volume_label(const struct rmn_tsk_fs *fs, char *label, size_t size);

#endif
