/* SPDX-License-Identifier: MIT */
#include "format/rtf.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "format/codepage.h"

#define ASIDE_MAX ((size_t)16 * RMN_MIB)
#define VALUE_MAX ((size_t)RMN_MIB)
#define PENDING_ENOUGH ((size_t)64 * RMN_KIB)
#define PENDING_MAX ((size_t)RMN_MIB)
#define TABS_MAX 64u

void
rmn_rtf_flows_init(struct rmn_rtf *r)
{
	for (size_t i = 0; i < RMN_RTF_FLOWS; i++) {
		rmn_buf_init(&r->asides[i].buf, i == RMN_RTF_VALUE ? VALUE_MAX : ASIDE_MAX);
		r->asides[i].last = '\n';
	}
	rmn_buf_init(&r->pending, 0);
	rmn_buf_init(&r->decoded, 0);
}

bool
rmn_rtf_page_is_double_byte(unsigned page)
{
	return page == 932 || page == 936 || page == 949 || page == 950 || page == 1361;
}

unsigned
rmn_rtf_page(const struct rmn_rtf *r)
{
	int32_t font = r->groups[r->depth].font;
	unsigned page = 0;

	if (font < 0)
		font = r->font_default;
	if (r->font_pages && font >= 0 && (uint32_t)font < RMN_RTF_PAGES)
		page = r->font_pages[font];
	return page ? page : r->page;
}

enum rmn_rtf_flow
rmn_rtf_flow_now(const struct rmn_rtf *r)
{
	const struct rmn_rtf_group *g = &r->groups[r->depth];

	if (g->flow >= RMN_RTF_FIELDS)
		return g->flow;
	return g->is_deleted ? RMN_RTF_DELETED : g->is_hidden ? RMN_RTF_HIDDEN : g->flow;
}

static void
put(struct rmn_rtf *r, enum rmn_rtf_flow flow, struct rmn_bytes utf8)
{
	if (utf8.size == 0)
		return;
	r->asides[flow].last = utf8.data[utf8.size - 1];
	if (flow == RMN_RTF_BODY)
		rmn_text_put(&r->text, utf8);
	else
		rmn_buf_append(&r->asides[flow].buf, utf8);
}

static void
put_char(struct rmn_rtf *r, enum rmn_rtf_flow flow, char c)
{
	const unsigned char byte = (unsigned char)c;

	put(r, flow, (struct rmn_bytes){&byte, 1});
}

void
rmn_rtf_line_end(struct rmn_rtf *r, enum rmn_rtf_flow flow)
{
	struct rmn_rtf_aside *a = &r->asides[flow];

	if (a->last != '\n')
		put_char(r, flow, '\n');
	a->tabs = 0;
	a->space_waits = false;
}

void
rmn_rtf_utf8(struct rmn_rtf *r, enum rmn_rtf_flow flow, struct rmn_bytes utf8)
{
	struct rmn_rtf_aside *a = &r->asides[flow];

	if (utf8.size == 0)
		return;
	/* what was deleted in one place does not go on in another */
	if (flow != r->last_flow && (r->last_flow == RMN_RTF_DELETED ||
	    r->last_flow == RMN_RTF_HIDDEN))
		rmn_rtf_line_end(r, r->last_flow);
	r->last_flow = flow;
	for (; a->tabs > 0; a->tabs--)
		put_char(r, flow, '\t');
	if (a->space_waits && a->last != '\t' && a->last != '\n' && a->last != ' ')
		put_char(r, flow, ' ');
	a->space_waits = false;
	put(r, flow, utf8);
}

/* Japanese text that the file says is Western, as some writers leave it: every byte above 7F is
 * part of a pair (or a half-width kana), and one of them begins where 1252 has hardly any letters. */
static bool
looks_japanese(struct rmn_bytes bytes)
{
	bool is_likely = false;

	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char lead = bytes.data[i], trail;

		if (lead < 0x80 || (lead >= 0xA1 && lead <= 0xDF))
			continue;
		if (lead == 0x80 || lead == 0xA0 || lead > 0xFC || i + 1 == bytes.size)
			return false;
		trail = bytes.data[++i];
		if (trail < 0x40 || trail == 0x7F || trail > 0xFC)
			return false;
		is_likely = is_likely || (lead >= 0x81 && lead <= 0x9F && trail >= 0x80) ||
		    lead == 0x82 || lead == 0x83;
	}
	return is_likely;
}

static void
symbols_decode(struct rmn_rtf *r, struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		rmn_buf_append_utf8(&r->decoded, bytes.data[i] == 0xB7 ? 0x2022 :
		    bytes.data[i] < 0x80 ? bytes.data[i] : 0xF000u + bytes.data[i]);
}

void
rmn_rtf_settle(struct rmn_rtf *r)
{
	struct rmn_bytes bytes = rmn_buf_bytes(&r->pending);
	unsigned page = r->pending_page;

	if (bytes.size > 0) {
		rmn_buf_clear(&r->decoded);
		if (page == 1252 && (r->page == 932 || !r->page_is_said) && looks_japanese(bytes))
			page = 932;
		if (page == RMN_RTF_PAGE_SYMBOL)
			symbols_decode(r, bytes);
		else
			rmn_codepage_decode(page, bytes, &r->decoded);
		rmn_rtf_utf8(r, r->pending_flow, rmn_buf_bytes(&r->decoded));
	}
	if ((r->pending.failed || r->decoded.failed) && r->text.status == RMN_OK)
		r->text.status = rmn_fail(r->error, RMN_NOMEM, "out of memory");
	rmn_buf_clear(&r->pending);
}

/* No first half of a pair waits for its second. */
static void
half_end(struct rmn_rtf *r)
{
	if (r->high == 0)
		return;
	r->high = 0;
	rmn_rtf_utf8(r, rmn_rtf_flow_now(r), rmn_bytes_from_string("\xEF\xBF\xBD"));
}

void
rmn_rtf_bytes(struct rmn_rtf *r, struct rmn_bytes bytes)
{
	enum rmn_rtf_flow flow = rmn_rtf_flow_now(r);
	unsigned page = rmn_rtf_page(r);
	size_t size = r->pending.size;

	half_end(r);
	if (size > 0 && (flow != r->pending_flow || page != r->pending_page || size >= PENDING_MAX ||
	    (size >= PENDING_ENOUGH && r->pending.data[size - 1] < 0x40)))
		rmn_rtf_settle(r);
	r->pending_flow = flow;
	r->pending_page = page;
	rmn_buf_append(&r->pending, bytes);
}

void
rmn_rtf_point(struct rmn_rtf *r, uint32_t code_point)
{
	unsigned char encoded[4];

	rmn_rtf_settle(r);
	if (code_point >= 0xDC00 && code_point <= 0xDFFF && r->high > 0) {
		code_point = 0x10000 + ((r->high - 0xD800) << 10) + (code_point - 0xDC00);
		r->high = 0;
	}
	half_end(r);
	if (code_point >= 0xD800 && code_point <= 0xDBFF) {
		r->high = code_point;
		return;
	}
	rmn_rtf_utf8(r, rmn_rtf_flow_now(r),
	    (struct rmn_bytes){encoded, rmn_utf8_encode(code_point, encoded)});
}

void
rmn_rtf_break(struct rmn_rtf *r, bool is_in_table)
{
	enum rmn_rtf_flow flow = rmn_rtf_flow_now(r);
	struct rmn_rtf_aside *a = &r->asides[flow];

	rmn_rtf_settle(r);
	if (flow == RMN_RTF_VALUE || is_in_table) {
		a->space_waits = true;
		return;
	}
	a->tabs = 0;
	a->space_waits = false;
	if (flow == RMN_RTF_BODY || a->last != '\n')
		put_char(r, flow, '\n');
}

void
rmn_rtf_cell(struct rmn_rtf *r)
{
	struct rmn_rtf_aside *a = &r->asides[rmn_rtf_flow_now(r)];

	rmn_rtf_settle(r);
	a->space_waits = false;
	if (a->tabs < TABS_MAX)
		a->tabs++;
}

void
rmn_rtf_row(struct rmn_rtf *r)
{
	rmn_rtf_settle(r);
	rmn_rtf_line_end(r, rmn_rtf_flow_now(r));
}

void
rmn_rtf_flows_give(struct rmn_rtf *r)
{
	static const struct {
		enum rmn_rtf_flow flow;
		enum rmn_part_kind kind;
		const char *name;
	} rows[] = {
		{RMN_RTF_HEADER, RMN_PART_HEADER, "headers and footers"},
		{RMN_RTF_NOTE, RMN_PART_NOTE, "notes"},
		{RMN_RTF_COMMENT, RMN_PART_COMMENT, "comments"},
		{RMN_RTF_BOX, RMN_PART_BODY, "text boxes"},
		{RMN_RTF_HIDDEN, RMN_PART_BODY, "text (hidden)"},
		{RMN_RTF_DELETED, RMN_PART_DELETED, "deleted text"},
		{RMN_RTF_FORM, RMN_PART_FORM, "form fields"},
		{RMN_RTF_FIELDS, RMN_PART_BODY, "field codes"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rmn_rtf_aside *a = &r->asides[rows[i].flow];

		if (a->buf.size > 0) {
			rmn_text_part(&r->text, rows[i].kind, rmn_bytes_from_string(rows[i].name));
			rmn_text_put(&r->text, rmn_buf_bytes(&a->buf));
		}
		if (a->buf.failed && r->text.status == RMN_OK)
			r->text.status = rmn_sink_missing(r->sink, RMN_LIMIT,
			    "%s: more than %llu MiB of it, or than memory, was cut", rows[i].name,
			    (unsigned long long)(ASIDE_MAX / RMN_MIB));
		rmn_buf_release(&a->buf);
	}
	if (r->asides[RMN_RTF_VALUE].buf.failed && r->text.status == RMN_OK)
		r->text.status = rmn_sink_missing(r->sink, RMN_LIMIT,
		    "a value or a field code larger than %llu MiB, or than memory, was cut",
		    (unsigned long long)(VALUE_MAX / RMN_MIB));
	rmn_buf_release(&r->asides[RMN_RTF_VALUE].buf);
	rmn_buf_release(&r->pending);
	rmn_buf_release(&r->decoded);
}
