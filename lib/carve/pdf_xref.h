/* SPDX-License-Identifier: MIT
 *
 * Private to carve/pdf*.c: cross-reference sections, as tables (ISO 32000-1, 7.5.4) and as streams
 * (7.5.8): where each object of the file must stand. */
#ifndef RMN_CARVE_PDF_XREF_H
#define RMN_CARVE_PDF_XREF_H

#include "carve/flow.h"
#include "carve/pdf_lex.h"

struct rmn_pdf_entry {
	uint64_t offset;		/* from the file's header */
	uint32_t number;
};

struct rmn_pdf_section {
	uint64_t at;			/* of "xref", or of the stream's object */
	uint64_t end;			/* behind its trailer or object */
	uint64_t prev, xref_stream;
	bool has_prev, has_xref_stream, is_encrypted;
	size_t first, count;		/* its entries */
};

struct rmn_pdf_sections {
	struct rmn_pdf_entry *entries;	/* owned: objects in use that are not inside others */
	size_t entry_count, entry_capacity;
	struct rmn_pdf_section *list;	/* owned */
	size_t count, capacity;
	bool failed;			/* out of memory, or more entries than any file has */
};

void rmn_pdf_sections_release(struct rmn_pdf_sections *s);

/* Reads the table whose "xref" stands at `at`, with its trailer; appends it.  *end is behind it, or
 * where it is wrong. */
bool rmn_pdf_table_read(struct rmn_window *w, uint64_t at, struct rmn_pdf_sections *s,
    uint64_t *end);

/* Reads a cross-reference stream of which the dictionary and the place of the data are known;
 * appends it with end 0, for the caller to set.  flow is used. */
bool rmn_pdf_xref_stream_read(struct rmn_window *w, uint64_t at, uint64_t data,
    const struct rmn_pdf_dict *dict, struct rmn_flow *flow, struct rmn_pdf_sections *s,
    uint64_t *data_end);

#endif
