/* SPDX-License-Identifier: MIT
 *
 * Leaf nodes, and the records of the catalogue (TN1150, "B-Trees", "Catalog File").
 *
 * A node is read from its first record on, record by record: the lengths are in the records, so the
 * offset table is only asked where the records in use end.  What cannot be a record is stepped over
 * two bytes at a time.  That reads the old records in the slack, and what a damaged sector has left,
 * by the same loop. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "recover/hfs.h"
#include "recover/sight.h"

#define FIRST_RECORD 14u
#define KEY_MIN 6u			/* parent and the name's length */
#define NAME_UNITS_MAX 255u
#define FOLDER_BYTES 88u
#define FILE_BYTES 248u
#define THREAD_BYTES 10u

#define HFS_1984 2524608000u		/* 1984-01-01 and 2040-01-01, in seconds since 1904 */
#define HFS_2040 4291833600u

#define BLOCK_BYTES_MAX ((uint64_t)1 << 20)

bool
rmn_hfs_grow(struct hfs *h, void **array, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 256;
	void *grown;

	if (count < *capacity)
		return true;
	grown = reallocarray(*array, wanted, size);
	if (!grown) {
		h->failed = true;
		return false;
	}
	*array = grown;
	*capacity = wanted;
	return true;
}

/* Dates that no Mac had: of records in use only a hint, of slack a reason to look elsewhere. */
static bool
date_is_plausible(uint32_t date)
{
	return date == 0 || (date >= HFS_1984 && date < HFS_2040);
}

static bool
name_is_plausible(const unsigned char *units, unsigned count)
{
	/* The folders of the hard links are the only ones with NULs in their names. */
	unsigned first = count > 4 && memcmp(units, "\0\0\0\0\0\0\0\0\0H", 10) == 0 ? 4 : 0;

	for (unsigned i = first; i < count; i++)
		if (rmn_be16(units + (size_t)2 * i) == 0 ||
		    rmn_be16(units + (size_t)2 * i) == 0xffff)
			return false;
	return count > 0 && count <= NAME_UNITS_MAX;
}

/* What stands at +32 of both records. */
static bool
owner_is_plausible(const unsigned char *data, bool is_folder)
{
	unsigned format = rmn_be16(data + 42) >> 12;

	if (is_folder)
		return format == 0 || format == 4;
	return format == 0 || format == 1 || format == 2 || format == 6 || format == 8 ||
	    format == 10 || format == 12 || format == 14;
}

static bool
fork_is_plausible(const unsigned char *p)
{
	uint64_t size = (uint64_t)rmn_be32(p) << 32 | rmn_be32(p + 4), sum = 0, room;
	uint32_t blocks = rmn_be32(p + 12);

	for (unsigned i = 0; i < HFS_FORK_EXTENTS; i++) {
		uint32_t start = rmn_be32(p + 16 + 8 * i), count = rmn_be32(p + 20 + 8 * i);

		if (start > UINT32_MAX - count || (count > 0 && start == 0))
			return false;
		sum += count;
	}
	return sum <= blocks && rmn_mul_u64(blocks, BLOCK_BYTES_MAX, &room) && size <= room;
}

static void
fork_read(struct hfs *h, const unsigned char *p, struct hfs_fork *fork)
{
	fork->size_bytes = (uint64_t)rmn_be32(p) << 32 | rmn_be32(p + 4);
	fork->blocks = rmn_be32(p + 12);
	fork->extent_at = (uint32_t)h->extent_count;
	fork->extent_count = 0;
	for (unsigned i = 0; i < HFS_FORK_EXTENTS; i++) {
		struct hfs_extent e = {rmn_be32(p + 16 + 8 * i), rmn_be32(p + 20 + 8 * i)};

		if (e.count == 0 || !rmn_hfs_grow(h, (void **)&h->extents, &h->extent_capacity,
		    h->extent_count, sizeof(*h->extents)))
			return;
		h->extents[h->extent_count++] = e;
		fork->extent_count++;
	}
}

static uint8_t
node_rank(const struct hfs_node *n, size_t at)
{
	if (n->free_at == 0)
		return HFS_RANK_SALVAGED;
	return at < n->free_at ? HFS_RANK_LIVE : HFS_RANK_SLACK;
}

static struct hfs_record *
record_new(const struct hfs_node *n, size_t at, unsigned kind, const unsigned char *units,
    unsigned unit_count)
{
	struct hfs *h = n->h;
	struct hfs_record *record;
	size_t name = h->names.size;

	if (h->record_count >= HFS_RECORDS_MAX) {
		h->is_cut = true;
		return NULL;
	}
	if (!rmn_hfs_grow(h, (void **)&h->records, &h->record_capacity, h->record_count,
	    sizeof(*h->records)))
		return NULL;
	rmn_found_name_utf16(&h->names, (struct rmn_bytes){units, (size_t)2 * unit_count}, true,
	    true);
	if (h->names.failed) {
		h->failed = true;
		return NULL;
	}
	record = &h->records[h->record_count++];
	*record = (struct hfs_record){.place = n->leaf->place + at, .name = (uint32_t)name,
	    .name_size = (uint16_t)(h->names.size - name), .kind = (uint8_t)kind,
	    .leaf = (uint32_t)h->leaf_count, .rank = node_rank(n, at)};
	return record;
}

static void
record_dates(struct hfs_record *record, const unsigned char *data)
{
	record->cnid = rmn_be32(data + 8);
	record->created = rmn_be32(data + 12);
	record->modified = rmn_be32(data + 16);
	record->changed = rmn_be32(data + 20);
	record->accessed = rmn_be32(data + 24);
	record->uid = rmn_be32(data + 32);
	record->gid = rmn_be32(data + 36);
	record->owner_flags = data[41];
	record->mode = (uint16_t)rmn_be16(data + 42);
	record->special = rmn_be32(data + 44);
}

/* Created, modified and changed, all of them on a day when there were Macs. */
static bool
dates_are_full(const unsigned char *data)
{
	for (unsigned at = 12; at <= 20; at += 4)
		if (rmn_be32(data + at) == 0 || !date_is_plausible(rmn_be32(data + at)))
			return false;
	return true;
}

static void
file_describe(struct hfs *h, struct hfs_record *record, const unsigned char *data)
{
	record_dates(record, data);
	if (memcmp(data + 48, "hlnkhfs+", 8) == 0)
		record->link = HFS_FILE_LINK;
	else if (memcmp(data + 48, "fdrpMACS", 8) == 0)
		record->link = HFS_FOLDER_LINK;
	fork_read(h, data + 88, &record->data);
	fork_read(h, data + 168, &record->resource);
}

static bool
record_is_plausible(const struct hfs_node *n, size_t at, const unsigned char *data, bool is_folder)
{
	uint32_t cnid = rmn_be32(data + 8);

	if (cnid < HFS_FIRST_USER && !(is_folder && cnid == HFS_ROOT))
		return false;
	if (!owner_is_plausible(data, is_folder))
		return false;
	if (!is_folder && (!fork_is_plausible(data + 88) || !fork_is_plausible(data + 168)))
		return false;
	return node_rank(n, at) == HFS_RANK_LIVE ||
	    (date_is_plausible(rmn_be32(data + 16)) && date_is_plausible(rmn_be32(data + 20)) &&
	    (rmn_be16(data + 2) & 0xff00) == 0);
}

/* What stands behind the end of the node, or of the slack, counts as zeros: a record whose last bytes
 * the offset table has grown over still says where the data are, or at least when they changed. */
#define FILE_KEPT 168u			/* up to the resource fork */
#define FILE_DATES 48u			/* up to type and creator */

static const unsigned char *
file_complete(const struct hfs_node *n, size_t at, const unsigned char *data, size_t left,
    unsigned char copy[FILE_BYTES])
{
	if (left >= FILE_BYTES)
		return data;
	if (left < FILE_KEPT || node_rank(n, at) == HFS_RANK_LIVE)
		return NULL;
	memset(copy, 0, FILE_BYTES);
	memcpy(copy, data, FILE_KEPT);
	return copy;
}

/* A folder's or a file's record behind its key: how long it is, 0: it is none. */
static size_t
thing_read(const struct hfs_node *n, size_t at, const unsigned char *key, const unsigned char *data,
    size_t left)
{
	unsigned type = rmn_be16(data), units = rmn_be16(key + 6);
	size_t size = type == HFS_FOLDER ? FOLDER_BYTES : rmn_min_size(left, FILE_BYTES);
	unsigned char copy[FILE_BYTES];
	struct hfs_record *record;

	if (left < size || !name_is_plausible(key + 8, units))
		return 0;
	if (type == HFS_FILE)
		data = file_complete(n, at, data, left, copy);
	if (!data || !record_is_plausible(n, at, data, type == HFS_FOLDER))
		return 0;
	record = record_new(n, at, type, key + 8, units);
	if (!record)
		return size;
	record->parent = rmn_be32(key + 2);
	if (type == HFS_FOLDER)
		record_dates(record, data);
	else
		file_describe(n->h, record, data);
	return size;
}

/* What is left of a file's record without its forks, in the slack: name and dates. */
static size_t
cut_read(const struct hfs_node *n, size_t at, const unsigned char *key, const unsigned char *data,
    size_t left)
{
	struct hfs_record *record;

	if (node_rank(n, at) == HFS_RANK_LIVE || left < FILE_DATES || data[2] != 0 ||
	    rmn_be32(data + 4) != 0 || rmn_be32(data + 8) < HFS_FIRST_USER ||
	    data[42] >> 4 != 8 || !dates_are_full(data) ||
	    !name_is_plausible(key + 8, rmn_be16(key + 6)))
		return 0;
	record = record_new(n, at, HFS_FILE, key + 8, rmn_be16(key + 6));
	if (record) {
		record->parent = rmn_be32(key + 2);
		record_dates(record, data);
		record->is_cut = true;
	}
	return FILE_DATES;
}

/* A file's record in the slack whose key is gone: its name may be in its thread. */
static size_t
keyless_read(const struct hfs_node *n, size_t at, size_t end)
{
	const unsigned char *data = n->p + at;
	unsigned char copy[FILE_BYTES];
	struct hfs_record *record;

	if (end - at < FILE_KEPT || rmn_be16(data) != HFS_FILE || data[2] != 0 ||
	    rmn_be32(data + 4) != 0 || node_rank(n, at) == HFS_RANK_LIVE)
		return 0;
	data = file_complete(n, at, data, end - at, copy);
	if (!dates_are_full(data) || data[42] >> 4 != 8 || rmn_be32(data + 108) == 0 ||
	    !record_is_plausible(n, at, data, false))
		return 0;
	record = record_new(n, at, HFS_FILE, data, 0);
	if (record)
		file_describe(n->h, record, data);
	return rmn_min_size(end - at, FILE_BYTES);
}

static size_t
thread_read(const struct hfs_node *n, size_t at, const unsigned char *key, const unsigned char *data,
    size_t left)
{
	unsigned units = left >= THREAD_BYTES ? rmn_be16(data + 8) : 0;
	size_t size = THREAD_BYTES + (size_t)2 * units;
	struct hfs_record *record;

	if (rmn_be16(key) != KEY_MIN || units > NAME_UNITS_MAX || size > left ||
	    rmn_be32(data + 4) == 0 || !name_is_plausible(data + 10, units))
		return 0;
	if (node_rank(n, at) != HFS_RANK_LIVE && (rmn_be16(data + 2) != 0 ||
	    rmn_be32(key + 2) < HFS_FIRST_USER || rmn_be32(data + 4) < HFS_ROOT))
		return 0;
	record = record_new(n, at, rmn_be16(data), data + 10, units);
	if (!record)
		return size;
	record->cnid = rmn_be32(key + 2);
	record->parent = rmn_be32(data + 4);
	return size;
}

/* A catalogue record at a place: its length with the key, or 0. */
static size_t
catalogue_read(const struct hfs_node *n, size_t at, size_t end)
{
	const unsigned char *key = n->p + at, *data;
	size_t left = end - at, key_bytes, used = 0;
	unsigned type;

	if (left < 2 + KEY_MIN + 2)
		return 0;
	key_bytes = rmn_be16(key);
	if (key_bytes < KEY_MIN || key_bytes != KEY_MIN + (size_t)2 * rmn_be16(key + 6) ||
	    2 + key_bytes + 2 > left || rmn_be32(key + 2) == 0)
		return 0;
	data = key + 2 + key_bytes;
	left -= 2 + key_bytes;
	type = rmn_be16(data);
	if (type == HFS_FOLDER || type == HFS_FILE)
		used = thing_read(n, at, key, data, left);
	if (type == HFS_FILE && !used)
		used = cut_read(n, at, key, data, left);
	if (type == HFS_FOLDER_THREAD || type == HFS_FILE_THREAD)
		used = thread_read(n, at, key, data, left);
	return used ? 2 + key_bytes + used : 0;
}

static const struct {
	uint8_t tree;
	size_t (*read)(const struct hfs_node *n, size_t at, size_t end);
} readers[] = {
	{HFS_TREE_CATALOGUE, catalogue_read},
	{HFS_TREE_CATALOGUE, keyless_read},
	{HFS_TREE_EXTENTS, rmn_hfs_overflow_read},
	{HFS_TREE_ATTRIBUTES, rmn_hfs_attribute_read},
};

/* Where the records in use end, by the last entry of the offset table. */
static size_t
free_find(const unsigned char *p, size_t size, size_t *end)
{
	size_t records = rmn_be16(p + 10), table = 2 * (records + 1), free_at;

	*end = size - 2;
	if (records == 0 || table > size - FIRST_RECORD || rmn_be16(p + size - 2) != FIRST_RECORD)
		return 0;
	*end = size - table;
	free_at = rmn_be16(p + *end);
	return free_at > FIRST_RECORD && free_at <= *end ? free_at : 0;
}

size_t
rmn_hfs_node_read(struct hfs *h, struct hfs_leaf *leaf, const unsigned char *p)
{
	struct hfs_node n = {.h = h, .leaf = leaf, .p = p, .size = (size_t)1 << leaf->bits};
	size_t first = h->record_count, read = 0, end, used;

	n.free_at = free_find(p, n.size, &end);
	if (leaf->is_damaged) {
		n.free_at = 0;
		end = n.size - 2;
	}
	leaf->next = rmn_be32(p);
	leaf->previous = rmn_be32(p + 4);
	leaf->tree = HFS_TREE_UNKNOWN;
	for (size_t at = FIRST_RECORD; at < end && !h->failed; at += used ? used : 2) {
		used = 0;
		for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]) && !used; i++) {
			if (leaf->tree != HFS_TREE_UNKNOWN && leaf->tree != readers[i].tree)
				continue;
			used = readers[i].read(&n, at, end);
			if (used)
				leaf->tree = readers[i].tree;
		}
		read += used > 0;
	}
	leaf->first_record = (uint32_t)first;
	leaf->record_count = (uint32_t)(h->record_count - first);
	return read;
}
