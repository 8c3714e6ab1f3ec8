/* SPDX-License-Identifier: MIT
 *
 * Sets that are joined: virtual objects that some node names together are of one volume. */
#include <stdlib.h>

#include "recover/apfs.h"

struct member {
	uint64_t id;
	uint32_t parent;	/* index of another member; its own: the root of a group */
};

struct rmn_apfs_groups {
	struct member *members;
	size_t count, capacity;
	uint32_t *slots;	/* by hash: index + 1; a power of two */
	size_t slot_count;
};

struct rmn_apfs_groups *
rmn_apfs_groups_new(void)
{
	return calloc(1, sizeof(struct rmn_apfs_groups));
}

void
rmn_apfs_groups_free(struct rmn_apfs_groups *groups)
{
	if (!groups)
		return;
	free(groups->members);
	free(groups->slots);
	free(groups);
}

static uint32_t *
slot_of(const struct rmn_apfs_groups *g, uint64_t id)
{
	size_t at = (size_t)((id * 0x9e3779b97f4a7c15ull) >> 24) & (g->slot_count - 1);

	while (g->slots[at] != 0 && g->members[g->slots[at] - 1].id != id)
		at = (at + 1) & (g->slot_count - 1);
	return &g->slots[at];
}

static bool
groups_grow(struct rmn_apfs_groups *g)
{
	size_t capacity = g->capacity ? g->capacity * 2 : 1024;
	struct member *members;
	uint32_t *slots;

	if (capacity > UINT32_MAX / 2)
		return false;
	members = reallocarray(g->members, capacity, sizeof(*members));
	if (!members)
		return false;
	g->members = members;
	g->capacity = capacity;
	slots = calloc(2 * capacity, sizeof(*slots));
	if (!slots)
		return false;
	free(g->slots);
	g->slots = slots;
	g->slot_count = 2 * capacity;
	for (size_t i = 0; i < g->count; i++)
		*slot_of(g, g->members[i].id) = (uint32_t)i + 1;
	return true;
}

static bool
member_get(struct rmn_apfs_groups *g, uint64_t id, uint32_t *index)
{
	uint32_t *slot;

	if (g->count == g->capacity && !groups_grow(g))
		return false;
	slot = slot_of(g, id);
	if (*slot == 0) {
		g->members[g->count] = (struct member){id, (uint32_t)g->count};
		*slot = (uint32_t)++g->count;
	}
	*index = *slot - 1;
	return true;
}

static uint32_t
root_of(struct rmn_apfs_groups *g, uint32_t index)
{
	while (g->members[index].parent != index) {
		g->members[index].parent = g->members[g->members[index].parent].parent;
		index = g->members[index].parent;
	}
	return index;
}

bool
rmn_apfs_groups_join(struct rmn_apfs_groups *g, uint64_t a, uint64_t b)
{
	uint32_t x, y;

	if (!member_get(g, a, &x) || !member_get(g, b, &y))
		return false;
	x = root_of(g, x);
	y = root_of(g, y);
	/* The older one stays the root, so that the result depends on the order of calls alone. */
	if (x < y)
		g->members[y].parent = x;
	else
		g->members[x].parent = y;
	return true;
}

uint32_t
rmn_apfs_groups_of(struct rmn_apfs_groups *g, uint64_t id)
{
	uint32_t slot = g->slot_count ? *slot_of(g, id) : 0;

	return slot ? root_of(g, slot - 1) : UINT32_MAX;
}
