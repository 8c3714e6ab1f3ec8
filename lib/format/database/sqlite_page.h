/* SPDX-License-Identifier: MIT
 *
 * Pages, cells and records of SQLite (sqlite.org/fileformat2.html 1.6 and 2.1).  All bytes are
 * borrowed from the page. */
#ifndef RMN_FORMAT_SQLITE_PAGE_H
#define RMN_FORMAT_SQLITE_PAGE_H

#include "base/bytes.h"
#include "base/encoding.h"
#include "format/text.h"

#define RMN_SQLITE_HEADER_BYTES 100u

enum rmn_sqlite_kind {
	RMN_SQLITE_INDEX_INNER = 2,
	RMN_SQLITE_TABLE_INNER = 5,
	RMN_SQLITE_INDEX_LEAF = 10,
	RMN_SQLITE_TABLE_LEAF = 13,
};

/* What all pages of a file share. */
struct rmn_sqlite_shape {
	uint32_t page_bytes;
	uint32_t usable_bytes;
	enum rmn_encoding encoding;	/* of text */
};

/* Reads the file's header; false when it cannot be one. */
bool rmn_sqlite_shape_read(struct rmn_bytes head, struct rmn_sqlite_shape *shape);

/* A big-endian number of 1 to 9 bytes; 0 when bytes end before it does. */
size_t rmn_sqlite_varint(struct rmn_bytes bytes, uint64_t *value);

struct rmn_sqlite_page {
	struct rmn_bytes bytes;		/* the usable ones */
	uint32_t from;			/* where its header starts: 100 on page 1 */
	enum rmn_sqlite_kind kind;
	uint32_t cell_count;
	uint32_t array;			/* of cell offsets */
	uint32_t content;		/* where cells start; between the array and this is nothing */
	uint32_t right_child;		/* of inner pages */
};

/* False when it is no page of a tree. */
bool rmn_sqlite_page_open(const struct rmn_sqlite_shape *shape, struct rmn_bytes bytes,
    uint32_t number, struct rmn_sqlite_page *page);

struct rmn_sqlite_cell {
	uint32_t child;			/* of inner pages */
	uint64_t payload_bytes;
	int64_t row;			/* of tables */
	struct rmn_bytes local;		/* the part of the payload that is on the page */
	uint32_t overflow;		/* page where it goes on, or 0 */
	uint32_t start, end;		/* on the page */
};

bool rmn_sqlite_cell_read(const struct rmn_sqlite_shape *shape,
    const struct rmn_sqlite_page *page, uint32_t index, struct rmn_sqlite_cell *cell);

/* The same for a cell of this kind at an offset: of cells that no array points to. */
bool rmn_sqlite_cell_at(const struct rmn_sqlite_shape *shape, struct rmn_bytes bytes,
    enum rmn_sqlite_kind kind, uint32_t at, struct rmn_sqlite_cell *cell);

enum rmn_sqlite_type {
	RMN_SQLITE_NULL,
	RMN_SQLITE_INTEGER,
	RMN_SQLITE_REAL,
	RMN_SQLITE_TEXT,
	RMN_SQLITE_BLOB,
};

struct rmn_sqlite_value {
	enum rmn_sqlite_type type;
	int64_t integer;
	double real;
	struct rmn_bytes bytes;		/* of text and blobs: those that are there */
	bool is_cut;			/* the payload ended before it */
};

struct rmn_sqlite_record {
	struct rmn_bytes types;		/* what is left of the header */
	struct rmn_bytes body;		/* what is left of the values */
	bool is_damaged;
};

bool rmn_sqlite_record_open(struct rmn_bytes payload, struct rmn_sqlite_record *record);

/* The next value; false at the end, or where the record is damaged. */
bool rmn_sqlite_record_next(struct rmn_sqlite_record *record, struct rmn_sqlite_value *value);

/* How many bytes a value of this serial type has; false for types that are never stored. */
bool rmn_sqlite_type_bytes(uint64_t type, uint64_t *size_bytes);

/* A value as the text of a cell.  Of a blob: its text, or the runs of text in it. */
void rmn_sqlite_value_put(struct rmn_text *text, const struct rmn_sqlite_value *value,
    enum rmn_encoding encoding);

#endif
