/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/checked.h"
#include "base/holes.h"
#include "base/number.h"
#include "base/utf8.h"
#include "format/codepage.h"
#include "format/sheet/xls.h"

#define UNITS_AT_ONCE 64u

bool
xls_record_read(const struct xls *x, size_t at, struct xls_record *record)
{
	struct rmn_bytes left = rmn_bytes_after(x->stream, at);
	size_t size;

	if (left.size < 4)
		return false;
	record->type = rmn_le16(left.data);
	size = rmn_le16(left.data + 2);
	/* type 0 is the dimensions of BIFF2, which some write later too, even without data; lost
	 * sectors look like many of those */
	if (record->type > 0x1FFF || size > XLS_RECORD_MAX + 4 ||
	    (left.size >= 8 && rmn_le64(left.data) == 0))
		return false;
	record->at = at;
	record->is_cut = size > left.size - 4;
	record->end = at + 4 + rmn_min_size(size, left.size - 4);
	return true;
}

/* Moves into the CONTINUE record behind; false when there is none. */
static bool
go_on(struct xls_place *p)
{
	struct rmn_bytes left = rmn_bytes_after(p->stream, p->end);
	size_t size;

	if (left.size < 4 || rmn_le16(left.data) != XLS_CONTINUE)
		return false;
	size = rmn_le16(left.data + 2);
	p->moves++;
	p->at = p->end + 4;
	p->end = p->at + rmn_min_size(size, left.size - 4);
	return true;
}

bool
xls_u8_beyond(struct xls_place *p, uint8_t *value)
{
	while (p->at >= p->end)
		if (!go_on(p))
			return false;
	*value = p->stream.data[p->at++];
	return true;
}

bool
xls_u16_beyond(struct xls_place *p, uint16_t *value)
{
	uint8_t low, high;

	if (!xls_u8(p, &low) || !xls_u8(p, &high))
		return false;
	*value = (uint16_t)(low | high << 8);
	return true;
}

bool
xls_skip_beyond(struct xls_place *p, uint64_t size)
{
	while (size > p->end - p->at) {
		size -= p->end - p->at;
		if (!go_on(p))
			return false;
	}
	p->at += (size_t)size;
	return true;
}

/* Writes a UTF-16 unit, at most six bytes, and returns how many; *high keeps the first half of a pair,
 * over the end of a record too. */
static size_t
unit_encode(unsigned char *to, uint16_t unit, uint16_t *high)
{
	size_t used = 0;

	if (*high != 0 && (unit & 0xFC00) == 0xDC00) {
		used = rmn_utf8_encode(0x10000 + ((uint32_t)(*high & 0x3FF) << 10) +
		    (unit & 0x3FFu), to);
		*high = 0;
		return used;
	}
	if (*high != 0)
		used = rmn_utf8_encode(RMN_REPLACEMENT, to);
	*high = 0;
	if ((unit & 0xFC00) == 0xD800)
		*high = unit;
	else
		used += rmn_utf8_encode(unit, to + used);
	return used;
}

/* Units of one byte; how many bytes they become. */
static size_t
narrow_encode(unsigned char *text, const unsigned char *units, size_t count)
{
	unsigned char *to = text;

	for (size_t i = 0; i < count; i++) {
		if (units[i] >= 0x80)
			*to++ = (unsigned char)(0xC0 | units[i] >> 6);
		*to++ = units[i] >= 0x80 ? 0x80 | (units[i] & 0x3F) : units[i];
	}
	return (size_t)(to - text);
}

/* count characters of so many bytes each. */
static void
units_append(struct rmn_buf *out, const unsigned char *units, size_t count, size_t width,
    uint16_t *high)
{
	unsigned char text[UNITS_AT_ONCE * 6];

	while (count > 0) {
		size_t run = rmn_min_size(count, UNITS_AT_ONCE), used = 0;

		if (*high != 0)
			run = 0;
		else if (width == 1)
			used = narrow_encode(text, units, run);
		else
			run = rmn_utf8_from_units((struct rmn_bytes){units, run * 2}, false, text,
			    &used) / 2;
		if (run == 0) {		/* half of a pair */
			run = 1;
			used = unit_encode(text, width == 2 ? rmn_le16(units) : *units, high);
		}
		rmn_buf_append_data(out, text, used);
		units += run * width;
		count -= run;
	}
}

/* The characters behind their flag; each CONTINUE brings a flag of its own. */
static bool
units_take(struct xls_place *p, uint8_t flags, uint64_t count, struct rmn_buf *out)
{
	uint16_t high = 0;

	for (;;) {
		size_t width = flags & 1 ? 2 : 1;
		size_t run = (size_t)rmn_min_u64(count, xls_left(p) / width);

		if (out)
			units_append(out, p->stream.data + p->at, run, width, &high);
		p->at += run * width;
		count -= run;
		if (count == 0)
			break;
		p->at = p->end;		/* half a unit at the end of a record is none */
		if (!xls_u8(p, &flags))
			return false;
	}
	if (out && high != 0)
		rmn_buf_append_utf8(out, 0xFFFD);
	return true;
}

bool
xls_units(struct xls_place *p, uint64_t count, struct rmn_buf *out)
{
	uint8_t flags;

	return count == 0 || (xls_u8(p, &flags) && units_take(p, flags, count, out));
}

/* BIFF8: flags, sizes of formatting and of the reading, characters, and then those two. */
static bool
unicode_string(struct xls_place *p, uint64_t length, struct rmn_buf *out)
{
	uint8_t flags;
	uint16_t runs = 0;
	uint32_t phonetic = 0;

	if (length == 0 && xls_left(p) == 0)
		return true;
	if (!xls_u8(p, &flags) || ((flags & 8) && !xls_u16(p, &runs)) ||
	    ((flags & 4) && !xls_u32(p, &phonetic)))
		return false;
	return units_take(p, flags, length, out) && xls_skip(p, (uint64_t)runs * 4 + phonetic);
}

static bool
byte_string(const struct xls *x, struct xls_place *p, uint64_t length, struct rmn_buf *out)
{
	size_t size = (size_t)rmn_min_u64(length, xls_left(p));

	if (out)
		rmn_codepage_decode(x->codepage,
		    (struct rmn_bytes){p->stream.data + p->at, size}, out);
	p->at += size;
	return size == length;
}

bool
xls_string_of(const struct xls *x, struct xls_place *p, uint64_t length, struct rmn_buf *out)
{
	return x->version >= 8 ? unicode_string(p, length, out) : byte_string(x, p, length, out);
}

bool
xls_string(const struct xls *x, struct xls_place *p, unsigned length_bytes, struct rmn_buf *out)
{
	uint16_t length = 0;
	uint8_t byte;

	if (length_bytes == 1) {
		if (!xls_u8(p, &byte))
			return false;
		length = byte;
	} else if (!xls_u16(p, &length)) {
		return false;
	}
	return xls_string_of(x, p, length, out);
}

/* Lost sectors in a long text. */
static void
hole_note(struct xls *x, const struct rmn_buf *out, size_t from)
{
	if (x && rmn_text_hole_is_there(rmn_bytes_after(rmn_buf_bytes(out), from)))
		xls_note(x, RMN_PARTIAL, "a text of the workbook has a hole");
}

void
xls_clean_cell(struct xls *x, struct rmn_buf *out, size_t from)
{
	hole_note(x, out, from);
	for (size_t i = from; i < out->size; i++) {
		i += rmn_bytes_plain_run(rmn_bytes_after(rmn_buf_bytes(out), i));
		if (i < out->size)
			out->data[i] = ' ';
	}
}

void
xls_clean_lines(struct xls *x, struct rmn_buf *out, size_t from)
{
	size_t used = from;

	hole_note(x, out, from);
	for (size_t i = from; i < out->size; i++) {
		unsigned char c = out->data[i];

		if (c == '\r' && i + 1 < out->size && out->data[i + 1] == '\n')
			continue;
		if (c == '\r' || c == '\v')
			c = '\n';
		else if (c < ' ' && c != '\n' && c != '\t')
			c = ' ';
		out->data[used++] = c;
	}
	out->size = rmn_min_size(used, out->size);
}
