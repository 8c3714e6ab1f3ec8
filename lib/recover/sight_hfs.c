/* SPDX-License-Identifier: MIT
 *
 * HFS+ remains (Apple TN1150); everything is big-endian. */
#include <string.h>

#include "recover/sight.h"

#define LEAF_KIND 0xff
#define LEAF_HEIGHT 1
#define FIRST_RECORD 14		/* a node's descriptor has that size, and so the first record's offset */

/* The offset table grows down from the node's end: the first entry is 14, each further one larger, the
 * last one (of the free space) not behind the table itself. */
static bool
table_rises(const unsigned char *p, size_t node, unsigned records)
{
	unsigned last = 0;

	for (unsigned i = 0; i <= records; i++) {
		unsigned offset = rmn_be16(p + node - 2 * ((size_t)i + 1));

		if (offset <= last)
			return false;
		last = offset;
	}
	return last <= node - 2 * ((size_t)records + 1);
}

/* A whole table proves the node's size; one with the right end, of which a sector is damaged, will
 * do when no size has a whole one. */
bool
sight_hfs_node(const unsigned char *p, size_t size, unsigned *aux)
{
	static const unsigned char sizes[] = {12, 13, 14, 15, 11, 10, 9};
	unsigned records, found = 0;

	if (p[8] != LEAF_KIND || p[9] != LEAF_HEIGHT || p[12] || p[13])
		return false;
	records = rmn_be16(p + 10);
	for (size_t i = 0; records > 0 && i < sizeof(sizes); i++) {
		size_t node = (size_t)1 << sizes[i];

		if (node > size || (size_t)records * 8 > node ||
		    rmn_be16(p + node - 2) != FIRST_RECORD)
			continue;
		if (table_rises(p, node, records)) {
			*aux = sizes[i];
			return true;
		}
		if (!found)
			found = sizes[i];
	}
	*aux = found;
	return found != 0;
}

bool
sight_hfs_volume(const unsigned char *p, size_t size, unsigned *aux)
{
	uint32_t block_bytes;

	(void)size;
	(void)aux;
	if (p[0] == 'B' && p[1] == 'D')
		return p[0x7c] == 'H' && (p[0x7d] == '+' || p[0x7d] == 'X');
	if (p[0] != 'H' || !((p[1] == '+' && rmn_be16(p + 2) == 4) ||
	    (p[1] == 'X' && rmn_be16(p + 2) == 5)))
		return false;
	block_bytes = rmn_be32(p + 40);
	return block_bytes >= 512 && block_bytes <= 1u << 20 &&
	    (block_bytes & (block_bytes - 1)) == 0 && rmn_be32(p + 44) > 0;
}

bool
sight_hfs_journal(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return (memcmp(p, "JNLx", 4) == 0 && rmn_be32(p + 4) == 0x12345678) ||
	    (memcmp(p, "xLNJ", 4) == 0 && rmn_le32(p + 4) == 0x12345678);
}

/* Little-endian, unlike the rest: version 1, kind of block 16, "CS", sector and metadata block sizes. */
bool
sight_hfs_core_storage(const unsigned char *p, size_t size, unsigned *aux)
{
	uint32_t block_bytes;

	(void)size;
	(void)aux;
	if (p[88] != 'C' || p[89] != 'S' || rmn_le16(p + 8) != 1 || p[10] != 0x10)
		return false;
	block_bytes = rmn_le32(p + 96);
	return block_bytes >= 512 && block_bytes <= 65536 && (block_bytes & (block_bytes - 1)) == 0;
}
