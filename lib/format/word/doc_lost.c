/* SPDX-License-Identifier: MIT
 *
 * Text that nothing in the document refers to.  A fast save appends what is new and leaves what was
 * deleted; a damaged piece table leaves everything.  Runs of characters are looked for between what
 * is accounted for. */
#include <stdlib.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "charset/charset.h"
#include "format/codepage.h"
#include "format/word/doc.h"

#define PAGE_BYTES 512u
#define LOOK_UNITS 64u		/* how far a run is judged */
#define UNITS_MIN 6u		/* shorter ones are mostly chance */
#define BYTES_MIN 10u

struct extent {
	uint64_t start, end;
};

/* Marks that stand inside text. */
static bool
is_mark(unsigned c)
{
	return c == 0x07 || (c >= 0x09 && c <= 0x0D) || (c >= 0x13 && c <= 0x15) || c == 0x05 ||
	    c == 0x01 || c == 0x02 || c == 0x08 || c == 0x1E || c == 0x1F;
}

/* What chance seldom makes: every second byte would have to be one of a few. */
static bool
is_common(unsigned unit)
{
	return (unit >= 0x20 && unit < 0x7F) || unit == 0x0D || unit == 0x09 ||
	    (unit >= 0x3000 && unit <= 0x30FF) || (unit >= 0xFF01 && unit <= 0xFF9F);
}

static bool
is_text_unit(unsigned unit)
{
	return is_common(unit) || (unit < 0x20 && is_mark(unit)) ||
	    (unit >= 0xA0 && unit <= 0x24F) || (unit >= 0x370 && unit <= 0x52F) ||
	    (unit >= 0x2010 && unit <= 0x2027) || (unit >= 0x2030 && unit <= 0x205E) ||
	    (unit >= 0x20A0 && unit <= 0x27BF) || (unit >= 0x3220 && unit <= 0x33FF) ||
	    (unit >= 0x4E00 && unit <= 0x9FFF) || (unit >= 0xF900 && unit <= 0xFAFF) ||
	    (unit >= 0xFFE0 && unit <= 0xFFEE);
}

static unsigned
unit_at(struct rmn_bytes bytes, size_t at)
{
	return (unsigned)bytes.data[at] | (unsigned)bytes.data[at + 1] << 8;
}

/* Whether UTF-16 text begins here; *size is how far it was looked at. */
static bool
is_wide(struct rmn_bytes bytes, size_t *size)
{
	size_t at = 0, common = 0, western = 0, kanji = 0, units;

	for (units = 0; units < LOOK_UNITS && at + 2 <= bytes.size; units++, at += 2) {
		unsigned unit = unit_at(bytes, at);

		if (!is_text_unit(unit))
			break;
		common += is_common(unit);
		western += unit >= 0xA0 && unit <= 0x52F;
		kanji += unit >= 0x4E00 && unit <= 0x9FFF;
	}
	*size = at;
	/* numbers make accents beside kanji, people do not */
	if (western > 0 && kanji > 0)
		return units >= UNITS_MIN && common >= units / 2;
	return units >= UNITS_MIN && common >= units / 4 + 1;
}

/* What each byte can be in text of one byte a character; asked of every byte of what is left over. */
struct kinds {
	bool is_text[256];
	bool is_common[256];
};

static void
kinds_fill(struct kinds *kinds, bool is_double_byte)
{
	for (unsigned c = 0; c < 256; c++) {
		unsigned letter = c | 0x20;

		kinds->is_text[c] = (c >= 0x20 && c < 0x7F) || is_mark(c) ||
		    c >= (is_double_byte ? 0x80 : 0xA0) || (c >= 0x91 && c <= 0x97);
		kinds->is_common[c] = c == ' ' || c == '\r' || (c >= '0' && c <= '9') ||
		    (letter >= 'a' && letter <= 'z') ||
		    (is_double_byte && (c == 0x82 || c == 0x83 || c >= 0x88));
	}
}

/* Whether such text begins here. */
static bool
is_narrow(struct rmn_bytes bytes, const struct kinds *kinds, size_t *size)
{
	size_t at = 0, common = 0;

	for (; at < LOOK_UNITS && at < bytes.size && kinds->is_text[bytes.data[at]]; at++)
		common += kinds->is_common[bytes.data[at]];
	*size = at;
	return at >= BYTES_MIN && common >= at - at / 4;
}

/* How many bytes of text begin here.  Behind a paragraph text of the other width may follow. */
static size_t
wide_run(struct rmn_bytes bytes, const struct kinds *kinds)
{
	size_t at, ignored;

	if (!is_wide(bytes, &at))
		return 0;
	for (at = 0; at + 2 <= bytes.size && is_text_unit(unit_at(bytes, at));) {
		at += 2;
		if (unit_at(bytes, at - 2) == 0x0D &&
		    !is_wide(rmn_bytes_after(bytes, at), &ignored) &&
		    is_narrow(rmn_bytes_after(bytes, at), kinds, &ignored))
			break;
	}
	return at;
}

static size_t
narrow_run(struct rmn_bytes bytes, const struct kinds *kinds)
{
	size_t at, ignored;

	if (!is_narrow(bytes, kinds, &at))
		return 0;
	for (at = 0; at < bytes.size && kinds->is_text[bytes.data[at]]; at++)
		if (at > 0 && bytes.data[at - 1] == 0x0D &&
		    is_wide(rmn_bytes_after(bytes, at), &ignored))
			break;
	return at;
}

static void
run_put(struct rmn_doc *doc, enum rmn_flow flow, struct rmn_bytes bytes, bool is_wide)
{
	struct rmn_text *text = doc->flows.text;
	struct rmn_bytes left;
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	if (is_wide)
		rmn_charset_decode(bytes, RMN_UTF16LE, &utf8, NULL);
	else
		rmn_codepage_decode(doc->fib.page, bytes, &utf8);
	left = rmn_buf_bytes(&utf8);
	while (left.size > 0) {
		size_t size = 0;

		while (size < left.size && left.data[size] >= 0x20)
			size++;
		rmn_flow_put(&doc->flows, flow, rmn_bytes_head(left, size));
		if (size < left.size && (left.data[size] == 0x07 || left.data[size] == 0x09))
			rmn_flow_put(&doc->flows, flow, rmn_bytes_from_string("\t"));
		else if (size < left.size && left.data[size] >= 0x0A && left.data[size] <= 0x0D)
			rmn_flow_mark(&doc->flows, flow, flow, RMN_FLOW_PARAGRAPH);
		left = rmn_bytes_after(left, size + 1);
	}
	rmn_flow_line_end(&doc->flows, flow);
	if (utf8.failed && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&utf8);
}

/* Where UTF-16 text can begin at the earliest, of places as even or odd as at: behind the last unit that
 * is no text of the fewest that it needs. */
static size_t
wide_hope(struct rmn_bytes bytes, size_t at)
{
	if (bytes.size - at < 2 * UNITS_MIN)
		return SIZE_MAX;
	for (size_t i = 2 * UNITS_MIN; i > 0; i -= 2)
		if (!is_text_unit(unit_at(bytes, at + i - 2)))
			return at + i;
	return at;
}

static size_t
narrow_hope(struct rmn_bytes bytes, size_t at, const struct kinds *kinds)
{
	if (bytes.size - at < BYTES_MIN)
		return SIZE_MAX;
	for (size_t i = BYTES_MIN; i > 0; i--)
		if (!kinds->is_text[bytes.data[at + i - 1]])
			return at + i;
	return at;
}

static void
extent_scan(struct rmn_doc *doc, enum rmn_flow flow, struct extent e)
{
	struct rmn_bytes bytes = rmn_bytes_head(rmn_bytes_after(doc->stream, (size_t)e.start),
	    (size_t)(e.end - e.start));
	struct kinds kinds;
	size_t at = 0, wide_from[2] = {0, 0}, narrow_from = 0;

	kinds_fill(&kinds, doc->fib.is_old && doc->fib.page != 1252);
	while (at < bytes.size && doc->flows.text->status == RMN_OK) {
		struct rmn_bytes here = rmn_bytes_after(bytes, at);
		size_t *hope = &wide_from[at % 2], size = 0;
		bool is_wide_run = false;

		if (at >= *hope)
			*hope = wide_hope(bytes, at);
		if (at >= narrow_from)
			narrow_from = narrow_hope(bytes, at, &kinds);
		if (at >= *hope)
			size = wide_run(here, &kinds);
		is_wide_run = size > 0;
		if (!is_wide_run && at >= narrow_from)
			size = narrow_run(here, &kinds);
		if (size > 0)
			run_put(doc, flow, rmn_bytes_head(here, size), is_wide_run);
		at += size > 0 ? size : 1;
		if (size == 0) {
			size_t next = rmn_min_size(narrow_from,
			    rmn_min_size(wide_from[0], wide_from[1]));

			at = next > at ? next : at;
		}
	}
}

static int
extent_compare(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Pages of formatting, which look like text at times. */
static size_t
pages_take(const struct rmn_doc *doc, enum rmn_doc_table table, struct extent *extents, size_t room)
{
	struct rmn_bytes plc = rmn_doc_table(doc, table);
	size_t number_bytes = doc->fib.is_old ? 2 : 4, count, taken = 0;
	struct rmn_cursor c = rmn_cursor_over(plc);
	uint16_t low, high = 0;

	count = plc.size < 4 ? 0 : (plc.size - 4) / (4 + number_bytes);
	if (!rmn_cursor_seek(&c, (count + 1) * 4))
		return 0;
	while (taken < count && taken < room && rmn_cursor_le16(&c, &low) &&
	    (doc->fib.is_old || rmn_cursor_le16(&c, &high))) {
		uint64_t start = ((uint64_t)(high & 0x3F) << 16 | low) * PAGE_BYTES;

		extents[taken++] = (struct extent){start, start + PAGE_BYTES};
	}
	return taken;
}

/* What is accounted for, in order. */
static struct extent *
extents_gather(struct rmn_doc *doc, size_t *count)
{
	size_t pages = doc->stream.size / PAGE_BYTES + 1;
	struct extent *extents = rmn_arena_alloc(doc->arena, doc->piece_count + 2 * pages,
	    sizeof(*extents));

	*count = 0;
	if (!extents) {
		doc->flows.text->status = rmn_fail(doc->ole->error, RMN_LIMIT,
		    "item outgrows its memory");
		return NULL;
	}
	for (size_t i = 0; i < doc->piece_count; i++) {
		const struct rmn_doc_piece *p = &doc->pieces[i];

		extents[(*count)++] = (struct extent){p->offset,
		    p->offset + (uint64_t)(p->end - p->start) * p->width};
	}
	*count += pages_take(doc, RMN_DOC_CHARACTERS, extents + *count, pages);
	*count += pages_take(doc, RMN_DOC_PARAGRAPHS, extents + *count, pages);
	qsort(extents, *count, sizeof(*extents), extent_compare);
	return extents;
}

void
rmn_doc_lost_give(struct rmn_doc *doc, bool pieces_are_lost)
{
	struct extent *extents, gap = {doc->fib.text_start, doc->stream.size};
	size_t count;

	if (pieces_are_lost) {
		gap.start = 0;
		rmn_text_part(doc->flows.text, RMN_PART_BODY, rmn_bytes_from_string("text found"));
		extent_scan(doc, RMN_FLOW_BODY, gap);
		return;
	}
	extents = extents_gather(doc, &count);
	for (size_t i = 0; extents && i < count; i++) {
		gap.end = rmn_min_u64(extents[i].start, doc->stream.size);
		if (gap.start < gap.end)
			extent_scan(doc, RMN_FLOW_DELETED, gap);
		if (extents[i].end > gap.start)
			gap.start = extents[i].end;
	}
	gap.end = doc->stream.size;
	if (extents && gap.start < gap.end)
		extent_scan(doc, RMN_FLOW_DELETED, gap);
}
