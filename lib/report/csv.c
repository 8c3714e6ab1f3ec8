/* SPDX-License-Identifier: MIT
 *
 * The report as CSV: every line starts with the name of its section, and every section with a
 * line of its column names.  A byte order mark, because spreadsheets take UTF-8 for the local
 * encoding without one. */
#include "report/report.h"
#include "store/csv.h"

static void
append_text(struct rmn_buf *text, const char *field)
{
	rmn_buf_append_char(text, ',');
	rmn_csv_append_field(text, rmn_bytes_from_string(field));
}

static void
append_table(const struct rmn_report_rows *rows, struct rmn_buf *text)
{
	const struct rmn_report_table *table = rows->table;
	size_t i, column;

	rmn_buf_append_string(text, table->name);
	for (column = 0; column < table->column_count; column++)
		append_text(text, table->columns[column].name);
	rmn_buf_append_string(text, "\r\n");
	for (i = 0; i < rows->count; i++) {
		rmn_buf_append_string(text, table->name);
		for (column = 0; column < table->column_count; column++) {
			const struct rmn_report_cell *cell =
			    &rows->cells[i * table->column_count + column];

			rmn_buf_append_char(text, ',');
			rmn_csv_append_field(text, cell->text);
		}
		rmn_buf_append_string(text, "\r\n");
	}
}

static void
render(const struct rmn_report_model *model, struct rmn_buf *text)
{
	size_t i;

	rmn_buf_append_string(text, "\xEF\xBB\xBF" "figures,name,value\r\n");
	for (i = 0; i < model->figure_count; i++) {
		const struct rmn_report_figure *figure = &model->figures[i];

		rmn_buf_printf(text, "figures,%s,", figure->name);
		if (figure->is_known)
			rmn_buf_printf(text, "%lld", (long long)figure->value);
		rmn_buf_append_string(text, "\r\n");
	}
	for (i = 0; i < rmn_report_table_count; i++)
		append_table(&model->rows[i], text);
	rmn_buf_append_string(text, "limitations,text\r\n");
	for (i = 0; rmn_report_limitations[i]; i++) {
		rmn_buf_append_string(text, "limitations");
		append_text(text,
		    rmn_report_word(model->options.language, rmn_report_limitations[i]));
		rmn_buf_append_string(text, "\r\n");
	}
}

const struct rmn_report_format rmn_report_csv = {.name = "csv", .render = render};
