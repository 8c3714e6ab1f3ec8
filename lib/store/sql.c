/* SPDX-License-Identifier: MIT
 *
 * SQLite as the rest of store/ sees it: statements by name, bindings, and failures as sentences.
 * After a failed write SQLite may already have rolled the transaction back, so the case takes no
 * further rows: they would be committed one by one, without those before them. */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "store/private.h"

static const char *const statement_sql[] = {
#define STATEMENT(name, sql) sql,
#include "store/statements.def"
#undef STATEMENT
};

/* What a failing write of the system means; SQLite folds a full quota, a file size limit and a
 * broken disk into one code, and of a failed COMMIT it does not keep errno: then what errno is
 * since rmn_store_step cleared it must do. */
static enum rmn_status
input_output_failed(struct rmn_case *c, struct rmn_error *error)
{
	int kept = errno;
	int number = sqlite3_system_errno(c->db);

	if (number == 0)
		number = kept;
	if (number == ENOSPC || number == EDQUOT || number == EFBIG)
		return rmn_fail(error, RMN_IO, "no room left on the disk under %s", c->path);
	if (number != 0)
		return rmn_fail(error, RMN_IO, "%s: %s", c->path, strerror(number));
	return rmn_fail(error, RMN_IO, "%s: %s", c->path, sqlite3_errmsg(c->db));
}

enum rmn_status
rmn_store_fail(struct rmn_case *c, struct rmn_error *error)
{
	switch (sqlite3_errcode(c->db)) {
	case SQLITE_FULL:
		return rmn_fail(error, RMN_IO, "no room left on the disk under %s", c->path);
	case SQLITE_IOERR:
		return input_output_failed(c, error);
	case SQLITE_NOTADB:
		return rmn_fail(error, RMN_CORRUPT, "%s is not a remnant case", c->path);
	case SQLITE_CORRUPT:
		return rmn_fail(error, RMN_CORRUPT, "%s is damaged (%s)", c->path,
		    sqlite3_errmsg(c->db));
	case SQLITE_NOMEM:
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", c->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return rmn_fail(error, RMN_IO, "%s: no right to write", c->path);
	case SQLITE_CANTOPEN:
		return rmn_fail(error, RMN_IO, "%s: cannot make files beside it", c->path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return rmn_fail(error, RMN_IO, "%s is in use by another program", c->path);
	case SQLITE_CONSTRAINT:
		return rmn_fail(error, RMN_CORRUPT, "a row does not fit into %s: %s", c->path,
		    sqlite3_errmsg(c->db));
	default:
		return rmn_fail(error, RMN_IO, "%s: %s", c->path, sqlite3_errmsg(c->db));
	}
}

enum rmn_status
rmn_store_statement(struct rmn_case *c, enum store_statement which, sqlite3_stmt **statement,
    struct rmn_error *error)
{
	sqlite3_stmt **kept = &c->statements[which];

	if (*kept)
		sqlite3_reset(*kept);
	else if (sqlite3_prepare_v3(c->db, statement_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
		     kept, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	*statement = *kept;
	return RMN_OK;
}

enum rmn_status
rmn_store_write(struct rmn_case *c, enum store_statement which, sqlite3_stmt **statement,
    struct rmn_error *error)
{
	if (!c->is_writer)
		return rmn_fail(error, RMN_IO, "%s is open for reading only", c->path);
	if (c->failed)
		return rmn_fail(error, c->failure.status, "%s", c->failure.text);
	return rmn_store_statement(c, which, statement, error);
}

/* A refused row leaves the transaction whole; anything else ends the writing. */
static void
write_failed(struct rmn_case *c, const struct rmn_error *error)
{
	if (!c->is_writer || c->failed)
		return;
	if (sqlite3_errcode(c->db) == SQLITE_CONSTRAINT && !sqlite3_get_autocommit(c->db))
		return;
	c->failed = true;
	c->failure = *error;
}

enum rmn_status
rmn_store_exec(struct rmn_case *c, const char *sql, struct rmn_error *error)
{
	struct rmn_error here = {0};
	enum rmn_status status;

	errno = 0;
	if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return RMN_OK;
	status = rmn_store_fail(c, &here);
	write_failed(c, &here);
	rmn_fail(error, status, "%s", here.text);
	return status;
}

enum rmn_status
rmn_store_step(struct rmn_case *c, sqlite3_stmt *statement, struct rmn_error *error)
{
	struct rmn_error here = {0};
	enum rmn_status status;
	int code;

	errno = 0;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		return RMN_OK;
	if (code == SQLITE_DONE) {
		sqlite3_reset(statement);
		return RMN_END;
	}
	status = rmn_store_fail(c, &here);
	write_failed(c, &here);
	rmn_fail(error, status, "%s", here.text);
	sqlite3_reset(statement);
	return status;
}

enum rmn_status
rmn_store_run(struct rmn_case *c, sqlite3_stmt *statement, struct rmn_error *error)
{
	enum rmn_status status = rmn_store_step(c, statement, error);

	sqlite3_reset(statement);
	return status == RMN_END ? RMN_OK : status;
}

static bool
is_ascii(struct rmn_bytes text)
{
	size_t at;
	unsigned char all = 0;
	bool has_nul = false;

	for (at = 0; at < text.size; at++) {
		all |= text.data[at];
		has_nul |= text.data[at] == 0;
	}
	return all < 0x80 && !has_nul;
}

static void
bind_repaired(sqlite3_stmt *statement, int at, struct rmn_bytes text)
{
	struct rmn_buf buf;
	size_t position = 0;

	rmn_buf_init(&buf, 0);
	while (position < text.size) {
		uint32_t code_point = rmn_utf8_next(text, &position, NULL);

		rmn_buf_append_utf8(&buf, code_point ? code_point : RMN_REPLACEMENT);
	}
	if (buf.failed)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_text64(statement, at, (const char *)buf.data, buf.size,
		    SQLITE_TRANSIENT, SQLITE_UTF8);
	rmn_buf_release(&buf);
}

void
rmn_store_bind_bytes(sqlite3_stmt *statement, int at, struct rmn_bytes text)
{
	if (text.size == 0)
		sqlite3_bind_text(statement, at, "", 0, SQLITE_STATIC);
	else if (is_ascii(text) ||
	    (rmn_utf8_is_valid(text) && !memchr(text.data, 0, text.size)))
		sqlite3_bind_text64(statement, at, (const char *)text.data, text.size,
		    SQLITE_STATIC, SQLITE_UTF8);
	else
		bind_repaired(statement, at, text);
}

void
rmn_store_bind_optional(sqlite3_stmt *statement, int at, struct rmn_bytes text)
{
	if (text.size == 0)
		sqlite3_bind_null(statement, at);
	else
		rmn_store_bind_bytes(statement, at, text);
}

void
rmn_store_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
	if (!text)
		sqlite3_bind_null(statement, at);
	else
		rmn_store_bind_bytes(statement, at, rmn_bytes_from_string(text));
}

void
rmn_store_bind_time(sqlite3_stmt *statement, int at, int64_t time_ns)
{
	if (time_ns == RMN_TIME_UNKNOWN)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_int64(statement, at, time_ns);
}

void
rmn_store_bind_u64(sqlite3_stmt *statement, int at, uint64_t value)
{
	sqlite3_bind_int64(statement, at, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

void
rmn_store_bind_reference(sqlite3_stmt *statement, int at, int64_t id)
{
	if (id == 0)
		sqlite3_bind_null(statement, at);
	else
		sqlite3_bind_int64(statement, at, id);
}
