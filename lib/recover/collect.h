/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the walk of what is there, watched: items are passed on, unclaimed space is kept
 * until it is known what was in it. */
#ifndef RMN_RECOVER_COLLECT_H
#define RMN_RECOVER_COLLECT_H

#include "base/sectors.h"
#include "carve/carve.h"
#include "recover/bundle.h"
#include "recover/engine.h"
#include "base/hashes.h"

struct rmn_unclaimed {
	uint32_t volume;
	struct rmn_space_run run;
};

struct rmn_collected {
	const struct rmn_walk_sink *sink;	/* where everything goes */
	struct rmn_disk *disk;
	struct rmn_carve_tools tools;
	bool checks_content;
	struct rmn_extent *stored;		/* owned; of the metadata item in hand, without holes */
	struct rmn_bundles *bundles;		/* borrowed: sees every item */
	struct rmn_living *living;		/* owned; volumes as they came */
	size_t living_count;
	struct rmn_unclaimed *space;		/* owned; rising in a volume */
	size_t space_count, space_capacity;
	struct rmn_hashes paths;		/* hashes of (volume, path) of everything listed */
	struct rmn_sectors in_use;		/* what living volumes use */
	struct rmn_sectors deleted;		/* content of deleted files that is still there and checks */
	struct rmn_sectors content;		/* of files in use, until the set above is made */
	struct rmn_error *error;
};

bool rmn_collected_init(struct rmn_collected *c, const struct rmn_walk_sink *sink,
    struct rmn_disk *disk, struct rmn_error *error);
void rmn_collected_release(struct rmn_collected *c);

/* The sink to walk with. */
void rmn_collected_sink(struct rmn_collected *c, struct rmn_walk_sink *sink);

/* After the walk: makes in_use. */
enum rmn_status rmn_collected_close(struct rmn_collected *c);

/* Whether that volume's walk listed this path. */
bool rmn_collected_lists(const struct rmn_collected *c, uint32_t volume, struct rmn_bytes path);

#endif
