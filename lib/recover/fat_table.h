/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the allocation table of a lost volume whose boot sector is left.  After a
 * quick format there is nothing in it; after a lost partition table it is all there. */
#ifndef RMN_RECOVER_FAT_TABLE_H
#define RMN_RECOVER_FAT_TABLE_H

#include "recover/fat_volume.h"

/* The cluster behind another by the first table that says something, 0 when none does; *is_end when
 * the chain ends there.  The table of a living volume knows nothing of a lost one. */
uint32_t rmn_fat_table_next(struct rmn_disk *disk, const struct rmn_fat_volume *volume,
    uint32_t cluster, bool *is_end);

/* Gives a file the clusters that the table says, if those are exactly as many as its size needs. */
bool rmn_fat_table_chain(struct rmn_disk *disk, const struct rmn_fat_volume *volume,
    struct rmn_chain_file *file, struct rmn_arena *arena);

#endif
