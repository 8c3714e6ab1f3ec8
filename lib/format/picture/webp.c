/* SPDX-License-Identifier: MIT
 *
 * WebP: the chunks EXIF and XMP of a RIFF (RFC 9649 section 2.7). */
#include "base/cursor.h"
#include "format/picture/picture.h"

static void
read_chunks(struct rmn_picture *picture)
{
	struct rmn_cursor c = rmn_cursor_over(picture->bytes);
	struct rmn_bytes type, data;
	uint32_t whole, size;

	if (!rmn_cursor_skip(&c, 4) || !rmn_cursor_le32(&c, &whole) || !rmn_cursor_skip(&c, 4)) {
		picture->is_damaged = true;
		return;
	}
	picture->is_damaged |= whole > picture->bytes.size - 8;
	while (rmn_cursor_take(&c, 4, &type) && rmn_cursor_le32(&c, &size)) {
		if (!rmn_cursor_take(&c, size, &data)) {
			picture->is_damaged = true;
			rmn_cursor_take(&c, rmn_cursor_left(&c), &data);
		}
		if (rmn_bytes_start_with(type, "EXIF"))
			rmn_picture_exif(picture, rmn_bytes_start_with(data, "Exif")
						      ? rmn_bytes_after(data, 6) : data);
		else if (rmn_bytes_start_with(type, "XMP "))
			rmn_picture_xmp(picture, data);
		if (size % 2 == 1)
			rmn_cursor_skip(&c, 1);
	}
}

static unsigned
webp_claim(const struct rmn_format_input *input)
{
	return rmn_picture_magic(input, 8, "WEBPVP8", 7);
}

static enum rmn_status
webp_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, read_chunks, error);
}

const struct rmn_format rmn_format_webp = {
	.name = "webp",
	.title = "Picture (WebP)",
	.media_type = "image/webp",
	.kind = RMN_KIND_OTHER,
	.claim = webp_claim,
	.read = webp_read,
};
