/* SPDX-License-Identifier: MIT
 *
 * Remains of ext2, ext3 and ext4; everything is little-endian. */
#include <string.h>

#include "recover/sight.h"

bool
sight_ext_super(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	if (p[0x38] != 0x53 || p[0x39] != 0xef)
		return false;
	*aux = rmn_le16(p + 0x5a);
	return rmn_le32(p) > 0 && rmn_le32(p + 4) > 0 && rmn_le32(p + 0x18) <= 6 &&
	    rmn_le32(p + 0x20) > 0 && rmn_le32(p + 0x28) > 0 && rmn_le16(p + 0x3a) < 8 &&
	    rmn_le32(p + 0x4c) <= 1;
}

/* "." of 12 bytes, then "..". */
bool
sight_ext_folder(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	if (p[4] != 12 || p[5] || p[6] != 1 || p[8] != '.' || p[9] || p[18] != 2)
		return false;
	return p[20] == '.' && p[21] == '.' && rmn_le32(p) != 0 && rmn_le32(p + 12) != 0 &&
	    rmn_le16(p + 16) % 4 == 0 && rmn_le16(p + 16) >= 12;
}

/* A root of extents in an inode in use. */
bool
sight_ext_inodes(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	for (size_t at = 0; at < 512; at += 128) {
		const unsigned char *inode = p + at;

		if (inode[0x29] == 0xf3 && inode[0x28] == 0x0a && rmn_le16(inode + 0x2c) == 4 &&
		    rmn_le16(inode + 0x2a) <= 4 && rmn_le16(inode + 0x2e) <= 5 &&
		    (inode[1] >> 4 == 4 || inode[1] >> 4 == 8) && rmn_le16(inode + 0x1a) > 0)
			return true;
	}
	return false;
}

/* The false entry of 12 bytes at the end of a block that holds its checksum. */
bool
sight_ext_tail(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return p[507] == 0xde && p[504] == 12 && p[505] == 0 && p[506] == 0 &&
	    rmn_le32(p + 500) == 0;
}

bool
sight_ext_extents(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned entries = rmn_le16(p + 2), most = rmn_le16(p + 4);

	(void)size;
	*aux = rmn_le16(p + 6);	/* depth: 0 is a leaf */
	return p[1] == 0xf3 && entries > 0 && entries <= most && most >= 84 && most <= 5461 &&
	    *aux <= 5;
}
