/* SPDX-License-Identifier: MIT
 *
 * Cells as text for people. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "report/reasons.h"
#include "report/show.h"

void
rmn_report_show_count(struct rmn_buf *buf, uint64_t count)
{
	char digits[24];
	size_t size, i;

	size = (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
	for (i = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			rmn_buf_append_char(buf, ',');
		rmn_buf_append_char(buf, digits[i]);
	}
}

void
rmn_report_show_bytes(struct rmn_buf *buf, uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	double scaled = (double)bytes / 1024;
	size_t unit = 0;

	if (bytes < 1024) {
		rmn_buf_printf(buf, "%llu B", (unsigned long long)bytes);
		return;
	}
	while (scaled >= 1024 && unit < 4) {
		scaled /= 1024;
		unit++;
	}
	rmn_buf_printf(buf, "%.1f %s (", scaled, units[unit]);
	rmn_report_show_count(buf, bytes);
	rmn_buf_append_char(buf, ')');
}

/* Two digits as a number without the leading zero. */
static int
two(const unsigned char *digits)
{
	return (digits[0] - '0') * 10 + digits[1] - '0';
}

void
rmn_report_show_time(struct rmn_buf *buf, enum rmn_report_language language,
    struct rmn_bytes rfc3339)
{
	const unsigned char *t = rfc3339.data;

	if (rfc3339.size < 19)
		rmn_buf_append(buf, rfc3339);
	else if (language == RMN_JAPANESE)
		rmn_buf_printf(buf, "%.4s年%d月%d日 %.8s", (const char *)t, two(t + 5), two(t + 8),
		    (const char *)t + 11);
	else
		rmn_buf_printf(buf, "%.10s %.8s", (const char *)t, (const char *)t + 11);
}

static void
show_word(struct rmn_buf *buf, const struct rmn_report_model *model,
    const struct rmn_report_column *column, const struct rmn_report_cell *cell)
{
	const char *value = cell->is_null ? NULL : (const char *)cell->text.data;

	rmn_utf8_append_escaped(buf, rmn_bytes_from_string(
		rmn_report_value_word(model->options.language, column->group, value)));
}

void
rmn_report_show(struct rmn_buf *buf, const struct rmn_report_model *model,
    const struct rmn_report_column *column, const struct rmn_report_cell *cell)
{
	if (column->show == RMN_SHOW_WORD) {
		show_word(buf, model, column, cell);
		return;
	}
	if (cell->is_null)
		return;
	switch (column->show) {
	case RMN_SHOW_COUNT:
		rmn_report_show_count(buf, (uint64_t)cell->number);
		break;
	case RMN_SHOW_BYTES:
		rmn_report_show_bytes(buf, (uint64_t)cell->number);
		break;
	case RMN_SHOW_TIME:
		rmn_report_show_time(buf, model->options.language, cell->text);
		break;
	case RMN_SHOW_SHARE:
		rmn_buf_printf(buf, cell->number ? "%.2f %%" : "< 0.01 %%",
		    (double)cell->number / 100);
		break;
	case RMN_SHOW_BOOL:
		rmn_buf_append_string(buf,
		    rmn_report_word(model->options.language, cell->number ? "yes" : "no"));
		break;
	case RMN_SHOW_REASON:
		rmn_report_reason(buf, model->options.language, cell->text);
		break;
	default:
		rmn_utf8_append_escaped(buf, cell->text);
	}
}

bool
rmn_report_is_number(const struct rmn_report_column *column)
{
	return column->show == RMN_SHOW_COUNT || column->show == RMN_SHOW_BYTES ||
	    column->show == RMN_SHOW_SHARE;
}

void
rmn_report_show_shown(struct rmn_buf *buf, const struct rmn_report_rows *rows,
    enum rmn_report_language language)
{
	const char *word = rmn_report_word(language, "shown");
	const uint64_t counts[2] = {rows->count, rows->total};

	while (*word) {
		if (word[0] == '%' && (word[1] == '1' || word[1] == '2') && word[2] == '$' &&
		    word[3] == 's') {
			rmn_report_show_count(buf, counts[word[1] - '1']);
			word += 4;
		} else {
			rmn_buf_append_char(buf, *word++);
		}
	}
}
