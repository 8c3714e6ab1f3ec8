/* SPDX-License-Identifier: MIT
 *
 * Private to carve/zip*.c: where on a disk members and directories of zips begin.  A broken member whose end
 * is known goes on where one of these stands at the right place of its block.  Regions are read when they
 * are first asked for, and kept for all mends of a run. */
#ifndef RMN_CARVE_ZIP_ANCHORS_H
#define RMN_CARVE_ZIP_ANCHORS_H

#include "carve/carve.h"

struct rmn_zip_anchors;

/* The anchors of tools, made when there are none; NULL when out of memory. */
struct rmn_zip_anchors *rmn_zip_anchors_get(struct rmn_carve_tools *tools, struct rmn_disk *disk);

/* Calls found for each anchor of the image range from .. end whose place in its block (of block_bytes at
 * phase) is inside, rising.  False when out of memory. */
bool rmn_zip_anchors_each(struct rmn_zip_anchors *anchors, struct rmn_carve_tools *tools,
    uint64_t from, uint64_t end, uint64_t inside, uint32_t block_bytes, uint64_t phase,
    void (*found)(void *context, uint64_t image_offset), void *context);

#endif
