/* SPDX-License-Identifier: MIT
 *
 * Makes the n-th allocation of the program fail, in every library too.  Not under a sanitizer, which
 * has an allocator of its own: starve_works is false there. */
#ifndef RMN_TESTS_STARVE_H
#define RMN_TESTS_STARVE_H

#include <stdbool.h>
#include <stddef.h>

static long starve_left = -1;		/* allocations until one fails; -1: none does */

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#ifdef __SANITIZE_ADDRESS__
static const bool starve_works = false;
#else
static const bool starve_works = true;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool
starve_now(void)
{
	return starve_left >= 0 && starve_left-- == 0;
}

void *
malloc(size_t size)
{
	return starve_now() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return starve_now() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return starve_now() ? NULL : __libc_realloc(old, size);
}
#endif

#endif
