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

static void
tiff_walk(struct rmn_picture *picture)
{
	rmn_picture_exif(picture, picture->bytes);
}

static enum rmn_status
tiff_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, tiff_walk, error);
}

const struct rmn_format rmn_format_tiff = {
	.name = "tiff",
	.title = "Picture (TIFF)",
	.media_type = "image/tiff",
	.kind = RMN_KIND_OTHER,
	.claim = tiff_claim,
	.read = tiff_read,
};
