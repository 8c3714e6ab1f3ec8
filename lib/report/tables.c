/* SPDX-License-Identifier: MIT
 *
 * The tables of the inventory, one row a section, filled from views only. */
#include "report/model.h"

#define COLUMNS(array) .columns = (array), .column_count = sizeof(array) / sizeof((array)[0])

static const struct rmn_report_column sources[] = {
	{"path", RMN_SHOW_PATH, NULL}, {"kind", RMN_SHOW_WORD, "kind"},
	{"format", RMN_SHOW_TITLE, NULL}, {"size_bytes", RMN_SHOW_BYTES, NULL},
	{"model", RMN_SHOW_EVIDENCE, NULL}, {"serial", RMN_SHOW_EVIDENCE, NULL},
	{"firmware", RMN_SHOW_EVIDENCE, NULL}, {"status", RMN_SHOW_WORD, "status"},
	{"sha256", RMN_SHOW_HASH, NULL}, {"sha256_after", RMN_SHOW_HASH, NULL},
	{"started", RMN_SHOW_TIME, NULL}, {"finished", RMN_SHOW_TIME, NULL},
	{"note", RMN_SHOW_EVIDENCE, NULL},
};
static const struct rmn_report_column volumes[] = {
	{"forensic_path", RMN_SHOW_PATH, NULL}, {"filesystem", RMN_SHOW_TITLE, NULL},
	{"state", RMN_SHOW_WORD, "state"}, {"label", RMN_SHOW_EVIDENCE, NULL},
	{"start_byte", RMN_SHOW_COUNT, NULL}, {"length_bytes", RMN_SHOW_BYTES, NULL},
};
static const struct rmn_report_column coverage[] = {
	{"source", RMN_SHOW_PATH, NULL}, {"class", RMN_SHOW_WORD, "class"},
	{"bytes", RMN_SHOW_BYTES, NULL}, {"share", RMN_SHOW_SHARE, NULL},
};
static const struct rmn_report_column recovered[] = {
	{"state", RMN_SHOW_WORD, "state"}, {"grade", RMN_SHOW_WORD, "grade"},
	{"items", RMN_SHOW_COUNT, NULL}, {"size_bytes", RMN_SHOW_BYTES, NULL},
};
static const struct rmn_report_column items[] = {
	{"state", RMN_SHOW_WORD, "state"}, {"items", RMN_SHOW_COUNT, NULL},
	{"size_bytes", RMN_SHOW_BYTES, NULL},
};
static const struct rmn_report_column unexamined[] = {
	{"stage", RMN_SHOW_WORD, "stage"}, {"reason", RMN_SHOW_REASON, NULL},
	{"count", RMN_SHOW_COUNT, NULL}, {"example", RMN_SHOW_PATH, NULL},
};
static const struct rmn_report_column document_types[] = {
	{"doc_type", RMN_SHOW_WORD, "doc_type"}, {"documents", RMN_SHOW_COUNT, NULL},
	{"business", RMN_SHOW_COUNT, NULL},
};
static const struct rmn_report_column document_years[] = {
	{"year", RMN_SHOW_WORD, "year"}, {"documents", RMN_SHOW_COUNT, NULL},
	{"business", RMN_SHOW_COUNT, NULL},
};
static const struct rmn_report_column document_formats[] = {
	{"format", RMN_SHOW_TITLE, NULL}, {"documents", RMN_SHOW_COUNT, NULL},
	{"business", RMN_SHOW_COUNT, NULL},
};
static const struct rmn_report_column document_markings[] = {
	{"marking", RMN_SHOW_WORD, "marking"}, {"documents", RMN_SHOW_COUNT, NULL},
	{"business", RMN_SHOW_COUNT, NULL},
};
static const struct rmn_report_column document_recoverability[] = {
	{"recoverability", RMN_SHOW_WORD, "recoverability"}, {"documents", RMN_SHOW_COUNT, NULL},
	{"business", RMN_SHOW_COUNT, NULL},
};
static const struct rmn_report_column documents[] = {
	{"doc_type", RMN_SHOW_WORD, "doc_type"}, {"title", RMN_SHOW_EVIDENCE, NULL},
	{"created", RMN_SHOW_TIME, NULL}, {"marking", RMN_SHOW_WORD, "marking"},
	{"state", RMN_SHOW_WORD, "state"}, {"recoverability", RMN_SHOW_WORD, "recoverability"},
	{"copies", RMN_SHOW_COUNT, NULL}, {"forensic_path", RMN_SHOW_PATH, NULL},
};
static const struct rmn_report_column rules[] = {
	{"severity", RMN_SHOW_WORD, "severity"}, {"rule_title", RMN_SHOW_TITLE, NULL},
	{"category", RMN_SHOW_WORD, "category"}, {"confirmed", RMN_SHOW_COUNT, NULL},
	{"probable", RMN_SHOW_COUNT, NULL}, {"possible", RMN_SHOW_COUNT, NULL},
	{"findings", RMN_SHOW_COUNT, NULL}, {"rule", RMN_SHOW_TITLE, NULL},
};
static const struct rmn_report_column findings[] = {
	{"severity", RMN_SHOW_WORD, "severity"}, {"confidence", RMN_SHOW_WORD, "confidence"},
	{"rule_title", RMN_SHOW_TITLE, NULL}, {"masked", RMN_SHOW_EVIDENCE, NULL},
	{"context", RMN_SHOW_EVIDENCE, NULL}, {"part", RMN_SHOW_EVIDENCE, NULL},
	{"byte_offset", RMN_SHOW_COUNT, NULL}, {"forensic_path", RMN_SHOW_PATH, NULL},
};
static const struct rmn_report_column log_columns[] = {
	{"started", RMN_SHOW_TIME, NULL}, {"ended", RMN_SHOW_TIME, NULL},
	{"program", RMN_SHOW_TITLE, NULL}, {"version", RMN_SHOW_TITLE, NULL},
	{"user", RMN_SHOW_EVIDENCE, NULL}, {"host", RMN_SHOW_EVIDENCE, NULL},
	{"command", RMN_SHOW_PATH, NULL}, {"note", RMN_SHOW_EVIDENCE, NULL},
	{"result", RMN_SHOW_TITLE, NULL}, {"executable_sha256", RMN_SHOW_HASH, NULL},
};

/* The year a document was made: what it says itself, else what its file says. */
#define YEAR "substr(coalesce(created, modified, file_modified), 1, 4)"
#define SCAN_LOG "FROM v_log WHERE program NOT IN ('remnant-case', 'remnant-report')"

const struct rmn_report_table rmn_report_tables[] = {
	{.name = "sources", COLUMNS(sources), .is_record = true,
	    .sql = "SELECT path, kind, format, size_bytes, model, serial, firmware, status, sha256,"
		   " sha256_after, started, finished, note FROM v_source ORDER BY id"},
	{.name = "volumes", COLUMNS(volumes),
	    .sql = "SELECT forensic_path, filesystem, state, label, start_byte, length_bytes"
		   " FROM v_volume ORDER BY id LIMIT ?2",
	    .total_sql = "SELECT count(*) FROM v_volume",
	    .get_all = "remnant-case export --format csv --view v_volume"},
	{.name = "coverage", COLUMNS(coverage),
	    .sql = "SELECT s.name, c.class, c.bytes,"
		   " CASE s.size_bytes WHEN 0 THEN 0 ELSE"
		   "  CAST(round(c.bytes * 10000.0 / s.size_bytes) AS INTEGER) END"
		   " FROM v_coverage c JOIN v_source s ON s.id = c.source_id"
		   " ORDER BY s.id, c.bytes DESC, c.class"},
	{.name = "items", COLUMNS(items),
	    .sql = "SELECT state, count(*), coalesce(sum(size_bytes), 0) FROM v_item"
		   " GROUP BY state ORDER BY 2 DESC, 1"},
	{.name = "recovered", COLUMNS(recovered),
	    .sql = "SELECT state, grade, count(*), coalesce(sum(size_bytes), 0) FROM v_item"
		   " WHERE grade IS NOT NULL AND kind IN ('file', 'stream')"
		   " GROUP BY 1, 2 ORDER BY 1, 2"},
	{.name = "unexamined", COLUMNS(unexamined), .is_long = true,
	    .sql = "SELECT stage, reason, count(*), min(forensic_path) FROM v_unexamined"
		   " GROUP BY stage, reason ORDER BY stage, 3 DESC, reason LIMIT ?2",
	    .total_sql = "SELECT count(*) FROM (SELECT DISTINCT stage, reason FROM v_unexamined)",
	    .get_all = "remnant-case export --format csv --view v_unexamined"},
	{.name = "document_types", COLUMNS(document_types), .is_chart = true,
	    .sql = "SELECT doc_type, count(*), sum(business) FROM v_document"
		   " GROUP BY 1 ORDER BY 2 DESC, 1"},
	{.name = "document_years", COLUMNS(document_years), .is_chart = true,
	    .sql = "SELECT " YEAR ", count(*), sum(business) FROM v_document"
		   " GROUP BY 1 ORDER BY 1"},
	{.name = "document_formats", COLUMNS(document_formats), .is_chart = true,
	    .sql = "SELECT format, count(*), sum(business) FROM v_document"
		   " GROUP BY 1 ORDER BY 2 DESC, 1"},
	{.name = "document_markings", COLUMNS(document_markings), .is_chart = true,
	    .sql = "SELECT marking, count(*), sum(business) FROM v_document"
		   " GROUP BY 1 ORDER BY max(marking_level) DESC, 1"},
	{.name = "document_recoverability", COLUMNS(document_recoverability), .is_chart = true,
	    .sql = "SELECT recoverability, count(*), sum(business) FROM v_document"
		   " GROUP BY 1 ORDER BY 2 DESC, 1"},
	{.name = "documents", COLUMNS(documents), .is_long = true,
	    .sql = "SELECT doc_type, coalesce(title, name), created, marking, state,"
		   " recoverability, item_count, forensic_path FROM v_document WHERE business"
		   " ORDER BY marking_level DESC, type_score DESC, item_id LIMIT ?2",
	    .total_sql = "SELECT coalesce(sum(business), 0) FROM v_document",
	    .get_all = "remnant-case export --format csv --view v_document"},
	{.name = "rules", COLUMNS(rules), .is_long = true,
	    .sql = "SELECT CASE severity_level WHEN 5 THEN 'critical' WHEN 4 THEN 'high'"
		   " WHEN 3 THEN 'medium' WHEN 2 THEN 'low' ELSE 'info' END,"
		   " CASE ?1 WHEN 'ja' THEN title_ja ELSE title_en END, category,"
		   " sum(CASE confidence WHEN 'confirmed' THEN findings ELSE 0 END),"
		   " sum(CASE confidence WHEN 'probable' THEN findings ELSE 0 END),"
		   " sum(CASE confidence WHEN 'possible' THEN findings ELSE 0 END),"
		   " sum(findings), rule FROM v_finding_count GROUP BY rule_id, severity_level"
		   " ORDER BY severity_level DESC, sum(findings) DESC, rule"},
	{.name = "findings", COLUMNS(findings), .is_long = true, .per_rule = true,
	    .sql = "SELECT severity, confidence, CASE ?1 WHEN 'ja' THEN title_ja ELSE title_en END,"
		   " masked, context_masked, part, byte_offset, forensic_path FROM v_finding"
		   " WHERE id IN (SELECT id FROM v_finding_key WHERE rule_id = ?3"
		   "  ORDER BY severity_level DESC, score DESC, id LIMIT ?2)"
		   " ORDER BY severity_level DESC, score DESC, id",
	    .total_sql = "SELECT coalesce(sum(findings), 0) FROM v_finding_count",
	    .get_all = "remnant-case export --format csv --view v_finding"},
	{.name = "log", COLUMNS(log_columns), .is_record = true,
	    .sql = "SELECT started, ended, program, version, user, host, argv, note, result,"
		   " executable_sha256 " SCAN_LOG " ORDER BY id LIMIT ?2",
	    .total_sql = "SELECT count(*) " SCAN_LOG,
	    .get_all = "remnant-case log"},
};
const size_t rmn_report_table_count = sizeof(rmn_report_tables) / sizeof(rmn_report_tables[0]);

const char *const rmn_report_limitations[] = {"limitation.scope", "limitation.nothing",
	"limitation.detectors", "limitation.pictures", "limitation.people", "limitation.law", NULL};
