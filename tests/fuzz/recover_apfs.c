/* SPDX-License-Identifier: MIT
 *
 * Remains of APFS containers: the input is a small disk, of which the first byte says whether it
 * is a living one.  Objects get checksums that are right, which a fuzzer does not guess. */
#include <stdlib.h>
#include <string.h>

#include "recover/found.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/recover_apfs.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

static void
unexamined(void *context, uint32_t volume, const char *stage, const char *reason)
{
	(void)context;
	(void)volume;
	if (!stage || !reason)
		abort();
}

static void
check(const struct rmn_store_found *found, size_t disk_bytes)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct rmn_found *f = &found->files[i];
		uint64_t covered = 0;

		if (f->volume >= found->volume_count || f->path.size == 0)
			abort();
		for (size_t k = 0; k < f->extent_count; k++) {
			covered += f->extents[k].length_bytes;
			if (f->extents[k].image_offset != RMN_EXTENT_SPARSE &&
			    f->extents[k].image_offset >= disk_bytes)
				abort();
		}
		if (f->how == RMN_CONTENT_EXTENTS && covered > f->size_bytes)
			abort();
	}
}

static void
mend(unsigned char *disk, size_t size)
{
	for (size_t at = 0; size - at >= APFS_BLOCK; at += 512) {
		unsigned char *p = disk + at;

		if (((p[24] == 2 || p[24] == 3) && p[25] == 0 && (p[28] == 0x0b || p[28] == 0x0e)) ||
		    memcmp(p + 32, "APSB", 4) == 0 || memcmp(p + 32, "NXSB", 4) == 0)
			apfs_seal(p);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	unsigned char *data = malloc(size + 1);
	struct rmn_living living = {.has_file_system = true,
	    .volume = {.number = 1, .filesystem = "apfs"}};
	struct rmn_blob blob;
	struct rmn_disk *disk;
	struct rmn_sightings sightings = {0};
	struct rmn_sectors in_use;
	struct rmn_store_found found;
	struct rmn_error error = {0};
	struct rmn_recovery r = {.sightings = &sightings, .in_use = &in_use,
	    .living = &living, .living_count = size > 0 && input[0] & 1, .found = &found,
	    .unexamined = unexamined, .error = &error};

	if (!data)
		abort();
	memcpy(data, input, size);
	mend(data, size);
	blob = rmn_blob_from_bytes((struct rmn_bytes){data, size});
	r.disk = disk = rmn_disk_from_blob(&blob);
	if (!disk || !rmn_sectors_init(&in_use, size) || !rmn_store_found_init(&found))
		abort();
	for (size_t at = 0; at + 512 <= size; at += 512)
		rmn_sightings_look(&sightings, at, data + at, size - at < 4096 ? size - at : 4096);
	if (rmn_recover_apfs(&r) != RMN_OK)
		abort();
	check(&found, size);
	rmn_store_found_release(&found);
	rmn_sectors_release(&in_use);
	rmn_sightings_release(&sightings);
	rmn_disk_free(disk);
	free(data);
	return 0;
}
