/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <string.h>

struct rmn_bytes
rmn_bytes_from_string(const char *text)
{
	return (struct rmn_bytes){(const unsigned char *)text, strlen(text)};
}

bool
rmn_bytes_equal(struct rmn_bytes a, struct rmn_bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool
rmn_bytes_start_with(struct rmn_bytes bytes, const char *prefix)
{
	size_t size = strlen(prefix);

	return bytes.size >= size && (size == 0 || memcmp(bytes.data, prefix, size) == 0);
}

struct rmn_bytes
rmn_bytes_head(struct rmn_bytes bytes, size_t size)
{
	if (bytes.size > size)
		bytes.size = size;
	return bytes;
}

struct rmn_bytes
rmn_bytes_after(struct rmn_bytes bytes, size_t skip)
{
	if (skip >= bytes.size)
		return (struct rmn_bytes){NULL, 0};
	return (struct rmn_bytes){bytes.data + skip, bytes.size - skip};
}

size_t
rmn_bytes_find(struct rmn_bytes bytes, struct rmn_bytes needle)
{
	const unsigned char *hit;

	if (needle.size == 0)
		return 0;
	if (bytes.size < needle.size)
		return SIZE_MAX;
	hit = memmem(bytes.data, bytes.size, needle.data, needle.size);
	return hit ? (size_t)(hit - bytes.data) : SIZE_MAX;
}

bool
rmn_bytes_are_zero(struct rmn_bytes bytes)
{
	return bytes.size == 0 || (bytes.data[0] == 0 &&
	    memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}
