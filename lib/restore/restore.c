/* SPDX-License-Identifier: MIT */
#include "restore/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/time.h"
#include "restore/folder.h"
#include "restore/manifest.h"
#include "restore/path.h"
#include "restore/source.h"

/* One run. */
struct restoring {
	const struct rmn_restore_options *options;
	struct rmn_restore_result *result;
	struct rmn_restore_source source;
	struct rmn_restore_paths *paths;
	struct rmn_manifest manifest;
	int root;			/* the output folder */
	struct rmn_buf path;		/* of the file in hand, below root */
	struct {			/* what was written last, for its other names */
		int64_t source_id;
		uint64_t first_offset, size_bytes;
		unsigned char sha256[RMN_SHA256_BYTES];
		struct rmn_buf path;
	} last;
	struct rmn_error *error;
};

/* The file being written. */
struct writing {
	int fd;
	struct rmn_sha256 *hash;
	int failure;			/* errno of the first write that failed */
};

static bool
piece_write(void *context, struct rmn_bytes piece)
{
	struct writing *w = context;

	rmn_sha256_update(w->hash, piece.data, piece.size);
	for (size_t at = 0; at < piece.size && w->failure == 0;) {
		ssize_t wrote = write(w->fd, piece.data + at, piece.size - at);

		if (wrote < 0 && errno != EINTR)
			w->failure = errno;
		else if (wrote > 0)
			at += (size_t)wrote;
	}
	return w->failure == 0;
}

static void
problem(struct restoring *r, const struct rmn_selected *item, const char *text)
{
	r->result->failed++;
	if (r->options->problem)
		r->options->problem(r->options->context, item->forensic_path, text);
}

static struct timespec
file_time(int64_t ns)
{
	if (ns == RMN_TIME_UNKNOWN)
		return (struct timespec){.tv_nsec = UTIME_OMIT};
	return (struct timespec){ns / 1000000000 - (ns % 1000000000 < 0),
	    (ns % 1000000000 + 1000000000) % 1000000000};
}

static void
times_set(int fd, const struct rmn_selected *item)
{
	int64_t accessed = item->accessed != RMN_TIME_UNKNOWN ? item->accessed : item->modified;
	struct timespec times[2] = {file_time(accessed), file_time(item->modified)};

	futimens(fd, times);
}

/* place/path: where the item goes. */
static bool
path_make(struct restoring *r, const struct rmn_selected *item)
{
	rmn_buf_clear(&r->path);
	rmn_restore_name(rmn_bytes_from_string(item->source_name), &r->path);
	if (item->place[0]) {
		rmn_buf_append_char(&r->path, '/');
		rmn_restore_name(rmn_bytes_from_string(item->place), &r->path);
	}
	rmn_restore_path(item->path, &r->path);
	return rmn_restore_paths_claim(r->paths, &r->path) && !r->path.failed;
}

static bool
is_other_name(const struct restoring *r, const struct rmn_selected *item)
{
	return !item->has_bytes && r->last.path.size > 0 &&
	    r->last.source_id == item->source_id && r->last.first_offset == item->first_offset &&
	    r->last.size_bytes == item->size_bytes;
}

static void
last_remember(struct restoring *r, const struct rmn_selected *item,
    const unsigned char sha256[RMN_SHA256_BYTES])
{
	r->last.source_id = item->source_id;
	r->last.first_offset = item->first_offset;
	r->last.size_bytes = item->size_bytes;
	memcpy(r->last.sha256, sha256, RMN_SHA256_BYTES);
	rmn_buf_clear(&r->last.path);
	rmn_buf_append(&r->last.path, rmn_buf_bytes(&r->path));
}

/* Writes under a name that no evidence has, and gives the file its own when it is whole. */
static enum rmn_status
item_write(struct restoring *r, const struct rmn_selected *item,
    unsigned char sha256[RMN_SHA256_BYTES])
{
	struct rmn_error error = {0};
	struct writing w = {.hash = rmn_sha256_new()};
	uint64_t bad_bytes = 0;
	enum rmn_status status;

	w.fd = w.hash ? rmn_folder_temporary(r->root) : -1;
	if (w.fd < 0) {
		status = rmn_fail(r->error, RMN_IO, "cannot write into %s: %s",
		    r->options->directory, strerror(errno));
		rmn_sha256_free(w.hash);
		return status;
	}
	status = rmn_restore_source_read(&r->source, item->id, piece_write, &w, &bad_bytes, &error);
	rmn_sha256_finish(w.hash, sha256);
	rmn_sha256_free(w.hash);
	if (w.failure != 0) {
		status = rmn_fail(r->error, RMN_IO, "cannot write into %s: %s",
		    r->options->directory, strerror(w.failure));
	} else if (status == RMN_OK || status == RMN_PARTIAL) {
		times_set(w.fd, item);
		if (bad_bytes > 0 || status == RMN_PARTIAL)
			r->result->incomplete++;
		status = rmn_folder_rename(r->root, &r->path, r->error);
	} else {
		problem(r, item, error.text);
		status = RMN_CORRUPT;
	}
	close(w.fd);
	return status;
}

static enum rmn_status
item_restore(void *context, const struct rmn_selected *item)
{
	struct restoring *r = context;
	unsigned char sha256[RMN_SHA256_BYTES];
	enum rmn_status status = RMN_OK;
	bool is_link;

	if (r->options->should_stop && r->options->should_stop(r->options->context))
		return RMN_LIMIT;
	if (!path_make(r, item))
		return rmn_fail(r->error, RMN_NOMEM, "out of memory");
	if (rmn_manifest_has(&r->manifest, item->forensic_path)) {
		r->result->kept++;
		return RMN_OK;
	}
	status = rmn_restore_source_use(&r->source, item->source_id, item->source_path, r->error);
	if (status != RMN_OK)
		return status;
	is_link = is_other_name(r, item) &&
	    rmn_folder_link(r->root, rmn_buf_string(&r->last.path), &r->path);
	if (is_link)
		memcpy(sha256, r->last.sha256, sizeof(sha256));
	else
		status = item_write(r, item, sha256);
	if (status == RMN_CORRUPT)
		return RMN_OK;		/* told; the next one may be better */
	if (status != RMN_OK)
		return status;
	last_remember(r, item, sha256);
	r->result->files++;
	r->result->linked += is_link;
	r->result->bytes += is_link ? 0 : item->size_bytes;
	status = rmn_manifest_add(&r->manifest, item, rmn_buf_bytes(&r->path), sha256, r->error);
	if (r->options->progress)
		r->options->progress(r->options->context, r->result);
	return status;
}

enum rmn_status
rmn_restore(struct rmn_case *c, const struct rmn_select *select,
    const struct rmn_restore_options *options, struct rmn_restore_result *result,
    struct rmn_error *error)
{
	struct restoring r = {
		.options = options, .result = result, .error = error,
		.source = {.the_case = c, .no_sandbox = options->no_sandbox},
		.paths = rmn_restore_paths_new(),
	};
	enum rmn_status status;

	*result = (struct rmn_restore_result){0};
	rmn_buf_init(&r.path, 0);
	rmn_buf_init(&r.last.path, 0);
	r.root = rmn_folder_open(options->directory, error);
	status = r.root < 0 ? RMN_IO : rmn_manifest_open(&r.manifest, r.root, error);
	if (status == RMN_OK && !r.paths)
		status = rmn_fail(error, RMN_NOMEM, "out of memory");
	if (status == RMN_OK)
		status = rmn_case_select(c, select, item_restore, &r, error);
	rmn_restore_source_close(&r.source);
	if (r.root >= 0) {
		rmn_folder_clean(r.root);
		if (rmn_manifest_close(&r.manifest) != RMN_OK && status == RMN_OK)
			status = rmn_fail(error, RMN_IO, "cannot write manifest.tsv");
		close(r.root);
	}
	rmn_restore_paths_free(r.paths);
	rmn_buf_release(&r.path);
	rmn_buf_release(&r.last.path);
	return status;
}
