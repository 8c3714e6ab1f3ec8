/* SPDX-License-Identifier: MIT
 *
 * Carver of PST and OST files: the header says how long the file is, two trees name every node and
 * every block, and all have CRCs ([MS-PST] 2.2.2). */
#include "carve/pst.h"

#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "carve/parts.h"
#include "carve/window.h"
#include "unpack/checksum.h"

#define HEADER_BYTES 564u
#define ARENA_BYTES (256 * RMN_MIB)
#define DEPTH_MAX 8u
#define MAP_FIRST 0x4400u
#define MAP_STEP 253952u
#define PIECES_MAX (1u << 24)

/* The format starts its CRC-32 at 0 and does not invert it. */
static uint32_t
pst_crc(const unsigned char *p, size_t size)
{
	return ~rmn_crc32(0xFFFFFFFF, p, size);
}

static struct pst_piece
reference_read(const struct pst *s, const unsigned char *p)
{
	if (s->is_wide)
		return (struct pst_piece){rmn_le64(p + 8), rmn_le64(p), 0};
	return (struct pst_piece){rmn_le32(p + 4), rmn_le32(p), 0};
}

bool
pst_open(struct pst *s, const struct rmn_view *view, struct rmn_carve_tools *tools)
{
	unsigned char h[HEADER_BYTES];
	unsigned version;

	*s = (struct pst){.view = view, .tools = tools, .broken = UINT64_MAX, .good = HEADER_BYTES};
	if (rmn_view_read(view, 0, h, sizeof(h)) < sizeof(h) || memcmp(h, "!BDN", 4) != 0 ||
	    h[8] != 'S' || h[9] != 'M' || pst_crc(h + 8, 471) != rmn_le32(h + 4))
		return false;
	version = rmn_le16(h + 10);
	s->is_wide = version >= 20;
	if (s->is_wide ? version > 23 : version != 14 && version != 15)
		return false;
	if (s->is_wide && pst_crc(h + 8, 516) != rmn_le32(h + 524))
		return false;
	s->length = s->is_wide ? rmn_le64(h + 0xB8) : rmn_le32(h + 0xA8);
	s->node_root = reference_read(s, h + (s->is_wide ? 216 : 0xB8));
	s->block_root = reference_read(s, h + (s->is_wide ? 232 : 0xC0));
	if (s->length < 0x4600 || s->length > 1ull << 40)
		return false;
	s->arena = rmn_arena_new(ARENA_BYTES);
	return s->arena != NULL;
}

void
pst_release(struct pst *s)
{
	rmn_arena_free(s->arena);
	s->arena = NULL;
}

uint32_t
pst_piece_bytes(const struct pst *s, const struct pst_piece *piece)
{
	if (piece->size == 0)
		return PST_PAGE_BYTES;
	return (piece->size + (s->is_wide ? 16u : 12u) + 63u) & ~63u;
}

static bool
page_fits(const struct pst *s, const struct pst_piece *piece, const unsigned char *p)
{
	const unsigned char *t = p + (s->is_wide ? 496 : 500);
	uint32_t crc = rmn_le32(t + (s->is_wide ? 4 : 8));
	uint64_t id = s->is_wide ? rmn_le64(t + 8) : rmn_le32(t + 4);

	return t[0] == t[1] && id == piece->id && pst_crc(p, (size_t)(t - p)) == crc;
}

bool
pst_piece_fits(const struct pst *s, const struct pst_piece *piece, const unsigned char *bytes)
{
	const unsigned char *t;

	if (piece->size == 0)
		return page_fits(s, piece, bytes);
	t = bytes + pst_piece_bytes(s, piece) - (s->is_wide ? 16 : 12);
	/* The lowest bit of a block's identifier is not part of it. */
	if (s->is_wide)
		return rmn_le16(t) == piece->size && ((rmn_le64(t + 8) ^ piece->id) & ~1ull) == 0 &&
		    pst_crc(bytes, piece->size) == rmn_le32(t + 4);
	return rmn_le16(t) == piece->size && ((rmn_le32(t + 4) ^ piece->id) & ~1ull) == 0 &&
	    pst_crc(bytes, piece->size) == rmn_le32(t + 8);
}

static bool
is_spent(const struct pst *s)
{
	return s->tools->work_limit && s->tools->work > s->tools->work_limit;
}

/* Reads and proves a piece; NULL when it is wrong. */
static const unsigned char *
piece_load(struct pst *s, const struct pst_piece *piece)
{
	uint32_t size = pst_piece_bytes(s, piece);
	struct rmn_bytes b = {NULL, 0};

	s->pieces++;
	s->tools->work += size;
	if (piece->offset < s->length && size <= s->length - piece->offset && !is_spent(s))
		b = rmn_view_load(s->view, piece->offset, size, &s->tools->buffer);
	if (b.size == size && pst_piece_fits(s, piece, b.data)) {
		if (piece->offset < s->broken && piece->offset + size > s->good)
			s->good = piece->offset + size;
		return b.data;
	}
	if (piece->offset < s->broken) {
		s->broken = piece->offset;
		s->missing = *piece;
	}
	return NULL;
}

struct walker {
	struct pst *s;
	unsigned char pages[DEPTH_MAX][PST_PAGE_BYTES];
	bool is_blocks;
};

struct level {
	unsigned next, count, size, height;
};

/* Entries of one size; count, size and height in the last bytes.  Heights fall by one from page to page,
 * so that no tree is endless. */
static bool
level_read(const struct walker *w, const unsigned char *page, unsigned depth, struct level *levels)
{
	const unsigned char *tail = page + (w->s->is_wide ? 488 : 496);
	struct level *l = &levels[depth];

	*l = (struct level){0, tail[0], tail[2], tail[3]};
	return l->size >= (w->s->is_wide ? 24u : 12u) && l->count * l->size <= tail - page &&
	    (depth == 0 || l->height + 1 == levels[depth - 1].height);
}

static void
block_prove(const struct walker *w, const unsigned char *entry)
{
	struct pst_piece block = reference_read(w->s, entry);

	block.size = rmn_le16(entry + (w->s->is_wide ? 16 : 8));
	if (w->is_blocks && block.size > 0 && block.size <= PST_BLOCK_MAX)
		piece_load(w->s, &block);
}

static void
tree_walk(struct walker *w, struct pst_piece root)
{
	struct level levels[DEPTH_MAX];
	struct pst_piece piece = root;
	unsigned depth = 0;

	do {
		const unsigned char *p = depth < DEPTH_MAX ? piece_load(w->s, &piece) : NULL;

		if (p && level_read(w, p, depth, levels))
			memcpy(w->pages[depth++], p, PST_PAGE_BYTES);
		while (depth > 0) {
			struct level *l = &levels[depth - 1];

			if (l->next == l->count) {
				depth--;
				continue;
			}
			p = w->pages[depth - 1] + l->next++ * l->size;
			if (l->height > 0) {
				piece = reference_read(w->s, p + (w->s->is_wide ? 8 : 4));
				break;
			}
			block_prove(w, p);
		}
	} while (depth > 0 && w->s->pieces < PIECES_MAX && !is_spent(w->s));
}

/* Allocation maps stand at fixed places, with those as their identifiers, also in unused parts. */
static void
maps_prove(struct pst *s)
{
	for (uint64_t at = MAP_FIRST; at + PST_PAGE_BYTES <= s->length && !is_spent(s);
	    at += MAP_STEP) {
		struct pst_piece map = {at, at, 0};

		piece_load(s, &map);
	}
}

void
pst_follow(struct pst *s)
{
	struct walker *w;

	rmn_arena_reset(s->arena);
	w = rmn_arena_alloc(s->arena, 1, sizeof(*w));
	if (!w)
		return;
	w->s = s;
	maps_prove(s);
	tree_walk(w, s->node_root);
	w->is_blocks = true;
	tree_walk(w, s->block_root);
	if (s->good > s->broken)
		s->good = HEADER_BYTES;
}

static bool
parts_follow(void *context, const struct rmn_view *view, uint64_t *good, uint64_t *broken)
{
	struct pst *s = context;

	s->view = view;
	s->good = HEADER_BYTES;
	s->broken = UINT64_MAX;
	s->pieces = 0;
	pst_follow(s);
	*good = s->good;
	*broken = s->broken;
	return s->broken == UINT64_MAX && !is_spent(s);
}

static uint64_t
parts_aim(void *context)
{
	struct pst *s = context;

	s->wanted = s->missing;
	return pst_piece_bytes(s, &s->wanted);
}

static bool
parts_fit(void *context, const struct rmn_view *view)
{
	struct pst *s = context;
	uint32_t size = pst_piece_bytes(s, &s->wanted), tail = s->is_wide ? 16 : 12;
	unsigned char bytes[PST_BLOCK_MAX + 128], *t = bytes + size - tail;
	uint64_t id;

	s->tools->work += tail;
	if (is_spent(s) || rmn_view_read(view, s->wanted.offset + size - tail, t, tail) < tail)
		return false;
	/* The identifier stands last, in front of the CRC in the narrow form. */
	id = s->is_wide ? rmn_le64(t + 8) : rmn_le32(t + 4);
	if ((id ^ s->wanted.id) & ~1ull)
		return false;
	s->tools->work += size;
	return rmn_view_read(view, s->wanted.offset, bytes, size) == size &&
	    pst_piece_fits(s, &s->wanted, bytes);
}

/* Every part has a CRC; what lies between them is free space of the store, of which it may stay
 * doubtful which blocks it had. */
bool
rmn_mend_pst(const struct rmn_mender *m, struct rmn_view *view, struct rmn_proven *proven)
{
	struct pst s;
	struct rmn_parts parts = {.m = m, .context = &s, .follow = parts_follow, .aim = parts_aim,
	    .fits = parts_fit};
	enum rmn_parts_end end;

	if (!pst_open(&s, view, m->tools))
		return false;
	parts.length = s.length;
	end = rmn_parts_mend(&parts, view);
	pst_release(&s);
	if (end == RMN_PARTS_NONE)
		return false;
	rmn_walk_pst(view, m->tools, proven);
	if (proven->proof < RMN_PROOF_STRUCTURE)
		return false;
	if (end == RMN_PARTS_DOUBTFUL)
		proven->proof = RMN_PROOF_PLAUSIBLE;
	return true;
}

void
rmn_walk_pst(const struct rmn_view *view, struct rmn_carve_tools *tools, struct rmn_proven *proven)
{
	struct pst s;
	unsigned char byte;

	*proven = (struct rmn_proven){0};
	if (!pst_open(&s, view, tools))
		return;
	pst_follow(&s);
	if (s.broken == UINT64_MAX && is_spent(&s))
		s.broken = s.good + 1;
	if (s.broken == UINT64_MAX && rmn_view_read(view, s.length - 1, &byte, 1) < 1)
		s.broken = s.length;
	if (s.broken != UINT64_MAX)
		rmn_proven_break(view, proven, s.good < s.broken ? s.good : HEADER_BYTES,
		    s.broken > HEADER_BYTES ? s.broken : HEADER_BYTES + 1);
	else
		rmn_proven_end(view, proven, RMN_PROOF_CHECKSUM, s.length);
	pst_release(&s);
}
