/* SPDX-License-Identifier: MIT
 *
 * Arithmetic on numbers that evidence supplies.  Each returns false instead of wrapping. */
#ifndef RMN_BASE_CHECKED_H
#define RMN_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RMN_MUST_USE __attribute__((warn_unused_result))

RMN_MUST_USE static inline bool
rmn_add_u64(uint64_t a, uint64_t b, uint64_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

RMN_MUST_USE static inline bool
rmn_mul_u64(uint64_t a, uint64_t b, uint64_t *product)
{
	return !__builtin_mul_overflow(a, b, product);
}

RMN_MUST_USE static inline bool
rmn_add_size(size_t a, size_t b, size_t *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

RMN_MUST_USE static inline bool
rmn_mul_size(size_t a, size_t b, size_t *product)
{
	return !__builtin_mul_overflow(a, b, product);
}

RMN_MUST_USE static inline bool
rmn_size_from_u64(uint64_t wide, size_t *size)
{
	if (wide > SIZE_MAX)
		return false;
	*size = (size_t)wide;
	return true;
}

static inline uint64_t
rmn_min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline size_t
rmn_min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

#endif
