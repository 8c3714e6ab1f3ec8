/* SPDX-License-Identifier: MIT
 *
 * Sixteen bytes at a time: all compared at once, and the answer as one bit a byte, that of the first
 * byte lowest.  For ways that are too short for a call of memchr, and for sets of bytes:
 *
 *	rmn_lanes v = rmn_lanes_load(s);
 *	unsigned hits = rmn_lanes_bits((v == '>') | (v <= ' '));
 *	if (hits)
 *		the first stands at s + __builtin_ctz(hits) */
#ifndef RMN_BASE_LANES_H
#define RMN_BASE_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define RMN_LANES ((size_t)16)

typedef uint8_t rmn_lanes __attribute__((vector_size(16)));
typedef int8_t rmn_lanes_hits __attribute__((vector_size(16)));	/* what comparisons give: 0 or -1 */

/* s has RMN_LANES readable bytes. */
static inline rmn_lanes
rmn_lanes_load(const unsigned char *s)
{
	rmn_lanes v;

	memcpy(&v, s, sizeof(v));
	return v;
}

static inline unsigned
rmn_lanes_bits(rmn_lanes_hits hits)
{
#ifdef __SSE2__
	typedef char sixteen __attribute__((vector_size(16)));

	return (unsigned)__builtin_ia32_pmovmskb128((sixteen)hits);
#else
	unsigned bits = 0;

	for (unsigned i = 0; i < RMN_LANES; i++)
		bits |= (unsigned)(hits[i] & 1) << i;
	return bits;
#endif
}

#endif
