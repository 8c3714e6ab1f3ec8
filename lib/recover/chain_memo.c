/* SPDX-License-Identifier: MIT
 *
 * What carvers said of explanations before: rounds ask the same again while others move. */
#include <stdlib.h>

#include "recover/chain_state.h"

#define MEMO_MAX ((size_t)1 << 20)

static uint64_t
list_key(const struct rmn_chain_file *file, const struct rmn_chain_list *list)
{
	uint64_t key = file->size_bytes * 0x9e3779b97f4a7c15ull;

	for (size_t i = 0; i < list->count; i++) {
		key ^= (uint64_t)list->runs[i].first << 32 | list->runs[i].count;
		key *= 0xff51afd7ed558ccdull;
		key ^= key >> 32;
	}
	return key ? key : 1;
}

static struct rmn_chain_memory *
slot_find(const struct rmn_chain_memo *memo, uint64_t key)
{
	size_t at = (size_t)(key >> 8) & (memo->capacity - 1);

	while (memo->slots[at].key != 0 && memo->slots[at].key != key)
		at = (at + 1) & (memo->capacity - 1);
	return &memo->slots[at];
}

static bool
memo_grow(struct rmn_chain_memo *memo)
{
	struct rmn_chain_memo grown = {.capacity = memo->capacity ? memo->capacity * 2 : 1024,
	    .count = memo->count};

	grown.slots = calloc(grown.capacity, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < memo->capacity; i++)
		if (memo->slots[i].key != 0)
			*slot_find(&grown, memo->slots[i].key) = memo->slots[i];
	free(memo->slots);
	*memo = grown;
	return true;
}

struct rmn_chain_memory *
rmn_chain_memo_find(struct rmn_chain_memo *memo, const struct rmn_chain_file *file,
    const struct rmn_chain_list *list)
{
	struct rmn_chain_memory *memory;
	uint64_t key = list_key(file, list);

	if (memo->count * 2 >= memo->capacity && (memo->capacity >= MEMO_MAX || !memo_grow(memo)))
		return NULL;
	memory = slot_find(memo, key);
	if (memory->key == 0) {
		*memory = (struct rmn_chain_memory){.key = key};
		memo->count++;
	}
	return memory;
}

void
rmn_chain_memo_release(struct rmn_chain_memo *memo)
{
	free(memo->slots);
	*memo = (struct rmn_chain_memo){0};
}
