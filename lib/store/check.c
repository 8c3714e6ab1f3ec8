/* SPDX-License-Identifier: MIT
 *
 * Every check is one query whose rows are the problems, as sentences. */
#include <stdio.h>

#include "store/check.h"
#include "store/private.h"

#define REPORTED_OF_A_KIND 100u

static const char *const problems_sql[] = {
	"SELECT 'integrity: ' || integrity_check FROM pragma_integrity_check"
	" WHERE integrity_check <> 'ok'",
	"SELECT 'table ' || \"table\" || ': row ' || coalesce(rowid, '?') ||"
	" ' refers to a missing row of ' || parent FROM pragma_foreign_key_check",
	"SELECT 'item ' || id || ' belongs to no unit' FROM item"
	" WHERE NOT EXISTS (SELECT 1 FROM unit u WHERE u.id = item.id >> 20)",
	"SELECT 'unit ' || id || ' has no item' FROM unit"
	" WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.id = unit.id << 20)",
	"SELECT 'item ' || id || ' is in no container' FROM item WHERE id & 1048575 <> 0"
	" AND NOT EXISTS (SELECT 1 FROM item i"
	"  WHERE i.id = ((item.id >> 20) << 20 | item.parent_member))",
	"SELECT 'finding ' || id || ' belongs to no item' FROM finding WHERE NOT EXISTS"
	" (SELECT 1 FROM item i WHERE i.id = ((finding.id >> 24) << 20 | finding.member))",
	"SELECT 'document ' || item_id || ' belongs to no item' FROM document"
	" WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.id = document.item_id)",
	/* Of an image that is cut short: the file is recorded as not read to its end. */
	"SELECT 'an extent of item ' || e.item_id || ' ends outside its source' FROM extent e"
	" JOIN item i ON i.id = e.item_id JOIN source s ON s.id = i.source_id"
	" JOIN unit u ON u.id = i.id >> 20"
	" WHERE s.kind <> 'tree' AND e.image_offset + e.length_bytes > s.size_bytes"
	" AND u.is_done = 1 AND NOT EXISTS (SELECT 1 FROM unexamined x"
	"  WHERE x.item_id = i.id AND x.stage IN ('read', 'crash'))",
	"SELECT s.path || ': the ledger has ' || coalesce(sum(v.bytes), 0) || ' bytes, the source '"
	" || s.size_bytes FROM source s LEFT JOIN coverage v ON v.source_id = s.id"
	" WHERE s.state IN ('complete', 'incomplete') GROUP BY s.id"
	" HAVING coalesce(sum(v.bytes), 0) <> s.size_bytes",
	"SELECT path || ': the hash made after the examination differs from the one before'"
	" FROM source WHERE sha256_after <> sha256",
	"SELECT s.path || ': the scan has not ended; ' || (SELECT count(*) FROM unit u"
	" WHERE u.source_id = s.id AND u.is_done = 0) || ' parts wait; run it again to resume'"
	" FROM source s WHERE s.state IN ('walking', 'examining')",
	"SELECT s.path || ': ' || count(*) || ' parts were not examined although the scan ended'"
	" FROM source s JOIN unit u ON u.source_id = s.id AND u.is_done = 0"
	" WHERE s.state = 'complete' GROUP BY s.id",
};

static enum rmn_status
run_query(struct rmn_case *c, const char *sql, rmn_check_fn report, void *context,
    uint64_t *problems, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;
	uint64_t found = 0;
	char more[64];

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	while ((status = rmn_store_step(c, statement, error)) == RMN_OK)
		if (found++ < REPORTED_OF_A_KIND)
			report(context, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	if (found > REPORTED_OF_A_KIND) {
		snprintf(more, sizeof(more), "... and %llu more like it",
		    (unsigned long long)(found - REPORTED_OF_A_KIND));
		report(context, more);
	}
	*problems += found;
	return status == RMN_END ? RMN_OK : status;
}

static enum rmn_status
check_log(struct rmn_case *c, rmn_check_fn report, void *context, uint64_t *problems,
    struct rmn_error *error)
{
	int64_t rows = 0, broken_at = 0;
	enum rmn_status status;
	char text[96];

	status = rmn_case_log_verify(c, &rows, &broken_at, error);
	if (status != RMN_OK || broken_at == 0)
		return status;
	snprintf(text, sizeof(text), "log: row %lld was changed, or one before it removed",
	    (long long)broken_at);
	report(context, text);
	*problems += 1;
	return RMN_OK;
}

enum rmn_status
rmn_case_check(struct rmn_case *c, rmn_check_fn report, void *context, uint64_t *problems,
    struct rmn_error *error)
{
	enum rmn_status status;
	uint64_t found = 0;
	size_t i;

	status = check_log(c, report, context, &found, error);
	for (i = 0; status == RMN_OK && i < sizeof(problems_sql) / sizeof(problems_sql[0]); i++)
		status = run_query(c, problems_sql[i], report, context, &found, error);
	if (status == RMN_OK)
		*problems = found;
	return status;
}
