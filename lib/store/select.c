/* SPDX-License-Identifier: MIT */
#include "store/select.h"

#include <ctype.h>

#include "base/buf.h"
#include "store/private.h"

/* content_how 0 with extents is another name of a file; without, there are no bytes. */
static const char columns[] =
    "SELECT v.id, v.source_id, i.volume_id, s.path, s.name, v.path, v.kind, v.state, v.grade,"
    " v.recoverability, v.format, v.sha256, v.forensic_path, v.size_bytes, v.created_ns,"
    " v.modified_ns, v.accessed_ns, i.content_how <> 0, coalesce(i.first_offset, 0),"
    " substr(p.place, length(s.name) + 3)"
    " FROM v_item v JOIN item i ON i.id = v.id JOIN source s ON s.id = v.source_id"
    " LEFT JOIN place_volume p ON p.volume_id = i.volume_id"
    " WHERE v.id & 1048575 = 0 AND v.kind IN ('file', 'stream') AND v.size_bytes > 0"
    " AND s.kind <> 'tree' AND (i.content_how <> 0 OR"
    " EXISTS (SELECT 1 FROM extent e WHERE e.item_id = v.id))";

/* expression IN ('a', 'b'): of each word only letters, digits and '-' are taken. */
static void
append_words(struct rmn_buf *sql, const char *expression, const struct rmn_words *words)
{
	rmn_buf_printf(sql, "%s IN (", expression);
	for (size_t i = 0; i < words->count; i++) {
		rmn_buf_append_string(sql, i ? ", '" : "'");
		for (const char *p = words->items[i]; *p; p++)
			if (isalnum((unsigned char)*p) || *p == '-')
				rmn_buf_append_char(sql, (char)tolower((unsigned char)*p));
		rmn_buf_append_char(sql, '\'');
	}
	rmn_buf_append_char(sql, ')');
}

/* What stands behind the last dot of the name. */
static const char extension[] =
    "lower(substr(v.name, length(rtrim(v.name, replace(v.name, '.', ''))) + 1))";

static void
select_sql(const struct rmn_select *select, struct rmn_buf *sql)
{
	rmn_buf_append_string(sql, columns);
	if (select->states.count > 0) {
		rmn_buf_append_string(sql, " AND ");
		append_words(sql, "v.state", &select->states);
	}
	if (select->grades.count > 0) {
		rmn_buf_append_string(sql, " AND (v.grade IS NULL OR ");
		append_words(sql, "lower(v.grade)", &select->grades);
		rmn_buf_append_char(sql, ')');
	}
	if (select->types.count > 0) {
		rmn_buf_append_string(sql, " AND (");
		append_words(sql, "v.format", &select->types);
		rmn_buf_append_string(sql, " OR ");
		append_words(sql, extension, &select->types);
		rmn_buf_append_char(sql, ')');
	}
	if (select->documents_only)
		rmn_buf_append_string(sql, " AND EXISTS (SELECT 1 FROM document d WHERE d.item_id ="
		    " v.id)");
	if (select->path_glob)
		rmn_buf_append_string(sql, " AND v.path GLOB ?1");
	if (select->where)
		rmn_buf_printf(sql, " AND v.id IN (SELECT id FROM v_item WHERE (%s))", select->where);
	rmn_buf_append_string(sql, " ORDER BY v.source_id, coalesce(i.first_offset, 0), v.id");
}

static const char *
text_of(sqlite3_stmt *s, int at)
{
	return (const char *)sqlite3_column_text(s, at);
}

static int64_t
time_of(sqlite3_stmt *s, int at)
{
	return sqlite3_column_type(s, at) == SQLITE_NULL ? INT64_MIN : sqlite3_column_int64(s, at);
}

static void
row_read(sqlite3_stmt *s, struct rmn_selected *item)
{
	const char *place = text_of(s, 19);

	*item = (struct rmn_selected){
		.id = sqlite3_column_int64(s, 0),
		.source_id = sqlite3_column_int64(s, 1),
		.volume_id = sqlite3_column_int64(s, 2),
		.source_path = text_of(s, 3), .source_name = text_of(s, 4),
		.path = {sqlite3_column_blob(s, 5), (size_t)sqlite3_column_bytes(s, 5)},
		.kind = text_of(s, 6), .state = text_of(s, 7), .grade = text_of(s, 8),
		.recoverability = text_of(s, 9), .format = text_of(s, 10),
		.sha256 = text_of(s, 11), .forensic_path = text_of(s, 12),
		.size_bytes = (uint64_t)sqlite3_column_int64(s, 13),
		.created = time_of(s, 14), .modified = time_of(s, 15), .accessed = time_of(s, 16),
		.has_bytes = sqlite3_column_int(s, 17),
		.first_offset = (uint64_t)sqlite3_column_int64(s, 18),
		.place = place ? place : "",
	};
}

enum rmn_status
rmn_case_select(struct rmn_case *c, const struct rmn_select *select,
    enum rmn_status (*each)(void *context, const struct rmn_selected *item), void *context,
    struct rmn_error *error)
{
	struct rmn_selected item;
	sqlite3_stmt *statement = NULL;
	enum rmn_status status = RMN_OK;
	const char *tail = NULL;
	struct rmn_buf sql;

	rmn_buf_init(&sql, 0);
	select_sql(select, &sql);
	if (sql.failed)
		status = rmn_fail(error, RMN_NOMEM, "out of memory");
	else if (sqlite3_prepare_v2(c->db, rmn_buf_string(&sql), (int)sql.size, &statement, &tail) !=
	    SQLITE_OK || (tail && *tail))
		status = rmn_fail(error, RMN_CORRUPT, "--where is no expression over v_item: %s",
		    statement ? "something follows it" : sqlite3_errmsg(c->db));
	if (status == RMN_OK && select->path_glob)
		sqlite3_bind_text(statement, 1, select->path_glob, -1, SQLITE_STATIC);
	while (status == RMN_OK && (status = rmn_store_step(c, statement, error)) == RMN_OK) {
		row_read(statement, &item);
		status = each(context, &item);
	}
	sqlite3_finalize(statement);
	rmn_buf_release(&sql);
	return status == RMN_END ? RMN_OK : status;
}
