/* SPDX-License-Identifier: MIT
 *
 * The names that Outlook offers while an address is typed ([MS-OXOCFG] 2.2.8): Outlook.nk2 until 2007,
 * RoamCache/Stream_Autocomplete_*.dat since.  Rows of MAPI properties. */
#include "base/cursor.h"
#include "base/limits.h"
#include "format/format.h"
#include "format/mail/mapi_give.h"

#define MAGIC "\x0D\xF0\xAD\xBA"
#define GUID_BYTES 16u
#define TYPE_GUID 0x48u

struct list {
	struct rmn_cursor c;
	struct rmn_arena *arena;
	struct rmn_text *text;
};

/* What stands behind a property: nothing for numbers, which are in its eight bytes. */
static bool
data_read(struct rmn_cursor *c, struct rmn_mapi_value *value, struct rmn_mapi_bag *bag)
{
	uint16_t type = value->type & (uint16_t)~RMN_MAPI_MULTIPLE;
	uint32_t count = 1, size;
	bool is_sized = type == RMN_MAPI_STRING8 || type == RMN_MAPI_UNICODE ||
	    type == RMN_MAPI_BINARY;

	if (!is_sized && type != TYPE_GUID && !(value->type & RMN_MAPI_MULTIPLE)) {
		rmn_mapi_bag_add(bag, value);
		return true;
	}
	if ((value->type & RMN_MAPI_MULTIPLE) && !rmn_cursor_le32(c, &count))
		return false;
	value->type = type;
	for (uint32_t i = 0; i < count; i++) {
		size = GUID_BYTES;
		if (is_sized && !rmn_cursor_le32(c, &size))
			return false;
		if (!rmn_cursor_take(c, size, &value->data))
			return false;
		rmn_mapi_bag_add(bag, value);
	}
	return true;
}

static bool
row_read(struct list *l)
{
	struct rmn_mapi_bag bag;
	uint32_t count;
	bool fits = rmn_cursor_le32(&l->c, &count);

	rmn_mapi_bag_init(&bag, l->arena);
	for (uint32_t i = 0; fits && i < count && !bag.failed; i++) {
		struct rmn_mapi_value value = {.set = RMN_MAPI_STANDARD};

		fits = rmn_cursor_le16(&l->c, &value.type) && rmn_cursor_le16(&l->c, &value.id) &&
		    rmn_cursor_skip(&l->c, 4) && rmn_cursor_take(&l->c, 8, &value.data) &&
		    data_read(&l->c, &value, &bag);
	}
	if (bag.count > 0 || bag.failed)
		rmn_mapi_row_give(&bag, l->text);
	return fits;
}

static enum rmn_status
nk2_read(const struct rmn_format_input *input, const struct rmn_sink *sink,
    struct rmn_error *error)
{
	struct rmn_text text;
	struct list l = {.arena = input->arena, .text = &text};
	struct rmn_bytes content;
	enum rmn_status status = rmn_blob_bytes(input->content, RMN_LIMIT_WHOLE_ITEM_BYTES,
	    input->arena, &content, error);
	uint32_t count = 0, extra = 0;
	bool fits;

	if (status != RMN_OK && status != RMN_PARTIAL)
		return status;
	rmn_text_init(&text, sink, input->arena, error);
	rmn_text_part(&text, RMN_PART_SHEET, rmn_bytes_from_string("names"));
	l.c = rmn_cursor_over(content);
	fits = rmn_cursor_skip(&l.c, 12) && rmn_cursor_le32(&l.c, &count);
	for (uint32_t i = 0; fits && i < count && text.status == RMN_OK; i++)
		fits = row_read(&l);
	fits = fits && rmn_cursor_le32(&l.c, &extra) && rmn_cursor_skip(&l.c, extra) &&
	    rmn_cursor_skip(&l.c, 8);
	if (rmn_text_flush(&text) != RMN_OK)
		return text.status;
	return fits ? status : rmn_fail(error, RMN_PARTIAL, "the list of names is cut short");
}

static unsigned
nk2_claim(const struct rmn_format_input *input)
{
	return rmn_bytes_start_with(input->head, MAGIC) ? 36 : 0;
}

const struct rmn_format rmn_format_nk2 = {
	.name = "nk2",
	.title = "Outlook's list of names",
	.media_type = "application/x-outlook-nk2",
	.kind = RMN_KIND_DOCUMENT,
	.claim = nk2_claim,
	.read = nk2_read,
};
