/* SPDX-License-Identifier: MIT */
#include "format/pdf/ocr_client.h"

#include <stdio.h>

#include "base/limits.h"
#include "format/pdf/pdf_protocol.h"
#include "format/pdf/relay.h"

struct reading {
	struct rmn_exchange x;
	const struct rmn_ocr_input *input;
	struct rmn_relay relay;
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
	if (r->relay.status != RMN_OK || !r->relay.sink->part)
		return true;
	snprintf(page, sizeof(page), "page %u", r->input->page);
	if (r->input->page > 0)
		name = rmn_bytes_from_string(page);
	r->relay.status = r->relay.sink->part(r->relay.sink->context, kind, name);
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
		return rmn_relay_text(&r->relay, payload);
	case RMN_PDF_MISSING:
		return rmn_relay_missing(&r->relay, payload);
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
	struct reading r = {.input = input, .relay = {.sink = sink}};
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
	return r.relay.status != RMN_OK ? r.relay.status : status;
}
