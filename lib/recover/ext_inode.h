/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: inodes of ext2/3/4 and where their bytes are. */
#ifndef RMN_RECOVER_EXT_INODE_H
#define RMN_RECOVER_EXT_INODE_H

#include "recover/ext_layout.h"

#define EXT_INODE_BYTES_MAX 65536u

#define EXT_MODE_FORMAT 0xf000u
#define EXT_MODE_FOLDER 0x4000u
#define EXT_MODE_FILE 0x8000u
#define EXT_MODE_LINK 0xa000u

#define EXT_FLAG_ENCRYPTED 0x800u
#define EXT_FLAG_EXTENTS 0x80000u
#define EXT_FLAG_HUGE 0x40000u
#define EXT_FLAG_EA 0x200000u		/* holds an attribute of another inode */
#define EXT_FLAG_INLINE 0x10000000u

struct rmn_ext_inode {
	uint32_t number, generation, mode, uid, gid, link_count, flags;
	uint32_t deleted;		/* seconds since 1970; 0: not */
	uint64_t size_bytes;
	int64_t created, modified, changed, accessed;
	uint64_t place;			/* of the record, on the image */
	uint64_t version;		/* the journal's sequence; of tables: above all of them */
	unsigned char block[EXT_BLOCK_ARRAY];
	uint16_t extra_offset;		/* of in-inode attributes in the record; 0: none */
	bool is_proven;			/* its checksum is right */
};

/* Reads the record of an inode.  False when it is unused or cannot be one. */
bool rmn_ext_inode_read(struct rmn_ext_inode *inode, const struct rmn_ext_layout *layout,
    const struct rmn_ext_crc *crc, const unsigned char *record, uint32_t number);

/* In use when its volume was lost: it has a name, and nobody deleted it. */
bool rmn_ext_inode_is_live(const struct rmn_ext_inode *inode);

/* Whether a block number of it says where bytes are. */
bool rmn_ext_inode_has_blocks(const struct rmn_ext_inode *inode);

/* Where an inode's bytes are.  One for many inodes. */
struct rmn_ext_map {
	struct rmn_disk *disk;
	const struct rmn_ext_layout *layout;
	uint64_t steps_left;		/* blocks of pointers that may still be read, all inodes
					 * together */
	struct rmn_extent *extents;	/* owned; of the inode in hand, clipped to its size */
	size_t count, capacity;
	uint64_t bytes;			/* that they cover */
	uint64_t size_bytes;
	bool is_short;			/* some are missing at the end */
	bool failed;			/* out of memory */
	bool was_cut;			/* steps_left reached 0 */
};
void rmn_ext_map_init(struct rmn_ext_map *map, struct rmn_disk *disk,
    const struct rmn_ext_layout *layout);
void rmn_ext_map_release(struct rmn_ext_map *map);

/* Fills extents, count and is_short. */
void rmn_ext_map_inode(struct rmn_ext_map *map, const struct rmn_ext_inode *inode);

#endif
