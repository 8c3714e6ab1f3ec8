/* SPDX-License-Identifier: MIT
 *
 * Where earlier versions of a PDF end: each saving appends to the file (ISO 32000 7.5.6), so that the
 * file up to there is what it was before. */
#ifndef RMN_TOOLS_PDF_VERSIONS_H
#define RMN_TOOLS_PDF_VERSIONS_H

#include "base/bytes.h"
#include "base/limits.h"

struct pdf_versions {
	uint64_t ends[RMN_LIMIT_PDF_REVISIONS];	/* ascending; the last ones when there are more */
	size_t count;
	size_t more;
};

void pdf_versions_find(struct rmn_bytes pdf, struct pdf_versions *versions);
int64_t pdf_versions_clock(void);		/* in ms, for its bound */

#endif
