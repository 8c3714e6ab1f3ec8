/* SPDX-License-Identifier: MIT
 *
 * Column headers; see table.h and DOMAIN 1.9 (a). */
#include "detect/table.h"

#include <math.h>
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
	/* what the column test said before stays */
	for (size_t i = 0; i < count; i++)
		memcpy(columns[i].tested, table->columns[i].tested, sizeof(columns[i].tested));
	memcpy(table->columns, columns, sizeof(columns));
	table->delimiter = delimiter;
	table->column_count = count;
	table->has_header = true;
	table->opens_rows = false;
	for (size_t i = 0; i < count; i++)
		table->opens_rows |= needs_every_row(rules, &columns[i]);
	return true;
}

/* The shape of a cell that is nothing but a number; false when it is none. */
static bool
cell_shape(struct rmn_bytes cell, uint32_t *key, struct rmn_bytes *value)
{
	struct rmn_chain chain;
	size_t from = 0, to = cell.size;

	while (from < to && (cell.data[from] == '"' || cell.data[from] == ' '))
		from++;
	while (to > from && (cell.data[to - 1] == '"' || cell.data[to - 1] == ' '))
		to--;
	*value = (struct rmn_bytes){ cell.data + from, to - from };
	if (value->size < 5 || !rmn_is_digit(value->data[0]))
		return false;
	rmn_chain_read(*value, 0, &chain);
	if (chain.end != value->size || chain.count > RMN_SHAPE_GROUPS)
		return false;
	*key = 0;
	for (unsigned i = 0; i < chain.count; i++)
		*key |= (uint32_t)chain.groups[i].length << RMN_SHAPE_BITS * i;
	return true;
}

void
rmn_table_sample_row(struct rmn_table_sample *sample, const struct rmn_rules *rules,
    struct rmn_bytes row, char delimiter)
{
	size_t at = 0, column = 0;
	struct rmn_bytes cell, value;

	for (; column < RMN_TABLE_COLUMNS && next_cell(row, delimiter, &at, &cell); column++) {
		const struct rmn_shape_slot *slot;
		uint32_t key;

		if (!cell_shape(cell, &key, &value))
			continue;
		slot = rmn_rules_shape(rules, key);
		for (size_t k = 0; slot && k < slot->count; k++) {
			uint16_t r = slot->rules[k];

			if (!rules->rules[r].check)
				continue;
			sample->cells[column][r].shaped++;
			sample->cells[column][r].passed += rules->rules[r].check->accept(value);
		}
	}
	sample->column_count = column > sample->column_count ? column : sample->column_count;
}

/* P(X >= k) of n cells that pass with probability p. */
static double
binomial_tail(unsigned k, unsigned n, double p)
{
	double sum = 0;

	for (unsigned x = k; x <= n; x++)
		sum += exp(lgamma(n + 1.0) - lgamma(x + 1.0) - lgamma(n - x + 1.0) +
		    x * log(p) + (n - x) * log1p(-p));
	return sum;
}

void
rmn_table_test(struct rmn_table *table, const struct rmn_rules *rules,
    const struct rmn_table_sample *sample)
{
	for (size_t c = 0; c < sample->column_count; c++) {
		for (size_t r = 0; r < rules->count; r++) {
			unsigned n = sample->cells[c][r].shaped, k = sample->cells[c][r].passed;
			double chance;

			/* a check that half of all numbers pass proves nothing */
			if (n < 5 || k * 5 < n * 4 || rules->rules[r].check->chance_permyriad > 2000)
				continue;
			chance = rules->rules[r].check->chance_permyriad / 10000.0;
			if (binomial_tail(k, n, chance) >= 1e-6)
				continue;
			table->columns[c].tested[r / 64] |= 1ull << r % 64;
			table->has_header = true;
		}
	}
	table->column_count = table->column_count > sample->column_count ? table->column_count :
	    sample->column_count;
}
