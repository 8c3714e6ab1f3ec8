/* SPDX-License-Identifier: MIT
 *
 * Sets of bytes of the image, as sorted runs.  The walk keeps one per class of bytes and makes
 * them disjoint by subtraction, which is why the ledger adds up: no byte can be in two classes.
 * 24 bytes a run; runs that touch are one. */
#ifndef RMN_FS_RANGES_H
#define RMN_FS_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rmn_range {
	uint64_t start, end;	/* end is the first byte behind */
	uint64_t owner;		/* only runs of one owner are joined */
};

struct rmn_ranges {
	struct rmn_range *runs;	/* owned */
	size_t count, capacity;
	bool is_normal;		/* sorted, disjoint, joined */
	bool failed;		/* out of memory: the set is not complete */
};

void rmn_ranges_release(struct rmn_ranges *set);

/* Adds a run; empty and inverted ones are ignored. */
void rmn_ranges_add(struct rmn_ranges *set, uint64_t start, uint64_t end, uint64_t owner);

/* Sorts and joins.  Where runs of different owners overlap, the one that starts first keeps the
 * bytes. */
void rmn_ranges_normalise(struct rmn_ranges *set);

/* Removes from set what is in other; keeps only what is in other.  Both become normal. */
void rmn_ranges_subtract(struct rmn_ranges *set, struct rmn_ranges *other);
void rmn_ranges_intersect(struct rmn_ranges *set, struct rmn_ranges *other);

/* The bytes of a normal set. */
uint64_t rmn_ranges_total(const struct rmn_ranges *set);

#endif
