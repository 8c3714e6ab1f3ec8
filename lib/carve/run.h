/* SPDX-License-Identifier: MIT
 *
 * Carving a whole disk: every place where a file may begin is walked, what is whole is claimed, what is
 * broken is mended, and what stays broken is told.  Sure claims mask their blocks before guesses. */
#ifndef RMN_CARVE_RUN_H
#define RMN_CARVE_RUN_H

#include "carve/carve.h"

/* A place whose bytes are the magic of rmn_carvers[carver]. */
struct rmn_carve_head {
	uint64_t offset;		/* on the image, a multiple of 512 */
	uint32_t carver;
};

/* The blocks of a volume, living or lost: inside it files start at block borders only. */
struct rmn_carve_grid {
	uint64_t start_byte;		/* of a block: of the data area where that has a phase of its own */
	uint64_t length_bytes;
	uint32_t block_bytes;
};

/* Borrowed for the call. */
struct rmn_carved {
	const struct rmn_extent *extents;	/* on the image, in file order; together size_bytes */
	size_t extent_count;
	uint64_t size_bytes;
	const struct rmn_carver *carver;
	struct rmn_proven proven;	/* BROKEN: size_bytes is what is known to be good of it */
	bool is_mended;
};

struct rmn_carve_job {
	struct rmn_disk *disk;
	/* What living volumes and surely recovered files have; every carved file is added. */
	struct rmn_sectors *taken;
	const struct rmn_carve_head *heads;	/* rising offsets */
	size_t head_count;
	/* By preference.  A head in the range of grids must be at a block border of one of them, which
	 * then says how its file may be cut; outside of all any sector may begin a file, and the size
	 * of blocks is taken from the distances between files. */
	const struct rmn_carve_grid *grids;
	size_t grid_count;
	uint64_t reach_bytes;		/* how far pieces of a file are looked for; 0: as usual */
	void (*carved)(void *context, const struct rmn_carved *carved);
	/* A limit cut the work short (told once for each): what was not tried.  May be NULL. */
	void (*limit)(void *context, const char *reason);
	void *context;
};

/* RMN_OK, or RMN_NOMEM.  Work is bounded in bytes walked, by the size of the disk. */
enum rmn_status rmn_carve_run(const struct rmn_carve_job *job, struct rmn_error *error);

#endif
