/* SPDX-License-Identifier: MIT
 *
 * A live tree as a source: entries become items as the walk meets them.  Names are stored escaped
 * (base/utf8.h), so that a name which is no UTF-8 can be shown safely and still be opened again. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "scan/private.h"

/* The value of a hexadecimal digit, -1 for anything else. */
static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One escape behind a backslash: \\ \n \t \r \xHH \uHHHH.  Returns how many characters it took. */
static size_t
unescape_one(const char *text, struct rmn_buf *path)
{
	static const char letters[] = "\\ntr", meanings[] = "\\\n\t\r";
	const char *letter = *text ? strchr(letters, *text) : NULL;
	size_t digits = *text == 'x' ? 2 : *text == 'u' ? 4 : 0;
	uint32_t value = 0;

	if (letter) {
		rmn_buf_append_char(path, meanings[letter - letters]);
		return 1;
	}
	for (size_t i = 1; i <= digits; i++) {
		if (hex_value((unsigned char)text[i]) < 0)
			return 0;
		value = value << 4 | (uint32_t)hex_value((unsigned char)text[i]);
	}
	if (digits == 2)
		rmn_buf_u8(path, (uint8_t)value);
	else if (digits == 4)
		rmn_buf_append_utf8(path, value);
	return digits ? digits + 1 : 0;
}

int
run_open_tree_file(struct run *r, const char *stored_path)
{
	struct rmn_buf path;
	int fd, saved;

	if (!stored_path)
		stored_path = "";
	rmn_buf_init(&path, 0);
	for (const char *c = stored_path; *c;) {
		if (*c != '\\') {
			rmn_buf_append_char(&path, *c++);
			continue;
		}
		c += 1 + unescape_one(c + 1, &path);
	}
	fd = rmn_tree_open_file(r->tree_root, rmn_buf_string(&path));
	saved = errno;
	rmn_buf_release(&path);
	errno = saved;
	return fd;
}

static int64_t
time_of(struct timespec t)
{
	return rmn_time_from_unix(t.tv_sec, (uint32_t)t.tv_nsec);
}

static void
live_problem(struct run *r, int64_t unit, const char *stage, const char *reason)
{
	run_unexamined(r, 0, rmn_item_id(unit, 0), 0, stage, reason);
}

static void
live_add(struct run *r, const struct rmn_tree_entry *e)
{
	static const char *const kinds[] = {"file", "directory", "symlink", "special"};
	bool is_file = e->kind == RMN_TREE_FILE && !e->problem;
	bool is_read = is_file && !e->is_seen && e->facts.st_size > 0;
	uint64_t size = e->kind == RMN_TREE_FILE ? (uint64_t)e->facts.st_size : 0;
	struct rmn_item_result result = {.status = e->problem ? "failed" : "complete",
	    .status_reason = e->problem, .media_type = "", .recoverability = "intact"};
	struct rmn_item_row row;
	struct rmn_buf path;
	int64_t unit;

	rmn_buf_init(&path, 0);
	rmn_utf8_append_escaped(&path, e->path);
	row = (struct rmn_item_row){
		.path = rmn_buf_bytes(&path),
		.name = run_base_name(rmn_buf_bytes(&path)),
		.kind = kinds[e->kind],
		.state = "allocated",
		.size_bytes = size,
		.created = RMN_TIME_UNKNOWN,
		.modified = time_of(e->facts.st_mtim),
		.changed = time_of(e->facts.st_ctim),
		.accessed = time_of(e->facts.st_atim),
		.inode = e->facts.st_ino,
		.mode = e->facts.st_mode,
		.uid = e->facts.st_uid,
		.gid = e->facts.st_gid,
		.link_count = (uint32_t)e->facts.st_nlink,
		.content_how = is_read ? RMN_CONTENT_FS : RMN_CONTENT_NONE,
		.first_offset = (uint64_t)r->next_unit,
	};
	unit = run_add_unit(r, &row, !is_read);
	if (unit != 0 && !is_read) {
		result.id = row.id;
		if (is_file && size == 0) {
			rmn_sha256_once((struct rmn_bytes){NULL, 0}, result.sha256);
			result.has_sha256 = true;
			result.media_type = "inode/x-empty";
		}
		run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
	}
	if (e->problem)
		live_problem(r, unit, "walk", e->problem);
	if (is_read) {
		r->size_bytes += size;
		run_store(r, rmn_case_add_coverage(r->scan->the_case, r->source_id, 0, "content",
		    (int64_t)size, &r->error));
	}
	rmn_buf_release(&path);
}

void
run_walk_tree(struct run *r, size_t entries)
{
	struct rmn_tree_entry entry;
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < entries && r->error.status == RMN_OK; i++) {
		status = rmn_tree_next(r->tree, &entry, &r->error);
		if (status != RMN_OK)
			break;
		live_add(r, &entry);
	}
	if (status != RMN_END)
		return;
	r->walk_done = true;
	run_store(r, rmn_case_set_source_size(r->scan->the_case, r->source_id, "directory",
	    r->size_bytes, &r->error));
}
