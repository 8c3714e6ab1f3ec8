/* SPDX-License-Identifier: MIT
 *
 * A unit's bytes as a blob, however they are stored: gathered from extents, and decoded where the file
 * system compressed them. */
#ifndef RMN_WORKER_CONTENT_H
#define RMN_WORKER_CONTENT_H

#include "fs/read.h"
#include "unpack/decmpfs.h"
#include "unpack/lznt1.h"
#include "worker/extent_blob.h"

#define RMN_CONTENT_VOLUMES 8
#define RMN_CONTENT_NAME_BYTES 16

/* What is open over one source; start with {.image = ...}. */
struct rmn_content {
	struct rmn_image *image;		/* borrowed */
	struct {
		uint64_t start;
		char name[RMN_CONTENT_NAME_BYTES];
		struct rmn_fs *fs;
	} volume[RMN_CONTENT_VOLUMES];		/* the file systems opened so far, the last first */
	/* of the item in hand */
	enum rmn_content_how how;
	struct rmn_extent_blob gathered;
	struct rmn_blob stored;
	struct rmn_lznt1_blob lznt1;
	struct rmn_decmpfs_blob decmpfs;
	uint32_t unit_bytes;
};

/* Where an item's bytes are.  Borrowed for as long as its blob is open. */
struct rmn_content_place {
	enum rmn_content_how how;
	uint64_t size_bytes;
	const struct rmn_extent *extents;
	size_t extent_count;
	/* of FS */
	uint64_t volume_start;
	struct rmn_bytes filesystem;
	uint64_t inode;
	uint32_t attribute_type, attribute_id;
};

/* One at a time; close it before the next. */
enum rmn_status rmn_content_open(struct rmn_content *c, const struct rmn_content_place *place,
    struct rmn_blob *blob, struct rmn_error *error);
void rmn_content_close(struct rmn_content *c, struct rmn_blob *blob);

/* Bytes of the item in hand that could not be read, and were given as zeros. */
uint64_t rmn_content_bad_bytes(const struct rmn_content *c);

/* Closes all file systems. */
void rmn_content_release(struct rmn_content *c);

#endif
