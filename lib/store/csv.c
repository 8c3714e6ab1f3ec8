/* SPDX-License-Identifier: MIT
 *
 * Quoting of CSV fields, and the guard against formulas. */
#include <string.h>

#include "store/csv.h"

static const char *const formula_starts[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};

static bool
is_formula(struct rmn_bytes text)
{
	size_t i;

	for (i = 0; i < sizeof(formula_starts) / sizeof(formula_starts[0]); i++)
		if (rmn_bytes_start_with(text, formula_starts[i]))
			return true;
	return false;
}

static bool
needs_quotes(struct rmn_bytes text)
{
	size_t i;

	for (i = 0; i < text.size; i++)
		if (strchr(",\"\r\n", text.data[i]))
			return true;
	return text.size > 0 && (text.data[0] == ' ' || text.data[text.size - 1] == ' ');
}

void
rmn_csv_append_field(struct rmn_buf *buf, struct rmn_bytes utf8)
{
	bool quoted = needs_quotes(utf8);
	size_t i;

	if (quoted)
		rmn_buf_append_char(buf, '"');
	if (is_formula(utf8))
		rmn_buf_append_char(buf, '\'');
	for (i = 0; i < utf8.size; i++) {
		if (utf8.data[i] == '"')
			rmn_buf_append_char(buf, '"');
		rmn_buf_append_char(buf, (char)utf8.data[i]);
	}
	if (quoted)
		rmn_buf_append_char(buf, '"');
}
