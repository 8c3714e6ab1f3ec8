/* SPDX-License-Identifier: MIT
 *
 * Which streams the sectors of zeros belong to.  Most files have a handful, so the tables are made only when
 * there are any. */
#include <stdlib.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/holes.h"
#include "base/limits.h"
#include "format/ole/zeros.h"

#define BLOCK_BYTES ((size_t)64 << 10)
#define OWNER_DIRECTORY UINT32_MAX
#define OWNER_MINI_FAT (UINT32_MAX - 1)

struct finding {
	struct rmn_cfb *cfb;
	struct rmn_buf runs;		/* struct rmn_zero_run */
	uint32_t *owners;		/* of sectors: entry + 1 */
	uint32_t *places;		/* of sectors in the stream */
	uint32_t *mini_owners, *mini_places;
};

static void
run_add(struct finding *f, uint32_t entry, uint64_t start, uint64_t end)
{
	uint64_t size = rmn_min_u64(f->cfb->entries[entry].size_bytes, f->cfb->content->size_bytes);
	struct rmn_zero_run run = {.entry = entry, .start = (size_t)start,
	    .end = (size_t)rmn_min_u64(end, size)}, *last;

	if (run.start >= run.end)
		return;
	last = f->runs.size > 0 ?
	    (struct rmn_zero_run *)(void *)(f->runs.data + f->runs.size) - 1 : NULL;
	if (last && last->entry == entry && last->end == run.start)
		last->end = run.end;
	else
		rmn_buf_append_data(&f->runs, &run, sizeof(run));
}

/* Zeros in the stream of small streams. */
static void
mini_take(struct finding *f, uint64_t start, uint64_t end)
{
	const struct rmn_cfb *cfb = f->cfb;
	uint64_t last = rmn_min_u64(end >> cfb->mini_shift, cfb->mini_fat_count);

	for (uint64_t i = start >> cfb->mini_shift; f->mini_owners && i < last; i++)
		if (f->mini_owners[i] > 0)
			run_add(f, f->mini_owners[i] - 1, (uint64_t)f->mini_places[i] << cfb->mini_shift,
			    ((uint64_t)f->mini_places[i] + 1) << cfb->mini_shift);
}

/* Zeros in the file; one unit of a disk. */
static void
unit_take(struct finding *f, uint64_t offset)
{
	struct rmn_cfb *cfb = f->cfb;
	uint64_t sector = (offset >> cfb->sector_shift) - 1;
	uint64_t inside = offset & (((uint64_t)1 << cfb->sector_shift) - 1), at;

	if (offset >> cfb->sector_shift == 0 || sector >= cfb->fat_count || f->owners[sector] == 0)
		return;
	if (f->owners[sector] >= OWNER_MINI_FAT) {
		cfb->is_damaged = true;
		return;
	}
	at = ((uint64_t)f->places[sector] << cfb->sector_shift) + inside;
	if (f->owners[sector] == 1)
		mini_take(f, at, at + RMN_HOLE_BYTES);
	else
		run_add(f, f->owners[sector] - 1, at, at + RMN_HOLE_BYTES);
}

/* A sector belongs to the first who names it: all chains together are no longer than the table. */
static void
chain_own(const uint32_t *table, size_t count, uint32_t start, uint32_t owner, uint32_t *owners,
    uint32_t *places)
{
	uint32_t place = 0;

	for (uint32_t s = start; s < count && owners[s] == 0; s = table[s]) {
		owners[s] = owner;
		places[s] = place++;
	}
}

static bool
owners_find(struct finding *f)
{
	struct rmn_cfb *cfb = f->cfb;

	f->owners = rmn_arena_alloc(cfb->arena, cfb->fat_count + 1, sizeof(*f->owners));
	f->places = rmn_arena_alloc(cfb->arena, cfb->fat_count + 1, sizeof(*f->places));
	if (!f->owners || !f->places || !rmn_cfb_mini_open(cfb))
		return false;
	chain_own(cfb->fat, cfb->fat_count, cfb->directory_start, OWNER_DIRECTORY, f->owners, f->places);
	chain_own(cfb->fat, cfb->fat_count, cfb->mini_fat_start, OWNER_MINI_FAT, f->owners, f->places);
	chain_own(cfb->fat, cfb->fat_count, cfb->entries[0].start, 1, f->owners, f->places);
	if (cfb->mini_fat_count > 0) {
		f->mini_owners = rmn_arena_alloc(cfb->arena, cfb->mini_fat_count, sizeof(uint32_t));
		f->mini_places = rmn_arena_alloc(cfb->arena, cfb->mini_fat_count, sizeof(uint32_t));
		if (!f->mini_owners || !f->mini_places)
			return false;
	}
	for (uint32_t i = 1; i < cfb->entry_count; i++) {
		const struct rmn_cfb_entry *e = &cfb->entries[i];

		if (e->type != RMN_CFB_STREAM || e->parent == RMN_CFB_NONE || e->size_bytes == 0)
			continue;
		if (e->size_bytes >= cfb->mini_cutoff)
			chain_own(cfb->fat, cfb->fat_count, e->start, i + 1, f->owners, f->places);
		else
			chain_own(cfb->mini_fat, cfb->mini_fat_count, e->start, i + 1, f->mini_owners,
			    f->mini_places);
	}
	return true;
}

/* Whether there was memory. */
static bool
block_take(struct finding *f, uint64_t offset, struct rmn_bytes block)
{
	size_t start, end;

	for (size_t at = 0; rmn_hole_next(block, at, &start, &end); at = end) {
		start = (start + RMN_HOLE_BYTES - 1) & ~(RMN_HOLE_BYTES - 1);
		if (start + RMN_HOLE_BYTES > end)
			continue;
		if (!f->owners && !owners_find(f))
			return false;
		for (; start + RMN_HOLE_BYTES <= end; start += RMN_HOLE_BYTES)
			unit_take(f, offset + start);
	}
	return true;
}

static bool
content_take(struct finding *f)
{
	struct rmn_blob *content = f->cfb->content;
	uint64_t size = rmn_min_u64(content->size_bytes, RMN_LIMIT_WHOLE_ITEM_BYTES), offset = 0;
	unsigned char *block;
	size_t got;

	if (content->memory.data)
		return block_take(f, 0, rmn_bytes_head(content->memory, (size_t)size));
	block = rmn_arena_take(f->cfb->arena, BLOCK_BYTES);
	while (block && offset < size &&
	    rmn_blob_read(content, offset, block, BLOCK_BYTES, &got, NULL) == RMN_OK && got > 0) {
		if (!block_take(f, offset, (struct rmn_bytes){block, got}))
			return false;
		offset += got;
	}
	return block;
}

static int
run_compare(const void *a, const void *b)
{
	const struct rmn_zero_run *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

enum rmn_status
rmn_cfb_zeros_find(struct rmn_cfb *cfb, struct rmn_zero_run **runs, size_t *count,
    struct rmn_error *error)
{
	struct finding f = {.cfb = cfb};
	struct rmn_bytes found;
	bool is_done;

	*count = 0;
	rmn_buf_init(&f.runs, 0);
	is_done = content_take(&f);
	found = rmn_arena_copy(cfb->arena, rmn_buf_bytes(&f.runs));
	is_done = is_done && !f.runs.failed && found.data;
	rmn_buf_release(&f.runs);
	if (!is_done)
		return rmn_fail(error, RMN_LIMIT, "compound file outgrows its memory");
	*runs = (struct rmn_zero_run *)(uintptr_t)found.data;
	*count = found.size / sizeof(**runs);
	if (*count > 0)
		qsort(*runs, *count, sizeof(**runs), run_compare);
	return RMN_OK;
}
