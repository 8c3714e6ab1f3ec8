/* SPDX-License-Identifier: MIT */
#include "fs/window.h"

#include <stdlib.h>

#include "base/limits.h"

static void
window_flush(struct rmn_space_window *w)
{
	if (w->status == RMN_OK && w->count > 0 && w->sink->space)
		w->status = w->sink->space(w->sink->context, w->volume, w->offset, w->runs,
		    w->count);
	w->count = 0;
}

static bool
joins_last(const struct rmn_space_window *w, const struct rmn_space_run *run)
{
	const struct rmn_space_run *last = w->count > 0 ? &w->runs[w->count - 1] : NULL;

	return last && last->kind == run->kind && last->owner_inode == run->owner_inode &&
	    last->image_offset + last->length_bytes == run->image_offset;
}

void
rmn_space_window_add(struct rmn_space_window *w, uint32_t volume, struct rmn_space_run run)
{
	uint64_t offset = run.image_offset - run.image_offset % RMN_SPACE_WINDOW_BYTES;

	if (volume != w->volume || offset != w->offset)
		window_flush(w);
	w->volume = volume;
	w->offset = offset;
	if (joins_last(w, &run)) {
		w->runs[w->count - 1].length_bytes += run.length_bytes;
		return;
	}
	if (w->count == w->capacity) {
		size_t capacity = w->capacity ? w->capacity * 2 : 256;
		struct rmn_space_run *runs = reallocarray(w->runs, capacity, sizeof(*runs));

		if (!runs) {
			w->status = RMN_NOMEM;
			return;
		}
		w->runs = runs;
		w->capacity = capacity;
	}
	w->runs[w->count++] = run;
}

void
rmn_space_window_end(struct rmn_space_window *w)
{
	window_flush(w);
	free(w->runs);
	w->runs = NULL;
	w->capacity = 0;
}
