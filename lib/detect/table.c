/* SPDX-License-Identifier: MIT
 *
 * Column headers; see table.h and DOMAIN 1.9 (a). */
#include "detect/table.h"

#include <string.h>

#include "detect/chain.h"

void
rmn_table_begin(struct rmn_table *table, char delimiter)
{
	*table = (struct rmn_table){ .delimiter = delimiter, .is_announced = delimiter != 0 };
}

/* The cell that begins at *at; moves *at past its delimiter.  False behind the last cell. */
static bool
next_cell(struct rmn_bytes row, char delimiter, size_t *at, struct rmn_bytes *cell)
{
	size_t p = *at;
	bool quoted = false;

	if (p > row.size)
		return false;
	while (p < row.size && (quoted || row.data[p] != (unsigned char)delimiter)) {
		quoted ^= row.data[p] == '"';
		p++;
	}
	*cell = (struct rmn_bytes){ row.data + *at, p - *at };
	*at = p + 1;
	return true;
}

size_t
rmn_table_cells(struct rmn_bytes row, char delimiter)
{
	size_t count = 0, at = 0;
	struct rmn_bytes cell;

	while (next_cell(row, delimiter, &at, &cell))
		count++;
	return count;
}

char
rmn_table_delimiter(struct rmn_bytes row)
{
	static const char candidates[] = "\t,;";
	char best = 0;
	size_t most = 1;

	for (const char *c = candidates; *c; c++) {
		size_t count = 0;

		for (size_t i = 0; i < row.size; i++)
			count += row.data[i] == (unsigned char)*c;
		if (count > most) {
			most = count;
			best = *c;
		}
	}
	return best;
}

/* Headers have no numbers worth the name and no addresses. */
static bool
looks_like_value(struct rmn_bytes cell)
{
	size_t digits = 0;

	for (size_t i = 0; i < cell.size; i++) {
		digits += rmn_is_digit(cell.data[i]);
		if (cell.data[i] == '@')
			return true;
	}
	return digits > 3;
}

/* Marks the rules that the cell names; true when it names anything we know. */
static bool
name_column(const struct rmn_rules *rules, struct rmn_bytes cell, struct rmn_column *column)
{
	char key[64];
	struct rmn_bytes word = { (const unsigned char *)key, rmn_header_key(cell, key, sizeof(key)) };
	bool known = word.size && rmn_words_have(&rules->column_names, word);

	for (size_t r = 0; word.size && r < rules->count; r++) {
		if (!rules->rules[r].is_off && rmn_words_have(&rules->rules[r].headers, word)) {
			column->rules[r / 64] |= 1ull << r % 64;
			known = true;
		}
	}
	return known;
}

static bool
needs_every_row(const struct rmn_rules *rules, const struct rmn_column *column)
{
	for (size_t r = 0; r < rules->count; r++) {
		enum rmn_rule_kind kind = rules->rules[r].kind;

		if ((column->rules[r / 64] >> r % 64 & 1) &&
		    (kind == RMN_KIND_PATTERN || kind == RMN_KIND_BIRTH))
			return true;
	}
	return false;
}

bool
rmn_table_try_header(struct rmn_table *table, const struct rmn_rules *rules, struct rmn_bytes row,
    char delimiter, unsigned least)
{
	struct rmn_column columns[RMN_TABLE_COLUMNS];
	size_t at = 0, count = 0;
	unsigned known = 0;
	struct rmn_bytes cell;

	memset(columns, 0, sizeof(columns));
	for (; count < RMN_TABLE_COLUMNS && next_cell(row, delimiter, &at, &cell); count++) {
		if (looks_like_value(cell))
			return false;
		known += name_column(rules, cell, &columns[count]);
	}
	if (known < least)
		return false;
	memcpy(table->columns, columns, sizeof(columns));
	table->delimiter = delimiter;
	table->column_count = count;
	table->has_header = true;
	table->opens_rows = false;
	for (size_t i = 0; i < count; i++)
		table->opens_rows |= needs_every_row(rules, &columns[i]);
	return true;
}
