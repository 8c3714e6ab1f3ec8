/* SPDX-License-Identifier: MIT
 *
 * DFXML 2.0.0-beta.0.  The children of every element are an xs:sequence: their order here is the
 * schema's.  What DFXML has no element for comes last, in a namespace of our own. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/utf8.h"
#include "store/export_private.h"

static const char *const head =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<dfxml xmlns=\"http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML\""
    " xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:rmn=\"urn:remnant:case:1\""
    " version=\"2.0.0-beta.0\">\n"
    "  <metadata><dc:type>Disk Image</dc:type></metadata>\n";

/* Columns of an item, in the order of the schema. */
enum { ITEM_ID, ITEM_PATH, ITEM_VOLUME, ITEM_KIND, ITEM_SIZE, ITEM_STATE, ITEM_INODE, ITEM_MODE,
	ITEM_LINKS, ITEM_UID, ITEM_GID, ITEM_MODIFIED, ITEM_CHANGED, ITEM_ACCESSED, ITEM_CREATED,
	ITEM_MEDIA_TYPE, ITEM_SHA256, ITEM_FORENSIC_PATH, ITEM_RECOVERABILITY, ITEM_STATUS };

static const char *const items_sql =
    "SELECT id, path, volume_id, kind, size_bytes, state, inode, mode, link_count, uid, gid,"
    " modified, changed, accessed, created, media_type, sha256, forensic_path, recoverability,"
    " status FROM v_item ORDER BY id";

/* Characters that XML 1.0 does not have become U+FFFD. */
static void
append_text(struct rmn_buf *buf, struct rmn_bytes utf8)
{
	size_t at = 0;

	while (at < utf8.size) {
		uint32_t code_point = rmn_utf8_next(utf8, &at, NULL);

		if (code_point == '<')
			rmn_buf_append_string(buf, "&lt;");
		else if (code_point == '>')
			rmn_buf_append_string(buf, "&gt;");
		else if (code_point == '&')
			rmn_buf_append_string(buf, "&amp;");
		else if ((code_point < 0x20 && code_point != '\t') || code_point == 0x7F ||
		    code_point == 0xFFFE || code_point == 0xFFFF)
			rmn_buf_append_utf8(buf, RMN_REPLACEMENT);
		else
			rmn_buf_append_utf8(buf, code_point);
	}
}

static void
append_element(struct rmn_buf *buf, const char *name, struct rmn_bytes utf8)
{
	rmn_buf_printf(buf, "<%s>", name);
	append_text(buf, utf8);
	rmn_buf_printf(buf, "</%s>", name);
}

static void
append_string(struct rmn_buf *buf, const char *name, const char *text)
{
	append_element(buf, name, rmn_bytes_from_string(text ? text : ""));
}

/* Nothing for an absent value. */
static void
append_column(struct rmn_buf *buf, const char *name, sqlite3_stmt *s, int at)
{
	if (sqlite3_column_type(s, at) != SQLITE_NULL)
		append_element(buf, name, rmn_export_column(s, at));
}

static void
append_number(struct rmn_buf *buf, const char *name, long long number)
{
	rmn_buf_printf(buf, "<%s>%lld</%s>", name, number, name);
}

static void
append_creator(struct rmn_exporter *exporter)
{
	const struct rmn_export_options *options = exporter->options;
	struct rmn_buf *buf = &exporter->text;
	char now[RMN_TIME_TEXT_BYTES];
	struct utsname system = {0};

	uname(&system);
	rmn_time_text(rmn_time_now(), now);
	rmn_buf_append_string(buf, "  <creator>");
	append_string(buf, "program", options->program);
	append_string(buf, "version", options->version);
	rmn_buf_append_string(buf, "\n    <execution_environment>");
	append_string(buf, "os_sysname", system.sysname);
	append_string(buf, "os_release", system.release);
	append_string(buf, "os_version", system.version);
	append_string(buf, "host", system.nodename);
	append_string(buf, "arch", system.machine);
	append_string(buf, "command_line", options->command_line);
	append_string(buf, "start_time", now);
	rmn_buf_append_string(buf, "</execution_environment>\n  </creator>\n");
}

static enum rmn_status
each_row(struct rmn_exporter *exporter, const char *sql,
    void (*append)(struct rmn_exporter *exporter, sqlite3_stmt *s), struct rmn_error *error)
{
	sqlite3_stmt *statement;
	enum rmn_status status;

	if (sqlite3_prepare_v2(exporter->c->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return rmn_store_fail(exporter->c, error);
	while ((status = rmn_store_step(exporter->c, statement, error)) == RMN_OK) {
		append(exporter, statement);
		status = rmn_export_row_done(exporter, error);
		if (status != RMN_OK)
			break;
	}
	sqlite3_finalize(statement);
	return status == RMN_END ? RMN_OK : status;
}

static void
append_source(struct rmn_exporter *exporter, sqlite3_stmt *s)
{
	append_column(&exporter->text, "image_filename", s, 0);
}

static void
append_volume(struct rmn_exporter *exporter, sqlite3_stmt *s)
{
	struct rmn_buf *buf = &exporter->text;

	rmn_buf_printf(buf, "  <volume offset=\"%lld\">", (long long)sqlite3_column_int64(s, 0));
	append_column(buf, "partition_offset", s, 0);
	if (sqlite3_column_int64(s, 1) > 0)
		append_column(buf, "block_size", s, 1);
	append_column(buf, "ftype_str", s, 2);
	append_column(buf, "rmn:id", s, 3);
	append_column(buf, "rmn:state", s, 4);
	append_column(buf, "rmn:label", s, 5);
	append_column(buf, "rmn:forensic_path", s, 6);
	rmn_buf_append_string(buf, "</volume>\n");
}

/* TSK's letters and numbers for what an entry is. */
static void
append_type(struct rmn_buf *buf, sqlite3_stmt *s, const char *element)
{
	static const struct {
		const char *kind, *letter, *number;
	} types[] = {
		{"file", "r", "1"}, {"directory", "d", "2"}, {"symlink", "l", "6"},
		{"special", "-", "0"}, {"stream", "r", "1"}, {"metadata", "v", "11"},
		{"space", "v", "11"}, {"member", "r", "1"},
	};
	const char *kind = (const char *)sqlite3_column_text(s, ITEM_KIND);
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(kind, types[i].kind) == 0)
			append_string(buf, element, strcmp(element, "name_type") == 0 ?
			    types[i].letter : types[i].number);
}

/* Only a unit's own item has extents; a member lies inside one. */
static void
append_runs(struct rmn_exporter *exporter, int64_t item)
{
	struct rmn_buf *buf = &exporter->text;
	long long at = 0;
	sqlite3_stmt *s;

	if (item != rmn_item_id(item >> RMN_ITEM_BITS, 0) ||
	    rmn_store_statement(exporter->c, STORE_GET_EXTENTS, &s, NULL) != RMN_OK)
		return;
	sqlite3_bind_int64(s, 1, item >> RMN_ITEM_BITS);
	while (sqlite3_step(s) == SQLITE_ROW) {
		long long length = sqlite3_column_int64(s, 1);

		rmn_buf_append_string(buf, at == 0 ? "<byte_runs>" : "");
		rmn_buf_printf(buf, "<byte_run file_offset=\"%lld\"", at);
		if (sqlite3_column_type(s, 0) == SQLITE_NULL)
			rmn_buf_append_string(buf, " fill=\"0\"");
		else
			rmn_buf_printf(buf, " img_offset=\"%lld\"",
			    (long long)sqlite3_column_int64(s, 0));
		rmn_buf_printf(buf, " len=\"%lld\"/>", length);
		at += length;
	}
	rmn_buf_append_string(buf, at > 0 ? "</byte_runs>" : "");
	sqlite3_reset(s);
}

static void
append_item(struct rmn_exporter *exporter, sqlite3_stmt *s)
{
	struct rmn_buf *buf = &exporter->text;
	const char *state = (const char *)sqlite3_column_text(s, ITEM_STATE);

	rmn_buf_append_string(buf, "  <fileobject>");
	append_column(buf, "filename", s, ITEM_PATH);
	append_column(buf, "partition", s, ITEM_VOLUME);
	append_column(buf, "id", s, ITEM_ID);
	append_type(buf, s, "name_type");
	append_column(buf, "filesize", s, ITEM_SIZE);
	append_number(buf, "alloc", strcmp(state, "allocated") == 0);
	if (sqlite3_column_int64(s, ITEM_INODE) >= 0)
		append_column(buf, "inode", s, ITEM_INODE);
	append_type(buf, s, "meta_type");
	append_number(buf, "mode", sqlite3_column_int64(s, ITEM_MODE) & 07777);
	append_column(buf, "nlink", s, ITEM_LINKS);
	append_column(buf, "uid", s, ITEM_UID);
	append_column(buf, "gid", s, ITEM_GID);
	append_column(buf, "mtime", s, ITEM_MODIFIED);
	append_column(buf, "ctime", s, ITEM_CHANGED);
	append_column(buf, "atime", s, ITEM_ACCESSED);
	append_column(buf, "crtime", s, ITEM_CREATED);
	append_runs(exporter, sqlite3_column_int64(s, ITEM_ID));
	if (sqlite3_column_type(s, ITEM_SHA256) != SQLITE_NULL) {
		rmn_buf_append_string(buf, "<hashdigest type=\"sha256\">");
		append_text(buf, rmn_export_column(s, ITEM_SHA256));
		rmn_buf_append_string(buf, "</hashdigest>");
	}
	append_column(buf, "rmn:forensic_path", s, ITEM_FORENSIC_PATH);
	append_column(buf, "rmn:kind", s, ITEM_KIND);
	append_column(buf, "rmn:state", s, ITEM_STATE);
	append_column(buf, "rmn:recoverability", s, ITEM_RECOVERABILITY);
	append_column(buf, "rmn:media_type", s, ITEM_MEDIA_TYPE);
	append_column(buf, "rmn:status", s, ITEM_STATUS);
	rmn_buf_append_string(buf, "</fileobject>\n");
}

static enum rmn_status
run(struct rmn_exporter *exporter, struct rmn_error *error)
{
	enum rmn_status status;

	rmn_buf_append_string(&exporter->text, head);
	append_creator(exporter);
	rmn_buf_append_string(&exporter->text, "  <source>");
	status = each_row(exporter, "SELECT path FROM v_source ORDER BY id", append_source, error);
	rmn_buf_append_string(&exporter->text, "</source>\n");
	if (status == RMN_OK)
		status = each_row(exporter, "SELECT start_byte, block_bytes, filesystem, id, state,"
			" label, forensic_path FROM v_volume ORDER BY id", append_volume, error);
	if (status == RMN_OK)
		status = each_row(exporter, items_sql, append_item, error);
	rmn_buf_append_string(&exporter->text, "</dfxml>\n");
	return status;
}

const struct rmn_export_format rmn_export_dfxml = {.name = "dfxml", .run = run};
