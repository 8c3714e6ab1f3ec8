/* SPDX-License-Identifier: MIT
 *
 * Databases of Access (Jet 3, Jet 4, ACE): pages of 2 or 4 KiB, each beginning with its kind.  Nothing
 * says how many there are, so that the end is a guess: the first page that cannot be one. */
#include <string.h>

#include "base/number.h"
#include "carve/window.h"

#define PAGES_MAX (1u << 20)	/* 2 GiB of 2 KiB; the format's own limit */

enum { DEFINITION, DATA, TABLE, INDEX_INNER, INDEX_LEAF, USAGE };

/* A data page: its rows begin in falling order behind one another. */
static bool
rows_fit(const unsigned char *p, uint32_t page_bytes)
{
	uint32_t head = page_bytes == 4096 ? 14 : 10, count = rmn_le16(p + head - 2);
	uint32_t end = page_bytes;

	if (head + count * 2 > page_bytes)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = rmn_le16(p + head + i * 2) & 0x1FFF;

		if (row > end || row < head + count * 2)
			return false;
		end = row;
	}
	return true;
}

static bool
page_fits(const unsigned char *p, uint32_t page_bytes)
{
	if (p[1] != 1 || p[0] > USAGE || p[0] == DEFINITION)
		return false;
	return p[0] != DATA || rows_fit(p, page_bytes);
}

void
rmn_walk_access(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct rmn_window w;
	struct rmn_bytes bytes;
	uint32_t page_bytes, page;

	*proven = (struct rmn_proven){0};
	rmn_window_init(&w, view, tools, &tools->buffer);
	bytes = rmn_window_bytes(&w, 0, 64);
	if (bytes.size < 64 || rmn_le32(bytes.data) != 0x100 ||
	    memcmp(bytes.data + 4, "Standard ", 9) != 0 || bytes.data[0x14] > 6)
		return;
	page_bytes = bytes.data[0x14] == 0 ? 2048 : 4096;
	if (memcmp(bytes.data + 13, "ACE", 3) == 0)
		proven->extension = "accdb";
	for (page = 1; page < PAGES_MAX; page++) {
		bytes = rmn_window_bytes(&w, (uint64_t)page * page_bytes, page_bytes);
		if (bytes.size < page_bytes || !page_fits(bytes.data, page_bytes))
			break;
	}
	/* Page 2 holds the catalogue; without it nothing can be read, or all is encrypted. */
	if (page > 2)
		rmn_proven_end(view, proven, RMN_PROOF_PLAUSIBLE, (uint64_t)page * page_bytes);
	else
		rmn_proven_break(view, proven, page_bytes, (uint64_t)page * page_bytes + 1);
}
