/* SPDX-License-Identifier: MIT */
#include "format/sheet/delimiter.h"

#define LINES_MAX 20u

/* Columns of the line at *at; moves to the next.  False when the line is not whole. */
static bool
line_columns(struct rmn_bytes head, size_t *at, char delimiter, unsigned *columns)
{
	bool quoted = false, at_start = true;
	size_t i = *at;

	*columns = 1;
	for (; i < head.size; i++) {
		unsigned char c = head.data[i];

		if (c == '"') {
			/* a quote opens at the start of a cell, and closes anywhere */
			if (quoted || at_start)
				quoted = !quoted;
			at_start = false;
			continue;
		}
		if (quoted)
			continue;
		if (c == '\n')
			break;
		at_start = c == (unsigned char)delimiter;
		*columns += at_start;
	}
	if (i >= head.size)
		return false;
	*at = i + 1;
	return true;
}

/* How sure: lines times columns when all lines agree, or all but one in eight. */
static unsigned
delimiter_score(struct rmn_bytes head, char delimiter)
{
	unsigned first = 0, lines = 0, odd = 0, columns;
	size_t at = 0;

	while (lines < LINES_MAX && line_columns(head, &at, delimiter, &columns)) {
		if (columns == 1 && lines > 0 && first == 1)
			return 0;
		if (lines == 0)
			first = columns;
		else if (columns != first)
			odd++;
		lines++;
	}
	if (first < 2 || lines < 2 || odd > lines / 8)
		return 0;
	/* prose has a comma here and there: two columns need more lines to agree */
	if (first == 2 && delimiter != '\t' && lines < 5)
		return 0;
	return lines * first;
}

char
rmn_delimiter_find(struct rmn_bytes head)
{
	static const char delimiters[] = {',', '\t', ';'};
	unsigned best_score = 0;
	char best = 0;

	for (size_t i = 0; i < sizeof(delimiters); i++) {
		unsigned score = delimiter_score(head, delimiters[i]);

		if (score > best_score) {
			best_score = score;
			best = delimiters[i];
		}
	}
	return best;
}
