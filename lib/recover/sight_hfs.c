/* SPDX-License-Identifier: MIT
 *
 * HFS+ remains (Apple TN1150); everything is big-endian. */
#include <string.h>

#include "recover/sight.h"

#define LEAF_KIND 0xff
#define LEAF_HEIGHT 1
#define FIRST_RECORD 14		/* a node's descriptor has that size, and so the first record's offset */

/* The offset table grows down from the node's end; its first entry is always 14. */
bool
sight_hfs_node(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned records;

	if (p[8] != LEAF_KIND || p[9] != LEAF_HEIGHT || p[12] || p[13])
		return false;
	records = sight_be16(p + 10);
	for (unsigned bits = 12; records > 0 && bits <= 15; bits++)
		if ((size_t)1 << bits <= size && records * 8 <= 1u << bits &&
		    sight_be16(p + ((size_t)1 << bits) - 2) == FIRST_RECORD) {
			*aux = bits;
			return true;
		}
	for (unsigned bits = 11; records > 0 && bits >= 9; bits--)
		if ((size_t)1 << bits <= size && records * 8 <= 1u << bits &&
		    sight_be16(p + ((size_t)1 << bits) - 2) == FIRST_RECORD) {
			*aux = bits;
			return true;
		}
	return false;
}

bool
sight_hfs_volume(const unsigned char *p, size_t size, unsigned *aux)
{
	uint32_t block_bytes;

	(void)size;
	(void)aux;
	if (p[0] == 'B' && p[1] == 'D')
		return p[0x7c] == 'H' && (p[0x7d] == '+' || p[0x7d] == 'X');
	if (p[0] != 'H' || !((p[1] == '+' && sight_be16(p + 2) == 4) ||
	    (p[1] == 'X' && sight_be16(p + 2) == 5)))
		return false;
	block_bytes = sight_be32(p + 40);
	return block_bytes >= 512 && block_bytes <= 1u << 20 &&
	    (block_bytes & (block_bytes - 1)) == 0 && sight_be32(p + 44) > 0;
}

bool
sight_hfs_journal(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return (memcmp(p, "JNLx", 4) == 0 && sight_be32(p + 4) == 0x12345678) ||
	    (memcmp(p, "xLNJ", 4) == 0 && sight_le32(p + 4) == 0x12345678);
}
