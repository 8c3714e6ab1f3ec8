/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the unclaimed space without what was recovered from it. */
#ifndef RMN_RECOVER_REST_H
#define RMN_RECOVER_REST_H

#include "fs/ranges.h"
#include "recover/collect.h"

/* Adds a recovered file's bytes to a set; holes are nowhere. */
void rmn_rest_claim(struct rmn_ranges *set, const struct rmn_extent *extents, size_t count);

/* Emits the windows and the recovered() figures.  lost and carved are the extents of recovered files;
 * they are made normal and disjoint (lost wins). */
enum rmn_status rmn_rest_emit(const struct rmn_collected *c, struct rmn_ranges *lost,
    struct rmn_ranges *carved);

#endif
