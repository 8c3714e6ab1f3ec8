/* SPDX-License-Identifier: MIT
 *
 * PowerPoint presentations (ECMA-376 part 1, 19): slides in the order they are shown, each
 * followed by its notes and comments; then what stands on masters and layouts outside of
 * placeholders, where "Confidential" is usually written. */
#include <stdio.h>
#include <string.h>

#include "format/package/ooxml.h"
#include "format/package/zip_claim.h"

struct show {
	struct rmn_ooxml ooxml;
	struct rmn_text *text;
	struct rmn_relations relations;	/* of the presentation */
	const struct rmn_zip_entry **slides;
	size_t slide_count;
	bool *is_read;			/* by entry of the package; slides: listed */
	size_t number;			/* of the slide under way, from 1 */
	unsigned cells;			/* in the current table row */
	unsigned cell_depth;
	unsigned skip_depth;
	bool space_waits;		/* a paragraph ended inside the cell */
	bool in_text;
	bool is_master;
	bool in_placeholder;		/* prompt text of a master, or a slide number */
	bool had_choice;
	bool is_hidden;
};

/* The names of slide parts: "3", "3 (hidden)"; what hangs on it is named alike. */
static void
part_start(struct show *s, enum rmn_part_kind kind, size_t number)
{
	char name[40];

	snprintf(name, sizeof(name), "%zu%s", number, s->is_hidden ? " (hidden)" : "");
	rmn_text_part(s->text, kind, rmn_bytes_from_string(name));
}

/* Inside a cell a space stands for the paragraph that ended before. */
static void
shown_put(struct show *s, struct rmn_bytes body)
{
	if (s->space_waits && s->cell_depth > 0 && s->text->last != '\t' &&
	    s->text->last != '\n' && s->text->last != ' ')
		rmn_text_char(s->text, ' ');
	s->space_waits = false;
	rmn_text_cell(s->text, body);
}

static void
start_placeholder(struct show *s, const struct rmn_markup_token *t)
{
	struct rmn_bytes type;

	rmn_markup_attribute(t->body, "type", &type);
	s->in_placeholder = s->is_master || rmn_markup_is(type, "sldNum") ||
	    rmn_markup_is(type, "dt");
}

static void
start(struct show *s, const struct rmn_markup_token *t)
{
	struct rmn_bytes name = t->name, author;

	if (rmn_markup_is(name, "t") || rmn_markup_is(name, "text") || rmn_markup_is(name, "v"))
		s->in_text = !t->is_empty;
	else if (rmn_markup_is(name, "br"))
		rmn_text_char(s->text, s->cell_depth ? ' ' : '\n');
	else if (rmn_markup_is(name, "tr"))
		s->cells = 0;
	else if (rmn_markup_is(name, "tc") && !t->is_empty) {
		s->cell_depth++;
		if (s->cells++ > 0)
			rmn_text_char(s->text, '\t');
	} else if (rmn_markup_is(name, "sp"))
		s->in_placeholder = false;
	else if (rmn_markup_is(name, "ph"))
		start_placeholder(s, t);
	else if (rmn_markup_is(name, "cmAuthor") || rmn_markup_is(name, "author")) {
		if (rmn_markup_attribute(t->body, "name", &author))
			rmn_text_property(s->text, s->ooxml.package.arena, RMN_PROPERTY_OTHER,
			    "person", author);
	} else if (rmn_markup_is(name, "AlternateContent"))
		s->had_choice = false;
	else if (rmn_markup_is(name, "Fallback") && s->had_choice)
		s->skip_depth = !t->is_empty;
}

static void
end(struct show *s, struct rmn_bytes name)
{
	if (rmn_markup_is(name, "t")) {
		s->in_text = false;
	} else if (rmn_markup_is(name, "p")) {
		if (s->cell_depth == 0)
			rmn_text_newline(s->text);
		else
			s->space_waits = true;
	} else if (rmn_markup_is(name, "tc")) {
		s->cell_depth -= s->cell_depth > 0;
		s->space_waits = false;
	} else if (rmn_markup_is(name, "tr")) {
		rmn_text_newline(s->text);
	} else if (rmn_markup_is(name, "text") || rmn_markup_is(name, "v")) {
		s->in_text = false;
		rmn_text_newline(s->text);
	} else if (rmn_markup_is(name, "sp")) {
		s->in_placeholder = false;
	} else if (rmn_markup_is(name, "Choice")) {
		s->had_choice = true;
	}
}

static void
take_show(void *context, const struct rmn_markup_token *t)
{
	struct show *s = context;

	if (s->skip_depth > 0) {
		if (t->kind == RMN_MARKUP_START && !t->is_empty)
			s->skip_depth++;
		else if (t->kind == RMN_MARKUP_END)
			s->skip_depth--;
		return;
	}
	if (t->kind == RMN_MARKUP_START)
		start(s, t);
	else if (t->kind == RMN_MARKUP_END)
		end(s, t->name);
	else if ((t->kind == RMN_MARKUP_TEXT || t->kind == RMN_MARKUP_CDATA) && s->in_text &&
	    !s->in_placeholder)
		shown_put(s, t->body);
}

static bool
scan(struct show *s, const struct rmn_zip_entry *entry)
{
	s->cells = s->cell_depth = s->skip_depth = 0;
	s->in_text = s->in_placeholder = s->had_choice = false;
	return rmn_package_scan(&s->ooxml.package, entry, take_show, s);
}

static const struct rmn_ooxml_part slide_part = {
	.type = "slide+xml", .prefix = "ppt/slides/slide", .kind = RMN_PART_SLIDE,
};

static const struct rmn_ooxml_part notes_part = {
	.type = "notesSlide+xml", .prefix = "ppt/notesSlides/notesSlide", .kind = RMN_PART_NOTE,
};

static const struct rmn_ooxml_part comments_part = {
	.type = "comments+xml", .prefix = "ppt/comments/comment", .kind = RMN_PART_COMMENT,
};

static const struct rmn_ooxml_part other_parts[] = {
	{"slideMaster+xml", "ppt/slideMasters/slideMaster", RMN_PART_HEADER, take_show},
	{"slideLayout+xml", "ppt/slideLayouts/slideLayout", RMN_PART_HEADER, take_show},
	{"notesMaster+xml", "ppt/notesMasters/notesMaster", RMN_PART_HEADER, take_show},
	{"handoutMaster+xml", "ppt/handoutMasters/handoutMaster", RMN_PART_HEADER, take_show},
	{"commentAuthors+xml", "ppt/commentAuthors", RMN_PART_COMMENT, take_show},
	{"authors+xml", "ppt/authors", RMN_PART_COMMENT, take_show},
	{"diagramData+xml", "ppt/diagrams/data", RMN_PART_SLIDE, take_show},
	{"chart+xml", "ppt/charts/chart", RMN_PART_SLIDE, take_show},
};

static bool *
read_mark(const struct show *s, const struct rmn_zip_entry *entry)
{
	return &s->is_read[entry - rmn_zip_entry(s->ooxml.package.zip, 0)];
}

static void
slide_add(struct show *s, const struct rmn_zip_entry *entry)
{
	if (*read_mark(s, entry))
		return;
	*read_mark(s, entry) = true;
	s->slides[s->slide_count++] = entry;
}

/* Notes and comments are what the slide's own relationships name; with those lost, they follow
 * at the end. */
static void
attached_read(struct show *s, const struct rmn_zip_entry *slide, size_t number)
{
	struct rmn_package *package = &s->ooxml.package;
	struct rmn_relations relations;

	rmn_package_relations(package, slide->name, &relations);
	for (size_t i = 0; i < relations.count; i++) {
		const struct rmn_zip_entry *entry = relations.items[i].is_external ? NULL :
		    rmn_package_find(package, relations.items[i].target);
		const struct rmn_ooxml_part *part = NULL;

		if (!entry)
			continue;
		if (rmn_ooxml_is(&s->ooxml, entry, &notes_part))
			part = &notes_part;
		else if (rmn_ooxml_is(&s->ooxml, entry, &comments_part))
			part = &comments_part;
		if (!part || *read_mark(s, entry))
			continue;
		*read_mark(s, entry) = true;
		part_start(s, part->kind, number);
		if (!scan(s, entry))
			return;
	}
}

static void
take_slide_head(void *context, const struct rmn_markup_token *t)
{
	struct show *s = context;
	struct rmn_bytes shown;

	if (t->kind == RMN_MARKUP_START && rmn_markup_is(t->name, "sld")) {
		s->is_hidden = rmn_markup_attribute(t->body, "show", &shown) &&
		    (rmn_markup_is(shown, "0") || rmn_markup_is(shown, "false"));
		part_start(s, RMN_PART_SLIDE, s->number);
	}
	take_show(context, t);
}

static void
take_order(void *context, const struct rmn_markup_token *t)
{
	struct show *s = context;
	const struct rmn_relation *relation;
	const struct rmn_zip_entry *entry;
	struct rmn_bytes id;

	if (t->kind != RMN_MARKUP_START || !rmn_markup_is(t->name, "sldId") ||
	    !rmn_markup_attribute(t->body, "r:id", &id))
		return;
	relation = rmn_relation_find(&s->relations, id);
	entry = relation ? rmn_package_find(&s->ooxml.package, relation->target) : NULL;
	if (entry)
		slide_add(s, entry);
}

/* Slides that the presentation does not list (any more) come after the others. */
static void
slides_complete(struct show *s)
{
	struct rmn_package *package = &s->ooxml.package;

	for (size_t i = 0; i < package->count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(package, i);

		if (rmn_ooxml_is(&s->ooxml, entry, &slide_part))
			slide_add(s, entry);
	}
}

static void
slides_read(struct show *s)
{
	struct rmn_package *package = &s->ooxml.package;

	for (size_t i = 0; i < s->slide_count && package->text.status == RMN_OK; i++) {
		s->is_hidden = false;
		s->number = i + 1;
		part_start(s, RMN_PART_SLIDE, s->number);
		s->cells = s->cell_depth = s->skip_depth = 0;
		s->in_text = s->in_placeholder = s->had_choice = false;
		rmn_package_scan(package, s->slides[i], take_slide_head, s);
		attached_read(s, s->slides[i], i + 1);
	}
}

static void
leftovers_read(struct show *s)
{
	struct rmn_package *package = &s->ooxml.package;

	for (size_t i = 0; i < package->count; i++) {
		const struct rmn_zip_entry *entry = rmn_package_entry(package, i);
		const struct rmn_ooxml_part *part = NULL;

		if (*read_mark(s, entry))
			continue;
		if (rmn_ooxml_is(&s->ooxml, entry, &notes_part))
			part = &notes_part;
		else if (rmn_ooxml_is(&s->ooxml, entry, &comments_part))
			part = &comments_part;
		if (!part)
			continue;
		rmn_text_part(s->text, part->kind, entry->name);
		if (!scan(s, entry))
			return;
	}
	s->is_master = true;
	for (size_t i = 0; i < sizeof(other_parts) / sizeof(other_parts[0]); i++)
		rmn_ooxml_scan_all(&s->ooxml, &other_parts[i], s);
}

static enum rmn_status
pptx_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct show s = {.cells = 0};
	struct rmn_package *package = &s.ooxml.package;
	const struct rmn_zip_entry *entry;
	enum rmn_status status = rmn_ooxml_open(&s.ooxml, input, sink, error);

	if (status != RMN_OK)
		return status;
	s.text = &package->text;
	s.slides = rmn_arena_alloc(package->arena, package->count, sizeof(struct rmn_zip_entry *));
	s.is_read = rmn_arena_alloc(package->arena, package->count, sizeof(*s.is_read));
	if (!s.slides || !s.is_read) {
		rmn_package_note(package, RMN_LIMIT, rmn_bytes_from_string("presentation"),
		    "outgrows its memory");
		return rmn_package_close(package);
	}
	entry = rmn_ooxml_main(&s.ooxml, "ppt/presentation");
	if (entry) {
		rmn_package_relations(package, entry->name, &s.relations);
		rmn_package_scan(package, entry, take_order, &s);
	} else {
		rmn_package_note(package, RMN_PARTIAL,
		    rmn_bytes_from_string("ppt/presentation.xml"), "the main part is missing");
	}
	slides_complete(&s);
	slides_read(&s);
	leftovers_read(&s);
	return rmn_ooxml_close(&s.ooxml);
}

static unsigned
pptx_claim(const struct rmn_format_input *input)
{
	return rmn_zip_claim_ooxml(input, "ppt/", ".p");
}

const struct rmn_format rmn_format_pptx = {
	.name = "pptx",
	.title = "PowerPoint presentation (OOXML)",
	.media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	.kind = RMN_KIND_DOCUMENT,
	.claim = pptx_claim,
	.read = pptx_read,
};
