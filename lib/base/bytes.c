/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include <string.h>

/* A byte that comes once in so many is rare. */
#define RARE_BYTES 64u

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

size_t
rmn_bytes_find(struct rmn_bytes bytes, struct rmn_bytes needle)
{
	const unsigned char *hit;
	size_t at, tries;

	if (needle.size == 0)
		return 0;
	if (bytes.size < needle.size)
		return SIZE_MAX;
	/* memchr is ten times as fast as memmem as long as the first byte is rare. */
	for (at = 0, tries = 0; at + needle.size <= bytes.size && tries <= at / RARE_BYTES + 8;
	     at++, tries++) {
		hit = memchr(bytes.data + at, needle.data[0], bytes.size - needle.size + 1 - at);
		if (!hit)
			return SIZE_MAX;
		at = (size_t)(hit - bytes.data);
		if (memcmp(hit, needle.data, needle.size) == 0)
			return at;
	}
	hit = at + needle.size <= bytes.size ?
	    memmem(bytes.data + at, bytes.size - at, needle.data, needle.size) : NULL;
	return hit ? (size_t)(hit - bytes.data) : SIZE_MAX;
}

bool
rmn_bytes_are_zero(struct rmn_bytes bytes)
{
	return bytes.size == 0 || (bytes.data[0] == 0 &&
	    memcmp(bytes.data, bytes.data + 1, bytes.size - 1) == 0);
}

size_t
rmn_bytes_plain_run(struct rmn_bytes bytes)
{
	const uint64_t ones = 0x0101010101010101u;
	size_t at = 0;

	for (; bytes.size - at >= sizeof(ones); at += sizeof(ones)) {
		uint64_t word;

		memcpy(&word, bytes.data + at, sizeof(word));
		if ((word - ones * ' ') & ~word & ones << 7)
			break;
	}
	while (at < bytes.size && bytes.data[at] >= ' ')
		at++;
	return at;
}
