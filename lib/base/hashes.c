/* SPDX-License-Identifier: MIT */
#include "base/hashes.h"

#include <stdlib.h>

void
rmn_hashes_release(struct rmn_hashes *set)
{
	free(set->slots);
	*set = (struct rmn_hashes){0};
}

/* 0 marks a free slot, so the hash 0 is kept as 1. */
static uint64_t *
slot_find(const struct rmn_hashes *set, uint64_t hash)
{
	size_t at = (size_t)((hash * 0x9e3779b97f4a7c15ull) >> 16) & (set->capacity - 1);

	while (set->slots[at] != 0 && set->slots[at] != hash)
		at = (at + 1) & (set->capacity - 1);
	return &set->slots[at];
}

static bool
grow(struct rmn_hashes *set)
{
	struct rmn_hashes larger = {.capacity = set->capacity ? set->capacity * 2 : 1024,
	    .count = set->count};

	larger.slots = calloc(larger.capacity, sizeof(*larger.slots));
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < set->capacity; i++)
		if (set->slots[i] != 0)
			*slot_find(&larger, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = larger;
	return true;
}

bool
rmn_hashes_has(const struct rmn_hashes *set, uint64_t hash)
{
	return set->count > 0 && *slot_find(set, hash ? hash : 1) != 0;
}

bool
rmn_hashes_add(struct rmn_hashes *set, uint64_t hash)
{
	uint64_t *slot;

	if (set->count * 2 >= set->capacity && !grow(set)) {
		set->failed = true;
		return true;
	}
	slot = slot_find(set, hash ? hash : 1);
	if (*slot != 0)
		return false;
	*slot = hash ? hash : 1;
	set->count++;
	return true;
}

uint64_t
rmn_hash_bytes(uint64_t seed, struct rmn_bytes bytes)
{
	uint64_t hash = seed ^ 0xcbf29ce484222325ull;

	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ bytes.data[i]) * 0x100000001b3ull;
	return hash ^ hash >> 29;
}
