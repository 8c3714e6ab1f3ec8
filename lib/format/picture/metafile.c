/* SPDX-License-Identifier: MIT */
#include "format/picture/metafile.h"

#include "base/cursor.h"
#include "base/number.h"
#include "charset/charset.h"
#include "format/text_runs.h"

#define EMF_HEADER 1u
#define EMF_END 14u
#define EMF_TEXT_A 83u
#define EMF_TEXT_W 84u
#define EMF_SMALL_TEXT 108u
#define GLYPHS 0x10u		/* numbers of a font's glyphs instead of characters */
#define SMALL_8_BIT 0x200u
#define SMALL_NO_CLIP 0x100u
#define WMF_TEXT 0x0521u
#define WMF_TEXT_EXT 0x0A32u
#define WMF_CLIPS 6u		/* a rectangle stands before the string */
#define PLACEABLE 0x9AC6CDD7u

struct line {
	struct rmn_text *text;
	int32_t y;
	bool has_text;
};

static void
place(struct line *l, int32_t y)
{
	if (l->has_text && y != l->y)
		rmn_text_newline(l->text);
	l->y = y;
	l->has_text = true;
}

static void
narrow_put(struct line *l, struct rmn_bytes bytes)
{
	struct rmn_buf utf8;
	size_t bad = 0;

	rmn_buf_init(&utf8, 0);
	rmn_charset_decode(bytes, RMN_CP932, &utf8, &bad);
	if (bad > 0) {
		rmn_buf_clear(&utf8);
		rmn_charset_decode(bytes, RMN_CP1252, &utf8, NULL);
	}
	if (rmn_text_is_clean(rmn_buf_bytes(&utf8)))
		rmn_text_put(l->text, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
}

/* EMR_EXTTEXTOUT: bounds, mode, scale, then where, how many, and where the string stands. */
static void
emf_text(struct line *l, struct rmn_bytes record, bool is_wide)
{
	struct rmn_cursor c = rmn_cursor_over(record);
	struct rmn_bytes string;
	uint32_t x, y, count, offset, options;
	size_t unit = is_wide ? 2 : 1;

	if (!rmn_cursor_seek(&c, 36) || !rmn_cursor_le32(&c, &x) || !rmn_cursor_le32(&c, &y) ||
	    !rmn_cursor_le32(&c, &count) || !rmn_cursor_le32(&c, &offset) ||
	    !rmn_cursor_le32(&c, &options) || (options & GLYPHS) ||
	    !rmn_cursor_seek(&c, offset) || count > rmn_cursor_left(&c) / unit ||
	    !rmn_cursor_take(&c, count * unit, &string))
		return;
	place(l, (int32_t)y);
	if (is_wide)
		rmn_text_utf16_put(l->text, string, false);
	else
		narrow_put(l, string);
}

static void
emf_small_text(struct line *l, struct rmn_bytes record)
{
	struct rmn_cursor c = rmn_cursor_over(record);
	struct rmn_bytes string;
	uint32_t x, y, count, options;
	size_t unit;

	if (!rmn_cursor_seek(&c, 8) || !rmn_cursor_le32(&c, &x) || !rmn_cursor_le32(&c, &y) ||
	    !rmn_cursor_le32(&c, &count) || !rmn_cursor_le32(&c, &options) ||
	    (options & GLYPHS) || !rmn_cursor_skip(&c, 12))
		return;
	unit = options & SMALL_8_BIT ? 1 : 2;
	if ((!(options & SMALL_NO_CLIP) && !rmn_cursor_skip(&c, 16)) ||
	    count > rmn_cursor_left(&c) / unit || !rmn_cursor_take(&c, count * unit, &string))
		return;
	place(l, (int32_t)y);
	if (unit == 2)
		rmn_text_utf16_put(l->text, string, false);
	else
		narrow_put(l, string);
}

static bool
emf_give(struct line *l, struct rmn_bytes emf)
{
	struct rmn_cursor c = rmn_cursor_over(emf), at;
	struct rmn_bytes record;
	uint32_t type, size;

	while (l->text->status == RMN_OK) {
		at = c;
		if (!rmn_cursor_le32(&at, &type) || !rmn_cursor_le32(&at, &size) || size < 8 ||
		    !rmn_cursor_take(&c, size, &record))
			return false;
		if (type == EMF_TEXT_W || type == EMF_TEXT_A)
			emf_text(l, record, type == EMF_TEXT_W);
		else if (type == EMF_SMALL_TEXT)
			emf_small_text(l, record);
		else if (type == EMF_END)
			return true;
	}
	return false;
}

static void
wmf_text(struct line *l, unsigned function, struct rmn_cursor c)
{
	struct rmn_bytes string;
	uint16_t count, y = 0, x, options;

	if (function == WMF_TEXT) {
		if (!rmn_cursor_le16(&c, &count) || !rmn_cursor_take(&c, count, &string) ||
		    !rmn_cursor_skip(&c, count & 1))
			return;
		if (!rmn_cursor_le16(&c, &y))
			y = 0;
	} else if (!rmn_cursor_le16(&c, &y) || !rmn_cursor_le16(&c, &x) ||
	    !rmn_cursor_le16(&c, &count) || !rmn_cursor_le16(&c, &options) ||
	    (options & GLYPHS) || ((options & WMF_CLIPS) && !rmn_cursor_skip(&c, 8)) ||
	    !rmn_cursor_take(&c, count, &string)) {
		return;
	}
	place(l, y);
	narrow_put(l, string);
}

static bool
wmf_give(struct line *l, struct rmn_bytes wmf)
{
	struct rmn_cursor c = rmn_cursor_over(wmf), at;
	struct rmn_bytes record;
	uint32_t words;
	uint16_t function;

	if (!rmn_cursor_skip(&c, 18))
		return false;
	while (l->text->status == RMN_OK) {
		at = c;
		if (!rmn_cursor_le32(&at, &words) || !rmn_cursor_le16(&at, &function) ||
		    words < 3 || words > rmn_cursor_left(&c) / 2 ||
		    !rmn_cursor_take(&c, (size_t)words * 2, &record))
			return false;
		if (function == 0)
			return true;
		at = rmn_cursor_over(rmn_bytes_after(record, 6));
		if (function == WMF_TEXT || function == WMF_TEXT_EXT)
			wmf_text(l, function, at);
	}
	return false;
}

bool
rmn_metafile_give(struct rmn_text *text, struct rmn_bytes metafile)
{
	struct line l = {.text = text};
	bool is_whole;

	if (metafile.size < 44)
		return false;
	if (rmn_le32(metafile.data) == EMF_HEADER && rmn_le32(metafile.data + 40) == 0x464D4520) {
		is_whole = emf_give(&l, metafile);
	} else {
		if (rmn_le32(metafile.data) == PLACEABLE)
			metafile = rmn_bytes_after(metafile, 22);
		if (rmn_le16(metafile.data + 2) != 9)
			return false;
		is_whole = wmf_give(&l, metafile);
	}
	rmn_text_newline(text);
	return is_whole;
}
