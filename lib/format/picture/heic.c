/* SPDX-License-Identifier: MIT
 *
 * HEIC and AVIF: EXIF and XMP items of an ISO base media file (ISO/IEC 14496-12 sections 8.11.3 and
 * 8.11.6, 23008-12 annex A). */
#include "base/cursor.h"
#include "format/picture/picture.h"

#define BOXES_MAX 10000u
#define ITEMS_MAX 64u		/* of EXIF and XMP */

struct item {
	uint32_t id;
	bool is_exif;
};

struct heic {
	struct rmn_picture *picture;
	struct rmn_bytes idat;
	struct item items[ITEMS_MAX];
	size_t count;
};

struct box {
	struct rmn_bytes type, body;
};

/* False at the end; a box that is cut gives what there is of it. */
static bool
box_next(struct rmn_picture *picture, struct rmn_cursor *c, struct box *box)
{
	uint32_t size32;
	uint64_t size, head = 8;

	if (!rmn_cursor_be32(c, &size32) || !rmn_cursor_take(c, 4, &box->type))
		return false;
	size = size32;
	if (size32 == 1) {
		head = 16;
		if (!rmn_cursor_be64(c, &size))
			return false;
	} else if (size32 == 0) {	/* up to the end */
		size = head + rmn_cursor_left(c);
	}
	if (size < head || size - head > rmn_cursor_left(c)) {
		picture->is_damaged = true;
		size = head + rmn_cursor_left(c);
	}
	return rmn_cursor_take(c, (size_t)(size - head), &box->body);
}

/* One item: its number and what it is. */
static void
take_entry(struct heic *h, struct rmn_bytes entry)
{
	struct rmn_cursor c = rmn_cursor_over(entry);
	struct rmn_bytes type;
	uint8_t version;
	uint16_t id16;
	uint32_t id;

	if (!rmn_cursor_u8(&c, &version) || version < 2 || !rmn_cursor_skip(&c, 3))
		return;
	if (version == 2) {
		if (!rmn_cursor_be16(&c, &id16))
			return;
		id = id16;
	} else if (!rmn_cursor_be32(&c, &id)) {
		return;
	}
	if (!rmn_cursor_skip(&c, 2) || !rmn_cursor_take(&c, 4, &type))
		return;
	if (!rmn_bytes_start_with(type, "Exif") && !rmn_bytes_start_with(type, "mime"))
		return;
	if (h->count < ITEMS_MAX)
		h->items[h->count++] = (struct item){id, rmn_bytes_start_with(type, "Exif")};
	else
		h->picture->is_more = true;
}

static void
take_entries(struct heic *h, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	uint8_t version;
	struct box box;

	if (!rmn_cursor_u8(&c, &version) || !rmn_cursor_skip(&c, version == 0 ? 5 : 7))
		return;
	while (box_next(h->picture, &c, &box))
		if (rmn_bytes_start_with(box.type, "infe"))
			take_entry(h, box.body);
}

/* A number of 0, 4 or 8 bytes. */
static bool
take_sized(struct rmn_cursor *c, unsigned size, uint64_t *value)
{
	uint32_t value32;

	*value = 0;
	if (size == 0)
		return true;
	if (size == 8)
		return rmn_cursor_be64(c, value);
	if (size != 4 || !rmn_cursor_be32(c, &value32))
		return false;
	*value = value32;
	return true;
}

static void
give_item(struct heic *h, uint32_t id, struct rmn_bytes data)
{
	struct rmn_cursor c = rmn_cursor_over(data);
	uint32_t skip;

	for (size_t i = 0; i < h->count; i++) {
		if (h->items[i].id != id)
			continue;
		if (!h->items[i].is_exif) {
			if (rmn_bytes_find(rmn_bytes_head(data, 4096),
			    rmn_bytes_from_string("<")) != SIZE_MAX)
				rmn_picture_xmp(h->picture, data);
		} else if (rmn_cursor_be32(&c, &skip)) {
			rmn_picture_exif(h->picture, rmn_bytes_after(data, 4 + (size_t)skip));
		}
	}
}

struct places {
	uint8_t version;
	unsigned offset_size, length_size, base_size, index_size;
};

/* The first piece of one item; metadata is never written in several. */
static bool
take_place(struct heic *h, const struct places *p, struct rmn_cursor *c)
{
	uint64_t base, index, offset, length;
	uint16_t id16, method = 0, extents;
	uint32_t id;

	if (p->version < 2 ? !rmn_cursor_be16(c, &id16) : !rmn_cursor_be32(c, &id))
		return false;
	if (p->version < 2)
		id = id16;
	if ((p->version > 0 && !rmn_cursor_be16(c, &method)) || !rmn_cursor_skip(c, 2) ||
	    !take_sized(c, p->base_size, &base) || !rmn_cursor_be16(c, &extents))
		return false;
	for (unsigned i = 0; i < extents; i++) {
		struct rmn_bytes from = (method & 15) == 1 ? h->idat : h->picture->bytes;
		uint64_t start;

		if (!take_sized(c, p->index_size, &index) ||
		    !take_sized(c, p->offset_size, &offset) ||
		    !take_sized(c, p->length_size, &length))
			return false;
		start = base + offset;
		if (start < base || start > from.size || length > from.size - start)
			h->picture->is_damaged = true;
		else if (i == 0 && (method & 15) < 2)
			give_item(h, id, rmn_bytes_head(rmn_bytes_after(from, (size_t)start),
			    length ? (size_t)length : from.size));
	}
	return true;
}

static void
take_places(struct heic *h, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	uint8_t sizes, more_sizes;
	struct places p;
	uint16_t count16;
	uint32_t count;

	if (!rmn_cursor_u8(&c, &p.version) || !rmn_cursor_skip(&c, 3) ||
	    !rmn_cursor_u8(&c, &sizes) || !rmn_cursor_u8(&c, &more_sizes) ||
	    (p.version < 2 ? !rmn_cursor_be16(&c, &count16) : !rmn_cursor_be32(&c, &count))) {
		h->picture->is_damaged = true;
		return;
	}
	p.offset_size = sizes >> 4;
	p.length_size = sizes & 15;
	p.base_size = more_sizes >> 4;
	p.index_size = p.version > 0 ? more_sizes & 15 : 0;
	if (p.version < 2)
		count = count16;
	while (count-- > 0)
		if (!take_place(h, &p, &c)) {
			h->picture->is_damaged = true;
			return;
		}
}

static void
read_meta(struct heic *h, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_bytes_after(body, 4));
	struct rmn_bytes places = {NULL, 0};
	struct box box;

	for (unsigned i = 0; i < BOXES_MAX && box_next(h->picture, &c, &box); i++) {
		if (rmn_bytes_start_with(box.type, "iinf"))
			take_entries(h, box.body);
		else if (rmn_bytes_start_with(box.type, "iloc"))
			places = box.body;
		else if (rmn_bytes_start_with(box.type, "idat"))
			h->idat = box.body;
	}
	if (places.size > 0)
		take_places(h, places);
}

static unsigned
heic_claim(const struct rmn_format_input *input)
{
	static const char *const brands[] = {"ftypheic", "ftypheix", "ftypmif1", "ftypmsf1",
	    "ftypavif"};

	for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++)
		if (rmn_picture_magic(input, 4, brands[i], 8))
			return 64;
	return 0;
}

static void
heic_walk(struct rmn_picture *picture)
{
	struct heic h = {.picture = picture};
	bool has_pixels = false;
	struct rmn_cursor c;
	struct box box;

	c = rmn_cursor_over(picture->bytes);
	for (unsigned i = 0; i < BOXES_MAX && box_next(picture, &c, &box); i++) {
		if (rmn_bytes_start_with(box.type, "meta"))
			read_meta(&h, box.body);
		has_pixels |= rmn_bytes_start_with(box.type, "mdat") || h.idat.size > 0;
	}
	picture->is_damaged |= !has_pixels || rmn_cursor_left(&c) > 0;
}

static enum rmn_status
heic_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	return rmn_picture_read(input, sink, heic_walk, error);
}

const struct rmn_format rmn_format_heic = {
	.name = "heic",
	.title = "Picture (HEIC)",
	.media_type = "image/heic",
	.kind = RMN_KIND_OTHER,
	.claim = heic_claim,
	.read = heic_read,
};
