/* SPDX-License-Identifier: MIT
 *
 * One compressed block, wholly in memory: what disk images are made of. */
#ifndef RMN_UNPACK_BLOCK_H
#define RMN_UNPACK_BLOCK_H

#include "base/bytes.h"

enum rmn_block_coding {
	RMN_BLOCK_ZLIB,
	RMN_BLOCK_BZIP2,
	RMN_BLOCK_XZ,		/* xz, or lzma alone */
	RMN_BLOCK_ADC,		/* Apple Data Compression: LZ77 in bytes */
	RMN_BLOCK_LZFSE,
};

/* Decodes into plain, at most plain_size bytes, and says how many.  Less than the caller expects:
 * the packed bytes are damaged or cut, or memory is short; what stands before the damage is right
 * (but for the last 256 KiB of bzip2 and xz). */
size_t rmn_block_decode(enum rmn_block_coding coding, struct rmn_bytes packed,
    unsigned char *plain, size_t plain_size);

#endif
