/* SPDX-License-Identifier: MIT
 *
 * The case: one SQLite file that the tools write and read.  One writer at a time.  What others may
 * rely on are the views (docs/case.md), not the tables. */
#ifndef RMN_STORE_CASE_H
#define RMN_STORE_CASE_H

#include "base/status.h"
#include "store/rows.h"

struct rmn_case;
struct sqlite3;

enum rmn_case_mode {
	RMN_CASE_READ,		/* must exist */
	RMN_CASE_WRITE,		/* made when it is not there */
};

struct rmn_case_options {
	enum rmn_case_mode mode;
	bool keep_values;	/* only looked at when the case is made */
};

/* Refuses with one clear sentence: no SQLite file, not a case of ours (application_id), a newer
 * version (user_version), a case that another scan is writing, no rights, no room. */
enum rmn_status rmn_case_open(const char *path, const struct rmn_case_options *options,
    struct rmn_case **opened, struct rmn_error *error);

/* Commits what is open and, when everything went well, folds the WAL in.  Who must know whether
 * the last rows are in commits first. */
void rmn_case_close(struct rmn_case *c);	/* takes NULL */

/* Of this case; made with it, kept in it. */
const unsigned char *rmn_case_value_key(const struct rmn_case *c);
bool rmn_case_keeps_values(const struct rmn_case *c);

/* Makes the indexes that reports are quick with, where they are not there yet.  The case is open for
 * writing. */
enum rmn_status rmn_case_index(struct rmn_case *c, struct rmn_error *error);

/* For reports: read-only statements over the views. */
struct sqlite3 *rmn_case_db(struct rmn_case *c);

/* --- writing.  A transaction is always open; commit ends it and opens the next.  A full disk or
 * I/O error gives RMN_IO with a sentence; what was committed stays, and every later write fails
 * with the same sentence.  A row that breaks a rule of the schema (an item that is there already,
 * a finding of an item of another unit, an unknown word) gives RMN_CORRUPT, and the case goes on. */
enum rmn_status rmn_case_commit(struct rmn_case *c, struct rmn_error *error);

/* One command on the case: chained by hash to the row before.  *row is for log_end. */
enum rmn_status rmn_case_log_begin(struct rmn_case *c, const char *program, const char *version,
    int argc, char *const *argv, const char *note, int64_t *row, struct rmn_error *error);
enum rmn_status rmn_case_log_end(struct rmn_case *c, int64_t row, const char *result,
    struct rmn_error *error);
/* Walks the chain; *broken_at is the first row that does not fit, 0 when all do. */
enum rmn_status rmn_case_log_verify(struct rmn_case *c, int64_t *rows, int64_t *broken_at,
    struct rmn_error *error);

/* Sources.  state: "walking" "examining" "complete" "incomplete". */
enum rmn_status rmn_case_find_source(struct rmn_case *c, const char *path, int64_t *id,
    char state[16], uint64_t *size_bytes, struct rmn_error *error);	/* RMN_END: none */
enum rmn_status rmn_case_add_source(struct rmn_case *c, const struct rmn_source_row *row,
    int64_t *id, struct rmn_error *error);
enum rmn_status rmn_case_set_source_state(struct rmn_case *c, int64_t id, const char *state,
    struct rmn_error *error);
/* With the bytes that could not be read on the way, and were hashed as zeros. */
enum rmn_status rmn_case_set_source_hash(struct rmn_case *c, int64_t id,
    const unsigned char sha256[RMN_SHA256_BYTES], uint64_t unreadable_bytes,
    struct rmn_error *error);
/* The hash made anew when the examination had ended: equal, or the report says so. */
enum rmn_status rmn_case_set_source_hash_after(struct rmn_case *c, int64_t id,
    const unsigned char sha256[RMN_SHA256_BYTES], struct rmn_error *error);
/* True when the source's hash was stored before. */
bool rmn_case_source_is_hashed(struct rmn_case *c, int64_t id);
/* The size and format, known only when the container was opened. */
enum rmn_status rmn_case_set_source_size(struct rmn_case *c, int64_t id, const char *format,
    uint64_t size_bytes, struct rmn_error *error);
/* Forgets everything that a half-finished walk of this source left: volumes, items, ledger. */
enum rmn_status rmn_case_forget_walk(struct rmn_case *c, int64_t source_id,
    struct rmn_error *error);

enum rmn_status rmn_case_add_volume(struct rmn_case *c, const struct rmn_volume_row *row,
    int64_t *id, struct rmn_error *error);

/* Every volume of a source in the order of its number; strings are valid for the call. */
enum rmn_status rmn_case_each_volume(struct rmn_case *c, int64_t source_id,
    enum rmn_status (*each)(void *context, int64_t id, const struct rmn_volume_row *row),
    void *context, struct rmn_error *error);

/* Rules as they were when the case was scanned; same id and title give the same row. */
enum rmn_status rmn_case_add_rule(struct rmn_case *c, const struct rmn_rule_row *row, int64_t *id,
    struct rmn_error *error);

/* The next free unit number of the case (1 when there is none). */
enum rmn_status rmn_case_next_unit(struct rmn_case *c, int64_t *unit, struct rmn_error *error);

/* An item of the walk opens its unit (state "pending", or "done" when there is nothing to read);
 * a member belongs to its unit already.  A window of space without a path gets one from its
 * extents ("unallocated@OFFSET+LENGTH"). */
enum rmn_status rmn_case_add_item(struct rmn_case *c, const struct rmn_item_row *row,
    bool unit_is_done, struct rmn_error *error);
enum rmn_status rmn_case_set_item_result(struct rmn_case *c, const struct rmn_item_result *result,
    struct rmn_error *error);
enum rmn_status rmn_case_add_named(struct rmn_case *c, const struct rmn_named_row *row,
    struct rmn_error *error);
enum rmn_status rmn_case_add_document(struct rmn_case *c, const struct rmn_document_row *row,
    struct rmn_error *error);
enum rmn_status rmn_case_add_finding(struct rmn_case *c, const struct rmn_finding_row *row,
    struct rmn_error *error);
enum rmn_status rmn_case_add_unexamined(struct rmn_case *c, const struct rmn_unexamined_row *row,
    struct rmn_error *error);
/* Bytes of one class; unit 0: from the walk.  Rows add up; a negative number takes bytes out of a class
 * that turned out to belong to another.  Classes: metadata content carved residue
 * zero constant high-entropy unreadable. */
enum rmn_status rmn_case_add_coverage(struct rmn_case *c, int64_t source_id, int64_t unit,
    const char *class_name, int64_t bytes, struct rmn_error *error);

/* The hash has met every sector that cannot be read; the windows of unclaimed space have counted theirs.
 * What is left lies in files or metadata: it is taken out of the content, and what is more than that
 * out of the metadata. */
enum rmn_status rmn_case_settle_unreadable(struct rmn_case *c, int64_t source_id,
    struct rmn_error *error);

/* Units.  Rows of the walk have unit 0, so that clearing a unit leaves them.  Ending a unit marks it
 * done; clearing one deletes everything examined of it (members,
 * results, documents, findings, coverage, unexamined) and makes it pending again. */
enum rmn_status rmn_case_end_unit(struct rmn_case *c, int64_t unit, struct rmn_error *error);
enum rmn_status rmn_case_clear_unit(struct rmn_case *c, int64_t unit, struct rmn_error *error);
/* Clears every unit of the source that has examined rows but is not done (after kill -9). */
enum rmn_status rmn_case_clear_unfinished(struct rmn_case *c, int64_t source_id,
    struct rmn_error *error);

/* Every pending unit of a source, in no order; the callback gets what the queue keeps and writes
 * nothing into the case. */
enum rmn_status rmn_case_each_pending(struct rmn_case *c, int64_t source_id,
    enum rmn_status (*each)(void *context, int64_t unit, uint64_t first_offset), void *context,
    struct rmn_error *error);

/* A unit's own item as it was added, extents included; the row and all it points at live in the
 * arena. */
struct rmn_arena;
enum rmn_status rmn_case_get_unit(struct rmn_case *c, int64_t unit, struct rmn_arena *arena,
    struct rmn_item_row *row, struct rmn_error *error);

struct rmn_case_counts {
	uint64_t items, members, documents, findings, unexamined, pending_units, done_units;
};
/* source_id 0: of the whole case. */
enum rmn_status rmn_case_count(struct rmn_case *c, int64_t source_id,
    struct rmn_case_counts *counts, struct rmn_error *error);

/* The highest severity (1-5) among the findings with at least that score; 0 when there are none. */
enum rmn_status rmn_case_worst_severity(struct rmn_case *c, unsigned least_score,
    unsigned *severity, struct rmn_error *error);

/* Sum of v_coverage of a source. */
enum rmn_status rmn_case_coverage_total(struct rmn_case *c, int64_t source_id, uint64_t *bytes,
    struct rmn_error *error);

#endif
