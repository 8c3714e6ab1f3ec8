/* SPDX-License-Identifier: MIT
 *
 * Blocks of a node, and its nodes. */
#include "format/mail/pst_node.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/number.h"

#define BLOCKS_MAX (1u << 20)		/* of a node: 8 GB */
#define SUBNODES_MAX 65536u
#define KIND_BLOCKS 1u
#define KIND_SUBNODES 2u

/* Lists of blocks and of nodes start alike; count is cut to what fits. */
struct list {
	unsigned kind, level, count;
	const unsigned char *entries;
	size_t entry_bytes;
};

static bool
list_parse(const struct rmn_pst *pst, const unsigned char *block, size_t size, struct list *list)
{
	size_t head;

	if (size < 8)
		return false;
	*list = (struct list){.kind = block[0], .level = block[1], .count = rmn_le16(block + 2)};
	if (list->kind == KIND_BLOCKS) {
		head = 8;
		list->entry_bytes = pst->is_wide ? 8 : 4;
	} else if (list->kind == KIND_SUBNODES) {
		head = pst->is_wide ? 8 : 4;
		list->entry_bytes = (pst->is_wide ? 8u : 4u) * (list->level == 0 ? 3 : 2);
	} else {
		return false;
	}
	list->entries = block + head;
	list->count = (unsigned)rmn_min_size(list->count, (size - head) / list->entry_bytes);
	return true;
}

static uint64_t
number_at(const struct rmn_pst *pst, const unsigned char *entry, unsigned index)
{
	return pst->is_wide ? rmn_le64(entry + index * 8) : rmn_le32(entry + index * 4);
}

/* A list of lists, or a list: calls leaf for each list at the bottom.  Two levels are all there are. */
typedef bool leaf_function(void *context, const struct list *list);

static bool
lists_walk(struct rmn_pst *pst, uint64_t id, unsigned kind, unsigned bottom, leaf_function *leaf,
    void *context, bool *is_short)
{
	unsigned char *block = pst->lists[0], *inner = pst->lists[1];
	struct list list, below;
	size_t size;
	unsigned index;

	if (!rmn_pst_block_read(pst, id, block, &size) || !list_parse(pst, block, size, &list) ||
	    list.kind != kind || list.level < bottom || list.level > bottom + 1) {
		*is_short = true;
		return true;
	}
	if (list.level == bottom)
		return leaf(context, &list);
	index = kind == KIND_SUBNODES ? 1 : 0;
	for (unsigned i = 0; i < list.count; i++) {
		if (rmn_pst_block_read(pst, number_at(pst, list.entries + i * list.entry_bytes, index),
		    inner, &size) && list_parse(pst, inner, size, &below) && below.kind == kind &&
		    below.level == bottom) {
			if (!leaf(context, &below))
				return false;
		} else {
			*is_short = true;
		}
	}
	return true;
}

struct gathering {
	struct rmn_pst *pst;
	struct rmn_arena *arena;
	void *items;
	size_t count, capacity, item_bytes, max;
};

static void *
gather(struct gathering *g)
{
	if (g->count == g->capacity) {
		size_t capacity = g->capacity ? g->capacity * 2 : 16;
		void *items = capacity <= g->max ?
		    rmn_arena_take(g->arena, capacity * g->item_bytes) : NULL;

		if (!items)
			return NULL;
		if (g->count > 0)
			memcpy(items, g->items, g->count * g->item_bytes);
		g->items = items;
		g->capacity = capacity;
	}
	return (unsigned char *)g->items + g->count++ * g->item_bytes;
}

static bool
subnodes_leaf(void *context, const struct list *list)
{
	struct gathering *g = context;

	for (unsigned i = 0; i < list->count; i++) {
		const unsigned char *entry = list->entries + i * list->entry_bytes;
		struct rmn_pst_node *node = gather(g);

		if (!node)
			return false;
		*node = (struct rmn_pst_node){(uint32_t)number_at(g->pst, entry, 0), 0,
		    number_at(g->pst, entry, 1), number_at(g->pst, entry, 2)};
	}
	return true;
}

static int
node_compare(const void *a, const void *b)
{
	const struct rmn_pst_node *x = a, *y = b;

	return x->id != y->id ? (x->id < y->id ? -1 : 1) : x->data < y->data ? -1 : x->data > y->data;
}

bool
rmn_pst_subnodes_load(struct rmn_pst *pst, uint64_t block, struct rmn_arena *arena,
    struct rmn_pst_subnodes *subnodes)
{
	struct gathering g = {pst, arena, NULL, 0, 0, sizeof(struct rmn_pst_node), SUBNODES_MAX};
	bool is_short = false, fits;

	*subnodes = (struct rmn_pst_subnodes){NULL, 0};
	if (block == 0)
		return true;
	fits = lists_walk(pst, block, KIND_SUBNODES, 0, subnodes_leaf, &g, &is_short);
	*subnodes = (struct rmn_pst_subnodes){g.items, g.count};
	/* they are stored so, but for damage */
	if (g.count > 0)
		qsort(g.items, g.count, sizeof(struct rmn_pst_node), node_compare);
	pst->is_damaged |= is_short;
	return fits;
}

const struct rmn_pst_node *
rmn_pst_subnode_find(const struct rmn_pst_subnodes *subnodes, uint32_t id)
{
	size_t low = 0, high = subnodes->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (subnodes->nodes[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < subnodes->count && subnodes->nodes[low].id == id ? &subnodes->nodes[low] : NULL;
}

static bool
blocks_leaf(void *context, const struct list *list)
{
	struct gathering *g = context;

	for (unsigned i = 0; i < list->count; i++) {
		uint64_t *block = gather(g);

		if (!block)
			return false;
		*block = number_at(g->pst, list->entries + i * list->entry_bytes, 0);
	}
	return true;
}

bool
rmn_pst_data_open(struct rmn_pst *pst, uint64_t block, struct rmn_arena *arena,
    unsigned char *buffer, struct rmn_pst_data *data)
{
	struct gathering g = {pst, arena, NULL, 0, 0, sizeof(uint64_t), BLOCKS_MAX};
	uint64_t *only;

	*data = (struct rmn_pst_data){.pst = pst, .buffer = buffer};
	if (block & RMN_PST_INTERNAL) {
		if (!lists_walk(pst, block, KIND_BLOCKS, 1, blocks_leaf, &g, &data->is_short))
			return false;
	} else if (block != 0) {
		only = gather(&g);
		if (!only)
			return false;
		*only = block;
	}
	data->blocks = g.items;
	data->count = g.count;
	return true;
}

static enum rmn_status
data_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct rmn_pst_data *d = state;
	struct rmn_bytes piece;
	size_t block_size;

	*got = 0;
	while (d->left.size == 0) {
		if (d->next == d->count)
			return d->is_short ? rmn_fail(error, RMN_CORRUPT, "a list of blocks is broken") :
			    RMN_END;
		if (!rmn_pst_block_read(d->pst, d->blocks[d->next], d->buffer, &block_size))
			return rmn_fail(error, RMN_CORRUPT, "block %llx is not there",
			    (unsigned long long)d->blocks[d->next]);
		d->next++;
		d->left = (struct rmn_bytes){d->buffer, block_size};
	}
	piece = rmn_bytes_head(d->left, size);
	memcpy(buffer, piece.data, piece.size);
	d->left = rmn_bytes_after(d->left, piece.size);
	*got = piece.size;
	return RMN_OK;
}

struct rmn_member_reader
rmn_pst_data_reader(struct rmn_pst_data *data)
{
	return (struct rmn_member_reader){data_read, data};
}
