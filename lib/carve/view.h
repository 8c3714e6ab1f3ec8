/* SPDX-License-Identifier: MIT
 *
 * A file as it may lie on a disk: pieces in file order, read as one.  The last piece of an open view
 * goes on to the end of the disk, because where a carved file ends is what its walk finds out; a
 * closed view ends at its size. */
#ifndef RMN_CARVE_VIEW_H
#define RMN_CARVE_VIEW_H

#include <stdbool.h>

#include "base/buf.h"
#include "image/disk.h"
#include "image/extent.h"

#define RMN_VIEW_OPEN UINT64_MAX

struct rmn_view_piece {
	uint64_t file_offset;	/* at which it begins; the first has 0 */
	uint64_t image_offset;	/* RMN_EXTENT_SPARSE: zeros */
};

struct rmn_view {
	struct rmn_disk *disk;		/* borrowed */
	struct rmn_view_piece *pieces;	/* owned */
	size_t count, capacity;
	uint64_t size_bytes;		/* RMN_VIEW_OPEN: open */
};

/* An open view of one piece.  False when out of memory. */
bool rmn_view_open(struct rmn_view *view, struct rmn_disk *disk, uint64_t image_offset);

/* A closed view; extents in file order, what they leave of size_bytes reads as zeros. */
bool rmn_view_of_extents(struct rmn_view *view, struct rmn_disk *disk,
    const struct rmn_extent *extents, size_t count, uint64_t size_bytes);

bool rmn_view_copy(struct rmn_view *copy, const struct rmn_view *view);
void rmn_view_release(struct rmn_view *view);

/* Reads at a file offset; returns how many bytes there are up to the end of the view or the disk.
 * Unreadable sectors read as zeros. */
size_t rmn_view_read(const struct rmn_view *view, uint64_t offset, void *buffer, size_t size);

/* The same into a buffer (replaced): borrowed until it changes, shorter at the end. */
struct rmn_bytes rmn_view_load(const struct rmn_view *view, uint64_t offset, size_t size,
    struct rmn_buf *buffer);

/* How many bytes from offset on lie in one piece, inside the view and on the disk; *place is where, or
 * RMN_EXTENT_SPARSE. */
uint64_t rmn_view_stretch(const struct rmn_view *view, uint64_t offset, uint64_t *place);

/* Where a byte lies on the disk; RMN_EXTENT_SPARSE for a hole and behind the end. */
uint64_t rmn_view_place(const struct rmn_view *view, uint64_t offset);

/* A number for where a stretch lies: the same for the same places (others hardly ever have it). */
uint64_t rmn_view_layout(const struct rmn_view *view, uint64_t offset, uint64_t size);

/* From file_offset on the file goes on at image_offset; pieces from there on are dropped.  False when
 * out of memory or file_offset is 0. */
bool rmn_view_cut(struct rmn_view *view, uint64_t file_offset, uint64_t image_offset);

/* Drops the last piece; the one before is open again.  The first stays. */
void rmn_view_uncut(struct rmn_view *view);

/* The first size_bytes as extents, joined where they touch: *extents is owned by the caller. */
bool rmn_view_extents(const struct rmn_view *view, uint64_t size_bytes,
    struct rmn_extent **extents, size_t *count);

#endif
