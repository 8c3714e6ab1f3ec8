/* SPDX-License-Identifier: MIT
 *
 * NTFS remains; everything is little-endian. */
#include <string.h>

#include "recover/sight.h"

/* FILE record: update sequence at 0x30 (or 0x2A on old volumes) with one word a sector and one more. */
bool
sight_ntfs_record(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned place = rmn_le16(p + 4), words = rmn_le16(p + 6);
	uint32_t record_bytes = rmn_le32(p + 28);

	(void)size;
	if (memcmp(p, "FILE", 4) != 0 || (place != 0x30 && place != 0x2a) || words < 2)
		return false;
	if (record_bytes != 1024 && record_bytes != 2048 && record_bytes != 4096)
		return false;
	*aux = record_bytes == 1024 ? 10 : record_bytes == 2048 ? 11 : 12;
	return words == record_bytes / 512 + 1;
}

bool
sight_ntfs_index(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p, "INDX", 4) == 0 && rmn_le16(p + 6) >= 2 && rmn_le16(p + 6) <= 129;
}

bool
sight_ntfs_log(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p, "RCRD", 4) == 0 && rmn_le16(p + 6) == 9;
}

/* A record of the change journal: version 2.0 or 3.0, its name behind its head, a year from 1980 on. */
bool
sight_ntfs_journal(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned head = p[4] == 2 ? 60 : 76, name_size;

	(void)size;
	(void)aux;
	if ((p[4] != 2 && p[4] != 3) || p[5] != 0 || p[6] != 0 || p[7] != 0 ||
	    rmn_le16(p + head - 2) != head)
		return false;
	name_size = rmn_le16(p + head - 4);
	return rmn_le32(p) == ((head + name_size + 7) & ~7u) && name_size >= 2 &&
	    name_size <= 510 && p[head - 60 + 39] == 1 && p[head - 60 + 38] >= 0xa8;
}

bool
sight_ntfs_boot(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p + 3, "NTFS    ", 8) == 0 && rmn_le16(p + 510) == 0xaa55;
}
