/* SPDX-License-Identifier: MIT
 *
 * Shared strings.  Only their places are kept: a string is decoded when a cell asks for it, so that a
 * workbook needs no memory for its text. */
#include "base/checked.h"
#include "base/holes.h"
#include "base/number.h"
#include "format/sheet/xls.h"

#define STRING_BYTES_MIN 3u	/* of an empty one */

/* Bytes of a record and of those that continue it. */
static size_t
extent_bytes(const struct xls *x, const struct xls_record *record)
{
	struct xls_record next = *record;
	size_t size = 0;

	do
		size += next.end - next.at;
	while (xls_record_read(x, next.end, &next) && next.type == XLS_CONTINUE);
	return size;
}

/* Zeros read as empty strings; nobody knows which number those behind them have. */
static void
hole_note(struct xls *x, size_t at, size_t size)
{
	struct rmn_bytes table = rmn_bytes_head(rmn_bytes_after(x->stream, at), size);
	size_t start, end;

	if (!rmn_hole_next(table, 0, &start, &end))
		return;
	xls_note(x, RMN_PARTIAL, "the shared strings have a hole at byte %zu of the stream",
	    at + start);
	xls_gap_note(x, at + end, at + table.size);
}

void
xls_strings_read(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	uint32_t total, unique;
	size_t room, extent;

	if (x->strings || !xls_u32(&p, &total) || !xls_u32(&p, &unique))
		return;
	extent = extent_bytes(x, record);
	hole_note(x, record->at, extent);
	room = rmn_min_size(unique, extent / STRING_BYTES_MIN + 1);
	x->strings = rmn_arena_alloc(x->arena, room, sizeof(*x->strings));
	x->string_used = rmn_arena_alloc(x->arena, room, 1);
	if (!x->strings || !x->string_used) {
		xls_note(x, RMN_LIMIT, "the shared strings outgrow their memory");
		return;
	}
	while (x->string_count < room) {
		/* one that would start at the very end of a record starts in the next */
		if (xls_left(&p) == 0 && xls_skip(&p, 1))
			p.at--;
		x->strings[x->string_count] = (uint64_t)p.at << 32 | p.end;
		if (!xls_string(x, &p, 2, NULL))
			break;
		x->string_count++;
	}
	/* one writer counts strings that it does not write, but then no cell refers to any */
	if (x->string_count < unique && total > 0)
		xls_note(x, RMN_PARTIAL, "%llu of %lu shared strings could be read",
		    (unsigned long long)x->string_count, (unsigned long)unique);
}

static struct xls_place
place_of(const struct xls *x, size_t index)
{
	return (struct xls_place){x->stream, (size_t)(x->strings[index] >> 32),
	    (size_t)(x->strings[index] & UINT32_MAX), 0};
}

bool
xls_shared_string(struct xls *x, uint32_t index, struct rmn_buf *out)
{
	struct xls_place p;

	if (index >= x->string_count || x->moves_left == 0)
		return false;
	p = place_of(x, index);
	xls_string(x, &p, 2, out);
	x->string_used[index] = 1;
	/* many cells may show one string that lies in very many pieces */
	if (p.moves >= x->moves_left)
		xls_note(x, RMN_LIMIT, "shared strings lie in more pieces than are followed");
	x->moves_left -= rmn_min_size(p.moves, x->moves_left);
	return true;
}

/* Strings that no cell shows any more, or whose sheet is lost. */
void
xls_strings_unused_give(struct xls *x)
{
	rmn_text_part(x->text, RMN_PART_DELETED, rmn_bytes_from_string("unused shared strings"));
	x->moves_left = x->stream.size;	/* enough for each of them once */
	for (uint32_t i = 0; i < x->string_count && x->text->status == RMN_OK; i++) {
		if (x->string_used[i])
			continue;
		xls_scratch_clear(x);
		xls_shared_string(x, i, &x->scratch);
		if (x->scratch.size == 0)
			continue;
		xls_clean_cell(x, &x->scratch, 0);
		rmn_text_put(x->text, rmn_buf_bytes(&x->scratch));
		rmn_text_char(x->text, '\n');
	}
}
