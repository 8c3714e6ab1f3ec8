/* SPDX-License-Identifier: MIT
 *
 * Where Word's streams have sectors of zeros: behind the header and the text, where nothing refers to them;
 * settings of printers and buttons; styles that are not defined; between and in pictures.  Pages of formatting
 * and text are looked at by their readers. */
#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/number.h"
#include "format/ole/zeros.h"
#include "format/word/doc.h"

#define TABLES_AT 154u
#define SECTION_BYTES 12u
#define PICTURE_HEAD 0x44u		/* size of PICF (MS-DOC 2.9.190) */
#define HOLE_MIN 128u			/* zeros may stand at both ends of a part */
#define HEADER_USED 1024u		/* behind it are parts of later versions, which may all be absent */

/* Parts of the table stream by their place in the header; more than are in doc.h. */
enum {
	STYLES = 1,
	SECTIONS = 6,
	BUTTONS = 24,
	PRINTER_FIRST = 27,
	PRINTER_LAST = 29,
	LISTS = 73,			/* its levels follow it, up to the next part */
	LIST_OVERRIDES = 74,
	PARTS_MAX = 512
};

struct part {
	size_t start, end;
};

static bool
part_find(struct rmn_bytes header, unsigned number, struct part *part)
{
	struct rmn_cursor c = rmn_cursor_over(header);
	uint16_t count;
	uint32_t offset, size;

	if (!rmn_cursor_seek(&c, TABLES_AT - 2) || !rmn_cursor_le16(&c, &count) || number >= count ||
	    !rmn_cursor_skip(&c, (size_t)number * 8) || !rmn_cursor_le32(&c, &offset) ||
	    !rmn_cursor_le32(&c, &size))
		return false;
	part->start = offset;
	part->end = (size_t)offset + size;
	return true;
}

/* A stream beside this one; empty when there is none. */
static struct rmn_bytes
beside(const struct rmn_zeros *z, const char *name)
{
	const struct rmn_cfb_entry *entry =
	    rmn_cfb_find(z->cfb, z->cfb->entries[z->entry].parent, name);
	struct rmn_bytes bytes = {NULL, 0};

	if (entry)
		rmn_cfb_read(z->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &bytes, NULL);
	return bytes;
}

/* Word 97 and later, not encrypted: only there is the rest of the header known. */
static bool
header_read(struct rmn_bytes stream, struct rmn_doc_fib *fib)
{
	return rmn_doc_fib_read(stream, fib, NULL) == RMN_OK && !fib->is_old && !fib->is_encrypted;
}

/* Sections begin with the length of their properties: zeros are none. */
static bool
section_is_lost(const struct rmn_zeros *z, const struct rmn_doc_fib *fib)
{
	struct rmn_bytes plc = beside(z, fib->uses_table_1 ? "1Table" : "0Table");
	struct rmn_cursor c;
	struct part part;
	size_t count;
	uint32_t at;

	if (!part_find(z->stream, SECTIONS, &part) || part.end - part.start < 4)
		return false;
	plc = rmn_bytes_head(rmn_bytes_after(plc, part.start), part.end - part.start);
	count = plc.size < 4 ? 0 : (plc.size - 4) / (4 + SECTION_BYTES);
	c = rmn_cursor_over(rmn_bytes_after(plc, (count + 1) * 4));
	for (size_t i = 0; i < count; i++) {
		if (!rmn_cursor_skip(&c, 2) || !rmn_cursor_le32(&c, &at) ||
		    !rmn_cursor_skip(&c, SECTION_BYTES - 6))
			return false;
		if (at < INT32_MAX && rmn_zeros_in(z, at, (size_t)at + 1))
			return true;
	}
	return false;
}

void
rmn_zeros_doc(struct rmn_zeros *z)
{
	struct rmn_cursor c = rmn_cursor_over(z->stream);
	struct rmn_doc_fib fib;
	uint16_t count;
	size_t end = 0;

	if (header_read(z->stream, &fib)) {
		if (rmn_cursor_seek(&c, TABLES_AT - 2) && rmn_cursor_le16(&c, &count))
			end = rmn_min_size(TABLES_AT + (size_t)count * 8, HEADER_USED);
		rmn_zeros_blips(z);
		z->is_hole = z->is_hole || section_is_lost(z, &fib);
	}
	rmn_zeros_explain(z, end, z->stream.size);
}

/* The style sheet (2.9.271): a style that is not defined is two zeros.  All must be there. */
static bool
styles_are_whole(struct rmn_bytes sheet)
{
	struct rmn_cursor c = rmn_cursor_over(sheet);
	uint16_t head, count, size;

	if (!rmn_cursor_le16(&c, &head) || head < 2 || !rmn_cursor_le16(&c, &count) ||
	    !rmn_cursor_skip(&c, head - 2u))
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!rmn_cursor_le16(&c, &size) || !rmn_cursor_skip(&c, size + (size & 1u)))
			return false;
	return rmn_cursor_left(&c) == 0;
}

void
rmn_zeros_doc_table(struct rmn_zeros *z)
{
	struct rmn_bytes header = beside(z, "WordDocument");
	struct rmn_doc_fib fib;
	struct part part, next;

	for (unsigned i = 0; header_read(header, &fib) && i < PARTS_MAX && part_find(header, i, &part);
	    i++) {
		const struct rmn_zero_run *run = rmn_zeros_in(z, part.start, part.end);

		if (i == BUTTONS || (i >= PRINTER_FIRST && i <= PRINTER_LAST) || (i == STYLES &&
		    styles_are_whole(rmn_bytes_head(rmn_bytes_after(z->stream, part.start),
		    part.end - part.start))))
			continue;
		if (i == LISTS && part_find(header, LIST_OVERRIDES, &next) && next.start > part.end) {
			part.end = next.start;
			run = rmn_zeros_in(z, part.start, part.end);
		}
		for (; run && run < z->runs + z->count && run->start < part.end && !z->is_hole; run++)
			z->is_hole = rmn_min_size(run->end, part.end) -
			    (run->start > part.start ? run->start : part.start) >= HOLE_MIN;
	}
	rmn_zeros_explain(z, 0, z->stream.size);
}

/* Whether a picture's header (PICF) stands there; its length. */
static bool
picture_at(struct rmn_bytes stream, size_t at, size_t *size)
{
	struct rmn_bytes left = rmn_bytes_after(stream, at);

	if (left.size < PICTURE_HEAD || rmn_le16(left.data + 4) != PICTURE_HEAD)
		return false;
	*size = rmn_le32(left.data);
	return *size >= PICTURE_HEAD && *size <= left.size;
}

void
rmn_zeros_doc_data(struct rmn_zeros *z)
{
	size_t at = 0, next, size;
	bool is_picture;

	rmn_zeros_blips(z);
	do {
		/* between pictures, and behind the last */
		for (next = at; next < z->stream.size && z->stream.data[next] == 0;)
			next++;
		is_picture = picture_at(z->stream, next, &size);
		if (is_picture || next == z->stream.size)
			rmn_zeros_explain(z, at, next);
		else if (!rmn_zeros_in(z, at, next))
			rmn_zeros_explain(z, next, z->stream.size);	/* something else */
		at = is_picture ? next + size : next;
	} while (is_picture);
}
