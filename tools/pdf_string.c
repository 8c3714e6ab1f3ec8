/* SPDX-License-Identifier: MIT */
#include "pdf_string.h"

#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "charset/charset.h"

#define STREAM_BYTES_MAX RMN_MIB

static void
append_valid(struct rmn_buf *text, struct rmn_bytes utf8)
{
	if (rmn_utf8_is_valid(utf8)) {
		rmn_buf_append(text, utf8);
		return;
	}
	for (size_t at = 0; at < utf8.size;)
		rmn_buf_append_utf8(text, rmn_utf8_next(utf8, &at, NULL));
}

static bool
has_mark(struct rmn_bytes raw)
{
	return rmn_bytes_start_with(raw, "\xFE\xFF") || rmn_bytes_start_with(raw, "\xFF\xFE") ||
	       rmn_bytes_start_with(raw, "\xEF\xBB\xBF");
}

/* Bytes of a string without a mark that are Japanese or UTF-8 by their structure. */
static bool
append_unmarked(struct rmn_bytes raw, struct rmn_buf *text)
{
	struct rmn_charset_guess guess;
	bool is_ascii = true;

	for (size_t i = 0; i < raw.size; i++)
		is_ascii &= raw.data[i] < 0x80 && raw.data[i] != 0x1B;
	if (is_ascii || has_mark(raw))
		return false;
	guess = rmn_charset_guess(raw);
	if (!guess.is_text || guess.confidence < 80)
		return false;
	switch (guess.encoding) {
	case RMN_CP932:
	case RMN_EUC_JP:
	case RMN_ISO_2022_JP:
	case RMN_UTF8:
		return rmn_charset_decode(raw, guess.encoding, text, NULL) == RMN_OK;
	default:
		return false;
	}
}

static void
append_stream(fz_context *ctx, pdf_obj *object, struct rmn_buf *text)
{
	fz_stream *stream = pdf_open_stream(ctx, object);
	unsigned char piece[4096];
	struct rmn_buf raw;
	pdf_obj *string = NULL;

	rmn_buf_init(&raw, STREAM_BYTES_MAX);
	fz_var(string);
	fz_try(ctx) {
		size_t got;

		while (!raw.failed && (got = fz_read(ctx, stream, piece, sizeof(piece))) > 0)
			rmn_buf_append_data(&raw, piece, got);
		string = pdf_new_string(ctx, (const char *)raw.data, raw.size);
		pdf_string_append(ctx, string, text);
	}
	fz_always(ctx) {
		pdf_drop_obj(ctx, string);
		fz_drop_stream(ctx, stream);
		rmn_buf_release(&raw);
	}
	fz_catch(ctx)
		fz_rethrow(ctx);
}

bool
pdf_string_append(fz_context *ctx, pdf_obj *object, struct rmn_buf *text)
{
	size_t before = text->size, size = 0;

	if (pdf_is_stream(ctx, object)) {
		append_stream(ctx, object, text);
	} else if (pdf_is_name(ctx, object)) {
		append_valid(text, rmn_bytes_from_string(pdf_to_name(ctx, object)));
	} else if (pdf_is_string(ctx, object)) {
		const char *data = pdf_to_string(ctx, object, &size);
		struct rmn_bytes raw = {(const unsigned char *)data, size};

		if (!append_unmarked(raw, text))
			append_valid(text,
			    rmn_bytes_from_string(pdf_to_text_string(ctx, object)));
	}
	return text->size > before;
}

bool
pdf_string_append_line(fz_context *ctx, pdf_obj *object, struct rmn_buf *text)
{
	size_t at = text->size;
	bool is_added = pdf_string_append(ctx, object, text);

	for (; at < text->size; at++)
		if (text->data[at] == '\n' || text->data[at] == '\r' || text->data[at] == '\t')
			text->data[at] = ' ';
	return is_added;
}
