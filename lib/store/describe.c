/* SPDX-License-Identifier: MIT
 *
 * A case in a few lines for a person.  Each line is the first column of a row. */
#include "base/utf8.h"
#include "store/check.h"
#include "store/private.h"

static const char *const describing_sql[] = {
	"SELECT 'case made ' || created || ' by remnant ' || program_version ||"
	" CASE keep_values WHEN 1 THEN ', keeps clear values' ELSE ', values masked' END"
	" FROM v_case",
	"SELECT 'source ' || path || ': ' || kind || coalesce(' (' || format || ')', '') || ', ' ||"
	" size_bytes || ' bytes, ' || status ||"
	" coalesce(', model ' || model, '') || coalesce(', serial ' || serial, '') ||"
	" coalesce(', sha256 ' || sha256, '') FROM v_source ORDER BY id",
	"SELECT '  ' || forensic_path || ': ' || length_bytes || ' bytes, ' || state"
	" FROM v_volume ORDER BY id",
	"SELECT 'items ' || count(*) FROM item",
	"SELECT 'documents ' || count(*) || ', business ' || coalesce(sum(business), 0)"
	" FROM v_document",
	"SELECT 'findings ' || severity_level || ' of 5, ' || confidence || ' ' || sum(findings)"
	" FROM v_finding_count GROUP BY severity_level, confidence"
	" ORDER BY severity_level DESC, confidence",
	"SELECT 'not examined to the end: ' || count(*) || ' of stage ' || stage FROM unexamined"
	" GROUP BY stage ORDER BY stage",
	"SELECT 'parts waiting ' || count(*) FROM unit WHERE is_done = 0",
	"SELECT 'commands ' || count(*) FROM v_log",
};

/* Evidence names its files as it likes: nothing of it acts on a terminal. */
static enum rmn_status
append_lines(struct rmn_case *c, const char *sql, struct rmn_buf *text, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	while ((status = rmn_store_step(c, statement, error)) == RMN_OK) {
		struct rmn_bytes line = {sqlite3_column_text(statement, 0),
		    (size_t)sqlite3_column_bytes(statement, 0)};

		rmn_utf8_append_escaped(text, line);
		rmn_buf_append_char(text, '\n');
	}
	sqlite3_finalize(statement);
	return status == RMN_END ? RMN_OK : status;
}

enum rmn_status
rmn_case_describe(struct rmn_case *c, struct rmn_buf *text, struct rmn_error *error)
{
	enum rmn_status status = RMN_OK;
	size_t i;

	for (i = 0; status == RMN_OK && i < sizeof(describing_sql) / sizeof(describing_sql[0]); i++)
		status = append_lines(c, describing_sql[i], text, error);
	return status;
}

enum rmn_status
rmn_case_describe_log(struct rmn_case *c, struct rmn_buf *text, struct rmn_error *error)
{
	return append_lines(c,
	    "SELECT id || ' ' || started || ' ' || coalesce(ended, 'not ended') || ' ' || user ||"
	    " '@' || host || ' ' || program || ' ' || version || ' ' || argv ||"
	    " coalesce(' (' || note || ')', '') || ': ' || coalesce(result, 'no result')"
	    " FROM v_log ORDER BY id", text, error);
}
