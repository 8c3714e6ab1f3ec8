/* SPDX-License-Identifier: MIT
 *
 * What a report says, before it is put into a format: tables filled from the views of a case by
 * SQL, figures, and the map of each medium.  Every format is made from this and nothing else. */
#ifndef RMN_REPORT_MODEL_H
#define RMN_REPORT_MODEL_H

#include "base/arena.h"
#include "report/words.h"
#include "store/case.h"

#define RMN_REPORT_MAP_CELLS 300u

struct rmn_report_options {
	enum rmn_report_language language;
	int64_t generated;		/* time shown as "report made" */
	unsigned findings_per_rule;	/* shown with their places */
	unsigned documents;		/* shown one by one */
};

/* How a cell is shown.  EVIDENCE and PATH are text of others: escaped and isolated. */
enum rmn_report_show {
	RMN_SHOW_EVIDENCE,
	RMN_SHOW_PATH,
	RMN_SHOW_HASH,
	RMN_SHOW_REASON,	/* why something was not examined; evidence may be in it */
	RMN_SHOW_TITLE,		/* our own text */
	RMN_SHOW_COUNT,
	RMN_SHOW_BYTES,
	RMN_SHOW_TIME,
	RMN_SHOW_WORD,		/* value of the group that .group names */
	RMN_SHOW_BOOL,
	RMN_SHOW_SHARE,		/* per ten thousand, shown as per cent and as a bar */
};

struct rmn_report_column {
	const char *name;	/* key in JSON and CSV; "col.NAME" is the heading */
	enum rmn_report_show show;
	const char *group;	/* of SHOW_WORD */
};

/* One row a section of the page, in order. */
struct rmn_report_table {
	const char *name;			/* "section.NAME" is the title */
	const struct rmn_report_column *columns;
	size_t column_count;
	const char *sql;			/* ?1 language, ?2 limit, ?3 rule id */
	const char *total_sql;			/* how many rows there were without the limit */
	const char *get_all;			/* command after the case's path that gives all */
	bool per_rule;				/* sql is run for every rule */
	bool is_chart;				/* first column label, second number: drawn too */
	bool is_record;				/* few rows of many columns: shown as lists */
	bool is_long;				/* gets a filter */
};
extern const struct rmn_report_table rmn_report_tables[];
extern const size_t rmn_report_table_count;

struct rmn_report_cell {
	bool is_null;
	int64_t number;
	struct rmn_bytes text;	/* of a number too */
};

struct rmn_report_rows {
	const struct rmn_report_table *table;
	struct rmn_report_cell *cells;		/* count * table->column_count */
	size_t count;
	uint64_t total;
};

struct rmn_report_figure {
	const char *name;	/* "figure.NAME" is the label */
	bool is_known;
	int64_t value;
};

struct rmn_report_map {
	const char *source;	/* name */
	uint64_t size_bytes;
	struct rmn_report_map_cell {
		uint64_t used_bytes, gone_bytes;	/* of items: in use; deleted, lost, carved */
		double findings;
		unsigned severity;
	} cells[RMN_REPORT_MAP_CELLS];
};

struct rmn_report_model {
	struct rmn_report_options options;
	struct rmn_arena *arena;
	const char *case_path;			/* as given; borrowed */
	const char *case_made, *program_version;
	bool keeps_values;
	bool is_unfinished, is_incomplete, hash_differs;
	struct rmn_report_rows *rows;		/* one of each table, in their order */
	struct rmn_report_figure *figures;
	size_t figure_count;
	struct rmn_report_map *maps;
	size_t map_count;
};

/* The model owns all it points to but case_path. */
enum rmn_status rmn_report_model_new(struct rmn_case *c, const char *case_path,
    const struct rmn_report_options *options, struct rmn_report_model **model,
    struct rmn_error *error);
void rmn_report_model_free(struct rmn_report_model *model);	/* takes NULL */

const struct rmn_report_rows *rmn_report_find_rows(const struct rmn_report_model *model,
    const char *name);
int64_t rmn_report_figure(const struct rmn_report_model *model, const char *name);

/* Categories of rules whose findings are neither personal data nor secrets. */
#define RMN_REPORT_OTHER_CATEGORIES "marking", "keyword", "organisation_id"

/* The keys of limitations, NULL at the end. */
extern const char *const rmn_report_limitations[];

#endif
