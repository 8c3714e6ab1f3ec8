/* SPDX-License-Identifier: MIT
 *
 * The picture of a medium: items and findings by their place on it.  An item's findings (and those
 * of its members) are spread over its extents by their length, because a finding's own offset
 * counts in text that may be unpacked. */
#include <sqlite3.h>
#include <string.h>

#include "report/diskmap.h"

static const char *const extents_sql =
    "SELECT e.image_offset, e.length_bytes, i.state, i.kind, f.findings, f.severity,"
    " sum(e.length_bytes) OVER (PARTITION BY e.item_id)"
    " FROM v_item i JOIN v_extent e ON e.item_id = i.id LEFT JOIN"
    " (SELECT item_id >> 20 AS unit, sum(findings) AS findings, max(severity_level) AS severity"
    "  FROM v_item_finding_count GROUP BY 1) f ON f.unit = i.id >> 20"
    " WHERE i.source_id = ?1 AND e.image_offset NOT NULL AND e.length_bytes > 0";

enum { EXTENT_OFFSET, EXTENT_LENGTH, EXTENT_STATE, EXTENT_KIND, EXTENT_FINDINGS,
	EXTENT_SEVERITY, EXTENT_OF_BYTES };

/* Where cell i starts. */
static uint64_t
cell_start(uint64_t size_bytes, unsigned i)
{
	return (uint64_t)((double)size_bytes * i / RMN_REPORT_MAP_CELLS);
}

static bool
is_word(sqlite3_stmt *s, int at, const char *word)
{
	return strcmp((const char *)sqlite3_column_text(s, at), word) == 0;
}

static void
mark(struct rmn_report_map *map, sqlite3_stmt *s)
{
	uint64_t offset = (uint64_t)sqlite3_column_int64(s, EXTENT_OFFSET);
	uint64_t length = (uint64_t)sqlite3_column_int64(s, EXTENT_LENGTH);
	double findings = sqlite3_column_double(s, EXTENT_FINDINGS);
	double all = sqlite3_column_double(s, EXTENT_OF_BYTES);
	bool in_use = is_word(s, EXTENT_STATE, "allocated");
	bool is_empty = is_word(s, EXTENT_KIND, "space") && findings < 1;
	uint64_t end = offset + length;
	unsigned i;

	if (offset >= map->size_bytes || end < offset || is_empty)
		return;
	i = (unsigned)((double)offset / (double)map->size_bytes * RMN_REPORT_MAP_CELLS);
	for (; i < RMN_REPORT_MAP_CELLS && cell_start(map->size_bytes, i) < end; i++) {
		struct rmn_report_map_cell *cell = &map->cells[i];
		uint64_t from = cell_start(map->size_bytes, i);
		uint64_t to = cell_start(map->size_bytes, i + 1);
		uint64_t bytes;

		from = from > offset ? from : offset;
		to = to < end ? to : end;
		if (to <= from)
			continue;
		bytes = to - from;
		*(in_use ? &cell->used_bytes : &cell->gone_bytes) += bytes;
		if (findings > 0 && all > 0) {
			unsigned severity = (unsigned)sqlite3_column_int(s, EXTENT_SEVERITY);

			cell->findings += findings * (double)bytes / all;
			if (severity > cell->severity)
				cell->severity = severity;
		}
	}
}

static enum rmn_status
fill_map(struct rmn_report_map *map, struct rmn_case *c, int64_t source_id,
    struct rmn_error *error)
{
	sqlite3_stmt *s;
	int code;

	if (sqlite3_prepare_v2(rmn_case_db(c), extents_sql, -1, &s, NULL) != SQLITE_OK)
		return rmn_fail(error, RMN_CORRUPT, "%s", sqlite3_errmsg(rmn_case_db(c)));
	sqlite3_bind_int64(s, 1, source_id);
	while ((code = sqlite3_step(s)) == SQLITE_ROW)
		mark(map, s);
	sqlite3_finalize(s);
	return code == SQLITE_DONE ? RMN_OK :
	    rmn_fail(error, RMN_CORRUPT, "%s", sqlite3_errmsg(rmn_case_db(c)));
}

static enum rmn_status
add_map(struct rmn_report_model *m, struct rmn_case *c, sqlite3_stmt *source,
    struct rmn_error *error)
{
	struct rmn_report_map *map = &m->maps[m->map_count];
	struct rmn_bytes name = {sqlite3_column_text(source, 1),
	    (size_t)sqlite3_column_bytes(source, 1)};

	map->source = (const char *)rmn_arena_copy(m->arena, name).data;
	map->size_bytes = (uint64_t)sqlite3_column_int64(source, 2);
	if (!map->source)
		return rmn_fail(error, RMN_NOMEM, "the report does not fit into memory");
	m->map_count++;
	return fill_map(map, c, sqlite3_column_int64(source, 0), error);
}

enum rmn_status
rmn_report_map_fill(struct rmn_report_model *m, struct rmn_case *c, struct rmn_error *error)
{
	size_t sources = rmn_report_find_rows(m, "sources")->count;
	enum rmn_status status = RMN_OK;
	sqlite3_stmt *s;

	m->maps = rmn_arena_alloc(m->arena, sources ? sources : 1, sizeof(*m->maps));
	if (!m->maps)
		return rmn_fail(error, RMN_NOMEM, "the report does not fit into memory");
	if (sqlite3_prepare_v2(rmn_case_db(c), "SELECT id, name, size_bytes FROM v_source"
		" WHERE kind <> 'tree' AND size_bytes > 0 ORDER BY id", -1, &s, NULL) != SQLITE_OK)
		return rmn_fail(error, RMN_CORRUPT, "%s", sqlite3_errmsg(rmn_case_db(c)));
	while (status == RMN_OK && m->map_count < sources && sqlite3_step(s) == SQLITE_ROW)
		status = add_map(m, c, s, error);
	sqlite3_finalize(s);
	return status;
}
