/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the entries of ext folder blocks. */
#ifndef RMN_RECOVER_EXT_NAMES_H
#define RMN_RECOVER_EXT_NAMES_H

#include "recover/ext_layout.h"

/* Where a name was, the surest first. */
enum rmn_ext_source {
	RMN_EXT_LISTED,		/* an entry of a folder block */
	RMN_EXT_COPY,		/* of an older copy of one, in the journal */
	RMN_EXT_DROPPED,	/* a removed entry: left over behind another one */
};

struct rmn_ext_name {
	uint32_t child, parent;		/* inodes; child 0: unknown */
	uint64_t version;		/* the journal's sequence of a copy; else 0 */
	size_t text;			/* offset in texts: UTF-8, fit for a path */
	uint32_t size;
	uint8_t type;			/* of the entry: 1 file, 2 folder, 7 link; 0 unknown */
	uint8_t source;
};

struct rmn_ext_names {
	struct rmn_ext_name *entries;	/* owned */
	size_t count, capacity;
	struct rmn_buf texts;
	bool failed;			/* out of memory */
	bool is_cut;			/* RMN_EXT_NAMES_MAX reached */
};
#define RMN_EXT_NAMES_MAX ((size_t)64 << 20)

void rmn_ext_names_init(struct rmn_ext_names *names);
void rmn_ext_names_release(struct rmn_ext_names *names);

struct rmn_bytes rmn_ext_names_text(const struct rmn_ext_names *names,
    const struct rmn_ext_name *name);

/* Adds what a block of the folder parent lists (without "." and ".."), source for entries in use.
 * Damaged parts are skipped. */
void rmn_ext_names_block(struct rmn_ext_names *names, const struct rmn_ext_layout *layout,
    const unsigned char *block, size_t size, uint32_t parent, enum rmn_ext_source source,
    uint64_t version);

/* Sorts by child, then the surest and youngest first; doubles are dropped. */
void rmn_ext_names_sort(struct rmn_ext_names *names);

/* The first entry of a child, by its index; count when there is none. */
size_t rmn_ext_names_find(const struct rmn_ext_names *names, uint32_t child);

/* Whether a block begins a folder: "." and "..".  Their inodes. */
bool rmn_ext_folder_head(const unsigned char *block, size_t size, uint32_t *self, uint32_t *parent);

/* The start value of the block's checksum, which all blocks of one folder have in common.  False
 * when the block has none. */
bool rmn_ext_folder_seed(const struct rmn_ext_crc *crc, const unsigned char *block, size_t size,
    uint32_t *seed);

#endif
