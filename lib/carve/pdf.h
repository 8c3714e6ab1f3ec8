/* SPDX-License-Identifier: MIT
 *
 * Private to carve/pdf*.c: a walk through a PDF, object by object as they lie there.  It can be
 * stopped, and taken up again at an object once the view has been cut behind it. */
#ifndef RMN_CARVE_PDF_H
#define RMN_CARVE_PDF_H

#include "carve/pdf_xref.h"

struct rmn_pdf_object {
	uint64_t at;
	uint64_t value;			/* the body, when it is one number; else UINT64_MAX */
	uint32_t number;
};

struct rmn_pdf_objects {
	struct rmn_pdf_object *list;	/* owned; rising places */
	size_t count, capacity;
	bool failed;
};

/* An end that was come by: %%EOF. */
struct rmn_pdf_end {
	uint64_t at;			/* behind the line end that belongs to it */
	bool is_sealed;			/* startxref names a section of this file */
	bool is_there;
};

struct rmn_pdf {
	const struct rmn_view *view;
	struct rmn_carve_tools *tools;
	struct rmn_window w;
	struct rmn_flow flow;
	struct rmn_pdf_objects objects;
	struct rmn_pdf_sections sections;
	struct rmn_pdf_end end;		/* the last */
	uint64_t at;			/* where the walk goes on */
	uint64_t good;			/* everything before it fits */
	uint64_t wrong;			/* the first place that does not; UINT64_MAX: none */
	uint64_t stream;		/* the data of the stream in which that is; 0: in none */
	uint64_t stream_end;		/* where it must end; 0: not known */
	enum rmn_pdf_filter stream_filter;
	uint64_t damaged;		/* a stream that breaks here though all around it fits */
	uint64_t damaged_stream;	/* its data */
	enum rmn_pdf_filter damaged_filter;
	uint64_t checked_bytes;		/* of streams that an Adler-32 proves */
	uint64_t startxref;		/* the last; UINT64_MAX: none */
	uint64_t linear_length;		/* of a linearised file; 0 */
	uint64_t stop;			/* the walk may rest as soon as good is here */
	unsigned resyncs;
	bool is_encrypted, is_done;
};

/* False when out of memory. */
bool rmn_pdf_init(struct rmn_pdf *pdf, const struct rmn_view *view,
    struct rmn_carve_tools *tools);
void rmn_pdf_release(struct rmn_pdf *pdf);

/* Reads on until the end, or the first wrong thing when is_strict (a stream that is damaged is
 * wrong then); else it goes on behind that as long as it may be a quirk of the writer. */
void rmn_pdf_run(struct rmn_pdf *pdf, bool is_strict);

/* Takes the walk up again at good, over the view as it is now. */
void rmn_pdf_resume(struct rmn_pdf *pdf);

/* What the walk says of the file. */
void rmn_pdf_judge(struct rmn_pdf *pdf, struct rmn_proven *proven);

/* The object that stands at (or at most a line end behind) offset; SIZE_MAX: none. */
size_t rmn_pdf_object_at(const struct rmn_pdf *pdf, uint64_t offset);

#endif
