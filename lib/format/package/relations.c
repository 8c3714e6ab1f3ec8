/* SPDX-License-Identifier: MIT
 *
 * Relationships between parts (ECMA-376 part 2, 9.3): the file _rels/NAME.rels beside a part. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/package/package.h"

#define RELATIONS_MAX 16384u
#define NAME_MAX_BYTES 1024u

struct gathering {
	struct rmn_package *package;
	struct rmn_relations *relations;
	struct rmn_bytes folder;	/* of the part, with its slash */
	bool leads_outside;
};

static struct rmn_bytes
folder_of(struct rmn_bytes name)
{
	size_t size = name.size;

	while (size > 0 && name.data[size - 1] != '/')
		size--;
	return rmn_bytes_head(name, size);
}

static void
name_append(struct rmn_bytes *name, unsigned char *memory, struct rmn_bytes step)
{
	if (step.size == 0 || rmn_markup_is(step, "."))
		return;
	if (rmn_markup_is(step, "..")) {
		*name = folder_of(rmn_bytes_head(*name, name->size > 0 ? name->size - 1 : 0));
		return;
	}
	memcpy(memory + name->size, step.data, step.size);
	name->size += step.size;
	memory[name->size++] = '/';
}

/* "../media/x" from "ppt/slides/" is "ppt/media/x". */
static struct rmn_bytes
target_resolve(struct rmn_arena *arena, struct rmn_bytes folder, struct rmn_bytes target)
{
	struct rmn_bytes name = {(const unsigned char *)"", 0};
	unsigned char *memory;

	if (target.size > NAME_MAX_BYTES || folder.size > NAME_MAX_BYTES)
		return name;	/* no part is called that */
	memory = rmn_arena_alloc(arena, folder.size + target.size + 2, 1);
	name.data = memory;
	if (!memory)
		return name;
	if (target.size == 0 || target.data[0] != '/') {
		memcpy(memory, folder.data, folder.size);
		name.size = folder.size;
	}
	while (target.size > 0) {
		const unsigned char *slash = memchr(target.data, '/', target.size);
		size_t size = slash ? (size_t)(slash - target.data) : target.size;

		name_append(&name, memory, rmn_bytes_head(target, size));
		target = rmn_bytes_after(target, size + 1);
	}
	if (name.size > 0)
		name.size--;	/* the slash behind the last step */
	return name;
}

static bool
relation_add(struct rmn_relations *r, struct rmn_arena *arena, const struct rmn_relation *item)
{
	if (r->count == RELATIONS_MAX)
		return false;
	if (r->count == r->capacity) {
		size_t capacity = r->capacity ? r->capacity * 2 : 16;
		struct rmn_relation *items = rmn_arena_alloc(arena, capacity, sizeof(*items));

		if (!items)
			return false;
		if (r->count > 0)
			memcpy(items, r->items, r->count * sizeof(*items));
		r->items = items;
		r->capacity = capacity;
	}
	r->items[r->count++] = *item;
	return true;
}

static void
take_relation(void *context, const struct rmn_markup_token *t)
{
	struct gathering *g = context;
	struct rmn_arena *arena = g->package->arena;
	struct rmn_text *text = &g->package->text;
	struct rmn_relation item = {0};
	struct rmn_bytes id, type, target, mode;

	if (t->kind != RMN_MARKUP_START || !rmn_markup_is(t->name, "Relationship"))
		return;
	rmn_markup_attribute(t->body, "Id", &id);
	rmn_markup_attribute(t->body, "Type", &type);
	rmn_markup_attribute(t->body, "Target", &target);
	rmn_markup_attribute(t->body, "TargetMode", &mode);
	item.is_external = rmn_markup_is(mode, "External");
	g->leads_outside |= item.is_external;
	item.id = rmn_text_kept(text, arena, id);
	type = rmn_bytes_after(type, folder_of(type).size);
	item.type = rmn_text_kept(text, arena, type);
	target = rmn_text_decoded(text, arena, target);
	item.target = item.is_external ? target : target_resolve(arena, g->folder, target);
	if (!item.target.data || !relation_add(g->relations, arena, &item))
		text->status = rmn_fail(g->package->error, RMN_LIMIT,
		    "relationships outgrow their memory");
}

static int
id_order(struct rmn_bytes a, struct rmn_bytes b)
{
	size_t size = rmn_min_size(a.size, b.size);
	int order = size > 0 ? memcmp(a.data, b.data, size) : 0;

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Of those with the same id the first in the file comes first. */
static int
relation_compare(const void *left, const void *right)
{
	const struct rmn_relation *const *a = left, *const *b = right;
	int order = id_order((*a)->id, (*b)->id);

	return order != 0 ? order : (*a > *b) - (*a < *b);
}

static void
relations_sort(struct rmn_package *package, struct rmn_relations *r)
{
	r->by_id = rmn_arena_alloc(package->arena, r->count + 1, sizeof(struct rmn_relation *));
	if (!r->by_id) {
		r->count = 0;
		if (package->text.status == RMN_OK)
			package->text.status = rmn_fail(package->error, RMN_LIMIT,
			    "relationships outgrow their memory");
		return;
	}
	for (size_t i = 0; i < r->count; i++)
		r->by_id[i] = &r->items[i];
	qsort(r->by_id, r->count, sizeof(struct rmn_relation *), relation_compare);
}

void
rmn_package_relations(struct rmn_package *package, struct rmn_bytes part,
    struct rmn_relations *relations)
{
	struct gathering g = {package, relations, folder_of(part), false};
	char name[NAME_MAX_BYTES + 16];
	struct rmn_bytes base = rmn_bytes_after(part, g.folder.size);
	const struct rmn_zip_entry *entry;

	*relations = (struct rmn_relations){0};
	if (part.size > NAME_MAX_BYTES)
		return;
	if (g.folder.size > 0)
		memcpy(name, g.folder.data, g.folder.size);
	memcpy(name + g.folder.size, "_rels/", 6);
	if (base.size > 0)
		memcpy(name + g.folder.size + 6, base.data, base.size);
	memcpy(name + part.size + 6, ".rels", 6);
	entry = rmn_package_find(package, rmn_bytes_from_string(name));
	if (entry && rmn_package_scan(package, entry, take_relation, &g))
		package->is_inside[entry - rmn_zip_entry(package->zip, 0)] =
		    package->status == RMN_OK && !g.leads_outside;
	relations_sort(package, relations);
}

const struct rmn_relation *
rmn_relation_find(const struct rmn_relations *relations, struct rmn_bytes id)
{
	size_t low = 0, high = relations->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (id_order(relations->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < relations->count && rmn_bytes_equal(relations->by_id[low]->id, id) ?
	    relations->by_id[low] : NULL;
}
