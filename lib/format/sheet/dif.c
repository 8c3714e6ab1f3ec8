/* SPDX-License-Identifier: MIT
 *
 * Data Interchange Format: tables of early spreadsheets.  Behind a head each cell is two lines, "type,
 * number" and a string. */
#include <string.h>

#include "format/sheet/sheet_text.h"

static struct rmn_bytes
unquoted(struct rmn_bytes line)
{
	if (line.size > 0 && line.data[0] == '"')
		line = rmn_bytes_after(line, 1);
	if (line.size > 0 && line.data[line.size - 1] == '"')
		line.size--;
	return line;
}

static bool
line_is(struct rmn_bytes line, const char *text)
{
	return line.size == strlen(text) && memcmp(line.data, text, line.size) == 0;
}

/* The head: a word, its number, its string; the title is a string that somebody wrote. */
static bool
head_skip(struct rmn_sheet_text *sheet, struct rmn_bytes *rest)
{
	struct rmn_bytes word, number, string;

	while (rmn_sheet_text_line(rest, &word) && rmn_sheet_text_line(rest, &number) &&
	    rmn_sheet_text_line(rest, &string)) {
		string = unquoted(string);
		if (string.size > 0 && !line_is(string, "EXCEL")) {
			rmn_text_put(&sheet->text, string);
			rmn_text_char(&sheet->text, '\n');
		}
		if (line_is(word, "DATA"))
			return true;
	}
	return false;
}

static bool
cells_give(struct rmn_sheet_text *sheet, struct rmn_bytes rest)
{
	struct rmn_bytes type, value;
	uint64_t row = 0, column = 0;

	while (sheet->text.status == RMN_OK && rmn_sheet_text_line(&rest, &type) &&
	    rmn_sheet_text_line(&rest, &value)) {
		if (rmn_bytes_start_with(type, "-1")) {
			if (line_is(value, "EOD"))
				return true;
			row++;
			column = 0;
		} else if (rmn_bytes_start_with(type, "1,")) {
			rmn_sheet_text_cell(sheet, row, column++, unquoted(value));
		} else if (rmn_bytes_start_with(type, "0,")) {
			rmn_sheet_text_cell(sheet, row, column++, line_is(value, "V") ?
			    rmn_bytes_after(type, 2) : value);
		} else {
			return false;
		}
	}
	return false;
}

static enum rmn_status
dif_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_sheet_text sheet;
	struct rmn_buf utf8;
	struct rmn_bytes rest;
	enum rmn_status status = rmn_sheet_text_open(&sheet, input, sink, &utf8, error);

	rest = rmn_buf_bytes(&utf8);
	if ((status == RMN_OK || status == RMN_PARTIAL) &&
	    !(head_skip(&sheet, &rest) && cells_give(&sheet, rest)))
		status = rmn_fail(error, RMN_PARTIAL, "the table is damaged or cut");
	rmn_buf_release(&utf8);
	return rmn_text_flush(&sheet.text) == RMN_OK ? status : sheet.text.status;
}

static unsigned
dif_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, "TABLE\r\n0,1\r\n\"") ||
	    rmn_bytes_start_with(input->head, "TABLE\n0,1\n\"") ? 88 : 0;
}

const struct rmn_format rmn_format_dif = {
	.name = "dif",
	.title = "Table (DIF)",
	.media_type = "application/x-dif",
	.kind = RMN_KIND_DOCUMENT,
	.is_all_text = true,
	.claim = dif_claim,
	.read = dif_read,
};
