/* SPDX-License-Identifier: MIT
 *
 * PNG (ISO 15948): chunks with a CRC each, IHDR to IEND; MNG and JNG begin otherwise and are not
 * walked.  The CRCs cover every byte, so that a fragmented file can be put together by trying:
 * the chunk that fails brackets the cut, and its length says where the next chunk's header must
 * stand. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "carve/window.h"
#include "unpack/checksum.h"

#define SIGNATURE_BYTES 8u
#define CHUNK_BYTES 12u			/* length, type, CRC */
#define CUTS_MAX 256u
#define CHUNK_MAX (1u << 28)

struct chunk {
	uint64_t at, end;		/* end: of its CRC */
	char type[5];
};

enum chunk_state { CHUNK_GOOD, CHUNK_BAD_HEAD, CHUNK_BAD_DATA };

static bool
is_chunk_head(const unsigned char head[8], uint32_t *length)
{
	*length = (uint32_t)head[0] << 24 | (uint32_t)head[1] << 16 | (uint32_t)head[2] << 8 |
	    head[3];
	for (int i = 4; i < 8; i++) {
		if ((head[i] | 0x20) < 'a' || (head[i] | 0x20) > 'z')
			return false;
	}
	return *length <= CHUNK_MAX;
}

static enum chunk_state
chunk_read(struct rmn_window *w, uint64_t at, struct chunk *chunk)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 8);
	uint32_t length, crc = 0, stored;
	struct rmn_cursor c;

	if (b.size < 8 || !is_chunk_head(b.data, &length))
		return CHUNK_BAD_HEAD;
	memcpy(chunk->type, b.data + 4, 4);
	chunk->type[4] = '\0';
	chunk->at = at;
	chunk->end = at + CHUNK_BYTES + length;
	for (at += 4; at < chunk->end - 4;) {
		b = rmn_bytes_head(rmn_window_bytes(w, at, 1), (size_t)(chunk->end - 4 - at));
		if (b.size == 0)
			return CHUNK_BAD_DATA;
		crc = rmn_crc32(crc, b.data, b.size);
		at += b.size;
	}
	c = rmn_cursor_over(rmn_window_bytes(w, at, 4));
	return rmn_cursor_be32(&c, &stored) && stored == crc ? CHUNK_GOOD : CHUNK_BAD_DATA;
}

void
rmn_walk_png(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct chunk chunk = {0};
	uint64_t at = SIGNATURE_BYTES;
	enum chunk_state state;

	rmn_window_init(&w, view, tools, &tools->buffer);
	while ((state = chunk_read(&w, at, &chunk)) == CHUNK_GOOD) {
		if (at == SIGNATURE_BYTES && strcmp(chunk.type, "IHDR") != 0)
			return;
		at = chunk.end;
		if (strcmp(chunk.type, "IEND") == 0) {
			rmn_proven_end(view, proven, RMN_PROOF_CHECKSUM, at);
			return;
		}
	}
	rmn_proven_break(view, proven, at, state == CHUNK_BAD_HEAD ? at + 8 : chunk.end);
}

/* The mend. */

struct mend {
	const struct rmn_mender *m;
	struct rmn_view *view;
	struct rmn_window w;
	uint64_t low;			/* the next cut lies behind this */
};

/* The window has bytes of the view as it was. */
static void
view_changed(struct mend *d)
{
	rmn_window_init(&d->w, d->view, d->m->tools, &d->m->tools->buffer);
}

static bool
is_spent(const struct mend *d)
{
	const struct rmn_carve_tools *tools = d->m->tools;

	return tools->work_limit > 0 && tools->work >= tools->work_limit;
}

/* Whether the file can go on at place: a block border that is free. */
static bool
is_candidate(const struct mend *d, uint64_t place)
{
	return rmn_mender_is_free(d->m, place);
}

/* The first file offset behind low at which the block of the disk changes. */
static uint64_t
cut_first(const struct mend *d, uint64_t low)
{
	uint64_t place = rmn_view_place(d->view, low);

	if (place == RMN_EXTENT_SPARSE)
		return UINT64_MAX;
	return low + (rmn_mender_border(d->m, place + 1) - place);
}

/* Tries the file with a cut; keeps it when the chunk at `at` is right then. */
static bool
cut_try(struct mend *d, uint64_t cut, uint64_t place, uint64_t at)
{
	struct chunk chunk;

	if (!is_candidate(d, place) || !rmn_view_cut(d->view, cut, place))
		return false;
	view_changed(d);
	if (chunk_read(&d->w, at, &chunk) == CHUNK_GOOD)
		return true;
	rmn_view_uncut(d->view);
	return false;
}

/* All cuts inside the bad chunk for one distance; distance is added to where the view goes on. */
static bool
distance_try(struct mend *d, uint64_t first, uint64_t last, int64_t distance, uint64_t at)
{
	for (uint64_t cut = first; cut <= last && !is_spent(d); cut += d->m->block_bytes) {
		uint64_t place = rmn_view_place(d->view, cut);

		if (place != RMN_EXTENT_SPARSE && cut_try(d, cut, place + (uint64_t)distance, at))
			return true;
	}
	return false;
}

/* Whether a chunk header (or, behind IEND, anything) stands at this place of the disk. */
static bool
has_chunk_head(struct mend *d, uint64_t place)
{
	unsigned char head[8];
	uint32_t length;

	return rmn_disk_read(d->m->disk, place, head, sizeof(head)) && is_chunk_head(head, &length);
}

/* The chunk at `at` is broken: looks for its continuation by where the header behind it must stand,
 * nearest first, forwards before backwards. */
static bool
chunk_mend(struct mend *d, const struct chunk *chunk, bool is_last)
{
	uint64_t first = cut_first(d, d->low), block = d->m->block_bytes;
	uint64_t last = chunk->end + 7, end_place = rmn_view_place(d->view, chunk->end);
	uint64_t disk = rmn_disk_size(d->m->disk);

	if (first == UINT64_MAX || first > last || end_place == RMN_EXTENT_SPARSE)
		return false;
	for (uint64_t gap = block; gap <= d->m->reach_bytes && !is_spent(d); gap += block) {
		for (int side = 0; side < 2; side++) {
			uint64_t place = side == 0 ? end_place + gap : end_place - gap;

			if ((side == 1 && gap > end_place) || place >= disk)
				continue;
			d->m->tools->work += 8;
			if (!is_last && !has_chunk_head(d, place))
				continue;
			if (distance_try(d, first, last, side == 0 ? (int64_t)gap : -(int64_t)gap,
			    chunk->at))
				return true;
		}
	}
	return false;
}

bool
rmn_mend_png(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct mend d = {.m = m, .view = view};

	for (unsigned cuts = 0; cuts < CUTS_MAX && !is_spent(&d); cuts++) {
		struct chunk chunk = {0};
		struct rmn_proven now = {0};
		enum chunk_state state;

		rmn_walk_png(view, m->tools, &now);
		if (now.proof == RMN_PROOF_CHECKSUM) {
			*proven = now;
			return true;
		}
		if (now.proof != RMN_PROOF_BROKEN)
			return false;
		view_changed(&d);
		d.low = view->pieces[view->count - 1].file_offset > now.good_bytes ?
		    view->pieces[view->count - 1].file_offset : now.good_bytes;
		state = chunk_read(&d.w, now.good_bytes, &chunk);
		if (state == CHUNK_BAD_HEAD)
			chunk = (struct chunk){.at = now.good_bytes, .end = now.good_bytes};
		if (!chunk_mend(&d, &chunk, state == CHUNK_BAD_HEAD))
			return false;
	}
	return false;
}
