/* SPDX-License-Identifier: MIT
 *
 * Where the bytes of a fork are: eight extents in the file's record, further ones in the extents
 * overflow tree, each of which begins where the one before it ended. */
#include <stdlib.h>

#include "base/checked.h"
#include "recover/hfs.h"

#define SAME_MAX 64u			/* copies of one record that are looked at */

static int
overflow_compare(const void *a, const void *b)
{
	const struct hfs_overflow *x = a, *y = b;

	if (x->cnid != y->cnid)
		return x->cnid < y->cnid ? -1 : 1;
	if (x->fork != y->fork)
		return x->fork < y->fork ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->leaf < y->leaf ? -1 : x->leaf > y->leaf;
}

static int
attribute_compare(const void *a, const void *b)
{
	const struct hfs_attribute *x = a, *y = b;

	if (x->cnid != y->cnid)
		return x->cnid < y->cnid ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->value_at < y->value_at ? -1 : x->value_at > y->value_at;
}

void
rmn_hfs_tables_sort(struct hfs *h)
{
	if (h->overflow_count)
		qsort(h->overflows, h->overflow_count, sizeof(*h->overflows), overflow_compare);
	if (h->attribute_count)
		qsort(h->attributes, h->attribute_count, sizeof(*h->attributes),
		    attribute_compare);
}

const struct hfs_overflow *
rmn_hfs_overflow_find(const struct hfs *h, uint64_t start, uint64_t end, uint32_t cnid,
    uint8_t fork, uint32_t block)
{
	const struct hfs_overflow wanted = {.cnid = cnid, .fork = fork, .start = block};
	const struct hfs_overflow *first = NULL;
	size_t low = 0, high = h->overflow_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (overflow_compare(&h->overflows[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < h->overflow_count && i - low < SAME_MAX; i++) {
		const struct hfs_overflow *o = &h->overflows[i];
		uint64_t place = h->leaves[o->leaf].place;

		if (o->cnid != cnid || o->fork != fork || o->start != block)
			break;
		if (place >= start && place < end)
			return o;
		if (!first)
			first = o;
	}
	return first;
}

/* A leaf of the attributes promises nothing, so it may stand with the wrong volume: one of the same
 * volume is preferred, one of another will do. */
static bool
leaf_is_better(const struct hfs *h, uint32_t volume, uint32_t leaf, uint32_t best)
{
	bool is_own = h->leaves[leaf].volume == volume;

	return best == UINT32_MAX || (is_own && h->leaves[best].volume != volume);
}

const struct hfs_attribute *
rmn_hfs_attribute_find(const struct hfs *h, uint32_t volume, uint32_t cnid, uint8_t kind)
{
	const struct hfs_attribute wanted = {.cnid = cnid, .kind = kind};
	const struct hfs_attribute *best = NULL;
	size_t low = 0, high = h->attribute_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (attribute_compare(&h->attributes[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < h->attribute_count && i - low < SAME_MAX; i++) {
		const struct hfs_attribute *a = &h->attributes[i];

		if (a->cnid != cnid || a->kind != kind)
			break;
		if (leaf_is_better(h, volume, a->leaf, best ? best->leaf : UINT32_MAX))
			best = a;
	}
	return best;
}

static bool
list_add(struct hfs *h, struct hfs_list *list, uint64_t place, uint64_t length)
{
	struct rmn_extent *last = list->count ? &list->extents[list->count - 1] : NULL;

	if (last && last->image_offset + last->length_bytes == place) {
		last->length_bytes += length;
		return true;
	}
	if (!rmn_hfs_grow(h, (void **)&list->extents, &list->capacity, list->count,
	    sizeof(*list->extents)))
		return false;
	list->extents[list->count++] = (struct rmn_extent){place, length};
	return true;
}

/* One extent, clipped to what is left of the file; false when it is not on the image. */
static bool
extent_add(struct hfs *h, const struct hfs_volume *v, struct hfs_extent e, uint64_t *left,
    struct hfs_list *list)
{
	uint64_t disk = rmn_disk_size(h->r->disk), length, place;

	if (!rmn_hfs_volume_holds(h, v, e))
		return false;
	place = v->base + (uint64_t)e.start * v->block_bytes;
	length = rmn_min_u64((uint64_t)e.count * v->block_bytes, *left);
	if (place >= disk)
		return false;
	if (length > disk - place) {
		list_add(h, list, place, disk - place);
		return false;
	}
	*left -= length;
	return length == 0 || list_add(h, list, place, length);
}

bool
rmn_hfs_fork_extents(struct hfs *h, uint32_t volume, const struct hfs_record *record,
    bool is_resource, struct hfs_list *list)
{
	const struct hfs_fork *fork = is_resource ? &record->resource : &record->data;
	const struct hfs_volume *v = &h->volumes[volume];
	const struct hfs_extent *extents = fork->extent_count ? h->extents + fork->extent_at : NULL;
	size_t count = fork->extent_count;
	uint64_t left = fork->size_bytes, blocks = 0;

	list->count = 0;
	while (left > 0) {
		const struct hfs_overflow *more;

		for (size_t i = 0; i < count && left > 0; i++) {
			blocks += extents[i].count;
			if (blocks > fork->blocks || !extent_add(h, v, extents[i], &left, list))
				return false;
		}
		if (left == 0)
			break;
		/* Each turn adds a block at least, and the file's record bounds their sum. */
		more = blocks < fork->blocks ? rmn_hfs_overflow_find(h, v->base, v->end,
		    record->cnid, is_resource ? 0xff : 0, (uint32_t)blocks) : NULL;
		if (!more || more->extent_count == 0)
			return false;
		extents = h->extents + more->extent_at;
		count = more->extent_count;
	}
	return true;
}
