/* SPDX-License-Identifier: MIT
 *
 * One source from beginning to end: what it is, what the case knows of it already, the walk, the
 * examination, its hash, and the last entries of the ledger. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan/private.h"

static const char *
path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* What the source is, from the outside: enough to refuse what cannot be examined at all. */
static enum rmn_status
source_look(const char *path, struct rmn_source_row *row, struct rmn_device_facts *device,
    struct rmn_error *error)
{
	struct rmn_image_files files = {0};
	struct stat facts;
	enum rmn_status status;

	if (stat(path, &facts) != 0)
		return rmn_fail(error, RMN_IO, "%s: %s", path, strerror(errno));
	*row = (struct rmn_source_row){.path = path, .name = path_name(path), .kind = "tree",
	    .format = "directory"};
	if (S_ISDIR(facts.st_mode)) {
		int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0)
			return rmn_fail(error, RMN_IO, "%s: %s", path, strerror(errno));
		close(fd);
		return RMN_OK;
	}
	status = rmn_image_files_open(path, &files, error);
	if (status != RMN_OK)
		return status;
	row->kind = files.is_device ? "device" : "image";
	row->format = "unknown";
	row->size_bytes = files.size_bytes;
	if (files.is_device) {
		rmn_device_facts(path, device);
		row->model = device->model;
		row->serial = device->serial;
		row->firmware = device->firmware;
		row->logical_sector_bytes = device->logical_sector_bytes;
		row->physical_sector_bytes = device->physical_sector_bytes;
	}
	if (row->size_bytes == 0)
		status = rmn_fail(error, RMN_CORRUPT, "%s: is empty", path);
	rmn_image_files_release(&files);
	return status;
}

static enum rmn_status
queue_pending(void *context, int64_t unit, uint64_t first_offset)
{
	struct run *r = context;

	return rmn_queue_push(&r->queue, first_offset, unit);
}

static enum rmn_status
load_volume(void *context, int64_t id, const struct rmn_volume_row *row)
{
	struct run *r = context;
	struct volume *volumes = reallocarray(r->volumes, r->volume_count + 1, sizeof(*volumes));

	if (!volumes)
		return RMN_NOMEM;
	r->volumes = volumes;
	volumes[r->volume_count] = (struct volume){id, row->start_byte, ""};
	snprintf(volumes[r->volume_count].filesystem, sizeof(volumes->filesystem), "%s",
	    row->filesystem);
	r->volume_count++;
	return RMN_OK;
}

/* A source whose walk was finished before: its pending units are taken up again. */
static enum rmn_status
source_resume(struct run *r, struct rmn_error *error)
{
	struct rmn_case *c = r->scan->the_case;
	struct rmn_case_counts counts;
	enum rmn_status status = rmn_case_clear_unfinished(c, r->source_id, error);

	if (status == RMN_OK)
		status = rmn_case_each_pending(c, r->source_id, queue_pending, r, error);
	if (status == RMN_OK)
		status = rmn_case_each_volume(c, r->source_id, load_volume, r, error);
	if (status == RMN_OK)
		status = rmn_case_count(c, r->source_id, &counts, error);
	if (status != RMN_OK)
		return status;
	r->walk_done = true;
	r->items_done = counts.done_units;
	r->items_total = counts.done_units + counts.pending_units;
	r->findings = counts.findings;
	r->unexamined = counts.unexamined;
	scan_message(r->scan, RMN_SCAN_INFO, "%s: resumed; %llu of %llu units were done before",
	    r->path, (unsigned long long)counts.done_units, (unsigned long long)r->items_total);
	return RMN_OK;
}

/* Finds the source in the case, or adds it.  RMN_END: it is complete, there is nothing to do. */
static enum rmn_status
source_enter(struct run *r, const struct rmn_source_row *row, struct rmn_error *error)
{
	struct rmn_case *c = r->scan->the_case;
	struct rmn_case_counts counts;
	uint64_t size_bytes;
	char state[16];
	enum rmn_status status = rmn_case_find_source(c, r->path, &r->source_id, state, &size_bytes,
	    error);

	if (status == RMN_END) {
		status = rmn_case_add_source(c, row, &r->source_id, error);
		if (status == RMN_OK)
			status = rmn_case_set_source_state(c, r->source_id, "walking", error);
	} else if (status == RMN_OK && strcmp(state, "complete") == 0) {
		status = rmn_case_count(c, r->source_id, &counts, error);
		if (status != RMN_OK)
			return status;
		scan_message(r->scan, RMN_SCAN_INFO,
		    "%s: complete already (%llu items, %llu findings); skipped", r->path,
		    (unsigned long long)(counts.items + counts.members),
		    (unsigned long long)counts.findings);
		r->unexamined = counts.unexamined;
		return RMN_END;
	} else if (status == RMN_OK && strcmp(state, "examining") == 0) {
		r->size_bytes = size_bytes;
		return source_resume(r, error);
	} else if (status == RMN_OK) {
		status = rmn_case_forget_walk(c, r->source_id, error);
		if (status == RMN_OK)
			status = rmn_case_set_source_state(c, r->source_id, "walking", error);
	}
	if (status == RMN_OK)
		status = rmn_case_next_unit(c, &r->next_unit, error);
	return status;
}

static enum rmn_status
source_start(struct run *r, struct rmn_error *error)
{
	struct rmn_child_plan plan = r->scan->plan;
	enum rmn_status status = RMN_OK;

	if (r->is_tree) {
		status = rmn_tree_open(r->path, r->scan->options->case_path, &r->tree, error);
		if (status == RMN_OK)
			r->tree_root = rmn_tree_root(r->tree);
		r->hash_done = true;
		return status;
	}
	plan.image_path = r->path;
	plan.kind = RMN_CHILD_HASHER;
	r->hash_done = r->scan->options->no_hash || r->scan->options->catalogue_only ||
	    rmn_case_source_is_hashed(r->scan->the_case, r->source_id);
	if (!r->hash_done)
		status = rmn_child_start(&plan, &r->hasher, error);
	plan.kind = RMN_CHILD_WALKER;
	if (status == RMN_OK && !r->walk_done)
		status = rmn_child_start(&plan, &r->walker, error);
	return status;
}

static void
check_ledger(struct run *r)
{
	uint64_t total = 0;

	if (!run_store(r, rmn_case_coverage_total(r->scan->the_case, r->source_id, &total,
	    &r->error)))
		return;
	if (total == r->size_bytes)
		return;
	scan_message(r->scan, RMN_SCAN_ERROR,
	    "%s: the coverage ledger holds %llu bytes of %llu", r->path,
	    (unsigned long long)total, (unsigned long long)r->size_bytes);
	run_unexamined(r, 0, 0, 0, "ledger", "the coverage ledger does not add up");
}

static void
source_finish(struct run *r)
{
	struct rmn_scan_result *result = r->scan->result;
	struct rmn_case *c = r->scan->the_case;
	char how[64];

	rmn_child_stop(&r->walker, true, how);
	rmn_child_stop(&r->hasher, true, how);
	if (r->error.status == RMN_OK && !result->was_stopped) {
		if (!r->failed) {
			run_store(r, rmn_case_settle_unreadable(c, r->source_id, &r->error));
			check_ledger(r);
		}
		if (r->hash_problem[0] && !r->failed)
			run_unexamined(r, 0, 0, 0, "hash", r->hash_problem);
		run_store(r, rmn_case_set_source_state(c, r->source_id,
		    r->failed || r->scan->options->catalogue_only ? "incomplete" : "complete",
		    &r->error));
	}
	if (r->error.status == RMN_OK)
		run_store(r, rmn_case_commit(c, &r->error));
	if (r->failed)
		result->sources_failed++;
	else if (!result->was_stopped)
		result->sources_complete++;
}

static void
run_release(struct run *r)
{
	rmn_queue_release(&r->queue);
	rmn_tree_close(r->tree);
	for (unsigned i = 0; i < r->slot_count; i++)
		rmn_buf_release(&r->slots[i].path);
	rmn_buf_release(&r->item_frame);
	free(r->volumes);
	free(r->extents);
	free(r->runs);
	free(r);
}

/* A source is known by its absolute path, however it was spelled this time. */
enum rmn_status
scan_source(struct scan *scan, const char *spelled, struct rmn_error *error)
{
	char *path = realpath(spelled, NULL);
	struct rmn_device_facts device = {0};
	struct rmn_source_row row;
	struct run *r = calloc(1, sizeof(*r));
	enum rmn_status status;

	if (!path || !r) {
		status = rmn_fail(error, RMN_IO, "%s: %s", spelled, strerror(errno));
		free(path);
		free(r);
		return status;
	}
	r->scan = scan;
	r->path = path;
	r->slot_count = scan->options->jobs;
	r->walk = scan->plan.walk;
	status = source_look(path, &row, &device, error);
	if (status != RMN_OK)
		goto out;
	r->is_tree = strcmp(row.kind, "tree") == 0;
	r->size_bytes = r->is_tree ? 0 : row.size_bytes;
	status = source_enter(r, &row, error);
	if (status == RMN_END) {
		scan->result->sources_skipped++;
		scan->result->unexamined += r->unexamined;
		status = RMN_OK;
		goto out;
	}
	if (status == RMN_OK)
		status = source_start(r, error);
	if (status != RMN_OK)
		goto out;
	run_supervise(r);
	source_finish(r);
	scan->result->unexamined += r->unexamined;
	status = r->error.status;
	if (status != RMN_OK)
		rmn_fail(error, status, "%s", r->error.text);
out:
	run_release(r);
	free(path);
	return status;
}
