/* SPDX-License-Identifier: MIT
 *
 * Files in packages, as "Insert, Object, from file" makes them. */
#include <string.h>

#include "base/cursor.h"
#include "charset/charset.h"
#include "format/member_bytes.h"
#include "format/ole/ole_object.h"

#define KIND_EMBEDDED 3u
#define NAME_MAX 1024u

static bool
string_read(struct rmn_cursor *c, struct rmn_bytes *string)
{
	struct rmn_bytes left = rmn_bytes_after(c->bytes, c->offset);
	const unsigned char *end = left.size > 0 ? memchr(left.data, '\0', left.size) : NULL;

	if (!end || end - left.data > (ptrdiff_t)NAME_MAX)
		return false;
	*string = rmn_bytes_head(left, (size_t)(end - left.data));
	return rmn_cursor_skip(c, string->size + 1);
}

static bool
utf16_read(struct rmn_cursor *c, struct rmn_bytes *string)
{
	uint32_t units;

	return rmn_cursor_le32(c, &units) && units <= NAME_MAX &&
	    rmn_cursor_take(c, (size_t)units * 2, string);
}

bool
rmn_ole_package_read(struct rmn_bytes native, struct rmn_ole_package *package)
{
	struct rmn_ole_package p = {.is_cut = false};
	struct rmn_cursor c = rmn_cursor_over(native);
	struct rmn_bytes copy_utf16;
	uint16_t version, zero, kind;
	uint32_t size;

	if (!rmn_cursor_le16(&c, &version) || version != 2 || !string_read(&c, &p.label) ||
	    !string_read(&c, &p.path) || !rmn_cursor_le16(&c, &zero) ||
	    !rmn_cursor_le16(&c, &kind) || kind != KIND_EMBEDDED || !rmn_cursor_le32(&c, &size) ||
	    size > NAME_MAX || !rmn_cursor_take(&c, size, &p.copy_path) ||
	    !rmn_cursor_le32(&c, &size))
		return false;
	if (p.copy_path.size > 0)
		p.copy_path = rmn_bytes_head(p.copy_path,
		    strnlen((const char *)p.copy_path.data, p.copy_path.size));
	p.is_cut = !rmn_cursor_take(&c, size, &p.data);
	if (p.is_cut)
		p.data = rmn_bytes_after(native, c.offset);
	else if (!utf16_read(&c, &copy_utf16) || !utf16_read(&c, &p.label_utf16) ||
	    !utf16_read(&c, &p.path_utf16))
		p.label_utf16 = p.path_utf16 = (struct rmn_bytes){NULL, 0};
	*package = p;
	return true;
}

/* A name in whatever code page the writer's machine had. */
static void
name_decode(struct rmn_text *text, struct rmn_bytes name, struct rmn_bytes utf16,
    struct rmn_buf *utf8)
{
	enum rmn_encoding encoding = rmn_charset_guess(name).encoding;

	if (utf16.size > 0)
		rmn_charset_decode(utf16, RMN_UTF16LE, utf8, NULL);
	else
		rmn_charset_decode(name, encoding == RMN_ENCODING_UNKNOWN ? RMN_CP1252 : encoding,
		    utf8, NULL);
	if (utf8->failed && text->status == RMN_OK)
		text->status = rmn_fail(text->error, RMN_NOMEM, "out of memory");
}

static void
path_put(struct rmn_text *text, struct rmn_bytes path, struct rmn_bytes utf16)
{
	struct rmn_buf utf8;

	if (path.size == 0 && utf16.size == 0)
		return;
	rmn_buf_init(&utf8, 0);
	name_decode(text, path, utf16, &utf8);
	rmn_text_cell(text, rmn_buf_bytes(&utf8));
	rmn_text_char(text, '\n');
	rmn_buf_release(&utf8);
}

bool
rmn_ole_package_give(struct rmn_bytes native, struct rmn_text *text)
{
	static const struct rmn_bytes none = {NULL, 0};
	struct rmn_ole_package p;
	struct rmn_buf name;

	if (!rmn_ole_package_read(native, &p))
		return false;
	rmn_text_part(text, RMN_PART_BODY, rmn_bytes_from_string("embedded files"));
	path_put(text, p.path, p.path_utf16);
	if (!rmn_bytes_equal(p.copy_path, p.path))
		path_put(text, p.copy_path, none);
	rmn_buf_init(&name, 0);
	name_decode(text, p.label, p.label_utf16, &name);
	if (rmn_member_bytes_give(text, rmn_buf_bytes(&name), p.data) && p.is_cut)
		text->status = rmn_sink_missing(text->sink, RMN_PARTIAL,
		    "an embedded file is cut short");
	rmn_buf_release(&name);
	return true;
}
