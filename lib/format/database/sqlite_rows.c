/* SPDX-License-Identifier: MIT
 *
 * A table's rows: values come in the order of the record and go out in that of the columns. */

#include "base/holes.h"
#include "base/time.h"
#include "format/sheet/cells.h"
#include "format/database/cell_document.h"
#include "format/database/sqlite.h"
#include "format/member_bytes.h"

#define DOCUMENT_BYTES_MIN 32u	/* smaller cells are numbers and hashes, and there are many */

struct rows {
	const struct rmn_sqlite_table *table;
	struct rmn_sqlite_value *values;	/* in the order of the record */
	unsigned stored;			/* columns that a record has */
	uint64_t count;
};

static void
member_pass(struct rmn_sqlite *s, const struct rows *r, struct rmn_bytes column,
    const struct rmn_sqlite_value *value)
{
	struct rmn_bytes left = value->bytes;
	struct rmn_member_reader reader = rmn_member_bytes_reader(&left);
	struct rmn_member member = {
		.size_bytes = value->bytes.size,
		.modified = RMN_TIME_UNKNOWN,
		.created = RMN_TIME_UNKNOWN,
	};
	struct rmn_buf name;

	if (s->member_count >= RMN_CELL_DOCUMENTS_MAX) {
		s->member_left_out++;
		return;
	}
	s->member_count++;
	rmn_buf_init(&name, 0);
	rmn_buf_append(&name, rmn_bytes_head(r->table->name, 100));
	rmn_buf_printf(&name, "/%llu/", (unsigned long long)r->count);
	rmn_buf_append(&name, rmn_bytes_head(column, 100));
	member.name = rmn_buf_bytes(&name);
	if (s->text.status == RMN_OK)
		s->text.status = name.failed ? rmn_fail(s->error, RMN_NOMEM, "out of memory") :
		    rmn_sink_member(s->sink, &member, &reader);
	rmn_buf_release(&name);
}

static void
value_put(struct rmn_sqlite *s, const struct rows *r, struct rmn_bytes column,
    const struct rmn_sqlite_value *value)
{
	/* lost sectors: text may hold a zero, but not that many in a row */
	s->damage += value->type == RMN_SQLITE_TEXT && rmn_text_hole_is_there(value->bytes);
	if (value->type == RMN_SQLITE_BLOB && value->bytes.size >= DOCUMENT_BYTES_MIN &&
	    rmn_cell_is_document(value->bytes, s->input->arena))
		member_pass(s, r, column, value);
	else
		rmn_sqlite_value_put(&s->text, value, s->shape.encoding);
}

/* Reads up to as many values as a record of the table has; returns how many there are. */
static unsigned
values_read(struct rows *r, struct rmn_bytes payload, struct rmn_sqlite_record *record)
{
	unsigned count = 0;

	if (rmn_sqlite_record_open(payload, record))
		while (count < r->stored && rmn_sqlite_record_next(record, &r->values[count]))
			count++;
	return count;
}

/* Values that no column is declared for: SQLite shows them to nobody, and they are there. */
static void
undeclared_put(struct rmn_sqlite *s, const struct rows *r, struct rmn_sqlite_record *record)
{
	struct rmn_sqlite_value value;

	while (s->text.status == RMN_OK && rmn_sqlite_record_next(record, &value)) {
		rmn_text_char(&s->text, '\t');
		value_put(s, r, rmn_bytes_from_string("value"), &value);
	}
}

static void
row_put(struct rmn_sqlite *s, void *context, int64_t row, struct rmn_bytes payload)
{
	struct rows *r = context;
	const struct rmn_sqlite_create *create = &r->table->create;
	struct rmn_sqlite_record record;
	unsigned count = values_read(r, payload, &record);
	bool is_first = true;

	r->count++;
	for (unsigned i = 0; i < create->count; i++) {
		const struct rmn_sqlite_column *column = &create->columns[i];

		if (column->is_virtual)
			continue;
		if (!is_first)
			rmn_text_char(&s->text, '\t');
		is_first = false;
		if (column->place >= count)
			continue;	/* added later, or lost */
		if (column->is_row && r->values[column->place].type == RMN_SQLITE_NULL)
			rmn_cell_put_integer(&s->text, row);
		else
			value_put(s, r, column->name, &r->values[column->place]);
	}
	undeclared_put(s, r, &record);
	s->damage += record.is_damaged;
	rmn_text_char(&s->text, '\n');
}

/* A table whose statement cannot be read. */
static void
record_put(struct rmn_sqlite *s, void *context, int64_t row, struct rmn_bytes payload)
{
	struct rows *r = context;
	struct rmn_sqlite_record record;

	r->count++;
	rmn_cell_put_integer(&s->text, row);
	if (rmn_sqlite_record_open(payload, &record))
		undeclared_put(s, r, &record);
	s->damage += record.is_damaged;
	rmn_text_char(&s->text, '\n');
}

static void
names_put(struct rmn_sqlite *s, const struct rmn_sqlite_create *create)
{
	bool is_first = true;

	for (unsigned i = 0; i < create->count; i++) {
		if (create->columns[i].is_virtual)
			continue;
		if (!is_first)
			rmn_text_char(&s->text, '\t');
		is_first = false;
		rmn_cell_put(&s->text, create->columns[i].name);
	}
	rmn_text_newline(&s->text);
}

void
rmn_sqlite_table_put(struct rmn_sqlite *s, const struct rmn_sqlite_table *table, uint32_t owner)
{
	struct rows r = {.table = table};
	bool is_table = !table->create.without_rowid;

	if (table->is_index) {
		rmn_sqlite_walk(s, table->root, false, RMN_SQLITE_TAKEN, NULL, NULL);
		return;
	}
	for (unsigned i = 0; i < table->create.count; i++)
		r.stored += !table->create.columns[i].is_virtual;
	r.values = rmn_arena_alloc(s->input->arena, r.stored + 1, sizeof(*r.values));
	if (!r.values) {
		s->text.status = rmn_fail(s->error, RMN_LIMIT, "item outgrows its memory");
		return;
	}
	rmn_text_part(&s->text, RMN_PART_SHEET, table->name);
	names_put(s, &table->create);
	rmn_sqlite_walk(s, table->root, is_table, owner, r.stored ? row_put : record_put, &r);
}
