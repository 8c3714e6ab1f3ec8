/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

void
rmn_ntfs_stream_release(struct rmn_ntfs_stream *s)
{
	free(s->extents);
	*s = (struct rmn_ntfs_stream){0};
}

/* Appends an extent; joins it to the last where the two touch. */
static void
extent_add(struct rmn_ntfs_stream *s, uint64_t place, uint64_t length)
{
	struct rmn_extent *last = s->count ? &s->extents[s->count - 1] : NULL;
	bool is_hole = place == RMN_EXTENT_SPARSE;

	if (length == 0)
		return;
	if (last && (is_hole ? last->image_offset == RMN_EXTENT_SPARSE :
	    last->image_offset != RMN_EXTENT_SPARSE &&
	    last->image_offset + last->length_bytes == place) &&
	    rmn_add_u64(last->length_bytes, length, &last->length_bytes))
		return;
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? s->capacity * 2 : 64;
		struct rmn_extent *grown = reallocarray(s->extents, capacity, sizeof(*grown));

		if (!grown) {
			s->failed = true;
			return;
		}
		s->extents = grown;
		s->capacity = capacity;
	}
	s->extents[s->count++] = (struct rmn_extent){place, length};
}

/* Bytes in the record itself.  The last two of each sector stand in the update sequence. */
static void
stream_resident(const struct rmn_ntfs_part *part, struct rmn_ntfs_stream *s)
{
	size_t at = part->attribute.value_at, end = at + part->attribute.value.size;

	s->size_bytes = part->attribute.value.size;
	while (at < end) {
		size_t sector = at / RMN_SECTOR_BYTES, within = at % RMN_SECTOR_BYTES;
		size_t swapped = RMN_SECTOR_BYTES - 2, length;
		uint64_t place = part->record->place + at;

		if (within < swapped) {
			length = rmn_min_size(end - at, swapped - within);
		} else {
			length = rmn_min_size(end - at, RMN_SECTOR_BYTES - within);
			place = part->record->place + part->record->update_place +
			    2 * (sector + 1) + within - swapped;
		}
		extent_add(s, place, length);
		at += length;
	}
}

/* One run of a stream of which `left` bytes are still wanted; returns how many it covers. */
static uint64_t
run_add(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_run *run, uint64_t left, struct rmn_ntfs_stream *s)
{
	uint64_t wanted, there = 0, place = 0;

	if (!rmn_mul_u64(run->count, v->base.cluster_bytes, &wanted))
		wanted = left;
	wanted = rmn_min_u64(wanted, left);
	if (run->cluster != RMN_NTFS_HOLE) {
		if (rmn_ntfs_volume_place(r, v, run, &place, &there)) {
			there = rmn_min_u64(there, wanted);
			extent_add(s, place, there);
		}
		s->is_short |= there < wanted;	/* the disk is cut, or the run is wrong */
	}
	extent_add(s, RMN_EXTENT_SPARSE, wanted - there);
	return wanted;
}

/* Cuts the extents off at `size`. */
static void
stream_cut(struct rmn_ntfs_stream *s, uint64_t size)
{
	uint64_t at = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (s->extents[i].length_bytes >= size - at) {
			s->extents[i].length_bytes = size - at;
			s->count = i + (size > at);
			return;
		}
		at += s->extents[i].length_bytes;
	}
}

/* All runs up to `wanted` bytes; what no part describes is a hole. */
static void
runs_add(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_part *parts, size_t count, uint64_t wanted, struct rmn_ntfs_stream *s)
{
	uint64_t at = 0;

	for (size_t i = 0; i < count && at < wanted && !s->failed; i++) {
		const struct rmn_ntfs_attribute *a = &parts[i].attribute;
		struct rmn_cursor c = rmn_cursor_over(a->runs);
		struct rmn_ntfs_run run;
		uint64_t cluster = 0, from;

		if (a->is_resident || !rmn_mul_u64(a->first_cluster, v->base.cluster_bytes,
		    &from) || from < at)
			continue;		/* a second description of the same */
		if (from > at) {
			s->is_short = true;
			from = rmn_min_u64(from, wanted);
			extent_add(s, RMN_EXTENT_SPARSE, from - at);
			at = from;
		}
		while (at < wanted && !s->failed && rmn_ntfs_run_next(&c, &cluster, &run))
			at += run_add(r, v, &run, wanted - at, s);
	}
	s->is_short |= at < wanted;
}

static void
stream_spread(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_part *parts, size_t count, struct rmn_ntfs_stream *s)
{
	const struct rmn_ntfs_attribute *a = &parts[0].attribute;
	uint64_t wanted;

	s->size_bytes = a->first_cluster == 0 ? a->size_bytes : 0;
	if (v->base.cluster_bytes == 0 || a->first_cluster != 0 ||
	    a->size_bytes > (uint64_t)1 << 56) {
		s->how = RMN_CONTENT_NONE;
		s->is_short = true;
		return;
	}
	wanted = a->size_bytes;
	if (a->flags & RMN_NTFS_COMPRESSED && a->unit_shift > 0) {
		s->how = RMN_CONTENT_LZNT1;
		s->unit_bytes = v->base.cluster_bytes << a->unit_shift;
		wanted = (wanted + s->unit_bytes - 1) / s->unit_bytes * s->unit_bytes;
	}
	runs_add(r, v, parts, count, wanted, s);
	if (s->how == RMN_CONTENT_EXTENTS && a->valid_bytes < wanted) {
		stream_cut(s, a->valid_bytes);	/* never written: reads as zeros */
		extent_add(s, RMN_EXTENT_SPARSE, wanted - a->valid_bytes);
	}
}

void
rmn_ntfs_stream_make(const struct rmn_recovery *r, const struct rmn_ntfs_volume *v,
    const struct rmn_ntfs_part *parts, size_t count, struct rmn_ntfs_stream *s)
{
	s->count = 0;
	s->size_bytes = 0;
	s->how = RMN_CONTENT_EXTENTS;
	s->is_short = false;
	s->is_encrypted = parts[0].attribute.flags & RMN_NTFS_ENCRYPTED;
	if (parts[0].attribute.is_resident)
		stream_resident(&parts[0], s);
	else
		stream_spread(r, v, parts, count, s);
}
