/* SPDX-License-Identifier: MIT
 *
 * How much there is of a source: for progress and for the message of a second run. */
#include "store/private.h"

/* The whole case: plain counts, which SQLite makes without touching a row. */
static const char *const total_sql[] = {
	"SELECT count(*) FROM unit",
	"SELECT (SELECT count(*) FROM item) - (SELECT count(*) FROM unit)",
	"SELECT count(*) FROM document",
	"SELECT count(*) FROM finding",
	"SELECT count(*) FROM unexamined",
	"SELECT count(*) FROM unit WHERE is_done = 0",
	"SELECT count(*) FROM unit WHERE is_done = 1",
};

/* One figure a row; ?1 is the source. */
static const char *const count_sql[] = {
	"SELECT count(*) FROM item WHERE source_id = ?1 AND id & 1048575 = 0",
	"SELECT count(*) FROM item WHERE source_id = ?1 AND id & 1048575 <> 0",
	("SELECT count(*) FROM document d JOIN unit u ON u.id = d.item_id >> 20"
	 " WHERE u.source_id = ?1"),
	"SELECT count(*) FROM finding f JOIN unit u ON u.id = f.id >> 24 WHERE u.source_id = ?1",
	"SELECT count(*) FROM unexamined WHERE source_id = ?1",
	"SELECT count(*) FROM unit WHERE source_id = ?1 AND is_done = 0",
	"SELECT count(*) FROM unit WHERE source_id = ?1 AND is_done = 1",
};

static enum rmn_status
count_rows(struct rmn_case *c, const char *sql, int64_t source_id, uint64_t *count,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	sqlite3_bind_int64(statement, 1, source_id);
	status = rmn_store_step(c, statement, error);
	if (status == RMN_OK)
		*count = (uint64_t)sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return status;
}

enum rmn_status
rmn_case_count(struct rmn_case *c, int64_t source_id, struct rmn_case_counts *counts,
    struct rmn_error *error)
{
	struct rmn_case_counts made = {0};
	uint64_t *const figures[] = {&made.items, &made.members, &made.documents, &made.findings,
	    &made.unexamined, &made.pending_units, &made.done_units};
	enum rmn_status status = RMN_OK;
	size_t i;

	for (i = 0; status == RMN_OK && i < sizeof(figures) / sizeof(figures[0]); i++)
		status = count_rows(c, source_id == 0 ? total_sql[i] : count_sql[i], source_id,
		    figures[i], error);
	if (status == RMN_OK)
		*counts = made;
	return status;
}

enum rmn_status
rmn_case_coverage_total(struct rmn_case *c, int64_t source_id, uint64_t *bytes,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_statement(c, STORE_COVERAGE_TOTAL, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, source_id);
	status = rmn_store_step(c, statement, error);
	if (status != RMN_OK)
		return status;
	*bytes = (uint64_t)sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return RMN_OK;
}

enum rmn_status
rmn_case_worst_severity(struct rmn_case *c, unsigned least_score, unsigned *severity,
    struct rmn_error *error)
{
	uint64_t worst = 0;
	enum rmn_status status = count_rows(c,
	    "SELECT coalesce(max(severity), 0) FROM finding WHERE score >= ?1",
	    (int64_t)least_score, &worst, error);

	if (status == RMN_OK)
		*severity = (unsigned)worst;
	return status;
}
