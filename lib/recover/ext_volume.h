/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: one ext2/3/4 volume under recovery. */
#ifndef RMN_RECOVER_EXT_VOLUME_H
#define RMN_RECOVER_EXT_VOLUME_H

#include "recover/ext_inode.h"
#include "recover/ext_names.h"
#include "recover/folders.h"

/* A living volume's inode tables.  Making a new file system leaves the old inodes where they were
 * (the tables are zeroed at leisure, or never), so that both may lie in one table. */
struct rmn_ext_shadow {
	struct rmn_disk *disk;
	struct rmn_ext_layout layout;		/* owned */
	uint32_t number;			/* of the living volume */
	unsigned char *bitmap;			/* owned: of one group */
	uint32_t bitmap_group;			/* UINT32_MAX: none */
};

enum rmn_ext_slot {
	RMN_EXT_ELSEWHERE,	/* not in a living volume's inode table */
	RMN_EXT_FREE,		/* there, and not in use */
	RMN_EXT_USED,
};

struct rmn_ext_folder_block {
	uint64_t place;		/* on the image */
	uint32_t folder;
};

struct rmn_ext_volume {
	struct rmn_recovery *r;
	const struct rmn_ext_crc *crc;
	const struct rmn_ext_layout *layout;
	struct rmn_ext_shadow *shadow;	/* the living volume in its place; or NULL */
	bool is_living;			/* the shadow itself: what was deleted from it */
	bool is_assumed;		/* nothing but the shadow's layout says that it was there */
	uint64_t *bytes_left;		/* of inode tables, that may still be read */

	struct rmn_ext_map map;
	struct rmn_ext_names names;
	struct rmn_folders *folders;	/* owned */
	struct rmn_ext_folder_block *blocks;	/* owned; of folders, by place once sorted */
	size_t block_count, block_capacity;
	struct rmn_ext_inode *copies;	/* owned: of files in use, from the journal */
	size_t copy_count, copy_capacity;
	unsigned char *seen;		/* owned: a bit per inode that has a record */
	uint64_t version;		/* of what is in the tables: above the journal's */
	size_t proofs;			/* folders and inodes that are surely its own */
	bool was_cut;			/* bytes_left reached 0 */
	bool failed;			/* out of memory */

	uint32_t found;			/* the volume's index, once it has one */
	bool is_added;
	struct rmn_buf path;
};

bool rmn_ext_shadow_init(struct rmn_ext_shadow *shadow, struct rmn_disk *disk);
void rmn_ext_shadow_release(struct rmn_ext_shadow *shadow);	/* and its layout */
enum rmn_ext_slot rmn_ext_shadow_slot(struct rmn_ext_shadow *shadow, uint64_t place);

/* The folders, then the journal, then what is left: ext_volume.c, ext_journal.c, ext_emit.c. */
enum rmn_status rmn_ext_volume_recover(struct rmn_ext_volume *v);

/* Calls for each record of the inode tables that is of this volume, or, with_used, of the living
 * volume in whose tables it lies.  visit returns false to end the walk. */
void rmn_ext_volume_walk(struct rmn_ext_volume *v, bool with_used,
    bool (*visit)(void *context, const struct rmn_ext_inode *inode), void *context);

/* The record of a number as it stands in the table, of whomever it is. */
bool rmn_ext_volume_inode(struct rmn_ext_volume *v, uint32_t number, struct rmn_ext_inode *inode);

/* Reads a folder's blocks that are its own, and adds what they list. */
void rmn_ext_volume_folder(struct rmn_ext_volume *v, const struct rmn_ext_inode *inode,
    enum rmn_ext_source source);

/* The folder whose block stands at a place of the image, or 0; once the blocks are sorted, which
 * rmn_ext_journal_read does. */
uint32_t rmn_ext_volume_folder_at(const struct rmn_ext_volume *v, uint64_t place);

/* A folder keeps its place in the tree by its "..", under a name of our own, until a name is
 * found. */
void rmn_ext_volume_place(struct rmn_ext_volume *v, uint32_t self, uint32_t parent);

/* Folder blocks that no inode claims: their inode is lost, or was deleted and emptied. */
void rmn_ext_volume_lost_folders(struct rmn_ext_volume *v);

/* Whether nobody has written a block of the image since. */
bool rmn_ext_volume_is_free(const struct rmn_ext_volume *v, uint64_t place);

/* Whether a block of the image is nobody's, or of this living volume. */
bool rmn_ext_volume_may_read(const struct rmn_ext_volume *v, uint64_t place);

void rmn_ext_journal_read(struct rmn_ext_volume *v);
enum rmn_status rmn_ext_emit(struct rmn_ext_volume *v);

static inline bool
rmn_ext_volume_has_seen(const struct rmn_ext_volume *v, uint32_t number)
{
	return number <= v->layout->inode_count && v->seen[number / 8] >> number % 8 & 1;
}

#endif
