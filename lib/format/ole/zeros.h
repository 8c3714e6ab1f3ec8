/* SPDX-License-Identifier: MIT
 *
 * Sectors of zeros in a compound file, and whether they are lost ones.  Real documents have whole sectors of
 * zeros in a few places only: at the end of padded streams, in printers' settings, in bitmaps.  Each kind of
 * stream has a judge that explains those; what it cannot explain is a hole. */
#ifndef RMN_FORMAT_ZEROS_H
#define RMN_FORMAT_ZEROS_H

#include "format/ole/cfb.h"

/* One run of zeros in a stream; whole sectors of the disk but where a stream begins or ends in it. */
struct rmn_zero_run {
	uint32_t entry;			/* of the compound file */
	size_t start, end;		/* in the stream */
	size_t explained;		/* bytes of it that mean something */
};

/* The zeros of one stream, for its judge. */
struct rmn_zeros {
	struct rmn_cfb *cfb;
	uint32_t entry;
	struct rmn_bytes stream;
	struct rmn_zero_run *runs;	/* in order, apart from each other */
	size_t count;
	bool is_hole;			/* a judge is sure of one */
};

/* Zeros in [start, end) of the stream are what was written there. */
void rmn_zeros_explain(struct rmn_zeros *z, size_t start, size_t end);

/* The first run that ends behind start and begins before end; NULL when there is none. */
const struct rmn_zero_run *rmn_zeros_in(const struct rmn_zeros *z, size_t start, size_t end);

/* Finds the runs of all streams in the directory, ordered by entry and place.  Lost sectors of the
 * directory and the table of small streams make the file damaged.  RMN_LIMIT without memory. */
enum rmn_status rmn_cfb_zeros_find(struct rmn_cfb *cfb, struct rmn_zero_run **runs, size_t *count,
    struct rmn_error *error);

/* RMN_PARTIAL, with the stream and the place, when there is a hole in a stream that has a judge. */
enum rmn_status rmn_ole_holes_look(struct rmn_cfb *cfb, struct rmn_error *error);

/* Judges: each explains what it can. */
typedef void rmn_zeros_judge(struct rmn_zeros *z);
rmn_zeros_judge rmn_zeros_property_set;		/* [MS-OLEPS] */
rmn_zeros_judge rmn_zeros_marked;		/* its first bytes are never zeros */
rmn_zeros_judge rmn_zeros_metafile;		/* \3EPRINT: [MS-EMF] */
rmn_zeros_judge rmn_zeros_xls;			/* Workbook */
rmn_zeros_judge rmn_zeros_ppt;			/* PowerPoint Document */
rmn_zeros_judge rmn_zeros_pictures;		/* of PowerPoint: a row of BLIPs */
rmn_zeros_judge rmn_zeros_doc;			/* WordDocument */
rmn_zeros_judge rmn_zeros_doc_table;		/* 0Table, 1Table */
rmn_zeros_judge rmn_zeros_doc_data;		/* Data */

/* Explains the zeros in BLIPs of drawings (MS-ODRAW 2.2.23) that are whole, or of which nobody can say
 * otherwise; is_hole when one is known to be broken. */
void rmn_zeros_blips(struct rmn_zeros *z);

#endif
