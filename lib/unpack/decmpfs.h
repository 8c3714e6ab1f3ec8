/* SPDX-License-Identifier: MIT
 *
 * Files that HFS+ and APFS keep compressed.  The attribute com.apple.decmpfs says how (its type) and
 * how long the file is; the stored bytes are in the attribute behind its 16 bytes of header, or in the
 * resource fork, cut into pieces of 64 KiB.
 *
 *	type	stored in	as
 *	1, 9	the attribute	plain bytes
 *	3, 4	both		zlib
 *	7, 8	both		LZVN
 *	10	the fork	plain bytes
 *	11, 12	both		LZFSE: not read by this version */
#ifndef RMN_UNPACK_DECMPFS_H
#define RMN_UNPACK_DECMPFS_H

#include "base/blob.h"

/* What is stored in the attribute is short; a file that claims more is not believed. */
#define RMN_DECMPFS_INLINE_MAX ((uint64_t)16 << 20)

/* A file's plain bytes over its stored ones.  What cannot be decoded is zeros. */
struct rmn_decmpfs_blob {
	struct rmn_blob *stored;	/* borrowed: the attribute's value without its header, or
					 * the whole resource fork */
	uint32_t type;
	size_t piece_bytes;		/* 64 KiB, or the whole file */
	unsigned char *plain, *packed;	/* owned: the last piece, decoded and as stored */
	size_t packed_capacity;
	uint64_t piece;			/* which one; UINT64_MAX: none */
	uint64_t damaged_pieces;
};

/* Prepares *blob, of size_bytes plain bytes.  RMN_UNSUPPORTED for types that are not read,
 * RMN_CORRUPT for sizes that cannot be. */
enum rmn_status rmn_decmpfs_blob_init(struct rmn_decmpfs_blob *d, struct rmn_blob *stored,
    uint32_t type, uint64_t size_bytes, struct rmn_blob *blob, struct rmn_error *error);
void rmn_decmpfs_blob_release(struct rmn_decmpfs_blob *d);

/* Whether the stored bytes of a type are in the resource fork. */
bool rmn_decmpfs_is_in_fork(uint32_t type);

#endif
