/* SPDX-License-Identifier: MIT
 *
 * Characters of a Word document as lines.  Below 20 they are marks (MS-DOC 2.4.1): of paragraphs,
 * cells, fields, and anchors of what stands elsewhere. */
#include "base/checked.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/codepage.h"
#include "format/word/doc.h"
#include "format/word/field.h"

#define ZEROS_MIN 16u	/* so many zeros in a row are no marks (of page numbers in old documents) */

enum {
	MARK_CELL = 0x07,	/* of a row too, by its paragraph */
	MARK_TAB = 0x09,
	MARK_LINE_FEED = 0x0A,
	MARK_LINE = 0x0B,
	MARK_PAGE = 0x0C,
	MARK_PARAGRAPH = 0x0D,
	MARK_COLUMN = 0x0E,
	MARK_FIELD = 0x13,
	MARK_RESULT = 0x14,
	MARK_FIELD_END = 0x15,
	MARK_HYPHEN = 0x1E,	/* one that does not break */
	MARK_BELOW = 0x20,
};

/* Where text with these flags goes. */
static enum rmn_flow
flow_of(const struct rmn_doc *doc, enum rmn_flow flow, uint16_t flags)
{
	if (doc->code_depth > 0)
		return RMN_FLOW_VALUE;
	return flags & RMN_DOC_DELETED ? RMN_FLOW_DELETED :
	    flags & RMN_DOC_HIDDEN ? RMN_FLOW_HIDDEN : flow;
}

static void
text_put(struct rmn_doc *doc, enum rmn_flow flow, const struct rmn_doc_piece *piece,
    struct rmn_bytes bytes)
{
	struct rmn_text *text = doc->flows.text;
	struct rmn_buf *utf8 = &doc->utf8;

	if (bytes.size == 0)
		return;
	doc->was_cell = false;
	rmn_buf_clear(utf8);
	if (piece->width == 2)
		rmn_charset_decode(bytes, RMN_UTF16LE, utf8, NULL);
	else
		rmn_codepage_decode(doc->fib.page, bytes, utf8);
	rmn_flow_put(&doc->flows, flow, rmn_buf_bytes(utf8));
	if (utf8->failed && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_NOMEM, "out of memory");
}

static void
field_begin(struct rmn_doc *doc)
{
	if (doc->field_lost > 0 || doc->field_depth == RMN_DOC_FIELDS_MAX) {
		doc->field_lost++;
		return;
	}
	doc->fields[doc->field_depth].value_at = rmn_flow_value_begin(&doc->flows);
	doc->fields[doc->field_depth++].is_code = true;
	doc->code_depth++;
}

/* The instruction of the innermost field ends: what it says besides its result. */
static void
instruction_end(struct rmn_doc *doc, enum rmn_flow flow, bool has_result)
{
	struct rmn_buf value, shown;

	if (doc->field_depth == 0 || !doc->fields[doc->field_depth - 1].is_code)
		return;
	doc->fields[doc->field_depth - 1].is_code = false;
	doc->code_depth--;
	rmn_buf_init(&value, 0);
	rmn_flow_value_end(&doc->flows, doc->fields[doc->field_depth - 1].value_at, &value);
	if (rmn_field_is_telling(rmn_buf_bytes(&value)))
		rmn_flow_line(&doc->flows, RMN_FLOW_FIELDS, rmn_buf_bytes(&value));
	rmn_buf_init(&shown, 0);
	if (!has_result)
		rmn_field_shown(rmn_buf_bytes(&value), &shown);
	rmn_flow_put(&doc->flows, doc->code_depth > 0 ? RMN_FLOW_VALUE : flow,
	    rmn_buf_bytes(&shown));
	if (shown.failed && doc->flows.text->status == RMN_OK)
		doc->flows.text->status = rmn_fail(doc->ole->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&shown);
	rmn_buf_release(&value);
}

static void
field_end(struct rmn_doc *doc, enum rmn_flow flow)
{
	if (doc->field_lost > 0) {
		doc->field_lost--;
		return;
	}
	instruction_end(doc, flow, false);
	doc->field_depth -= doc->field_depth > 0;
}

static uint16_t
paragraph_flags(struct rmn_doc *doc, uint64_t offset)
{
	uint64_t until;
	const struct rmn_doc_run *run = rmn_doc_run_find(&doc->paragraphs, offset, &until);

	return run ? run->flags : 0;
}

/* The mark of a cell, or of the row: without paragraphs two of them in a row end it. */
static enum rmn_flow_mark
cell_mark(struct rmn_doc *doc, uint16_t paragraph)
{
	bool is_row = doc->paragraphs.is_known ? paragraph & RMN_DOC_ROW_END : doc->was_cell;

	doc->was_cell = !is_row;
	return is_row ? RMN_FLOW_ROW : RMN_FLOW_CELL;
}

static enum rmn_flow_mark
paragraph_mark(uint16_t paragraph)
{
	return paragraph & RMN_DOC_INNER_ROW ? RMN_FLOW_ROW :
	    paragraph & RMN_DOC_INNER_CELL ? RMN_FLOW_CELL :
	    paragraph & RMN_DOC_IN_TABLE ? RMN_FLOW_PARAGRAPH_IN_CELL : RMN_FLOW_PARAGRAPH;
}

static void
mark_take(struct rmn_doc *doc, enum rmn_flow story, uint16_t flags, uint64_t offset,
    unsigned char mark)
{
	enum rmn_flow flow = flow_of(doc, story, flags);
	uint16_t paragraph = 0;

	if (mark >= MARK_CELL && mark <= MARK_COLUMN)
		paragraph = paragraph_flags(doc, offset);
	switch (mark) {
	case MARK_CELL:
		rmn_flow_mark(&doc->flows, flow, story, cell_mark(doc, paragraph));
		return;
	case MARK_FIELD:
		field_begin(doc);
		break;
	case MARK_RESULT:
		if (doc->field_lost == 0)
			instruction_end(doc, flow, true);
		break;
	case MARK_FIELD_END:
		field_end(doc, flags & RMN_DOC_DELETED ? RMN_FLOW_DELETED :
		    flags & RMN_DOC_HIDDEN ? RMN_FLOW_HIDDEN : story);
		break;
	case MARK_PARAGRAPH:
		rmn_flow_mark(&doc->flows, flow, story, paragraph_mark(paragraph));
		break;
	case MARK_TAB:
		rmn_flow_put(&doc->flows, flow, rmn_bytes_from_string(
		    paragraph & RMN_DOC_IN_TABLE || flow == RMN_FLOW_VALUE ? " " : "\t"));
		break;
	case MARK_LINE_FEED:
	case MARK_LINE:
	case MARK_PAGE:
	case MARK_COLUMN:
		rmn_flow_mark(&doc->flows, flow, story, paragraph & RMN_DOC_IN_TABLE ?
		    RMN_FLOW_PARAGRAPH_IN_CELL : RMN_FLOW_PARAGRAPH);
		break;
	case MARK_HYPHEN:
		rmn_flow_put(&doc->flows, flow, rmn_bytes_from_string("-"));
		break;
	default:
		break;
	}
	doc->was_cell = false;
}

/* A symbol: its font says what it looks like; bullets are told, the rest is no text. */
static void
symbol_put(struct rmn_doc *doc, enum rmn_flow flow, uint16_t symbol)
{
	if ((symbol & 0xFF) == 0xB7)
		rmn_flow_put(&doc->flows, flow, rmn_bytes_from_string("\xE2\x80\xA2"));
}

/* How many zeros the characters begin with. */
static size_t
zeros_count(struct rmn_bytes bytes, size_t width)
{
	size_t size = 0;

	while (size + width <= bytes.size && bytes.data[size] == 0 && bytes.data[size + width - 1] == 0)
		size += width;
	return size / width;
}

/* How many bytes of characters stand in front of the next mark. */
static size_t
plain_size(struct rmn_bytes bytes, size_t width)
{
	uint64_t ones = width == 2 ? 0x0001000100010001u : 0x0101010101010101u;
	uint64_t highs = width == 2 ? ones << 15 : ones << 7;
	size_t size = 0;

	for (; bytes.size - size >= sizeof(ones); size += sizeof(ones)) {
		uint64_t word = rmn_le64(bytes.data + size);

		/* up to the first mark the high bits tell */
		if ((word - ones * MARK_BELOW) & ~word & highs)
			break;
	}
	while (size + width <= bytes.size && (bytes.data[size] >= MARK_BELOW ||
	    (width == 2 && bytes.data[size + 1] != 0)))
		size += width;
	return size;
}

/* Text of one piece under one run of formatting. */
static void
run_give(struct rmn_doc *doc, enum rmn_flow story, const struct rmn_doc_piece *piece,
    uint64_t offset, uint64_t end, const struct rmn_doc_run *run)
{
	uint16_t flags = piece->flags | (run ? run->flags : 0);
	struct rmn_bytes bytes = rmn_bytes_head(rmn_bytes_after(doc->stream, (size_t)offset),
	    (size_t)(end - offset));
	size_t width = piece->width;

	if (flags & RMN_DOC_SYMBOL) {
		symbol_put(doc, flow_of(doc, story, flags), run ? run->symbol : 0);
		return;
	}
	while (bytes.size >= width && doc->flows.text->status == RMN_OK) {
		size_t size, zeros = zeros_count(bytes, width);

		if (zeros >= ZEROS_MIN) {
			doc->zeros += zeros;
			offset += zeros * width;
			bytes = rmn_bytes_after(bytes, zeros * width);
			continue;
		}
		size = plain_size(bytes, width);
		text_put(doc, flow_of(doc, story, flags), piece, rmn_bytes_head(bytes, size));
		offset += size;
		if (size + width <= bytes.size)
			mark_take(doc, story, flags, offset, bytes.data[size]);
		offset += width;
		bytes = rmn_bytes_after(bytes, size + width);
	}
}

static void
piece_give(struct rmn_doc *doc, enum rmn_flow story, const struct rmn_doc_piece *piece,
    uint64_t start, uint64_t end)
{
	uint64_t offset = piece->offset + (start - piece->start) * piece->width;
	uint64_t stop = piece->offset + (end - piece->start) * piece->width;

	while (offset < stop && doc->flows.text->status == RMN_OK) {
		uint64_t until;
		const struct rmn_doc_run *run =
		    rmn_doc_run_find(&doc->characters, offset, &until);

		/* a damaged border inside a character must not cut it */
		if (until < stop && (until - offset) % piece->width != 0)
			until++;
		until = rmn_min_u64(until, stop);
		run_give(doc, story, piece, offset, until, run);
		offset = until;
	}
}

/* The first piece that ends behind a character. */
static size_t
piece_find(const struct rmn_doc *doc, uint64_t at)
{
	size_t low = 0, high = doc->piece_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (doc->pieces[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
rmn_doc_text_give(struct rmn_doc *doc, uint64_t start, uint64_t end, enum rmn_flow flow)
{
	for (size_t i = piece_find(doc, start); i < doc->piece_count &&
	    doc->pieces[i].start < end && doc->flows.text->status == RMN_OK; i++) {
		const struct rmn_doc_piece *piece = &doc->pieces[i];
		uint64_t from = start > piece->start ? start : piece->start;
		uint64_t to = rmn_min_u64(end, piece->end);

		if (from < to)
			piece_give(doc, flow, piece, from, to);
	}
	while (doc->field_depth > 0)
		field_end(doc, flow);
	doc->field_lost = 0;
	doc->was_cell = false;
}
