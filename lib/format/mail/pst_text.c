/* SPDX-License-Identifier: MIT
 *
 * The last resort for a broken store: characters in a row, read through the table that hides them, so that
 * they are searched at all.  UTF-16 at any byte, then whatever is a line of ASCII or of CP932. */
#include <string.h>

#include "base/checked.h"
#include "base/limits.h"
#include "charset/charset.h"
#include "format/mail/pst_scan.h"
#include "format/text.h"

#define WINDOW_BYTES ((size_t)256 << 10)
#define OVERLAP_BYTES 4096u
#define UNITS_MIN 6u
#define BYTES_MIN 10u
#define ZEROS_MIN 4u

static bool
is_letter_unit(unsigned unit)
{
	return (unit >= 0x20 && unit < 0x7F) || unit == 9 || unit == 10 || unit == 13 ||
	    (unit >= 0xA0 && unit < 0x600) || (unit >= 0x3000 && unit < 0x3100) ||
	    (unit >= 0x4E00 && unit < 0xA000) || (unit >= 0xAC00 && unit < 0xD7A4) ||
	    (unit >= 0xFF00 && unit < 0xFFE7);
}

/* How many bytes of UTF-16LE text stand here. */
static size_t
wide_run(struct rmn_bytes b)
{
	size_t size = 0;

	while (size + 1 < b.size && is_letter_unit(b.data[size] | (unsigned)b.data[size + 1] << 8))
		size += 2;
	return size;
}

static size_t
narrow_run(struct rmn_bytes b)
{
	size_t size = 0;

	while (size < b.size) {
		unsigned char c = b.data[size], next = size + 1 < b.size ? b.data[size + 1] : 0;

		if ((c >= ' ' && c < 0x7F) || c == '\t' || c == '\r' || c == '\n' ||
		    (c >= 0xA1 && c <= 0xDF))
			size++;
		else if (((c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xEA)) && next >= 0x40 &&
		    next != 0x7F && next < 0xFD)
			size += 2;
		else
			break;
	}
	return rmn_min_size(size, b.size);
}

/* Ideographs that stand for bytes of something else do not come with a space, a kana or a letter. */
static bool
wide_is_text(struct rmn_bytes run)
{
	size_t common = 0;

	for (size_t i = 0; i + 1 < run.size; i += 2) {
		unsigned unit = run.data[i] | (unsigned)run.data[i + 1] << 8;

		common += unit < 0x80 || (unit >= 0x3000 && unit < 0x3100) || unit >= 0xFF00;
	}
	return common * 8 >= run.size / 2;
}

static bool
narrow_is_text(struct rmn_bytes run)
{
	size_t common = 0;

	for (size_t i = 0; i < run.size; i++)
		common += (run.data[i] | 0x20) >= 'a' && (run.data[i] | 0x20) <= 'z';
	return common * 4 >= run.size || (run.data[0] == 0x82 && run.size > 16);
}

static void
run_put(struct rmn_text *text, struct rmn_bytes run, enum rmn_encoding encoding)
{
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(run, encoding, &utf8, NULL);
	rmn_text_put(text, rmn_buf_bytes(&utf8));
	rmn_text_newline(text);
	if (utf8.failed)
		text->status = rmn_fail(text->error, RMN_NOMEM, "out of memory");
	rmn_buf_release(&utf8);
}

/* Puts the runs that begin in the first size bytes; how far they reached. */
static size_t
runs_put(struct rmn_text *text, struct rmn_bytes window, size_t size)
{
	size_t at = 0;

	while (at < size && text->status == RMN_OK) {
		struct rmn_bytes here = rmn_bytes_head(rmn_bytes_after(window, at), OVERLAP_BYTES);
		struct rmn_bytes wide = rmn_bytes_head(here, wide_run(here)), narrow;

		if (wide.size >= UNITS_MIN * 2 && wide_is_text(wide)) {
			run_put(text, wide, RMN_UTF16LE);
			at += wide.size;
			continue;
		}
		narrow = rmn_bytes_head(here, narrow_run(here));
		if (narrow.size >= BYTES_MIN && narrow_is_text(narrow)) {
			run_put(text, narrow, RMN_CP932);
			at += narrow.size;
			continue;
		}
		at += narrow.size > 2 && narrow.size > wide.size ? narrow.size - 1 : 1;
	}
	return at;
}

/* Through the table, but for rows of zeros, which nobody encoded (a letter on its own may be a zero). */
static void
window_decode(unsigned char *bytes, size_t size)
{
	for (size_t i = 0, run; i < size; i += run) {
		for (run = 0; i + run < size && bytes[i + run] == 0; run++)
			continue;
		if (run < ZEROS_MIN) {
			run += run == 0;
			for (size_t j = 0; j < run; j++)
				bytes[i + j] = rmn_pst_permuted(bytes[i + j]);
		}
	}
}

static enum rmn_status
pass_through(const struct rmn_pst *pst, struct rmn_text *text, unsigned char *window)
{
	uint64_t at = 0;

	while (at < pst->content->size_bytes && text->status == RMN_OK) {
		size_t got = 0, size;

		rmn_blob_read(pst->content, at, window, WINDOW_BYTES, &got, NULL);
		if (pst->crypt == RMN_PST_PERMUTE)
			window_decode(window, got);
		size = at + got < pst->content->size_bytes && got > OVERLAP_BYTES ?
		    got - OVERLAP_BYTES : got;
		at += got > 0 ? runs_put(text, (struct rmn_bytes){window, got}, size) : WINDOW_BYTES;
	}
	return rmn_text_flush(text);
}

enum rmn_status
rmn_pst_text_give(const struct rmn_pst *pst, const struct rmn_sink *sink,
    struct rmn_arena *arena, struct rmn_error *error)
{
	unsigned char *window = rmn_arena_take(arena, WINDOW_BYTES);
	struct rmn_text text;

	rmn_text_init(&text, sink, arena, error);
	if (!window || text.status != RMN_OK)
		return rmn_fail(error, RMN_LIMIT, "the store outgrows its memory");
	rmn_text_part(&text, RMN_PART_DELETED, rmn_bytes_from_string("text of a broken store"));
	return pass_through(pst, &text, window);
}
