/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: which of the found files are true.  Sure ones claim their sectors before
 * doubtful ones; what a surer file or the living volumes have is overwritten. */
#ifndef RMN_RECOVER_SETTLE_H
#define RMN_RECOVER_SETTLE_H

#include "recover/collect.h"
#include "recover/found.h"

/* What became of one found file. */
struct rmn_verdict {
	char grade;
	bool is_dropped;		/* a double, or listed by the walk */
	bool has_bytes;			/* its extents are its content; else it is a name only */
	bool is_other_name;		/* the same extents came under an earlier name */
	uint64_t overwritten_bytes;
};

/* One verdict a file of found, in its order: *verdicts is owned by the caller.  taken gets the sectors
 * of every file that keeps its bytes. */
enum rmn_status rmn_settle(const struct rmn_recovery *r, struct rmn_collected *c,
    struct rmn_sectors *taken, struct rmn_verdict **verdicts);

#endif
