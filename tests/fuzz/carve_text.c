/* SPDX-License-Identifier: MIT
 *
 * Text carving with the input as a disk, in blocks of several sizes: what is carved is on the disk,
 * in sectors that nobody else has, and adds up. */
#include <stdlib.h>
#include <string.h>

#include "carve/text.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

struct carved {
	uint64_t size;
	unsigned char *sectors;		/* one byte a sector */
};

static void
on_carved(void *context, const struct rmn_carved *c)
{
	struct carved *carved = context;
	uint64_t sum = 0;

	if (c->extent_count == 0 || c->proven.proof == RMN_PROOF_NONE || !c->proven.extension ||
	    !c->carver)
		abort();
	for (size_t i = 0; i < c->extent_count; i++) {
		const struct rmn_extent *e = &c->extents[i];

		if (e->length_bytes == 0 || e->image_offset > carved->size ||
		    e->length_bytes > carved->size - e->image_offset ||
		    e->image_offset % RMN_SECTOR_BYTES != 0)
			abort();
		for (uint64_t at = e->image_offset / RMN_SECTOR_BYTES;
		    at * RMN_SECTOR_BYTES < e->image_offset + e->length_bytes; at++)
			if (carved->sectors[at]++)
				abort();
		sum += e->length_bytes;
	}
	if (sum != c->size_bytes || c->proven.good_bytes > sum)
		abort();
}

static void
carve(struct rmn_bytes bytes, uint32_t block_bytes, bool is_hinted)
{
	struct rmn_blob blob = rmn_blob_from_bytes(bytes);
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);
	struct rmn_carve_grid grid = {0, bytes.size, block_bytes};
	struct carved carved = {bytes.size, calloc(bytes.size / RMN_SECTOR_BYTES + 1, 1)};
	struct rmn_sectors taken, likely;
	struct rmn_text_job job = {
		.disk = disk, .taken = &taken, .likely = is_hinted ? &likely : NULL, .grids = &grid,
		.grid_count = block_bytes != 0, .carved = on_carved, .context = &carved,
	};

	if (!disk || !carved.sectors || !rmn_sectors_init(&taken, bytes.size) ||
	    !rmn_sectors_init(&likely, bytes.size))
		abort();
	for (size_t at = 0; bytes.size - at >= RMN_SECTOR_BYTES; at += RMN_SECTOR_BYTES)
		if (rmn_text_is_likely(bytes.data + at, RMN_SECTOR_BYTES))
			rmn_sectors_add(&likely, at, RMN_SECTOR_BYTES);
	if (rmn_carve_text(&job, NULL) != RMN_OK)
		abort();
	rmn_sectors_release(&taken);
	rmn_sectors_release(&likely);
	free(carved.sectors);
	rmn_disk_free(disk);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct rmn_bytes bytes = {data, size};

	if (size == 0)
		return 0;
	carve(bytes, 0, false);
	carve(bytes, 512, true);
	carve(bytes, 4096, false);
	carve(bytes, 65536, true);
	return 0;
}
