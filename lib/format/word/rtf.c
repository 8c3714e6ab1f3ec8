/* SPDX-License-Identifier: MIT
 *
 * Rich Text Format.  Paragraphs are lines, rows of tables too, their cells parted by tabs.  What
 * stands inside the running text but belongs elsewhere (headers, notes, comments, text boxes,
 * hidden and deleted text, field codes) is gathered and follows the body as parts of its own.
 *
 * HTML in RTF, as Outlook writes it, holds every text twice: as markup in \*\htmltag and as RTF.
 * The second is read. */
#include "format/word/rtf.h"

#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "format/member_bytes.h"

#define GROUPS_MAX 8192u	/* brackets in brackets; Word itself gives up far below */
#define GROUPS_FIRST 64u
#define HOLE_MIN 256u		/* zeros in a row that were a lost sector; a few are stepped over */
#define BLANKS_MAX 64u		/* in front of the first bracket */

/* Pages of \fcharset; 0: that of the document. */
static unsigned
charset_page(int32_t charset)
{
	static const struct {
		uint8_t charset;
		uint16_t page;
	} rows[] = {
		{0, 1252}, {2, RMN_RTF_PAGE_SYMBOL}, {77, 10000}, {78, 932}, {79, 949}, {80, 936},
		{81, 950}, {128, 932}, {129, 949}, {130, 1361}, {134, 936}, {136, 950}, {161, 1253},
		{162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257}, {204, 1251},
		{222, 874}, {238, 1250}, {254, 437}, {255, 850},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].charset == charset)
			return rows[i].page;
	return 0;
}

static void
font_page_set(struct rmn_rtf *r, int32_t page)
{
	if (r->font_now < 0 || (uint32_t)r->font_now >= RMN_RTF_PAGES || page < 0 || page > 65535)
		return;
	if (!r->font_pages)
		r->font_pages = rmn_arena_alloc(r->arena, RMN_RTF_PAGES, sizeof(uint16_t));
	if (r->font_pages)
		r->font_pages[r->font_now] = (uint16_t)page;
	else if (r->text.status == RMN_OK)
		r->text.status = rmn_fail(r->error, RMN_LIMIT, "item outgrows its memory");
}

/* Room for one group more; without it the group is counted, and the one around it goes on. */
static bool
groups_grow(struct rmn_rtf *r)
{
	size_t room = r->group_room ? r->group_room * 2 : GROUPS_FIRST;
	struct rmn_rtf_group *groups;

	if (r->depth + 1 < r->group_room)
		return true;
	groups = room > GROUPS_MAX ? NULL : rmn_arena_alloc(r->arena, room, sizeof(*groups));
	if (!groups)
		return false;
	if (r->group_room > 0)
		memcpy(groups, r->groups, r->group_room * sizeof(*groups));
	r->groups = groups;
	r->group_room = room;
	return true;
}

static void
group_open(struct rmn_rtf *r)
{
	struct rmn_rtf_group *g;

	r->skip_left = 0;
	if (r->lost_depth > 0 || !groups_grow(r)) {
		r->lost_depth++;
		r->is_too_deep = true;
		return;
	}
	g = &r->groups[++r->depth];
	*g = g[-1];
	g->is_owner = g->is_optional = false;
	if (g->destination == RMN_RTF_UPR) {
		g->destination = RMN_RTF_SKIPPED;
	} else if (g->destination == RMN_RTF_REVISERS || g->destination == RMN_RTF_VARIABLE) {
		g->destination = g->destination == RMN_RTF_REVISERS ? RMN_RTF_REVISER :
		    RMN_RTF_VARIABLE_ITEM;
		rmn_rtf_value_begin(r, g);
	}
}

static void
group_close(struct rmn_rtf *r)
{
	struct rmn_rtf_group g;

	r->skip_left = 0;
	if (r->lost_depth > 0) {
		r->lost_depth--;
		return;
	}
	if (r->depth == 0) {
		r->is_unbalanced = true;
		return;
	}
	/* what is pending stays so: a character may be split between groups */
	g = r->groups[r->depth];
	if (g.is_owner)
		rmn_rtf_settle(r);
	r->depth--;
	if (g.is_owner)
		rmn_rtf_finish(r, &g);
}

static bool
takes_text(const struct rmn_rtf *r)
{
	switch (r->groups[r->depth].destination) {
	case RMN_RTF_SKIPPED:
	case RMN_RTF_DROPPED:
	case RMN_RTF_FONTS:
	case RMN_RTF_INFO:
	case RMN_RTF_DATE:
	case RMN_RTF_VARIABLE:
	case RMN_RTF_REVISERS:
	case RMN_RTF_UPR:
	case RMN_RTF_OBJECT_DATA:
		return false;
	default:
		return true;
	}
}

static void
digit_take(struct rmn_rtf *r, unsigned char c)
{
	unsigned char low = c >= '0' && c <= '9' ? (unsigned char)(c - '0') :
	    (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (unsigned char)((c | 0x20) - 'a' + 10) : 0xFF;

	if (low == 0xFF)
		return;
	if (r->nibble == 0xFF) {
		r->nibble = low;
		return;
	}
	rmn_buf_u8(&r->objects, (uint8_t)(r->nibble << 4 | low));
	r->nibble = 0xFF;
}

static void
tab_put(struct rmn_rtf *r)
{
	const struct rmn_rtf_group *g = &r->groups[r->depth];

	rmn_rtf_point(r, g->is_in_table || g->destination == RMN_RTF_BULLET ? ' ' : '\t');
}

static void
mark_put(struct rmn_rtf *r, enum rmn_flow_mark mark)
{
	const struct rmn_rtf_group *g = &r->groups[r->depth];

	rmn_rtf_settle(r);
	if (mark == RMN_FLOW_PARAGRAPH && g->is_in_table)
		mark = RMN_FLOW_PARAGRAPH_IN_CELL;
	rmn_flow_mark(&r->flows, rmn_rtf_flow(r), (enum rmn_flow)g->flow, mark);
}

/* Bytes as they stand or out of \'hh: control characters are no text. */
static void
text_take(struct rmn_rtf *r, struct rmn_bytes bytes)
{
	size_t skipped = rmn_min_size(r->skip_left, bytes.size);

	r->skip_left -= (uint32_t)skipped;
	bytes = rmn_bytes_after(bytes, skipped);
	if (r->groups[r->depth].destination == RMN_RTF_OBJECT_DATA)
		for (size_t i = 0; i < bytes.size; i++)
			digit_take(r, bytes.data[i]);
	if (!takes_text(r))
		return;
	while (bytes.size > 0) {
		size_t run = 0;

		while (run < bytes.size && bytes.data[run] >= ' ')
			run++;
		if (run > 0)
			rmn_rtf_bytes(r, rmn_bytes_head(bytes, run));
		if (run < bytes.size && bytes.data[run] == '\t')
			tab_put(r);
		bytes = rmn_bytes_after(bytes, run + 1);
	}
}

static void
symbol_take(struct rmn_rtf *r, unsigned char symbol)
{
	if (symbol == '*') {
		r->groups[r->depth].is_optional = true;
		return;
	}
	if (r->skip_left > 0) {
		r->skip_left--;
		return;
	}
	if (!takes_text(r))
		return;
	switch (symbol) {
	case '\\':
	case '{':
	case '}':
	case ':':		/* parts of an index entry */
		rmn_rtf_bytes(r, (struct rmn_bytes){&symbol, 1});
		break;
	case '~':
		rmn_rtf_point(r, 0xA0);
		break;
	case '_':
		rmn_rtf_point(r, '-');
		break;
	case '\t':
		tab_put(r);
		break;
	case '\r':
	case '\n':
		mark_put(r, RMN_FLOW_PARAGRAPH);
		break;
	default:
		break;
	}
}

static void
unicode_take(struct rmn_rtf *r, int32_t number)
{
	uint32_t point = number < 0 ? (uint32_t)(number + 65536) : (uint32_t)number;

	r->skip_left = r->groups[r->depth].skip_count;
	if (!takes_text(r) || point < ' ' || point > 0x10FFFF)
		return;
	rmn_rtf_point(r, point == 0xF0B7 ? 0x2022 : point);
}

static void
font_word_take(struct rmn_rtf *r, const struct rmn_rtf_word *word, int32_t number)
{
	struct rmn_rtf_group *g = &r->groups[r->depth];
	bool is_table = g->destination == RMN_RTF_FONTS;

	if (word->action == RMN_RTF_FONT_DEFAULT) {
		r->font_default = number;
	} else if (word->action == RMN_RTF_PAGE) {
		r->page = word->argument ? word->argument : (unsigned)number & 0xFFFF;
		r->page_is_said = word->argument == 0;
	} else if (word->action == RMN_RTF_FONT && is_table) {
		r->font_now = number;
	} else if (word->action == RMN_RTF_FONT) {
		g->font = number;
	} else if (is_table) {
		font_page_set(r, word->action == RMN_RTF_FONT_PAGE ? number :
		    (int32_t)charset_page(number));
	}
}

/* Words that make text. */
static void
text_word_take(struct rmn_rtf *r, const struct rmn_rtf_word *word)
{
	if (!takes_text(r))
		return;
	switch (word->action) {
	case RMN_RTF_PUT:
		if (r->skip_left > 0)
			r->skip_left--;
		else
			rmn_rtf_point(r, word->argument);
		break;
	case RMN_RTF_TAB:
		tab_put(r);
		break;
	case RMN_RTF_BREAK:
		mark_put(r, RMN_FLOW_PARAGRAPH);
		break;
	case RMN_RTF_CELL:
		mark_put(r, RMN_FLOW_CELL);
		break;
	default:
		mark_put(r, RMN_FLOW_ROW);
		break;
	}
}

static void
word_take(struct rmn_rtf *r, const struct rmn_rtf_token *t)
{
	const struct rmn_rtf_word *word = rmn_rtf_word_find(t->bytes);
	struct rmn_rtf_group *g = &r->groups[r->depth];
	bool is_optional = g->is_optional;
	bool is_on = !t->has_number || t->number != 0;

	g->is_optional = false;
	if (!word) {
		if (is_optional)
			g->destination = RMN_RTF_SKIPPED;
		return;
	}
	switch (word->action) {
	case RMN_RTF_BEGIN:
		rmn_rtf_begin(r, word);
		break;
	case RMN_RTF_FONT:
	case RMN_RTF_FONT_DEFAULT:
	case RMN_RTF_FONT_CHARSET:
	case RMN_RTF_FONT_PAGE:
	case RMN_RTF_PAGE:
		font_word_take(r, word, t->number);
		break;
	case RMN_RTF_SKIP_COUNT:
		g->skip_count = t->number > 0 ? (uint32_t)t->number : 0;
		break;
	case RMN_RTF_UNICODE:
		unicode_take(r, t->number);
		break;
	case RMN_RTF_PLAIN:
		g->is_hidden = g->is_deleted = false;
		g->font = -1;
		break;
	case RMN_RTF_PARAGRAPH:
		g->is_in_table = false;
		break;
	case RMN_RTF_IN_TABLE:
		g->is_in_table = is_on;
		break;
	case RMN_RTF_HIDE:
		g->is_hidden = is_on;
		break;
	case RMN_RTF_DELETE:
		g->is_deleted = is_on;
		break;
	case RMN_RTF_DATE_FIELD:
		if (g->destination == RMN_RTF_DATE && t->number >= 0 && t->number <= 9999)
			r->date[word->argument] = t->number;
		break;
	case RMN_RTF_KEEP:
		break;
	default:
		text_word_take(r, word);
		break;
	}
}

static void
binary_take(struct rmn_rtf *r, const struct rmn_rtf_token *t)
{
	if (r->skip_left > 0)
		r->skip_left--;
	else if (r->groups[r->depth].destination == RMN_RTF_OBJECT_DATA)
		rmn_buf_append(&r->objects, t->bytes);
	r->is_cut = r->is_cut || t->is_cut;
}

static void
token_take(struct rmn_rtf *r, const struct rmn_rtf_token *t)
{
	switch (t->kind) {
	case RMN_RTF_OPEN:
		group_open(r);
		break;
	case RMN_RTF_CLOSE:
		group_close(r);
		break;
	case RMN_RTF_WORD:
		word_take(r, t);
		break;
	case RMN_RTF_SYMBOL:
		symbol_take(r, t->byte);
		break;
	case RMN_RTF_HEX:
		text_take(r, (struct rmn_bytes){&t->byte, 1});
		break;
	case RMN_RTF_TEXT:
		text_take(r, t->bytes);
		break;
	case RMN_RTF_BINARY:
		binary_take(r, t);
		break;
	}
}

/* Behind the last bracket: nothing, more of the document (its brackets do not match), or
 * something else, which is examined as a member.  What was found is kept: there may be many last
 * brackets. */
static bool
goes_on(struct rmn_rtf *r, const struct rmn_cursor *c)
{
	static const char *const marks[2] = {"\\par", "{\\rtf"};
	struct rmn_bytes rest = rmn_bytes_after(c->bytes, c->offset);
	bool is_found = false;

	for (size_t i = 0; i < 2; i++) {
		if (r->more_at[i] < c->offset) {
			size_t at = rmn_bytes_find(rest, rmn_bytes_from_string(marks[i]));

			r->more_at[i] = at == SIZE_MAX ? at : c->offset + at;
		}
		is_found = is_found || r->more_at[i] != SIZE_MAX;
	}
	return is_found;
}

/* What is appended to the document. */
static struct rmn_bytes
appendix(const struct rmn_cursor *c)
{
	struct rmn_bytes rest = rmn_bytes_after(c->bytes, c->offset);

	while (rest.size > 0 && rest.data[0] <= ' ')
		rest = rmn_bytes_after(rest, 1);
	return rest;
}

/* Zeros that the lexer steps over; those of binary data are no tokens. */
static bool
hole_is_next(const struct rmn_cursor *c)
{
	struct rmn_bytes next = rmn_bytes_head(rmn_bytes_after(c->bytes, c->offset), HOLE_MIN);

	return next.size == HOLE_MIN && rmn_bytes_are_zero(next);
}

static void
tokens_read(struct rmn_rtf *r, struct rmn_cursor *c)
{
	struct rmn_rtf_token token;
	bool had_group = false;

	while (r->text.status == RMN_OK) {
		r->has_hole = r->has_hole || hole_is_next(c);
		if (!rmn_rtf_next(c, rmn_rtf_page(r), &token))
			break;
		token_take(r, &token);
		had_group = had_group || r->depth > 0;
		if (r->depth == 0 && had_group && token.kind == RMN_RTF_CLOSE) {
			if (!goes_on(r, c))
				break;
			r->is_unbalanced = true;
			had_group = false;
		}
	}
	rmn_rtf_settle(r);
}

static enum rmn_status
ending(struct rmn_rtf *r)
{
	if (r->text.status != RMN_OK)
		return r->text.status;
	if (r->open_at_end > 0)
		return rmn_fail(r->error, RMN_PARTIAL,
		    "the text ends inside %zu brackets; what follows is missing", r->open_at_end);
	if (r->is_cut)
		return rmn_fail(r->error, RMN_PARTIAL, "an object in the text is cut short");
	if (r->has_hole)
		return rmn_fail(r->error, RMN_PARTIAL, "there are zeros where text should be");
	if (r->is_unbalanced)
		return rmn_fail(r->error, RMN_PARTIAL, "more brackets end than begin");
	if (r->is_too_deep)
		return rmn_fail(r->error, RMN_LIMIT,
		    "brackets stand deeper in each other than is followed");
	return RMN_OK;
}

static void
document_read(struct rmn_rtf *r, struct rmn_bytes content)
{
	struct rmn_cursor c = rmn_cursor_over(content);
	struct rmn_bytes rest;

	if (!groups_grow(r)) {
		r->text.status = rmn_fail(r->error, RMN_LIMIT, "item outgrows its memory");
		return;
	}
	r->groups[0] = (struct rmn_rtf_group){.skip_count = 1, .font = -1};
	rmn_text_part(&r->text, RMN_PART_BODY, rmn_bytes_from_string(""));
	tokens_read(r, &c);
	/* a cut file: what was gathered last is worth having */
	r->open_at_end = r->depth + r->lost_depth;
	r->lost_depth = 0;
	while (r->depth > 0)
		group_close(r);
	rest = appendix(&c);
	if (rest.size > 0)
		rmn_member_bytes_give(&r->text, rmn_bytes_from_string("behind the end"), rest);
}

static enum rmn_status
rtf_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_rtf r = {.sink = sink, .arena = input->arena, .error = error,
	    .font_now = -1, .page = 1252, .nibble = 0xFF};
	struct rmn_blob head = *input->content;
	struct rmn_bytes content;
	enum rmn_status status, whole;

	head.size_bytes = rmn_min_u64(head.size_bytes, RMN_LIMIT_WHOLE_ITEM_BYTES);
	whole = rmn_blob_bytes(&head, RMN_LIMIT_WHOLE_ITEM_BYTES, input->arena, &content, error);
	if (whole != RMN_OK && whole != RMN_PARTIAL)
		return whole;
	rmn_text_init(&r.text, sink, input->arena, error);
	rmn_flows_init(&r.flows, &r.text);
	rmn_buf_init(&r.pending, 0);
	rmn_buf_init(&r.decoded, 0);
	rmn_buf_init(&r.objects, RMN_LIMIT_WHOLE_ITEM_BYTES);
	if (r.text.status == RMN_OK)
		document_read(&r, content);
	rmn_rtf_objects_give(&r);
	rmn_flows_give(&r.flows);
	rmn_buf_release(&r.pending);
	rmn_buf_release(&r.decoded);
	rmn_text_flush(&r.text);
	if (head.size_bytes < input->content->size_bytes)
		return rmn_fail(error, RMN_LIMIT, "text behind the first %llu MiB is not read",
		    RMN_LIMIT_WHOLE_ITEM_BYTES / RMN_MIB);
	status = ending(&r);
	return status == RMN_OK ? whole : status;
}

static unsigned
rtf_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes head = input->head;

	for (size_t i = 0; i < BLANKS_MAX && head.size > 0 && head.data[0] <= ' '; i++)
		head = rmn_bytes_after(head, 1);
	return rmn_bytes_start_with(head, "{\\rtf") ? 40 : 0;
}

const struct rmn_format rmn_format_rtf = {
	.name = "rtf",
	.title = "Rich text (RTF)",
	.media_type = "application/rtf",
	.kind = RMN_KIND_DOCUMENT,
	.claim = rtf_claim,
	.read = rtf_read,
};
