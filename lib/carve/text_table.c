/* SPDX-License-Identifier: MIT
 *
 * Plain text: is it a table?  Rows of a table have one number of fields; in prose commas come as
 * they please. */
#include "carve/text_private.h"

#define ROWS_MIN 3u

static const unsigned char delimiters[RMN_TABLE_DELIMITERS] = {',', '\t', ';'};

static bool
is_delimiter(unsigned char c)
{
	return c == ',' || c == '\t' || c == ';';
}

static void
row_end(struct rmn_table_machine *m)
{
	for (unsigned i = 0; i < RMN_TABLE_DELIMITERS; i++) {
		m->same[i] += m->rows > 0 && m->fields[i] > 0 && m->fields[i] == m->before[i];
		m->before[i] = m->fields[i];
		m->fields[i] = 0;
	}
	m->rows += m->rows < UINT32_MAX;
	m->is_row = false;
	m->is_quoted = false;
}

void
rmn_table_feed(struct rmn_text_machine *machine, struct rmn_bytes narrow)
{
	struct rmn_table_machine *m = &machine->as.table;

	for (size_t i = 0; i < narrow.size; i++) {
		unsigned char c = narrow.data[i];

		if (c == '"' && (m->is_quoted || !m->is_row || is_delimiter(m->last)))
			m->is_quoted = !m->is_quoted;
		if (m->is_quoted) {
			m->is_row = true;
		} else if (c == '\n' || c == '\r') {
			if (m->is_row)
				row_end(m);
		} else {
			m->is_row = true;
			for (unsigned j = 0; c <= ';' && j < RMN_TABLE_DELIMITERS; j++)
				m->fields[j] += c == delimiters[j];
		}
		m->last = c;
	}
}

void
rmn_table_end(const struct rmn_text_machine *machine, struct rmn_text_shape *shape)
{
	struct rmn_text_machine last = *machine;
	struct rmn_table_machine *m = &last.as.table;
	uint32_t most = 0;

	if (m->is_row)
		row_end(m);
	for (unsigned i = 0; i < RMN_TABLE_DELIMITERS; i++)
		most = m->same[i] > most ? m->same[i] : most;
	if (m->rows >= ROWS_MIN && (uint64_t)most * 5 >= (uint64_t)(m->rows - 1) * 4)
		shape->extension = "csv";
}
