/* SPDX-License-Identifier: MIT */
#include "worker/held_unit.h"

#include <stdlib.h>

/* More extents than any honest file or window has; 16 bytes each. */
#define EXTENTS_MAX ((uint64_t)16 << 20)

void
rmn_extent_flush(struct rmn_extent_sender *sender)
{
	if (sender->used == 0)
		return;
	rmn_put_extents(rmn_channel_begin(sender->channel, RMN_MESSAGE_EXTENTS), sender->batch,
	    sender->used);
	rmn_channel_end(sender->channel);
	sender->used = 0;
}

void
rmn_extent_send(struct rmn_extent_sender *sender, int64_t image_offset, uint64_t length_bytes)
{
	sender->batch[sender->used++] = (struct rmn_extent){
		image_offset < 0 ? RMN_EXTENT_SPARSE : (uint64_t)image_offset, length_bytes};
	if (sender->used == RMN_EXTENT_BATCH)
		rmn_extent_flush(sender);
}

static bool
unit_take(struct rmn_held_unit *held, struct rmn_bytes payload)
{
	rmn_buf_clear(&held->strings);
	rmn_buf_append(&held->strings, payload);
	held->extent_count = 0;
	free(held->extents);
	held->extents = NULL;
	if (held->strings.failed || !rmn_get_unit(rmn_buf_bytes(&held->strings), &held->unit) ||
	    held->unit.extent_count > EXTENTS_MAX)
		return false;
	held->extents = calloc((size_t)held->unit.extent_count + 1, sizeof(*held->extents));
	return held->extents != NULL;
}

bool
rmn_held_unit_take(struct rmn_held_unit *held, uint32_t type, struct rmn_bytes payload)
{
	if (type == RMN_MESSAGE_UNIT)
		return unit_take(held, payload);
	return type == RMN_MESSAGE_EXTENTS && held->extents &&
	    rmn_get_extents(payload, held->extents, &held->extent_count,
	    (size_t)held->unit.extent_count);
}

struct rmn_content_place
rmn_held_unit_place(const struct rmn_held_unit *held)
{
	const struct rmn_unit *unit = &held->unit;

	return (struct rmn_content_place){
		.how = (enum rmn_content_how)unit->how,
		.size_bytes = unit->size_bytes,
		.extents = held->extents,
		.extent_count = held->extent_count,
		.volume_start = unit->volume_start,
		.filesystem = unit->filesystem,
		.inode = unit->inode,
		.attribute_type = unit->attribute_type,
		.attribute_id = unit->attribute_id,
	};
}
