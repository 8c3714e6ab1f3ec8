/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: carving what is left when the catalogues have spoken. */
#ifndef RMN_RECOVER_CARVING_H
#define RMN_RECOVER_CARVING_H

#include "fs/ranges.h"
#include "recover/collect.h"
#include "recover/found.h"

struct rmn_carving {
	struct rmn_collected *collected;
	const struct rmn_sightings *sightings;
	const struct rmn_store_found *found;
	struct rmn_sectors *taken;	/* in and out */
	struct rmn_ranges *carved;	/* out: extents of what was emitted */
	bool is_partial;		/* out: a limit was reached, and told */
	enum rmn_status status;
};

/* Emits every carved file as an item "carved@OFFSET.ext" of volume 0: what has a structure of its own,
 * and then, from what is left, text. */
enum rmn_status rmn_carving_run(struct rmn_carving *carving);
enum rmn_status rmn_carving_run_text(struct rmn_carving *carving);

#endif
