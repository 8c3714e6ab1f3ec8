/* SPDX-License-Identifier: MIT
 *
 * What Outlook puts beside a mail for other Outlooks, winmail.dat ([MS-OXTNEF]): a row of attributes, some
 * of which hold MAPI properties.  What comes with the message begins with its rendering data. */
#include <stdio.h>
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "format/codepage.h"
#include "format/format.h"
#include "format/mail/mapi_give.h"
#include "format/member_bytes.h"

#define SIGNATURE "\x78\x9F\x3E\x22"
#define HEAD_BYTES 6u
#define LEVEL_MESSAGE 1u
#define LEVEL_ATTACHMENT 2u
#define VALUES_MAX 65536u
#define FIRST_NAMED 0x8000u

enum {
	ATT_FROM = 0x8000, ATT_SUBJECT = 0x8004, ATT_MESSAGE_CLASS = 0x8008, ATT_BODY = 0x800C,
	ATT_ATTACH_DATA = 0x800F, ATT_ATTACH_TITLE = 0x8010, ATT_ATTACH_START = 0x9002,
	ATT_PROPERTIES = 0x9003, ATT_RECIPIENTS = 0x9004, ATT_ATTACH_PROPERTIES = 0x9005,
	ATT_CODEPAGE = 0x9007,
};

enum { ID_METHOD = 0x3705, ID_ATTACHED = 0x3701, IID_BYTES = 16 };

struct attribute {
	uint8_t level;
	uint16_t id;
	struct rmn_bytes data;
};

struct tnef {
	struct rmn_bytes content;
	const struct rmn_sink *sink;
	struct rmn_arena *arena;
	struct rmn_error *error;
	unsigned codepage;
	const char *damage;
};

struct attachment {
	bool is_open;
	struct rmn_mapi_bag bag;
	struct rmn_bytes data, title;
};

/* The next attribute; false at the end, or where the stream breaks. */
static bool
attribute_next(struct tnef *t, struct rmn_cursor *c, struct attribute *a)
{
	uint32_t id, size;
	uint16_t checksum, sum = 0;

	if (rmn_cursor_left(c) == 0)
		return false;
	if (!rmn_cursor_u8(c, &a->level) || !rmn_cursor_le32(c, &id) || !rmn_cursor_le32(c, &size) ||
	    (a->level != LEVEL_MESSAGE && a->level != LEVEL_ATTACHMENT)) {
		t->damage = "the row of attributes breaks off";
		return false;
	}
	a->id = (uint16_t)id;
	if (!rmn_cursor_take(c, size, &a->data) || !rmn_cursor_le16(c, &checksum)) {
		t->damage = "the last attribute is cut short";
		a->data = rmn_bytes_head(rmn_bytes_after(c->bytes, c->offset), size);
		rmn_cursor_seek(c, c->bytes.size);
		return true;
	}
	for (size_t i = 0; i < size; i++)
		sum = (uint16_t)(sum + a->data.data[i]);
	if (sum != checksum)
		t->damage = "the checksum of an attribute is wrong";
	return true;
}

static bool
padded_take(struct rmn_cursor *c, size_t size, struct rmn_bytes *taken)
{
	struct rmn_bytes rest;

	return rmn_cursor_take(c, size, taken) &&
	    (rmn_cursor_take(c, -size & 3, &rest) || rmn_cursor_left(c) < 4);
}

/* A number from 8000 on comes with its name ([MS-OXTNEF] 2.1.3.4.1). */
static bool
name_read(struct tnef *t, struct rmn_cursor *c, struct rmn_mapi_value *value, bool *failed)
{
	struct rmn_bytes guid, wide;
	struct rmn_buf utf8;
	uint32_t kind, number;

	if (!rmn_cursor_take(c, 16, &guid) || !rmn_cursor_le32(c, &kind) ||
	    !rmn_cursor_le32(c, &number))
		return false;
	value->set = rmn_mapi_set_from(guid);
	if (kind == 0) {
		value->id = (uint16_t)number;
		if (value->set == RMN_MAPI_PUBLIC || value->set == RMN_MAPI_HEADER)
			value->set = RMN_MAPI_OTHER;
		return true;
	}
	if (!padded_take(c, number, &wide))
		return false;
	if (value->set != RMN_MAPI_PUBLIC && value->set != RMN_MAPI_HEADER)
		value->set = RMN_MAPI_OTHER;
	rmn_buf_init(&utf8, 0);
	rmn_codepage_decode(1200, wide, &utf8);
	while (utf8.size > 0 && utf8.data[utf8.size - 1] == '\0')
		utf8.size--;
	value->name = rmn_arena_copy(t->arena, rmn_buf_bytes(&utf8));
	*failed |= utf8.failed || !value->name.data;
	rmn_buf_release(&utf8);
	return true;
}

static size_t
fixed_bytes(uint16_t type)
{
	switch (type) {
	case 0x02: case 0x03: case 0x04: case 0x0A: case 0x0B:
		return 4;	/* two bytes are padded */
	case 0x05: case 0x06: case 0x07: case 0x14: case 0x40:
		return 8;
	case 0x48:
		return 16;
	default:
		return 0;
	}
}

/* The values of one property; false where they make no sense. */
static bool
values_read(struct rmn_cursor *c, struct rmn_mapi_value *value, struct rmn_mapi_bag *bag)
{
	uint16_t type = value->type & (uint16_t)~RMN_MAPI_MULTIPLE;
	size_t fixed = fixed_bytes(type);
	uint32_t count = 1, size;
	bool is_counted = fixed == 0 || (value->type & RMN_MAPI_MULTIPLE);

	if (is_counted && (!rmn_cursor_le32(c, &count) || count > VALUES_MAX))
		return false;
	value->type = type;
	for (uint32_t i = 0; i < count; i++) {
		size = (uint32_t)fixed;
		if (fixed == 0 && !rmn_cursor_le32(c, &size))
			return false;
		if (!padded_take(c, size, &value->data))
			return false;
		rmn_mapi_bag_add(bag, value);
	}
	return true;
}

/* A list of properties; the cursor ends behind it. */
static bool
properties_read(struct tnef *t, struct rmn_cursor *c, struct rmn_mapi_bag *bag)
{
	uint32_t count;

	if (!rmn_cursor_le32(c, &count))
		return false;
	for (uint32_t i = 0; i < count && !bag->failed; i++) {
		struct rmn_mapi_value value = {.set = RMN_MAPI_STANDARD};

		if (!rmn_cursor_le16(c, &value.type) || !rmn_cursor_le16(c, &value.id) ||
		    (value.id >= FIRST_NAMED && !name_read(t, c, &value, &bag->failed)) ||
		    !values_read(c, &value, bag))
			return false;
	}
	return true;
}

static void
old_add(struct rmn_mapi_bag *bag, uint16_t id, struct rmn_bytes data)
{
	struct rmn_mapi_value value = {RMN_MAPI_STANDARD, id, RMN_MAPI_STRING8, {NULL, 0}, data};

	if (!rmn_mapi_find(bag, id) && data.size > 0)
		rmn_mapi_bag_add(bag, &value);
}

/* A name and an address, each with its size before both. */
static void
from_add(struct rmn_mapi_bag *bag, struct rmn_bytes data)
{
	struct rmn_cursor c = rmn_cursor_over(data);
	struct rmn_bytes name, address;
	uint16_t name_size, address_size;

	if (rmn_cursor_skip(&c, 4) && rmn_cursor_le16(&c, &name_size) &&
	    rmn_cursor_le16(&c, &address_size) && rmn_cursor_take(&c, name_size, &name) &&
	    rmn_cursor_take(&c, address_size, &address)) {
		old_add(bag, 0x0C1A, name);
		old_add(bag, 0x0C1F, address);
	}
}

static void
recipients_read(struct tnef *t, struct rmn_bytes data, struct rmn_mapi_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(data);
	uint32_t count;
	bool fits = rmn_cursor_le32(&c, &count);

	for (uint32_t i = 0; fits && i < count; i++) {
		struct rmn_mapi_bag bag;

		rmn_mapi_bag_init(&bag, t->arena);
		bag.codepage = t->codepage;
		fits = properties_read(t, &c, &bag);
		if (bag.count > 0 || bag.failed)
			rmn_mapi_message_recipient(m, &bag);
	}
	if (!fits)
		t->damage = "the list of recipients is damaged";
}

/* Only those of Asia are those of the strings too; others are of DOS. */
static unsigned
codepage_read(struct rmn_bytes data)
{
	struct rmn_cursor c = rmn_cursor_over(data);
	uint32_t page = 0;

	return rmn_cursor_le32(&c, &page) && (page == 932 || page == 936 || page == 949 ||
	    page == 950) ? page : 0;
}

static void
message_take(struct tnef *t, const struct attribute *a, struct rmn_mapi_bag *bag,
    struct rmn_mapi_message *m)
{
	struct rmn_cursor c = rmn_cursor_over(a->data);

	switch (a->id) {
	case ATT_CODEPAGE:
		t->codepage = bag->codepage = codepage_read(a->data);
		break;
	case ATT_PROPERTIES:
		if (!properties_read(t, &c, bag))
			t->damage = "the list of properties is damaged";
		break;
	case ATT_RECIPIENTS:
		recipients_read(t, a->data, m);
		break;
	default:
		break;
	}
}

/* Attributes of Microsoft Mail, the first of a kind, stand for properties that are not there. */
static void
old_take(const struct attribute *a, struct rmn_mapi_bag *bag, unsigned *seen)
{
	static const struct {
		uint16_t attribute, property;
	} kinds[] = {{ATT_SUBJECT, 0x0037}, {ATT_BODY, 0x1000}, {ATT_MESSAGE_CLASS, 0x001A},
	    {ATT_FROM, 0}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (a->id != kinds[i].attribute || (*seen & 1u << i))
			continue;
		*seen |= 1u << i;
		if (a->id == ATT_FROM)
			from_add(bag, a->data);
		else
			old_add(bag, kinds[i].property, a->data);
	}
}

static enum rmn_status
message_give(struct tnef *t)
{
	struct rmn_cursor c = rmn_cursor_over(t->content), again;
	struct rmn_mapi_message m;
	struct rmn_mapi_bag bag;
	struct rmn_text text;
	struct attribute a;
	enum rmn_status status;
	unsigned seen = 0;

	rmn_cursor_seek(&c, HEAD_BYTES);
	again = c;
	rmn_mapi_message_init(&m, t->arena);
	rmn_mapi_bag_init(&bag, t->arena);
	rmn_text_init(&text, t->sink, t->arena, t->error);
	if (text.status != RMN_OK)
		return text.status;
	while (attribute_next(t, &c, &a))
		if (a.level == LEVEL_MESSAGE)
			message_take(t, &a, &bag, &m);
	while (attribute_next(t, &again, &a))
		if (a.level == LEVEL_MESSAGE)
			old_take(&a, &bag, &seen);
	rmn_mapi_message_finish(&m, &bag);
	if (m.damage)
		t->damage = m.damage;
	status = rmn_mapi_give(&m, "", &text, t->error);
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	if (status == RMN_OK || status == RMN_PARTIAL) {
		struct rmn_bytes left = m.rtf;
		struct rmn_member_reader reader = rmn_member_bytes_reader(&left);
		struct rmn_member member = {.name = rmn_bytes_from_string("body.rtf"),
		    .size_bytes = left.size, .modified = RMN_TIME_UNKNOWN,
		    .created = RMN_TIME_UNKNOWN};

		status = left.size > 0 ? rmn_sink_member(t->sink, &member, &reader) : RMN_OK;
	}
	return status;
}

/* Data in a property: objects have the kind of their interface before them. */
static struct rmn_bytes
attached_bytes(const struct attachment *a)
{
	const struct rmn_mapi_value *value = rmn_mapi_find(&a->bag, ID_ATTACHED);

	if (!value)
		return a->data;
	return value->type == RMN_MAPI_OBJECT ? rmn_bytes_after(value->data, IID_BYTES) : value->data;
}

static enum rmn_status
attachment_give(struct tnef *t, struct attachment *a, size_t index)
{
	struct rmn_mapi_attachment said = {.size_bytes = UINT64_MAX};
	struct rmn_member member = {.modified = RMN_TIME_UNKNOWN};
	struct rmn_member_reader reader;
	struct rmn_bytes left = attached_bytes(a);

	old_add(&a->bag, 0x3704, a->title);
	a->bag.codepage = t->codepage;
	rmn_mapi_bag_settle(&a->bag);
	rmn_mapi_attachment_describe(&a->bag, index, &said);
	if (a->bag.failed)
		return rmn_fail(t->error, RMN_LIMIT, "item outgrows its memory");
	if (left.size == 0 && !a->data.data && !rmn_mapi_find(&a->bag, ID_ATTACHED))
		return rmn_mapi_find_number(&a->bag, ID_METHOD, 1) > 1 ? RMN_OK :
		    rmn_sink_missing(t->sink, RMN_CORRUPT, "the data of attachment %zu is missing",
		    index + 1);
	member.name = said.name;
	member.size_bytes = left.size;
	member.modified = said.modified;
	member.created = said.created;
	reader = rmn_member_bytes_reader(&left);
	return rmn_sink_member(t->sink, &member, &reader);
}

static void
attachment_take(struct tnef *t, const struct attribute *attribute, struct attachment *a)
{
	struct rmn_cursor c = rmn_cursor_over(attribute->data);

	if (attribute->id == ATT_ATTACH_DATA)
		a->data = attribute->data;
	else if (attribute->id == ATT_ATTACH_TITLE)
		a->title = attribute->data;
	else if (attribute->id == ATT_ATTACH_PROPERTIES && !properties_read(t, &c, &a->bag))
		t->damage = "the properties of an attachment are damaged";
	a->is_open = true;
}

static enum rmn_status
attachments_give(struct tnef *t)
{
	struct rmn_cursor c = rmn_cursor_over(t->content);
	struct attachment a = {.is_open = false};
	enum rmn_status status = RMN_OK;
	struct attribute attribute;
	size_t count = 0;

	rmn_cursor_seek(&c, HEAD_BYTES);
	rmn_mapi_bag_init(&a.bag, t->arena);
	while (status == RMN_OK && attribute_next(t, &c, &attribute)) {
		if (attribute.level != LEVEL_ATTACHMENT)
			continue;
		if (attribute.id == ATT_ATTACH_START && a.is_open) {
			status = attachment_give(t, &a, count++);
			a = (struct attachment){.is_open = false};
			rmn_mapi_bag_init(&a.bag, t->arena);
		}
		attachment_take(t, &attribute, &a);
	}
	return status == RMN_OK && a.is_open ? attachment_give(t, &a, count) : status;
}

static enum rmn_status
tnef_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct tnef t = {.sink = sink, .arena = input->arena, .error = error};
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &t.content, error);

	if (status == RMN_PARTIAL)
		t.damage = "the medium gave only a part";
	else if (status != RMN_OK)
		return status;
	status = message_give(&t);
	if (status == RMN_OK)
		status = attachments_give(&t);
	if (status == RMN_OK && t.content.size < HEAD_BYTES)
		t.damage = "there is nothing but the signature";
	return status == RMN_OK && t.damage ? rmn_fail(error, RMN_PARTIAL, "%s", t.damage) : status;
}

static unsigned
tnef_claim(const struct rmn_format_input *input)
{
	struct rmn_bytes level = rmn_bytes_after(input->head, HEAD_BYTES);

	if (!rmn_bytes_start_with(input->head, SIGNATURE))
		return 0;
	return level.size > 0 && level.data[0] == LEVEL_MESSAGE ? 40 : 32;
}

const struct rmn_format rmn_format_tnef = {
	.name = "tnef",
	.title = "Outlook attachments (winmail.dat)",
	.media_type = "application/ms-tnef",
	.kind = RMN_KIND_MAIL,
	.claim = tnef_claim,
	.read = tnef_read,
};
