/* SPDX-License-Identifier: MIT
 *
 * Thumbs.db of Windows up to XP: small pictures of a folder's files in streams by number, and "Catalog",
 * which says their names: 16 bytes (length of this head, version, how many, size of the pictures), then
 * for each length, number, date of change, name in UTF-16LE and NUL.  Not documented by Microsoft. */
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/ole/ole.h"

#define ENTRY_HEAD_BYTES 16u

/* One entry: a line of text and a file that is spoken of. */
static enum rmn_status
entry_give(const struct rmn_ole *ole, struct rmn_cursor *c, struct rmn_buf *name)
{
	struct rmn_named named = {.size_bytes = UINT64_MAX, .created = RMN_TIME_UNKNOWN};
	struct rmn_bytes units;
	uint32_t length, number;
	uint64_t changed;
	size_t size = 0;

	if (!rmn_cursor_le32(c, &length) || length < ENTRY_HEAD_BYTES ||
	    !rmn_cursor_le32(c, &number) || !rmn_cursor_le64(c, &changed) ||
	    !rmn_cursor_take(c, length - ENTRY_HEAD_BYTES, &units))
		return RMN_PARTIAL;
	while (size + 2 <= units.size && (units.data[size] || units.data[size + 1]))
		size += 2;
	rmn_buf_clear(name);
	rmn_charset_decode(rmn_bytes_head(units, size), RMN_UTF16LE, name, NULL);
	if (name->failed)
		return rmn_fail(ole->error, RMN_NOMEM, "out of memory");
	rmn_text_put(ole->text, rmn_buf_bytes(name));
	rmn_text_newline(ole->text);
	named.path = rmn_buf_bytes(name);
	named.modified = rmn_time_from_filetime(changed);
	return rmn_sink_named(ole->sink, &named);
}

enum rmn_status
rmn_ole_thumbs(const struct rmn_ole *ole)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(ole->cfb, ole->storage, "Catalog");
	struct rmn_bytes bytes;
	enum rmn_status read, status = RMN_OK;
	uint16_t head, version;
	uint32_t count = 0, given = 0;
	struct rmn_cursor c;
	struct rmn_buf name;

	if (!entry)
		return rmn_fail(ole->error, RMN_CORRUPT, "no catalogue");
	read = rmn_cfb_read(ole->cfb, entry, 16 * RMN_MIB, &bytes, ole->error);
	if (read != RMN_OK && read != RMN_PARTIAL)
		return read;
	c = rmn_cursor_over(bytes);
	rmn_text_part(ole->text, RMN_PART_BODY, rmn_bytes_from_string(""));
	if (!rmn_cursor_le16(&c, &head) || !rmn_cursor_le16(&c, &version) ||
	    !rmn_cursor_le32(&c, &count) || !rmn_cursor_seek(&c, head))
		return rmn_fail(ole->error, RMN_PARTIAL, "the catalogue is damaged");
	rmn_buf_init(&name, 0);
	for (; given < count && status == RMN_OK && ole->text->status == RMN_OK; given++)
		status = entry_give(ole, &c, &name);
	rmn_buf_release(&name);
	if (status == RMN_PARTIAL || (status == RMN_OK && ole->text->status == RMN_OK && read != RMN_OK))
		return rmn_fail(ole->error, RMN_PARTIAL, "the catalogue is damaged: names are missing");
	return status;
}
