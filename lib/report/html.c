/* SPDX-License-Identifier: MIT
 *
 * The report as one HTML file that needs nothing else: no network (the policy in its head forbids
 * it), and no script for reading.  Everything from evidence is escaped and isolated from the
 * direction of the text around it. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "report/html_private.h"
#include "report/report.h"
#include "report/show.h"

static const char style[] =
#include "report/style.inc"
    ;
static const char script[] =
#include "report/script.inc"
    ;

void
rmn_html_escape(struct rmn_buf *text, struct rmn_bytes plain)
{
	size_t i;

	for (i = 0; i < plain.size; i++) {
		switch (plain.data[i]) {
		case '<':
			rmn_buf_append_string(text, "&lt;");
			break;
		case '>':
			rmn_buf_append_string(text, "&gt;");
			break;
		case '&':
			rmn_buf_append_string(text, "&amp;");
			break;
		case '"':
			rmn_buf_append_string(text, "&quot;");
			break;
		case '\'':
			rmn_buf_append_string(text, "&#39;");
			break;
		default:
			rmn_buf_append_char(text, (char)plain.data[i]);
		}
	}
}

void
rmn_html_word(struct html *h, const char *key)
{
	rmn_html_escape(h->text,
	    rmn_bytes_from_string(rmn_report_word(h->model->options.language, key)));
}

static void
grouped_word(struct html *h, const char *group, const char *name)
{
	rmn_html_escape(h->text, rmn_bytes_from_string(
		rmn_report_value_word(h->model->options.language, group, name)));
}

void
rmn_html_section(struct html *h, const char *name)
{
	rmn_buf_printf(h->text, "<section id=\"%s\">\n<h2>", name);
	grouped_word(h, "section", name);
	rmn_buf_append_string(h->text, "</h2>\n");
}

static void
paragraph(struct html *h, const char *class_name, const char *key)
{
	rmn_buf_printf(h->text, "<p class=\"%s\">", class_name);
	rmn_html_word(h, key);
	rmn_buf_append_string(h->text, "</p>\n");
}

/* Of the script, for the policy: base64 as CSP wants it. */
static void
append_script_hash(struct rmn_buf *text)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char digest[RMN_SHA256_BYTES + 1] = {0};	/* padded to whole threes */
	size_t i;

	rmn_sha256_once(rmn_bytes_from_string(script), digest);
	for (i = 0; i < sizeof(digest); i += 3) {
		unsigned group = (unsigned)digest[i] << 16 | (unsigned)digest[i + 1] << 8 |
		    digest[i + 2];

		rmn_buf_append_char(text, digits[group >> 18 & 63]);
		rmn_buf_append_char(text, digits[group >> 12 & 63]);
		rmn_buf_append_char(text, digits[group >> 6 & 63]);
		if (i + 3 < sizeof(digest))
			rmn_buf_append_char(text, digits[group & 63]);
	}
	rmn_buf_append_char(text, '=');
}

static void
append_head(struct html *h)
{
	rmn_buf_printf(h->text, "<!DOCTYPE html>\n<html lang=\"%s\" data-filter=\"",
	    h->model->options.language == RMN_JAPANESE ? "ja" : "en");
	rmn_html_word(h, "filter");
	rmn_buf_append_string(h->text, "\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"
		" style-src 'unsafe-inline'; script-src 'sha256-");
	append_script_hash(h->text);
	rmn_buf_append_string(h->text, "'; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n"
		"<meta name=\"robots\" content=\"noindex\">\n<title>");
	rmn_html_word(h, "title.inventory");
	rmn_buf_append_string(h->text, "</title>\n<style>\n");
	rmn_buf_append_string(h->text, style);
	rmn_buf_append_string(h->text, "</style>\n</head>\n<body>\n<header>\n<h1>");
	rmn_html_word(h, "title.inventory");
	rmn_buf_append_string(h->text, "</h1>\n");
	paragraph(h, "lead", "lead.inventory");
}

static void
meta_time(struct html *h, const char *key, const char *rfc3339)
{
	rmn_buf_append_string(h->text, "<span>");
	rmn_html_word(h, key);
	rmn_buf_append_string(h->text, ": ");
	rmn_report_show_time(h->text, h->model->options.language, rmn_bytes_from_string(rfc3339));
	rmn_buf_append_string(h->text, "</span> ");
}

static void
append_meta(struct html *h)
{
	char generated[RMN_TIME_TEXT_BYTES];

	rmn_time_text(h->model->options.generated, generated);
	rmn_buf_append_string(h->text, "<p class=\"meta\">");
	meta_time(h, "generated", generated);
	meta_time(h, "case_made", h->model->case_made);
	rmn_buf_append_string(h->text, "<span>");
	rmn_html_word(h, "tool");
	rmn_buf_append_string(h->text, ": remnant " RMN_VERSION "</span> <span>");
	rmn_html_word(h, "utc");
	rmn_buf_append_string(h->text, "</span> <span>");
	rmn_html_word(h, "masked");
	rmn_buf_append_string(h->text, "</span></p>\n");
	if (h->model->is_unfinished)
		paragraph(h, "banner", "unfinished_banner");
	if (h->model->is_incomplete)
		paragraph(h, "banner", "incomplete_banner");
	if (h->model->hash_differs)
		paragraph(h, "banner", "hash_differs");
	rmn_buf_append_string(h->text, "</header>\n");
}

static void
contents_entry(struct html *h, const char *name)
{
	rmn_buf_printf(h->text, "<li><a href=\"#%s\">", name);
	grouped_word(h, "section", name);
	rmn_buf_append_string(h->text, "</a></li>\n");
}

static void
append_contents(struct html *h)
{
	size_t i;

	rmn_buf_append_string(h->text, "<nav aria-label=\"");
	rmn_html_word(h, "contents");
	rmn_buf_append_string(h->text, "\"><ul>\n");
	for (i = 0; i < rmn_report_table_count; i++)
		contents_entry(h, rmn_report_tables[i].name);
	contents_entry(h, "limitations");
	rmn_buf_append_string(h->text, "</ul></nav>\n");
}

static void
append_figures(struct html *h)
{
	size_t i;

	rmn_html_section(h, "figures");
	rmn_buf_append_string(h->text, "<dl class=\"figures\">\n");
	for (i = 0; i < h->model->figure_count; i++) {
		const struct rmn_report_figure *figure = &h->model->figures[i];
		bool is_bytes = strstr(figure->name, "_bytes") != NULL;

		rmn_buf_append_string(h->text,
		    is_bytes ? "<div class=\"bytes\"><dt>" : "<div><dt>");
		grouped_word(h, "figure", figure->name);
		rmn_buf_append_string(h->text, "</dt><dd>");
		if (!figure->is_known)
			rmn_html_word(h, "unknown");
		else if (is_bytes)
			rmn_report_show_bytes(h->text, (uint64_t)figure->value);
		else if (strstr(figure->name, "_year"))
			rmn_buf_printf(h->text, "%lld", (long long)figure->value);
		else
			rmn_report_show_count(h->text, (uint64_t)figure->value);
		rmn_buf_append_string(h->text, "</dd></div>\n");
	}
	rmn_buf_append_string(h->text, "</dl>\n");
	paragraph(h, "lead", "nothing_found");
	rmn_buf_append_string(h->text, "</section>\n");
}

static void
append_table_section(struct html *h, const struct rmn_report_rows *rows)
{
	const char *name = rows->table->name;
	char key[64];

	snprintf(key, sizeof(key), "intro.%s", name);
	rmn_html_section(h, name);
	if (rmn_report_find_word(h->model->options.language, key))
		paragraph(h, "note", key);
	if (strcmp(name, "unexamined") == 0)
		paragraph(h, "note", "nothing_found");
	if (strcmp(name, "coverage") == 0)
		rmn_html_coverage_bars(h, rows);
	rmn_html_table(h, rows);
	rmn_buf_append_string(h->text, "</section>\n");
	if (strcmp(name, "coverage") == 0 && h->model->map_count > 0) {
		rmn_html_section(h, "map");
		paragraph(h, "note", "intro.map");
		rmn_html_maps(h);
		rmn_buf_append_string(h->text, "</section>\n");
	}
}

static void
append_limitations(struct html *h)
{
	size_t i;

	rmn_html_section(h, "limitations");
	rmn_buf_append_string(h->text, "<ul>\n");
	for (i = 0; rmn_report_limitations[i]; i++) {
		rmn_buf_append_string(h->text, "<li>");
		rmn_html_word(h, rmn_report_limitations[i]);
		rmn_buf_append_string(h->text, "</li>\n");
	}
	rmn_buf_append_string(h->text, "</ul>\n</section>\n");
}

static void
render(const struct rmn_report_model *model, struct rmn_buf *text)
{
	struct html h = {.model = model, .text = text};
	size_t i;

	rmn_buf_init(&h.plain, 0);
	append_head(&h);
	append_meta(&h);
	append_contents(&h);
	rmn_buf_append_string(text, "<main>\n");
	append_figures(&h);
	for (i = 0; i < rmn_report_table_count; i++)
		append_table_section(&h, &model->rows[i]);
	append_limitations(&h);
	rmn_buf_append_string(text, "</main>\n<script>");
	rmn_buf_append_string(text, script);
	rmn_buf_append_string(text, "</script>\n</body>\n</html>\n");
	text->failed = text->failed || h.plain.failed;
	rmn_buf_release(&h.plain);
}

const struct rmn_report_format rmn_report_html = {.name = "html", .render = render};
