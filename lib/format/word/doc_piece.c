/* SPDX-License-Identifier: MIT
 *
 * The piece table (MS-DOC 2.8.35 Clx): which bytes of the stream are the text, in which order. */
#include "base/checked.h"
#include "base/cursor.h"
#include "format/word/doc.h"

#define CLX_MODIFIER 1u
#define CLX_PIECES 2u
#define PIECE_BYTES 8u
#define COMPRESSED 0x40000000u
#define OFFSET_BITS 0x3FFFFFFFu
#define REPEATS_MAX 2u		/* no honest document uses the same bytes more often */

/* Modifiers of pieces: indices lead to the n-th of them. */
struct modifiers {
	struct rmn_bytes clx;
	struct rmn_bytes *list;
	size_t count;
};

/* Walks the modifiers in front of the pieces; false when there are no pieces. */
static bool
clx_walk(struct rmn_doc *doc, struct modifiers *m, struct rmn_bytes *plc)
{
	struct rmn_cursor c = rmn_cursor_over(m->clx);
	struct rmn_bytes grpprl;
	uint16_t size;
	uint32_t pieces_size;
	uint8_t kind;

	m->list = rmn_arena_alloc(doc->arena, m->clx.size / 3 + 1, sizeof(*m->list));
	while (rmn_cursor_u8(&c, &kind) && kind == CLX_MODIFIER) {
		if (!rmn_cursor_le16(&c, &size) || !rmn_cursor_take(&c, size, &grpprl))
			return false;
		if (m->list)
			m->list[m->count++] = grpprl;
	}
	if (kind != CLX_PIECES || !rmn_cursor_le32(&c, &pieces_size))
		return false;
	*plc = rmn_bytes_head(rmn_bytes_after(m->clx, c.offset), pieces_size);
	if (plc->size < pieces_size)
		doc->is_damaged = true;
	return true;
}

static void
modifier_apply(const struct rmn_doc *doc, const struct modifiers *m, uint16_t modifier,
    struct rmn_doc_piece *piece)
{
	uint16_t symbol = 0;

	/* the short form holds none of those that matter here */
	if ((modifier & 1) && (size_t)(modifier >> 1) < m->count)
		rmn_doc_modifiers(doc->fib.is_old, m->list[modifier >> 1], &piece->flags, &symbol);
	piece->flags &= RMN_DOC_DELETED | RMN_DOC_HIDDEN;
}

/* Cuts a piece to what the stream has. */
static void
piece_clip(struct rmn_doc *doc, struct rmn_doc_piece *piece)
{
	uint64_t size = doc->stream.size, count = piece->end - piece->start, there;

	there = piece->offset >= size ? 0 : (size - piece->offset) / piece->width;
	if (there < count) {
		doc->missing += count - there;
		piece->end = piece->start + (uint32_t)there;
	}
}

static bool
piece_read(const struct rmn_doc *doc, struct rmn_cursor *c, const struct modifiers *m,
    struct rmn_doc_piece *piece)
{
	uint16_t flags, modifier;
	uint32_t offset;

	if (!rmn_cursor_le16(c, &flags) || !rmn_cursor_le32(c, &offset) ||
	    !rmn_cursor_le16(c, &modifier))
		return false;
	piece->width = doc->fib.is_old || (offset & COMPRESSED) ? 1 : 2;
	piece->offset = doc->fib.is_old ? offset : offset & OFFSET_BITS;
	if (!doc->fib.is_old && piece->width == 1)
		piece->offset /= 2;
	modifier_apply(doc, m, modifier, piece);
	return true;
}

static enum rmn_status
plc_read(struct rmn_doc *doc, const struct modifiers *m, struct rmn_bytes plc)
{
	size_t count = plc.size < 4 ? 0 : (plc.size - 4) / (4 + PIECE_BYTES);
	struct rmn_cursor starts = rmn_cursor_over(plc), c = starts;
	uint64_t used = 0;
	uint32_t start, end;

	doc->pieces = rmn_arena_alloc(doc->arena, count + 1, sizeof(*doc->pieces));
	if (!doc->pieces)
		return rmn_fail(doc->ole->error, RMN_LIMIT, "item outgrows its memory");
	if (!rmn_cursor_seek(&c, (count + 1) * 4) || !rmn_cursor_le32(&starts, &start))
		return RMN_CORRUPT;
	for (size_t i = 0; i < count; i++) {
		struct rmn_doc_piece piece = {.flags = 0};

		if (!rmn_cursor_le32(&starts, &end) || !piece_read(doc, &c, m, &piece))
			break;
		piece.start = start;
		piece.end = end;
		start = end;
		if (end < piece.start || end > INT32_MAX) {
			doc->is_damaged = true;
			break;
		}
		piece_clip(doc, &piece);
		used += (uint64_t)(piece.end - piece.start) * piece.width;
		if (used > (uint64_t)doc->stream.size * REPEATS_MAX) {
			doc->is_damaged = true;
			break;
		}
		doc->pieces[doc->piece_count++] = piece;
	}
	return doc->piece_count > 0 ? RMN_OK : RMN_CORRUPT;
}

/* Word 6 and 95: the text is one run unless the file was saved fast.  Some Far Eastern ones have two
 * bytes for a character; only the length tells. */
static enum rmn_status
whole_read(struct rmn_doc *doc)
{
	struct rmn_doc_piece *piece = rmn_arena_alloc(doc->arena, 1, sizeof(*piece));
	uint64_t total = 0, size;

	if (!piece)
		return rmn_fail(doc->ole->error, RMN_LIMIT, "item outgrows its memory");
	if (doc->fib.text_start >= doc->fib.text_end)
		return RMN_CORRUPT;
	for (size_t i = 0; i < RMN_DOC_STORIES; i++)
		total += doc->fib.lengths[i];
	size = doc->fib.text_end - doc->fib.text_start;
	piece->offset = doc->fib.text_start;
	piece->width = total > 0 && size >= 2 * total ? 2 : 1;
	piece->end = (uint32_t)rmn_min_u64(total > 0 ? total : size, size / piece->width);
	piece_clip(doc, piece);
	doc->pieces = piece;
	doc->piece_count = 1;
	return RMN_OK;
}

enum rmn_status
rmn_doc_pieces_read(struct rmn_doc *doc)
{
	struct modifiers m = {.clx = rmn_doc_table(doc, RMN_DOC_PIECES)};
	struct rmn_bytes plc;

	if (doc->fib.is_old && (!doc->fib.is_complex || m.clx.size == 0))
		return whole_read(doc);
	if (m.clx.size == 0 || !clx_walk(doc, &m, &plc))
		return RMN_CORRUPT;
	return plc_read(doc, &m, plc);
}
