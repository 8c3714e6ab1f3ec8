/* SPDX-License-Identifier: MIT
 *
 * The bytes of a view as a walk wants them: whole tokens at any place, long runs at speed.  What it
 * loads is counted as the walk's work; past the limit there is nothing more to read. */
#ifndef RMN_CARVE_WINDOW_H
#define RMN_CARVE_WINDOW_H

#include "carve/carve.h"

#define RMN_WINDOW_BYTES ((size_t)256 * 1024)

struct rmn_window {
	const struct rmn_view *view;	/* borrowed, as the next two */
	struct rmn_carve_tools *tools;
	struct rmn_buf *buffer;
	uint64_t offset;		/* of the buffer's first byte */
	size_t step;			/* bytes of the next load */
	bool is_last;			/* the view ends with the buffer */
	bool is_spent;			/* the work limit ended a read */
};

/* buffer is one of the tools'; nobody else may use it meanwhile. */
void rmn_window_init(struct rmn_window *w, const struct rmn_view *view,
    struct rmn_carve_tools *tools, struct rmn_buf *buffer);

/* The bytes at offset: size of them (at most RMN_WINDOW_BYTES) or more, fewer only where the view
 * ends or the work is spent.  Borrowed until the next call. */
struct rmn_bytes rmn_window_bytes(struct rmn_window *w, uint64_t offset, size_t size);

/* Where needle next stands at or behind offset, before limit; UINT64_MAX: it does not. */
uint64_t rmn_window_find(struct rmn_window *w, uint64_t offset, uint64_t limit,
    struct rmn_bytes needle);

/* The verdict of a walk that met something impossible: the file is good up to good_bytes (or the
 * end of the view), and wrong at broken_at, so that a cut may lie between. */
void rmn_proven_break(const struct rmn_view *view, struct rmn_proven *proven, uint64_t good_bytes,
    uint64_t broken_at);

/* The verdict of a walk that found the end; broken when the view has less. */
void rmn_proven_end(const struct rmn_view *view, struct rmn_proven *proven, enum rmn_proof proof,
    uint64_t length_bytes);

/* For mends: ends the view where its last piece would run into sectors of taken. */
void rmn_view_limit(struct rmn_view *view, const struct rmn_sectors *taken);

/* Whether the first file_end bytes of the view use this place of the disk. */
bool rmn_view_uses(const struct rmn_view *view, uint64_t place, uint64_t file_end);

#endif
