/* SPDX-License-Identifier: MIT
 *
 * Remains of NTFS: the input is a small disk, as it is or with its update sequences mended (a fuzzer
 * does not guess those). */
#include <stdlib.h>
#include <string.h>

#include "recover/found.h"
#include "recover/ntfs.h"
#include "tests/fuzz/fuzz.h"

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

/* Gives records, index blocks and log pages a sequence that fits. */
static void
mend(unsigned char *disk, size_t size)
{
	static const struct {
		const char *magic;
		size_t bytes, place;
	} rows[] = {{"FILE", 1024, 0x30}, {"INDX", 4096, 0x28}, {"RCRD", 4096, 0x28}};

	for (size_t at = 0; at + 512 <= size; at += 512)
		for (size_t i = 0; i < 3; i++) {
			unsigned char *p = disk + at;

			if (memcmp(p, rows[i].magic, 4) != 0 || rows[i].bytes > size - at)
				continue;
			p[4] = (unsigned char)rows[i].place;
			p[5] = p[7] = 0;
			p[6] = (unsigned char)(rows[i].bytes / 512 + 1);
			if (i == 0)
				memcpy(p + 28, "\0\4\0\0", 4);
			for (size_t n = 1; n <= rows[i].bytes / 512; n++)
				memcpy(p + 512 * n - 2, p + rows[i].place, 2);
		}
}

static void
check(const struct rmn_store_found *found, size_t disk_bytes)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct rmn_found *f = &found->files[i];

		if (f->volume >= found->volume_count || f->path.size == 0)
			abort();
		for (size_t n = 0; n < f->extent_count; n++)
			if (f->extents[n].image_offset != RMN_EXTENT_SPARSE &&
			    (f->extents[n].image_offset >= disk_bytes ||
			    f->extents[n].length_bytes > disk_bytes - f->extents[n].image_offset))
				abort();
	}
}

static void
run(unsigned char *disk, size_t size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){disk, size});
	struct rmn_disk *source = rmn_disk_from_blob(&blob);
	struct rmn_sightings sightings = {0};
	struct rmn_sectors in_use;
	struct rmn_store_found found;
	struct rmn_error error = {0};
	struct rmn_recovery r = {.disk = source, .sightings = &sightings, .in_use = &in_use,
	    .found = &found, .unexamined = unexamined, .error = &error};

	if (!source || !rmn_sectors_init(&in_use, size) || !rmn_store_found_init(&found))
		abort();
	for (size_t at = 0; at + 512 <= size; at += 512)
		rmn_sightings_look(&sightings, at, disk + at, size - at);
	if (rmn_recover_ntfs(&r) == RMN_OK)
		check(&found, size);
	rmn_store_found_release(&found);
	rmn_sectors_release(&in_use);
	rmn_sightings_release(&sightings);
	rmn_disk_free(source);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *disk = malloc(size + 1);

	if (!disk)
		return 0;
	memcpy(disk, data, size);
	if (size % 2)
		mend(disk, size);
	run(disk, size);
	free(disk);
	return 0;
}
