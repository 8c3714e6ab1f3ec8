/* SPDX-License-Identifier: MIT
 *
 * The data of LHA members: -lh0- -lz4- -pm0- (stored), -lh1- to -lh7-, -lhx-, -lzs-, -lz5-; and of ARJ
 * members, which have no such names: "-arj-" for its methods 1 to 3, "-arf-" for 4 (the fastest). */
#ifndef RMN_UNPACK_LZH_H
#define RMN_UNPACK_LZH_H

#include "base/blob.h"
#include "base/status.h"

struct rmn_lzh;

struct rmn_lzh *rmn_lzh_new(void);		/* NULL when out of memory */
void rmn_lzh_free(struct rmn_lzh *lzh);		/* takes NULL */

/* Starts a member: packed_bytes at offset in content, size_bytes when unpacked; method is the
 * five characters of its header.  RMN_UNSUPPORTED for other methods. */
enum rmn_status rmn_lzh_start(struct rmn_lzh *lzh, struct rmn_bytes method,
    struct rmn_blob *content, uint64_t offset, uint64_t packed_bytes, uint64_t size_bytes);

/* The next bytes; RMN_END at the end, RMN_CORRUPT when the code is none or ends too early. */
enum rmn_status rmn_lzh_read(struct rmn_lzh *lzh, void *buffer, size_t size, size_t *got);

/* CRC-16 (polynomial 8005, reflected) of all that was read of this member. */
uint16_t rmn_lzh_crc(const struct rmn_lzh *lzh);

#endif
