/* SPDX-License-Identifier: MIT
 *
 * APFS objects: 4,096 bytes whose Fletcher-64 is their first eight (Apple File System Reference). */
#include <string.h>

#include "recover/sight.h"

#define OBJECT_BYTES 4096u
#define TYPE_NODE_ROOT 2
#define TYPE_NODE 3

/* Fletcher-64 as APFS computes it: both sums modulo 2^32 - 1, over the bytes behind the checksum. */
static bool
checksum_is_right(const unsigned char *p)
{
	uint64_t low = 0, high = 0, c1, c2;

	for (size_t i = 8; i < OBJECT_BYTES; i += 4) {
		low += rmn_le32(p + i);
		high += low;
		if (i % 1024 == 0) {
			low %= 0xffffffff;
			high %= 0xffffffff;
		}
	}
	low %= 0xffffffff;
	high %= 0xffffffff;
	c1 = 0xffffffff - (low + high) % 0xffffffff;
	c2 = 0xffffffff - (low + c1) % 0xffffffff;
	return rmn_le64(p) == (c2 << 32 | c1);
}

bool
sight_apfs_container(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)aux;
	return memcmp(p + 32, "NXSB", 4) == 0 && size >= OBJECT_BYTES && checksum_is_right(p);
}

bool
sight_apfs_volume(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)aux;
	return memcmp(p + 32, "APSB", 4) == 0 && size >= OBJECT_BYTES && checksum_is_right(p);
}

bool
sight_apfs_node(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned type = rmn_le16(p + 24);

	if ((type != TYPE_NODE && type != TYPE_NODE_ROOT) || p[27] & 0x0f || p[29] || p[30] ||
	    p[31] || size < OBJECT_BYTES)
		return false;
	*aux = p[28];
	return checksum_is_right(p);
}
