/* SPDX-License-Identifier: MIT */
#include "format/ole/escher.h"

#include "base/cursor.h"
#include "charset/charset.h"

#define LETTERING 0x00C0u	/* gtextUNICODE (2.3.22.1) */
#define DESCRIPTION 0x0381u	/* wzDescription (2.3.4.2) */
#define COMPLEX 0x8000u		/* the value is a size, the bytes stand behind the table */
#define PROPERTY 0x3FFFu
#define FIRST_TABLE 0xF00Bu
#define SECOND_TABLE 0xF121u
#define THIRD_TABLE 0xF122u

static void
line_append(struct rmn_bytes units, struct rmn_buf *out)
{
	size_t from = out->size;

	rmn_charset_decode(units, RMN_UTF16LE, out, NULL);
	while (out->size > from && out->data[out->size - 1] <= ' ')
		out->size--;
	for (size_t i = from; i < out->size; i++)
		if (out->data[i] < ' ')
			out->data[i] = ' ';
	if (out->size > from)
		rmn_buf_append_char(out, '\n');
}

void
rmn_escher_properties(struct rmn_bytes table, unsigned count, struct rmn_buf *out)
{
	struct rmn_cursor entries = rmn_cursor_over(table), values = entries;
	struct rmn_bytes bytes;
	uint16_t id;
	uint32_t value;

	if (!rmn_cursor_skip(&values, (size_t)count * 6))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (!rmn_cursor_le16(&entries, &id) || !rmn_cursor_le32(&entries, &value))
			return;
		if (!(id & COMPLEX))
			continue;
		if (!rmn_cursor_take(&values, value, &bytes))
			return;
		if ((id & PROPERTY) == LETTERING || (id & PROPERTY) == DESCRIPTION)
			line_append(bytes, out);
	}
}

void
rmn_escher_words(struct rmn_bytes records, struct rmn_buf *out)
{
	struct rmn_cursor c = rmn_cursor_over(records);
	struct rmn_bytes body;
	uint16_t head, type;
	uint32_t size;

	while (rmn_cursor_le16(&c, &head) && rmn_cursor_le16(&c, &type) &&
	    rmn_cursor_le32(&c, &size)) {
		if ((head & 0x0F) == 0x0F)
			continue;	/* what a container holds comes next */
		if (!rmn_cursor_take(&c, size, &body))
			return;
		if (type == FIRST_TABLE || type == SECOND_TABLE || type == THIRD_TABLE)
			rmn_escher_properties(body, head >> 4, out);
	}
}

bool
rmn_escher_value(struct rmn_bytes table, unsigned count, unsigned property, uint32_t *value)
{
	struct rmn_cursor c = rmn_cursor_over(table);
	uint16_t id;

	for (unsigned i = 0; i < count; i++) {
		if (!rmn_cursor_le16(&c, &id) || !rmn_cursor_le32(&c, value))
			return false;
		if ((id & (PROPERTY | COMPLEX)) == property)
			return true;
	}
	return false;
}
