/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: entry sets of exFAT folders.  A set is a file entry (85), a stream entry (C0)
 * and the name (C1 ...), under one checksum; a deleted one has bit 7 of each type cleared and is as
 * good as before. */
#ifndef RMN_RECOVER_EXFAT_SETS_H
#define RMN_RECOVER_EXFAT_SETS_H

#include "base/arena.h"
#include "recover/engine.h"

#define RMN_EXFAT_ENTRY_BYTES 32u
#define RMN_EXFAT_SET_ENTRIES_MAX 19u
#define RMN_EXFAT_SET_BYTES_MAX (RMN_EXFAT_SET_ENTRIES_MAX * RMN_EXFAT_ENTRY_BYTES)

struct rmn_exfat_set {
	uint64_t image_offset;		/* of its first entry */
	uint64_t size_bytes, valid_bytes;
	int64_t created, modified, accessed;
	struct rmn_bytes name;		/* as it may stand in a path; of the arena */
	uint32_t first;			/* cluster */
	uint16_t attributes;
	bool is_folder, is_deleted;
	bool is_contiguous;		/* NoFatChain: the table was never asked */
	uint32_t folder;		/* the first cluster of the folder it is in, once known */
	bool is_taken;			/* by a volume */
	bool is_living;			/* in use by a living volume */
};

struct rmn_exfat_sets {
	struct rmn_exfat_set *sets;	/* owned; rising by image_offset until more are added */
	size_t count, capacity;
	struct rmn_arena *arena;	/* owned */
	bool failed;
};

bool rmn_exfat_sets_init(struct rmn_exfat_sets *sets);
void rmn_exfat_sets_release(struct rmn_exfat_sets *sets);

/* How many bytes the set that begins with these entries has in all; 0: none begins here. */
size_t rmn_exfat_set_bytes(const unsigned char *p, size_t size);

/* Adds the set of exactly these bytes when its checksum is right. */
bool rmn_exfat_sets_add(struct rmn_exfat_sets *sets, uint64_t image_offset, const unsigned char *p,
    size_t size);

/* All sets that do not go on elsewhere. */
enum rmn_status rmn_exfat_sets_load(struct rmn_recovery *r, struct rmn_exfat_sets *sets);

/* The first at or behind an offset, by its index. */
size_t rmn_exfat_sets_from(const struct rmn_exfat_sets *sets, uint64_t image_offset);

#endif
