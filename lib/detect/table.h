/* SPDX-License-Identifier: MIT
 *
 * Tables: what the header says of each column. */
#ifndef RMN_DETECT_TABLE_H
#define RMN_DETECT_TABLE_H

#include "detect/line.h"

#define RMN_TABLE_COLUMNS 128u
#define RMN_TABLE_HEADER_ROWS 10u
#define RMN_TABLE_SAMPLE_ROWS 200u	/* that the column test looks at */

struct rmn_table {
	char delimiter;			/* 0: no table */
	bool is_announced;
	bool has_header;
	bool opens_rows;		/* a column whose cells must all be looked at */
	unsigned rows_seen;
	bool is_sampled;		/* the column test was made */
	size_t column_count;
	struct rmn_column columns[RMN_TABLE_COLUMNS];
};

void rmn_table_begin(struct rmn_table *table, char delimiter);

/* Takes the row as the header when at least `least` of its cells name columns and none looks like a
 * value. */
bool rmn_table_try_header(struct rmn_table *table, const struct rmn_rules *rules,
    struct rmn_bytes row, char delimiter, unsigned least);

/* Cells by column and rule: how many have a shape of the rule, and how many of those pass its
 * check (DOMAIN 0.4). */
struct rmn_table_sample {
	struct { uint16_t shaped, passed; } cells[RMN_TABLE_COLUMNS][RMN_RULES_MAX];
	size_t column_count;
};

void rmn_table_sample_row(struct rmn_table_sample *sample, const struct rmn_rules *rules,
    struct rmn_bytes row, char delimiter);

/* Marks the columns whose cells pass far more often than chance would have it. */
void rmn_table_test(struct rmn_table *table, const struct rmn_rules *rules,
    const struct rmn_table_sample *sample);

/* The number of cells of a row. */
size_t rmn_table_cells(struct rmn_bytes row, char delimiter);

/* The delimiter that a line of text seems to have; 0 when it has fewer than two of any. */
char rmn_table_delimiter(struct rmn_bytes row);

#endif
