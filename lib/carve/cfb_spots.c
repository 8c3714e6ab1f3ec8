/* SPDX-License-Identifier: MIT
 *
 * Blocks of a fragmented compound file that say themselves where they belong: FAT sectors (their
 * entries mostly name the sector behind), the directory, heads of streams. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "carve/cfb_mend.h"
#include "base/number.h"

bool
cfb_places_view(struct cfb_mend *d)
{
	while (d->view->count > 1)
		rmn_view_uncut(d->view);
	for (uint32_t i = 1; i < d->blocks; i++)
		if (d->places[i] != d->places[i - 1] + d->block_bytes &&
		    !rmn_view_cut(d->view, (uint64_t)i * d->block_bytes, d->places[i]))
			return false;
	return true;
}

void
cfb_spots_place(struct cfb_mend *d)
{
	size_t next = 0;

	for (uint32_t i = 0; i < d->blocks; i++) {
		if (next < d->spot_count && d->spots[next].block == i)
			d->places[i] = d->spots[next++].image_offset;
		else
			d->places[i] = d->places[i - 1] + d->block_bytes;
	}
}

const struct cfb_spot *
cfb_spot_around(const struct cfb_mend *d, uint32_t block, const struct cfb_spot **after)
{
	size_t i = d->spot_count;

	while (i > 1 && d->spots[i - 1].block > block)
		i--;
	*after = i < d->spot_count ? &d->spots[i] : NULL;
	return &d->spots[i - 1];
}

bool
cfb_spot_add(struct cfb_mend *d, uint32_t block, uint64_t image_offset)
{
	size_t at = d->spot_count;

	if (d->spot_count == CFB_SPOTS_MAX)
		return false;
	while (at > 0 && d->spots[at - 1].block > block)
		at--;
	if (at > 0 && d->spots[at - 1].block == block)
		return d->spots[at - 1].image_offset == image_offset;
	memmove(d->spots + at + 1, d->spots + at, (d->spot_count - at) * sizeof(*d->spots));
	d->spots[at] = (struct cfb_spot){block, image_offset};
	d->spot_count++;
	return true;
}

static bool
place_fits(const struct cfb_mend *d, const struct cfb_wanted *w, uint64_t image_offset)
{
	uint32_t inside = (uint32_t)(w->file_offset % d->block_bytes);
	struct rmn_carve_tools *tools = d->m->tools;

	tools->work += w->size;
	if ((tools->work_limit && tools->work > tools->work_limit) ||
	    !rmn_mender_is_free(d->m, image_offset) || w->size > CFB_BLOCK_MAX - inside ||
	    !rmn_disk_read(d->m->disk, image_offset + inside, d->scratch, w->size))
		return false;
	return w->fits(w, d->scratch);
}

bool
cfb_spot_expect(struct cfb_mend *d, const struct cfb_wanted *w)
{
	uint32_t block = (uint32_t)(w->file_offset / d->block_bytes);
	const struct cfb_spot *after, *before = cfb_spot_around(d, block, &after);
	uint64_t expected = before->image_offset +
	    (uint64_t)(block - before->block) * d->block_bytes;

	return block < d->blocks && place_fits(d, w, expected) && cfb_spot_add(d, block, expected);
}

bool
cfb_spot_find(struct cfb_mend *d, const struct cfb_wanted *w, unsigned skip)
{
	uint32_t block = (uint32_t)(w->file_offset / d->block_bytes);
	const struct cfb_spot *after, *before = cfb_spot_around(d, block, &after);
	uint64_t step = d->block_bytes, reach = d->m->reach_bytes;
	uint64_t at = before->image_offset + (block - before->block) * step, end = at + reach;

	if (block >= d->blocks || before->block == block)
		return false;
	if (after && after->image_offset > before->image_offset)
		end = after->image_offset - rmn_min_u64((after->block - block) * step,
		    after->image_offset);
	end = rmn_min_u64(end, rmn_disk_size(d->m->disk) - step);
	for (at += step; at <= end; at += step)
		if (place_fits(d, w, at) && skip-- == 0)
			return cfb_spot_add(d, block, at);
	if (after)
		return false;
	/* The rest may lie in front of the start. */
	end = d->start > reach ? d->start - reach : d->start % step;
	for (at = d->start; at >= end + step; at -= step)
		if (place_fits(d, w, at - step) && skip-- == 0)
			return cfb_spot_add(d, block, at - step);
	return false;
}

bool
cfb_spot_find_between(struct cfb_mend *d, const struct cfb_wanted *w)
{
	uint32_t block = (uint32_t)(w->file_offset / d->block_bytes);
	const struct cfb_spot *after, *before = cfb_spot_around(d, block, &after);
	uint64_t step = d->block_bytes, found = 0, at, end;

	if (!after || after->image_offset <= before->image_offset || before->block == block)
		return false;
	at = before->image_offset + (block - before->block) * step;
	end = after->image_offset - (after->block - block) * step;
	for (at += step; at <= end; at += step) {
		if (!place_fits(d, w, at))
			continue;
		if (found)
			return false;
		found = at;
	}
	return found && cfb_spot_add(d, block, found);
}
