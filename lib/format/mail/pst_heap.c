/* SPDX-License-Identifier: MIT
 *
 * The heap in a node, and the property bag or table that is built in it. */
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/mail/pst_node.h"

#define HEAP_SIGNATURE 0xECu
#define KIND_PROPERTIES 0xBCu
#define KIND_TABLE 0x7Cu
#define TREE_SIGNATURE 0xB5u
#define TREE_DEPTH_MAX 4u
#define TREE_RECORDS_MAX 65536u
#define HEAP_BYTES_MAX (64 * RMN_MIB)

enum { ID_ATTACHED = 0x3701 };

struct heap {
	struct rmn_pst_object *o;
	struct rmn_bytes *blocks;
	size_t count;
	unsigned kind;
	uint32_t root;
};

/* All blocks of the node in memory.  False when it is no heap, or there is no memory. */
static bool
heap_open(struct heap *h, struct rmn_pst_object *o, uint64_t block)
{
	struct rmn_pst_data data;
	uint64_t total = 0;

	*h = (struct heap){.o = o};
	if (!rmn_pst_data_open(o->pst, block, o->arena, o->buffer, &data) || data.count == 0)
		return false;
	h->blocks = rmn_arena_alloc(o->arena, data.count, sizeof(*h->blocks));
	if (!h->blocks)
		return false;
	for (size_t i = 0; i < data.count; i++) {
		size_t size;

		if (rmn_pst_block_read(o->pst, data.blocks[i], o->buffer, &size)) {
			total += size;
			h->blocks[i] = total > HEAP_BYTES_MAX ? (struct rmn_bytes){NULL, 0} :
			    rmn_arena_copy(o->arena, (struct rmn_bytes){o->buffer, size});
			if (!h->blocks[i].data)
				return false;
		}
	}
	h->count = data.count;
	if (h->blocks[0].size < 12 || h->blocks[0].data[2] != HEAP_SIGNATURE)
		return false;
	h->kind = h->blocks[0].data[3];
	h->root = rmn_le32(h->blocks[0].data + 4);
	return true;
}

/* An item of the heap by its number; empty when there is none. */
static struct rmn_bytes
heap_item(const struct heap *h, uint32_t id)
{
	const struct rmn_bytes none = {NULL, 0};
	bool is_big = h->o->pst->is_big;
	size_t index = is_big ? id >> 5 & 0x3FFF : id >> 5 & 0x7FF, block = is_big ? id >> 19 : id >> 16;
	const unsigned char *map;
	size_t at, start, end;

	if (block >= h->count || index == 0 || h->blocks[block].size < 4)
		return none;
	at = rmn_le16(h->blocks[block].data);
	if (at + 4 > h->blocks[block].size)
		return none;
	map = h->blocks[block].data + at;
	if (index > rmn_le16(map) || at + 4 + (index + 1) * 2 > h->blocks[block].size)
		return none;
	start = rmn_le16(map + 2 + index * 2);
	end = rmn_le16(map + 4 + index * 2);
	if (start > end || end > h->blocks[block].size)
		return none;
	return (struct rmn_bytes){h->blocks[block].data + start, end - start};
}

/* A value that is kept elsewhere: in the heap, or in a node of this one. */
static struct rmn_bytes
elsewhere(const struct heap *h, uint32_t where, const struct rmn_pst_node **kept)
{
	const struct rmn_pst_node *node;

	*kept = NULL;
	if ((where & 0x1F) == 0)
		return heap_item(h, where);
	node = rmn_pst_subnode_find(&h->o->subnodes, where);
	*kept = node;
	h->o->pst->is_damaged |= !node;
	return (struct rmn_bytes){NULL, 0};
}

/* The data of a node, whole. */
static struct rmn_bytes
node_bytes(const struct heap *h, const struct rmn_pst_node *node, bool *failed)
{
	struct rmn_pst_data data;
	struct rmn_buf whole;
	struct rmn_bytes bytes = {NULL, 0};
	size_t size;

	if (!rmn_pst_data_open(h->o->pst, node->data, h->o->arena, h->o->buffer, &data)) {
		*failed = true;
		return bytes;
	}
	rmn_buf_init(&whole, RMN_LIMIT_TEXT_BYTES);
	for (size_t i = 0; i < data.count && !whole.failed; i++)
		if (rmn_pst_block_read(h->o->pst, data.blocks[i], h->o->buffer, &size))
			rmn_buf_append_data(&whole, h->o->buffer, size);
	bytes = rmn_arena_copy(h->o->arena, rmn_buf_bytes(&whole));
	*failed |= whole.failed || !bytes.data;
	h->o->pst->is_damaged |= data.is_short;
	rmn_buf_release(&whole);
	return bytes;
}

/* The lists of names are binary properties 2 to 4 of their node. */
static bool
is_wanted(const struct rmn_mapi_value *value)
{
	struct rmn_mapi_value one = *value;

	one.type &= (uint16_t)~RMN_MAPI_MULTIPLE;
	return rmn_mapi_is_wanted(&one) || (one.type == RMN_MAPI_BINARY &&
	    one.set == RMN_MAPI_STANDARD && one.id >= 2 && one.id <= 4);
}

/* Several values of no fixed size: how many, where each begins, then all of them. */
static void
values_add(struct rmn_mapi_bag *bag, struct rmn_mapi_value value)
{
	struct rmn_bytes all = value.data;
	uint32_t count = all.size >= 4 ? rmn_le32(all.data) : 0;

	value.type &= (uint16_t)~RMN_MAPI_MULTIPLE;
	if (count > (all.size - (all.size >= 4 ? 4 : 0)) / 4)
		return;
	for (uint32_t i = 0; i < count && !bag->failed; i++) {
		uint32_t start = rmn_le32(all.data + 4 + i * 4);
		uint32_t end = i + 1 < count ? rmn_le32(all.data + 8 + i * 4) : (uint32_t)all.size;

		if (start > end || end > all.size)
			continue;
		value.data = (struct rmn_bytes){all.data + start, end - start};
		rmn_mapi_bag_add(bag, &value);
	}
}

/* The data of an attachment is found, and read when it is asked for. */
static void
attached_note(struct rmn_pst_object *o, const struct rmn_mapi_value *value,
    const struct rmn_pst_node *kept)
{
	if (value->set != RMN_MAPI_STANDARD || value->id != ID_ATTACHED ||
	    (value->type != RMN_MAPI_BINARY && value->type != RMN_MAPI_OBJECT))
		return;
	o->has_data = true;
	o->is_object = value->type == RMN_MAPI_OBJECT;
	o->held = value->data;
	o->kept = kept;
}

/* A property whose value or place stands in cell. */
static void
property_add(const struct heap *h, struct rmn_mapi_bag *bag, uint16_t id, uint16_t type,
    struct rmn_bytes cell)
{
	struct rmn_mapi_value value = {.set = RMN_MAPI_STANDARD, .id = id, .type = type};
	const struct rmn_pst_node *kept = NULL;
	bool is_number = type == RMN_MAPI_I2 || type == RMN_MAPI_I4 || type == RMN_MAPI_BOOL;

	rmn_mapi_name_find(&h->o->pst->names, h->o->arena, &value, &bag->failed);
	value.data = cell;
	if (!is_number && cell.size == 4) {
		value.data = elsewhere(h, rmn_le32(cell.data), &kept);
		attached_note(h->o, &value, kept);
	}
	if (!is_wanted(&value))
		return;
	if (kept)
		value.data = node_bytes(h, kept, &bag->failed);
	if (value.data.size == 0)
		return;
	if (type & RMN_MAPI_MULTIPLE)
		values_add(bag, value);
	else
		rmn_mapi_bag_add(bag, &value);
}

/* The records of a tree in a heap, depth first; each is keys and data. */
typedef void record_function(void *context, struct rmn_bytes record);

struct tree {
	const struct heap *h;
	record_function *function;
	void *context;
	size_t key_bytes, entry_bytes;
	unsigned left;			/* records that may still be looked at */
};

static void
tree_walk(struct tree *t, uint32_t id, unsigned level)
{
	struct rmn_bytes all = heap_item(t->h, id);
	size_t size = t->key_bytes + (level > 0 ? 4 : t->entry_bytes);

	for (; all.size >= size && t->left > 0; all = rmn_bytes_after(all, size), t->left--) {
		struct rmn_bytes record = rmn_bytes_head(all, size);

		if (level > 0)
			tree_walk(t, rmn_le32(record.data + t->key_bytes), level - 1);
		else
			t->function(t->context, record);
	}
}

static void
tree_each(const struct heap *h, uint32_t id, size_t key_bytes, record_function *function,
    void *context)
{
	struct rmn_bytes head = heap_item(h, id);
	struct tree t = {h, function, context, key_bytes, 0, TREE_RECORDS_MAX};

	if (head.size < 8 || head.data[0] != TREE_SIGNATURE || head.data[1] != key_bytes ||
	    head.data[3] > TREE_DEPTH_MAX) {
		h->o->pst->is_damaged = true;
		return;
	}
	t.entry_bytes = head.data[2];
	if (t.entry_bytes > 0)
		tree_walk(&t, rmn_le32(head.data + 4), head.data[3]);
	h->o->pst->is_damaged |= t.left == 0;
}

struct reading {
	const struct heap *h;
	struct rmn_mapi_bag *bag;
};

static void
property_record(void *context, struct rmn_bytes record)
{
	struct reading *r = context;

	if (record.size >= 8)
		property_add(r->h, r->bag, rmn_le16(record.data), rmn_le16(record.data + 2),
		    (struct rmn_bytes){record.data + 4, 4});
}

bool
rmn_pst_object_read(struct rmn_pst_object *o, const struct rmn_pst_node *node,
    struct rmn_mapi_bag *bag)
{
	struct heap h;
	struct reading r = {&h, bag};

	if (!rmn_pst_subnodes_load(o->pst, node->subnodes, o->arena, &o->subnodes)) {
		bag->failed = true;
		return false;
	}
	if (!heap_open(&h, o, node->data) || h.kind != KIND_PROPERTIES)
		return false;
	tree_each(&h, h.root, 2, property_record, &r);
	return true;
}

struct table {
	struct rmn_bytes columns;
	size_t column_count, row_bytes, bits_at;
};

static bool
table_parse(const struct heap *h, struct table *t, uint32_t *rows)
{
	struct rmn_bytes info = heap_item(h, h->root);

	if (info.size < 22 || info.data[0] != KIND_TABLE)
		return false;
	t->column_count = rmn_min_size(info.data[1], (info.size - 22) / 8);
	t->columns = rmn_bytes_after(info, 22);
	t->bits_at = rmn_le16(info.data + 6);
	t->row_bytes = rmn_le16(info.data + 8);
	/* each column takes a byte at least: more of them only cost time */
	t->column_count = rmn_min_size(t->column_count, t->row_bytes);
	*rows = rmn_le32(info.data + 14);
	return t->row_bytes > 0 && t->bits_at <= t->row_bytes;
}

static void
row_read(const struct heap *h, const struct table *t, const unsigned char *row,
    struct rmn_mapi_bag *bag)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const unsigned char *column = t->columns.data + i * 8;
		size_t at = rmn_le16(column + 4), size = column[6], bit = column[7];

		if (at + size > t->row_bytes || t->bits_at + bit / 8 >= t->row_bytes ||
		    !(row[t->bits_at + bit / 8] & 0x80 >> bit % 8))
			continue;
		property_add(h, bag, rmn_le16(column + 2), rmn_le16(column),
		    (struct rmn_bytes){row + at, size});
	}
}

static void
rows_read(const struct heap *h, const struct table *t, struct rmn_bytes rows, unsigned codepage,
    rmn_pst_row_function *function, void *context)
{
	for (; rows.size >= t->row_bytes; rows = rmn_bytes_after(rows, t->row_bytes)) {
		struct rmn_mapi_bag bag;

		rmn_mapi_bag_init(&bag, h->o->arena);
		bag.codepage = codepage;
		row_read(h, t, rows.data, &bag);
		if (bag.count > 0 || bag.failed)
			function(context, &bag);
	}
}

/* No row lies in two blocks. */
void
rmn_pst_table_read(struct rmn_pst *pst, const struct rmn_pst_node *node, struct rmn_arena *arena,
    unsigned char *buffer, unsigned codepage, rmn_pst_row_function *function, void *context)
{
	struct rmn_pst_object o = {.pst = pst, .arena = arena, .buffer = buffer};
	const struct rmn_pst_node *kept;
	struct rmn_pst_data data;
	struct rmn_bytes rows;
	struct table table;
	struct heap h;
	uint32_t where;
	size_t size;

	if (!rmn_pst_subnodes_load(pst, node->subnodes, arena, &o.subnodes) ||
	    !heap_open(&h, &o, node->data) || h.kind != KIND_TABLE || !table_parse(&h, &table, &where)) {
		pst->is_damaged = true;
		return;
	}
	if (where == 0)
		return;
	rows = elsewhere(&h, where, &kept);
	rows_read(&h, &table, rows, codepage, function, context);
	if (!kept || !rmn_pst_data_open(pst, kept->data, arena, buffer, &data))
		return;
	for (size_t i = 0; i < data.count; i++) {
		if (!rmn_pst_block_read(pst, data.blocks[i], buffer, &size))
			continue;
		rows = rmn_arena_copy(arena, (struct rmn_bytes){buffer, size});
		if (!rows.data)
			pst->is_damaged = true;
		rows_read(&h, &table, rows, codepage, function, context);
	}
}
