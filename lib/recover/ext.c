/* SPDX-License-Identifier: MIT
 *
 * Lost ext2, ext3 and ext4 volumes (kernel documentation, filesystems/ext4), and what was deleted
 * from living ones.  Every superblock copy tells where its volume begins; copies that agree are
 * one volume.  A living volume hides an older one of the same layout: its inode tables are looked
 * at for inodes that it did not write. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/ext_anchor.h"
#include "recover/sight.h"

#define VOLUMES_MAX 64u
#define SUPER_BYTES 1024u

struct volumes {
	struct rmn_ext_layout *layouts;
	size_t count, capacity;
	bool was_cut;
};

static int
group_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* One more copy of a known volume, or a new volume. */
static bool
copy_add(struct volumes *all, const struct rmn_ext_layout *copy)
{
	for (size_t i = 0; i < all->count; i++) {
		struct rmn_ext_layout *l = &all->layouts[i];

		if (!rmn_ext_layout_is_same(l, copy))
			continue;
		if (l->copy_count < EXT_COPIES_MAX)
			l->copies[l->copy_count++] = copy->copies[0];
		qsort(l->copies, l->copy_count, sizeof(l->copies[0]), group_compare);
		return true;
	}
	if (all->count == all->capacity) {
		size_t capacity = all->capacity ? all->capacity * 2 : 16;
		struct rmn_ext_layout *layouts;

		if (capacity > 16 * VOLUMES_MAX) {
			all->was_cut = true;
			return true;
		}
		layouts = reallocarray(all->layouts, capacity, sizeof(*layouts));
		if (!layouts)
			return false;
		all->layouts = layouts;
		all->capacity = capacity;
	}
	all->layouts[all->count++] = *copy;
	return true;
}

/* Copies behind the first say their group, and so that they are no mere echo. */
static bool
has_backup(const struct rmn_ext_layout *l)
{
	return l->copies[l->copy_count - 1] > 0;
}

/* The volumes with the most copies first. */
static int
layout_compare(const void *a, const void *b)
{
	const struct rmn_ext_layout *x = a, *y = b;

	if (x->copy_count != y->copy_count)
		return x->copy_count > y->copy_count ? -1 : 1;
	if (has_backup(x) != has_backup(y))
		return has_backup(x) ? -1 : 1;
	if (x->start_byte != y->start_byte)
		return x->start_byte < y->start_byte ? -1 : 1;
	if (x->made != y->made)
		return x->made > y->made ? -1 : 1;
	return memcmp(x->uuid, y->uuid, sizeof(x->uuid));
}

/* A copy of a superblock that is the content of something - of the journal above all - tells of a
 * volume that begins in the middle of its own. */
static bool
is_echo(const struct volumes *all, size_t index)
{
	const struct rmn_ext_layout *l = &all->layouts[index];

	for (size_t i = 0; i < index; i++) {
		const struct rmn_ext_layout *other = &all->layouts[i];
		uint64_t end = other->start_byte + other->block_count * other->block_bytes;

		if (memcmp(other->uuid, l->uuid, sizeof(l->uuid)) == 0 &&
		    l->start_byte > other->start_byte && l->start_byte < end)
			return true;
	}
	return false;
}

static enum rmn_status
volumes_find(struct rmn_recovery *r, const struct rmn_ext_crc *crc, struct volumes *all)
{
	unsigned char super[SUPER_BYTES];
	struct rmn_ext_layout layout;
	size_t kept = 0;

	for (size_t i = 0; i < rmn_sightings_count(r->sightings, RMN_SIGHT_EXT_SUPER); i++) {
		uint64_t place = rmn_sighting_offset(r->sightings, RMN_SIGHT_EXT_SUPER, i);

		if (rmn_disk_read(r->disk, place, super, sizeof(super)) &&
		    rmn_ext_layout_read(&layout, crc, super, place) && !copy_add(all, &layout))
			return rmn_fail(r->error, RMN_NOMEM, "out of memory for ext volumes");
	}
	if (all->count > 0)
		qsort(all->layouts, all->count, sizeof(*all->layouts), layout_compare);
	for (size_t i = 0; i < all->count; i++)
		if (!is_echo(all, i))
			all->layouts[kept++] = all->layouts[i];
	all->count = kept;
	if (all->count > VOLUMES_MAX) {
		all->count = VOLUMES_MAX;
		all->was_cut = true;
	}
	if (all->was_cut && r->unexamined)
		r->unexamined(r->context, UINT32_MAX, "recovery",
		    "too many ext superblocks: only the volumes with most copies are rebuilt");
	return RMN_OK;
}

/* The living volume of a layout: its first superblock is the one that is in use. */
static const struct rmn_living *
living_of(const struct rmn_recovery *r, const struct rmn_ext_crc *crc,
    const struct rmn_ext_layout *layout)
{
	unsigned char super[SUPER_BYTES];
	struct rmn_ext_layout first;

	for (size_t i = 0; i < r->living_count; i++) {
		const struct rmn_living *living = &r->living[i];
		uint64_t place = living->volume.start_byte + 1024;

		if (living->has_file_system && strncmp(living->volume.filesystem, "ext", 3) == 0 &&
		    living->volume.start_byte == layout->start_byte &&
		    rmn_disk_read(r->disk, place, super, sizeof(super)) &&
		    rmn_ext_layout_read(&first, crc, super, place) &&
		    rmn_ext_layout_is_same(&first, layout))
			return living;
	}
	return NULL;
}

struct run {
	struct rmn_recovery *r;
	struct rmn_ext_crc crc;
	struct volumes all;
	struct rmn_ext_shadow *shadows;		/* owned: of the living volumes */
	size_t shadow_count;
	uint64_t bytes_left;
};

static enum rmn_status
volume_run(struct run *run, const struct rmn_ext_layout *layout, struct rmn_ext_shadow *shadow,
    bool is_living, bool is_assumed)
{
	struct rmn_ext_volume v = {.r = run->r, .crc = &run->crc, .layout = layout,
	    .shadow = shadow, .is_living = is_living, .is_assumed = is_assumed,
	    .bytes_left = &run->bytes_left};

	return rmn_ext_volume_recover(&v);
}

/* A lost volume: in the shadow of the living one that begins at the same place, if any. */
static enum rmn_status
lost_run(struct run *run, struct rmn_ext_layout *layout)
{
	struct rmn_ext_shadow *shadow = NULL;
	enum rmn_status status;

	for (size_t i = 0; i < run->shadow_count; i++)
		if (run->shadows[i].layout.start_byte == layout->start_byte)
			shadow = &run->shadows[i];
	if (!rmn_ext_layout_groups(layout, run->r->disk, &run->crc))
		status = rmn_fail(run->r->error, RMN_NOMEM, "out of memory for an ext volume");
	else
		status = volume_run(run, layout, shadow, false, false);
	rmn_ext_layout_release(layout);
	return status;
}

/* A volume of which only inodes and folders tell. */
static enum rmn_status
anchored_run(struct run *run, uint64_t start_byte, struct rmn_ext_shadow *shadow, bool *was_found)
{
	struct rmn_ext_layout layout = {0};
	enum rmn_status status = RMN_OK;
	bool failed;

	*was_found = rmn_ext_anchor_layout(run->r, &run->crc, start_byte, shadow, &layout,
	    &failed) > 0;
	if (failed)
		status = rmn_fail(run->r->error, RMN_NOMEM, "out of memory for an ext volume");
	else if (*was_found)
		status = volume_run(run, &layout, shadow, false, true);
	rmn_ext_layout_release(&layout);
	return status;
}

/* Partitions that have another file system today, and no ext superblock: an ext volume without
 * copies may have been there. */
static enum rmn_status
foreign_run(struct run *run)
{
	enum rmn_status status = RMN_OK;

	for (size_t i = 0; i < run->r->living_count && status == RMN_OK; i++) {
		uint64_t start_byte = run->r->living[i].volume.start_byte;
		bool is_known = false;

		for (size_t k = 0; k < run->all.count; k++)
			is_known |= run->all.layouts[k].start_byte == start_byte;
		for (size_t k = 0; k < i; k++)
			is_known |= run->r->living[k].volume.start_byte == start_byte;
		if (!is_known)
			status = anchored_run(run, start_byte, NULL, &is_known);
	}
	return status;
}

/* What was deleted from a living volume, and what was there before it. */
static enum rmn_status
living_run(struct run *run, struct rmn_ext_shadow *shadow)
{
	enum rmn_status status = volume_run(run, &shadow->layout, shadow, true, false);
	bool was_found = false;

	for (size_t i = 0; i < run->all.count; i++)
		if (rmn_ext_layout_fits(&run->all.layouts[i], &shadow->layout) &&
		    !rmn_ext_layout_is_same(&run->all.layouts[i], &shadow->layout))
			return status;	/* a lost volume of its own has these tables */
	if (status == RMN_OK)
		status = anchored_run(run, shadow->layout.start_byte, shadow, &was_found);
	if (status == RMN_OK && !was_found)
		status = volume_run(run, &shadow->layout, shadow, false, true);
	return status;
}

static enum rmn_status
shadows_make(struct run *run)
{
	run->shadows = calloc(run->all.count + 1, sizeof(*run->shadows));
	if (!run->shadows)
		return rmn_fail(run->r->error, RMN_NOMEM, "out of memory for ext volumes");
	for (size_t i = 0; i < run->all.count; i++) {
		const struct rmn_living *living = living_of(run->r, &run->crc,
		    &run->all.layouts[i]);
		struct rmn_ext_shadow *shadow = &run->shadows[run->shadow_count];

		if (!living)
			continue;
		run->shadow_count++;
		shadow->layout = run->all.layouts[i];
		shadow->number = living->volume.number;
		if (!rmn_ext_layout_groups(&shadow->layout, run->r->disk, &run->crc) ||
		    !rmn_ext_shadow_init(shadow, run->r->disk))
			return rmn_fail(run->r->error, RMN_NOMEM, "out of memory for ext volumes");
	}
	return RMN_OK;
}

static bool
is_shadow(const struct run *run, const struct rmn_ext_layout *layout)
{
	for (size_t i = 0; i < run->shadow_count; i++)
		if (rmn_ext_layout_is_same(&run->shadows[i].layout, layout))
			return true;
	return false;
}

enum rmn_status
rmn_recover_ext(struct rmn_recovery *r)
{
	/* Tables are read twice for each volume, and are a sixty-fourth of an ordinary one. */
	struct run run = {.r = r, .bytes_left = 2 * rmn_disk_size(r->disk) + ((uint64_t)64 << 20)};
	enum rmn_status status;

	rmn_ext_crc_init(&run.crc);
	status = volumes_find(r, &run.crc, &run.all);
	if (status == RMN_OK)
		status = shadows_make(&run);
	for (size_t i = 0; i < run.all.count && status == RMN_OK; i++)
		if (!is_shadow(&run, &run.all.layouts[i]))
			status = lost_run(&run, &run.all.layouts[i]);
	for (size_t i = 0; i < run.shadow_count && status == RMN_OK; i++)
		status = living_run(&run, &run.shadows[i]);
	if (status == RMN_OK)
		status = foreign_run(&run);
	for (size_t i = 0; i < run.shadow_count; i++)
		rmn_ext_shadow_release(&run.shadows[i]);
	free(run.shadows);
	free(run.all.layouts);
	return status;
}
