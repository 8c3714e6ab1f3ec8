/* SPDX-License-Identifier: MIT */
#include "recover/fat_catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "recover/folders.h"
#include "recover/vote.h"

#define ENTRY_BYTES 32
/* Folders have their first cluster as id, files the place of their entry, above all clusters. */
#define FILE_ID (1ull << 40)

bool
rmn_fat_catalogue_init(struct rmn_fat_catalogue *c, struct rmn_recovery *r,
    const struct rmn_chain_grid *grid, uint32_t root)
{
	*c = (struct rmn_fat_catalogue){.r = r, .grid = *grid, .root = root,
	    .arena = rmn_arena_new(RMN_FAT_CATALOGUE_BYTES)};
	return c->arena && rmn_sectors_init(&c->folders, rmn_disk_size(r->disk));
}

void
rmn_fat_catalogue_release(struct rmn_fat_catalogue *c)
{
	free(c->entries);
	free(c->listed);
	rmn_sectors_release(&c->folders);
	rmn_arena_free(c->arena);
	*c = (struct rmn_fat_catalogue){0};
}

void
rmn_fat_catalogue_add(struct rmn_fat_catalogue *c, const struct rmn_fat_entry *entry)
{
	struct rmn_fat_entry *copy;

	if (c->count == c->capacity) {
		size_t capacity = c->capacity ? c->capacity * 2 : 256;
		struct rmn_fat_entry *entries = reallocarray(c->entries, capacity,
		    sizeof(*entries));

		if (!entries) {
			c->failed = true;
			return;
		}
		c->entries = entries;
		c->capacity = capacity;
	}
	copy = &c->entries[c->count];
	*copy = *entry;
	copy->name = rmn_arena_copy(c->arena, entry->name);
	if (!copy->name.data) {
		c->failed = true;
		return;
	}
	if (!rmn_promise_kind(copy->name, &copy->chain.head))
		copy->chain.head = 0;
	c->count++;
}

void
rmn_fat_catalogue_list(struct rmn_fat_catalogue *c, uint32_t folder)
{
	if (c->listed_count == c->listed_capacity) {
		size_t capacity = c->listed_capacity ? c->listed_capacity * 2 : 64;
		uint32_t *listed = reallocarray(c->listed, capacity, sizeof(*listed));

		if (!listed) {
			c->failed = true;
			return;
		}
		c->listed = listed;
		c->listed_capacity = capacity;
	}
	c->listed[c->listed_count++] = folder;
}

static int
cluster_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static bool
is_listed(const struct rmn_fat_catalogue *c, uint32_t folder, size_t count)
{
	return count > 0 && bsearch(&folder, c->listed, count, sizeof(folder), cluster_compare);
}

void
rmn_fat_catalogue_mark(struct rmn_fat_catalogue *c)
{
	bool is_growing = c->listed_count > 0;

	for (unsigned depth = 0; is_growing && depth < RMN_LIMIT_FOLDER_DEPTH; depth++) {
		size_t count = c->listed_count;

		qsort(c->listed, count, sizeof(*c->listed), cluster_compare);
		for (size_t i = 0; i < c->count; i++) {
			struct rmn_fat_entry *e = &c->entries[i];

			if (e->is_listed || !is_listed(c, e->folder, count))
				continue;
			e->is_listed = true;
			if (e->is_folder && !is_listed(c, e->chain.first, count))
				rmn_fat_catalogue_list(c, e->chain.first);
		}
		is_growing = c->listed_count > count;
	}
}

int64_t
rmn_fat_time(unsigned date, unsigned time, unsigned hundredths)
{
	int64_t month = date >> 5 & 15, day = date & 31, seconds;

	if (month < 1 || month > 12 || day < 1)
		return RMN_TIME_UNKNOWN;
	seconds = rmn_time_days(1980 + (date >> 9 & 127), month, day) * 86400 +
	    (time >> 11 & 31) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2;
	if (hundredths >= 200)
		hundredths = 0;
	return rmn_time_from_unix(seconds + hundredths / 100, hundredths % 100 * 10000000u);
}

static bool
folders_fill(const struct rmn_fat_catalogue *c, struct rmn_folders *tree)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct rmn_fat_entry *e = &c->entries[i];

		if (e->is_folder && rmn_chain_grid_has(&c->grid, e->chain.first) &&
		    e->chain.first != c->root &&
		    !rmn_folders_add(tree, e->chain.first, e->folder, e->name,
		    1 + (e->is_agreed ? 4u : 0) + (e->chain.is_deleted ? 0 : 2u)))
			return false;
	}
	return true;
}

static enum rmn_origin
entry_origin(const struct rmn_fat_entry *e)
{
	if (e->chain.is_deleted)
		return RMN_ORIGIN_DELETED;
	return e->chain.is_stale ? RMN_ORIGIN_STALE : RMN_ORIGIN_RECORD;
}

static uint64_t
clusters_count(const struct rmn_chain_file *file)
{
	uint64_t clusters = 0;

	for (size_t i = 0; i < file->run_count; i++)
		clusters += file->runs[i].count;
	return clusters;
}

static enum rmn_status
entry_hand_on(struct rmn_fat_catalogue *c, const struct rmn_folders *tree,
    const struct rmn_fat_entry *e, uint32_t volume, struct rmn_buf *path)
{
	struct rmn_found found = {.volume = volume, .origin = entry_origin(e),
	    .kind = e->is_folder ? RMN_ITEM_DIRECTORY : RMN_ITEM_FILE,
	    .created = e->created, .modified = e->modified, .accessed = e->accessed,
	    .changed = RMN_TIME_UNKNOWN, .parent_id = e->folder, .link_count = 1,
	    .id = e->is_folder ? e->chain.first : FILE_ID + e->entry_offset / ENTRY_BYTES,
	    .how = RMN_CONTENT_NONE};

	rmn_buf_clear(path);
	rmn_folders_path(tree, e->folder, path);
	if (path->size > 0)
		rmn_buf_append_char(path, '/');
	rmn_buf_append(path, e->name);
	if (path->failed)
		return rmn_fail(c->r->error, RMN_NOMEM, "out of memory");
	found.path = rmn_buf_bytes(path);
	if (!e->is_folder) {
		found.size_bytes = e->chain.size_bytes;
		found.extents = rmn_chain_extents(&c->grid, &e->chain, c->arena,
		    &found.extent_count);
		if (!found.extents)
			return rmn_fail(c->r->error, RMN_NOMEM, "out of memory");
		found.how = found.extent_count ? RMN_CONTENT_EXTENTS : RMN_CONTENT_NONE;
		found.is_short = rmn_chain_clusters(&c->grid, found.size_bytes) >
		    clusters_count(&e->chain);
		found.is_checked = e->chain.is_checked;
		found.check = e->chain.check;
		found.is_guessed = e->chain.state == RMN_CHAIN_ASSUMED ||
		    e->chain.state == RMN_CHAIN_GUESSED;
	}
	return rmn_found_add(c->r, &found);
}

/* Hands on the lost files, or those of the living volume; nothing when there are none. */
static enum rmn_status
entries_hand_on(struct rmn_fat_catalogue *c, const struct rmn_folders *tree,
    const struct rmn_found_volume *volume, bool is_living)
{
	enum rmn_status status = RMN_OK;
	uint32_t number = UINT32_MAX;
	struct rmn_buf path;

	rmn_buf_init(&path, 0);
	for (size_t i = 0; status == RMN_OK && i < c->count; i++) {
		const struct rmn_fat_entry *e = &c->entries[i];

		if (e->is_listed || e->is_living != is_living)
			continue;
		if (number == UINT32_MAX)
			status = rmn_found_volume_add(c->r, volume, &number);
		if (status == RMN_OK)
			status = entry_hand_on(c, tree, e, number, &path);
	}
	rmn_buf_release(&path);
	return status;
}

/* What was deleted one by one was deleted by the living system: a format leaves entries in use. */
static void
living_assume(struct rmn_fat_catalogue *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (!c->entries[i].is_listed && !c->entries[i].chain.is_deleted)
			return;
	for (size_t i = 0; i < c->count; i++)
		c->entries[i].is_living = true;
}

static enum rmn_status
catalogue_hand_on(struct rmn_fat_catalogue *c, const struct rmn_found_volume *volume,
    uint32_t living)
{
	struct rmn_folders *tree = rmn_folders_new(c->root);
	struct rmn_found_volume other = *volume;
	enum rmn_status status;

	other.living = living;
	if (living)
		living_assume(c);
	if (!tree || !folders_fill(c, tree))
		status = rmn_fail(c->r->error, RMN_NOMEM, "out of memory");
	else
		status = entries_hand_on(c, tree, volume, false);
	if (status == RMN_OK)
		status = entries_hand_on(c, tree, &other, true);
	rmn_folders_free(tree);
	return status;
}

enum rmn_status
rmn_fat_catalogue_finish(struct rmn_fat_catalogue *c, const struct rmn_found_volume *volume,
    uint32_t living)
{
	struct rmn_chain_file **files;
	enum rmn_status status;
	size_t count = 0;

	if (c->failed || c->folders.failed)
		return rmn_fail(c->r->error, RMN_NOMEM, "out of memory for folders");
	if (c->count == 0)
		return RMN_OK;
	files = rmn_arena_alloc(c->arena, c->count, sizeof(*files));
	if (!files)
		return rmn_fail(c->r->error, RMN_NOMEM, "out of memory for files");
	for (size_t i = 0; i < c->count; i++)
		if (!c->entries[i].is_folder)
			files[count++] = &c->entries[i].chain;
	status = rmn_chain_solve(c->r, &c->grid, &c->folders, files, count, c->arena);
	if (status != RMN_OK && status != RMN_LIMIT)
		return status;
	if (status == RMN_LIMIT && c->r->unexamined)
		c->r->unexamined(c->r->context, UINT32_MAX, "recovery",
		    "too many explanations of lost cluster chains: the rest is guessed");
	return catalogue_hand_on(c, volume, living);
}
