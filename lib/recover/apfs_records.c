/* SPDX-License-Identifier: MIT
 *
 * What the leaves of a file-system tree say: inodes, folder entries, extents, attributes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recover/apfs.h"
#include "recover/sight.h"
#include "recover/vote.h"

#define RECORDS_MAX ((size_t)16 << 20)
#define INODE_BYTES 92u
#define FIELD_NAME 4u
#define FIELD_STREAM 8u
#define ATTRIBUTE_STREAM 1u
#define ATTRIBUTE_EMBEDDED 2u
#define PROMISES_MAX 4096u
#define VOTES_MIN 4u

void
rmn_apfs_volume_init(struct rmn_apfs_volume *v)
{
	*v = (struct rmn_apfs_volume){.component = UINT32_MAX};
	rmn_buf_init(&v->texts, 0);
}

void
rmn_apfs_volume_release(struct rmn_apfs_volume *v)
{
	free(v->inodes.entries);
	free(v->names.entries);
	free(v->extents.entries);
	free(v->attributes.entries);
	rmn_buf_release(&v->texts);
}

void *
rmn_apfs_list_add(struct rmn_apfs_volume *v, struct rmn_apfs_list *list, size_t size)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 256;
		void *entries;

		if (capacity > RECORDS_MAX) {
			v->was_cut = true;
			return NULL;
		}
		entries = reallocarray(list->entries, capacity, size);
		if (!entries) {
			v->failed = true;
			return NULL;
		}
		list->entries = entries;
		list->capacity = capacity;
	}
	return memset((char *)list->entries + list->count++ * size, 0, size);
}

/* A name with a NUL behind it. */
static bool
name_add(struct rmn_apfs_volume *v, const unsigned char *text, size_t size, size_t *name,
    uint32_t *name_size)
{
	size_t start = v->texts.size;

	while (size > 0 && text[size - 1] == 0)
		size--;
	if (size == 0)
		return false;
	rmn_found_name_utf8(&v->texts, (struct rmn_bytes){text, size});
	if (v->texts.failed) {
		v->failed = true;
		return false;
	}
	*name = start;
	*name_size = (uint32_t)(v->texts.size - start);
	return true;
}

static int64_t
time_of(const unsigned char *p)
{
	uint64_t value = rmn_le64(p);

	return value == 0 || value > INT64_MAX ? RMN_TIME_UNKNOWN : (int64_t)value;
}

/* Extended fields: their heads one after the other, then their values, each at a multiple of 8. */
static void
fields_read(struct rmn_apfs_volume *v, struct rmn_apfs_inode *inode, struct rmn_bytes fields)
{
	size_t count, at;

	if (fields.size < 4)
		return;
	count = rmn_le16(fields.data);
	at = 4 + 4 * count;
	for (size_t i = 0; i < count && at <= fields.size; i++) {
		const unsigned char *head = fields.data + 4 + 4 * i;
		size_t size = rmn_le16(head + 2);

		if (size > fields.size - at)
			return;
		if (head[0] == FIELD_NAME)
			name_add(v, fields.data + at, size, &inode->name, &inode->name_size);
		else if (head[0] == FIELD_STREAM && size >= 8)
			inode->size_bytes = rmn_le64(fields.data + at);
		at += (size + 7) & ~(size_t)7;
	}
}

static void
inode_add(struct rmn_apfs_volume *v, const struct rmn_apfs_record *record, uint64_t xid,
    bool is_current)
{
	const unsigned char *p = record->value.data;
	struct rmn_apfs_inode *inode;

	if (record->value.size < INODE_BYTES)
		return;
	inode = rmn_apfs_list_add(v, &v->inodes, sizeof(*inode));
	if (!inode)
		return;
	inode->id = record->id;
	inode->parent = rmn_le64(p);
	inode->stream = rmn_le64(p + 8);
	inode->xid = xid;
	inode->created = time_of(p + 16);
	inode->modified = time_of(p + 24);
	inode->changed = time_of(p + 32);
	inode->accessed = time_of(p + 40);
	inode->flags = rmn_le32(p + 68);
	inode->uid = rmn_le32(p + 72);
	inode->gid = rmn_le32(p + 76);
	inode->mode = rmn_le16(p + 80);
	inode->link_count = (inode->mode & APFS_MODE_FORMAT) == APFS_MODE_FOLDER ? 1 :
	    rmn_le32(p + 56);
	inode->is_current = is_current;
	fields_read(v, inode, rmn_bytes_after(record->value, INODE_BYTES));
	if (inode->size_bytes >> 60 != 0)
		inode->size_bytes = 0;
}

/* A folder entry, or a hard link's record: the name of child in parent. */
static void
entry_add(struct rmn_apfs_volume *v, uint64_t child, uint64_t parent, const unsigned char *text,
    size_t size, uint64_t xid, bool is_current)
{
	struct rmn_apfs_name *name = rmn_apfs_list_add(v, &v->names, sizeof(*name));

	if (!name)
		return;
	name->child = child;
	name->parent = parent;
	name->xid = xid;
	name->is_current = is_current;
	if (child == 0 || !name_add(v, text, size, &name->name, &name->name_size))
		v->names.count--;
}

/* The key's length field is 16 bits wide, or 10 bits of 32 with a hash above them. */
static void
folder_entry_add(struct rmn_apfs_volume *v, const struct rmn_apfs_record *record, uint64_t xid,
    bool is_current)
{
	const unsigned char *key = record->key.data;
	size_t size = record->key.size;

	if (record->value.size < 8 || size < 11)
		return;
	if (size >= 12 && (rmn_le32(key + 8) & 0x3ff) == size - 12)
		entry_add(v, rmn_le64(record->value.data), record->id, key + 12, size - 12, xid,
		    is_current);
	else if (rmn_le16(key + 8) == size - 10)
		entry_add(v, rmn_le64(record->value.data), record->id, key + 10, size - 10, xid,
		    is_current);
}

static void
link_add(struct rmn_apfs_volume *v, const struct rmn_apfs_record *record, uint64_t xid,
    bool is_current)
{
	const unsigned char *value = record->value.data;

	if (record->value.size > 10 && rmn_le16(value + 8) <= record->value.size - 10)
		entry_add(v, record->id, rmn_le64(value), value + 10, rmn_le16(value + 8),
		    xid, is_current);
}

static void
extent_add(struct rmn_apfs_volume *v, const struct rmn_apfs_record *record, uint64_t xid)
{
	struct rmn_apfs_extent *extent;

	if (record->key.size < 16 || record->value.size < 16)
		return;
	extent = rmn_apfs_list_add(v, &v->extents, sizeof(*extent));
	if (!extent)
		return;
	extent->owner = record->id;
	extent->at = rmn_le64(record->key.data + 8);
	extent->length = rmn_le64(record->value.data) & 0x00ffffffffffffff;
	extent->block = rmn_le64(record->value.data + 8);
	extent->xid = xid;
}

static void
attribute_add(struct rmn_apfs_volume *v, const struct rmn_apfs_record *record, uint64_t place,
    uint64_t xid)
{
	static const struct {
		const char *name;
		enum rmn_apfs_kind kind;
	} wanted[] = {{"com.apple.decmpfs", APFS_DECMPFS}, {"com.apple.ResourceFork", APFS_FORK},
	    {"com.apple.fs.symlink", APFS_TARGET}};
	const unsigned char *value = record->value.data;
	struct rmn_apfs_attribute *attribute;
	size_t size, found = 0;

	if (record->key.size < 10 || record->value.size < 4)
		return;
	size = rmn_le16(value + 2);
	while (found < 3 && (record->key.size != 11 + strlen(wanted[found].name) ||
	    memcmp(record->key.data + 10, wanted[found].name, record->key.size - 10) != 0))
		found++;
	if (found == 3 || size > record->value.size - 4)
		return;
	attribute = rmn_apfs_list_add(v, &v->attributes, sizeof(*attribute));
	if (!attribute)
		return;
	attribute->owner = record->id;
	attribute->xid = xid;
	attribute->kind = wanted[found].kind;
	attribute->is_stream = value[0] & ATTRIBUTE_STREAM;
	if (value[0] & ATTRIBUTE_EMBEDDED) {
		attribute->place = place + record->value_offset + 4;
		attribute->size_bytes = size;
	} else if (attribute->is_stream && size >= 16) {
		attribute->place = rmn_le64(value + 4);
		attribute->size_bytes = rmn_le64(value + 12);
	} else {
		v->attributes.count--;
	}
}

void
rmn_apfs_volume_leaf(struct rmn_apfs_volume *v, const struct rmn_apfs_node *node, uint64_t place,
    bool is_current)
{
	struct rmn_apfs_record record;

	for (uint32_t i = 0; i < node->count; i++) {
		if (!rmn_apfs_node_record(node, i, &record))
			continue;
		switch (record.type) {
		case APFS_INODE:
			inode_add(v, &record, node->xid, is_current);
			break;
		case APFS_ENTRY:
			folder_entry_add(v, &record, node->xid, is_current);
			break;
		case APFS_LINK:
			link_add(v, &record, node->xid, is_current);
			break;
		case APFS_EXTENT:
			extent_add(v, &record, node->xid);
			break;
		case APFS_ATTRIBUTE:
			attribute_add(v, &record, place, node->xid);
			break;
		default:
			break;
		}
	}
}

/* --- order: by whom a record is of, the youngest first */

static int
number_compare(uint64_t x, uint64_t y)
{
	return x < y ? -1 : x > y;
}

static int
inode_compare(const void *a, const void *b)
{
	const struct rmn_apfs_inode *x = a, *y = b;
	int order = number_compare(x->id, y->id);

	if (order == 0 && x->is_current != y->is_current)
		return x->is_current ? -1 : 1;
	if (order == 0)
		order = number_compare(y->xid, x->xid);
	return order ? order : number_compare(x->name, y->name);
}

static int
name_compare(const void *a, const void *b)
{
	const struct rmn_apfs_name *x = a, *y = b;
	int order = number_compare(x->child, y->child);

	if (order == 0 && x->is_current != y->is_current)
		return x->is_current ? -1 : 1;
	if (order == 0)
		order = number_compare(y->xid, x->xid);
	if (order == 0)
		order = number_compare(x->parent, y->parent);
	return order ? order : number_compare(x->name, y->name);
}

static int
extent_compare(const void *a, const void *b)
{
	const struct rmn_apfs_extent *x = a, *y = b;
	int order = number_compare(x->owner, y->owner);

	if (order == 0)
		order = number_compare(x->at, y->at);
	if (order == 0)
		order = number_compare(y->xid, x->xid);
	if (order == 0)
		order = number_compare(x->block, y->block);
	return order ? order : number_compare(x->length, y->length);
}

static int
attribute_compare(const void *a, const void *b)
{
	const struct rmn_apfs_attribute *x = a, *y = b;
	int order = number_compare(x->owner, y->owner);

	if (order == 0)
		order = number_compare(x->kind, y->kind);
	if (order == 0)
		order = number_compare(y->xid, x->xid);
	return order ? order : number_compare(x->place, y->place);
}

void
rmn_apfs_volume_sort(struct rmn_apfs_volume *v)
{
	const struct {
		struct rmn_apfs_list *list;
		size_t size;
		int (*compare)(const void *a, const void *b);
	} lists[] = {
		{&v->inodes, sizeof(struct rmn_apfs_inode), inode_compare},
		{&v->names, sizeof(struct rmn_apfs_name), name_compare},
		{&v->extents, sizeof(struct rmn_apfs_extent), extent_compare},
		{&v->attributes, sizeof(struct rmn_apfs_attribute), attribute_compare},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i].list->count > 0)
			qsort(lists[i].list->entries, lists[i].list->count, lists[i].size,
			    lists[i].compare);
}

bool
rmn_apfs_volume_vote(const struct rmn_apfs_volume *v, const struct rmn_sightings *s,
    uint64_t *start_byte, char *evidence, size_t evidence_size)
{
	static const uint32_t block_bytes = APFS_BLOCK_BYTES;
	const struct rmn_apfs_inode *inodes = v->inodes.entries;
	const struct rmn_apfs_extent *extents = v->extents.entries;
	struct rmn_promise *promises = calloc(PROMISES_MAX, sizeof(*promises));
	struct rmn_base best[2] = {{0}};
	size_t count = 0, found, e = 0;

	/* Both lists rise by id, and a file's extents have its own id mostly. */
	for (size_t i = 0; promises && i < v->inodes.count && count < PROMISES_MAX; i++) {
		struct rmn_bytes name = {v->texts.data + inodes[i].name, inodes[i].name_size};

		while (e < v->extents.count && extents[e].owner < inodes[i].stream)
			e++;
		if (e < v->extents.count && extents[e].owner == inodes[i].stream &&
		    extents[e].at == 0 && extents[e].block != 0 &&
		    rmn_promise_kind(name, &promises[count].kind))
			promises[count++].block = extents[e].block;
	}
	found = promises ? rmn_vote(s, promises, count, &block_bytes, 1, best, 2) : 0;
	free(promises);
	if (found == 0 || best[0].votes < VOTES_MIN || best[0].start_byte < 0 ||
	    (found > 1 && best[1].votes * 2 > best[0].votes))
		return false;
	*start_byte = (uint64_t)best[0].start_byte;
	snprintf(evidence, evidence_size, "%u votes against %u", best[0].votes,
	    found > 1 ? best[1].votes : 0);
	return true;
}
