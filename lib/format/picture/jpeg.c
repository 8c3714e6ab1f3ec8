/* SPDX-License-Identifier: MIT
 *
 * JPEG: the segments before the picture data that hold EXIF, XMP, IPTC and comments (ITU-T T.81
 * annex B; XMP part 3). */
#include <string.h>

#include "base/cursor.h"
#include "format/picture/picture.h"

#define SOI 0xD8
#define EOI 0xD9
#define SOS 0xDA
#define APP1 0xE1
#define APP13 0xED
#define COM 0xFE

static const char exif_id[] = "Exif\0";				/* and one byte of padding */
static const char xmp_id[] = "http://ns.adobe.com/xap/1.0/";
static const char extended_id[] = "http://ns.adobe.com/xmp/extension/";
static const char photoshop_id[] = "Photoshop 3.0";

/* Blocks that are cut into several segments. */
struct blocks {
	struct rmn_buf extended;	/* XMP beyond 64 KiB */
	struct rmn_buf photoshop;
};

/* What follows id and its NUL; empty when data does not start with it. */
static struct rmn_bytes
after_id(struct rmn_bytes data, const char *id, size_t size)
{
	if (data.size < size || memcmp(data.data, id, size) != 0)
		return (struct rmn_bytes){NULL, 0};
	return rmn_bytes_after(data, size);
}

static void
take_segment(struct rmn_picture *picture, struct blocks *blocks, unsigned marker,
    struct rmn_bytes data)
{
	struct rmn_bytes block;

	if (marker == COM) {
		rmn_picture_give_bytes(picture, RMN_PROPERTY_OTHER, "jpeg", "comment", data);
	} else if (marker == APP1) {
		block = after_id(data, exif_id, sizeof(exif_id));
		if (block.size > 0)
			rmn_picture_exif(picture, block);
		block = after_id(data, xmp_id, sizeof(xmp_id));
		if (block.size > 0)
			rmn_picture_xmp(picture, block);
		/* behind the name: 32 bytes of digest, the full size, the offset */
		block = rmn_bytes_after(after_id(data, extended_id, sizeof(extended_id)), 40);
		rmn_buf_append(&blocks->extended, block);
	} else if (marker == APP13) {
		rmn_buf_append(&blocks->photoshop,
		    after_id(data, photoshop_id, sizeof(photoshop_id)));
	}
}

/* Whether the end marker comes somewhere behind the start of the picture data. */
static bool
has_end(struct rmn_bytes rest)
{
	for (size_t i = rest.size; i >= 2; i--)
		if (rest.data[i - 2] == 0xFF && rest.data[i - 1] == EOI)
			return true;
	return false;
}

static void
read_segments(struct rmn_picture *picture, struct blocks *blocks)
{
	struct rmn_cursor c = rmn_cursor_over(picture->bytes);
	struct rmn_bytes data;
	uint8_t byte, marker = 0;
	uint16_t size;

	rmn_cursor_skip(&c, 2);
	for (;;) {
		if (!rmn_cursor_u8(&c, &byte) || byte != 0xFF)
			break;
		while (rmn_cursor_u8(&c, &marker) && marker == 0xFF)
			;
		if (marker == EOI)
			return;
		if (!rmn_cursor_be16(&c, &size) || size < 2)
			break;
		if (!rmn_cursor_take(&c, size - 2u, &data)) {
			picture->is_damaged = true;
			rmn_cursor_take(&c, rmn_cursor_left(&c), &data);
		}
		if (marker == SOS) {
			picture->is_damaged |=
			    !has_end(rmn_bytes_after(picture->bytes, c.offset));
			return;
		}
		take_segment(picture, blocks, marker, data);
	}
	picture->is_damaged = true;
}

static unsigned
jpeg_claim(const struct rmn_format_input *input)
{
	return rmn_picture_magic(input, 0, "\xFF\xD8\xFF", 3);
}

static void
jpeg_walk(struct rmn_picture *picture)
{
	struct blocks blocks;

	rmn_buf_init(&blocks.extended, RMN_LIMIT_XMP_BYTES);
	rmn_buf_init(&blocks.photoshop, RMN_LIMIT_XMP_BYTES);
	read_segments(picture, &blocks);
	if (blocks.extended.size > 0)
		rmn_picture_xmp(picture, rmn_buf_bytes(&blocks.extended));
	rmn_picture_photoshop(picture, rmn_buf_bytes(&blocks.photoshop));
	picture->is_more |= blocks.extended.failed || blocks.photoshop.failed;
	rmn_buf_release(&blocks.extended);
	rmn_buf_release(&blocks.photoshop);
}

static enum rmn_status
jpeg_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, jpeg_walk, error);
}

const struct rmn_format rmn_format_jpeg = {
	.name = "jpeg",
	.title = "Picture (JPEG)",
	.media_type = "image/jpeg",
	.kind = RMN_KIND_OTHER,
	.claim = jpeg_claim,
	.read = jpeg_read,
};
