/* SPDX-License-Identifier: MIT
 *
 * What the formats of an export share. */
#ifndef RMN_STORE_EXPORT_PRIVATE_H
#define RMN_STORE_EXPORT_PRIVATE_H

#include "store/export.h"
#include "store/private.h"

struct rmn_exporter {
	struct rmn_case *c;
	const struct rmn_export_options *options;
	rmn_export_write_fn write;
	void *context;
	struct rmn_buf text;	/* not yet written */
};

/* A statement over the options' view, in a fixed order. */
enum rmn_status rmn_export_prepare_view(struct rmn_exporter *exporter, sqlite3_stmt **statement,
    struct rmn_error *error);

/* Whether the column holds clear values that were not asked for. */
bool rmn_export_hides(const struct rmn_exporter *exporter, const char *column);

/* Writes text out once enough of it has gathered. */
enum rmn_status rmn_export_row_done(struct rmn_exporter *exporter, struct rmn_error *error);

struct rmn_bytes rmn_export_column(sqlite3_stmt *statement, int at);

#endif
