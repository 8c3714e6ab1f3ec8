/* SPDX-License-Identifier: MIT
 *
 * A disk that may hold remains of HFS+: the input's bytes, sector by sector, with zeros behind. */
#include <stdlib.h>
#include <string.h>

#include "recover/found.h"
#include "recover/hfs.h"
#include "tests/fuzz/fuzz.h"

#define DISK_MIN 65536u

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void
nobody_hears(void *context, uint32_t volume, const char *stage, const char *reason)
{
	(void)context;
	(void)volume;
	(void)stage;
	(void)reason;
}

/* What settling relies on. */
static void
found_check(const struct rmn_store_found *found, uint64_t size)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct rmn_found *file = &found->files[i];

		if (file->volume >= found->volume_count || file->path.size == 0)
			abort();
		for (size_t k = 0; k < file->extent_count; k++)
			if (file->extents[k].image_offset > size ||
			    file->extents[k].length_bytes > size - file->extents[k].image_offset)
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t disk_size = size < DISK_MIN ? DISK_MIN : size;
	unsigned char *bytes = calloc(1, disk_size);
	struct rmn_living living = {.has_file_system = true, .volume = {.number = 1,
	    .filesystem = "hfsplus", .length_bytes = disk_size}};
	struct rmn_sightings sightings = {0};
	struct rmn_store_found found;
	struct rmn_recovery r = {.sightings = &sightings, .found = &found,
	    .unexamined = nobody_hears, .living = &living};
	struct rmn_sectors in_use;
	struct rmn_blob blob;

	if (!bytes || size == 0)
		return free(bytes), 0;
	memcpy(bytes, data, size);
	r.living_count = data[size - 1] & 1;
	blob = rmn_blob_from_bytes((struct rmn_bytes){bytes, disk_size});
	for (size_t at = 0; at + RMN_SECTOR_BYTES <= disk_size; at += RMN_SECTOR_BYTES)
		rmn_sightings_look(&sightings, at, bytes + at,
		    disk_size - at < HFS_NODE_MAX ? disk_size - at : HFS_NODE_MAX);
	r.disk = rmn_disk_from_blob(&blob);
	rmn_sectors_init(&in_use, disk_size);
	r.in_use = &in_use;
	if (r.disk && rmn_store_found_init(&found)) {
		rmn_recover_hfs(&r);
		found_check(&found, disk_size);
		rmn_store_found_release(&found);
	}
	rmn_disk_free(r.disk);
	rmn_sectors_release(&in_use);
	rmn_sightings_release(&sightings);
	free(bytes);
	return 0;
}
