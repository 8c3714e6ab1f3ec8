/* SPDX-License-Identifier: MIT
 *
 * The life of an open case: open, commit, close. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/private.h"

static enum rmn_status
begin(struct rmn_case *c, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status = rmn_store_write(c, STORE_BEGIN, &statement, error);

	return status == RMN_OK ? rmn_store_run(c, statement, error) : status;
}

/* Who writes, for the message to the next one who wants to. */
static enum rmn_status
sign_in(struct rmn_case *c, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = begin(c, error);
	if (status != RMN_OK)
		return status;
	status = rmn_store_write(c, STORE_SET_WRITER, &statement, error);
	if (status != RMN_OK)
		return status;
	sqlite3_bind_int64(statement, 1, getpid());
	sqlite3_bind_int64(statement, 2, rmn_time_now());
	status = rmn_store_run(c, statement, error);
	return status == RMN_OK ? rmn_case_commit(c, error) : status;
}

enum rmn_status
rmn_case_open(const char *path, const struct rmn_case_options *options, struct rmn_case **opened,
    struct rmn_error *error)
{
	struct rmn_case *c = calloc(1, sizeof(*c));
	enum rmn_status status;

	if (!c)
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", path);
	c->lock_fd = -1;
	c->path = strdup(path);
	if (!c->path) {
		status = rmn_fail(error, RMN_NOMEM, "%s: out of memory", path);
		goto out_close;
	}
	status = rmn_store_open_file(c, options, error);
	if (status == RMN_OK && c->is_writer)
		status = sign_in(c, error);
	if (status != RMN_OK)
		goto out_close;
	*opened = c;
	return RMN_OK;

out_close:
	c->failed = true;
	rmn_case_close(c);
	return status;
}

enum rmn_status
rmn_case_commit(struct rmn_case *c, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	status = rmn_store_write(c, STORE_COMMIT, &statement, error);
	if (status == RMN_OK)
		status = rmn_store_run(c, statement, error);
	return status == RMN_OK ? begin(c, error) : status;
}

static void
end_writing(struct rmn_case *c)
{
	bool is_open = !sqlite3_get_autocommit(c->db);

	if (is_open && !c->failed)
		sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL);
	else if (is_open)
		sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
	if (!c->failed)
		sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void
rmn_case_close(struct rmn_case *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < STORE_STATEMENT_COUNT; i++)
		sqlite3_finalize(c->statements[i]);
	if (c->db && c->is_writer)
		end_writing(c);
	sqlite3_close(c->db);
	if (c->lock_fd >= 0)
		close(c->lock_fd);
	free(c->path);
	explicit_bzero(c->value_key, sizeof(c->value_key));
	free(c);
}

const unsigned char *
rmn_case_value_key(const struct rmn_case *c)
{
	return c->value_key;
}

bool
rmn_case_keeps_values(const struct rmn_case *c)
{
	return c->keep_values;
}

struct sqlite3 *
rmn_case_db(struct rmn_case *c)
{
	return c->db;
}
