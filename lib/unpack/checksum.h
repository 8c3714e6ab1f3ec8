/* SPDX-License-Identifier: MIT
 *
 * The checksums of compressed formats, at the speed of the machine (libdeflate). */
#ifndef RMN_UNPACK_CHECKSUM_H
#define RMN_UNPACK_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of zip, gzip and PNG; starts with 0. */
uint32_t rmn_crc32(uint32_t crc, const void *data, size_t size);

/* Adler-32 of zlib streams; starts with 1. */
uint32_t rmn_adler32(uint32_t adler, const void *data, size_t size);

#endif
