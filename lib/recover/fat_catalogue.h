/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: what is left of the folders of one lost FAT or exFAT volume, and how it is
 * handed on.  A folder's id is its first cluster. */
#ifndef RMN_RECOVER_FAT_CATALOGUE_H
#define RMN_RECOVER_FAT_CATALOGUE_H

#include "recover/chain.h"

/* Memory for the entries of one volume: about two million files. */
#define RMN_FAT_CATALOGUE_BYTES ((size_t)1 << 30)

struct rmn_fat_entry {
	struct rmn_chain_file chain;
	struct rmn_bytes name;		/* as it may stand in a path; of the arena */
	uint32_t folder;		/* the first cluster of the folder that names it */
	uint64_t entry_offset;		/* of its short entry or set, on the image */
	int64_t created, modified, accessed;
	uint32_t attributes;
	bool is_folder;
	bool is_agreed;			/* a folder whose ".." leads back */
	bool is_listed;			/* the walk of the living volume lists it: not handed on */
	bool is_living;			/* deleted from the living volume, whose walk missed it */
};

struct rmn_fat_catalogue {
	struct rmn_recovery *r;		/* borrowed */
	struct rmn_chain_grid grid;
	uint32_t root;			/* first cluster; 0: a fixed root, or unknown */
	struct rmn_fat_entry *entries;	/* owned */
	size_t count, capacity;
	struct rmn_sectors folders;	/* clusters that hold folders */
	struct rmn_arena *arena;	/* owned */
	uint32_t *listed;		/* owned: folders that the living volume's walk reaches,
					 * rising once rmn_fat_catalogue_mark has been called */
	size_t listed_count, listed_capacity;
	bool failed;			/* out of memory */
};

bool rmn_fat_catalogue_init(struct rmn_fat_catalogue *c, struct rmn_recovery *r,
    const struct rmn_chain_grid *grid, uint32_t root);
void rmn_fat_catalogue_release(struct rmn_fat_catalogue *c);

/* Adds an entry; the name is copied. */
void rmn_fat_catalogue_add(struct rmn_fat_catalogue *c, const struct rmn_fat_entry *entry);

/* A folder of the living volume, or one that it names as deleted: its walk goes there. */
void rmn_fat_catalogue_list(struct rmn_fat_catalogue *c, uint32_t folder);

/* Marks as listed all entries of such folders, and so what is below them. */
void rmn_fat_catalogue_mark(struct rmn_fat_catalogue *c);

/* Solves the chains and hands on every file and folder.  A volume is added for those that are
 * lost, another with the number `living` for those that are deleted from it, if there are any. */
enum rmn_status rmn_fat_catalogue_finish(struct rmn_fat_catalogue *c,
    const struct rmn_found_volume *volume, uint32_t living);

/* The engines of this folder's two rows in engines.def. */
enum rmn_status rmn_recover_fat(struct rmn_recovery *r);
enum rmn_status rmn_recover_exfat(struct rmn_recovery *r);

/* FAT's date and time words (local, no zone) as UTC; a date of 0 is unknown. */
int64_t rmn_fat_time(unsigned date, unsigned time, unsigned hundredths);

#endif
