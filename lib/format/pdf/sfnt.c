/* SPDX-License-Identifier: MIT */
#include "format/pdf/sfnt.h"

#include <stdint.h>
#include <string.h>

#include "base/cursor.h"

#define TABLES_AT 12u
#define TABLES_MAX 64u		/* fonts have some twenty */
#define HEAD "head"
#define HEAD_SUM_AT 8u		/* of "head": the sum of the whole font, which its own is made without */

struct table {
	struct rmn_bytes tag, body;
	uint32_t sum, offset;
};

static bool
table_read(struct rmn_cursor *c, struct rmn_bytes font, struct table *table)
{
	struct rmn_cursor body = rmn_cursor_over(font);
	uint32_t size;

	return rmn_cursor_take(c, 4, &table->tag) && rmn_cursor_be32(c, &table->sum) &&
	    rmn_cursor_be32(c, &table->offset) && rmn_cursor_be32(c, &size) &&
	    rmn_cursor_seek(&body, table->offset) && rmn_cursor_take(&body, size, &table->body);
}

/* Big-endian numbers of four bytes, the last filled up with zeros. */
static uint32_t
sum_of(struct rmn_bytes bytes)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < bytes.size; i++)
		sum += (uint32_t)bytes.data[i] << (24 - 8 * (i % 4));
	return sum;
}

static bool
is_right(const struct table *table)
{
	uint32_t sum = sum_of(table->body);

	if (rmn_bytes_start_with(table->tag, HEAD))
		sum -= sum_of(rmn_bytes_head(rmn_bytes_after(table->body, HEAD_SUM_AT), 4));
	return sum == table->sum;
}

bool
rmn_sfnt_denies(struct rmn_bytes font, size_t from, size_t to)
{
	struct rmn_cursor c = rmn_cursor_over(font);
	unsigned right = 0, wrong = 0;
	bool is_hit = false;
	uint32_t version;
	uint16_t count;

	if (!rmn_cursor_be32(&c, &version) || !rmn_cursor_be16(&c, &count) || count > TABLES_MAX ||
	    !rmn_cursor_seek(&c, TABLES_AT))
		return false;
	for (; count > 0; count--) {
		struct table table;
		bool is_in;

		if (!table_read(&c, font, &table))
			return false;
		is_in = table.offset < to && table.offset + table.body.size > from;
		if (is_right(&table))
			right += !is_in;
		else if (is_in)
			is_hit = true;
		else
			wrong++;
	}
	return is_hit && right > wrong;
}
