/* SPDX-License-Identifier: MIT
 *
 * A list of blocks.  A reset keeps one block of the usual size, because most items are small
 * and the next one wants the same memory. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

#define BLOCK_BYTES ((size_t)64 << 10)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	bool is_zero;			/* what is not used yet; fresh pages need no touch */
	alignas(max_align_t) unsigned char data[];
};

struct rmn_arena {
	struct block *first;
	size_t cap_bytes;
	size_t used_bytes;
};

struct rmn_arena *
rmn_arena_new(size_t cap_bytes)
{
	struct rmn_arena *arena = calloc(1, sizeof(*arena));

	if (arena)
		arena->cap_bytes = cap_bytes;
	return arena;
}

void
rmn_arena_free(struct rmn_arena *arena)
{
	struct block *next;

	if (!arena)
		return;
	for (struct block *b = arena->first; b; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

void
rmn_arena_reset(struct rmn_arena *arena)
{
	struct block *kept = NULL, *next;

	for (struct block *b = arena->first; b; b = next) {
		next = b->next;
		if (!kept && b->size == BLOCK_BYTES) {
			kept = b;
			continue;
		}
		free(b);
	}
	if (kept) {
		kept->next = NULL;
		kept->used = 0;
		kept->is_zero = false;
	}
	arena->first = kept;
	arena->used_bytes = 0;
}

static struct block *
arena_grow(struct rmn_arena *arena, size_t size, bool is_zero)
{
	struct block *b;
	size_t total;

	if (size < BLOCK_BYTES)
		size = BLOCK_BYTES;
	if (!rmn_add_size(size, sizeof(*b), &total))
		return NULL;
	b = is_zero ? calloc(1, total) : malloc(total);
	if (!b)
		return NULL;
	*b = (struct block){.next = arena->first, .size = size, .is_zero = is_zero};
	arena->first = b;
	return b;
}

static void *
arena_give(struct rmn_arena *arena, size_t size, bool is_zero)
{
	struct block *b = arena->first;
	size_t wanted, used;
	void *memory;

	if (!rmn_add_size(size, alignof(max_align_t) - 1, &wanted))
		return NULL;
	wanted &= ~(alignof(max_align_t) - 1);
	if (!rmn_add_size(arena->used_bytes, wanted, &used) || used > arena->cap_bytes)
		return NULL;
	if (!b || b->size - b->used < wanted)
		b = arena_grow(arena, wanted, is_zero);
	if (!b)
		return NULL;
	memory = b->data + b->used;
	b->used += wanted;
	arena->used_bytes = used;
	return is_zero && !b->is_zero ? memset(memory, 0, wanted) : memory;
}

void *
rmn_arena_take(struct rmn_arena *arena, size_t size)
{
	return arena_give(arena, size, false);
}

void *
rmn_arena_alloc(struct rmn_arena *arena, size_t count, size_t size)
{
	size_t wanted;

	if (!rmn_mul_size(count, size, &wanted))
		return NULL;
	return arena_give(arena, wanted, true);
}

struct rmn_bytes
rmn_arena_copy(struct rmn_arena *arena, struct rmn_bytes bytes)
{
	size_t size;
	unsigned char *data;

	if (!rmn_add_size(bytes.size, 1, &size))
		return (struct rmn_bytes){NULL, 0};
	data = rmn_arena_take(arena, size);
	if (!data)
		return (struct rmn_bytes){NULL, 0};
	if (bytes.size > 0)
		memcpy(data, bytes.data, bytes.size);
	data[bytes.size] = 0;
	return (struct rmn_bytes){data, bytes.size};
}

size_t
rmn_arena_used(const struct rmn_arena *arena)
{
	return arena->used_bytes;
}
