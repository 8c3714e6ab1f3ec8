/* SPDX-License-Identifier: MIT
 *
 * Records of the extents overflow and the attributes tree (TN1150, "Extents Overflow File",
 * "Attributes File"). */
#include <string.h>

#include "recover/hfs.h"
#include "recover/sight.h"

#define EXTENTS_RECORD_BYTES 76u	/* key and eight extents */
#define ATTRIBUTE_KEY_MIN 12u
#define ATTRIBUTE_INLINE 0x10u
#define ATTRIBUTE_HEADER 16u		/* type, two words, size of the value */
#define DECMPFS_HEADER 16u

size_t
rmn_hfs_overflow_read(const struct hfs_node *n, size_t at, size_t end)
{
	const unsigned char *p = n->p + at;
	struct hfs *h = n->h;
	struct hfs_overflow *overflow;

	if (end - at < EXTENTS_RECORD_BYTES || rmn_be16(p) != 10 || (p[2] != 0 && p[2] != 0xff) ||
	    p[3] != 0 || rmn_be32(p + 4) < HFS_EXTENTS_FILE || rmn_be32(p + 16) == 0)
		return 0;
	for (unsigned i = 0; i < HFS_FORK_EXTENTS; i++)
		if (rmn_be32(p + 12 + 8 * i) > UINT32_MAX - rmn_be32(p + 16 + 8 * i))
			return 0;
	if (!rmn_hfs_grow(h, (void **)&h->overflows, &h->overflow_capacity, h->overflow_count,
	    sizeof(*h->overflows)))
		return EXTENTS_RECORD_BYTES;
	overflow = &h->overflows[h->overflow_count++];
	*overflow = (struct hfs_overflow){.leaf = (uint32_t)h->leaf_count, .fork = p[2],
	    .cnid = rmn_be32(p + 4), .start = rmn_be32(p + 8),
	    .extent_at = (uint32_t)h->extent_count};
	for (unsigned i = 0; i < HFS_FORK_EXTENTS; i++) {
		struct hfs_extent e = {rmn_be32(p + 12 + 8 * i), rmn_be32(p + 16 + 8 * i)};

		if (e.count == 0 || !rmn_hfs_grow(h, (void **)&h->extents, &h->extent_capacity,
		    h->extent_count, sizeof(*h->extents)))
			break;
		h->extents[h->extent_count++] = e;
		overflow->extent_count++;
	}
	return EXTENTS_RECORD_BYTES;
}

static const char *const attribute_names[] = {
	[HFS_DECMPFS] = "com.apple.decmpfs",
	[HFS_WHERE_FROMS] = "com.apple.metadata:kMDItemWhereFroms",
	[HFS_QUARANTINE] = "com.apple.quarantine",
	[HFS_DROPBOX] = "com.dropbox.attributes",
};
#define ATTRIBUTE_KINDS (sizeof(attribute_names) / sizeof(attribute_names[0]))

const char *
rmn_hfs_attribute_name(uint8_t kind)
{
	return kind < ATTRIBUTE_KINDS ? attribute_names[kind] : "";
}

static bool
units_equal(const unsigned char *units, size_t count, const char *name)
{
	if (strlen(name) != count)
		return false;
	for (size_t i = 0; i < count; i++)
		if (rmn_be16(units + 2 * i) != (unsigned char)name[i])
			return false;
	return true;
}

/* The value of com.apple.decmpfs begins with "fpmc", type and unpacked size, little-endian. */
static void
attribute_keep(const struct hfs_node *n, const unsigned char *key, size_t value_at, size_t value_bytes)
{
	const unsigned char *value = n->p + value_at;
	struct hfs_attribute attribute = {.leaf = (uint32_t)n->h->leaf_count,
	    .cnid = rmn_be32(key + 4), .value_at = n->leaf->place + value_at,
	    .value_bytes = (uint32_t)value_bytes};
	struct hfs *h = n->h;

	while (attribute.kind < ATTRIBUTE_KINDS && !units_equal(key + 14, rmn_be16(key + 12),
	    attribute_names[attribute.kind]))
		attribute.kind++;
	if (attribute.kind == HFS_DECMPFS) {
		if (value_bytes < DECMPFS_HEADER || memcmp(value, "fpmc", 4) != 0)
			return;
		attribute.type = rmn_le32(value + 4);
		attribute.size_bytes = rmn_le64(value + 8);
		attribute.value_at += DECMPFS_HEADER;
		attribute.value_bytes -= DECMPFS_HEADER;
	}
	if (attribute.kind < ATTRIBUTE_KINDS && rmn_hfs_grow(h, (void **)&h->attributes,
	    &h->attribute_capacity, h->attribute_count, sizeof(*h->attributes)))
		h->attributes[h->attribute_count++] = attribute;
}

size_t
rmn_hfs_attribute_read(const struct hfs_node *n, size_t at, size_t end)
{
	const unsigned char *p = n->p + at;
	size_t left = end - at, key_bytes, value_bytes, size;
	unsigned units;

	if (left < 2 + ATTRIBUTE_KEY_MIN + ATTRIBUTE_HEADER)
		return 0;
	key_bytes = rmn_be16(p);
	units = rmn_be16(p + 12);
	if (rmn_be16(p + 2) != 0 || units == 0 || units > 127 ||
	    key_bytes != ATTRIBUTE_KEY_MIN + (size_t)2 * units ||
	    left < 2 + key_bytes + ATTRIBUTE_HEADER)
		return 0;
	if (rmn_be32(p + 2 + key_bytes) != ATTRIBUTE_INLINE)
		return 0;
	value_bytes = rmn_be32(p + 2 + key_bytes + 12);
	size = 2 + key_bytes + ATTRIBUTE_HEADER;
	if (value_bytes > left - size)
		return 0;
	attribute_keep(n, p, at + size, value_bytes);
	return (size + value_bytes + 1) & ~(size_t)1;
}
