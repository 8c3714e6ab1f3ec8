/* SPDX-License-Identifier: MIT
 *
 * RAR 1.5 to 4: blocks of CRC16, type, flags, size and, with some, the size of data behind; RAR 5: rar5.c. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/time.h"
#include "unpack/checksum.h"
#include "unpack/name.h"
#include "unpack/rar5.h"
#include "unpack/rest.h"
#include "unpack/stamp.h"

#define SIGNATURE_BYTES 7u
#define SIGNATURE_5_BYTES 8u
#define HEADER_MAX 8192u
#define HEAD_BYTES 7u
#define CRC_BYTES 2u
#define NAME_UNITS 1024u

enum block_type { BLOCK_MAIN = 0x73, BLOCK_FILE = 0x74, BLOCK_END = 0x7B };
enum main_flag { HEADERS_ENCRYPTED = 0x80 };
enum file_flag { ENCRYPTED = 0x04, COMMENTED = 0x08, DIRECTORY = 0xE0, LARGE = 0x100, UNICODE = 0x200 };
enum { HAS_DATA = 0x8000 };
enum file5_flag { DIRECTORY_5 = 1, HAS_TIME_5 = 2, HAS_CRC_5 = 4, SIZE_UNKNOWN_5 = 8 };

/* UTF-16 as differences from the bytes of the plain name: two bits say how each unit is stored. */
static void
wide_name(struct rmn_bytes plain, struct rmn_bytes packed, struct rmn_buf *name)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	uint16_t units[NAME_UNITS];
	size_t count = 0;
	uint8_t high, flags = 0, low, run;
	unsigned bits = 0;

	if (!rmn_cursor_u8(&c, &high))
		return;
	while (count < NAME_UNITS) {
		unsigned how;

		if (bits == 0 && !rmn_cursor_u8(&c, &flags))
			break;
		bits = bits == 0 ? 8 : bits;
		bits -= 2;
		how = flags >> bits & 3;
		if (how == 2 && rmn_cursor_le16(&c, &units[count])) {
			count++;
		} else if (how < 2 && rmn_cursor_u8(&c, &low)) {
			units[count++] = (uint16_t)(low | (how == 1 ? high << 8 : 0));
		} else if (how == 3 && rmn_cursor_u8(&c, &run)) {
			uint8_t shift = 0;

			if ((run & 0x80) && !rmn_cursor_u8(&c, &shift))
				break;
			for (unsigned n = (run & 0x7Fu) + 2; n > 0 && count < NAME_UNITS &&
			    count < plain.size; n--, count++)
				units[count] = (uint16_t)(run & 0x80 ?
				    ((plain.data[count] + shift) & 0xFF) | high << 8 : plain.data[count]);
		} else {
			break;
		}
	}
	for (size_t i = 0; i < count; i++) {
		uint32_t point = units[i];

		if ((point & 0xFC00) == 0xD800 && i + 1 < count && (units[i + 1] & 0xFC00) == 0xDC00)
			point = 0x10000 + ((point & 0x3FF) << 10) + (units[++i] & 0x3FFu);
		rmn_buf_append_utf8(name, point);
	}
}

static void
name_take(struct rmn_rest *rest, struct rmn_bytes stored, bool is_unicode)
{
	const unsigned char *end = stored.size > 0 ? memchr(stored.data, 0, stored.size) : NULL;
	size_t plain = end ? (size_t)(end - stored.data) : stored.size;

	rmn_buf_clear(&rest->name);
	if (is_unicode && end)
		wide_name(rmn_bytes_head(stored, plain), rmn_bytes_after(stored, plain + 1), &rest->name);
	else
		rmn_unpack_name(stored, &rest->name);
}

static enum rmn_status
file_give(struct rmn_rest *rest, struct rmn_cursor c, uint16_t flags, uint64_t *data_bytes)
{
	struct rmn_member member = {.created = RMN_TIME_UNKNOWN,
	    .is_encrypted = flags & ENCRYPTED, .is_directory = (flags & DIRECTORY) == DIRECTORY};
	uint32_t packed, size, time, packed_high = 0, size_high = 0;
	uint16_t name_size;
	struct rmn_bytes name;

	if (!rmn_cursor_le32(&c, &packed) || !rmn_cursor_le32(&c, &size) || !rmn_cursor_skip(&c, 5) ||
	    !rmn_cursor_le32(&c, &time) || !rmn_cursor_skip(&c, 2) || !rmn_cursor_le16(&c, &name_size) ||
	    !rmn_cursor_skip(&c, 4) || ((flags & LARGE) && (!rmn_cursor_le32(&c, &packed_high) ||
	    !rmn_cursor_le32(&c, &size_high))) || !rmn_cursor_take(&c, name_size, &name))
		return RMN_CORRUPT;
	*data_bytes = packed | (uint64_t)packed_high << 32;
	member.size_bytes = size | (uint64_t)size_high << 32;
	member.modified = rmn_stamp_dos(time);
	name_take(rest, name, flags & UNICODE);
	return rmn_rest_give(rest, &member);
}

/* RMN_END behind the last header that can be read. */
static enum rmn_status
block_take(struct rmn_rest *rest, uint64_t *at)
{
	unsigned char buffer[HEADER_MAX];
	struct rmn_cursor c;
	uint16_t crc, flags, size;
	uint64_t data_bytes = 0;
	uint32_t added;
	uint8_t type;
	size_t got;
	bool is_sound;

	if (rmn_blob_read(rest->content, *at, buffer, HEAD_BYTES, &got, NULL) != RMN_OK)
		return RMN_END;
	c = rmn_cursor_over((struct rmn_bytes){buffer, got});
	if (!rmn_cursor_le16(&c, &crc) || !rmn_cursor_u8(&c, &type) || !rmn_cursor_le16(&c, &flags) ||
	    !rmn_cursor_le16(&c, &size) || size < HEAD_BYTES || size > sizeof(buffer) ||
	    type == BLOCK_END ||
	    rmn_blob_read(rest->content, *at, buffer, size, &got, NULL) != RMN_OK || got < size)
		return RMN_END;
	c.bytes.size = size;
	is_sound = crc == (rmn_crc32(0, buffer + CRC_BYTES, size - CRC_BYTES) & 0xFFFF);
	if (type == BLOCK_MAIN && (flags & HEADERS_ENCRYPTED))
		return RMN_END;
	if (type == BLOCK_FILE) {
		enum rmn_status status;

		if (!is_sound && !(flags & COMMENTED))
			return RMN_END;
		status = file_give(rest, c, flags, &data_bytes);
		if (status != RMN_OK)
			return status == RMN_CORRUPT ? RMN_END : status;
	} else if (flags & HAS_DATA) {
		if (!rmn_cursor_le32(&c, &added))
			return RMN_END;
		data_bytes = added;
	}
	return rmn_add_u64(*at, size, at) && rmn_add_u64(*at, data_bytes, at) ? RMN_OK : RMN_END;
}

static enum rmn_status
file5_give(struct rmn_rest *rest, const struct rmn_rar5_block *block)
{
	struct rmn_cursor c = rmn_cursor_over(block->fields);
	struct rmn_member member = {.created = RMN_TIME_UNKNOWN, .modified = RMN_TIME_UNKNOWN,
	    .is_encrypted = block->is_encrypted};
	uint64_t flags, size, skipped, name_size;
	struct rmn_bytes name;
	uint32_t time;

	if (!rmn_rar5_number(&c, &flags) || !rmn_rar5_number(&c, &size) ||
	    !rmn_rar5_number(&c, &skipped))
		return RMN_OK;
	if (flags & HAS_TIME_5) {
		if (!rmn_cursor_le32(&c, &time))
			return RMN_OK;
		member.modified = rmn_time_from_unix(time, 0);
	}
	if (((flags & HAS_CRC_5) && !rmn_cursor_skip(&c, 4)) || !rmn_rar5_number(&c, &skipped) ||
	    !rmn_rar5_number(&c, &skipped) || !rmn_rar5_number(&c, &name_size) ||
	    name_size > RMN_RAR5_HEADER_BYTES || !rmn_cursor_take(&c, (size_t)name_size, &name))
		return RMN_OK;
	member.is_directory = flags & DIRECTORY_5;
	member.size_bytes = flags & SIZE_UNKNOWN_5 ? UINT64_MAX : size;
	rmn_buf_clear(&rest->name);
	rmn_unpack_name(name, &rest->name);
	return rmn_rest_give(rest, &member);
}

static enum rmn_status
rest5(struct rmn_rest *rest)
{
	struct rmn_rar5 r = {.content = rest->content, .offset = SIGNATURE_5_BYTES};
	unsigned char buffer[RMN_RAR5_HEADER_BYTES];
	enum rmn_status status = RMN_OK;
	struct rmn_rar5_block block;

	while (status == RMN_OK && rmn_rar5_block_next(&r, buffer, &block) && block.is_sound &&
	    block.type != RMN_RAR5_END && block.type != RMN_RAR5_ENCRYPTION)
		if (block.type == RMN_RAR5_FILE)
			status = file5_give(rest, &block);
	return status;
}

enum rmn_status
rmn_rest_rar(struct rmn_rest *rest)
{
	unsigned char mark[SIGNATURE_5_BYTES];
	enum rmn_status status = RMN_OK;
	uint64_t at = SIGNATURE_BYTES;
	size_t got;

	if (rmn_blob_read(rest->content, 0, mark, sizeof(mark), &got, NULL) != RMN_OK ||
	    got < sizeof(mark) || memcmp(mark, "Rar!\x1A\7", 6) != 0)
		return RMN_OK;
	if (mark[6] == 1)
		return rest5(rest);
	while (status == RMN_OK)
		status = block_take(rest, &at);
	return status == RMN_END ? RMN_OK : status;
}
