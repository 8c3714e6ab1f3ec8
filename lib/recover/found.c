/* SPDX-License-Identifier: MIT */
#include "recover/found.h"

#include <stdlib.h>
#include <string.h>

bool
rmn_store_found_init(struct rmn_store_found *store)
{
	*store = (struct rmn_store_found){.arena = rmn_arena_new(RMN_FOUND_BYTES)};
	return store->arena != NULL;
}

void
rmn_store_found_release(struct rmn_store_found *store)
{
	free(store->volumes);
	free(store->files);
	rmn_arena_free(store->arena);
	*store = (struct rmn_store_found){0};
}

static enum rmn_status
out_of_memory(struct rmn_recovery *r)
{
	return rmn_fail(r->error, RMN_NOMEM, "out of memory for the files of lost volumes");
}

enum rmn_status
rmn_found_volume_add(struct rmn_recovery *r, const struct rmn_found_volume *v, uint32_t *volume)
{
	struct rmn_store_found *store = r->found;
	struct rmn_found_volume *volumes = reallocarray(store->volumes, store->volume_count + 1,
	    sizeof(*volumes));

	if (!volumes)
		return out_of_memory(r);
	store->volumes = volumes;
	volumes[store->volume_count] = *v;
	*volume = (uint32_t)store->volume_count++;
	return RMN_OK;
}

static bool
files_grow(struct rmn_store_found *store)
{
	size_t capacity = store->capacity ? store->capacity * 2 : 1024;
	struct rmn_found *files;

	if (store->count < store->capacity)
		return true;
	files = reallocarray(store->files, capacity, sizeof(*files));
	if (!files)
		return false;
	store->files = files;
	store->capacity = capacity;
	return true;
}

enum rmn_status
rmn_found_add(struct rmn_recovery *r, const struct rmn_found *file)
{
	struct rmn_store_found *store = r->found;
	struct rmn_extent *extents;
	struct rmn_found *copy;

	if (store->left_out > 0 || !files_grow(store)) {
		store->left_out++;	/* what is there is kept, and the rest is told */
		return RMN_OK;
	}
	extents = rmn_arena_alloc(store->arena, file->extent_count + 1, sizeof(*extents));
	copy = &store->files[store->count];
	*copy = *file;
	copy->path = rmn_arena_copy(store->arena, file->path);
	copy->stream = rmn_arena_copy(store->arena, file->stream);
	if (!extents || !copy->path.data || !copy->stream.data) {
		store->left_out++;
		return RMN_OK;
	}
	if (file->extent_count > 0)
		memcpy(extents, file->extents, file->extent_count * sizeof(*extents));
	copy->extents = extents;
	store->count++;
	return RMN_OK;
}

bool
rmn_recovery_in_use(const struct rmn_recovery *r, uint64_t image_offset)
{
	return rmn_sectors_has(r->in_use, image_offset);
}
