/* SPDX-License-Identifier: MIT
 *
 * What every export does: choose the view, walk the rows, hand out pieces of text. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "store/export_private.h"

#define PIECE_BYTES (256 * 1024)

/* The views that can be exported by name, and the order of their rows. */
static const struct {
	const char *name, *order;
} orders[] = {
	{"v_finding", "id"}, {"v_item", "id"}, {"v_document", "item_id"}, {"v_source", "id"},
	{"v_volume", "id"}, {"v_extent", "item_id, number"}, {"v_rule", "id"},
	{"v_finding_count", "rule_id, severity_level, confidence"},
	{"v_item_finding_count", "item_id"}, {"v_person", "id"},
	{"v_organisation", "name"}, {"v_provenance", "channel, forensic_path"},
	{"v_suggested_name", "item_id, source, name"}, {"v_named_thing", "item_id, path"},
	{"v_coverage", "source_id, class"},
	{"v_unexamined", "source_id, item_id, stage, reason, forensic_path"}, {"v_log", "id"},
	{"v_case", "created"},
};

const char *const rmn_export_views[] = {"v_finding", "v_item", "v_document", "v_source",
	"v_volume", "v_extent", "v_rule", "v_finding_count", "v_item_finding_count",
	"v_person", "v_organisation", "v_provenance", "v_suggested_name", "v_named_thing",
	"v_coverage", "v_unexamined", "v_log", "v_case", NULL};

enum rmn_status
rmn_export_prepare_view(struct rmn_exporter *exporter, sqlite3_stmt **statement,
    struct rmn_error *error)
{
	const char *view = exporter->options->view;
	char sql[128];
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (strcmp(orders[i].name, view) != 0)
			continue;
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY %s", view, orders[i].order);
		if (sqlite3_prepare_v2(exporter->c->db, sql, -1, statement, NULL) != SQLITE_OK)
			return rmn_store_fail(exporter->c, error);
		return RMN_OK;
	}
	return rmn_fail(error, RMN_UNSUPPORTED, "there is no view %s", view);
}

bool
rmn_export_hides(const struct rmn_exporter *exporter, const char *column)
{
	return strcmp(column, "value") == 0 && !exporter->options->show_values;
}

struct rmn_bytes
rmn_export_column(sqlite3_stmt *statement, int at)
{
	struct rmn_bytes text = {sqlite3_column_text(statement, at),
	    (size_t)sqlite3_column_bytes(statement, at)};

	return text;
}

/* Line by line, because the escaping knows no line ends. */
static void
escape_lines(struct rmn_buf *safe, struct rmn_bytes text)
{
	size_t start = 0, at;

	for (at = 0; at < text.size; at++) {
		if (text.data[at] != '\n')
			continue;
		rmn_utf8_append_escaped(safe, (struct rmn_bytes){text.data + start, at - start});
		rmn_buf_append_char(safe, '\n');
		start = at + 1;
	}
	rmn_utf8_append_escaped(safe, rmn_bytes_after(text, start));
}

static enum rmn_status
flush(struct rmn_exporter *exporter, struct rmn_error *error)
{
	struct rmn_buf safe;
	bool written;

	rmn_buf_init(&safe, 0);
	if (exporter->options->for_terminal)
		escape_lines(&safe, rmn_buf_bytes(&exporter->text));
	if (exporter->text.failed || safe.failed) {
		rmn_buf_release(&safe);
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	}
	written = exporter->write(exporter->context, exporter->options->for_terminal ?
		rmn_buf_bytes(&safe) : rmn_buf_bytes(&exporter->text));
	rmn_buf_release(&safe);
	rmn_buf_clear(&exporter->text);
	return written ? RMN_OK : rmn_fail(error, RMN_IO, "the export could not be written");
}

enum rmn_status
rmn_export_row_done(struct rmn_exporter *exporter, struct rmn_error *error)
{
	if (exporter->text.size < PIECE_BYTES && !exporter->text.failed)
		return RMN_OK;
	return flush(exporter, error);
}

enum rmn_status
rmn_case_export(struct rmn_case *c, const struct rmn_export_format *format,
    const struct rmn_export_options *options, rmn_export_write_fn write, void *context,
    struct rmn_error *error)
{
	struct rmn_exporter exporter = {.c = c, .options = options, .write = write,
		.context = context};
	enum rmn_status status;

	rmn_buf_init(&exporter.text, 0);
	/* One picture of the case, also while a scan writes into it. */
	status = rmn_store_exec(c, "SAVEPOINT export", error);
	if (status == RMN_OK) {
		status = format->run(&exporter, error);
		sqlite3_exec(c->db, "RELEASE export", NULL, NULL, NULL);
	}
	if (status == RMN_OK)
		status = flush(&exporter, error);
	rmn_buf_release(&exporter.text);
	return status;
}
