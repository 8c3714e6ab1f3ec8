/* SPDX-License-Identifier: MIT */
#include "carve/zip_png.h"

#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "unpack/checksum.h"

enum { HEAD, BODY, SUM, OVER };

#define HEAD_BYTES 8u
#define SUM_BYTES 4u
#define IHDR_BYTES 13u
#define FILTERS 5u

bool
zip_png_init(struct zip_png *png)
{
	*png = (struct zip_png){.state = OVER, .inflate = rmn_inflate_new()};
	return png->inflate != NULL;
}

void
zip_png_release(struct zip_png *png)
{
	rmn_inflate_free(png->inflate);
	png->inflate = NULL;
}

void
zip_png_copy(struct zip_png *to, const struct zip_png *from)
{
	struct rmn_inflate *inflate = to->inflate;

	*to = *from;
	to->inflate = inflate;
	if (from->state != OVER)
		rmn_inflate_copy(inflate, from->inflate);
}

void
zip_png_start(struct zip_png *png)
{
	struct rmn_inflate *inflate = png->inflate;

	*png = (struct zip_png){.state = HEAD, .zlib_left = 2, .inflate = inflate};
	rmn_inflate_restart(inflate);
}

/* How long rows are, without interlacing (11.2.1). */
static bool
header_read(struct zip_png *png)
{
	static const uint8_t channels[] = {1, 0, 3, 1, 2, 0, 4};
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){png->held, IHDR_BYTES});
	uint32_t width, height;
	uint8_t depth, colour, method, filter, interlace;

	if (!rmn_cursor_be32(&c, &width) || !rmn_cursor_be32(&c, &height) ||
	    !rmn_cursor_u8(&c, &depth) || !rmn_cursor_u8(&c, &colour) ||
	    !rmn_cursor_u8(&c, &method) || !rmn_cursor_u8(&c, &filter) ||
	    !rmn_cursor_u8(&c, &interlace) || width == 0 || height == 0 || depth == 0 ||
	    depth > 16 || colour > 6 || channels[colour] == 0)
		return false;
	png->row_bytes = ((uint64_t)width * channels[colour] * depth + 7) / 8 + 1;
	png->has_rows = interlace == 0 && filter == 0;
	return true;
}

static bool
rows_check(void *context, struct rmn_bytes output)
{
	struct zip_png *png = context;

	if (!png->has_rows)
		return true;
	for (size_t at = 0; at < output.size;) {
		uint64_t skip = png->row_bytes - png->row_at;

		if (png->row_at == 0) {
			if (output.data[at] >= FILTERS)
				return false;
			png->rows++;
		}
		if (skip > output.size - at) {
			png->row_at += output.size - at;
			break;
		}
		at += (size_t)skip;
		png->row_at = 0;
	}
	return true;
}

static bool
body_read(struct zip_png *png, struct rmn_bytes bytes)
{
	size_t used, skip = png->is_data ? rmn_min_size(png->zlib_left, bytes.size) : 0;

	png->crc = rmn_crc32(png->crc, bytes.data, bytes.size);
	if (png->is_header) {
		for (size_t i = 0; i < bytes.size && png->held_count < IHDR_BYTES; i++)
			png->held[png->held_count++] = bytes.data[i];
		return png->held_count < IHDR_BYTES || header_read(png);
	}
	if (!png->is_data)
		return true;
	png->zlib_left = (uint8_t)(png->zlib_left - skip);
	return rmn_inflate_feed(png->inflate, rmn_bytes_after(bytes, skip), &used, rows_check,
	    png) != RMN_INFLATE_BAD;
}

/* Length and type of the next chunk are held. */
static bool
head_read(struct zip_png *png)
{
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){png->held, HEAD_BYTES});
	const unsigned char *type = png->held + 4;

	for (unsigned i = 0; i < 4; i++)
		if ((type[i] | 0x20) < 'a' || (type[i] | 0x20) > 'z')
			return false;
	if (!rmn_cursor_be32(&c, &png->left) || png->left > INT32_MAX)
		return false;
	png->crc = rmn_crc32(0, type, 4);
	png->is_data = memcmp(type, "IDAT", 4) == 0;
	png->is_header = memcmp(type, "IHDR", 4) == 0;
	png->state = memcmp(type, "IEND", 4) == 0 ? OVER : png->left > 0 ? BODY : SUM;
	png->held_count = 0;
	return true;
}

static bool
sum_read(struct zip_png *png)
{
	struct rmn_cursor c = rmn_cursor_over((struct rmn_bytes){png->held, SUM_BYTES});
	uint32_t sum;

	if (!rmn_cursor_be32(&c, &sum) || sum != png->crc)
		return false;
	png->sums++;
	png->state = HEAD;
	png->held_count = 0;
	return true;
}

bool
zip_png_feed(struct zip_png *png, struct rmn_bytes bytes)
{
	while (bytes.size > 0 && png->state != OVER && !png->is_bad) {
		size_t part = 1;

		if (png->state == BODY) {
			part = (size_t)rmn_min_u64(png->left, bytes.size);
			png->is_bad = !body_read(png, rmn_bytes_head(bytes, part));
			png->left -= (uint32_t)part;
			if (png->left == 0) {
				png->state = SUM;
				png->held_count = 0;
			}
		} else {
			png->held[png->held_count++] = bytes.data[0];
			if (png->state == HEAD && png->held_count == HEAD_BYTES)
				png->is_bad = !head_read(png);
			else if (png->state == SUM && png->held_count == SUM_BYTES)
				png->is_bad = !sum_read(png);
		}
		bytes = rmn_bytes_after(bytes, part);
	}
	return !png->is_bad;
}
