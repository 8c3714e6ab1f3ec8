/* SPDX-License-Identifier: MIT
 *
 * CSV (RFC 4180): a header line, then one line a row; absent is empty. */
#include "store/csv.h"
#include "store/export_private.h"

static void
append_header(struct rmn_exporter *exporter, sqlite3_stmt *statement)
{
	int i, count = sqlite3_column_count(statement);

	for (i = 0; i < count; i++)
		rmn_buf_printf(&exporter->text, "%s%s", i ? "," : "",
		    sqlite3_column_name(statement, i));
	rmn_buf_append_string(&exporter->text, "\r\n");
}

static void
append_row(struct rmn_exporter *exporter, sqlite3_stmt *statement)
{
	int i, count = sqlite3_column_count(statement);

	for (i = 0; i < count; i++) {
		if (i > 0)
			rmn_buf_append_char(&exporter->text, ',');
		if (rmn_export_hides(exporter, sqlite3_column_name(statement, i)))
			continue;
		if (sqlite3_column_type(statement, i) == SQLITE_TEXT)
			rmn_csv_append_field(&exporter->text, rmn_export_column(statement, i));
		else
			rmn_buf_append(&exporter->text, rmn_export_column(statement, i));
	}
	rmn_buf_append_string(&exporter->text, "\r\n");
}

static enum rmn_status
run(struct rmn_exporter *exporter, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_export_prepare_view(exporter, &statement, error);
	if (status != RMN_OK)
		return status;
	append_header(exporter, statement);
	while ((status = rmn_store_step(exporter->c, statement, error)) == RMN_OK) {
		append_row(exporter, statement);
		status = rmn_export_row_done(exporter, error);
		if (status != RMN_OK)
			break;
	}
	sqlite3_finalize(statement);
	return status == RMN_END ? RMN_OK : status;
}

const struct rmn_export_format rmn_export_csv = {.name = "csv", .run = run};
