/* SPDX-License-Identifier: MIT */
#include "carve/zip_anchors.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "carve/zip_head.h"

#define REGION_BYTES ((size_t)1 << 20)
/* What is read of one at a time stays in the cache while it is searched. */
#define PIECE_BYTES ((size_t)128 << 10)
/* A record may begin in one region and end in the next. */
#define AHEAD_BYTES ((size_t)64)
/* Positions of all regions: 32 MiB.  Beyond, new regions have none. */
#define POSITIONS_MAX ((size_t)8 << 20)
/* Reading on in one go costs little beside trying. */
#define READ_WORK 16u

struct region {
	bool is_known;
	uint32_t count;
	uint32_t *positions;		/* owned; in the region, rising */
};

struct rmn_zip_anchors {
	struct rmn_disk *disk;
	uint64_t region_count;
	struct region *regions;		/* owned */
	size_t position_count;
	unsigned char buffer[PIECE_BYTES + AHEAD_BYTES];
};

void
rmn_zip_anchors_free(struct rmn_zip_anchors *anchors)
{
	if (!anchors)
		return;
	for (uint64_t i = 0; i < anchors->region_count; i++)
		free(anchors->regions[i].positions);
	free(anchors->regions);
	free(anchors);
}

struct rmn_zip_anchors *
rmn_zip_anchors_get(struct rmn_carve_tools *tools, struct rmn_disk *disk)
{
	struct rmn_zip_anchors *a = tools->zip_anchors;

	if (a && a->disk == disk)
		return a;
	rmn_zip_anchors_free(a);
	a = tools->zip_anchors = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->disk = disk;
	a->region_count = rmn_disk_size(disk) / REGION_BYTES + 1;
	a->regions = calloc(a->region_count, sizeof(*a->regions));
	if (a->regions)
		return a;
	free(a);
	tools->zip_anchors = NULL;
	return NULL;
}

/* Whether a header may begin here, or the directory: its first entry is that of the first member. */
static bool
is_anchor(struct rmn_bytes bytes, uint64_t position)
{
	struct zip_record r;

	if (zip_signature(bytes) != ZIP_LOCAL && zip_signature(bytes) != ZIP_ENTRY)
		return false;
	/* Behind the end of a block may follow anything. */
	if (position % RMN_SECTOR_BYTES > RMN_SECTOR_BYTES - ZIP_ENTRY_BYTES)
		return true;
	return zip_local_fixed(bytes, &r) || (zip_entry_fixed(bytes, &r) && r.header_offset == 0);
}

static bool
position_add(struct rmn_zip_anchors *a, struct region *region, uint32_t position)
{
	if (a->position_count >= POSITIONS_MAX)
		return true;
	if ((region->count & (region->count - 1)) == 0) {
		size_t capacity = region->count ? (size_t)region->count * 2 : 1;
		uint32_t *positions = reallocarray(region->positions, capacity,
		    sizeof(*positions));

		if (!positions)
			return false;
		region->positions = positions;
	}
	region->positions[region->count++] = position;
	a->position_count++;
	return true;
}

/* The anchors of what is in the buffer, which is the region from start on. */
static bool
piece_search(struct rmn_zip_anchors *a, struct region *region, size_t start)
{
	static const unsigned char letters[] = {'P', 'K'};
	struct rmn_bytes all = {a->buffer, sizeof(a->buffer)};

	for (size_t at = 0; at < PIECE_BYTES; at++) {
		size_t hit = rmn_bytes_find(rmn_bytes_after(all, at),
		    (struct rmn_bytes){letters, sizeof(letters)});

		if (hit == SIZE_MAX || at + hit >= PIECE_BYTES)
			break;
		at += hit;
		if (is_anchor(rmn_bytes_after(all, at), start + at) &&
		    !position_add(a, region, (uint32_t)(start + at)))
			return false;
	}
	return true;
}

static bool
region_read(struct rmn_zip_anchors *a, uint64_t number)
{
	struct region *region = &a->regions[number];
	bool is_good = true;

	region->is_known = true;
	for (size_t start = 0; start < REGION_BYTES && is_good; start += PIECE_BYTES) {
		rmn_disk_read(a->disk, number * REGION_BYTES + start, a->buffer, sizeof(a->buffer));
		is_good = piece_search(a, region, start);
	}
	return is_good;
}

bool
rmn_zip_anchors_each(struct rmn_zip_anchors *a, struct rmn_carve_tools *tools, uint64_t from,
    uint64_t end, uint64_t inside, uint32_t block_bytes, uint64_t phase,
    void (*found)(void *context, uint64_t image_offset), void *context)
{
	uint64_t residue = (phase + inside) % block_bytes;

	for (uint64_t i = from / REGION_BYTES; i < a->region_count && i * REGION_BYTES < end; i++) {
		struct region *region = &a->regions[i];

		if (!region->is_known) {
			tools->work += REGION_BYTES / READ_WORK;
			if (!region_read(a, i))
				return false;
		}
		for (uint32_t k = 0; k < region->count; k++) {
			uint64_t offset = i * REGION_BYTES + region->positions[k];

			if (offset % block_bytes == residue && offset >= from && offset < end)
				found(context, offset);
		}
	}
	return true;
}
