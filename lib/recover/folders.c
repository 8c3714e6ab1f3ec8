/* SPDX-License-Identifier: MIT */
#include "recover/folders.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

struct folder {
	uint64_t id, parent, rank;
	size_t name;			/* offset in names */
	uint32_t name_size;
	bool is_used;
};

struct rmn_folders {
	uint64_t root_id;
	struct folder *slots;		/* open addressing, a power of two */
	size_t count, capacity;
	struct rmn_buf names;
};

struct rmn_folders *
rmn_folders_new(uint64_t root_id)
{
	struct rmn_folders *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return NULL;
	tree->root_id = root_id;
	rmn_buf_init(&tree->names, 0);
	return tree;
}

void
rmn_folders_free(struct rmn_folders *tree)
{
	if (!tree)
		return;
	free(tree->slots);
	rmn_buf_release(&tree->names);
	free(tree);
}

static struct folder *
slot_find(struct folder *slots, size_t capacity, uint64_t id)
{
	size_t at = (size_t)((id * 0x9e3779b97f4a7c15ull) >> 20) & (capacity - 1);

	while (slots[at].is_used && slots[at].id != id)
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static bool
slots_grow(struct rmn_folders *tree)
{
	size_t capacity = tree->capacity ? tree->capacity * 2 : 1024;
	struct folder *slots = calloc(capacity, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < tree->capacity; i++)
		if (tree->slots[i].is_used)
			*slot_find(slots, capacity, tree->slots[i].id) = tree->slots[i];
	free(tree->slots);
	tree->slots = slots;
	tree->capacity = capacity;
	return true;
}

bool
rmn_folders_add(struct rmn_folders *tree, uint64_t id, uint64_t parent, struct rmn_bytes name,
    uint64_t rank)
{
	struct folder *slot;

	if (tree->count * 2 >= tree->capacity && !slots_grow(tree))
		return false;
	slot = slot_find(tree->slots, tree->capacity, id);
	if (slot->is_used && slot->rank >= rank)
		return true;
	if (!slot->is_used)
		tree->count++;
	*slot = (struct folder){id, parent, rank, tree->names.size, (uint32_t)name.size, true};
	rmn_buf_append(&tree->names, name);
	return !tree->names.failed;
}

static const struct folder *
folder_get(const struct rmn_folders *tree, uint64_t id)
{
	const struct folder *slot;

	if (tree->capacity == 0)
		return NULL;
	slot = slot_find(tree->slots, tree->capacity, id);
	return slot->is_used ? slot : NULL;
}

bool
rmn_folders_has(const struct rmn_folders *tree, uint64_t id)
{
	return folder_get(tree, id) != NULL;
}

bool
rmn_folders_path(const struct rmn_folders *tree, uint64_t id, struct rmn_buf *path)
{
	const struct folder *chain[RMN_LIMIT_FOLDER_DEPTH];
	size_t depth = 0;
	bool is_whole;

	while (id != tree->root_id && depth < RMN_LIMIT_FOLDER_DEPTH) {
		const struct folder *folder = folder_get(tree, id);

		if (!folder)
			break;
		for (size_t i = 0; i < depth; i++)
			if (folder && chain[i] == folder)
				folder = NULL;
		if (!folder)
			break;
		chain[depth++] = folder;
		id = folder->parent;
	}
	is_whole = id == tree->root_id;
	if (!is_whole)
		rmn_buf_printf(path, "orphan-%llu", (unsigned long long)id);
	for (size_t i = depth; i-- > 0;) {
		if (!is_whole || i + 1 < depth)
			rmn_buf_append_char(path, '/');
		rmn_buf_append_data(path, tree->names.data + chain[i]->name,
		    chain[i]->name_size);
	}
	return is_whole;
}
