/* SPDX-License-Identifier: MIT
 *
 * TIFF: a file that is nothing but what EXIF puts into others. */
#include "format/picture/picture.h"

static unsigned
tiff_claim(const struct rmn_format_input *input)
{
	unsigned little = rmn_picture_magic(input, 0, "II*\0", 4);

	return little ? little : rmn_picture_magic(input, 0, "MM\0*", 4);
}

static enum rmn_status
tiff_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_picture picture;
	enum rmn_status begun = rmn_picture_begin(&picture, input, sink, error);

	if (begun != RMN_OK && begun != RMN_PARTIAL)
		return begun;
	rmn_picture_exif(&picture, picture.bytes);
	return rmn_picture_end(&picture, begun);
}

const struct rmn_format rmn_format_tiff = {
	.name = "tiff",
	.title = "Picture (TIFF)",
	.media_type = "image/tiff",
	.kind = RMN_KIND_OTHER,
	.claim = tiff_claim,
	.read = tiff_read,
};
