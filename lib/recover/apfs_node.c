/* SPDX-License-Identifier: MIT
 *
 * B-tree nodes (btree_node_phys_t): a header, a table of contents, keys rising behind it, values
 * counted back from the end. */
#include "recover/apfs.h"
#include "recover/sight.h"

#define HEADER 0x38u
#define INFO_BYTES 40u		/* btree_info_t at the end of a root */
#define FLAG_ROOT 1u
#define FLAG_FIXED 4u
#define MAP_KEY_BYTES 16u	/* of object maps, whose tables give no lengths */
#define MAP_VALUE_BYTES 16u
#define CHILD_BYTES 8u		/* value of inner nodes */

bool
rmn_apfs_node_open(struct rmn_apfs_node *node, const unsigned char *data)
{
	struct rmn_apfs_node n = {.data = data, .oid = rmn_le64(data + 8),
	    .xid = rmn_le64(data + 16), .flags = rmn_le16(data + 0x20),
	    .level = rmn_le16(data + 0x22), .count = rmn_le32(data + 0x24)};
	size_t table_size = rmn_le16(data + 0x2a), step = n.flags & FLAG_FIXED ? 4 : 8;

	n.table = HEADER + (size_t)rmn_le16(data + 0x28);
	n.keys = n.table + table_size;
	n.values = APFS_BLOCK_BYTES - (n.flags & FLAG_ROOT ? INFO_BYTES : 0);
	if (n.keys > n.values)
		return false;
	if (n.count > table_size / step)
		n.count = (uint32_t)(table_size / step);
	*node = n;
	return true;
}

bool
rmn_apfs_node_record(const struct rmn_apfs_node *n, uint32_t index, struct rmn_apfs_record *record)
{
	size_t key, key_size, value, value_size;
	const unsigned char *entry;

	if (index >= n->count)
		return false;
	if (n->flags & FLAG_FIXED) {
		entry = n->data + n->table + 4 * (size_t)index;
		key = rmn_le16(entry);
		value = rmn_le16(entry + 2);
		key_size = MAP_KEY_BYTES;
		value_size = n->level > 0 ? CHILD_BYTES : MAP_VALUE_BYTES;
	} else {
		entry = n->data + n->table + 8 * (size_t)index;
		key = rmn_le16(entry);
		key_size = rmn_le16(entry + 2);
		value = rmn_le16(entry + 4);
		value_size = rmn_le16(entry + 6);
	}
	if (key_size < 8 || key > n->values - n->keys || key_size > n->values - n->keys - key ||
	    value > n->values - n->keys || value_size > value)
		return false;
	record->key = (struct rmn_bytes){n->data + n->keys + key, key_size};
	record->value_offset = (uint32_t)(n->values - value);
	record->value = (struct rmn_bytes){n->data + record->value_offset, value_size};
	record->id = rmn_le64(record->key.data) & 0x0fffffffffffffff;
	record->type = record->key.data[7] >> 4;
	return true;
}
