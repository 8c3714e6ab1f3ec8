/* SPDX-License-Identifier: MIT
 *
 * Numbers inside bytes whose size the caller has checked. */
#ifndef RMN_BASE_NUMBER_H
#define RMN_BASE_NUMBER_H

#include <stdint.h>

static inline uint16_t
rmn_le16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
rmn_le32(const unsigned char *p)
{
	return rmn_le16(p) | (uint32_t)rmn_le16(p + 2) << 16;
}

static inline uint64_t
rmn_le64(const unsigned char *p)
{
	return rmn_le32(p) | (uint64_t)rmn_le32(p + 4) << 32;
}

static inline uint16_t
rmn_be16(const unsigned char *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
rmn_be32(const unsigned char *p)
{
	return (uint32_t)rmn_be16(p) << 16 | rmn_be16(p + 2);
}

static inline uint64_t
rmn_be64(const unsigned char *p)
{
	return (uint64_t)rmn_be32(p) << 32 | rmn_be32(p + 4);
}

#endif
