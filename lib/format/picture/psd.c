/* SPDX-License-Identifier: MIT
 *
 * Photoshop: image resources, names of layers, the text of text layers (Photoshop file formats). */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "charset/charset.h"
#include "format/picture/picture.h"

struct psd {
	struct rmn_picture *picture;
	uint16_t version, channels, depth;
	uint32_t height, width;
	struct rmn_bytes resources, layers, pixels;
};

static bool
take_section(struct psd *p, struct rmn_cursor *c, bool is_long, struct rmn_bytes *section)
{
	uint32_t size32;
	uint64_t size;

	if (is_long ? !rmn_cursor_be64(c, &size) : !rmn_cursor_be32(c, &size32))
		return false;
	if (!is_long)
		size = size32;
	if (size <= rmn_cursor_left(c))
		return rmn_cursor_take(c, (size_t)size, section);
	p->picture->is_damaged = true;
	return rmn_cursor_take(c, rmn_cursor_left(c), section);
}

static bool
read_sections(struct psd *p)
{
	struct rmn_cursor c = rmn_cursor_over(p->picture->bytes);
	struct rmn_bytes colours;

	return rmn_cursor_skip(&c, 4) && rmn_cursor_be16(&c, &p->version) &&
	       rmn_cursor_skip(&c, 6) && rmn_cursor_be16(&c, &p->channels) &&
	       rmn_cursor_be32(&c, &p->height) && rmn_cursor_be32(&c, &p->width) &&
	       rmn_cursor_be16(&c, &p->depth) && rmn_cursor_skip(&c, 2) &&
	       take_section(p, &c, false, &colours) &&
	       take_section(p, &c, false, &p->resources) &&
	       take_section(p, &c, p->version == 2, &p->layers) &&
	       rmn_cursor_take(&c, rmn_cursor_left(&c), &p->pixels);
}

/* Whether the merged picture is there to its end. */
static bool
has_pixels(const struct psd *p)
{
	struct rmn_cursor c = rmn_cursor_over(p->pixels);
	uint64_t rows = (uint64_t)p->height * p->channels, needed = 0;
	uint16_t compression, row16;
	uint32_t row32;

	if (!rmn_cursor_be16(&c, &compression))
		return false;
	if (compression == 0)
		needed = ((uint64_t)p->width * p->depth + 7) / 8 * rows;
	for (uint64_t i = 0; compression == 1 && i < rows; i++) {
		if (p->version == 2 ? !rmn_cursor_be32(&c, &row32) : !rmn_cursor_be16(&c, &row16))
			return false;
		needed += p->version == 2 ? row32 : row16;
	}
	return needed <= rmn_cursor_left(&c);
}

/* Strings of UTF-16 behind a mark: a length in characters, then they. */
static void
put_strings(struct psd *p, const char *mark, size_t skip)
{
	struct rmn_bytes wanted = rmn_bytes_from_string(mark), text;
	struct rmn_buf utf8;
	size_t at = 0, found;

	rmn_buf_init(&utf8, 0);
	while ((found = rmn_bytes_find(rmn_bytes_after(p->layers, at), wanted)) != SIZE_MAX) {
		struct rmn_cursor c = rmn_cursor_over(p->layers);
		uint32_t characters;

		at += found + wanted.size;
		if (!rmn_cursor_seek(&c, at) || !rmn_cursor_skip(&c, skip) ||
		    !rmn_cursor_be32(&c, &characters) || characters > rmn_cursor_left(&c) / 2 ||
		    !rmn_cursor_take(&c, (size_t)characters * 2, &text))
			continue;
		while (text.size >= 2 && !text.data[text.size - 1] && !text.data[text.size - 2])
			text.size -= 2;
		rmn_buf_clear(&utf8);
		rmn_charset_decode(text, RMN_UTF16BE, &utf8, NULL);
		for (size_t i = 0; i < utf8.size; i++)
			if (utf8.data[i] == '\r')
				utf8.data[i] = '\n';
		rmn_text_put(&p->picture->text, rmn_buf_bytes(&utf8));
		rmn_text_newline(&p->picture->text);
		if (utf8.failed)
			p->picture->is_damaged = true;
	}
	rmn_buf_release(&utf8);
}

static unsigned
psd_claim(const struct rmn_format_input *input)
{
	unsigned psd = rmn_picture_magic(input, 0, "8BPS\0\1", 6);

	return psd ? psd : rmn_picture_magic(input, 0, "8BPS\0\2", 6);
}

static void
psd_walk(struct rmn_picture *picture)
{
	struct psd p = {.picture = picture};

	picture->is_damaged |= !read_sections(&p) || !has_pixels(&p);
	rmn_picture_photoshop(picture, p.resources);
	rmn_text_part(&picture->text, RMN_PART_BODY, rmn_bytes_from_string("layers"));
	put_strings(&p, "8BIMluni", 4);
	put_strings(&p, "Txt TEXT", 0);
}

static enum rmn_status
psd_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, psd_walk, error);
}

const struct rmn_format rmn_format_psd = {
	.name = "psd",
	.title = "Picture (Photoshop)",
	.media_type = "image/vnd.adobe.photoshop",
	.kind = RMN_KIND_OTHER,
	.claim = psd_claim,
	.read = psd_read,
};
