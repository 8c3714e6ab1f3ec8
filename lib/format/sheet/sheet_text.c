/* SPDX-License-Identifier: MIT */
#include "format/sheet/sheet_text.h"

#include "base/limits.h"
#include "charset/charset.h"

enum rmn_status
rmn_sheet_text_open(struct rmn_sheet_text *sheet, const struct rmn_format_input *input,
    const struct rmn_sink *sink, struct rmn_buf *utf8, struct rmn_error *error)
{
	struct rmn_charset_guess guess;
	struct rmn_bytes bytes;
	enum rmn_status status;

	*sheet = (struct rmn_sheet_text){.row = 0};
	rmn_buf_init(utf8, RMN_LIMIT_ARENA_BYTES);
	rmn_text_init(&sheet->text, sink, input->arena, error);
	if (sheet->text.status != RMN_OK)
		return sheet->text.status;
	status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &bytes,
	    error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	guess = rmn_charset_guess(rmn_bytes_head(bytes, 65536));
	rmn_charset_decode(rmn_bytes_after(bytes, guess.bom_bytes),
	    guess.is_text ? guess.encoding : RMN_CP1252, utf8, NULL);
	if (utf8->failed)
		return rmn_fail(error, RMN_LIMIT, "decoded text outgrows its memory");
	rmn_text_part(&sheet->text, RMN_PART_SHEET, rmn_bytes_from_string(""));
	return status;
}

void
rmn_sheet_text_cell(struct rmn_sheet_text *sheet, uint64_t row, uint64_t column,
    struct rmn_bytes utf8)
{
	size_t start = 0;

	if (row != sheet->row) {
		rmn_text_newline(&sheet->text);
		sheet->row = row;
		sheet->column = 0;
	}
	rmn_text_tabs(&sheet->text, &sheet->column, column);
	sheet->column = column;
	for (size_t i = 0; i < utf8.size; i++) {
		if (utf8.data[i] >= 0x20)
			continue;
		rmn_text_put(&sheet->text, (struct rmn_bytes){utf8.data + start, i - start});
		rmn_text_char(&sheet->text, ' ');
		start = i + 1;
	}
	rmn_text_put(&sheet->text, rmn_bytes_after(utf8, start));
}

bool
rmn_sheet_text_line(struct rmn_bytes *rest, struct rmn_bytes *line)
{
	size_t size = 0, end;

	if (rest->size == 0)
		return false;
	while (size < rest->size && rest->data[size] != '\n' && rest->data[size] != '\r')
		size++;
	*line = rmn_bytes_head(*rest, size);
	end = size;
	if (end < rest->size)
		end += rest->data[end] == '\r' && end + 1 < rest->size &&
		    rest->data[end + 1] == '\n' ? 2 : 1;
	*rest = rmn_bytes_after(*rest, end);
	return true;
}
