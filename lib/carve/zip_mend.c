/* SPDX-License-Identifier: MIT
 *
 * Puts a fragmented zip together: reads along the blocks that follow, and where that breaks looks for the
 * block that follows really.  What comes out is walked once more, and counts only when every member has
 * its CRC and the directory is there. */
#include <stdlib.h>

#include "carve/zip_search.h"

/* Before each block: the state is kept, and a block chosen when the path ends here. */
static bool
block_begin(struct zip_search *s)
{
	size_t k = (size_t)(s->now.at / zip_search_block(s)), slot = k % ZIP_SAVED, next;

	if (s->now.at % zip_search_block(s) == 0) {
		zip_track_copy(&s->saved[slot], &s->now);
		s->saved_at[slot] = k;
	}
	if (k < s->path_count)
		return true;
	next = zip_search_next(s, s->path[s->path_count - 1]);
	return next != SIZE_MAX && zip_search_append(s, next);
}

/* Reads the block that now stands in; what is proven on the way is kept. */
static void
block_read(struct zip_search *s)
{
	size_t inside = (size_t)(s->now.at % zip_search_block(s));
	size_t number = s->path[s->now.at / zip_search_block(s)];
	struct rmn_bytes rest = zip_search_load(s, number, inside, zip_search_block(s) - inside);
	uint64_t size = rmn_inflate_size(s->now.inflate);

	while (rest.size > 0 && s->now.stage < ZIP_DONE) {
		uint64_t proven = s->now.proven_at;

		rest = rmn_bytes_after(rest, zip_track_feed(&s->now, rest));
		if (s->now.proven_at > proven && s->now.stage < ZIP_DONE)
			zip_track_copy(&s->proven, &s->now);
	}
	zip_search_account(s, &s->now, size);
}

static bool
search_run(struct zip_search *s)
{
	while (s->now.stage != ZIP_DONE) {
		if (zip_search_is_over(s) || !block_begin(s))
			return false;
		block_read(s);
		if (s->now.stage == ZIP_BAD && !zip_search_repair(s))
			return false;
	}
	return true;
}

/* The first count blocks of the path as pieces. */
static bool
view_build(const struct zip_search *s, struct rmn_view *view, size_t count)
{
	uint64_t block = zip_search_block(s);

	for (size_t k = 1; k < count; k++)
		if (s->blocks[s->path[k]] != s->blocks[s->path[k - 1]] + block &&
		    !rmn_view_cut(view, k * block, s->blocks[s->path[k]]))
			return false;
	return true;
}

static bool
search_mend(struct zip_search *s, struct rmn_view *view, struct rmn_proven *proven)
{
	bool is_whole = search_run(s);
	uint64_t good = is_whole ? s->now.at : s->proven.proven_at;
	size_t count = (size_t)((good + zip_search_block(s) - 1) / zip_search_block(s));

	if (!view_build(s, view, count < s->path_count ? count : s->path_count) || !is_whole)
		return false;
	rmn_walk_zip(view, s->m->tools, proven);
	return proven->proof == RMN_PROOF_CHECKSUM;
}

bool
rmn_mend_zip(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct zip_search *s = malloc(sizeof(*s));
	bool is_mended;

	if (!s)
		return false;
	is_mended = zip_search_init(s, m, view->pieces[0].image_offset) &&
	    search_mend(s, view, proven);
	zip_search_release(s);
	free(s);
	return is_mended;
}
