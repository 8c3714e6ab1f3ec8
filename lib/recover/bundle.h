/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: disks that were cut into files (sparse bundles, as Time Machine keeps them on a
 * network drive): NAME.sparsebundle/Info.plist, token, bands/<hex>.  Band n holds the bytes from n times
 * the band size on; one that is absent is zeros, and so is what a short one lacks.
 *
 * Whatever file system they lie in, living or lost: the items are watched as they pass by. */
#ifndef RMN_RECOVER_BUNDLE_H
#define RMN_RECOVER_BUNDLE_H

#include "base/arena.h"
#include "fs/walk.h"
#include "image/disk.h"

/* Bundles that are put together; more of them are told. */
#define RMN_BUNDLES_MAX 16u

/* A file of a bundle; its extents are from `first` on. */
struct rmn_bundle_file {
	uint32_t number;		/* of a band */
	uint8_t rank;			/* how sure it is: lower is surer */
	uint64_t size_bytes;
	size_t first, count;
};

struct rmn_bundle {
	uint32_t volume;		/* in which it lies */
	struct rmn_bytes path;		/* in that volume */
	struct rmn_bundle_file *bands;	/* owned */
	size_t band_count, band_capacity;
	struct rmn_bundle_file info, token;	/* size 0: not there */
};

struct rmn_bundles {
	struct rmn_bundle bundles[RMN_BUNDLES_MAX];
	size_t count;
	uint64_t left_out;		/* files of bundles that there was no room for */
	struct rmn_extent *extents;	/* owned; of all files */
	size_t extent_count, extent_capacity;
	struct rmn_arena *arena;	/* owned; the paths */
	bool failed;			/* out of memory */
};

bool rmn_bundles_init(struct rmn_bundles *b);
void rmn_bundles_release(struct rmn_bundles *b);

/* Keeps the item when it is a file of a bundle. */
void rmn_bundles_watch(struct rmn_bundles *b, const struct rmn_walk_item *item);

/* What the bands give together: extents of the disk inside, in its order. */
struct rmn_bundle_map {
	struct rmn_extent *extents;	/* owned */
	size_t count;
	uint64_t size_bytes;
	size_t band_count;
	char problem[128];		/* why there is none; else empty */
};

/* RMN_ENCRYPTED, RMN_CORRUPT with the problem said; else RMN_OK or RMN_NOMEM. */
enum rmn_status rmn_bundle_put_together(const struct rmn_bundles *b, struct rmn_bundle *bundle,
    struct rmn_disk *disk, struct rmn_bundle_map *map);
void rmn_bundle_map_release(struct rmn_bundle_map *map);

#endif
