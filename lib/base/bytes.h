/* SPDX-License-Identifier: MIT
 *
 * Borrowed bytes: valid as long as whatever they were cut from.  Nothing here owns memory. */
#ifndef RMN_BASE_BYTES_H
#define RMN_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rmn_bytes {
	const unsigned char *data;
	size_t size;
};

struct rmn_bytes rmn_bytes_from_string(const char *text);

bool rmn_bytes_equal(struct rmn_bytes a, struct rmn_bytes b);
bool rmn_bytes_start_with(struct rmn_bytes bytes, const char *prefix);

/* Whether there is nothing but zeros; true for none. */
bool rmn_bytes_are_zero(struct rmn_bytes bytes);

/* How many bytes from the start are ' ' or above: no control characters of ASCII. */
size_t rmn_bytes_plain_run(struct rmn_bytes bytes);

/* The first size bytes, or all of them when there are fewer. */
static inline struct rmn_bytes
rmn_bytes_head(struct rmn_bytes bytes, size_t size)
{
	if (bytes.size > size)
		bytes.size = size;
	return bytes;
}

/* What is left after the first skip bytes; empty when there are fewer. */
static inline struct rmn_bytes
rmn_bytes_after(struct rmn_bytes bytes, size_t skip)
{
	if (skip >= bytes.size)
		return (struct rmn_bytes){NULL, 0};
	return (struct rmn_bytes){bytes.data + skip, bytes.size - skip};
}

/* Where needle starts in bytes, or SIZE_MAX. */
size_t rmn_bytes_find(struct rmn_bytes bytes, struct rmn_bytes needle);

#endif
