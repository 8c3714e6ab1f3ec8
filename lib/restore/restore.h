/* SPDX-License-Identifier: MIT
 *
 * Writing a case's items out as files.  The bytes come from a sandboxed reader; this side parses no
 * evidence, writes below one folder only and keeps manifest.tsv there, so that a second run goes on
 * where the first stopped. */
#ifndef RMN_RESTORE_RESTORE_H
#define RMN_RESTORE_RESTORE_H

#include "store/select.h"

struct rmn_restore_result {
	uint64_t files, bytes;		/* written now */
	uint64_t kept;			/* written by an earlier run */
	uint64_t linked;		/* other names of files that were written */
	uint64_t incomplete;		/* written with zeros for what could not be read */
	uint64_t failed;		/* not written: a line of problems each */
};

struct rmn_restore_options {
	const char *directory;		/* made when it is not there */
	bool no_sandbox;
	void *context;
	/* One sentence about one item. */
	void (*problem)(void *context, const char *forensic_path, const char *text);
	/* After each file. */
	void (*progress)(void *context, const struct rmn_restore_result *so_far);
	bool (*should_stop)(void *context);
};

/* Writes everything that is selected.  RMN_IO: the folder or the manifest cannot be written (a full
 * disk ...), or a source cannot be opened; what was written is in the manifest. */
enum rmn_status rmn_restore(struct rmn_case *c, const struct rmn_select *select,
    const struct rmn_restore_options *options, struct rmn_restore_result *result,
    struct rmn_error *error);

#endif
