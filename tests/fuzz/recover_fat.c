/* SPDX-License-Identifier: MIT
 *
 * The engines for lost FAT and exFAT volumes over any bytes as a disk.  The first byte says which
 * sectors a living volume is thought to use. */
#include <stdlib.h>

#include "recover/fat_catalogue.h"
#include "recover/found.h"
#include "recover/sightings.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void
found_check(const struct rmn_store_found *found, uint64_t disk_bytes)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct rmn_found *file = &found->files[i];
		uint64_t left = file->size_bytes;

		if (file->volume >= found->volume_count || file->path.size == 0)
			abort();
		for (size_t k = 0; k < file->extent_count; k++) {
			const struct rmn_extent *e = &file->extents[k];

			if (e->image_offset >= disk_bytes || e->length_bytes > left ||
			    e->length_bytes > disk_bytes - e->image_offset)
				abort();
			left -= e->length_bytes;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){data, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	struct rmn_sightings sightings = {0};
	struct rmn_store_found found = {0};
	struct rmn_sectors in_use = {0};
	struct rmn_error error = {0};
	struct rmn_recovery r = {.disk = disk, .sightings = &sightings, .in_use = &in_use,
	    .found = &found, .error = &error};

	if (disk && size > 0 && rmn_store_found_init(&found) && rmn_sectors_init(&in_use, size)) {
		if (data[0] & 1)
			rmn_sectors_add(&in_use, (uint64_t)(data[0] >> 1) * 512, 2048);
		for (size_t at = 0; at + 512 <= size; at += 512)
			rmn_sightings_look(&sightings, at, data + at, size - at);
		rmn_recover_fat(&r);
		rmn_recover_exfat(&r);
		found_check(&found, size);
	}
	rmn_sightings_release(&sightings);
	rmn_store_found_release(&found);
	rmn_sectors_release(&in_use);
	rmn_disk_free(disk);
	return 0;
}
