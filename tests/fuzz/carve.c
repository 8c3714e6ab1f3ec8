/* SPDX-License-Identifier: MIT
 *
 * Every carver over the input as a file, open and closed, and the run over the input as a disk: what it
 * carves must be on the disk, in sectors that nobody else has. */
#include <stdlib.h>
#include <string.h>

#include "carve/run.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

/* A proof has a length, and nothing is good that is not there. */
static void
check(const struct rmn_proven *p, uint64_t size, bool is_open)
{
	if (p->proof > RMN_PROOF_BROKEN && (p->length_bytes == 0 ||
	    (is_open && p->length_bytes > size)))
		abort();
	if (p->proof == RMN_PROOF_BROKEN && is_open && p->good_bytes > size)
		abort();
}

static void
walk_all(struct rmn_disk *disk)
{
	uint64_t size = rmn_disk_size(disk);
	struct rmn_carve_tools tools;
	struct rmn_view view;

	rmn_carve_tools_init(&tools);
	for (size_t i = 0; i < rmn_carver_count; i++) {
		const struct rmn_extent whole = {0, size};
		struct rmn_proven proven = {0};

		if (!rmn_view_open(&view, disk, 0))
			abort();
		tools.work_limit = tools.work + (64 << 20);
		rmn_carvers[i].walk(&view, &tools, &proven);
		check(&proven, size, true);
		rmn_view_release(&view);
		if (!rmn_view_of_extents(&view, disk, &whole, 1, size))
			abort();
		proven = (struct rmn_proven){0};
		tools.work_limit = tools.work + (64 << 20);
		rmn_carvers[i].walk(&view, &tools, &proven);
		check(&proven, size, false);
		rmn_view_release(&view);
	}
	rmn_carve_tools_release(&tools);
}

/* What was carved so far, one byte a sector. */
struct carved {
	unsigned char *sectors;
	uint64_t disk_bytes;
};

static void
on_carved(void *context, const struct rmn_carved *file)
{
	struct carved *c = context;
	uint64_t sum = 0;

	for (size_t i = 0; i < file->extent_count; i++) {
		const struct rmn_extent *e = &file->extents[i];

		if (e->length_bytes == 0 || e->image_offset > c->disk_bytes ||
		    e->length_bytes > c->disk_bytes - e->image_offset)
			abort();
		for (uint64_t at = e->image_offset / RMN_SECTOR_BYTES;
		    at <= (e->image_offset + e->length_bytes - 1) / RMN_SECTOR_BYTES; at++) {
			if (c->sectors[at])
				abort();
			c->sectors[at] = 1;
		}
		sum += e->length_bytes;
	}
	if (sum != file->size_bytes)
		abort();
}

static void
run(struct rmn_disk *disk, const uint8_t *data, size_t size)
{
	struct carved c = {calloc(size / RMN_SECTOR_BYTES + 1, 1), size};
	struct rmn_carve_head *heads = calloc(size / RMN_SECTOR_BYTES + 1, sizeof(*heads));
	struct rmn_sectors taken;
	struct rmn_carve_job job = {.disk = disk, .taken = &taken, .heads = heads,
	    .carved = on_carved, .context = &c};

	if (!c.sectors || !heads || !rmn_sectors_init(&taken, size))
		abort();
	for (size_t at = 0; at < size; at += RMN_SECTOR_BYTES) {
		size_t carver = rmn_carver_find(data + at, size - at);

		if (carver != SIZE_MAX)
			heads[job.head_count++] = (struct rmn_carve_head){at, (uint32_t)carver};
	}
	if (rmn_carve_run(&job, NULL) != RMN_OK)
		abort();
	rmn_sectors_release(&taken);
	free(heads);
	free(c.sectors);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rmn_blob blob = rmn_blob_from_bytes((struct rmn_bytes){data, size});
	struct rmn_disk *disk = rmn_disk_from_blob(&blob);

	if (!disk)
		abort();
	walk_all(disk);
	run(disk, data, size);
	rmn_disk_free(disk);
	return 0;
}
