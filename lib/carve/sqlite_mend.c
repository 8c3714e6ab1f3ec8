/* SPDX-License-Identifier: MIT
 *
 * Fragmented databases: a page of a tree describes itself, and the tree says between which rows it must
 * be.  Overflow pages and free ones say nothing: a cut among them stays doubtful. */
#include <stdlib.h>

#include "carve/parts.h"
#include "carve/sqlite.h"

struct target {
	struct sqlite shape;		/* of the last follow; its arena is gone */
	struct sqlite_task wanted;
	struct rmn_carve_tools *tools;
	unsigned char page[SQLITE_PAGE_MAX];
};

static bool
parts_follow(void *context, const struct rmn_view *view, uint64_t *good, uint64_t *broken)
{
	struct target *t = context;
	struct sqlite *s = &t->shape;

	*good = *broken = 0;
	if (!sqlite_open(s, view, t->tools))
		return false;
	sqlite_follow(s);
	sqlite_release(s);
	*good = (uint64_t)s->good * s->page_bytes;
	*broken = s->broken ? (uint64_t)(s->broken - 1) * s->page_bytes : 0;
	return !s->broken;
}

static uint64_t
parts_aim(void *context)
{
	struct target *t = context;

	t->wanted = t->shape.missing;
	return t->wanted.page > 1 ? t->shape.page_bytes : 0;
}

static bool
parts_fit(void *context, const struct rmn_view *view)
{
	struct target *t = context;
	const struct sqlite *s = &t->shape;
	uint64_t at = (uint64_t)(t->wanted.page - 1) * s->page_bytes;

	t->tools->work += s->page_bytes;
	if ((t->tools->work_limit && t->tools->work > t->tools->work_limit) ||
	    rmn_view_read(view, at, t->page, s->page_bytes) < s->page_bytes)
		return false;
	return sqlite_page_fits(s, t->page, 0) && sqlite_rows_fit(s, &t->wanted, t->page);
}

bool
rmn_mend_sqlite(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct target *t;
	struct rmn_parts parts = {.m = m, .follow = parts_follow, .aim = parts_aim, .fits = parts_fit,
	    .length = proven->length_bytes};
	enum rmn_parts_end end = RMN_PARTS_NONE;

	t = calloc(1, sizeof(*t));
	if (!t)
		return false;
	t->tools = m->tools;
	parts.context = t;
	if (parts.length)
		end = rmn_parts_mend(&parts, view);
	free(t);
	/* Whole pages may stand between the last that is proven and the cut. */
	if (end != RMN_PARTS_WHOLE)
		return false;
	rmn_walk_sqlite(view, m->tools, proven);
	return proven->proof >= RMN_PROOF_STRUCTURE;
}
