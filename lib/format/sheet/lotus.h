/* SPDX-License-Identifier: MIT
 *
 * Private to sheet/lotus*.c: workbooks of Lotus 1-2-3 and Quattro Pro. */
#ifndef RMN_FORMAT_LOTUS_H
#define RMN_FORMAT_LOTUS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "format/format.h"
#include "format/text.h"

/* How a record says where its cell is. */
enum lotus_family {
	LOTUS_OLD,	/* 1-2-3 release 1 and 2, Symphony (.wks, .wk1): format, column, row */
	LOTUS_NEW,	/* release 3 to 9 (.wk3, .wk4, .123): row, sheet, column */
	LOTUS_QUATTRO,	/* Quattro Pro for Windows (.wb1, .wb2): column, sheet, row, style */
};

struct lotus_cell {
	uint32_t order;		/* in the file */
	uint16_t row;
	uint8_t sheet, column;
	bool is_text, is_date;	/* its own format says so */
	double number;
	struct rmn_bytes text;	/* in the content, as stored */
};

struct lotus_columns {
	uint8_t are_dates[32];	/* a bit a column */
};

struct lotus {
	enum lotus_family family;
	struct rmn_text *text;
	struct rmn_arena *arena;
	struct rmn_buf cells;	/* struct lotus_cell */
	struct rmn_buf words;	/* the texts of all cells: by them the encoding is guessed */
	struct rmn_buf columns;	/* struct lotus_columns */
	uint32_t *rows[256];	/* by sheet: which of columns a row has, from 1 */
	struct rmn_bytes names[256];	/* of sheets, as stored */
	struct rmn_bytes header, footer;
	bool is_short_of_memory;
};

/* Takes a record that is a cell; false when it is none.  *is_cut: it is one, and too short. */
bool lotus_cell_take(struct lotus *l, uint16_t code, struct rmn_bytes body, bool *is_cut);

/* A row's formats (release 3 and 4). */
void lotus_formats_take(struct lotus *l, struct rmn_bytes body);
bool lotus_is_date(const struct lotus *l, const struct lotus_cell *cell);

/* Gives everything that was taken: sheets as parts, rows as lines. */
void lotus_give(struct lotus *l);

#endif
