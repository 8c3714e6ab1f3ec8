/* SPDX-License-Identifier: MIT
 *
 * From libtsk's attributes to extents on the source, and to claims on the map of the volume.
 *
 * Only bytes that are the file's are in its extents: what NTFS keeps behind the initialised size
 * reads as zeros for everybody, so here it is a hole, and what really lies there is slack. */
#include "fs/volume.h"

#include <stdlib.h>

#include "base/checked.h"

static enum rmn_status
extent_add(struct rmn_volume_walk *w, uint64_t offset, uint64_t length)
{
	struct rmn_extent *last = w->extent_count ? &w->extents[w->extent_count - 1] : NULL;

	if (length == 0)
		return RMN_OK;
	if (last && offset == RMN_EXTENT_SPARSE && last->image_offset == RMN_EXTENT_SPARSE) {
		last->length_bytes += length;
		return RMN_OK;
	}
	if (last && offset != RMN_EXTENT_SPARSE && last->image_offset != RMN_EXTENT_SPARSE &&
	    last->image_offset + last->length_bytes == offset) {
		last->length_bytes += length;
		return RMN_OK;
	}
	if (w->extent_count == w->extent_capacity) {
		size_t capacity = w->extent_capacity ? w->extent_capacity * 2 : 64;
		struct rmn_extent *extents = reallocarray(w->extents, capacity, sizeof(*extents));

		if (!extents)
			return rmn_fail(w->error, RMN_NOMEM, "out of memory for extents");
		w->extents = extents;
		w->extent_capacity = capacity;
	}
	w->extents[w->extent_count++] = (struct rmn_extent){offset, length};
	return RMN_OK;
}

/* A run in bytes: where in the attribute, and where on the source.  False for a run whose numbers
 * are no place on any disk. */
struct run {
	uint64_t start, end;	/* in the attribute */
	uint64_t image_offset;
	bool is_hole;
};

static bool
run_resolve(const struct rmn_volume_walk *w, const TSK_FS_ATTR_RUN *raw, struct run *run)
{
	uint64_t length, last;

	run->is_hole = raw->flags & (TSK_FS_ATTR_RUN_FLAG_SPARSE | TSK_FS_ATTR_RUN_FLAG_FILLER);
	run->image_offset = 0;
	if (!rmn_mul_u64(raw->offset, w->blocks.block_bytes, &run->start) ||
	    !rmn_mul_u64(raw->len, w->blocks.block_bytes, &length) ||
	    !rmn_add_u64(run->start, length, &run->end))
		return false;
	if (run->is_hole)
		return true;
	return rmn_mul_u64(raw->addr, w->blocks.stride_bytes, &run->image_offset) &&
	    rmn_add_u64(run->image_offset, w->blocks.base, &run->image_offset) &&
	    rmn_mul_u64(raw->len, w->blocks.stride_bytes, &length) &&
	    rmn_add_u64(run->image_offset, length, &last) && last <= INT64_MAX;
}

/* Claims whole runs (set may be NULL): for content that is not laid out as it reads.  Returns the
 * bytes of them that are in use, which for a deleted file means by others. */
static uint64_t
runs_claim(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute, struct rmn_ranges *set,
    bool is_deleted)
{
	uint64_t in_use = 0;
	struct run run;

	if (!(attribute->flags & TSK_FS_ATTR_NONRES))
		return 0;
	for (const TSK_FS_ATTR_RUN *raw = attribute->nrd.run; raw; raw = raw->next) {
		uint64_t end;

		if (!run_resolve(w, raw, &run) || run.is_hole)
			continue;
		end = run.image_offset + raw->len * w->blocks.stride_bytes;
		if (set)
			rmn_ranges_add(set, run.image_offset, end, 0);
		if (is_deleted)
			in_use += rmn_fs_blocks_in_use(&w->blocks, run.image_offset, end);
	}
	return in_use;
}

void
rmn_volume_claim_metadata(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute)
{
	runs_claim(w, attribute, &w->claims->metadata, false);
}

/* The parts of one run that are inside [skip, valid) and behind it. */
static enum rmn_status
run_describe(struct rmn_volume_walk *w, const struct run *run, uint64_t skip, uint64_t valid,
    enum rmn_claim claim, struct rmn_walk_item *item)
{
	uint64_t start = run->start > skip ? run->start : skip;
	uint64_t end = rmn_min_u64(run->end, valid);
	uint64_t offset = run->image_offset + (start - run->start);
	uint64_t slack;

	if (start < end && run->is_hole)
		return extent_add(w, RMN_EXTENT_SPARSE, end - start);
	if (run->is_hole)
		return RMN_OK;
	if (start < end && item->state == RMN_DELETED)
		item->overwritten_bytes += rmn_fs_blocks_in_use(&w->blocks, offset,
		    offset + (end - start));
	if (start < end && claim != RMN_CLAIM_NOTHING)
		rmn_ranges_add(claim == RMN_CLAIM_CONTENT ? &w->claims->content :
		    &w->claims->metadata, offset, offset + (end - start), 0);
	slack = valid > run->start ? rmn_min_u64(valid, run->end) : run->start;
	if (claim != RMN_CLAIM_NOTHING && item->state == RMN_ALLOCATED)
		rmn_ranges_add(&w->claims->slack, run->image_offset + (slack - run->start),
		    run->image_offset + (run->end - run->start), item->inode);
	return start < end ? extent_add(w, offset, end - start) : RMN_OK;
}

static enum rmn_status
runs_describe(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute, enum rmn_claim claim,
    struct rmn_walk_item *item)
{
	uint64_t skip = attribute->nrd.skiplen, at = 0, end, valid, bad = 0;
	enum rmn_status status = RMN_OK;
	struct run run;

	if (!rmn_add_u64(skip, item->size_bytes, &end))
		return RMN_OK;
	valid = end;
	if (TSK_FS_TYPE_ISNTFS(w->fs->ftype) && attribute->nrd.initsize >= 0 &&
	    (uint64_t)attribute->nrd.initsize < item->size_bytes)
		valid = skip + (uint64_t)attribute->nrd.initsize;
	for (const TSK_FS_ATTR_RUN *raw = attribute->nrd.run; raw && status == RMN_OK;
	    raw = raw->next) {
		uint64_t from = at > skip ? at : skip;

		if (!run_resolve(w, raw, &run) || run.start < at) {
			bad++;
			continue;
		}
		if (run.start > from && from < valid)
			status = extent_add(w, RMN_EXTENT_SPARSE,
			    rmn_min_u64(run.start, valid) - from);
		if (status == RMN_OK)
			status = run_describe(w, &run, skip, valid, claim, item);
		at = run.end;
	}
	if (status == RMN_OK && valid < end)
		status = extent_add(w, RMN_EXTENT_SPARSE, end - valid);
	if (status == RMN_OK && bad)
		status = rmn_volume_unexamined(w, "extents", "%llu runs are at no possible place",
		    (unsigned long long)bad);
	return status;
}

/* Whether anything of it is on the source. */
static bool
is_all_hole(const struct rmn_volume_walk *w)
{
	return w->extent_count == 0 ||
	    (w->extent_count == 1 && w->extents[0].image_offset == RMN_EXTENT_SPARSE);
}

enum rmn_status
rmn_volume_content(struct rmn_volume_walk *w, const TSK_FS_ATTR *attribute, enum rmn_claim claim,
    struct rmn_walk_item *item)
{
	bool is_transformed = attribute->flags & TSK_FS_ATTR_COMP ||
	    w->blocks.stride_bytes != w->blocks.block_bytes;
	enum rmn_status status;

	w->extent_count = 0;
	item->size_bytes = attribute->size > 0 ? (uint64_t)attribute->size : 0;
	item->attribute_type = attribute->type;
	item->attribute_id = attribute->id;
	item->is_encrypted = attribute->flags & TSK_FS_ATTR_ENC;
	item->overwritten_bytes = 0;
	item->extents = NULL;
	item->extent_count = 0;
	item->how = RMN_CONTENT_NONE;
	if (!(attribute->flags & TSK_FS_ATTR_NONRES) || is_transformed) {
		item->how = item->size_bytes ? RMN_CONTENT_FS : RMN_CONTENT_NONE;
		item->overwritten_bytes = runs_claim(w, attribute,
		    claim == RMN_CLAIM_NOTHING ? NULL : claim == RMN_CLAIM_CONTENT ?
		    &w->claims->content : &w->claims->metadata, item->state == RMN_DELETED);
		item->overwritten_bytes = rmn_min_u64(item->overwritten_bytes, item->size_bytes);
		return RMN_OK;
	}
	status = runs_describe(w, attribute, claim, item);
	item->extents = w->extents;
	item->extent_count = w->extent_count;
	if (w->extent_count && !(item->kind == RMN_ITEM_METADATA && is_all_hole(w)))
		item->how = RMN_CONTENT_EXTENTS;
	return status;
}
