/* SPDX-License-Identifier: MIT
 *
 * The document: slides in the order in which they are shown, each with its notes and comments; masters;
 * then what is in the stream but no longer part of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "format/slides/ppt.h"

#define LIST_SLIDES 0u		/* instances of the slide list */
#define LIST_MASTERS 1u
#define LIST_NOTES 2u
#define SLIDES_MAX 16384u
#define COMPARED_MAX 256u	/* texts of a slide that are compared with its outline */
#define HIDDEN 0x0004u

struct lists {
	struct ppt_list slides, masters, notes;
	uint32_t notes_master, handout_master;
};

static void
list_entry_read(struct ppt_list *list, const struct ppt_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(record->body);
	struct ppt_slide slide = {.first_text = list->text_count};

	rmn_cursor_le32(&c, &slide.object);
	rmn_cursor_skip(&c, 8);
	rmn_cursor_le32(&c, &slide.id);
	list->slides[list->count++] = slide;
}

/* Slides and the texts of their outline, which follow each (2.4.14.3). */
static void
list_read(struct ppt *p, struct rmn_bytes body, struct ppt_list *list)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct ppt_record record;
	size_t slides = 0, texts = 0;

	while (ppt_record_next(&c, &record)) {
		slides += record.type == PPT_SLIDE_PERSIST;
		texts += record.type == PPT_TEXT_CHARS || record.type == PPT_TEXT_BYTES;
	}
	if (slides > SLIDES_MAX)
		ppt_note(p, RMN_LIMIT, "more than %u slides", SLIDES_MAX);
	slides = rmn_min_size(slides, SLIDES_MAX);
	list->slides = rmn_arena_alloc(p->arena, slides + 1, sizeof(*list->slides));
	list->texts = rmn_arena_alloc(p->arena, texts + 1, sizeof(*list->texts));
	list->count = list->text_count = 0;
	if (!list->slides || !list->texts) {
		ppt_note(p, RMN_LIMIT, "the outline outgrows its memory");
		return;
	}
	c = rmn_cursor_over(body);
	while (ppt_record_next(&c, &record)) {
		if (record.is_cut)
			ppt_note(p, RMN_PARTIAL, "the outline is damaged");
		if (record.type == PPT_SLIDE_PERSIST && list->count < slides)
			list_entry_read(list, &record);
		if (record.type != PPT_TEXT_CHARS && record.type != PPT_TEXT_BYTES)
			continue;
		list->texts[list->text_count++] = (struct ppt_outline){record.body,
		    record.type == PPT_TEXT_CHARS, false};
		if (list->count > 0)
			list->slides[list->count - 1].text_count++;
	}
}

static void
masters_note(struct lists *lists, struct rmn_bytes atom)
{
	struct rmn_cursor c = rmn_cursor_over(atom);

	if (rmn_cursor_skip(&c, 24) && rmn_cursor_le32(&c, &lists->notes_master))
		rmn_cursor_le32(&c, &lists->handout_master);
}

static void
macros_note(struct ppt *p, struct rmn_bytes info)
{
	struct ppt_record vba, atom;
	struct rmn_cursor c;

	if (!ppt_child_find(info, PPT_VBA_INFO, &vba) ||
	    !ppt_child_find(vba.body, PPT_VBA_INFO_ATOM, &atom))
		return;
	c = rmn_cursor_over(atom.body);
	rmn_cursor_le32(&c, &p->macros);
}

static void
document_parts_read(struct ppt *p, struct rmn_bytes body, struct lists *lists)
{
	struct rmn_cursor c = rmn_cursor_over(body);
	struct ppt_record record;

	while (ppt_record_next(&c, &record)) {
		if (record.is_cut)
			ppt_note(p, RMN_PARTIAL, "the document's own records are damaged");
		switch (record.type) {
		case PPT_DOCUMENT_ATOM:
			masters_note(lists, record.body);
			break;
		case PPT_SLIDE_LIST:
			list_read(p, record.body, record.instance == LIST_SLIDES ?
			    &lists->slides : record.instance == LIST_MASTERS ?
			    &lists->masters : &lists->notes);
			break;
		case PPT_OBJECT_LIST:
			p->object_list = record.body;
			ppt_links_read(p, record.body);
			break;
		case PPT_HEADERS:
			ppt_headers_read(p, record.body);
			break;
		case PPT_INFO_LIST:
			macros_note(p, record.body);
			break;
		default:
			break;
		}
	}
}

static void
aside_give(struct ppt *p, struct rmn_buf *aside, enum rmn_part_kind kind, const char *name)
{
	if (aside->size > 0) {
		rmn_text_part(p->text, kind, rmn_bytes_from_string(name));
		ppt_lines_put(p, rmn_buf_bytes(aside));
	}
	if (aside->failed)
		ppt_note(p, RMN_LIMIT, "comments or headers of slide %s were cut", name);
	rmn_buf_clear(aside);
}

/* Texts of the outline that no shape refers to; old versions keep a copy in the shape. */
static void
outline_complete(struct ppt *p)
{
	size_t shown = p->shown.size / sizeof(struct rmn_bytes);

	for (size_t i = 0; i < p->text_count; i++) {
		bool is_shown = p->texts[i].is_used;

		for (size_t j = 0; j < shown && j < COMPARED_MAX && i < COMPARED_MAX; j++) {
			struct rmn_bytes text;

			memcpy(&text, p->shown.data + j * sizeof(text), sizeof(text));
			is_shown |= rmn_bytes_equal(text, p->texts[i].raw);
		}
		if (!is_shown)
			ppt_text_put(p, p->texts[i].raw, p->texts[i].is_wide);
	}
}

/* Reads one slide, its part being started, and gives what hangs on it. */
static void
slide_read(struct ppt *p, const struct ppt_list *list, const struct ppt_slide *slide,
    const struct ppt_record *record, const char *name)
{
	rmn_buf_clear(&p->shown);
	p->texts = list && slide ? list->texts + slide->first_text : NULL;
	p->text_count = list && slide ? slide->text_count : 0;
	if (record)
		ppt_records_walk(p, record->body, 0);
	if (!p->is_master)
		outline_complete(p);
	p->texts = NULL;
	p->text_count = 0;
	aside_give(p, &p->comments, RMN_PART_COMMENT, name);
	aside_give(p, &p->headers, RMN_PART_HEADER, name);
}

static bool
is_hidden(struct rmn_bytes slide)
{
	struct ppt_record info;
	struct rmn_cursor c;
	uint16_t flags = 0;

	if (!ppt_child_find(slide, PPT_SLIDE_SHOW_INFO, &info))
		return false;
	c = rmn_cursor_over(info.body);
	return rmn_cursor_skip(&c, 10) && rmn_cursor_le16(&c, &flags) && (flags & HIDDEN);
}

static uint32_t
notes_id(struct rmn_bytes slide)
{
	struct ppt_record atom;
	struct rmn_cursor c;
	uint32_t id = 0;

	if (!ppt_child_find(slide, PPT_SLIDE_ATOM, &atom))
		return 0;
	c = rmn_cursor_over(atom.body);
	if (rmn_cursor_skip(&c, 16))
		rmn_cursor_le32(&c, &id);
	return id;
}

static bool
object_find(struct ppt *p, uint32_t number, struct ppt_record *record)
{
	return ppt_object_find(p, number, record) && record->is_container &&
	    (record->type == PPT_SLIDE || record->type == PPT_NOTES || record->type == PPT_MASTER ||
	    record->type == PPT_HANDOUT) && ppt_object_afford(p, record);
}

static void
notes_read(struct ppt *p, struct ppt_list *notes, uint32_t id, bool *is_read, const char *name)
{
	struct ppt_record record;

	for (size_t i = 0; id != 0 && i < notes->count; i++) {
		if (notes->slides[i].id != id || is_read[i])
			continue;
		is_read[i] = true;
		if (!object_find(p, notes->slides[i].object, &record))
			ppt_note(p, RMN_PARTIAL, "the notes of slide %s are missing", name);
		else {
			rmn_text_part(p->text, RMN_PART_NOTE, rmn_bytes_from_string(name));
			slide_read(p, notes, &notes->slides[i], &record, name);
		}
		return;
	}
}

static void
slides_read(struct ppt *p, struct lists *lists, bool *notes_done)
{
	for (size_t i = 0; i < lists->slides.count && p->text->status == RMN_OK; i++) {
		const struct ppt_slide *slide = &lists->slides.slides[i];
		struct ppt_record record;
		bool is_there = object_find(p, slide->object, &record);
		char name[40];

		snprintf(name, sizeof(name), "%zu%s", i + 1,
		    is_there && is_hidden(record.body) ? " (hidden)" : "");
		rmn_text_part(p->text, RMN_PART_SLIDE, rmn_bytes_from_string(name));
		if (!is_there)
			ppt_note(p, RMN_PARTIAL, "slide %s is missing", name);
		else if (record.is_cut)
			ppt_note(p, RMN_PARTIAL, "slide %s is cut short", name);
		slide_read(p, &lists->slides, slide, is_there ? &record : NULL, name);
		if (is_there)
			notes_read(p, &lists->notes, notes_id(record.body), notes_done, name);
	}
}

static void
master_read(struct ppt *p, uint32_t object, const char *name)
{
	struct ppt_record record;

	if (object == 0 || p->text->status != RMN_OK || !object_find(p, object, &record))
		return;
	rmn_text_part(p->text, RMN_PART_HEADER, rmn_bytes_from_string(name));
	slide_read(p, NULL, NULL, &record, name);
}

static void
masters_read(struct ppt *p, struct lists *lists)
{
	char name[40];

	p->is_master = true;
	for (size_t i = 0; i < lists->masters.count; i++) {
		snprintf(name, sizeof(name), "master %zu", i + 1);
		master_read(p, lists->masters.slides[i].object, name);
	}
	master_read(p, lists->notes_master, "notes master");
	master_read(p, lists->handout_master, "handout master");
	p->is_master = false;
}

void
ppt_document_read(struct ppt *p)
{
	struct lists lists = {.notes_master = 0};
	struct ppt_record record;
	bool *notes_done;

	if (!ppt_object_find(p, p->document, &record) || record.type != PPT_DOCUMENT) {
		p->is_lost = true;
		return;
	}
	document_parts_read(p, record.body, &lists);
	aside_give(p, &p->headers, RMN_PART_HEADER, "header and footer");
	notes_done = rmn_arena_alloc(p->arena, lists.notes.count + 1, sizeof(*notes_done));
	if (!notes_done) {
		ppt_note(p, RMN_LIMIT, "the notes outgrow their memory");
		return;
	}
	slides_read(p, &lists, notes_done);
	for (size_t i = 0; i < lists.notes.count; i++) {
		if (notes_done[i] || !object_find(p, lists.notes.slides[i].object, &record))
			continue;
		rmn_text_part(p->text, RMN_PART_NOTE, rmn_bytes_from_string("notes"));
		slide_read(p, &lists.notes, &lists.notes.slides[i], &record, "notes");
	}
	masters_read(p, &lists);
	aside_give(p, &p->links, RMN_PART_BODY, "links");
}

static int
place_compare(const void *left, const void *right)
{
	uint64_t a, b;

	memcpy(&a, left, sizeof(a));
	memcpy(&b, right, sizeof(b));
	return a < b ? -1 : a > b;
}

/* What an object is when nothing says to what it belongs. */
static enum rmn_part_kind
kind_of(const struct ppt *p, uint16_t type)
{
	if (!p->is_lost)
		return RMN_PART_DELETED;
	if (type == PPT_NOTES)
		return RMN_PART_NOTE;
	return type == PPT_MASTER || type == PPT_HANDOUT ? RMN_PART_HEADER : RMN_PART_SLIDE;
}

static void
leftover_read(struct ppt *p, const struct ppt_record *record, uint64_t at)
{
	char name[40];

	switch (record->type) {
	case PPT_SLIDE:
	case PPT_NOTES:
	case PPT_MASTER:
	case PPT_HANDOUT:
	case PPT_DOCUMENT:
	case PPT_TEXT_CHARS:
	case PPT_TEXT_BYTES:
	case PPT_SHAPE:
	case PPT_TEXTBOX:
		snprintf(name, sizeof(name), "at byte %llu", (unsigned long long)at);
		break;
	case PPT_OLE_STORAGE:
		snprintf(name, sizeof(name), "object at byte %llu", (unsigned long long)at);
		ppt_object_give(p, record, 0, name);
		return;
	case PPT_CRYPT_SESSION:
		p->is_encrypted = true;
		return;
	default:
		return;
	}
	rmn_text_part(p->text, kind_of(p, record->type), rmn_bytes_from_string(name));
	p->is_master = record->type == PPT_MASTER || record->type == PPT_HANDOUT;
	rmn_buf_clear(&p->shown);
	if (record->is_container)
		ppt_records_walk(p, record->body, 0);
	else
		ppt_text_put(p, record->body, record->type == PPT_TEXT_CHARS);
	aside_give(p, &p->comments, p->is_lost ? RMN_PART_COMMENT : RMN_PART_DELETED, name);
	aside_give(p, &p->headers, p->is_lost ? RMN_PART_HEADER : RMN_PART_DELETED, name);
	aside_give(p, &p->links, p->is_lost ? RMN_PART_BODY : RMN_PART_DELETED, name);
	p->is_master = false;
}

void
ppt_leftovers_read(struct ppt *p)
{
	struct rmn_cursor c = rmn_cursor_over(p->stream);
	struct ppt_record record;
	size_t count = p->given.size / sizeof(uint64_t);

	if (count > 0)
		qsort(p->given.data, count, sizeof(uint64_t), place_compare);
	if (p->is_lost)
		ppt_note(p, RMN_PARTIAL, "the list of slides is lost; what follows is what was found");
	p->only_new = true;
	while (p->text->status == RMN_OK && rmn_cursor_left(&c) >= 8) {
		uint64_t at = c.offset;

		ppt_record_next(&c, &record);
		if (record.is_cut) {
			/* one writer has zeros in front; with a directory nothing is lost by them */
			if (p->is_lost || !rmn_bytes_are_zero(rmn_bytes_head(
			    rmn_bytes_after(p->stream, (size_t)at), 8)))
				ppt_note(p, RMN_PARTIAL, "records are damaged");
			rmn_cursor_seek(&c, ppt_resync(p->stream, (size_t)at + 1));
			continue;
		}
		if (count == 0 || !bsearch(&at, p->given.data, count, sizeof(uint64_t),
		    place_compare))
			leftover_read(p, &record, at);
	}
}
