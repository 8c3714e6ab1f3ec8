/* SPDX-License-Identifier: MIT
 *
 * Memory of one evidence item.  Everything a parser makes lives here; one reset frees it all,
 * so a parser has no free path to get wrong, and the cap keeps a hostile item from outgrowing
 * its share.  Memory is zeroed (that of rmn_arena_take apart) and aligned
 * for any object. */
#ifndef RMN_BASE_ARENA_H
#define RMN_BASE_ARENA_H

#include "base/bytes.h"

struct rmn_arena;

/* NULL when out of memory. */
struct rmn_arena *rmn_arena_new(size_t cap_bytes);
void rmn_arena_free(struct rmn_arena *arena);	/* takes NULL */
void rmn_arena_reset(struct rmn_arena *arena);

/* NULL when the cap or the machine's memory is reached, or count * size overflows. */
void *rmn_arena_alloc(struct rmn_arena *arena, size_t count, size_t size);

/* The same for bytes that are written before they are read: they are not zeroed. */
void *rmn_arena_take(struct rmn_arena *arena, size_t size);

/* A copy with a NUL behind it that is not counted; data is NULL on failure. */
struct rmn_bytes rmn_arena_copy(struct rmn_arena *arena, struct rmn_bytes bytes);

size_t rmn_arena_used(const struct rmn_arena *arena);

#endif
