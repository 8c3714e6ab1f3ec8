/* SPDX-License-Identifier: MIT
 *
 * SQLite databases: each table as rows under the names of its columns, then what is deleted and still
 * there.  Our own reader and not the library: docs/decisions/0011-database-readers.md. */
#include "format/database/sqlite.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/database/sqlite_lost.h"

#define LOCK_BYTE 0x40000000ull		/* the page with it stays unused */
#define SQL_BYTES_MAX ((size_t)1 << 20)	/* SQLite's own limit of a statement */

/* A text of the schema as UTF-8 in the arena. */
static struct rmn_bytes
schema_text(struct rmn_sqlite *s, const struct rmn_sqlite_value *value)
{
	struct rmn_bytes kept = {(const unsigned char *)"", 0};
	struct rmn_buf utf8;

	if (value->type != RMN_SQLITE_TEXT)
		return kept;
	rmn_buf_init(&utf8, SQL_BYTES_MAX);
	if (rmn_charset_decode(value->bytes, s->shape.encoding, &utf8, NULL) != RMN_LIMIT &&
	    utf8.failed && s->text.status == RMN_OK)
		s->text.status = rmn_fail(s->error, RMN_NOMEM, "out of memory");
	kept = rmn_text_kept(&s->text, s->input->arena, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
	return kept;
}

static struct rmn_sqlite_table *
table_add(struct rmn_sqlite *s)
{
	if (s->table_count == s->table_room) {
		size_t room = s->table_room ? s->table_room * 2 : 32;
		struct rmn_sqlite_table *tables = rmn_arena_alloc(s->input->arena, room,
		    sizeof(*tables));

		if (!tables) {
			s->text.status = rmn_fail(s->error, RMN_LIMIT,
			    "item outgrows its memory");
			return NULL;
		}
		if (s->table_count > 0)
			memcpy(tables, s->tables, s->table_count * sizeof(*tables));
		s->tables = tables;
		s->table_room = room;
	}
	return &s->tables[s->table_count++];
}

/* One row of the schema: type, name, table, root page, statement. */
static void
schema_row(struct rmn_sqlite *s, void *context, int64_t row, struct rmn_bytes payload)
{
	struct rmn_sqlite_value values[5];
	struct rmn_sqlite_record record;
	struct rmn_sqlite_table *table;
	struct rmn_bytes type, sql;
	unsigned count = 0;

	(void)context;
	(void)row;
	if (rmn_sqlite_record_open(payload, &record))
		while (count < 5 && rmn_sqlite_record_next(&record, &values[count]))
			count++;
	if (count < 5 || record.is_damaged) {
		s->damage++;
		return;
	}
	type = schema_text(s, &values[0]);
	sql = schema_text(s, &values[4]);
	rmn_text_put(&s->text, sql);
	rmn_text_newline(&s->text);
	if (values[3].type != RMN_SQLITE_INTEGER || values[3].integer <= 0)
		return;		/* a view, a trigger, a virtual table */
	table = table_add(s);
	if (!table)
		return;
	*table = (struct rmn_sqlite_table){
		.name = schema_text(s, &values[1]),
		.root = values[3].integer > UINT32_MAX ? 0 : (uint32_t)values[3].integer,
		.is_index = rmn_bytes_equal(type, rmn_bytes_from_string("index")),
	};
	if (!table->is_index)
		rmn_sqlite_create_read(sql, s->input->arena, &table->create);
}

/* Pages that hold no text: maps of a database that vacuums itself, and the one with the lock. */
static void
plain_pages_take(struct rmn_sqlite *s, bool has_maps)
{
	uint64_t step = s->shape.usable_bytes / 5 + 1;
	uint64_t lock = LOCK_BYTE / s->shape.page_bytes + 1;

	for (uint64_t page = 2; has_maps && page <= s->page_count; page += step)
		s->owners[page - 1 + (page == lock && page < s->page_count)] = RMN_SQLITE_TAKEN;
	if (lock <= s->page_count)
		s->owners[lock - 1] = RMN_SQLITE_TAKEN;
}

/* A page that no tree leads to: free, or lost by damage. */
static void
free_page_put(struct rmn_sqlite *s, uint32_t number, struct rmn_bytes bytes)
{
	struct rmn_sqlite_page page;
	bool is_leaf = rmn_sqlite_page_open(&s->shape, bytes, number, &page) &&
	    (page.kind == RMN_SQLITE_TABLE_LEAF || page.kind == RMN_SQLITE_INDEX_LEAF);

	if (rmn_bytes_are_zero(bytes))
		return;
	if (is_leaf) {
		rmn_sqlite_leaf_put(&s->text, &s->shape, &page);
		rmn_sqlite_gaps_put(&s->text, &s->shape, &page, 0, s->spare);
	} else {
		rmn_sqlite_region_put(&s->text, &s->shape, bytes, 0);
	}
}

static void
leaf_gaps_put(struct rmn_sqlite *s, uint32_t number, struct rmn_bytes bytes)
{
	const struct rmn_sqlite_table *table =
	    &s->tables[s->owners[number - 1] - RMN_SQLITE_OWNED];
	struct rmn_sqlite_page page;
	unsigned columns = 0;

	if (!rmn_sqlite_page_open(&s->shape, bytes, number, &page))
		return;
	for (unsigned i = 0; i < table->create.count; i++)
		columns += !table->create.columns[i].is_virtual;
	rmn_text_part(&s->text, RMN_PART_DELETED, table->name);
	rmn_sqlite_gaps_put(&s->text, &s->shape, &page, columns, s->spare);
}

static void
free_pages_put(struct rmn_sqlite *s)
{
	rmn_text_part(&s->text, RMN_PART_DELETED, rmn_bytes_from_string("free pages"));
	for (uint32_t number = 1; number <= s->page_count && s->text.status == RMN_OK; number++)
		if (s->owners[number - 1] == RMN_SQLITE_UNSEEN)
			free_page_put(s, number, rmn_sqlite_page_load(s, number, &s->pages[0]));
}

static void
deleted_put(struct rmn_sqlite *s)
{
	if (!s->spare)
		s->spare = rmn_arena_take(s->input->arena, s->shape.page_bytes);
	if (!s->spare) {
		s->text.status = rmn_fail(s->error, RMN_LIMIT, "item outgrows its memory");
		return;
	}
	for (uint32_t number = 1; number <= s->page_count && s->text.status == RMN_OK; number++)
		if (s->owners[number - 1] >= RMN_SQLITE_OWNED)
			leaf_gaps_put(s, number, rmn_sqlite_page_load(s, number, &s->pages[0]));
	free_pages_put(s);
}

static enum rmn_status
database_read(struct rmn_sqlite *s)
{
	const unsigned char *head = s->input->head.data;
	uint64_t stated = rmn_be32(head + 24) == rmn_be32(head + 92) ? rmn_be32(head + 28) : 0;
	bool is_cut = s->input->content->size_bytes % s->shape.page_bytes != 0 ||
	    stated > s->page_count;

	plain_pages_take(s, rmn_be32(head + 52) != 0);
	rmn_text_part(&s->text, RMN_PART_MACRO, rmn_bytes_from_string("schema"));
	rmn_sqlite_walk(s, 1, true, RMN_SQLITE_TAKEN, schema_row, NULL);
	for (size_t i = 0; i < s->table_count && s->text.status == RMN_OK; i++)
		rmn_sqlite_table_put(s, &s->tables[i], (uint32_t)(i + RMN_SQLITE_OWNED));
	if (s->text.status == RMN_OK)
		deleted_put(s);
	if (rmn_text_flush(&s->text) != RMN_OK)
		return s->text.status;
	if (s->member_left_out > 0)
		rmn_sink_missing(s->sink, RMN_LIMIT, "%u more documents in cells were not taken out",
		    s->member_left_out);
	if (is_cut)
		return rmn_fail(s->error, RMN_PARTIAL, "the database is cut short");
	if (s->damage > 0)
		return rmn_fail(s->error, RMN_PARTIAL, "%llu pages or rows could not be read",
		    (unsigned long long)s->damage);
	return RMN_OK;
}

static enum rmn_status
sqlite_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_sqlite s = {.input = input, .sink = sink, .error = error};
	uint64_t pages;
	enum rmn_status status;

	if (!rmn_sqlite_shape_read(input->head, &s.shape))
		return rmn_fail(error, RMN_CORRUPT, "the header of the database is damaged");
	pages = (input->content->size_bytes + s.shape.page_bytes - 1) / s.shape.page_bytes;
	s.page_count = pages > UINT32_MAX - 1 ? UINT32_MAX - 1 : (uint32_t)pages;
	s.owners = rmn_arena_alloc(input->arena, s.page_count, sizeof(*s.owners));
	rmn_text_init(&s.text, sink, input->arena, error);
	if (!s.owners || s.text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "item outgrows its memory");
	rmn_buf_init(&s.payload, RMN_LIMIT_WHOLE_ITEM_BYTES);
	status = database_read(&s);
	rmn_buf_release(&s.payload);
	return status;
}

static unsigned
sqlite_claim(const struct rmn_format_input *input)
{
	return input->head.size >= 16 &&
	    memcmp(input->head.data, "SQLite format 3", 16) == 0 ? 128 : 0;
}

const struct rmn_format rmn_format_sqlite = {
	.name = "sqlite",
	.title = "SQLite database",
	.media_type = "application/vnd.sqlite3",
	.kind = RMN_KIND_CONTAINER,
	.claim = sqlite_claim,
	.read = sqlite_read,
};
