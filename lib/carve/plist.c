/* SPDX-License-Identifier: MIT
 *
 * Binary property lists of Apple.  The trailer stands last and nothing says where: it is the 32 bytes
 * whose numbers agree with their own place, and whose table names objects of known kinds. */
#include "base/number.h"
#include "carve/window.h"

#define HEADER_BYTES 8u
#define TRAILER_BYTES 32u
#define LENGTH_MAX (32ull << 20)
#define OBJECTS_LOOKED_AT 4096u

/* Whether the bytes at a place are a trailer, for that very place. */
static bool
trailer_fits(const unsigned char *p, uint64_t at)
{
	uint64_t objects = rmn_be64(p + 8), top = rmn_be64(p + 16), table = rmn_be64(p + 24);

	return p[0] == 0 && p[1] == 0 && p[2] == 0 && p[3] == 0 && p[4] == 0 && p[6] >= 1 &&
	    p[6] <= 8 && p[7] >= 1 && p[7] <= 8 && objects > 0 && objects <= at && top < objects &&
	    table > HEADER_BYTES && table < at && objects * p[6] == at - table;
}

static bool
marker_is_known(unsigned marker)
{
	switch (marker >> 4) {
	case 0x0: return marker == 0x00 || marker == 0x08 || marker == 0x09 || marker == 0x0F;
	case 0x1: return (marker & 0x0F) <= 4;
	case 0x2: return (marker & 0x0F) <= 3;
	case 0x3: return marker == 0x33;
	case 0x4: case 0x5: case 0x6: case 0x7: case 0x8: case 0xA: case 0xC: case 0xD: return true;
	}
	return false;
}

/* Offsets of objects that are inside and begin as one must. */
static bool
table_fits(const struct rmn_view *view, struct rmn_carve_tools *tools, uint64_t table, unsigned width,
    uint64_t objects)
{
	uint64_t look = objects < OBJECTS_LOOKED_AT ? objects : OBJECTS_LOOKED_AT;
	struct rmn_bytes offsets = rmn_view_load(view, table, (size_t)(look * width), &tools->more);

	tools->work += offsets.size;
	for (uint64_t i = 0; i < look; i++) {
		unsigned char marker;
		uint64_t offset = 0;

		if ((i + 1) * width > offsets.size)
			return false;
		for (unsigned j = 0; j < width; j++)
			offset = offset << 8 | offsets.data[i * width + j];
		tools->work++;
		if (offset < HEADER_BYTES || offset >= table ||
		    rmn_view_read(view, offset, &marker, 1) < 1 || !marker_is_known(marker))
			return false;
	}
	return true;
}

void
rmn_walk_plist(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct rmn_bytes bytes;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	bytes = rmn_window_bytes(&w, 0, HEADER_BYTES);
	if (bytes.size < HEADER_BYTES || bytes.data[6] != '0' || bytes.data[7] > '1' ||
	    bytes.data[7] < '0')
		return;
	for (uint64_t at = HEADER_BYTES + 1; at < LENGTH_MAX;) {
		size_t i;

		bytes = rmn_window_bytes(&w, at, TRAILER_BYTES);
		if (bytes.size < TRAILER_BYTES)
			break;
		for (i = 0; i + TRAILER_BYTES <= bytes.size; i++)
			if (trailer_fits(bytes.data + i, at + i))
				break;
		at += i;
		if (i + TRAILER_BYTES > bytes.size)
			continue;
		if (table_fits(view, tools, rmn_be64(bytes.data + i + 24), bytes.data[i + 6],
		    rmn_be64(bytes.data + i + 8))) {
			rmn_proven_end(view, proven, RMN_PROOF_STRUCTURE, at + TRAILER_BYTES);
			return;
		}
		at++;
	}
	rmn_proven_break(view, proven, HEADER_BYTES, HEADER_BYTES + 1);
}
