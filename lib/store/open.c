/* SPDX-License-Identifier: MIT
 *
 * Opening a case: the file and its rights, the one writer, whose file it is and which version.
 *
 * A writer holds flock() on the database file.  SQLite's own locks are of another kind (fcntl) and
 * are dropped when any descriptor of the file is closed by the process; so the descriptor of the
 * lock is opened before SQLite and closed after it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/private.h"

/* Processes of a scan that was killed need a moment to notice it. */
#define LOCK_TRIES 20
#define LOCK_PAUSE_US 50000

static const char schema_sql[] =
#include "store/schema.inc"
    ;

/* References are not checked row by row: every one is an id that this process was given a moment ago, and
 * the two of a finding cost a seventh of its insert.  `remnant-case check` checks them all.
 * cache_size is KiB when negative.  A WAL of 2048 pages (32 MiB) is folded in at the next commit. */
static const char *const writer_pragmas = "PRAGMA page_size = 16384;"
					  "PRAGMA journal_mode = WAL;"
					  "PRAGMA synchronous = NORMAL;"
					  "PRAGMA foreign_keys = OFF;"
					  "PRAGMA cache_size = -32768;"
					  "PRAGMA mmap_size = 0;"
					  "PRAGMA wal_autocheckpoint = 2048;"
					  "PRAGMA journal_size_limit = 67108864;";

static enum rmn_status
open_failed(const char *path, int number, bool writing, struct rmn_error *error)
{
	switch (number) {
	case ENOENT:
		return rmn_fail(error, RMN_IO,
		    writing ? "%s cannot be made: its folder does not exist" : "%s: no such case",
		    path);
	case EACCES:
	case EPERM:
	case EROFS:
		return rmn_fail(error, RMN_IO, "%s: no right to %s it", path,
		    writing ? "write" : "read");
	case EISDIR:
		return rmn_fail(error, RMN_CORRUPT, "%s is a folder, not a remnant case", path);
	case ENOSPC:
	case EDQUOT:
		return rmn_fail(error, RMN_IO, "no room left on the disk under %s", path);
	default:
		return rmn_fail(error, RMN_IO, "%s: %s", path, strerror(number));
	}
}

/* Opens the file before SQLite does: with the right mode when it is new, and with a plain
 * sentence when it cannot be. */
static enum rmn_status
open_descriptor(const char *path, bool writing, int *opened, struct rmn_error *error)
{
	int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (writing ? O_RDWR : O_RDONLY);
	struct stat facts;
	int fd = -1, why = ENOENT;

	if (writing) {
		fd = open(path, flags | O_CREAT | O_EXCL, 0600);
		why = errno;
		if (fd >= 0 && fchmod(fd, 0600) != 0) {
			close(fd);
			return open_failed(path, errno, writing, error);
		}
	}
	if (fd < 0)
		fd = open(path, flags);
	if (fd < 0)		/* not there: why it could not be made says more */
		return open_failed(path, errno == ENOENT ? why : errno, writing, error);
	if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
		close(fd);
		if (S_ISDIR(facts.st_mode))
			return open_failed(path, EISDIR, writing, error);
		return rmn_fail(error, RMN_CORRUPT, "%s is not a remnant case", path);
	}
	*opened = fd;
	return RMN_OK;
}

/* The process that wrote into the case last, 0 when it cannot be known. */
static int64_t
writer_pid(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	int64_t pid = 0;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, "SELECT writer_pid FROM case_info", -1, &statement, NULL) ==
		SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		pid = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return pid;
}

static enum rmn_status
take_lock(struct rmn_case *c, struct rmn_error *error)
{
	int64_t pid;
	int tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(c->lock_fd, LOCK_EX | LOCK_NB) == 0)
			return RMN_OK;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return rmn_fail(error, RMN_IO, "%s cannot be locked: %s", c->path,
			    strerror(errno));
		usleep(LOCK_PAUSE_US);
	}
	pid = writer_pid(c->path);
	if (pid == 0)
		return rmn_fail(error, RMN_IO, "%s is being written by another scan", c->path);
	return rmn_fail(error, RMN_IO, "%s is being written by another scan (pid %lld)", c->path,
	    (long long)pid);
}

static enum rmn_status
ask_number(struct rmn_case *c, const char *sql, int64_t *number, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status = RMN_OK;

	if (sqlite3_prepare_v2(c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	if (sqlite3_step(statement) == SQLITE_ROW)
		*number = sqlite3_column_int64(statement, 0);
	else
		status = rmn_store_fail(c, error);
	sqlite3_finalize(statement);
	return status;
}

/* A file that was just made, or whose maker was killed before the schema was in. */
static enum rmn_status
check_version(struct rmn_case *c, bool *is_new, struct rmn_error *error)
{
	int64_t application = 0, version = 0, objects = 0;
	enum rmn_status status;

	status = ask_number(c, "PRAGMA application_id", &application, error);
	if (status == RMN_OK)
		status = ask_number(c, "PRAGMA user_version", &version, error);
	if (status == RMN_OK)
		status = ask_number(c, "SELECT count(*) FROM sqlite_schema", &objects, error);
	if (status != RMN_OK)
		return status;
	*is_new = application == 0 && version == 0 && objects == 0;
	if (*is_new)
		return RMN_OK;
	if (application != STORE_APPLICATION_ID)
		return rmn_fail(error, RMN_CORRUPT, "%s is not a remnant case", c->path);
	if (version > STORE_VERSION)
		return rmn_fail(error, RMN_UNSUPPORTED,
		    "%s was made by a newer remnant (schema %lld, this one knows %d)", c->path,
		    (long long)version, STORE_VERSION);
	if (version < STORE_VERSION)
		return rmn_fail(error, RMN_UNSUPPORTED,
		    "%s was made by an older remnant (schema %lld, this one knows %d)", c->path,
		    (long long)version, STORE_VERSION);
	return RMN_OK;
}

static enum rmn_status
make_case_info(struct rmn_case *c, bool keep_values, struct rmn_error *error)
{
	unsigned char key[RMN_VALUE_KEY_BYTES];
	sqlite3_stmt *statement;
	enum rmn_status status = RMN_OK;

	if (sqlite3_prepare_v2(c->db,
		"INSERT INTO case_info (id, created, program_version, keep_values, value_key)"
		" VALUES (1, ?1, ?2, ?3, ?4)", -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	rmn_random(key, sizeof(key));
	sqlite3_bind_int64(statement, 1, rmn_time_now());
	sqlite3_bind_text(statement, 2, RMN_VERSION, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 3, keep_values);
	sqlite3_bind_blob(statement, 4, key, sizeof(key), SQLITE_STATIC);
	if (sqlite3_step(statement) != SQLITE_DONE)
		status = rmn_store_fail(c, error);
	sqlite3_finalize(statement);
	return status;
}

/* All of it in one transaction: a case is there whole or not at all. */
static enum rmn_status
make_schema(struct rmn_case *c, bool keep_values, struct rmn_error *error)
{
	char pragmas[96];
	enum rmn_status status;

	snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    STORE_APPLICATION_ID, STORE_VERSION);
	status = rmn_store_exec(c, "BEGIN IMMEDIATE", error);
	if (status == RMN_OK)
		status = rmn_store_exec(c, pragmas, error);
	if (status == RMN_OK)
		status = rmn_store_exec(c, schema_sql, error);
	if (status == RMN_OK)
		status = make_case_info(c, keep_values, error);
	if (status == RMN_OK)
		status = rmn_store_exec(c, "COMMIT", error);
	return status;
}

static enum rmn_status
read_case_info(struct rmn_case *c, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status = RMN_OK;

	if (sqlite3_prepare_v2(c->db, "SELECT keep_values, value_key FROM case_info", -1,
		&statement, NULL) != SQLITE_OK)
		return rmn_store_fail(c, error);
	if (sqlite3_step(statement) != SQLITE_ROW ||
	    sqlite3_column_bytes(statement, 1) != RMN_VALUE_KEY_BYTES) {
		status = rmn_fail(error, RMN_CORRUPT, "%s is damaged: its head row is missing",
		    c->path);
	} else {
		c->keep_values = sqlite3_column_int(statement, 0) != 0;
		memcpy(c->value_key, sqlite3_column_blob(statement, 1), RMN_VALUE_KEY_BYTES);
	}
	sqlite3_finalize(statement);
	return status;
}

/* The path as a URI; immutable tells SQLite that nobody can be writing. */
static bool
immutable_uri(const char *path, struct rmn_buf *uri)
{
	const char *at;

	rmn_buf_append_string(uri, "file:");
	for (at = path; *at; at++) {
		if (*at == '%' || *at == '?' || *at == '#')
			rmn_buf_printf(uri, "%%%02x", *at);
		else
			rmn_buf_append_char(uri, *at);
	}
	rmn_buf_append_string(uri, "?immutable=1");
	return !uri->failed;
}

static bool
has_log_file(const char *path)
{
	struct rmn_buf name;
	struct stat facts;
	bool has;

	rmn_buf_init(&name, 0);
	rmn_buf_printf(&name, "%s-wal", path);
	has = stat(rmn_buf_string(&name), &facts) == 0 && facts.st_size > 0;
	rmn_buf_release(&name);
	return has;
}

/* Where we may write, the reader may fold a left-over WAL in and removes it when it is the last;
 * where we may not (a read-only medium, a case of another user), the file is read as it is. */
static enum rmn_status
open_for_reading(struct rmn_case *c, struct rmn_error *error)
{
	enum rmn_status status;
	struct rmn_buf uri;
	char *slash, *folder;
	bool may_write;

	folder = strdup(c->path);
	if (!folder)
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", c->path);
	slash = strrchr(folder, '/');
	if (slash)
		*(slash == folder ? slash + 1 : slash) = '\0';
	may_write = access(c->path, W_OK) == 0 && access(slash ? folder : ".", W_OK) == 0;
	free(folder);
	if (may_write || has_log_file(c->path)) {
		if (sqlite3_open_v2(c->path, &c->db,
			may_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, NULL) !=
		    SQLITE_OK)
			return rmn_store_fail(c, error);
		return RMN_OK;
	}
	rmn_buf_init(&uri, 0);
	status = RMN_OK;
	if (!immutable_uri(c->path, &uri))
		status = rmn_fail(error, RMN_NOMEM, "%s: out of memory", c->path);
	else if (sqlite3_open_v2(rmn_buf_string(&uri), &c->db,
		     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
		status = rmn_store_fail(c, error);
	rmn_buf_release(&uri);
	return status;
}

static enum rmn_status
prepare_reading(struct rmn_case *c, struct rmn_error *error)
{
	enum rmn_status status;
	bool is_new = false;

	status = open_for_reading(c, error);
	if (status != RMN_OK)
		return status;
	sqlite3_busy_timeout(c->db, 5000);
	status = rmn_store_exec(c,
	    "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
	    "PRAGMA cache_size = -32768; PRAGMA mmap_size = 0;", error);
	if (status == RMN_OK)
		status = check_version(c, &is_new, error);
	if (status == RMN_OK && is_new)
		status = rmn_fail(error, RMN_CORRUPT, "%s is not a remnant case", c->path);
	return status;
}

static enum rmn_status
prepare_writing(struct rmn_case *c, const struct rmn_case_options *options,
    struct rmn_error *error)
{
	enum rmn_status status;
	bool is_new = false;

	status = take_lock(c, error);
	if (status != RMN_OK)
		return status;
	if (sqlite3_open_v2(c->path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
	    SQLITE_OK)
		return rmn_store_fail(c, error);
	sqlite3_busy_timeout(c->db, 5000);
	/* Looked at before anything is changed: it may be somebody else's database. */
	status = check_version(c, &is_new, error);
	if (status == RMN_OK)
		status = rmn_store_exec(c, writer_pragmas, error);
	if (status == RMN_OK)
		status = rmn_store_exec(c, "PRAGMA trusted_schema = OFF", error);
	if (status == RMN_OK && is_new)
		status = make_schema(c, options->keep_values, error);
	return status;
}

enum rmn_status
rmn_store_open_file(struct rmn_case *c, const struct rmn_case_options *options,
    struct rmn_error *error)
{
	enum rmn_status status;
	int fd = -1;

	c->is_writer = options->mode == RMN_CASE_WRITE;
	status = open_descriptor(c->path, c->is_writer, &fd, error);
	if (status != RMN_OK)
		return status;
	if (c->is_writer) {
		c->lock_fd = fd;
		status = prepare_writing(c, options, error);
	} else {
		close(fd);
		status = prepare_reading(c, error);
	}
	if (status == RMN_OK)
		status = read_case_info(c, error);
	return status;
}
