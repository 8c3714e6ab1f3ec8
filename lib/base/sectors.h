/* SPDX-License-Identifier: MIT
 *
 * A set of 512-byte sectors of a disk: a bitmap in pieces of 32 MiB, of which only those that are
 * partly in the set take memory (8 KiB each; 1 GiB for 4 TB at the very worst). */
#ifndef RMN_BASE_SECTORS_H
#define RMN_BASE_SECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RMN_SECTOR_BYTES 512u

struct rmn_sectors {
	uint64_t **pieces;	/* owned; NULL: none of it; a shared full piece: all of it */
	size_t piece_count;
	uint64_t sector_count;
	bool failed;		/* out of memory: the set is not complete */
};

/* An empty set over a disk of size_bytes (rounded up to sectors). */
bool rmn_sectors_init(struct rmn_sectors *set, uint64_t size_bytes);
void rmn_sectors_release(struct rmn_sectors *set);

/* Byte ranges, as evidence gives them: every sector that they touch; what lies behind the disk is
 * ignored. */
void rmn_sectors_add(struct rmn_sectors *set, uint64_t offset, uint64_t length_bytes);
void rmn_sectors_remove(struct rmn_sectors *set, uint64_t offset, uint64_t length_bytes);

/* Adds every sector of other, a set over the same disk. */
void rmn_sectors_join(struct rmn_sectors *set, const struct rmn_sectors *other);

bool rmn_sectors_has(const struct rmn_sectors *set, uint64_t offset);

/* How many bytes of the range lie in sectors of the set. */
uint64_t rmn_sectors_count(const struct rmn_sectors *set, uint64_t offset, uint64_t length_bytes);

/* The first byte at or behind offset whose sector is (not) in the set; end when there is none before
 * it. */
uint64_t rmn_sectors_next(const struct rmn_sectors *set, uint64_t offset, uint64_t end, bool is_in);

/* The same for count sets over one disk: in any of them, or in none. */
uint64_t rmn_sectors_next_of(const struct rmn_sectors *const *sets, size_t count, uint64_t offset,
    uint64_t end, bool is_in);

#endif
