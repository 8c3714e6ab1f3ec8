/* SPDX-License-Identifier: MIT
 *
 * The whole examination of a source's bytes: the walk of what is there (fs/walk.h), then what was there
 * before: one pass for remains, lost catalogues, files put together from them, carving of what is
 * left.  The sink gets it all as one walk:
 *
 * Lost volumes follow the living ones (state LOST), their files have state LOST and a grade; what is
 * carved has state CARVED and volume 0.  Files that were deleted from a living volume, and that its
 * own walk could not name, come as DELETED of that volume.
 *
 * Map.  The windows of space() come at the end, without the bytes that recovered files claim: those
 * are told by recovered().  With it the ledger adds up as in fs/walk.h.
 *
 * Grades.  A: intact record, no byte overwritten, content validates to its end.  B: the same without
 * a validator for the content, or a deleted or stale record whose content validates.  C: extents
 * partly guessed but the content validates; carved with structural proof; a record whose content does
 * not validate although nothing overwrote it.  D: plausible only.  E: partly overwritten, truncated,
 * or the name alone.
 *
 * Disks inside.  A sparse bundle, living or lost, is put together from its bands and walked in the same
 * way when everything else was told: it is a volume of its own (outer, outer_path) without a file
 * system, to which what is carved belongs, and its volumes follow.  Their bytes are the bands': they are
 * in no ledger twice.  Bundles in bundles are told, not followed. */
#ifndef RMN_RECOVER_RECOVER_H
#define RMN_RECOVER_RECOVER_H

#include "fs/walk.h"

/* Steps, as the sink's stage() numbers them; engines follow in the order of engines.def. */
enum rmn_recover_stage {
	RMN_STAGE_SAMPLES = 1, RMN_STAGE_SIGHTINGS, RMN_STAGE_SETTLE, RMN_STAGE_CARVE,
	RMN_STAGE_TEXT, RMN_STAGE_ENGINES,
	RMN_STAGE_BUNDLES = 15,		/* one a sparse bundle (RMN_BUNDLES_MAX) */
};

struct rmn_recover_options {
	const struct rmn_walk_options *walk;	/* may be NULL */
	bool catalogue_only;	/* names only: no content is checked, nothing is carved */
};

/* As rmn_walk_image. */
enum rmn_status rmn_recover_image(struct rmn_image *image, const struct rmn_recover_options *options,
    const struct rmn_walk_sink *sink, struct rmn_error *error);

#endif
