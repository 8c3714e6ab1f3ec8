/* SPDX-License-Identifier: MIT
 *
 * The detection engine: one pass over bytes finds the places where a rule could match, in every
 * encoding at once; each place is then looked at closely in the normalised text of its line. */
#ifndef RMN_DETECT_DETECT_H
#define RMN_DETECT_DETECT_H

#include "base/status.h"
#include "charset/charset.h"
#include "detect/finding.h"
#include "detect/rules.h"

struct rmn_detector;	/* one thread's working memory over shared rules */

enum rmn_status rmn_detector_new(const struct rmn_rules *rules, struct rmn_detector **detector,
    struct rmn_error *error);
void rmn_detector_free(struct rmn_detector *detector);	/* takes NULL */

/* What is known about the bytes. */
struct rmn_detect_input {
	struct rmn_bytes bytes;
	uint64_t offset;		/* of bytes.data[0] in the item; findings add it */
	/* Findings whose value starts in [skip, bytes.size - tail) are reported; the rest of the
	 * bytes is context that the neighbouring call reports. */
	size_t skip;
	size_t tail;
	enum rmn_encoding encoding;	/* RMN_ENCODING_UNKNOWN: raw bytes, every encoding */
	char delimiter;			/* ',' '\t' ';' when lines are rows of a table, else 0 */
	bool is_code;			/* source, markup, log: G7 */
	bool is_header;			/* mail header, vCard: addresses are structure, not text */
};

/* Order of findings: by offset, then rule.  The same input always gives the same findings. */
enum rmn_status rmn_detect(struct rmn_detector *detector, const struct rmn_detect_input *input,
    rmn_finding_fn found, void *context, struct rmn_error *error);

/* What a window needs around it (skip and tail) so that findings do not depend on where the windows
 * are cut.  Longer values (private keys) are found whole only where they are in view whole. */
#define RMN_DETECT_MARGIN 4096u

/* A table is announced before its rows, so that a column header counts as a label for the cells
 * below it, across calls: begin forgets all columns, and rows of later calls belong to it until
 * end.  The column test (DOMAIN 0.4) is made on the first 200 rows of the first call, so that no
 * finding has to wait; found may still be called by end. */
void rmn_detect_table_begin(struct rmn_detector *detector, char delimiter);
void rmn_detect_table_end(struct rmn_detector *detector, rmn_finding_fn found, void *context);

#endif
