/* SPDX-License-Identifier: MIT
 *
 * Random access to the bytes of one thing: a file inside an image, a member held in memory, a
 * descriptor.  Readers ask for what they need; nobody needs the whole in memory unless it must. */
#ifndef RMN_BASE_BLOB_H
#define RMN_BASE_BLOB_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/status.h"

struct rmn_blob;

/* A part of a blob. */
struct rmn_blob_piece {
	uint64_t offset;
	size_t size;
};

struct rmn_blob_ops {
	/* Reads up to size bytes at offset.  RMN_OK with *got < size means the end, or a hole
	 * the medium does not give; RMN_IO says the medium failed there (*got bytes before it
	 * are good). */
	enum rmn_status (*read)(struct rmn_blob *blob, uint64_t offset, void *buffer,
	    size_t size, size_t *got, struct rmn_error *error);
	/* As rmn_blob_join, for more than one piece; may be NULL. */
	struct rmn_bytes (*join)(struct rmn_blob *blob, const struct rmn_blob_piece *pieces,
	    size_t count);
};

struct rmn_blob {
	const struct rmn_blob_ops *ops;
	uint64_t size_bytes;
	void *state;			/* of the ops */
	struct rmn_bytes memory;	/* set when the whole content is in memory */
};

/* Borrows bytes. */
struct rmn_blob rmn_blob_from_bytes(struct rmn_bytes bytes);

/* Borrows the descriptor; it is read with pread. */
struct rmn_blob rmn_blob_from_fd(int fd, uint64_t size_bytes);

/* A part of another blob, which must outlive it; size_bytes are there. */
struct rmn_blob_slice {
	struct rmn_blob *of;
	uint64_t offset;
};
struct rmn_blob rmn_blob_from_slice(struct rmn_blob_slice *slice, uint64_t size_bytes);

/* Reads up to size bytes at offset; reading past the end gives *got = 0. */
enum rmn_status rmn_blob_read(struct rmn_blob *blob, uint64_t offset, void *buffer, size_t size,
    size_t *got, struct rmn_error *error);

/* The whole content as bytes: borrowed when it is in memory, else read into the arena.
 * RMN_LIMIT above limit_bytes.  RMN_PARTIAL when the medium gave only a part: bytes then holds
 * that part, with zeros where a read failed. */
enum rmn_status rmn_blob_bytes(struct rmn_blob *blob, uint64_t limit_bytes,
    struct rmn_arena *arena, struct rmn_bytes *bytes, struct rmn_error *error);

/* Pieces one behind the other, borrowed like the content itself, where that takes no copy of most of them:
 * a single one that is in memory, and what the blob itself can join.  data is NULL where it does. */
struct rmn_bytes rmn_blob_join(struct rmn_blob *blob, const struct rmn_blob_piece *pieces,
    size_t count);

#endif
