/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the walk of a disk inside a sparse bundle, told as part of the walk of the disk
 * that holds it.  Volumes get numbers behind those told so far, extents are those of the outer disk.
 * The map, the ledger and the steps stay untold: every byte of the bundle is a band's already. */
#ifndef RMN_RECOVER_BUNDLE_SINK_H
#define RMN_RECOVER_BUNDLE_SINK_H

#include "recover/bundle.h"

struct rmn_bundle_sink {
	const struct rmn_walk_sink *outer;
	const struct rmn_image *image;		/* mapped */
	const struct rmn_bundle *bundle;
	uint32_t number;	/* of the volume that stands for the disk inside; its own follow */
	struct rmn_extent *extents;		/* owned; of the item in hand */
	size_t extent_count, extent_capacity;
};

/* Tells the disk inside as a volume without a file system, and fills the sink to walk it with. */
enum rmn_status rmn_bundle_sink_begin(struct rmn_bundle_sink *s, const struct rmn_bundle_map *map,
    struct rmn_walk_sink *sink);
void rmn_bundle_sink_release(struct rmn_bundle_sink *s);

#endif
