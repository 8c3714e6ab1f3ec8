/* SPDX-License-Identifier: MIT
 *
 * LZNT1, the compression of NTFS files ([MS-XCA] 2.5).  A file is cut into units (16 clusters mostly);
 * each is stored by itself: plain when all its clusters are there, as zeros when none is, compressed
 * when a hole follows the clusters that are. */
#ifndef RMN_UNPACK_LZNT1_H
#define RMN_UNPACK_LZNT1_H

#include "base/blob.h"

/* Decodes one stored unit into plain, which is filled to plain_size: what the unit does not give is
 * zeros.  False when the stored bytes are damaged; *good is how many bytes of plain came before the
 * damage (plain_size when there is none). */
bool rmn_lznt1_unit(struct rmn_bytes stored, unsigned char *plain, size_t plain_size, size_t *good);

/* A unit larger than this is not believed; NTFS writes 64 KiB. */
#define RMN_LZNT1_UNIT_MAX ((uint32_t)1 << 20)

/* A file's plain bytes over its stored ones. */
struct rmn_lznt1_blob {
	struct rmn_blob *stored;	/* borrowed: the units one behind the other, holes as zeros */
	uint32_t unit_bytes;
	/* How many bytes at the start of this unit are stored, before the hole; unit_bytes: all. */
	uint32_t (*allocated)(void *context, uint64_t unit);
	void *context;
	unsigned char *plain, *packed;	/* owned: the last unit, decoded and as stored */
	uint64_t unit;			/* which one; UINT64_MAX: none */
	uint64_t damaged_units;		/* decoded in part, the rest as zeros */
};

/* Prepares *blob, of size_bytes plain bytes.  RMN_CORRUPT when no file has such units. */
enum rmn_status rmn_lznt1_blob_init(struct rmn_lznt1_blob *l, struct rmn_blob *stored,
    uint32_t unit_bytes, uint32_t (*allocated)(void *context, uint64_t unit), void *context,
    uint64_t size_bytes, struct rmn_blob *blob, struct rmn_error *error);
void rmn_lznt1_blob_release(struct rmn_lznt1_blob *l);

#endif
