/* SPDX-License-Identifier: MIT
 *
 * FAT and exFAT remains (Microsoft's FAT32 and exFAT specifications). */
#include <string.h>

#include "recover/sight.h"

#define ENTRY_BYTES 32
#define DIRECTORY 0x10
#define LONG_NAME 0x0f

static bool
is_power_of_two(unsigned n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

bool
sight_fat_boot(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned sector_bytes;

	(void)size;
	(void)aux;
	if ((p[0] != 0xeb && p[0] != 0xe9) || rmn_le16(p + 510) != 0xaa55)
		return false;
	sector_bytes = rmn_le16(p + 11);
	return is_power_of_two(sector_bytes) && sector_bytes >= 512 && sector_bytes <= 4096 &&
	    is_power_of_two(p[13]) && (p[16] == 1 || p[16] == 2) && rmn_le16(p + 14) > 0 &&
	    (memcmp(p + 54, "FAT1", 4) == 0 || memcmp(p + 82, "FAT32", 5) == 0);
}

bool
sight_exfat_boot(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p + 3, "EXFAT   ", 8) == 0 && rmn_le16(p + 510) == 0xaa55;
}

bool
sight_fat_folder(const unsigned char *p, size_t size, unsigned *aux)
{
	(void)size;
	(void)aux;
	return memcmp(p, ".          ", 11) == 0 && p[11] & DIRECTORY &&
	    memcmp(p + ENTRY_BYTES, "..         ", 11) == 0 && p[ENTRY_BYTES + 11] & DIRECTORY;
}

/* A FAT entry as some system wrote it: a long name's part, or a short entry whose numbers can be. */
static bool
entry_is_plausible(const unsigned char *e)
{
	static const char never[] = "\"*+,/:;<=>?[\\]|";
	unsigned month, day;

	if (e[11] == LONG_NAME)
		return e[12] == 0 && e[26] == 0 && e[27] == 0 &&
		    ((e[0] & 0x3f) != 0 || e[0] == 0xe5) && ((e[0] & 0x1f) <= 20 || e[0] == 0xe5);
	if (e[11] & 0xc0 || e[12] & ~0x18)	/* Windows keeps two case flags in byte 12 */
		return false;
	for (int i = e[0] == 0xe5 || e[0] == 0x05; i < 11; i++)
		if (e[i] < 0x20 || (e[i] < 0x80 && strchr(never, e[i])))
			return false;
	month = rmn_le16(e + 24) >> 5 & 15;
	day = rmn_le16(e + 24) & 31;
	return month >= 1 && month <= 12 && day >= 1 && (rmn_le16(e + 22) & 31) < 30 &&
	    (rmn_le16(e + 22) >> 5 & 63) < 60 && rmn_le16(e + 22) >> 11 < 24;
}

/* All entries up to the first empty one are plausible, and there are two or more. */
bool
sight_fat_entries(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned used = 0;

	(void)size;
	if (p[0] == 0 || p[0] == '.')
		return false;
	for (unsigned at = 0; at < 512 && p[at] != 0; at += ENTRY_BYTES, used++)
		if (!entry_is_plausible(p + at))
			return false;
	*aux = used;
	return used >= 2;
}

/* A file entry (85, deleted 05) with its stream entry (C0, 40) behind it, and names (C1, 41). */
bool
sight_exfat_entries(const unsigned char *p, size_t size, unsigned *aux)
{
	unsigned sets = 0;

	for (unsigned at = 0; at < 512; at += ENTRY_BYTES) {
		const unsigned char *e = p + at;

		if ((e[0] & 0x7f) != 0x05 || e[1] < 2 || e[1] > 18 ||
		    (size_t)at + 3 * ENTRY_BYTES > size)
			continue;
		if ((e[ENTRY_BYTES] & 0x7f) == 0x40 && (e[2 * ENTRY_BYTES] & 0x7f) == 0x41 &&
		    (e[0] & 0x80) == (e[ENTRY_BYTES] & 0x80))
			sets++;
	}
	*aux = sets;
	return sets > 0;
}
