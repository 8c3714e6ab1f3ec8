/* SPDX-License-Identifier: MIT
 *
 * Mending files whose parts prove themselves one by one and know their place in the file: pages of a
 * database, blocks of a store.  What is missing is looked for block by block; nothing else is guessed. */
#ifndef RMN_CARVE_PARTS_H
#define RMN_CARVE_PARTS_H

#include "carve/carve.h"

struct rmn_parts {
	const struct rmn_mender *m;
	void *context;
	/* Follows the file through the view.  True when every part is right.  Else *broken is the offset
	 * of the first that is wrong, and *good the end of the last right one below it. */
	bool (*follow)(void *context, const struct rmn_view *view, uint64_t *good, uint64_t *broken);
	/* Remembers the part that the last follow missed, and returns its size; 0: it says nothing. */
	uint64_t (*aim)(void *context);
	/* Whether the view now has that part. */
	bool (*fits)(void *context, const struct rmn_view *view);
	uint64_t length;	/* of the file, at least */
};

enum rmn_parts_end {
	RMN_PARTS_NONE,
	RMN_PARTS_DOUBTFUL,	/* every part is right; a cut between two of them may be elsewhere */
	RMN_PARTS_WHOLE,
};

/* Cuts the view.  Its extents are right wherever a part stands. */
enum rmn_parts_end rmn_parts_mend(const struct rmn_parts *parts, struct rmn_view *view);

#endif
