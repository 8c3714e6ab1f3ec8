/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: where lost exFAT volumes were: by a boot sector, by the backup twelve sectors
 * behind it, or by what entry sets promise: a folder's first cluster begins with an entry set, a
 * document's with its format's first bytes. */
#ifndef RMN_RECOVER_EXFAT_VOLUME_H
#define RMN_RECOVER_EXFAT_VOLUME_H

#include "recover/chain.h"
#include "recover/exfat_sets.h"

#define RMN_EXFAT_VOLUMES_MAX 16

struct rmn_exfat_volume {
	struct rmn_chain_grid grid;
	bool has_boot, is_backup;
	uint32_t living;		/* number of the living volume whose boot sector this is */
	uint64_t start_byte, length_bytes;
	uint64_t fat_offset, fat_bytes;	/* of the allocation table, on the image */
	uint32_t root;			/* first cluster; 0: unknown */
	uint32_t votes;			/* sets whose first cluster holds what they promise */
};

bool rmn_exfat_boot_read(const unsigned char *p, uint64_t start_byte, uint64_t disk_bytes,
    struct rmn_exfat_volume *volume);

/* The volumes that have sets, the best first. */
enum rmn_status rmn_exfat_volumes_find(struct rmn_recovery *r, const struct rmn_exfat_sets *sets,
    struct rmn_exfat_volume volumes[RMN_EXFAT_VOLUMES_MAX], size_t *count);

#endif
