/* SPDX-License-Identifier: MIT
 *
 * Files that have no binary structure, from blocks that nobody has: plain text and tables in all
 * encodings, HTML, XML, SVG, mails, mbox, vCard, iCalendar, LDIF.  Runs last.
 *
 * A file begins at a block border with text that is not the continuation of text before it, goes on
 * as long as the blocks are text of the same encoding, and ends in front of the zeros that systems
 * write behind it up to the next sector.  Behind what ends in another
 * way the end is guessed from the bytes the text is made of.
 *
 * STRUCTURE: the outermost element, part or card is closed where the text ends.  PLAUSIBLE: text up
 * to zeros or to a guessed end, and all that was put together of pieces.  BROKEN: the good start of
 * a text that stops at a block border without its end, so that the rest lies elsewhere or is lost,
 * or that something else interrupts; at least 1 KiB. */
#ifndef RMN_CARVE_TEXT_H
#define RMN_CARVE_TEXT_H

#include "carve/run.h"

struct rmn_text_job {
	struct rmn_disk *disk;
	/* Only sectors that are not in it are looked at; every carved file is added. */
	struct rmn_sectors *taken;
	/* Sectors for which rmn_text_is_likely said so; NULL: look at all.  Saves reading the
	 * rest. */
	const struct rmn_sectors *likely;
	const struct rmn_carve_grid *grids;	/* as in struct rmn_carve_job */
	size_t grid_count;
	/* Where to look: rising, not overlapping.  None: the whole disk. */
	const struct rmn_extent *stretches;
	size_t stretch_count;
	uint64_t reach_bytes;		/* how far pieces of a file are looked for; 0: as usual */
	/* First what was put together of pieces, then the rest in the order of the disk (on a disk
	 * with very many texts so for each part of it).  proven.extension is set; carver says which
	 * family: "text", "markup", "mail", "card"; it has no walk. */
	void (*carved)(void *context, const struct rmn_carved *carved);
	/* A limit cut the work short (told once for each): what was not tried.  May be NULL. */
	void (*limit)(void *context, const char *reason);
	void *context;
};

/* RMN_OK, or RMN_NOMEM. */
enum rmn_status rmn_carve_text(const struct rmn_text_job *job, struct rmn_error *error);

/* Whether a file of text may begin with these bytes or go on with them (a sector, 64 bytes at
 * least). Cheap: called on every sector of a disk; one in some hundred of random ones pass. */
bool rmn_text_is_likely(const unsigned char *bytes, size_t size);

#endif
