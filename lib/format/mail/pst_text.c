/* SPDX-License-Identifier: MIT
 *
 * The last resort for a broken store: characters in a row, read through the table that hides them, so that
 * they are searched at all. */
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

/* Where to part what follows in the file from what stands in a window: behind the last row of zeros, as nearly
 * every block ends with one, so that no text is cut. */
static size_t
window_end(const unsigned char *bytes, size_t size)
{
	size_t run = 0;

	for (size_t end = size; end > size / 2; end--) {
		run = bytes[end - 1] == 0 ? run + 1 : 0;
		if (run == ZEROS_MIN)
			return end - 1 + ZEROS_MIN;
	}
	return size;
}

static enum rmn_status
pass_through(const struct rmn_pst *pst, struct rmn_text *text, struct rmn_text_runs *runs,
    unsigned char *window)
{
	uint64_t at = 0;

	while (at < pst->content->size_bytes && text->status == RMN_OK) {
		size_t got = 0, size;

		rmn_blob_read(pst->content, at, window, WINDOW_BYTES, &got, NULL);
		size = at + got < pst->content->size_bytes ? window_end(window, got) : got;
		if (pst->crypt == RMN_PST_PERMUTE)
			window_decode(window, size);
		rmn_text_runs_put(runs, (struct rmn_bytes){window, size});
		at += got > 0 ? size : WINDOW_BYTES;	/* what cannot be read is stepped over */
	}
	return rmn_text_flush(text);
}

enum rmn_status
rmn_pst_text_give(const struct rmn_pst *pst, const struct rmn_sink *sink,
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
	return pass_through(pst, &text, &runs, window);
}
