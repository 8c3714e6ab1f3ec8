/* SPDX-License-Identifier: MIT
 *
 * Private to the engine: the detector's working memory, shared by its three parts: finding spots
 * (spots.c), looking at lines (detect.c), keeping findings until their turn (waiting.c). */
#ifndef RMN_DETECT_DETECTOR_H
#define RMN_DETECT_DETECTOR_H

#include "detect/detect.h"
#include "detect/line.h"
#include "detect/table.h"

enum rmn_spot_kind {
	RMN_SPOT_LINE,	/* the line is looked at */
	RMN_SPOT_WEAK,	/* only if a label or column is near */
	RMN_SPOT_RULE,	/* a literal of the rule stands there */
	RMN_SPOT_TOKEN,	/* the same, for rules that read raw bytes */
	RMN_SPOT_HEADER,	/* maybe a row of column names */
};

struct rmn_spot {
	size_t at, end;
	uint16_t rule;
	uint8_t kind;
	uint8_t family;
};

/* A finding that waits for its turn; the bytes are in `kept`. */
struct rmn_waiting {
	struct rmn_finding finding;
	size_t value, masked, context;
};

struct rmn_detector {
	const struct rmn_rules *rules;
	struct rmn_literal_scan *literals;
	const struct rmn_detect_input *input;
	enum rmn_family family;		/* of a known encoding */
	size_t segment, segment_end;

	struct rmn_spot *spots;
	size_t spot_count, spot_capacity;
	size_t *labels;			/* ends of labels, in order */
	size_t label_count, label_capacity;
	size_t scan_base, scan_from, scan_to;	/* of the run being scanned */
	bool header_is_near;		/* the segment may have a row of column names */
	size_t chain_end;		/* digits before it have been looked at */

	struct rmn_line line;
	uint32_t *tokens;
	uint16_t *token_rules;
	size_t token_capacity;

	struct rmn_table table;
	bool is_headless;		/* the announced table turned out to have no columns to name */
	uint64_t expected;		/* offset at which the next call would go on */

	struct rmn_waiting *waiting;
	size_t waiting_count, waiting_capacity;
	struct rmn_buf kept;
	bool out_of_memory;
};

/* Room for one more element; false (and noted) when there is none. */
bool rmn_detector_grow(struct rmn_detector *d, void **items, size_t count, size_t *capacity,
    size_t size);

/* Finds the spots of the segment [d->segment, d->segment_end), in order. */
enum rmn_status rmn_detector_find_spots(struct rmn_detector *d);

/* Adds a spot for each row of the segment. */
enum rmn_status rmn_detector_add_rows(struct rmn_detector *d);

/* Does a label stand near enough to a weak spot that it may count? */
bool rmn_detector_label_is_near(const struct rmn_detector *d, const struct rmn_spot *spot);

/* Keeps a settled candidate of the line as a finding. */
void rmn_detector_keep(struct rmn_detector *d, const struct rmn_candidate *c);

/* Hands on, in order, the findings that start before limit. */
void rmn_detector_flush(struct rmn_detector *d, uint64_t limit, rmn_finding_fn found,
    void *context);

#endif
