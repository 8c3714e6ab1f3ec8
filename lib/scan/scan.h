/* SPDX-License-Identifier: MIT
 *
 * The whole scan: sources in, a case out.  The process that calls this becomes the supervisor: it
 * opens the sources and the case, starts the walker, the hasher and the workers, hands out units and
 * writes what comes back.  It parses no evidence and prints nothing. */
#ifndef RMN_SCAN_SCAN_H
#define RMN_SCAN_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define RMN_SCAN_JOBS_MAX 64

struct rmn_scan_options {
	const char *const *sources;
	size_t source_count;
	const char *case_path;
	const char *policy_path;	/* NULL: none */
	const char *rules_directory;	/* NULL: the compiled-in rules */
	const char *pdf_program;	/* path of remnant-pdf */
	const char *ocr_program;	/* path of remnant-ocr; NULL: pictures are not read */
	unsigned jobs;			/* 1-RMN_SCAN_JOBS_MAX */
	bool keep_values, no_hash, no_sandbox, skip_pdf;
	bool catalogue_only;		/* no content is read: what could be recovered is listed */
	int argc;			/* for the case's log */
	char *const *argv;
};

struct rmn_scan_worker_state {
	bool is_busy;
	unsigned seconds;		/* on this unit */
	const char *path;		/* of the unit */
};

struct rmn_scan_progress {
	const char *source;
	const char *phase;		/* "walking" "examining" "hashing" */
	uint64_t bytes_done, bytes_total;
	uint64_t items_done, items_total;
	uint64_t findings, unexamined;
	const struct rmn_scan_worker_state *workers;
	size_t worker_count;
};

enum rmn_scan_level { RMN_SCAN_INFO, RMN_SCAN_WARNING, RMN_SCAN_ERROR };

struct rmn_scan_events {
	void *context;
	void (*progress)(void *context, const struct rmn_scan_progress *progress);
	void (*message)(void *context, enum rmn_scan_level level, const char *text);
	bool (*should_stop)(void *context);
};

struct rmn_scan_result {
	unsigned sources_complete, sources_skipped, sources_failed;
	bool was_stopped;
	bool bad_configuration;		/* the policy or the rules: the user's to mend */
	uint64_t items, documents, findings, unexamined;	/* of the whole case */
	unsigned worst_severity;	/* of the findings that are at least probable; 0: none */
};

/* RMN_OK with *result when the case could be kept; what happened to each source is in the result and
 * was told as messages. */
enum rmn_status rmn_scan(const struct rmn_scan_options *options,
    const struct rmn_scan_events *events, struct rmn_scan_result *result,
    struct rmn_error *error);

#endif
