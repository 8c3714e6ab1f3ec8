/* SPDX-License-Identifier: MIT */
#include "recover/carving.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/checked.h"
#include "carve/run.h"
#include "carve/text.h"
#include "recover/grade.h"
#include "recover/rest.h"

static void
take_carved(void *context, const struct rmn_carved *carved)
{
	struct rmn_carving *k = context;
	const struct rmn_walk_sink *sink = k->collected->sink;
	const char *extension = carved->proven.extension ? carved->proven.extension :
	    carved->carver ? carved->carver->extension : "bin";
	char path[64];
	struct rmn_walk_item item = {
		.kind = RMN_ITEM_FILE,
		.state = RMN_CARVED,
		.size_bytes = carved->size_bytes,
		.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
		.changed = RMN_TIME_UNKNOWN, .accessed = RMN_TIME_UNKNOWN,
		.how = RMN_CONTENT_EXTENTS,
		.extents = carved->extents,
		.extent_count = carved->extent_count,
		.is_encrypted = carved->proven.is_encrypted,
		.name_source = RMN_NAME_NONE,
		.grade = rmn_grade_carved(&carved->proven, carved->is_mended),
	};

	if (carved->extent_count == 0 || k->status != RMN_OK)
		return;
	snprintf(path, sizeof(path), "carved@%" PRIu64 ".%s", carved->extents[0].image_offset,
	    extension);
	item.path = rmn_bytes_from_string(path);
	rmn_rest_claim(k->carved, carved->extents, carved->extent_count);
	if (sink->item)
		k->status = sink->item(sink->context, &item);
}

static void
take_limit(void *context, const char *reason)
{
	struct rmn_carving *k = context;
	const struct rmn_walk_sink *sink = k->collected->sink;

	k->is_partial = true;
	if (sink->unexamined)
		sink->unexamined(sink->context, 0, "carve", reason);
}

static int
head_compare(const void *a, const void *b)
{
	const struct rmn_carve_head *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return x->carver < y->carver ? -1 : x->carver > y->carver;
}

/* The heads that nobody has, in disk order. */
static struct rmn_carve_head *
heads_make(const struct rmn_carving *k, size_t *count)
{
	const struct rmn_sightings *s = k->sightings;
	struct rmn_carve_head *heads;
	size_t total = 0;

	for (unsigned c = 0; c < rmn_carver_count; c++)
		total += rmn_sightings_count(s, RMN_SIGHT_HEAD + c);
	heads = calloc(total + 1, sizeof(*heads));
	*count = 0;
	if (!heads)
		return NULL;
	for (unsigned c = 0; c < rmn_carver_count; c++)
		for (size_t i = 0; i < rmn_sightings_count(s, RMN_SIGHT_HEAD + c); i++) {
			uint64_t offset = rmn_sighting_offset(s, RMN_SIGHT_HEAD + c, i);

			if (!rmn_sectors_has(k->taken, offset))
				heads[(*count)++] = (struct rmn_carve_head){offset, c};
		}
	qsort(heads, *count, sizeof(*heads), head_compare);
	return heads;
}

/* The blocks of lost volumes first: what is carved was written when they were there. */
static struct rmn_carve_grid *
grids_make(const struct rmn_carving *k, size_t *count)
{
	const struct rmn_store_found *found = k->found;
	const struct rmn_collected *c = k->collected;
	struct rmn_carve_grid *grids = calloc(found->volume_count + c->living_count + 1,
	    sizeof(*grids));
	uint64_t size = rmn_disk_size(c->disk);

	*count = 0;
	for (size_t i = 0; grids && i < found->volume_count; i++) {
		const struct rmn_found_volume *v = &found->volumes[i];

		if (v->block_bytes >= RMN_SECTOR_BYTES && v->start_byte < size)
			grids[(*count)++] = (struct rmn_carve_grid){v->start_byte,
			    v->length_bytes ? v->length_bytes : size - v->start_byte,
			    v->block_bytes};
	}
	for (size_t i = 0; grids && i < c->living_count; i++) {
		const struct rmn_volume *v = &c->living[i].volume;

		if (c->living[i].has_file_system && v->block_bytes >= RMN_SECTOR_BYTES)
			grids[(*count)++] = (struct rmn_carve_grid){v->start_byte,
			    v->length_bytes, v->block_bytes};
	}
	return grids;
}

static enum rmn_status
carving_end(const struct rmn_carving *k, enum rmn_status status)
{
	if (status == RMN_NOMEM)
		return rmn_fail(k->collected->error, RMN_NOMEM, "out of memory for carving");
	return status == RMN_OK ? k->status : status;
}

enum rmn_status
rmn_carving_run(struct rmn_carving *k)
{
	size_t head_count, grid_count;
	struct rmn_carve_head *heads = heads_make(k, &head_count);
	struct rmn_carve_grid *grids = grids_make(k, &grid_count);
	struct rmn_carve_job job = {
		.disk = k->collected->disk,
		.taken = k->taken,
		.heads = heads, .head_count = head_count,
		.grids = grids, .grid_count = grid_count,
		.carved = take_carved,
		.limit = take_limit,
		.context = k,
	};
	enum rmn_status status = RMN_NOMEM;

	k->status = RMN_OK;
	if (heads && grids)
		status = rmn_carve_run(&job, k->collected->error);
	free(heads);
	free(grids);
	return carving_end(k, status);
}

enum rmn_status
rmn_carving_run_text(struct rmn_carving *k)
{
	size_t grid_count;
	struct rmn_carve_grid *grids = grids_make(k, &grid_count);
	struct rmn_text_job job = {
		.disk = k->collected->disk,
		.taken = k->taken,
		.likely = &k->sightings->text,
		.grids = grids, .grid_count = grid_count,
		.carved = take_carved,
		.limit = take_limit,
		.context = k,
	};
	enum rmn_status status = RMN_NOMEM;

	k->status = RMN_OK;
	if (grids && k->sightings->text.pieces)
		status = rmn_carve_text(&job, k->collected->error);
	else if (grids)
		status = RMN_OK;	/* the pass was left out */
	free(grids);
	return carving_end(k, status);
}
