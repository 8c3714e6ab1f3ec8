/* SPDX-License-Identifier: MIT */
#include "recover/ext_inode.h"

#include <string.h>

#include "recover/sight.h"

#define BASE_BYTES 128u		/* of a record; the rest is i_extra_isize and attributes */
#define SUM_LOW 0x7cu
#define SUM_HIGH 0x82u
#define EXTENT_MAGIC 0xf30au
#define LINKS_MAX 65001u
#define POINTERS 15u

static bool
checksum_is_right(const struct rmn_ext_layout *l, const struct rmn_ext_crc *crc,
    const unsigned char *p, uint32_t number)
{
	unsigned char id[4] = {(unsigned char)number, (unsigned char)(number >> 8),
	    (unsigned char)(number >> 16), (unsigned char)(number >> 24)};
	uint32_t sum = rmn_ext_crc_of(crc, l->checksum_seed, id, sizeof(id));

	sum = rmn_ext_crc_of(crc, sum, p + 0x64, 4);	/* generation */
	sum = rmn_ext_crc_of(crc, sum, p, SUM_LOW);
	sum = rmn_ext_crc_of(crc, sum, "\0\0", 2);
	sum = rmn_ext_crc_of(crc, sum, p + SUM_LOW + 2, BASE_BYTES - SUM_LOW - 2);
	if (l->inode_bytes == BASE_BYTES)
		return (sum & 0xffff) == rmn_le16(p + SUM_LOW);
	sum = rmn_ext_crc_of(crc, sum, p + BASE_BYTES, SUM_HIGH - BASE_BYTES);
	if (rmn_le16(p + BASE_BYTES) < 4) {	/* no room for the upper half */
		sum = rmn_ext_crc_of(crc, sum, p + SUM_HIGH, l->inode_bytes - SUM_HIGH);
		return (sum & 0xffff) == rmn_le16(p + SUM_LOW);
	}
	sum = rmn_ext_crc_of(crc, sum, "\0\0", 2);
	sum = rmn_ext_crc_of(crc, sum, p + SUM_HIGH + 2, l->inode_bytes - SUM_HIGH - 2);
	return sum == (rmn_le16(p + SUM_LOW) | (uint32_t)rmn_le16(p + SUM_HIGH) << 16);
}

/* extra: the field of 30 bits of nanoseconds and 2 more bits of seconds, or NULL. */
static int64_t
time_read(const unsigned char *seconds, const unsigned char *extra)
{
	int64_t value = (int32_t)rmn_le32(seconds);
	uint32_t more = extra ? rmn_le32(extra) : 0;

	value += (int64_t)(more & 3) << 32;
	if (value == 0 && more == 0)
		return RMN_TIME_UNKNOWN;
	return rmn_time_from_unix(value, (more >> 2) < 1000000000u ? more >> 2 : 0);
}

static void
times_read(struct rmn_ext_inode *inode, const unsigned char *p, unsigned extra)
{
	inode->accessed = time_read(p + 8, extra >= 16 ? p + 0x8c : NULL);
	inode->changed = time_read(p + 12, extra >= 8 ? p + 0x84 : NULL);
	inode->modified = time_read(p + 16, extra >= 12 ? p + 0x88 : NULL);
	inode->created = extra < 20 ? RMN_TIME_UNKNOWN :
	    time_read(p + 0x90, extra >= 24 ? p + 0x94 : NULL);
	inode->deleted = rmn_le32(p + 20);
}

static bool
format_is_known(uint32_t mode)
{
	uint32_t format = mode >> 12;

	return format == 1 || format == 2 || format == 4 || format == 6 || format == 8 ||
	    format == 10 || format == 12;
}

static bool
pointers_are_plausible(const struct rmn_ext_inode *inode, const struct rmn_ext_layout *l)
{
	for (unsigned i = 0; i < POINTERS; i++)
		if (rmn_le32(inode->block + 4 * i) >= l->block_count)
			return false;
	return true;
}

/* What holds for every inode that a driver has written; random bytes pass once in 2^40. */
static bool
inode_is_plausible(const struct rmn_ext_inode *inode, const struct rmn_ext_layout *l)
{
	uint32_t format = inode->mode & EXT_MODE_FORMAT;
	bool has_data = format == EXT_MODE_FOLDER || format == EXT_MODE_FILE ||
	    format == EXT_MODE_LINK;

	if (inode->link_count > LINKS_MAX || inode->size_bytes >> 47 != 0)
		return false;
	if (!has_data)
		return inode->size_bytes == 0;
	if (inode->flags & EXT_FLAG_INLINE)
		return inode->extra_offset != 0 && inode->size_bytes <= l->inode_bytes;
	if (format == EXT_MODE_LINK && !(inode->flags & EXT_FLAG_EXTENTS) &&
	    inode->size_bytes < EXT_BLOCK_ARRAY)
		return inode->size_bytes == 0 ||
		    memchr(inode->block, 0, (size_t)inode->size_bytes) == NULL;
	if (format == EXT_MODE_FOLDER && inode->size_bytes % l->block_bytes != 0)
		return false;
	if (inode->flags & EXT_FLAG_EXTENTS)
		return rmn_le16(inode->block) == EXTENT_MAGIC &&
		    rmn_le16(inode->block + 2) <= 4 && rmn_le16(inode->block + 4) == 4 &&
		    rmn_le16(inode->block + 6) <= 5;
	return pointers_are_plausible(inode, l);
}

bool
rmn_ext_inode_read(struct rmn_ext_inode *inode, const struct rmn_ext_layout *l,
    const struct rmn_ext_crc *crc, const unsigned char *p, uint32_t number)
{
	unsigned extra = l->inode_bytes > BASE_BYTES ? rmn_le16(p + BASE_BYTES) : 0;
	struct rmn_ext_inode i = {.number = number, .mode = rmn_le16(p),
	    .link_count = rmn_le16(p + 0x1a), .flags = rmn_le32(p + 0x20),
	    .generation = rmn_le32(p + 0x64)};

	if (!format_is_known(i.mode) || extra % 4 != 0 ||
	    (extra > 0 && extra > l->inode_bytes - BASE_BYTES))
		return false;
	i.uid = rmn_le16(p + 2) | (uint32_t)rmn_le16(p + 0x78) << 16;
	i.gid = rmn_le16(p + 0x18) | (uint32_t)rmn_le16(p + 0x7a) << 16;
	i.size_bytes = rmn_le32(p + 4);
	if ((i.mode & EXT_MODE_FORMAT) == EXT_MODE_FILE)
		i.size_bytes |= (uint64_t)rmn_le32(p + 0x6c) << 32;
	memcpy(i.block, p + 0x28, sizeof(i.block));
	times_read(&i, p, extra);
	if (extra > 0 && BASE_BYTES + extra + 4 <= l->inode_bytes)
		i.extra_offset = (uint16_t)(BASE_BYTES + extra);
	i.is_proven = l->ro_compat & EXT_RO_METADATA_SUM && checksum_is_right(l, crc, p, number);
	if (!inode_is_plausible(&i, l))
		return false;
	*inode = i;
	return true;
}

bool
rmn_ext_inode_is_live(const struct rmn_ext_inode *inode)
{
	return inode->link_count > 0 && inode->deleted == 0;
}

bool
rmn_ext_inode_has_blocks(const struct rmn_ext_inode *inode)
{
	if (inode->size_bytes == 0)
		return false;
	if (inode->flags & EXT_FLAG_INLINE)
		return true;
	if (inode->flags & EXT_FLAG_EXTENTS)
		return rmn_le16(inode->block + 2) > 0;
	for (unsigned i = 0; i < EXT_BLOCK_ARRAY; i++)
		if (inode->block[i])
			return true;
	return false;
}
