/* SPDX-License-Identifier: MIT
 *
 * The inside of the xlsx reader: what its files share. */
#ifndef RMN_FORMAT_XLSX_H
#define RMN_FORMAT_XLSX_H

#include "format/package/ooxml.h"
#include "format/package/xlsx_number.h"

/* Shared strings: each in one piece, decoded, without line breaks. */
struct xlsx_strings {
	struct rmn_bytes *items;
	bool *is_used;			/* by a cell; NULL before the first */
	size_t count;
	size_t capacity;
	unsigned char *memory;		/* the block that strings are put into */
	size_t size;
	size_t used;
	size_t start;			/* of the string under way */
};

struct xlsx {
	struct rmn_ooxml ooxml;
	struct rmn_text *text;
	struct rmn_relations relations;
	struct xlsx_strings strings;
	struct rmn_number_format *styles;	/* by the style number of a cell */
	size_t style_count;
	bool from_1904;
	bool *is_read;			/* sheets, by entry of the package */
	size_t sheets_read;
};

/* Starts the part of a sheet; false when it was read before. */
bool xlsx_sheet_begin(struct xlsx *x, const struct rmn_zip_entry *entry, struct rmn_bytes name,
    bool is_hidden);

/* Reads xl/sharedStrings.xml and xl/styles.xml. */
void xlsx_strings_read(struct xlsx *x);
void xlsx_styles_read(struct xlsx *x);

/* A string by its number, for a cell; empty when there is none. */
struct rmn_bytes xlsx_string_use(struct xlsx *x, size_t index);

/* Gives the strings that no cell asked for: their cells are damaged, or were deleted. */
void xlsx_unused_give(struct xlsx *x);

/* Reads one sheet; the part of the text is started by the caller. */
void xlsx_sheet_read(struct xlsx *x, const struct rmn_zip_entry *entry);

/* Appends a page header without its codes ("&L", "&\"font,Bold\"", "&12"), and a line end. */
void xlsx_header_append(struct rmn_buf *headers, struct rmn_bytes plain);

/* Reads the strings, styles, sheets and comments of a binary workbook (xlsb.c). */
void xlsb_read(struct xlsx *x, const struct rmn_zip_entry *workbook);

#endif
