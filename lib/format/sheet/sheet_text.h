/* SPDX-License-Identifier: MIT
 *
 * What readers of old tables in text files (DIF, SYLK) share: decoding, and cells at their places. */
#ifndef RMN_FORMAT_SHEET_TEXT_H
#define RMN_FORMAT_SHEET_TEXT_H

#include "base/buf.h"
#include "format/format.h"
#include "format/text.h"

struct rmn_sheet_text {
	struct rmn_text text;
	uint64_t row, column;	/* of the next cell, from 0 */
};

/* Starts the sheet's part and decodes the content, whose encoding is guessed, into utf8 (which the
 * caller releases). */
enum rmn_status rmn_sheet_text_open(struct rmn_sheet_text *sheet,
    const struct rmn_format_input *input, const struct rmn_sink *sink, struct rmn_buf *utf8,
    struct rmn_error *error);

/* Puts a cell; columns that were left out are tabs, at most 64. */
void rmn_sheet_text_cell(struct rmn_sheet_text *sheet, uint64_t row, uint64_t column,
    struct rmn_bytes utf8);

/* The next line without its end; false behind the last. */
bool rmn_sheet_text_line(struct rmn_bytes *rest, struct rmn_bytes *line);

#endif
