/* SPDX-License-Identifier: MIT
 *
 * SYLK (.slk): tables of Multiplan and Excel as text.  A line is a record; C is a cell with its column X, row
 * Y (kept from the record before when left out) and value K. */
#include "format/sheet/sheet_text.h"

#define NUMBER_MAX 10000000u

struct slk {
	struct rmn_sheet_text sheet;
	struct rmn_buf value;
	uint64_t row, column;
	bool has_end;
};

/* The next field of a record; ";;" is a semicolon in it. */
static bool
field_next(struct slk *s, struct rmn_bytes *line, char *kind)
{
	size_t i = 1;

	if (line->size < 2)
		return false;
	rmn_buf_clear(&s->value);
	*kind = (char)line->data[0];
	for (; i < line->size; i++) {
		if (line->data[i] == ';') {
			if (i + 1 >= line->size || line->data[i + 1] != ';')
				break;
			i++;
		}
		rmn_buf_append_char(&s->value, (char)line->data[i]);
	}
	*line = rmn_bytes_after(*line, i + 1);
	return true;
}

static uint64_t
place_of(struct rmn_bytes digits)
{
	uint64_t number = 0;

	for (size_t i = 0; i < digits.size && number < NUMBER_MAX; i++)
		if (digits.data[i] >= '0' && digits.data[i] <= '9')
			number = number * 10 + (digits.data[i] - '0');
	return number > 0 ? number - 1 : 0;
}

static void
cell_give(struct slk *s, struct rmn_bytes line, bool is_cell)
{
	struct rmn_bytes value;
	char kind;

	while (field_next(s, &line, &kind)) {
		value = rmn_buf_bytes(&s->value);
		if (kind == 'X') {
			s->column = place_of(value);
		} else if (kind == 'Y') {
			s->row = place_of(value);
		} else if (is_cell && (kind == 'K' || kind == 'A')) {
			if (value.size > 1 && value.data[0] == '"')
				value = (struct rmn_bytes){value.data + 1, value.size -
				    (value.data[value.size - 1] == '"' ? 2 : 1)};
			rmn_sheet_text_cell(&s->sheet, s->row, s->column, value);
		}
	}
}

static void
record_take(struct slk *s, struct rmn_bytes line)
{
	if (rmn_bytes_start_with(line, "C;"))
		cell_give(s, rmn_bytes_after(line, 2), true);
	else if (rmn_bytes_start_with(line, "F;"))
		cell_give(s, rmn_bytes_after(line, 2), false);
	else if (line.size == 1 && line.data[0] == 'E')
		s->has_end = true;
}

static enum rmn_status
slk_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct slk s = {.row = 0};
	struct rmn_bytes rest, line;
	struct rmn_buf utf8;
	enum rmn_status status = rmn_sheet_text_open(&s.sheet, input, sink, &utf8, error);
	bool failed = false;

	rmn_buf_init(&s.value, 0);
	rest = rmn_buf_bytes(&utf8);
	while ((status == RMN_OK || status == RMN_PARTIAL) && s.sheet.text.status == RMN_OK &&
	    rmn_sheet_text_line(&rest, &line)) {
		record_take(&s, line);
		failed = failed || s.value.failed;
	}
	if (status == RMN_OK && (!s.has_end || failed))
		status = rmn_fail(error, failed ? RMN_NOMEM : RMN_PARTIAL, failed ? "out of memory" :
		    "the table has no end");
	rmn_buf_release(&s.value);
	rmn_buf_release(&utf8);
	return rmn_text_flush(&s.sheet.text) == RMN_OK ? status : s.sheet.text.status;
}

static unsigned
slk_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, "ID;P") ? 40 : 0;
}

const struct rmn_format rmn_format_slk = {
	.name = "slk",
	.title = "Table (SYLK)",
	.media_type = "text/x-sylk",
	.kind = RMN_KIND_DOCUMENT,
	.is_all_text = true,
	.claim = slk_claim,
	.read = slk_read,
};
