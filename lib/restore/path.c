/* SPDX-License-Identifier: MIT */
#include "restore/path.h"

#include <stdlib.h>
#include <string.h>

#include "base/hashes.h"
#include "base/utf8.h"
#include "charset/normal.h"

/* An extension longer than this is part of the name. */
#define EXTENSION_BYTES 16

struct rmn_restore_paths {
	struct rmn_hashes taken;	/* of paths without their case */
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
	rmn_hashes_release(&paths->taken);
	free(paths);
}

/* Remembers a path; false when it, or one that differs by case only, was taken before. */
static bool
path_take(struct rmn_restore_paths *paths, struct rmn_bytes path)
{
	struct rmn_buf folded;
	bool is_new;

	rmn_buf_init(&folded, 0);
	rmn_normal_caseless(path, &folded);
	is_new = rmn_hashes_add(&paths->taken, rmn_hash_bytes(0, rmn_buf_bytes(&folded)));
	rmn_buf_release(&folded);
	return is_new;
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

	if (path_take(paths, rmn_buf_bytes(path)))
		return !paths->taken.failed && !path->failed;
	rmn_buf_init(&numbered, 0);
	for (unsigned n = 2; !numbered.failed; n++) {
		path_number(rmn_buf_bytes(path), n, &numbered);
		if (path_take(paths, rmn_buf_bytes(&numbered)))
			break;
	}
	rmn_buf_clear(path);
	rmn_buf_append(path, rmn_buf_bytes(&numbered));
	path->failed |= numbered.failed;
	rmn_buf_release(&numbered);
	return !paths->taken.failed && !path->failed;
}
