/* SPDX-License-Identifier: MIT
 *
 * What the files of the HTML report share. */
#ifndef RMN_REPORT_HTML_PRIVATE_H
#define RMN_REPORT_HTML_PRIVATE_H

#include "base/buf.h"
#include "report/model.h"

/* One page under construction. */
struct html {
	const struct rmn_report_model *model;
	struct rmn_buf *text;
	struct rmn_buf plain;	/* a cell before it is escaped */
};

void rmn_html_escape(struct rmn_buf *text, struct rmn_bytes plain);
void rmn_html_word(struct html *h, const char *key);
void rmn_html_section(struct html *h, const char *name);	/* <section> and its title */

/* html_table.c: a table, or a list of records; html_draw.c: the pictures. */
void rmn_html_table(struct html *h, const struct rmn_report_rows *rows);
void rmn_html_coverage_bars(struct html *h, const struct rmn_report_rows *rows);
void rmn_html_maps(struct html *h);
/* The bar of one row of a chart, in a cell: value of most, and the darker part of it. */
void rmn_html_bar(struct html *h, uint64_t value, uint64_t part, uint64_t most);

#endif
