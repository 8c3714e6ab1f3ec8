/* SPDX-License-Identifier: MIT
 *
 * The report as JSON; inventory.schema.json says what it looks like. */
#include <jansson.h>
#include <string.h>

#include "report/report.h"

const char rmn_report_schema[] =
#include "report/schema.inc"
    ;

static json_t *
cell_value(const struct rmn_report_column *column, const struct rmn_report_cell *cell)
{
	if (cell->is_null)
		return json_null();
	switch (column->show) {
	case RMN_SHOW_COUNT:
	case RMN_SHOW_BYTES:
	case RMN_SHOW_SHARE:
		return json_integer(cell->number);
	case RMN_SHOW_BOOL:
		return json_boolean(cell->number != 0);
	default:
		return json_stringn((const char *)cell->text.data, cell->text.size);
	}
}

static json_t *
row_object(const struct rmn_report_rows *rows, size_t row)
{
	const struct rmn_report_table *table = rows->table;
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < table->column_count; i++)
		json_object_set_new(object, table->columns[i].name,
		    cell_value(&table->columns[i], &rows->cells[row * table->column_count + i]));
	return object;
}

static json_t *
table_array(const struct rmn_report_model *model, const char *name)
{
	const struct rmn_report_rows *rows = rmn_report_find_rows(model, name);
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < rows->count; i++)
		json_array_append_new(array, row_object(rows, i));
	return array;
}

/* Rows that may be only the first of many. */
static json_t *
limited_table(const struct rmn_report_model *model, const char *name)
{
	const struct rmn_report_rows *rows = rmn_report_find_rows(model, name);

	return json_pack("{s:I, s:I, s:o}", "total", (json_int_t)rows->total, "shown",
	    (json_int_t)rows->count, "rows", table_array(model, name));
}

static json_t *
figure_value(const struct rmn_report_figure *figure)
{
	return figure->is_known ? json_integer(figure->value) : json_null();
}

static json_t *
figures_object(const struct rmn_report_model *model)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; i < model->figure_count; i++)
		json_object_set_new(object, model->figures[i].name,
		    figure_value(&model->figures[i]));
	return object;
}

/* Nobody is told apart as owner in this version: everything is unknown. */
static json_t *
documents_object(const struct rmn_report_model *model)
{
	static const char *const groups[] = {"by_type", "document_types", "by_year",
		"document_years", "by_format", "document_formats", "by_marking",
		"document_markings", "by_recoverability", "document_recoverability"};
	json_int_t total = rmn_report_figure(model, "documents");
	json_t *object;
	size_t i;

	object = json_pack("{s:I, s:I, s:i, s:i, s:i, s:I}", "total", total, "business",
	    (json_int_t)rmn_report_figure(model, "business_documents"), "own", 0, "client", 0,
	    "other", 0, "unknown", total);
	for (i = 0; i < model->figure_count; i++)
		if (strstr(model->figures[i].name, "_year"))
			json_object_set_new(object, model->figures[i].name,
			    figure_value(&model->figures[i]));
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i += 2)
		json_object_set_new(object, groups[i], table_array(model, groups[i + 1]));
	json_object_set_new(object, "list", limited_table(model, "documents"));
	return object;
}

enum rule_group { GROUP_PERSONAL, GROUP_SECRET, GROUP_OTHER };

static enum rule_group
group_of(const char *category)
{
	static const char *const others[] = {RMN_REPORT_OTHER_CATEGORIES};
	size_t i;

	if (strcmp(category, "secret") == 0)
		return GROUP_SECRET;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(category, others[i]) == 0)
			return GROUP_OTHER;
	return GROUP_PERSONAL;
}

/* Rows of the table of rules that belong to a group. */
static json_t *
rules_array(const struct rmn_report_model *model, enum rule_group group)
{
	json_t *all = table_array(model, "rules"), *chosen = json_array(), *row;
	size_t i;

	json_array_foreach(all, i, row)
		if (group_of(json_string_value(json_object_get(row, "category"))) == group)
			json_array_append(chosen, row);
	json_decref(all);
	return chosen;
}

static json_t *
map_object(const struct rmn_report_map *map)
{
	json_t *cells = json_array();
	size_t i;

	for (i = 0; i < RMN_REPORT_MAP_CELLS; i++) {
		const struct rmn_report_map_cell *cell = &map->cells[i];

		json_array_append_new(cells, json_pack("{s:I, s:I, s:I, s:i}", "used_bytes",
			(json_int_t)cell->used_bytes, "gone_bytes", (json_int_t)cell->gone_bytes,
			"findings", (json_int_t)(cell->findings + 0.5), "severity",
			(int)cell->severity));
	}
	return json_pack("{s:s, s:I, s:o}", "source", map->source, "size_bytes",
	    (json_int_t)map->size_bytes, "cells", cells);
}

static json_t *
report_object(const struct rmn_report_model *model)
{
	enum rmn_report_language language = model->options.language;
	json_t *root, *maps = json_array(), *limitations = json_array();
	char generated[RMN_TIME_TEXT_BYTES];
	size_t i;

	rmn_time_text(model->options.generated, generated);
	for (i = 0; i < model->map_count; i++)
		json_array_append_new(maps, map_object(&model->maps[i]));
	for (i = 0; rmn_report_limitations[i]; i++)
		json_array_append_new(limitations,
		    json_string(rmn_report_word(language, rmn_report_limitations[i])));
	root = json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s, s:s, s:b}, s:{s:b, s:b, s:b}}",
	    "schema", "remnant-report/1", "kind", "inventory", "language",
	    language == RMN_JAPANESE ? "ja" : "en", "generated", generated, "tool", "name",
	    "remnant-report", "version", RMN_VERSION, "case", "created", model->case_made,
	    "program_version", model->program_version, "keeps_values", model->keeps_values,
	    "status", "is_finished", !model->is_unfinished, "is_incomplete",
	    model->is_incomplete, "hash_differs", model->hash_differs);
	json_object_set_new(root, "figures", figures_object(model));
	json_object_set_new(root, "documents", documents_object(model));
	json_object_set_new(root, "personal_data", rules_array(model, GROUP_PERSONAL));
	json_object_set_new(root, "secrets", rules_array(model, GROUP_SECRET));
	json_object_set_new(root, "other_findings", rules_array(model, GROUP_OTHER));
	json_object_set_new(root, "findings", limited_table(model, "findings"));
	json_object_set_new(root, "sources", table_array(model, "sources"));
	json_object_set_new(root, "volumes", limited_table(model, "volumes"));
	json_object_set_new(root, "coverage", table_array(model, "coverage"));
	json_object_set_new(root, "items", table_array(model, "items"));
	json_object_set_new(root, "recovered", table_array(model, "recovered"));
	json_object_set_new(root, "unexamined", limited_table(model, "unexamined"));
	json_object_set_new(root, "map", maps);
	json_object_set_new(root, "log", limited_table(model, "log"));
	json_object_set_new(root, "limitations", limitations);
	return root;
}

static int
append(const char *piece, size_t size, void *context)
{
	rmn_buf_append_data(context, piece, size);
	return 0;
}

static void
render(const struct rmn_report_model *model, struct rmn_buf *text)
{
	json_t *root = report_object(model);

	if (!root || json_dump_callback(root, append, text, JSON_INDENT(1)) != 0)
		text->failed = true;
	rmn_buf_append_char(text, '\n');
	json_decref(root);
}

const struct rmn_report_format rmn_report_json = {.name = "json", .render = render};
