/* SPDX-License-Identifier: MIT
 *
 * Private to recover/: the tests of sightings.def.  Each is in the file of its file system:
 * recover/sight_NAME.c. */
#ifndef RMN_RECOVER_SIGHT_H
#define RMN_RECOVER_SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGHT(kind, first, test) bool test(const unsigned char *p, size_t size, unsigned *aux);
#include "recover/sightings.def"
#undef SIGHT

/* Little- and big-endian words of a place that the caller has checked to be there. */
static inline unsigned
sight_le16(const unsigned char *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static inline uint32_t
sight_le32(const unsigned char *p)
{
	return sight_le16(p) | (uint32_t)sight_le16(p + 2) << 16;
}

static inline uint64_t
sight_le64(const unsigned char *p)
{
	return sight_le32(p) | (uint64_t)sight_le32(p + 4) << 32;
}

static inline unsigned
sight_be16(const unsigned char *p)
{
	return p[1] | (unsigned)p[0] << 8;
}

static inline uint32_t
sight_be32(const unsigned char *p)
{
	return sight_be16(p + 2) | (uint32_t)sight_be16(p) << 16;
}

#endif
