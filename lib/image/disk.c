/* SPDX-License-Identifier: MIT */
#include "image/disk.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define PAGE_BYTES ((size_t)16 * 1024)
#define TICK_READS 1024
#define PAGE_COUNT 8192			/* 128 MiB: direct mapped, so a hit is one comparison */

struct page {
	uint64_t number;		/* offset / PAGE_BYTES; UINT64_MAX: empty */
	bool is_whole;			/* no byte of it was bad */
	unsigned char *memory;		/* owned; NULL until it is needed */
};

struct rmn_disk {
	struct rmn_image *image;	/* one of the two */
	struct rmn_blob *blob;
	uint64_t size_bytes, bad_bytes, reads;
	void (*tick)(void *context, uint64_t reads);
	void *tick_context;
	struct page *pages;		/* owned */
	size_t page_count;		/* a small disk has fewer */
};

static struct rmn_disk *
disk_new(uint64_t size_bytes)
{
	struct rmn_disk *disk = calloc(1, sizeof(*disk));

	if (!disk)
		return NULL;
	disk->size_bytes = size_bytes;
	disk->page_count = (size_t)rmn_min_u64(PAGE_COUNT, size_bytes / PAGE_BYTES + 1);
	disk->pages = calloc(disk->page_count, sizeof(*disk->pages));
	if (!disk->pages) {
		free(disk);
		return NULL;
	}
	for (size_t i = 0; i < disk->page_count; i++)
		disk->pages[i].number = UINT64_MAX;
	return disk;
}

struct rmn_disk *
rmn_disk_from_image(struct rmn_image *image)
{
	struct rmn_disk *disk = disk_new(rmn_image_size(image));

	if (disk)
		disk->image = image;
	return disk;
}

struct rmn_disk *
rmn_disk_from_blob(struct rmn_blob *blob)
{
	struct rmn_disk *disk = disk_new(blob->size_bytes);

	if (disk)
		disk->blob = blob;
	return disk;
}

void
rmn_disk_free(struct rmn_disk *disk)
{
	if (!disk)
		return;
	for (size_t i = 0; i < disk->page_count; i++)
		free(disk->pages[i].memory);
	free(disk->pages);
	free(disk);
}

uint64_t
rmn_disk_size(const struct rmn_disk *disk)
{
	return disk->size_bytes;
}

void
rmn_disk_on_tick(struct rmn_disk *disk, void (*tick)(void *context, uint64_t reads), void *context)
{
	disk->tick = tick;
	disk->tick_context = context;
}

uint64_t
rmn_disk_bad_bytes(const struct rmn_disk *disk)
{
	return disk->bad_bytes;
}

static void
count_bad(void *context, uint64_t offset, uint64_t size_bytes)
{
	struct rmn_disk *disk = context;

	(void)offset;
	disk->bad_bytes += size_bytes;
}

/* Past the cache. */
static bool
read_source(struct rmn_disk *disk, uint64_t offset, unsigned char *buffer, size_t size)
{
	uint64_t bad_before = disk->bad_bytes;
	size_t got = 0;

	if (offset < disk->size_bytes && disk->image)
		rmn_image_read_around(disk->image, offset, buffer, size, &got, count_bad, disk, NULL);
	else if (offset < disk->size_bytes)
		rmn_blob_read(disk->blob, offset, buffer, size, &got, NULL);
	if (got < size)
		memset(buffer + got, 0, size - got);
	return got == size && disk->bad_bytes == bad_before;
}

static const unsigned char *
page_get(struct rmn_disk *disk, uint64_t number, bool *is_whole)
{
	struct page *page = &disk->pages[number % disk->page_count];

	if (!page->memory)
		page->memory = malloc(PAGE_BYTES);
	if (page->memory && page->number != number) {
		uint64_t offset = number * PAGE_BYTES;
		size_t there = (size_t)rmn_min_u64(PAGE_BYTES, disk->size_bytes - offset);

		memset(page->memory + there, 0, PAGE_BYTES - there);
		page->is_whole = read_source(disk, offset, page->memory, there);
		page->number = number;
	}
	*is_whole = page->is_whole;
	return page->memory;
}

bool
rmn_disk_read(struct rmn_disk *disk, uint64_t offset, void *buffer, size_t size)
{
	unsigned char *to = buffer;
	bool is_good = true;

	if (++disk->reads % TICK_READS == 0 && disk->tick)
		disk->tick(disk->tick_context, disk->reads);
	if (size > PAGE_BYTES)
		return read_source(disk, offset, to, size);
	while (size > 0) {
		size_t inside = (size_t)(offset % PAGE_BYTES);
		size_t part = rmn_min_size(size, PAGE_BYTES - inside);
		const unsigned char *page;
		bool is_whole;

		if (offset >= disk->size_bytes) {
			memset(to, 0, size);
			return false;
		}
		page = page_get(disk, offset / PAGE_BYTES, &is_whole);
		if (!page)	/* out of memory: past the cache */
			return read_source(disk, offset, to, size) && is_good;
		memcpy(to, page + inside, part);
		is_good &= is_whole && part <= disk->size_bytes - offset;
		to += part;
		offset += part;
		size -= part;
	}
	return is_good;
}
