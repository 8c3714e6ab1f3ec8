/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: where lost FAT volumes were.  A boot sector says it, the one in use or its
 * backup; without one the sub-folders do: "." names its own cluster, so that for a given cluster
 * size each of them gives a base, and all give the same for the true one. */
#ifndef RMN_RECOVER_FAT_VOLUME_H
#define RMN_RECOVER_FAT_VOLUME_H

#include "recover/chain.h"

#define RMN_FAT_VOLUMES_MAX 16

/* The first cluster of a sub-folder, as a sighting showed it. */
struct rmn_fat_dots {
	uint64_t image_offset;
	uint32_t cluster, parent;	/* as "." and ".." say; parent 0: the root */
	bool is_used;			/* by a volume that was found */
	bool is_living;			/* in use by a living volume */
};

struct rmn_fat_volume {
	struct rmn_chain_grid grid;
	bool has_boot, is_backup;
	uint32_t living;		/* number of the living volume whose boot sector this is */
	uint64_t start_byte, length_bytes;
	unsigned fat_bits;		/* 12, 16, 32; 0: unknown */
	uint64_t fat_offset, fat_bytes;	/* of the first table, on the image */
	unsigned fat_count;
	uint64_t root_offset;		/* of FAT12/16's fixed root */
	uint32_t root_bytes;
	uint32_t root_cluster;		/* of FAT32 */
	char label[48];
	uint32_t votes, against;	/* sub-folders that agree, and those in its area that do not */
};

/* Reads a boot sector at image_offset (of a volume that began at start_byte); false when its numbers
 * cannot be. */
bool rmn_fat_boot_read(const unsigned char *p, uint64_t start_byte, uint64_t disk_bytes,
    struct rmn_fat_volume *volume);

/* All sub-folders, rising; owned by the caller. */
enum rmn_status rmn_fat_dots_load(struct rmn_recovery *r, struct rmn_fat_dots **dots,
    size_t *count);

/* The volumes, the best first; marks the dots that belong to one. */
enum rmn_status rmn_fat_volumes_find(struct rmn_recovery *r, struct rmn_fat_dots *dots,
    size_t dot_count, struct rmn_fat_volume volumes[RMN_FAT_VOLUMES_MAX], size_t *count);

#endif
