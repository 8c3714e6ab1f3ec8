/* SPDX-License-Identifier: MIT */
#include "carve/zip_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* Blocks of one search: 16 MiB of numbers, 4 GiB of file at 4 KiB each. */
#define BLOCKS_MAX ((size_t)1 << 20)

#define FAR_REACHES 8u

#define READ_BYTES ((size_t)4096)

/* Numbers the free blocks behind those that are numbered already. */
static bool
blocks_extend(struct zip_search *s, uint64_t length)
{
	uint64_t block = s->m->block_bytes, disk = rmn_disk_size(s->m->disk), to;
	uint64_t at = rmn_mender_border(s->m, s->looked_to);

	if (!rmn_add_u64(s->looked_to, length, &to) || to > disk)
		to = disk;
	for (; at < to && s->block_count < BLOCKS_MAX; at += block) {
		if (!rmn_mender_is_free(s->m, at))
			continue;
		if (s->block_count == s->block_capacity) {
			size_t capacity = s->block_capacity ? s->block_capacity * 2 : 4096;
			uint64_t *blocks = reallocarray(s->blocks, capacity, sizeof(*blocks));
			uint8_t *used = reallocarray(s->used, capacity, 1);

			s->blocks = blocks ? blocks : s->blocks;
			s->used = used ? used : s->used;
			if (!blocks || !used)
				return false;
			s->block_capacity = capacity;
		}
		s->used[s->block_count] = 0;
		s->blocks[s->block_count++] = at;
	}
	s->looked_to = to;
	return true;
}

size_t
zip_search_find(const struct zip_search *s, uint64_t offset)
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
	/* Anchors are cheap to look for, so that they are looked for farther. */
	uint64_t reach = m->reach_bytes * (m->is_thorough ? FAR_REACHES : 1);
	bool is_good;

	reach = rmn_min_u64(reach, (uint64_t)BLOCKS_MAX / 4 * m->block_bytes);

	memset(s, 0, sizeof(*s));
	s->m = m;
	s->far_blocks = (size_t)rmn_min_u64(m->reach_bytes / m->block_bytes, SIZE_MAX);
	s->looked_to = start > reach ? start - reach : 0;
	s->buffer = malloc(m->block_bytes);
	is_good = s->buffer && blocks_extend(s, 2 * reach) && zip_track_init(&s->now, &s->members) &&
	    zip_track_init(&s->proven, &s->members) && zip_track_init(&s->base, &s->members) &&
	    zip_track_init(&s->trial, &s->members);
	for (size_t i = 0; i < ZIP_SAVED && is_good; i++) {
		is_good = zip_track_init(&s->saved[i], &s->members);
		s->saved_at[i] = ZIP_NOT_SAVED;
	}
	return is_good && zip_search_append(s, zip_search_find(s, start));
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
	free(s->looks);
	free(s->buffer);
}

bool
zip_search_is_over(const struct zip_search *s)
{
	const struct rmn_carve_tools *tools = s->m->tools;

	/* What leads on is no search, and a large file may cost more. */
	return s->failed || (tools->work_limit &&
	    tools->work > tools->work_limit + 4 * s->proven.proven_at);
}

struct rmn_bytes
zip_search_load(struct zip_search *s, size_t number, size_t inside, size_t size)
{
	rmn_disk_read(s->m->disk, s->blocks[number] + inside, s->buffer, size);
	s->m->tools->work += size;
	return (struct rmn_bytes){s->buffer, size};
}

/* Looks are kept for so many blocks: 16 MiB. */
#define LOOKS_MAX ((size_t)1 << 16)

struct rmn_bytes
zip_search_look(struct zip_search *s, size_t number)
{
	size_t size = rmn_min_size(ZIP_LOOK_BYTES, s->m->block_bytes);
	unsigned char *look;

	if (!s->looks) {
		s->look_count = rmn_min_size(s->block_capacity, LOOKS_MAX);
		s->looks = malloc(s->look_count * ZIP_LOOK_BYTES);
		if (!s->looks)
			s->look_count = 0;
	}
	if (number >= s->look_count)
		return zip_search_load(s, number, 0, size);
	look = s->looks + number * ZIP_LOOK_BYTES;
	if (!(s->used[number] & ZIP_HAS_LOOK)) {
		rmn_disk_read(s->m->disk, s->blocks[number], look, size);
		s->used[number] |= ZIP_HAS_LOOK;
	}
	s->m->tools->work += size;
	return (struct rmn_bytes){look, size};
}

size_t
zip_search_next(struct zip_search *s, size_t number)
{
	/* The far end of the reach moves on with the file. */
	if (number < s->block_count && s->looked_to < rmn_disk_size(s->m->disk) &&
	    s->looked_to - s->blocks[number] < s->m->reach_bytes &&
	    !blocks_extend(s, s->m->reach_bytes))
		s->failed = true;
	for (size_t i = number + 1; i < s->block_count; i++)
		if (!zip_search_is_used(s, i))
			return i;
	return SIZE_MAX;
}

size_t
zip_search_candidate(const struct zip_search *s, size_t number, size_t near, size_t n)
{
	size_t forward, backward;

	if (number >= s->block_count)
		number = s->block_count - 1;
	forward = rmn_min_size(s->block_count - number - 1, near);
	backward = rmn_min_size(number, near);
	if (n < forward)
		return number + 1 + n;
	return n - forward < backward ? number - 1 - (n - forward) : SIZE_MAX;
}

void
zip_search_account(struct zip_search *s, const struct zip_track *track, uint64_t size_before)
{
	uint64_t size = rmn_inflate_size(track->inflate);

	if (size > size_before)
		s->m->tools->work += (size - size_before) / 4;
}

void
zip_search_cut(struct zip_search *s, size_t at)
{
	while (s->path_count > at)
		zip_search_use(s, s->path[--s->path_count], false);
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
	zip_search_use(s, number, true);
	return true;
}

bool
zip_search_read(struct zip_search *s, struct zip_track *track, size_t number)
{
	size_t block = s->m->block_bytes, inside = (size_t)(track->at % block);
	uint64_t size = rmn_inflate_size(track->inflate);

	/* In parts: a wrong block shows early. */
	while (inside < block && track->stage < ZIP_DONE) {
		struct rmn_bytes part = zip_search_load(s, number, inside,
		    rmn_min_size(block - inside, READ_BYTES));

		inside += part.size;
		while (part.size > 0 && track->stage < ZIP_DONE)
			part = rmn_bytes_after(part, zip_track_feed(track, part));
	}
	zip_search_account(s, track, size);
	return track->stage != ZIP_BAD;
}

bool
zip_search_base(struct zip_search *s, size_t at)
{
	if (s->saved_at[at % ZIP_SAVED] == at) {
		zip_track_copy(&s->base, &s->saved[at % ZIP_SAVED]);
		return true;
	}
	zip_track_copy(&s->base, &s->proven);
	while (s->base.at < (uint64_t)at * s->m->block_bytes) {
		size_t k = (size_t)(s->base.at / s->m->block_bytes);

		if (k >= s->path_count || zip_search_is_over(s) ||
		    !zip_search_read(s, &s->base, s->path[k]) || s->base.stage == ZIP_DONE)
			return false;
	}
	return s->base.at == (uint64_t)at * s->m->block_bytes;
}
