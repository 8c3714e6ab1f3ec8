/* SPDX-License-Identifier: MIT
 *
 * A false claim costs a walk and hides what an item really is, so that every row looks at more than two
 * bytes of magic. */
#include <string.h>

#include "base/number.h"
#include "image/udif.h"
#include "inside/inside.h"

/* The smallest floppy has 160 KiB, the smallest image of an embedded volume about this. */
#define IMAGE_BYTES_MIN 32768u
#define SECTOR_BYTES 512u

static bool
bytes_at(struct rmn_bytes head, size_t offset, const void *wanted, size_t size)
{
	struct rmn_bytes rest = rmn_bytes_after(head, offset);

	return rest.size >= size && memcmp(rest.data, wanted, size) == 0;
}

static bool
has_boot_mark(struct rmn_bytes head)
{
	return bytes_at(head, 510, "\x55\xAA", 2);
}

static bool
is_power_of_two(unsigned n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* The parameter block of a FAT volume whose numbers fit each other. */
static bool
is_fat(struct rmn_bytes head, uint64_t size_bytes)
{
	const unsigned char *b = head.data;
	unsigned sector;
	uint64_t sectors;

	if (head.size < SECTOR_BYTES || !(b[0] == 0xEB || b[0] == 0xE9 || b[0] == 0))
		return false;
	sector = rmn_le16(b + 11);
	sectors = rmn_le16(b + 19) ? rmn_le16(b + 19) : rmn_le32(b + 32);
	return (sector == 512 || sector == 1024 || sector == 2048 || sector == 4096) &&
	    is_power_of_two(b[13]) && rmn_le16(b + 14) > 0 && (b[16] == 1 || b[16] == 2) &&
	    (b[21] == 0xF0 || b[21] >= 0xF8) && sectors > 0 && sectors * sector / 2 <= size_bytes;
}

/* Locked volumes and others whose files are not listed have their reason told by the walk. */
static const struct {
	size_t at;
	const char *magic;
	size_t size;
} magics[] = {
	{32, "NXSB", 4},
	{3, "-FVE-FS-", 8},
	{0, "LUKS\xBA\xBE\0", 7},
	{0, "EncryptedRoot", 13},
	{0, "XFSB\0\0", 6},
	{3, "ReFS\0\0\0\0", 8},
	{1024, "\x10\x20\xF5\xF2\1\0", 6},
};

static bool
is_volume(struct rmn_bytes head, uint64_t size_bytes)
{
	if (has_boot_mark(head) && (bytes_at(head, 3, "NTFS    ", 8) ||
	    bytes_at(head, 3, "EXFAT   ", 8)))
		return true;
	if (bytes_at(head, 1024, "H+\0\4", 4) || bytes_at(head, 1024, "HX\0\5", 4))
		return true;
	if (bytes_at(head, 1024, "BD", 2) && head.size >= 1062)		/* HFS: 512 * n a block */
		return rmn_be16(head.data + 1024 + 20) % SECTOR_BYTES == 0 &&
		    rmn_be16(head.data + 1024 + 18) > 0 && head.data[1024 + 36] < 28;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (bytes_at(head, magics[i].at, magics[i].magic, magics[i].size))
			return true;
	if (bytes_at(head, 1080, "\x53\xEF", 2) && rmn_le32(head.data + 1024) > 0 &&
	    rmn_le32(head.data + 1024 + 24) <= 6 && rmn_le16(head.data + 1024 + 58) <= 7)
		return true;
	return is_fat(head, size_bytes);
}

/* Entries of a DOS table: a flag of two values, some used, each within the image. */
static bool
is_dos_table(struct rmn_bytes head, uint64_t size_bytes)
{
	unsigned used = 0;

	if (!has_boot_mark(head))
		return false;
	for (size_t i = 0; i < 4; i++) {
		const unsigned char *e = head.data + 446 + 16 * i;
		uint32_t start = rmn_le32(e + 8), sectors = rmn_le32(e + 12);

		if (e[0] != 0 && e[0] != 0x80)
			return false;
		if (e[4] == 0)
			continue;
		if (start == 0 || sectors == 0 || (uint64_t)start * SECTOR_BYTES >= size_bytes)
			return false;
		used++;
	}
	return used > 0;
}

static bool
is_table(struct rmn_bytes head, uint64_t size_bytes)
{
	return bytes_at(head, SECTOR_BYTES, "EFI PART", 8) ||
	    (bytes_at(head, 0, "ER", 2) && bytes_at(head, SECTOR_BYTES, "PM\0\0", 4)) ||
	    is_dos_table(head, size_bytes);
}

static const struct {
	const char *name, *magic;
	size_t size;
} containers[] = {
	{"qcow2", "QFI\xFB\0\0\0", 7},
	{"vmdk", "KDMV", 4},
	{"vmdk", "COWD\1\0\0\0", 8},
	{"vhd", "conectix", 8},
	{"vhd", "vhdxfile", 8},
	{"ewf", "EVF\x09\x0D\x0A\xFF", 7},
};

bool
rmn_inside_claim(struct rmn_blob *content, struct rmn_bytes head, const char **format_name)
{
	unsigned char bytes[SECTOR_BYTES];
	struct rmn_bytes tail = {bytes, 0};

	for (size_t i = 0; i < sizeof(containers) / sizeof(containers[0]); i++) {
		*format_name = containers[i].name;
		if (head.size >= SECTOR_BYTES &&
		    bytes_at(head, 0, containers[i].magic, containers[i].size))
			return true;
	}
	if (content->size_bytes >= SECTOR_BYTES && rmn_blob_read(content,
	    content->size_bytes - SECTOR_BYTES, bytes, sizeof(bytes), &tail.size, NULL) == RMN_OK) {
		*format_name = "udif";
		if (rmn_udif_claims(tail) || rmn_udif_is_encrypted(head, tail))
			return true;
		*format_name = "vhd";
		if (bytes_at(tail, 0, "conectix", 8))
			return true;
	}
	*format_name = "disk-image";
	return content->size_bytes >= IMAGE_BYTES_MIN && head.size >= 2048 &&
	    (is_volume(head, content->size_bytes) || is_table(head, content->size_bytes));
}
