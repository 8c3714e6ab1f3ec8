/* SPDX-License-Identifier: MIT */
#include "format/sheet/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "charset/charset.h"

#define RUN_SCORE 6u		/* ASCII counts one, everything else two */
#define RUN_HELD_BYTES 32u	/* of a run that is too short so far */

void
rmn_cell_put(struct rmn_text *text, struct rmn_bytes utf8)
{
	size_t start = 0;

	for (size_t i = 0; i < utf8.size; i++) {
		if (utf8.data[i] >= ' ' && utf8.data[i] != 0x7F)
			continue;
		rmn_text_put(text, (struct rmn_bytes){utf8.data + start, i - start});
		if (text->last != ' ')
			rmn_text_char(text, ' ');
		start = i + 1;
	}
	rmn_text_put(text, rmn_bytes_after(utf8, start));
}

void
rmn_cell_put_encoded(struct rmn_text *text, struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	struct rmn_buf utf8;

	if (encoding == RMN_UTF8 || encoding == RMN_ASCII) {
		rmn_cell_put(text, bytes);
		return;
	}
	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(bytes, encoding, &utf8, NULL);
	if (utf8.failed && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_NOMEM, "out of memory");
	rmn_cell_put(text, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
}

void
rmn_cell_put_integer(struct rmn_text *text, int64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	rmn_text_put(text, rmn_bytes_from_string(digits));
}

void
rmn_cell_put_real(struct rmn_text *text, double value)
{
	char digits[40];

	if (!isfinite(value))
		return;
	snprintf(digits, sizeof(digits), "%.15g", value);
	rmn_text_put(text, rmn_bytes_from_string(digits));
}

struct run {
	struct rmn_text *text;
	char separator;
	unsigned char held[RUN_HELD_BYTES];
	size_t held_size;
	unsigned score, count;
	bool is_open;			/* long enough: what follows is put at once */
};

/* What a person would have written: no controls, private use, or scripts that bytes become when they
 * are read as what they are not. */
static unsigned
point_score(uint32_t point)
{
	if (point >= ' ' && point < 0x7F)
		return 1;
	if ((point >= 0xC0 && point <= 0x24F) || (point >= 0x370 && point <= 0x6FF) ||
	    (point >= 0x2010 && point <= 0x2027) || (point >= 0x3001 && point <= 0x30FF) ||
	    (point >= 0x4E00 && point <= 0x9FFF) || (point >= 0xAC00 && point <= 0xD7A3) ||
	    (point >= 0xFF01 && point <= 0xFF9F))
		return 2;
	return 0;
}

static void
run_end(struct run *run)
{
	run->is_open = false;
	run->held_size = run->score = 0;
}

static void
run_add(struct run *run, uint32_t point)
{
	unsigned score = point_score(point);
	unsigned char utf8[4];
	size_t size;

	if (score == 0) {
		run_end(run);
		return;
	}
	size = rmn_utf8_encode(point, utf8);
	if (run->is_open) {
		rmn_text_put(run->text, (struct rmn_bytes){utf8, size});
		return;
	}
	/* RUN_SCORE is reached before the room ends: no character has more than three bytes here */
	memcpy(run->held + run->held_size, utf8, size);
	run->held_size += size;
	run->score += score;
	if (run->score < RUN_SCORE)
		return;
	run->is_open = true;
	run->count++;
	if (run->text->last != run->separator && run->text->last != '\n' &&
	    run->text->last != '\t')
		rmn_text_char(run->text, run->separator);
	rmn_text_put(run->text, (struct rmn_bytes){run->held, run->held_size});
}

static void
runs_find(struct run *run, struct rmn_bytes bytes, enum rmn_encoding encoding)
{
	struct rmn_buf utf8;
	size_t at = 0;

	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(bytes, encoding, &utf8, NULL);
	if (utf8.failed && run->text->status == RMN_OK)
		run->text->status = rmn_fail(run->text->error, RMN_NOMEM, "out of memory");
	while (at < utf8.size)
		run_add(run, rmn_utf8_next(rmn_buf_bytes(&utf8), &at, NULL));
	run_end(run);
	rmn_buf_release(&utf8);
}

unsigned
rmn_runs_put(struct rmn_text *text, struct rmn_bytes bytes, enum rmn_encoding encoding,
    char separator)
{
	struct run run = {.text = text, .separator = separator};

	if (rmn_bytes_are_zero(bytes))
		return 0;
	runs_find(&run, bytes, encoding);
	if (encoding == RMN_UTF16LE || encoding == RMN_UTF16BE)
		runs_find(&run, rmn_bytes_after(bytes, 1), encoding);
	return run.count;
}
