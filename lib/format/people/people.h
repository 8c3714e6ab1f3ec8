/* SPDX-License-Identifier: MIT
 *
 * Records about people as rows of one sheet: the columns are always the same and named in its first row, so
 * that whoever searches the rows knows what each cell is and which cells are of one person. */
#ifndef RMN_FORMAT_PEOPLE_H
#define RMN_FORMAT_PEOPLE_H

#include "base/buf.h"
#include "format/text.h"

enum rmn_people_column {
	RMN_PEOPLE_NAME,
	RMN_PEOPLE_KANA,
	RMN_PEOPLE_COMPANY,
	RMN_PEOPLE_DEPARTMENT,
	RMN_PEOPLE_TITLE,
	RMN_PEOPLE_PHONE,
	RMN_PEOPLE_EMAIL,
	RMN_PEOPLE_ADDRESS,
	RMN_PEOPLE_BIRTHDAY,
	RMN_PEOPLE_NOTES,
	RMN_PEOPLE_OTHER,	/* "field: value; field: value" */
	RMN_PEOPLE_COLUMNS,
	/* Halves of a name: they are the name where there is no other, and go to the last column where it
	 * does not have them. */
	RMN_PEOPLE_FAMILY = RMN_PEOPLE_COLUMNS,
	RMN_PEOPLE_GIVEN,
	RMN_PEOPLE_CELLS
};

struct rmn_people {
	struct rmn_text *text;
	struct rmn_buf cells[RMN_PEOPLE_CELLS];
	bool has_header;
	bool has_value;
	bool no_memory;
};

void rmn_people_init(struct rmn_people *people, struct rmn_text *text);
void rmn_people_release(struct rmn_people *people);

/* A value (UTF-8) of the current person; several of one column are parted by "; ". */
void rmn_people_add(struct rmn_people *people, enum rmn_people_column column,
    struct rmn_bytes value);

/* A value with the name of its field, in the last column. */
void rmn_people_add_other(struct rmn_people *people, struct rmn_bytes field,
    struct rmn_bytes value);

/* Ends the person: its row goes out, and before the first one the names of the columns.  Without memory
 * the status of text says so. */
void rmn_people_end(struct rmn_people *people);

/* By the names that address books use for their fields ("telephoneNumber", "WorkPhone", "ou" ...);
 * RMN_PEOPLE_OTHER for those that are not known. */
enum rmn_people_column rmn_people_column_of(struct rmn_bytes field);

#endif
