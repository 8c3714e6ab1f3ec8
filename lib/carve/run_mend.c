/* SPDX-License-Identifier: MIT
 *
 * Fragmented files: several times over all that are open, because each that is mended leaves fewer blocks
 * for the others to be looked for in, and what is cheap to find should be found first. */
#include <stdlib.h>

#include "base/checked.h"
#include "carve/run_private.h"

#define REACH_BYTES (32 * RMN_MIB)
#define ROUNDS 3u

/* What one file may cost in each round. */
static const uint64_t allowances[ROUNDS] = {6 * RMN_MIB, 16 * RMN_MIB, 40 * RMN_MIB};

static int
open_by_order(const void *a, const void *b)
{
	const struct rmn_carve_open *x = a, *y = b;
	uint8_t p = rmn_carvers[x->carver].order, q = rmn_carvers[y->carver].order;

	if (p != q)
		return p < q ? -1 : 1;
	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->carver > y->carver) - (x->carver < y->carver);
}

/* Keeps the pieces that a mend got right, if walking them shows that there is more now. */
static void
partly_keep(struct rmn_carve_state *s, struct rmn_carve_open *o, struct rmn_view *view)
{
	const struct rmn_carver *carver = &rmn_carvers[o->carver];
	struct rmn_proven proven = {0};

	if (view->count < 2)
		return;
	s->tools.work_limit = s->tools.work + s->mend_credit[carver->order];
	carver->walk(view, &s->tools, &proven);
	if (proven.proof != RMN_PROOF_BROKEN || proven.good_bytes <= o->proven.good_bytes ||
	    !rmn_carve_is_free(s, view, proven.good_bytes))
		return;
	if (!o->partly)
		o->partly = calloc(1, sizeof(*o->partly));
	else
		rmn_view_release(o->partly);
	if (!o->partly || !rmn_view_copy(o->partly, view)) {
		free(o->partly);
		o->partly = NULL;
		s->failed = true;
		return;
	}
	o->proven = proven;
}

static void
open_mend(struct rmn_carve_state *s, struct rmn_carve_open *o, unsigned round)
{
	const struct rmn_carver *carver = &rmn_carvers[o->carver];
	uint32_t block = o->block_bytes ? o->block_bytes : s->block_guess;
	struct rmn_mender m = {.disk = s->job->disk, .tools = &s->tools, .taken = s->job->taken,
	    .block_bytes = block, .phase = o->offset % block,
	    .reach_bytes = s->job->reach_bytes ? s->job->reach_bytes : REACH_BYTES,
	    .is_thorough = round > 0};
	struct rmn_proven proven = o->proven;
	uint64_t before = s->tools.work, *credit = &s->mend_credit[carver->order];
	struct rmn_view view;

	if (*credit == 0) {
		rmn_carve_tell(s, RMN_CARVE_LIMIT_MENDS);
		return;
	}
	if (!rmn_view_open(&view, s->job->disk, o->offset)) {
		s->failed = true;
		return;
	}
	s->tools.work_limit = before + rmn_min_u64(allowances[round], *credit);
	if (carver->mend(&m, &view, &proven) && proven.proof > RMN_PROOF_BROKEN &&
	    rmn_carve_is_free(s, &view, proven.length_bytes)) {
		rmn_carve_claim(s, &view, proven.length_bytes, carver, &proven, view.count > 1);
		o->is_done = true;
	} else {
		partly_keep(s, o, &view);
	}
	*credit -= rmn_min_u64(s->tools.work - before, *credit);
	rmn_view_release(&view);
}

void
rmn_carve_mend(struct rmn_carve_state *s)
{
	if (s->count > 0)
		qsort(s->open, s->count, sizeof(*s->open), open_by_order);
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < s->count && !s->failed; i++) {
			struct rmn_carve_open *o = &s->open[i];

			if (!o->is_done && rmn_sectors_has(s->job->taken, o->offset))
				o->is_done = true;
			if (!o->is_done && rmn_carvers[o->carver].mend)
				open_mend(s, o, round);
		}
	}
}
