/* SPDX-License-Identifier: MIT
 *
 * The answer to one request under construction: parts and their text, against the bound that text
 * has; and, for PDFs with earlier versions, which lines the last version has. */
#ifndef RMN_TOOLS_PDF_OUT_H
#define RMN_TOOLS_PDF_OUT_H

#include "base/buf.h"
#include "base/sink.h"

struct pdf_out {
	struct rmn_buf message;		/* frames not sent yet */
	struct rmn_buf mended;		/* text that was not UTF-8 */
	void (*send)(void *context);	/* empties message; called when it is long */
	void *context;
	uint64_t text_bytes;
	bool is_cut;			/* there was more text than is kept */
	unsigned lost_data;		/* how often MuPDF took damage for the end of a stream */
	/* the part at hand, said with its first text */
	enum rmn_part_kind kind;
	char part[160];
	bool part_waits;
	/* of PDFs with earlier versions */
	bool keeps_lines;		/* note every line */
	unsigned version;		/* of the text that comes; 0: the last one */
	uint64_t *lines;		/* hashes; 0: free */
	size_t line_count, line_capacity;
	bool lines_failed;		/* too many: earlier versions are not compared */
};

void pdf_out_init(struct pdf_out *out, void (*send)(void *context), void *context);
void pdf_out_release(struct pdf_out *out);
void pdf_out_restart(struct pdf_out *out);	/* for another document */

/* Starts a part that is said when it has text.  In an earlier version it is a part of deleted text. */
void pdf_out_part(struct pdf_out *out, enum rmn_part_kind kind, const char *name);

/* Says the part now, text or not; not in an earlier version. */
void pdf_out_part_now(struct pdf_out *out);

/* Whole lines.  Of an earlier version only those that no later one has. */
void pdf_out_text(struct pdf_out *out, struct rmn_bytes lines);

void pdf_out_missing(struct pdf_out *out, enum rmn_status why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pdf_out_property(struct pdf_out *out, enum rmn_property property, const char *name,
    struct rmn_bytes value);

/* Sends what is there when it is enough. */
void pdf_out_flush(struct pdf_out *out);

#endif
