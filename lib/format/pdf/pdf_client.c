/* SPDX-License-Identifier: MIT */
#include "format/pdf/pdf_client.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "format/pdf/pdf_pages.h"
#include "format/pdf/pdf_protocol.h"
#include "format/pdf/relay.h"

/* An attached file, kept until the program can be asked again: it may be a PDF itself. */
struct attached {
	struct attached *next;
	struct rmn_pdf_member facts;
	struct rmn_buf name, data;
	enum rmn_status end;
	size_t read;
};

/* One document under way. */
struct reading {
	struct rmn_exchange x;
	struct rmn_relay relay;
	uint64_t attached_bytes;
	struct rmn_helper *pdf, *ocr;
	struct rmn_buf pictures;	/* uint32_t: numbers of pages without text */
	struct attached *first, **last;
	struct attached *current;	/* NULL: none has begun */
	struct rmn_pdf_done done;
	bool is_done;
};

static bool
pass_part(struct reading *r, struct rmn_bytes payload)
{
	enum rmn_part_kind kind;
	struct rmn_bytes name;

	if (!rmn_pdf_read_part(payload, &kind, &name))
		return false;
	if (r->relay.status == RMN_OK && r->relay.sink->part)
		r->relay.status = r->relay.sink->part(r->relay.sink->context, kind, name);
	return true;
}

static bool
pass_property(struct reading *r, struct rmn_bytes payload)
{
	enum rmn_property property;
	struct rmn_bytes name, value;

	if (!rmn_pdf_read_property(payload, &property, &name, &value))
		return false;
	if (r->relay.status != RMN_OK || !r->relay.sink->property)
		return true;
	r->relay.status = property == RMN_PROPERTY_OTHER
	    ? r->relay.sink->property(r->relay.sink->context, property, name, value)
	    : rmn_sink_property(r->relay.sink, property, value);
	return true;
}

static bool
begin_member(struct reading *r, struct rmn_bytes payload)
{
	struct rmn_pdf_member facts;
	struct attached *a;

	if (r->current || !rmn_pdf_read_member(payload, &facts))
		return false;
	a = calloc(1, sizeof(*a));
	if (!a)
		return false;
	a->facts = facts;
	a->end = RMN_CORRUPT;
	rmn_buf_init(&a->name, 0);
	rmn_buf_append(&a->name, facts.name);
	rmn_buf_init(&a->data, RMN_LIMIT_WHOLE_ITEM_BYTES);
	*r->last = a;
	r->last = &a->next;
	r->current = a;
	return true;
}

/* Beyond the bound nothing is kept, and the member says so. */
static bool
add_member_data(struct reading *r, struct rmn_bytes payload)
{
	struct attached *a = r->current;

	if (!a)
		return false;
	if (r->attached_bytes + payload.size > RMN_LIMIT_PDF_ATTACHED_BYTES)
		a->data.failed = true;
	rmn_buf_append(&a->data, payload);
	if (!a->data.failed)
		r->attached_bytes += payload.size;
	return true;
}

static bool
end_member(struct reading *r, struct rmn_bytes payload)
{
	struct attached *a = r->current;
	enum rmn_status status;

	if (!a || !rmn_pdf_read_member_end(payload, &status))
		return false;
	r->current = NULL;
	a->end = a->data.failed ? RMN_LIMIT : status == RMN_OK ? RMN_END : status;
	return true;
}

static bool
take_done(struct reading *r, struct rmn_bytes payload)
{
	r->is_done = true;
	/* nothing may follow until the next request */
	return !r->current && rmn_pdf_read_done(payload, &r->done) &&
	       r->done.request == r->x.request && rmn_exchange_is_drained(&r->x) &&
	       r->pictures.size / sizeof(uint32_t) <= r->done.pages;
}

static bool
take_frame(struct reading *r)
{
	struct rmn_bytes header, payload;
	enum rmn_pdf_frame type;
	uint32_t size, page;

	if (!rmn_exchange_take(&r->x, RMN_PDF_FRAME_HEADER_BYTES, &header) ||
	    !rmn_pdf_read_header(header, &type, &size) ||
	    !rmn_exchange_take(&r->x, size, &payload))
		return false;
	switch (type) {
	case RMN_PDF_PART:
		return pass_part(r, payload);
	case RMN_PDF_TEXT:
		return rmn_relay_text(&r->relay, payload);
	case RMN_PDF_PROPERTY:
		return pass_property(r, payload);
	case RMN_PDF_MISSING:
		return rmn_relay_missing(&r->relay, payload);
	case RMN_PDF_PICTURE:
		if (!rmn_pdf_read_picture(payload, &page))
			return false;
		rmn_buf_append_data(&r->pictures, &page, sizeof(page));
		return !r->pictures.failed;
	case RMN_PDF_MEMBER:
		return begin_member(r, payload);
	case RMN_PDF_MEMBER_DATA:
		return add_member_data(r, payload);
	case RMN_PDF_MEMBER_END:
		return end_member(r, payload);
	case RMN_PDF_DONE:
		return take_done(r, payload);
	case RMN_PDF_PIXELS:
	case RMN_PDF_PIXEL_DATA:
		break;			/* nobody asked for them */
	}
	return false;
}

static bool
converse(struct reading *r, struct rmn_bytes pdf)
{
	struct rmn_pdf_request request = {.id = r->x.request, .what = RMN_PDF_READ,
	    .size_bytes = pdf.size};
	struct rmn_buf header;
	bool is_sent;

	rmn_buf_init(&header, 0);
	rmn_pdf_write_request(&header, &request);
	is_sent = !header.failed && rmn_exchange_send(&r->x, rmn_buf_bytes(&header)) &&
		  rmn_exchange_send(&r->x, pdf);
	rmn_buf_release(&header);
	while (is_sent && !r->is_done)
		if (!take_frame(r))
			return false;
	return is_sent;
}

static enum rmn_status
attached_read(void *state, void *buffer, size_t size, size_t *got, struct rmn_error *error)
{
	struct attached *a = state;
	struct rmn_bytes left = rmn_bytes_after(rmn_buf_bytes(&a->data), a->read);

	left = rmn_bytes_head(left, size);
	*got = left.size;
	a->read += left.size;
	if (left.size > 0) {
		memcpy(buffer, left.data, left.size);
		return RMN_OK;
	}
	return a->end == RMN_END ? RMN_END :
	    rmn_fail(error, a->end, a->end == RMN_LIMIT ? "the attached file is too large" :
		"the attached file cannot be read to its end");
}

/* The program is free again: what is inside may be a PDF. */
static void
give_attached(struct reading *r)
{
	for (struct attached *a = r->first; a && r->relay.status == RMN_OK; a = a->next) {
		struct rmn_member member = {
			.name = rmn_buf_bytes(&a->name),
			.size_bytes = a->facts.size_bytes,
			.created = a->facts.created,
			.modified = a->facts.modified,
		};
		struct rmn_member_reader reader = {attached_read, a};

		r->relay.status = rmn_sink_member(r->relay.sink, &member, &reader);
	}
}

static void
reading_release(struct reading *r)
{
	rmn_buf_release(&r->pictures);
	while (r->first) {
		struct attached *a = r->first;

		r->first = a->next;
		rmn_buf_release(&a->name);
		rmn_buf_release(&a->data);
		free(a);
	}
}

/* Pages that are pictures are read by OCR or said, and make the document partial where they are not. */
static enum rmn_status
read_pictures(struct reading *r, enum rmn_status status, struct rmn_error *error)
{
	size_t count = r->pictures.size / sizeof(uint32_t), unread = count;

	if (count == 0 || r->relay.status != RMN_OK)
		return status;
	if (r->ocr)
		r->relay.status = rmn_pdf_pages_read(r->pdf, r->ocr, rmn_buf_bytes(&r->pictures),
		    r->relay.sink, &unread);
	if (unread == 0 || r->relay.status != RMN_OK)
		return status;
	r->relay.status = rmn_sink_missing(r->relay.sink, RMN_UNSUPPORTED,
	    r->ocr ? "%zu of %u pages are pictures that OCR could not read"
		   : "%zu of %u pages are pictures without text; --ocr reads them",
	    unread, r->done.pages);
	return status == RMN_OK ? rmn_fail(error, RMN_PARTIAL, "a part was not read") : status;
}

static enum rmn_status
outcome(struct reading *r, struct rmn_buf *reason, struct rmn_error *error)
{
	enum rmn_status status = r->done.status;

	if (status != RMN_OK)
		rmn_fail(error, status, "%.*s", (int)rmn_bytes_head(rmn_buf_bytes(reason), 200).size,
		    (const char *)reason->data);
	status = read_pictures(r, status, error);
	give_attached(r);
	return r->relay.status != RMN_OK ? r->relay.status : status;
}

enum rmn_status
rmn_pdf_client_read(struct rmn_helper *pdf, struct rmn_helper *ocr, struct rmn_bytes bytes,
    const struct rmn_sink *sink, struct rmn_error *error)
{
	struct reading r = {.relay = {.sink = sink}, .pdf = pdf, .ocr = ocr};
	enum rmn_status status;
	struct rmn_buf reason;
	bool is_whole;

	if (bytes.size > RMN_LIMIT_WHOLE_ITEM_BYTES)
		return rmn_fail(error, RMN_LIMIT, "a PDF of %zu bytes is not read", bytes.size);
	status = rmn_exchange_begin(&r.x, pdf, RMN_LIMIT_PDF_SECONDS * 1000, "the PDF reader", error);
	if (status != RMN_OK)
		return status;
	r.last = &r.first;
	rmn_buf_init(&r.pictures, 0);
	rmn_buf_init(&reason, 0);
	is_whole = converse(&r, bytes);
	if (is_whole)
		rmn_buf_append(&reason, r.done.reason);
	rmn_exchange_end(&r.x, is_whole);
	if (is_whole) {
		status = outcome(&r, &reason, error);
	} else {
		status = rmn_fail(error, RMN_CORRUPT, "the PDF reader stopped");
		give_attached(&r);
	}
	rmn_buf_release(&reason);
	reading_release(&r);
	return status;
}
