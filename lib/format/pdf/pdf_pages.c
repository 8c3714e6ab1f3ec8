/* SPDX-License-Identifier: MIT */
#include "format/pdf/pdf_pages.h"

#include <string.h>

#include "base/limits.h"
#include "format/pdf/ocr_client.h"
#include "format/pdf/pdf_protocol.h"

/* One page on its way from one program to the other. */
struct rendering {
	struct rmn_exchange x;
	uint32_t width, height;
	struct rmn_buf pixels;
	struct rmn_pdf_done done;
	bool is_done;
};

static bool
take_frame(struct rendering *r)
{
	struct rmn_bytes header, payload;
	enum rmn_pdf_frame type;
	uint32_t size;

	if (!rmn_exchange_take(&r->x, RMN_PDF_FRAME_HEADER_BYTES, &header) ||
	    !rmn_pdf_read_header(header, &type, &size) ||
	    !rmn_exchange_take(&r->x, size, &payload))
		return false;
	switch (type) {
	case RMN_PDF_PIXELS:
		return r->width == 0 && rmn_pdf_read_pixels(payload, &r->width, &r->height);
	case RMN_PDF_PIXEL_DATA:
		rmn_buf_append(&r->pixels, payload);
		return !r->pixels.failed;
	case RMN_PDF_DONE:
		r->is_done = true;
		return rmn_pdf_read_done(payload, &r->done) && r->done.request == r->x.request &&
		       rmn_exchange_is_drained(&r->x);
	default:
		return false;
	}
}

/* False: no pixels. */
static bool
render(struct rendering *r, struct rmn_helper *pdf, uint32_t page)
{
	struct rmn_pdf_request request = {.what = RMN_PDF_RENDER, .first = page};
	struct rmn_buf header;
	bool is_fine;

	if (rmn_exchange_begin(&r->x, pdf, RMN_LIMIT_RENDER_SECONDS * 1000, "the PDF reader", NULL) !=
	    RMN_OK)
		return false;
	request.id = r->x.request;
	rmn_buf_init(&header, 0);
	rmn_pdf_write_request(&header, &request);
	is_fine = !header.failed && rmn_exchange_send(&r->x, rmn_buf_bytes(&header));
	rmn_buf_release(&header);
	while (is_fine && !r->is_done)
		is_fine = take_frame(r);
	rmn_exchange_end(&r->x, is_fine);
	return is_fine && r->done.status == RMN_OK && r->width > 0 &&
	       r->pixels.size == (size_t)r->width * r->height;
}

static enum rmn_status
read_page(struct rmn_helper *pdf, struct rmn_helper *ocr, uint32_t page,
    const struct rmn_sink *sink, bool *is_read)
{
	struct rendering r = {.width = 0};
	enum rmn_status status = RMN_OK;

	rmn_buf_init(&r.pixels, RMN_LIMIT_OCR_PIXELS);
	*is_read = false;
	if (render(&r, pdf, page)) {
		struct rmn_ocr_input input = {rmn_buf_bytes(&r.pixels), r.width, r.height, page};
		struct rmn_error error = {0};

		status = rmn_ocr_client_read(ocr, &input, sink, &error);
		*is_read = status == RMN_OK;
		if (status == RMN_CORRUPT || status == RMN_UNSUPPORTED || status == RMN_LIMIT)
			status = rmn_sink_missing(sink, status, "page %u: %s", page, error.text);
	}
	rmn_buf_release(&r.pixels);
	return status;
}

enum rmn_status
rmn_pdf_pages_read(struct rmn_helper *pdf, struct rmn_helper *ocr, struct rmn_bytes pages,
    const struct rmn_sink *sink, size_t *unread)
{
	size_t count = pages.size / sizeof(uint32_t);
	enum rmn_status status = RMN_OK;

	*unread = count;
	/* a program that died has forgotten the document */
	for (size_t i = 0; i < count && i < RMN_LIMIT_OCR_PAGES && status == RMN_OK && !pdf->is_dead;
	     i++) {
		bool is_read;
		uint32_t page;

		memcpy(&page, pages.data + i * sizeof(page), sizeof(page));
		status = read_page(pdf, ocr, page, sink, &is_read);
		*unread -= is_read;
	}
	return status;
}
