/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the 32-byte entries of FAT folders.  A long name's parts stand in front of
 * their short entry, last part first, and may be cut by the border of a cluster: the reader keeps
 * them from one cluster to the next. */
#ifndef RMN_RECOVER_FAT_ENTRIES_H
#define RMN_RECOVER_FAT_ENTRIES_H

#include "recover/fat_catalogue.h"

#define RMN_FAT_NAME_UNITS 260		/* 20 parts of 13 */

struct rmn_fat_reader {
	unsigned char units[2 * RMN_FAT_NAME_UNITS];	/* filled from the end */
	unsigned part_count;		/* 0: no long name is open */
	unsigned next_order;		/* of the next part; 0: the short entry; parts of deleted
					 * names have no order */
	unsigned checksum;
	bool is_deleted;
	struct rmn_buf name;
};

void rmn_fat_reader_init(struct rmn_fat_reader *reader);
void rmn_fat_reader_release(struct rmn_fat_reader *reader);
void rmn_fat_reader_reset(struct rmn_fat_reader *reader);	/* another folder begins */

/* Reads one cluster's entries into the catalogue.  False when the folder ends in it. */
bool rmn_fat_reader_cluster(struct rmn_fat_reader *reader, struct rmn_fat_catalogue *c,
    uint32_t folder, uint64_t image_offset, const unsigned char *p, size_t size);

/* Whether a cluster that begins with p can be the next of the folder that was read last: how well
 * (0: not at all, 1: possible, 2: it goes on with the name that is open). */
unsigned rmn_fat_reader_fits(const struct rmn_fat_reader *reader, const unsigned char *p);

/* A short name (11 bytes, with its case flags) as a path may have it; appended. */
void rmn_fat_short_name(const unsigned char *p, unsigned case_flags, bool is_deleted,
    struct rmn_buf *name);

#endif
