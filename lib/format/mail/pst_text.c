/* SPDX-License-Identifier: MIT
 *
 * The last resort for a broken store: characters in a row, so that they are searched at all.  Blocks that their
 * trailers prove are decoded as they say; what is between them is read through the table that hides text, which
 * needs no key. */
#include <string.h>

#include "base/limits.h"
#include "format/mail/pst_scan.h"
#include "format/text_runs.h"

#define WINDOW_BYTES ((size_t)256 << 10)
#define ZEROS_MIN 4u

/* Through the table, but for rows of zeros, which nobody encoded (a letter on its own may be a zero). */
static void
window_decode(unsigned char *bytes, size_t size)
{
	for (size_t i = 0, run; i < size; i += run) {
		for (run = 0; i + run < size && bytes[i + run] == 0; run++)
			continue;
		if (run < ZEROS_MIN) {
			run += run == 0;
			for (size_t j = 0; j < run; j++)
				bytes[i + j] = rmn_pst_permuted(bytes[i + j]);
		}
	}
}

struct pass {
	struct rmn_pst *pst;
	struct rmn_text_runs *runs;
	unsigned char *window;
	uint64_t offset;		/* of window in the file */
	size_t done;			/* of window */
};

/* What is in no block; without its block the other encoding has lost its key. */
static void
stretch_put(struct pass *p, size_t end)
{
	unsigned char *bytes = p->window + p->done;
	size_t size = end - p->done;

	p->done = end;
	if (size == 0 || p->pst->crypt == RMN_PST_CYCLIC)
		return;
	if (p->pst->crypt == RMN_PST_PERMUTE)
		window_decode(bytes, size);
	rmn_text_runs_put(p->runs, (struct rmn_bytes){bytes, size});
}

static void
block_put(struct pass *p, const struct rmn_pst_place *place)
{
	unsigned char *block = p->pst->lists[0];
	size_t size;

	if (!(place->id & RMN_PST_INTERNAL) && rmn_pst_block_read_at(p->pst, place, block, &size))
		rmn_text_runs_put(p->runs, (struct rmn_bytes){block, size});
}

static bool
page_ends(const struct pass *p, size_t end)
{
	size_t size = rmn_pst_page_bytes(p->pst);

	return end - p->done >= size && (rmn_pst_page_fits(p->pst, p->window + end - size, true) ||
	    rmn_pst_page_fits(p->pst, p->window + end - size, false));
}

/* Where the last stretch may be parted: behind a row of zeros in its second half, so that no text is cut. */
static size_t
window_cut(const struct pass *p, size_t end)
{
	static const unsigned char zeros[ZEROS_MIN];
	size_t unit = rmn_pst_block_unit(p->pst), last = end / unit * unit;

	for (size_t cut = last; cut > last / 2 && cut > p->done; cut -= unit)
		if (memcmp(p->window + cut - ZEROS_MIN, zeros, ZEROS_MIN) == 0)
			return cut;
	return last > p->done ? last : p->done;
}

/* How much of the window is settled: a block may go on behind it. */
static size_t
window_put(struct pass *p, size_t size, bool is_last)
{
	size_t unit = rmn_pst_block_unit(p->pst);
	struct rmn_pst_place place;

	p->done = 0;
	for (size_t end = unit; end <= size; end += unit) {
		struct rmn_bytes bytes = {p->window + p->done, end - p->done};

		if (rmn_pst_block_ends(p->pst, bytes, p->offset + p->done, &place)) {
			stretch_put(p, (size_t)(place.offset - p->offset));
			block_put(p, &place);
			p->done = end;
		} else if (page_ends(p, end)) {
			stretch_put(p, end - rmn_pst_page_bytes(p->pst));
			p->done = end;
		}
	}
	if (is_last || size <= RMN_PST_BLOCK_MAX)
		stretch_put(p, size);
	else
		stretch_put(p, window_cut(p, size - RMN_PST_BLOCK_MAX));
	return p->done;
}

static enum rmn_status
pass_through(struct pass *p, struct rmn_text *text)
{
	uint64_t size = p->pst->content->size_bytes;

	while (p->offset < size && text->status == RMN_OK) {
		size_t got = 0;

		rmn_blob_read(p->pst->content, p->offset, p->window, WINDOW_BYTES, &got, NULL);
		/* what cannot be read is stepped over */
		p->offset += got > 0 ? window_put(p, got, p->offset + got >= size) : WINDOW_BYTES;
	}
	return rmn_text_flush(text);
}

enum rmn_status
rmn_pst_text_give(struct rmn_pst *pst, const struct rmn_sink *sink,
    struct rmn_arena *arena, struct rmn_error *error)
{
	unsigned char *window = rmn_arena_take(arena, WINDOW_BYTES);
	struct rmn_text_runs runs;
	struct rmn_text text;

	rmn_text_init(&text, sink, arena, error);
	rmn_text_runs_init(&runs, &text, arena);
	if (!window || text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "the store outgrows its memory");
	rmn_text_part(&text, RMN_PART_DELETED, rmn_bytes_from_string("text of a broken store"));
	return pass_through(&(struct pass){.pst = pst, .runs = &runs, .window = window}, &text);
}
