/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: where things lie in an ext2/3/4 volume, from any copy of its superblock
 * and of its group descriptors (kernel documentation, filesystems/ext4). */
#ifndef RMN_RECOVER_EXT_LAYOUT_H
#define RMN_RECOVER_EXT_LAYOUT_H

#include "recover/engine.h"

#define EXT_COMPAT_JOURNAL 0x4u
#define EXT_COMPAT_SPARSE_SUPER2 0x200u
#define EXT_INCOMPAT_FILETYPE 0x2u
#define EXT_INCOMPAT_META_BG 0x10u
#define EXT_INCOMPAT_EXTENTS 0x40u
#define EXT_INCOMPAT_64BIT 0x80u
#define EXT_INCOMPAT_FLEX_BG 0x200u
#define EXT_INCOMPAT_SEED 0x2000u
#define EXT_RO_SPARSE_SUPER 0x1u
#define EXT_RO_GROUP_SUM 0x10u
#define EXT_RO_METADATA_SUM 0x400u

#define EXT_GROUP_UNINIT 1u	/* of bg_flags: the inode bitmap was never written */
#define EXT_GROUP_BLANK 5u	/* the same, and the inode table was zeroed */

#define EXT_INODE_ROOT 2u
#define EXT_INODE_JOURNAL 8u
#define EXT_BLOCK_ARRAY 60u	/* bytes of i_block */
#define EXT_COPIES_MAX 64u
#define EXT_BLOCK_BYTES_MAX 65536u

/* CRC-32C both ways: backwards it tells the start value from data and result. */
struct rmn_ext_crc {
	uint32_t forward[256], backward[256];
};
void rmn_ext_crc_init(struct rmn_ext_crc *crc);
uint32_t rmn_ext_crc_of(const struct rmn_ext_crc *crc, uint32_t start, const void *data,
    size_t size);
uint32_t rmn_ext_crc_start(const struct rmn_ext_crc *crc, uint32_t end, const void *data,
    size_t size);

struct rmn_ext_layout {
	uint64_t start_byte;		/* of block 0, on the image */
	uint64_t block_count;
	uint32_t block_bytes, first_block, group_blocks, group_inodes, group_count;
	uint32_t inode_count, inode_bytes, first_inode;
	uint32_t descriptor_bytes, first_meta_group;
	uint32_t compat, incompat, ro_compat;
	uint32_t groups_per_flex;
	uint32_t checksum_seed;
	uint32_t made;			/* seconds since 1970 */
	uint32_t backup_groups[2];	/* sparse_super2 */
	unsigned char uuid[16];
	char label[17];
	unsigned char journal[EXT_BLOCK_ARRAY];	/* i_block of its inode, or zeros */
	uint64_t journal_bytes;
	uint32_t copies[EXT_COPIES_MAX];	/* groups whose superblock copy was seen, rising */
	size_t copy_count;

	/* Filled by rmn_ext_layout_groups; owned. */
	uint64_t *tables;		/* per group: first block of its inode table; 0: unknown */
	uint64_t *bitmaps;		/* the same of its inode bitmap */
	unsigned char *flags;		/* bg_flags */
	uint32_t *order;		/* groups by the place of their tables */
};

/* Reads a superblock of 1,024 bytes that stands at image_offset.  False when it is none, or when
 * its volume would begin before the image. */
bool rmn_ext_layout_read(struct rmn_ext_layout *layout, const struct rmn_ext_crc *crc,
    const unsigned char *super, uint64_t image_offset);

/* Whether two copies speak of one volume as it was made once; whether two volumes put their inodes
 * at the same places. */
bool rmn_ext_layout_is_same(const struct rmn_ext_layout *a, const struct rmn_ext_layout *b);
bool rmn_ext_layout_fits(const struct rmn_ext_layout *a, const struct rmn_ext_layout *b);

/* Finds the inode tables: from all copies of the descriptors that can be read, the rest by the
 * layout of their neighbours.  False when out of memory. */
bool rmn_ext_layout_groups(struct rmn_ext_layout *layout, struct rmn_disk *disk,
    const struct rmn_ext_crc *crc);
void rmn_ext_layout_release(struct rmn_ext_layout *layout);

/* The image offset of a block; false when it is not of the volume or lies behind the disk. */
bool rmn_ext_layout_place(const struct rmn_ext_layout *layout, uint64_t disk_bytes, uint64_t block,
    uint64_t *image_offset);

/* For a layout that is put together otherwise: memory for its groups; their order once the tables
 * are filled. */
bool rmn_ext_layout_make(struct rmn_ext_layout *layout);
void rmn_ext_layout_order(struct rmn_ext_layout *layout);

/* The group whose inode table has a byte of the image, and the byte's place in the table;
 * UINT32_MAX when none has. */
uint32_t rmn_ext_layout_table(const struct rmn_ext_layout *layout, uint64_t image_offset,
    uint64_t *table_offset);

#endif
