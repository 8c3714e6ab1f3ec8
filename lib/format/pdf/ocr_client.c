/* SPDX-License-Identifier: MIT */
#include "format/pdf/ocr_client.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "format/pdf/pdf_protocol.h"

struct reading {
	struct rmn_exchange x;
	const struct rmn_ocr_input *input;
	const struct rmn_sink *sink;
	uint64_t text_bytes;
	enum rmn_status sink_status;
	struct rmn_pdf_done done;
	bool is_done;
};

static bool
pass_part(struct reading *r, struct rmn_bytes payload)
{
	enum rmn_part_kind kind;
	struct rmn_bytes name;
	char page[24];

	if (!rmn_pdf_read_part(payload, &kind, &name) || kind != RMN_PART_OCR)
		return false;
	if (r->sink_status != RMN_OK || !r->sink->part)
		return true;
	snprintf(page, sizeof(page), "page %u", r->input->page);
	if (r->input->page > 0)
		name = rmn_bytes_from_string(page);
	r->sink_status = r->sink->part(r->sink->context, kind, name);
	return true;
}

static bool
pass_text(struct reading *r, struct rmn_bytes payload)
{
	r->text_bytes += payload.size;
	if (!rmn_utf8_is_valid(payload) || r->text_bytes > RMN_LIMIT_TEXT_BYTES)
		return false;
	if (r->sink_status == RMN_OK)
		r->sink_status = rmn_sink_text(r->sink, payload);
	return true;
}

static bool
pass_missing(struct reading *r, struct rmn_bytes payload)
{
	enum rmn_status why;
	struct rmn_bytes sentence;

	if (!rmn_pdf_read_missing(payload, &why, &sentence))
		return false;
	if (r->sink_status == RMN_OK)
		r->sink_status = rmn_sink_missing(r->sink, why, "%.*s",
		    (int)rmn_bytes_head(sentence, 1000).size, (const char *)sentence.data);
	return true;
}

static bool
take_frame(struct reading *r)
{
	struct rmn_bytes header, payload;
	enum rmn_pdf_frame type;
	uint32_t size;

	if (!rmn_exchange_take(&r->x, RMN_PDF_FRAME_HEADER_BYTES, &header) ||
	    !rmn_pdf_read_header(header, &type, &size) ||
	    !rmn_exchange_take(&r->x, size, &payload))
		return false;
	switch (type) {
	case RMN_PDF_PART:
		return pass_part(r, payload);
	case RMN_PDF_TEXT:
		return pass_text(r, payload);
	case RMN_PDF_MISSING:
		return pass_missing(r, payload);
	case RMN_PDF_DONE:
		r->is_done = true;
		return rmn_pdf_read_done(payload, &r->done) && r->done.request == r->x.request &&
		       rmn_exchange_is_drained(&r->x);
	default:
		return false;
	}
}

static bool
converse(struct reading *r)
{
	const struct rmn_ocr_input *in = r->input;
	struct rmn_pdf_request request = {.id = r->x.request,
	    .what = in->width > 0 ? RMN_OCR_PIXELS : RMN_OCR_FILE, .first = in->width,
	    .second = in->height, .size_bytes = in->bytes.size};
	struct rmn_buf header;
	bool is_sent;

	rmn_buf_init(&header, 0);
	rmn_pdf_write_request(&header, &request);
	is_sent = !header.failed && rmn_exchange_send(&r->x, rmn_buf_bytes(&header)) &&
		  rmn_exchange_send(&r->x, in->bytes);
	rmn_buf_release(&header);
	while (is_sent && !r->is_done)
		if (!take_frame(r))
			return false;
	return is_sent;
}

enum rmn_status
rmn_ocr_client_read(struct rmn_helper *ocr, const struct rmn_ocr_input *input,
    const struct rmn_sink *sink, struct rmn_error *error)
{
	struct reading r = {.input = input, .sink = sink};
	enum rmn_status status;
	bool is_whole;

	if (input->bytes.size > RMN_LIMIT_WHOLE_ITEM_BYTES)
		return rmn_fail(error, RMN_LIMIT, "a picture of %zu bytes is not read",
		    input->bytes.size);
	status = rmn_exchange_begin(&r.x, ocr, RMN_LIMIT_OCR_SECONDS * 1000, "the OCR program", error);
	if (status != RMN_OK)
		return status;
	is_whole = converse(&r);
	status = is_whole ? r.done.status : RMN_CORRUPT;
	if (!is_whole)
		rmn_fail(error, status, "the OCR program stopped");
	else if (status != RMN_OK)
		rmn_fail(error, status, "%.*s", (int)rmn_bytes_head(r.done.reason, 200).size,
		    (const char *)r.done.reason.data);
	rmn_exchange_end(&r.x, is_whole);
	return r.sink_status != RMN_OK ? r.sink_status : status;
}
