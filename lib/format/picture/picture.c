/* SPDX-License-Identifier: MIT */
#include "format/picture/picture.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "charset/charset.h"
#include "format/pdf/ocr_client.h"
#include "format/picture/xmp.h"

#define NAME_BYTES 64

unsigned
rmn_picture_magic(const struct rmn_format_input *input, size_t offset, const char *magic,
    size_t size)
{
	struct rmn_bytes at = rmn_bytes_after(input->head, offset);

	return at.size >= size && memcmp(at.data, magic, size) == 0 ? (unsigned)size * 8 : 0;
}

/* What the pixels say. */
static enum rmn_status
picture_recognise(struct rmn_picture *picture)
{
	struct rmn_ocr_input input = {.bytes = picture->bytes};
	struct rmn_error error = {0};
	enum rmn_status status;

	status = rmn_ocr_client_read(picture->input->ocr, &input, picture->text.sink, &error);
	if (status == RMN_CORRUPT || status == RMN_UNSUPPORTED || status == RMN_LIMIT)
		return rmn_sink_missing(picture->text.sink, status, "%s", error.text);
	return status;
}

enum rmn_status
rmn_picture_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    void (*walk)(struct rmn_picture *picture), struct rmn_error *error)
{
	struct rmn_picture picture = {.input = input};
	enum rmn_status begun, status;

	rmn_text_init(&picture.text, sink, input->arena, error);
	if (picture.text.status != RMN_OK)
		return picture.text.status;
	begun = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena,
	    &picture.bytes, error);
	if (begun != RMN_OK && begun != RMN_PARTIAL)
		return begun;
	if (walk)
		walk(&picture);
	status = rmn_text_flush(&picture.text);
	if (status == RMN_OK && input->ocr)
		status = picture_recognise(&picture);
	if (status != RMN_OK)
		return status;
	if (picture.is_more)
		return rmn_fail(error, RMN_LIMIT, "more properties than are kept");
	if (picture.is_damaged)
		return rmn_fail(error, RMN_PARTIAL, "the picture is damaged or cut short");
	return begun;
}

static uint64_t
hash_add(uint64_t hash, struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		hash = (hash ^ bytes.data[i]) * 1099511628211u;
	return hash;
}

/* The same value under another name is said once; only what is too short to mean anything by itself
 * counts together with its name. */
static bool
is_new(struct rmn_picture *picture, const char *name, struct rmn_bytes value)
{
	uint64_t hash = hash_add(14695981039346656037u, value);

	if (value.size < 4)
		hash = hash_add(hash, rmn_bytes_from_string(name));
	for (size_t i = 0; i < picture->count; i++)
		if (picture->given[i] == hash)
			return false;
	if (picture->count == RMN_LIMIT_PROPERTIES) {
		picture->is_more = true;
		return false;
	}
	picture->given[picture->count++] = hash;
	return true;
}

static struct rmn_bytes
trimmed(struct rmn_bytes text)
{
	while (text.size > 0 && text.data[0] <= ' ')
		text = rmn_bytes_after(text, 1);
	while (text.size > 0 && text.data[text.size - 1] <= ' ')
		text.size--;
	return text;
}

void
rmn_picture_give(struct rmn_picture *picture, enum rmn_property property, const char *source,
    const char *name, struct rmn_bytes value)
{
	char label[NAME_BYTES];

	bool is_date = property == RMN_PROPERTY_CREATED || property == RMN_PROPERTY_MODIFIED;

	value = trimmed(value);
	if (value.size == 0 || property == RMN_PROPERTY_COUNT ||
	    (!is_new(picture, name, value) && !(is_date && !picture->is_written[property])))
		return;
	snprintf(label, sizeof(label), "%s", name);
	if (property != RMN_PROPERTY_OTHER && picture->is_written[property]) {
		snprintf(label, sizeof(label), "%s_%s", source, rmn_property_name(property));
		property = RMN_PROPERTY_OTHER;
	}
	picture->is_written[property] = true;
	rmn_text_property_plain(&picture->text, picture->input->arena, property, label, value);
}

void
rmn_picture_give_encoded(struct rmn_picture *picture, enum rmn_property property,
    const char *source, const char *name, struct rmn_bytes value, enum rmn_encoding encoding)
{
	struct rmn_buf text;

	rmn_buf_init(&text, RMN_MIB);
	if (rmn_charset_decode(value, encoding, &text, NULL) != RMN_OK)
		picture->is_damaged = true;
	rmn_picture_give(picture, property, source, name, rmn_buf_bytes(&text));
	rmn_buf_release(&text);
}

void
rmn_picture_give_bytes(struct rmn_picture *picture, enum rmn_property property,
    const char *source, const char *name, struct rmn_bytes value)
{
	const unsigned char *end = value.data ? memchr(value.data, 0, value.size) : NULL;
	enum rmn_encoding encoding = RMN_CP1252;
	struct rmn_charset_guess guess;

	if (end)
		value.size = (size_t)(end - value.data);
	if (rmn_utf8_is_valid(value) && !memchr(value.data ? value.data : (const void *)"", 0x1B,
	    value.size)) {
		rmn_picture_give(picture, property, source, name, value);
		return;
	}
	guess = rmn_charset_guess(value);
	if (guess.is_text && guess.encoding != RMN_ENCODING_UNKNOWN)
		encoding = guess.encoding;
	rmn_picture_give_encoded(picture, property, source, name,
	    rmn_bytes_after(value, guess.bom_bytes), encoding);
}

static void
give_xmp(void *context, enum rmn_property property, struct rmn_bytes name, struct rmn_bytes value)
{
	struct rmn_picture *picture = context;
	char label[NAME_BYTES];

	name = rmn_utf8_head(name, sizeof(label) - 1);
	snprintf(label, sizeof(label), "%.*s", (int)name.size, (const char *)name.data);
	rmn_picture_give(picture, property, "xmp", label, value);
}

void
rmn_picture_xmp(struct rmn_picture *picture, struct rmn_bytes packet)
{
	picture->is_damaged |= !rmn_xmp_read(packet, give_xmp, picture);
}
