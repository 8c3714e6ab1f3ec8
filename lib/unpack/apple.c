/* SPDX-License-Identifier: MIT
 *
 * What Macs put around a file that goes to another system: AppleSingle and AppleDouble (RFC 1740; the
 * "._name" files in zips and on FAT disks) and MacBinary.  The attributes of newer systems stand in the
 * Finder entry of AppleDouble; com.apple.metadata:kMDItemWhereFroms says where a file came from. */
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "charset/charset.h"
#include "unpack/name.h"
#include "unpack/own.h"
#include "unpack/stamp.h"

#define MAGIC_SINGLE 0x00051600u
#define MAGIC_DOUBLE 0x00051607u
#define MAGIC_ATTRIBUTES 0x41545452u
#define ENTRIES_MAX 64u
#define FINDER_BYTES 32u
/* Attributes are small; a writer's limit is 128 KiB for one. */
#define ATTRIBUTES_BYTES_MAX (1u << 20)
#define STRINGS_MAX 256u
/* Finder's comments have 200 bytes, names 255. */
#define WORDS_BYTES_MAX 1024u

/* The others up to the last, which RFC 1740 has, are icons, dates and numbers. */
enum entry { ENTRY_DATA = 1, ENTRY_RESOURCES = 2, ENTRY_NAME = 3, ENTRY_COMMENT = 4,
	ENTRY_FINDER = 9, ENTRY_LAST = 15 };

static const char resources_name[] = "..namedfork/rsrc";

bool
rmn_apple_file_claim(struct rmn_bytes head)
{
	struct rmn_cursor c = rmn_cursor_over(head);
	uint32_t magic, version;
	uint16_t count;

	return rmn_cursor_be32(&c, &magic) && (magic == MAGIC_SINGLE || magic == MAGIC_DOUBLE) &&
	    rmn_cursor_be32(&c, &version) && (version == 0x10000 || version == 0x20000) &&
	    rmn_cursor_skip(&c, 16) && rmn_cursor_be16(&c, &count) && count > 0 &&
	    count <= ENTRIES_MAX;
}

/* A binary property list's strings, a line each: lists and dictionaries are left aside. */
static void
plist_strings(struct rmn_bytes plist, struct rmn_buf *text)
{
	struct rmn_cursor c = rmn_cursor_over(plist);
	uint8_t marker, wide;

	if (!rmn_bytes_start_with(plist, "bplist00") || !rmn_cursor_seek(&c, 8))
		return;
	/* objects follow each other from here on in all that are written by one system call */
	for (unsigned i = 0; i < STRINGS_MAX && rmn_cursor_u8(&c, &marker); i++) {
		unsigned kind = marker >> 4;
		uint64_t length = marker & 15;
		struct rmn_bytes value;
		uint8_t low = 0;
		uint16_t both = 0;

		if (length == 15 && kind >= 4) {
			if (!rmn_cursor_u8(&c, &wide) || (wide >> 4) != 1 || (wide & 15) > 1 ||
			    !((wide & 15) ? rmn_cursor_be16(&c, &both) : rmn_cursor_u8(&c, &low)))
				return;
			length = (wide & 15) ? both : low;
		}
		if (kind == 1 || kind == 2 || kind == 3)
			length = 1ull << length;
		else if (kind == 6 || kind == 13)
			length *= 2;
		else if (kind == 0)
			length = 0;
		if (length > rmn_cursor_left(&c) || !rmn_cursor_take(&c, (size_t)length, &value))
			return;
		if (kind == 5)
			rmn_charset_decode(value, RMN_CP1252, text, NULL);
		else if (kind == 6)
			rmn_charset_decode(value, RMN_UTF16BE, text, NULL);
		if (kind == 5 || kind == 6)
			rmn_buf_append_char(text, '\n');
	}
}

static enum rmn_status
attribute_pass(struct rmn_bytes name, struct rmn_bytes value, const struct rmn_sink *sink)
{
	struct rmn_buf text, title;
	enum rmn_status status = RMN_OK;

	rmn_buf_init(&text, 0);
	rmn_buf_init(&title, 256);
	plist_strings(value, &text);
	if (text.size == 0 && value.size > 0 && !rmn_bytes_start_with(value, "bplist00"))
		rmn_unpack_name(value, &text);
	rmn_unpack_name(name, &title);
	if (text.size > 0)
		status = rmn_sink_part(sink, RMN_PART_COMMENT, rmn_buf_string(&title));
	if (text.size > 0 && status == RMN_OK)
		status = rmn_sink_text(sink, rmn_buf_bytes(&text));
	if (text.failed)
		status = RMN_NOMEM;
	rmn_buf_release(&text);
	rmn_buf_release(&title);
	return status;
}

/* Attributes stand behind the 32 bytes for the Finder; their places count from the start of the file. */
static enum rmn_status
attributes_pass(struct rmn_bytes file, size_t at, const struct rmn_sink *sink)
{
	struct rmn_cursor c = rmn_cursor_over(file);
	uint32_t magic;
	uint16_t count = 0;

	if (!rmn_cursor_seek(&c, at + FINDER_BYTES + 2) || !rmn_cursor_be32(&c, &magic) ||
	    magic != MAGIC_ATTRIBUTES || !rmn_cursor_skip(&c, 30) || !rmn_cursor_be16(&c, &count))
		return RMN_OK;
	for (; count > 0; count--) {
		struct rmn_bytes name, value;
		struct rmn_cursor data = c;
		uint32_t offset, size;
		uint8_t name_size;
		enum rmn_status status;

		if (!rmn_cursor_be32(&c, &offset) || !rmn_cursor_be32(&c, &size) ||
		    !rmn_cursor_skip(&c, 2) || !rmn_cursor_u8(&c, &name_size) ||
		    !rmn_cursor_take(&c, name_size, &name) ||
		    !rmn_cursor_skip(&c, -c.offset & 3) || !rmn_cursor_seek(&data, offset) ||
		    !rmn_cursor_take(&data, size, &value))
			return RMN_PARTIAL;
		status = attribute_pass(name, value, sink);
		if (status != RMN_OK)
			return status;
	}
	return RMN_OK;
}

static enum rmn_status
finder_pass(struct rmn_blob *content, uint32_t offset, uint32_t size, const struct rmn_sink *sink)
{
	size_t wanted = (size_t)rmn_min_u64((uint64_t)offset + size, ATTRIBUTES_BYTES_MAX), got = 0;
	unsigned char *file;
	enum rmn_status status = RMN_PARTIAL;

	if (size <= FINDER_BYTES)
		return RMN_OK;
	file = malloc(wanted);
	if (!file)
		return RMN_NOMEM;
	if (rmn_blob_read(content, 0, file, wanted, &got, NULL) == RMN_OK && offset < got)
		status = attributes_pass((struct rmn_bytes){file, got}, offset, sink);
	free(file);
	return status;
}

/* The name the file had, and what its owner wrote about it. */
static enum rmn_status
words_pass(struct rmn_blob *content, uint32_t id, uint32_t offset, uint32_t size,
    const struct rmn_sink *sink)
{
	unsigned char words[WORDS_BYTES_MAX];
	size_t got = 0;

	if (size > sizeof(words) ||
	    rmn_blob_read(content, offset, words, size, &got, NULL) != RMN_OK)
		return RMN_PARTIAL;
	return attribute_pass(rmn_bytes_from_string(id == ENTRY_NAME ? "name" : "comment"),
	    (struct rmn_bytes){words, got}, sink);
}

enum rmn_status
rmn_unpack_apple_file(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	unsigned char head[26 + 12 * ENTRIES_MAX];
	struct rmn_bytes bytes = {head, 0};
	struct rmn_cursor c;
	uint16_t count;
	enum rmn_status status = rmn_blob_read(content, 0, head, sizeof(head), &bytes.size, error);
	enum rmn_status result = RMN_OK;

	c = rmn_cursor_over(bytes);
	if (status != RMN_OK)
		return status;
	if (!rmn_apple_file_claim(bytes) || !rmn_cursor_skip(&c, 24) ||
	    !rmn_cursor_be16(&c, &count))
		return rmn_fail(error, RMN_CORRUPT, "no AppleSingle or AppleDouble file");
	for (; count > 0 && status == RMN_OK; count--) {
		struct rmn_member member = {.modified = RMN_TIME_UNKNOWN,
		    .created = RMN_TIME_UNKNOWN, .has_offset = true};
		uint32_t id, offset, size;

		if (!rmn_cursor_be32(&c, &id) || !rmn_cursor_be32(&c, &offset) ||
		    !rmn_cursor_be32(&c, &size))
			return rmn_fail(error, RMN_PARTIAL, "the list of forks is cut short");
		member.container_offset = offset;
		member.size_bytes = size;
		if ((uint64_t)offset + size > content->size_bytes)
			result = rmn_fail(error, RMN_PARTIAL, "a fork is cut short");
		if (id == ENTRY_RESOURCES)
			member.name = rmn_bytes_from_string(resources_name);
		if (size > 0 && (id == ENTRY_DATA || id == ENTRY_RESOURCES))
			status = rmn_unpack_fork(content, offset, size, &member, sink);
		else if (id == ENTRY_FINDER)
			status = finder_pass(content, offset, size, sink);
		else if (size > 0 && (id == ENTRY_NAME || id == ENTRY_COMMENT))
			status = words_pass(content, id, offset, size, sink);
		else if (size > 0 && id > ENTRY_LAST)
			result = rmn_fail(error, RMN_PARTIAL, "entry %u is of a kind that is not read",
			    (unsigned)id);
		if (status == RMN_PARTIAL) {
			result = rmn_fail(error, RMN_PARTIAL, "its attributes are damaged");
			status = RMN_OK;
		}
	}
	return status == RMN_OK ? result : status;
}

/* CRC-16 of XMODEM. */
static uint16_t
crc_xmodem(struct rmn_bytes bytes)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		crc = (uint16_t)(crc ^ bytes.data[i] << 8);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return crc;
}

/* MacBinary II and III, whose header has a checksum; the first version proves nothing. */
bool
rmn_macbinary_claim(struct rmn_bytes head)
{
	struct rmn_cursor c = rmn_cursor_over(head);
	uint16_t crc;

	return head.size >= 128 && head.data[0] == 0 && head.data[1] > 0 && head.data[1] < 64 &&
	    head.data[74] == 0 && head.data[82] == 0 && head.data[122] >= 129 &&
	    rmn_cursor_seek(&c, 124) && rmn_cursor_be16(&c, &crc) &&
	    crc == crc_xmodem(rmn_bytes_head(head, 124));
}

static enum rmn_status
macbinary_forks(struct rmn_blob *content, struct rmn_bytes head, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_cursor c = rmn_cursor_over(head);
	uint32_t data = 0, resources = 0, created = 0, modified = 0;
	uint16_t second = 0;
	struct rmn_member member = {.has_offset = true};
	struct rmn_bytes stored = rmn_bytes_head(rmn_bytes_after(head, 2), head.data[1]);
	struct rmn_buf name;
	uint64_t end;
	enum rmn_status status = RMN_OK;

	rmn_cursor_seek(&c, 83);
	rmn_cursor_be32(&c, &data);
	rmn_cursor_be32(&c, &resources);
	rmn_cursor_be32(&c, &created);
	rmn_cursor_be32(&c, &modified);
	rmn_cursor_seek(&c, 120);
	rmn_cursor_be16(&c, &second);
	rmn_buf_init(&name, 0);
	rmn_unpack_name(stored, &name);
	member.name = rmn_buf_bytes(&name);
	if (!rmn_bytes_equal(member.name, stored))
		member.raw_name = stored;
	member.created = rmn_stamp_mac(created);
	member.modified = rmn_stamp_mac(modified);
	member.container_offset = 128 + (((uint64_t)second + 127) & ~127ull);
	member.size_bytes = data;
	if (data > 0)
		status = rmn_unpack_fork(content, member.container_offset, data, &member, sink);
	member.container_offset += ((uint64_t)data + 127) & ~127ull;
	member.name = rmn_bytes_from_string(resources_name);
	member.raw_name.size = 0;
	member.size_bytes = resources;
	end = member.container_offset + resources;
	if (status == RMN_OK && resources > 0)
		status = rmn_unpack_fork(content, member.container_offset, resources, &member, sink);
	rmn_buf_release(&name);
	if (status == RMN_OK && end > content->size_bytes)
		status = rmn_fail(error, RMN_PARTIAL, "the MacBinary file is cut short");
	return status;
}

enum rmn_status
rmn_unpack_macbinary(struct rmn_blob *content, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	unsigned char head[128];
	struct rmn_bytes bytes = {head, 0};
	enum rmn_status status = rmn_blob_read(content, 0, head, sizeof(head), &bytes.size, error);

	if (status != RMN_OK)
		return status;
	if (!rmn_macbinary_claim(bytes))
		return rmn_fail(error, RMN_CORRUPT, "no MacBinary file");
	return macbinary_forks(content, bytes, sink, error);
}
