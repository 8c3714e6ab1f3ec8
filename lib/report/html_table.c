/* SPDX-License-Identifier: MIT
 *
 * Tables of the HTML report.  Columns that are empty in every row are left out. */
#include <string.h>

#include "report/html_private.h"
#include "report/show.h"

static const struct rmn_report_cell *
cell_at(const struct rmn_report_rows *rows, size_t row, size_t column)
{
	return &rows->cells[row * rows->table->column_count + column];
}

static bool
is_shown(const struct rmn_report_rows *rows, size_t column)
{
	size_t row;

	for (row = 0; row < rows->count; row++)
		if (!cell_at(rows, row, column)->is_null)
			return true;
	return false;
}

static const char *
class_of(const struct rmn_report_column *column)
{
	switch (column->show) {
	case RMN_SHOW_EVIDENCE: case RMN_SHOW_REASON:
		return "evidence";
	case RMN_SHOW_PATH:
		return "path";
	case RMN_SHOW_HASH:
		return "hash";
	case RMN_SHOW_TIME:
		return "time";
	case RMN_SHOW_WORD:
		return "word";
	default:
		return rmn_report_is_number(column) ? "number" : "text";
	}
}

/* What a cell holds: evidence isolated, a severity coloured, a class with its colour. */
static void
append_content(struct html *h, const struct rmn_report_column *column,
    const struct rmn_report_cell *cell)
{
	bool is_theirs = column->show == RMN_SHOW_EVIDENCE || column->show == RMN_SHOW_REASON ||
	    column->show == RMN_SHOW_PATH;
	bool is_severity = column->show == RMN_SHOW_WORD &&
	    strcmp(column->group, "severity") == 0 && !cell->is_null;

	rmn_buf_clear(&h->plain);
	rmn_report_show(&h->plain, h->model, column, cell);
	if (is_severity)
		rmn_buf_printf(h->text, "<span class=\"sev-%s\">", (const char *)cell->text.data);
	if (column->show == RMN_SHOW_WORD && strcmp(column->group, "class") == 0)
		rmn_buf_printf(h->text, "<span class=\"key c-%s\"></span>",
		    (const char *)cell->text.data);
	if (is_theirs && !cell->is_null)
		rmn_buf_append_string(h->text, "<bdi>");
	rmn_html_escape(h->text, rmn_buf_bytes(&h->plain));
	if (is_theirs && !cell->is_null)
		rmn_buf_append_string(h->text, "</bdi>");
	if (is_severity)
		rmn_buf_append_string(h->text, "</span>");
}

/* What script sorts by where the shown text is no help. */
static void
append_sort_value(struct html *h, const struct rmn_report_column *column,
    const struct rmn_report_cell *cell)
{
	static const char *const severities[] = {"info", "low", "medium", "high", "critical"};
	size_t i;

	if (cell->is_null)
		return;
	if (rmn_report_is_number(column))
		rmn_buf_printf(h->text, " data-value=\"%lld\"", (long long)cell->number);
	if (column->show != RMN_SHOW_WORD || strcmp(column->group, "severity") != 0)
		return;
	for (i = 0; i < sizeof(severities) / sizeof(severities[0]); i++)
		if (strcmp(severities[i], (const char *)cell->text.data) == 0)
			rmn_buf_printf(h->text, " data-value=\"%zu\"", i);
}

static void
append_heading(struct html *h, const struct rmn_report_column *column)
{
	rmn_buf_printf(h->text, "<th scope=\"col\" class=\"%s\">", class_of(column));
	rmn_html_escape(h->text, rmn_bytes_from_string(
		rmn_report_value_word(h->model->options.language, "col", column->name)));
	rmn_buf_append_string(h->text, "</th>");
}

static uint64_t
most_of(const struct rmn_report_rows *rows)
{
	uint64_t most = 1;
	size_t row;

	for (row = 0; row < rows->count; row++)
		if ((uint64_t)cell_at(rows, row, 1)->number > most)
			most = (uint64_t)cell_at(rows, row, 1)->number;
	return most;
}

static void
append_row(struct html *h, const struct rmn_report_rows *rows, size_t row, uint64_t most)
{
	const struct rmn_report_table *table = rows->table;
	size_t column;

	rmn_buf_append_string(h->text, "<tr>");
	for (column = 0; column < table->column_count; column++) {
		const struct rmn_report_column *facts = &table->columns[column];

		if (!is_shown(rows, column))
			continue;
		rmn_buf_printf(h->text, "<td class=\"%s\"", class_of(facts));
		append_sort_value(h, facts, cell_at(rows, row, column));
		rmn_buf_append_char(h->text, '>');
		append_content(h, facts, cell_at(rows, row, column));
		rmn_buf_append_string(h->text, "</td>");
	}
	if (table->is_chart)
		rmn_html_bar(h, (uint64_t)cell_at(rows, row, 1)->number,
		    (uint64_t)cell_at(rows, row, 2)->number, most);
	rmn_buf_append_string(h->text, "</tr>\n");
}

static void
append_records(struct html *h, const struct rmn_report_rows *rows)
{
	const struct rmn_report_table *table = rows->table;
	size_t row, column;

	for (row = 0; row < rows->count; row++) {
		rmn_buf_append_string(h->text, "<dl class=\"record\">\n");
		for (column = 0; column < table->column_count; column++) {
			const struct rmn_report_column *facts = &table->columns[column];
			const struct rmn_report_cell *cell = cell_at(rows, row, column);

			if (cell->is_null)
				continue;
			rmn_buf_append_string(h->text, "<dt>");
			rmn_html_escape(h->text, rmn_bytes_from_string(rmn_report_value_word(
				h->model->options.language, "col", facts->name)));
			rmn_buf_printf(h->text, "</dt><dd class=\"%s\">", class_of(facts));
			append_content(h, facts, cell);
			rmn_buf_append_string(h->text, "</dd>\n");
		}
		rmn_buf_append_string(h->text, "</dl>\n");
	}
}

static void
append_more(struct html *h, const struct rmn_report_rows *rows)
{
	if (rows->count >= rows->total)
		return;
	rmn_buf_append_string(h->text, "<p class=\"note\">");
	rmn_report_show_shown(h->text, rows, h->model->options.language);
	if (rows->table->get_all) {
		rmn_buf_append_char(h->text, ' ');
		rmn_html_word(h, "get_all");
		rmn_buf_printf(h->text, " <code>%s CASE</code>", rows->table->get_all);
	}
	rmn_buf_append_string(h->text, "</p>\n");
}

void
rmn_html_table(struct html *h, const struct rmn_report_rows *rows)
{
	const struct rmn_report_table *table = rows->table;
	uint64_t most = table->is_chart ? most_of(rows) : 0;
	size_t i;

	if (rows->count == 0) {
		rmn_buf_append_string(h->text, "<p>");
		rmn_html_word(h, "none");
		rmn_buf_append_string(h->text, "</p>\n");
		return;
	}
	append_more(h, rows);
	if (table->is_record) {
		append_records(h, rows);
		return;
	}
	rmn_buf_append_string(h->text, "<div class=\"scroll\" tabindex=\"0\"><table");
	rmn_buf_append_string(h->text, table->is_long ? " data-long" : "");
	rmn_buf_append_string(h->text, ">\n<thead><tr>");
	for (i = 0; i < table->column_count; i++)
		if (is_shown(rows, i))
			append_heading(h, &table->columns[i]);
	rmn_buf_append_string(h->text, table->is_chart ? "<th></th></tr></thead>\n<tbody>\n" :
							 "</tr></thead>\n<tbody>\n");
	for (i = 0; i < rows->count; i++)
		append_row(h, rows, i, most);
	rmn_buf_append_string(h->text, "</tbody>\n</table></div>\n");
}
