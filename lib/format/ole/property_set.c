/* SPDX-License-Identifier: MIT */
#include "format/ole/property_set.h"

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/codepage.h"

#define TYPE_I2 2u
#define TYPE_I4 3u
#define TYPE_BOOL 11u
#define TYPE_LPSTR 30u
#define TYPE_LPWSTR 31u
#define TYPE_FILETIME 64u
#define NAMES_ID 0u
#define CODEPAGE_ID 1u
#define CODEPAGE_WIDE 1200u
#define SECTION_COUNT_AT 24u
#define FIRST_SECTION_AT 44u
#define SECOND_SECTION_AT 64u
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

/* Appends a string of so many bytes (or units) up to its NUL. */
static void
string_decode(const struct set *s, struct rmn_bytes bytes, bool is_wide, struct rmn_buf *utf8)
{
	size_t start = utf8->size, end = start;

	if (is_wide)
		rmn_charset_decode(bytes, RMN_UTF16LE, utf8, NULL);
	else
		rmn_codepage_decode(s->codepage, bytes, utf8);
	while (end < utf8->size && utf8->data[end] != '\0')
		end++;
	utf8->size = end;
}

/* The value behind its type as text; what is no value of a document's properties stays empty. */
static void
value_decode(const struct set *s, uint32_t type, struct rmn_cursor *value, struct rmn_buf *utf8)
{
	char when[RMN_TIME_TEXT_BYTES];
	struct rmn_bytes bytes;
	uint64_t filetime;
	uint32_t number;
	uint16_t truth;

	switch (type & 0xFFFF) {
	case TYPE_LPSTR:
	case TYPE_LPWSTR:
		if (rmn_cursor_le32(value, &number) && number <= STREAM_MAX &&
		    rmn_cursor_take(value, type == TYPE_LPWSTR ? (size_t)number * 2 : number, &bytes))
			string_decode(s, bytes, type == TYPE_LPWSTR, utf8);
		break;
	case TYPE_FILETIME:
		if (!rmn_cursor_le64(value, &filetime) || filetime <= FILETIME_1970 ||
		    filetime - FILETIME_1970 >= UINT64_MAX / 400)
			break;
		rmn_time_text((int64_t)(filetime - FILETIME_1970) * 100, when);
		rmn_buf_append_string(utf8, when);
		break;
	case TYPE_I4:
		if (rmn_cursor_le32(value, &number))
			rmn_buf_printf(utf8, "%d", (int)number);
		break;
	case TYPE_BOOL:
		if (rmn_cursor_le16(value, &truth))
			rmn_buf_append_string(utf8, truth ? "true" : "false");
		break;
	default:
		break;
	}
}

static void
property_give(const struct set *s, uint32_t id, enum rmn_property property, const char *name)
{
	struct rmn_cursor value;
	struct rmn_buf utf8;
	uint32_t type;

	if (!value_find(s, id, &type, &value))
		return;
	rmn_buf_init(&utf8, 0);
	value_decode(s, type, &value, &utf8);
	/* no entities here: an ampersand must survive */
	if (utf8.size > 0)
		rmn_text_property_plain(s->text, s->arena, property, name, rmn_buf_bytes(&utf8));
	rmn_buf_release(&utf8);
}

static bool
section_open(struct set *s, struct rmn_bytes stream, size_t offset_at)
{
	struct rmn_cursor c = rmn_cursor_over(stream), value;
	uint32_t offset, type;
	uint16_t codepage;

	if (!rmn_cursor_seek(&c, offset_at) || !rmn_cursor_le32(&c, &offset))
		return false;
	s->section = rmn_bytes_after(stream, offset);
	s->codepage = 0;
	if (value_find(s, CODEPAGE_ID, &type, &value) && type == TYPE_I2 &&
	    rmn_cursor_le16(&value, &codepage))
		s->codepage = codepage;
	return true;
}

/* The properties that the user made up: their names are property 0, a list (MS-OLEPS 2.17). */
static void
custom_give(const struct set *s)
{
	bool is_wide = s->codepage == CODEPAGE_WIDE;
	struct rmn_cursor c;
	struct rmn_bytes bytes;
	uint32_t count, id, size;

	if (!value_find(s, NAMES_ID, &count, &c))
		return;
	for (uint32_t i = 0; i < count && i < PROPERTIES_MAX; i++) {
		struct rmn_buf name;

		if (!rmn_cursor_le32(&c, &id) || !rmn_cursor_le32(&c, &size) || size > STREAM_MAX ||
		    !rmn_cursor_take(&c, is_wide ? (size_t)size * 2 : size, &bytes) ||
		    (is_wide && size % 2 && !rmn_cursor_skip(&c, 2)))
			return;
		rmn_buf_init(&name, 0);
		string_decode(s, bytes, is_wide, &name);
		/* those with an underscore are the programs' own, and lead to blobs */
		if (name.size > 0 && name.data[0] != '_')
			property_give(s, id, RMN_PROPERTY_OTHER, rmn_buf_string(&name));
		rmn_buf_release(&name);
	}
}

static const struct {
	const char *name;
	const struct row *rows;
} sets[] = {
	{"\005SummaryInformation", summary_rows},
	{"\005DocumentSummaryInformation", document_rows},
	{"\005HwpSummaryInformation", summary_rows},
};

#define SET_COUNT (sizeof(sets) / sizeof(sets[0]))

/* The number of the set; SET_COUNT: none. */
static size_t
set_find(const char *name)
{
	size_t i = 0;

	while (i < SET_COUNT && strcmp(sets[i].name, name) != 0)
		i++;
	return i;
}

bool
rmn_property_set_is(const char *name)
{
	return set_find(name) < SET_COUNT;
}

bool
rmn_property_set_give(const char *name, struct rmn_bytes bytes, struct rmn_arena *arena,
    struct rmn_text *text)
{
	struct set s = {.text = text, .arena = arena};
	struct rmn_cursor c = rmn_cursor_over(bytes);
	size_t which = set_find(name);
	uint32_t sections;

	if (which == SET_COUNT || !section_open(&s, bytes, FIRST_SECTION_AT))
		return false;
	for (const struct row *row = sets[which].rows; row->property != RMN_PROPERTY_COUNT; row++)
		property_give(&s, row->id, row->property, row->name);
	if (rmn_cursor_seek(&c, SECTION_COUNT_AT) && rmn_cursor_le32(&c, &sections) &&
	    sections > 1 && section_open(&s, bytes, SECOND_SECTION_AT))
		custom_give(&s);
	return true;
}

void
rmn_property_sets_give(struct rmn_cfb *cfb, struct rmn_text *text)
{
	for (size_t i = 0; i < SET_COUNT; i++) {
		const struct rmn_cfb_entry *entry = rmn_cfb_find(cfb, 0, sets[i].name);
		struct rmn_bytes bytes = {NULL, 0};

		if (!entry)
			continue;
		rmn_cfb_read(cfb, entry, STREAM_MAX, &bytes, NULL);
		/* some writers leave an empty one */
		if (!rmn_property_set_give(sets[i].name, bytes, cfb->arena, text))
			cfb->is_damaged = cfb->is_damaged || entry->size_bytes > FIRST_SECTION_AT;
	}
}
