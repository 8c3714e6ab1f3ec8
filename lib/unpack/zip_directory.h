/* SPDX-License-Identifier: MIT
 *
 * The inside of unpack/zip: how the list of entries is found. */
#ifndef RMN_UNPACK_ZIP_DIRECTORY_H
#define RMN_UNPACK_ZIP_DIRECTORY_H

#include "unpack/zip.h"

#define ZIP_LOCAL_HEADER_BYTES 30u

struct zip_directory {
	struct rmn_zip_entry *entries;
	size_t count;
	size_t capacity;
	struct rmn_bytes comment;
};

/* The central directory.  RMN_CORRUPT when there is none or it cannot be read to its end. */
enum rmn_status zip_directory_read(struct rmn_blob *content, struct rmn_arena *arena,
    struct zip_directory *directory, struct rmn_error *error);

/* The entries that local headers tell of.  RMN_PARTIAL, or RMN_CORRUPT when there is none. */
enum rmn_status zip_directory_rebuild(struct rmn_blob *content, struct rmn_arena *arena,
    struct zip_directory *directory, struct rmn_error *error);

/* Reads one local header: where its data starts.  False when there is none. */
bool zip_local_header_read(struct rmn_bytes bytes, struct rmn_zip_entry *entry,
    size_t *header_bytes);

/* size bytes at offset: borrowed from memory, or read into the arena.  False when they are not
 * all there. */
bool zip_content_bytes(struct rmn_blob *content, struct rmn_arena *arena, uint64_t offset,
    size_t size, struct rmn_bytes *bytes);

#endif
