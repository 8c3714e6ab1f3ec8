/* SPDX-License-Identifier: MIT */
#include "format/word/rtf.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "format/codepage.h"

#define PENDING_ENOUGH ((size_t)64 * RMN_KIB)
#define PENDING_MAX ((size_t)RMN_MIB)

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

enum rmn_flow
rmn_rtf_flow(const struct rmn_rtf *r)
{
	const struct rmn_rtf_group *g = &r->groups[r->depth];

	if (g->flow >= RMN_FLOW_FIELDS)
		return g->flow;
	return g->is_deleted ? RMN_FLOW_DELETED : g->is_hidden ? RMN_FLOW_HIDDEN : g->flow;
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
		rmn_flow_put(&r->flows, r->pending_flow, rmn_buf_bytes(&r->decoded));
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
	rmn_flow_put(&r->flows, rmn_rtf_flow(r), rmn_bytes_from_string("\xEF\xBF\xBD"));
}

void
rmn_rtf_bytes(struct rmn_rtf *r, struct rmn_bytes bytes)
{
	enum rmn_flow flow = rmn_rtf_flow(r);
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
	rmn_flow_put(&r->flows, rmn_rtf_flow(r),
	    (struct rmn_bytes){encoded, rmn_utf8_encode(code_point, encoded)});
}
