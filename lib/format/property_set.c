/* SPDX-License-Identifier: MIT */
#include "format/property_set.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/codepage.h"

#define TYPE_I2 2u
#define TYPE_LPSTR 30u
#define TYPE_LPWSTR 31u
#define TYPE_FILETIME 64u
#define CODEPAGE_ID 1u
#define PROPERTIES_MAX 256u
#define STREAM_MAX ((uint64_t)1 << 20)
#define FILETIME_1970 116444736000000000ull	/* 100 ns since 1601 */

struct row {
	uint32_t id;
	enum rmn_property property;
	const char *name;
};

static const struct row summary_rows[] = {
	{2, RMN_PROPERTY_TITLE, NULL}, {3, RMN_PROPERTY_SUBJECT, NULL},
	{4, RMN_PROPERTY_AUTHOR, NULL}, {5, RMN_PROPERTY_KEYWORDS, NULL},
	{6, RMN_PROPERTY_OTHER, "description"}, {7, RMN_PROPERTY_OTHER, "template"},
	{8, RMN_PROPERTY_LAST_AUTHOR, NULL}, {9, RMN_PROPERTY_OTHER, "revision"},
	{11, RMN_PROPERTY_OTHER, "last_printed"}, {12, RMN_PROPERTY_CREATED, NULL},
	{13, RMN_PROPERTY_MODIFIED, NULL}, {18, RMN_PROPERTY_APPLICATION, NULL},
	{0, RMN_PROPERTY_COUNT, NULL},
};

static const struct row document_rows[] = {
	{2, RMN_PROPERTY_OTHER, "category"}, {14, RMN_PROPERTY_MANAGER, NULL},
	{15, RMN_PROPERTY_COMPANY, NULL}, {0, RMN_PROPERTY_COUNT, NULL},
};

struct set {
	struct rmn_text *text;
	struct rmn_arena *arena;
	struct rmn_bytes section;
	unsigned codepage;
};

/* The property's value, or false. */
static bool
value_find(const struct set *s, uint32_t wanted, uint32_t *type, struct rmn_cursor *value)
{
	struct rmn_cursor c = rmn_cursor_over(s->section);
	uint32_t size, count, id, offset;

	if (!rmn_cursor_le32(&c, &size) || !rmn_cursor_le32(&c, &count))
		return false;
	for (uint32_t i = 0; i < count && i < PROPERTIES_MAX; i++) {
		if (!rmn_cursor_le32(&c, &id) || !rmn_cursor_le32(&c, &offset))
			return false;
		if (id != wanted)
			continue;
		*value = rmn_cursor_over(s->section);
		return rmn_cursor_seek(value, offset) && rmn_cursor_le32(value, type);
	}
	return false;
}

static void
string_give(const struct set *s, const struct row *row, uint32_t type, struct rmn_cursor *value)
{
	struct rmn_bytes bytes;
	struct rmn_buf utf8;
	uint32_t size;
	size_t end;

	if (!rmn_cursor_le32(value, &size) || size > STREAM_MAX ||
	    !rmn_cursor_take(value, type == TYPE_LPWSTR ? (size_t)size * 2 : size, &bytes))
		return;
	rmn_buf_init(&utf8, 0);
	if (type == TYPE_LPWSTR)
		rmn_charset_decode(bytes, RMN_UTF16LE, &utf8, NULL);
	else
		rmn_codepage_decode(s->codepage, bytes, &utf8);
	for (end = 0; end < utf8.size && utf8.data[end] != '\0'; end++)
		continue;
	/* no entities here: an ampersand must survive */
	if (end > 0)
		rmn_text_property_plain(s->text, s->arena, row->property, row->name,
		    (struct rmn_bytes){utf8.data, end});
	rmn_buf_release(&utf8);
}

static void
row_give(const struct set *s, const struct row *row)
{
	struct rmn_cursor value;
	uint32_t type;
	uint64_t filetime;
	char when[RMN_TIME_TEXT_BYTES];

	if (!value_find(s, row->id, &type, &value))
		return;
	type &= 0xFFFF;
	if (type == TYPE_LPSTR || type == TYPE_LPWSTR) {
		string_give(s, row, type, &value);
	} else if (type == TYPE_FILETIME && rmn_cursor_le64(&value, &filetime) &&
	    filetime > FILETIME_1970 && filetime - FILETIME_1970 < UINT64_MAX / 400) {
		rmn_time_text((int64_t)(filetime - FILETIME_1970) * 100, when);
		rmn_text_property_plain(s->text, s->arena, row->property, row->name,
		    rmn_bytes_from_string(when));
	}
}

static void
set_give(struct rmn_cfb *cfb, struct rmn_text *text, const char *stream, const struct row *rows)
{
	const struct rmn_cfb_entry *entry = rmn_cfb_find(cfb, 0, stream);
	struct set s = {.text = text, .arena = cfb->arena};
	struct rmn_cursor c, value;
	struct rmn_bytes bytes;
	uint32_t offset, type;
	uint16_t codepage;

	if (!entry)
		return;
	rmn_cfb_read(cfb, entry, STREAM_MAX, &bytes, NULL);
	c = rmn_cursor_over(bytes);
	if (!rmn_cursor_seek(&c, 44) || !rmn_cursor_le32(&c, &offset))
		return;
	s.section = rmn_bytes_after(bytes, offset);
	if (value_find(&s, CODEPAGE_ID, &type, &value) && type == TYPE_I2 &&
	    rmn_cursor_le16(&value, &codepage))
		s.codepage = codepage;
	for (; rows->property != RMN_PROPERTY_COUNT; rows++)
		row_give(&s, rows);
}

void
rmn_property_sets_give(struct rmn_cfb *cfb, struct rmn_text *text)
{
	set_give(cfb, text, "\005SummaryInformation", summary_rows);
	set_give(cfb, text, "\005DocumentSummaryInformation", document_rows);
}
