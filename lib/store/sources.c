/* SPDX-License-Identifier: MIT
 *
 * Sources, their volumes, and the rules they were examined with. */
#include <stdio.h>
#include <string.h>

#include "store/private.h"

/* Small ones, made when a source ends. */
static const char *const end_indexes =
    "CREATE INDEX IF NOT EXISTS item_by_sha256 ON item (sha256) WHERE sha256 IS NOT NULL;"
    "CREATE INDEX IF NOT EXISTS item_by_lost_size ON item (size_bytes)"
    " WHERE recoverability = 'metadata-only';"
    "CREATE INDEX IF NOT EXISTS unexamined_by_stage ON unexamined (stage);";

/* Over every finding: they cost as much as a tenth of a scan, and only reports need them. */
static const char *const report_indexes =
    "CREATE INDEX IF NOT EXISTS finding_by_rule"
    " ON finding (rule_id, severity DESC, score DESC, value_hash);"
    "CREATE INDEX IF NOT EXISTS finding_by_item"
    " ON finding (((id >> 24) << 20) | member, severity);"
    "ANALYZE;";

enum rmn_status
rmn_case_index(struct rmn_case *c, struct rmn_error *error)
{
	return rmn_store_exec(c, report_indexes, error);
}

enum rmn_status
rmn_case_find_source(struct rmn_case *c, const char *path, int64_t *id, char state[16],
    uint64_t *size_bytes, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_statement(c, STORE_FIND_SOURCE, &statement, error);
	if (status != RMN_OK)
		return status;
	rmn_store_bind_text(statement, 1, path);
	status = rmn_store_step(c, statement, error);
	if (status != RMN_OK)
		return status;
	*id = sqlite3_column_int64(statement, 0);
	snprintf(state, 16, "%s", (const char *)sqlite3_column_text(statement, 1));
	*size_bytes = (uint64_t)sqlite3_column_int64(statement, 2);
	sqlite3_reset(statement);
	return RMN_OK;
}

enum rmn_status
rmn_case_add_source(struct rmn_case *c, const struct rmn_source_row *row, int64_t *id,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_ADD_SOURCE, &statement, error);
	if (status != RMN_OK)
		return status;
	rmn_store_bind_text(statement, 1, row->path);
	rmn_store_bind_text(statement, 2, row->name);
	rmn_store_bind_text(statement, 3, row->kind);
	rmn_store_bind_text(statement, 4, row->format);
	rmn_store_bind_u64(statement, 5, row->size_bytes);
	rmn_store_bind_text(statement, 6, row->model);
	rmn_store_bind_text(statement, 7, row->serial);
	rmn_store_bind_text(statement, 8, row->firmware);
	rmn_store_bind_reference(statement, 9, row->logical_sector_bytes);
	rmn_store_bind_reference(statement, 10, row->physical_sector_bytes);
	rmn_store_bind_text(statement, 11, row->note);
	sqlite3_bind_int64(statement, 12, rmn_time_now());
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK)
		*id = sqlite3_last_insert_rowid(c->db);
	return status;
}

enum rmn_status
rmn_case_set_source_state(struct rmn_case *c, int64_t id, const char *state,
    struct rmn_error *error)
{
	bool ended = strcmp(state, "complete") == 0 || strcmp(state, "incomplete") == 0;
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_SET_SOURCE_STATE, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, id);
	rmn_store_bind_text(statement, 2, state);
	rmn_store_bind_time(statement, 3, ended ? rmn_time_now() : RMN_TIME_UNKNOWN);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK && ended)
		status = rmn_store_exec(c, end_indexes, error);
	return status;
}

enum rmn_status
rmn_case_set_source_hash(struct rmn_case *c, int64_t id,
    const unsigned char sha256[RMN_SHA256_BYTES], uint64_t unreadable_bytes,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_SET_SOURCE_HASH, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_blob(statement, 2, sha256, RMN_SHA256_BYTES, SQLITE_STATIC);
	rmn_store_bind_u64(statement, 3, unreadable_bytes);
	return rmn_store_run(c, statement, error);
}

/* Moves what is not settled yet, at most what the class has. */
static enum rmn_status
settle_class(struct rmn_case *c, int64_t source_id, const char *class_name,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;
	int64_t rest;

	status = rmn_store_statement(c, STORE_UNSETTLED_BYTES, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, source_id);
	rmn_store_bind_text(statement, 2, class_name);
	status = rmn_store_step(c, statement, error);
	rest = status == RMN_OK ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_reset(statement);
	if (rest <= 0)
		return status == RMN_END ? RMN_OK : status;
	status = rmn_case_add_coverage(c, source_id, 0, "unreadable", rest, error);
	if (status == RMN_OK)
		status = rmn_case_add_coverage(c, source_id, 0, class_name, -rest, error);
	return status;
}

enum rmn_status
rmn_case_settle_unreadable(struct rmn_case *c, int64_t source_id, struct rmn_error *error)
{
	enum rmn_status status = settle_class(c, source_id, "content", error);

	return status == RMN_OK ? settle_class(c, source_id, "metadata", error) : status;
}

enum rmn_status
rmn_case_set_source_hash_after(struct rmn_case *c, int64_t id,
    const unsigned char sha256[RMN_SHA256_BYTES], struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_SET_SOURCE_HASH_AFTER, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, id);
	sqlite3_bind_blob(statement, 2, sha256, RMN_SHA256_BYTES, SQLITE_STATIC);
	return rmn_store_run(c, statement, error);
}

enum rmn_status
rmn_case_set_source_size(struct rmn_case *c, int64_t id, const char *format, uint64_t size_bytes,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_SET_SOURCE_SIZE, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, id);
	rmn_store_bind_text(statement, 2, format);
	rmn_store_bind_u64(statement, 3, size_bytes);
	return rmn_store_run(c, statement, error);
}

enum rmn_status
rmn_case_add_volume(struct rmn_case *c, const struct rmn_volume_row *row, int64_t *id,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_ADD_VOLUME, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, row->source_id);
	sqlite3_bind_int64(statement, 2, row->number);
	rmn_store_bind_u64(statement, 3, row->start_byte);
	rmn_store_bind_u64(statement, 4, row->length_bytes);
	rmn_store_bind_text(statement, 5, row->slot ? row->slot : "");
	rmn_store_bind_text(statement, 6, row->filesystem ? row->filesystem : "");
	rmn_store_bind_text(statement, 7, row->state);
	rmn_store_bind_text(statement, 8, row->label);
	rmn_store_bind_text(statement, 9, row->description);
	sqlite3_bind_int64(statement, 10, row->block_bytes);
	rmn_store_bind_reference(statement, 11, row->outer_id);
	if (row->outer_id)
		rmn_store_bind_bytes(statement, 12, row->outer_path);
	else
		sqlite3_bind_null(statement, 12);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK)
		*id = sqlite3_last_insert_rowid(c->db);
	return status;
}

static void
bind_rule(sqlite3_stmt *statement, const struct rmn_rule_row *row)
{
	rmn_store_bind_text(statement, 1, row->id);
	rmn_store_bind_text(statement, 2, row->title_en ? row->title_en : "");
	rmn_store_bind_text(statement, 3, row->title_ja ? row->title_ja : "");
	rmn_store_bind_text(statement, 4, row->category ? row->category : "");
	sqlite3_bind_int(statement, 5, row->severity);
}

enum rmn_status
rmn_case_add_rule(struct rmn_case *c, const struct rmn_rule_row *row, int64_t *id,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_FIND_RULE, &statement, error);
	if (status != RMN_OK)
		return status;
	bind_rule(statement, row);
	status = rmn_store_step(c, statement, error);
	if (status == RMN_OK) {
		*id = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	if (status != RMN_END)
		return status;
	status = rmn_store_write(c, STORE_ADD_RULE, &statement, error);
	if (status != RMN_OK)
		return status;
	bind_rule(statement, row);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK)
		*id = sqlite3_last_insert_rowid(c->db);
	return status;
}

bool
rmn_case_source_is_hashed(struct rmn_case *c, int64_t id)
{
	sqlite3_stmt *statement;
	bool hashed;

	if (rmn_store_statement(c, STORE_SOURCE_IS_HASHED, &statement, NULL) != RMN_OK)
		return false;
	sqlite3_bind_int64(statement, 1, id);
	hashed = rmn_store_step(c, statement, NULL) == RMN_OK &&
	    sqlite3_column_int(statement, 0) != 0;
	sqlite3_reset(statement);
	return hashed;
}

enum rmn_status
rmn_case_each_volume(struct rmn_case *c, int64_t source_id,
    enum rmn_status (*each)(void *context, int64_t id, const struct rmn_volume_row *row),
    void *context, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_statement(c, STORE_EACH_VOLUME, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, source_id);
	while ((status = rmn_store_step(c, statement, error)) == RMN_OK) {
		struct rmn_volume_row row = {
			.source_id = source_id,
			.number = (uint32_t)sqlite3_column_int64(statement, 1),
			.start_byte = (uint64_t)sqlite3_column_int64(statement, 2),
			.length_bytes = (uint64_t)sqlite3_column_int64(statement, 3),
			.filesystem = (const char *)sqlite3_column_text(statement, 4),
			.block_bytes = (uint32_t)sqlite3_column_int64(statement, 5),
		};

		status = each(context, sqlite3_column_int64(statement, 0), &row);
		if (status != RMN_OK) {
			sqlite3_reset(statement);
			return status;
		}
	}
	return status == RMN_END ? RMN_OK : status;
}
