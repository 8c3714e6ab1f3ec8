/* SPDX-License-Identifier: MIT */
#include "pdf_render.h"

#include <math.h>
#include <mupdf/pdf.h>

#include "base/limits.h"
#include "pdf_walk.h"

#define RESOLUTION_DPI 300.0f

/* Pixels a point: fewer for pages that would be too large. */
static float
page_scale(fz_rect box)
{
	float area = (box.x1 - box.x0) * (box.y1 - box.y0);
	float most = area > 0 ? sqrtf(0.9f * (float)RMN_LIMIT_OCR_PIXELS / area) : 1;

	return fminf(RESOLUTION_DPI / 72, most);
}

static void
send_pixels(fz_context *ctx, fz_pixmap *pixmap, struct pdf_out *out)
{
	int width = fz_pixmap_width(ctx, pixmap), height = fz_pixmap_height(ctx, pixmap);
	int stride = fz_pixmap_stride(ctx, pixmap);
	const unsigned char *row = fz_pixmap_samples(ctx, pixmap);

	if ((uint64_t)width * (uint64_t)height > RMN_LIMIT_OCR_PIXELS)
		fz_throw(ctx, FZ_ERROR_GENERIC, "too many pixels");
	rmn_pdf_write_pixels(&out->message, (uint32_t)width, (uint32_t)height);
	for (int y = 0; y < height; y++, row += stride) {
		rmn_pdf_write_pixel_data(&out->message, (struct rmn_bytes){row, (size_t)width});
		pdf_out_flush(out);
	}
}

/* Pages are numbered as they were read: in the order of our own walk. */
static void
render(fz_context *ctx, pdf_document *document, pdf_obj *object, struct pdf_out *out)
{
	fz_page *page = (fz_page *)pdf_load_page(ctx, document,
	    pdf_lookup_page_number(ctx, document, object));
	fz_pixmap *pixmap = NULL;

	fz_var(pixmap);
	fz_try(ctx) {
		float scale = page_scale(fz_bound_page(ctx, page));

		pixmap = fz_new_pixmap_from_page(ctx, page, fz_scale(scale, scale),
		    fz_device_gray(ctx), 0);
		send_pixels(ctx, pixmap, out);
	}
	fz_always(ctx) {
		fz_drop_pixmap(ctx, pixmap);
		fz_drop_page(ctx, page);
	}
	fz_catch(ctx)
		fz_rethrow(ctx);
}

void
pdf_page_render(fz_context *ctx, struct rmn_bytes pdf, uint32_t number, struct pdf_out *out,
    struct rmn_pdf_done *done)
{
	struct pdf_pages pages = {.items = NULL};
	pdf_document *document = NULL;
	fz_stream *stream = NULL;

	fz_var(document);
	fz_var(stream);
	done->status = RMN_OK;
	fz_try(ctx) {
		stream = fz_open_memory(ctx, pdf.data, pdf.size);
		document = pdf_open_document_with_stream(ctx, stream);
		pdf_needs_password(ctx, document);	/* tries the empty one */
		pdf_pages_find(ctx, document, &pages);
		if (number == 0 || number > pages.count)
			fz_throw(ctx, FZ_ERROR_GENERIC, "no such page");
		render(ctx, document, pages.items[number - 1], out);
	}
	fz_always(ctx) {
		pdf_pages_release(ctx, &pages);
		pdf_drop_document(ctx, document);
		fz_drop_stream(ctx, stream);
		fz_empty_store(ctx);
	}
	fz_catch(ctx) {
		done->status = RMN_CORRUPT;
		done->reason = rmn_bytes_from_string("the page cannot be rendered");
	}
}
