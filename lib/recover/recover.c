/* SPDX-License-Identifier: MIT */
#include "recover/recover.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/utf8.h"
#include "fs/ranges.h"
#include "image/mapped.h"
#include "recover/bundle_sink.h"
#include "recover/carving.h"
#include "recover/collect.h"
#include "recover/found.h"
#include "recover/rest.h"
#include "recover/settle.h"

/* Places looked at to tell a trimmed disk. */
#define SAMPLES 512u

struct work {
	struct rmn_image *image;
	const struct rmn_recover_options *options;
	const struct rmn_walk_sink *sink;
	struct rmn_disk *disk;
	struct rmn_collected collected;
	struct rmn_sightings sightings;
	struct rmn_store_found found;
	struct rmn_recovery recovery;
	struct rmn_sectors taken;		/* by living volumes and by what was recovered */
	struct rmn_ranges lost, carved;		/* extents of recovered files, to the byte */
	uint32_t *numbers;			/* of found volumes, as emitted; 0: nothing is left */
	uint32_t volume_count;			/* the last number told */
	bool is_partial;
	struct rmn_error *error;
};

/* False: that step killed an earlier walker and is left out. */
static bool
stage_begin(struct work *w, unsigned stage, const char *name)
{
	if (w->options->walk && w->options->walk->skip_stages >> stage & 1)
		return false;
	if (w->sink->stage)
		w->sink->stage(w->sink->context, stage, name);
	return true;
}

static void
work_unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	struct work *w = context;
	uint32_t number = 0;

	if (volume < w->found.volume_count)
		number = w->numbers ? w->numbers[volume] : w->found.volumes[volume].living;
	w->is_partial = true;
	if (w->sink->unexamined)
		w->sink->unexamined(w->sink->context, number, stage, reason);
}

static void
work_progress(void *context, uint64_t done)
{
	struct work *w = context;

	if (w->sink->progress)
		w->sink->progress(w->sink->context, done);
}

/* Whether unclaimed space reads as zeros wherever one looks: trimmed, or wiped. */
static void
samples_tell(struct work *w)
{
	const struct rmn_collected *c = &w->collected;
	unsigned char sector[RMN_SECTOR_BYTES];
	uint64_t total = 0, before = 0;
	unsigned looked = 0;
	char text[160];
	size_t run = 0;

	for (size_t i = 0; i < c->space_count; i++)
		total += c->space[i].run.length_bytes;
	for (unsigned i = 0; i < SAMPLES && total >= SAMPLES * RMN_SECTOR_BYTES; i++) {
		uint64_t at = total / SAMPLES * i;

		while (run < c->space_count && at - before >= c->space[run].run.length_bytes)
			before += c->space[run++].run.length_bytes;
		if (run == c->space_count)
			break;
		rmn_disk_read(w->disk, c->space[run].run.image_offset + (at - before), sector,
		    sizeof(sector));
		if (!rmn_bytes_are_zero((struct rmn_bytes){sector, sizeof(sector)}))
			return;
		looked++;
	}
	if (looked == 0 || !w->sink->note)
		return;
	snprintf(text, sizeof(text), "unclaimed space reads as zeros at all %u places looked at: the "
	    "drive was trimmed or wiped, so hardly anything can be recovered", looked);
	w->sink->note(w->sink->context, text);
}

static enum rmn_status
engines_run(struct work *w)
{
	enum rmn_status status = RMN_OK;

	w->recovery = (struct rmn_recovery){
		.disk = w->disk,
		.sightings = &w->sightings,
		.in_use = &w->collected.in_use,
		.living = w->collected.living,
		.living_count = w->collected.living_count,
		.found = &w->found,
		.unexamined = work_unexamined,
		.context = w,
		.error = w->error,
	};
	if (!rmn_store_found_init(&w->found))
		return rmn_fail(w->error, RMN_NOMEM, "out of memory");
	for (size_t i = 0; i < rmn_engine_count && status == RMN_OK; i++)
		if (stage_begin(w, (unsigned)(RMN_STAGE_ENGINES + i), rmn_engines[i].name))
			status = rmn_engines[i].run(&w->recovery);
	if (w->found.left_out > 0) {
		char reason[96];

		snprintf(reason, sizeof(reason), "no room for %" PRIu64 " more files of lost volumes: "
		    "they are not listed", w->found.left_out);
		work_unexamined(w, UINT32_MAX, "recovery", reason);
	}
	return status;
}

/* --- lost files */

/* Living volumes keep their numbers; lost ones of which something is left follow. */
static enum rmn_status
volumes_number(struct work *w, const struct rmn_verdict *verdicts)
{
	uint32_t number = (uint32_t)w->collected.living_count;

	w->numbers = calloc(w->found.volume_count + 1, sizeof(*w->numbers));
	if (!w->numbers)
		return rmn_fail(w->error, RMN_NOMEM, "out of memory");
	for (size_t i = 0; i < w->found.count; i++)
		if (!verdicts || !verdicts[i].is_dropped)
			w->numbers[w->found.files[i].volume] = 1;
	for (size_t i = 0; i < w->found.volume_count; i++) {
		const struct rmn_found_volume *v = &w->found.volumes[i];

		if (v->living)
			w->numbers[i] = v->living;
		else if (w->numbers[i] || v->is_recognised_only)
			w->numbers[i] = ++number;
	}
	w->volume_count = number;
	return RMN_OK;
}

static enum rmn_status
volumes_emit(struct work *w, const struct rmn_verdict *verdicts)
{
	enum rmn_status status = volumes_number(w, verdicts);

	for (size_t i = 0; i < w->found.volume_count && status == RMN_OK; i++) {
		const struct rmn_found_volume *v = &w->found.volumes[i];
		uint64_t size = rmn_disk_size(w->disk);
		struct rmn_volume volume = {
			.start_byte = rmn_min_u64(v->start_byte, size),
			.length_bytes = v->length_bytes,
			.state = RMN_VOLUME_LOST,
			.block_bytes = v->block_bytes,
		};

		if (v->living || w->numbers[i] == 0)
			continue;
		volume.number = w->numbers[i];
		if (volume.length_bytes == 0 || volume.length_bytes > size - volume.start_byte)
			volume.length_bytes = size - volume.start_byte;
		snprintf(volume.filesystem, sizeof(volume.filesystem), "%s", v->filesystem);
		snprintf(volume.label, sizeof(volume.label), "%s", v->label);
		snprintf(volume.description, sizeof(volume.description), "%s", v->evidence);
		if (w->sink->volume)
			status = w->sink->volume(w->sink->context, &volume);
	}
	return status;
}

static enum rmn_status
file_emit(struct work *w, const struct rmn_found *file, const struct rmn_verdict *verdict)
{
	static const enum rmn_name_source sources[] = {
		[RMN_ORIGIN_RECORD] = RMN_NAME_RECORD, [RMN_ORIGIN_DELETED] = RMN_NAME_DELETED,
		[RMN_ORIGIN_STALE] = RMN_NAME_STALE, [RMN_ORIGIN_INDEX] = RMN_NAME_INDEX,
	};
	bool shows_extents = verdict->has_bytes || verdict->is_other_name;
	bool is_living = w->found.volumes[file->volume].living != 0;
	struct rmn_walk_item item = {
		.volume = w->numbers[file->volume],
		.kind = file->kind,
		.state = file->is_living ? RMN_ALLOCATED : is_living ? RMN_DELETED : RMN_LOST,
		.path = file->path,
		.stream = file->stream,
		.size_bytes = file->size_bytes,
		.created = file->created, .modified = file->modified,
		.changed = file->changed, .accessed = file->accessed,
		.inode = file->id,
		.parent_inode = file->parent_id,
		.mode = file->mode, .uid = file->uid, .gid = file->gid,
		.link_count = file->link_count,
		.how = verdict->has_bytes ? file->how : RMN_CONTENT_NONE,
		.attribute_id = file->attribute_id,
		.extents = file->extents,
		.extent_count = shows_extents ? file->extent_count : 0,
		.overwritten_bytes = verdict->overwritten_bytes,
		.is_encrypted = file->is_encrypted,
		.name_source = file->is_living ? RMN_NAME_CATALOGUE : sources[file->origin],
		.grade = file->is_living ? 0 : verdict->grade,
	};

	if (verdict->has_bytes)
		rmn_rest_claim(&w->lost, file->extents, file->extent_count);
	rmn_bundles_watch(w->collected.bundles, &item);
	return w->sink->item ? w->sink->item(w->sink->context, &item) : RMN_OK;
}

static enum rmn_status
files_emit(struct work *w)
{
	struct rmn_verdict *verdicts = NULL;
	enum rmn_status status = RMN_OK;

	if (stage_begin(w, RMN_STAGE_SETTLE, "settling"))
		status = rmn_settle(&w->recovery, &w->collected, &w->taken, &verdicts);
	if (status == RMN_OK)
		status = volumes_emit(w, verdicts);
	for (size_t i = 0; i < w->found.count && status == RMN_OK && verdicts; i++)
		if (!verdicts[i].is_dropped)
			status = file_emit(w, &w->found.files[i], &verdicts[i]);
	free(verdicts);
	return status;
}

/* --- carving */

static enum rmn_status
rest_carve(struct work *w)
{
	struct rmn_carving carving = {
		.collected = &w->collected,
		.sightings = &w->sightings,
		.found = &w->found,
		.taken = &w->taken,
		.carved = &w->carved,
	};
	enum rmn_status status = RMN_OK;

	if (w->options->catalogue_only)
		return RMN_OK;
	if (stage_begin(w, RMN_STAGE_CARVE, "carving"))
		status = rmn_carving_run(&carving);
	if (status == RMN_OK && stage_begin(w, RMN_STAGE_TEXT, "carving text"))
		status = rmn_carving_run_text(&carving);
	w->is_partial |= carving.is_partial;
	return status;
}

/* --- all of it */

static enum rmn_status
remains_collect(struct work *w)
{
	enum rmn_status status;

	if (!stage_begin(w, RMN_STAGE_SIGHTINGS, "looking for remains")) {
		work_unexamined(w, UINT32_MAX, "recovery", "the search for remains stopped here: "
		    "lost volumes were not looked for and nothing was carved");
		return RMN_OK;
	}
	status = rmn_sightings_collect(w->image, &w->sightings, work_progress, w, w->error);
	if (w->sightings.is_cut)
		work_unexamined(w, UINT32_MAX, "recovery",
		    "more remains than can be kept: those behind were left out");
	return status == RMN_PARTIAL ? RMN_OK : status;
}

/* Living volumes and the deleted files that are whole have their bytes; recovery gets the rest. */
static enum rmn_status
taken_init(struct work *w)
{
	if (!rmn_sectors_init(&w->taken, rmn_disk_size(w->disk)))
		return rmn_fail(w->error, RMN_NOMEM, "out of memory for the map of the disk");
	rmn_sectors_join(&w->taken, &w->collected.in_use);
	rmn_sectors_join(&w->taken, &w->collected.deleted);
	return RMN_OK;
}

static enum rmn_status
work_run(struct work *w)
{
	struct rmn_walk_sink collecting;
	enum rmn_status status;

	rmn_collected_sink(&w->collected, &collecting);
	status = rmn_walk_image(w->image, w->options->walk, &collecting, w->error);
	w->is_partial = status == RMN_PARTIAL;
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	status = rmn_collected_close(&w->collected);
	if (status == RMN_OK)
		status = taken_init(w);
	if (status == RMN_OK && stage_begin(w, RMN_STAGE_SAMPLES, "taking samples"))
		samples_tell(w);
	if (status == RMN_OK)
		status = remains_collect(w);
	if (status == RMN_OK)
		status = engines_run(w);
	if (status == RMN_OK)
		status = files_emit(w);
	if (status == RMN_OK)
		status = rest_carve(w);
	if (status == RMN_OK)
		status = rmn_rest_emit(&w->collected, &w->lost, &w->carved);
	return status;
}

/* The walk of one disk; what belongs to bundles is kept, the number of volumes told is given. */
static enum rmn_status
disk_recover(struct rmn_image *image, const struct rmn_recover_options *options,
    const struct rmn_walk_sink *sink, struct rmn_bundles *bundles, uint32_t *volume_count,
    struct rmn_error *error)
{
	struct work w = {.image = image, .options = options, .sink = sink, .error = error,
	    .disk = rmn_disk_from_image(image)};
	enum rmn_status status;

	if (!w.disk)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	rmn_disk_on_tick(w.disk, work_progress, &w);
	if (rmn_collected_init(&w.collected, sink, w.disk, error)) {
		w.collected.checks_content = !options->catalogue_only;
		w.collected.bundles = bundles;
		status = work_run(&w);
	} else {
		status = rmn_fail(error, RMN_NOMEM, "out of memory for the map of the disk");
	}
	*volume_count += w.volume_count;
	rmn_collected_release(&w.collected);
	rmn_sightings_release(&w.sightings);
	rmn_store_found_release(&w.found);
	free(w.numbers);
	rmn_sectors_release(&w.taken);
	rmn_ranges_release(&w.lost);
	rmn_ranges_release(&w.carved);
	rmn_disk_free(w.disk);
	return status == RMN_OK && w.is_partial ? RMN_PARTIAL : status;
}

/* --- disks inside */

static enum rmn_status
bundle_refuse(const struct rmn_walk_sink *sink, uint32_t volume, struct rmn_bytes path,
    const char *problem)
{
	char reason[400];

	snprintf(reason, sizeof(reason), "the disk in %.*s was not put together: %s",
	    (int)rmn_utf8_head(path, 240).size, (const char *)path.data, problem);
	return sink->unexamined ? sink->unexamined(sink->context, volume, "sparse bundle", reason) :
	    RMN_OK;
}

static enum rmn_status
bundle_walk(struct rmn_image *image, const struct rmn_recover_options *options,
    struct rmn_bundle_sink *s, const struct rmn_bundle_map *map, uint32_t *volume_count,
    struct rmn_error *error)
{
	struct rmn_walk_options walk = {.orphans_elsewhere = true};
	struct rmn_recover_options inside = {&walk, options->catalogue_only};
	struct rmn_bundles deeper;
	struct rmn_walk_sink sink;
	struct rmn_image *disk = NULL;
	enum rmn_status status;

	if (!rmn_bundles_init(&deeper))
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	status = rmn_image_open_mapped(image, map->extents, map->count, &disk, error);
	s->image = disk;
	if (status == RMN_OK)
		status = rmn_bundle_sink_begin(s, map, &sink);
	if (status == RMN_OK)
		status = disk_recover(disk, &inside, &sink, &deeper, volume_count, error);
	for (size_t i = 0; i < deeper.count && (status == RMN_OK || status == RMN_PARTIAL); i++)
		status = bundle_refuse(&sink, deeper.bundles[i].volume, deeper.bundles[i].path,
		    "it lies in another such disk") == RMN_OK ? RMN_PARTIAL : RMN_IO;
	rmn_image_close(disk);
	rmn_bundles_release(&deeper);
	return status;
}

static enum rmn_status
bundle_recover(struct rmn_image *image, const struct rmn_recover_options *options,
    const struct rmn_walk_sink *sink, const struct rmn_bundles *bundles,
    struct rmn_bundle *bundle, uint32_t *volume_count, struct rmn_error *error)
{
	struct rmn_bundle_sink s = {.outer = sink, .bundle = bundle, .number = *volume_count + 1};
	struct rmn_disk *disk = rmn_disk_from_image(image);
	struct rmn_bundle_map map;
	enum rmn_status status;

	if (!disk)
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	status = rmn_bundle_put_together(bundles, bundle, disk, &map);
	rmn_disk_free(disk);
	if (status == RMN_OK) {
		++*volume_count;
		status = bundle_walk(image, options, &s, &map, volume_count, error);
	} else if (status == RMN_NOMEM) {
		rmn_fail(error, RMN_NOMEM, "out of memory");
	} else {
		status = bundle_refuse(sink, bundle->volume, bundle->path, map.problem);
		status = status == RMN_OK ? RMN_PARTIAL : status;
	}
	rmn_bundle_sink_release(&s);
	rmn_bundle_map_release(&map);
	return status;
}

static enum rmn_status
bundles_recover(struct rmn_image *image, const struct rmn_recover_options *options,
    const struct rmn_walk_sink *sink, struct rmn_bundles *bundles, uint32_t *volume_count,
    struct rmn_error *error)
{
	struct work w = {.options = options, .sink = sink};
	enum rmn_status result = RMN_OK, status = RMN_OK;
	char reason[96];

	for (size_t i = 0; i < bundles->count; i++) {
		if (!stage_begin(&w, RMN_STAGE_BUNDLES + (unsigned)i, "sparse bundle"))
			status = bundle_refuse(sink, bundles->bundles[i].volume,
			    bundles->bundles[i].path, "the walker died of it") == RMN_OK ?
			    RMN_PARTIAL : RMN_IO;
		else
			status = bundle_recover(image, options, sink, bundles, &bundles->bundles[i],
			    volume_count, error);
		if (status != RMN_OK && status != RMN_PARTIAL)
			return status;
		result = status == RMN_OK ? result : status;
	}
	if (bundles->left_out == 0 && !bundles->failed)
		return result;
	snprintf(reason, sizeof(reason), "no room for %" PRIu64 " more files of sparse bundles: disks "
	    "inside have holes there", bundles->left_out);
	if (sink->unexamined)
		status = sink->unexamined(sink->context, 0, "sparse bundle", reason);
	return status == RMN_OK ? RMN_PARTIAL : status;
}

enum rmn_status
rmn_recover_image(struct rmn_image *image, const struct rmn_recover_options *options,
    const struct rmn_walk_sink *sink, struct rmn_error *error)
{
	struct rmn_bundles bundles;
	uint32_t volume_count = 0;
	enum rmn_status status, inside;

	if (!rmn_bundles_init(&bundles))
		return rmn_fail(error, RMN_NOMEM, "out of memory");
	status = disk_recover(image, options, sink, &bundles, &volume_count, error);
	if (status == RMN_OK || status == RMN_PARTIAL) {
		inside = bundles_recover(image, options, sink, &bundles, &volume_count, error);
		status = inside == RMN_OK ? status : inside;
	}
	rmn_bundles_release(&bundles);
	return status;
}
