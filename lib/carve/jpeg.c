/* SPDX-License-Identifier: MIT
 *
 * JPEG (ITU-T T.81): markers with lengths, and entropy-coded scans in which FF is followed by 00 or
 * by the restart markers in their order.  A picture inside an APPn segment (a thumbnail) is stepped
 * over with its segment, so that the first EOI outside is the end. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "carve/window.h"

enum { RST0 = 0xD0, RST7 = 0xD7, SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, DNL = 0xDC, DRI = 0xDD };

struct jpeg {
	struct rmn_window w;
	bool has_frame, has_scan;
	uint32_t restart_interval;
	uint64_t good;			/* behind the last marker that fits */
};

/* What may stand between the scans of a picture: tables, comments, application data, frames. */
static bool
is_segment(uint8_t marker)
{
	return marker == 0xC4 || marker == 0xCC || (marker >= SOS && marker <= 0xDF) ||
	    marker >= 0xE0 || (marker >= 0xC0 && marker <= 0xCF && marker != 0xC8);
}

static bool
is_frame(uint8_t marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
	    marker != 0xCC;
}

/* The lengths of the segments whose content fixes them. */
static bool
is_fitting(uint8_t marker, struct rmn_bytes body)
{
	if (marker == DRI)
		return body.size == 2;
	if (marker == DNL)
		return body.size == 2;
	if (is_frame(marker))
		return body.size >= 9 && body.data[5] >= 1 && body.data[5] <= 4 &&
		    body.size == 6u + 3u * body.data[5];
	if (marker == SOS)
		return body.size >= 6 && body.data[0] >= 1 && body.data[0] <= 4 &&
		    body.size == 4u + 2u * body.data[0];
	return true;
}

/* Reads a marker segment at `at` (its FF); 0: there is none. */
static uint64_t
segment_end(struct jpeg *j, uint64_t at, uint8_t marker)
{
	struct rmn_bytes b = rmn_window_bytes(&j->w, at, 4 + 32);
	struct rmn_cursor c = rmn_cursor_over(b);
	uint16_t length;

	if (!rmn_cursor_skip(&c, 2) || !rmn_cursor_be16(&c, &length) || length < 2)
		return 0;
	b = rmn_bytes_head(rmn_bytes_after(b, 4), length - 2u);
	if (!is_fitting(marker, b))
		return 0;
	if (marker == DRI)
		j->restart_interval = (uint32_t)b.data[0] << 8 | b.data[1];
	j->has_frame |= is_frame(marker);
	return at + 2 + length;
}

/* Entropy-coded data up to the marker that ends it: its place (of FF), or 0 with *wrong set to the
 * first byte that cannot be. */
static uint64_t
scan_end(struct jpeg *j, uint64_t at, uint64_t *wrong)
{
	unsigned next_restart = 0;

	for (;;) {
		struct rmn_bytes b = rmn_window_bytes(&j->w, at, 2);
		const unsigned char *ff = b.size < 2 ? NULL : memchr(b.data, 0xFF, b.size - 1);
		uint8_t code;

		*wrong = at + b.size;
		if (b.size < 2)
			return 0;
		if (!ff) {
			at += b.size - 1;
			continue;
		}
		code = ff[1];
		at += (uint64_t)(ff - b.data);
		*wrong = at + 1;
		if (code == 0) {
			at += 2;
		} else if (code == 0xFF) {
			at++;
		} else if (code >= RST0 && code <= RST7) {
			if (j->restart_interval == 0 || code - RST0 != (int)next_restart)
				return 0;
			next_restart = (next_restart + 1) & 7;
			at += 2;
			j->good = at;
		} else {
			return code == EOI || is_segment(code) ? at : 0;
		}
	}
}

/* One marker and what belongs to it; 0: wrong. */
static uint64_t
marker_step(struct jpeg *j, uint64_t at, uint8_t marker, uint64_t *wrong)
{
	uint64_t next;

	*wrong = at + 1;
	if (!is_segment(marker))
		return 0;
	next = segment_end(j, at, marker);
	if (next == 0 || marker != SOS)
		return next;
	if (!j->has_frame)
		return 0;
	j->has_scan = true;
	j->good = next;
	return scan_end(j, next, wrong);
}

void
rmn_walk_jpeg(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct jpeg j = {.has_frame = false};
	uint64_t at = 2, next, wrong = 2;

	rmn_window_init(&j.w, view, tools, &tools->buffer);
	for (;; at = next) {
		struct rmn_bytes b = rmn_window_bytes(&j.w, at, 2);

		wrong = at;
		if (b.size < 2 || b.data[0] != 0xFF)
			break;
		if (b.data[1] == 0xFF) {	/* fill */
			next = at + 1;
			continue;
		}
		if (b.data[1] == EOI && j.has_scan) {
			rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at + 2);
			return;
		}
		next = marker_step(&j, at, b.data[1], &wrong);
		if (next == 0)
			break;
		j.good = next;
	}
	if (j.good > 0)
		rmn_proven_break(view, proven, j.good, wrong);
}
