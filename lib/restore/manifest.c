/* SPDX-License-Identifier: MIT */
#include "restore/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/utf8.h"

static const char header[] = "sha256\tsize_bytes\tpath\tmodified\tcreated\tstate\trecoverability"
    "\tsource_offset\tforensic_path\n";

/* Remembers the last field of each whole line; cuts off a line that was not finished. */
static enum rmn_status
rows_read(struct rmn_manifest *m, struct rmn_error *error)
{
	size_t size = 0;
	off_t whole = 0;
	char *line = NULL;
	ssize_t got;

	while ((got = getline(&line, &size, m->file)) > 0 && line[got - 1] == '\n') {
		const char *tab = memrchr(line, '\t', (size_t)got);

		whole += got;
		if (tab)
			rmn_hashes_add(&m->seen, rmn_hash_bytes(0, (struct rmn_bytes){
			    (const unsigned char *)tab + 1,
			    (size_t)(line + got - 1 - (tab + 1))}));
	}
	free(line);
	if (m->seen.failed)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	if (ftruncate(fileno(m->file), whole) != 0 || fseeko(m->file, whole, SEEK_SET) != 0)
		return rmn_fail(error, RMN_IO, "manifest.tsv: %s", strerror(errno));
	return RMN_OK;
}

enum rmn_status
rmn_manifest_open(struct rmn_manifest *m, int root, struct rmn_error *error)
{
	int fd = openat(root, "manifest.tsv", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct stat facts;
	enum rmn_status status;

	*m = (struct rmn_manifest){.file = fd >= 0 ? fdopen(fd, "r+") : NULL};
	if (!m->file || fstat(fd, &facts) != 0) {
		status = rmn_fail(error, RMN_IO, "manifest.tsv: %s", strerror(errno));
		if (fd >= 0 && !m->file)
			close(fd);
		return status;
	}
	status = rows_read(m, error);
	if (status == RMN_OK && m->seen.count == 0 && ftello(m->file) == 0)
		fputs(header, m->file);
	return status;
}

static void
append_field(struct rmn_buf *row, struct rmn_bytes text)
{
	rmn_buf_append_char(row, '\t');
	rmn_utf8_append_escaped(row, text);
}

bool
rmn_manifest_has(const struct rmn_manifest *m, const char *forensic_path)
{
	struct rmn_buf escaped;
	bool has;

	if (m->seen.count == 0)
		return false;
	rmn_buf_init(&escaped, 0);
	rmn_utf8_append_escaped(&escaped, rmn_bytes_from_string(forensic_path));
	has = rmn_hashes_has(&m->seen, rmn_hash_bytes(0, rmn_buf_bytes(&escaped)));
	rmn_buf_release(&escaped);
	return has;
}

enum rmn_status
rmn_manifest_add(struct rmn_manifest *m, const struct rmn_selected *item, struct rmn_bytes path,
    const unsigned char sha256[RMN_SHA256_BYTES], struct rmn_error *error)
{
	char modified[RMN_TIME_TEXT_BYTES], created[RMN_TIME_TEXT_BYTES];
	struct rmn_buf row;
	bool is_written;

	rmn_time_text(item->modified, modified);
	rmn_time_text(item->created, created);
	rmn_buf_init(&row, 0);
	for (size_t i = 0; i < RMN_SHA256_BYTES; i++)
		rmn_buf_printf(&row, "%02x", sha256[i]);
	rmn_buf_printf(&row, "\t%llu", (unsigned long long)item->size_bytes);
	append_field(&row, path);
	rmn_buf_printf(&row, "\t%s\t%s\t%s\t%s\t%llu", modified, created, item->state,
	    item->recoverability ? item->recoverability : "",
	    (unsigned long long)item->first_offset);
	append_field(&row, rmn_bytes_from_string(item->forensic_path));
	rmn_buf_append_char(&row, '\n');
	is_written = !row.failed && fwrite(row.data, 1, row.size, m->file) == row.size &&
	    fflush(m->file) == 0;
	rmn_buf_release(&row);
	return is_written ? RMN_OK :
	    rmn_fail(error, RMN_IO, "cannot write manifest.tsv: %s", strerror(errno));
}

enum rmn_status
rmn_manifest_close(struct rmn_manifest *m)
{
	bool failed = m->file && fclose(m->file) != 0;

	rmn_hashes_release(&m->seen);
	*m = (struct rmn_manifest){0};
	return failed ? RMN_IO : RMN_OK;
}
