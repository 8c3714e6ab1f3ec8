/* SPDX-License-Identifier: MIT
 *
 * JSON Lines: one object a row, keys as the columns of the view. */
#include <jansson.h>

#include "store/export_private.h"

static json_t *
column_value(const struct rmn_exporter *exporter, sqlite3_stmt *statement, int at)
{
	struct rmn_bytes text;

	if (rmn_export_hides(exporter, sqlite3_column_name(statement, at)))
		return json_null();
	switch (sqlite3_column_type(statement, at)) {
	case SQLITE_NULL:
		return json_null();
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(statement, at));
	case SQLITE_FLOAT:
		return json_real(sqlite3_column_double(statement, at));
	default:
		text = rmn_export_column(statement, at);
		return json_stringn((const char *)text.data, text.size);
	}
}

static int
append(const char *piece, size_t size, void *context)
{
	rmn_buf_append_data(context, piece, size);
	return 0;
}

static enum rmn_status
append_row(struct rmn_exporter *exporter, sqlite3_stmt *statement, struct rmn_error *error)
{
	size_t flags = JSON_COMPACT | (exporter->options->for_terminal ? JSON_ENSURE_ASCII : 0);
	int i, count = sqlite3_column_count(statement);
	json_t *row = json_object();
	bool good = row != NULL;

	for (i = 0; good && i < count; i++)
		good = json_object_set_new_nocheck(row, sqlite3_column_name(statement, i),
		    column_value(exporter, statement, i)) == 0;
	good = good && json_dump_callback(row, append, &exporter->text, flags) == 0;
	rmn_buf_append_char(&exporter->text, '\n');
	json_decref(row);
	return good ? RMN_OK : rmn_fail(error, RMN_NOMEM, "a row does not fit into JSON");
}

static enum rmn_status
run(struct rmn_exporter *exporter, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_export_prepare_view(exporter, &statement, error);
	if (status != RMN_OK)
		return status;
	while ((status = rmn_store_step(exporter->c, statement, error)) == RMN_OK) {
		status = append_row(exporter, statement, error);
		if (status == RMN_OK)
			status = rmn_export_row_done(exporter, error);
		if (status != RMN_OK)
			break;
	}
	sqlite3_finalize(statement);
	return status == RMN_END ? RMN_OK : status;
}

const struct rmn_export_format rmn_export_jsonl = {.name = "jsonl", .run = run};
