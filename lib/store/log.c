/* SPDX-License-Identifier: MIT
 *
 * The log of commands.  A row's hash is SHA-256 over the hash of the row before (32 zero bytes for
 * the first) and the row's canonical text: every column but the hash, in the order of the table,
 * each as "name=LENGTH:bytes\n" and an absent one as "name=\n".  Changing, removing or adding a row
 * in the middle breaks every hash from there on. */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "store/private.h"

#define LOG_TEXT_BYTES (1024 * 1024)	/* a command line is at most 2 MiB on Linux */

enum { LOG_ID, LOG_TIME, LOG_EVENT, LOG_BEGIN_ID, LOG_PROGRAM, LOG_VERSION, LOG_EXECUTABLE,
	LOG_ARGV, LOG_USER, LOG_HOST, LOG_NOTE, LOG_RESULT, LOG_COLUMN_COUNT };

static const char *const column_names[LOG_COLUMN_COUNT] = {
	"id", "time", "event", "begin_id", "program", "version", "executable_sha256", "argv",
	"user", "host", "note", "result",
};

/* One row, each column as text; data NULL: absent. */
struct log_row {
	struct rmn_bytes column[LOG_COLUMN_COUNT];
};

static bool
row_hash(const struct log_row *row, const unsigned char before[RMN_SHA256_BYTES],
    unsigned char digest[RMN_SHA256_BYTES])
{
	struct rmn_sha256 *hash = rmn_sha256_new();
	struct rmn_buf text;
	size_t i;
	bool good;

	rmn_buf_init(&text, 0);
	for (i = 0; i < LOG_COLUMN_COUNT; i++) {
		rmn_buf_printf(&text, "%s=", column_names[i]);
		if (row->column[i].data) {
			rmn_buf_printf(&text, "%zu:", row->column[i].size);
			rmn_buf_append(&text, row->column[i]);
		}
		rmn_buf_append_char(&text, '\n');
	}
	good = hash && !text.failed;
	if (good) {
		rmn_sha256_update(hash, before, RMN_SHA256_BYTES);
		rmn_sha256_update(hash, text.data, text.size);
		rmn_sha256_finish(hash, digest);
	}
	rmn_sha256_free(hash);
	rmn_buf_release(&text);
	return good;
}

static enum rmn_status
last_row(struct rmn_case *c, int64_t *id, unsigned char hash[RMN_SHA256_BYTES],
    struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	*id = 0;
	memset(hash, 0, RMN_SHA256_BYTES);
	status = rmn_store_statement(c, STORE_LAST_LOG, &statement, error);
	if (status == RMN_OK)
		status = rmn_store_step(c, statement, error);
	if (status == RMN_END)
		return RMN_OK;
	if (status != RMN_OK)
		return status;
	*id = sqlite3_column_int64(statement, 0);
	if (sqlite3_column_bytes(statement, 1) == RMN_SHA256_BYTES)
		memcpy(hash, sqlite3_column_blob(statement, 1), RMN_SHA256_BYTES);
	sqlite3_reset(statement);
	return RMN_OK;
}

static void
bind_row(sqlite3_stmt *statement, const struct log_row *row)
{
	int i;

	for (i = 0; i < LOG_COLUMN_COUNT; i++) {
		const struct rmn_bytes *column = &row->column[i];

		if (!column->data)
			sqlite3_bind_null(statement, i + 1);
		else if (i == LOG_EXECUTABLE)
			sqlite3_bind_blob64(statement, i + 1, column->data, column->size,
			    SQLITE_STATIC);
		else
			sqlite3_bind_text64(statement, i + 1, (const char *)column->data,
			    column->size, SQLITE_STATIC, SQLITE_UTF8);
	}
}

/* id, time and hash are filled here; the row is committed at once. */
static enum rmn_status
append_row(struct rmn_case *c, struct log_row *row, int64_t *added, struct rmn_error *error)
{
	unsigned char before[RMN_SHA256_BYTES], hash[RMN_SHA256_BYTES];
	char id_text[24], time_text[24];
	sqlite3_stmt *statement;
	enum rmn_status status;
	int64_t id;

	status = last_row(c, &id, before, error);
	if (status == RMN_OK)
		status = rmn_store_write(c, STORE_ADD_LOG, &statement, error);
	if (status != RMN_OK)
		return status;
	id++;
	snprintf(id_text, sizeof(id_text), "%lld", (long long)id);
	snprintf(time_text, sizeof(time_text), "%lld", (long long)rmn_time_now());
	row->column[LOG_ID] = rmn_bytes_from_string(id_text);
	row->column[LOG_TIME] = rmn_bytes_from_string(time_text);
	if (!row_hash(row, before, hash))
		return rmn_fail(error, RMN_NOMEM, "%s: out of memory", c->path);
	bind_row(statement, row);
	sqlite3_bind_blob(statement, LOG_COLUMN_COUNT + 1, hash, sizeof(hash), SQLITE_STATIC);
	status = rmn_store_run(c, statement, error);
	if (status == RMN_OK)
		status = rmn_case_commit(c, error);
	if (status == RMN_OK && added)
		*added = id;
	return status;
}

static void
append_json_string(struct rmn_buf *buf, const char *text)
{
	struct rmn_bytes bytes = rmn_bytes_from_string(text);
	size_t at = 0;

	rmn_buf_append_char(buf, '"');
	while (at < bytes.size) {
		uint32_t code_point = rmn_utf8_next(bytes, &at, NULL);

		if (code_point == '"' || code_point == '\\')
			rmn_buf_printf(buf, "\\%c", (int)code_point);
		else if (code_point < 0x20 || code_point == 0x7F)
			rmn_buf_printf(buf, "\\u%04x", code_point);
		else
			rmn_buf_append_utf8(buf, code_point);
	}
	rmn_buf_append_char(buf, '"');
}

static void
append_argv(struct rmn_buf *buf, int argc, char *const *argv)
{
	int i;

	rmn_buf_append_char(buf, '[');
	for (i = 0; i < argc; i++) {
		if (i > 0)
			rmn_buf_append_string(buf, ", ");
		append_json_string(buf, argv[i]);
	}
	rmn_buf_append_char(buf, ']');
}

/* Of the running program, so that a report can say which build examined; false when unknown. */
static bool
executable_hash(unsigned char digest[RMN_SHA256_BYTES])
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct rmn_sha256 *hash = rmn_sha256_new();
	unsigned char piece[16384];
	ssize_t got = -1;

	if (fd >= 0 && hash) {
		while ((got = read(fd, piece, sizeof(piece))) > 0)
			rmn_sha256_update(hash, piece, (size_t)got);
		rmn_sha256_finish(hash, digest);
	}
	if (fd >= 0)
		close(fd);
	rmn_sha256_free(hash);
	return got == 0;
}

static void
user_name(char *text, size_t size)
{
	struct passwd entry, *found = NULL;
	char memory[2048];

	if (getpwuid_r(geteuid(), &entry, memory, sizeof(memory), &found) == 0 && found)
		snprintf(text, size, "%s", found->pw_name);
	else
		snprintf(text, size, "uid %u", geteuid());
}

enum rmn_status
rmn_case_log_begin(struct rmn_case *c, const char *program, const char *version, int argc,
    char *const *argv, const char *note, int64_t *row, struct rmn_error *error)
{
	unsigned char digest[RMN_SHA256_BYTES];
	char user[128], host[128] = "";
	struct log_row values = {0};
	enum rmn_status status;
	struct rmn_buf text;

	rmn_buf_init(&text, LOG_TEXT_BYTES);
	append_argv(&text, argc, argv);
	user_name(user, sizeof(user));
	gethostname(host, sizeof(host) - 1);
	values.column[LOG_EVENT] = rmn_bytes_from_string("begin");
	values.column[LOG_PROGRAM] = rmn_bytes_from_string(program);
	values.column[LOG_VERSION] = rmn_bytes_from_string(version);
	if (executable_hash(digest))
		values.column[LOG_EXECUTABLE] = (struct rmn_bytes){digest, sizeof(digest)};
	values.column[LOG_USER] = rmn_bytes_from_string(user);
	values.column[LOG_HOST] = rmn_bytes_from_string(host);
	if (note)
		values.column[LOG_NOTE] = rmn_bytes_from_string(note);
	values.column[LOG_ARGV] = rmn_bytes_from_string(text.failed ? "[\"(too long)\"]" :
								      rmn_buf_string(&text));
	status = append_row(c, &values, row, error);
	rmn_buf_release(&text);
	return status;
}

enum rmn_status
rmn_case_log_end(struct rmn_case *c, int64_t row, const char *result, struct rmn_error *error)
{
	struct log_row values = {0};
	char begin[24];

	snprintf(begin, sizeof(begin), "%lld", (long long)row);
	values.column[LOG_EVENT] = rmn_bytes_from_string("end");
	values.column[LOG_BEGIN_ID] = rmn_bytes_from_string(begin);
	values.column[LOG_RESULT] = rmn_bytes_from_string(result);
	return append_row(c, &values, NULL, error);
}

static void
read_row(sqlite3_stmt *statement, struct log_row *row)
{
	int i;

	for (i = 0; i < LOG_COLUMN_COUNT; i++) {
		row->column[i].data = NULL;
		row->column[i].size = 0;
		if (sqlite3_column_type(statement, i) == SQLITE_NULL)
			continue;
		/* The blob of an empty text is NULL, which here means absent. */
		row->column[i].data = i == LOG_EXECUTABLE ? sqlite3_column_blob(statement, i) :
							    sqlite3_column_text(statement, i);
		row->column[i].size = (size_t)sqlite3_column_bytes(statement, i);
	}
}

enum rmn_status
rmn_case_log_verify(struct rmn_case *c, int64_t *rows, int64_t *broken_at,
    struct rmn_error *error)
{
	unsigned char before[RMN_SHA256_BYTES] = {0}, hash[RMN_SHA256_BYTES];
	sqlite3_stmt *statement;
	struct log_row row;
	enum rmn_status status;
	int64_t count = 0;

	*broken_at = 0;
	status = rmn_store_statement(c, STORE_EACH_LOG, &statement, error);
	while (status == RMN_OK && (status = rmn_store_step(c, statement, error)) == RMN_OK) {
		int64_t id = sqlite3_column_int64(statement, LOG_ID);

		count++;
		read_row(statement, &row);
		if (!row_hash(&row, before, hash)) {
			status = rmn_fail(error, RMN_NOMEM, "%s: out of memory", c->path);
			break;
		}
		if (*broken_at == 0 && (id != count ||
			sqlite3_column_bytes(statement, LOG_COLUMN_COUNT) != RMN_SHA256_BYTES ||
			memcmp(sqlite3_column_blob(statement, LOG_COLUMN_COUNT), hash,
			    RMN_SHA256_BYTES) != 0))
			*broken_at = id;
		memcpy(before, sqlite3_column_blob(statement, LOG_COLUMN_COUNT), sizeof(before));
	}
	if (status != RMN_END) {
		return status;
	}
	*rows = count;
	return RMN_OK;
}
