/* SPDX-License-Identifier: MIT
 *
 * The entries of a zip (APPNOTE 4.3): from the central directory, with zip64, or from the local
 * headers when that is gone.  Offsets count from the first byte of the archive, which need not
 * be the first of the content (self-extracting programs, mail bodies): the distance is taken
 * from where the directory really lies. */
#include "unpack/zip_directory.h"

#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "unpack/checksum.h"
#include "unpack/stamp.h"

#define LOCAL_SIGNATURE 0x04034b50u
#define CENTRAL_SIGNATURE 0x02014b50u
#define END_SIGNATURE 0x06054b50u
#define END64_SIGNATURE 0x06064b50u
#define LOCATOR64_SIGNATURE 0x07064b50u
#define END_BYTES 22u
#define LOCATOR64_BYTES 20u
#define COMMENT_MAX 65535u

#define FLAG_ENCRYPTED 0x0001u
#define FLAG_SIZES_BEHIND 0x0008u
#define EXTRA_ZIP64 1u
#define EXTRA_UNIX_TIMES 0x5455u
#define EXTRA_UNICODE_NAME 0x7075u

struct central {
	uint64_t offset;	/* in the content */
	uint64_t size_bytes;
	uint64_t shift;		/* content offset of archive offset 0 */
	struct rmn_bytes comment;
};

bool
zip_content_bytes(struct rmn_blob *content, struct rmn_arena *arena, uint64_t offset, size_t size,
    struct rmn_bytes *bytes)
{
	unsigned char *memory;
	size_t got;

	if (offset > content->size_bytes || size > content->size_bytes - offset)
		return false;
	if (content->memory.data) {
		*bytes = (struct rmn_bytes){content->memory.data + offset, size};
		return true;
	}
	memory = rmn_arena_alloc(arena, size > 0 ? size : 1, 1);
	if (!memory)
		return false;
	if (rmn_blob_read(content, offset, memory, size, &got, NULL) != RMN_OK || got < size)
		return false;
	*bytes = (struct rmn_bytes){memory, size};
	return true;
}

static bool
directory_add(struct zip_directory *d, struct rmn_arena *arena, const struct rmn_zip_entry *entry)
{
	if (d->count == d->capacity) {
		size_t capacity = d->capacity ? d->capacity * 2 : 32;
		struct rmn_zip_entry *entries =
		    rmn_arena_alloc(arena, capacity, sizeof(*entries));

		if (!entries)
			return false;
		if (d->count > 0)
			memcpy(entries, d->entries, d->count * sizeof(*entries));
		d->entries = entries;
		d->capacity = capacity;
	}
	d->entries[d->count++] = *entry;
	return true;
}

/* Where the last end record starts in the tail, or SIZE_MAX. */
static size_t
end_record_find(struct rmn_bytes tail)
{
	if (tail.size < END_BYTES)
		return SIZE_MAX;
	for (size_t i = tail.size - END_BYTES + 1; i-- > 0;)
		if (tail.data[i] == 'P' && memcmp(tail.data + i, "PK\5\6", 4) == 0)
			return i;
	return SIZE_MAX;
}

/* Zip64: the locator stands right before the end record and says where the wide record is. */
static bool
end64_read(struct rmn_blob *content, struct rmn_arena *arena, uint64_t end_offset,
    uint64_t *size, uint64_t *offset, uint64_t *record_offset)
{
	struct rmn_bytes bytes;
	struct rmn_cursor c;
	uint32_t signature, disk;

	if (end_offset < LOCATOR64_BYTES || !zip_content_bytes(content, arena,
	    end_offset - LOCATOR64_BYTES, LOCATOR64_BYTES, &bytes))
		return false;
	c = rmn_cursor_over(bytes);
	if (!rmn_cursor_le32(&c, &signature) || signature != LOCATOR64_SIGNATURE ||
	    !rmn_cursor_le32(&c, &disk) || !rmn_cursor_le64(&c, record_offset) ||
	    !zip_content_bytes(content, arena, *record_offset, 56, &bytes))
		return false;
	c = rmn_cursor_over(bytes);
	return rmn_cursor_le32(&c, &signature) && signature == END64_SIGNATURE &&
	    rmn_cursor_skip(&c, 36) && rmn_cursor_le64(&c, size) && rmn_cursor_le64(&c, offset);
}

static bool
central_find(struct rmn_blob *content, struct rmn_arena *arena, struct central *central)
{
	size_t tail_size = (size_t)rmn_min_u64(content->size_bytes, END_BYTES + COMMENT_MAX);
	uint64_t tail_offset = content->size_bytes - tail_size, end_offset;
	struct rmn_bytes tail;
	struct rmn_cursor c;
	uint32_t size32, offset32;
	uint16_t comment_size = 0;
	uint64_t size, offset, ends;
	size_t at;

	if (!zip_content_bytes(content, arena, tail_offset, tail_size, &tail))
		return false;
	at = end_record_find(tail);
	if (at == SIZE_MAX)
		return false;
	c = rmn_cursor_over(rmn_bytes_after(tail, at));
	if (!rmn_cursor_skip(&c, 12) || !rmn_cursor_le32(&c, &size32) ||
	    !rmn_cursor_le32(&c, &offset32))
		return false;
	if (!rmn_cursor_le16(&c, &comment_size) ||
	    !rmn_cursor_take(&c, comment_size, &central->comment))
		central->comment = rmn_bytes_after(c.bytes, c.offset);
	end_offset = tail_offset + at;
	ends = end_offset;
	size = size32;
	offset = offset32;
	if ((size32 == UINT32_MAX || offset32 == UINT32_MAX) &&
	    !end64_read(content, arena, end_offset, &size, &offset, &ends))
		return false;
	if (size > ends || offset > ends - size)
		return false;
	central->size_bytes = size;
	central->offset = ends - size;
	central->shift = central->offset - offset;
	return true;
}

static void
unix_times_read(struct rmn_bytes body, struct rmn_zip_entry *entry)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	uint32_t seconds;
	uint8_t flags;

	if (rmn_cursor_u8(&c, &flags) && (flags & 1) && rmn_cursor_le32(&c, &seconds))
		entry->modified = rmn_time_from_unix((int32_t)seconds, 0);
}

/* Counts only while it belongs to the name that is stored: old programs rename without it. */
static void
unicode_name_read(struct rmn_bytes body, struct rmn_zip_entry *entry)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	uint32_t crc;
	uint8_t version;

	if (rmn_cursor_u8(&c, &version) && version == 1 && rmn_cursor_le32(&c, &crc) &&
	    crc == rmn_crc32(0, entry->name.data, entry->name.size))
		entry->unicode_name = rmn_bytes_after(body, c.offset);
}

/* The wide values of a zip64 extra field stand in the order of the narrow fields they replace. */
static void
extra_read(struct rmn_bytes extra, struct rmn_zip_entry *entry)
{
	struct rmn_cursor c = rmn_cursor_over(extra);
	struct rmn_bytes body;
	uint16_t id, size;

	while (rmn_cursor_le16(&c, &id) && rmn_cursor_le16(&c, &size) &&
	    rmn_cursor_take(&c, size, &body)) {
		struct rmn_cursor wide = rmn_cursor_over(body);

		if (id == EXTRA_UNIX_TIMES)
			unix_times_read(body, entry);
		else if (id == EXTRA_UNICODE_NAME)
			unicode_name_read(body, entry);
		if (id != EXTRA_ZIP64)
			continue;
		if (entry->size_bytes == UINT32_MAX)
			rmn_cursor_le64(&wide, &entry->size_bytes);
		if (entry->packed_bytes == UINT32_MAX)
			rmn_cursor_le64(&wide, &entry->packed_bytes);
		if (entry->header_offset == UINT32_MAX)
			rmn_cursor_le64(&wide, &entry->header_offset);
	}
}

static bool
central_entry_read(struct rmn_cursor *at, struct rmn_zip_entry *entry)
{
	struct rmn_cursor c = *at;
	struct rmn_bytes extra;
	uint32_t signature, packed, size, offset, time;
	uint16_t name_size, extra_size, comment_size;

	*entry = (struct rmn_zip_entry){0};
	if (!rmn_cursor_le32(&c, &signature) || signature != CENTRAL_SIGNATURE ||
	    !rmn_cursor_skip(&c, 4) || !rmn_cursor_le16(&c, &entry->flags) ||
	    !rmn_cursor_le16(&c, &entry->method) || !rmn_cursor_le32(&c, &time) ||
	    !rmn_cursor_le32(&c, &entry->crc) || !rmn_cursor_le32(&c, &packed) ||
	    !rmn_cursor_le32(&c, &size) || !rmn_cursor_le16(&c, &name_size) ||
	    !rmn_cursor_le16(&c, &extra_size) || !rmn_cursor_le16(&c, &comment_size) ||
	    !rmn_cursor_skip(&c, 8) || !rmn_cursor_le32(&c, &offset) ||
	    !rmn_cursor_take(&c, name_size, &entry->name) ||
	    !rmn_cursor_take(&c, extra_size, &extra) ||
	    !rmn_cursor_take(&c, comment_size, &entry->comment))
		return false;
	entry->packed_bytes = packed;
	entry->size_bytes = size;
	entry->header_offset = offset;
	entry->modified = rmn_stamp_dos(time);
	extra_read(extra, entry);
	entry->is_encrypted = (entry->flags & FLAG_ENCRYPTED) != 0;
	*at = c;
	return true;
}

enum rmn_status
zip_directory_read(struct rmn_blob *content, struct rmn_arena *arena,
    struct zip_directory *directory, struct rmn_error *error)
{
	struct central central;
	struct rmn_zip_entry entry;
	struct rmn_bytes bytes;
	struct rmn_cursor c;

	if (!central_find(content, arena, &central))
		return rmn_fail(error, RMN_CORRUPT, "zip directory is missing");
	if (central.size_bytes > RMN_LIMIT_ZIP_DIRECTORY_BYTES)
		return rmn_fail(error, RMN_LIMIT, "zip directory is larger than %llu MiB",
		    RMN_LIMIT_ZIP_DIRECTORY_BYTES / RMN_MIB);
	if (!zip_content_bytes(content, arena, central.offset, (size_t)central.size_bytes, &bytes))
		return rmn_fail(error, RMN_CORRUPT, "zip directory cannot be read");
	directory->comment = central.comment;
	c = rmn_cursor_over(bytes);
	while (central_entry_read(&c, &entry)) {
		if (!rmn_add_u64(entry.header_offset, central.shift, &entry.header_offset))
			return rmn_fail(error, RMN_CORRUPT, "zip entry points outside");
		if (directory->count == RMN_LIMIT_ZIP_ENTRIES)
			return rmn_fail(error, RMN_LIMIT, "zip has more than %u entries",
			    RMN_LIMIT_ZIP_ENTRIES);
		if (!directory_add(directory, arena, &entry))
			return rmn_fail(error, RMN_LIMIT, "zip directory outgrows its memory");
	}
	if (rmn_cursor_left(&c) > 0 || directory->count == 0)
		return rmn_fail(error, RMN_CORRUPT, "zip directory is damaged");
	return RMN_OK;
}

bool
zip_local_header_read(struct rmn_bytes bytes, struct rmn_zip_entry *entry, size_t *header_bytes)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct rmn_bytes extra;
	uint32_t signature, packed, size, time;
	uint16_t name_size, extra_size;

	if (!rmn_cursor_le32(&c, &signature) || signature != LOCAL_SIGNATURE ||
	    !rmn_cursor_skip(&c, 2) || !rmn_cursor_le16(&c, &entry->flags) ||
	    !rmn_cursor_le16(&c, &entry->method) || !rmn_cursor_le32(&c, &time) ||
	    !rmn_cursor_le32(&c, &entry->crc) || !rmn_cursor_le32(&c, &packed) ||
	    !rmn_cursor_le32(&c, &size) || !rmn_cursor_le16(&c, &name_size) ||
	    !rmn_cursor_le16(&c, &extra_size))
		return false;
	*header_bytes = (size_t)ZIP_LOCAL_HEADER_BYTES + name_size + extra_size;
	entry->packed_bytes = packed;
	entry->size_bytes = size;
	entry->modified = rmn_stamp_dos(time);
	entry->is_encrypted = (entry->flags & FLAG_ENCRYPTED) != 0;
	if (!rmn_cursor_take(&c, name_size, &entry->name))
		return true;	/* the caller gave the fixed part only */
	if (rmn_cursor_take(&c, extra_size, &extra))
		extra_read(extra, entry);
	return true;
}

/* One entry of a zip without directory.  Moves *at to where the next may start. */
static bool
lost_entry_read(struct rmn_bytes bytes, size_t *at, struct rmn_zip_entry *entry)
{
	size_t header_bytes, left;

	*entry = (struct rmn_zip_entry){0};
	if (!zip_local_header_read(rmn_bytes_after(bytes, *at), entry, &header_bytes) ||
	    entry->name.size == 0 || header_bytes > bytes.size - *at) {
		*at += 4;
		return false;
	}
	entry->header_offset = *at;
	*at += header_bytes;
	left = bytes.size - *at;
	if ((entry->flags & FLAG_SIZES_BEHIND) && entry->packed_bytes == 0) {
		entry->packed_bytes = UINT64_MAX;
		entry->size_bytes = UINT64_MAX;
	} else if (entry->packed_bytes <= left) {
		*at += (size_t)entry->packed_bytes;
	}
	return true;
}

enum rmn_status
zip_directory_rebuild(struct rmn_blob *content, struct rmn_arena *arena,
    struct zip_directory *directory, struct rmn_error *error)
{
	struct rmn_bytes bytes, signature = {(const unsigned char *)"PK\3\4", 4};
	struct rmn_zip_entry entry;
	enum rmn_status status;
	size_t at = 0, found;

	status = rmn_blob_bytes(content, RMN_LIMIT_WHOLE_ITEM_BYTES, arena, &bytes, error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	while (directory->count < RMN_LIMIT_ZIP_ENTRIES) {
		found = rmn_bytes_find(rmn_bytes_after(bytes, at), signature);
		if (found == SIZE_MAX)
			break;
		at += found;
		if (lost_entry_read(bytes, &at, &entry) &&
		    !directory_add(directory, arena, &entry))
			return rmn_fail(error, RMN_LIMIT, "zip entries outgrow their memory");
	}
	if (directory->count == 0)
		return rmn_fail(error, RMN_CORRUPT, "no zip entry found");
	return rmn_fail(error, RMN_PARTIAL, "zip directory rebuilt from %zu local headers",
	    directory->count);
}
