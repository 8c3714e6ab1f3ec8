/* SPDX-License-Identifier: MIT
 *
 * Windows bitmaps: the length stands in the header and must agree with the picture's dimensions.
 * Nothing in the pixels can be checked, so that the best proof is PLAUSIBLE. */
#include "base/checked.h"
#include "base/cursor.h"
#include "carve/window.h"

#define HEAD_BYTES 54u
#define TAIL_BYTES (1024u * 1024u)	/* colour profiles and padding behind the pixels */

struct bitmap {
	uint32_t size_bytes, data_offset, header_bytes, compression, image_bytes;
	uint64_t width, height;
	uint16_t planes, depth;
};

static uint32_t
magnitude(uint32_t value)
{
	return value >> 31 ? ~value + 1 : value;
}

static bool
bitmap_read(struct rmn_bytes bytes, struct bitmap *b)
{
	struct rmn_cursor c = rmn_cursor_over(bytes);
	uint32_t reserved, width, height;
	uint16_t small_width, small_height;

	if (!rmn_cursor_skip(&c, 2) || !rmn_cursor_le32(&c, &b->size_bytes) ||
	    !rmn_cursor_le32(&c, &reserved) || reserved != 0 ||
	    !rmn_cursor_le32(&c, &b->data_offset) || !rmn_cursor_le32(&c, &b->header_bytes))
		return false;
	if (b->header_bytes == 12) {
		if (!rmn_cursor_le16(&c, &small_width) || !rmn_cursor_le16(&c, &small_height))
			return false;
		b->width = small_width;
		b->height = small_height;
	} else {
		if (!rmn_cursor_le32(&c, &width) || !rmn_cursor_le32(&c, &height))
			return false;
		b->width = width;
		b->height = magnitude(height);
	}
	if (!rmn_cursor_le16(&c, &b->planes) || !rmn_cursor_le16(&c, &b->depth))
		return false;
	return b->header_bytes == 12 || (rmn_cursor_le32(&c, &b->compression) &&
	    rmn_cursor_le32(&c, &b->image_bytes));
}

static bool
bitmap_is_sane(const struct bitmap *b)
{
	static const uint32_t headers[] = {12, 40, 52, 56, 64, 108, 124};
	static const uint16_t depths[] = {1, 2, 4, 8, 16, 24, 32};
	bool has_header = false, has_depth = false;

	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		has_header |= headers[i] == b->header_bytes;
	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++)
		has_depth |= depths[i] == b->depth;
	return has_header && has_depth && b->planes == 1 && b->width > 0 && b->height > 0 &&
	    b->width < 1u << 24 && b->height < 1u << 24 && b->compression <= 6 &&
	    b->data_offset >= 14 + b->header_bytes &&
	    b->data_offset <= 14 + b->header_bytes + 1024 + 16;
}

void
rmn_walk_bmp(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_bytes bytes = rmn_view_load(view, 0, HEAD_BYTES, &tools->buffer);
	struct bitmap b = {0};
	uint64_t pixels, end;

	tools->work += HEAD_BYTES;
	if (!bitmap_read(bytes, &b) || !bitmap_is_sane(&b))
		return;
	/* RLE, JPEG and PNG inside: only the header knows how long. */
	pixels = b.compression == 0 || b.compression == 3 || b.compression == 6 ?
	    (b.width * b.depth + 31) / 32 * 4 * b.height : b.image_bytes;
	end = b.data_offset + pixels;
	if (b.size_bytes > end && b.size_bytes - end <= TAIL_BYTES)
		end = b.size_bytes;	/* a profile, or two bytes of padding */
	else if (pixels == 0 || (b.size_bytes != 0 && b.size_bytes != end))
		return;
	rmn_proven_end(view, proven, RMN_PROOF_PLAUSIBLE, end);
}
