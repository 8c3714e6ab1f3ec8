/* SPDX-License-Identifier: MIT
 *
 * Remains of file systems that are recognised only, and of partition tables. */
#include <string.h>

#include "recover/sight.h"

bool
sight_xfs_super(const unsigned char *p, size_t size, unsigned *aux)
{
	uint32_t block_bytes = rmn_be32(p + 4);

	(void)size;
	(void)aux;
	return memcmp(p, "XFSB", 4) == 0 && block_bytes >= 512 && block_bytes <= 65536;
}

bool
sight_btrfs_super(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p + 64, "_BHRfS_M", 8) == 0;
}

bool
sight_gpt_header(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p, "EFI PART", 8) == 0 && rmn_le32(p + 12) >= 92 &&
	    rmn_le32(p + 12) <= 512;
}
