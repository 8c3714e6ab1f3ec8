/* SPDX-License-Identifier: MIT
 *
 * Reports over a case.  A format is one file and one line here. */
#ifndef RMN_REPORT_REPORT_H
#define RMN_REPORT_REPORT_H

#include "base/buf.h"
#include "report/model.h"

struct rmn_report_format {
	const char *name;
	void (*render)(const struct rmn_report_model *model, struct rmn_buf *text);
};
extern const struct rmn_report_format rmn_report_html, rmn_report_json, rmn_report_csv,
    rmn_report_md;

/* What the JSON of the inventory looks like: a JSON Schema. */
extern const char rmn_report_schema[];

#endif
