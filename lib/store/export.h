/* SPDX-License-Identifier: MIT
 *
 * A case in formats that other programs read.  Only views are read, row by row, so memory does not
 * grow with the case. */
#ifndef RMN_STORE_EXPORT_H
#define RMN_STORE_EXPORT_H

#include "base/buf.h"
#include "store/case.h"

struct rmn_export_options {
	const char *view;		/* of jsonl and csv: one of rmn_export_views */
	bool show_values;		/* clear values, where the case keeps them */
	bool for_terminal;		/* nothing in it may act on a terminal */
	const char *program, *version;	/* of dfxml: who writes, and the command */
	const char *command_line;
};

/* Takes the next piece; false: it could not be written, and the export ends with RMN_IO. */
typedef bool (*rmn_export_write_fn)(void *context, struct rmn_bytes piece);

/* One row a format. */
struct rmn_exporter;
struct rmn_export_format {
	const char *name;		/* "jsonl" */
	enum rmn_status (*run)(struct rmn_exporter *exporter, struct rmn_error *error);
};
extern const struct rmn_export_format rmn_export_jsonl, rmn_export_csv, rmn_export_dfxml,
    rmn_export_bodyfile;

/* Names for --view; NULL at the end. */
extern const char *const rmn_export_views[];

enum rmn_status rmn_case_export(struct rmn_case *c, const struct rmn_export_format *format,
    const struct rmn_export_options *options, rmn_export_write_fn write, void *context,
    struct rmn_error *error);

#endif
