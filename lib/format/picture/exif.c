/* SPDX-License-Identifier: MIT
 *
 * The directories of a TIFF (TIFF 6.0 section 2) and the tags of EXIF 2.32 that hold text, dates or a
 * place.  Maker notes and thumbnails are left out. */
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "charset/charset.h"
#include "format/picture/picture.h"

/* Directories of one TIFF; a scanned file has one for each page. */
#define DIRECTORIES_MAX 1024u
#define ENTRIES_MAX 1024u
#define VALUE_MAX ((size_t)1 << 20)

enum kind {
	KIND_TEXT,		/* ASCII by the book, anything in practice */
	KIND_UTF16,		/* tags of Windows */
	KIND_PREFIXED,		/* eight bytes that name the encoding, then text */
	KIND_DATE,
	KIND_DIRECTORY,
	KIND_XMP, KIND_IPTC, KIND_PHOTOSHOP,
};

struct tag {
	uint16_t number;
	enum kind kind;
	enum rmn_property property;
	const char *name;
};

static const struct tag tags[] = {
	{269, KIND_TEXT, RMN_PROPERTY_TITLE, "document_name"},
	{270, KIND_TEXT, RMN_PROPERTY_SUBJECT, "description"},
	{271, KIND_TEXT, RMN_PROPERTY_OTHER, "camera_make"},
	{272, KIND_TEXT, RMN_PROPERTY_OTHER, "camera_model"},
	{285, KIND_TEXT, RMN_PROPERTY_OTHER, "page_name"},
	{305, KIND_TEXT, RMN_PROPERTY_APPLICATION, "software"},
	{306, KIND_DATE, RMN_PROPERTY_MODIFIED, "modified"},
	{315, KIND_TEXT, RMN_PROPERTY_AUTHOR, "artist"},
	{316, KIND_TEXT, RMN_PROPERTY_OTHER, "host_computer"},
	{330, KIND_DIRECTORY, RMN_PROPERTY_COUNT, ""},
	{700, KIND_XMP, RMN_PROPERTY_COUNT, ""},
	{33432, KIND_TEXT, RMN_PROPERTY_OTHER, "copyright"},
	{33723, KIND_IPTC, RMN_PROPERTY_COUNT, ""},
	{34377, KIND_PHOTOSHOP, RMN_PROPERTY_COUNT, ""},
	{34665, KIND_DIRECTORY, RMN_PROPERTY_COUNT, ""},
	{36867, KIND_DATE, RMN_PROPERTY_CREATED, "taken"},
	{36868, KIND_DATE, RMN_PROPERTY_CREATED, "digitised"},
	{37510, KIND_PREFIXED, RMN_PROPERTY_OTHER, "comment"},
	{40091, KIND_UTF16, RMN_PROPERTY_TITLE, "title"},
	{40092, KIND_UTF16, RMN_PROPERTY_OTHER, "comment"},
	{40093, KIND_UTF16, RMN_PROPERTY_AUTHOR, "author"},
	{40094, KIND_UTF16, RMN_PROPERTY_KEYWORDS, "keywords"},
	{40095, KIND_UTF16, RMN_PROPERTY_SUBJECT, "subject"},
	{42032, KIND_TEXT, RMN_PROPERTY_OTHER, "camera_owner"},
	{42033, KIND_TEXT, RMN_PROPERTY_OTHER, "camera_serial"},
	{42035, KIND_TEXT, RMN_PROPERTY_OTHER, "lens_make"},
	{42036, KIND_TEXT, RMN_PROPERTY_OTHER, "lens_model"},
	{42037, KIND_TEXT, RMN_PROPERTY_OTHER, "lens_serial"},
};

#define GPS_TAG 34853u
#define UTF8_TYPE 129u		/* of EXIF 3.0 */

struct tiff {
	struct rmn_picture *picture;
	struct rmn_bytes bytes;
	bool is_big;
	uint64_t last_offset, last_size;	/* of the last strip or tile of a directory */
};

struct entry {
	uint16_t tag, type;
	uint32_t count;
	struct rmn_bytes value;		/* in the TIFF */
};

static bool
get16(const struct tiff *t, struct rmn_cursor *c, uint16_t *value)
{
	return t->is_big ? rmn_cursor_be16(c, value) : rmn_cursor_le16(c, value);
}

static bool
get32(const struct tiff *t, struct rmn_cursor *c, uint32_t *value)
{
	return t->is_big ? rmn_cursor_be32(c, value) : rmn_cursor_le32(c, value);
}

static size_t
type_size(uint16_t type)
{
	static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};

	return type < sizeof(sizes) ? sizes[type] : type == UTF8_TYPE ? 1 : 0;
}

/* False: the directory ends there.  A value that lies outside is empty. */
static bool
entry_next(const struct tiff *t, struct rmn_cursor *c, struct entry *e)
{
	struct rmn_cursor at;
	uint32_t offset;
	size_t size;

	if (!get16(t, c, &e->tag) || !get16(t, c, &e->type) || !get32(t, c, &e->count))
		return false;
	at = *c;
	if (!rmn_cursor_skip(c, 4))
		return false;
	e->value = (struct rmn_bytes){NULL, 0};
	if (!rmn_mul_size(type_size(e->type), e->count, &size) || size == 0)
		return true;
	if (size > 4 && (!get32(t, &at, &offset) || !rmn_cursor_seek(&at, offset))) {
		t->picture->is_damaged = true;
		return true;
	}
	if (size > VALUE_MAX && e->tag != 700 && e->tag != 33723 && e->tag != 34377)
		return true;		/* strips, tables: nothing of ours is so long */
	if (!rmn_cursor_take(&at, size, &e->value)) {
		t->picture->is_damaged = true;
		rmn_cursor_take(&at, rmn_cursor_left(&at), &e->value);
	}
	return true;
}

static void
give_prefixed(struct tiff *t, const struct tag *tag, struct rmn_bytes value)
{
	struct rmn_bytes text = rmn_bytes_after(value, 8);
	enum rmn_encoding encoding = t->is_big ? RMN_UTF16BE : RMN_UTF16LE;

	if (rmn_bytes_start_with(value, "UNICODE")) {
		if (rmn_bytes_start_with(text, "\xFE\xFF"))
			encoding = RMN_UTF16BE;
		else if (rmn_bytes_start_with(text, "\xFF\xFE"))
			encoding = RMN_UTF16LE;
		else if (text.size >= 2 && text.data[0] && !text.data[1])
			encoding = RMN_UTF16LE;		/* whatever the file's own order is */
		text.size &= ~(size_t)1;
		rmn_picture_give_encoded(t->picture, tag->property, "exif", tag->name, text,
		    encoding);
	} else {		/* "ASCII", "JIS" (which is never pure JIS X 0208), nothing */
		rmn_picture_give_bytes(t->picture, tag->property, "exif", tag->name,
		    value.size >= 8 ? text : value);
	}
}

/* "2010:03:01 09:30:00" -> "2010-03-01T09:30:00". */
static void
give_date(struct tiff *t, const struct tag *tag, struct rmn_bytes value)
{
	char date[20];

	if (value.size < 19 || value.data[4] != ':')
		return;
	memcpy(date, value.data, 19);
	date[19] = '\0';
	if (date[0] < '1' || date[0] > '2')
		return;			/* "0000:00:00", blanks: not set */
	date[4] = date[7] = '-';
	date[10] = 'T';
	rmn_picture_give(t->picture, tag->property, "exif", tag->name, rmn_bytes_from_string(date));
}

static void
give_utf16(struct tiff *t, const struct tag *tag, struct rmn_bytes value)
{
	value.size &= ~(size_t)1;
	while (value.size >= 2 && !value.data[value.size - 1] && !value.data[value.size - 2])
		value.size -= 2;
	rmn_picture_give_encoded(t->picture, tag->property, "exif", tag->name, value, RMN_UTF16LE);
}

struct queue {
	uint32_t offsets[DIRECTORIES_MAX];
	size_t count;
};

static void
queue_add(struct tiff *t, struct queue *queue, uint32_t offset)
{
	for (size_t i = 0; i < queue->count; i++)
		if (queue->offsets[i] == offset)
			return;
	if (queue->count < DIRECTORIES_MAX)
		queue->offsets[queue->count++] = offset;
	else
		t->picture->is_more = true;
}

static void
give_entry(struct tiff *t, struct queue *queue, const struct tag *tag, const struct entry *e)
{
	struct rmn_cursor c = rmn_cursor_over(e->value);
	uint32_t offset;

	switch (tag->kind) {
	case KIND_TEXT:
		rmn_picture_give_bytes(t->picture, tag->property, "exif", tag->name, e->value);
		break;
	case KIND_UTF16:
		give_utf16(t, tag, e->value);
		break;
	case KIND_PREFIXED:
		give_prefixed(t, tag, e->value);
		break;
	case KIND_DATE:
		give_date(t, tag, e->value);
		break;
	case KIND_DIRECTORY:
		while (e->type != 3 && get32(t, &c, &offset))
			queue_add(t, queue, offset);
		break;
	case KIND_XMP:
		rmn_picture_xmp(t->picture, e->value);
		break;
	case KIND_IPTC:
		rmn_picture_iptc(t->picture, e->value);
		break;
	case KIND_PHOTOSHOP:
		rmn_picture_photoshop(t->picture, e->value);
		break;
	}
}

/* Degrees, minutes and seconds as fractions. */
static bool
read_angle(const struct tiff *t, struct rmn_bytes value, double *degrees)
{
	static const double parts[] = {1, 60, 3600};
	struct rmn_cursor c = rmn_cursor_over(value);
	uint32_t above, below;
	double sum = 0;

	for (size_t i = 0; i < 3; i++) {
		if (!get32(t, &c, &above) || !get32(t, &c, &below))
			return i > 0;
		if (below > 0)
			sum += (double)above / (double)below / parts[i];
		*degrees = sum;
	}
	return true;
}

static bool
directory_begin(const struct tiff *t, uint32_t offset, struct rmn_cursor *c, uint16_t *count)
{
	*c = rmn_cursor_over(t->bytes);
	if (rmn_cursor_seek(c, offset) && get16(t, c, count))
		return true;
	t->picture->is_damaged = true;
	return false;
}

static void
give_place(struct tiff *t, uint32_t offset)
{
	static const struct tag texts[] = {
		{27, KIND_PREFIXED, RMN_PROPERTY_OTHER, "place_method"},
		{28, KIND_PREFIXED, RMN_PROPERTY_OTHER, "place_name"},
	};
	bool has_latitude = false, has_longitude = false;
	double latitude = 0, longitude = 0;
	int north = 1, east = 1;
	struct rmn_cursor c;
	struct entry e;
	uint16_t count;
	char place[64];

	if (!directory_begin(t, offset, &c, &count))
		return;
	while (count-- > 0 && entry_next(t, &c, &e)) {
		char letter = e.value.size > 0 ? (char)(e.value.data[0] | 0x20) : 0;

		if (e.tag == 1 && letter == 's')
			north = -1;
		else if (e.tag == 3 && letter == 'w')
			east = -1;
		else if (e.tag == 2)
			has_latitude = read_angle(t, e.value, &latitude);
		else if (e.tag == 4)
			has_longitude = read_angle(t, e.value, &longitude);
		else if (e.tag == 27 || e.tag == 28)
			give_prefixed(t, &texts[e.tag - 27], e.value);
	}
	if (!has_latitude || !has_longitude || latitude > 90 || longitude > 180 ||
	    (latitude == 0 && longitude == 0))
		return;
	snprintf(place, sizeof(place), "%.6f, %.6f", north * latitude, east * longitude);
	rmn_picture_give(t->picture, RMN_PROPERTY_OTHER, "exif", "place",
	    rmn_bytes_from_string(place));
}

static const struct tag *
tag_find(uint16_t number)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (tags[i].number == number)
			return &tags[i];
	return NULL;
}

/* The last number of a list of places or sizes of pixels. */
static void
note_pixels(struct tiff *t, const struct entry *e)
{
	struct rmn_cursor c = rmn_cursor_over(e->value);
	bool is_place = e->tag == 273 || e->tag == 324;
	uint16_t last16 = 0;
	uint32_t last = 0;

	if (e->value.size >= 4 && e->type == 4 && rmn_cursor_seek(&c, e->value.size - 4))
		get32(t, &c, &last);
	else if (e->value.size >= 2 && e->type == 3 && rmn_cursor_seek(&c, e->value.size - 2) &&
		 get16(t, &c, &last16))
		last = last16;
	if (is_place)
		t->last_offset = last;
	else if (e->tag == 279 || e->tag == 325)
		t->last_size = last;
}

static void
read_directory(struct tiff *t, struct queue *queue, uint32_t offset)
{
	struct rmn_cursor c;
	struct entry e;
	uint16_t count;
	uint32_t next;

	t->last_offset = t->last_size = 0;
	if (!directory_begin(t, offset, &c, &count))
		return;
	for (unsigned i = 0; i < count; i++) {
		const struct tag *tag;
		struct rmn_cursor value;

		if (i == ENTRIES_MAX || !entry_next(t, &c, &e)) {
			t->picture->is_damaged = true;
			return;
		}
		note_pixels(t, &e);
		tag = tag_find(e.tag);
		value = rmn_cursor_over(e.value);
		if (e.tag == GPS_TAG && get32(t, &value, &next))
			give_place(t, next);
		else if (tag)
			give_entry(t, queue, tag, &e);
	}
	if (t->last_offset + t->last_size > t->bytes.size)
		t->picture->is_damaged = true;
	if (!get32(t, &c, &next))
		t->picture->is_damaged |= offset == queue->offsets[0];	/* others end without it */
	else if (next != 0)
		queue_add(t, queue, next);
}

void
rmn_picture_exif(struct rmn_picture *picture, struct rmn_bytes bytes)
{
	struct tiff t = {.picture = picture, .bytes = bytes, .is_big = rmn_bytes_start_with(bytes, "MM")};
	struct rmn_cursor c = rmn_cursor_over(bytes);
	struct queue queue = {.count = 0};
	uint32_t first;

	if ((!t.is_big && !rmn_bytes_start_with(bytes, "II")) ||
	    picture->depth == RMN_PICTURE_DEPTH) {
		picture->is_damaged = true;
		return;
	}
	if (!rmn_cursor_seek(&c, 4) || !get32(&t, &c, &first)) {
		picture->is_damaged = true;
		return;
	}
	queue_add(&t, &queue, first);
	picture->depth++;
	for (size_t i = 0; i < queue.count; i++)
		read_directory(&t, &queue, queue.offsets[i]);
	picture->depth--;
}
