/* SPDX-License-Identifier: MIT
 *
 * RAR (technote.txt of versions 4 and 5): a chain of blocks, each with a CRC of its header, to the block
 * that says it is the last.  Archives older than version 3 just stop. */
#include "base/checked.h"
#include "base/cursor.h"
#include "carve/window.h"
#include "unpack/checksum.h"

#define MARKER4_BYTES 7u
#define MARKER5_BYTES 8u

struct block {
	uint64_t bytes;			/* with its data */
	bool is_end, is_encrypted;	/* encrypted: from here on nothing can be walked */
};

#define RAR4_MAIN 0x73
#define RAR4_FILE 0x74
#define RAR4_SUB 0x7a
#define RAR4_END 0x7b
#define RAR4_HEADER_BYTES 7u
#define RAR4_HAS_DATA 0x8000u
#define RAR4_MAIN_ENCRYPTED 0x0080u
#define RAR4_FILE_LARGE 0x0100u
#define RAR4_FILE_ENCRYPTED 0x0004u
#define RAR4_HEADER_MAX 65535u

static bool
rar4_block(struct rmn_window *w, uint64_t at, struct block *b)
{
	struct rmn_bytes bytes = rmn_window_bytes(w, at, RAR4_HEADER_MAX);
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint16_t crc, flags, size;
	uint8_t type;
	uint32_t low = 0, high = 0;

	*b = (struct block){0};
	if (!rmn_cursor_le16(&c, &crc) || !rmn_cursor_u8(&c, &type) || !rmn_cursor_le16(&c, &flags) ||
	    !rmn_cursor_le16(&c, &size) || type < RAR4_MAIN || type > RAR4_END ||
	    size < RAR4_HEADER_BYTES || size > bytes.size ||
	    (rmn_crc32(0, bytes.data + 2, size - 2u) & 0xffff) != crc)
		return false;
	if (flags & RAR4_HAS_DATA && !rmn_cursor_le32(&c, &low))
		return false;
	if ((type == RAR4_FILE || type == RAR4_SUB) && flags & RAR4_FILE_LARGE &&
	    (!rmn_cursor_seek(&c, 32) || !rmn_cursor_le32(&c, &high)))
		return false;
	b->bytes = size + low + ((uint64_t)high << 32);
	b->is_end = type == RAR4_END;
	b->is_encrypted = type == RAR4_MAIN && flags & RAR4_MAIN_ENCRYPTED;
	return true;
}

#define RAR5_END 5u
#define RAR5_ENCRYPTION 4u
#define RAR5_HAS_EXTRA 1u
#define RAR5_HAS_DATA 2u
#define RAR5_SIZE_MAX (2u << 20)

/* A number of 7 bits a byte, the lowest first. */
static bool
vint(struct rmn_cursor *c, uint64_t *value)
{
	uint8_t byte = 0x80;

	*value = 0;
	for (unsigned shift = 0; shift < 63 && byte & 0x80; shift += 7) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		*value |= (uint64_t)(byte & 0x7f) << shift;
	}
	return (byte & 0x80) == 0;
}

/* The CRC of a header that may be longer than the window. */
static bool
rar5_sum(struct rmn_window *w, uint64_t at, uint64_t size, uint32_t crc)
{
	uint32_t sum = 0;

	while (size > 0) {
		size_t part = (size_t)rmn_min_u64(size, RMN_WINDOW_BYTES);
		struct rmn_bytes bytes = rmn_window_bytes(w, at, part);

		if (bytes.size < part)
			return false;
		sum = rmn_crc32(sum, bytes.data, part);
		at += part;
		size -= part;
	}
	return sum == crc;
}

static bool
rar5_block(struct rmn_window *w, uint64_t at, struct block *b)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_window_bytes(w, at, 64));
	uint64_t size, type, flags, extra, data = 0, start;
	uint32_t crc;

	*b = (struct block){0};
	if (!rmn_cursor_le32(&c, &crc) || !vint(&c, &size) || size == 0 || size > RAR5_SIZE_MAX)
		return false;
	start = c.offset;
	if (!vint(&c, &type) || !vint(&c, &flags) ||
	    (flags & RAR5_HAS_EXTRA && !vint(&c, &extra)) ||
	    (flags & RAR5_HAS_DATA && !vint(&c, &data)))
		return false;
	if (!rar5_sum(w, at + 4, start - 4 + size, crc) ||
	    !rmn_add_u64(start + size, data, &b->bytes))
		return false;
	b->is_end = type == RAR5_END;
	b->is_encrypted = type == RAR5_ENCRYPTION;
	return true;
}

static void
rar_walk(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven,
    uint64_t at, bool (*next)(struct rmn_window *w, uint64_t at, struct block *b))
{
	uint64_t first = at, last = 0, end;
	struct rmn_window w;
	struct block b = {0};

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	while (!b.is_end && !b.is_encrypted && next(&w, at, &b)) {
		if (!rmn_add_u64(at, b.bytes, &end))
			break;
		last = at;
		at = end;
	}
	if (at == first)
		return;
	if (b.is_end) {
		rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at);
		return;
	}
	/* The data of the last block has no proof, nor has what is encrypted. */
	rmn_proven_break(view, proven, b.is_encrypted ? at : last, at + MARKER4_BYTES);
	proven->is_encrypted = b.is_encrypted;
}

void
rmn_walk_rar4(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	rar_walk(view, tools, proven, MARKER4_BYTES, rar4_block);
}

void
rmn_walk_rar5(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	rar_walk(view, tools, proven, MARKER5_BYTES, rar5_block);
}
