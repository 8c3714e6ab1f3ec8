/* SPDX-License-Identifier: MIT
 *
 * OpenDocument (ISO 26300) as tokens: what packages and flat files share. */
#ifndef RMN_FORMAT_ODF_H
#define RMN_FORMAT_ODF_H

#include "base/buf.h"
#include "format/markup/markup.h"
#include "format/package/xlsx_number.h"
#include "format/text.h"

#define ODF_SHOWN_BYTES 64u
#define ODF_HIDDEN_MAX 64u

/* What an element's text belongs to. */
enum odf_place {
	ODF_BODY,
	ODF_COMMENT,
	ODF_NOTE,
	ODF_DELETED,
	ODF_HEADER,		/* of slides */
	ODF_PLACES,
};

enum odf_cell {
	ODF_NO_CELL,
	ODF_TEXT_CELL,
	ODF_NUMBER_CELL,	/* the shown text, unless it is an exponent or "###" */
	ODF_VALUE_CELL,		/* its value came out already: dates, as ISO 8601 */
};

struct odf {
	struct rmn_text *text;
	struct rmn_arena *arena;
	struct rmn_buf aside[ODF_PLACES];	/* but ODF_BODY */
	struct rmn_buf links;
	enum odf_place place;
	enum odf_place place_before;	/* around <office:change-info> */
	bool is_spreadsheet;
	bool in_styles;			/* styles.xml: only master pages have text */
	bool in_master;
	bool in_meta;
	bool in_citation;		/* the number of a note, which would fuse with the text */
	bool is_encrypted;		/* the manifest says so */
	unsigned paragraphs;		/* open ones around the current place */
	size_t pages;

	unsigned cell_depth;		/* cells of tables in cells are plain text */
	enum odf_cell cell;
	bool space_waits;
	unsigned tabs;			/* before the next cell that holds something */
	unsigned cell_columns;
	unsigned char number[RMN_NUMBER_BYTES];	/* the value of a number cell; longer ones are none */
	size_t number_size;
	unsigned char shown[ODF_SHOWN_BYTES];
	size_t shown_size;

	struct rmn_bytes style;		/* the style under way */
	struct rmn_bytes hidden[ODF_HIDDEN_MAX];	/* table styles that are not shown */
	size_t hidden_count;

	const char *property;		/* the element of a property under way, in the table */
	char property_name[128];	/* of a user-defined one */
	unsigned char value[1024];
	size_t value_size;
};

void odf_init(struct odf *o, struct rmn_text *text, struct rmn_arena *arena);

/* A rmn_token_taker for content.xml, styles.xml, meta.xml, manifest.xml and flat files. */
void odf_take(void *context, const struct rmn_markup_token *token);

/* Gives headers of slides, comments, notes, deleted text and links, and releases them.  False when some were cut. */
bool odf_finish(struct odf *o);

/* Cells of tables, in odf_table.c. */
void odf_table_start(struct odf *o, const struct rmn_markup_token *token);
void odf_row_start(struct odf *o);
void odf_row_end(struct odf *o);
void odf_cell_start(struct odf *o, const struct rmn_markup_token *token);
void odf_cell_end(struct odf *o);
void odf_cell_reach(struct odf *o);	/* puts the tabs that wait before it */

/* Properties, in odf_meta.c. */
void odf_property_take(struct odf *o, const struct rmn_markup_token *token);

#endif
