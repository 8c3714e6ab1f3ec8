/* SPDX-License-Identifier: MIT */
#include "recover/ntfs_index.h"

#include <string.h>

#include "base/checked.h"
#include "base/sectors.h"
#include "recover/sight.h"

#define ENTRY_HEAD_BYTES 16u
#define ENTRY_IS_LAST 2u
#define BLOCK_HEAD_BYTES 24u		/* before the head of the list */
#define ROOT_HEAD_BYTES 16u
#define INDEXES_NAMES 0x30u

/* The head of a list at `head`: where the entries begin, how much is in use, how much there is. */
static bool
entries_open(struct rmn_bytes bytes, size_t head, struct rmn_ntfs_entries *entries)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t first, used;

	if (!rmn_cursor_seek(&c, head) || !rmn_cursor_le32(&c, &first) ||
	    !rmn_cursor_le32(&c, &used) || !rmn_cursor_seek(&c, head) ||
	    !rmn_cursor_skip(&c, first))
		return false;
	*entries = (struct rmn_ntfs_entries){.bytes = rmn_bytes_after(bytes, c.offset)};
	entries->used = used > first ? rmn_min_size(used - first, entries->bytes.size) : 0;
	return true;
}

bool
rmn_ntfs_index_load(struct rmn_disk *disk, uint64_t place, unsigned char *data,
    struct rmn_ntfs_entries *entries)
{
	size_t words, size;
	uint64_t bad;

	rmn_disk_read(disk, place, data, RMN_SECTOR_BYTES);
	words = rmn_le16(data + 6);
	if (memcmp(data, "INDX", 4) != 0 || words < 2 ||
	    words - 1 > RMN_NTFS_INDEX_MAX / RMN_SECTOR_BYTES)
		return false;
	size = (words - 1) * RMN_SECTOR_BYTES;
	rmn_disk_read(disk, place, data, size);
	if (!rmn_ntfs_fix(data, size, &bad) || bad & 1)
		return false;
	for (size_t i = 1; i < size / RMN_SECTOR_BYTES; i++)
		if (bad >> rmn_min_size(i, 63) & 1)
			memset(data + i * RMN_SECTOR_BYTES, 0, RMN_SECTOR_BYTES);
	return entries_open((struct rmn_bytes){data, size}, BLOCK_HEAD_BYTES, entries);
}

bool
rmn_ntfs_index_root(struct rmn_bytes value, struct rmn_ntfs_entries *entries)
{
	return value.size >= ROOT_HEAD_BYTES + 16 && rmn_le32(value.data) == INDEXES_NAMES &&
	    entries_open(value, ROOT_HEAD_BYTES, entries);
}

/* An entry at `at`: *size is its length.  What is left over must be plausible in all its parts. */
static bool
entry_read(const struct rmn_ntfs_entries *entries, struct rmn_ntfs_entry *entry, size_t *size)
{
	struct rmn_bytes bytes = rmn_bytes_after(entries->bytes, entries->at);
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint16_t length, key_size;
	struct rmn_bytes key;

	*size = 0;
	if (!rmn_cursor_le64(&c, &entry->reference) || !rmn_cursor_le16(&c, &length) ||
	    !rmn_cursor_le16(&c, &key_size) || !rmn_cursor_skip(&c, 4))
		return false;
	if (length < ENTRY_HEAD_BYTES || length % 8 != 0 || length > bytes.size)
		return false;
	*size = length;
	if (!rmn_cursor_take(&c, key_size, &key) || !rmn_ntfs_name_read(key, &entry->name))
		return false;
	entry->is_left_over = entries->is_left_over;
	return (size_t)length >= ENTRY_HEAD_BYTES + key_size &&
	    key_size == RMN_NTFS_NAME_HEAD_BYTES + entry->name.units.size &&
	    rmn_ntfs_time_is_plausible(entry->name.created) &&
	    rmn_ntfs_time_is_plausible(entry->name.changed) &&
	    (entry->name.parent & RMN_NTFS_NUMBER_MASK) <= UINT32_MAX &&
	    (entry->reference & RMN_NTFS_NUMBER_MASK) <= UINT32_MAX;
}

bool
rmn_ntfs_entries_next(struct rmn_ntfs_entries *entries, struct rmn_ntfs_entry *entry)
{
	while (entries->at + ENTRY_HEAD_BYTES <= entries->bytes.size) {
		const unsigned char *p = entries->bytes.data + entries->at;
		size_t size;
		bool is_entry;

		if (entries->at >= entries->used)
			entries->is_left_over = true;
		is_entry = entry_read(entries, entry, &size);
		if (!entries->is_left_over && size > 0 && rmn_le16(p + 12) & ENTRY_IS_LAST) {
			entries->used = rmn_min_size(entries->used, entries->at + size);
			entries->at += ENTRY_HEAD_BYTES;
			continue;
		}
		/* A chain that breaks is left over from there on, and searched byte by eight. */
		if (!entries->is_left_over && size == 0)
			entries->used = entries->at;
		entries->at += is_entry || (!entries->is_left_over && size > 0) ? size : 8;
		if (is_entry)
			return true;
	}
	return false;
}
