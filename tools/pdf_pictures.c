/* SPDX-License-Identifier: MIT */
#include "pdf_pictures.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

/* Forms in forms; objects looked at. */
#define DEPTH_MAX 4
#define OBJECTS_MAX 4000
#define CONTENTS_BYTES (16 * RMN_MIB)

struct level {
	pdf_obj *objects;
	int next;
};

static uint64_t
picture_pixels(fz_context *ctx, pdf_obj *picture)
{
	int width = pdf_dict_get_int(ctx, picture, PDF_NAME(Width));
	int height = pdf_dict_get_int(ctx, picture, PDF_NAME(Height));

	return width > 0 && height > 0 ? (uint64_t)width * (uint64_t)height : 0;
}

/* Whether the contents say "/name Do": pages often share one list of everything. */
static bool
is_drawn(struct rmn_bytes contents, const char *name)
{
	struct rmn_bytes wanted = rmn_bytes_from_string(name);
	size_t at = 0, found;

	while ((found = rmn_bytes_find(rmn_bytes_after(contents, at), wanted)) != SIZE_MAX) {
		size_t start = at + found;

		at = start + wanted.size;
		if (start == 0 || contents.data[start - 1] != '/' || at >= contents.size ||
		    !isspace(contents.data[at]))
			continue;
		while (at < contents.size && isspace(contents.data[at]))
			at++;
		if (rmn_bytes_start_with(rmn_bytes_after(contents, at), "Do"))
			return true;
	}
	return false;
}

static uint64_t
count_pixels(fz_context *ctx, pdf_obj *objects, struct rmn_bytes contents)
{
	struct level levels[DEPTH_MAX] = {{objects, 0}};
	size_t depth = 0;
	uint64_t pixels = 0;

	for (unsigned looked = 0; looked < OBJECTS_MAX; looked++) {
		struct level *level = &levels[depth];
		pdf_obj *object, *type, *below;
		int index = level->next++;

		if (index >= pdf_dict_len(ctx, level->objects)) {
			if (depth-- == 0)
				break;
			continue;
		}
		if (depth == 0 && !is_drawn(contents,
		    pdf_to_name(ctx, pdf_dict_get_key(ctx, level->objects, index))))
			continue;
		object = pdf_dict_get_val(ctx, level->objects, index);
		type = pdf_dict_get(ctx, object, PDF_NAME(Subtype));
		if (pdf_name_eq(ctx, type, PDF_NAME(Image)))
			pixels += picture_pixels(ctx, object);
		below = pdf_name_eq(ctx, type, PDF_NAME(Form)) ?
		    pdf_dict_get(ctx, pdf_dict_get(ctx, object, PDF_NAME(Resources)),
			PDF_NAME(XObject)) : NULL;
		if (below && depth + 1 < DEPTH_MAX)
			levels[++depth] = (struct level){below, 0};
	}
	return pixels;
}

static void
load_contents(fz_context *ctx, pdf_document *document, pdf_obj *page, struct rmn_buf *contents)
{
	fz_stream *stream = pdf_open_contents_stream(ctx, document,
	    pdf_dict_get(ctx, page, PDF_NAME(Contents)));
	unsigned char piece[4096];

	fz_try(ctx) {
		size_t got;

		while (!contents->failed && (got = fz_read(ctx, stream, piece, sizeof(piece))) > 0)
			rmn_buf_append_data(contents, piece, got);
	}
	fz_always(ctx)
		fz_drop_stream(ctx, stream);
	fz_catch(ctx)
		fz_rethrow(ctx);
}

uint64_t
pdf_pictures_pixels(fz_context *ctx, pdf_document *document, pdf_obj *page)
{
	pdf_obj *resources = pdf_dict_get_inheritable(ctx, page, PDF_NAME(Resources));
	pdf_obj *objects = pdf_dict_get(ctx, resources, PDF_NAME(XObject));
	struct rmn_buf contents;
	uint64_t pixels = 0;

	if (pdf_dict_len(ctx, objects) == 0)
		return 0;
	rmn_buf_init(&contents, CONTENTS_BYTES);
	fz_var(pixels);
	fz_try(ctx) {
		load_contents(ctx, document, page, &contents);
		pixels = count_pixels(ctx, objects, rmn_buf_bytes(&contents));
	}
	fz_always(ctx)
		rmn_buf_release(&contents);
	fz_catch(ctx)
		fz_rethrow(ctx);
	return pixels;
}
