/* SPDX-License-Identifier: MIT
 *
 * Workers and the units they are given; what happens when one dies. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/checked.h"
#include "scan/private.h"
#include "worker/helper_start.h"

void
slot_start(struct run *r, struct slot *s)
{
	struct rmn_child_plan plan = r->scan->plan;
	struct rmn_error error = {0};

	plan.kind = RMN_CHILD_WORKER;
	plan.image_path = r->is_tree ? NULL : r->path;
	if (rmn_child_start(&plan, &s->child, &error) != RMN_OK) {
		scan_message(r->scan, RMN_SCAN_ERROR, "%s", error.text);
		run_store(r, rmn_fail(&r->error, error.status, "%s", error.text));
	}
}

static void
slot_stop_helper(struct slot *s, enum helper which)
{
	pid_t *pid = &s->helper_pid[which];

	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	*pid = 0;
}

void
slot_stop(struct slot *s, bool kill_it, char how[64])
{
	rmn_child_stop(&s->child, kill_it, how);
	slot_stop_helper(s, HELPER_PDF);
	slot_stop_helper(s, HELPER_OCR);
}

void
slot_give_helper(struct run *r, struct slot *s, enum helper which)
{
	const struct rmn_scan_options *options = r->scan->options;
	const char *program = which == HELPER_PDF ? options->pdf_program : options->ocr_program;
	struct rmn_error error = {0};
	int fd = -1;

	slot_stop_helper(s, which);
	if (!program)
		rmn_fail(&error, RMN_UNSUPPORTED, "a worker asks for a program that is not used");
	else if (rmn_helper_start(program, options->no_sandbox, &s->helper_pid[which], &fd,
	    &error) != RMN_OK)
		scan_message(r->scan, RMN_SCAN_WARNING, "%s", error.text);
	rmn_channel_begin(&s->child.channel, RMN_MESSAGE_HELPER);
	rmn_channel_end(&s->child.channel);
	rmn_channel_flush_fd(&s->child.channel, fd);
	if (fd >= 0)
		close(fd);
}

/* Sends the extents (or the ranges of a window) in frames. */
static void
give_extents(struct slot *s, const struct rmn_item_row *row)
{
	struct rmn_extent_sender sender = {.channel = &s->child.channel};

	for (size_t i = 0; i < row->extent_count; i++)
		rmn_extent_send(&sender, row->extents[i].image_offset,
		    row->extents[i].length_bytes);
	rmn_extent_flush(&sender);
}

static const struct volume *
run_volume(const struct run *r, int64_t row)
{
	for (size_t i = 0; i < r->volume_count; i++)
		if (r->volumes[i].row == row)
			return &r->volumes[i];
	return NULL;
}

static void
slot_remember(struct slot *s, const struct rmn_item_row *row, int64_t unit)
{
	if (s->unit != unit) {
		s->skip_count = 0;
		s->raw_only = false;
	}
	s->unit = unit;
	s->item_id = row->id;
	s->is_space = strcmp(row->kind, "space") == 0;
	snprintf(s->state, sizeof(s->state), "%s", row->state);
	s->grade = row->grade;
	s->size_bytes = row->size_bytes;
	s->overwritten_bytes = row->overwritten_bytes;
	s->findings = 0;
	s->named = 0;
	s->is_tallied = false;
	s->member = s->examined_members = 0;
	s->started_ns = s->sign_ns = scan_clock();
	rmn_buf_clear(&s->path);
	rmn_buf_append(&s->path, row->path);
}

/* The file of a tree, opened now; its size is what it is now. */
static int
give_open(struct run *r, struct slot *s, const struct rmn_item_row *row, struct rmn_unit *unit)
{
	struct stat facts;
	int fd = run_open_tree_file(r, scan_string(r->scan, row->path));

	if (fd < 0 || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
		struct rmn_item_result result = {.id = row->id, .status = "failed",
		    .media_type = "", .status_reason = strerror(errno)};

		if (fd >= 0)
			close(fd);
		run_unexamined(r, s->unit, row->id, 0, "read", result.status_reason);
		run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
		run_store(r, rmn_case_end_unit(r->scan->the_case, s->unit, &r->error));
		r->items_done++;
		s->unit = 0;
		return -1;
	}
	unit->has_fd = 1;
	unit->size_bytes = (uint64_t)facts.st_size;
	return fd;
}

void
slot_give(struct run *r, struct slot *s, int64_t number)
{
	struct rmn_item_row row;
	struct rmn_unit unit;
	const struct volume *volume;
	int fd = -1;

	rmn_arena_reset(r->scan->arena);
	if (!run_store(r, rmn_case_get_unit(r->scan->the_case, number, r->scan->arena, &row,
	    &r->error)))
		return;
	slot_remember(s, &row, number);
	volume = run_volume(r, row.volume_id);
	unit = (struct rmn_unit){
		.number = (uint64_t)number,
		.is_space = s->is_space,
		.how = row.content_how,
		.raw_only = s->raw_only,
		.size_bytes = row.size_bytes,
		.volume_start = volume ? volume->start_byte : 0,
		.inode = row.inode,
		.attribute_type = row.attribute_type,
		.attribute_id = row.attribute_id,
		.filesystem = rmn_bytes_from_string(volume ? volume->filesystem : ""),
		.name = row.name,
		.path = row.path,
		.extent_count = row.extent_count,
		.skip_count = s->skip_count,
	};
	memcpy(unit.skip, s->skip, sizeof(unit.skip));
	if (r->is_tree && (fd = give_open(r, s, &row, &unit)) < 0)
		return;
	rmn_put_unit(rmn_channel_begin(&s->child.channel, RMN_MESSAGE_UNIT), &unit);
	rmn_channel_end(&s->child.channel);
	give_extents(s, &row);
	rmn_channel_begin(&s->child.channel, RMN_MESSAGE_GO);
	rmn_channel_end(&s->child.channel);
	if (rmn_channel_flush_fd(&s->child.channel, fd) != RMN_OK)
		slot_lost(r, s, "does not answer", true);
	if (fd >= 0)
		close(fd);
}

/* Notes on which member the reader died; gives up on readers after too many, or when it was not a
 * reader: it died again although the member was left out. */
static void
slot_blame(struct slot *s, const char *why)
{
	bool is_known = false;

	for (unsigned i = 0; i < s->skip_count; i++)
		is_known |= s->skip[i] == s->member;
	if (s->skip_count == RMN_UNIT_SKIPS || is_known || s->is_space) {
		s->raw_only = true;
		snprintf(s->raw_reason, sizeof(s->raw_reason), "%s", why);
		return;
	}
	s->skip[s->skip_count] = s->member;
	snprintf(s->skip_reason[s->skip_count], sizeof(s->skip_reason[0]),
	    "the reader stopped on this item: %.63s; its bytes were searched as they are", why);
	s->skip_count++;
}

/* Nothing helps: the unit is recorded as not examined, and its bytes stay in the ledger. */
static void
slot_give_up(struct run *r, struct slot *s, const char *why)
{
	char reason[128];
	struct rmn_item_result result = {.id = s->item_id, .status = "failed", .media_type = "",
	    .status_reason = reason};

	snprintf(reason, sizeof(reason), "the worker stopped again and again: %.63s", why);
	run_unexamined(r, s->unit, s->item_id, 0, "crash", reason);
	run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
	if (s->is_space)
		run_store(r, rmn_case_add_coverage(r->scan->the_case, r->source_id, s->unit,
		    "unreadable", (int64_t)s->size_bytes, &r->error));
	run_store(r, rmn_case_end_unit(r->scan->the_case, s->unit, &r->error));
	r->items_done++;
	s->unit = 0;
}

void
slot_lost(struct run *r, struct slot *s, const char *why, bool kill_it)
{
	int64_t unit = s->unit;
	char how[64], reason[64];

	slot_stop(s, kill_it, how);
	snprintf(reason, sizeof(reason), "%.63s", why ? why : how);
	slot_start(r, s);
	if (unit == 0 || r->error.status != RMN_OK)
		return;
	run_store(r, rmn_case_clear_unit(r->scan->the_case, unit, &r->error));
	if (s->raw_only) {
		slot_give_up(r, s, reason);
		return;
	}
	slot_blame(s, reason);
	slot_give(r, s, unit);
}
