/* SPDX-License-Identifier: MIT
 *
 * Filling the model.  Everything lives in one arena; rows are gathered in pieces that double. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "report/diskmap.h"
#include "report/model.h"

#define MODEL_BYTES (256ull << 20)
#define OTHER_ROWS 200u		/* of a limited table that the options say nothing of */

/* Personal data are all findings but these categories. */
#define NOT_PERSONAL "('secret', 'marking', 'keyword', 'organisation_id')"
#define PERSONAL(tier) "SELECT coalesce(sum(findings), 0) FROM v_finding_count WHERE confidence = '" \
	tier "' AND category NOT IN " NOT_PERSONAL
#define DOCUMENT_YEAR "substr(coalesce(created, modified, file_modified), 1, 4)"

/* The headline, in its order. */
static const struct {
	const char *name, *sql;
} figure_sql[] = {
	{"documents", "SELECT count(*) FROM v_document"},
	{"business_documents", "SELECT coalesce(sum(business), 0) FROM v_document"},
	{"marked_documents", "SELECT count(*) FROM v_document WHERE marking_level > 0"},
	{"first_year", "SELECT min(" DOCUMENT_YEAR ") FROM v_document"},
	{"last_year", "SELECT max(" DOCUMENT_YEAR ") FROM v_document"},
	{"personal_confirmed", PERSONAL("confirmed")},
	{"personal_probable", PERSONAL("probable")},
	{"personal_possible", PERSONAL("possible")},
	{"secrets",
	    "SELECT coalesce(sum(findings), 0) FROM v_finding_count WHERE category = 'secret'"},
	{"items", "SELECT count(*) FROM v_item"},
	{"items_examined", "SELECT count(*) FROM v_item WHERE status = 'complete'"},
	{"items_incomplete", "SELECT count(*) FROM v_item WHERE status <> 'complete'"},
	{"unexamined", "SELECT count(*) FROM v_unexamined"},
	{"source_bytes", "SELECT coalesce(sum(size_bytes), 0) FROM v_source"},
};
#define FIGURES (sizeof(figure_sql) / sizeof(figure_sql[0]))

static enum rmn_status
query_failed(struct rmn_case *c, const char *path, struct rmn_error *error)
{
	return rmn_fail(error, RMN_CORRUPT, "%s: %s", path, sqlite3_errmsg(rmn_case_db(c)));
}

static enum rmn_status
out_of_memory(struct rmn_error *error)
{
	return rmn_fail(error, RMN_NOMEM, "the report does not fit into memory");
}

static enum rmn_status
ask(struct rmn_report_model *m, struct rmn_case *c, const char *sql, bool *is_known,
    int64_t *value, struct rmn_error *error)
{
	sqlite3_stmt *s;
	enum rmn_status status = RMN_OK;

	if (sqlite3_prepare_v2(rmn_case_db(c), sql, -1, &s, NULL) != SQLITE_OK)
		return query_failed(c, m->case_path, error);
	if (sqlite3_step(s) != SQLITE_ROW) {
		status = query_failed(c, m->case_path, error);
	} else {
		*is_known = sqlite3_column_type(s, 0) != SQLITE_NULL;
		*value = sqlite3_column_int64(s, 0);
	}
	sqlite3_finalize(s);
	return status;
}

static bool
copy_cell(struct rmn_report_model *m, sqlite3_stmt *s, int at, struct rmn_report_cell *cell)
{
	struct rmn_bytes text = {sqlite3_column_text(s, at), (size_t)sqlite3_column_bytes(s, at)};

	*cell = (struct rmn_report_cell){0};
	cell->is_null = sqlite3_column_type(s, at) == SQLITE_NULL;
	if (cell->is_null)
		return true;
	cell->number = sqlite3_column_int64(s, at);
	cell->text = rmn_arena_copy(m->arena, text);
	return cell->text.data != NULL;
}

static bool
grow(struct rmn_report_model *m, struct rmn_report_rows *rows, size_t *room)
{
	size_t columns = rows->table->column_count, more = *room ? *room * 2 : 16;
	struct rmn_report_cell *cells;

	if (rows->count < *room)
		return true;
	cells = rmn_arena_alloc(m->arena, more * columns, sizeof(*cells));
	if (!cells)
		return false;
	if (rows->count > 0)
		memcpy(cells, rows->cells, rows->count * columns * sizeof(*cells));
	rows->cells = cells;
	*room = more;
	return true;
}

static unsigned
row_limit(const struct rmn_report_model *m, const struct rmn_report_table *table)
{
	if (table->per_rule)
		return m->options.findings_per_rule;
	return strcmp(table->name, "documents") == 0 ? m->options.documents : OTHER_ROWS;
}

static enum rmn_status
run_statement(struct rmn_report_model *m, struct rmn_case *c, sqlite3_stmt *s,
    struct rmn_report_rows *rows, size_t *room, struct rmn_error *error)
{
	size_t columns = rows->table->column_count, i;
	int code;

	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		if (!grow(m, rows, room))
			return out_of_memory(error);
		for (i = 0; i < columns; i++)
			if (!copy_cell(m, s, (int)i, &rows->cells[rows->count * columns + i]))
				return out_of_memory(error);
		rows->count++;
	}
	sqlite3_reset(s);
	return code == SQLITE_DONE ? RMN_OK : query_failed(c, m->case_path, error);
}

/* Rules in the order of the table of rules, each with its worst findings. */
static enum rmn_status
run_per_rule(struct rmn_report_model *m, struct rmn_case *c, sqlite3_stmt *s,
    struct rmn_report_rows *rows, size_t *room, struct rmn_error *error)
{
	enum rmn_status status = RMN_OK;
	sqlite3_stmt *rules;

	if (sqlite3_prepare_v2(rmn_case_db(c), "SELECT rule_id FROM v_finding_count"
		" GROUP BY rule_id ORDER BY max(severity_level) DESC, sum(findings) DESC, rule", -1,
		&rules, NULL) != SQLITE_OK)
		return query_failed(c, m->case_path, error);
	while (status == RMN_OK && sqlite3_step(rules) == SQLITE_ROW) {
		sqlite3_bind_int64(s, 3, sqlite3_column_int64(rules, 0));
		status = run_statement(m, c, s, rows, room, error);
	}
	sqlite3_finalize(rules);
	return status;
}

static enum rmn_status
fill_table(struct rmn_report_model *m, struct rmn_case *c, struct rmn_report_rows *rows,
    struct rmn_error *error)
{
	const struct rmn_report_table *table = rows->table;
	enum rmn_status status;
	int64_t total = 0;
	sqlite3_stmt *s;
	size_t room = 0;
	bool known;

	if (sqlite3_prepare_v2(rmn_case_db(c), table->sql, -1, &s, NULL) != SQLITE_OK)
		return query_failed(c, m->case_path, error);
	/* Parameters that a table does not use are refused, which is fine. */
	sqlite3_bind_text(s, 1, m->options.language == RMN_JAPANESE ? "ja" : "en", -1,
	    SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, row_limit(m, table));
	status = table->per_rule ? run_per_rule(m, c, s, rows, &room, error) :
				   run_statement(m, c, s, rows, &room, error);
	sqlite3_finalize(s);
	rows->total = rows->count;
	if (status == RMN_OK && table->total_sql) {
		status = ask(m, c, table->total_sql, &known, &total, error);
		rows->total = (uint64_t)total;
	}
	return status;
}

static enum rmn_status
fill_figures(struct rmn_report_model *m, struct rmn_case *c, struct rmn_error *error)
{
	enum rmn_status status = RMN_OK;
	size_t i;

	m->figures = rmn_arena_alloc(m->arena, FIGURES, sizeof(*m->figures));
	if (!m->figures)
		return out_of_memory(error);
	m->figure_count = FIGURES;
	for (i = 0; status == RMN_OK && i < FIGURES; i++) {
		m->figures[i].name = figure_sql[i].name;
		status = ask(m, c, figure_sql[i].sql, &m->figures[i].is_known,
		    &m->figures[i].value, error);
	}
	return status;
}

static enum rmn_status
fill_head(struct rmn_report_model *m, struct rmn_case *c, struct rmn_error *error)
{
	struct rmn_report_cell made, version;
	enum rmn_status status;
	int64_t unfinished = 0, differing = 0;
	sqlite3_stmt *s;
	bool known, good;

	if (sqlite3_prepare_v2(rmn_case_db(c), "SELECT created, program_version FROM v_case", -1,
		&s, NULL) != SQLITE_OK)
		return query_failed(c, m->case_path, error);
	good = sqlite3_step(s) == SQLITE_ROW && copy_cell(m, s, 0, &made) &&
	    copy_cell(m, s, 1, &version);
	sqlite3_finalize(s);
	if (!good)
		return query_failed(c, m->case_path, error);
	m->case_made = (const char *)made.text.data;
	m->program_version = (const char *)version.text.data;
	m->keeps_values = rmn_case_keeps_values(c);
	status = ask(m, c,
	    "SELECT count(*) FROM v_source WHERE status IN ('walking', 'examining')", &known,
	    &unfinished, error);
	if (status == RMN_OK)
		status = ask(m, c, "SELECT count(*) FROM v_source WHERE sha256_after <> sha256",
		    &known, &differing, error);
	m->is_unfinished = unfinished > 0;
	m->hash_differs = differing > 0;
	m->is_incomplete = rmn_report_figure(m, "unexamined") > 0 ||
	    rmn_report_figure(m, "items_incomplete") > 0;
	return status;
}

static enum rmn_status
fill(struct rmn_report_model *m, struct rmn_case *c, struct rmn_error *error)
{
	enum rmn_status status;
	size_t i;

	m->rows = rmn_arena_alloc(m->arena, rmn_report_table_count, sizeof(*m->rows));
	if (!m->rows)
		return out_of_memory(error);
	status = fill_figures(m, c, error);
	if (status == RMN_OK)
		status = fill_head(m, c, error);
	for (i = 0; status == RMN_OK && i < rmn_report_table_count; i++) {
		m->rows[i].table = &rmn_report_tables[i];
		status = fill_table(m, c, &m->rows[i], error);
	}
	return status == RMN_OK ? rmn_report_map_fill(m, c, error) : status;
}

enum rmn_status
rmn_report_model_new(struct rmn_case *c, const char *case_path,
    const struct rmn_report_options *options, struct rmn_report_model **model,
    struct rmn_error *error)
{
	struct rmn_report_model *m = calloc(1, sizeof(*m));
	enum rmn_status status;

	if (!m)
		return out_of_memory(error);
	m->options = *options;
	m->case_path = case_path;
	m->arena = rmn_arena_new(MODEL_BYTES);
	if (!m->arena) {
		free(m);
		return out_of_memory(error);
	}
	/* One picture of the case, also while a scan writes into it. */
	sqlite3_exec(rmn_case_db(c), "SAVEPOINT report", NULL, NULL, NULL);
	status = fill(m, c, error);
	sqlite3_exec(rmn_case_db(c), "RELEASE report", NULL, NULL, NULL);
	if (status != RMN_OK) {
		rmn_report_model_free(m);
		return status;
	}
	*model = m;
	return RMN_OK;
}

void
rmn_report_model_free(struct rmn_report_model *model)
{
	if (!model)
		return;
	rmn_arena_free(model->arena);
	free(model);
}

const struct rmn_report_rows *
rmn_report_find_rows(const struct rmn_report_model *model, const char *name)
{
	size_t i;

	for (i = 0; i < rmn_report_table_count; i++)
		if (strcmp(rmn_report_tables[i].name, name) == 0)
			return &model->rows[i];
	return NULL;
}

int64_t
rmn_report_figure(const struct rmn_report_model *model, const char *name)
{
	size_t i;

	for (i = 0; i < model->figure_count; i++)
		if (strcmp(model->figures[i].name, name) == 0)
			return model->figures[i].value;
	return 0;
}
