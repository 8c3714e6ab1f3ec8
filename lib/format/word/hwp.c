/* SPDX-License-Identifier: MIT
 *
 * Hangul documents (.hwp of Hangul 2000 to 2018, HWP 5), after Hancom's published description: an OLE2 file
 * whose sections are records, mostly packed by deflate.  A paragraph's text is UTF-16LE, in which units below
 * 20h stand for what is placed there: one unit, or eight.  Tables, notes and headers follow as records of a
 * deeper level. */
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "format/member_bytes.h"
#include "format/ole/ole_walk.h"
#include "format/word/hwp_crypt.h"
#include "unpack/inflate.h"

#define SIGNATURE "HWP Document File"
#define PROPERTIES_AT 36u
#define SECTIONS_MAX 4096u
#define LONG_SIZE 0xFFFu	/* of a record: four more bytes have its size */
#define PLACED_UNITS 8u		/* of what is more than a character */
#define CELL_AT 8u		/* in a list's header: column and row */

enum {IS_PACKED = 1, HAS_PASSWORD = 2, IS_DISTRIBUTED = 4};
enum {PARA_TEXT = 67, CONTROL = 71, LIST = 72};

struct hwp {
	const struct rmn_ole *ole;
	struct rmn_text *text;
	uint32_t properties;
	unsigned table_level;	/* of the outermost table's control, plus one; 0: in none */
	unsigned part_level;	/* of a note's or header's control, plus one; 0: in the body */
	uint32_t row;
	bool has_cell;		/* of the row */
	bool is_cut;
};

struct record {
	unsigned tag, level;
	struct rmn_bytes body;
};

/* What stands apart from the body, by the control it belongs to (its name backwards). */
static const struct {
	char name[5];
	enum rmn_part_kind kind;
} parts[] = {
	{"daeh", RMN_PART_HEADER}, {"toof", RMN_PART_HEADER}, {"  nf", RMN_PART_NOTE},
	{"  ne", RMN_PART_NOTE}, {"tmct", RMN_PART_COMMENT},
};

static bool
record_next(struct rmn_cursor *c, struct record *record, bool *is_cut)
{
	uint32_t head, size;

	if (!rmn_cursor_le32(c, &head))
		return false;
	record->tag = head & 0x3FF;
	record->level = head >> 10 & 0x3FF;
	size = head >> 20;
	*is_cut = (size == LONG_SIZE && !rmn_cursor_le32(c, &size)) || size > rmn_cursor_left(c);
	if (*is_cut)
		size = (uint32_t)rmn_cursor_left(c);
	return rmn_cursor_take(c, size, &record->body);
}

/* In a table neither lines nor paragraphs end the row. */
static void
break_put(struct hwp *h)
{
	if (h->table_level == 0)
		rmn_text_newline(h->text);
	else if (!strchr("\t\n ", h->text->last))
		rmn_text_char(h->text, ' ');
}

/* Puts what one unit below 20h stands for; how many units it takes. */
static unsigned
placed_put(struct hwp *h, unsigned unit)
{
	switch (unit) {
	case 0: case 13:	/* the paragraph's end */
		return 1;
	case 10:
		break_put(h);
		return 1;
	case 9:
		rmn_text_char(h->text, h->table_level > 0 ? ' ' : '\t');
		return PLACED_UNITS;
	case 24:
		rmn_text_char(h->text, '-');
		return 1;
	case 30: case 31:
		rmn_text_char(h->text, ' ');
		return 1;
	default:
		return unit > 24 ? 1 : PLACED_UNITS;
	}
}

static void
paragraph_put(struct hwp *h, struct rmn_bytes units)
{
	break_put(h);
	while (units.size >= 2) {
		size_t run = 0;

		while (run + 2 <= units.size && (units.data[run] >= ' ' || units.data[run + 1] != 0))
			run += 2;
		rmn_text_utf16_put(h->text, rmn_bytes_head(units, run), false);
		units = rmn_bytes_after(units, run);
		if (units.size >= 2)
			units = rmn_bytes_after(units, (size_t)2 * placed_put(h, units.data[0]));
	}
	if (h->table_level == 0)
		break_put(h);
}

/* Only the rows of an outermost table are lines; what is in its cells is on them. */
static void
cell_begin(struct hwp *h, struct rmn_bytes list)
{
	struct rmn_cursor c = rmn_cursor_over(list);
	uint16_t column, row;

	if (!rmn_cursor_seek(&c, CELL_AT) || !rmn_cursor_le16(&c, &column) ||
	    !rmn_cursor_le16(&c, &row))
		return;
	if (h->has_cell && row != h->row)
		rmn_text_newline(h->text);
	else if (h->has_cell)
		rmn_text_char(h->text, '\t');
	h->row = row;
	h->has_cell = true;
}

static void
control_begin(struct hwp *h, const struct record *record)
{
	if (rmn_bytes_start_with(record->body, " lbt") && h->table_level == 0) {
		rmn_text_newline(h->text);
		h->table_level = record->level + 1;
		h->has_cell = false;
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && h->part_level == 0; i++)
		if (rmn_bytes_start_with(record->body, parts[i].name)) {
			rmn_text_part(h->text, parts[i].kind, rmn_bytes_from_string(""));
			h->part_level = record->level + 1;
		}
}

/* Whether the record is behind the control of level - 1: nothing of that is left. */
static void
levels_end(struct hwp *h, unsigned level)
{
	if (h->table_level > 0 && level < h->table_level) {
		h->table_level = 0;
		rmn_text_newline(h->text);
	}
	if (h->part_level > 0 && level < h->part_level) {
		h->part_level = 0;
		rmn_text_part(h->text, RMN_PART_BODY, rmn_bytes_from_string(""));
	}
}

static void
section_give(struct hwp *h, struct rmn_bytes section)
{
	struct rmn_cursor c = rmn_cursor_over(section);
	struct record record;
	bool is_cut = false;

	h->table_level = h->part_level = 0;
	rmn_text_part(h->text, RMN_PART_BODY, rmn_bytes_from_string(""));
	while (h->text->status == RMN_OK && record_next(&c, &record, &is_cut)) {
		h->is_cut = h->is_cut || is_cut;
		levels_end(h, record.level);
		if (record.tag == PARA_TEXT)
			paragraph_put(h, record.body);
		else if (record.tag == CONTROL)
			control_begin(h, &record);
		else if (record.tag == LIST && h->table_level > 0 && record.level == h->table_level)
			cell_begin(h, record.body);
	}
	h->is_cut = h->is_cut || rmn_cursor_left(&c) > 0;
	levels_end(h, 0);
}

/* A stream as it was before it was packed, as far as it can be had; false when that is not all. */
static bool
stream_unpack(const struct hwp *h, struct rmn_bytes stream, struct rmn_buf *out)
{
	if (!(h->properties & IS_PACKED)) {
		rmn_buf_append(out, stream);
		return !out->failed;
	}
	return rmn_inflate_append(stream, out) == RMN_INFLATE_END && !out->failed;
}

/* The section's records. */
static bool
section_unpack(const struct hwp *h, struct rmn_bytes stream, struct rmn_buf *out)
{
	if ((h->properties & IS_DISTRIBUTED) &&
	    !rmn_hwp_section_decrypt(stream, h->ole->cfb->arena, &stream))
		return false;
	return stream_unpack(h, stream, out);
}

static enum rmn_status
sections_give(struct hwp *h, const struct rmn_cfb_entry *body, unsigned *count)
{
	uint32_t storage = (uint32_t)(body - h->ole->cfb->entries);
	enum rmn_status status = RMN_OK;

	for (*count = 0; *count < SECTIONS_MAX && h->text->status == RMN_OK; ++*count) {
		const struct rmn_cfb_entry *entry;
		struct rmn_bytes stream;
		struct rmn_buf out;
		char name[RMN_CFB_NAME_UNITS];

		snprintf(name, sizeof(name), "Section%u", *count);
		entry = rmn_cfb_find(h->ole->cfb, storage, name);
		if (!entry)
			break;
		rmn_buf_init(&out, RMN_LIMIT_WHOLE_ITEM_BYTES);
		if (rmn_ole_stream(h->ole, entry, &stream, &status) &&
		    !section_unpack(h, stream, &out))
			status = rmn_fail(h->ole->error, out.failed ? RMN_LIMIT : RMN_PARTIAL,
			    "%s does not unpack to its end", name);
		section_give(h, rmn_buf_bytes(&out));
		rmn_buf_release(&out);
	}
	return status;
}

/* Pictures and embedded files are members, unpacked where they are packed; each says so for itself. */
static enum rmn_status
take_stream(void *context, const struct rmn_cfb_entry *entry, const char *path)
{
	struct hwp *h = context;
	enum rmn_status status = RMN_OK;
	struct rmn_bytes stream;
	struct rmn_buf out;

	if (strncmp(path, "BinData/", 8) != 0 || !rmn_ole_stream(h->ole, entry, &stream, &status))
		return status;
	rmn_buf_init(&out, RMN_LIMIT_WHOLE_ITEM_BYTES);
	rmn_member_bytes_give(h->text, rmn_bytes_from_string(path),
	    stream_unpack(h, stream, &out) ? rmn_buf_bytes(&out) : stream);
	rmn_buf_release(&out);
	return status;
}

static void
preview_give(struct hwp *h)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(h->ole->cfb, h->ole->storage, "PrvText");
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;

	rmn_text_part(h->text, RMN_PART_BODY, rmn_bytes_from_string("preview"));
	if (entry && rmn_ole_stream(h->ole, entry, &bytes, &status))
		rmn_text_utf16_put(h->text, bytes, false);
}

static bool
header_read(struct hwp *h)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(h->ole->cfb, h->ole->storage, "FileHeader");
	enum rmn_status status = RMN_OK;
	struct rmn_bytes bytes;
	struct rmn_cursor c;

	if (!entry || !rmn_ole_stream(h->ole, entry, &bytes, &status))
		return false;
	c = rmn_cursor_over(bytes);
	return rmn_bytes_start_with(bytes, SIGNATURE) && rmn_cursor_seek(&c, PROPERTIES_AT) &&
	    rmn_cursor_le32(&c, &h->properties);
}

enum rmn_status
rmn_ole_hwp(const struct rmn_ole *ole)
{
	const struct rmn_cfb_entry *body;
	struct hwp h = {.ole = ole, .text = ole->text, .properties = IS_PACKED};
	enum rmn_status status, walked;
	unsigned sections = 0;
	bool has_header = header_read(&h);

	if (h.properties & HAS_PASSWORD) {
		preview_give(&h);
		return rmn_fail(ole->error, RMN_ENCRYPTED,
		    "the document is protected by a password; its preview was read");
	}
	body = rmn_cfb_find(ole->cfb, ole->storage,
	    h.properties & IS_DISTRIBUTED ? "ViewText" : "BodyText");
	status = body ? sections_give(&h, body, &sections) : RMN_OK;
	if (status != RMN_OK && (h.properties & IS_DISTRIBUTED))
		preview_give(&h);
	walked = rmn_ole_walk(ole, take_stream, &h);
	status = status != RMN_OK ? status : walked;
	if (status == RMN_OK && (sections == 0 || h.is_cut || !has_header)) {
		if (sections == 0)
			preview_give(&h);
		status = rmn_fail(ole->error, RMN_PARTIAL, sections == 0 ?
		    "no section of text is left" : has_header ? "a record is cut" :
		    "the document's header is damaged");
	}
	return status;
}
