/* SPDX-License-Identifier: MIT
 *
 * Shapes of a slide: their text, or the text of the outline that they refer to; tables, which are
 * groups of shapes; comments and footers in the slide's tags. */
#include <stdlib.h>

#include "base/checked.h"
#include "format/ole/escher.h"
#include "format/slides/ppt.h"

#define TABLE_PROPERTY 0x039Fu	/* tableProperties (2.3.4.37 of MS-ODRAW): bit 0, it is one */
#define CELLS_MAX 4096u		/* of a table; PowerPoint has 75 by 75 at most */

static void
shown_add(struct ppt *p, struct rmn_bytes raw)
{
	rmn_buf_append_data(&p->shown, &raw, sizeof(raw));
}

static void
text_take(struct ppt *p, const struct ppt_record *record)
{
	shown_add(p, record->body);
	ppt_text_put(p, record->body, record->type == PPT_TEXT_CHARS);
}

static struct ppt_outline *
outline_find(struct ppt *p, const struct ppt_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(record->body);
	uint32_t index;

	return rmn_cursor_le32(&c, &index) && index < p->text_count ? &p->texts[index] : NULL;
}

static void
outline_take(struct ppt *p, const struct ppt_record *record)
{
	struct ppt_outline *outline = outline_find(p, record);

	if (!outline || outline->is_used)
		return;
	outline->is_used = true;
	ppt_text_put(p, outline->raw, outline->is_wide);
}

/* Author and text; initials are in instance 2 (2.5.2). */
static void
comment_take(struct ppt *p, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct rmn_buf *out = &p->comments;
	struct ppt_record record;

	while (ppt_record_next(&c, &record)) {
		if (record.type != PPT_STRING || record.instance > 1)
			continue;
		ppt_string_append(record.body, out);
		rmn_buf_append_char(out, record.instance == 0 ? '\t' : '\n');
	}
	if (out->size > 0 && out->data[out->size - 1] != '\n')
		rmn_buf_append_char(out, '\n');
}

void
ppt_headers_read(struct ppt *p, struct rmn_bytes body)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct ppt_record record;

	while (ppt_record_next(&c, &record)) {
		size_t from = p->headers.size;

		if (record.type != PPT_STRING)
			continue;
		ppt_string_append(record.body, &p->headers);
		if (p->headers.size > from)
			rmn_buf_append_char(&p->headers, '\n');
	}
}

static bool
is_placeholder(struct rmn_bytes shape)
{
	struct ppt_record client, record;

	return ppt_child_find(shape, PPT_CLIENT_DATA, &client) &&
	    (ppt_child_find(client.body, PPT_PLACEHOLDER, &record) ||
	    ppt_child_find(client.body, PPT_HF_PLACEHOLDER, &record));
}

/* Lettering and what a picture is said to show. */
static void
words_take(struct ppt *p, struct rmn_bytes shape)
{
	struct rmn_cursor c = rmn_cursor_over(shape);
	struct ppt_record record;

	rmn_buf_clear(&p->scratch);
	while (ppt_record_next(&c, &record))
		if (record.type == PPT_FIRST_TABLE || record.type == PPT_THIRD_TABLE)
			rmn_escher_properties(record.body, record.instance, &p->scratch);
	ppt_lines_put(p, rmn_buf_bytes(&p->scratch));
}

static void
shape_take(struct ppt *p, struct rmn_bytes shape, unsigned depth)
{
	bool was_lenient = p->is_lenient;
	struct rmn_cursor c = rmn_cursor_over(shape);
	struct ppt_record record;
	bool is_prompt = p->is_master && is_placeholder(shape);

	words_take(p, shape);
	while (p->text->status == RMN_OK && ppt_record_next(&c, &record)) {
		if (record.is_cut && !was_lenient)
			ppt_note(p, RMN_PARTIAL, "a shape is damaged");
		if (record.type == PPT_TEXTBOX && !is_prompt)
			ppt_records_walk(p, record.body, depth + 1);
		else if (record.type == PPT_CLIENT_DATA && depth < PPT_DEPTH_MAX)
			ppt_records_walk(p, record.body, depth + 1);
	}
}

struct cell {
	uint32_t top, left;	/* as they sort: sign turned round */
	struct rmn_bytes textbox;
};

static int
cell_compare(const void *left, const void *right)
{
	const struct cell *a = left, *b = right;

	if (a->top != b->top)
		return a->top < b->top ? -1 : 1;
	return a->left < b->left ? -1 : a->left > b->left;
}

static bool
is_table(struct rmn_bytes group)
{
	struct ppt_record shape, table;
	uint32_t value;

	return ppt_child_find(group, PPT_SHAPE, &shape) &&
	    ppt_child_find(shape.body, PPT_THIRD_TABLE, &table) &&
	    rmn_escher_value(table.body, table.instance, TABLE_PROPERTY, &value) && (value & 1);
}

static bool
cell_read(struct rmn_bytes shape, struct cell *cell)
{
	struct ppt_record anchor, textbox;
	struct rmn_cursor c;

	if (!ppt_child_find(shape, PPT_CHILD_ANCHOR, &anchor) ||
	    !ppt_child_find(shape, PPT_TEXTBOX, &textbox))
		return false;
	c = rmn_cursor_over(anchor.body);
	if (!rmn_cursor_le32(&c, &cell->left) || !rmn_cursor_le32(&c, &cell->top))
		return false;
	cell->left ^= 0x80000000u;
	cell->top ^= 0x80000000u;
	cell->textbox = textbox.body;
	return true;
}

static void
cell_append(struct ppt *p, struct rmn_bytes textbox, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(textbox);
	struct ppt_record record;
	size_t from = out->size;

	while (ppt_record_next(&c, &record)) {
		struct ppt_outline *outline =
		    record.type == PPT_OUTLINE_REF ? outline_find(p, &record) : NULL;

		if (record.type == PPT_TEXT_CHARS || record.type == PPT_TEXT_BYTES) {
			shown_add(p, record.body);
			ppt_decode(record.body, record.type == PPT_TEXT_CHARS, out);
		} else if (outline) {
			outline->is_used = true;
			ppt_decode(outline->raw, outline->is_wide, out);
		}
	}
	for (size_t i = from; i < out->size; i++)
		if (out->data[i] < ' ')
			out->data[i] = ' ';
}

static void
rows_put(struct ppt *p, const struct cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || cells[i].top != cells[i - 1].top)
			rmn_buf_clear(&p->scratch);
		else
			rmn_buf_append_char(&p->scratch, '\t');
		cell_append(p, cells[i].textbox, &p->scratch);
		if (p->scratch.failed)
			ppt_note(p, RMN_LIMIT, "a table outgrows its memory");
		if (i + 1 == count || cells[i + 1].top != cells[i].top)
			ppt_lines_put(p, rmn_buf_bytes(&p->scratch));
	}
}

/* Cells by their place: rows as lines.  False: no table, or one that is better read as shapes. */
static bool
table_take(struct ppt *p, struct rmn_bytes group)
{
	struct rmn_cursor c = rmn_cursor_over(group);
	struct ppt_record record;
	struct cell *cells;
	size_t count = 0;

	if (!is_table(group))
		return false;
	while (ppt_record_next(&c, &record))
		count += record.type == PPT_SHAPE && !record.is_cut;
	if (count > CELLS_MAX || rmn_cursor_left(&c) > 0)
		return false;
	cells = rmn_arena_alloc(p->arena, count + 1, sizeof(*cells));
	if (!cells) {
		ppt_note(p, RMN_LIMIT, "a table outgrows its memory");
		return false;
	}
	c = rmn_cursor_over(group);
	count = 0;
	while (ppt_record_next(&c, &record))
		if (record.type == PPT_SHAPE && !record.is_cut)
			count += cell_read(record.body, &cells[count]);
	qsort(cells, count, sizeof(*cells), cell_compare);
	rows_put(p, cells, count);
	return true;
}

/* True when what a record holds is to be looked through like a container. */
static bool
is_open(const struct ppt_record *record)
{
	return (record->is_container && record->type != PPT_STRING_TAG) ||
	    record->type == PPT_TAG_DATA;
}

static void
record_take(struct ppt *p, const struct ppt_record *record, unsigned depth)
{
	bool was_lenient = p->is_lenient;

	switch ((enum ppt_type)record->type) {
	case PPT_TEXT_CHARS:
	case PPT_TEXT_BYTES:
		text_take(p, record);
		return;
	case PPT_OUTLINE_REF:
		outline_take(p, record);
		return;
	case PPT_COMMENT:
		comment_take(p, record->body);
		return;
	case PPT_HEADERS:
		ppt_headers_read(p, record->body);
		return;
	case PPT_OBJECT_LIST:
		ppt_links_read(p, record->body);
		return;
	default:
		break;
	}
	if (!is_open(record))
		return;
	if (depth >= PPT_DEPTH_MAX) {
		ppt_note(p, RMN_LIMIT, "records in records deeper than is followed");
		return;
	}
	p->is_lenient |= record->type == PPT_TAG_DATA;
	if (record->type == PPT_SHAPE)
		shape_take(p, record->body, depth + 1);
	else if (record->type != PPT_GROUP || !table_take(p, record->body))
		ppt_records_walk(p, record->body, depth + 1);
	p->is_lenient = was_lenient;
}

void
ppt_records_walk(struct ppt *p, struct rmn_bytes body, unsigned depth)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct ppt_record record;

	while (p->text->status == RMN_OK && rmn_cursor_left(&c) >= 8) {
		size_t at = c.offset;

		ppt_record_next(&c, &record);
		if (record.is_cut && !p->is_lenient) {
			ppt_note(p, RMN_PARTIAL, "records are damaged");
			rmn_cursor_seek(&c, ppt_resync(body, at + 1));
			continue;
		}
		record_take(p, &record, depth);
	}
}
