/* SPDX-License-Identifier: MIT
 *
 * What a CREATE TABLE statement says about the records of its table (sqlite.org/lang_createtable.html,
 * and fileformat2.html 2.4 for tables without row numbers). */
#ifndef RMN_FORMAT_SQLITE_CREATE_H
#define RMN_FORMAT_SQLITE_CREATE_H

#include "base/arena.h"
#include "base/bytes.h"

/* What SQLite allows where nobody changed it; names behind that are not read. */
#define RMN_SQLITE_COLUMNS_MAX 2000u

struct rmn_sqlite_column {
	struct rmn_bytes name;		/* without quotes; borrowed from the statement */
	bool is_integer;		/* declared so */
	bool is_row;			/* the primary key of a table is its row number: stored as NULL */
	bool is_virtual;		/* calculated, and not stored */
	unsigned key;			/* place in the primary key from 1; 0: not in it */
	unsigned place;			/* in the record; of those that are stored */
};

struct rmn_sqlite_create {
	struct rmn_sqlite_column *columns;
	unsigned count;
	bool without_rowid;
};

/* Reads the statement (UTF-8); false when it is none, or without memory. */
bool rmn_sqlite_create_read(struct rmn_bytes sql, struct rmn_arena *arena,
    struct rmn_sqlite_create *create);

#endif
