/* SPDX-License-Identifier: MIT */
#include "format/word/doc.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "format/ole/ole_object.h"
#include "format/ole/vba.h"

static const struct {
	enum rmn_flow flow;
	bool is_shown;
} stories[RMN_DOC_STORIES] = {
	[RMN_DOC_MAIN] = {RMN_FLOW_BODY, true},
	[RMN_DOC_FOOTNOTES] = {RMN_FLOW_NOTE, true},
	[RMN_DOC_HEADERS] = {RMN_FLOW_HEADER, true},
	[RMN_DOC_MACROS] = {RMN_FLOW_BOX, false},
	[RMN_DOC_COMMENTS] = {RMN_FLOW_COMMENT, true},
	[RMN_DOC_ENDNOTES] = {RMN_FLOW_NOTE, true},
	[RMN_DOC_BOXES] = {RMN_FLOW_BOX, true},
	[RMN_DOC_HEADER_BOXES] = {RMN_FLOW_BOX, true},
};

/* Each comment with its author; start is where their story begins. */
static void
comments_give(struct rmn_doc *doc, uint64_t start, uint64_t length)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_doc_table(doc, RMN_DOC_COMMENT_TEXTS));
	uint64_t done = 0;
	uint32_t from, to;

	if (rmn_cursor_le32(&c, &from) && from == 0) {
		for (size_t i = 0; rmn_cursor_le32(&c, &to) && to >= done && to <= length &&
		    doc->flows.text->status == RMN_OK; i++) {
			/* the last position is the end of the one in front, not a comment */
			if (to == done || rmn_cursor_left(&c) == 0)
				break;
			rmn_doc_comment_author_give(doc, i);
			rmn_doc_text_give(doc, start + done, start + to, RMN_FLOW_COMMENT);
			rmn_flow_line_end(&doc->flows, RMN_FLOW_COMMENT);
			done = to;
		}
	}
	rmn_doc_text_give(doc, start + done, start + length, RMN_FLOW_COMMENT);
}

static void
stories_give(struct rmn_doc *doc)
{
	uint64_t start = 0;

	rmn_text_part(doc->flows.text, RMN_PART_BODY, rmn_bytes_from_string(""));
	for (size_t i = 0; i < RMN_DOC_STORIES; i++) {
		uint64_t length = doc->fib.lengths[i];

		if (i == RMN_DOC_COMMENTS)
			comments_give(doc, start, length);
		else if (stories[i].is_shown)
			rmn_doc_text_give(doc, start, start + length, stories[i].flow);
		rmn_flow_line_end(&doc->flows, stories[i].flow);
		start += length;
	}
}

/* Characters that the header promises and no piece has. */
static uint64_t
missing_count(const struct rmn_doc *doc)
{
	uint64_t promised = 0, last = 0;

	for (size_t i = 0; i < RMN_DOC_STORIES; i++)
		promised += doc->fib.lengths[i];
	if (doc->piece_count > 0)
		last = doc->pieces[doc->piece_count - 1].end;
	return promised > last ? promised - last : 0;
}

/* The two streams; the status is that of the text. */
static enum rmn_status
streams_read(struct rmn_doc *doc)
{
	const struct rmn_ole *ole = doc->ole;
	const struct rmn_cfb_entry *entry = rmn_cfb_find(ole->cfb, ole->storage, "WordDocument");
	enum rmn_status status;

	if (!entry)
		return rmn_fail(ole->error, RMN_CORRUPT, "the document has no text");
	status = rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &doc->stream,
	    ole->error);
	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	doc->is_damaged = status == RMN_PARTIAL;
	status = rmn_doc_fib_read(doc->stream, &doc->fib, ole->error);
	if (status != RMN_OK)
		return status;
	if (doc->fib.is_old) {
		doc->table = doc->stream;
		return RMN_OK;
	}
	entry = rmn_cfb_find(ole->cfb, ole->storage, doc->fib.uses_table_1 ? "1Table" : "0Table");
	if (!entry)
		entry = rmn_cfb_find(ole->cfb, ole->storage,
		    doc->fib.uses_table_1 ? "0Table" : "1Table");
	if (!entry || rmn_cfb_read(ole->cfb, entry, RMN_LIMIT_WHOLE_ITEM_BYTES, &doc->table,
	    ole->error) != RMN_OK)
		doc->is_damaged = true;
	return RMN_OK;
}

/* Text, or what there is of it. */
static enum rmn_status
text_read(struct rmn_doc *doc)
{
	struct rmn_error *error = doc->ole->error;
	enum rmn_status status = streams_read(doc);
	uint64_t missing;

	if (status == RMN_LIMIT || doc->stream.size == 0)
		return status;
	if (status == RMN_OK && doc->fib.is_encrypted)
		return rmn_fail(error, RMN_ENCRYPTED, "the document is protected by a password");
	if (status == RMN_OK)
		status = rmn_doc_pieces_read(doc);
	if (status == RMN_LIMIT)
		return status;
	if (status != RMN_OK) {
		rmn_doc_lost_give(doc, true);
		return rmn_fail(error, RMN_PARTIAL,
		    "the tables of the document are damaged; its text is what was found");
	}
	rmn_doc_runs_read(doc, RMN_DOC_CHARACTERS, &doc->characters);
	rmn_doc_runs_read(doc, RMN_DOC_PARAGRAPHS, &doc->paragraphs);
	stories_give(doc);
	rmn_doc_lost_give(doc, false);
	rmn_doc_extra_give(doc);
	missing = doc->missing + doc->zeros + missing_count(doc);
	if (missing > 0)
		return rmn_fail(error, RMN_PARTIAL, "%llu characters of the text are missing",
		    (unsigned long long)missing);
	return doc->is_damaged ? rmn_fail(error, RMN_PARTIAL, "the document is damaged") : RMN_OK;
}

/* What stands beside the text. */
static enum rmn_status
storages_give(const struct rmn_ole *ole)
{
	const struct rmn_cfb_entry *pool = rmn_cfb_find(ole->cfb, ole->storage, "ObjectPool");
	const struct rmn_cfb_entry *macros = rmn_cfb_find(ole->cfb, ole->storage, "Macros");
	enum rmn_status status = RMN_OK;

	if (macros)
		status = rmn_vba_give(ole->cfb, (uint32_t)(macros - ole->cfb->entries), ole->text,
		    ole->error);
	if (pool)
		rmn_ole_objects_give(ole, (uint32_t)(pool - ole->cfb->entries));
	return status;
}

enum rmn_status
rmn_ole_doc(const struct rmn_ole *ole)
{
	struct rmn_doc *doc = rmn_arena_alloc(ole->input->arena, 1, sizeof(*doc));
	enum rmn_status status, beside;

	if (!doc)
		return rmn_fail(ole->error, RMN_LIMIT, "item outgrows its memory");
	doc->ole = ole;
	doc->arena = ole->input->arena;
	rmn_flows_init(&doc->flows, ole->text);
	status = text_read(doc);
	rmn_flows_give(&doc->flows);
	rmn_buf_release(&doc->utf8);
	beside = storages_give(ole);
	if (ole->text->status != RMN_OK)
		return ole->text->status;
	return status == RMN_OK ? beside : status;
}
