/* SPDX-License-Identifier: MIT
 *
 * Strings that a page draws at places -> lines of text.  What stands on one baseline becomes one
 * line, whatever order it was drawn in, so that a label and its value, or the cells of a row, stay
 * together; a gap wider than an em is a tab. */
#ifndef RMN_TOOLS_PDF_LINES_H
#define RMN_TOOLS_PDF_LINES_H

#include "base/buf.h"

/* Where a string starts, in any right-handed-down page space (y grows downwards). */
struct pdf_place {
	float x, y;
	float dx, dy;		/* unit vector of the writing direction */
	float em_along;		/* an em in the writing direction and across it */
	float em_across;
};

struct pdf_run;

struct pdf_lines {
	struct pdf_run *runs;
	size_t count, capacity;
	struct rmn_buf text;	/* of all runs */
	float pen;		/* of the last run, along its direction */
	float glyph_pen;	/* where its last glyph began */
	size_t glyph_at;	/* and that glyph's text */
	bool space_drawn;	/* after what the last run shows */
	bool failed;		/* no memory for a run */
};

void pdf_lines_init(struct pdf_lines *lines, size_t cap_bytes);
void pdf_lines_release(struct pdf_lines *lines);
void pdf_lines_clear(struct pdf_lines *lines);	/* keeps the memory */

/* Strings come as one start and any number of glyphs; advance is along the direction. */
void pdf_lines_start(struct pdf_lines *lines, const struct pdf_place *place);
void pdf_lines_glyph(struct pdf_lines *lines, struct rmn_bytes utf8, float advance);
void pdf_lines_space(struct pdf_lines *lines, float advance);

/* Appends the lines of everything since the last clear. */
void pdf_lines_write(struct pdf_lines *lines, struct rmn_buf *text);

#endif
