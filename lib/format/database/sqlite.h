/* SPDX-License-Identifier: MIT
 *
 * One SQLite database while it is read: pages, the walk through trees, the rows of tables. */
#ifndef RMN_FORMAT_SQLITE_H
#define RMN_FORMAT_SQLITE_H

#include "base/buf.h"
#include "format/format.h"
#include "format/database/sqlite_create.h"
#include "format/database/sqlite_page.h"

/* Inner pages above each other; SQLite itself gives up there. */
#define RMN_SQLITE_DEPTH_MAX 20u

/* Who has a page.  From RMN_SQLITE_OWNED on: a leaf of the table with that number. */
enum { RMN_SQLITE_UNSEEN, RMN_SQLITE_TAKEN, RMN_SQLITE_OWNED };

struct rmn_sqlite_table {
	struct rmn_bytes name;		/* UTF-8 */
	struct rmn_sqlite_create create;
	uint32_t root;
	bool is_index;
};

struct rmn_sqlite {
	const struct rmn_format_input *input;
	const struct rmn_sink *sink;
	struct rmn_error *error;
	struct rmn_text text;
	struct rmn_sqlite_shape shape;
	uint32_t page_count;		/* that are there */
	uint32_t *owners;		/* by page number less one */
	struct rmn_sqlite_table *tables;
	size_t table_count, table_room;
	unsigned char *pages[RMN_SQLITE_DEPTH_MAX];	/* memory where content is not in memory */
	unsigned char *spare;		/* one page more */
	struct rmn_buf payload;
	uint64_t damage;		/* pages and rows that could not be read */
	uint32_t member_count, member_left_out;
};

/* A page's bytes, valid until the next call with this memory; fewer than a page at the end. */
struct rmn_bytes rmn_sqlite_page_load(struct rmn_sqlite *s, uint32_t number,
    unsigned char **memory);

/* Called for each record of a tree, in order; the payload is valid for the call. */
typedef void rmn_sqlite_visit(struct rmn_sqlite *s, void *context, int64_t row,
    struct rmn_bytes payload);

/* Walks the tree below root.  visit NULL: its pages are only marked.  Leaves are marked as owner's. */
void rmn_sqlite_walk(struct rmn_sqlite *s, uint32_t root, bool is_table, uint32_t owner,
    rmn_sqlite_visit *visit, void *context);

/* The rows of a table as a part; cells that are documents become members (sqlite_rows.c). */
void rmn_sqlite_table_put(struct rmn_sqlite *s, const struct rmn_sqlite_table *table,
    uint32_t owner);

#endif
