/* SPDX-License-Identifier: MIT
 *
 * GIF: comments, text to be drawn, XMP (GIF89a sections 24-26; XMP part 3). */
#include <string.h>

#include "base/cursor.h"
#include "format/picture/picture.h"

#define COMMENT 0xFE
#define PLAIN_TEXT 0x01
#define APPLICATION 0xFF
#define TEXT_BYTES (64 * RMN_KIB)

/* Skips or gathers sub-blocks up to the empty one. */
static bool
take_blocks(struct rmn_cursor *c, struct rmn_buf *text)
{
	struct rmn_bytes block;
	uint8_t size;

	while (rmn_cursor_u8(c, &size)) {
		if (size == 0)
			return true;
		if (!rmn_cursor_take(c, size, &block))
			return false;
		if (text)
			rmn_buf_append(text, block);
	}
	return false;
}

/* XMP stands there as it is; only its trailer of 258 bytes makes sub-blocks of it. */
static bool
take_xmp(struct rmn_picture *picture, struct rmn_cursor *c)
{
	struct rmn_bytes end = rmn_bytes_from_string("<?xpacket end=");
	struct rmn_bytes rest = rmn_bytes_after(picture->bytes, c->offset);
	size_t size = rmn_bytes_find(rest, end);

	if (size != SIZE_MAX)
		rmn_picture_xmp(picture, rmn_bytes_head(rest, size));
	else
		picture->is_damaged = true;
	return take_blocks(c, NULL);
}

static bool
take_extension(struct rmn_picture *picture, struct rmn_cursor *c)
{
	struct rmn_bytes name;
	struct rmn_buf text;
	uint8_t label, size;
	bool is_whole;

	if (!rmn_cursor_u8(c, &label))
		return false;
	if (label == APPLICATION || label == PLAIN_TEXT) {
		if (!rmn_cursor_u8(c, &size) || !rmn_cursor_take(c, size, &name))
			return false;
		if (label == APPLICATION && rmn_bytes_start_with(name, "XMP DataXMP"))
			return take_xmp(picture, c);
	}
	if (label != COMMENT && label != PLAIN_TEXT)
		return take_blocks(c, NULL);
	rmn_buf_init(&text, TEXT_BYTES);
	is_whole = take_blocks(c, &text);
	rmn_picture_give_bytes(picture, RMN_PROPERTY_OTHER, "gif",
	    label == COMMENT ? "comment" : "text", rmn_buf_bytes(&text));
	picture->is_more |= text.failed;
	rmn_buf_release(&text);
	return is_whole;
}

static bool
skip_palette(struct rmn_cursor *c, uint8_t flags)
{
	return !(flags & 0x80) || rmn_cursor_skip(c, (size_t)3 << ((flags & 7) + 1));
}

static bool
take_image(struct rmn_cursor *c)
{
	uint8_t flags, code_size;

	return rmn_cursor_skip(c, 8) && rmn_cursor_u8(c, &flags) && skip_palette(c, flags) &&
	       rmn_cursor_u8(c, &code_size) && take_blocks(c, NULL);
}

static void
read_blocks(struct rmn_picture *picture)
{
	struct rmn_cursor c = rmn_cursor_over(picture->bytes);
	uint8_t flags, kind;
	bool is_fine;

	is_fine = rmn_cursor_skip(&c, 10) && rmn_cursor_u8(&c, &flags) &&
		  rmn_cursor_skip(&c, 2) && skip_palette(&c, flags);
	while (is_fine && rmn_cursor_u8(&c, &kind)) {
		if (kind == 0x3B)
			return;
		if (kind == 0x21)
			is_fine = take_extension(picture, &c);
		else
			is_fine = kind == 0x2C && take_image(&c);
	}
	picture->is_damaged = true;
}

static unsigned
gif_claim(const struct rmn_format_input *input)
{
	unsigned newer = rmn_picture_magic(input, 0, "GIF89a", 6);

	return newer ? newer : rmn_picture_magic(input, 0, "GIF87a", 6);
}

static enum rmn_status
gif_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, read_blocks, error);
}

const struct rmn_format rmn_format_gif = {
	.name = "gif",
	.title = "Picture (GIF)",
	.media_type = "image/gif",
	.kind = RMN_KIND_OTHER,
	.claim = gif_claim,
	.read = gif_read,
};
