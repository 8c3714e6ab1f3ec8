/* SPDX-License-Identifier: MIT */
#include "restore/path.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "charset/normal.h"

/* An extension longer than this is part of the name. */
#define EXTENSION_BYTES 16

struct rmn_restore_paths {
	uint64_t *slots;	/* hashes of folded paths; open addressing; 0: free */
	size_t count, capacity;
};

/* Where the extension begins (at its dot); the size when there is none. */
static size_t
extension_start(struct rmn_bytes name)
{
	const unsigned char *dot = name.size ? memrchr(name.data, '.', name.size) : NULL;

	if (!dot || dot == name.data || name.size - (size_t)(dot - name.data) > EXTENSION_BYTES ||
	    memchr(dot, '/', name.size - (size_t)(dot - name.data)))
		return name.size;
	return (size_t)(dot - name.data);
}

void
rmn_restore_name(struct rmn_bytes name, struct rmn_buf *safe)
{
	struct rmn_buf clean;
	struct rmn_bytes whole;
	size_t start;

	rmn_buf_init(&clean, 0);
	if (name.size == 0 || rmn_bytes_equal(name, rmn_bytes_from_string(".")) ||
	    rmn_bytes_equal(name, rmn_bytes_from_string("..")))
		rmn_buf_append_char(&clean, '_');
	for (size_t at = 0; at < name.size;) {
		uint32_t c = rmn_utf8_next(name, &at, NULL);

		/* C0, DEL, C1, line separators and marks that turn the writing round */
		if (c < 0x20 || c == '/' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
		    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
			c = '_';
		rmn_buf_append_utf8(&clean, c);
	}
	whole = rmn_buf_bytes(&clean);
	if (whole.size <= RMN_RESTORE_NAME_BYTES) {
		rmn_buf_append(safe, whole);
	} else {
		start = extension_start(whole);
		rmn_buf_append(safe, rmn_utf8_head(whole, RMN_RESTORE_NAME_BYTES -
		    (whole.size - start)));
		rmn_buf_append(safe, rmn_bytes_after(whole, start));
	}
	rmn_buf_release(&clean);
}

void
rmn_restore_path(struct rmn_bytes path, struct rmn_buf *safe)
{
	for (size_t at = 0, end; at < path.size; at = end + 1) {
		const unsigned char *slash = memchr(path.data + at, '/', path.size - at);

		end = slash ? (size_t)(slash - path.data) : path.size;
		if (end == at)
			continue;
		if (safe->size > 0)
			rmn_buf_append_char(safe, '/');
		rmn_restore_name((struct rmn_bytes){path.data + at, end - at}, safe);
	}
}

struct rmn_restore_paths *
rmn_restore_paths_new(void)
{
	return calloc(1, sizeof(struct rmn_restore_paths));
}

void
rmn_restore_paths_free(struct rmn_restore_paths *paths)
{
	if (!paths)
		return;
	free(paths->slots);
	free(paths);
}

/* Paths that differ by case only are one. */
static uint64_t
path_hash(struct rmn_bytes path)
{
	uint64_t hash = 0xcbf29ce484222325ull;
	struct rmn_buf key;

	rmn_buf_init(&key, 0);
	rmn_normal_caseless(path, &key);
	for (size_t i = 0; i < key.size; i++)
		hash = (hash ^ key.data[i]) * 0x100000001b3ull;
	rmn_buf_release(&key);
	return hash ? hash : 1;
}

static uint64_t *
slot_find(uint64_t *slots, size_t capacity, uint64_t hash)
{
	size_t at = (size_t)(hash >> 20) & (capacity - 1);

	while (slots[at] != 0 && slots[at] != hash)
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static bool
slots_grow(struct rmn_restore_paths *paths)
{
	size_t capacity = paths->capacity ? paths->capacity * 2 : 1024;
	uint64_t *slots = calloc(capacity, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < paths->capacity; i++)
		if (paths->slots[i] != 0)
			*slot_find(slots, capacity, paths->slots[i]) = paths->slots[i];
	free(paths->slots);
	paths->slots = slots;
	paths->capacity = capacity;
	return true;
}

/* path with " (n)" before its extension, the last name cut so that it still fits. */
static void
path_number(struct rmn_bytes path, unsigned n, struct rmn_buf *numbered)
{
	const unsigned char *slash = memrchr(path.data, '/', path.size);
	size_t folder = slash ? (size_t)(slash - path.data) + 1 : 0;
	struct rmn_bytes name = rmn_bytes_after(path, folder);
	size_t start = extension_start(name), room;
	struct rmn_buf text;

	rmn_buf_init(&text, 0);
	rmn_buf_printf(&text, " (%u)", n);
	room = RMN_RESTORE_NAME_BYTES - text.size - (name.size - start);
	rmn_buf_clear(numbered);
	rmn_buf_append(numbered, rmn_bytes_head(path, folder));
	rmn_buf_append(numbered, rmn_utf8_head(rmn_bytes_head(name, start), room));
	rmn_buf_append(numbered, rmn_buf_bytes(&text));
	rmn_buf_append(numbered, rmn_bytes_after(name, start));
	rmn_buf_release(&text);
}

bool
rmn_restore_paths_claim(struct rmn_restore_paths *paths, struct rmn_buf *path)
{
	struct rmn_buf numbered;
	uint64_t *slot;

	if (paths->count * 2 >= paths->capacity && !slots_grow(paths))
		return false;
	slot = slot_find(paths->slots, paths->capacity, path_hash(rmn_buf_bytes(path)));
	rmn_buf_init(&numbered, 0);
	for (unsigned n = 2; *slot != 0 && !numbered.failed; n++) {
		path_number(rmn_buf_bytes(path), n, &numbered);
		slot = slot_find(paths->slots, paths->capacity,
		    path_hash(rmn_buf_bytes(&numbered)));
	}
	if (numbered.size > 0) {
		rmn_buf_clear(path);
		rmn_buf_append(path, rmn_buf_bytes(&numbered));
	}
	rmn_buf_release(&numbered);
	if (path->failed)
		return false;
	*slot = path_hash(rmn_buf_bytes(path));
	paths->count++;
	return true;
}
