/* SPDX-License-Identifier: MIT
 *
 * BMP: says nothing about itself; it is here for its pixels. */
#include "base/cursor.h"
#include "format/picture/picture.h"

/* "BM" alone is two letters of text: the header behind it must be one of the known sizes. */
static unsigned
bmp_claim(const struct rmn_format_input *input)
{
	struct rmn_cursor c = rmn_cursor_over(input->head);
	uint32_t header_size;

	if (!rmn_bytes_start_with(input->head, "BM") || !rmn_cursor_seek(&c, 14) ||
	    !rmn_cursor_le32(&c, &header_size))
		return 0;
	return header_size == 12 || header_size == 40 || header_size == 56 ||
	    header_size == 108 || header_size == 124 ? 48 : 0;
}

static enum rmn_status
bmp_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, NULL, error);
}

const struct rmn_format rmn_format_bmp = {
	.name = "bmp",
	.title = "Picture (BMP)",
	.media_type = "image/bmp",
	.kind = RMN_KIND_OTHER,
	.claim = bmp_claim,
	.read = bmp_read,
};
