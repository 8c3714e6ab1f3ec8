/* SPDX-License-Identifier: MIT */
#include "recover/collect.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/grade.h"

bool
rmn_collected_init(struct rmn_collected *c, const struct rmn_walk_sink *sink,
    struct rmn_disk *disk, struct rmn_error *error)
{
	uint64_t size = rmn_disk_size(disk);

	*c = (struct rmn_collected){.sink = sink, .disk = disk, .error = error};
	rmn_carve_tools_init(&c->tools);
	if (!rmn_sectors_init(&c->in_use, size) || !rmn_sectors_init(&c->deleted, size) ||
	    !rmn_sectors_init(&c->content, size))
		return false;
	rmn_sectors_add(&c->in_use, 0, size);
	return true;
}

void
rmn_collected_release(struct rmn_collected *c)
{
	rmn_carve_tools_release(&c->tools);
	free(c->living);
	free(c->stored);
	free(c->space);
	rmn_hashes_release(&c->paths);
	rmn_sectors_release(&c->in_use);
	rmn_sectors_release(&c->deleted);
	rmn_sectors_release(&c->content);
}

bool
rmn_collected_lists(const struct rmn_collected *c, uint32_t volume, struct rmn_bytes path)
{
	return rmn_hashes_has(&c->paths, rmn_hash_bytes(volume, path));
}

static enum rmn_status
collect_volume(void *context, const struct rmn_volume *volume)
{
	struct rmn_collected *c = context;
	struct rmn_living *living = reallocarray(c->living, c->living_count + 1, sizeof(*living));

	if (!living)
		return rmn_fail(c->error, RMN_NOMEM, "out of memory");
	c->living = living;
	living[c->living_count++] = (struct rmn_living){*volume, volume->filesystem[0] != 0};
	return c->sink->volume ? c->sink->volume(c->sink->context, volume) : RMN_OK;
}

static void
extents_add(struct rmn_sectors *set, const struct rmn_walk_item *item)
{
	for (size_t i = 0; i < item->extent_count; i++)
		if (item->extents[i].image_offset != RMN_EXTENT_SPARSE)
			rmn_sectors_add(set, item->extents[i].image_offset,
			    item->extents[i].length_bytes);
}

static bool
volume_guesses(const struct rmn_collected *c, uint32_t volume)
{
	const char *name = volume >= 1 && volume <= c->living_count ?
	    c->living[volume - 1].volume.filesystem : "";

	return strncmp(name, "fat", 3) == 0 || strcmp(name, "exfat") == 0;
}

/* A deleted file's content may be whole, or others' by now: its grade says so. */
static void
deleted_grade(struct rmn_collected *c, struct rmn_walk_item *item)
{
	struct rmn_grade_input in = {
		.extents = item->extents, .extent_count = item->extent_count,
		.size_bytes = item->size_bytes, .how = item->how,
		.overwritten_bytes = item->overwritten_bytes,
		.origin = RMN_ORIGIN_DELETED,
		.is_guessed = volume_guesses(c, item->volume),
		.checks_content = c->checks_content,
	};

	for (size_t i = 0; i < item->extent_count; i++)
		if (item->extents[i].image_offset != RMN_EXTENT_SPARSE)
			rmn_sectors_remove(&c->in_use, item->extents[i].image_offset,
			    item->extents[i].length_bytes);
	item->name_source = RMN_NAME_DELETED;
	item->grade = rmn_grade(c->disk, &c->tools, &in);
	if (item->grade <= 'C' && item->how == RMN_CONTENT_EXTENTS)
		extents_add(&c->deleted, item);
}

/* What ext reserves for growth and NTFS for its change journal is gigabytes of holes, which nobody needs
 * to read or to hash: of a metadata file that is mostly holes the stored bytes are left. */
static enum rmn_status
holes_drop(struct rmn_collected *c, struct rmn_walk_item *item)
{
	uint64_t stored = 0;
	size_t kept = 0;

	for (size_t i = 0; i < item->extent_count; i++)
		if (item->extents[i].image_offset != RMN_EXTENT_SPARSE)
			stored += item->extents[i].length_bytes;
	if (stored == 0 || item->size_bytes / 2 <= stored)
		return RMN_OK;
	free(c->stored);
	c->stored = calloc(item->extent_count, sizeof(*c->stored));
	if (!c->stored)
		return rmn_fail(c->error, RMN_NOMEM, "out of memory");
	for (size_t i = 0; i < item->extent_count; i++)
		if (item->extents[i].image_offset != RMN_EXTENT_SPARSE)
			c->stored[kept++] = item->extents[i];
	item->extents = c->stored;
	item->extent_count = kept;
	item->size_bytes = stored;
	return RMN_OK;
}

static enum rmn_status
collect_item(void *context, const struct rmn_walk_item *given)
{
	struct rmn_collected *c = context;
	struct rmn_walk_item item = *given;

	rmn_hashes_add(&c->paths, rmn_hash_bytes(item.volume, item.path));
	if (item.state == RMN_ALLOCATED)
		extents_add(&c->content, &item);
	else if (item.state == RMN_DELETED &&
	    (item.kind == RMN_ITEM_FILE || item.kind == RMN_ITEM_STREAM))
		deleted_grade(c, &item);
	if (item.kind == RMN_ITEM_METADATA && item.how == RMN_CONTENT_EXTENTS &&
	    holes_drop(c, &item) != RMN_OK)
		return RMN_NOMEM;
	if (c->bundles)
		rmn_bundles_watch(c->bundles, &item);
	return c->sink->item ? c->sink->item(c->sink->context, &item) : RMN_OK;
}

static enum rmn_status
collect_space(void *context, uint32_t volume, uint64_t window_offset,
    const struct rmn_space_run *runs, size_t count)
{
	struct rmn_collected *c = context;

	(void)window_offset;
	for (size_t i = 0; i < count; i++) {
		if (c->space_count == c->space_capacity) {
			size_t capacity = c->space_capacity ? c->space_capacity * 2 : 1024;
			struct rmn_unclaimed *space = reallocarray(c->space, capacity,
			    sizeof(*space));

			if (!space)
				return rmn_fail(c->error, RMN_NOMEM, "out of memory");
			c->space = space;
			c->space_capacity = capacity;
		}
		c->space[c->space_count++] = (struct rmn_unclaimed){volume, runs[i]};
	}
	return RMN_OK;
}

static enum rmn_status
collect_ledger(void *context, uint32_t volume, uint64_t content_bytes, uint64_t metadata_bytes)
{
	struct rmn_collected *c = context;

	return c->sink->ledger ? c->sink->ledger(c->sink->context, volume, content_bytes,
	    metadata_bytes) : RMN_OK;
}

static enum rmn_status
collect_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct rmn_collected *c = context;

	return c->sink->unexamined ? c->sink->unexamined(c->sink->context, volume, stage, reason) :
	    RMN_OK;
}

static void
collect_progress(void *context, uint64_t items)
{
	struct rmn_collected *c = context;

	if (c->sink->progress)
		c->sink->progress(c->sink->context, items);
}

static void
collect_opening(void *context, uint64_t start_byte, uint32_t volume)
{
	struct rmn_collected *c = context;

	if (c->sink->opening)
		c->sink->opening(c->sink->context, start_byte, volume);
}

void
rmn_collected_sink(struct rmn_collected *c, struct rmn_walk_sink *sink)
{
	*sink = (struct rmn_walk_sink){
		.context = c,
		.volume = collect_volume,
		.item = collect_item,
		.space = collect_space,
		.ledger = collect_ledger,
		.unexamined = collect_unexamined,
		.progress = collect_progress,
		.opening = collect_opening,
	};
}

/* Takes out what is wholly unclaimed: the sector in which a file ends is still the file's. */
static void
space_remove(struct rmn_collected *c, const struct rmn_space_run *run)
{
	uint64_t end = run->image_offset + run->length_bytes;
	uint64_t start = (run->image_offset + RMN_SECTOR_BYTES - 1) / RMN_SECTOR_BYTES *
	    RMN_SECTOR_BYTES;

	if (end != rmn_disk_size(c->disk))
		end = end / RMN_SECTOR_BYTES * RMN_SECTOR_BYTES;
	if (start < end)
		rmn_sectors_remove(&c->in_use, start, end - start);
}

enum rmn_status
rmn_collected_close(struct rmn_collected *c)
{
	for (size_t i = 0; i < c->space_count; i++)
		space_remove(c, &c->space[i].run);
	rmn_sectors_join(&c->in_use, &c->content);
	rmn_sectors_release(&c->content);
	if (c->in_use.failed || c->deleted.failed || c->paths.failed)
		return rmn_fail(c->error, RMN_NOMEM, "out of memory for the map of the disk");
	return RMN_OK;
}
