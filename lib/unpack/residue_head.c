/* SPDX-License-Identifier: MIT
 *
 * Zip local file headers (APPNOTE 4.3.7), gzip headers (RFC 1952), PDF stream dictionaries. */
#include "unpack/residue_head.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/time.h"

#define NAME_BYTES_MAX 512u
#define ZIP_VERSION_MAX 63u
#define ZIP_SYSTEM_MAX 19u
#define DEFLATE_RATIO_MAX 1032u
#define PDF_DICTIONARY_BYTES 1024u	/* how far from "/FlateDecode" a dictionary may reach */

enum zip_flag {
	ZIP_ENCRYPTED = 1 << 0,
	ZIP_SIZES_FOLLOW = 1 << 3,	/* in a data descriptor behind the data */
	ZIP_UNUSED = 1 << 7 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 12 | 1 << 14 | 1 << 15,
};

struct zip_fields {
	uint16_t version, flags, method, dos_time, dos_date, name_size, extra_size;
	uint32_t crc, packed, size;
};

static bool
is_printable(struct rmn_bytes name)
{
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] < 0x20 || name.data[i] == 0x7F)
			return false;
	return true;
}

/* DOS times are local times of nobody knows where: taken as UTC, as unpack/archive.c does. */
static bool
dos_time(uint16_t date, uint16_t time, int64_t *time_ns)
{
	unsigned month = date >> 5 & 15, day = date & 31;
	unsigned hour = time >> 11, minute = time >> 5 & 63, second = (time & 31u) * 2;
	char text[RMN_TIME_TEXT_BYTES];

	*time_ns = RMN_TIME_UNKNOWN;
	if (month > 12 || hour > 23 || minute > 59 || second > 59)
		return false;
	if (month == 0 || day == 0)
		return (date & 0x1FF) == 0;	/* no date: some writers leave it out */
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", 1980u + (date >> 9), month,
	    day, hour, minute, second);
	rmn_time_parse(text, time_ns);
	return true;
}

/* Extra fields are a chain of id, size, data; up to three bytes of padding may follow. */
static bool
extra_is_chain(struct rmn_bytes extra)
{
	struct rmn_cursor c = rmn_cursor_over(extra);
	uint16_t id, size;

	while (rmn_cursor_left(&c) >= 4)
		if (!rmn_cursor_le16(&c, &id) || !rmn_cursor_le16(&c, &size) ||
		    !rmn_cursor_skip(&c, size))
			return false;
	return true;
}

static bool
sizes_are_plausible(const struct zip_fields *z)
{
	if (z->packed == UINT32_MAX || z->size == UINT32_MAX)
		return true;		/* zip64: the sizes are elsewhere */
	if (z->flags & ZIP_SIZES_FOLLOW)
		return z->method == 8 || z->packed > 0;
	if (z->flags & ZIP_ENCRYPTED)
		return z->packed > 0;
	if (z->method == 0)
		return z->packed == z->size;
	return (uint64_t)z->size <= ((uint64_t)z->packed + 1) * DEFLATE_RATIO_MAX &&
	    (uint64_t)z->packed <= (uint64_t)z->size + z->size / 8 + 64;
}

static bool
zip_fields_read(struct rmn_cursor *c, struct zip_fields *z)
{
	return rmn_cursor_skip(c, 4) && rmn_cursor_le16(c, &z->version) &&
	    rmn_cursor_le16(c, &z->flags) && rmn_cursor_le16(c, &z->method) &&
	    rmn_cursor_le16(c, &z->dos_time) && rmn_cursor_le16(c, &z->dos_date) &&
	    rmn_cursor_le32(c, &z->crc) && rmn_cursor_le32(c, &z->packed) &&
	    rmn_cursor_le32(c, &z->size) && rmn_cursor_le16(c, &z->name_size) &&
	    rmn_cursor_le16(c, &z->extra_size);
}

bool
rmn_residue_zip_head(struct rmn_bytes bytes, size_t at, struct rmn_residue_head *head)
{
	struct rmn_cursor c = {bytes, at};
	struct rmn_bytes name, extra;
	struct zip_fields z;
	bool knows_sizes;

	if (!zip_fields_read(&c, &z) || (z.version & 0xFF) > ZIP_VERSION_MAX ||
	    z.version >> 8 > ZIP_SYSTEM_MAX || (z.flags & ZIP_UNUSED) ||
	    (z.method != 0 && z.method != 8) || z.name_size == 0 || z.name_size > NAME_BYTES_MAX ||
	    !rmn_cursor_take(&c, z.name_size, &name) || !is_printable(name) ||
	    !rmn_cursor_take(&c, z.extra_size, &extra) || !extra_is_chain(extra) ||
	    !sizes_are_plausible(&z))
		return false;
	*head = (struct rmn_residue_head){.data_at = c.offset, .stored_name = name};
	if (!dos_time(z.dos_date, z.dos_time, &head->modified))
		return false;
	knows_sizes = !(z.flags & ZIP_SIZES_FOLLOW && z.packed == 0) && z.packed != UINT32_MAX &&
	    z.size != UINT32_MAX;
	head->packed_bytes = knows_sizes ? z.packed : UINT64_MAX;
	head->size_bytes = knows_sizes ? z.size : UINT64_MAX;
	head->has_crc = knows_sizes;
	head->crc = z.crc;
	head->is_stored = z.method == 0;
	head->is_encrypted = (z.flags & ZIP_ENCRYPTED) != 0;
	return !head->is_stored || knows_sizes;
}

/* A NUL-terminated field of a gzip header. */
static bool
cursor_string(struct rmn_cursor *c, struct rmn_bytes *text)
{
	struct rmn_bytes rest = rmn_bytes_head(rmn_bytes_after(c->bytes, c->offset),
	    NAME_BYTES_MAX + 1);
	const unsigned char *nul = rest.size ? memchr(rest.data, 0, rest.size) : NULL;

	if (!nul)
		return false;
	*text = (struct rmn_bytes){rest.data, (size_t)(nul - rest.data)};
	return rmn_cursor_skip(c, text->size + 1) && is_printable(*text);
}

bool
rmn_residue_gzip_head(struct rmn_bytes bytes, size_t at, struct rmn_residue_head *head)
{
	enum { CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16, UNUSED = 0xE0 };
	struct rmn_cursor c = {bytes, at};
	struct rmn_bytes name = {NULL, 0}, comment;
	uint8_t flags, effort, system;
	uint16_t size;
	uint32_t modified;

	if (!rmn_cursor_skip(&c, 3) || !rmn_cursor_u8(&c, &flags) || (flags & UNUSED) ||
	    !rmn_cursor_le32(&c, &modified) || !rmn_cursor_u8(&c, &effort) ||
	    !rmn_cursor_u8(&c, &system) || (system > 13 && system != 255) ||
	    (effort != 0 && effort != 2 && effort != 4))
		return false;
	if (((flags & EXTRA) && (!rmn_cursor_le16(&c, &size) || !rmn_cursor_skip(&c, size))) ||
	    ((flags & NAME) && !cursor_string(&c, &name)) ||
	    ((flags & COMMENT) && !cursor_string(&c, &comment)) ||
	    ((flags & CRC) && !rmn_cursor_skip(&c, 2)))
		return false;
	*head = (struct rmn_residue_head){
		.data_at = c.offset,
		.stored_name = name,
		.modified = modified ? rmn_time_from_unix(modified, 0) : RMN_TIME_UNKNOWN,
		.packed_bytes = UINT64_MAX,
		.size_bytes = UINT64_MAX,
		.has_gzip_trailer = true,
	};
	return true;
}

static bool
has_word(struct rmn_bytes text, const char *word)
{
	return rmn_bytes_find(text, rmn_bytes_from_string(word)) != SIZE_MAX;
}

/* Streams that hold no text; inflating them would only cost time. */
static bool
is_dull_dictionary(struct rmn_bytes dictionary)
{
	static const char *const words[] = {"/Image", "/XRef", "/Length1", "/Type1C",
	    "/CIDFontType0C", "/OpenType", "/FunctionType", "/ICCBased", "/Predictor"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (has_word(dictionary, words[i]))
			return true;
	return false;
}

/* From the last "<<" object start before `at` (or as far as a dictionary may reach) to "stream". */
static struct rmn_bytes
dictionary_around(struct rmn_bytes bytes, size_t at, size_t stream_at)
{
	size_t from = at > PDF_DICTIONARY_BYTES ? at - PDF_DICTIONARY_BYTES : 0;
	struct rmn_bytes before = {bytes.data + from, at - from};

	for (size_t i = before.size; i >= 3; i--) {
		if (memcmp(before.data + i - 3, "obj", 3) == 0) {
			from += i;
			break;
		}
	}
	return (struct rmn_bytes){bytes.data + from, stream_at - from};
}

bool
rmn_residue_pdf_head(struct rmn_bytes bytes, size_t at, struct rmn_residue_head *head)
{
	struct rmn_bytes behind = rmn_bytes_head(rmn_bytes_after(bytes, at), PDF_DICTIONARY_BYTES);
	size_t word = rmn_bytes_find(behind, rmn_bytes_from_string("stream"));
	struct rmn_cursor c = {bytes, at};
	uint8_t line_end, method, check;

	if (word == SIZE_MAX || has_word(rmn_bytes_head(behind, word), "endobj") ||
	    is_dull_dictionary(dictionary_around(bytes, at, at + word)))
		return false;
	if (!rmn_cursor_skip(&c, word + strlen("stream")) || !rmn_cursor_u8(&c, &line_end) ||
	    (line_end == '\r' && !rmn_cursor_u8(&c, &line_end)) || line_end != '\n')
		return false;
	*head = (struct rmn_residue_head){
		.data_at = c.offset,
		.modified = RMN_TIME_UNKNOWN,
		.packed_bytes = UINT64_MAX,
		.size_bytes = UINT64_MAX,
		.has_zlib_frame = true,
	};
	return rmn_cursor_u8(&c, &method) && rmn_cursor_u8(&c, &check) && (method & 15) == 8 &&
	    method >> 4 <= 7 && (method * 256u + check) % 31 == 0 && (check & 0x20) == 0;
}
