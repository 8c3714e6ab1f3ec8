/* SPDX-License-Identifier: MIT
 *
 * Blocks: CRC32, then numbers of seven bits a byte: header size, type, flags, [size of the extra
 * area], [size of the data]; the extra area ends the header (RAR 5.0 archive format, rarlab). */
#include "unpack/rar5.h"

#include "base/checked.h"
#include "base/cursor.h"

#define SIGNATURE_BYTES 8u
#define HEADER_READ_BYTES 4096u		/* names end at 2 KiB */

enum block_type { BLOCK_FILE = 2, BLOCK_ENCRYPTION = 4, BLOCK_END = 5 };
enum block_flag { HAS_EXTRA = 1, HAS_DATA = 2, CONTINUES_VOLUME = 8 };
enum { EXTRA_ENCRYPTION = 1 };

struct block {
	uint64_t type, flags;
	bool is_encrypted;
};

static bool
cursor_vint(struct rmn_cursor *c, uint64_t *value)
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

	while (cursor_vint(&c, &size)) {
		struct rmn_cursor record = c;

		if (!cursor_vint(&record, &type))
			return false;
		if (type == EXTRA_ENCRYPTION)
			return true;
		if (size > rmn_cursor_left(&c) || !rmn_cursor_skip(&c, (size_t)size))
			return false;
	}
	return false;
}

/* Reads the block at r->offset and moves behind it. */
static bool
next_block(struct rmn_rar5 *r, struct block *block)
{
	unsigned char buffer[HEADER_READ_BYTES];
	struct rmn_bytes header;
	struct rmn_cursor c;
	uint64_t header_size, extra_size = 0, data_size = 0, end;
	size_t got;

	if (rmn_blob_read(r->content, r->offset, buffer, sizeof(buffer), &got, NULL) != RMN_OK)
		return false;
	c = rmn_cursor_over((struct rmn_bytes){buffer, got});
	if (!rmn_cursor_skip(&c, 4) || !cursor_vint(&c, &header_size) || header_size == 0)
		return false;
	if (!rmn_add_u64(r->offset + c.offset, header_size, &end))
		return false;
	header = rmn_bytes_after(c.bytes, c.offset);
	if (header_size < header.size)
		header.size = (size_t)header_size;
	c = rmn_cursor_over(header);
	if (!cursor_vint(&c, &block->type) || !cursor_vint(&c, &block->flags) ||
	    ((block->flags & HAS_EXTRA) && !cursor_vint(&c, &extra_size)) ||
	    ((block->flags & HAS_DATA) && !cursor_vint(&c, &data_size)) ||
	    !rmn_add_u64(end, data_size, &end))
		return false;
	block->is_encrypted = header.size == header_size && extra_size < header_size &&
	    extra_has_encryption(rmn_bytes_after(header, (size_t)(header_size - extra_size)));
	r->offset = end;
	return true;
}

bool
rmn_rar5_next_is_encrypted(struct rmn_rar5 *r)
{
	struct block block;

	if (r->offset == 0)
		r->offset = SIGNATURE_BYTES;
	while (!r->is_lost) {
		if (!next_block(r, &block) || block.type == BLOCK_END ||
		    block.type == BLOCK_ENCRYPTION)
			r->is_lost = true;
		else if (block.type == BLOCK_FILE && !(block.flags & CONTINUES_VOLUME))
			return block.is_encrypted;
	}
	return false;
}

bool
rmn_rar5_hides_names(struct rmn_blob *content)
{
	struct rmn_rar5 r = {.content = content, .offset = SIGNATURE_BYTES};
	struct block block;

	return next_block(&r, &block) && block.type == BLOCK_ENCRYPTION;
}
