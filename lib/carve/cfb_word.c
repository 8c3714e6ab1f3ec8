/* SPDX-License-Identifier: MIT
 *
 * Word's streams ([MS-DOC] 2.5, 2.8): the FIB says where in the table stream each structure stands.
 * Two of them say most about what lies where: the bin tables, whose pages repeat the range of
 * characters they are about, and the style sheet, a chain of sizes. */
#include "base/checked.h"
#include "carve/cfb.h"
#include "base/number.h"

#define FIB_BYTES 0x400u
#define PAGE_BYTES 512u
#define STYLES_MAX 4096u

/* A place in the FIB's list of offsets and sizes in the table stream. */
#define FIB_STYLES 0x0A2u
#define FIB_CHARACTERS 0x0FAu	/* bin table of character formats */
#define FIB_PARAGRAPHS 0x102u
#define FIB_PIECES 0x1A2u

struct word {
	struct cfb_window document, table;
	const struct cfb_stream *document_stream, *table_stream;
	unsigned char fib[FIB_BYTES];
	struct cfb_verdict *of_document, *of_table;
};

static void
verdict_break(struct cfb_verdict *v, uint64_t offset)
{
	if (offset < v->broken_at)
		v->broken_at = offset;
}

static void
verdict_good(struct cfb_verdict *v, uint64_t offset)
{
	if (offset > v->good_bytes)
		v->good_bytes = offset;
}

/* Offset and size of a structure; false when the file has none or it lies outside. */
static bool
part_find(const struct word *w, size_t place, uint32_t *offset, uint32_t *size)
{
	*offset = rmn_le32(w->fib + place);
	*size = rmn_le32(w->fib + place + 4);
	return *size && (uint64_t)*offset + *size <= w->table_stream->size;
}

/* The style sheet: a header, then styles that each say their size. */
static void
styles_check(struct word *w)
{
	uint32_t offset, size, at;
	const unsigned char *p;
	unsigned count;

	if (!part_find(w, FIB_STYLES, &offset, &size) || size < 8)
		return;
	p = cfb_window_at(&w->table, offset, 4);
	if (!p)
		return;
	at = offset + 2u + rmn_le16(p);
	count = rmn_le16(p + 2);
	if (rmn_le16(p) < 18 || rmn_le16(p) > STYLES_MAX || count > STYLES_MAX) {
		verdict_break(w->of_table, offset);
		return;
	}
	for (unsigned i = 0; i < count && at + 2 <= offset + size; i++) {
		unsigned length;

		p = cfb_window_at(&w->table, at, 2);
		length = p ? rmn_le16(p) : 0;
		/* That it ends early proves nothing: WPS Office promises more styles than it writes. */
		if (!p || at + 2 + length > offset + size)
			return;
		at += 2 + length + length % 2;
		verdict_good(w->of_table, rmn_min_u64(at, offset + size));
	}
}

/* One page of formats: from and to must be the bin table's. */
static void
page_check(struct word *w, uint32_t page, uint32_t from, uint32_t to)
{
	uint64_t at = (uint64_t)page * PAGE_BYTES;
	const unsigned char *p = cfb_window_at(&w->document, at, PAGE_BYTES);
	unsigned count = p ? p[PAGE_BYTES - 1] : 0;

	if (!p)
		return;
	if (count == 0 || (count + 1u) * 4u >= PAGE_BYTES || rmn_le32(p) != from ||
	    rmn_le32(p + count * 4u) != to)
		verdict_break(w->of_document, at);
	else
		verdict_good(w->of_document, at + PAGE_BYTES);
}

/* A bin table: n + 1 rising positions of the document stream, then n page numbers. */
static void
bins_check(struct word *w, size_t place)
{
	uint32_t offset, size, count, before = 0;

	if (!part_find(w, place, &offset, &size) || size < 12 || size % 8 != 4)
		return;
	count = (size - 4) / 8;
	for (uint32_t i = 0; i < count; i++) {
		const unsigned char *p = cfb_window_at(&w->table, offset + i * 4u, 8);
		uint32_t from, to;

		if (!p)
			return;
		from = rmn_le32(p);
		to = rmn_le32(p + 4);
		if (from < before || to < from) {
			verdict_break(w->of_table, offset + i * 4u);
			return;
		}
		before = from;
		p = cfb_window_at(&w->table, offset + (count + 1u + i) * 4u, 4);
		if (!p)
			return;
		page_check(w, rmn_le32(p) & 0x3FFFFF, from, to);
	}
	if (w->of_document->broken_at == UINT64_MAX)
		verdict_good(w->of_table, offset + size);
}

/* The piece table: properties (1), then one table (2) of exactly the rest. */
static void
pieces_check(struct word *w)
{
	uint32_t offset, size, at;

	if (!part_find(w, FIB_PIECES, &offset, &size))
		return;
	for (at = offset; at + 5 <= offset + size;) {
		const unsigned char *p = cfb_window_at(&w->table, at, 5);

		if (!p)
			return;
		if (p[0] == 1) {
			at += 3u + rmn_le16(p + 1);
			continue;
		}
		if (p[0] == 2 && rmn_le32(p + 1) == offset + size - at - 5u)
			verdict_good(w->of_table, offset + size);
		else
			verdict_break(w->of_table, at);
		return;
	}
	verdict_break(w->of_table, offset);
}

/* Word 97 and later, not encrypted; the bytes behind the magic must be a FIB's. */
static bool
fib_fits(const unsigned char *fib)
{
	return rmn_le16(fib) == 0xA5EC && rmn_le16(fib + 2) >= 0x00C0 &&
	    rmn_le16(fib + 0x20) == 14 && rmn_le16(fib + 0x3E) == 22 &&
	    rmn_le16(fib + 0x98) >= 0x5D && !(fib[0x0B] & 1);
}

bool
cfb_check_word(const struct cfb_stream *stream, uint32_t parent, struct cfb_verdict *verdict,
    const struct cfb_entry **table, struct cfb_verdict *of_table)
{
	const struct cfb *c = stream->cfb;
	struct cfb_stream table_stream;
	struct word w = {.document_stream = stream, .table_stream = &table_stream,
	    .of_document = verdict, .of_table = of_table};

	*table = NULL;
	*verdict = *of_table = (struct cfb_verdict){.broken_at = UINT64_MAX};
	if (cfb_stream_read(stream, 0, w.fib, FIB_BYTES) < FIB_BYTES || !fib_fits(w.fib))
		return false;
	verdict->good_bytes = PAGE_BYTES;
	*table = cfb_find(c, parent, w.fib[0x0B] & 2 ? "1Table" : "0Table");
	if (!*table || !cfb_stream_open(c, *table, &table_stream) ||
	    !cfb_window_init(&w.document, stream) || !cfb_window_init(&w.table, &table_stream))
		return true;
	styles_check(&w);
	bins_check(&w, FIB_CHARACTERS);
	bins_check(&w, FIB_PARAGRAPHS);
	pieces_check(&w);
	return true;
}
