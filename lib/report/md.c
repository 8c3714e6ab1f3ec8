/* SPDX-License-Identifier: MIT
 *
 * The report as Markdown (tables of GitHub's kind).  Evidence cannot start markup: every character
 * that could is escaped. */
#include <string.h>

#include "report/report.h"
#include "report/show.h"

static void
append_escaped(struct rmn_buf *text, struct rmn_bytes plain)
{
	size_t i;

	for (i = 0; i < plain.size; i++) {
		if (plain.data[i] == '<')
			rmn_buf_append_string(text, "&lt;");
		else if (plain.data[i] == '&')
			rmn_buf_append_string(text, "&amp;");
		else if (strchr("\\`*_[]>|~#", plain.data[i]))
			rmn_buf_printf(text, "\\%c", plain.data[i]);
		else
			rmn_buf_append_char(text, (char)plain.data[i]);
	}
}

static void
append_word(struct rmn_buf *text, const struct rmn_report_model *model, const char *group,
    const char *name)
{
	append_escaped(text, rmn_bytes_from_string(
		rmn_report_value_word(model->options.language, group, name)));
}

static void
append_cells(const struct rmn_report_model *model, const struct rmn_report_rows *rows, size_t row,
    struct rmn_buf *text)
{
	const struct rmn_report_table *table = rows->table;
	struct rmn_buf plain;
	size_t i;

	rmn_buf_init(&plain, 0);
	for (i = 0; i < table->column_count; i++) {
		rmn_buf_clear(&plain);
		rmn_report_show(&plain, model, &table->columns[i],
		    &rows->cells[row * table->column_count + i]);
		rmn_buf_append_string(text, "| ");
		append_escaped(text, rmn_buf_bytes(&plain));
		rmn_buf_append_char(text, ' ');
	}
	rmn_buf_append_string(text, "|\n");
	rmn_buf_release(&plain);
}

static void
append_table(const struct rmn_report_model *model, const struct rmn_report_rows *rows,
    struct rmn_buf *text)
{
	const struct rmn_report_table *table = rows->table;
	size_t i;

	rmn_buf_append_string(text, "\n## ");
	append_word(text, model, "section", table->name);
	rmn_buf_append_string(text, "\n\n");
	if (rows->count == 0) {
		rmn_buf_printf(text, "%s\n", rmn_report_word(model->options.language, "none"));
		return;
	}
	for (i = 0; i < table->column_count; i++) {
		rmn_buf_append_string(text, "| ");
		append_word(text, model, "col", table->columns[i].name);
		rmn_buf_append_char(text, ' ');
	}
	rmn_buf_append_string(text, "|\n");
	for (i = 0; i < table->column_count; i++)
		rmn_buf_append_string(text,
		    rmn_report_is_number(&table->columns[i]) ? "|---:" : "|---");
	rmn_buf_append_string(text, "|\n");
	for (i = 0; i < rows->count; i++)
		append_cells(model, rows, i, text);
	if (rows->count < rows->total) {
		rmn_buf_append_char(text, '\n');
		rmn_report_show_shown(text, rows, model->options.language);
		rmn_buf_printf(text, " %s `%s`\n",
		    rmn_report_word(model->options.language, "get_all"), table->get_all);
	}
}

static void
render(const struct rmn_report_model *model, struct rmn_buf *text)
{
	enum rmn_report_language language = model->options.language;
	char time[RMN_TIME_TEXT_BYTES];
	size_t i;

	rmn_time_text(model->options.generated, time);
	rmn_buf_printf(text, "# %s\n\n%s\n\n- %s: ", rmn_report_word(language, "title.inventory"),
	    rmn_report_word(language, "lead.inventory"), rmn_report_word(language, "generated"));
	rmn_report_show_time(text, language, rmn_bytes_from_string(time));
	rmn_buf_printf(text, "\n- %s: remnant %s\n- %s\n- %s\n",
	    rmn_report_word(language, "tool"), RMN_VERSION, rmn_report_word(language, "utc"),
	    rmn_report_word(language, "masked"));
	if (model->is_unfinished)
		rmn_buf_printf(text, "\n**%s**\n", rmn_report_word(language, "unfinished_banner"));
	if (model->is_incomplete)
		rmn_buf_printf(text, "\n**%s**\n", rmn_report_word(language, "incomplete_banner"));
	if (model->hash_differs)
		rmn_buf_printf(text, "\n**%s**\n", rmn_report_word(language, "hash_differs"));
	rmn_buf_printf(text, "\n## %s\n\n", rmn_report_word(language, "section.figures"));
	for (i = 0; i < model->figure_count; i++) {
		rmn_buf_append_string(text, "- ");
		append_word(text, model, "figure", model->figures[i].name);
		rmn_buf_append_string(text, ": ");
		if (!model->figures[i].is_known)
			rmn_buf_append_string(text, rmn_report_word(language, "unknown"));
		else if (strstr(model->figures[i].name, "year"))
			rmn_buf_printf(text, "%lld", (long long)model->figures[i].value);
		else
			rmn_report_show_count(text, (uint64_t)model->figures[i].value);
		rmn_buf_append_char(text, '\n');
	}
	rmn_buf_printf(text, "\n%s\n", rmn_report_word(language, "nothing_found"));
	for (i = 0; i < rmn_report_table_count; i++)
		append_table(model, &model->rows[i], text);
	rmn_buf_printf(text, "\n## %s\n\n", rmn_report_word(language, "section.limitations"));
	for (i = 0; rmn_report_limitations[i]; i++)
		rmn_buf_printf(text, "- %s\n",
		    rmn_report_word(language, rmn_report_limitations[i]));
}

const struct rmn_report_format rmn_report_md = {.name = "md", .render = render};
