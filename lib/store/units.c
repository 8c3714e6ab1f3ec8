/* SPDX-License-Identifier: MIT
 *
 * Units: what is still to be examined, and taking back what was examined by halves.
 *
 * Everything of a unit is one range of ids, so a unit is cleared by a few range deletions.  A scan
 * that was killed leaves rows of units that never ended; these are found by one pass over each
 * table, once for every resumed scan. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "store/private.h"

/* What the examination wrote, by how its table names the unit.  */
struct cleared_table {
	const char *name;
	const char *unit;	/* the unit as an expression over the row */
	const char *id;		/* the column that a unit is a range of, and */
	int bits;		/* by how much it is shifted; 0: the column is the unit */
	const char *only;	/* which rows of the unit */
};

static const struct cleared_table cleared_tables[] = {
	{"finding", "id >> 24", "id", RMN_FINDING_BITS, ""},
	{"document", "item_id >> 20", "item_id", RMN_ITEM_BITS, ""},
	{"named_thing", "item_id >> 20", "item_id", RMN_ITEM_BITS, ""},
	{"unexamined", "unit", "unit", 0, ""},
	{"coverage", "unit", "unit", 0, ""},
	{"item", "id >> 20", "id", RMN_ITEM_BITS, " AND id & 1048575 <> 0"},
};

#define CLEARED_TABLES (sizeof(cleared_tables) / sizeof(cleared_tables[0]))

static const char *const forget_result =
    "sha256 = NULL, media_type_id = NULL, format = NULL, status = NULL, status_reason = NULL,"
    " recoverability = NULL, text_bytes = NULL";

static enum rmn_status
check_writable(struct rmn_case *c, struct rmn_error *error)
{
	sqlite3_stmt *unused;

	return rmn_store_write(c, STORE_END_UNIT, &unused, error);
}

enum rmn_status
rmn_case_next_unit(struct rmn_case *c, int64_t *unit, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_statement(c, STORE_NEXT_UNIT, &statement, error);
	if (status == RMN_OK)
		status = rmn_store_step(c, statement, error);
	if (status != RMN_OK)
		return status;
	*unit = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return RMN_OK;
}

enum rmn_status
rmn_case_end_unit(struct rmn_case *c, int64_t unit, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_END_UNIT, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, unit);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK && sqlite3_changes(c->db) == 0)
		return rmn_fail(error, RMN_CORRUPT, "%s has no unit %lld", c->path,
		    (long long)unit);
	return status;
}

/* The source of a unit, because the ledger's key starts with it. */
static enum rmn_status
clear_table(struct rmn_case *c, const struct cleared_table *table, int64_t unit,
    struct rmn_error *error)
{
	long long first = (long long)unit << table->bits;
	char sql[256];

	if (strcmp(table->name, "coverage") == 0)
		snprintf(sql, sizeof(sql),
		    "DELETE FROM coverage WHERE unit = %lld AND source_id ="
		    " (SELECT source_id FROM unit WHERE id = %lld)", first, first);
	else
		snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE %s BETWEEN %lld AND %lld%s",
		    table->name, table->id, first, first + (1ll << table->bits) - 1, table->only);
	return rmn_store_exec(c, sql, error);
}

enum rmn_status
rmn_case_clear_unit(struct rmn_case *c, int64_t unit, struct rmn_error *error)
{
	enum rmn_status status = check_writable(c, error);
	char sql[320];
	size_t i;

	for (i = 0; status == RMN_OK && i < CLEARED_TABLES; i++)
		status = clear_table(c, &cleared_tables[i], unit, error);
	if (status != RMN_OK)
		return status;
	snprintf(sql, sizeof(sql),
	    "UPDATE item SET %s WHERE id = %lld; UPDATE unit SET is_done = 0 WHERE id = %lld",
	    forget_result, (long long)rmn_item_id(unit, 0), (long long)unit);
	return rmn_store_exec(c, sql, error);
}

enum rmn_status
rmn_case_clear_unfinished(struct rmn_case *c, int64_t source_id, struct rmn_error *error)
{
	enum rmn_status status = check_writable(c, error);
	char sql[400];
	size_t i;

	for (i = 0; status == RMN_OK && i < CLEARED_TABLES; i++) {
		const struct cleared_table *table = &cleared_tables[i];

		snprintf(sql, sizeof(sql),
		    "DELETE FROM %s WHERE (SELECT is_done = 0 AND source_id = %lld FROM unit u"
		    " WHERE u.id = %s.%s)%s", table->name, (long long)source_id, table->name,
		    table->unit, table->only);
		status = rmn_store_exec(c, sql, error);
	}
	if (status != RMN_OK)
		return status;
	snprintf(sql, sizeof(sql),
	    "UPDATE item SET %s WHERE source_id = %lld AND id & 1048575 = 0"
	    " AND (status NOT NULL OR sha256 NOT NULL)"
	    " AND (SELECT is_done = 0 FROM unit u WHERE u.id = item.id >> 20)", forget_result,
	    (long long)source_id);
	return rmn_store_exec(c, sql, error);
}

enum rmn_status
rmn_case_forget_walk(struct rmn_case *c, int64_t source_id, struct rmn_error *error)
{
	enum rmn_status status = check_writable(c, error);
	long long id = source_id;
	char sql[1024];

	if (status != RMN_OK)
		return status;
	c->known.unit = 0;
	snprintf(sql, sizeof(sql),
	    "DELETE FROM finding WHERE id >> 24 IN (SELECT id FROM unit WHERE source_id = %lld);"
	    "DELETE FROM document WHERE item_id >> 20 IN"
	    " (SELECT id FROM unit WHERE source_id = %lld);"
	    "DELETE FROM named_thing WHERE item_id >> 20 IN"
	    " (SELECT id FROM unit WHERE source_id = %lld);"
	    "DELETE FROM extent WHERE item_id >> 20 IN"
	    " (SELECT id FROM unit WHERE source_id = %lld);"
	    "DELETE FROM unexamined WHERE source_id = %lld;"
	    "DELETE FROM coverage WHERE source_id = %lld;"
	    "DELETE FROM item WHERE source_id = %lld;"
	    "DELETE FROM unit WHERE source_id = %lld;"
	    "DELETE FROM volume WHERE source_id = %lld;", id, id, id, id, id, id, id, id, id);
	return rmn_store_exec(c, sql, error);
}

enum rmn_status
rmn_case_each_pending(struct rmn_case *c, int64_t source_id,
    enum rmn_status (*each)(void *context, int64_t unit, uint64_t first_offset), void *context,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_statement(c, STORE_EACH_PENDING, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, source_id);
	while ((status = rmn_store_step(c, statement, error)) == RMN_OK) {
		status = each(context, sqlite3_column_int64(statement, 0),
		    (uint64_t)sqlite3_column_int64(statement, 1));
		if (status != RMN_OK) {
			sqlite3_reset(statement);
			return status;
		}
	}
	return status == RMN_END ? RMN_OK : status;
}

static struct rmn_bytes
column_copy(struct rmn_arena *arena, sqlite3_stmt *statement, int at)
{
	struct rmn_bytes text = {sqlite3_column_text(statement, at),
	    (size_t)sqlite3_column_bytes(statement, at)};

	return rmn_arena_copy(arena, text);
}

static const char *
column_word(struct rmn_arena *arena, sqlite3_stmt *statement, int at)
{
	if (sqlite3_column_type(statement, at) == SQLITE_NULL)
		return NULL;
	return (const char *)column_copy(arena, statement, at).data;
}

static int64_t
column_time(sqlite3_stmt *statement, int at)
{
	if (sqlite3_column_type(statement, at) == SQLITE_NULL)
		return RMN_TIME_UNKNOWN;
	return sqlite3_column_int64(statement, at);
}

/* False: the arena is full. */
static bool
read_item(struct rmn_arena *arena, sqlite3_stmt *s, struct rmn_item_row *row)
{
	row->id = sqlite3_column_int64(s, 0);
	row->source_id = sqlite3_column_int64(s, 1);
	row->volume_id = sqlite3_column_int64(s, 2);
	row->path = column_copy(arena, s, 3);
	row->name = column_copy(arena, s, 4);
	row->kind = column_word(arena, s, 5);
	row->state = column_word(arena, s, 6);
	row->recoverability = column_word(arena, s, 7);
	row->size_bytes = sqlite3_column_type(s, 8) == SQLITE_NULL ?
	    UINT64_MAX : (uint64_t)sqlite3_column_int64(s, 8);
	row->created = column_time(s, 9);
	row->modified = column_time(s, 10);
	row->changed = column_time(s, 11);
	row->accessed = column_time(s, 12);
	row->inode = (uint64_t)sqlite3_column_int64(s, 13);
	row->mode = (uint32_t)sqlite3_column_int64(s, 14);
	row->uid = (uint32_t)sqlite3_column_int64(s, 15);
	row->gid = (uint32_t)sqlite3_column_int64(s, 16);
	row->link_count = (uint32_t)sqlite3_column_int64(s, 17);
	row->overwritten_bytes = (uint64_t)sqlite3_column_int64(s, 18);
	row->content_how = (uint8_t)sqlite3_column_int(s, 19);
	row->attribute_type = (uint32_t)sqlite3_column_int64(s, 20);
	row->attribute_id = (uint32_t)sqlite3_column_int64(s, 21);
	row->first_offset = (uint64_t)sqlite3_column_int64(s, 22);
	row->extent_count = (size_t)sqlite3_column_int64(s, 23);
	row->grade = sqlite3_column_type(s, 24) == SQLITE_NULL ? 0 :
	    (char)sqlite3_column_text(s, 24)[0];
	return row->path.data && row->name.data && row->kind && row->state;
}

static enum rmn_status
read_extents(struct rmn_case *c, int64_t unit, struct rmn_extent_row *extents, size_t count,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;
	size_t i;

	status = rmn_store_statement(c, STORE_GET_EXTENTS, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, unit);
	for (i = 0; i < count; i++) {
		status = rmn_store_step(c, statement, error);
		if (status != RMN_OK)
			return status;
		extents[i].image_offset = sqlite3_column_type(statement, 0) == SQLITE_NULL ?
		    -1 : sqlite3_column_int64(statement, 0);
		extents[i].length_bytes = (uint64_t)sqlite3_column_int64(statement, 1);
		extents[i].kind = (uint8_t)sqlite3_column_int(statement, 2);
		extents[i].owner = (uint64_t)sqlite3_column_int64(statement, 3);
	}
	sqlite3_reset(statement);
	return RMN_OK;
}

enum rmn_status
rmn_case_get_unit(struct rmn_case *c, int64_t unit, struct rmn_arena *arena,
    struct rmn_item_row *row, struct rmn_error *error)
{
	struct rmn_item_row item = {0};
	struct rmn_extent_row *extents;
	sqlite3_stmt *statement;
	enum rmn_status status;
	bool whole;

	status = rmn_store_statement(c, STORE_GET_UNIT, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, unit);
	status = rmn_store_step(c, statement, error);
	if (status == RMN_END)
		return rmn_fail(error, RMN_CORRUPT, "%s has no unit %lld", c->path,
		    (long long)unit);
	if (status != RMN_OK)
		return status;
	whole = read_item(arena, statement, &item);
	sqlite3_reset(statement);
	extents = rmn_arena_alloc(arena, item.extent_count, sizeof(*extents));
	if (!whole || (!extents && item.extent_count > 0))
		return rmn_fail(error, RMN_NOMEM, "unit %lld: out of memory", (long long)unit);
	status = read_extents(c, unit, extents, item.extent_count, error);
	if (status != RMN_OK)
		return status;
	item.extents = item.extent_count > 0 ? extents : NULL;
	*row = item;
	return RMN_OK;
}
