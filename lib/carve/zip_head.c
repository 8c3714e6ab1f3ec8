/* SPDX-License-Identifier: MIT */
#include "carve/zip_head.h"

#include <stdlib.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "unpack/checksum.h"

#define FULL16 0xffffu
#define FULL32 0xffffffffu
/* Flags that no version of the format has used. */
#define FLAGS_UNUSED 0xc780u
#define VERSION_MAX 70u
#define SYSTEM_MAX 32u
#define ZIP64_EXTRA 1u

uint32_t
zip_signature(struct rmn_bytes bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t signature = 0;

	return rmn_cursor_le32(&c, &signature) ? signature : 0;
}

static bool
method_is_known(uint16_t method)
{
	return method <= 20 || (method >= 93 && method <= 99);
}

static bool
record_is_plausible(uint16_t version, const struct zip_record *r)
{
	return (version & 0xff) <= VERSION_MAX && version >> 8 <= SYSTEM_MAX &&
	    (r->flags & FLAGS_UNUSED) == 0 && method_is_known(r->method) && r->name_bytes > 0 &&
	    r->name_bytes <= ZIP_NAME_MAX;
}

static bool
record_common(struct rmn_cursor *c, struct zip_record *r, uint16_t *version)
{
	uint32_t packed, size;

	if (!rmn_cursor_le16(c, version) || !rmn_cursor_le16(c, &r->flags) ||
	    !rmn_cursor_le16(c, &r->method) || !rmn_cursor_skip(c, 4) ||
	    !rmn_cursor_le32(c, &r->crc) || !rmn_cursor_le32(c, &packed) ||
	    !rmn_cursor_le32(c, &size) || !rmn_cursor_le16(c, &r->name_bytes) ||
	    !rmn_cursor_le16(c, &r->extra_bytes))
		return false;
	r->packed_bytes = packed;
	r->size_bytes = size;
	return true;
}

bool
zip_local_fixed(struct rmn_bytes bytes, struct zip_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t signature;
	uint16_t version;

	*record = (struct zip_record){0};
	return rmn_cursor_le32(&c, &signature) && signature == ZIP_LOCAL &&
	    record_common(&c, record, &version) && record_is_plausible(version, record);
}

bool
zip_entry_fixed(struct rmn_bytes bytes, struct zip_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t signature, offset;
	uint16_t made_by, version, disk;

	*record = (struct zip_record){0};
	if (!rmn_cursor_le32(&c, &signature) || signature != ZIP_ENTRY ||
	    !rmn_cursor_le16(&c, &made_by) || !record_common(&c, record, &version) ||
	    !rmn_cursor_le16(&c, &record->comment_bytes) || !rmn_cursor_le16(&c, &disk) ||
	    !rmn_cursor_skip(&c, 6) || !rmn_cursor_le32(&c, &offset))
		return false;
	record->header_offset = offset;
	return (disk == 0 || disk == FULL16) && record_is_plausible(version, record);
}

/* The 64-bit values that stand in for full 32-bit ones (4.5.3). */
static bool
extra_zip64(struct rmn_bytes field, bool is_entry, struct zip_record *r)
{
	struct rmn_cursor c = rmn_cursor_over(field);

	return (r->size_bytes != FULL32 || rmn_cursor_le64(&c, &r->size_bytes)) &&
	    (r->packed_bytes != FULL32 || rmn_cursor_le64(&c, &r->packed_bytes)) &&
	    (!is_entry || r->header_offset != FULL32 || rmn_cursor_le64(&c, &r->header_offset));
}

bool
zip_record_rest(struct rmn_bytes rest, bool is_entry, struct zip_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(rest);
	struct rmn_bytes extra, field;
	uint16_t id, size;

	if (!rmn_cursor_take(&c, record->name_bytes, &record->name) ||
	    !rmn_cursor_take(&c, record->extra_bytes, &extra))
		return false;
	for (size_t i = 0; i < record->name.size; i++)
		if (record->name.data[i] < 0x20)
			return false;
	c = rmn_cursor_over(extra);
	/* Some writers pad the extra field with anything, so that what is no field ends the list. */
	while (rmn_cursor_le16(&c, &id) && rmn_cursor_le16(&c, &size) &&
	    rmn_cursor_take(&c, size, &field)) {
		if (id == ZIP64_EXTRA && !extra_zip64(field, is_entry, record))
			return false;
	}
	return true;
}

bool
zip_end_fixed(struct rmn_bytes bytes, struct zip_end *end)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t signature, size, offset;
	uint16_t disk, directory_disk, here, all;

	if (!rmn_cursor_le32(&c, &signature) || signature != ZIP_END ||
	    !rmn_cursor_le16(&c, &disk) || !rmn_cursor_le16(&c, &directory_disk) ||
	    !rmn_cursor_le16(&c, &here) || !rmn_cursor_le16(&c, &all) ||
	    !rmn_cursor_le32(&c, &size) || !rmn_cursor_le32(&c, &offset) ||
	    !rmn_cursor_le16(&c, &end->comment_bytes))
		return false;
	end->entry_count = all;
	end->directory_bytes = size;
	end->directory_offset = offset;
	return disk == directory_disk && (disk == 0 || disk == FULL16) && here == all;
}

bool
zip64_end_fixed(struct rmn_bytes bytes, struct zip_end *end, uint64_t *record_bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t signature, disk, directory_disk;
	uint64_t size, here;

	if (!rmn_cursor_le32(&c, &signature) || signature != ZIP64_END ||
	    !rmn_cursor_le64(&c, &size) || !rmn_cursor_skip(&c, 4) ||
	    !rmn_cursor_le32(&c, &disk) || !rmn_cursor_le32(&c, &directory_disk) ||
	    !rmn_cursor_le64(&c, &here) || !rmn_cursor_le64(&c, &end->entry_count) ||
	    !rmn_cursor_le64(&c, &end->directory_bytes) ||
	    !rmn_cursor_le64(&c, &end->directory_offset))
		return false;
	*record_bytes = size + 12;
	return disk == 0 && directory_disk == 0 && here == end->entry_count &&
	    size >= ZIP64_END_BYTES - 12 && size < 1u << 20;
}

static bool
descriptor_fits(struct rmn_bytes bytes, size_t at, bool is_wide, uint32_t crc, uint64_t packed,
    uint64_t size)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t sum, low_packed, low_size;
	uint64_t wide_packed, wide_size;

	if (!rmn_cursor_skip(&c, at) || !rmn_cursor_le32(&c, &sum) || sum != crc)
		return false;
	if (is_wide)
		return rmn_cursor_le64(&c, &wide_packed) && rmn_cursor_le64(&c, &wide_size) &&
		    wide_packed == packed && wide_size == size;
	return rmn_cursor_le32(&c, &low_packed) && rmn_cursor_le32(&c, &low_size) &&
	    low_packed == (uint32_t)packed && low_size == (uint32_t)size;
}

size_t
zip_descriptor_find(struct rmn_bytes bytes, uint32_t crc, uint64_t packed, uint64_t size)
{
	static const struct {
		uint8_t start, length;
		bool is_wide;
	} forms[] = {{4, 16, false}, {4, 24, true}, {0, 12, false}, {0, 20, true}};
	size_t found = 0;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct rmn_bytes next;

		if ((forms[i].start > 0 && zip_signature(bytes) != ZIP_DESCRIPTOR) ||
		    !descriptor_fits(bytes, forms[i].start, forms[i].is_wide, crc, packed, size))
			continue;
		/* Small sizes fit both widths; what follows tells them apart. */
		next = rmn_bytes_after(bytes, forms[i].length);
		if (rmn_bytes_start_with(next, "PK"))
			return forms[i].length;
		if (found == 0)
			found = forms[i].length;
	}
	return found;
}

bool
zip_members_add(struct zip_members *members, const struct zip_member *m)
{
	if (members->count == members->capacity) {
		size_t capacity = members->capacity ? members->capacity * 2 : 32;
		struct zip_member *list = reallocarray(members->list, capacity, sizeof(*list));

		if (!list)
			return false;
		members->list = list;
		members->capacity = capacity;
	}
	members->list[members->count++] = *m;
	return true;
}

void
zip_members_release(struct zip_members *members)
{
	free(members->list);
	*members = (struct zip_members){0};
}

bool
zip_members_match(const struct zip_members *members, const struct zip_record *entry)
{
	size_t low = 0, high = members->count;
	const struct zip_member *m;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (members->list[middle].header_offset < entry->header_offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == members->count || members->list[low].header_offset != entry->header_offset)
		return false;
	m = &members->list[low];
	/* Some writers spell the name in another character set in the directory: content with a CRC
	 * needs no name. */
	if (!m->is_unknown && (m->crc != entry->crc || m->packed_bytes != entry->packed_bytes ||
	    m->size_bytes != entry->size_bytes))
		return false;
	return (!m->is_unknown && m->size_bytes > 0) ||
	    m->name_hash == rmn_crc32(0, entry->name.data, entry->name.size);
}

bool
zip_end_match(const struct zip_end *end, uint64_t entries, uint64_t offset, uint64_t end_at)
{
	/* Writers without zip64 keep the low bits. */
	return (end->entry_count == entries || end->entry_count == (entries & FULL16)) &&
	    (end->directory_bytes == end_at - offset ||
	    end->directory_bytes == ((end_at - offset) & FULL32)) &&
	    (end->directory_offset == offset || end->directory_offset == (offset & FULL32));
}
