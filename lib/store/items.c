/* SPDX-License-Identifier: MIT
 *
 * Rows of the walk and of the examination: items, documents, findings, what was not examined, and
 * the ledger.  rmn_case_add_finding is the hot path of a scan. */
#include <stdio.h>
#include <string.h>

#include "store/private.h"

#define MEMBER_MASK ((1ll << RMN_ITEM_BITS) - 1)

static const char *const extent_kinds[] = {"content", "unallocated", "slack", "gap"};

static void
name_space(const struct rmn_item_row *row, char *text, size_t size)
{
	uint64_t end = row->first_offset;
	const char *kind = "space";
	size_t i;

	for (i = 0; i < row->extent_count; i++) {
		const struct rmn_extent_row *extent = &row->extents[i];

		if (extent->kind < 4 && (i == 0 || extent->kind == row->extents[0].kind))
			kind = extent_kinds[extent->kind];
		else
			kind = "space";
		if (extent->image_offset >= 0)
			end = (uint64_t)extent->image_offset + extent->length_bytes;
	}
	snprintf(text, size, "%s@%llu+%llu", kind, (unsigned long long)row->first_offset,
	    (unsigned long long)(end - row->first_offset));
}

static enum rmn_status
open_unit(struct rmn_case *c, const struct rmn_item_row *row, bool is_done,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_ADD_UNIT, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, row->id >> RMN_ITEM_BITS);
	sqlite3_bind_int64(statement, 2, row->source_id);
	sqlite3_bind_int(statement, 3, is_done);
	sqlite3_bind_int64(statement, 4, (int64_t)row->first_offset);
	return rmn_store_run(c, statement, error);
}

/* What a member shares with its unit: the volume, and whether it lies in unclaimed space. */
static enum rmn_status
know_unit(struct rmn_case *c, int64_t unit, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	if (c->known.unit == unit)
		return RMN_OK;
	status = rmn_store_statement(c, STORE_UNIT_KIND, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, unit);
	status = rmn_store_step(c, statement, error);
	if (status == RMN_END)
		return rmn_fail(error, RMN_CORRUPT, "%s has no unit %lld", c->path,
		    (long long)unit);
	if (status != RMN_OK)
		return status;
	c->known.unit = unit;
	c->known.is_space = strcmp((const char *)sqlite3_column_text(statement, 0), "space") == 0;
	c->known.volume_id = sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
	return RMN_OK;
}

static enum rmn_status
add_extents(struct rmn_case *c, const struct rmn_item_row *row, struct rmn_error *error)
{
	enum rmn_status status = RMN_OK;
	sqlite3_stmt *statement;
	size_t i;

	for (i = 0; status == RMN_OK && i < row->extent_count; i++) {
		const struct rmn_extent_row *extent = &row->extents[i];

		status = rmn_store_write(c, STORE_ADD_EXTENT, &statement, error);
		if (status != RMN_OK)
			break;
		sqlite3_bind_int64(statement, 1, row->id);
		sqlite3_bind_int64(statement, 2, (int64_t)i);
		if (extent->image_offset < 0)
			sqlite3_bind_null(statement, 3);
		else
			sqlite3_bind_int64(statement, 3, extent->image_offset);
		rmn_store_bind_u64(statement, 4, extent->length_bytes);
		sqlite3_bind_int(statement, 5, extent->kind);
		sqlite3_bind_int64(statement, 6, (int64_t)extent->owner);
		status = rmn_store_run(c, statement, error);
	}
	return status;
}

static void
bind_item(sqlite3_stmt *statement, const struct rmn_item_row *row, struct rmn_bytes path,
    bool in_space, int64_t volume_id)
{
	bool is_member = (row->id & MEMBER_MASK) != 0;

	sqlite3_bind_int64(statement, 1, row->id);
	sqlite3_bind_int64(statement, 2, row->source_id);
	rmn_store_bind_reference(statement, 3, volume_id);
	if (is_member)
		sqlite3_bind_int64(statement, 4, row->parent_id & MEMBER_MASK);
	else
		sqlite3_bind_null(statement, 4);
	rmn_store_bind_bytes(statement, 5, path);
	rmn_store_bind_bytes(statement, 6, row->name.size ? row->name : path);
	rmn_store_bind_text(statement, 7, row->kind);
	sqlite3_bind_int(statement, 8, in_space);
	rmn_store_bind_text(statement, 9, row->state);
	rmn_store_bind_text(statement, 10, row->recoverability);
	if (row->size_bytes == UINT64_MAX)
		sqlite3_bind_null(statement, 11);
	else
		rmn_store_bind_u64(statement, 11, row->size_bytes);
	rmn_store_bind_time(statement, 12, row->created);
	rmn_store_bind_time(statement, 13, row->modified);
	rmn_store_bind_time(statement, 14, row->changed);
	rmn_store_bind_time(statement, 15, row->accessed);
	sqlite3_bind_int64(statement, 16, (int64_t)row->inode);
	sqlite3_bind_int64(statement, 17, row->mode);
	sqlite3_bind_int64(statement, 18, row->uid);
	sqlite3_bind_int64(statement, 19, row->gid);
	sqlite3_bind_int64(statement, 20, row->link_count);
	rmn_store_bind_u64(statement, 21, row->overwritten_bytes);
	sqlite3_bind_int(statement, 22, row->content_how);
	sqlite3_bind_int64(statement, 23, row->attribute_type);
	sqlite3_bind_int64(statement, 24, row->attribute_id);
	if (row->extent_count == 0)
		sqlite3_bind_null(statement, 25);
	else
		rmn_store_bind_u64(statement, 25, row->first_offset);
	if (row->grade)
		sqlite3_bind_text(statement, 26, &row->grade, 1, SQLITE_TRANSIENT);
	else
		sqlite3_bind_null(statement, 26);
	rmn_store_bind_text(statement, 27, row->name_source);
}

enum rmn_status
rmn_case_add_item(struct rmn_case *c, const struct rmn_item_row *row, bool unit_is_done,
    struct rmn_error *error)
{
	int64_t unit = row->id >> RMN_ITEM_BITS, volume_id = row->volume_id;
	struct rmn_bytes path = row->path;
	sqlite3_stmt *statement;
	enum rmn_status status;
	bool in_space = false;
	char made[80];

	if ((row->id & MEMBER_MASK) == 0) {
		in_space = strcmp(row->kind, "space") == 0;
		status = open_unit(c, row, unit_is_done, error);
	} else if (row->parent_id >> RMN_ITEM_BITS != unit) {
		status = rmn_fail(error, RMN_CORRUPT, "item %lld: its container is in another unit",
		    (long long)row->id);
	} else {
		status = know_unit(c, unit, error);
		in_space = c->known.is_space;
		volume_id = c->known.volume_id;
	}
	if (status == RMN_OK)
		status = rmn_store_write(c, STORE_ADD_ITEM, &statement, error);
	if (status != RMN_OK)
		return status;
	if (path.size == 0 && strcmp(row->kind, "space") == 0) {
		name_space(row, made, sizeof(made));
		path = rmn_bytes_from_string(made);
	}
	bind_item(statement, row, path, in_space, volume_id);
	status = rmn_store_run(c, statement, error);
	return status == RMN_OK ? add_extents(c, row, error) : status;
}

/* The row of a name in a table of names; made when it is new. */
static enum rmn_status
name_id(struct rmn_case *c, enum store_statement find, enum store_statement add,
    const char *name, int64_t *id, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, find, &statement, error);
	if (status != RMN_OK)
		return status;
	rmn_store_bind_text(statement, 1, name);
	status = rmn_store_step(c, statement, error);
	if (status == RMN_OK) {
		*id = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	if (status != RMN_END)
		return status;
	status = rmn_store_write(c, add, &statement, error);
	if (status != RMN_OK)
		return status;
	rmn_store_bind_text(statement, 1, name);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK)
		*id = sqlite3_last_insert_rowid(c->db);
	return status;
}

enum rmn_status
rmn_case_set_item_result(struct rmn_case *c, const struct rmn_item_result *result,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status = RMN_OK;
	int64_t media_type = 0;

	if (result->media_type)
		status = name_id(c, STORE_FIND_MEDIA_TYPE, STORE_ADD_MEDIA_TYPE,
		    result->media_type, &media_type, error);
	if (status == RMN_OK)
		status = rmn_store_write(c, STORE_SET_ITEM_RESULT, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, result->id);
	if (result->has_sha256)
		sqlite3_bind_blob(statement, 2, result->sha256, RMN_SHA256_BYTES, SQLITE_STATIC);
	else
		sqlite3_bind_null(statement, 2);
	rmn_store_bind_reference(statement, 3, media_type);
	rmn_store_bind_text(statement, 4, result->format);
	rmn_store_bind_text(statement, 5, result->status);
	rmn_store_bind_text(statement, 6, result->status_reason);
	rmn_store_bind_text(statement, 7, result->recoverability);
	rmn_store_bind_u64(statement, 8, result->text_bytes);
	if (result->has_size)
		rmn_store_bind_u64(statement, 9, result->size_bytes);
	else
		sqlite3_bind_null(statement, 9);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK && sqlite3_changes(c->db) == 0)
		return rmn_fail(error, RMN_CORRUPT, "%s has no item %lld", c->path,
		    (long long)result->id);
	return status;
}

enum rmn_status
rmn_case_add_document(struct rmn_case *c, const struct rmn_document_row *row,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_ADD_DOCUMENT, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, row->item_id);
	rmn_store_bind_text(statement, 2, row->format);
	rmn_store_bind_text(statement, 3, row->doc_type);
	sqlite3_bind_int64(statement, 4, row->type_score);
	sqlite3_bind_int(statement, 5, row->is_business);
	rmn_store_bind_optional(statement, 6, row->title);
	rmn_store_bind_optional(statement, 7, row->author);
	rmn_store_bind_optional(statement, 8, row->last_author);
	rmn_store_bind_optional(statement, 9, row->company);
	rmn_store_bind_optional(statement, 10, row->application);
	rmn_store_bind_time(statement, 11, row->created);
	rmn_store_bind_time(statement, 12, row->modified);
	rmn_store_bind_text(statement, 13, row->language);
	rmn_store_bind_text(statement, 14, row->marking ? row->marking : "");
	sqlite3_bind_int64(statement, 15, row->marking_level);
	rmn_store_bind_text(statement, 16, row->marking_text);
	rmn_store_bind_u64(statement, 17, row->text_bytes);
	return rmn_store_run(c, statement, error);
}

enum rmn_status
rmn_case_add_named(struct rmn_case *c, const struct rmn_named_row *row, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_ADD_NAMED, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, row->item_id);
	sqlite3_bind_int64(statement, 2, row->number);
	rmn_store_bind_bytes(statement, 3, row->name);
	rmn_store_bind_bytes(statement, 4, row->path);
	if (row->size_bytes == UINT64_MAX)
		sqlite3_bind_null(statement, 5);
	else
		rmn_store_bind_u64(statement, 5, row->size_bytes);
	rmn_store_bind_time(statement, 6, row->created);
	rmn_store_bind_time(statement, 7, row->modified);
	return rmn_store_run(c, statement, error);
}

static enum rmn_status
encoding_id(struct rmn_case *c, const struct rmn_finding_row *row, int64_t *id,
    struct rmn_error *error)
{
	const char *name = row->encoding ? row->encoding : "unknown";
	enum rmn_status status;

	if (row->encoding_index >= STORE_ENCODINGS)
		return name_id(c, STORE_FIND_ENCODING, STORE_ADD_ENCODING, name, id, error);
	if (c->encoding_id[row->encoding_index] == 0) {
		status = name_id(c, STORE_FIND_ENCODING, STORE_ADD_ENCODING, name,
		    &c->encoding_id[row->encoding_index], error);
		if (status != RMN_OK)
			return status;
	}
	*id = c->encoding_id[row->encoding_index];
	return RMN_OK;
}

enum rmn_status
rmn_case_add_finding(struct rmn_case *c, const struct rmn_finding_row *row,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;
	int64_t encoding = 0;

	if (row->id >> RMN_FINDING_BITS != row->item_id >> RMN_ITEM_BITS)
		return rmn_fail(error, RMN_CORRUPT, "finding %lld is of an item of another unit",
		    (long long)row->id);
	status = encoding_id(c, row, &encoding, error);
	if (status == RMN_OK)
		status = rmn_store_write(c, STORE_ADD_FINDING, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, row->id);
	sqlite3_bind_int64(statement, 2, row->item_id & MEMBER_MASK);
	sqlite3_bind_int64(statement, 3, row->rule);
	sqlite3_bind_int(statement, 4, row->severity);
	sqlite3_bind_int(statement, 5, row->score);
	sqlite3_bind_int64(statement, 6, encoding);
	sqlite3_bind_int(statement, 7, row->reasons);
	rmn_store_bind_u64(statement, 8, row->offset);
	sqlite3_bind_int64(statement, 9, row->length_bytes);
	sqlite3_bind_int(statement, 10, row->in_text);
	rmn_store_bind_optional(statement, 11, row->part);
	rmn_store_bind_bytes(statement, 12, row->masked);
	rmn_store_bind_optional(statement, 13, row->context);
	if (c->keep_values)
		rmn_store_bind_optional(statement, 14, row->value);
	else
		sqlite3_bind_null(statement, 14);
	sqlite3_bind_blob(statement, 15, row->value_hash, RMN_VALUE_HASH_BYTES, SQLITE_STATIC);
	return rmn_store_run(c, statement, error);
}

enum rmn_status
rmn_case_add_unexamined(struct rmn_case *c, const struct rmn_unexamined_row *row,
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_ADD_UNEXAMINED, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, row->unit);
	rmn_store_bind_reference(statement, 2, row->item_id);
	sqlite3_bind_int64(statement, 3, row->source_id);
	rmn_store_bind_reference(statement, 4, row->volume_id);
	rmn_store_bind_text(statement, 5, row->stage);
	rmn_store_bind_text(statement, 6, row->reason);
	return rmn_store_run(c, statement, error);
}

enum rmn_status
rmn_case_add_coverage(struct rmn_case *c, int64_t source_id, int64_t unit,
    const char *class_name, int64_t bytes, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	if (bytes == 0)
		return RMN_OK;
	status = rmn_store_write(c, bytes > 0 ? STORE_ADD_COVERAGE : STORE_TAKE_COVERAGE, &statement,
	    error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, source_id);
	sqlite3_bind_int64(statement, 2, unit);
	rmn_store_bind_text(statement, 3, class_name);
	sqlite3_bind_int64(statement, 4, bytes);
	return rmn_store_run(c, statement, error);
}
