/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/disk.h"

#include <stdlib.h>

static void
unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	(void)context;
	(void)volume;
	if (!stage || !reason)
		abort();
}

static void
extent_check(const struct fuzz_disk *disk, const struct rmn_extent *extent)
{
	if (extent->image_offset == RMN_EXTENT_SPARSE) {
		if (disk->has_no_holes)
			abort();
		return;
	}
	if (extent->image_offset >= disk->size || (disk->ends_on_disk &&
	    extent->length_bytes > disk->size - extent->image_offset))
		abort();
}

static void
found_check(const struct fuzz_disk *disk, const struct rmn_store_found *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct rmn_found *file = &found->files[i];
		uint64_t covered = 0;

		if (file->volume >= found->volume_count || file->path.size == 0)
			abort();
		for (size_t k = 0; k < file->extent_count; k++) {
			extent_check(disk, &file->extents[k]);
			covered += file->extents[k].length_bytes;
		}
		if (disk->fits_size && file->how != RMN_CONTENT_LZNT1 &&
		    file->how != RMN_CONTENT_DECMPFS && covered > file->size_bytes)
			abort();
	}
}

void
fuzz_disk_run(const struct fuzz_disk *disk)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){disk->bytes, disk->size});
	struct rmn_sightings sightings = {0};
	struct rmn_sectors in_use;
	struct rmn_store_found found;
	struct rmn_error error = {0};
	struct rmn_recovery r = {
		.disk = rmn_disk_from_blob(&blob), .sightings = &sightings, .in_use = &in_use,
		.living = disk->living, .living_count = disk->living != NULL, .found = &found,
		.unexamined = unexamined, .error = &error,
	};

	if (!r.disk || !rmn_sectors_init(&in_use, disk->size) || !rmn_store_found_init(&found))
		abort();
	rmn_sectors_add(&in_use, disk->in_use_at, disk->in_use_bytes);
	for (size_t at = 0; at + RMN_SECTOR_BYTES <= disk->size; at += RMN_SECTOR_BYTES)
		rmn_sightings_look(&sightings, at, disk->bytes + at,
		    disk->size - at < disk->ahead_bytes ? disk->size - at : disk->ahead_bytes);
	for (size_t i = 0; i < 2 && disk->engines[i]; i++)
		if (disk->engines[i](&r) != RMN_OK && disk->succeeds)
			abort();
	found_check(disk, &found);
	rmn_store_found_release(&found);
	rmn_sectors_release(&in_use);
	rmn_sightings_release(&sightings);
	rmn_disk_free(r.disk);
}
