/* SPDX-License-Identifier: MIT
 *
 * What the walker sends: volumes, items, windows of unclaimed space, the walk's part of the ledger. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"
#include "scan/private.h"

/* As many extents as a worker accepts. */
#define EXTENTS_MAX ((size_t)16 << 20)

void
run_unexamined(struct run *r, int64_t unit, int64_t item_id, int64_t volume_id, const char *stage,
    const char *reason)
{
	struct rmn_unexamined_row row = {
		.unit = unit,
		.item_id = item_id,
		.source_id = r->source_id,
		.volume_id = volume_id,
		.stage = stage ? stage : "",
		.reason = reason ? reason : "",
	};

	r->unexamined++;
	run_store(r, rmn_case_add_unexamined(r->scan->the_case, &row, &r->error));
}

static int64_t
volume_row(const struct run *r, uint32_t number)
{
	return number >= 1 && number <= r->volume_count ? r->volumes[number - 1].row : 0;
}

static bool
take_image(struct run *r, struct rmn_bytes payload)
{
	struct rmn_cursor c = rmn_cursor_over(payload);
	struct rmn_note_message m;
	struct rmn_bytes rest;

	if (!rmn_cursor_le64(&c, &r->size_bytes) ||
	    !rmn_cursor_take(&c, rmn_cursor_left(&c), &rest) || !rmn_get_note(rest, &m))
		return false;
	return run_store(r, rmn_case_set_source_size(r->scan->the_case, r->source_id,
	    scan_string(r->scan, m.text), r->size_bytes, &r->error));
}

static bool
take_volume(struct run *r, struct rmn_bytes payload)
{
	struct rmn_volume v;
	struct rmn_volume_row row;
	struct volume *volumes;

	if (!rmn_get_volume(payload, &v) || v.number != r->volume_count + 1)
		return false;
	volumes = reallocarray(r->volumes, r->volume_count + 1, sizeof(*volumes));
	if (!volumes)
		return run_store(r, rmn_fail(&r->error, RMN_NOMEM, "out of memory"));
	r->volumes = volumes;
	row = (struct rmn_volume_row){
		.source_id = r->source_id,
		.number = v.number,
		.start_byte = v.start_byte,
		.length_bytes = v.length_bytes,
		.slot = v.slot,
		.filesystem = v.filesystem,
		.state = v.state == RMN_VOLUME_LOST ? "lost" : "current",
		.label = v.label,
		.description = v.description,
		.block_bytes = v.block_bytes,
		.outer_id = volume_row(r, v.outer),
		.outer_path = v.outer_path,
	};
	volumes[r->volume_count] = (struct volume){.start_byte = v.start_byte};
	snprintf(volumes[r->volume_count].filesystem, sizeof(volumes->filesystem), "%s",
	    v.filesystem);
	if (!run_store(r, rmn_case_add_volume(r->scan->the_case, &row,
	    &volumes[r->volume_count].row, &r->error)))
		return false;
	r->last_volume = v.number;
	r->last_volume_ended = r->is_opening = false;
	r->volume_count++;
	return true;
}

int64_t
run_add_unit(struct run *r, struct rmn_item_row *row, bool is_done)
{
	int64_t unit = r->next_unit++;

	row->id = rmn_item_id(unit, 0);
	row->source_id = r->source_id;
	if (!run_store(r, rmn_case_add_item(r->scan->the_case, row, is_done, &r->error)))
		return 0;
	r->items_total++;
	if (is_done)
		r->items_done++;
	else if (rmn_queue_push(&r->queue, row->first_offset, unit) != RMN_OK)
		run_store(r, rmn_fail(&r->error, RMN_NOMEM, "out of memory for the queue"));
	return unit;
}

struct rmn_bytes
run_base_name(struct rmn_bytes path)
{
	const unsigned char *slash = path.size > 0 ? memrchr(path.data, '/', path.size) : NULL;

	return slash ? rmn_bytes_after(path, (size_t)(slash - path.data) + 1) : path;
}

/* Extents as the case keeps them; the offset of the first that is on the source; the bytes there. */
static struct rmn_extent_row *
extent_rows(const struct run *r, uint64_t *first_offset, uint64_t *bytes)
{
	struct rmn_extent_row *rows = calloc(r->extent_count + 1, sizeof(*rows));

	*bytes = 0;
	if (!rows)
		return NULL;
	for (size_t i = 0; i < r->extent_count; i++) {
		bool is_hole = r->extents[i].image_offset == RMN_EXTENT_SPARSE;

		rows[i].image_offset = is_hole ? -1 : (int64_t)r->extents[i].image_offset;
		rows[i].length_bytes = r->extents[i].length_bytes;
		if (is_hole)
			continue;
		if (*bytes == 0)
			*first_offset = r->extents[i].image_offset;
		*bytes += r->extents[i].length_bytes;
	}
	return rows;
}

/* What the grade says of what is left, before a reader has looked: DESIGN 4. */
static const char *
graded_recoverability(const struct rmn_walk_item *item)
{
	if (item->grade == 0)
		return NULL;
	if (item->grade < 'D')
		return "intact";
	return item->extent_count > 0 || item->size_bytes == 0 ? "partial" : "metadata-only";
}

/* Items that have nothing to read are complete as they are. */
static void
complete_item(struct run *r, const struct rmn_item_row *row, bool is_name_only)
{
	struct rmn_item_result result = {
		.id = row->id,
		.status = "complete",
		.media_type = strcmp(row->kind, "directory") == 0 ? "inode/directory" :
		    strcmp(row->kind, "symlink") == 0 ? "inode/symlink" : "",
		.recoverability = is_name_only ? "metadata-only" : "intact",
	};

	if (row->size_bytes == 0 && !is_name_only && strcmp(row->kind, "file") == 0) {
		rmn_sha256_once((struct rmn_bytes){NULL, 0}, result.sha256);
		result.has_sha256 = true;
		result.media_type = "inode/x-empty";
	}
	run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
}

/* With --catalogue-only nothing is read: the item is there, and says that it was not examined. */
static void
list_item(struct run *r, struct rmn_item_row *row)
{
	struct rmn_item_result result = {.status = "skipped", .media_type = "",
	    .status_reason = "its content was not read (--catalogue-only)"};

	if (run_add_unit(r, row, true) == 0)
		return;
	result.id = row->id;
	run_store(r, rmn_case_set_item_result(r->scan->the_case, &result, &r->error));
	if (strcmp(row->kind, "space") == 0)
		run_store(r, rmn_case_add_coverage(r->scan->the_case, r->source_id,
		    row->id >> RMN_ITEM_BITS, "unexamined", (int64_t)row->size_bytes, &r->error));
}

/* The item is whole: its extents have come. */
static void
finish_item(struct run *r)
{
	struct rmn_walk_item *i = &r->item;
	uint64_t first_offset = i->volume >= 1 && i->volume <= r->volume_count ?
	    r->volumes[i->volume - 1].start_byte : 0, bytes = 0;
	struct rmn_extent_row *rows = extent_rows(r, &first_offset, &bytes);
	struct rmn_buf path;
	struct rmn_item_row row;
	bool is_done = i->how == RMN_CONTENT_NONE || i->size_bytes == 0 ||
	    (i->how == RMN_CONTENT_EXTENTS && bytes == 0);

	if (!rows) {
		run_store(r, rmn_fail(&r->error, RMN_NOMEM, "out of memory"));
		return;
	}
	rmn_buf_init(&path, 0);
	rmn_buf_append(&path, i->path);
	if (i->stream.size > 0) {
		rmn_buf_append_char(&path, ':');
		rmn_buf_append(&path, i->stream);
	}
	row = (struct rmn_item_row){
		.volume_id = volume_row(r, i->volume),
		.path = rmn_buf_bytes(&path),
		.name = run_base_name(rmn_buf_bytes(&path)),
		.kind = rmn_item_kind_name(i->kind),
		.state = rmn_item_state_name(i->state),
		/* an entry of a folder need not know how long its file was */
		.size_bytes = i->size_bytes == 0 && i->name_source == RMN_NAME_INDEX ? UINT64_MAX :
		    i->size_bytes,
		.created = i->created,
		.modified = i->modified,
		.changed = i->changed,
		.accessed = i->accessed,
		.inode = i->inode,
		.mode = i->mode,
		.uid = i->uid,
		.gid = i->gid,
		.link_count = i->link_count,
		.overwritten_bytes = i->overwritten_bytes,
		.content_how = (uint8_t)i->how,
		.attribute_type = i->attribute_type,
		.attribute_id = i->attribute_id,
		.first_offset = first_offset,
		.extents = rows,
		.extent_count = r->extent_count,
		.grade = i->grade,
		.name_source = i->state == RMN_ALLOCATED ? NULL :
		    rmn_name_source_word(i->name_source),
		.recoverability = graded_recoverability(i),
	};
	if (r->scan->options->catalogue_only && !is_done)
		list_item(r, &row);
	else if (run_add_unit(r, &row, is_done) != 0 && is_done)
		complete_item(r, &row, i->state != RMN_ALLOCATED && i->extent_count == 0 &&
		    (i->size_bytes > 0 || i->name_source == RMN_NAME_INDEX));
	rmn_buf_release(&path);
	free(rows);
	r->item.extent_count = 0;
}

static bool
take_item(struct run *r, struct rmn_bytes payload)
{
	if (r->extent_count < r->item.extent_count)
		return false;		/* the one before still waits for its extents */
	rmn_buf_clear(&r->item_frame);
	rmn_buf_append(&r->item_frame, payload);
	if (r->item_frame.failed || !rmn_get_item(rmn_buf_bytes(&r->item_frame), &r->item) ||
	    r->item.extent_count > EXTENTS_MAX)
		return false;
	free(r->extents);
	r->extents = calloc(r->item.extent_count + 1, sizeof(*r->extents));
	r->extent_count = 0;
	if (!r->extents)
		return run_store(r, rmn_fail(&r->error, RMN_NOMEM, "out of memory"));
	if (r->item.extent_count == 0)
		finish_item(r);
	return true;
}

static bool
take_item_extents(struct run *r, struct rmn_bytes payload)
{
	if (!r->extents ||
	    !rmn_get_extents(payload, r->extents, &r->extent_count, r->item.extent_count))
		return false;
	if (r->extent_count == r->item.extent_count)
		finish_item(r);
	return true;
}

/* A window is whole: it becomes a unit of its own. */
static void
finish_space(struct run *r)
{
	struct rmn_extent_row *rows = calloc(r->run_count + 1, sizeof(*rows));
	char path[48];
	struct rmn_item_row row = {
		.volume_id = volume_row(r, (uint32_t)r->space_numbers[0]),
		.kind = "space",
		.state = "residue",
		.created = RMN_TIME_UNKNOWN,
		.modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN,
		.accessed = RMN_TIME_UNKNOWN,
		.content_how = RMN_CONTENT_EXTENTS,
		.extents = rows,
		.extent_count = r->run_count,
	};

	if (!rows) {
		run_store(r, rmn_fail(&r->error, RMN_NOMEM, "out of memory"));
		return;
	}
	for (size_t i = 0; i < r->run_count; i++) {
		rows[i] = (struct rmn_extent_row){(int64_t)r->runs[i].image_offset,
		    r->runs[i].length_bytes, (uint8_t)(1 + r->runs[i].kind),
		    r->runs[i].owner_inode};
		row.size_bytes += r->runs[i].length_bytes;
	}
	snprintf(path, sizeof(path), "unclaimed@%llu", (unsigned long long)r->space_numbers[1]);
	row.path = row.name = rmn_bytes_from_string(path);
	row.first_offset = r->run_count > 0 ? r->runs[0].image_offset : r->space_numbers[1];
	if (r->scan->options->catalogue_only)
		list_item(r, &row);
	else
		run_add_unit(r, &row, row.size_bytes == 0);
	free(rows);
}

static bool
take_space(struct run *r, struct rmn_bytes payload)
{
	if (r->run_count < r->space_numbers[2])
		return false;
	if (!rmn_get_numbers(payload, r->space_numbers, 3) || r->space_numbers[2] > EXTENTS_MAX)
		return false;
	free(r->runs);
	r->runs = calloc((size_t)r->space_numbers[2] + 1, sizeof(*r->runs));
	r->run_count = 0;
	if (!r->runs)
		return run_store(r, rmn_fail(&r->error, RMN_NOMEM, "out of memory"));
	return true;
}

static bool
take_space_runs(struct run *r, struct rmn_bytes payload)
{
	if (!r->runs ||
	    !rmn_get_runs(payload, r->runs, &r->run_count, (size_t)r->space_numbers[2]))
		return false;
	if (r->run_count == r->space_numbers[2])
		finish_space(r);
	return true;
}

static bool
take_ledger(struct run *r, struct rmn_bytes payload)
{
	uint64_t n[3];

	if (!rmn_get_numbers(payload, n, 3) || n[1] > r->size_bytes || n[2] > r->size_bytes)
		return false;
	r->last_volume_ended = n[0] == r->last_volume;
	if (n[1] > 0 && !run_store(r, rmn_case_add_coverage(r->scan->the_case, r->source_id, 0,
	    "content", (int64_t)n[1], &r->error)))
		return false;
	return n[2] == 0 || run_store(r, rmn_case_add_coverage(r->scan->the_case, r->source_id, 0,
	    "metadata", (int64_t)n[2], &r->error));
}

static bool
take_opening(struct run *r, struct rmn_bytes payload)
{
	r->is_opening = rmn_get_numbers(payload, r->opening, 2) && r->opening[1] <= UINT32_MAX;
	return r->is_opening;
}

static bool
take_stage(struct run *r, struct rmn_bytes payload)
{
	struct rmn_note_message m;

	if (!rmn_get_note(payload, &m) || m.number == 0 || m.number > 31)
		return false;
	r->stage = m.number;
	snprintf(r->stage_name, sizeof(r->stage_name), "%s", scan_string(r->scan, m.text));
	return true;
}

static bool
take_note(struct run *r, struct rmn_bytes payload)
{
	struct rmn_note_message m;

	if (!rmn_get_note(payload, &m))
		return false;
	scan_message(r->scan, RMN_SCAN_WARNING, "%s: %s", r->path, scan_string(r->scan, m.text));
	return true;
}

static bool
take_recovered(struct run *r, struct rmn_bytes payload)
{
	static const char *const classes[] = {"content", "carved"};
	uint64_t n[2];

	if (!rmn_get_numbers(payload, n, 2))
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (n[i] > r->size_bytes)
			return false;
		if (n[i] > 0 && !run_store(r, rmn_case_add_coverage(r->scan->the_case,
		    r->source_id, 0, classes[i], (int64_t)n[i], &r->error)))
			return false;
	}
	return true;
}

static bool
take_walk_unexamined(struct run *r, struct rmn_bytes payload)
{
	struct rmn_note_message m;

	if (!rmn_get_note(payload, &m))
		return false;
	run_unexamined(r, 0, 0, volume_row(r, m.number), scan_string(r->scan, m.stage),
	    scan_string(r->scan, m.text));
	return true;
}

bool
run_take_walked(struct run *r, uint32_t type, struct rmn_bytes payload)
{
	switch (type) {
	case RMN_MESSAGE_IMAGE:
		return take_image(r, payload);
	case RMN_MESSAGE_VOLUME:
		return take_volume(r, payload);
	case RMN_MESSAGE_ITEM:
		return take_item(r, payload);
	case RMN_MESSAGE_ITEM_EXTENTS:
		return take_item_extents(r, payload);
	case RMN_MESSAGE_SPACE:
		return take_space(r, payload);
	case RMN_MESSAGE_SPACE_RUNS:
		return take_space_runs(r, payload);
	case RMN_MESSAGE_LEDGER:
		return take_ledger(r, payload);
	case RMN_MESSAGE_WALK_UNEXAMINED:
		return take_walk_unexamined(r, payload);
	case RMN_MESSAGE_OPENING:
		return take_opening(r, payload);
	case RMN_MESSAGE_STAGE:
		return take_stage(r, payload);
	case RMN_MESSAGE_NOTE:
		return take_note(r, payload);
	case RMN_MESSAGE_RECOVERED:
		return take_recovered(r, payload);
	case RMN_MESSAGE_WALKING:
		return true;
	case RMN_MESSAGE_WALK_END:
		if (r->scan->options->catalogue_only)
			run_unexamined(r, 0, 0, 0, "option", "contents were not read, and nothing was "
			    "carved (--catalogue-only)");
		r->walk_done = true;
		return true;
	default:
		return false;
	}
}
