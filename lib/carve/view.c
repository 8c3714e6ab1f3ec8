/* SPDX-License-Identifier: MIT */
#include "carve/view.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

static bool
piece_append(struct rmn_view *view, uint64_t file_offset, uint64_t image_offset)
{
	if (view->count == view->capacity) {
		size_t capacity = view->capacity ? view->capacity * 2 : 4;
		struct rmn_view_piece *pieces = reallocarray(view->pieces, capacity,
		    sizeof(*pieces));

		if (!pieces)
			return false;
		view->pieces = pieces;
		view->capacity = capacity;
	}
	view->pieces[view->count++] = (struct rmn_view_piece){file_offset, image_offset};
	return true;
}

bool
rmn_view_open(struct rmn_view *view, struct rmn_disk *disk, uint64_t image_offset)
{
	*view = (struct rmn_view){.disk = disk, .size_bytes = RMN_VIEW_OPEN};
	return piece_append(view, 0, image_offset);
}

bool
rmn_view_of_extents(struct rmn_view *view, struct rmn_disk *disk, const struct rmn_extent *extents,
    size_t count, uint64_t size_bytes)
{
	uint64_t at = 0;

	*view = (struct rmn_view){.disk = disk, .size_bytes = size_bytes};
	for (size_t i = 0; i < count && at < size_bytes; i++) {
		if (extents[i].length_bytes == 0)
			continue;
		if (!piece_append(view, at, extents[i].image_offset) ||
		    !rmn_add_u64(at, extents[i].length_bytes, &at)) {
			rmn_view_release(view);
			return false;
		}
	}
	if (at < size_bytes || view->count == 0)
		return piece_append(view, at, RMN_EXTENT_SPARSE);
	return true;
}

bool
rmn_view_copy(struct rmn_view *copy, const struct rmn_view *view)
{
	*copy = *view;
	copy->pieces = reallocarray(NULL, view->count, sizeof(*copy->pieces));
	if (!copy->pieces)
		return false;
	memcpy(copy->pieces, view->pieces, view->count * sizeof(*copy->pieces));
	copy->capacity = view->count;
	return true;
}

void
rmn_view_release(struct rmn_view *view)
{
	free(view->pieces);
	*view = (struct rmn_view){0};
}

/* The piece that holds offset. */
static size_t
piece_find(const struct rmn_view *view, uint64_t offset)
{
	size_t low = 0, high = view->count;

	if (offset >= view->pieces[view->count - 1].file_offset)
		return view->count - 1;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (view->pieces[middle].file_offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint64_t
rmn_view_stretch(const struct rmn_view *view, uint64_t offset, uint64_t *place)
{
	size_t i = piece_find(view, offset);
	uint64_t inside = offset - view->pieces[i].file_offset, left = UINT64_MAX;
	uint64_t disk = rmn_disk_size(view->disk);

	*place = view->pieces[i].image_offset;
	if (i + 1 < view->count)
		left = view->pieces[i + 1].file_offset - offset;
	if (view->size_bytes != RMN_VIEW_OPEN)
		left = rmn_min_u64(left, offset < view->size_bytes ? view->size_bytes - offset : 0);
	if (*place == RMN_EXTENT_SPARSE)
		return view->size_bytes == RMN_VIEW_OPEN && i + 1 == view->count ? 0 : left;
	if (!rmn_add_u64(*place, inside, place) || *place >= disk)
		return 0;
	return rmn_min_u64(left, disk - *place);
}

size_t
rmn_view_read(const struct rmn_view *view, uint64_t offset, void *buffer, size_t size)
{
	unsigned char *to = buffer;
	size_t got = 0;

	while (got < size) {
		uint64_t place, at, left;
		size_t part;

		if (!rmn_add_u64(offset, got, &at))
			break;
		left = rmn_view_stretch(view, at, &place);
		if (left == 0)
			break;
		part = (size_t)rmn_min_u64(size - got, left);
		if (place == RMN_EXTENT_SPARSE)
			memset(to + got, 0, part);
		else
			rmn_disk_read(view->disk, place, to + got, part);
		got += part;
	}
	return got;
}

struct rmn_bytes
rmn_view_load(const struct rmn_view *view, uint64_t offset, size_t size, struct rmn_buf *buffer)
{
	rmn_buf_clear(buffer);
	if (!rmn_buf_reserve(buffer, size))
		return (struct rmn_bytes){NULL, 0};
	buffer->size = rmn_view_read(view, offset, buffer->data, size);
	return rmn_buf_bytes(buffer);
}

uint64_t
rmn_view_place(const struct rmn_view *view, uint64_t offset)
{
	uint64_t place;

	return rmn_view_stretch(view, offset, &place) ? place : RMN_EXTENT_SPARSE;
}

uint64_t
rmn_view_layout(const struct rmn_view *view, uint64_t offset, uint64_t size)
{
	uint64_t hash = 0, end = size < UINT64_MAX - offset ? offset + size : UINT64_MAX;

	for (size_t i = piece_find(view, offset); i < view->count &&
	    view->pieces[i].file_offset < end; i++) {
		uint64_t from = view->pieces[i].file_offset, inside = 0;

		if (from < offset) {
			inside = offset - from;
			from = offset;
		}
		hash ^= (view->pieces[i].image_offset + inside) * 0x9e3779b97f4a7c15ull;
		hash = (hash ^ hash >> 29 ^ (from - offset)) * 0xff51afd7ed558ccdull;
	}
	return hash ^ hash >> 32;
}

bool
rmn_view_cut(struct rmn_view *view, uint64_t file_offset, uint64_t image_offset)
{
	if (file_offset == 0)
		return false;
	while (view->pieces[view->count - 1].file_offset >= file_offset)
		view->count--;
	return piece_append(view, file_offset, image_offset);
}

void
rmn_view_uncut(struct rmn_view *view)
{
	if (view->count > 1)
		view->count--;
}

bool
rmn_view_extents(const struct rmn_view *view, uint64_t size_bytes, struct rmn_extent **extents,
    size_t *count)
{
	*extents = calloc(view->count + 1, sizeof(**extents));
	*count = 0;
	if (!*extents)
		return false;
	for (uint64_t at = 0; at < size_bytes;) {
		struct rmn_extent *last = *count ? &(*extents)[*count - 1] : NULL;
		uint64_t place, left = rmn_min_u64(rmn_view_stretch(view, at, &place), size_bytes - at);

		if (left == 0)
			break;
		if (last && last->image_offset != RMN_EXTENT_SPARSE && place != RMN_EXTENT_SPARSE &&
		    last->image_offset + last->length_bytes == place)
			last->length_bytes += left;
		else
			(*extents)[(*count)++] = (struct rmn_extent){place, left};
		at += left;
	}
	return true;
}
