/* SPDX-License-Identifier: MIT
 *
 * The Windows Address Book: records of MAPI properties, each with a header of its own (libwab's notes).
 * They are found by that header, so that deleted ones and those of a broken index come out too. */
#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "format/format.h"
#include "format/mail/mapi_give.h"

#define MAGIC "\x9C\xCB\xCB\x8D\x13\x75\xD2\x11\x9E\x58"
#define MAGIC_BYTES 16u
#define FIRST_RECORD (MAGIC_BYTES + 8u + 6u * 16u)
#define RECORD_HEADER 32u
#define PROPERTIES_MAX 500u
#define MARK 0x20u

enum { ID_NAME = 0x3001, ID_EMAIL = 0x3003 };

struct book {
	struct rmn_bytes content;
	struct rmn_arena *arena;
	struct rmn_text *text;
	bool in_deleted;
	size_t records, broken;
};

/* The values of one property; *c is behind them.  Several have their number and size before them. */
static bool
property_read(struct rmn_bytes *c, struct rmn_mapi_bag *bag)
{
	struct rmn_mapi_value value = {.set = RMN_MAPI_STANDARD};
	size_t head = 8, size;
	uint32_t count = 1;
	bool is_list;

	if (c->size < 12)
		return false;
	value.type = rmn_le16(c->data);
	value.id = rmn_le16(c->data + 2);
	is_list = value.type & RMN_MAPI_MULTIPLE;
	if (is_list) {
		count = rmn_le32(c->data + 4);
		head = 12;
	}
	size = rmn_le32(c->data + head - 4);
	if (size > c->size - head)
		return false;
	value.type &= (uint16_t)~RMN_MAPI_MULTIPLE;
	value.data = rmn_bytes_head(rmn_bytes_after(*c, head), size);
	*c = rmn_bytes_after(*c, head + size);
	if (!is_list) {
		rmn_mapi_bag_add(bag, &value);
		return true;
	}
	for (struct rmn_bytes all = value.data; count > 0 && all.size >= 4; count--) {
		size = rmn_le32(all.data);
		value.data = rmn_bytes_head(rmn_bytes_after(all, 4), size);
		all = rmn_bytes_after(rmn_bytes_after(all, 4), size);
		rmn_mapi_bag_add(bag, &value);
	}
	return true;
}

static void
record_put(struct book *b, struct rmn_mapi_bag *bag, bool is_live)
{
	if (b->in_deleted == is_live || b->records == 0) {
		rmn_text_part(b->text, is_live ? RMN_PART_SHEET : RMN_PART_DELETED,
		    rmn_bytes_from_string("contacts"));
		b->in_deleted = !is_live;
	}
	b->records++;
	rmn_mapi_row_give(bag, b->text);
}

/* A record that begins here: how many bytes it takes, 0 when there is none. */
static size_t
record_read(struct book *b, struct rmn_bytes here)
{
	uint32_t is_live, count, size;
	struct rmn_mapi_bag bag;
	struct rmn_bytes data;

	if (here.size < RECORD_HEADER || rmn_le32(here.data + 16) != MARK ||
	    rmn_le32(here.data + 4) != 1)
		return 0;
	is_live = rmn_le32(here.data);
	count = rmn_le32(here.data + 12);
	size = rmn_le32(here.data + 28);
	if (is_live > 1 || count == 0 || count > PROPERTIES_MAX)
		return 0;
	data = rmn_bytes_head(rmn_bytes_after(here, RECORD_HEADER + (size_t)count * 4), size);
	b->broken += data.size < size;
	rmn_mapi_bag_init(&bag, b->arena);
	for (uint32_t i = 0; i < count; i++)
		if (!property_read(&data, &bag)) {
			b->broken++;
			break;
		}
	if (rmn_mapi_find(&bag, ID_NAME) || rmn_mapi_find(&bag, ID_EMAIL))
		record_put(b, &bag, is_live);
	return RECORD_HEADER + (size_t)count * 4 + (size_t)size;
}

static enum rmn_status
wab_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text text;
	struct book b = {.arena = input->arena, .text = &text};
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &b.content, error);
	uint64_t end = 0;

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	rmn_text_init(&text, sink, input->arena, error);
	for (size_t at = FIRST_RECORD; at < b.content.size && text.status == RMN_OK;) {
		size_t size = record_read(&b, rmn_bytes_after(b.content, at));

		at = size > 0 ? at + ((size + 3) & ~(size_t)3) : at + 4;
	}
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	/* tables of the index stand before or behind the records: the file holds them all */
	for (size_t i = 0; i < 6 && FIRST_RECORD <= b.content.size; i++) {
		const unsigned char *table = b.content.data + MAGIC_BYTES + 8 + i * 16;
		uint64_t last = (uint64_t)rmn_le32(table + 8) + rmn_le32(table + 4);

		end = last > end ? last : end;
	}
	if (b.broken > 0 || b.content.size < FIRST_RECORD || end > b.content.size)
		return rmn_fail(error, RMN_PARTIAL, "the address book is damaged");
	return status;
}

static unsigned
wab_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, MAGIC) ? 80 : 0;
}

const struct rmn_format rmn_format_wab = {
	.name = "wab",
	.title = "Windows address book",
	.media_type = "application/x-windows-address-book",
	.kind = RMN_KIND_DOCUMENT,
	.claim = wab_claim,
	.read = wab_read,
};
