/* SPDX-License-Identifier: MIT */
#include "format/notes/visio_stream.h"

#define WINDOW 4096u
#define WINDOW_START 18u	/* positions count from 4,078 of a window that begins with zeros */
#define CHUNK_LIST_TRAILER 8u
#define CHUNK_SEPARATOR 4u

bool
rmn_visio_is_packed(const struct rmn_visio_pointer *pointer)
{
	return (pointer->format & 2) != 0;
}

bool
rmn_visio_has_pointers(const struct rmn_visio_pointer *pointer)
{
	return pointer->format >> 4 == 5 && pointer->type != RMN_VISIO_COLORS;
}

bool
rmn_visio_has_chunks(const struct rmn_visio_pointer *pointer)
{
	unsigned kind = pointer->format >> 4;

	return kind == 0xD || kind == 0xC || kind == 8;
}

bool
rmn_visio_pointer_read(struct rmn_cursor *c, unsigned version, struct rmn_visio_pointer *pointer)
{
	struct rmn_visio_pointer p;
	uint16_t type;

	if (version >= 6) {
		if (!rmn_cursor_le32(c, &p.type) || !rmn_cursor_skip(c, 4) ||
		    !rmn_cursor_le32(c, &p.offset) || !rmn_cursor_le32(c, &p.size) ||
		    !rmn_cursor_le16(c, &p.format))
			return false;
	} else {
		if (!rmn_cursor_le16(c, &type) || !rmn_cursor_le16(c, &p.format) ||
		    !rmn_cursor_skip(c, 4) || !rmn_cursor_le32(c, &p.offset) ||
		    !rmn_cursor_le32(c, &p.size))
			return false;
		p.type = type & 0xFF;
		p.format &= 0xFF;
	}
	*pointer = p;
	return true;
}

/* Visio 5 keeps the pointers behind the fields of the record, whose length differs by type. */
static size_t
old_pointers_at(uint32_t type)
{
	static const struct {
		uint32_t type;
		size_t at;
	} places[] = {{RMN_VISIO_TRAILER, 0x82}, {RMN_VISIO_PAGE, 0x42}, {0x18, 0x2E},
	    {0x1A, 0x12}, {0x1D, 0x1E}, {0x4E, 0x1E}, {RMN_VISIO_STENCIL_PAGE, 0x36}};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].type == type)
			return places[i].at;
	return type > 0x45 ? 0x1E : 0x0A;
}

bool
rmn_visio_pointers_find(struct rmn_cursor *c, unsigned version, uint32_t type, unsigned shift,
    uint32_t *count)
{
	uint32_t offset, list_size;
	uint16_t few;

	if (version < 6) {
		if (!rmn_cursor_seek(c, old_pointers_at(type) + shift) ||
		    !rmn_cursor_le16(c, &few))
			return false;
		*count = few;
		return true;
	}
	return rmn_cursor_seek(c, shift) && rmn_cursor_le32(c, &offset) &&
	    (offset >= 4 || shift >= 4) && rmn_cursor_seek(c, (size_t)offset + shift - 4) &&
	    rmn_cursor_le32(c, &list_size) && rmn_cursor_le32(c, count) && rmn_cursor_skip(c, 4);
}

struct chunk_head {
	uint32_t type, id, list, size;
	uint16_t level;
	uint8_t unknown;
};

static bool
is_among(uint32_t type, const unsigned char *types, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (types[i] == type)
			return true;
	return false;
}

/* How many bytes stand behind the data; a list always has a trailer. */
static size_t
trailer_6(const struct chunk_head *h)
{
	if (h->type == RMN_VISIO_OLE_DATA || h->type == 0xC9)
		return 0;
	return h->list != 0 || (h->type >= 0x64 && h->type <= 0x73) || h->type == 0x76 ||
	    h->type == 0x2C || h->type == 0x0D ? CHUNK_LIST_TRAILER : 0;
}

static size_t
trailer_11(const struct chunk_head *h)
{
	static const unsigned char lists[] = {0x71, 0x70, 0x6B, 0x6A, 0x69, 0x66, 0x65, 0x2C};
	static const unsigned char parted[] = {0x64, 0x65, 0x66, 0x69, 0x6A, 0x6B, 0x6F, 0x71, 0x92,
	    0xA9, 0xB4, 0xB6, 0xB9, 0xC7};
	static const unsigned char bare[] = {RMN_VISIO_OLE_DATA, 0xC9, 0x2D, 0xD1};
	size_t size = 0;

	if (is_among(h->type, bare, sizeof(bare)))
		return 0;
	if (h->list != 0 || is_among(h->type, lists, sizeof(lists)))
		size += CHUNK_LIST_TRAILER;
	if (h->list != 0 || (h->level == 2 && (h->unknown == 0x55 ||
	    (h->unknown == 0x54 && h->type == 0xAA))) ||
	    (h->level == 3 && h->unknown != 0x50 && h->unknown != 0x54))
		size += CHUNK_SEPARATOR;
	if (is_among(h->type, parted, sizeof(parted)) && size != CHUNK_SEPARATOR &&
	    size != CHUNK_LIST_TRAILER + CHUNK_SEPARATOR)
		size += CHUNK_SEPARATOR;
	return size;
}

static bool
head_read(struct rmn_cursor *c, unsigned version, struct chunk_head *h)
{
	uint16_t type, id, list;
	uint8_t level;

	if (version >= 6)
		return rmn_cursor_le32(c, &h->type) && rmn_cursor_le32(c, &h->id) &&
		    rmn_cursor_le32(c, &h->list) && rmn_cursor_le32(c, &h->size) &&
		    rmn_cursor_le16(c, &h->level) && rmn_cursor_u8(c, &h->unknown);
	if (!rmn_cursor_le16(c, &type) || !rmn_cursor_le16(c, &id) || !rmn_cursor_u8(c, &level) ||
	    !rmn_cursor_u8(c, &h->unknown) || !rmn_cursor_le16(c, &list) ||
	    !rmn_cursor_le32(c, &h->size))
		return false;
	h->type = type;
	h->level = level;
	h->list = list;
	return true;
}

bool
rmn_visio_chunk_next(struct rmn_cursor *c, unsigned version, struct rmn_visio_chunk *chunk,
    bool *is_broken)
{
	struct chunk_head h = {0};
	uint8_t byte = 0;
	size_t trailer;

	while (rmn_cursor_u8(c, &byte) && byte == 0)
		continue;
	if (byte == 0)
		return false;
	c->offset--;
	if (!head_read(c, version, &h) || h.type > 0xFFFF ||
	    !rmn_cursor_take(c, h.size, &chunk->data)) {
		*is_broken = true;
		return false;
	}
	chunk->type = h.type;
	trailer = version < 6 ? 0 : version < 11 ? trailer_6(&h) : trailer_11(&h);
	if (!rmn_cursor_skip(c, trailer))
		*is_broken = rmn_cursor_left(c) > 0;
	return true;
}

void
rmn_visio_unpack(struct rmn_bytes packed, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(packed);
	unsigned char window[WINDOW] = {0};
	unsigned at = 0;
	uint8_t flags, low, high;

	while (!out->failed && rmn_cursor_u8(&c, &flags)) {
		for (unsigned bit = 0; bit < 8; bit++) {
			unsigned from, length = 1;

			if (!rmn_cursor_u8(&c, &low))
				return;
			if (flags >> bit & 1) {
				window[at % WINDOW] = low;
				from = at;
			} else {
				if (!rmn_cursor_u8(&c, &high))
					return;
				from = (low | (high & 0xF0u) << 4) + WINDOW_START;
				length = (high & 0x0Fu) + 3;
			}
			for (; length > 0; length--, at++, from++) {
				window[at % WINDOW] = window[from % WINDOW];
				rmn_buf_append_char(out, (char)window[at % WINDOW]);
			}
		}
	}
}
