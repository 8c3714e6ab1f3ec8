/* SPDX-License-Identifier: MIT
 *
 * ISO base media (ISO 14496-12): HEIC, AVIF, MP4, MOV, 3GP, CR3.  Boxes with a length and a type
 * one behind another; the file ends where no known box follows.  The boxes of the index (moov,
 * meta) must themselves be filled by boxes. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "carve/window.h"

#define BOXES_MAX (1u << 20)

struct box {
	uint64_t at, head_bytes, end;	/* end UINT64_MAX: up to the end of the file */
	char type[5];
};

static const struct { char brand[5], extension[5]; } brands[] = {
	{"heic", "heic"}, {"heix", "heic"}, {"hevc", "heic"}, {"heim", "heic"}, {"heis", "heic"},
	{"mif1", "heic"}, {"msf1", "heic"}, {"avif", "avif"}, {"avis", "avif"}, {"qt  ", "mov"},
	{"M4A ", "m4a"}, {"M4V ", "m4v"}, {"crx ", "cr3"}, {"3gp4", "3gp"}, {"3gp5", "3gp"},
	{"3gp6", "3gp"}, {"3g2a", "3g2"},
};

static bool
is_top_level(const char *type)
{
	static const char types[] = "ftyp moov mdat free skip wide meta moof mfra sidx ssix styp "
	    "uuid pdin emsg prft udta pnot PICT junk mfro idat ";
	const char *hit = strstr(types, type);

	return hit && (hit - types) % 5 == 0;
}

static bool
box_read(struct rmn_window *w, uint64_t at, struct box *box)
{
	struct rmn_bytes b = rmn_window_bytes(w, at, 16), type;
	struct rmn_cursor c = rmn_cursor_over(b);
	uint32_t size;
	uint64_t length;

	if (!rmn_cursor_be32(&c, &size) || !rmn_cursor_take(&c, 4, &type))
		return false;
	*box = (struct box){.at = at, .head_bytes = 8};
	memcpy(box->type, type.data, 4);
	length = size;
	if (size == 1) {
		if (!rmn_cursor_be64(&c, &length))
			return false;
		box->head_bytes = 16;
	}
	if (size == 0) {
		box->end = UINT64_MAX;
		return true;
	}
	return length >= box->head_bytes && rmn_add_u64(at, length, &box->end);
}

/* Whether boxes fill [at, end); *wrong is where one does not fit. */
static bool
is_filled(struct rmn_window *w, uint64_t at, uint64_t end, uint64_t *wrong)
{
	struct box box;

	for (; end - at >= 8; at = box.end) {
		*wrong = at;
		if (!box_read(w, at, &box) || box.end > end)
			return false;
		for (int i = 0; i < 4; i++) {
			unsigned char ch = (unsigned char)box.type[i];

			if (ch != 0xA9 && (ch < 0x20 || ch > 0x7E))
				return false;
		}
	}
	/* QuickTime ends user data with 32 zero bits. */
	return end - at == 0 || end - at == 4;
}

static const char *
brand_find(struct rmn_window *w, const struct box *ftyp)
{
	struct rmn_bytes b = rmn_window_bytes(w, ftyp->at + ftyp->head_bytes, 4);

	for (size_t i = 0; b.size >= 4 && i < sizeof(brands) / sizeof(brands[0]); i++) {
		if (memcmp(brands[i].brand, b.data, 4) == 0)
			return brands[i].extension;
	}
	return "mp4";
}

struct media {
	struct rmn_window w;
	uint64_t at;			/* behind the last box */
	uint64_t wrong;			/* UINT64_MAX: nothing is */
	bool has_index, has_data, is_index_last, is_open;
};

/* One box; false: there is none. */
static bool
media_step(struct media *m, struct rmn_proven *proven)
{
	struct box box;
	uint64_t inside;
	bool is_index;

	if (!box_read(&m->w, m->at, &box) || !is_top_level(box.type))
		return false;
	if (m->at == 0)
		proven->extension = strcmp(box.type, "ftyp") == 0 ? brand_find(&m->w, &box) : "mov";
	if (box.end == UINT64_MAX) {
		m->is_open = strcmp(box.type, "mdat") == 0;
		return false;
	}
	is_index = strcmp(box.type, "moov") == 0 || strcmp(box.type, "meta") == 0 ||
	    strcmp(box.type, "moof") == 0 || strcmp(box.type, "mfra") == 0;
	/* meta is a full box: version and flags first. */
	inside = m->at + box.head_bytes + (strcmp(box.type, "meta") == 0 ? 4 : 0);
	if (is_index && (inside > box.end || !is_filled(&m->w, inside, box.end, &m->wrong)))
		return false;
	m->wrong = UINT64_MAX;
	m->has_index |= is_index;
	m->is_index_last = is_index && m->has_data;
	m->has_data |= strcmp(box.type, "mdat") == 0 || strcmp(box.type, "idat") == 0;
	m->at = box.end;
	return true;
}

void
rmn_walk_isobmff(const struct rmn_view *view, struct rmn_carve_tools *tools,
    struct rmn_proven *proven)
{
	struct media m = {.wrong = UINT64_MAX};
	uint32_t count = 0;

	rmn_window_init(&m.w, view, tools, &tools->buffer);
	while (count < BOXES_MAX && media_step(&m, proven))
		count++;
	if (count == 0)
		return;
	if (m.wrong != UINT64_MAX || m.is_open || !m.has_index)
		rmn_proven_break(view, proven, m.at < 8 ? m.at : 8, m.wrong != UINT64_MAX ?
		    m.wrong + 8 : m.at + 8);
	else
		rmn_proven_end(view, proven, m.is_index_last ? RMN_PROOF_STRUCTURE :
		    RMN_PROOF_PLAUSIBLE, m.at);
}
