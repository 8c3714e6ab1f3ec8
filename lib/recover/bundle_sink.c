/* SPDX-License-Identifier: MIT */
#include "recover/bundle_sink.h"

#include <stdio.h>
#include <stdlib.h>

#include "image/mapped.h"

static enum rmn_status
volume_tell(const struct rmn_bundle_sink *s, struct rmn_volume *volume)
{
	volume->outer = s->bundle->volume;
	volume->outer_path = s->bundle->path;
	return s->outer->volume ? s->outer->volume(s->outer->context, volume) : RMN_OK;
}

static enum rmn_status
inner_volume(void *context, const struct rmn_volume *given)
{
	struct rmn_bundle_sink *s = context;
	struct rmn_volume volume = *given;

	volume.number += s->number;
	return volume_tell(s, &volume);
}

static enum rmn_status
extent_add(void *context, struct rmn_extent extent)
{
	struct rmn_bundle_sink *s = context;

	if (s->extent_count == s->extent_capacity) {
		size_t capacity = s->extent_capacity ? s->extent_capacity * 2 : 64;
		struct rmn_extent *extents = reallocarray(s->extents, capacity, sizeof(*extents));

		if (!extents)
			return RMN_NOMEM;
		s->extents = extents;
		s->extent_capacity = capacity;
	}
	s->extents[s->extent_count++] = extent;
	return RMN_OK;
}

static enum rmn_status
inner_item(void *context, const struct rmn_walk_item *given)
{
	struct rmn_bundle_sink *s = context;
	struct rmn_walk_item item = *given;
	enum rmn_status status = RMN_OK;

	s->extent_count = 0;
	for (size_t i = 0; i < item.extent_count && status == RMN_OK; i++) {
		struct rmn_extent e = item.extents[i];

		status = e.image_offset == RMN_EXTENT_SPARSE ? extent_add(s, e) :
		    rmn_image_mapped_each(s->image, e.image_offset, e.length_bytes, extent_add, s);
	}
	if (status != RMN_OK)
		return status;
	item.volume += s->number;
	item.extents = s->extents;
	item.extent_count = s->extent_count;
	if (item.how == RMN_CONTENT_FS)
		item.how = RMN_CONTENT_UNREACHED;
	return s->outer->item ? s->outer->item(s->outer->context, &item) : RMN_OK;
}

static enum rmn_status
inner_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct rmn_bundle_sink *s = context;

	return s->outer->unexamined ? s->outer->unexamined(s->outer->context, s->number + volume,
	    stage, reason) : RMN_OK;
}

static void
inner_progress(void *context, uint64_t items)
{
	struct rmn_bundle_sink *s = context;

	if (s->outer->progress)
		s->outer->progress(s->outer->context, items);
}

enum rmn_status
rmn_bundle_sink_begin(struct rmn_bundle_sink *s, const struct rmn_bundle_map *map,
    struct rmn_walk_sink *sink)
{
	struct rmn_volume disk = {.number = s->number, .length_bytes = map->size_bytes,
	    .block_bytes = 512};

	snprintf(disk.description, sizeof(disk.description), "sparse bundle of %zu bands",
	    map->band_count);
	*sink = (struct rmn_walk_sink){
		.context = s,
		.volume = inner_volume,
		.item = inner_item,
		.unexamined = inner_unexamined,
		.progress = inner_progress,
	};
	return volume_tell(s, &disk);
}

void
rmn_bundle_sink_release(struct rmn_bundle_sink *s)
{
	free(s->extents);
	s->extents = NULL;
}
