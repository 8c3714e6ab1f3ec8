/* SPDX-License-Identifier: MIT
 *
 * IPTC-IIM 4.2 datasets and the image resource blocks of Photoshop that carry them. */
#include <string.h>

#include "base/cursor.h"
#include "format/picture/picture.h"

struct dataset {
	unsigned char number;
	enum rmn_property property;
	const char *name;
};

/* Of record 2. */
static const struct dataset datasets[] = {
	{5, RMN_PROPERTY_TITLE, "title"}, {7, RMN_PROPERTY_OTHER, "edit_status"},
	{26, RMN_PROPERTY_OTHER, "location_code"},
	{27, RMN_PROPERTY_OTHER, "location"}, {40, RMN_PROPERTY_OTHER, "instructions"},
	{55, RMN_PROPERTY_OTHER, "date_created"}, {65, RMN_PROPERTY_APPLICATION, "program"},
	{80, RMN_PROPERTY_AUTHOR, "author"}, {85, RMN_PROPERTY_OTHER, "author_position"},
	{90, RMN_PROPERTY_OTHER, "city"}, {92, RMN_PROPERTY_OTHER, "sublocation"},
	{95, RMN_PROPERTY_OTHER, "state"}, {101, RMN_PROPERTY_OTHER, "country"},
	{103, RMN_PROPERTY_OTHER, "reference"}, {105, RMN_PROPERTY_OTHER, "headline"},
	{110, RMN_PROPERTY_OTHER, "credit"}, {115, RMN_PROPERTY_OTHER, "source"},
	{116, RMN_PROPERTY_OTHER, "copyright"}, {118, RMN_PROPERTY_OTHER, "contact"},
	{120, RMN_PROPERTY_SUBJECT, "caption"}, {122, RMN_PROPERTY_OTHER, "caption_writer"},
};

#define KEYWORD 25

static void
give_dataset(struct rmn_picture *picture, unsigned char number, struct rmn_bytes value)
{
	for (size_t i = 0; i < sizeof(datasets) / sizeof(datasets[0]); i++)
		if (datasets[i].number == number) {
			rmn_picture_give_bytes(picture, datasets[i].property, "iptc",
			    datasets[i].name, value);
			return;
		}
}

/* Sizes above 32,767 are written as a count of bytes and then the size in them. */
static bool
take_size(struct rmn_cursor *c, size_t *size)
{
	uint16_t written;
	uint8_t byte;

	if (!rmn_cursor_be16(c, &written))
		return false;
	*size = written & 0x7FFF;
	if (!(written & 0x8000))
		return true;
	if (*size > 4)
		return false;
	for (size_t left = *size, sum = 0; left > 0; left--) {
		if (!rmn_cursor_u8(c, &byte))
			return false;
		sum = sum << 8 | byte;
		*size = sum;
	}
	return true;
}

void
rmn_picture_iptc(struct rmn_picture *picture, struct rmn_bytes iptc)
{
	struct rmn_cursor c = rmn_cursor_over(iptc);
	uint8_t marker, record, number;
	struct rmn_buf keywords;
	struct rmn_bytes value;
	size_t size;

	if (rmn_bytes_start_with(iptc, "8BIM"))
		rmn_cursor_skip(&c, 12);	/* wrapped twice, as some agencies do */
	rmn_buf_init(&keywords, RMN_MIB);
	while (rmn_cursor_u8(&c, &marker)) {
		if (marker == 0)
			continue;	/* padding */
		if (marker != 0x1C || !rmn_cursor_u8(&c, &record) || !rmn_cursor_u8(&c, &number) ||
		    !take_size(&c, &size)) {
			picture->is_damaged = true;
			break;
		}
		if (!rmn_cursor_take(&c, size, &value)) {
			picture->is_damaged = true;
			rmn_cursor_take(&c, rmn_cursor_left(&c), &value);
		}
		if (record == 2 && number == KEYWORD) {	/* one dataset a keyword */
			rmn_buf_append_string(&keywords, keywords.size > 0 ? ", " : "");
			rmn_buf_append(&keywords, value);
		} else if (record == 2) {
			give_dataset(picture, number, value);
		}
	}
	rmn_picture_give_bytes(picture, RMN_PROPERTY_KEYWORDS, "iptc", "keywords",
	    rmn_buf_bytes(&keywords));
	picture->is_more |= keywords.failed;
	rmn_buf_release(&keywords);
}

static void
give_resource(struct rmn_picture *picture, uint16_t id, struct rmn_bytes data)
{
	switch (id) {
	case 0x0404:
		rmn_picture_iptc(picture, data);
		break;
	case 0x040B:
		rmn_picture_give_bytes(picture, RMN_PROPERTY_OTHER, "photoshop", "url", data);
		break;
	case 0x0422:
	case 0x0423:
		rmn_picture_exif(picture, data);
		break;
	case 0x0424:
		rmn_picture_xmp(picture, data);
		break;
	default:
		break;
	}
}

/* Photoshop's mark, and those of programs that took part. */
static bool
is_resource_type(struct rmn_bytes type)
{
	static const char *const types[] = {"8BIM", "MeSa", "PHUT", "AgHg", "DCSR"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (rmn_bytes_start_with(type, types[i]))
			return true;
	return false;
}

/* "8BIM", id, Pascal name and data, both padded to even (Photoshop file formats, image resources). */
void
rmn_picture_photoshop(struct rmn_picture *picture, struct rmn_bytes resources)
{
	struct rmn_cursor c = rmn_cursor_over(resources);

	while (rmn_cursor_left(&c) >= 12) {
		struct rmn_bytes type, data;
		uint8_t name_size;
		uint32_t size;
		uint16_t id;

		if (!rmn_cursor_take(&c, 4, &type) || !is_resource_type(type) ||
		    !rmn_cursor_be16(&c, &id) || !rmn_cursor_u8(&c, &name_size) ||
		    !rmn_cursor_skip(&c, name_size + (size_t)(name_size % 2 == 0)) ||
		    !rmn_cursor_be32(&c, &size)) {
			picture->is_damaged = true;
			return;
		}
		if (!rmn_cursor_take(&c, size, &data)) {
			picture->is_damaged = true;
			rmn_cursor_take(&c, rmn_cursor_left(&c), &data);
		}
		give_resource(picture, id, data);
		if (size % 2 == 1)
			rmn_cursor_skip(&c, 1);
	}
}
