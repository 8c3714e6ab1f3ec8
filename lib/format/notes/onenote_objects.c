/* SPDX-License-Identifier: MIT */
#include "format/notes/onenote_objects.h"

#include <string.h>

#include "base/checked.h"
#include "base/number.h"

#define LISTS_DEPTH 6u		/* lists in lists: spaces, revisions, groups */
#define TABLE_MAX 0x1000000u	/* numbers of compact ids have 24 bits */
#define ROOTS_MAX 65536u
#define ROLES_MAX 16u		/* of one space; MS-ONE has 4 */
#define SPACES_MAX 65536u
#define FRAGMENT_MIN 36u

struct root {
	struct rmn_one_id id;
	uint32_t space, role;
};

struct walk {
	struct rmn_one_objects *o;
	const struct rmn_one_table *table, *table_before;
	struct rmn_one_table *building;
	uint32_t space;
	struct root *roots;
	size_t root_count, root_capacity;
	uint64_t fragments_left;
};

/* Room for one more; what was there is copied, and the arena keeps the old. */
static bool
grow(struct rmn_one_objects *o, void **items, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 64;
	void *more;

	if (count < *capacity)
		return true;
	more = rmn_arena_alloc(o->arena, wanted, size);
	if (!more) {
		o->has_memory = false;
		return false;
	}
	if (count > 0)
		memcpy(more, *items, count * size);
	*items = more;
	*capacity = wanted;
	return true;
}

static uint64_t
id_hash(const struct rmn_one_id *id, uint32_t space)
{
	uint64_t hash = 14695981039346656037ull ^ space;

	for (size_t i = 0; i < RMN_ONE_GUID_BYTES; i++)
		hash = (hash ^ id->guid[i]) * 1099511628211ull;
	return (hash ^ id->number) * 1099511628211ull;
}

/* The slot of an id: its version, or where it would go. */
static uint32_t *
slot_find(const struct rmn_one_objects *o, const struct rmn_one_id *id, uint32_t space)
{
	size_t at = (size_t)(id_hash(id, space) >> 20) % o->slot_count;

	while (o->slots[at] != 0) {
		const struct rmn_one_version *v = &o->versions[o->slots[at] - 1];

		if (v->space == space && v->id.number == id->number &&
		    memcmp(v->id.guid, id->guid, RMN_ONE_GUID_BYTES) == 0)
			break;
		at = (at + 1) % o->slot_count;
	}
	return &o->slots[at];
}

static bool
slots_grow(struct rmn_one_objects *o)
{
	size_t wanted = o->slot_count ? o->slot_count * 4 : 1024;

	if (o->slot_count > 2 * o->count + 2)
		return true;
	o->slots = rmn_arena_alloc(o->arena, wanted, sizeof(*o->slots));
	if (!o->slots) {
		o->slot_count = 0;
		o->has_memory = false;
		return false;
	}
	o->slot_count = wanted;
	for (size_t i = 0; i < o->count; i++)
		if (o->versions[i].is_current)
			*slot_find(o, &o->versions[i].id, o->versions[i].space) = (uint32_t)i + 1;
	return true;
}

static bool
id_expand(const struct rmn_one_table *table, uint32_t compact, struct rmn_one_id *id)
{
	uint32_t index = compact >> 8;

	if (!table || index >= table->count)
		return false;
	*id = table->guids[index];
	id->number = compact & 0xFF;
	return true;
}

/* The newest of an object replaces the one before, which stays as its older version. */
static void
version_add(struct walk *w, struct rmn_one_version *v)
{
	struct rmn_one_objects *o = w->o;
	uint32_t *slot;

	if (!grow(o, (void **)&o->versions, o->count, &o->capacity, sizeof(*o->versions)) ||
	    !slots_grow(o))
		return;
	slot = slot_find(o, &v->id, v->space);
	if (*slot != 0) {
		o->versions[*slot - 1].is_current = false;
		v->older = *slot;
		if (v->kind == 0)
			v->kind = o->versions[*slot - 1].kind;
	}
	v->is_current = true;
	o->versions[o->count++] = *v;
	*slot = (uint32_t)o->count;
}

static void
object_take(struct walk *w, struct rmn_one_node *node)
{
	struct rmn_one_version v = {.space = w->space, .set = node->chunk, .table = w->table};
	bool has_kind = node->id >= RMN_ONE_OBJECT;
	uint32_t compact, kind = 0;

	if (!rmn_cursor_le32(&node->data, &compact) ||
	    (has_kind && !rmn_cursor_le32(&node->data, &kind)) ||
	    !id_expand(w->table, compact, &v.id)) {
		w->o->is_whole = false;
		return;
	}
	v.kind = kind;
	version_add(w, &v);
}

static bool
string_read(struct rmn_cursor *c, struct rmn_bytes *string)
{
	uint32_t count;

	return rmn_cursor_le32(c, &count) && rmn_cursor_take(c, (size_t)count * 2, string);
}

static void
file_object_take(struct walk *w, struct rmn_one_node *node)
{
	struct rmn_one_version v = {.space = w->space, .table = w->table};
	struct rmn_cursor *c = &node->data;
	uint32_t compact;

	if (!rmn_cursor_le32(c, &compact) || !rmn_cursor_le32(c, &v.kind) ||
	    !rmn_cursor_skip(c, node->id == RMN_ONE_FILE_OBJECT ? 1 : 4) ||
	    !string_read(c, &v.file_reference) || !string_read(c, &v.file_ending) ||
	    !id_expand(w->table, compact, &v.id)) {
		w->o->is_whole = false;
		return;
	}
	version_add(w, &v);
}

static void
file_data_take(struct walk *w, struct rmn_one_node *node)
{
	struct rmn_one_objects *o = w->o;
	struct rmn_one_file file = {.chunk = node->chunk};
	struct rmn_bytes guid;

	if (!rmn_cursor_take(&node->data, RMN_ONE_GUID_BYTES, &guid) ||
	    !grow(o, (void **)&o->files, o->file_count, &o->file_capacity, sizeof(*o->files)))
		return;
	memcpy(file.guid, guid.data, RMN_ONE_GUID_BYTES);
	o->files[o->file_count++] = file;
}

static void
table_start(struct walk *w)
{
	w->building = rmn_arena_alloc(w->o->arena, 1, sizeof(*w->building));
	if (!w->building)
		w->o->has_memory = false;
	w->table_before = w->table;
	w->table = w->building;
}

static bool
table_set(struct walk *w, uint32_t index, const struct rmn_one_id *guid)
{
	struct rmn_one_table *t = w->building;

	/* numbers are given one by one: gaps are small, whatever a hostile file says */
	if (!t || index >= TABLE_MAX || index > t->count + 4096)
		return false;
	while (t->count <= index) {
		if (!grow(w->o, (void **)&t->guids, t->count, &t->capacity, sizeof(*t->guids)))
			return false;
		t->guids[t->count++] = (struct rmn_one_id){.number = 0};
	}
	t->guids[index] = *guid;
	return true;
}

/* An entry, or entries taken over from the table of the revision before. */
static void
table_take(struct walk *w, struct rmn_one_node *node)
{
	struct rmn_one_id id = {.number = 0};
	uint32_t index, count = 1, to;
	struct rmn_bytes guid;
	bool is_good = rmn_cursor_le32(&node->data, &index);

	if (is_good && node->id == RMN_ONE_TABLE_ENTRY) {
		is_good = rmn_cursor_take(&node->data, RMN_ONE_GUID_BYTES, &guid);
		if (is_good)
			memcpy(id.guid, guid.data, RMN_ONE_GUID_BYTES);
		is_good = is_good && table_set(w, index, &id);
	} else if (is_good) {
		is_good = (node->id == RMN_ONE_TABLE_ENTRY_2 ||
		    rmn_cursor_le32(&node->data, &count)) && rmn_cursor_le32(&node->data, &to) &&
		    w->table_before && index < w->table_before->count &&
		    count <= w->table_before->count - index;
		for (uint32_t i = 0; is_good && i < count; i++)
			is_good = table_set(w, to + i, &w->table_before->guids[index + i]);
	}
	if (!is_good)
		w->o->is_whole = false;
}

/* The last word on a role of a space counts. */
static void
root_take(struct walk *w, struct rmn_one_node *node)
{
	struct root root = {.space = w->space};
	struct rmn_bytes guid;
	uint32_t compact;
	bool is_good;

	if (node->id == RMN_ONE_ROOT) {
		is_good = rmn_cursor_take(&node->data, RMN_ONE_GUID_BYTES, &guid) &&
		    rmn_cursor_le32(&node->data, &root.id.number);
		if (is_good)
			memcpy(root.id.guid, guid.data, RMN_ONE_GUID_BYTES);
	} else {
		is_good = rmn_cursor_le32(&node->data, &compact) &&
		    id_expand(w->table, compact, &root.id);
	}
	if (!is_good || !rmn_cursor_le32(&node->data, &root.role))
		return;
	for (size_t i = w->root_count; i > 0 && i + ROLES_MAX > w->root_count &&
	    w->roots[i - 1].space == root.space; i--) {
		if (w->roots[i - 1].role == root.role) {
			w->roots[i - 1] = root;
			return;
		}
	}
	if (w->root_count < ROOTS_MAX && grow(w->o, (void **)&w->roots, w->root_count,
	    &w->root_capacity, sizeof(*w->roots)))
		w->roots[w->root_count++] = root;
}

static void list_walk(struct walk *w, const struct rmn_one_chunk *list, unsigned depth);

static void
node_take(struct walk *w, struct rmn_one_node *node, unsigned depth)
{
	switch (node->id) {
	case RMN_ONE_SPACE_LIST:
		w->space++;
		w->table = w->table_before = NULL;
		list_walk(w, &node->chunk, depth + 1);
		break;
	case RMN_ONE_REVISION_LIST:
	case RMN_ONE_GROUP_LIST:
	case RMN_ONE_FILE_LIST:
		list_walk(w, &node->chunk, depth + 1);
		break;
	case RMN_ONE_TABLE_START:
	case RMN_ONE_TABLE_START_2:
		table_start(w);
		break;
	case RMN_ONE_TABLE_ENTRY:
	case RMN_ONE_TABLE_ENTRY_2:
	case RMN_ONE_TABLE_ENTRY_3:
		table_take(w, node);
		break;
	case RMN_ONE_OBJECT:
	case RMN_ONE_OBJECT_LARGE:
	case RMN_ONE_OBJECT_READ_ONLY:
	case RMN_ONE_OBJECT_READ_ONLY_LARGE:
	case RMN_ONE_OBJECT_OLD:
	case RMN_ONE_OBJECT_OLD_LARGE:
	case RMN_ONE_OBJECT_REVISED:
	case RMN_ONE_OBJECT_REVISED_LARGE:
		object_take(w, node);
		break;
	case RMN_ONE_FILE_OBJECT:
	case RMN_ONE_FILE_OBJECT_LARGE:
		file_object_take(w, node);
		break;
	case RMN_ONE_FILE_DATA:
		file_data_take(w, node);
		break;
	case RMN_ONE_ROOT:
	case RMN_ONE_ROOT_COMPACT:
		root_take(w, node);
		break;
	case RMN_ONE_ENCRYPTION_KEY:
		w->o->is_encrypted = true;
		break;
	default:
		break;
	}
}

static void
list_walk(struct walk *w, const struct rmn_one_chunk *list, unsigned depth)
{
	struct rmn_one_chunk at = *list, next;
	struct rmn_one_node node;
	struct rmn_cursor nodes;

	if (depth > LISTS_DEPTH || w->space > SPACES_MAX) {
		w->o->is_whole = false;
		return;
	}
	while (at.size > 0 && w->o->has_memory) {
		if (w->fragments_left == 0 || !rmn_one_fragment(w->o->file, &at, &nodes, &next)) {
			w->o->is_whole = false;
			return;
		}
		w->fragments_left--;
		while (rmn_one_node_next(&nodes, &node) && w->o->has_memory)
			node_take(w, &node, depth);
		at = next;
	}
}

bool
rmn_one_objects_read(struct rmn_one_objects *o, struct rmn_bytes file, struct rmn_arena *arena)
{
	struct walk w = {.o = o, .fragments_left = file.size / FRAGMENT_MIN + 1};
	struct rmn_one_chunk root;

	*o = (struct rmn_one_objects){.file = file, .arena = arena, .is_whole = true,
	    .has_memory = true};
	if (!rmn_one_root(file, &root))
		return false;
	list_walk(&w, &root, 0);
	o->roots = rmn_arena_alloc(arena, w.root_count + 1, sizeof(*o->roots));
	if (!o->roots)
		o->has_memory = false;
	for (size_t i = 0; i < w.root_count && o->has_memory && o->slot_count > 0; i++) {
		uint32_t slot = *slot_find(o, &w.roots[i].id, w.roots[i].space);

		if (slot != 0)
			o->roots[o->root_count++] = slot - 1;
	}
	return o->count > 0 || o->file_count > 0;
}

struct rmn_one_version *
rmn_one_referred(struct rmn_one_objects *o, const struct rmn_one_version *from,
    struct rmn_bytes references, size_t index)
{
	struct rmn_bytes compact;
	struct rmn_one_id id;
	uint32_t slot;

	if (index >= references.size / 4)
		return NULL;
	compact = rmn_bytes_after(references, index * 4);
	if (!id_expand(from->table, rmn_le32(compact.data), &id))
		return NULL;
	/* a compact id keeps its number in the low byte */
	slot = *slot_find(o, &id, from->space);
	return slot != 0 ? &o->versions[slot - 1] : NULL;
}
