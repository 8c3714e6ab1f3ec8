/* SPDX-License-Identifier: MIT
 *
 * PNG: the chunks that hold text, EXIF and XMP (ISO/IEC 15948 section 11.3.4, eXIf of the
 * extensions). */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/utf8.h"
#include "format/picture/picture.h"
#include "unpack/inflate.h"

#define CHUNKS_MAX 100000u
#define KEYWORD_BYTES 79

struct row {
	const char *keyword;
	enum rmn_property property;
};

static const struct row rows[] = {
	{"Title", RMN_PROPERTY_TITLE}, {"Author", RMN_PROPERTY_AUTHOR},
	{"Description", RMN_PROPERTY_SUBJECT}, {"Software", RMN_PROPERTY_APPLICATION},
	{"Creation Time", RMN_PROPERTY_CREATED},
};

/* Cuts up to the next NUL off; false when there is none. */
static bool
take_string(struct rmn_bytes *from, struct rmn_bytes *string)
{
	const unsigned char *end = from->data ? memchr(from->data, 0, from->size) : NULL;

	if (!end)
		return false;
	*string = rmn_bytes_head(*from, (size_t)(end - from->data));
	*from = rmn_bytes_after(*from, string->size + 1);
	return true;
}

/* Old ImageMagick writes EXIF and IPTC as hexadecimal text behind a name and a length. */
static void
give_profile(struct rmn_picture *picture, const char *keyword, struct rmn_bytes text)
{
	struct rmn_bytes exif = rmn_bytes_from_string("Exif");
	struct rmn_buf raw;
	unsigned half = 16, lines = 0;
	size_t start;

	rmn_buf_init(&raw, RMN_LIMIT_XMP_BYTES);
	for (size_t i = 0; i < text.size; i++) {
		unsigned c = text.data[i], digit;

		lines += c == '\n';
		if (lines < 3)
			continue;
		digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f'
			? (c | 0x20) - 'a' + 10 : 16;
		if (digit > 15)
			continue;
		if (half > 15) {
			half = digit;
			continue;
		}
		rmn_buf_u8(&raw, (uint8_t)(half << 4 | digit));
		half = 16;
	}
	start = rmn_bytes_find(rmn_bytes_head(rmn_buf_bytes(&raw), 8), exif);
	if (strstr(keyword, "xmp"))
		rmn_picture_xmp(picture, rmn_buf_bytes(&raw));
	else if (strstr(keyword, "iptc") || strstr(keyword, "8bim"))
		rmn_picture_photoshop(picture, rmn_buf_bytes(&raw));
	else if (start == 0)
		rmn_picture_exif(picture, rmn_bytes_after(rmn_buf_bytes(&raw), 6));
	rmn_buf_release(&raw);
}

static void
give_text(struct rmn_picture *picture, struct rmn_bytes keyword, struct rmn_bytes text)
{
	enum rmn_property property = RMN_PROPERTY_OTHER;
	char name[KEYWORD_BYTES + 1];

	keyword = rmn_bytes_head(keyword, KEYWORD_BYTES);
	snprintf(name, sizeof(name), "%.*s", (int)keyword.size, (const char *)keyword.data);
	if (strcmp(name, "XML:com.adobe.xmp") == 0) {
		rmn_picture_xmp(picture, text);
		return;
	}
	if (strncmp(name, "Raw profile type ", 17) == 0) {
		give_profile(picture, name + 17, text);
		return;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(name, rows[i].keyword) == 0)
			property = rows[i].property;
	if (!rmn_utf8_is_valid(rmn_bytes_from_string(name)))
		snprintf(name, sizeof(name), "text");
	rmn_picture_give_bytes(picture, property, "png", name, text);
}

/* A zlib stream: two bytes, deflate, a checksum. */
static void
give_compressed(struct rmn_picture *picture, struct rmn_bytes keyword, struct rmn_bytes stream)
{
	struct rmn_inflate *inflate = rmn_inflate_new();
	struct rmn_buf text;
	size_t used;

	rmn_buf_init(&text, 0);
	if (!inflate || !rmn_inflate_whole(inflate, rmn_bytes_after(stream, 2),
	    RMN_LIMIT_XMP_BYTES, &text, &used))
		picture->is_damaged = true;
	give_text(picture, keyword, rmn_buf_bytes(&text));
	rmn_buf_release(&text);
	rmn_inflate_free(inflate);
}

/* Keyword, compressed or not and how, language, keyword in it, text. */
static void
take_international(struct rmn_picture *picture, struct rmn_bytes keyword, struct rmn_bytes data)
{
	struct rmn_bytes language, translated, after = rmn_bytes_after(data, 2);

	if (data.size < 2 || !take_string(&after, &language) || !take_string(&after, &translated))
		picture->is_damaged = true;
	else if (data.data[0] == 1)
		give_compressed(picture, keyword, after);
	else
		give_text(picture, keyword, after);
}

static void
take_chunk(struct rmn_picture *picture, struct rmn_bytes type, struct rmn_bytes data)
{
	bool is_text = rmn_bytes_start_with(type, "tEXt");
	bool is_compressed = rmn_bytes_start_with(type, "zTXt");
	struct rmn_bytes keyword;

	if (rmn_bytes_start_with(type, "eXIf")) {
		rmn_picture_exif(picture, data);
		return;
	}
	if (!is_text && !is_compressed && !rmn_bytes_start_with(type, "iTXt"))
		return;
	if (!take_string(&data, &keyword))
		picture->is_damaged = true;
	else if (is_text)
		give_text(picture, keyword, data);
	else if (is_compressed)
		give_compressed(picture, keyword, rmn_bytes_after(data, 1));
	else
		take_international(picture, keyword, data);
}

static void
read_chunks(struct rmn_picture *picture)
{
	struct rmn_cursor c = rmn_cursor_over(picture->bytes);
	struct rmn_bytes type, data;
	uint32_t size;

	rmn_cursor_skip(&c, 8);
	for (unsigned i = 0; i < CHUNKS_MAX; i++) {
		if (!rmn_cursor_be32(&c, &size) || !rmn_cursor_take(&c, 4, &type))
			break;
		if (!rmn_cursor_take(&c, size, &data)) {
			rmn_cursor_take(&c, rmn_cursor_left(&c), &data);
			take_chunk(picture, type, data);
			break;
		}
		take_chunk(picture, type, data);
		if (!rmn_cursor_skip(&c, 4))
			break;
		if (rmn_bytes_start_with(type, "IEND"))
			return;
	}
	picture->is_damaged = true;
}

static unsigned
png_claim(const struct rmn_format_input *input)
{
	return rmn_picture_magic(input, 0, "\x89PNG\r\n\x1A\n", 8);
}

static enum rmn_status
png_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, read_chunks, error);
}

const struct rmn_format rmn_format_png = {
	.name = "png",
	.title = "Picture (PNG)",
	.media_type = "image/png",
	.kind = RMN_KIND_OTHER,
	.claim = png_claim,
	.read = png_read,
};
