/* SPDX-License-Identifier: MIT
 *
 * Private to text_scan.c and text_stop.c: a scan in progress. */
#ifndef RMN_CARVE_TEXT_SCAN_H
#define RMN_CARVE_TEXT_SCAN_H

#include "carve/text_private.h"

struct rmn_text_scan {
	const struct rmn_text_job *job;
	unsigned char *window;		/* owned */
	uint64_t window_start;
	size_t window_size;
	struct rmn_extent whole;	/* the disk, when no stretches are given */
	const struct rmn_extent *stretches;
	size_t stretch_count, stretch;
	uint64_t at;			/* where to look next */
	uint64_t free_start, free_end;	/* the free sectors around it */
	uint64_t cut_at;		/* a border at which the run before was cut */
	struct rmn_text_reader reader;
	struct rmn_buf narrowed;
	bool failed;
};

/* Bytes of the disk up to a limit: fewer than size at the limit only.  Valid until the next
 * call. */
struct rmn_bytes rmn_text_window_get(struct rmn_text_scan *s, uint64_t offset, size_t size,
    uint64_t limit);

/* How many bytes of the size ones at an offset are clean, over stray control characters. */
size_t rmn_text_clean_run(struct rmn_text_scan *s, const struct rmn_text_run *run, uint64_t at,
    size_t size);

/* Says what ended the text at run->end, in the block at block_start; may move the end back, up to
 * `least`, as far as the machine has read. */
void rmn_text_stop_judge(struct rmn_text_scan *s, struct rmn_text_run *run, uint64_t block_start,
    uint32_t block_bytes, uint64_t least);

#endif
