/* SPDX-License-Identifier: MIT */
#include "carve/zip_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* Free blocks on both sides of the start: at 512 bytes each 64 MiB need 1 MiB of numbers. */
#define BLOCKS_MAX ((size_t)1 << 18)

static size_t
free_blocks(struct zip_search *s, uint64_t from, uint64_t to)
{
	uint64_t block = s->m->block_bytes, at = rmn_mender_border(s->m, from);
	size_t count = 0;

	for (; at < to && count < BLOCKS_MAX; at += block) {
		if (!rmn_mender_is_free(s->m, at))
			continue;
		if (s->blocks)
			s->blocks[count] = at;
		count++;
	}
	return count;
}

/* The number of the block at an offset; SIZE_MAX: it is not free. */
static size_t
block_find(const struct zip_search *s, uint64_t offset)
{
	size_t low = 0, high = s->block_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->blocks[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->block_count && s->blocks[low] == offset ? low : SIZE_MAX;
}

bool
zip_search_init(struct zip_search *s, const struct rmn_mender *m, uint64_t start)
{
	uint64_t reach = rmn_min_u64(m->reach_bytes, (uint64_t)BLOCKS_MAX / 2 * m->block_bytes);
	uint64_t from = start > reach ? start - reach : 0;
	bool is_good;

	memset(s, 0, sizeof(*s));
	s->m = m;
	s->block_count = free_blocks(s, from, start + reach);
	s->blocks = calloc(s->block_count + 1, sizeof(*s->blocks));
	s->used = calloc(s->block_count + 1, 1);
	s->buffer = malloc(m->block_bytes);
	is_good = s->blocks && s->used && s->buffer && zip_track_init(&s->now, &s->members) &&
	    zip_track_init(&s->proven, &s->members) && zip_track_init(&s->base, &s->members) &&
	    zip_track_init(&s->trial, &s->members);
	for (size_t i = 0; i < ZIP_SAVED && is_good; i++) {
		is_good = zip_track_init(&s->saved[i], &s->members);
		s->saved_at[i] = ZIP_NOT_SAVED;
	}
	if (!is_good)
		return false;
	free_blocks(s, from, start + reach);
	return zip_search_append(s, block_find(s, start));
}

void
zip_search_release(struct zip_search *s)
{
	for (size_t i = 0; i < ZIP_SAVED; i++)
		zip_track_release(&s->saved[i]);
	zip_track_release(&s->now);
	zip_track_release(&s->proven);
	zip_track_release(&s->base);
	zip_track_release(&s->trial);
	zip_members_release(&s->members);
	free(s->blocks);
	free(s->used);
	free(s->path);
	free(s->buffer);
}

bool
zip_search_is_over(const struct zip_search *s)
{
	const struct rmn_carve_tools *tools = s->m->tools;

	return s->failed || (tools->work_limit && tools->work > tools->work_limit);
}

struct rmn_bytes
zip_search_load(struct zip_search *s, size_t number, size_t inside, size_t size)
{
	rmn_disk_read(s->m->disk, s->blocks[number] + inside, s->buffer, size);
	s->m->tools->work += size;
	return (struct rmn_bytes){s->buffer, size};
}

size_t
zip_search_next(const struct zip_search *s, size_t number)
{
	for (size_t i = number + 1; i < s->block_count; i++)
		if (!s->used[i])
			return i;
	return SIZE_MAX;
}

void
zip_search_cut(struct zip_search *s, size_t at)
{
	while (s->path_count > at)
		s->used[s->path[--s->path_count]] = 0;
	for (size_t i = 0; i < ZIP_SAVED; i++)
		if (s->saved_at[i] > at)
			s->saved_at[i] = ZIP_NOT_SAVED;
}

bool
zip_search_append(struct zip_search *s, size_t number)
{
	if (number >= s->block_count)
		return false;
	if (s->path_count == s->path_capacity) {
		size_t capacity = s->path_capacity ? s->path_capacity * 2 : 64;
		size_t *path = reallocarray(s->path, capacity, sizeof(*path));

		if (!path) {
			s->failed = true;
			return false;
		}
		s->path = path;
		s->path_capacity = capacity;
	}
	s->path[s->path_count++] = number;
	s->used[number] = 1;
	return true;
}

bool
zip_search_read(struct zip_search *s, struct zip_track *track, size_t number)
{
	size_t inside = (size_t)(track->at % s->m->block_bytes);
	struct rmn_bytes rest = zip_search_load(s, number, inside, s->m->block_bytes - inside);

	while (rest.size > 0 && track->stage < ZIP_DONE)
		rest = rmn_bytes_after(rest, zip_track_feed(track, rest));
	return track->stage != ZIP_BAD;
}

bool
zip_search_base(struct zip_search *s, size_t at)
{
	if (s->saved_at[at % ZIP_SAVED] == at)
		return zip_track_copy(&s->base, &s->saved[at % ZIP_SAVED]);
	if (!zip_track_copy(&s->base, &s->proven))
		return false;
	while (s->base.at < (uint64_t)at * s->m->block_bytes) {
		size_t k = (size_t)(s->base.at / s->m->block_bytes);

		if (k >= s->path_count || zip_search_is_over(s) ||
		    !zip_search_read(s, &s->base, s->path[k]) || s->base.stage == ZIP_DONE)
			return false;
	}
	return s->base.at == (uint64_t)at * s->m->block_bytes;
}
