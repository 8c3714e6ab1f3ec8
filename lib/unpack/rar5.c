/* SPDX-License-Identifier: MIT
 *
 * Blocks: CRC32, then numbers of seven bits a byte: header size, type, flags, [size of the extra
 * area], [size of the data]; the extra area ends the header (RAR 5.0 archive format, rarlab). */
#include "unpack/rar5.h"

#include "base/checked.h"
#include "base/number.h"
#include "unpack/checksum.h"

#define SIGNATURE_BYTES 8u
#define CRC_BYTES 4u
#define START_BYTES 16u

enum block_flag { HAS_EXTRA = 1, HAS_DATA = 2 };
enum { EXTRA_ENCRYPTION = 1 };

bool
rmn_rar5_number(struct rmn_cursor *c, uint64_t *value)
{
	uint8_t byte = 0x80;

	*value = 0;
	for (unsigned shift = 0; shift < 63 && (byte & 0x80); shift += 7) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*value |= (uint64_t)(byte & 0x7F) << shift;
	}
	return (byte & 0x80) == 0;
}

static bool
extra_has_encryption(struct rmn_bytes extra)
{
	struct rmn_cursor c = rmn_cursor_over(extra);
	uint64_t size, type;

	while (rmn_rar5_number(&c, &size)) {
		struct rmn_cursor record = c;

		if (!rmn_rar5_number(&record, &type))
			return false;
		if (type == EXTRA_ENCRYPTION)
			return true;
		if (size > rmn_cursor_left(&c) || !rmn_cursor_skip(&c, (size_t)size))
			return false;
	}
	return false;
}

bool
rmn_rar5_block_next(struct rmn_rar5 *r, unsigned char *buffer, struct rmn_rar5_block *block)
{
	struct rmn_bytes header;
	struct rmn_cursor c;
	uint64_t header_size, extra_size = 0, data_size = 0, end;
	size_t got;

	/* first its size: very many blocks may be very small */
	if (rmn_blob_read(r->content, r->offset, buffer, START_BYTES, &got, NULL) != RMN_OK)
		return false;
	c = rmn_cursor_over((struct rmn_bytes){buffer, got});
	if (!rmn_cursor_skip(&c, CRC_BYTES) || !rmn_rar5_number(&c, &header_size) || header_size == 0)
		return false;
	if (!rmn_add_u64(r->offset + c.offset, header_size, &end) || rmn_blob_read(r->content,
	    r->offset, buffer, (size_t)rmn_min_u64(RMN_RAR5_HEADER_BYTES, end - r->offset), &got,
	    NULL) != RMN_OK)
		return false;
	header = rmn_bytes_after((struct rmn_bytes){buffer, got}, c.offset);
	if (header_size < header.size)
		header.size = (size_t)header_size;
	block->is_sound = header.size == header_size && rmn_le32(buffer) ==
	    rmn_crc32(0, buffer + CRC_BYTES, c.offset - CRC_BYTES + header.size);
	c = rmn_cursor_over(header);
	if (!rmn_rar5_number(&c, &block->type) || !rmn_rar5_number(&c, &block->flags) ||
	    ((block->flags & HAS_EXTRA) && !rmn_rar5_number(&c, &extra_size)) ||
	    ((block->flags & HAS_DATA) && !rmn_rar5_number(&c, &data_size)) ||
	    !rmn_add_u64(end, data_size, &end))
		return false;
	block->fields = rmn_bytes_after(header, c.offset);
	block->is_encrypted = header.size == header_size && extra_size < header_size &&
	    extra_has_encryption(rmn_bytes_after(header, (size_t)(header_size - extra_size)));
	r->offset = end;
	return true;
}

bool
rmn_rar5_next_is_encrypted(struct rmn_rar5 *r)
{
	unsigned char buffer[RMN_RAR5_HEADER_BYTES];
	struct rmn_rar5_block block;

	if (r->offset == 0)
		r->offset = SIGNATURE_BYTES;
	while (!r->is_lost) {
		if (!rmn_rar5_block_next(r, buffer, &block) || block.type == RMN_RAR5_END ||
		    block.type == RMN_RAR5_ENCRYPTION)
			r->is_lost = true;
		else if (block.type == RMN_RAR5_FILE && !(block.flags & RMN_RAR5_CONTINUES))
			return block.is_encrypted;
	}
	return false;
}

bool
rmn_rar5_hides_names(struct rmn_blob *content)
{
	struct rmn_rar5 r = {.content = content, .offset = SIGNATURE_BYTES};
	unsigned char buffer[RMN_RAR5_HEADER_BYTES];
	struct rmn_rar5_block block;

	return rmn_rar5_block_next(&r, buffer, &block) && block.type == RMN_RAR5_ENCRYPTION;
}
