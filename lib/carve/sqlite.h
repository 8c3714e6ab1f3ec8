/* SPDX-License-Identifier: MIT
 *
 * A database of SQLite (file format 3, sqlite.org/fileformat2.html) while it is walked. */
#ifndef RMN_CARVE_SQLITE_H
#define RMN_CARVE_SQLITE_H

#include "base/arena.h"
#include "carve/carve.h"

#define SQLITE_PAGE_MAX 65536u

struct sqlite_task {
	uint32_t page;
	bool is_table, is_schema;
	int64_t above, bound;	/* a table's rows are above the one, up to the other */
};

struct sqlite {
	const struct rmn_view *view;
	struct rmn_carve_tools *tools;
	struct rmn_arena *arena;
	uint32_t page_bytes, usable_bytes;
	uint32_t stated;		/* pages, by the header; 0: it does not say */
	uint32_t limit;			/* no page number is above it */
	uint32_t freelist, free_count;
	bool has_pointer_maps;
	uint64_t *seen;			/* a bit a page */
	uint32_t seen_count, highest;
	struct sqlite_task *tasks;	/* still to be walked; grows by doubling in the arena */
	size_t task_count, task_capacity;
	uint32_t broken, good;		/* pages: the lowest that is wrong (0: none); the highest of
					 * those that are surely right, below it */
	struct sqlite_task missing;	/* the tree's page at broken; page 0: it is none of a tree */
	uint8_t *checked;		/* a bit a page: it described itself well */
};

/* Reads the header; false when there is none.  sqlite_release frees. */
bool sqlite_open(struct sqlite *s, const struct rmn_view *view, struct rmn_carve_tools *tools);
void sqlite_release(struct sqlite *s);

/* Follows every tree, overflow chain and the list of free pages. */
void sqlite_follow(struct sqlite *s);

/* Whether a b-tree page stands in these page_bytes (from: 100 on the first page, else 0). */
bool sqlite_page_fits(const struct sqlite *s, const unsigned char *page, uint32_t from);

/* Whether the rows on a page that fits are those that the task asks for. */
bool sqlite_rows_fit(const struct sqlite *s, const struct sqlite_task *task,
    const unsigned char *page);

#endif
