/* SPDX-License-Identifier: MIT
 *
 * Body file for mactime: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime, Unix seconds,
 * 0 where unknown.  The case has no MD5, so the first field is 0. */
#include <sys/stat.h>

#include "store/export_private.h"

static const char *const items_sql =
    "SELECT forensic_path, inode, kind, mode, uid, gid, coalesce(size_bytes, 0), accessed_ns,"
    " modified_ns, changed_ns, created_ns, state IN ('deleted', 'lost', 'carved')"
    " FROM v_item WHERE kind <> 'space' ORDER BY id";

/* The separator and line ends of the format, and what could act on a terminal, as %HH. */
static void
append_name(struct rmn_buf *buf, struct rmn_bytes name)
{
	size_t i;

	for (i = 0; i < name.size; i++) {
		unsigned char byte = name.data[i];

		if (byte == '|' || byte < 0x20 || byte == 0x7F)
			rmn_buf_printf(buf, "%%%02X", byte);
		else
			rmn_buf_append_char(buf, (char)byte);
	}
}

static char
type_letter(unsigned mode, struct rmn_bytes kind)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return 'r';
	case S_IFDIR:
		return 'd';
	case S_IFLNK:
		return 'l';
	case S_IFCHR:
		return 'c';
	case S_IFBLK:
		return 'b';
	case S_IFIFO:
		return 'p';
	case S_IFSOCK:
		return 'h';
	}
	if (rmn_bytes_equal(kind, rmn_bytes_from_string("directory")))
		return 'd';
	return rmn_bytes_equal(kind, rmn_bytes_from_string("symlink")) ? 'l' : 'r';
}

static void
append_mode(struct rmn_buf *buf, unsigned mode, struct rmn_bytes kind)
{
	char letter = type_letter(mode, kind);
	int bit;

	rmn_buf_printf(buf, "%c/%c", letter, letter);
	for (bit = 8; bit >= 0; bit--)
		rmn_buf_append_char(buf, mode & (1u << bit) ? "xwr"[bit % 3] : '-');
}

static long long
unix_seconds(sqlite3_stmt *statement, int at)
{
	int64_t ns = sqlite3_column_int64(statement, at);
	int64_t part = ns % 1000000000;

	return (long long)(ns / 1000000000 - (part < 0));
}

static void
append_item(struct rmn_buf *buf, sqlite3_stmt *s)
{
	struct rmn_bytes kind = rmn_export_column(s, 2);
	int i;

	rmn_buf_append_string(buf, "0|");
	append_name(buf, rmn_export_column(s, 0));
	if (sqlite3_column_int(s, 11))
		rmn_buf_append_string(buf, " (deleted)");
	rmn_buf_printf(buf, "|%llu|", (unsigned long long)sqlite3_column_int64(s, 1));
	append_mode(buf, (unsigned)sqlite3_column_int64(s, 3), kind);
	for (i = 4; i <= 6; i++)
		rmn_buf_printf(buf, "|%lld", (long long)sqlite3_column_int64(s, i));
	for (i = 7; i <= 10; i++)
		rmn_buf_printf(buf, "|%lld", unix_seconds(s, i));
	rmn_buf_append_char(buf, '\n');
}

static enum rmn_status
run(struct rmn_exporter *exporter, struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	if (sqlite3_prepare_v2(exporter->c->db, items_sql, -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(exporter->c, error);
	while ((status = rmn_store_step(exporter->c, statement, error)) == RMN_OK) {
		append_item(&exporter->text, statement);
		status = rmn_export_row_done(exporter, error);
		if (status != RMN_OK)
			break;
	}
	sqlite3_finalize(statement);
	return status == RMN_END ? RMN_OK : status;
}

const struct rmn_export_format rmn_export_bodyfile = {.name = "bodyfile", .run = run};
