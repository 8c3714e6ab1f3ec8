/* SPDX-License-Identifier: MIT */
#include "restore/source.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "worker/held_unit.h"

static enum rmn_status
volume_add(void *context, int64_t id, const struct rmn_volume_row *row)
{
	struct rmn_restore_source *s = context;
	struct volume_place *volumes = reallocarray(s->volumes, s->volume_count + 1,
	    sizeof(*volumes));

	if (!volumes)
		return RMN_NOMEM;
	s->volumes = volumes;
	volumes[s->volume_count] = (struct volume_place){id, row->start_byte, ""};
	snprintf(volumes[s->volume_count].filesystem, sizeof(volumes->filesystem), "%s",
	    row->filesystem);
	s->volume_count++;
	return RMN_OK;
}

static enum rmn_status
reader_start(struct rmn_restore_source *s, struct rmn_error *error)
{
	struct rmn_child_plan plan = {
		.kind = RMN_CHILD_READER, .image_path = s->path, .no_sandbox = s->no_sandbox,
	};

	return rmn_child_start(&plan, &s->child, error);
}

void
rmn_restore_source_close(struct rmn_restore_source *s)
{
	char how[64];

	if (s->child.pid != 0)
		rmn_child_stop(&s->child, true, how);
	free(s->volumes);
	free(s->path);
	rmn_arena_free(s->arena);
	s->volumes = NULL;
	s->volume_count = 0;
	s->path = NULL;
	s->arena = NULL;
	s->source_id = 0;
}

enum rmn_status
rmn_restore_source_use(struct rmn_restore_source *s, int64_t source_id, const char *path,
    struct rmn_error *error)
{
	enum rmn_status status;

	if (s->source_id == source_id)
		return RMN_OK;
	rmn_restore_source_close(s);
	s->path = strdup(path);
	s->arena = rmn_arena_new(RMN_LIMIT_ARENA_BYTES);
	if (!s->path || !s->arena)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	s->source_id = source_id;
	status = rmn_case_each_volume(s->the_case, source_id, volume_add, s, error);
	return status == RMN_OK ? reader_start(s, error) : status;
}

static void
unit_send(struct rmn_restore_source *s, const struct rmn_item_row *row)
{
	const struct volume_place *volume = NULL;
	struct rmn_extent_sender sender = {.channel = &s->child.channel};
	struct rmn_unit unit;

	for (size_t i = 0; i < s->volume_count; i++)
		if (s->volumes[i].id == row->volume_id)
			volume = &s->volumes[i];
	unit = (struct rmn_unit){
		.number = (uint64_t)row->id >> RMN_ITEM_BITS,
		.how = row->content_how == RMN_CONTENT_NONE ? RMN_CONTENT_EXTENTS :
		    row->content_how,
		.size_bytes = row->size_bytes,
		.volume_start = volume ? volume->start_byte : 0,
		.inode = row->inode,
		.attribute_type = row->attribute_type,
		.attribute_id = row->attribute_id,
		.filesystem = rmn_bytes_from_string(volume ? volume->filesystem : ""),
		.extent_count = row->extent_count,
	};
	rmn_put_unit(rmn_channel_begin(&s->child.channel, RMN_MESSAGE_UNIT), &unit);
	rmn_channel_end(&s->child.channel);
	for (size_t i = 0; i < row->extent_count; i++)
		rmn_extent_send(&sender, row->extents[i].image_offset,
		    row->extents[i].length_bytes);
	rmn_extent_flush(&sender);
	rmn_channel_begin(&s->child.channel, RMN_MESSAGE_GO);
	rmn_channel_end(&s->child.channel);
}

/* The next frame of the reader; false when it died or does not answer. */
static bool
frame_wait(struct rmn_restore_source *s, uint32_t *type, struct rmn_bytes *payload)
{
	enum rmn_status status = rmn_channel_next(&s->child.channel, type, payload);
	struct pollfd waiting = {s->child.channel.fd, POLLIN, 0};

	while (status == RMN_END) {
		if (poll(&waiting, 1, (int)RMN_LIMIT_ITEM_SECONDS * 1000) <= 0 ||
		    rmn_channel_fill(&s->child.channel) != RMN_OK)
			return false;
		status = rmn_channel_next(&s->child.channel, type, payload);
	}
	return status == RMN_OK;
}

static enum rmn_status
reader_lost(struct rmn_restore_source *s, struct rmn_error *error)
{
	char how[64];

	rmn_child_stop(&s->child, true, how);
	return rmn_fail(error, RMN_CORRUPT, "the reader stopped on it (%s)", how);
}

/* Takes DATA frames up to the one that ends them. */
static enum rmn_status
pieces_take(struct rmn_restore_source *s, uint64_t size_bytes,
    bool (*take)(void *context, struct rmn_bytes piece), void *context, uint64_t *bad_bytes,
    struct rmn_error *error)
{
	bool is_wanted = true;
	uint64_t total = 0, numbers[2];
	struct rmn_bytes payload;
	struct rmn_note_message m;
	uint32_t type;

	while (frame_wait(s, &type, &payload)) {
		if (type == RMN_MESSAGE_DATA && payload.size <= size_bytes - total) {
			total += payload.size;
			is_wanted = is_wanted && take(context, payload);
		} else if (type == RMN_MESSAGE_DATA_END && rmn_get_numbers(payload, numbers, 2)) {
			*bad_bytes = numbers[1];
			if (numbers[0] != 0 || (is_wanted && total != size_bytes))
				return rmn_fail(error, RMN_PARTIAL, "only %llu of %llu bytes could "
				    "be read", (unsigned long long)total,
				    (unsigned long long)size_bytes);
			return is_wanted ? RMN_OK : RMN_IO;
		} else if (type == RMN_MESSAGE_FAILED && rmn_get_note(payload, &m)) {
			rmn_fail(error, RMN_IO, "%.*s", (int)m.text.size,
			    (const char *)m.text.data);
			break;
		} else {
			break;
		}
	}
	return reader_lost(s, error);
}

enum rmn_status
rmn_restore_source_read(struct rmn_restore_source *s, int64_t item_id,
    bool (*take)(void *context, struct rmn_bytes piece), void *context, uint64_t *bad_bytes,
    struct rmn_error *error)
{
	struct rmn_item_row row;
	enum rmn_status status;

	*bad_bytes = 0;
	rmn_arena_reset(s->arena);
	status = rmn_case_get_unit(s->the_case, item_id >> RMN_ITEM_BITS, s->arena, &row, error);
	if (status == RMN_OK && s->child.pid == 0)
		status = reader_start(s, error);
	if (status != RMN_OK)
		return status;
	unit_send(s, &row);
	if (rmn_channel_flush(&s->child.channel) != RMN_OK)
		return reader_lost(s, error);
	return pieces_take(s, row.size_bytes, take, context, bad_bytes, error);
}
