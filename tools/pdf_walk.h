/* SPDX-License-Identifier: MIT
 *
 * Trees of a PDF, walked without recursion and without going round: pages, and the helpers for
 * outlines and forms. */
#ifndef RMN_TOOLS_PDF_WALK_H
#define RMN_TOOLS_PDF_WALK_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>

#include <stdbool.h>
#include <stdint.h>

/* Which objects were met, by number. */
struct pdf_seen {
	unsigned char *bits;
	int count;
};

/* False when there is no memory. */
bool pdf_seen_init(struct pdf_seen *seen, fz_context *ctx, pdf_document *document);
void pdf_seen_release(struct pdf_seen *seen);

/* True for an object that was not met before.  A direct object is always new: what is written inside
 * another cannot go round. */
bool pdf_seen_add(fz_context *ctx, struct pdf_seen *seen, pdf_obj *object);

struct pdf_pages {
	pdf_obj **items;	/* kept */
	size_t count, capacity;
	uint32_t lost;		/* places in the tree where no page could be found */
	uint32_t claimed;	/* how many the tree says it has */
	bool is_cut;		/* RMN_LIMIT_PDF_PAGES */
};

/* All pages, in the order of the tree; where the tree is damaged, those outside it follow.  Throws only
 * when there is no memory. */
void pdf_pages_find(fz_context *ctx, pdf_document *document, struct pdf_pages *pages);
void pdf_pages_release(fz_context *ctx, struct pdf_pages *pages);

#endif
