/* SPDX-License-Identifier: MIT */
#include "pdf_holes.h"

#include <string.h>

#include "base/holes.h"
#include "format/pdf/sfnt.h"

#define INFLATED_MAX ((size_t)64 << 20)	/* what gives more is not checked to its end */
#define CHECKED_MAX 64u			/* streams with zeros that are inflated for it */
#define WORK_MAX 50000000u		/* objects looked at: honest files have a handful of such runs */

#define TEXT_BYTES ((size_t)48)	/* so many characters on both sides: zeros in text */

struct search {
	fz_context *ctx;
	pdf_document *document;
	struct rmn_bytes pdf;
	const unsigned *losses;
	unsigned checked;
	uint64_t work;
	uint64_t good_end;	/* of the stream found good last; 0: none */
};

/* Behind the last "%%EOF" anything may stand. */
static size_t
end_find(struct rmn_bytes pdf)
{
	struct rmn_bytes mark = rmn_bytes_from_string("%%EOF");

	for (size_t at = pdf.size; at >= mark.size; at--)
		if (memcmp(pdf.data + at - mark.size, mark.data, mark.size) == 0)
			return at;
	return pdf.size;
}

/* The object whose stream starts last in front of a place; 0: none. */
static int
stream_find(struct search *s, size_t place)
{
	int count = pdf_xref_len(s->ctx, s->document), found = 0;
	int64_t best = 0;

	s->work += (uint64_t)count;
	for (int i = 1; i < count; i++) {
		pdf_xref_entry *entry = NULL;

		fz_try(s->ctx)
			entry = pdf_get_xref_entry(s->ctx, s->document, i);
		fz_catch(s->ctx)
			fz_rethrow_if(s->ctx, FZ_ERROR_MEMORY);
		if (!entry || entry->type != 'n' || entry->ofs <= 0 ||
		    (uint64_t)entry->ofs > place || entry->ofs <= best)
			continue;
		best = entry->ofs;
		found = i;
	}
	return found;
}

/* Whether a stream comes to an end. */
static bool
has_end(fz_context *ctx, fz_stream *stream)
{
	unsigned char piece[8192];
	size_t total = 0, got;

	do {
		got = fz_read(ctx, stream, piece, sizeof(piece));
		total += got;
	} while (got > 0 && total < INFLATED_MAX);
	return got == 0;
}

/* Whether a deflated stream can be read to its end, which has a checksum. */
static bool
inflates(struct search *s, int number)
{
	const unsigned before = *s->losses;
	fz_context *ctx = s->ctx;
	fz_stream *stream = NULL;
	bool is_good = false;

	if (s->checked++ == CHECKED_MAX)
		return false;
	fz_var(stream);
	fz_var(is_good);
	fz_try(ctx) {
		stream = pdf_open_stream_number(ctx, s->document, number);
		is_good = has_end(ctx, stream);
		fz_flush_warnings(ctx);
		is_good = is_good && *s->losses == before;
	}
	fz_always(ctx)
		fz_drop_stream(ctx, stream);
	fz_catch(ctx)
		fz_rethrow_if(ctx, FZ_ERROR_MEMORY);
	return is_good;
}

static bool
is_text(struct rmn_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] > '~' || (bytes.data[i] < ' ' && bytes.data[i] != '\n' &&
		    bytes.data[i] != '\r' && bytes.data[i] != '\t'))
			return false;
	return bytes.size == TEXT_BYTES;
}

/* Whether the stream is a TrueType font whose sums say that the zeros are not its own. */
static bool
font_denies(struct search *s, pdf_obj *object, const struct pdf_hole *hole, size_t start)
{
	int length = pdf_dict_get_int(s->ctx, object, PDF_NAME(Length));
	struct rmn_bytes font = rmn_bytes_head(rmn_bytes_after(s->pdf, start), (size_t)fz_maxi(length, 0));

	return pdf_dict_get_int(s->ctx, object, PDF_NAME(Length1)) > 0 && s->checked++ < CHECKED_MAX &&
	    rmn_sfnt_denies(font, hole->start - start, hole->end - start);
}

/* Whether zeros in bytes as they are, from start on, may be meant: not between drawing operators, in XML, in
 * the clear part of a font; nor in the encrypted part of a Type 1 font, which has a second length; nor in a table
 * of a TrueType font, unless its sum is right. */
static bool
plain_is_good(struct search *s, pdf_obj *object, const struct pdf_hole *hole, size_t start)
{
	size_t before = hole->start - start < TEXT_BYTES ? hole->start - start : TEXT_BYTES;
	struct rmn_bytes front = {s->pdf.data + hole->start - before, before};
	struct rmn_bytes behind = rmn_bytes_head(rmn_bytes_after(s->pdf, hole->end), TEXT_BYTES);

	if (pdf_dict_get_int(s->ctx, object, PDF_NAME(Length2)) > 0)
		return false;
	if (font_denies(s, object, hole, start))
		return false;
	return !is_text(behind) || (before == TEXT_BYTES && !is_text(front));
}

/* Whether zeros in the stream may be its own. */
static bool
stream_is_good(struct search *s, pdf_obj *object, int number, const struct pdf_hole *hole, size_t start)
{
	pdf_obj *filter = pdf_dict_geta(s->ctx, object, PDF_NAME(Filter), PDF_NAME(F));

	if (pdf_is_array(s->ctx, filter))
		filter = pdf_array_get(s->ctx, filter, 0);
	if (!filter)
		return plain_is_good(s, object, hole, start);
	if (!pdf_name_eq(s->ctx, filter, PDF_NAME(FlateDecode)) &&
	    !pdf_name_eq(s->ctx, filter, PDF_NAME(Fl)))
		return false;
	return inflates(s, number);
}

static bool
is_filtered(fz_context *ctx, pdf_obj *object)
{
	return pdf_dict_geta(ctx, object, PDF_NAME(Filter), PDF_NAME(F));
}

/* Whether a run of zeros lies in one stream, and may be of it. */
static bool
is_honest(struct search *s, const struct pdf_hole *hole)
{
	fz_context *ctx = s->ctx;
	pdf_obj *object = NULL;

	if (hole->end <= s->good_end)
		return true;
	s->good_end = 0;
	if (s->work > WORK_MAX)
		return false;
	fz_var(object);
	fz_try(ctx) {
		int number = stream_find(s, hole->start);
		pdf_xref_entry *entry = number ? pdf_cache_object(ctx, s->document, number) : NULL;

		if (entry && entry->stm_ofs > 0 && (uint64_t)entry->stm_ofs <= hole->start) {
			uint64_t start = (uint64_t)entry->stm_ofs, length;

			object = pdf_keep_obj(ctx, entry->obj);
			length = (uint64_t)fz_maxi(pdf_dict_get_int(ctx, object, PDF_NAME(Length)), 0);
			if (hole->end - start <= length &&
			    stream_is_good(s, object, number, hole, (size_t)start))
				s->good_end = is_filtered(ctx, object) ? start + length : hole->end;
		}
	}
	fz_always(ctx)
		pdf_drop_obj(ctx, object);
	fz_catch(ctx)
		fz_rethrow_if(ctx, FZ_ERROR_MEMORY);
	return hole->end <= s->good_end;
}

bool
pdf_hole_find(fz_context *ctx, pdf_document *document, struct rmn_bytes pdf,
    const unsigned *losses, struct pdf_hole *hole)
{
	struct search s = {.ctx = ctx,
	    .document = document, .pdf = pdf, .losses = losses};
	struct rmn_bytes whole = rmn_bytes_head(pdf, end_find(pdf));
	size_t at = rmn_bytes_find(whole, rmn_bytes_from_string("%PDF-"));

	at = at == SIZE_MAX ? 0 : at;
	for (; rmn_hole_next(whole, at, &hole->start, &hole->end); at = hole->end)
		if (!is_honest(&s, hole))
			return true;
	return false;
}
