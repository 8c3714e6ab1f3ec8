/* SPDX-License-Identifier: MIT */
#include "format/mail/mapi.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "charset/charset.h"
#include "format/codepage.h"

#define VALUES_MAX 65536u			/* of one object; honest ones have a few hundred */
#define GUESS_BYTES 65536u

enum { ID_RTF = 0x1009, ID_HTML = 0x1013, LID_LIST_MEMBER = 0x8054, ID_LOCALE = 0x3FF1, ID_MESSAGE_CODEPAGE = 0x3FFD, ID_INTERNET_CODEPAGE = 0x3FDE };

enum rmn_mapi_set
rmn_mapi_set_from(struct rmn_bytes guid)
{
	static const struct {
		unsigned char first;
		enum rmn_mapi_set set;
	} outlook[] = {{0x02, RMN_MAPI_APPOINTMENT}, {0x03, RMN_MAPI_TASK}, {0x04, RMN_MAPI_ADDRESS},
	    {0x08, RMN_MAPI_COMMON}, {0x0A, RMN_MAPI_LOG}};
	/* {000203xx-0000-0000-C000-000000000046} */
	static const unsigned char public[] = {0, 3, 2, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
	/* {000620xx-0000-0000-C000-000000000046} and PSETID_Meeting */
	static const unsigned char tail[] = {0x20, 0x06, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46};
	static const unsigned char meeting[] = {0x90, 0xDA, 0xD8, 0x6E, 0x0B, 0x45, 0x1B, 0x10, 0x98,
	    0xDA, 0, 0xAA, 0, 0x3F, 0x13, 0x05};

	if (guid.size != 16)
		return RMN_MAPI_OTHER;
	if (memcmp(guid.data, meeting, 16) == 0)
		return RMN_MAPI_MEETING;
	if (memcmp(guid.data + 2, public + 2, 14) == 0 && guid.data[1] == 3)
		return guid.data[0] == 0x29 ? RMN_MAPI_PUBLIC : guid.data[0] == 0x86 ?
		    RMN_MAPI_HEADER : RMN_MAPI_OTHER;
	if (memcmp(guid.data + 1, tail, 15) != 0)
		return RMN_MAPI_OTHER;
	for (size_t i = 0; i < sizeof(outlook) / sizeof(outlook[0]); i++)
		if (guid.data[0] == outlook[i].first)
			return outlook[i].set;
	return RMN_MAPI_OTHER;
}

static bool
is_list_member(const struct rmn_mapi_value *value)
{
	return value->set == RMN_MAPI_ADDRESS && value->id == LID_LIST_MEMBER &&
	    value->type == RMN_MAPI_BINARY;
}

bool
rmn_mapi_is_wanted(const struct rmn_mapi_value *value)
{
	switch (value->type) {
	case RMN_MAPI_I2:
	case RMN_MAPI_I4:
	case RMN_MAPI_BOOL:
	case RMN_MAPI_TIME:
	case RMN_MAPI_STRING8:
	case RMN_MAPI_UNICODE:
		return true;
	case RMN_MAPI_BINARY:
		return is_list_member(value) || (value->set == RMN_MAPI_STANDARD &&
		    (value->id == ID_RTF || value->id == ID_HTML));
	default:
		return false;
	}
}

void
rmn_mapi_bag_init(struct rmn_mapi_bag *bag, struct rmn_arena *arena)
{
	*bag = (struct rmn_mapi_bag){.arena = arena};
}

void
rmn_mapi_bag_add(struct rmn_mapi_bag *bag, const struct rmn_mapi_value *value)
{
	if (bag->count == bag->capacity) {
		size_t capacity = bag->capacity ? bag->capacity * 2 : 64;
		struct rmn_mapi_value *values = capacity <= VALUES_MAX ?
		    rmn_arena_alloc(bag->arena, capacity, sizeof(*values)) : NULL;

		if (!values) {
			bag->failed = true;
			return;
		}
		if (bag->count > 0)
			memcpy(values, bag->values, bag->count * sizeof(*values));
		bag->values = values;
		bag->capacity = capacity;
	}
	bag->values[bag->count++] = *value;
}

const struct rmn_mapi_value *
rmn_mapi_find(const struct rmn_mapi_bag *bag, uint16_t id)
{
	for (size_t i = 0; i < bag->count; i++)
		if (bag->values[i].set == RMN_MAPI_STANDARD && bag->values[i].id == id)
			return &bag->values[i];
	return NULL;
}

uint32_t
rmn_mapi_find_number(const struct rmn_mapi_bag *bag, uint16_t id, uint32_t absent)
{
	const struct rmn_mapi_value *value = rmn_mapi_find(bag, id);
	struct rmn_cursor c;
	uint32_t number;
	uint16_t narrow;

	if (!value)
		return absent;
	c = rmn_cursor_over(value->data);
	if (value->type == RMN_MAPI_I4 && rmn_cursor_le32(&c, &number))
		return number;
	return (value->type == RMN_MAPI_I2 || value->type == RMN_MAPI_BOOL) &&
	    rmn_cursor_le16(&c, &narrow) ? narrow : absent;
}

static int64_t
time_from(const struct rmn_mapi_value *value)
{
	struct rmn_cursor c;
	uint64_t filetime;

	if (!value || value->type != RMN_MAPI_TIME)
		return RMN_TIME_UNKNOWN;
	c = rmn_cursor_over(value->data);
	return rmn_cursor_le64(&c, &filetime) ? rmn_time_from_filetime(filetime) : RMN_TIME_UNKNOWN;
}

int64_t
rmn_mapi_find_time(const struct rmn_mapi_bag *bag, uint16_t id)
{
	return time_from(rmn_mapi_find(bag, id));
}

static struct rmn_bytes
trimmed(struct rmn_bytes bytes)
{
	while (bytes.size > 0 && bytes.data[bytes.size - 1] <= ' ')
		bytes.size--;
	while (bytes.size > 0 && bytes.data[0] <= ' ')
		bytes = rmn_bytes_after(bytes, 1);
	return bytes;
}

static struct rmn_bytes
kept(struct rmn_mapi_bag *bag, struct rmn_bytes bytes)
{
	struct rmn_bytes copy = rmn_arena_copy(bag->arena, bytes);

	bag->failed |= !copy.data;
	return copy.data ? copy : (struct rmn_bytes){NULL, 0};
}

static struct rmn_bytes
string_text(struct rmn_mapi_bag *bag, const struct rmn_mapi_value *value)
{
	struct rmn_bytes text;
	struct rmn_buf utf8;

	rmn_buf_init(&utf8, RMN_LIMIT_ARENA_BYTES);
	rmn_codepage_decode(value->type == RMN_MAPI_UNICODE ? 1200 : bag->codepage, value->data,
	    &utf8);
	bag->failed |= utf8.failed;
	text = kept(bag, trimmed(rmn_buf_bytes(&utf8)));
	rmn_buf_release(&utf8);
	return text;
}

/* A one-off entry ([MS-OXCDATA] 2.2.5.1): name, kind and address, each with its zero. */
static struct rmn_bytes
member_text(struct rmn_mapi_bag *bag, const struct rmn_mapi_value *value)
{
	struct rmn_cursor c = rmn_cursor_over(value->data);
	struct rmn_bytes part[3] = {{NULL, 0}}, text;
	struct rmn_buf out;
	uint16_t flags;

	if (!rmn_cursor_skip(&c, 22) || !rmn_cursor_le16(&c, &flags))
		return (struct rmn_bytes){NULL, 0};
	for (size_t i = 0; i < 3; i++) {
		struct rmn_bytes left = rmn_bytes_after(c.bytes, c.offset);
		size_t unit = flags & 0x8000 ? 2 : 1, size = 0;
		struct rmn_mapi_value string = {.type = unit == 2 ? RMN_MAPI_UNICODE :
		    RMN_MAPI_STRING8};

		while (size + unit <= left.size && (left.data[size] | left.data[size + unit - 1]) != 0)
			size += unit;
		string.data = rmn_bytes_head(left, size);
		part[i] = string_text(bag, &string);
		if (!rmn_cursor_skip(&c, size + unit))
			break;
	}
	rmn_buf_init(&out, 0);
	rmn_buf_append(&out, part[0]);
	rmn_buf_append_string(&out, " <");
	rmn_buf_append(&out, part[2]);
	rmn_buf_append_char(&out, '>');
	bag->failed |= out.failed;
	text = kept(bag, rmn_buf_bytes(&out));
	rmn_buf_release(&out);
	return text;
}

struct rmn_bytes
rmn_mapi_text(struct rmn_mapi_bag *bag, const struct rmn_mapi_value *value)
{
	char text[RMN_TIME_TEXT_BYTES] = "";
	struct rmn_cursor c;
	uint32_t number;
	uint16_t narrow;

	if (!value)
		return (struct rmn_bytes){NULL, 0};
	c = rmn_cursor_over(value->data);
	switch (value->type) {
	case RMN_MAPI_STRING8:
	case RMN_MAPI_UNICODE:
		return string_text(bag, value);
	case RMN_MAPI_BINARY:
		return is_list_member(value) ? member_text(bag, value) : (struct rmn_bytes){NULL, 0};
	case RMN_MAPI_TIME:
		rmn_time_text(time_from(value), text);
		break;
	case RMN_MAPI_I4:
		if (rmn_cursor_le32(&c, &number))
			snprintf(text, sizeof(text), "%d", (int)number);
		break;
	case RMN_MAPI_I2:
	case RMN_MAPI_BOOL:
		if (rmn_cursor_le16(&c, &narrow))
			snprintf(text, sizeof(text), "%d", narrow);
		break;
	default:
		break;
	}
	return kept(bag, rmn_bytes_from_string(text));
}

struct rmn_bytes
rmn_mapi_find_text(struct rmn_mapi_bag *bag, uint16_t id)
{
	return rmn_mapi_text(bag, rmn_mapi_find(bag, id));
}

/* The code pages of the languages that have one of their own. */
static unsigned
locale_codepage(uint32_t locale)
{
	static const uint16_t pages[][2] = {{0x04, 936}, {0x11, 932}, {0x12, 949}, {0x19, 1251},
	    {0x08, 1253}, {0x1F, 1254}, {0x0D, 1255}, {0x01, 1256}, {0x1E, 874}, {0x2A, 1258},
	    {0x05, 1250}, {0x0E, 1250}, {0x15, 1250}, {0x22, 1251}, {0x02, 1251}};

	if (locale == 0x404 || locale == 0xC04)
		return 950;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if ((locale & 0x3FF) == pages[i][0])
			return pages[i][1];
	return 0;
}

static unsigned
strings_codepage(const struct rmn_mapi_bag *bag)
{
	struct rmn_charset_guess guess;
	struct rmn_buf sample;

	rmn_buf_init(&sample, GUESS_BYTES);
	for (size_t i = 0; i < bag->count && !sample.failed; i++)
		if (bag->values[i].type == RMN_MAPI_STRING8) {
			rmn_buf_append(&sample, trimmed(rmn_bytes_head(bag->values[i].data,
			    GUESS_BYTES / 2)));
			rmn_buf_append_char(&sample, '\n');
		}
	guess = rmn_charset_guess(rmn_buf_bytes(&sample));
	rmn_buf_release(&sample);
	switch (guess.encoding) {
	case RMN_CP932:
		return 932;
	case RMN_UTF8:
		return 65001;
	case RMN_EUC_JP:
		return 51932;
	case RMN_ISO_2022_JP:
		return 50220;
	default:
		return 1252;
	}
}

/* The code page of the mail on its way says which language it is in: what Windows had for it stands in
 * strings of 8 bits.  Unicode and ASCII say nothing. */
static unsigned
windows_codepage(unsigned number)
{
	switch (number) {
	case 1200:
	case 1201:
	case 20127:
	case 65000:
	case 65001:
		return 0;
	case 50220:
	case 50221:
	case 50222:
	case 51932:
		return 932;
	case 50225:
	case 51949:
		return 949;
	case 52936:
		return 936;
	default:
		return number;
	}
}

void
rmn_mapi_bag_settle(struct rmn_mapi_bag *bag)
{
	static const uint16_t ids[] = {ID_MESSAGE_CODEPAGE, ID_INTERNET_CODEPAGE};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]) && bag->codepage == 0; i++)
		bag->codepage = windows_codepage(rmn_mapi_find_number(bag, ids[i], 0));
	if (bag->codepage == 0)
		bag->codepage = locale_codepage(rmn_mapi_find_number(bag, ID_LOCALE, 0));
	if (bag->codepage == 0)
		bag->codepage = strings_codepage(bag);
}

static bool
type_is_plain(struct rmn_bytes type)
{
	for (size_t i = 0; i < type.size; i++)
		if (type.data[i] <= ' ' || type.data[i] > '~' || type.data[i] == ';')
			return false;
	return type.size > 0 && type.size < 100 && memchr(type.data, '/', type.size);
}

void
rmn_mapi_attachment_describe(struct rmn_mapi_bag *bag, size_t index, struct rmn_mapi_attachment *a)
{
	/* long name, path of a link, short name, display name */
	static const uint16_t names[] = {0x3707, 0x370D, 0x3704, 0x3001};
	struct rmn_bytes name = {NULL, 0}, type;
	char made[40];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && name.size == 0; i++)
		name = rmn_mapi_find_text(bag, names[i]);
	if (name.size == 0) {
		snprintf(made, sizeof(made), "attachment-%zu", index + 1);
		name = kept(bag, rmn_bytes_from_string(made));
	}
	type = rmn_mapi_find_text(bag, 0x370E);
	a->name = name;
	a->media_type = type_is_plain(type) ? (const char *)type.data : NULL;
	a->created = rmn_mapi_find_time(bag, 0x3007);
	a->modified = rmn_mapi_find_time(bag, 0x3008);
}
