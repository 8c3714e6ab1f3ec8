/* SPDX-License-Identifier: MIT
 *
 * Where a workbook leads: hyperlinks, the paths of other workbooks, and the values that their cells had
 * when they were last read. */
#include <string.h>

#include "base/checked.h"
#include "base/cursor.h"
#include "charset/charset.h"
#include "format/codepage.h"
#include "format/sheet/xls.h"

#define LINK_MONIKER 0x0001u
#define LINK_LOCATION 0x0008u
#define LINK_NAME 0x0010u
#define LINK_FRAME 0x0080u
#define LINK_PLAIN 0x0100u	/* the target is a string, no moniker */

#define SUPBOOK_SELF 0x0401u
#define SUPBOOK_ADDIN 0x3A01u

static void
units_append(struct rmn_bytes units, struct rmn_buf *out)
{
	size_t from = out->size;

	rmn_charset_decode(units, RMN_UTF16LE, out, NULL);
	while (out->size > from && out->data[out->size - 1] == '\0')
		out->size--;
	xls_clean_cell(NULL, out, from);
}

/* A string of a hyperlink ([MS-OSHARED] 2.3.7.9): its length counts the NUL. */
static bool
link_string(struct rmn_cursor *c, struct rmn_buf *out)
{
	struct rmn_bytes units;
	uint32_t count;

	if (!rmn_cursor_le32(c, &count) || count > rmn_cursor_left(c) / 2 ||
	    !rmn_cursor_take(c, (size_t)count * 2, &units))
		return false;
	if (out)
		units_append(units, out);
	return true;
}

static bool
url_moniker(struct rmn_cursor *c, struct rmn_buf *out)
{
	static const unsigned char nul[] = {0, 0};
	struct rmn_bytes units;
	uint32_t size;
	size_t end = 0;

	if (!rmn_cursor_le32(c, &size) || !rmn_cursor_take(c, size, &units))
		return false;
	/* behind the NUL there may be ids */
	while (end + 1 < units.size && memcmp(units.data + end, nul, 2) != 0)
		end += 2;
	units_append(rmn_bytes_head(units, end), out);
	return true;
}

static bool
file_moniker(struct rmn_cursor *c, struct rmn_buf *out, unsigned codepage)
{
	struct rmn_bytes ansi, units;
	uint16_t ups, key;
	uint32_t size, path_bytes = 0;
	size_t from = out->size;

	if (!rmn_cursor_le16(c, &ups) || !rmn_cursor_le32(c, &size) ||
	    !rmn_cursor_take(c, size, &ansi) || !rmn_cursor_skip(c, 24) ||
	    !rmn_cursor_le32(c, &size))
		return false;
	for (unsigned i = 0; i < ups && i < 16; i++)
		rmn_buf_append_string(out, "..\\");
	if (size > 0 && rmn_cursor_le32(c, &path_bytes) && rmn_cursor_le16(c, &key) &&
	    rmn_cursor_take(c, path_bytes, &units)) {
		units_append(units, out);
		return true;
	}
	/* BIFF8 says UTF-16 of itself; these bytes are in the system's own, and then ASCII */
	rmn_codepage_decode(codepage == 1200 ? 0 : codepage, ansi, out);
	while (out->size > from && out->data[out->size - 1] == '\0')
		out->size--;
	return true;
}

static void
moniker(struct rmn_cursor *c, struct rmn_buf *out, unsigned codepage)
{
	static const unsigned char url[] = {0xE0, 0xC9, 0xEA, 0x79};
	static const unsigned char file[] = {0x03, 0x03, 0x00, 0x00};
	struct rmn_bytes id;

	if (!rmn_cursor_take(c, 16, &id))
		return;
	if (memcmp(id.data, url, sizeof(url)) == 0)
		url_moniker(c, out);
	else if (memcmp(id.data, file, sizeof(file)) == 0)
		file_moniker(c, out, codepage);
}

void
xls_link_record(struct xls *x, const struct xls_record *record)
{
	struct rmn_cursor c = rmn_cursor_over(rmn_bytes_head(rmn_bytes_after(x->stream,
	    record->at + 4), record->end - record->at - 4));
	struct rmn_buf *out = &x->aside[XLS_ASIDE_LINK];
	size_t from = out->size;
	uint32_t flags;

	if (!rmn_cursor_skip(&c, 28) || !rmn_cursor_le32(&c, &flags))
		return;
	if ((flags & LINK_NAME) && link_string(&c, out) && out->size > from)
		rmn_buf_append_char(out, '\t');
	if ((flags & LINK_FRAME) && !link_string(&c, NULL))
		return;
	if (flags & LINK_MONIKER) {
		if (flags & LINK_PLAIN)
			link_string(&c, out);
		else
			moniker(&c, out, x->codepage);
	}
	if (flags & LINK_LOCATION) {
		rmn_buf_append_char(out, '#');
		link_string(&c, out);
	}
	rmn_buf_append_char(out, '\n');
}

/* Paths of other workbooks start with 1 and have control characters for drives and folders (2.5.277);
 * those of other programs' documents stand behind the program's name and 3. */
static void
path_append(struct rmn_buf *out, struct rmn_bytes path)
{
	for (size_t i = path.data[0] == 1; i < path.size; i++) {
		unsigned char c = path.data[i];

		if (c == 1 && i + 1 < path.size) {
			if (path.data[++i] == '@') {
				rmn_buf_append_string(out, "\\\\");
			} else {
				rmn_buf_append_char(out, (char)path.data[i]);
				rmn_buf_append_string(out, ":\\");
			}
		} else if (c == 2 || c == 3) {
			rmn_buf_append_char(out, '\\');
		} else if (c == 4) {
			rmn_buf_append_string(out, "..\\");
		} else if (c == 5) {
			i++;	/* how long the name of a long volume is */
		} else if (c >= ' ') {
			rmn_buf_append_char(out, (char)c);
		}
	}
}

void
xls_supbook_record(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	struct rmn_buf *out = &x->aside[XLS_ASIDE_LINK];
	uint16_t sheets = 0, length;
	uint8_t short_length;

	if (x->version >= 8) {
		if (record->type == 0x0017 || !xls_u16(&p, &sheets) || !xls_u16(&p, &length) ||
		    (xls_left(&p) == 0 && (length == SUPBOOK_SELF || length == SUPBOOK_ADDIN)))
			return;
	} else {
		if (!xls_u8(&p, &short_length))
			return;
		length = short_length;
	}
	xls_scratch_clear(x);
	xls_string_of(x, &p, length, &x->scratch);
	/* 2 and 3 stand for this workbook and a sheet of it */
	if (x->scratch.size < 2 || (x->scratch.data[0] < ' ' && x->scratch.data[0] != 1))
		return;
	path_append(out, rmn_buf_bytes(&x->scratch));
	for (unsigned i = 0; i < sheets; i++) {
		size_t from = out->size;

		rmn_buf_append_char(out, '\t');
		if (!xls_string(x, &p, 2, out))
			break;
		xls_clean_cell(x, out, from + 1);
	}
	rmn_buf_append_char(out, '\n');
}

static bool
linked_value_append(struct xls *x, struct xls_place *p, struct rmn_buf *out)
{
	static const struct rmn_number_format plain = {RMN_NUMBER_PLAIN, {NULL, 0}};
	size_t from = out->size;
	uint32_t low, high;
	uint64_t bits;
	uint8_t kind;
	double value;

	if (xls_left(p) == 0 || !xls_u8(p, &kind))
		return false;
	if (kind == 2) {
		if (!xls_string(x, p, x->version >= 8 ? 2 : 1, out))
			return false;
		xls_clean_cell(x, out, from);
		return true;
	}
	if (!xls_u32(p, &low) || !xls_u32(p, &high))
		return false;
	if (kind == 1) {
		bits = (uint64_t)high << 32 | low;
		memcpy(&value, &bits, sizeof(value));
		xls_number_append(out, x, value, &plain);
	} else if (kind == 4) {
		rmn_buf_append_string(out, low & 1 ? "TRUE" : "FALSE");
	}
	return true;
}

/* One row of a linked sheet (2.4.65). */
void
xls_linked_cells_record(struct xls *x, const struct xls_record *record)
{
	struct xls_place p = xls_place_in(x, record);
	struct rmn_buf *out = &x->aside[XLS_ASIDE_LINKED];

	if (record->type != 0x005A || !xls_skip(&p, 4))
		return;
	while (linked_value_append(x, &p, out))
		rmn_buf_append_char(out, '\t');
	rmn_buf_append_char(out, '\n');
}
